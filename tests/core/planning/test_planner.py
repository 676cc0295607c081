from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from scheduler.core.model import (
    ALL_WEEKDAYS,
    AiringOutcome,
    AirtimeLimit,
    Boost,
    BoostKind,
    Campaign,
    CampaignState,
    Priority,
    QuietHours,
    Sha256,
    Slot,
    StationRules,
    Trigger,
    Window,
)
from scheduler.core.planning.day_plan import PlannedCampaign
from scheduler.core.planning.distribution import StartRange, even_starts
from scheduler.core.planning.planner import plan_day

SAIGON = "Asia/Ho_Chi_Minh"
PARIS = "Europe/Paris"
DAY = date(2020, 3, 16)  # a Monday
MINUTE = timedelta(minutes=1)
BASIS = "QĐ 05/2021/QĐ-UBND"


def w(text: str) -> Window:
    start, end = (time.fromisoformat(edge) for edge in text.split("-"))
    return Window(start, end)


def at(text: str, day: date = DAY, zone: str = SAIGON) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def station(*quiet: str, cap: AirtimeLimit | None = None, gap: float = 1, zone: str = SAIGON) -> StationRules:
    windows = tuple(map(w, quiet or ("21:00-05:00",)))
    return StationRules(zone, QuietHours(windows, BASIS), cap or AirtimeLimit(), gap * MINUTE, 5 * MINUTE)


def wish(*windows: str, airing: float = 90, blocked: str = "", gap: float = 10, **changes) -> PlannedCampaign:
    campaign = Campaign(
        id=1,
        title="Phòng dịch",
        announcement_id=11,
        windows=tuple(map(w, windows)),
        base=2,
        start=date(2020, 1, 1),
        end=date(2020, 12, 31),
        min_gap=gap * MINUTE,
        state=CampaignState.ACTIVE,
    )
    return PlannedCampaign(replace(campaign, **changes), timedelta(seconds=airing), Sha256("a" * 64), blocked)


def walls(plan, zone: str = SAIGON, campaign: int | None = None) -> list[str]:
    slots = [slot for slot in plan.slots if campaign in {None, slot.campaign_id}]
    return [f"{slot.start.astimezone(ZoneInfo(zone)):%H:%M}" for slot in slots]


def reasons(plan) -> dict[str, int]:
    return dict(Counter(refusal.reason for refusal in plan.refusals))


def standing(start: str, seconds: float = 90, **changes) -> Slot:
    slot = Slot("by-hand-1", DAY, "all", at(start), timedelta(seconds=seconds), None, 99, Sha256("c" * 64))
    return replace(slot, trigger=Trigger.MANUAL, **changes)


def test_dispatch_642_base_2_times_3_airs_six_times_half_an_hour_apart():
    plan = plan_day(DAY, [wish("05:00-06:30", "17:00-18:30", boost=Boost(BoostKind.FACTOR, 3))], station())
    assert walls(plan) == ["05:15", "05:45", "06:15", "17:15", "17:45", "18:15"]
    assert not plan.refusals


def test_a_slot_says_all_that_playout_needs():
    planned = wish("05:00-06:30", id=7, base=1, zone="to5", priority=Priority.PRIORITY, chime=False, repeat=2)
    plan = plan_day(DAY, [planned], station())
    assert plan.slots == (
        Slot(
            id="20200316-c7-1",
            day=DAY,
            zone="to5",
            start=at("05:45"),
            length=timedelta(seconds=90),
            campaign_id=7,
            announcement_id=11,
            audio_sha256=Sha256("a" * 64),
            chime=False,
            repeat=2,
            priority=Priority.PRIORITY,
        ),
    )


