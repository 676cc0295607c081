"""A stream of sound brought near the station's loudness as it runs: a slow automatic gain, and a limiter behind it.

PURE: numpy only, no clock; what comes out does not depend on how the stream was cut into blocks. The gain follows the
level of the last seconds, never more than 12 dB and so slowly that nobody hears it move; it stands still in pauses, so
that it does not pull up their noise. The limiter looks a few milliseconds ahead and holds every sample under -1 dBFS.
"""

from collections import deque

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from scheduler.core.model import HOUSE_RATE

__all__ = ["CEILING_DB", "MOST_GAIN_DB", "Leveller"]

MOST_GAIN_DB = 12.0
CEILING_DB = -1.0
FULL_SCALE = 32767.0
_CHUNK = HOUSE_RATE // 10
"""The gain is decided anew every 0.1 s."""
_HEARD = 30
"""Chunks the level is taken over: three seconds of sound, pauses not counted."""
_PAUSE_DB = -50.0
_NEAR_DB = 1.0
"""Nearer than this nothing is moved."""
_UP_DB, _DOWN_DB = 0.1, 0.3
"""Most change of the gain in a chunk: 1 dB a second up, 3 dB a second down."""
_STEP = HOUSE_RATE // 1000
"""Grid of the limiter."""
_AHEAD = 5
"""Steps the limiter sees ahead, which is also how long its gain takes to come down."""
_RELEASE = 0.004
"""Most rise of the limiter's gain in a step: back from -6 dB in an eighth of a second."""

_Floats = NDArray[np.float64]


class Leveller:
    """`feed` gives back as many samples as it can; the last few milliseconds stay inside until `flush`."""

    def __init__(self, target_db: float = -16.0) -> None:
        self._gain = _SlowGain(target_db)
        self._limiter = _Limiter(FULL_SCALE * 10.0 ** (CEILING_DB / 20.0))

    @property
    def gain_db(self) -> float:
        return self._gain.db

    def feed(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        return self._rounded(self._limiter.feed(self._gain.feed(samples.astype(np.float64))))

    def flush(self) -> NDArray[np.int16]:
        """What is still inside, at the stream's end."""
        return self._rounded(self._limiter.flush())

    @staticmethod
    def _rounded(samples: _Floats) -> NDArray[np.int16]:
        return np.rint(samples).astype(np.int16)


class _SlowGain:
    """The gain for the chunk that runs now was decided at the end of the one before."""

    def __init__(self, target_db: float) -> None:
        self._target = target_db
        self._powers: deque[float] = deque(maxlen=_HEARD)
        self._chunk = np.empty(0)
        self._from = self.db = 0.0

    def feed(self, samples: _Floats) -> _Floats:
        out = np.empty_like(samples)
        done = 0
        while done < len(samples):
            at = len(self._chunk)
            piece = samples[done : done + _CHUNK - at]
            gain_db = self._from + (self.db - self._from) * (np.arange(at, at + len(piece)) / _CHUNK)
            out[done : done + len(piece)] = piece * 10.0 ** (gain_db / 20.0)
            self._chunk = np.concatenate((self._chunk, piece))
            done += len(piece)
            if len(self._chunk) == _CHUNK:
                self._decide()
        return out

    def _decide(self) -> None:
        power = float(np.mean(np.square(self._chunk / FULL_SCALE)))
        self._chunk = np.empty(0)
        self._from = self.db
        if power <= 10.0 ** (_PAUSE_DB / 10.0):
            return
        self._powers.append(power)
        level = 10.0 * float(np.log10(sum(self._powers) / len(self._powers)))
        wanted = min(max(self._target - level, -MOST_GAIN_DB), MOST_GAIN_DB)
        if abs(wanted - self.db) > _NEAR_DB:
            self.db += min(max(wanted - self.db, -_DOWN_DB), _UP_DB)


class _Limiter:
    """Gain on the borders of one-millisecond steps, straight between them, never above what the steps beside allow.

    A step's own limit is spread over the steps before it (the least of those ahead), let rise slowly, and averaged over
    as many; each average then covers only values that already know the peak, so the bound holds and nothing jumps.
    """

    def __init__(self, ceiling: float) -> None:
        self._ceiling = ceiling
        # a few steps of silence first, never given out: the first border must already know the first peak
        self._waiting = np.zeros(_AHEAD * _STEP)
        self._unheard = len(self._waiting)
        self._limits = np.empty(0)
        """Of the whole steps in `_waiting`."""
        self._risen = 1.0
        self._recent = np.ones(_AHEAD)
        self._border = 1.0

    def feed(self, samples: _Floats) -> _Floats:
        self._waiting = np.concatenate((self._waiting, samples))
        whole = len(self._waiting) // _STEP
        known = len(self._limits)
        if whole > known:
            steps = self._waiting[known * _STEP : whole * _STEP].reshape(-1, _STEP)
            peaks = np.abs(steps).max(axis=1)
            limits = self._ceiling / np.maximum(peaks, self._ceiling)
            self._limits = np.concatenate((self._limits, limits))
        out = self._take(whole - _AHEAD)
        unheard = min(self._unheard, len(out))
        self._unheard -= unheard
        return out[unheard:]

    def flush(self) -> _Floats:
        left = len(self._waiting) - self._unheard
        return self.feed(np.zeros((_AHEAD + 1) * _STEP))[:left]

    def _take(self, count: int) -> _Floats:
        """The first `count` waiting steps, with their gain."""
        if count <= 0:
            return np.empty(0)
        # the border behind step k must suit the steps k and k + 1, and is the mean of _AHEAD values that all know both
        least = sliding_window_view(self._limits, _AHEAD + 1)[:count].min(axis=1)
        known = np.concatenate((self._recent[1:], self._rising(least)))
        borders = np.convolve(known, np.full(_AHEAD, 1.0 / _AHEAD), "valid")
        self._recent = known[-_AHEAD:]
        edges = np.concatenate(([self._border], borders))
        self._border = float(edges[-1])
        gains = np.interp(np.arange(count * _STEP) / _STEP, np.arange(count + 1), edges)
        out: _Floats = self._waiting[: count * _STEP] * gains
        self._waiting = self._waiting[count * _STEP :]
        self._limits = self._limits[count:]
        return out

    def _rising(self, least: _Floats) -> _Floats:
        """`least`, but rising no faster than the release allows: a running minimum on a tilted floor."""
        tilt = np.arange(1, len(least) + 1) * _RELEASE
        risen: _Floats = np.minimum.accumulate(np.minimum(least - tilt, self._risen)) + tilt
        self._risen = float(risen[-1])
        return risen
