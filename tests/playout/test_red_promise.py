"""Words of the moment that are ordered before they are spoken: the chime at once, the words behind it, or the reason."""

from datetime import timedelta

import numpy as np
import pytest

from scheduler.services.air.emergency import Order
from scheduler.station import Station
from scheduler.station_words import break_in_with
from tests.playout.aired import rows, sound
from tests.playout.test_red_lane import SECOND, locked, on_air

TEXT = "Nước sông dâng cao, bà con ven sông rời nhà ngay."


@pytest.fixture
def promise(station, cast):
    """Order words that nobody has spoken yet; give the order."""
    held = []

    def go(text=TEXT, *, grace=0, title="Lũ trên sông"):
        order = Order(cast.minh, grace=timedelta(seconds=grace))
        slot_id, kept = station.services.emergency.order_promised(order, title, text, timedelta(seconds=5))
        held.append(kept)
        return slot_id

    yield go
    for one in held:
        if one is not None:
            one.close()


def spoken(station, cast, slot_id, text=TEXT):
    """Somebody has spoken the words."""
    clip = station.said_now(cast.minh, "Lũ trên sông", text)
    assert station.repos.typed.fulfil(slot_id, clip)
    return clip


def typed(station):
    return station.repos.store.rows("SELECT * FROM announcement WHERE kind = 'typed' ORDER BY id")


def files(station):
    return list((station.config.data / "typed").glob("*"))


def where(heard, part):
    """Every frame at which `part` begins in what was heard."""
    first = np.flatnonzero(heard[: len(heard) - len(part) + 1] == part[0])
    probe = part[: len(part) : 997]
    return [int(at) for at in first if np.array_equal(heard[at : at + len(part) : 997], probe)
            and np.array_equal(heard[at : at + len(part)], part)]  # fmt: skip


def loud(clip):
    """From its first frame that is not silent."""
    return clip[np.flatnonzero(clip)[0] :]


@pytest.mark.parametrize("late", [1, 9], ids=["within the chime", "while it sounds again"])
def test_the_chime_sounds_at_once_and_the_words_follow_once(station, cast, clock, start, promise, late):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    pressed = clock.now()
    slot_id = promise()
    assert promise() == slot_id, "pressed twice"
    assert break_in_with(station, cast.minh, TEXT) == slot_id, "and once more, by another way"
    service.run_stepped(clock, pressed + late * SECOND)
    assert on_air(service) == [slot_id], "nobody has spoken yet"
    assert (typed(station), rows(station)) == ([], [])
    told = station.services.air.red.told(slot_id)
    assert not told.spoken
    siren, closing = (station.repos.library.load(one) for one in
                      (told.slot.audio_sha256, station.services.rundowns.chime_sha256("close")))  # fmt: skip
    clip = spoken(station, cast, slot_id)
    service.run_stepped(clock, pressed + timedelta(seconds=90))
    (made,), (row,) = typed(station), rows(station)
    assert (made["text"], made["state"], made["approver_id"]) == (TEXT, "approved", cast.minh.id)
    assert (made["audio_sha256"], made["approved_sha256"]) == (clip.sha256, clip.sha256)
    assert (row["slot_id"], row["outcome"], row["reason"], row["audio_sha256"]) == (slot_id, "played", "", clip.sha256)
    ((heard),) = sound(station)
    assert len(heard) == pytest.approx(row["played_ms"] * 48, abs=48)
    words = loud(station.repos.library.load(clip.sha256))
    at = where(heard, words)
    assert len(at) == station.config.emergency.repeat, "as often as ordered, whole"
    assert at[0] > len(siren)
    assert (at[0] - len(siren)) / 48_000 < late + 1.5
    assert where(heard, loud(siren))[0] <= np.flatnonzero(siren)[0]
    assert len(where(heard, loud(closing))) == 1
    assert (station.repos.red.placed(), files(station)) == ([], [])
    assert station.repos.journal.verify().whole


