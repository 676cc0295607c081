"""An airing that gives way is made up where the planner of a later day takes it, and nobody else moves for it."""

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scheduler.core.model import AirtimeLimit, Campaign, CampaignState, Sha256, Slot, Trigger, Window
from scheduler.core.planning.day_plan import Clip, PlannedCampaign
from scheduler.core.planning.make_good import ordinal_of, slot_id
from scheduler.core.planning.placement import Pin
from scheduler.core.planning.planner import DayPlanner, plan_day
from scheduler.core.planning.wished_times import WishedDay
from tests.core.planning.test_wished_times import DAY, MINUTE, NEXT, asked, at, fixed, flexible, station
from tests.examples import examples


def on(day, campaigns, rules=None, standing=(), pins=(), slots=None, not_before=None):
    planner = DayPlanner(day, campaigns, rules or station())
    before = planner.plan(fixed=standing, not_before=not_before, pins=pins)
    made = [asked()] if slots is None else slots
    return WishedDay(planner, made, standing=standing, before=before, pins=pins, not_before=not_before)


def pin_of(lost, start, day=NEXT):
    return Pin(
        lost.day, lost.campaign_id, ordinal_of(lost), None, lost.start, 1, "Lan",
        made_up=start, made_up_day=day, announcement_id=lost.announcement_id,
    )  # fmt: skip


@pytest.fixture
def crowded():
    """Ten minutes that two campaigns fill on the first day; the first of them goes on alone."""
    return [flexible(1, base=1, windows=("16:30-16:40",)), flexible(2, base=4, windows=("16:30-16:40",), end=DAY)]


@pytest.fixture
def lost(crowded):
    verdict = on(DAY, crowded).judge(at("16:32"))
    assert verdict.refusal.reason == "wish_displaces"
    return verdict.gives_way


def test_what_gives_way_is_left_out_and_the_wish_then_fits(crowded, lost):
    day = on(DAY, crowded)
    verdict = day.judge(at("16:32"), pin_of(lost, at("16:32", NEXT)))
    assert verdict.fits
    assert {slot.id for slot in verdict.plan.slots} == {slot.id for slot in day._before.slots} - {lost.id}
    (refusal,) = verdict.plan.refusals
    assert (refusal.reason, refusal.details["made_up"]) == ("made_up_later", "16:32 17/03")


def test_the_day_that_makes_it_up_moves_nobody(crowded, lost):
    lost = replace(lost, campaign_id=1, id="20200316-c1-1", announcement_id=1)
    day = on(NEXT, crowded, slots=())
    (own,) = day._before.slots
    (start, *_) = day.make_up_starts(lost)
    plan = day.with_make_up(pin_of(lost, start))
    paid = next(slot for slot in plan.slots if slot.makes_good)
    assert (paid.id, paid.trigger, paid.start) == (f"{lost.id}-b1", Trigger.MAKE_GOOD, start)
    assert own in plan.slots
    assert day.with_make_up(pin_of(lost, own.start)) is None


def test_it_keeps_the_rhythm_of_its_campaign_where_the_day_has_room_for_that():
    one = flexible(1, base=2, windows=("06:00-10:00",))
    day = on(NEXT, [one], slots=())
    first, second = day._before.slots
    lost = Slot("20200316-c1-1", DAY, "all", at("06:30"), timedelta(minutes=1), 1, 1, Sha256("a" * 64))
    start = day.make_up_starts(lost)[0]
    assert min(abs(start - slot.start) for slot in (first, second)) >= timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"windows": (Window(time(17), time(18)),)}, "outside_windows"),
        ({"state": CampaignState.STOPPED}, "no_longer_wanted"),
        ({"end": DAY}, "no_longer_wanted"),
        ({"except_days": (NEXT,)}, "no_longer_wanted"),
        ({"announcement_id": 77}, "no_longer_wanted"),
    ],
)
def test_what_cannot_be_made_up_any_more_says_why_and_goes_nowhere_else(changes, reason):
    one = flexible(1, base=1, windows=("16:30-16:40",))
    pin = Pin(DAY, 1, 1, None, at("16:32"), 1, made_up=at("16:31", NEXT), made_up_day=NEXT, announcement_id=1)
    assert any(slot.makes_good for slot in plan_day(NEXT, [one], station(), pins=[pin]).slots)
    plan = plan_day(NEXT, [replace(one, campaign=replace(one.campaign, **changes))], station(), pins=[pin])
    assert [slot for slot in plan.slots if slot.makes_good] == []
    (told,) = plan.not_made_up
    assert (told.campaign_id, told.ordinal, told.reason) == (1, 1, reason)
    assert (told.details["of_day"], told.details["at"]) == ("2020-03-16", "16:31")
    assert plan.unkept == ()


