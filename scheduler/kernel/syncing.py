"""A file of shared memory on its way to the disk: whoever cannot wait for a disk that hangs lets a thread wait for it.

At most one sync is under way that nobody waits for, and one more behind it: what is asked for meanwhile, that one
covers. A machine that has no more threads, or no memory for one, keeps what memory has.
"""

import os
import threading
from contextlib import suppress

from scheduler.kernel.beside import Beside

__all__ = ["Syncing"]


class Syncing:
    def __init__(self, file: int) -> None:
        """`file`: a descriptor; below zero = there is none."""
        self._file, self._lock = file, threading.Lock()
        self._is_wanted = False
        self._running: Beside | None = None

    def within(self, seconds: float) -> bool:
        """Whether the file was on the disk in that time."""
        done = threading.Event()

        def flush() -> None:
            with suppress(OSError):
                os.fdatasync(self._file)
                done.set()

        return Beside(flush, "red lane to disk").begin() and done.wait(seconds)

    def soon(self) -> None:
        """Have it on the disk as soon as the disk takes it."""
        with self._lock:
            self._is_wanted = True
            if self._file < 0 or (self._running is not None and self._running.lives):
                return
            self._running = Beside(self._run, "red lane to disk")
            self._running.begin()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._is_wanted:
                    self._running = None
                    return
                self._is_wanted = False
            with suppress(OSError):
                os.fdatasync(self._file)
