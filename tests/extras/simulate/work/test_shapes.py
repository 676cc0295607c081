from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import Boost, BoostKind
from scheduler.core.planning.campaign_faults import MOST_CLIPS
from scheduler.core.planning.rules import airings_wanted, local_instant, parse_time, raw_spans
from scheduler.extras.simulate.work.keys import CampaignKeys
from scheduler.extras.simulate.work.shapes import Span, campaigns_of

WEEK = Span(date(2026, 12, 1), date(2026, 12, 7), "Asia/Ho_Chi_Minh")
DAY = date(2026, 12, 1)


def shaped(span=WEEK, seconds=30, had=(), **keys):
    """Clip "a" is announcement 1, "b" 2 …"""

    def airing(campaign):
        return timedelta(seconds=seconds * campaign.repeat)

    keys = CampaignKeys(**({"title": "Đợt", "clip": "a"} | keys))
    clips = ["abcdefghijklmnopqrstuvwxyz".index(name) + 1 for name in keys.clips or keys.clip]
    return campaigns_of(keys, span, clips, airing, had)


def in_turn(*clips, **keys):
    return shaped(clip="", clips=clips, **keys)


def windows(campaign):
    return [str(window) for window in campaign.windows]


def said(campaigns, days, had=()):
    """What is heard at the exact times of so many days, as the station's rotation has it."""
    heard = []
    turns = [*had, *[0] * (len(campaigns) - len(had))]
    for _ in range(days):
        today = {}
        for number, campaign in enumerate(campaigns):
            for window in campaign.windows:
                today[window.start] = campaign.announcement_ids[turns[number] % len(campaign.announcement_ids)]
                turns[number] += 1
        heard += [clip for _, clip in sorted(today.items())]
    return heard


def test_exact_times_are_windows_that_begin_at_them_with_one_airing_each():
    (campaign,) = shaped(times=("05:30", "17:00"))
    assert windows(campaign) == ["05:30-06:01", "17:00-17:31"]
    assert campaign.boost.kind is BoostKind.EVERY
    assert airings_wanted(campaign, DAY, "UTC") == 2


def test_a_time_that_may_not_slip_has_room_for_its_airing_alone():
    (campaign,) = shaped(times=("05:30",), slip_minutes=0, seconds=61)
    assert windows(campaign) == ["05:30-05:32"]


def test_times_near_each_other_share_the_room_between_them():
    (campaign,) = shaped(times=("05:30", "05:40"))
    assert windows(campaign) == ["05:30-05:39", "05:40-06:11"]


def test_times_too_near_for_one_campaign_make_two():
    first, second = shaped(times=("05:30", "05:31"), seconds=90)
    assert (windows(first), windows(second)) == (["05:30-06:02"], ["05:31-06:03"])
    assert (first.title, second.title) == ("Đợt", "Đợt #2")


def test_a_time_before_midnight_has_room_up_to_it():
    (campaign,) = shaped(times=("23:50",))
    assert windows(campaign) == ["23:50-00:00"]


def test_times_with_a_boost_are_windows_over_which_the_boosted_airings_are_spread():
    (campaign,) = shaped(times=("05:30", "17:00"), boost={"factor": 3})
    assert airings_wanted(campaign, DAY, "UTC") == 6
    assert windows(campaign) == ["05:30-06:01", "17:00-17:31"]


PARIS_SPRING = Span(date(2026, 3, 29), date(2026, 3, 29), "Europe/Paris")
PARIS_AUTUMN = Span(date(2026, 10, 25), date(2026, 10, 25), "Europe/Paris")


@pytest.mark.parametrize("text", ["02:00", "02:30", "02:45"])
def test_a_time_in_a_gap_has_no_window_that_day(text):
    (campaign,) = shaped(span=PARIS_SPRING, times=(text,))
    assert raw_spans(campaign.windows, PARIS_SPRING.first, "Europe/Paris") == ()


@pytest.mark.parametrize("text", ["02:00", "02:30", "02:45"])
def test_a_time_in_a_fold_has_one_window_that_day(text):
    (campaign,) = shaped(span=PARIS_AUTUMN, times=(text,))
    ((start, _),) = raw_spans(campaign.windows, PARIS_AUTUMN.first, "Europe/Paris")
    assert start == local_instant(PARIS_AUTUMN.first, parse_time(text), "Europe/Paris")


def test_session_minutes_say_the_clip_as_often_as_it_goes_in():
    assert shaped(times=("05:30",), session_minutes=2)[0].repeat == 4
    assert shaped(times=("05:30",), session_minutes=0.1)[0].repeat == 1


TIMES = ("05:30", "11:00", "17:00")
NEAR = ("05:30", "05:31", "17:00")


@pytest.mark.parametrize(
    "keys",
    [
        {"times": TIMES},
        {"per_day": 5, "windows": ("05:00-07:00",)},
        {"every_minutes": 30.0, "windows": ("05:00-07:00",)},
        {"times": TIMES, "boost": {"factor": 2}},
        {"times": NEAR, "seconds": 90, "boost": {"target": 4}},
    ],
    ids=["times", "per_day", "every_minutes", "boosted_times", "boosted_near_times"],
)
def test_clips_in_turn_are_the_rotation_of_one_campaign(keys):
    (campaign,) = in_turn("a", "b", "c", **keys)
    assert (campaign.title, campaign.announcement_ids) == ("Đợt", (1, 2, 3))


