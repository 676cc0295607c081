"""What is done with sound on its way into a feed: its level watched, its pace held, its joints smoothed, clips looped.

PURE: numpy only; instants are given. Nothing here knows where the sound comes from.
"""

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from scheduler.core.model import HOUSE_RATE

__all__ = ["Loop", "Meter", "Pace", "Pcm", "Seam"]

Pcm = NDArray[np.int16]
FULL_SCALE = 32768.0
_LEVEL_SECONDS = 1.0
_STRETCH = HOUSE_RATE // 20
"""Loudness is judged in stretches of 50 ms: a word counts, a click in a long block does not hide in its mean."""


def level_db(samples: Pcm) -> float:
    """RMS, full scale at 0."""
    power = float(np.mean(np.square(samples.astype(np.float64)))) / FULL_SCALE**2 if len(samples) else 0.0
    return 10.0 * float(np.log10(power)) if power > 0.0 else -inf


class Meter:
    """What has come from one source."""

    def __init__(self, silence_db: float) -> None:
        self._silence_db = silence_db
        self.heard_at: float | None = None
        self.loud_at: float | None = None
        self.frames = 0
        self._power = 0.0

    def add(self, samples: Pcm, at: float) -> None:
        if not len(samples):
            return
        self.heard_at = at
        self.frames += len(samples)
        if any(
            level_db(samples[start : start + _STRETCH]) > self._silence_db for start in range(0, len(samples), _STRETCH)
        ):
            self.loud_at = at
        share = min(1.0, len(samples) / HOUSE_RATE / _LEVEL_SECONDS)
        power = float(np.mean(np.square(samples.astype(np.float64)))) / FULL_SCALE**2
        self._power += share * (power - self._power)

    @property
    def level_db(self) -> float:
        """Over about the last second."""
        return 10.0 * float(np.log10(self._power)) if self._power > 0.0 else -inf


class Pace:
    """Real time with a cushion: a server may send a few seconds in one burst, a file may not run away."""

    def __init__(self, cushion: float) -> None:
        self._cushion = cushion
        self._until = -inf
        """When what was taken so far will have been heard."""

    def took(self, frames: int, now: float) -> None:
        self._until = max(self._until, now) + frames / HOUSE_RATE

    def wait(self, now: float) -> float:
        """Seconds until more may be taken."""
        return max(0.0, self._until - now - self._cushion)


class Seam:
    """Holds back the last few milliseconds, so that where one sound ends and another begins both can be faded.

    Inside one sound nothing is changed: what comes out is what went in.
    """

    def __init__(self, frames: int = HOUSE_RATE // 100) -> None:
        self._ramp = (np.arange(frames) + 0.5) / frames
        self._held: Pcm = np.zeros(0, np.int16)
        self._fresh = frames
        """Samples at the beginning of a sound that are still to be faded in; 0 = in the middle of it."""

    def push(self, samples: Pcm) -> Pcm:
        """The next samples of the sound that runs."""
        samples = self._faded_in(samples)
        whole = np.concatenate((self._held, samples))
        keep = max(0, len(whole) - len(self._ramp))
        self._held = whole[keep:]
        return whole[:keep]

    def end(self) -> Pcm:
        """The sound that runs is over: its last samples, faded out. The next push begins another."""
        ramp = self._ramp[::-1][len(self._ramp) - len(self._held) :]
        last = np.rint(self._held * ramp).astype(np.int16)
        self._held = np.zeros(0, np.int16)
        self._fresh = len(self._ramp)
        return last

    def _faded_in(self, samples: Pcm) -> Pcm:
        count = min(self._fresh, len(samples))
        if not count:
            return samples
        done = len(self._ramp) - self._fresh
        self._fresh -= count
        faded = samples.copy()
        faded[:count] = np.rint(samples[:count] * self._ramp[done : done + count])
        return faded


class Loop:
    """The station's own clips, one after the other with a pause behind each, without end."""

    def __init__(self, clips: Sequence[Pcm], pause: float = 1.0) -> None:
        silence = np.zeros(round(pause * HOUSE_RATE), np.int16)
        self._parts: list[Pcm] = [part for clip in clips if len(clip) for part in (clip, silence)]
        self._part = self._at = 0

    def __bool__(self) -> bool:
        return bool(self._parts)

    def rewind(self) -> None:
        """Begin the clip that is under way again: half a sentence helps nobody."""
        self._part -= self._part % 2
        self._at = 0

    def take(self, frames: int) -> Pcm:
        """The next samples, exactly so many."""
        taken: list[Pcm] = []
        while self._parts and frames > 0:
            piece = self._parts[self._part][self._at : self._at + frames]
            taken.append(piece)
            frames -= len(piece)
            self._at += len(piece)
            if self._at >= len(self._parts[self._part]):
                self._part, self._at = (self._part + 1) % len(self._parts), 0
        return np.concatenate(taken) if taken else np.zeros(0, np.int16)
