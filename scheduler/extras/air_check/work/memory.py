"""What was heard lately: the bands of the last hours, each frame at the instant it came. No sound is kept.

Pieces of sound come with the instant of their arrival, which is never too early and often late; the count of samples is
even but drifts. So frames follow each other by count, and are moved only when arrivals say for two seconds that they
are wrong. A wall clock that was stepped back empties it: what was heard then has no instant any more.
"""

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from scheduler.extras.air_check.work.bands import BANDS, FRAMES_A_SECOND, Bands, Strengths

__all__ = ["HOURS", "Memory"]

HOURS = 3
_SIZE = HOURS * 3600 * FRAMES_A_SECOND
_OFF = 15
"""Frames (0.3 s) that arrivals may be off before anything is believed of it."""
_BACK = 60 * FRAMES_A_SECOND
_BELIEVED = 2 * FRAMES_A_SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FRAME = timedelta(seconds=1) / FRAMES_A_SECOND


class Memory:
    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._bands = Bands(rate)
        self._kept = np.full((_SIZE, BANDS), np.nan, dtype=np.float32)
        self._numbers = np.full(_SIZE, -1, dtype=np.int64)
        """Which frame lies in each place."""
        self._next: int | None = None
        self._late = 0
        """Frames that have come one after the other later than their count says."""

    def add(self, arrived: datetime, samples: NDArray[np.int16], *, fresh: bool = False) -> Strengths:
        """Take in a piece whose last sample had come by `arrived`; its frames. `fresh`: nothing came just before it."""
        first = _frame_of(arrived) - len(samples) * FRAMES_A_SECOND // self._rate
        self._place(first, len(samples) * FRAMES_A_SECOND // self._rate, fresh=fresh)
        found = self._bands.feed(samples)
        numbers = np.arange(self._begin, self._begin + len(found))
        self._kept[numbers % _SIZE], self._numbers[numbers % _SIZE] = found, numbers
        self._next = self._begin + len(found)
        return found

    def between(self, first: datetime, last: datetime) -> Strengths:
        """The frames of a stretch of time; NaN where nobody listened, or it is too long ago."""
        numbers = np.arange(_frame_of(first), max(_frame_of(first), _frame_of(last)))
        found = self._kept[numbers % _SIZE].copy()
        found[self._numbers[numbers % _SIZE] != numbers] = np.nan
        return found

    @property
    def until(self) -> datetime | None:
        """Up to when it has listened."""
        return None if self._next is None else _EPOCH + self._next * _FRAME

    @property
    def _begin(self) -> int:
        return self._next or 0

    def _place(self, first: int, count: int, *, fresh: bool) -> None:
        """Where the next frame goes."""
        if self._next is None or fresh:
            self._forget_if_back(first)
            self._anchor(first)
            return
        off = first - self._next
        if off < -_OFF:
            self._forget_if_back(first)
            self._anchor(first)
        elif off > _OFF:
            self._late += count
            if self._late >= _BELIEVED:
                self._anchor(first)
        else:
            self._late = 0

    def _anchor(self, first: int) -> None:
        self._next, self._late, self._bands = first, 0, Bands(self._rate)

    def _forget_if_back(self, first: int) -> None:
        if self._next is not None and first < self._next - _BACK:
            self._numbers.fill(-1)


def _frame_of(instant: datetime) -> int:
    return (instant - _EPOCH) // _FRAME
