"""What a campaign changes on a day, as its page and `loa campaign impact` tell it."""

from dataclasses import replace
from datetime import timedelta

from scheduler.core.model import AiringOutcome, AirtimeLimit, Boost, BoostKind, Priority
from scheduler.core.planning.collisions import collisions, ranks_of
from scheduler.core.planning.day_plan import DayPlan, Refusal
from scheduler.core.planning.impact import DayAirtime, DayViews, impact_of
from scheduler.core.planning.planner import plan_day
from scheduler.core.planning.rotation import ordered_by
from tests.core.planning.test_planner import BASIS, DAY, at, station, wish


def views(before, after, rules, own, standing=()):
    """One day with the campaigns `before`, and with `after`, as the desk would plan it."""

    def planned(campaigns):
        return plan_day(DAY, campaigns, rules, fixed=standing, not_before=at("00:01"))

    mine = [one for one in after if one.campaign.id == own]
    return DayViews(
        day=DAY,
        standing=tuple(standing),
        before=planned(before),
        after=planned(after),
        alone=planned(mine),
        ordered=ordered_by(mine[0], DAY, rules),
    )


def test_a_campaign_that_is_boosted_shows_its_minutes_before_and_after():
    plain = wish("05:00-06:30", "17:00-18:30")
    boosted = wish("05:00-06:30", "17:00-18:30", boost=Boost(BoostKind.FACTOR, 3))
    [day] = impact_of(1, [views([plain], [boosted], station(), 1)]).days
    assert (day.before, day.after) == (DayAirtime(2, 3.0), DayAirtime(6, 9.0))
    assert (day.ward_before, day.ward_after) == (day.before, day.after)
    assert day.is_met
    assert day.hindrances == ()


def test_what_others_lose_or_where_they_move_is_told():
    other = wish("06:00-06:20", id=2, base=2, airing=300)
    first = wish("06:00-06:20", id=1, base=1, airing=300, priority=Priority.PRIORITY)
    found = impact_of(1, [views([other], [other, first], station(), 1)])
    assert {one.campaign_id for one in found.displaced} == {2}
    assert (found.moved + found.lost) == len(found.displaced) > 0
    assert found.lost == 1
    lost = next(one for one in found.displaced if one.now is None)
    assert lost.refusal is not None
    assert lost.refusal.reason == "no_room"


def test_an_order_that_the_cap_forbids_names_the_cap_its_basis_and_the_most_that_can_be():
    rules = station(cap=AirtimeLimit(minutes_a_session=5, legal_basis=BASIS))
    many = wish("06:00-07:00", base=10, airing=60, gap=1)
    found = impact_of(1, [views([], [many], rules, 1)])
    [day] = found.days
    assert not found.can_be_met
    assert (day.ordered.airings, day.after.airings, day.most) == (10, 5, 5)
    [refusal] = day.hindrances
    assert (refusal.reason, refusal.details["legal_basis"]) == ("cap_minutes", BASIS)


def test_where_only_the_crowd_is_in_the_way_the_most_is_what_it_would_get_alone():
    crowd = [wish("06:00-06:30", id=number, base=3, airing=120) for number in (1, 2)]
    [day] = impact_of(2, [views(crowd[:1], crowd, station(), 2)]).days
    assert (day.after.airings, day.most) == (1, 3)
    assert [refusal.reason for refusal in day.hindrances] == ["no_room"]


def test_what_has_aired_counts_before_and_after_and_what_was_missed_does_not():
    whole = plan_day(DAY, [wish("06:00-08:00", base=4)], station())
    standing = [
        replace(whole.slots[0], outcome=AiringOutcome.PLAYED),
        replace(whole.slots[1], outcome=AiringOutcome.MISSED),
    ]
    more = wish("06:00-08:00", base=4)
    [day] = impact_of(1, [views([more], [more], station(), 1, standing)]).days
    assert day.before == day.after == DayAirtime(3, 4.5)
    assert not day.is_met


# Collisions, and the order that the ward decides


def crowded(*airing_requests, rules=None):
    plan = plan_day(DAY, airing_requests, rules or station())
    return collisions([one.campaign for one in airing_requests], [(DAY, plan.slots, plan.refusals)])


def test_two_of_equal_priority_that_do_not_fit_collide():
    [found] = crowded(*(wish("06:00-06:30", id=number, base=3, airing=120) for number in (1, 2)))
    assert (found.campaign_ids, found.days, dict(found.lost)) == ((1, 2), (DAY,), {1: 1, 2: 2})
    assert not found.is_decided


def test_what_fits_and_what_is_of_another_priority_does_not_collide():
    assert crowded(*(wish("06:00-07:30", id=number, base=2) for number in (1, 2))) == ()
    unequal = [
        wish("06:00-06:30", id=1, base=3, airing=120),
        wish("06:00-06:30", id=2, base=3, airing=120, priority=Priority.PRIORITY),
    ]
    assert crowded(*unequal) == ()


def test_zones_with_other_ears_do_not_collide():
    apart = [wish("06:00-06:30", id=number, base=9, airing=120, zone=f"to-{number}") for number in (1, 2)]
    assert crowded(*apart) == ()


def test_a_decided_collision_stands_in_its_order():
    first = wish("06:00-06:30", id=1, base=3, airing=120)
    second = wish("06:00-06:30", id=2, base=3, airing=120, rank=-1)
    [found] = crowded(first, second)
    assert (found.campaign_ids, dict(found.lost), found.is_decided) == ((2, 1), {1: 3}, True)


def test_campaigns_with_a_common_rival_stand_in_one_collision():
    slots = plan_day(DAY, [wish("06:00-06:30", id=number, base=1) for number in (1, 2, 3)], station()).slots
    known = [wish(id=number).campaign for number in (1, 2, 3)]
    days = [
        (DAY, slots[:2], [Refusal(1, 2, "no_room")]),
        (DAY + timedelta(days=1), slots[1:], [Refusal(3, 2, "cap_sessions"), Refusal(1, 1, "past")]),
    ]
    [found] = collisions(known, days)
    assert found.campaign_ids == (1, 2, 3)
    assert dict(found.lost) == {1: 1, 3: 1}


def ranked(**ranks):
    return [wish(id=int(name[1:]), rank=rank).campaign for name, rank in ranks.items()]


def test_the_chosen_order_stands_and_the_last_place_is_that_of_new_campaigns():
    assert ranks_of(ranked(c1=0, c2=0, c3=0), [2, 1]) == {2: -1, 1: 0, 3: 0}
    assert ranks_of(ranked(c1=0, c2=0), [1, 2]) == {1: -1, 2: 0}


def test_an_order_leaves_the_order_among_all_others():
    before = ranked(c1=-2, c2=-1, c3=0, c4=0)
    after = ranks_of(before, [4, 2])
    assert after[1] < after[4] < after[2] < after[3] == 0


def test_an_order_may_be_turned_round_again():
    turned = ranks_of(ranked(c1=-1, c2=0, c3=0), [2, 1])
    assert turned[2] < turned[1] < turned[3]


def test_a_plan_without_a_campaign_has_no_impact_of_it():
    empty = DayPlan(DAY, (), ())
    quiet = views([], [wish("06:00-07:00", base=1)], station(), 1)
    [day] = impact_of(9, [replace(quiet, after=empty, alone=empty, ordered=replace(quiet.ordered, airings=0))]).days
    assert (day.before, day.after, day.is_met) == (DayAirtime(0, 0.0), DayAirtime(0, 0.0), True)
