"""Disks that fill, clips that change, outputs that go, and a second playout: each slot ends once, as it was heard."""

import shutil
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
from filelock import FileLock

from scheduler.kernel.errors import Refused, StationBusyError
from scheduler.playout.process import run_playout
from scheduler.station import Station
from scheduler.station_words import break_in_with
from tests.faults.day import OVER, turn
from tests.faults.disk import filled, no_room, small_disk
from tests.faults.stepped import Stepped

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@contextmanager
def read_only(stepped):
    """Every write of the service's own connection fails, as on a disk that the system has put to read-only."""
    conn = stepped.station.repos.store.db.conn
    conn.execute("PRAGMA query_only = 1")
    yield
    conn.execute("PRAGMA query_only = 0")


@contextmanager
def full(stepped):
    """A real disk without a free byte."""
    with filled(stepped.station.config.folder):
        yield


@contextmanager
def on_a_disk(tmp_path, megabytes):
    """A station on a disk of its own; what is heard lies elsewhere."""
    with small_disk(tmp_path / "disk", megabytes=megabytes) as disk:
        (tmp_path / "heard").mkdir()
        (disk / "data").mkdir()
        (disk / "data" / "heard").symlink_to(tmp_path / "heard")  # a loudspeaker is no disk
        made = Stepped.in_folder(disk)
        yield made
        made.close()


@pytest.fixture
def small_disk_of_its_own(tmp_path, ears):
    """A few megabytes small."""
    with on_a_disk(tmp_path, 24) as made:
        yield made


@pytest.fixture
def with_reserve(tmp_path, ears):
    """A disk that had room to spare once."""
    with on_a_disk(tmp_path, 160) as made:
        assert made.station.repos.reserve.keep()
        yield made


@pytest.fixture(params=["read_only", "full"])
def faulty(request):
    """A station, and what makes its disk take nothing for a while."""
    if request.param == "full":
        return request.getfixturevalue("small_disk_of_its_own"), full
    return request.getfixturevalue("stepped"), read_only


def slot_of(stepped, **changes):
    stepped.says("05:40-06:40", base=1, **changes)
    return stepped.slots[0]


# The disk


def test_a_disk_that_takes_nothing_over_a_slot_keeps_it_silent_and_it_is_owed(faulty):
    stepped, fault = faulty
    slot = slot_of(stepped)
    stepped.start()
    stepped.run(slot.start - 10 * SECOND)
    with fault(stepped):
        assert stepped.stumble(5 * MINUTE) > 10
        assert stepped.heard == []
    stepped.run(OVER)
    failed, played = stepped.ends
    assert failed in {("failed", "disk_full"), ("failed", "disk_readonly")}
    assert played == ("played", "")
    assert stepped.broken() == []


def test_a_disk_that_takes_nothing_for_some_seconds_makes_a_slot_late_but_whole(faulty):
    stepped, fault = faulty
    slot = slot_of(stepped)
    stepped.start()
    stepped.run(slot.start - 10 * SECOND)
    with fault(stepped):
        stepped.stumble(30 * SECOND)
    stepped.run(OVER)
    assert stepped.ends == [("played", "")]
    (heard,) = stepped.heard
    assert heard.start > slot.start
    assert stepped.broken() == []


def test_a_disk_that_takes_nothing_from_the_middle_of_an_airing_on_does_not_break_it_and_its_end_is_written_later(
    faulty,
):
    stepped, fault = faulty
    slot = slot_of(stepped, seconds=6.0)
    stepped.start()
    stepped.run(slot.start + 2 * SECOND)
    with fault(stepped):
        stepped.stumble(3 * MINUTE)
        assert stepped.heard[0].frames == 6 * 48_000
        assert stepped.rows() == []
    stepped.run(OVER)
    assert stepped.ends == [("played", "")]
    assert stepped.broken() == []


