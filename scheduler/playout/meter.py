"""How loud an output is: the level of the last half second of sound that it took, measured on the samples themselves.

A few sums a block on the audio thread, read from another one: a reading may be a block old, never wrong. What an
amplifier or a horn makes of it is not known here.
"""

from math import log10

import numpy as np

from scheduler.core.model import HOUSE_RATE
from scheduler.playout.mixer import Block

__all__ = ["Meter"]

_SPAN = HOUSE_RATE // 2
"""Frames over which a level is taken."""
_SILENT_AFTER = 2 * HOUSE_RATE
"""Frames without sound after which there is no level to tell."""
_FULL_SCALE = 32768.0


class Meter:
    """The level of one output."""

    def __init__(self) -> None:
        self._energy = 0.0
        self._frames = 0
        self._last: tuple[int, float] | None = None
        """Behind the last frame heard, and the level of the last whole span, in dBFS."""

    def heard(self, block: Block, end: int) -> None:
        """The output took `block`, which ends at frame `end` of the timeline."""
        samples = block.astype(np.float32) / _FULL_SCALE
        self._energy += float(np.dot(samples, samples))
        self._frames += len(samples)
        known = self._last[1] if self._last else None
        if self._frames >= _SPAN or known is None:
            power = self._energy / max(self._frames, 1)
            known = round(10 * log10(power), 1) if power > 0 else float("-inf")
        if self._frames >= _SPAN:
            self._energy, self._frames = 0.0, 0
        self._last = (end, known)

    def level(self, now: int) -> float | None:
        """In dBFS (RMS) at frame `now`; None where nothing has sounded for two seconds, or all of it was zeros."""
        if self._last is None or now - self._last[0] > _SILENT_AFTER or self._last[1] == float("-inf"):
            return None
        return self._last[1]