def test_a_day_that_has_the_most_its_dispatch_allows_makes_nothing_up():
    one = flexible(1, base=2, windows=("16:30-17:30",))
    lost = Slot("20200316-c1-1", DAY, "all", at("16:30"), MINUTE, 1, 1, Sha256("a" * 64))
    for most, made in ((None, 1), (3, 1), (2, 0)):
        day = on(NEXT, [replace(one, most=most)], slots=())
        assert bool(day.make_up_starts(lost)) == bool(made)
        plan = plan_day(NEXT, [replace(one, most=most)], station(), pins=[pin_of(lost, at("16:50", NEXT))])
        assert len([slot for slot in plan.slots if slot.makes_good]) == made
    (told,) = plan.not_made_up
    assert (told.reason, told.details["most"]) == ("most_reached", 2)


def test_of_a_rotation_the_same_bulletin_is_made_up():
    one = flexible(1, base=2, windows=("16:30-17:00",))
    other = Clip(5, timedelta(seconds=90), Sha256("d" * 64))
    pin = Pin(DAY, 1, 2, None, at("16:50"), 1, made_up=at("16:50", NEXT), made_up_day=NEXT, announcement_id=5)
    plan = plan_day(NEXT, [replace(one, rest=(other,))], station(), pins=[pin])
    (paid,) = [slot for slot in plan.slots if slot.makes_good]
    assert (paid.announcement_id, paid.length) == (5, timedelta(seconds=90))


def test_its_place_is_fixed_for_whoever_wishes_for_it_later():
    one = flexible(1, base=1, windows=("16:30-16:50",))
    pin = Pin(DAY, 1, 1, None, at("16:32"), 1, made_up=at("16:31", NEXT), made_up_day=NEXT, announcement_id=1)
    assert on(NEXT, [one], pins=[pin]).judge(at("16:31", NEXT)).refusal.reason == "wish_held"


def test_a_cap_and_a_neighbour_beyond_ones_zones_are_no_offer():
    one = flexible(base=3, windows=("16:30-16:40",))
    capped = station(cap=AirtimeLimit(minutes_a_session=3, legal_basis="QĐ 1"))
    assert on(DAY, [one], capped).judge(at("16:32")).gives_way is None
    crowd = [flexible(base=3, windows=("16:30-16:35",))]
    planner = DayPlanner(DAY, crowd, station())
    day = WishedDay(planner, [asked()], standing=(), before=planner.plan(), may_move=lambda slot: slot.zone != "all")
    assert day.judge(at("16:32")).gives_way is None


def test_of_two_that_would_be_lost_none_is_offered():
    crowd = [flexible(base=3, windows=("16:30-16:35",))]
    verdict = on(DAY, crowd, slots=[asked(120)]).judge(at("16:31"))
    assert (verdict.refusal.reason, verdict.refusal.details["count"] > 1) == ("wish_displaces", True)
    assert verdict.gives_way is None


# Over many days


