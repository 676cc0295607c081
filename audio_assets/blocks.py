"""Decoded frames as blocks of numbers, and what their channels are like: pure sums, one pass, little memory.

Frames of any format become floats, channels × samples. Running sums find clipping and a stereo pair that must not be
averaged: one silent channel, or two that cancel each other. Nothing is opened or decoded here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from audio_assets.loudness import clipped_share

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

__all__ = ["Block", "Channels", "Mix", "alike", "block_of"]

Block = NDArray[np.float32]
"""Channels × samples, full scale at 1.0."""

_SAMPLES = 1 << 16
_SILENT_CHANNEL = 1e-4
"""A channel 40 dB under the other carries nothing."""
_OPPOSITE = -0.7


@dataclass(frozen=True, slots=True)
class Mix:
    """How channels become one: `weights` for files of that many channels, the mean for every other."""

    weights: tuple[float, ...] = ()
    scale: float = 1.0

    def apply(self, block: Block) -> NDArray[np.float32]:
        count = len(block)
        weights = self.weights if len(self.weights) == count else (1.0 / count,) * count
        return np.asarray(np.asarray(weights, dtype=np.float32) * np.float32(self.scale) @ block, dtype=np.float32)


@dataclass(slots=True)
class Channels:
    """Running sums over the channels as the file has them."""

    count: int
    rate: int
    is_float_pcm: bool
    samples: int = 0
    peak: float = 0.0
    not_numbers: int = 0
    energy: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    product: float = 0.0
    clipped: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        self.energy = np.zeros(self.count)
        self.clipped = np.zeros(self.count)

    def add(self, block: Block, ceiling: float) -> None:
        self.samples += block.shape[1]
        self.peak = max(self.peak, float(np.abs(block).max(initial=0.0)))
        self.energy += np.einsum("ij,ij->i", block, block, dtype=np.float64)
        if self.count == 2:  # noqa: PLR2004 - stereo
            self.product += float(np.dot(block[0], block[1]))
        highest = 1.0005 if self.is_float_pcm else np.inf
        self.clipped += [clipped_share(row, ceiling=ceiling, highest=highest) * len(row) for row in block]

    def faults(self) -> tuple[str, Mix]:
        """A fault of a stereo pair with the mix that mends it; no fault and the mean otherwise."""
        scale = 1.0 / self.peak if self.is_float_pcm and self.peak > 1.0 else 1.0
        if self.count == 2 and self.energy.max() > 0.0:  # noqa: PLR2004 - stereo
            louder = int(self.energy.argmax())
            one = (1.0, 0.0) if louder == 0 else (0.0, 1.0)
            if self.energy.min() < _SILENT_CHANNEL * self.energy.max():
                return "one_channel_silent", Mix(one, scale)
            if self.product < _OPPOSITE * float(np.sqrt(self.energy[0] * self.energy[1])):
                return "opposite_phase", Mix(one, scale)
        return "", Mix((), scale)


def alike(frames: Iterator["AudioFrame"]) -> Iterator[list["AudioFrame"]]:
    """Frames in runs of one format, rate and layout, about a second each: numpy works on few large blocks."""
    run: list[AudioFrame] = []
    samples = 0
    for frame in frames:
        if run and (samples >= _SAMPLES or _shape(frame) != _shape(run[0])):
            yield run
            run, samples = [], 0
        run.append(frame)
        samples += frame.samples
    if run:
        yield run


def _shape(frame: "AudioFrame") -> tuple[str, int, int]:
    return frame.format.name, frame.sample_rate, frame.layout.nb_channels


def block_of(frames: list["AudioFrame"]) -> tuple[Block, int]:
    """The frames as one block, and how many of its values were not numbers (they become silence)."""
    first = frames[0]
    count = first.layout.nb_channels
    parts = [frame.to_ndarray() for frame in frames]
    raw = np.concatenate(parts, axis=1)
    if not first.format.is_planar:
        raw = raw.reshape(-1, count).T
    if raw.dtype == np.uint8:
        return (raw.astype(np.float32) - np.float32(128.0)) / np.float32(128.0), 0
    if raw.dtype.kind == "i":
        return raw.astype(np.float32) * np.float32(1.0 / 2.0 ** (8 * raw.dtype.itemsize - 1)), 0
    # a float WAV may hold anything, also values whose square is no longer finite
    sane = np.abs(raw) < 1e6  # noqa: PLR2004 - 120 dB above full scale; false for NaN
    return np.where(sane, raw, 0.0).astype(np.float32), int(raw.size - np.count_nonzero(sane))
