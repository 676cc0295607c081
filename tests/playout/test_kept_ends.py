"""Ends that no row took: a playout that is killed then loses neither what ended an airing nor whose act it was."""

import os
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.output_share import Hole, OutputShare
from scheduler.core.model import AiringOutcome, Relay
from scheduler.core.planning.rules import parse_window
from scheduler.playout import kept_ends
from scheduler.playout.kept_ends import PLACES, KeptEnds
from scheduler.store import Ending
from tests.playout.aired import rows

AT = datetime(2020, 3, 13, 6, 0, 0, 123_456, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SHARE = OutputShare("loa", "rtp", counts=True, zones=("all",), played_ms=7000, total_ms=9000, holes=(Hole(1000, 2000),))
STOPPED = Ending(AiringOutcome.PARTIAL, "stopped_by", AT, AT + 7 * SECOND, 7000, None, "Lan (lan)", (SHARE, SHARE))
FAILED = Ending(AiringOutcome.FAILED, "no_descriptors")


def again(path):
    """What a process that comes after reads."""
    kept = KeptEnds.open(path)
    try:
        return kept.read()
    finally:
        kept.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "measured.ends"


def test_what_is_put_is_read_whole_by_who_comes_after_and_what_is_cleared_is_gone(path):
    kept = KeptEnds.open(path)
    kept.put("a", FAILED)
    kept.put("b", FAILED)
    kept.put("a", STOPPED)
    assert again(path) == {"b": FAILED, "a": STOPPED}
    assert path.stat().st_blocks * 512 >= path.stat().st_size
    kept.clear("b")
    kept.clear("nobody")
    kept.close()
    later = KeptEnds.open(path)
    later.put("c", FAILED)
    assert list(again(path)) == ["a", "c"]
    later.close()
    later.put("d", FAILED)
    later.clear("a")
    later.flush()
    assert (later.read(), list(again(path))) == ({}, ["a", "c"])


def test_what_has_no_room_loses_its_details_and_not_its_cause(path):
    kept = KeptEnds.open(path)
    kept.put("a", Ending(AiringOutcome.PARTIAL, "stopped_by", AT, AT, 5, None, "ạ" * 9000, (SHARE,) * 90))
    found = again(path)["a"]
    assert (found.outcome, found.reason, found.played_ms, found.shares) == (
        AiringOutcome.PARTIAL,
        "stopped_by",
        5,
        None,
    )
    assert found.note.startswith("ạạ")
    kept.put("x" * 5000, FAILED)
    assert list(again(path)) == ["a"]


def test_with_no_room_the_oldest_goes(path):
    kept = KeptEnds.open(path)
    for number in range(PLACES + 2):
        kept.put(str(number), FAILED)
    assert list(again(path)) == [str(number) for number in range(2, PLACES + 2)]


@given(st.integers(0, kept_ends._PLACE - 1), st.integers(1, 255))
def test_a_torn_record_counts_as_none_and_the_others_stand(tmp_path_factory, byte, damage):
    path = tmp_path_factory.mktemp("ends") / "ends"
    kept = KeptEnds.open(path)
    kept.put("a", STOPPED)
    kept.put("b", FAILED)
    kept.close()
    raw = bytearray(path.read_bytes())
    raw[byte] ^= damage
    path.write_bytes(raw)
    assert again(path) in ({"b": FAILED}, {"a": STOPPED, "b": FAILED})


@pytest.mark.parametrize("rubbish", [b"", b"x" * 100, os.urandom(PLACES * 4096), b"\xff" * PLACES * 4096])
def test_a_strangers_file_holds_nothing_and_works(path, rubbish):
    path.write_bytes(rubbish)
    kept = KeptEnds.open(path)
    assert kept.read() == {}
    kept.put("a", STOPPED)
    assert again(path) == {"a": STOPPED}


# -- playout ------------------------------------------------------------------------------------------------------------


def locked(*_):
    raise sqlite3.OperationalError("database is locked")


@pytest.fixture
def killed(station, cast, clock, monkeypatch):
    """A playout ten seconds into an airing of thirty, no row to be had; what comes next is done to it, then it dies."""
    cast.running(cast.approved(seconds=30), base=1)
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service = station.playout()
    service.start()
    service.run_stepped(clock, slot.start + 10 * SECOND)

    def dies(act):
        with monkeypatch.context() as patch:
            patch.setattr(station.repos.slots, "close", locked)
            act(service)
            service.run_stepped(clock, clock.now() + 5 * SECOND)
        assert rows(station) == []
        clock.advance(30)

    yield dies
    service.engine.stop()


def test_a_stop_that_no_row_took_is_that_stop_after_a_kill(station, cast, clock, start, killed):
    killed(lambda _: station.services.air.stop(cast.lan))
    start().run_stepped(clock, clock.now() + 60 * SECOND)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"], row["note"]) == ("partial", "stopped_by", "Lan (lan)")
    assert 9500 <= row["played_ms"] <= 10_500
    assert row["shares_json"]
    assert again(station.config.data / "measured.ends") == {}
    assert station.repos.journal.verify().whole


def test_a_failed_output_that_no_row_took_is_that_after_a_kill(station, clock, start, killed):
    killed(lambda service: service.engine._airings.cut(next(iter(service.engine._airings._airings)), "gate_failed"))
    start().run_stepped(clock, clock.now() + 60 * SECOND)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"]) == ("partial", "gate_failed")


def test_an_end_whose_row_stands_is_not_told_twice(station, clock, start, killed, cast):
    killed(lambda _: station.services.air.stop(cast.lan))
    kept = KeptEnds.open(station.config.data / "measured.ends")
    ((slot_id, ending),) = kept.read().items()
    station.repos.slots.close(slot_id, ending, clock.now())
    kept.put("20200101-c1-1", FAILED)  # of another database
    kept.close()
    start().run_stepped(clock, clock.now() + 60 * SECOND)
    assert len(rows(station)) == 1
    assert again(station.config.data / "measured.ends") == {}


def test_a_relay_that_was_stopped_and_killed_is_not_joined_again(station, cast, clock, start):
    """Its window is still open, and a relay that a crash cut is joined again: this one was ended by a person."""
    day, source = cast.campaign(0).start, "https://radio.example.vn/live.mp3"
    relay = Relay(0, 0, (parse_window("06:00-06:30"),), day, day, (source,))
    relay_id = station.services.relays.save(cast.lan, "Đài tỉnh", relay)
    station.services.relays.approve(cast.minh, relay_id)
    station.services.relays.start(cast.lan, relay_id)
    (slot,) = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))
    clock.advance((slot.start - clock.now()).total_seconds())
    assert station.repos.slots.claim(slot, clock.now())
    station.repos.slots.progress(slot.id, slot.start, 60_000)
    kept = KeptEnds.open(station.config.data / "measured.ends")
    kept.put(slot.id, Ending(AiringOutcome.PARTIAL, "stopped_by", slot.start, slot.start + 60 * SECOND, 60_000))
    kept.close()
    clock.advance(70)
    start().run_stepped(clock, clock.now() + 10 * SECOND)
    (row,) = rows(station)
    assert (row["trigger"], row["outcome"], row["reason"], row["played_ms"]) == (
        "relay",
        "partial",
        "stopped_by",
        60_000,
    )