@pytest.mark.parametrize(
    ("windows", "quiet", "base", "airing", "expected"),
    [
        pytest.param(["05:00-06:00"], "21:00-05:00", 1, 60, ["05:30"], id="one_lies_in_the_middle"),
        pytest.param(["05:00-06:00"], "21:00-05:00", 4, 60, ["05:07", "05:22", "05:37", "05:52"], id="even_quarters"),
        pytest.param(["04:00-06:00"], "21:00-05:00", 2, 60, ["05:15", "05:45"], id="only_after_quiet_hours"),
        pytest.param(["20:00-22:00"], "21:00-05:00", 2, 60, ["20:15", "20:45"], id="only_before_quiet_hours"),
        pytest.param(["05:00-05:12"], "21:00-05:00", 2, 60, ["05:00", "05:11"], id="just_room_for_two"),
        pytest.param(["05:00-05:11"], "21:00-05:00", 2, 60, ["05:05"], id="a_minute_too_short_for_two"),
        pytest.param(["05:00-05:01"], "21:00-05:00", 1, 60, ["05:00"], id="clip_as_long_as_its_window"),
        pytest.param(["05:00-05:30", "17:00-18:00"], "21:00-05:00", 3, 60, ["05:15", "17:15", "17:45"], id="by_length"),
    ],
)
def test_airings_are_spread_over_the_open_time(windows, quiet, base, airing, expected):
    plan = plan_day(DAY, [wish(*windows, base=base, airing=airing)], station(quiet))
    assert walls(plan) == expected
    assert len(plan.slots) + len(plan.refusals) == base


@pytest.mark.parametrize(
    ("planned", "rules", "expected"),
    [
        pytest.param(wish("21:00-23:00"), station(), {"quiet_hours": 2}, id="wholly_quiet"),
        pytest.param(wish("05:00-06:00", airing=3601), station(), {"clip_too_long": 2}, id="longer_than_its_window"),
        pytest.param(wish("04:00-05:01", airing=61), station(), {"quiet_hours": 2}, id="quiet_leaves_too_little"),
        pytest.param(wish("05:00-05:02"), station(), {"no_room": 1}, id="no_room_for_a_second"),
        pytest.param(wish(), station(), {"no_windows": 2}, id="no_windows"),
        pytest.param(wish("06:00-06:00"), station(), {"no_windows": 2}, id="only_an_empty_window"),
        pytest.param(wish("05:00-06:00", airing=0), station(), {"no_audio": 2}, id="no_sound"),
        pytest.param(wish("05:00-06:00", blocked="unapproved"), station(), {"unapproved": 2}, id="blocked"),
        pytest.param(
            wish("05:00-06:00"), station(cap=AirtimeLimit(weekdays=frozenset({5, 6}))), {"cap_weekday": 2}, id="weekday"
        ),
        pytest.param(
            wish("05:00-06:00", base=4),
            station(cap=AirtimeLimit(minutes_a_session=3)),
            {"cap_minutes": 2},
            id="minutes",
        ),
        pytest.param(
            wish("05:00-06:00"), station(cap=AirtimeLimit(sessions_a_day=0)), {"cap_sessions": 2}, id="no_sessions"
        ),
        pytest.param(wish("05:00-06:00", state=CampaignState.STOPPED), station(), {}, id="stopped_wants_nothing"),
        pytest.param(wish("05:00-06:00", state=CampaignState.DRAFT), station(), {}, id="a_draft_wants_nothing"),
        pytest.param(wish("05:00-06:00", end=date(2020, 3, 15)), station(), {}, id="over_yesterday"),
        pytest.param(wish("05:00-06:00", weekdays=ALL_WEEKDAYS - {0}), station(), {}, id="not_on_mondays"),
    ],
)
def test_every_airing_that_is_not_planned_says_why(planned, rules, expected):
    plan = plan_day(DAY, [planned], rules)
    assert reasons(plan) == expected
    ordinals = sorted([int(slot.id.rsplit("-", 1)[1]) for slot in plan.slots] + [one.ordinal for one in plan.refusals])
    assert ordinals == list(range(1, len(ordinals) + 1))


def test_a_refusal_by_rule_carries_its_legal_basis():
    cap = AirtimeLimit(minutes_a_session=1, legal_basis="QĐ 9")
    (refusal,) = plan_day(DAY, [wish("05:00-06:00", base=1)], station(cap=cap)).refusals
    assert (refusal.reason, refusal.details) == ("cap_minutes", {"limit": 1, "legal_basis": "QĐ 9"})
    (refusal,) = plan_day(DAY, [wish("22:00-23:00", base=1)], station()).refusals
    assert refusal.details["legal_basis"] == BASIS


