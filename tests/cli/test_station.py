"""The station as one piece: opened on good and bad folders, prepared once, and a playout whose disk takes nothing."""

import errno
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from filelock import FileLock

from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import Refused
from scheduler.playout.alarms import SteppedAlarms, SystemAlarms
from scheduler.playout.process import run_playout, turned
from scheduler.playout.service import Playout
from scheduler.station import Station
from scheduler.store import instant_of
from scheduler.store.jobs import ROW_EVERY
from scheduler.supervisor import CALM_AFTER, LONGEST_PAUSE, Supervisor
from tests import lives
from tests.faults.disk import filled, small_disk
from tests.ports import free_port


def test_preparing_twice_makes_the_chimes_and_the_machines_person_once(station):
    station.prepare()
    assert station.repos.store.value("SELECT count(*) FROM clip WHERE origin = 'bundled'") == 4
    assert station.repos.store.value("SELECT count(*) FROM person") == 1


def test_a_stepped_clock_gets_stepped_alarms_and_the_machines_clock_real_ones(station, config):
    assert isinstance(station.playout().alarms, SteppedAlarms)
    beside = Station.open(config)
    assert isinstance(beside.playout().alarms, SystemAlarms)
    beside.close()


def test_a_damaged_database_is_said_and_left_as_it_is(config):
    config.data.mkdir()
    (config.data / "loa.db").write_bytes(b"this was a database once" * 400)
    with pytest.raises(Refused, match="database_damaged"):
        Station.open(config)
    assert (config.data / "loa.db").read_bytes().startswith(b"this was")


@pytest.mark.parametrize("command", ["run", "journal"])
def test_a_disk_that_is_full_at_the_first_start_is_said_in_one_sentence(tmp_path, command):
    with small_disk(tmp_path / "disk", megabytes=2) as disk:
        (disk / "config.toml").write_text(f"[web]\nport = {free_port()}\n")
        with filled(disk):
            done = lives.loa("--config", disk / "config.toml", command)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == ["Ổ đĩa đã đầy, chưa lưu gì; hãy giải phóng chỗ trống rồi làm lại."]


PAGE_ON_A_FULL_DISK = """
import resource, threading, urllib.error, urllib.request
from pathlib import Path
from scheduler.config.loading import Config, StationConfig, WebConfig
from scheduler.playout.service import Playout
from scheduler.station import Station
from web.server import BEAT_EVERY, serve

station = Station.open(Config(folder=Path({folder!r}), station=StationConfig(data="data"), web=WebConfig(port={port})))
resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))
stop, answers = threading.Event(), []
def look():
    while len(answers) < 2:
        stop.wait(BEAT_EVERY * 0.75)
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open("http://127.0.0.1:{port}/dang-nhap")
        except urllib.error.HTTPError as error:
            answers.append(error.code)
        except OSError:
            continue  # nobody listens yet
    stop.set()
threading.Thread(target=look).start()
serve(station, stop)
print(answers)
"""


def test_the_page_still_answers_when_the_disk_takes_no_heartbeat(tmp_path):
    script = PAGE_ON_A_FULL_DISK.format(folder=str(tmp_path), port=free_port())
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[403, 403]"
    assert "heartbeat not written" in done.stderr


# A disk that takes no rows while something sounds. `query_only` makes SQLite refuse every write of this connection.


@pytest.fixture
def playing(station, cast, clock):
    """A playout in the middle of a three-second airing."""
    service = station.playout()
    service.start()
    cast.running(cast.approved(), base=1)
    service.step()
    (slot,) = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=3))
    service.run_stepped(clock, slot.start + timedelta(seconds=1))
    yield service
    service.stop()


def let_pass(service, clock, seconds):
    """Time goes on as the playout process spends it: a turn that fails does not end it."""
    good = []
    for _ in range(round(seconds * 10)):
        clock.advance(0.1)
        good.append(turned(service))
        service.engine.step()
    return good


def journal(station):
    return [(row["outcome"], row["reason"], row["played_ms"]) for row in station.repos.journal.of_day("2026-12-02")]


