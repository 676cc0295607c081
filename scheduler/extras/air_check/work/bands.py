"""From sound to the strength of a few bands, fifty times a second: all that the monitor remembers of what it hears.

The bands lie where a horn loudspeaker gives anything out. Sound of any rate gives the same bands, so that a clip and
its return can be held against each other. What has been said cannot be made out again of what is kept. Pure.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BANDS", "FLOOR_DB", "FRAMES_A_SECOND", "Bands", "Strengths", "bands_of", "level_of"]

FRAMES_A_SECOND = 50
WINDOW = 0.032
"""Seconds that one frame looks at."""
BANDS = 10
LOWEST, HIGHEST = 300.0, 4000.0
"""Hz; what a horn cannot give out, hum and wind among it, is not looked at."""
FLOOR_DB = -100.0
"""Nothing is weaker."""
_EDGES = LOWEST * (HIGHEST / LOWEST) ** (np.arange(BANDS + 1) / BANDS)
_FULL_SCALE = 32768.0
_PIECE = 1 << 10
"""Frames that are worked on at a time, so that an hour of sound needs little memory."""
Strengths = NDArray[np.float32]
"""Frames × bands, in dB below full scale; NaN = nobody was listening."""


class Bands:
    """The bands of a sound that comes in pieces. `rate`: samples a second, a multiple of 50."""

    def __init__(self, rate: int) -> None:
        self._hop = rate // FRAMES_A_SECOND
        self._size = round(rate * WINDOW)
        self._window = np.hanning(self._size).astype(np.float32)
        self._scale = 2.0 / (self._size * float((self._window**2).sum()) * _FULL_SCALE**2)
        bins = np.fft.rfftfreq(self._size, 1 / rate)
        self._first = np.searchsorted(bins, _EDGES)
        self._left = np.zeros(0, dtype=np.int16)

    def feed(self, samples: NDArray[np.int16]) -> Strengths:
        """The frames that are complete with these samples, one for each 20 ms."""
        sound = np.concatenate([self._left, samples])
        count = max(0, (len(sound) - self._size) // self._hop + 1)
        self._left = sound[count * self._hop :]
        if not count:
            return np.zeros((0, BANDS), dtype=np.float32)
        frames = np.lib.stride_tricks.sliding_window_view(sound, self._size)[:: self._hop][:count]
        return np.concatenate([self._strengths(frames[at : at + _PIECE]) for at in range(0, count, _PIECE)])

    def _strengths(self, frames: NDArray[np.int16]) -> Strengths:
        power = np.abs(np.fft.rfft(frames * self._window)) ** 2
        summed = np.add.reduceat(power, self._first, axis=1)[:, :BANDS] * self._scale
        told: Strengths = np.maximum(10 * np.log10(summed + 1e-12), FLOOR_DB).astype(np.float32)
        return told


def bands_of(parts: "list[NDArray[np.int16]]", rate: int) -> Strengths:
    """The bands of a whole sound that lies in parts."""
    bands = Bands(rate)
    found = [bands.feed(part[at : at + rate * 60]) for part in parts for at in range(0, len(part), rate * 60)]
    return np.concatenate(found) if found else np.zeros((0, BANDS), dtype=np.float32)


def level_of(strengths: Strengths) -> "NDArray[np.floating[Any]]":
    """The level of each frame in dBFS, all bands together."""
    told: NDArray[np.floating[Any]] = 10 * np.log10((10.0 ** (strengths / 10.0)).sum(axis=1))
    return told