def test_two_sessions_a_day_are_kept_and_what_fits_moves_into_them():
    cap = AirtimeLimit(sessions_a_day=2)
    plan = plan_day(DAY, [wish("05:00-06:30", "11:00-11:20", "17:00-18:30", base=3)], station(cap=cap))
    assert {slot.start < at("10:00") for slot in plan.slots} == {True, False}
    assert all(not at("11:00") <= slot.start < at("11:20") for slot in plan.slots)
    assert len(plan.slots) == 3


def test_a_campaign_outside_the_sessions_others_used_up_is_refused():
    cap = AirtimeLimit(sessions_a_day=1)
    plan = plan_day(DAY, [wish("05:00-06:00"), wish("17:00-18:00", id=2)], station(cap=cap))
    assert walls(plan) == ["05:15", "05:45"]
    assert {(one.campaign_id, one.reason) for one in plan.refusals} == {(2, "cap_sessions")}


def test_zones_do_not_stand_in_each_others_way_but_all_stands_in_every_ones():
    narrow = "05:00-05:02"
    apart = [wish(narrow, base=1, id=1, zone="to5"), wish(narrow, base=1, id=2, zone="to6")]
    assert walls(plan_day(DAY, apart, station())) == ["05:00", "05:00"]
    everyone = wish(narrow, base=1, id=3, zone="all")
    plan = plan_day(DAY, [*apart, everyone], station())
    assert [(one.campaign_id, one.reason) for one in plan.refusals] == [(3, "no_room")]


def test_minutes_of_a_session_count_what_each_zone_hears():
    cap = AirtimeLimit(minutes_a_session=2)
    zones = [wish("05:00-06:00", base=1, id=1, zone="to5"), wish("05:00-06:00", base=1, id=2, zone="to6")]
    assert not plan_day(DAY, zones, station(cap=cap)).refusals
    plan = plan_day(DAY, [*zones, wish("05:00-06:00", base=1, id=3)], station(cap=cap))
    assert [(one.campaign_id, one.reason) for one in plan.refusals] == [(3, "cap_minutes")]


def test_the_more_urgent_goes_first_whatever_its_id():
    narrow = [wish("05:00-05:02", base=1, id=1), wish("05:00-05:02", base=1, id=2, priority=Priority.PRIORITY)]
    plan = plan_day(DAY, narrow, station())
    assert [slot.campaign_id for slot in plan.slots] == [2]


def test_equal_campaigns_share_a_narrow_window_fairly():
    narrow = [wish("05:00-06:00", base=5, id=number, airing=60, gap=4) for number in (1, 2, 3)]
    plan = plan_day(DAY, narrow, station())
    counts = Counter(slot.campaign_id for slot in plan.slots)
    assert len(plan.slots) == 12  # (60 + 4) / (1 + 4): not one less than could ever fit
    assert set(counts.values()) == {4}


def test_equal_campaigns_take_turns_over_the_whole_time():
    pair = [wish("05:00-07:00", base=3, id=number) for number in (1, 2)]
    plan = plan_day(DAY, pair, station())
    assert [slot.campaign_id for slot in plan.slots] == [1, 2, 1, 2, 1, 2]
    assert {later.start - sooner.start for sooner, later in pairwise(plan.slots)} == {20 * MINUTE}


def test_the_gap_is_the_widest_that_anyone_asks_for():
    pair = [wish("05:00-05:30", base=1, id=1, gap=0), wish("05:00-05:30", base=1, id=2, gap=12)]
    first, second = plan_day(DAY, pair, station()).slots
    assert second.start - first.end >= 12 * MINUTE
    pair = [wish("05:00-05:30", base=2, id=1, gap=0)]
    first, second = plan_day(DAY, pair, station(gap=15)).slots
    assert second.start - first.end >= 15 * MINUTE


def test_every_thirty_minutes_keeps_the_beat_of_each_window():
    plan = plan_day(DAY, [wish("05:10-06:30", "17:00-18:00", boost=Boost(BoostKind.EVERY, 30))], station())
    assert walls(plan) == ["05:10", "05:40", "06:10", "17:00", "17:30"]


