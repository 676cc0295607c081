"""What a loudspeaker gets for a stretch of the timeline: a pure function of the placed voices and the frame range.

The timeline counts mono frames at the house rate. A voice sits at an absolute frame, plays its parts without a gap and
ends there or, when cut, at the end of a short fade; others may hold it under themselves. Any output may ask for any
range at any time, in blocks of any size, and two outputs asking for the same frames get the same sound. What adds up
beyond full scale is pressed, never clipped; one voice alone is untouched. No clock, no I/O, no memory between calls.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scheduler.core.model import HOUSE_RATE
from scheduler.core.planning.sessions import sounds_in

__all__ = ["BLOCK", "FADE", "RISE", "Block", "Duck", "Part", "Voice", "render"]

Block = NDArray[np.int16]
"""Mono frames at the house rate."""

BLOCK = HOUSE_RATE // 50
"""Frames of one ordinary block: 20 ms."""
FADE = HOUSE_RATE // 25
"""Frames of the fade at a cut: 40 ms."""
RISE = HOUSE_RATE * 3 // 20
"""Frames in which a voice comes back from under another: 150 ms."""
FULL_SCALE = 32767
KNEE = FULL_SCALE * 10 ** (-1 / 20)
"""-1 dBFS: up to here a sum is what it is."""

# A table and not a formula of an array: vectorised cosines may differ in the last bit between the lanes and the tail
# of an array, and then the sound would depend on the block size. Sums, products, quotients and roots never do.
_FADE_GAIN = (0.5 - 0.5 * np.cos(np.pi * np.arange(FADE) / FADE)).astype(np.float32)


class Part(Protocol):
    """A piece of a programme: an array of samples, or a feed whose samples are still coming."""

    def __len__(self) -> int: ...

    def __getitem__(self, frames: slice, /) -> Block: ...


@dataclass(frozen=True, slots=True)
class Duck:
    """From `start` on other voices are held at `gain`; from `end` on they come back."""

    start: int
    end: int
    gain: float


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """One programme placed on the timeline, as one output hears it. `cut` is the first frame after its fade-out."""

    slot_id: str
    zone: str
    parts: tuple[Part, ...]
    start: int
    gain: float = 1.0
    cut: int | None = None
    fade_in: bool = False
    under: tuple[Duck, ...] = ()
    """The voices that hold this one down."""

    @property
    def end(self) -> int:
        """The first frame after its sound."""
        whole = self.start + sum(map(len, self.parts))
        return whole if self.cut is None else max(self.start, min(whole, self.cut))

    @property
    def is_live(self) -> bool:
        """Whether some of its sound is still coming."""
        return not all(isinstance(part, np.ndarray) for part in self.parts)

    def overlap(self, first: int, count: int) -> range:
        """Its frames within `count` frames from `first`."""
        return range(max(first, self.start), min(first + count, self.end))


def render(
    voices: Iterable[Voice],
    first: int,
    count: int,
    zones: Sequence[str],
    gains: tuple[float, float] = (1.0, 1.0),
) -> Block:
    """The `count` frames from `first` on, as an output of these zones shall sound them.

    `gains`: the output's gain before the first and at the last frame, in a straight line between them.
    """
    mix = np.zeros(count, np.float32)
    crowd = np.zeros(count, np.int8)  # how many voices carry each frame; one that is louder than it was counts double
    placed = [(voice, frames) for voice in voices if (frames := voice.overlap(first, count))]
    for voice, frames in placed:
        if not sounds_in(voice.zone, zones):
            continue
        here = slice(frames.start - first, frames.stop - first)
        mix[here] += _sound(voice, frames)
        crowd[here] += 1 + (voice.gain > 1)
    mix *= _ramp(gains, count)
    if crowd.max(initial=0) > 1 or max(gains) > 1:
        _press(mix, crowd > (0 if max(gains) > 1 else 1))
    return np.clip(np.rint(mix), -FULL_SCALE - 1, FULL_SCALE).astype(np.int16)


def _sound(voice: Voice, frames: range) -> NDArray[np.float32]:
    """One voice's share, before the output's own gain."""
    sound = _samples(voice.parts, frames.start - voice.start, len(frames))
    if voice.gain != 1.0:
        sound *= np.float32(voice.gain)
    if voice.fade_in and frames.start < voice.start + FADE:
        inside = sound[: voice.start + FADE - frames.start]
        inside *= _FADE_GAIN[frames.start - voice.start :][: len(inside)]
    if voice.cut is not None:
        sound *= _fade_out(voice.cut, frames)
    reaching = [duck for duck in voice.under if duck.start < frames.stop and frames.start < duck.end + RISE]
    if reaching:
        held = [_held(duck, frames) for duck in reaching]
        sound *= np.minimum.reduce(held)
    return sound


def _samples(parts: Iterable[Part], offset: int, count: int) -> NDArray[np.float32]:
    sound = np.zeros(count, np.float32)  # a part whose end is known later may have become shorter meanwhile
    filled = 0
    for part in parts:
        if offset < len(part):
            piece = part[offset : offset + count - filled]
            sound[filled : filled + len(piece)] = piece
            filled += len(piece)
        offset = max(0, offset - len(part))
        if filled == count:
            break
    return sound


def _fade_out(cut: int, frames: range) -> NDArray[np.float32]:
    """1 until the fade begins, 0 at `cut`."""
    gain = np.ones(len(frames), np.float32)
    from_here = max(0, cut - FADE - frames.start)
    # A frame d before the cut has the table's d-th gain; d runs from FADE - 1 (loud) down to 1.
    distance = cut - np.arange(frames.start + from_here, frames.stop)
    inside = (distance > 0) & (distance < FADE)
    gain[from_here:][inside] = _FADE_GAIN[distance[inside]]
    return gain


def _held(duck: Duck, frames: range) -> NDArray[np.float32]:
    """1 outside, the duck's gain inside. The lesser of the way down and the way up: no jump when it was a short one."""
    at = np.arange(frames.start, frames.stop)
    down = np.clip((at - duck.start) / FADE, 0, 1)
    up = np.clip(1 - (at - duck.end) / RISE, 0, 1)
    return (1 - (1 - duck.gain) * np.minimum(down, up)).astype(np.float32)


def _ramp(gains: tuple[float, float], count: int) -> NDArray[np.float32] | np.float32:
    before, last = gains
    if before == last:
        return np.float32(last)
    return (before + (last - before) * (np.arange(1, count + 1) / count)).astype(np.float32)


def _press(mix: NDArray[np.float32], where: NDArray[np.bool_]) -> None:
    """Bend what lies beyond the knee, smoothly and for ever below full scale; the knee itself has no corner."""
    over = np.flatnonzero(where & (np.abs(mix) > KNEE))
    if len(over):
        room = np.float32(FULL_SCALE - KNEE)
        beyond = (np.abs(mix[over]) - np.float32(KNEE)) / room
        mix[over] = np.copysign(np.float32(KNEE) + room * (beyond / np.sqrt(1 + beyond * beyond)), mix[over])
