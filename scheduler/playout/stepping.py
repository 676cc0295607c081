"""Time that passes for a playout on a stepped clock: for tests and `loa simulate`, where nobody waits for it.

It moves the clock and lets engine and service take their turns; it decides nothing about what sounds.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.clock import SteppedClock

if TYPE_CHECKING:
    from scheduler.playout.service import Playout

__all__ = ["IDLE", "pass_time"]

IDLE = timedelta(minutes=1)
SOUNDING = timedelta(seconds=0.1)
"""How far the clock moves at a time: at most, and while something is in hand."""


def pass_time(playout: "Playout", clock: SteppedClock, until: datetime) -> None:
    """Let time pass up to `until`: in tenths of a second while something is in hand, else to the next alarm."""
    playout.step()
    while (left := until - clock.now()) > timedelta(0):
        due = playout.next_look
        step = SOUNDING if due is None else min(max(due - clock.now(), SOUNDING), IDLE)
        clock.advance(min(step, left).total_seconds())
        playout.engine.step()
        playout.step()
