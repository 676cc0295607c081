"""The link as a process of `loa run`: beside playout, killed and started again, and nothing of the page in it."""

import os
import signal
import subprocess
import sys

import pytest

from scheduler.config import loading as configuration
from scheduler.core.model import Role
from scheduler.kernel.clock import SystemClock
from tests.conftest import Cast
from tests.extras.province.work.server import PASSWORD, USERNAME, Province, running
from tests.ports import free_port
from tests.station.conftest import CONFIG, Running
from tests.waiting import until

LINKED = """
[province]
url = "{url}"
username = "{username}"
password_file = "mat-khau-tinh"
emergency = "air"
trusted_issuers = ["H24"]
poll_seconds = 2.0
status_seconds = 10.0
timeout_seconds = 5.0
logs_a_minute = 600
"""


@pytest.fixture
def province():
    with running(Province()) as made:
        yield made


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def config_path(tmp_path, province):
    path = tmp_path / "config.toml"
    told = CONFIG.format(port=free_port(), kind="wavfile") + LINKED.format(url=province.url, username=USERNAME)
    path.write_text(told, encoding="utf-8")
    secret = tmp_path / "mat-khau-tinh"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o600)
    return path


@pytest.fixture
def config(config_path):
    return configuration.load(config_path)


@pytest.fixture
def loa_run(config_path):
    begun = Running(config_path)
    yield begun
    begun.end()


def test_the_process_loads_neither_the_page_nor_the_alarms():
    code = "import sys, scheduler.extras.province.work.link; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "scheduler.extras.province.work.link" in loaded
    assert {"flask", "apscheduler", "waitress", "werkzeug", "av"} & set(loaded) == set()


def test_it_airs_an_emergency_and_is_killed_and_comes_back_while_playout_plays_on(loa_run, station, province, clock):
    loa_run.up(station)
    until(lambda: loa_run.beats(station, "province"), "the heartbeat of the link")
    before = loa_run.children()
    lan = station.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", clock.now())
    minh = station.repos.people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", clock.now())
    cast = Cast(station, lan, minh)
    slot_id = station.services.air.play_now(minh, cast.approved(seconds=8.0), chime=False)
    until(lambda: (one := station.services.air.on_air().airing) and one["played_ms"] > 500, "the airing")
    os.kill(before["province"], signal.SIGKILL)
    until(lambda: loa_run.children().get("province") not in {None, before["province"]}, "a new link")
    province.bulletins = [
        {
            "BanTinID": "K1",
            "MucDoUuTien": "1",
            "TieuDe": "Xả lũ",
            "NoiDung": "Hồ xả lũ, bà con sơ tán ngay.",
            "NguonID": "H24",
            "TenNguon": "Tỉnh",
            "ThoiGianSanXuat": int(clock.now().timestamp()),
        }
    ]
    ended = "SELECT * FROM journal WHERE kind = 'airing' ORDER BY seq"
    until(lambda: len(station.repos.store.rows(ended)) == 2, "both airings")
    rows = {row["trigger"]: row for row in station.repos.store.rows(ended)}
    assert (rows["emergency"]["outcome"], rows["emergency"]["operator"]) == ("played", "Nguồn: Tỉnh")
    assert (rows["manual"]["slot_id"], rows["manual"]["outcome"]) == (slot_id, "played")
    until(lambda: len(province.logs) == 2, "both logs")
    assert [log["NhatKyID"] for log in province.logs] == list(dict.fromkeys(log["NhatKyID"] for log in province.logs))
    until(lambda: province.statuses, "a status")
    after = loa_run.children()
    assert {name: after[name] for name in ("playout", "web", "worker")} == {
        name: before[name] for name in ("playout", "web", "worker")
    }
