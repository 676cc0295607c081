"""What is told of an approved airing is true in the worst case: cut, on air to a file only, its time gone, its file lost."""

from datetime import timedelta

import pytest

from scheduler.core.model import AiringOutcome
from scheduler.core.planning.outlook import OutlookKind
from scheduler.store import Ending

LOUD = {"name": "wav", "kind": "soundcard", "state": "open", "message": "", "counts": True}


@pytest.fixture
def number(cast):
    found = cast.approved()
    cast.planned(found)
    return found


@pytest.fixture
def first(station, number):
    return station.repos.slots.open_of(number)[0]


@pytest.fixture
def beat(station, clock):
    def told(*outputs, airings=()):
        state = {"outputs": list(outputs or (LOUD,)), "clock_trusted": True, "airings": list(airings)}
        station.repos.jobs.beat("playout", 1, clock.now(), state)

    return told


def outlook(station, number):
    return station.services.outlook.of(number)


def ended(station, clock, number, *outcomes):
    """Every airing of it has ended, the last of them so."""
    for slot in station.repos.slots.open_of(number):
        station.repos.slots.close(slot.id, Ending(outcomes[-1]), clock.now())


def test_what_was_cut_is_not_told_as_aired(station, clock, number, first):
    ended(station, clock, number, AiringOutcome.PARTIAL)
    told = outlook(station, number)
    assert (told.kind, told.is_well) == (OutlookKind.PARTLY, False)
    assert "Đã phát" not in told.sentence
    assert "phát dở" in told.sentence


def test_what_sounded_whole_is_told_as_aired(station, clock, number, first):
    ended(station, clock, number, AiringOutcome.PLAYED)
    told = outlook(station, number)
    assert (told.kind, told.is_well) == (OutlookKind.SOUNDED, True)


def test_on_air_is_not_told_as_sounding_where_no_loudspeaker_is(station, number, first, beat):
    beat(LOUD | {"kind": "wavfile", "counts": False}, airings=[{"slot_id": first.id}])
    told = outlook(station, number)
    assert (told.kind, told.is_well) == (OutlookKind.ON_AIR, False)
    assert not told.sentence.startswith("Đang phát")
    assert "chưa nối được với loa" in told.sentence
    beat(LOUD, airings=[{"slot_id": first.id}])
    assert outlook(station, number).sentence.startswith("Đang phát, ")


def test_a_time_that_is_gone_while_playout_is_dead_is_no_time_to_come(station, clock, number, first):
    clock.advance((first.start - clock.now()).total_seconds() + 600)
    told = outlook(station, number)
    assert told.kind is OutlookKind.WONT_SOUND
    assert told.start > clock.now()
    slots = station.repos.slots.open_of(number)
    clock.advance((slots[-1].start - clock.now()).total_seconds() + 600)
    assert outlook(station, number).kind is OutlookKind.UNPLANNED


def test_a_file_that_was_cut_short_will_not_sound(station, number, first, beat):
    beat()
    assert outlook(station, number).kind is OutlookKind.WILL_SOUND
    path = station.repos.library.path(first.audio_sha256)
    path.chmod(0o644)
    path.write_bytes(b"")
    told = outlook(station, number)
    assert told.kind is OutlookKind.WONT_SOUND
    assert not told.is_mendable


def test_a_file_that_the_readiness_check_found_changed_will_not_sound(station, clock, number, first, beat):
    beat()
    due = first.start + timedelta(0)
    station.repos.todos.raise_("audio_changed:x", first.id, due, "audio_changed", {"title": "x"}, clock.now())
    told = outlook(station, number)
    assert (told.kind, told.causes[0].reason) == (OutlookKind.WONT_SOUND, "audio_changed")
