"""Time that passes for a playout on a stepped clock: for tests and `loa simulate`, where nobody waits for it.

It moves the clock and lets engine and service take their turns; it decides nothing about what sounds.
"""

from datetime import datetime, timedelta
from typing import Protocol

from scheduler.kernel.clock import SteppedClock
from scheduler.playout.engine import Engine

__all__ = ["IDLE", "pass_time"]

IDLE = timedelta(minutes=1)
SOUNDING = timedelta(seconds=0.1)
"""How far the clock moves at a time: at most, and while something is in hand."""


class TakesTurns(Protocol):
    """A service that does everything in turns, beside its engine."""

    engine: Engine

    @property
    def next_look(self) -> datetime | None:
        """When something is due; None = something is in hand now."""

    def step(self) -> None:
        """One turn."""


def pass_time(service: TakesTurns, clock: SteppedClock, until: datetime) -> None:
    """Let time pass up to `until`: in tenths of a second while something is in hand, else to the next alarm."""
    service.step()
    while (left := until - clock.now()) > timedelta(0):
        due = service.next_look
        step = SOUNDING if due is None else min(max(due - clock.now(), SOUNDING), IDLE)
        clock.advance(min(step, left).total_seconds())
        service.engine.step()
        service.step()
