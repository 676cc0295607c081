"""An order goes back into words: the sentence, read again, is the same order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.core.dispatch import read_dispatch
from scheduler.core.dispatch.model import FrequencyOrder
from scheduler.core.dispatch.order_sentence import in_words, order_of, unsaid
from tests.core.dispatch.order_corpus import HEAD, TAIL
from tests.examples import examples

DAYS = st.dates(date(2026, 3, 5), date(2026, 12, 20))
CLOCKS = st.times().map(lambda at: f"{at:%H:%M}")
WINDOWS = st.tuples(CLOCKS, CLOCKS).filter(lambda two: two[0] < two[1]).map("-".join)


@st.composite
def orders(draw: st.DrawFn) -> FrequencyOrder:
    """Any order that one sentence can hold."""
    count = draw(
        st.sampled_from(
            [
                {"per_day": 3},
                {"per_day": 12},
                {"per_week": 4},
                {"every_minutes": 45},
                {"minutes_a_day": 50},
                {"share": 0.35},
                {"increase": True, "factor": 2.0},
                {"increase": True, "factor": 1.5},
                {"per_day": 4, "at_most": True},
                {"increase": True, "per_day": 6},
            ]
        )
    )
    hours = draw(st.sampled_from(["at", "windows", "none"]))
    at = tuple(dict.fromkeys(draw(st.lists(CLOCKS, min_size=1, max_size=4)))) if hours == "at" else ()
    windows = tuple(dict.fromkeys(draw(st.lists(WINDOWS, min_size=1, max_size=3)))) if hours == "windows" else ()
    weekdays = tuple(sorted(draw(st.sets(st.integers(0, 6), max_size=6))))
    length = draw(st.sampled_from([{}, {"session_minutes": 15}, {"max_minutes": 20}])) if "per_day" in count else {}
    excepted = {
        "except_days": tuple(sorted({day.isoformat() for day in draw(st.lists(DAYS, max_size=3))})),
        "except_windows": (draw(WINDOWS),) if draw(st.booleans()) else (),
        "not_before": draw(st.none() | CLOCKS),
        "not_after": draw(st.none() | CLOCKS),
    }
    days = _days(draw)
    if days.get("start") and days.get("start") == days.get("end"):
        weekdays = ()  # beside one day a weekday is its name
    each = {"each_text": draw(st.booleans())}
    return FrequencyOrder("", at=at, windows=windows, weekdays=weekdays, **count, **length, **days, **excepted, **each)


def _days(draw: st.DrawFn) -> dict[str, object]:
    first, length = draw(DAYS), draw(st.integers(1, 90))
    last = (first + timedelta(days=length)).isoformat()
    apart = tuple((first + timedelta(days=2 * n)).isoformat() for n in range(draw(st.integers(2, 4))))
    return draw(
        st.sampled_from(
            [
                {},
                {"start": first.isoformat()},
                {"end": last},
                {"start": first.isoformat(), "end": last},
                {"start": first.isoformat(), "end": first.isoformat()},
                {"dates": apart},
                {"days": 10},
            ]
        )
    )


@given(orders())
@settings(max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_sentence_of_an_order_read_again_is_the_same_order(order):
    told = in_words(order)
    read = read_dispatch(f"{HEAD}{told[0].upper()}{told[1:]}.{TAIL}")
    assert [replace(one, quote="") for one in read.frequency] == [order], told


def test_the_sentence_names_exceptions_in_capitals_and_what_is_unsaid_is_told():
    order = FrequencyOrder(
        "", per_day=2, at=("06:15", "17:45"), except_days=("2026-03-12", "2026-03-14"), not_after="20:00"
    )
    assert in_words(order) == (
        "phát mỗi ngày 2 lượt, lúc 6 giờ 15 và 17 giờ 45, KHÔNG phát các ngày 12/03/2026 và 14/03/2026,"
        " KHÔNG phát sau 20 giờ"
    )
    assert unsaid(order) == ("chưa nói từ ngày nào đến ngày nào",)


@pytest.mark.parametrize(
    ("kept", "order"),
    [
        ({"per_day": 2, "at": ["06:00"], "quote": "Phát"}, FrequencyOrder("Phát", per_day=2, at=("06:00",))),
        ({"increase": True, "unknown": 1}, FrequencyOrder("", increase=True)),
    ],
)
def test_an_order_kept_before_there_were_exceptions_is_read(kept, order):
    assert order_of(kept) == order