def test_a_beat_in_quiet_hours_is_refused_and_the_others_keep_theirs():
    plan = plan_day(DAY, [wish("04:00-06:00", boost=Boost(BoostKind.EVERY, 25))], station())
    assert walls(plan) == ["05:15", "05:40"]
    assert reasons(plan) == {"quiet_hours": 3}


def test_a_beat_that_would_run_over_the_end_starts_a_little_earlier():
    plan = plan_day(DAY, [wish("05:00-06:01", airing=120, boost=Boost(BoostKind.EVERY, 30))], station())
    assert walls(plan) == ["05:00", "05:30", "05:59"]


def test_a_beat_faster_than_the_gap_allows_drops_what_does_not_fit():
    plan = plan_day(DAY, [wish("05:00-06:00", airing=60, boost=Boost(BoostKind.EVERY, 5))], station())
    assert all(later.start - sooner.end >= 10 * MINUTE for sooner, later in pairwise(plan.slots))
    assert len(plan.slots) + reasons(plan)["no_room"] == 12


@pytest.mark.parametrize(
    ("day", "boost", "expected", "refused"),
    [
        pytest.param(date(2020, 3, 29), Boost(), [], {"dst_gap": 2}, id="gap_swallows_the_window"),
        pytest.param(date(2020, 3, 29), Boost(BoostKind.EVERY, 10), [], {"dst_gap": 1}, id="gap_swallows_the_beat"),
        pytest.param(date(2020, 10, 25), Boost(), ["02:15", "02:45"], {}, id="fold_airs_once"),
    ],
)
def test_the_hour_that_is_not_or_comes_twice(day, boost, expected, refused):
    rules = station("22:00-01:00", zone=PARIS)
    plan = plan_day(day, [wish("02:00-03:00", boost=boost)], rules)
    assert walls(plan, PARIS) == expected or len(plan.slots) == len(expected)
    assert reasons(plan) == refused


def test_a_station_in_saigon_does_not_care_about_summer_time_elsewhere():
    planned = wish("02:00-03:00")
    for day in (date(2020, 3, 8), date(2020, 3, 29), date(2020, 10, 25)):
        assert walls(plan_day(day, [planned], station("22:00-01:00"))) == ["02:15", "02:45"]


def test_nothing_new_starts_before_the_instant_given():
    planned = wish("05:00-06:30", "17:00-18:30", base=4)
    plan = plan_day(DAY, [planned], station(), not_before=at("18:00"))
    assert all(slot.start >= at("18:00") for slot in plan.slots)
    assert len(plan.slots) + len(plan.refusals) == 4
    late = plan_day(DAY, [planned], station(), not_before=at("19:00"))
    assert reasons(late) == {"past": 4}


def test_what_stands_is_kept_counted_and_not_returned():
    planned = wish("05:00-06:30", "17:00-18:30", base=4)
    whole = plan_day(DAY, [planned], station())
    morning = [slot for slot in whole.slots if slot.start < at("12:00")]
    again = plan_day(DAY, [planned], station(), fixed=morning, not_before=at("12:00"))
    assert again.slots == whole.slots[len(morning) :]
    assert not again.refusals


def test_an_airing_by_hand_takes_its_place_and_counts_for_its_campaign():
    planned = wish("17:00-18:00", base=2)
    free = plan_day(DAY, [planned], station(), fixed=[standing("17:15")])
    assert len(free.slots) == 2
    assert all(abs(slot.start - at("17:15")) >= 11 * MINUTE for slot in free.slots)
    counted = plan_day(DAY, [planned], station(), fixed=[standing("17:15", campaign_id=1)])
    assert walls(counted) == ["17:45"]


@pytest.mark.parametrize("outcome", [AiringOutcome.MISSED, AiringOutcome.REFUSED, AiringOutcome.CANCELLED])
def test_a_slot_that_made_no_sound_keeps_its_ordinal_but_no_place(outcome):
    planned = wish("05:00-05:02", base=1, id=2)
    silent = standing("05:00", campaign_id=1, outcome=outcome)
    assert walls(plan_day(DAY, [planned], station(), fixed=[silent])) == ["05:00"]
    own = replace(silent, id="20200316-c2-1", campaign_id=2)
    assert not plan_day(DAY, [planned], station(), fixed=[own]).slots


