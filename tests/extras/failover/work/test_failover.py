"""Two real machines: one dies, is paused, is cut off; the other has the air in time, and never both are heard."""

import pytest

from scheduler.kernel.clock import since_boot
from tests.extras.failover.work.two import order, played, up, whole
from tests.waiting import until

pytestmark = pytest.mark.timed
WITHIN = 10.0
"""Seconds after the death of one machine in which the other is heard."""


def test_a_machine_that_dies_is_followed_on_the_air_within_ten_seconds_and_nothing_plays_twice(two):
    first, second = up(two)
    slots = order(first, 1, 2, 3, 4)
    until(lambda: slots[0] in played(first), "the first one")
    heard = len(first.heard)
    until(lambda: len(first.heard) > heard + 45, "the middle of the second")
    first.kill()
    died = since_boot()
    until(lambda: second.heard, "the other machine")
    print(f"heard again after {second.heard[0] - died:.1f} s")
    until(lambda: not second.rows("SELECT 1 FROM slot WHERE outcome IS NULL"), "the end of all")
    ends = {row["id"]: (row["outcome"], row["reason"]) for row in second.rows("SELECT * FROM slot")}
    assert [ends[slot] for slot in slots[:2]] == [("played", ""), ("partial", "power_cut")]
    assert [ends[slot][0] for slot in slots[2:]] == ["played"] * 2
    assert len(second.rows("SELECT 1 FROM journal WHERE kind = 'airing'")) == 4
    assert whole(second).whole, whole(second)
    assert two.both_heard_at_once() == []
    assert second.heard[0] - died < WITHIN
