"""A stream of sound brought to the station's loudness as it runs: a slow automatic gain, and a limiter behind it.

PURE: numpy only, no clock; what comes out does not depend on how the stream was cut into blocks. The gain follows the
loudness of the last ten seconds, measured and gated as EBU R128 measures a whole clip, never more than 18 dB and so
slowly that nobody hears it move; it stands still in pauses, so that it does not pull up their noise. The limiter looks
a few milliseconds ahead and holds every true peak under -1 dBTP.
"""

from collections import deque

import numpy as np
from numpy.fft import irfft, rfft  # now: a relay's child opens no file once it listens
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from audio_assets.loudness import REACH, k_weighting, step_peaks
from scheduler.core.model import HOUSE_RATE

__all__ = ["CEILING_DB", "MOST_GAIN_DB", "Leveller"]

MOST_GAIN_DB = 18.0
CEILING_DB = -1.0
_MARGIN_DB = 0.1
"""A moving gain and rounding may add a little to a peak between samples."""
FULL_SCALE = 32767.0
_CHUNK = HOUSE_RATE // 10
"""The gain is decided anew every 0.1 s."""
_BLOCK = 4
"""Chunks of a gating block: 0.4 s."""
_HEARD = 100
"""Blocks the loudness is taken over: ten seconds, pauses not counted."""
_RELATIVE_GATE = 0.1
"""Blocks 10 dB below the mean are no part of it."""
_PAST = 8192
"""Samples that the K-weighting filter is led in by."""
_FFT = 16_384
_KNOWN_LATER = 2
"""Chunks until one that was decided on has surely come out behind the limiter."""
_MOST_TAKEN_DB = 4.0
"""So much of what the limiter takes is given back; beyond this it would only take more."""
_PAUSE_DB = -50.0
_NEAR_DB = 0.5
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

    def __init__(self, target_lufs: float = -16.0) -> None:
        self._gain = _SlowGain(target_lufs)
        self._limiter = _Limiter(FULL_SCALE * 10.0 ** ((CEILING_DB - _MARGIN_DB) / 20.0))

    @property
    def gain_db(self) -> float:
        return self._gain.db

    def feed(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        """In pieces that end where the gain is decided, so that a decision knows as much however it was cut."""
        ready: list[NDArray[np.int16]] = [np.empty(0, np.int16)]
        while len(samples):
            piece, samples = samples[: self._gain.until_decision], samples[self._gain.until_decision :]
            out = self._limiter.feed(self._gain.feed(piece.astype(np.float64)))
            self._gain.limited(out)
            ready.append(self._rounded(out))
        return np.concatenate(ready)

    def flush(self) -> NDArray[np.int16]:
        """What is still inside, at the stream's end."""
        return self._rounded(self._limiter.flush())

    @staticmethod
    def _rounded(samples: _Floats) -> NDArray[np.int16]:
        return np.rint(samples).astype(np.int16)


class _SlowGain:
    """The gain for the chunk that runs now was decided at the end of the one before."""

    def __init__(self, target_lufs: float) -> None:
        self._target = target_lufs
        self._chunks: deque[float] = deque(maxlen=_BLOCK)
        self._blocks: deque[float] = deque(maxlen=_HEARD)
        self._weighing, self._weighing_out = _Weighing(), _Weighing()
        self._decided = self._came = 0
        self._before: deque[tuple[int, float]] = deque(maxlen=_HEARD + _KNOWN_LATER)
        self._after: deque[tuple[int, float]] = deque(maxlen=_HEARD + _KNOWN_LATER)
        """The power of chunks, by their number, before and behind the limiter."""
        self._chunk = np.empty(0)
        self._from = self.db = 0.0

    @property
    def until_decision(self) -> int:
        """Samples that are missing of the chunk that runs."""
        return _CHUNK - len(self._chunk)

    def limited(self, samples: _Floats) -> None:
        """What came out behind the limiter."""
        for power in self._weighing_out.feed(samples):
            self._came += 1
            self._after.append((self._came, power))

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
        (power,) = self._weighing.feed(self._chunk)
        self._decided += 1
        self._before.append((self._decided, power * 10.0 ** ((self._from + self.db) / 20.0)))
        self._chunk = np.empty(0)
        self._from = self.db
        self._chunks.append(power)
        if power <= 10.0 ** (_PAUSE_DB / 10.0) or len(self._chunks) < _BLOCK:
            return
        self._blocks.append(sum(self._chunks) / _BLOCK)
        blocks = np.array(self._blocks)
        heard = blocks[blocks >= blocks.mean() * _RELATIVE_GATE]
        loudness = 10.0 * float(np.log10(heard.mean())) - 0.691
        wanted = min(max(self._target - loudness + self._taken_db(), -MOST_GAIN_DB), MOST_GAIN_DB)
        if abs(wanted - self.db) > _NEAR_DB:
            self.db += min(max(wanted - self.db, -_DOWN_DB), _UP_DB)

    def _taken_db(self) -> float:
        """What the limiter has taken of the loudness lately."""
        before, after = dict(self._before), dict(self._after)
        known = [number for number in before if number in after and number <= self._decided - _KNOWN_LATER]
        if len(known) < _BLOCK:
            return 0.0
        sums = [sum(powers[number] for number in known) for powers in (before, after)]
        return min(max(10.0 * float(np.log10(sums[0] / sums[1])), 0.0), _MOST_TAKEN_DB) if min(sums) > 0.0 else 0.0


class _Weighing:
    """The mean square of each chunk of a stream behind the K-weighting filter, as it fills."""

    def __init__(self) -> None:
        self._past = np.zeros(_PAST)
        self._chunk = np.empty(0)

    def feed(self, samples: _Floats) -> list[float]:
        powers: list[float] = []
        self._chunk = np.concatenate((self._chunk, samples))
        while len(self._chunk) >= _CHUNK:
            chunk, self._chunk = self._chunk[:_CHUNK], self._chunk[_CHUNK:]
            led_in = np.concatenate((self._past, chunk)) / FULL_SCALE
            weighted = irfft(rfft(led_in, _FFT) * k_weighting(HOUSE_RATE, _FFT), _FFT)
            self._past = led_in[-_PAST:] * FULL_SCALE
            powers.append(float(np.mean(np.square(weighted[_PAST : _PAST + _CHUNK]))))
        return powers


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
        self._limits = np.ones(1)
        """Of the steps in `_waiting` whose peaks are known, those between the samples too."""
        self._risen = 1.0
        self._recent = np.ones(_AHEAD)
        self._border = 1.0

    def feed(self, samples: _Floats) -> _Floats:
        self._waiting = np.concatenate((self._waiting, samples))
        known = len(self._limits)
        whole = max(known, (len(self._waiting) - REACH) // _STEP)
        if whole > known:
            around = self._waiting[known * _STEP - REACH : whole * _STEP + REACH]
            peaks = step_peaks(around.astype(np.float32), _STEP)
            limits = self._ceiling / np.maximum(peaks, self._ceiling)
            self._limits = np.concatenate((self._limits, limits))
        out = self._take(whole - _AHEAD)
        unheard = min(self._unheard, len(out))
        self._unheard -= unheard
        return out[unheard:]

    def flush(self) -> _Floats:
        left = len(self._waiting) - self._unheard
        return self.feed(np.zeros((_AHEAD + 2) * _STEP))[:left]

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
