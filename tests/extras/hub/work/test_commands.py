"""`loa hub …` on a station of its own: wards, codes, issuing, the paper; nothing but JSON where JSON was asked for."""

import json
import re
import signal
import sqlite3
import urllib.error
import urllib.request
from contextlib import closing
from io import StringIO

import pytest

from scheduler.config.loading import load
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.town.broker import keys
from scheduler.station import Station
from tests.commands import loa_of
from tests.lives import Begun
from tests.ports import free_port
from tests.waiting import until


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "config.toml"
    made.write_text(
        '[speech]\nengines = ["espeak"]\n[hub]\nurl = "nats://127.0.0.1:4222"\nname = "Thị xã Mẫu"\n', encoding="utf-8"
    )
    return made


@pytest.fixture
def loa(path, monkeypatch, capsys):
    return loa_of(path, monkeypatch, capsys)


def test_a_ward_from_its_first_code_to_its_end(loa, path):
    code, out, _ = loa(
        "hub", "add", "26734", "Phường Mẫu", "--group", "bac", "--homes", "5200", "--place", "10.78", "106.7"
    )
    assert code == 0
    first = re.search(r"([a-z0-9]{4}-){2}[a-z0-9]{4}", out)[0]
    assert loa("hub", "add", "26734", "Phường Mẫu")[0] == 1
    _, out, _ = loa("hub", "code", "26734")
    second = re.search(r"([a-z0-9]{4}-){2}[a-z0-9]{4}", out)[0]
    assert first != second
    station = Station.open(load(path))
    station.services.get(HubService).join(second, keys.public_of(keys.new_seed()))
    station.close()
    code, out, _ = loa("hub", "wards", "--json")
    assert json.loads(out)[0]["state"] == "never"
    assert "Chưa nối lần nào" in loa("hub", "wards")[1]
    assert loa("hub", "revoke", "26734")[0] == 0
    code, _, err = loa("hub", "revoke", "26734")
    assert (code, "đã bị thu hồi" in err) == (1, True)
    assert "Đã thu hồi" in loa("hub", "wards")[1]


def test_issuing_and_stopping(loa):
    loa("hub", "add", "1", "Phường Một")
    code, out, _ = loa("hub", "issue", "test", "--to", "ward.1")
    assert code == 0
    issue = re.search(r"[0-9a-f-]{36}", out)[0]
    assert loa("hub", "issue", "test", "--to", "ward.2")[0] == 1
    assert loa("hub", "issue", "announcement", "7", "--to", "ward.1")[0] == 1
    assert loa("hub", "issue", "test")[0] == 2, "nobody issues to everybody by leaving a word out"
    assert loa("hub", "stop", issue)[0] == 0
    listed = json.loads(loa("hub", "issues", "--json")[1])
    assert [(one["kind"], one["wards"], one["states"]) for one in listed] == [
        ("stop", 1, {"": 1}),
        ("test", 1, {"": 1}),
    ]
    assert "chưa trả lời 1" in loa("hub", "issues")[1]
    state = json.loads(loa("hub", "status", "--json")[1])
    assert (state["configured"], state["alive"], state["waiting"]) == (True, False, 2)
    code, out, _ = loa("hub", "status")
    assert (code, "không trả lời" in out) == (1, True), "a broker that is not reached is no success"


def test_all_wards_are_asked_about_before_anything_leaves(loa, monkeypatch):
    loa("hub", "add", "1", "Phường Một")
    loa("hub", "add", "2", "Phường Hai")
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    code, out, _ = loa("hub", "issue", "test", "--to", "all")
    assert (code, "tới mọi phường (2)" in out) == (1, True)
    assert json.loads(loa("hub", "issues", "--json")[1]) == []
    code, out, _ = loa("hub", "issue", "test", "--to", "all", "--yes")
    assert (code, "Tới 2 phường" in out) == (0, True)


def test_the_accounts_and_the_paper(loa, tmp_path):
    loa("hub", "add", "1", "Phường Một")
    assert "Đã ghi" in loa("hub", "conf")[1]
    assert "Không đổi" in loa("hub", "conf")[1]
    assert "accounts {" in next(tmp_path.rglob("wards.conf")).read_text()
    out = tmp_path / "phuong.json"
    assert loa("hub", "export", "2026-12", "--format", "json", "--out", str(out))[0] == 0
    assert "chưa báo" in out.read_text(encoding="utf-8")


def test_a_station_that_is_no_hub_says_so(loa, path):
    path.write_text('[speech]\nengines = ["espeak"]\n', encoding="utf-8")
    code, _, err = loa("hub", "status")
    assert (code, "hub.url" in err) == (1, True)
    code, _, err = loa("hub")
    assert (code, "hub.url" in err) == (1, True)


def answers(port):
    """Whether the page is there."""
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://127.0.0.1:{port}/healthz", timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def beating(data):
    """The processes that have told how they are."""
    with closing(sqlite3.connect(data / "loa.db")) as found:
        return {name for (name,) in found.execute("SELECT process FROM heartbeat")}


def test_the_bare_command_runs_the_desk_with_its_page_and_its_process_until_it_is_ended(path, tmp_path):
    port = free_port()
    with path.open("a", encoding="utf-8") as file:
        file.write(f'[web]\nport = {port}\n[[output]]\nname = "loa"\nkind = "null"\ncounts = true\n')
    told = tmp_path / "told"
    with told.open("wb") as out:
        running = Begun("--config", path, "--data", tmp_path / "data", "hub", stdout=out)
    try:
        until(lambda: answers(port) and "hub" in beating(tmp_path / "data"), seconds=120, every=0.5)
    finally:
        running.send_signal(signal.SIGINT)
        ended = running.wait(120)
    assert ended == 0, told.read_text()
    assert "Đã tắt trạm" in told.read_text()
