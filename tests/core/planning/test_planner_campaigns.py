"""Plans of campaigns that were edited, paused, put in order, or say several clips."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.model import AiringOutcome, Boost, BoostKind, Pause, Phase, Priority, Sha256
from scheduler.core.planning.day_plan import Clip
from scheduler.core.planning.planner import plan_day
from tests.core.planning.test_planner import DAY, MINUTE, at, reasons, station, w, walls, wish

HOURLY = Boost(BoostKind.EVERY, 60)


def clip(number: int, seconds: float, blocked: str = "") -> Clip:
    return Clip(number, timedelta(seconds=seconds), Sha256("b" * 64), blocked)


def said(plan) -> list[int]:
    return [slot.announcement_id for slot in plan.slots]


# Hours that are edited while the day runs


def test_hours_that_are_moved_at_noon_to_the_evening_are_aired_in_the_evening():
    morning = plan_day(DAY, [wish("06:00-12:00", boost=HOURLY)], station())
    assert len(morning.slots) == 6
    edited = wish("18:00-21:00", boost=HOURLY)
    evening = plan_day(DAY, [edited], station(), fixed=morning.slots, not_before=at("12:00"))
    assert walls(evening) == ["18:00", "19:00", "20:00"]
    assert not {slot.id for slot in evening.slots} & {slot.id for slot in morning.slots}
    assert not evening.refusals


@pytest.mark.parametrize("again", ["17:59", "18:01", "19:30", "20:01"])
def test_planning_the_edited_hours_again_changes_nothing(again):
    morning = plan_day(DAY, [wish("06:00-12:00", boost=HOURLY)], station())
    edited = wish("18:00-21:00", boost=HOURLY)
    evening = plan_day(DAY, [edited], station(), fixed=morning.slots, not_before=at("12:00"))
    now = at(again)
    standing = [*morning.slots, *(slot for slot in evening.slots if slot.start < now)]
    later = plan_day(DAY, [edited], station(), fixed=standing, not_before=now)
    assert later.slots == tuple(slot for slot in evening.slots if slot.start >= now)


def test_a_closer_beat_from_noon_on_keeps_what_has_aired_on_it():
    whole = plan_day(DAY, [wish("06:00-18:00", boost=HOURLY)], station())
    begun = [slot for slot in whole.slots if slot.start < at("12:00")]
    closer = wish("06:00-18:00", boost=Boost(BoostKind.EVERY, 30))
    plan = plan_day(DAY, [closer], station(), fixed=begun, not_before=at("12:00"))
    assert walls(plan) == [f"{hour}:{minute:02}" for hour in range(12, 18) for minute in (0, 30)]
    assert reasons(plan) == {"past": 6}


def test_an_airing_missed_in_hours_that_were_given_up_is_not_made_good():
    rules = replace(station(), make_good=60 * MINUTE)
    morning = plan_day(DAY, [wish("06:00-12:00", boost=HOURLY)], rules)
    missed = [replace(slot, outcome=AiringOutcome.MISSED) for slot in morning.slots]
    kept = plan_day(DAY, [wish("06:00-14:00", boost=HOURLY)], rules, fixed=missed, not_before=at("11:30"))
    assert [slot.makes_good for slot in kept.slots if slot.makes_good] == [missed[5].id]
    moved = plan_day(DAY, [wish("18:00-21:00", boost=HOURLY)], rules, fixed=missed, not_before=at("11:30"))
    assert walls(moved) == ["18:00", "19:00", "20:00"]
    assert reasons(moved) == {"no_longer_wanted": 6}


def test_one_missed_in_the_edited_hours_is_made_good_under_its_new_name():
    rules = replace(station(), make_good=60 * MINUTE)
    morning = plan_day(DAY, [wish("06:00-12:00", boost=HOURLY)], rules).slots
    edited = wish("18:00-21:00", boost=HOURLY)
    evening = plan_day(DAY, [edited], rules, fixed=morning, not_before=at("12:00")).slots
    missed = replace(evening[0], outcome=AiringOutcome.MISSED)
    plan = plan_day(DAY, [edited], rules, fixed=[*morning, missed], not_before=at("18:20"))
    assert [slot.makes_good for slot in plan.slots] == [missed.id, "", ""]


# Phases, pauses, order


def test_a_phase_brings_its_own_hours():
    phase = Phase(DAY, base=3, windows=(w("16:00-17:00"),))
    plan = plan_day(DAY, [wish("05:00-06:30", phases=(phase,))], station())
    assert walls(plan) == ["16:10", "16:30", "16:50"]


def test_a_pause_is_planned_around_and_the_rest_keeps_its_measure():
    paused = wish("06:00-08:00", "17:00-19:00", base=4, pauses=(Pause(at("07:00"), at("18:00")),))
    plan = plan_day(DAY, [paused], station())
    assert walls(plan) == ["06:30", "18:30"]
    assert not plan.refusals


def test_nothing_of_a_paused_campaign_sounds_into_its_pause():
    paused = wish("06:00-06:10", base=9, gap=0, airing=60, pauses=(Pause(at("06:05"), None),))
    plan = plan_day(DAY, [paused], station())
    assert plan.slots
    assert max(slot.end for slot in plan.slots) <= at("06:05")


def test_a_day_that_is_wholly_paused_wants_nothing():
    plan = plan_day(DAY, [wish("06:00-07:00", pauses=(Pause(at("00:00")),))], station())
    assert (plan.slots, plan.refusals) == ((), ())


def test_of_equals_each_loses_alike_until_the_ward_decides_who_goes_first():
    rivals = [wish("06:00-06:30", base=3, id=number, airing=120) for number in (1, 2)]
    fair = plan_day(DAY, rivals, station())
    assert (len(walls(fair, campaign=1)), len(walls(fair, campaign=2))) == (2, 1)
    second_first = [rivals[0], replace(rivals[1], campaign=replace(rivals[1].campaign, rank=-1))]
    decided = plan_day(DAY, second_first, station())
    assert (len(walls(decided, campaign=1)), len(walls(decided, campaign=2))) == (0, 3)


def test_a_higher_priority_goes_before_any_rank():
    rivals = [
        wish("06:00-06:30", base=3, id=1, airing=120, rank=-5),
        wish("06:00-06:30", base=3, id=2, airing=120, priority=Priority.PRIORITY),
    ]
    plan = plan_day(DAY, rivals, station())
    assert (len(walls(plan, campaign=1)), len(walls(plan, campaign=2))) == (0, 3)


# Minutes, shares, rotation


def test_a_share_of_the_session_fills_that_much_of_it():
    half = wish("06:00-07:00", boost=Boost(BoostKind.SHARE, 0.5), airing=180, gap=1)
    plan = plan_day(DAY, [half], station())
    assert sum((slot.length for slot in plan.slots), timedelta()) == 30 * MINUTE


def test_minutes_a_day_are_met_in_whole_airings():
    plan = plan_day(DAY, [wish("06:00-07:00", boost=Boost(BoostKind.MINUTES, 7), gap=1)], station())
    assert len(plan.slots) == 5  # 7.5 minutes


def rotating(*clips: Clip, base: int = 6, **changes):
    made = wish("06:00-07:00", base=base, gap=1, rotation=tuple(one.announcement_id for one in clips), **changes)
    return replace(made, rest=clips)


def test_several_clips_are_said_in_turn_each_with_its_own_length():
    plan = plan_day(DAY, [rotating(clip(21, 30), clip(22, 200))], station())
    assert said(plan) == [11, 21, 22, 11, 21, 22]
    assert [slot.length.total_seconds() for slot in plan.slots[:3]] == [90, 30, 200]


def test_the_next_day_goes_on_where_this_one_ended():
    one = rotating(clip(21, 30), clip(22, 200), base=4, start=DAY)
    assert said(plan_day(DAY, [one], station())) == [11, 21, 22, 11]
    tomorrow = DAY + timedelta(days=1)
    assert said(plan_day(tomorrow, [one], station())) == [21, 22, 11, 21]
    assert said(plan_day(tomorrow, [replace(one, had=(tomorrow, 2))], station())) == [22, 11, 21, 22]


def test_a_clip_that_is_not_approved_blocks_only_its_turns():
    plan = plan_day(DAY, [rotating(clip(21, 30, "unapproved"), clip(22, 200))], station())
    assert said(plan) == [11, 22, 22, 11, 22, 22]
    first = replace(rotating(clip(21, 30), clip(22, 200)), blocked="unapproved")
    assert said(plan_day(DAY, [first], station())) == [21, 21, 22, 21, 21, 22]


def test_a_clip_too_long_for_every_window_loses_its_turns_and_the_others_keep_theirs():
    plan = plan_day(DAY, [rotating(clip(21, 4000), base=4)], station())
    assert said(plan) == [11, 11]
    assert reasons(plan) == {"clip_too_long": 2}
    assert {refusal.details["seconds"] for refusal in plan.refusals} == {4000}


def test_a_short_clip_finds_the_room_that_a_long_one_does_not():
    """06:00-06:04 holds one of three minutes, and beside it one of twenty seconds."""
    one = replace(wish("06:00-06:04", base=2, gap=0, airing=180), rest=(clip(21, 20),))
    plan = plan_day(DAY, [one], station(gap=0))
    assert sorted(said(plan)) == [11, 21]
    assert not plan.refusals


def test_what_is_made_good_says_the_clip_that_was_missed():
    rules = replace(station(), make_good=60 * MINUTE)
    one = rotating(clip(21, 30), base=2)
    whole = plan_day(DAY, [one], rules)
    missed = replace(whole.slots[1], outcome=AiringOutcome.MISSED)
    assert missed.announcement_id == 21
    plan = plan_day(DAY, [one], rules, fixed=[whole.slots[0], missed], not_before=at("06:50"))
    [paid] = [slot for slot in plan.slots if slot.makes_good]
    assert (paid.announcement_id, paid.makes_good) == (21, missed.id)