@st.composite
def crowds(draw):
    """Campaigns that share half an hour, some of which end on the first day."""
    found: list[PlannedCampaign] = []
    for number in range(1, draw(st.integers(2, 5))):
        windows = draw(st.sampled_from([("16:30-17:00",), ("16:30-16:50", "18:00-18:10"), ("16:40-17:10",)]))
        campaign = Campaign(
            number,
            "Đợt",
            number,
            tuple(Window(*map(time.fromisoformat, one.split("-"))) for one in windows),
            draw(st.integers(2, 6)),
            date(2020, 3, 1),
            draw(st.sampled_from([DAY, NEXT, NEXT])),
            min_gap=draw(st.sampled_from([timedelta(0), MINUTE, 3 * MINUTE])),
            state=CampaignState.ACTIVE,
            rank=draw(st.integers(1, 3)),
        )
        length = timedelta(seconds=draw(st.sampled_from([45, 60, 110, 240])))
        found.append(PlannedCampaign(campaign, length, Sha256("a" * 64)))
    standing = (fixed("16:44", 120, day=NEXT),) if draw(st.booleans()) else ()
    wish = asked(draw(st.sampled_from([45, 90, 200])))
    return found, standing, wish, at("16:30") + draw(st.integers(0, 29)) * MINUTE


@given(crowds())
@settings(max_examples=examples(200), deadline=None)
def test_an_offer_is_what_both_plans_then_hold(drawn):
    campaigns, standing, wish, start = drawn
    day, behind = on(DAY, campaigns, slots=[wish]), on(NEXT, campaigns, standing=standing, slots=())
    lost = day.judge(start).gives_way
    assume(lost is not None)
    for made_at in behind.make_up_starts(lost):
        pin = pin_of(lost, made_at)
        plan = plan_day(NEXT, campaigns, station(), fixed=standing, pins=[pin])
        assert plan == behind.with_make_up(pin)
        assert [slot for slot in plan.slots if not slot.makes_good] == list(behind._before.slots)
        (paid,) = [slot for slot in plan.slots if slot.makes_good]
        assert (paid.makes_good, paid.start, paid.campaign_id) == (lost.id, made_at, lost.campaign_id)
        for one, other in combinations(sorted([*plan.slots, *standing], key=lambda slot: slot.start), 2):
            assert other.start - one.end >= MINUTE
        half = [slot for slot in plan.slots if slot.start <= paid.start]
        again = plan_day(NEXT, campaigns, station(), fixed=[*standing, *half], pins=[pin], not_before=half[-1].end)
        assert {slot.id: slot.start for slot in (*half, *again.slots)} == {s.id: s.start for s in plan.slots}
        assert again.not_made_up == ()
        verdict = day.judge(start, pin)
        if not verdict.fits:
            continue
        kept = plan_day(DAY, campaigns, station(), fixed=verdict.slots, pins=[pin])
        assert kept == verdict.plan
        before, after = {slot.id for slot in day._before.slots}, {slot.id for slot in kept.slots}
        assert before - after == {lost.id}
        refused = {slot_id(DAY, one.campaign_id, one.ordinal) for one in day._before.refusals}
        assert after - before <= refused, "what gives way leaves room for what had found none, and for nothing else"
        told = [one for one in kept.refusals if one.reason == "made_up_later"]
        assert [(one.campaign_id, one.ordinal) for one in told] == [(lost.campaign_id, ordinal_of(lost))]


@given(crowds(), st.integers(0, 2), st.lists(st.tuples(st.integers(1, 5), st.integers(0, 45)), max_size=6))
@settings(max_examples=examples(150), deadline=None)
def test_whatever_it_is_for_no_airing_is_made_up_beyond_the_most_of_a_day(drawn, beyond, wished):
    campaigns, standing, _, _ = drawn
    bounded = [replace(one, most=one.campaign.base + beyond - 1) for one in campaigns]
    numbers = [one.campaign.id for one in bounded]
    pins = [
        Pin(
            DAY, number, place, None, at("16:30"), 1,
            made_up=at("16:30", NEXT) + minute * MINUTE, made_up_day=NEXT, announcement_id=number,
        )
        for place, (number, minute) in enumerate(wished, 1)
        if number in numbers
    ]  # fmt: skip
    plan = plan_day(NEXT, bounded, station(), fixed=standing, pins=pins)
    aired = Counter(slot.campaign_id for slot in plan.slots)
    made = [slot for slot in plan.slots if slot.makes_good]
    for one in bounded:
        own = aired[one.campaign.id] - sum(slot.campaign_id == one.campaign.id for slot in made)
        assert aired[one.campaign.id] <= max(one.most, own)
    assert len(made) + len(plan.not_made_up) == len(pins)
