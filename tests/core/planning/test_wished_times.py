"""A wished time: what is judged of it is what the planner then does, and every time that is named works."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import (
    AirtimeLimit,
    Campaign,
    CampaignState,
    QuietHours,
    Sha256,
    Slot,
    StationRules,
    Trigger,
    Window,
)
from scheduler.core.planning.day_plan import PlannedCampaign
from scheduler.core.planning.placement import Pin
from scheduler.core.planning.planner import DayPlanner, plan_day
from scheduler.core.planning.wished_times import WishedDay, free_times, soonest
from tests.core.planning.test_planner_properties import DAYS, STATIONS, WISHES, keeps_every_rule
from tests.examples import examples
from tests.rows import over

DAY = date(2020, 3, 16)
NEXT = date(2020, 3, 17)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE = timedelta(minutes=1)


def at(text, day=DAY):
    return datetime.combine(day, time.fromisoformat(text), tzinfo=ZONE).astimezone(UTC)


def station(**changes):
    plain = StationRules(
        "Asia/Ho_Chi_Minh", QuietHours((Window(time(21), time(5)),)), AirtimeLimit(), MINUTE, 5 * MINUTE
    )
    return replace(plain, **changes)


def flexible(number=1, base=1, seconds=60, windows=("16:30-18:00",), **changes):
    spans = tuple(Window(*map(time.fromisoformat, one.split("-"))) for one in windows)
    campaign = Campaign(number, f"Đợt {number}", number, spans, base, DAY, NEXT, min_gap=MINUTE)
    campaign = replace(campaign, state=CampaignState.ACTIVE, **changes)
    return PlannedCampaign(campaign, timedelta(seconds=seconds), Sha256("a" * 64))


def asked(seconds=60, zone="all", number=0):
    return Slot(f"wished-{number}", DAY, zone, at("00:00"), timedelta(seconds=seconds), None, 99, Sha256("b" * 64))


def fixed(start, seconds=300, zone="all", trigger=Trigger.SCHEDULE, day=DAY):
    name = f"fixed-{start}"
    return Slot(
        name, day, zone, at(start, day), timedelta(seconds=seconds), None, 98, Sha256("c" * 64), trigger=trigger
    )


def wished(campaigns=(), rules=None, slots=None, standing=(), pins=(), day=DAY, **more):
    planner = DayPlanner(day, campaigns, rules or station())
    before = planner.plan(fixed=standing, not_before=more.get("not_before"), pins=pins)
    return WishedDay(planner, slots or [asked()], standing=standing, before=before, pins=pins, **more)


def wall(instant):
    return f"{instant.astimezone(ZONE):%H:%M}"


def test_a_free_time_is_free_and_nothing_moves():
    verdict = wished([flexible()]).judge(at("16:32"))
    assert (verdict.fits, verdict.moved, wall(verdict.start), wall(verdict.end)) == (True, (), "16:32", "16:33")


def test_what_the_planner_placed_gives_way_and_is_named():
    day = wished([flexible()])
    (stood,) = day._before.slots
    verdict = day.judge(stood.start)
    (moved,) = verdict.moved
    (stands,) = verdict.plan.slots
    assert (verdict.fits, moved.slot, moved.now) == (True, stood, stands.start)
    assert abs(stands.start - stood.start) >= 2 * MINUTE


REFUSED = {
    "held": ("17:02", "wish_held", {"other_at": "17:00", "until": "17:05"}),
    "at its end": ("17:05", "slot_too_close", {"other_at": "17:00"}),
    "runs into the next": ("16:58:30", "wish_no_room", {"other_at": "17:00"}),
    "quiet": ("21:30", "quiet_hours", {}),
    "into quiet": ("20:59:30", "quiet_hours", {}),
    "too soon": ("14:00", "too_soon", {"at": "14:00"}),
}


@over("case", REFUSED)
def test_what_is_fixed_refuses_with_its_reason(case):
    start, reason, told = REFUSED[case]
    day = wished([flexible()], standing=[fixed("17:00")], slots=[asked(120)], not_before=at("14:30"))
    refusal = day.judge(at(start)).refusal
    assert (refusal.reason, {name: refusal.details[name] for name in told}) == (reason, told)


def test_a_time_that_a_person_gave_is_fixed():
    planner = DayPlanner(DAY, [flexible()], station())
    (slot,) = planner.plan().slots
    pin = Pin(DAY, 1, 1, at("17:20"), slot.start, 1, "Lan")
    refusal = wished([flexible()], pins=[pin]).judge(at("17:20")).refusal
    assert (refusal.reason, refusal.details["slot"]) == ("wish_held", slot.id)


def test_an_airing_that_would_be_lost_refuses():
    crowded = [flexible(base=3, seconds=60, windows=("16:30-16:35",))]
    day = wished(crowded)
    assert len(day._before.slots) == 3
    refusal = day.judge(at("16:32")).refusal
    assert (refusal.reason, refusal.details["count"]) == ("wish_displaces", 1)


def test_a_full_session_refuses_with_its_cap():
    rules = station(cap=AirtimeLimit(minutes_a_session=3, legal_basis="QĐ 1"))
    refusal = wished([flexible(base=3)], rules=rules).judge(at("16:32")).refusal
    assert (refusal.reason, refusal.details["limit"]) == ("cap_minutes", 3)
    assert wished([flexible(base=2)], rules=rules).judge(at("16:32")).fits


def test_what_may_not_move_holds_its_place():
    day = wished([flexible()], may_move=lambda slot: slot.zone != "all")
    (stood,) = day._before.slots
    assert day.judge(stood.start).refusal.reason == "wish_other_zone"


def test_each_zone_has_its_own_airing():
    slots = [asked(zone="to5"), asked(zone="to6", number=1)]
    day = wished(slots=slots, standing=[fixed("17:00", zone="to6")])
    assert day.judge(at("16:30")).fits
    assert day.judge(at("17:00")).refusal.reason == "wish_held"


def test_free_times_lie_on_both_sides_of_the_wish():
    day = wished(standing=[fixed("17:00")])
    found = [wall(one.start) for one in free_times([day], at("17:00"), at("06:00"))]
    assert found == ["16:52", "16:58", "17:06"]


def test_behind_quiet_hours_the_next_day_is_asked():
    found = [one.start for one in free_times([wished(), wished(day=NEXT)], at("21:30"), at("06:00"))]
    assert found == [at("20:53"), at("20:59"), at("05:00", NEXT)]


def test_what_is_past_is_offered_from_now_on():
    found = [wall(one.start) for one in free_times([wished()], at("14:10"), at("14:32:10"))]
    assert found == ["14:33", "14:39", "14:45"]


def test_where_only_moving_helps_those_times_are_named():
    crowded = [flexible(base=1, seconds=60, windows=("05:00-21:00",))]
    rules = station(quiet_hours=QuietHours((Window(time(0), time(16, 30)), Window(time(16, 40), time(0)))))
    day = wished(crowded, rules=rules, slots=[asked(180)])
    found = free_times([day], at("16:33"), at("06:00"))
    assert found
    assert all(day.judge(one.start).fits for one in found)


def test_as_soon_as_may_be_is_the_first_minute_that_nothing_holds():
    day = wished([flexible()], standing=[fixed("14:34", 60)])
    assert wall(soonest([day], at("14:32:40")).start) == "14:36"
    late = soonest([wished(), wished(day=NEXT)], at("20:59:30"))
    assert late.start == at("05:00", NEXT)
    assert soonest([wished()], at("20:59:30")) is None


PLACES = st.lists(st.tuples(st.integers(0, 1439), st.sampled_from([30, 90, 400]), st.sampled_from(["all", "to5"])))


@st.composite
def days(draw):
    """A day with campaigns, some airings that stand, and one that is wished somewhere on it."""
    day, rules = draw(DAYS), draw(STATIONS)
    campaigns = draw(WISHES)
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(rules.zone_name)).astimezone(UTC)
    planner = DayPlanner(day, campaigns, rules)
    earliest = midnight + draw(st.integers(0, 1439)) * MINUTE if draw(st.booleans()) else None
    standing: list[Slot] = []
    for number, (minute, seconds, zone) in enumerate(draw(PLACES)[:3]):
        one = replace(asked(seconds, zone, number), id=f"stands-{number}", day=day)
        tried = WishedDay(planner, [one], standing=standing, before=planner.plan(fixed=standing))
        verdict = tried.judge(midnight + minute * MINUTE)
        standing += verdict.slots if verdict.fits else ()
    before = planner.plan(fixed=standing, not_before=earliest)
    slot = replace(asked(draw(st.sampled_from([30, 90, 600])), draw(st.sampled_from(["all", "to5"]))), day=day)
    wanted = midnight + draw(st.integers(0, 24 * 60 - 1)) * MINUTE
    if before.slots and draw(st.booleans()):
        wanted = draw(st.sampled_from(before.slots)).start
    around = {"fixed": standing, "not_before": earliest}
    wished_day = WishedDay(planner, [slot], standing=standing, before=before, not_before=earliest)
    return campaigns, rules, around, before, wished_day, wanted


@given(days())
@settings(max_examples=examples(300), deadline=None)
def test_what_is_said_to_move_is_what_the_plan_then_holds(drawn):
    campaigns, rules, around, before, day, wanted = drawn
    verdict = day.judge(wanted)
    assert day.judge(wanted) == verdict  # nothing is kept of a look
    if not verdict.fits:
        assert verdict.plan is None
        return
    plan = plan_day(day.day, campaigns, rules, **{**around, "fixed": [*around["fixed"], *verdict.slots]})
    stands = {slot.id: slot.start for slot in plan.slots}
    assert {slot.id for slot in before.slots} <= set(stands)
    moved = {slot.id: stands[slot.id] for slot in before.slots if stands[slot.id] != slot.start}
    assert {one.slot.id: one.now for one in verdict.moved} == moved
    assert {slot.id: slot.start for slot in verdict.plan.slots}.items() <= stands.items()
    keeps_every_rule(plan, day.day, campaigns, rules)


@given(days())
@settings(max_examples=examples(100), deadline=None)
def test_every_named_time_works_when_it_is_taken(drawn):
    campaigns, rules, around, before, day, wanted = drawn
    found = free_times([day], wanted, wanted - timedelta(days=1))
    assert len({one.start for one in found}) == len(found) <= 3
    for one in found:
        again = day.judge(one.start)
        assert again.fits
        plan = plan_day(day.day, campaigns, rules, **{**around, "fixed": [*around["fixed"], *again.slots]})
        assert {slot.id for slot in before.slots} <= {slot.id for slot in plan.slots}
    if len(found) < 3:
        free = [minute for minute in day.free_minutes(0) if day.leaves_all(datetime.fromtimestamp(minute, UTC))]
        assert len(free) <= len(found)
