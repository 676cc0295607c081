"""Waiting for something that takes a while: bounded, and the fault says what was waited for."""

from collections.abc import Callable
from typing import Any

from scheduler.kernel.clock import SystemClock

CLOCK = SystemClock()
PATIENCE = 120.0
"""Seconds for things that take one: the machine may be busy, and a hang must still end."""


def pause(seconds: float = 0.05) -> None:
    CLOCK.sleep_until(CLOCK.monotonic() + seconds)


def until(found: Callable[[], Any], what: str = "it", seconds: float = PATIENCE, every: float = 0.05) -> Any:
    """Wait for `found()` to give something true; give that."""
    deadline = CLOCK.monotonic() + seconds
    while CLOCK.monotonic() < deadline:
        if answer := found():
            return answer
        pause(every)
    raise AssertionError(f"waited {seconds:g} s in vain for {what}")
