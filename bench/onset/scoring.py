"""From captured frames to figures: when each sound began, what lay between two sounds, whether a tone ever broke.

Pure arithmetic over arrays: it captures nothing and reads no clock. A capture is its frames and, for every read of
them, (frames so far, monotonic seconds, wall clock minus monotonic). A read comes after its frames have sounded, never
before, so the earliest arrivals are the stream's clock and the late ones only say that the reader was busy.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

RATE = 48_000
THRESHOLD = 1000
"""Of 32767: a frame louder than this is sound."""
DIP = 0.000_5
"""Seconds of quiet that a tone's own zero crossings may take; longer quiet is a hole."""
TONE_HZ = 1000
_WARM_UP = 1.0
_STRETCH = 2.0
_STEP = 0.005
_LONG = 30.0
_CRYSTAL = (3.0, 300.0)
"""ppm: less is noise, more is no crystal but a capture that lost frames."""
_BLOCK = RATE // 100
_SLIP_MS = 1.5 / RATE * 1e3
"""A phase jump of more than one frame. One frame at a time is how a clock is followed; it is drift, and nobody hears it."""


@dataclass(frozen=True)
class Recording:
    frames: np.ndarray
    marks: np.ndarray
    """One row a read: frames so far, monotonic seconds when it came, wall clock minus monotonic."""


@dataclass(frozen=True)
class Onsets:
    errors: np.ndarray
    """ms from each instant to its sound, for those that were heard; negative = too early."""
    missed: int
    unexpected: int
    """Sounds that belong to no instant."""
    holes: np.ndarray
    """ms of silence between the items of a sequence."""
    sounding: np.ndarray
    """ms of sound for each instant that was heard: an item cut short shows here."""
    lost: int
    """Times that the capture itself lost frames; more than 0 spoils the figures."""


@dataclass(frozen=True)
class Tone:
    seconds: float
    dead_ms: float
    slips: int
    drift_ms: float
    lost: int
    dead_at: tuple[float, ...] = field(default=())
    """Seconds into the tone at which it was dead, the first few."""


