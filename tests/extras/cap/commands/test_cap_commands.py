"""`loa cap …`: reading, listing, issuing and cancelling from the terminal."""

import json

import pytest
from click.testing import CliRunner
from lxml import etree

from scheduler.extras.cap.commands import cap
from scheduler.extras.cap.keys import CapAlertConfig
from scheduler.extras.cap.service.alerts import CapService
from scheduler.kernel.errors import Refused
from tests.cli.here import Here
from tests.extras.cap.work.alerts import SAMPLES, SENDER, alert
from tests.extras.cap.work.test_trust import RULE


@pytest.fixture
def config(config):
    told = CapAlertConfig(sender="phuong-mot@vidu.example", place="21.03,105.85", geocodes=("00004",))
    return config.having(told)


@pytest.fixture
def run(station):
    def call(*words):
        done = CliRunner().invoke(cap, words, obj=Here(None, None, None, station))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    return call


def test_a_file_is_read_and_waits_with_its_reasons(run, station, tmp_path):
    told = json.loads(run("read", str(SAMPLES / "flood-alert.xml"), "--json"))
    assert (told["state"], told["new"], told["doubts"]) == ("waiting", True, ["cap_not_trusted", "cap_no_rule"])
    again = run("read", str(SAMPLES / "flood-alert.xml"))
    assert "đã có từ trước" in again
    assert "Phường chưa tin nguồn" in again
    assert "Lũ quét đang lên nhanh" in run("list")
    bad = tmp_path / "x.xml"
    bad.write_bytes(alert(space="urn:oasis:names:tc:emergency:cap:1.1"))
    with pytest.raises(Refused, match="cap_version"):
        run("read", str(bad))


def test_what_the_rule_takes_is_aired_issued_and_cancelled(run, station, lan, minh, tmp_path):
    trust = station.services.get(CapService).trust
    trust.trust(minh, SENDER, "Đài mẫu", unsigned=True)
    trust.approve_rule(minh, trust.add_rule(lan, RULE).rule.id)
    told = json.loads(run("read", str(SAMPLES / "flood-alert.xml"), "--json"))
    assert told["state"] == "aired"
    rules = run("rules")
    assert "Thiên tai nặng" in rules
    assert "Minh" in rules
    out = tmp_path / "ra.xml"
    run("issue", told["slot_id"], "--event", "Lũ quét", "--out", str(out))
    assert etree.fromstring(out.read_bytes()).findtext("{*}msgType") == "Alert"
    ended = run("cancel", "1", "--reason", "Hết lũ")
    assert etree.fromstring(ended.encode()).findtext("{*}msgType") == "Cancel"
