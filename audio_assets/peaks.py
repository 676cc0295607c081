"""The outline of a sound, for drawing it: the lowest and the highest sample of each of 1,200 columns, in int8.

Measured piece by piece from the master's file, so an hour of sound costs a few megabytes and less than a second, and
kept beside the master, because a master never changes. It can always be measured again: a disk that refuses the file
refuses nothing else. Importing this module loads no numpy. It decides nothing about the sound.
"""

from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from audio_assets.library import WAV_HEADER_BYTES, Library, settle
from audio_assets.part_file import disk_faults, part_file
from scheduler.core.model import Sha256
from scheduler.kernel.errors import Refused

__all__ = ["COLUMNS", "Peaks", "kept_peaks", "measured", "peaks_of"]

COLUMNS = 1200
_CHUNK = 1 << 20
"""Samples that are looked at at a time."""
_ENDING = ".columns"


@dataclass(frozen=True, slots=True)
class Peaks:
    """Pairs of int8, low then high, from the beginning of a sound to its end; ±127 is full scale."""

    data: bytes

    def __len__(self) -> int:
        """How many columns there are: fewer than `COLUMNS` only of a sound of fewer samples."""
        return len(self.data) // 2

    def values(self) -> list[int]:
        """low, high, low, high, …"""
        return list(memoryview(self.data).cast("b"))

    def reduced(self, columns: int) -> "Peaks":
        """The same outline in fewer columns."""
        there = len(self)
        if columns >= there:
            return self
        values = self.values()
        edges = [at * there // columns for at in range(columns + 1)]
        pairs = [
            number & 0xFF
            for start, end in pairwise(edges)
            for number in (min(values[2 * start : 2 * end : 2]), max(values[2 * start + 1 : 2 * end : 2]))
        ]
        return Peaks(bytes(pairs))


def peaks_of(library: Library, sha256: Sha256) -> Peaks:
    """The outline of a master: the kept one, or measured now and kept. Raises NotFound."""
    if kept := kept_peaks(library, sha256):
        return kept
    path = library.path(sha256)
    frames = max(0, path.stat().st_size - WAV_HEADER_BYTES) // 2
    with path.open("rb") as file:
        file.seek(WAV_HEADER_BYTES)
        found = measured(file, frames)
    with suppress(Refused), disk_faults(), part_file(path.parent) as (kept_file, part):
        kept_file.write(found.data)
        settle(kept_file, part, path.with_suffix(_ENDING))
    return found


def kept_peaks(library: Library, sha256: Sha256) -> Peaks | None:
    """The outline that is kept beside a master; None while it was never measured. Raises NotFound."""
    path = library.path(sha256).with_suffix(_ENDING)
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return Peaks(data) if data and len(data) % 2 == 0 and len(data) <= 2 * COLUMNS else None


def measured(source: BinaryIO, frames: int, columns: int = COLUMNS) -> Peaks:
    """The outline of `frames` samples of int16 that `source` stands at, in at most `columns` columns."""
    import numpy as np

    count = min(columns, frames)
    if count <= 0:
        return Peaks(b"")
    edges = np.arange(count + 1, dtype=np.int64) * frames // count
    low, high = np.full(count, 32767, np.int64), np.full(count, -32768, np.int64)
    at = 0
    while at < frames:
        piece = np.frombuffer(source.read(2 * min(_CHUNK, frames - at)), dtype="<i2")
        if not len(piece):
            break  # a file that has become shorter: what is not there is drawn as silence
        first = int(np.searchsorted(edges, at, "right")) - 1
        last = int(np.searchsorted(edges, at + len(piece), "left"))
        starts = np.maximum(edges[first:last] - at, 0)
        low[first:last] = np.minimum(low[first:last], np.minimum.reduceat(piece, starts))
        high[first:last] = np.maximum(high[first:last], np.maximum.reduceat(piece, starts))
        at += len(piece)
    silent = high < low
    low[silent] = high[silent] = 0
    # Rounded outwards: whatever is not silent can be seen.
    pairs = np.stack([np.floor_divide(low, 256), np.minimum(-np.floor_divide(-high, 256), 127)], axis=1)
    return Peaks(pairs.astype(np.int8).tobytes())
