"""Duties: what is late, and which earlier dispatch a later one speaks of."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.dispatch.duty_list import DutyState, KeptDuty, is_late, speaks_of, standing
from scheduler.core.dispatch.model import Channel

LAST = date(2020, 3, 20)
DUTY = KeptDuty(1, 1, Channel.REPORT, "báo cáo kết quả", "", LAST, 0, 10)


@pytest.mark.parametrize(
    ("state", "today", "late"),
    [
        pytest.param(DutyState.OPEN, date(2020, 3, 19), False, id="the_day_before"),
        pytest.param(DutyState.OPEN, LAST, False, id="on_its_last_day"),
        pytest.param(DutyState.OPEN, date(2020, 3, 21), True, id="the_day_after"),
        pytest.param(DutyState.DOING, date(2020, 3, 21), True, id="begun_and_not_done"),
        pytest.param(DutyState.DONE, date(2020, 3, 21), False, id="done"),
        pytest.param(DutyState.NOT_OURS, date(2020, 3, 21), False, id="another_office"),
    ],
)
def test_a_duty_is_late_after_its_last_day_unless_it_is_answered(state, today, late):
    assert is_late(replace(DUTY, state=state), today) is late


def test_a_duty_without_a_last_day_is_never_late():
    assert not is_late(replace(DUTY, deadline=None), date(2099, 1, 1))


def test_every_state_is_counted():
    found = standing([DUTY, replace(DUTY, state=DutyState.DONE), DUTY])
    assert found == {DutyState.OPEN: 2, DutyState.DOING: 0, DutyState.DONE: 1, DutyState.NOT_OURS: 0}


@pytest.mark.parametrize(
    ("target", "on", "number_symbol", "issued", "meant"),
    [
        pytest.param("642/UBND-VHTT", None, "642/UBND-VHTT", None, True, id="the_same"),
        pytest.param("642/ubnd – vhtt", None, "642/UBND-VHTT", None, True, id="capitals_spaces_and_dashes"),
        pytest.param("05/TB-UBND", None, "5/TB-UBND", None, True, id="leading_zero"),
        pytest.param("642/UBND-VHTT", None, "643/UBND-VHTT", None, False, id="another_number"),
        pytest.param("642/UBND-VHTT", None, "642/UBND-VP", None, False, id="another_symbol"),
        pytest.param("642/UBND-VHTT", LAST, "642/UBND-VHTT", LAST, True, id="the_same_day"),
        pytest.param("642/UBND-VHTT", LAST, "642/UBND-VHTT", date(2021, 3, 20), False, id="another_year"),
        pytest.param("642/UBND-VHTT", LAST, "642/UBND-VHTT", None, True, id="a_day_that_nobody_read"),
        pytest.param(None, None, "642/UBND-VHTT", None, False, id="no_number_named"),
        pytest.param("642/UBND-VHTT", None, "", None, False, id="a_dispatch_without_a_number"),
    ],
)
def test_which_dispatch_is_meant(target, on, number_symbol, issued, meant):
    assert speaks_of(target, on, number_symbol, issued) is meant


@given(st.text(), st.text())
def test_whatever_stands_there_nothing_is_raised_and_a_number_means_itself(one, other):
    assert speaks_of(one, None, other, None) == speaks_of(other, None, one, None)
    assert speaks_of(one, None, one, None) is bool(one)
