"""Pause, resume, stop, restart, replace: what of a campaign changes, from an instant on, and what stays."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import Campaign, CampaignState, Pause, Window
from scheduler.core.planning import halts
from scheduler.core.planning.rules import halted_at
from scheduler.kernel.errors import Refused

DAY = date(2020, 3, 16)
NOON = datetime(2020, 3, 16, 5, tzinfo=UTC)  # 12:00 in Hà Nội
HOUR = timedelta(hours=1)


def running(**changes) -> Campaign:
    window = Window(datetime.min.time().replace(hour=6), datetime.min.time().replace(hour=20))
    plain = Campaign(1, "Đợt", 1, (window,), 4, DAY, DAY + timedelta(days=9), state=CampaignState.ACTIVE)
    return replace(plain, **changes)


def test_a_pause_holds_from_its_instant_until_its_end():
    one = halts.paused(running(), NOON, NOON + HOUR)
    assert [halted_at(one, NOON + step * HOUR / 2) for step in (-1, 0, 1, 2)] == [False, True, True, False]


def test_a_pause_without_an_end_holds_until_it_is_resumed():
    one = halts.paused(running(), NOON)
    assert halted_at(one, NOON + 1000 * HOUR)
    again = halts.resumed(one, NOON + HOUR)
    assert again.pauses == (Pause(NOON, NOON + HOUR),)
    assert not halted_at(again, NOON + HOUR)


def test_pauses_that_meet_become_one():
    one = halts.paused(halts.paused(running(), NOON, NOON + HOUR), NOON + HOUR / 2, NOON + 3 * HOUR)
    assert one.pauses == (Pause(NOON, NOON + 3 * HOUR),)


def test_resuming_where_nothing_is_paused_calls_off_the_next_pause_ahead():
    one = running(pauses=(Pause(NOON + HOUR, NOON + 2 * HOUR), Pause(NOON + 5 * HOUR)))
    assert halts.resumed(one, NOON).pauses == (Pause(NOON + 5 * HOUR),)
    with pytest.raises(Refused, match="not_paused"):
        halts.resumed(running(pauses=(Pause(NOON - HOUR, NOON),)), NOON)


@pytest.mark.parametrize(
    ("one", "since", "until", "reason"),
    [
        pytest.param(running(), NOON, NOON, "pause_backwards", id="ends_as_it_begins"),
        pytest.param(running(state=CampaignState.DRAFT), NOON, None, "campaign_not_running", id="a_draft"),
        pytest.param(running(stopped_at=NOON), NOON, None, "campaign_not_running", id="stopped_by_then"),
    ],
)
def test_what_cannot_be_paused_says_why(one, since, until, reason):
    with pytest.raises(Refused, match=reason):
        halts.paused(one, since, until)


def test_a_stop_ahead_lets_it_run_until_then_and_a_stop_now_ends_it():
    ahead = halts.stopped(running(), NOON + HOUR, NOON)
    assert (ahead.state, ahead.stopped_at) == (CampaignState.ACTIVE, NOON + HOUR)
    assert not halted_at(ahead, NOON)
    assert halted_at(ahead, NOON + HOUR)
    now = halts.stopped(ahead, NOON, NOON)
    assert (now.state, now.stopped_at) == (CampaignState.STOPPED, NOON)


def test_a_second_stop_order_ends_nothing_twice():
    once = halts.stopped(running(), NOON, NOON)
    assert halts.stopped(once, NOON + HOUR, NOON + HOUR) == once


def test_a_restart_keeps_the_time_of_the_stop_as_a_pause():
    one = halts.restarted(halts.stopped(running(), NOON, NOON), NOON + 3 * HOUR)
    assert (one.state, one.stopped_at) == (CampaignState.ACTIVE, None)
    assert one.pauses == (Pause(NOON, NOON + 3 * HOUR),)


def test_a_replacement_begins_at_its_instant_and_not_before():
    draft = running(state=CampaignState.DRAFT, start=DAY + timedelta(days=5))
    one = halts.begun_at(draft, NOON, "Asia/Ho_Chi_Minh")
    assert (one.state, one.start) == (CampaignState.ACTIVE, DAY)
    assert halted_at(one, NOON - HOUR)
    assert not halted_at(one, NOON)


def test_at_midnight_a_replacement_needs_no_pause():
    midnight = datetime(2020, 3, 15, 17, tzinfo=UTC)
    assert halts.begun_at(running(state=CampaignState.DRAFT), midnight, "Asia/Ho_Chi_Minh").pauses == ()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 50), st.none() | st.integers(1, 20)), max_size=8))
def test_pauses_stay_in_order_and_apart_whatever_is_done(acts):
    one = running()
    for pausing, start, length in acts:
        at = NOON + start * HOUR
        try:
            one = halts.paused(one, at, at + length * HOUR if length else None) if pausing else halts.resumed(one, at)
        except Refused:
            continue
        assert halted_at(one, at) is pausing
    edges = [edge for pause in one.pauses for edge in (pause.since, pause.until or datetime.max.replace(tzinfo=UTC))]
    assert edges == sorted(set(edges))