def test_a_beat_left_out_for_another_writer_is_no_line_of_the_log_and_lasting_silence_is(
    station, clock, playing, caplog
):
    def lag(seconds):
        """How old the row is behind another beat."""
        clock.advance(seconds)
        playing._heartbeat.beat(playing.engine, clock.now(), trusted=True, stopping=False)
        return clock.now() - instant_of(station.repos.store.value("SELECT at FROM heartbeat WHERE process = 'playout'"))

    assert lag(ROW_EVERY.total_seconds()) == timedelta()
    with closing(sqlite3.connect(station.repos.store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert lag(ROW_EVERY.total_seconds()) == ROW_EVERY
        assert "heartbeat not written" not in caplog.text
        assert lag(5) > ROW_EVERY
        assert caplog.text.count("heartbeat not written") == 1
    assert lag(1) == timedelta()
    assert caplog.text.count("heartbeat not written") == 1


def test_an_airing_that_ends_while_the_disk_is_full_is_played_whole_and_journalled_later(station, clock, playing):
    conn = station.repos.store.db.conn
    conn.execute("PRAGMA query_only = 1")
    assert False in let_pass(playing, clock, 5)
    assert journal(station) == []
    conn.execute("PRAGMA query_only = 0")
    assert let_pass(playing, clock, 1)[-1]
    assert journal(station) == [("played", "", 3000)]
    let_pass(playing, clock, 200)
    assert len(journal(station)) == 1
    assert station.repos.journal.verify().whole


def test_a_slot_that_falls_due_while_the_disk_is_full_does_not_sound_without_its_airing_key(
    station, cast, clock, playing
):
    let_pass(playing, clock, 5)
    conn = station.repos.store.db.conn
    slot_id = station.services.air.play_now(cast.minh, cast.approved(2.0, "Họp tổ", 300.0), chime=False)
    conn.execute("PRAGMA query_only = 1")
    let_pass(playing, clock, 3)
    assert station.repos.slots.open_airings() == []
    assert playing.engine.on_air() == ()
    conn.execute("PRAGMA query_only = 0")
    let_pass(playing, clock, 200)
    slot = station.repos.slots.facts(slot_id).slot
    assert slot.outcome is not None
    assert len(journal(station)) == 2
    assert station.repos.journal.verify().whole


def test_a_playout_starts_on_a_disk_that_takes_nothing_and_writes_the_end_once_it_does(station, cast, config, clock):
    beside = Station.open(config, clock)
    left_open = station.services.air.play_now(cast.minh, cast.approved(2.0), chime=False)
    station.repos.slots.claim(station.repos.slots.facts(left_open).slot, station.clock.now())
    beside.repos.store.db.conn.execute("PRAGMA query_only = 1")
    stop = threading.Event()
    stop.set()
    run_playout(beside.playout(), config, stop)
    assert station.repos.slots.slot(left_open).outcome is None
    beside.repos.store.db.conn.execute("PRAGMA query_only = 0")
    run_playout(beside.playout(), config, stop)
    assert station.repos.slots.slot(left_open).outcome is not None
    with FileLock(config.data / "playout.lock").acquire(timeout=0):
        beside.close()


@pytest.mark.parametrize(
    "fault", [OSError(errno.EMFILE, "too many open files"), MemoryError()], ids=["files", "memory"]
)
def test_a_playout_without_a_descriptor_at_its_start_says_so_in_a_sentence_and_tries_again(
    station, config, monkeypatch, caplog, fault
):
    tries, acquire = [], FileLock.acquire

    def short_of(lock, **named):
        tries.append(lock)
        if len(tries) < 3:
            raise fault
        return acquire(lock, **named)

    beside = Station.open(config)
    monkeypatch.setattr(FileLock, "acquire", short_of)
    monkeypatch.setattr("scheduler.playout.process.START_AGAIN", 0.01)
    stop = threading.Event()
    monkeypatch.setattr(Playout, "start", lambda _: stop.set())
    run_playout(beside.playout(), config, stop)
    beside.close()
    assert len(tries) == 3
    (told,) = [row for row in caplog.records if "cannot start yet" in row.message]
    assert told.exc_info is None


def test_a_process_that_dies_at_once_is_tried_again_after_growing_pauses():
    """Real processes (they end at once: their configuration does not exist) on a stepped clock."""
    clock = SteppedClock(datetime(2026, 12, 1, tzinfo=UTC))
    supervisor = Supervisor(["--config", "/nowhere/config.toml"], clock)
    child = supervisor._children[0]
    pauses = []
    for _ in range(3):
        supervisor._look_after(child)
        child.process.wait(120)
        supervisor._look_after(child)
        pauses.append(child.due - clock.monotonic())
        assert child.process is None
        supervisor._look_after(child)
        assert child.process is None, "started again before its pause was over"
        clock.advance(pauses[-1])
    assert pauses == [1.0, 2.0, 4.0]
    child.deaths = 40
    supervisor._look_after(child)
    child.process.wait(120)
    supervisor._look_after(child)
    assert child.due - clock.monotonic() == LONGEST_PAUSE
    clock.advance(LONGEST_PAUSE)
    supervisor._look_after(child)
    child.process.wait(120)
    clock.advance(CALM_AFTER + 1)
    supervisor._look_after(child)
    assert child.due - clock.monotonic() == 1.0


def test_a_process_that_is_wanted_later_is_looked_after_once():
    clock = SteppedClock(datetime(2026, 12, 1, tzinfo=UTC))
    supervisor = Supervisor(["--config", "/nowhere/config.toml"], clock)
    before = [child.name for child in supervisor._children]
    supervisor.want("link")
    supervisor.want("link")
    assert [child.name for child in supervisor._children] == [*before, "link"]