def test_words_that_never_come_end_the_order_after_a_bounded_chime_and_nobody_calls_it_played(
    station, cast, clock, start, promise
):
    service = start()
    slot_id = promise()
    service.run_stepped(clock, clock.now() + timedelta(seconds=90))
    (row,), (made,) = rows(station), typed(station)
    assert (row["slot_id"], row["outcome"], row["reason"]) == (slot_id, "partial", "words_not_spoken")
    (heard,) = sound(station)
    assert len(heard) == pytest.approx(row["played_ms"] * 48, abs=48)
    assert 50 < len(heard) / 48_000 <= 60
    share = station.repos.slots.ended_attempts(slot_id)[0].shares[0]
    assert share.share < 0.95, "the words were never heard"
    assert (made["text"], made["state"], made["audio_sha256"], made["approver_id"]) == (TEXT, "draft", None, None)
    assert (station.repos.red.placed(), files(station)) == ([], [])
    assert not station.repos.typed.fulfil(slot_id, None, "too late")
    assert files(station) == []
    assert promise() != slot_id, "it may be ordered again"


@pytest.mark.parametrize("sounds", [True, False], ids=["while the chime sounds", "in its grace"])
def test_words_that_cannot_be_spoken_end_the_order_with_the_reason(station, cast, clock, start, promise, sounds):
    service = start()
    slot_id = promise(grace=0 if sounds else 5)
    service.run_stepped(clock, clock.now() + 2 * SECOND)
    assert on_air(service) == ([slot_id] if sounds else [])
    assert station.repos.typed.fulfil(slot_id, None, "Máy không có giọng đọc.")
    service.run_stepped(clock, clock.now() + timedelta(seconds=30))
    (row,) = rows(station)
    assert (row["slot_id"], row["outcome"]) == (slot_id, "partial" if sounds else "failed")
    assert (row["reason"], row["note"]) == ("words_not_spoken", "Máy không có giọng đọc.")
    assert sum(map(len, sound(station))) / 48_000 == pytest.approx(row["played_ms"] / 1000, abs=0.002)
    assert row["played_ms"] < 3000
    assert (station.repos.red.placed(), files(station)) == ([], [])


def test_words_that_are_not_those_that_were_ordered_never_sound(station, cast, clock, start, promise):
    service = start()
    slot_id = promise()
    words = station.repos.typed.read(slot_id)
    clip = station.said_now(cast.minh, "Khác", "Bà con cứ ở yên trong nhà.")
    words.announcement["text"] = "Bà con cứ ở yên trong nhà."
    station.repos.typed.keep(slot_id, type(words)(words.announcement, clip))
    service.run_stepped(clock, clock.now() + timedelta(seconds=90))
    (row,) = rows(station)
    assert (row["outcome"], row["reason"]) == ("partial", "words_not_spoken")
    (heard,) = sound(station)
    assert where(heard, loud(station.repos.library.load(clip.sha256))) == []


def test_words_that_are_there_before_the_order_begins_are_an_order_like_any_other(station, cast, clock, start, promise):
    service = start()
    slot_id = promise(grace=5)
    service.run_stepped(clock, clock.now() + 2 * SECOND)
    clip = spoken(station, cast, slot_id)
    service.run_stepped(clock, clock.now() + SECOND)
    (open_row,) = station.repos.store.rows("SELECT * FROM slot")
    assert (open_row["audio_sha256"], open_row["outcome"]) == (clip.sha256, None), "its rows are written at once"
    assert break_in_with(station, cast.minh, TEXT) == slot_id, "pressed again"
    service.run_stepped(clock, clock.now() + timedelta(seconds=60))
    (row,) = rows(station)
    assert (row["outcome"], row["audio_sha256"]) == ("played", clip.sha256)
    slot = station.repos.slots.slot(slot_id)
    assert row["played_ms"] == pytest.approx(slot.length.total_seconds() * 1000, abs=2)


def test_a_stop_and_a_taking_back_end_it_while_its_words_are_spoken(station, cast, clock, start, promise):
    service = start()
    taken_back = promise(grace=5)
    assert station.services.emergency.take_back(cast.minh, taken_back)
    stopped = promise("Cháy lớn ở chợ.")
    service.run_stepped(clock, clock.now() + 2 * SECOND)
    station.services.air.stop(cast.minh)
    service.run_stepped(clock, clock.now() + SECOND)
    spoken(station, cast, stopped, "Cháy lớn ở chợ.") if files(station) else None
    service.run_stepped(clock, clock.now() + timedelta(seconds=60))
    told = {row["slot_id"]: (row["outcome"], row["reason"]) for row in rows(station)}
    assert told == {taken_back: ("cancelled", "order_taken_back"), stopped: ("partial", "stopped_by")}
    assert len(rows(station)) == 2
    assert sum(map(len, sound(station))) / 48_000 < 3
    assert (station.repos.red.placed(), files(station)) == ([], [])