def test_an_emergency_that_aired_takes_its_place_but_no_session():
    cap = AirtimeLimit(sessions_a_day=1, minutes_a_session=1.5)
    urgent = standing("09:00", 600, zone="all")
    planned = wish("05:00-06:00", base=1)
    assert reasons(plan_day(DAY, [planned], station(cap=cap), fixed=[urgent])) == {"cap_sessions": 1}
    ordered = replace(urgent, trigger=Trigger.EMERGENCY)
    assert len(plan_day(DAY, [planned], station(cap=cap), fixed=[ordered]).slots) == 1


def test_two_campaigns_with_one_id_are_a_fault_of_the_caller():
    with pytest.raises(ValueError, match="one id"):
        plan_day(DAY, [wish("05:00-06:00"), wish("07:00-08:00")], station())


def test_an_empty_day_is_an_empty_plan():
    plan = plan_day(DAY, [], station())
    assert (plan.day, plan.slots, plan.refusals) == (DAY, (), ())


def test_a_senseless_number_of_airings_is_bounded_and_still_accounted_for():
    plan = plan_day(DAY, [wish("05:00-06:00", base=10**9)], station())
    assert len(plan.slots) + len(plan.refusals) == 1440


@pytest.mark.parametrize(
    ("ranges", "count", "step", "limit", "expected"),
    [
        pytest.param([(0, 3600)], 3, 600, None, [600, 1800, 3060], id="even_shares"),
        pytest.param([(0, 660)], 2, 660, None, [0, 660], id="the_only_two_that_fit"),
        pytest.param([(0, 660)], 2, 661, None, [360], id="a_second_short_of_two"),
        pytest.param([(7, 20)], 1, 60, None, [20], id="no_whole_minute_inside"),
        pytest.param([(0, 600), (3000, 3000)], 3, 500, None, [0, 600, 3000], id="a_room_of_one_instant"),
        pytest.param([(0, 3600), (7200, 7800)], 4, 60, 2, [900, 2760, 7380, 7680], id="two_in_a_session"),
        pytest.param([(0, 3600)], 3, 60, 0, [], id="none_in_a_session"),
        pytest.param([], 3, 60, None, [], id="no_room_at_all"),
    ],
)
def test_one_campaigns_wishes_use_all_the_room_there_is(ranges, count, step, limit, expected):
    rooms = [StartRange(low, high, session) for session, (low, high) in enumerate(ranges)]
    assert even_starts(rooms, count, 60, step, limit=limit) == expected


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        pytest.param("to5", ["05:00", "06:00"], id="of_the_zone_itself"),
        pytest.param("to6", ["05:00", "05:30", "06:00"], id="another_zones_hours_are_not_its_own"),
    ],
)
def test_the_quiet_hours_of_a_zone_refuse_the_beats_that_fall_into_them(zone, told):
    rules = replace(station(), zone_quiet=(("to5", QuietHours((w("05:20-05:50"),), "QĐ 5")),))
    plan = plan_day(DAY, [wish("05:00-06:30", zone=zone, boost=Boost(BoostKind.EVERY, 30))], rules)
    assert walls(plan) == told
    assert reasons(plan) == ({"quiet_hours": 1} if zone == "to5" else {})


def test_a_refusal_for_quiet_hours_names_those_of_the_zone_and_their_basis():
    rules = replace(station(), zone_quiet=(("to5", QuietHours((w("05:00-12:00"),), "QĐ 5")),))
    (first, _) = plan_day(DAY, [wish("06:00-07:00", zone="to5")], rules).refusals
    assert first.details == {"windows": "21:00-05:00, 05:00-12:00", "legal_basis": f"{BASIS}; QĐ 5"}


def test_the_quiet_hours_of_a_zone_are_taken_out_of_its_windows():
    rules = replace(station(), zone_quiet=(("to5", QuietHours((w("05:00-06:00"),), "QĐ 5")),))
    plan = plan_day(DAY, [wish("05:00-06:30", base=2, zone="to5")], rules)
    assert walls(plan) == ["06:07", "06:22"]
