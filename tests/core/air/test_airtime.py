from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.airtime import Aired, AirtimeSum, sum_airtime
from scheduler.core.air.standing import Tally
from scheduler.core.model import AiringOutcome as O
from scheduler.core.model import Seconds

DAY = date(2020, 3, 16)
NEXT = DAY + timedelta(days=1)
DISPATCH = "642/UBND-VHTT"

ROWS = [
    Aired(DAY, 1, DISPATCH, Seconds(95.0), O.PLAYED),
    Aired(DAY, 1, DISPATCH, Seconds(40.5), O.PARTIAL),
    Aired(DAY, 2, None, Seconds(60.0), O.PLAYED),
    Aired(DAY, 2, None, Seconds(12.0), O.PRE_EMPTED),
    Aired(NEXT, 1, DISPATCH, Seconds(0.0), O.MISSED),
    Aired(NEXT, None, None, Seconds(30.0), O.PLAYED),
    Aired(NEXT, None, None, Seconds(9.0), O.RECORDED),
]


def test_the_total_is_what_was_heard():
    assert sum_airtime(ROWS).total == AirtimeSum(
        played=3, partial=1, cut=1, unheard=1, recorded=1, seconds=Seconds(237.5), part_seconds=Seconds(52.5)
    )
    assert sum_airtime(ROWS).total.airings == 4


def test_sums_by_day():
    found = sum_airtime(ROWS)
    assert [(day, one.seconds) for day, one in found.by_day.items()] == [(DAY, 207.5), (NEXT, 30.0)]


def test_rows_are_by_day_then_campaign_with_none_last():
    assert [(row.day, row.campaign_id) for row in sum_airtime(ROWS).rows] == [
        (DAY, 1),
        (DAY, 2),
        (NEXT, 1),
        (NEXT, None),
    ]


def test_an_empty_journal_is_no_airtime():
    found = sum_airtime([])
    assert found.total == AirtimeSum(0, 0, 0, 0, 0, Seconds(0.0))
    assert not found.rows


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_seconds_nobody_can_have_measured_are_not_added(seconds):
    with pytest.raises(ValueError, match="measured seconds"):
        sum_airtime([Aired(DAY, 1, None, Seconds(seconds), O.PLAYED)])


aired = st.builds(
    Aired,
    day=st.dates(DAY, DAY + timedelta(days=3)),
    campaign_id=st.none() | st.integers(1, 4),
    dispatch=st.none() | st.sampled_from([DISPATCH, "1/UBND"]),
    seconds=st.floats(0, 3600).map(Seconds),
    outcome=st.sampled_from(O),
)


@given(st.lists(aired, max_size=40), st.randoms())
def test_every_way_of_adding_gives_the_same_figures(rows, random: Random):
    found = sum_airtime(rows)
    for parts in (
        list(found.by_day.values()),
        [line.sum for line in found.rows],
    ):
        assert sum(one.seconds for one in parts) == pytest.approx(found.total.seconds)
        assert sum(one.airings for one in parts) == found.total.airings
        assert sum(one.airings + one.cut + one.unheard + one.recorded for one in parts) == len(rows)
        assert sum((one.tally for one in parts), Tally()).planned == len(rows)
    mixed = list(rows)
    random.shuffle(mixed)
    assert sum_airtime(mixed) == found