@pytest.mark.parametrize("spoken_first", [False, True], ids=["in the chime", "in the words"])
def test_a_playout_that_dies_leaves_one_end_of_what_was_heard(station, cast, clock, start, promise, spoken_first):
    first = start()
    slot_id = promise()
    first.run_stepped(clock, clock.now() + 9 * SECOND)
    if spoken_first:
        clip = spoken(station, cast, slot_id)
        first.run_stepped(clock, clock.now() + 4 * SECOND)
    first._died = True
    first.engine.stop()
    second = start(Station.open(station.config, clock))
    if not spoken_first:
        spoken(station, cast, slot_id)
    second.run_stepped(clock, clock.now() + timedelta(seconds=60))
    (row,) = rows(station)
    assert (row["slot_id"], row["outcome"]) == (slot_id, "partial")
    assert row["reason"] not in {"", "words_not_spoken"}, "it was cut"
    assert sum(map(len, sound(station))) / 48_000 < 14
    assert (typed(station)[0]["state"] == "approved") is spoken_first
    if spoken_first:
        assert row["audio_sha256"] == clip.sha256
    assert station.repos.red.placed() == []


def test_it_sounds_with_its_words_while_the_database_is_locked(station, cast, clock, start, promise):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    with locked(station):
        slot_id = promise()
        service.run_stepped(clock, clock.now() + 3 * SECOND)
        assert on_air(service) == [slot_id]
        clip = spoken(station, cast, slot_id)
        service.run_stepped(clock, clock.now() + timedelta(seconds=60))
        assert station.services.air.red.told(slot_id).outcome == "played"
    service.run_stepped(clock, clock.now() + SECOND)
    (row,) = rows(station)
    assert (row["outcome"], row["audio_sha256"]) == ("played", clip.sha256)


def test_another_emergency_waits_until_it_has_ended(station, cast, clock, start, promise):
    service = start()
    first = promise()
    service.run_stepped(clock, clock.now() + SECOND)
    second = promise("Cháy lớn ở chợ.", title="Cháy")
    spoken(station, cast, second, "Cháy lớn ở chợ.")
    service.run_stepped(clock, clock.now() + timedelta(seconds=15))
    assert on_air(service) == [first]
    service.run_stepped(clock, clock.now() + timedelta(seconds=90))
    one, other = sorted(rows(station), key=lambda row: row["actual_start"])
    assert (one["slot_id"], one["outcome"], other["slot_id"], other["outcome"]) == (first, "partial", second, "played")
    assert one["actual_end"] <= other["actual_start"]


def test_a_correction_ends_the_chime_and_follows(station, cast, clock, start, promise):
    service = start()
    wrong = promise()
    service.run_stepped(clock, clock.now() + 2 * SECOND)
    right = station.correct(cast.minh, wrong)
    service.run_stepped(clock, clock.now() + timedelta(seconds=60))
    told = {row["slot_id"]: (row["outcome"], row["reason"]) for row in rows(station)}
    assert told == {wrong: ("partial", "stopped_by"), right: ("played", "")}


def test_a_chime_that_is_not_in_memory_yet_is_loaded_and_never_taken_for_the_words(
    station, cast, clock, start, promise
):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    service.lane.words._chimes.clear()
    slot_id = promise()
    for _ in range(3):
        service.lane.turn(clock.now())
    service.lane.sounds.refresh(service.lane.unknown)
    service.lane.turn(clock.now() + SECOND)
    service.run_stepped(clock, clock.now() + 3 * SECOND)
    assert on_air(service) == [slot_id]
    clip = spoken(station, cast, slot_id)
    service.run_stepped(clock, clock.now() + timedelta(seconds=60))
    (row,) = rows(station)
    assert (row["outcome"], row["audio_sha256"]) == ("played", clip.sha256)
