"""What a loudspeaker gets for a stretch of the timeline: a pure function of the placed voices and the frame range.

The timeline counts mono frames at the house rate. A voice sits at an absolute frame, plays its parts without a gap and
ends there or, when cut, at the end of a short fade. Any output may ask for any range at any time, in blocks of any
size, and two outputs asking for the same frames get the same sound. No clock, no I/O, no memory between calls.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.core.model import DEFAULT_ZONE, HOUSE_RATE

__all__ = ["BLOCK", "FADE", "Block", "Voice", "render", "sounds_in"]

Block = NDArray[np.int16]
"""Mono frames at the house rate."""

BLOCK = HOUSE_RATE // 50
"""Frames of one ordinary block: 20 ms."""
FADE = HOUSE_RATE // 25
"""Frames of the fade at a cut: 40 ms."""
FULL_SCALE = 32767

# A table and not a formula of an array: vectorised cosines may differ in the last bit between the lanes and the tail
# of an array, and then the sound would depend on the block size.
_FADE_GAIN = (0.5 - 0.5 * np.cos(np.pi * np.arange(FADE) / FADE)).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """One programme placed on the timeline, as one output hears it. `cut` is the first frame after its fade-out."""

    slot_id: str
    zone: str
    parts: tuple[Block, ...]
    start: int
    gain: float = 1.0
    cut: int | None = None

    @property
    def end(self) -> int:
        """The first frame after its sound."""
        whole = self.start + sum(map(len, self.parts))
        return whole if self.cut is None else max(self.start, min(whole, self.cut))

    def overlap(self, first: int, count: int) -> range:
        """Its frames within `count` frames from `first`."""
        return range(max(first, self.start), min(first + count, self.end))


def sounds_in(zone: str, zones: Iterable[str]) -> bool:
    """Whether a programme for `zone` is heard where an output serves `zones`; a programme for all is heard by all."""
    return zone == DEFAULT_ZONE or zone in zones


def render(voices: Iterable[Voice], first: int, count: int, zones: Sequence[str], gain_db: float = 0.0) -> Block:
    """The `count` frames from `first` on, as an output of these zones and this gain shall sound them."""
    mix = np.zeros(count, np.float32)
    gain = 10 ** (gain_db / 20)
    for voice in voices:
        frames = voice.overlap(first, count)
        if not frames or not sounds_in(voice.zone, zones):
            continue
        sound = _samples(voice.parts, frames.start - voice.start, len(frames)) * np.float32(voice.gain * gain)
        if voice.cut is not None:
            sound *= _envelope(voice.cut, frames)
        mix[frames.start - first : frames.stop - first] += sound
    return np.clip(np.rint(mix), -FULL_SCALE - 1, FULL_SCALE).astype(np.int16)


def _samples(parts: Iterable[Block], offset: int, count: int) -> NDArray[np.float32]:
    sound = np.empty(count, np.float32)
    filled = 0
    for part in parts:
        piece = part[offset : offset + count - filled]
        sound[filled : filled + len(piece)] = piece
        filled += len(piece)
        offset = max(0, offset - len(part))
        if filled == count:
            break
    return sound


def _envelope(cut: int, frames: range) -> NDArray[np.float32]:
    """1 until the fade begins, 0 at `cut`."""
    gain = np.ones(len(frames), np.float32)
    from_here = max(0, cut - FADE - frames.start)
    # A frame d before the cut has the table's d-th gain; d runs from FADE - 1 (loud) down to 1.
    distance = cut - np.arange(frames.start + from_here, frames.stop)
    inside = (distance > 0) & (distance < FADE)
    gain[from_here:][inside] = _FADE_GAIN[distance[inside]]
    return gain
