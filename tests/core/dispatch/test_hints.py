"""Campaigns suggested by a dispatch: one hint, or phases in order of time, as boosts over a base."""

from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.dispatch import boost_of, campaign_hint, campaign_hints, phases_of, windows_of
from scheduler.core.dispatch.model import Dispatch, FrequencyOrder
from scheduler.core.model import Boost, BoostKind, Window
from tests.core.dispatch.letter import dispatch_with
from tests.examples import examples
from tests.rows import over

TODAY = date(2024, 7, 6)


def days_and_boosts(body: str) -> list[tuple[str | None, str | None, Boost]]:
    return [(hint.start, hint.end, boost_of(hint)) for hint in campaign_hints(dispatch_with(body))]


def target(airings: int) -> Boost:
    return Boost(BoostKind.TARGET, airings)


def every(minutes: int) -> Boost:
    return Boost(BoostKind.EVERY, minutes)


def test_the_hint_for_an_increase_without_a_number_is_two_sessions_made_three():
    hint = campaign_hint(dispatch_with("- Tăng thời lượng phát sóng trên hệ thống truyền thanh."))
    assert hint is not None
    assert (hint.increase, hint.factor) == (True, 1.5)


def test_the_hint_takes_the_first_phase_and_the_period_of_the_dispatch():
    hint = campaign_hint(
        dispatch_with("- Phát thanh 3 lần/ngày.\n\n- Thời gian thực hiện: từ ngày 08/7/2024 đến hết ngày 20/7/2024.")
    )
    assert hint is not None
    assert (hint.per_day, hint.start, hint.end) == (3, "2024-07-08", "2024-07-20")


def test_there_is_no_hint_when_no_airing_is_ordered():
    assert campaign_hint(dispatch_with("Thu gom rác 3 lần/tuần.")) is None


@pytest.mark.parametrize(
    ("body", "phases"),
    [
        pytest.param(
            "Phát thanh 02 buổi/ngày, mỗi buổi 15 phút, từ ngày 08/7/2024 đến hết ngày 20/7/2024, sau đó 01 buổi/ngày đến hết ngày 31/7/2024.",
            [("2024-07-08", "2024-07-20", target(2)), ("2024-07-21", "2024-07-31", target(1))],
            id="afterwards begins the day after",
        ),
        pytest.param(
            "Phát thanh 3 lần/ngày trong 07 ngày đầu, sau đó 1 lần/ngày.",
            [("2024-07-05", "2024-07-11", target(3)), ("2024-07-12", None, target(1))],
            id="the first seven days count from the dispatch",
        ),
        pytest.param(
            "Tuần đầu phát thanh 4 lần/ngày, các tuần tiếp theo 2 lần/ngày.\n\n"
            "Thời gian thực hiện: từ ngày 10/7/2024 đến hết ngày 31/7/2024.",
            [("2024-07-10", "2024-07-16", target(4)), ("2024-07-17", "2024-07-31", target(2))],
            id="the first week counts from the day it takes effect",
        ),
        pytest.param(
            "Từ ngày 08/7/2024 đến ngày 14/7/2024: phát thanh 2 lần/ngày, từ ngày 15/7/2024 đến ngày 21/7/2024: 4 lần/ngày.",
            [("2024-07-08", "2024-07-14", target(2)), ("2024-07-15", "2024-07-21", target(4))],
            id="days first, in one sentence",
        ),
        pytest.param(
            "Phát thanh 2 lần/ngày từ ngày 08/7/2024 đến ngày 14/7/2024, 4 lần/ngày từ ngày 15/7/2024 đến ngày 21/7/2024.",
            [("2024-07-08", "2024-07-14", target(2)), ("2024-07-15", "2024-07-21", target(4))],
            id="counts first, in one sentence",
        ),
        pytest.param(
            "Phát thanh 2 lần/ngày từ 08/7/2024 đến 31/7/2024, riêng từ ngày 15/7/2024 đến ngày 17/7/2024 phát 6 lần/ngày.",
            [
                ("2024-07-08", "2024-07-14", target(2)),
                ("2024-07-15", "2024-07-17", target(6)),
                ("2024-07-18", "2024-07-31", target(2)),
            ],
            id="a phase inside another",
        ),
        pytest.param(
            "Phát thanh từ ngày 08/7/2024 đến ngày 14/7/2024: ít nhất 30 phút/ngày; từ ngày 15/7/2024: 70% thời lượng phát thanh.",
            [
                ("2024-07-08", "2024-07-14", Boost(BoostKind.MINUTES, 30)),
                ("2024-07-15", None, Boost(BoostKind.SHARE, 0.7)),
            ],
            id="minutes, then a share",
        ),
        pytest.param(
            "Từ thứ Hai đến thứ Sáu phát thanh 3 lần/ngày; thứ Bảy, Chủ nhật phát 1 lần/ngày.",
            [(None, None, target(3))],
            id="what holds side by side is no phase",
        ),
        pytest.param("Thu gom rác 3 lần/tuần.", [], id="no airing"),
    ],
)
def test_phases_follow_one_another_in_time(body, phases):
    assert days_and_boosts(body) == phases


