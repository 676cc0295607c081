from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import BoostKind
from scheduler.core.rules import airings_wanted, local_instant, parse_time, raw_spans
from scheduler.simulate.keys import CampaignKeys
from scheduler.simulate.shapes import Span, shapes_of

WEEK = Span(date(2026, 12, 1), date(2026, 12, 7), "Asia/Ho_Chi_Minh")
DAY = date(2026, 12, 1)


def shaped(span=WEEK, seconds=30, **keys):
    def airing(campaign, clip):
        return timedelta(seconds=seconds * campaign.repeat)

    return shapes_of(CampaignKeys(**({"title": "Đợt", "clip": "a"} | keys)), span, airing)


def windows(shape):
    return [str(window) for window in shape.campaign.windows]


def test_exact_times_are_windows_that_begin_at_them_with_one_airing_each():
    (shape,) = shaped(times=("05:30", "17:00"))
    assert windows(shape) == ["05:30-06:01", "17:00-17:31"]
    assert shape.campaign.boost.kind is BoostKind.EVERY
    assert airings_wanted(shape.campaign, DAY, "UTC") == 2


def test_a_time_that_may_not_slip_has_room_for_its_airing_alone():
    (shape,) = shaped(times=("05:30",), slip_minutes=0, seconds=61)
    assert windows(shape) == ["05:30-05:32"]


def test_times_near_each_other_share_the_room_between_them():
    (shape,) = shaped(times=("05:30", "05:40"))
    assert windows(shape) == ["05:30-05:39", "05:40-06:11"]


def test_times_too_near_for_one_campaign_make_two():
    first, second = shaped(times=("05:30", "05:31"), seconds=90)
    assert (windows(first), windows(second)) == (["05:30-06:02"], ["05:31-06:03"])
    assert (first.campaign.title, second.campaign.title) == ("Đợt", "Đợt #2")


def test_a_time_before_midnight_has_room_up_to_it():
    (shape,) = shaped(times=("23:50",))
    assert windows(shape) == ["23:50-00:00"]


def test_times_with_a_boost_are_windows_over_which_the_boosted_airings_are_spread():
    (shape,) = shaped(times=("05:30", "17:00"), boost={"factor": 3})
    assert airings_wanted(shape.campaign, DAY, "UTC") == 6
    assert windows(shape) == ["05:30-06:01", "17:00-17:31"]


PARIS_SPRING = Span(date(2026, 3, 29), date(2026, 3, 29), "Europe/Paris")
PARIS_AUTUMN = Span(date(2026, 10, 25), date(2026, 10, 25), "Europe/Paris")


@pytest.mark.parametrize("text", ["02:00", "02:30", "02:45"])
def test_a_time_in_a_gap_has_no_window_that_day(text):
    (shape,) = shaped(span=PARIS_SPRING, times=(text,))
    assert raw_spans(shape.campaign.windows, PARIS_SPRING.first, "Europe/Paris") == ()


@pytest.mark.parametrize("text", ["02:00", "02:30", "02:45"])
def test_a_time_in_a_fold_has_one_window_that_day(text):
    (shape,) = shaped(span=PARIS_AUTUMN, times=(text,))
    ((start, _),) = raw_spans(shape.campaign.windows, PARIS_AUTUMN.first, "Europe/Paris")
    assert start == local_instant(PARIS_AUTUMN.first, parse_time(text), "Europe/Paris")


def test_session_minutes_say_the_clip_as_often_as_it_goes_in():
    assert shaped(times=("05:30",), session_minutes=2)[0].campaign.repeat == 4
    assert shaped(times=("05:30",), session_minutes=0.1)[0].campaign.repeat == 1


def test_clips_in_turn_share_the_times_of_a_day_and_move_on_at_midnight_where_it_does_not_divide():
    shapes = shaped(clip="", clips=("a", "b"), times=("05:30", "11:00", "17:00"))
    assert [windows(shape) for shape in shapes] == [["05:30-06:01", "17:00-17:31"], ["11:00-11:31"]]
    heard = [[shape.clip_of(DAY + timedelta(days=after), 2) for shape in shapes] for after in range(3)]
    assert heard == [[0, 1], [1, 0], [0, 1]]


def test_fewer_times_than_clips_take_turns_over_the_days():
    (shape,) = shaped(clip="", clips=("a", "b", "c"), times=("05:30",), weekdays=(1, 3))
    days = [DAY + timedelta(days=after) for after in (0, 2, 7, 9)]
    assert [shape.clip_of(day, 3) for day in days] == [0, 1, 2, 0]


def test_clips_in_turn_of_so_many_a_day_share_their_number():
    shapes = shaped(clip="", clips=("a", "b"), per_day=5, windows=("05:00-07:00",))
    assert [shape.campaign.base for shape in shapes] == [3, 2]


def test_clips_in_turn_of_a_beat_have_a_slower_beat_each():
    shapes = shaped(clip="", clips=("a", "b"), every_minutes=30.0, windows=("05:00-07:00", "08:00-08:30"))
    assert [windows(shape) for shape in shapes] == [["05:00-07:00", "08:00-08:30"], ["05:30-07:00"]]
    assert [shape.campaign.boost.value for shape in shapes] == [60.0, 60.0]


def test_dates_weekdays_zone_and_priority_are_the_campaigns_own():
    keys = {"from_": "2026-12-02", "to": "2026-12-03", "weekdays": (2,), "zone": "to-1", "priority": "priority"}
    (shape,) = shaped(times=("05:30",), min_gap_minutes=7.0, **keys)
    campaign = shape.campaign
    assert (campaign.start, campaign.end, campaign.weekdays) == (date(2026, 12, 2), date(2026, 12, 3), {2})
    assert (campaign.zone, campaign.priority, campaign.min_gap) == ("to-1", 2, timedelta(minutes=7))


@given(
    starts=st.sets(st.integers(0, 1439), min_size=1, max_size=12),
    clips=st.integers(1, 4),
    seconds=st.integers(1, 600),
    slip=st.integers(0, 240),
)
def test_every_time_is_the_beginning_of_exactly_one_window(starts, clips, seconds, slip):
    times = tuple(f"{start // 60:02d}:{start % 60:02d}" for start in starts)
    names = {"clip": "", "clips": tuple("abcd"[:clips])} if clips > 1 else {}
    shapes = shaped(times=times, seconds=seconds, slip_minutes=float(slip), **names)
    begun = sorted(str(window.start)[:5] for shape in shapes for window in shape.campaign.windows)
    assert begun == sorted(times)
    for shape in shapes:
        spans = raw_spans(shape.campaign.windows, DAY, "UTC")
        assert len(spans) == len(shape.campaign.windows)  # none touch
        assert airings_wanted(shape.campaign, DAY, "UTC") == len(spans)
