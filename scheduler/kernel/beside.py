"""Work on a thread of its own, begun without waiting for the thread.

`threading.Thread.start` waits for ever for a thread that dies before its first line, as one does for which the machine
has no memory. Here nobody waits longer than asked. A thread that has not begun in its time is given up: it does nothing
if it begins after all, so that another may take its place. What the work is, and what is said where it cannot begin, is
the caller's.
"""

import _thread
import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from scheduler.kernel.clock import since_boot

__all__ = ["BEGINS_WITHIN", "Beside"]

log = logging.getLogger(__name__)

BEGINS_WITHIN = 5.0
"""Seconds after which a thread that has done nothing had no memory to begin."""


class Beside:
    """One run of `work`; as a daemon's, its end is not waited for when the process ends."""

    def __init__(self, work: Callable[[], object], name: str) -> None:
        self._work, self._name = work, name
        self._lock = threading.Lock()
        self._begun, self._over = threading.Event(), threading.Event()
        self._asked_at: float | None = None
        self._is_given_up = False

    def begin(self) -> bool:
        """Have it begin; returns at once. False: the machine has no thread for it now."""
        self._asked_at = since_boot()
        try:
            _thread.start_new_thread(self._run, ())
        except (RuntimeError, MemoryError):
            self._is_given_up = True
        return not self._is_given_up

    def begins(self, within: float | None = None) -> bool:
        """Have it begin, unless it was asked to already; whether it has, in so many seconds. Else it is given up."""
        if self._asked_at is None:
            self.begin()
        seconds = BEGINS_WITHIN if within is None else within
        return self._begun.wait(0 if self._is_given_up else seconds) or not self._given_up()

    @property
    def lives(self) -> bool:
        """Whether it is at work, or may still begin; one that had its time for that is given up here."""
        if self._asked_at is None or self._is_given_up or self._over.is_set():
            return False
        if self._begun.is_set() or since_boot() - self._asked_at <= BEGINS_WITHIN:
            return True
        return not self._given_up()

    @property
    def is_stillborn(self) -> bool:
        """Whether it was to begin and never will."""
        return not self.lives and self._is_given_up

    def join(self, timeout: float | None = None) -> bool:
        """Wait so long for its end, None = as long as it takes; whether it is over, or never was."""
        if self._asked_at is None or self._is_given_up:
            return True
        if self._begun.wait(BEGINS_WITHIN if timeout is None else min(timeout, BEGINS_WITHIN)):
            self._over.wait(timeout)
        return not self.lives

    def _given_up(self) -> bool:
        """Whether it will never do anything; False: it has begun after all."""
        with self._lock:
            self._is_given_up = not self._begun.is_set()
        return self._is_given_up

    def _run(self) -> None:
        with self._lock:
            if self._is_given_up:
                return
            self._begun.set()
        try:
            with suppress(MemoryError):
                threading.current_thread().name = self._name
            self._work()
        except Exception:  # the edge of the thread
            log.exception("%s ended", self._name)
        finally:
            self._over.set()
