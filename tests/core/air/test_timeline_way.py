"""Who gives way to whom and who comes back: emergencies, relays, live voices, gaps behind late airings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.timeline import (
    RESUME_WITHIN,
    Arm,
    Close,
    Cut,
    Due,
    Finish,
    Interrupted,
    Kind,
    Over,
    Silent,
    StopAsked,
    Tick,
    Timeline,
)
from scheduler.core.model import AiringOutcome, Priority

T0 = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def at(number: float) -> datetime:
    return T0 + seconds(number)


def clip(name: str, start: float, length: float = 10, **changes: object) -> Due:
    plain = Due(name, "all", at(start), seconds(length), Priority.NORMAL)
    return replace(plain, **changes)  # type: ignore[arg-type]  # any field of a due slot


def relay(name: str = "r", start: float = 0, length: float = 600) -> Due:
    return clip(name, start, length, kind=Kind.RELAY)


def live(name: str = "l", start: float = 0, length: float = 60) -> Due:
    return clip(name, start, length, kind=Kind.LIVE, priority=Priority.PRIORITY, patience=seconds(300))


def emergency(name: str = "e", start: float = 0, length: float = 20) -> Due:
    return clip(name, start, length, priority=Priority.EMERGENCY, patience=seconds(1800))


@pytest.fixture
def timeline() -> Timeline:
    return Timeline(timedelta(minutes=2))


def test_what_an_emergency_cut_goes_on_behind_it_with_what_is_left(timeline):
    timeline.feed(clip("a", 0, 30), T0)
    assert timeline.feed(emergency(start=5), at(5)) == [Cut("a", "pre_empted"), Arm("e", at(5))]
    assert timeline.feed(Interrupted("a", at(5), seconds(25)), at(5.1)) == []
    assert "a" in timeline.known
    assert timeline.feed(Over("e"), at(25)) == [Arm("a", at(25))]


def test_what_was_cut_long_ago_does_not_come_back(timeline):
    timeline.feed(clip("a", 0, 30), T0)
    timeline.feed(emergency(length=3000), at(5))
    timeline.feed(Interrupted("a", at(5), seconds(25)), at(5))
    late = at(5) + RESUME_WITHIN + seconds(1)
    assert timeline.feed(Tick(), late) == [Close("a", AiringOutcome.PRE_EMPTED, "pre_empted")]


def test_a_second_emergency_waits_longer_than_an_ordinary_slot_may(timeline):
    timeline.feed(emergency("e1", length=1000), T0)
    assert timeline.feed(emergency("e2", start=1), at(1)) == []
    assert timeline.feed(Over("e1"), at(1000)) == [Arm("e2", at(1000))]


def test_stop_means_stop_also_for_what_would_have_come_back(timeline):
    timeline.feed(clip("a", 0, 30), T0)
    timeline.feed(emergency(start=5), at(5))
    timeline.feed(Interrupted("a", at(5), seconds(25)), at(5))
    commands = timeline.feed(StopAsked(None), at(8))
    assert commands == [Close("a", AiringOutcome.CANCELLED, "stopped_by"), Cut("e", "stopped_by")]


def test_stop_in_the_very_moment_of_the_cut_leaves_nothing_to_come_back(timeline):
    timeline.feed(clip("a", 0, 30), T0)
    timeline.feed(emergency(start=5), at(5))
    timeline.feed(StopAsked(None), at(5))
    assert timeline.feed(Interrupted("a", at(5), seconds(25)), at(5)) == []
    assert "a" not in timeline.known


def test_a_relay_gives_way_to_a_clip_and_joins_again_for_the_rest_of_its_window(timeline):
    timeline.feed(relay(), T0)
    assert timeline.feed(clip("a", 60), at(55)) == [Cut("r", "pre_empted"), Arm("a", at(60))]
    timeline.feed(Interrupted("r", at(55), seconds(1)), at(55))
    assert timeline.feed(Over("a"), at(70)) == [Arm("r", at(70))]
    assert timeline.next_start == at(70)


def test_a_relay_whose_window_is_nearly_over_is_not_joined_again(timeline):
    timeline.feed(relay(length=100), T0)
    timeline.feed(emergency(start=60, length=35), at(60))
    timeline.feed(Interrupted("r", at(60), seconds(40)), at(60))
    assert timeline.feed(Over("e"), at(95)) == [Close("r", AiringOutcome.PRE_EMPTED, "pre_empted")]


def test_a_relay_joins_late_when_the_air_was_taken_at_its_time(timeline):
    timeline.feed(clip("a", 0, 200), T0)
    assert timeline.feed(relay(start=5), at(1)) == []
    assert timeline.feed(Over("a"), at(200)) == [Arm("r", at(200))]


def test_a_live_voice_speaks_over_a_relay_and_waits_for_a_clip(timeline):
    timeline.feed(relay(), T0)
    assert timeline.feed(live(start=10), at(10)) == [Arm("l", at(10))]
    timeline.feed(Over("l"), at(30))
    timeline.feed(clip("a", 40), at(35))
    assert timeline.feed(live("m", start=41), at(41)) == []
    assert timeline.feed(Over("a"), at(50)) == [Arm("m", at(50))]


def test_a_live_voice_that_lets_go_finishes_and_one_that_never_spoke_is_cancelled(timeline):
    timeline.feed(live(), T0)
    assert timeline.feed(StopAsked("l", finish=True), at(5)) == [Finish("l")]
    timeline.feed(live("m", start=6), at(6))
    assert timeline.feed(StopAsked("m", finish=True), at(7)) == [Close("m", AiringOutcome.CANCELLED, "stopped_by")]
    assert timeline.feed(StopAsked("nobody", finish=True), at(8)) == []


def test_a_late_slot_keeps_its_gap_behind_the_airing_before(timeline):
    timeline.feed(clip("a", 0, 100), T0)
    timeline.feed(clip("b", 50, gap=seconds(60)), at(45))
    assert timeline.feed(Over("a"), at(100)) == []
    assert timeline.feed(Tick(), at(158.5)) == [Arm("b", at(160))]


def test_a_slot_keeps_its_gap_also_behind_what_still_sounds_when_it_is_due(timeline):
    timeline.feed(clip("a", 0, 100), T0)
    assert timeline.feed(clip("b", 102, gap=seconds(60)), at(100 - 1)) == []
    timeline.feed(Over("a"), at(100))
    assert timeline.feed(Tick(), at(158.5)) == [Arm("b", at(160))]


def test_a_slot_on_time_is_not_moved_because_the_one_before_began_a_little_late(timeline):
    timeline.feed(Silent("all", at(0.4)), T0)
    assert timeline.feed(clip("b", 60, gap=seconds(60)), at(55)) == [Arm("b", at(60))]


def test_of_two_words_about_the_silence_before_the_later_one_holds(timeline):
    for told in (at(10), T0):
        timeline.feed(Silent("all", told), at(11))
    assert timeline.feed(clip("b", 0, gap=seconds(60)), at(11)) == []
    assert timeline.feed(Tick(), at(68.5)) == [Arm("b", at(70))]


def test_a_gap_reaches_over_a_restart(timeline):
    timeline.feed(Silent("all", T0), at(1))
    assert timeline.feed(clip("b", 0, gap=seconds(60)), at(1)) == []
    assert timeline.feed(Silent("elsewhere", T0), at(1)) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["clip", "relay", "live", "emergency", "stop", "over", "tick"]),
            st.integers(0, 300),
            st.integers(1, 90),
        ),
        max_size=30,
    )
)
def test_whatever_comes_an_emergency_is_never_kept_waiting_by_anything_else(steps):
    timeline = Timeline(timedelta(minutes=2))
    now = T0
    makers = {"clip": clip, "relay": relay, "live": live, "emergency": emergency}
    for number, (kind, later, length) in enumerate(steps):
        now += seconds(later / 10)
        if kind in makers:
            made = replace(makers[kind](f"{kind}{number}", 0), start=now, length=seconds(length))
            commands = timeline.feed(made, now)
        elif kind == "stop":
            commands = timeline.feed(StopAsked(None), now)
        elif kind == "over" and timeline.armed:
            commands = timeline.feed(Over(timeline.armed[0]), now)
        else:
            commands = timeline.feed(Tick(), now)
        for command in commands:
            if isinstance(command, Cut) and command.reason == "pre_empted":
                timeline.feed(Interrupted(command.slot_id, now, seconds(5)), now)
        waiting = [name for name in timeline.known if name.startswith("emergency") and name not in timeline.armed]
        assert not waiting or any(name.startswith("emergency") for name in timeline.armed)