@over(
    "order, boost",
    [
        (FrequencyOrder("", every_minutes=30), Boost(BoostKind.EVERY, 30)),
        (FrequencyOrder("", every_minutes=240, per_day=3), target(3)),
        (FrequencyOrder("", share=0.67, session_minutes=45), Boost(BoostKind.SHARE, 0.67)),
        (FrequencyOrder("", minutes_a_day=30), Boost(BoostKind.MINUTES, 30)),
        (FrequencyOrder("", increase=True, factor=2.0), Boost(BoostKind.FACTOR, 2.0)),
        (FrequencyOrder("", at=("05:30", "17:00")), every(30)),
        (FrequencyOrder("", at=("05:30", "17:00"), per_day=2, session_minutes=45), every(45)),
        (FrequencyOrder("", at=("05:30", "17:00"), per_day=3), target(3)),
        (FrequencyOrder("", at=("05:30", "05:45")), target(2)),
        (FrequencyOrder("", windows=("05:00-07:00",), per_day=4), every(30)),
        (FrequencyOrder("", windows=("05:00-06:00", "17:00-18:30"), per_day=4), target(4)),
        (FrequencyOrder("", windows=("05:00-05:30",), per_day=3), target(3)),
        (FrequencyOrder("", per_week=3, weekdays=(0, 2, 4)), target(1)),
        (FrequencyOrder("", per_week=10), target(2)),
        (FrequencyOrder("", windows=("05:00-06:00", "17:00-18:30")), every(90)),
        (FrequencyOrder("", parts=("chiều",), per_day=1), every(60)),
        (FrequencyOrder("", parts=("sáng", "chiều"), per_day=4), every(30)),
        (FrequencyOrder("", parts=("chiều",)), Boost()),
        (FrequencyOrder(""), Boost()),
    ],
)
def test_an_order_is_one_boost(order, boost):
    assert boost_of(order) == boost


@pytest.mark.parametrize(
    ("order", "windows"),
    [
        (FrequencyOrder("", windows=("05:00-06:30",), at=("17:00",)), (Window(time(5), time(6, 30)),)),
        (FrequencyOrder("", at=("17:00", "05:30"), session_minutes=10), (Window(time(5, 30), time(5, 40)), Window(time(17), time(17, 10)))),
        (FrequencyOrder("", at=("23:50",)), (Window(time(23, 50), time(23, 59)),)),
        (FrequencyOrder("", parts=("chiều", "sáng"), per_day=2), (Window(time(6), time(7)), Window(time(17), time(18)))),
        (FrequencyOrder("", parts=("chiều",), at=("16:30",)), (Window(time(16, 30), time(17)),)),
        (FrequencyOrder("", parts=("đêm",)), ()),
        (FrequencyOrder(""), ()),
    ],
    ids=[
        "its windows", "around its hours", "no further than midnight", "of its parts", "an hour in a part", "no session",
        "none",
    ],
)  # fmt: skip
def test_windows_come_from_windows_hours_or_parts(order, windows):
    assert windows_of(order) == windows


def test_phases_begin_today_at_the_earliest_and_leave_out_what_is_over():
    dispatch = dispatch_with(
        "Giai đoạn 1 (từ 01/7 đến 05/7/2024): phát thanh 6 lần/ngày. Giai đoạn 2 (từ 05/7 đến 10/7/2024): phát thanh 4 lần/ngày. "
        "Giai đoạn 3 (từ 11/7 đến 20/7/2024): phát thanh 2 lần/ngày."
    )
    phases = phases_of(dispatch, base=2, today=TODAY)
    assert [(phase.start, phase.end, phase.boost) for phase in phases] == [
        (TODAY, date(2024, 7, 10), target(4)),
        (date(2024, 7, 11), date(2024, 7, 20), target(2)),
    ]
    assert {phase.base for phase in phases} == {2}


def test_one_phase_is_no_phases():
    assert phases_of(dispatch_with("Phát thanh 3 lần/ngày."), base=2, today=TODAY) == ()


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 20)), min_size=1, max_size=5),
    st.dates(date(2024, 7, 6), date(2024, 12, 1)),
)
def test_phases_that_follow_one_another_come_out_as_they_were_written(lengths, first):
    written, expected = [], []
    for airings, days in lengths:
        last = first + timedelta(days=days - 1)
        written.append(f"Từ ngày {first:%d/%m/%Y} đến hết ngày {last:%d/%m/%Y} phát thanh {airings} lần/ngày")
        expected.append((first.isoformat(), last.isoformat(), target(airings)))
        first = last + timedelta(days=1)
    assert days_and_boosts("; ".join(written) + ".") == expected


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 9),
            st.one_of(st.none(), st.dates(date(2024, 7, 1), date(2024, 9, 1))),
            st.one_of(st.none(), st.integers(0, 40)),
        ),
        max_size=5,
    )
)
def test_suggested_phases_never_overlap(orders):
    made = tuple(
        FrequencyOrder(
            "",
            per_day=airings,
            start=start.isoformat() if start else None,
            end=(start + timedelta(days=length)).isoformat() if start and length is not None else None,
        )
        for airings, start, length in orders
    )
    hints = campaign_hints(
        Dispatch(None, None, None, "2024-07-01", None, None, "none", (), (), (), (), (), None, made, ())
    )
    spans = [(hint.start or "", hint.end or "9999") for hint in hints]
    assert spans == sorted(spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