@pytest.mark.parametrize("kept", [True, False], ids=["kept_back", "not_kept_back"])
def test_on_a_full_disk_an_emergency_is_spoken_and_heard_where_room_was_kept_back(with_reserve, kept):
    stepped = with_reserve
    station = stepped.station
    stepped.start()
    stepped.run(SECOND)
    minh = station.repos.people.by_login("minh")
    if not kept:
        station.repos.reserve.path.unlink()
    no_room(stepped.station)
    with full(stepped):
        if not kept:
            with pytest.raises(Refused, match="disk_full"):
                break_in_with(station, minh, "Nước lên, bà con sơ tán ngay.")
            return
        slot_id = break_in_with(station, minh, "Nước lên, bà con sơ tán ngay.")
        stepped.run(30 * SECOND)
        assert station.repos.slots.slot(slot_id).outcome == "played"
        assert len(stepped.heard) == 1
    assert stepped.broken() == []


def test_on_a_full_disk_a_stop_is_taken(with_reserve):
    stepped = with_reserve
    slot = slot_of(stepped, seconds=20.0)
    stepped.start()
    stepped.run(slot.start + 2 * SECOND)
    no_room(stepped.station)
    with full(stepped):
        stepped.station.services.air.stop(stepped.station.repos.people.by_login("minh"))
        stepped.run(2 * SECOND)
        assert stepped.heard[0].frames < 5 * 48_000
    stepped.run(OVER)
    assert stepped.ends[0] == ("partial", "stopped_by")


def test_the_power_goes_while_the_disk_takes_nothing_and_the_black_box_knows_what_was_heard(stepped):
    slot = slot_of(stepped, seconds=8.0)
    stepped.start()
    stepped.run(slot.start + 2 * SECOND)
    with read_only(stepped):
        stepped.stumble(3 * SECOND)
    stepped.power_off()
    stepped.clock.advance(30)
    stepped.reopen()
    stepped.start()
    stepped.run(OVER)
    assert stepped.ends == [("partial", "power_cut")]
    assert stepped.rows()[0]["played_ms"] == pytest.approx(5000, abs=150)
    assert stepped.broken() == []


# The clip


def clip_path(stepped, slot):
    return stepped.station.repos.library.path(slot.audio_sha256)


def replaced(path):
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[5000] ^= 0xFF
    path.write_bytes(bytes(data))


def test_a_clip_that_is_deleted_before_its_airing_fails_it_and_the_next_airing_is_heard(stepped):
    gone = slot_of(stepped, seed=1)
    stepped.says("06:40-07:00", base=1, seed=2)
    stepped.start()
    stepped.run(gone.start - MINUTE)
    path = clip_path(stepped, gone)
    aside = shutil.move(path, path.with_suffix(".aside"))
    stepped.run(OVER)
    shutil.move(aside, path)
    ends = stepped.ends
    assert ends[0] == ("failed", "audio_missing")
    assert ends[-1] == ("played", "")
    assert set(ends[1:-1]) <= {("failed", "audio_missing")}
    assert stepped.broken() == []


@pytest.mark.parametrize("change", [replaced, lambda path: path.unlink()], ids=["replaced", "deleted"])
def test_a_clip_that_is_changed_when_it_is_armed_already_sounds_as_it_was_approved(stepped, change):
    slot = slot_of(stepped)
    stepped.start()
    stepped.run(slot.start - SECOND)
    assert stepped.station.repos.slots.open_airings()
    path = clip_path(stepped, slot)
    kept = path.read_bytes()
    change(path)
    stepped.run(OVER)
    path.unlink(missing_ok=True)
    path.write_bytes(kept)
    assert stepped.ends == [("played", "")]
    assert stepped.broken() == []


def test_a_clip_that_is_replaced_before_it_is_armed_is_refused_and_nothing_sounds(stepped):
    slot = slot_of(stepped)
    stepped.start()
    stepped.run(slot.start - 3 * SECOND)
    replaced(clip_path(stepped, slot))
    stepped.run(OVER)
    assert stepped.ends == [("refused", "audio_changed")]
    assert stepped.heard == []
    assert stepped.broken() == []


