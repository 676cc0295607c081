"""`loa clusters …` and `loa cluster` on the command line: what is printed, what is refused, and with which sentence."""

import json
import tomllib

import pytest
from click.testing import CliRunner

from scheduler.cli import loa
from scheduler.config import loading as configuration
from scheduler.extras.boxes.keys import BoxConfig, MqttConfig
from scheduler.extras.boxes.service.boxes import ClusterService
from scheduler.kernel.errors import Refused
from scheduler.station import Station

BOX = "860000000000001"
WARD = f"""
[web]
port = 8080
[speech]
engines = ["espeak"]
[[output]]
kind = "null"
counts = true
[mqtt]
url = "mqtt://192.168.1.2:1883"
ward_id = "25771"
page_url = "http://192.168.1.2:8080"
[[cluster]]
id = "{BOX}"
name = "Cụm Đông"
[[cluster]]
id = "v1"
kind = "vendor"
"""


@pytest.fixture
def ward(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(WARD, encoding="utf-8")
    return path


@pytest.fixture
def run(ward):
    def ask(*words, path=ward):
        return CliRunner().invoke(loa, ["--config", str(path), *words], catch_exceptions=True)

    return ask


@pytest.fixture
def station(ward):
    opened = Station.open(configuration.load(ward))
    yield opened
    opened.close()


def test_every_box_is_listed_and_what_nobody_measured_is_a_dash(run):
    told = run("clusters", "list").output
    assert "Cụm Đông" in told
    assert "Chưa từng thấy" in told
    rows = json.loads(run("clusters", "list", "--json").stdout)
    assert [(row["id"], row["look"], row["measured"]) for row in rows] == [(BOX, "never", {}), ("v1", "never", {})]


def test_pairing_prints_a_configuration_that_a_box_can_run_with(run, station, tmp_path):
    told = run("clusters", "pair", BOX).output
    assert tomllib.loads(told)["box"]["ward_key"] == station.services.get(ClusterService).link.public_key()
    path = tmp_path / "box" / "config.toml"
    path.parent.mkdir()
    path.write_text(told, encoding="utf-8")
    box = configuration.load(path)
    own = box.get(BoxConfig)
    assert (own.id, own.ward_id, box.get(MqttConfig).url) == (BOX, "25771", "mqtt://192.168.1.2:1883")
    key = run("cluster", "--key", path=path).output.strip()
    assert len(bytes.fromhex(key)) == 32


def test_a_vendors_box_is_not_paired_and_a_station_is_no_box(run):
    for words, reason in ((("clusters", "pair", "v1"), "cluster_no_pairing"), (("cluster",), "box_off")):
        refused = run(*words).exception
        assert isinstance(refused, Refused)
        assert refused.reason == reason


def test_orders_from_the_command_line_are_orders_of_the_machine(run, station):
    assert "60%" in run("clusters", "volume", BOX, "60").output
    assert run("clusters", "mute", BOX).exit_code == 0
    assert run("clusters", "mute", BOX, "--off").exit_code == 0
    assert run("clusters", "test", BOX, "--wait", "0").exit_code == 1, "no box has answered"
    assert run("clusters", "volume", BOX, "0").exit_code == 2
    assert isinstance(run("clusters", "test", "nobody").exception, Refused)
    kinds = [
        (row["kind"], json.loads(row["body_json"]))
        for row in reversed(station.services.get(ClusterService).orders(BOX))
    ]
    assert kinds == [("volume", {"percent": 60}), ("mute", {"muted": False, "percent": 60}), ("test", {})]


@pytest.mark.parametrize(
    ("answer", "reason", "code", "told"),
    [
        ("done", "", 0, "nhận lệnh và phát thử"),
        ("refused", "quiet_hours", 1, "không phát thử. Giờ yên tĩnh"),
        ("", "", 1, "chưa thấy cụm trả lời"),
    ],
)
def test_a_test_tells_what_the_box_has_answered(answer, reason, code, told, run, station, monkeypatch):
    rows, ordered = station.services.get(ClusterService)._rows, ClusterService.test

    def answered(self, actor, cluster_id):
        number = ordered(self, actor, cluster_id)
        if answer:
            rows.answered(cluster_id, rows.order(number)["id"], answer, reason, station.clock.now())
        return number

    monkeypatch.setattr(ClusterService, "test", answered)  # a box that answers at once
    done = run("cluster", "test", BOX, "--wait", "0")
    assert (done.exit_code, told in done.output) == (code, True), done.output