def test_a_single_clip_has_no_rotation_however_many_campaigns_its_times_need():
    assert [one.rotation for one in shaped(times=NEAR, seconds=90)] == [(), ()]


def test_times_too_near_for_one_campaign_still_say_the_clips_in_turn():
    first, second = campaigns = in_turn("a", "b", times=NEAR, seconds=90)
    assert (windows(first), windows(second)) == (["05:30-06:02", "17:00-17:32"], ["05:31-06:03"])
    assert (first.announcement_ids, second.announcement_ids) == ((1, 1, 2, 2), (2, 1))
    assert said(campaigns, 2) == [1, 2, 1, 2, 1, 2]


def test_an_edit_goes_on_where_the_turns_of_before_ended():
    near = in_turn("a", "b", times=NEAR, seconds=90, had=(3,))
    assert said(near, 2, had=(3,)) == [2, 1, 2, 1, 2, 1]
    (again,) = in_turn("a", "b", times=TIMES, had=(2, 1))
    assert said([again], 1, had=(2,)) == [2, 1, 2]


PHASED = [
    {"start": "2026-12-03", "per_day": 4, "windows": ["18:00-19:00"]},
    {"start": "2026-12-05", "boost": {"factor": 2}},
]


def test_a_phase_has_its_own_number_and_windows_or_those_of_the_campaign():
    (campaign,) = shaped(per_day=2, windows=("05:00-07:00",), boost={"factor": 3}, phases=PHASED)
    first, second = campaign.phases
    assert (first.start, first.end, first.base, first.boost) == (date(2026, 12, 3), None, 4, Boost())
    assert [str(window) for window in first.windows] == ["18:00-19:00"]
    assert (second.base, second.boost, second.windows) == (2, Boost(BoostKind.FACTOR, 2.0), campaign.windows)
    assert [airings_wanted(campaign, DAY + timedelta(days=after)) for after in (1, 2, 3, 4)] == [6, 4, 4, 4]


def test_a_phase_with_windows_alone_keeps_the_campaigns_number_and_boost():
    phases = [{"start": "2026-12-02", "end": "2026-12-02", "windows": ["18:00-19:30"]}]
    (campaign,) = shaped(every_minutes=30.0, windows=("05:00-06:00",), phases=phases)
    assert [airings_wanted(campaign, DAY + timedelta(days=after)) for after in range(3)] == [2, 3, 2]


def test_a_phase_of_no_airings_is_silent():
    (campaign,) = shaped(per_day=2, windows=("05:00-07:00",), phases=[{"start": "2026-12-02", "per_day": 0}])
    assert [airings_wanted(campaign, DAY + timedelta(days=after)) for after in (0, 1)] == [2, 0]


def test_in_a_phase_exact_times_are_the_windows_over_which_its_number_is_spread_once():
    campaigns = shaped(times=NEAR, seconds=90, phases=[{"start": "2026-12-02", "boost": {"factor": 2}}])
    wanted = [sum(airings_wanted(one, day) for one in campaigns) for day in (DAY, DAY + timedelta(days=1))]
    assert (len(campaigns), wanted) == (2, [3, 6])
    assert [str(window) for window in campaigns[0].phases[0].windows] == ["05:30-06:02", "05:31-06:03", "17:00-17:32"]


@pytest.mark.parametrize(("written", "kind"), [("minutes", BoostKind.MINUTES), ("share", BoostKind.SHARE)])
def test_a_boost_in_minutes_or_a_share_is_the_stations_own(written, kind):
    (campaign,) = shaped(boost={written: 0.5}, windows=("05:00-07:00",), rank=-2)
    assert (campaign.boost, campaign.base, campaign.rank) == (Boost(kind, 0.5), 0, -2)


def test_dates_weekdays_zone_and_priority_are_the_campaigns_own():
    keys = {"from_": "2026-12-02", "to": "2026-12-03", "weekdays": (2,), "zone": "to-1", "priority": "priority"}
    (campaign,) = shaped(times=("05:30",), min_gap_minutes=7.0, **keys)
    assert (campaign.start, campaign.end, campaign.weekdays) == (date(2026, 12, 2), date(2026, 12, 3), {2})
    assert (campaign.zone, campaign.priority, campaign.min_gap) == ("to-1", 2, timedelta(minutes=7))


@given(
    starts=st.sets(st.one_of(st.integers(0, 1439), st.integers(300, 330)), min_size=1, max_size=30),
    clips=st.integers(1, MOST_CLIPS),
    seconds=st.integers(1, 600),
    slip=st.integers(0, 240),
)
def test_every_time_is_the_beginning_of_exactly_one_window_and_the_clips_take_turns(starts, clips, seconds, slip):
    times = tuple(f"{start // 60:02d}:{start % 60:02d}" for start in starts)
    campaigns = in_turn(*"abcdefghijklmnopqrstuvwxyz"[:clips], times=times, seconds=seconds, slip_minutes=float(slip))
    begun = sorted(str(window.start)[:5] for campaign in campaigns for window in campaign.windows)
    assert begun == sorted(times)
    for campaign in campaigns:
        spans = raw_spans(campaign.windows, DAY, "UTC")
        assert len(spans) == len(campaign.windows)  # none touch
        assert airings_wanted(campaign, DAY, "UTC") == len(spans)
        assert len(campaign.announcement_ids) <= MOST_CLIPS
    days = clips + 1
    assert said(campaigns, days) == [turn % clips + 1 for turn in range(len(starts) * days)]
