"""Words of the moment while the database takes nothing: real voice, real service on a stepped clock, real WAV output."""

from datetime import timedelta

import pytest

from scheduler import station_words
from scheduler.core.model import Role
from scheduler.kernel.errors import Refused
from scheduler.services.air.emergency import Order
from scheduler.station import Station
from scheduler.station_words import break_in_with, order_with
from tests.playout.aired import rows, sound
from tests.playout.test_red_lane import SECOND, locked, on_air

TEXT = "Nước sông dâng cao, bà con ven sông rời nhà ngay."


def typed(station):
    return station.repos.store.rows("SELECT * FROM announcement WHERE kind = 'typed' ORDER BY id")


def files(station):
    return list((station.config.data / "typed").glob("*"))


def test_typed_words_sound_while_the_database_is_locked_and_have_their_rows_afterwards_once(
    station, cast, clock, start
):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    with locked(station):
        pressed = clock.now()
        slot_id = break_in_with(station, cast.minh, TEXT, title="Lũ trên sông")
        assert break_in_with(station, cast.minh, TEXT, title="Lũ trên sông") == slot_id, "pressed twice"
        assert len(files(station)) == 1
        service.run_stepped(clock, pressed + 3 * SECOND)
        assert on_air(service) == [slot_id]
        service.run_stepped(clock, pressed + timedelta(seconds=60))
        told = station.services.air.red.told(slot_id)
        assert (told.outcome, told.title) == ("played", "Lũ trên sông")
        assert typed(station) == []
    service.run_stepped(clock, clock.now() + SECOND)
    (made,), (row,) = typed(station), rows(station)
    assert (made["text"], made["approver_id"], made["state"]) == (TEXT, cast.minh.id, "approved")
    assert (row["slot_id"], row["outcome"], row["title"]) == (slot_id, "played", "Lũ trên sông")
    assert (row["announcement_id"], row["audio_sha256"]) == (made["id"], made["audio_sha256"])
    assert (row["author"], row["operator"]) == (cast.minh.recorded_name, cast.minh.recorded_name)
    clip = station.repos.programme.clip(made["audio_sha256"])
    assert (clip.engine, clip.created_by, clip.frames > 0) == ("espeak", cast.minh.id, True)
    assert len(sound(station)[0]) == pytest.approx(row["played_ms"] * 48, abs=48)
    assert (station.repos.red.placed(), files(station)) == ([], [])
    assert station.repos.journal.verify().whole
    assert break_in_with(station, cast.minh, TEXT) != slot_id, "later it may be said again"


def test_by_a_leaders_number_the_journal_tells_of_both_once_the_rows_are_written(station, cast, clock, start):
    service = start()
    with locked(station):
        slot_id = order_with(station, lambda: Order(cast.minh, cast.lan), TEXT)
        service.run_stepped(clock, clock.now() + timedelta(seconds=4))
        assert on_air(service) == [], "its grace"
        service.run_stepped(clock, clock.now() + timedelta(seconds=60))
    service.run_stepped(clock, clock.now() + SECOND)
    (word,) = station.repos.store.rows("SELECT * FROM journal WHERE kind = 'order'")
    assert (word["slot_id"], word["author"], word["operator"]) == (
        slot_id,
        cast.lan.recorded_name,
        cast.minh.recorded_name,
    )
    assert word["announcement_id"] == typed(station)[0]["id"]
    assert [row["outcome"] for row in rows(station)] == ["played"]


def test_typed_words_that_were_taken_back_have_their_end_and_their_announcement(station, cast, clock, start):
    service = start()
    with locked(station):
        slot_id = order_with(station, lambda: Order(cast.minh), TEXT)
        assert station.services.emergency.take_back(cast.minh, slot_id)
        service.run_stepped(clock, clock.now() + timedelta(seconds=20))
    service.run_stepped(clock, clock.now() + SECOND)
    (row,) = rows(station)
    assert (row["slot_id"], row["outcome"], row["reason"]) == (slot_id, "cancelled", "order_taken_back")
    assert row["announcement_id"] == typed(station)[0]["id"]
    assert (sound(station), files(station)) == ([], [])


@pytest.mark.parametrize("lost", [False, True], ids=["kept", "the_file_is_lost"])
def test_a_playout_that_dies_before_the_rows_says_nothing_twice_and_writes_them(station, cast, clock, start, lost):
    first = start()
    with locked(station):
        slot_id = break_in_with(station, cast.minh, TEXT, title="Lũ trên sông")
        first.run_stepped(clock, clock.now() + timedelta(seconds=4))
        assert on_air(first) == [slot_id]
        first._died = True
        first.engine.stop()
        if lost:
            (file,) = files(station)
            file.write_text('{"announcement": {"tit')
    second = start(Station.open(station.config, clock))
    second.run_stepped(clock, clock.now() + timedelta(seconds=60))
    (row,), (made,) = rows(station), typed(station)
    assert row["slot_id"] == slot_id
    assert row["title"] == "Lũ trên sông"
    assert made["text"] == ("Lũ trên sông" if lost else TEXT)
    assert station.repos.journal.verify().whole


def test_an_order_with_words_of_somebody_whose_right_was_taken_meanwhile_is_refused(station, cast, clock, start):
    service = start()
    with locked(station):
        slot_id = break_in_with(station, cast.minh, TEXT)
    station.repos.people.change(cast.minh.id, {"role": Role.EDITOR.value})
    service.run_stepped(clock, clock.now() + timedelta(seconds=30))
    (row,) = rows(station)
    assert (row["slot_id"], row["outcome"], row["reason"]) == (slot_id, "refused", "not_permitted")
    assert sound(station) == []


def test_words_that_no_ring_keeps_and_no_row_takes_are_refused(station, cast, monkeypatch):
    monkeypatch.setattr(station.repos.red, "put", lambda *_: None)
    with locked(station), pytest.raises(Refused, match="database_busy"):
        break_in_with(station, cast.minh, TEXT)
    assert files(station) == []


def test_late_words_get_their_rows_where_no_playout_lives(station, cast, clock, start, monkeypatch):
    """Boxes, pages and the town read rows; a playout that comes in time sounds the order, once."""
    monkeypatch.setattr(station_words, "READY_WITHIN", 0.0)
    slot_id = break_in_with(station, cast.minh, TEXT, title="Lũ trên sông")
    assert station_words.wait_spoken(slot_id) or typed(station)
    (made,) = typed(station)
    assert (made["text"], made["state"], made["approver_id"]) == (TEXT, "approved", cast.minh.id)
    slot = station.repos.slots.slot(slot_id)
    assert (slot.audio_sha256, slot.announcement_id, slot.outcome) == (made["audio_sha256"], made["id"], None)
    assert slot.length > timedelta(seconds=3)
    service = start()
    service.run_stepped(clock, clock.now() + timedelta(seconds=60))
    assert [(row["slot_id"], row["outcome"]) for row in rows(station)] == [(slot_id, "played")]
    assert (station.repos.red.placed(), files(station), len(typed(station))) == ([], [], 1)
