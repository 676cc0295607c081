"""A file of shared memory on its way to the disk: whoever cannot wait for a disk that hangs lets a thread wait for it.

At most one sync is under way that nobody waits for, and one more behind it: what is asked for meanwhile, that one
covers. A machine that has no more threads keeps what memory has.
"""

import os
import threading
from collections.abc import Callable
from contextlib import suppress

__all__ = ["Syncing"]


class Syncing:
    def __init__(self, file: int) -> None:
        """`file`: a descriptor; below zero = there is none."""
        self._file, self._lock = file, threading.Lock()
        self._is_wanted = self._is_running = False

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
            if self._is_running or self._file < 0:
                return
            self._is_running = True
        if not _beside(self._run):
            self._is_running = False

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._is_wanted:
                    self._is_running = False
                    return
                self._is_wanted = False
            with suppress(OSError):
                os.fdatasync(self._file)


def _beside(work: Callable[[], None]) -> bool:
    try:
        threading.Thread(target=work, name="red lane to disk", daemon=True).start()
    except RuntimeError:  # no more threads
        return False
    return True