# The output


def test_an_output_that_goes_half_way_makes_its_airing_partial_and_the_next_one_whole(stepped):
    slot = slot_of(stepped, seconds=6.0, seed=1)
    stepped.says("06:40-07:00", base=1, seed=2)
    stepped.start()
    into = (slot.start - stepped.clock.now()).total_seconds() + 4.0
    stepped.loudspeaker.away = (into, into + 120.0)
    stepped.run(OVER)
    assert stepped.ends == [("partial", "output_failed"), ("played", "")]
    assert abs(stepped.rows()[0]["played_ms"] - 4000) <= 20
    assert stepped.broken() == []


def test_an_output_that_goes_half_way_and_comes_back_at_once_says_nothing_twice(stepped):
    slot = slot_of(stepped, seconds=6.0)
    stepped.start()
    into = (slot.start - stepped.clock.now()).total_seconds() + 2.5
    stepped.loudspeaker.away = (into, into + 0.6)
    stepped.run(OVER)
    (outcome, _), *others = stepped.ends
    assert outcome == "partial"
    assert others == []
    frames = sum(stretch.frames for stretch in stepped.heard)
    assert abs(stepped.rows()[0]["played_ms"] * 48 - frames) <= 960 + 48
    assert frames < 6 * 48_000


def test_an_output_that_is_away_at_the_start_is_waited_for_and_the_airing_is_late_but_whole(stepped):
    slot = slot_of(stepped)
    stepped.start()
    into = (slot.start - stepped.clock.now()).total_seconds()
    stepped.loudspeaker.away = (into - 20, into + 20)
    stepped.run(slot.start - 30 * SECOND)
    stepped.loudspeaker.close()
    for sink in stepped.service.engine._sinks:
        sink._fail("the cable was pulled", permanent=False)
    stepped.run(OVER)
    assert stepped.ends == [("played", "")]
    (heard,) = stepped.heard
    assert heard.start >= slot.start + 19 * SECOND
    assert stepped.broken() == []


def test_an_output_that_stays_away_fails_the_airing_and_it_is_made_good_when_it_is_back(stepped):
    slot = slot_of(stepped)
    stepped.start()
    into = (slot.start - stepped.clock.now()).total_seconds()
    stepped.loudspeaker.away = (into - 20, into + 400)
    stepped.run(slot.start - 30 * SECOND)
    for sink in stepped.service.engine._sinks:
        sink._fail("the cable was pulled", permanent=False)
    stepped.run(OVER)
    assert [outcome for outcome, _ in stepped.ends][-1] == "played"
    assert set(stepped.ends[:-1]) == {("failed", "output_failed")}
    assert stepped.broken() == []


# A second playout


def test_a_second_playout_is_refused_while_the_first_holds_the_station(stepped, monkeypatch):
    monkeypatch.setattr("scheduler.playout.process.LET_GO_WITHIN", 0.1)
    slot_of(stepped)
    with FileLock(stepped.station.config.data / "playout.lock"), pytest.raises(StationBusyError):
        run_playout(stepped.station.playout(), stepped.station.config, Event())
    stepped.start()
    stepped.run(OVER)
    assert stepped.ends == [("played", "")]
    assert stepped.broken() == []


def test_even_two_playouts_that_got_past_the_lock_air_each_slot_once(stepped):
    stepped.says("05:40-06:40", base=3)
    first = stepped.start()
    other = Station.open(stepped.station.config, stepped.clock)
    second = other.playout()
    second.start()
    while stepped.clock.now() < OVER:
        turn(first, stepped.clock, OVER)
        second.step()
        second.engine.step()
    second.engine.stop()
    other.close()
    assert len(stepped.heard) == 3
    assert len({stretch.slot_id for stretch in stepped.heard}) == 3
    assert stepped.broken() == []
