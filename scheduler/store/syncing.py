"""A file of shared memory on its way to the disk: whoever cannot wait for a disk that hangs lets a thread wait for it.

At most one sync is under way that nobody waits for, and one more behind it: what is asked for meanwhile, that one
covers. A machine that has no more threads, or no memory for one, keeps what memory has.
"""

import _thread
import os
import threading
from collections.abc import Callable
from contextlib import suppress

from scheduler.clock import since_boot

__all__ = ["Syncing"]

BEGINS_WITHIN = 5.0
"""Seconds after which a thread that has done nothing had no memory to begin."""


class Syncing:
    def __init__(self, file: int) -> None:
        """`file`: a descriptor; below zero = there is none."""
        self._file, self._lock = file, threading.Lock()
        self._is_wanted = self._is_running = self._has_begun = False
        self._asked_at = 0.0

    def within(self, seconds: float) -> bool:
        """Whether the file was on the disk in that time."""
        done = threading.Event()

        def flush() -> None:
            with suppress(OSError):
                os.fdatasync(self._file)
                done.set()

        return _beside(flush) and done.wait(seconds)

    def soon(self) -> None:
        """Have it on the disk as soon as the disk takes it."""
        with self._lock:
            self._is_wanted = True
            is_dead = self._is_running and not self._has_begun and since_boot() - self._asked_at > BEGINS_WITHIN
            if (self._is_running and not is_dead) or self._file < 0:
                return
            self._is_running, self._has_begun, self._asked_at = True, False, since_boot()
        if not _beside(self._run):
            self._is_running = False

    def _run(self) -> None:
        self._has_begun = True
        while True:
            with self._lock:
                if not self._is_wanted:
                    self._is_running = False
                    return
                self._is_wanted = False
            with suppress(OSError):
                os.fdatasync(self._file)


def _beside(work: Callable[[], None]) -> bool:
    """Begin it; whether that can be. `threading.Thread` would wait for ever for one that has no memory to begin."""
    try:
        _thread.start_new_thread(work, ())
    except (RuntimeError, MemoryError):  # no more threads
        return False
    return True
