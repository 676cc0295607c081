from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import (
    ALL_WEEKDAYS,
    AirtimeLimit,
    Boost,
    BoostKind,
    Campaign,
    CampaignState,
    Pause,
    Phase,
    Priority,
    QuietHours,
    Sha256,
    StationRules,
    Window,
)
from scheduler.core.planning.day_plan import Clip, PlannedCampaign
from scheduler.core.planning.planner import plan_day
from scheduler.core.planning.rotation import clip_of, mute, ordered_by, turns_before
from scheduler.core.planning.rules import halts, local_day, quiet_spans, windows_on
from scheduler.core.planning.sessions import session_airtime, session_of, session_stretches
from tests.examples import examples

MINUTE = timedelta(minutes=1)
TIMES = st.integers(0, 24 * 12 - 1).map(lambda step: time(step // 12, step % 12 * 5))
WINDOWS = st.builds(Window, TIMES, TIMES).filter(lambda window: window.start != window.end)
USEFUL = st.builds(
    lambda start, length: Window(time(start // 60, start % 60), time((start + length) // 60, (start + length) % 60)),
    st.sampled_from([0, 95, 150, 290, 300, 315, 330, 680, 1000, 1020]),
    st.sampled_from([1, 12, 45, 60, 90, 200, 419]),
)
DAYS = st.sampled_from(
    [date(2020, 3, 16), date(2020, 3, 8), date(2020, 3, 29), date(2020, 10, 25), date(2020, 11, 1), date(2020, 2, 29)]
)
BOOSTS = st.one_of(
    st.just(Boost()),
    st.builds(Boost, st.just(BoostKind.FACTOR), st.sampled_from([0.2, 1.5, 2, 3])),
    st.builds(Boost, st.just(BoostKind.TARGET), st.integers(1, 8)),
    st.builds(Boost, st.just(BoostKind.EVERY), st.sampled_from([7, 15, 30, 60])),
    st.builds(Boost, st.just(BoostKind.MINUTES), st.sampled_from([0.5, 3, 10, 45])),
    st.builds(Boost, st.just(BoostKind.SHARE), st.sampled_from([0.01, 0.1, 0.5, 1])),
)
NEAR = st.dates(date(2020, 2, 20), date(2020, 3, 20))
PHASES = st.lists(
    st.builds(
        Phase,
        start=NEAR,
        end=st.none() | st.just(date(2020, 12, 31)),
        base=st.integers(0, 4),
        boost=BOOSTS,
        windows=st.just(()) | st.lists(USEFUL, min_size=1, max_size=2).map(tuple),
    ),
    max_size=2,
    unique_by=lambda phase: phase.start,
).map(tuple)
INSTANTS = st.builds(
    lambda day, minute: datetime.combine(day, time(), tzinfo=UTC) + minute * MINUTE,
    st.sampled_from([date(2020, 2, 28), date(2020, 3, 8), date(2020, 3, 15), date(2020, 3, 16), date(2020, 10, 25)]),
    st.integers(0, 2880),
)
PAUSES = st.lists(
    st.builds(
        lambda since, length: Pause(since, since + length * MINUTE), INSTANTS, st.sampled_from([1, 40, 600, 4000])
    ),
    max_size=2,
).map(tuple)
CAPS = st.one_of(
    st.just(AirtimeLimit()),
    st.builds(
        AirtimeLimit,
        sessions_a_day=st.none() | st.integers(0, 3),
        minutes_a_session=st.none() | st.sampled_from([1, 5, 15.5]),
        weekdays=st.just(ALL_WEEKDAYS) | st.just(frozenset(range(5))),
    ),
)
STATIONS = st.builds(
    StationRules,
    zone_name=st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Paris", "America/Los_Angeles"]),
    quiet_hours=st.builds(QuietHours, st.lists(WINDOWS, max_size=2).map(tuple)),
    cap=CAPS,
    min_gap=st.sampled_from([timedelta(0), MINUTE, 10 * MINUTE]),
    late_tolerance=st.just(5 * MINUTE),
    blackout=st.sampled_from([frozenset(), frozenset(), frozenset({date(2020, 3, 16)})]),
    zone_quiet=st.just(()) | st.lists(WINDOWS, max_size=1).map(lambda windows: (("to5", QuietHours(tuple(windows))),)),
)
CAMPAIGNS = st.builds(
    Campaign,
    id=st.just(0),
    title=st.just("Đợt"),
    announcement_id=st.just(1),
    windows=st.lists(USEFUL | USEFUL | USEFUL | st.builds(Window, TIMES, TIMES), max_size=3).map(tuple),
    base=st.integers(0, 6),
    start=st.just(date(2020, 1, 1)) | st.dates(date(2020, 2, 20), date(2020, 3, 20)),
    end=st.just(date(2020, 12, 31)) | st.dates(date(2020, 3, 10), date(2020, 12, 31)),
    boost=BOOSTS,
    weekdays=st.sampled_from([ALL_WEEKDAYS, ALL_WEEKDAYS, frozenset({0, 6})]),
    min_gap=st.sampled_from([timedelta(0), 3 * MINUTE, 10 * MINUTE, timedelta(seconds=95)]),
    priority=st.sampled_from(Priority),
    zone=st.sampled_from(["all", "all", "to5", "to6"]),
    state=st.sampled_from([CampaignState.ACTIVE] * 5 + [CampaignState.STOPPED]),
    phases=st.just(()) | PHASES,
    rank=st.sampled_from([0, 0, 0, -1, 2]),
    pauses=st.just(()) | PAUSES,
    stopped_at=st.none() | st.none() | INSTANTS,
    except_days=st.just(())
    | st.just(())
    | st.lists(st.dates(date(2020, 3, 8), date(2020, 3, 17)), max_size=3).map(tuple),
    except_windows=st.just(()) | st.lists(WINDOWS | USEFUL, max_size=2).map(tuple),
    dates=st.just(()) | st.just(()) | st.lists(DAYS, max_size=4).map(tuple),
    max_minutes=st.none() | st.sampled_from([1, 2, 15]),
)


def numbered(airing_requests: list[PlannedCampaign]) -> list[PlannedCampaign]:
    return [
        replace(one, campaign=replace(one.campaign, id=number)) for number, one in enumerate(airing_requests, start=1)
    ]


LENGTHS = st.sampled_from([20, 75, 90, 61.5, 180, 600, 4000]).map(lambda seconds: timedelta(seconds=seconds))
BLOCKED = st.sampled_from([""] * 9 + ["unapproved"])
WISHES = st.lists(
    st.builds(
        PlannedCampaign,
        campaign=CAMPAIGNS,
        airing=LENGTHS,
        audio_sha256=st.just(Sha256("a" * 64)),
        blocked=BLOCKED,
        rest=st.just(())
        | st.lists(st.builds(Clip, st.integers(2, 5), LENGTHS, st.just(Sha256("b" * 64)), BLOCKED), max_size=3).map(
            tuple
        ),
        had=st.none() | st.tuples(st.just(date(2020, 2, 20)), st.integers(0, 50)),
    ),
    max_size=8,
).map(numbered)


def turn_of(slot, by_id, day, rules):
    """Which turn of its campaign a slot is, over all its days."""
    return turns_before(by_id[slot.campaign_id], day, rules) + int(slot.id.rpartition("-")[2]) - 1


def gap_between(one, other, by_id, rules):
    return max(by_id[one.campaign_id].campaign.min_gap, by_id[other.campaign_id].campaign.min_gap, rules.min_gap)


@given(DAYS, WISHES, STATIONS)
@settings(max_examples=examples(150), deadline=None)
def test_every_slot_keeps_every_rule(day, airing_requests, rules):
    keeps_every_rule(plan_day(day, airing_requests, rules), day, airing_requests, rules)


def reads_inside(window, wall, days):
    """Whether a wall time so many days after the window opened reads as inside it."""
    if window.start < window.end:
        return days == 0 and window.start <= wall < window.end
    return (days == 0 and window.start <= wall) or (days == 1 and wall < window.end)


def keeps_exceptions(slot, campaign, zone):
    """No second of it lies in a day or an hour that is left out, and it is no longer than it may be; by the wall clock."""
    assert campaign.max_minutes is None or slot.length <= campaign.max_minutes * MINUTE
    last = slot.end - timedelta(microseconds=1)
    instants = [slot.start, last, *(slot.start + n * MINUTE for n in range(int((slot.end - slot.start) / MINUTE) + 1))]
    for instant in instants:
        wall = min(instant, last).astimezone(zone)
        assert wall.date() not in campaign.except_days
        assert not campaign.dates or wall.date() in campaign.dates
        for window in campaign.except_windows:
            if window.start < window.end:
                assert not window.start <= wall.time() < window.end
            else:
                assert window.end <= wall.time() < window.start


def keeps_every_rule(plan, day, airing_requests, rules):
    by_id = {one.campaign.id: one for one in airing_requests}
    zone = ZoneInfo(rules.zone_name)
    for slot in plan.slots:
        campaign = by_id[slot.campaign_id].campaign
        assert campaign.state is CampaignState.ACTIVE
        clip = clip_of(by_id[slot.campaign_id], turn_of(slot, by_id, day, rules))
        assert not mute(clip)
        assert (slot.announcement_id, slot.length) == (clip.announcement_id, clip.airing)
        assert all(slot.end <= low or slot.start >= high for low, high in halts(campaign))
        keeps_exceptions(slot, campaign, zone)
        assert slot.day == day
        assert campaign.start <= day <= campaign.end
        assert day.weekday() in campaign.weekdays
        assert slot.start.microsecond == 0
        for one in (day, local_day(slot.start, rules.zone_name)):  # behind midnight the day after has its say
            assert one.weekday() in rules.cap.weekdays
            assert one not in rules.blackout
            for quiet in (rules.quiet_hours, rules.quiet_of(slot.zone)):
                for low, high in quiet_spans(quiet, one, rules.zone_name) if quiet else ():
                    assert slot.end <= low or slot.start >= high
        start, last = (edge.astimezone(zone) for edge in (slot.start, slot.end - timedelta(microseconds=1)))
        minutes = [start + step * (last - start) for step in (0, 0.25, 0.5, 0.75, 1)]
        for instant in minutes:  # by the wall clock, whichever windows it crosses
            wall = instant.astimezone(UTC).astimezone(zone)
            assert any(reads_inside(one, wall.time(), (wall.date() - day).days) for one in windows_on(campaign, day))
    for one, other in combinations(plan.slots, 2):
        if one.zone == other.zone or "all" in {one.zone, other.zone}:
            first, second = sorted((one, other), key=lambda slot: slot.start)
            assert second.start - first.end >= gap_between(one, other, by_id, rules)


@given(DAYS, WISHES, STATIONS)
@settings(max_examples=examples(100), deadline=None)
def test_what_is_wanted_is_what_is_planned_and_refused(day, airing_requests, rules):
    plan = plan_day(day, airing_requests, rules)
    planned = Counter(slot.campaign_id for slot in plan.slots)
    refused = Counter(refusal.campaign_id for refusal in plan.refusals)
    for one in airing_requests:
        active = one.campaign.state is CampaignState.ACTIVE
        turn = turns_before(one, day, rules)
        wanted = ordered_by(one, day, rules, turn=turn).airings if active else 0
        assert planned[one.campaign.id] + refused[one.campaign.id] == wanted
    assert all(refusal.reason for refusal in plan.refusals)
    assert len({slot.id for slot in plan.slots}) == len(plan.slots)


@given(DAYS, WISHES, STATIONS, st.randoms())
@settings(max_examples=examples(60), deadline=None)
def test_the_order_of_the_input_is_irrelevant(day, airing_requests, rules, random: Random):
    mixed = list(airing_requests)
    random.shuffle(mixed)
    assert plan_day(day, mixed, rules) == plan_day(day, airing_requests, rules)


@given(DAYS, WISHES, STATIONS, st.integers(0, 86_400), st.randoms())
@settings(max_examples=examples(120), deadline=None)
def test_planning_again_in_the_middle_of_the_day_changes_nothing(day, airing_requests, rules, second, random: Random):
    whole = plan_day(day, airing_requests, rules)
    now = datetime.combine(day, time(), tzinfo=ZoneInfo(rules.zone_name)).astimezone(UTC) + timedelta(seconds=second)
    begun = [slot for slot in whole.slots if slot.start < now]
    random.shuffle(begun)
    again = plan_day(day, airing_requests, rules, fixed=begun, not_before=now)
    assert again.slots == tuple(slot for slot in whole.slots if slot.start >= now)
    refused = {(one.campaign_id, one.ordinal) for one in whole.refusals}
    assert {(one.campaign_id, one.ordinal) for one in again.refusals} == refused


@given(DAYS, WISHES, STATIONS)
@settings(max_examples=examples(100), deadline=None)
def test_no_zone_hears_more_sessions_or_minutes_than_the_cap(day, airing_requests, rules):
    plan = plan_day(day, airing_requests, rules)
    active = [one.campaign for one in airing_requests if one.campaign.state is CampaignState.ACTIVE]
    stretches = session_stretches(day, active, rules)
    aired = [(slot.zone, slot.start, slot.length) for slot in plan.slots]
    for zone in {slot.zone for slot in plan.slots}:
        for had in session_airtime(zone, aired, stretches):
            assert rules.cap.sessions_a_day is None or len(had) <= rules.cap.sessions_a_day
            if rules.cap.minutes_a_session is not None:
                assert all(sound <= timedelta(minutes=rules.cap.minutes_a_session) for sound in had.values())
    assert all(session_of(slot.start, stretches) % 2 == 1 for slot in plan.slots)


@given(st.integers(2, 5), st.integers(1, 6), st.integers(1, 10), st.integers(1, 3), st.integers(10, 90))
@settings(max_examples=examples(60), deadline=None)
def test_no_equal_campaign_gets_two_more_than_another(count, base, gap, clip, length):
    day = date(2020, 3, 16)
    window = Window(time(5), time(5 + length // 60, length % 60))
    airing_requests = [
        PlannedCampaign(
            Campaign(number, "Đợt", 1, (window,), base, day, day, min_gap=gap * MINUTE, state=CampaignState.ACTIVE),
            clip * MINUTE,
            Sha256("a" * 64),
        )
        for number in range(1, count + 1)
    ]
    rules = StationRules("Asia/Ho_Chi_Minh", QuietHours(()), AirtimeLimit(), MINUTE, MINUTE)
    plan = plan_day(day, airing_requests, rules)
    got = Counter(slot.campaign_id for slot in plan.slots)
    assert max(got.values(), default=0) - min(got[one.campaign.id] for one in airing_requests) <= 1
    room = (length + gap) // (clip + gap)
    assert len(plan.slots) == min(count * base, room)


def most_that_fit(open_minutes: list[bool], clip: int, gap: int) -> int:
    """By trying every minute of the day, from its end: written without the code under test."""
    size = len(open_minutes)
    best = [0] * (size + clip + gap + 1)
    for minute in range(size - 1, -1, -1):
        fits = minute + clip <= size and all(open_minutes[minute : minute + clip])
        best[minute] = max(best[minute + 1], 1 + best[minute + clip + gap] if fits else 0)
    return best[0]


@given(
    st.lists(st.tuples(st.integers(300, 400), st.integers(1, 60)), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(300, 400), st.integers(1, 40)), max_size=2),
    st.integers(1, 12),
    st.integers(1, 9),
    st.integers(0, 15),
)
@settings(max_examples=examples(150), deadline=None)
def test_one_campaign_alone_gets_all_that_any_schedule_could_give_it(opened, quiet, base, clip, gap):
    day = date(2020, 3, 16)

    def window(start: int, length: int) -> Window:
        return Window(time(start // 60, start % 60), time((start + length) // 60, (start + length) % 60))

    open_minutes = [
        any(start <= minute < start + length for start, length in opened)
        and not any(start <= minute < start + length for start, length in quiet)
        for minute in range(1440)
    ]
    windows = tuple(window(*one) for one in opened)
    campaign = Campaign(1, "Đợt", 1, windows, base, day, day, min_gap=gap * MINUTE, state=CampaignState.ACTIVE)
    hours = QuietHours(tuple(window(*one) for one in quiet))
    rules = StationRules("Asia/Ho_Chi_Minh", hours, AirtimeLimit(), timedelta(0), MINUTE)
    plan = plan_day(day, [PlannedCampaign(campaign, clip * MINUTE, Sha256("a" * 64))], rules)
    assert len(plan.slots) == min(base, most_that_fit(open_minutes, clip, gap))


@given(DAYS, WISHES, STATIONS, st.integers(0, 86_400))
@settings(max_examples=examples(60), deadline=None)
def test_a_pause_from_noon_on_takes_nothing_that_was_before_it(day, airing_requests, rules, second):
    whole = plan_day(day, airing_requests, rules)
    now = datetime.combine(day, time(), tzinfo=ZoneInfo(rules.zone_name)).astimezone(UTC) + timedelta(seconds=second)
    paused = [
        replace(one, campaign=replace(one.campaign, pauses=(*one.campaign.pauses, Pause(now))))
        for one in airing_requests
    ]
    begun = [slot for slot in whole.slots if slot.start < now]
    assert plan_day(day, paused, rules, fixed=begun, not_before=now).slots == ()
