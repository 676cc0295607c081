"""A station whose processes are killed: the day goes on, nothing airs twice, and every slot has one end.

The tests share one station, and each finds it on the air with nothing that sounds.
"""

import os
import signal

import pytest

from scheduler.config import loading as configuration
from scheduler.core.model import Role
from scheduler.station import Station
from tests import lives
from tests.conftest import Cast
from tests.ports import free_port
from tests.station.conftest import CONFIG, Running, alive
from tests.waiting import CLOCK, until

LONG_TEXT = "Kính mời toàn thể bà con nhân dân trong phường ra nhà văn hóa tiêm phòng dịch vào sáng ngày mai. " * 60


class House:
    """The station, opened beside the one that runs, and who works there."""

    def __init__(self, folder):
        self.path = folder / "config.toml"
        self.path.write_text(CONFIG.format(port=free_port(), kind="wavfile"))
        self.station = Station.open(configuration.load(self.path))
        self.station.prepare()
        add, now = self.station.repos.people.add, CLOCK.now()
        lan = add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
        self.cast = Cast(self.station, lan, add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now))
        self.running = None

    def up(self):
        """It runs, all its processes beat, and nothing sounds."""
        if self.running is None or self.running.process.poll() is not None:
            self.running = Running(self.path, patient=True)
        self.running.up(self.station)
        until(lambda: not self.station.services.air.on_air().airings, "silence")
        return self.running


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    made = House(tmp_path_factory.mktemp("house"))
    yield made
    if made.running:
        made.running.end()
    made.station.close()


@pytest.fixture
def running(house):
    return house.up()


@pytest.fixture
def station(house):
    return house.station


@pytest.fixture
def cast(house):
    return house.cast


@pytest.fixture
def rows(station):
    """The journal's airings since the test began, once there are `count`."""
    sql = "SELECT * FROM journal WHERE kind = 'airing' ORDER BY seq"
    before = len(station.repos.store.rows(sql))

    def airings(count):
        until(lambda: len(station.repos.store.rows(sql)) >= before + count, f"{count} journal rows")
        return station.repos.store.rows(sql)[before:]

    return airings


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid), "the end of a killed process")


def outcomes(rows):
    return [(row["slot_id"], row["outcome"], row["reason"]) for row in rows]


def test_killed_processes_are_started_again_and_the_end_of_web_and_worker_is_not_heard(
    running, station, cast, rows, sounding
):
    before = running.children()
    slot_id = station.services.air.play_now(cast.minh, cast.approved(4.0), chime=False)
    sounding(slot_id)
    kill(before["web"])
    kill(before["worker"])
    (row,) = rows(1)
    assert (row["outcome"], row["played_ms"]) == ("played", 4000)
    kill(before["playout"])
    for name in before:
        until(lambda name=name: running.beats(station, name), f"the new {name}")
    assert not set(running.children().values()) & set(before.values())
    assert until(lambda: running.browser.ask("/"), "the page")
    assert "Traceback" not in running.told


def test_an_airing_cut_by_a_killed_playout_has_one_end_and_the_next_one_airs(running, station, cast, rows, sounding):
    files = len(list((running.config.data / "wav").rglob("*.wav")))
    cut = station.services.air.play_now(cast.minh, cast.approved(60.0), chime=False)
    sounding(cut)
    until(lambda: any(one.played_ms > 0 for one in station.repos.slots.open_airings()), "a measured moment")
    kill(running.children()["playout"])
    following = station.services.air.play_now(cast.minh, cast.approved(1.5, "Họp tổ", 300.0), chime=False)
    first, second = rows(2)
    assert outcomes([first, second]) == [(cut, "partial", "playout_died"), (following, "played", "")]
    assert 0 < first["played_ms"] < 60_000
    assert second["played_ms"] == 1500
    assert station.repos.store.value("SELECT count(*) FROM airing WHERE slot_id = ?", (cut,)) == 1
    assert len(list((running.config.data / "wav").rglob("*.wav"))) == files + 2
    assert outcomes(rows(2)) == outcomes([first, second])
    assert station.repos.journal.verify().whole


def test_processes_whose_supervisor_was_killed_end_by_themselves_and_a_new_station_starts(
    house, running, station, cast, rows, sounding
):
    sounding(station.services.air.play_now(cast.minh, cast.approved(60.0), chime=False))
    left = running.children().values()
    kill(running.process.pid)
    until(lambda: not any(map(alive, left)), "the end of its processes")
    assert [(row["outcome"], row["reason"]) for row in rows(1)] == [("partial", "supervisor_died")]
    assert house.up().browser.ask("/")


def test_a_speech_job_under_way_in_a_killed_worker_is_done_by_the_next_one(running, station, cast):
    announcement_id = station.services.announcements.write(cast.lan, "Tiêm chủng", LONG_TEXT)
    job_id = station.services.announcements.make_speech(cast.lan, announcement_id)
    until(lambda: station.repos.jobs.get(job_id).state == "running", "the job's begin")
    kill(running.children()["worker"])
    assert not station.repos.jobs.get(job_id).ended
    until(lambda: station.repos.jobs.get(job_id).ended, "the job's end")
    done = station.repos.jobs.get(job_id)
    assert (done.state, done.reason) == ("ready", "")
    assert station.repos.programme.announcement(announcement_id).audio_sha256 == done.result
    assert station.repos.store.value("SELECT attempts FROM job WHERE id = ?", (job_id,)) == 2
    until(lambda: not list((running.config.data / "library").rglob(".part-*")), "nothing half-written")


def test_an_emergency_is_aired_from_the_terminal_while_page_and_worker_are_dead(house, running, rows):
    os.kill(running.process.pid, signal.SIGSTOP)  # nobody brings the dead ones back
    children = running.children()
    kill(children["web"])
    kill(children["worker"])
    words = ("break-in", "--text", "Nước lũ đang lên. Bà con lên chỗ cao ngay.", "--title", "Lũ")
    done = lives.loa("--config", house.path, *words)
    assert done.returncode == 0, done.stderr
    (row,) = rows(1)
    assert (row["outcome"], row["trigger"], row["title"]) == ("played", "emergency", "Lũ")
    assert row["voice"].startswith("espeak")
    assert not alive(children["web"])
    os.kill(running.process.pid, signal.SIGCONT)
