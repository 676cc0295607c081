"""The browser's microphone: samples that the web process appends to a file, which is the recording at the same time.

The file is read where it grows, every 20 ms, from where it stood when the source began. A file that is not there yet,
is emptied, replaced or deleted, or ends in half a sample, is waited for; nothing is ever written to it. What lies more
than two seconds back is skipped: a live voice that lags is worse than one with a hole, and the recording keeps all.
"""

import os
import stat
from pathlib import Path

import numpy as np

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.clock import Clock
from scheduler.playout.priority import be_ordinary
from scheduler.playout.relay.source import Deliver, ThreadedSource

__all__ = ["TailSource"]

_LOOK = 0.02
_FRAME = 2
MOST_BEHIND = 2 * HOUSE_RATE * _FRAME
"""Bytes that may wait in the file."""


class TailSource(ThreadedSource):
    """One lease of the microphone."""

    def __init__(self, path: Path, deliver: Deliver, clock: Clock, *, silence_db: float) -> None:
        super().__init__("relay-microphone", deliver, clock, silence_db=silence_db)
        self._path = path
        self._file: int | None = None
        self._at = 0

    def start(self) -> None:
        # here and not in the thread: what is appended after this call is heard
        self._open(from_end=True)
        super().start()

    def _run(self) -> None:
        be_ordinary()
        while not self._stop.wait(_LOOK):
            try:
                self._look()
            except OSError:  # the folder is gone, or the file is no file any more: it may come back
                self._close()
        self._close()

    def _look(self) -> None:
        if self._file is None:
            self._open(from_end=False)
        if self._file is None:
            return
        size = os.fstat(self._file).st_size
        if size < self._at:  # emptied and begun again
            self._at = 0
        if size - self._at > MOST_BEHIND:
            self._at = (size - MOST_BEHIND) // _FRAME * _FRAME
        data = os.pread(self._file, (size - self._at) // _FRAME * _FRAME, self._at)
        data = data[: len(data) // _FRAME * _FRAME]
        if data:
            self._at += len(data)
            samples = np.frombuffer(data, "<i2").astype(np.int16, copy=False)
            now = self._clock.monotonic()
            self._meter.add(samples, now)
            self._deliver(self, samples, now)
        elif self._replaced():
            self._close()

    def _open(self, *, from_end: bool) -> None:
        try:
            file = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return
        facts = os.fstat(file)
        if not stat.S_ISREG(facts.st_mode):
            os.close(file)
            return
        self._file = file
        self._at = facts.st_size // _FRAME * _FRAME if from_end else 0

    def _replaced(self) -> bool:
        """Another file has this name now, or none."""
        try:
            now = self._path.lstat()
        except OSError:
            return True
        mine = os.fstat(self._file) if self._file is not None else None
        return mine is None or (now.st_dev, now.st_ino) != (mine.st_dev, mine.st_ino)

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
