"""Processes hang, stand still and wake up: what was asleep while its time ran out makes no sound when it wakes."""

import signal

import pytest

from scheduler.kernel.clock import since_boot
from tests.extras.failover.work.two import order, up, whole
from tests.waiting import pause, until

pytestmark = pytest.mark.timed
STARTED = 21.0
"""Seconds after which a playout that says nothing is no longer one that only starts."""


def heard_since(machine, instant):
    return [at for at in machine.heard if at > instant]


def sounding(machine, *numbers):
    """These are ordered, and the first of them is well under way."""
    began = since_boot()
    order(machine, *numbers)
    until(lambda: len(heard_since(machine, began)) > 20, "the long one")


def test_a_playout_that_hangs_and_a_machine_that_slept_lose_the_air_to_the_other_and_wake_silent(two):
    first, second = up(two)
    ready = since_boot()
    sounding(first, 9, 1)
    pause(max(0.0, STARTED - (since_boot() - ready)))
    first.signal(signal.SIGSTOP, ["playout"])  # 1: one process of it hangs
    slept = since_boot()
    until(lambda: second.heard, "the other machine")
    print(f"heard again after {second.heard[0] - slept:.1f} s")
    first.signal(signal.SIGCONT)
    until(lambda: (state := first.told()).alive and state.peer_has_air and not state.reasons, "the first one follows")
    pause(2.0)
    assert [at for at in first.heard if at > slept + 0.2] == []
    sounding(second, 9, 2, 3)
    second.signal(signal.SIGSTOP)  # 2: a whole machine sleeps
    slept = since_boot()
    until(lambda: heard_since(first, slept), "the first machine again")
    pause(max(0.0, slept + 20.0 - since_boot()))
    woke = since_boot()
    second.signal(signal.SIGCONT)
    until(lambda: (state := second.told()).alive and state.peer_has_air, "the second one's return")
    pause(3.0)
    assert heard_since(second, woke - 0.1) == []
    assert two.both_heard_at_once() == []
    assert whole(first).whole
