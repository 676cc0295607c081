"""Readiness: facts of the next day in, one finding a cause out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import Sha256, Slot
from scheduler.core.station.readiness import (
    DAY_AHEAD,
    LAST_LOOK,
    LEAST_FREE,
    Sound,
    SoundState,
    StationFacts,
    Upcoming,
    findings,
)
from scheduler.core.words.wording import REASONS

NOW = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
CLIP, CHIME = Sha256("a" * 64), Sha256("c" * 64)
SECOND = timedelta(seconds=1)
WELL = StationFacts(10 * LEAST_FREE, playout_alive=True, clock_trusted=True, open_zones=frozenset({"all"}))


def slot_at(due: datetime, zone: str = "all", number: int = 1) -> Slot:
    return Slot(f"20261202-c1-{number}", date(2026, 12, 2), zone, due, timedelta(seconds=30), 1, 1, CLIP)


def upcoming(after: timedelta = timedelta(minutes=5), zone: str = "all", number: int = 1, **changes) -> Upcoming:
    due = NOW + after
    plain = Upcoming(
        1, "Tiêm chủng", due, slot_at(due, zone, number), CLIP, sounds=(Sound(CLIP, "x", SoundState.WHOLE),)
    )
    return replace(plain, **changes)


def sound(state: SoundState = SoundState.WHOLE, *, retired: bool = False) -> tuple[Sound, ...]:
    return (Sound(CLIP, "bản ghi", state, retired),)


def reasons(*airings: Upcoming, station: StationFacts = WELL) -> list[str]:
    return [one.reason for one in findings(airings, station, NOW)]


def test_where_all_is_well_there_is_nothing_to_do():
    assert reasons(upcoming(), upcoming(timedelta(hours=20))) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"sounds": sound(SoundState.MISSING)}, "audio_missing", id="its_file_is_gone"),
        pytest.param({"sounds": sound(SoundState.CHANGED)}, "audio_changed", id="its_file_is_another"),
        pytest.param({"sounds": sound(SoundState.UNREADABLE)}, "file_unreadable", id="its_file_cannot_be_read"),
        pytest.param({"sounds": sound(retired=True)}, "audio_retired", id="its_clip_was_put_away"),
        pytest.param({"approved_sha256": None}, "unapproved", id="nothing_is_approved"),
        pytest.param({"approved_sha256": "b" * 64}, "audio_changed", id="another_sound_is_approved"),
        pytest.param({"is_stopped": True}, "campaign_stopped", id="its_campaign_was_stopped"),
        pytest.param({"slot": None, "blocked": "no_audio"}, "no_audio", id="it_has_no_sound_yet"),
    ],
)
@pytest.mark.parametrize("after", [timedelta(minutes=5), DAY_AHEAD], ids=["soon", "a_day_ahead"])
def test_what_would_keep_an_airing_silent_is_found_a_day_ahead(changes, reason, after):
    (found,) = findings([upcoming(after, **changes)], WELL, NOW)
    assert found.reason == reason
    assert found.due == NOW + after
    assert found.details["title"] == "Tiêm chủng"
    assert reason in REASONS


def test_beyond_a_day_nothing_is_looked_at():
    assert reasons(upcoming(DAY_AHEAD + SECOND, approved_sha256=None)) == []


@pytest.mark.parametrize(
    ("after", "told"),
    [
        pytest.param(LAST_LOOK - SECOND, True, id="just_inside"),
        pytest.param(LAST_LOOK, True, id="at_the_edge"),
        pytest.param(LAST_LOOK + SECOND, False, id="just_outside"),
    ],
)
@pytest.mark.parametrize(
    ("station", "reason"),
    [
        pytest.param(replace(WELL, open_zones=frozenset()), "no_output_open", id="no_output"),
        pytest.param(replace(WELL, playout_alive=False), "playout_silent", id="no_playout"),
    ],
)
def test_outputs_and_playout_are_asked_in_the_last_quarter_of_an_hour(after, told, station, reason):
    assert reasons(upcoming(after), station=station) == ([reason] if told else [])


def test_a_silent_playout_is_not_blamed_for_its_outputs_and_its_clock_too():
    silent = replace(WELL, playout_alive=False, clock_trusted=False, open_zones=frozenset())
    assert reasons(upcoming(), station=silent) == ["playout_silent"]


def test_an_untrusted_clock_is_found_a_day_ahead():
    assert reasons(upcoming(DAY_AHEAD), station=replace(WELL, clock_trusted=False)) == ["clock_untrusted"]


@pytest.mark.parametrize(
    ("zone", "open_zones", "told"),
    [
        pytest.param("all", {"to5"}, [], id="all_is_heard_by_any_output"),
        pytest.param("to5", {"to5", "to6"}, [], id="its_own_output"),
        pytest.param("to5", {"to6"}, ["no_output_open"], id="only_another_zones"),
        pytest.param("to5", {"all"}, ["no_output_open"], id="an_output_without_that_zone"),
        pytest.param("all", set(), ["no_output_open"], id="none"),
    ],
)
def test_an_output_of_the_slots_zone_must_be_open(zone, open_zones, told):
    station = replace(WELL, open_zones=frozenset(open_zones))
    assert reasons(upcoming(zone=zone), station=station) == told


@pytest.mark.parametrize(
    ("free", "told"),
    [
        pytest.param(LEAST_FREE - 1, ["disk_low"], id="just_below"),
        pytest.param(LEAST_FREE, [], id="at_the_limit"),
    ],
)
def test_a_disk_that_fills_up_is_told_also_when_nothing_is_planned(free, told):
    station = replace(WELL, free_bytes=free)
    assert reasons(station=station) == told
    assert reasons(upcoming(), station=station) == told


def test_a_disk_that_loses_a_little_says_the_same():
    """Else its row would be written each minute."""
    one, other = (findings([], replace(WELL, free_bytes=free), NOW) for free in (123_456_789, 121_000_000))
    assert one == other
    assert one[0].details == {"free_mb": 120}


def test_one_cause_is_one_finding_that_counts_its_airings_and_names_the_first():
    missing = {"sounds": sound(SoundState.MISSING)}
    airings = [upcoming(timedelta(hours=hour), number=hour, **missing) for hour in (3, 1, 2)]
    (found,) = findings(airings, WELL, NOW)
    assert (found.due, found.slot_id) == (NOW + timedelta(hours=1), "20261202-c1-1")
    assert found.details["airings"] == 3


def test_a_chime_that_is_gone_is_told_as_the_chime():
    airing = upcoming(sounds=(*sound(), Sound(CHIME, "Nhạc hiệu", SoundState.MISSING)))
    (found,) = findings([airing], WELL, NOW)
    assert (found.key, found.details["title"]) == (f"audio_missing:{CHIME}", "Nhạc hiệu")


def test_what_is_due_first_comes_first():
    late = upcoming(timedelta(hours=5), announcement_id=2, approved_sha256=None)
    soon = upcoming(timedelta(hours=2), sounds=sound(SoundState.MISSING))
    assert reasons(late, soon) == ["audio_missing", "unapproved"]


FACTS = st.builds(
    upcoming,
    st.integers(0, 2000).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from(["all", "to5"]),
    st.integers(1, 5),
    announcement_id=st.integers(1, 3),
    approved_sha256=st.sampled_from([CLIP, None, Sha256("b" * 64)]),
    is_stopped=st.booleans(),
    sounds=st.builds(sound, st.sampled_from(SoundState), retired=st.booleans()),
)
STATIONS = st.builds(
    StationFacts,
    st.sampled_from([LEAST_FREE // 2, LEAST_FREE * 2]),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from(["all", "to5"])),
)


@given(st.lists(FACTS, max_size=8), STATIONS, st.randoms())
def test_findings_are_one_a_key_in_the_order_of_time_whatever_the_order_of_facts(airings, station, random):
    found = findings(airings, station, NOW)
    assert len({one.key for one in found}) == len(found)
    dues = [one.due for one in found if one.due]
    assert dues == sorted(dues)
    assert all(one.reason in REASONS for one in found)
    mixed = list(airings)
    random.shuffle(mixed)
    assert {(one.key, one.due) for one in findings(mixed, station, NOW)} == {(one.key, one.due) for one in found}
    spoilt = {one.slot.id for one in airings if one.slot and one.due <= NOW + DAY_AHEAD}
    assert {one.slot_id for one in found if one.slot_id} <= spoilt


@given(st.lists(FACTS, min_size=1, max_size=6))
def test_an_airing_is_spoilt_exactly_when_something_of_it_is_amiss(airings):
    for one in airings:
        well = (
            not one.is_stopped
            and one.approved_sha256 == CLIP
            and all(part.state is SoundState.WHOLE and not part.retired for part in one.sounds)
        )
        open_all = replace(WELL, open_zones=frozenset({"all", "to5"}))
        assert bool(findings([one], open_all, NOW)) == (not well and one.due <= NOW + DAY_AHEAD)