class FrameClock:
    """At which wall second a frame sounded: a line through the earliest arrivals, or piece by piece where frames were lost."""

    def __init__(self, marks):
        warm = marks[marks[:, 1] > marks[0, 1] + _WARM_UP]
        count, seconds, self._offset = (warm if len(warm) > 10 else marks).T
        self._seconds = seconds
        lag = seconds - count / RATE
        whole = max(
            1, int((seconds[-1] - seconds[0]) // _STRETCH)
        )  # a rest too short to have an early read joins the last
        stretch = np.minimum((seconds - seconds[0]) // _STRETCH, whole - 1).astype(int)
        first = np.flatnonzero(np.diff(stretch, prepend=-1))
        earliest, middle = np.minimum.reduceat(lag, first), seconds[first] + _STRETCH / 2
        self._slope = _slope(middle, earliest)
        level = np.minimum.reduceat(lag - self._slope * seconds, first)
        self.lost = int((np.abs(np.diff(level)) > _STEP).sum())
        self._from = count[first] if self.lost else count[:1]
        self._level = level if self.lost else np.array([level.min()])

    def wall(self, frames):
        frames = np.asarray(frames, float)
        piece = np.clip(np.searchsorted(self._from, frames, side="right") - 1, 0, len(self._from) - 1)
        monotonic = (frames / RATE + self._level[piece]) / (1 - self._slope)
        return monotonic + np.interp(monotonic, self._seconds, self._offset)


def _slope(seconds, lag):
    """How much slower the stream's clock runs than ours."""
    if seconds[-1] - seconds[0] < _LONG:
        return 0.0
    slope = float(np.polyfit(seconds, lag, 1)[0])
    return slope if _CRYSTAL[0] < abs(slope) * 1e6 < _CRYSTAL[1] else 0.0


def sounds(frames):
    """[first frame, frame after the last] of each stretch of sound."""
    loud = np.flatnonzero(np.abs(frames.astype(np.int32)) >= THRESHOLD)
    if not len(loud):
        return np.zeros((0, 2), int)
    cut = np.flatnonzero(np.diff(loud) > DIP * RATE)
    return np.stack([np.append(loud[0], loud[cut + 1]), np.append(loud[cut], loud[-1]) + 1], 1)


def onsets(recording, instants, quiet=0.15):
    """Each instant's sound. `quiet`: seconds of silence after which a sound is a new one and no item of the last."""
    clock = FrameClock(recording.marks)
    found = sounds(recording.frames)
    starts, ends = clock.wall(found[:, 0]), clock.wall(found[:, 1])
    fresh = np.flatnonzero(np.append(True, starts[1:] - ends[:-1] > quiet)) if len(starts) else np.zeros(0, int)
    edges = [t - 0.4 * (t - before) for before, t in pairwise(instants)]
    errors, holes, sounding = [], [], []
    for instant, first, last in zip(instants, [instants[0] - 2, *edges], [*edges, instants[-1] + 30], strict=True):
        here = fresh[(starts[fresh] >= first) & (starts[fresh] < last)]
        if not len(here):
            continue
        errors.append((starts[here[0]] - instant) * 1e3)
        later = fresh[fresh > here[0]]
        items = slice(here[0], later[0] if len(later) else len(starts))
        holes.extend((starts[items][1:] - ends[items][:-1]) * 1e3)
        sounding.append((ends[items] - starts[items]).sum() * 1e3)
    missed = len(instants) - len(errors)
    figures = (np.array(errors), missed, len(fresh) - len(errors), np.array(holes), np.array(sounding))
    return Onsets(*figures, lost=clock.lost)


def waits(recording, orders, quiet=0.15):
    """Seconds from each order (wall seconds, in order) to the first new sound after it; nan where the next order came first."""
    clock = FrameClock(recording.marks)
    found = sounds(recording.frames)
    starts, ends = clock.wall(found[:, 0]), clock.wall(found[:, 1])
    fresh = starts[np.append(True, starts[1:] - ends[:-1] > quiet)] if len(starts) else starts
    answers = np.append(fresh, np.inf)[np.searchsorted(fresh, orders)]
    return np.where(answers < np.append(orders[1:], np.inf), answers - orders, np.nan)


def tone(recording):
    """A continuous tone of TONE_HZ in blocks of 10 ms: a weak block is dead, a jump of its phase is a slip."""
    clock = FrameClock(recording.marks)
    frames = recording.frames
    blocks = frames[: len(frames) // _BLOCK * _BLOCK].astype(float).reshape(-1, _BLOCK)
    # Whole periods a block: its phase can be compared with that of any other block.
    phasor = (blocks * np.exp(-2j * np.pi * TONE_HZ * np.arange(_BLOCK) / RATE)).mean(1)
    level = np.abs(phasor) * 2
    sounding = np.flatnonzero(level > THRESHOLD * 3)
    if len(sounding) < 3:
        return Tone(0.0, 0.0, 0, 0.0, clock.lost)
    inside = slice(sounding[0] + 1, sounding[-1])
    phasor, level = phasor[inside], level[inside]
    dead = level < 0.98 * np.median(level)
    turn = np.angle(phasor[1:] * np.conj(phasor[:-1])) / (2 * np.pi) * 1e3 / TONE_HZ
    whole = ~dead[1:] & ~dead[:-1]
    slip = whole & (np.abs(turn) > _SLIP_MS)
    block = _BLOCK / RATE
    return Tone(
        seconds=len(phasor) * block,
        dead_ms=float(dead.sum()) * block * 1e3,
        slips=int(slip.sum()),
        drift_ms=float(turn[whole & ~slip].sum()),
        lost=clock.lost,
        dead_at=tuple(np.flatnonzero(dead)[:10] * block),
    )
