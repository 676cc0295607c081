"""The only module that reads or waits for a clock.

`now()` is an aware UTC datetime; `monotonic()` is seconds that never step back. Everything else in the station is
given an instant, or a Clock. `SteppedClock` moves only when told; it is product code: demo and rehearsal run on it.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

__all__ = ["Clock", "SteppedClock", "SystemClock", "awaited", "boot_mark", "since_boot", "thread_seconds"]

_Found = TypeVar("_Found")


class Clock(Protocol):
    """What the station needs of time."""

    def now(self) -> datetime:
        """Wall clock, aware UTC."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary origin, never stepping back."""

    def sleep_until(self, mark: float) -> None:
        """Return when `monotonic()` has reached `mark` (at once when it already has)."""


def awaited(clock: Clock, look: Callable[[], _Found], seconds: float, every: float) -> _Found:
    """What `look` gives: looked again every so many seconds until that is true, or `seconds` are over."""
    until = clock.monotonic() + seconds
    while not (found := look()) and clock.monotonic() < until:
        clock.sleep_until(clock.monotonic() + every)
    return found


def since_boot() -> float:
    """Seconds since this machine was started, asleep or awake: one count for all its processes, never stepped."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def thread_seconds() -> float:
    """Seconds of processor that the calling thread has had, waiting not counted."""
    return time.thread_time()


def boot_mark() -> str:
    """A word that is another one after every start of the machine; counts of `since_boot` compare under one only."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep_until(self, mark: float) -> None:
        while (left := mark - time.monotonic()) > 0:
            time.sleep(left)


class SteppedClock:
    """A clock that moves only when told; `sleep_until` moves it. Wall and monotonic time can be stepped apart."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("SteppedClock starts at an aware datetime")
        self._wall = start.astimezone(UTC)
        self._mono = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._wall

    def monotonic(self) -> float:
        return self._mono

    def sleep_until(self, mark: float) -> None:
        with self._lock:
            if mark > self._mono:
                self._wall += timedelta(seconds=mark - self._mono)
                self._mono = mark

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass on both clocks."""
        self.sleep_until(self.monotonic() + seconds)

    def step_wall(self, seconds: float) -> None:
        """Step the wall clock alone, as NTP or a person does."""
        with self._lock:
            self._wall += timedelta(seconds=seconds)
