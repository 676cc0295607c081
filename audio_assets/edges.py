"""What is put right in a recording before it is levelled: an offset of its zero line, and silence at both ends.

A recorder whose zero line is off (a sound card, a mixer) gives a sound that is levelled too quiet and thumps where it
begins and ends. PURE: numpy only. It never decides what is told of it: that is `ingest`.
"""

import numpy as np
from numpy.typing import NDArray

from audio_assets.loudness import ABSOLUTE_GATE, CHUNK, FULL_SCALE, Pcm, block_dbfs

__all__ = ["LEAST_OFFSET", "dc_offset", "edges_of_silence", "without_edges", "without_offset"]

LEAST_OFFSET = 0.003
"""Of full scale (-50 dB): what is nearer to the zero line is neither heard nor measured."""
_KEPT_SECONDS = 0.1
_EDGE_SECONDS = 0.005
"""Fade at a cut edge: short enough to be no fade, long enough to be no click."""


def dc_offset(pcm: Pcm, rate: int) -> float:
    """How far the zero line of a sound is off, as a share of full scale: what most of its seconds have in common."""
    if not len(pcm):
        return 0.0
    return float(np.median([pcm[at : at + rate].mean() for at in range(0, len(pcm), rate)])) / FULL_SCALE


def without_offset(pcm: Pcm, offset: float) -> tuple[Pcm, float]:
    """The sound around its own zero line, and the gain in dB that it needed to fit under full scale."""
    shift = offset * FULL_SCALE
    highest = max(abs(float(pcm.max()) - shift), abs(float(pcm.min()) - shift), 1.0)
    scale = min(1.0, (FULL_SCALE - 1.0) / highest)
    made = np.empty(len(pcm), dtype=np.int16)
    for start in range(0, len(pcm), CHUNK):
        piece: NDArray[np.float32] = (pcm[start : start + CHUNK].astype(np.float32) - shift) * scale
        made[start : start + CHUNK] = np.rint(piece)
    return made, 20.0 * float(np.log10(scale))


def edges_of_silence(pcm: Pcm, rate: int, lufs: float) -> tuple[int, int]:
    """Where the sound begins and ends that is kept: 0.1 s before its first and after its last audible 10 ms.

    Audible is relative to the loudness of the sound, so that a quiet recording keeps its soft endings.
    """
    block = max(1, round(rate * 0.01))
    audible = np.flatnonzero(block_dbfs(pcm, block) > max(lufs - 30.0, ABSOLUTE_GATE))
    if not len(audible):
        return 0, len(pcm)
    keep = round(rate * _KEPT_SECONDS)
    return max(0, int(audible[0]) * block - keep), min(len(pcm), (int(audible[-1]) + 1) * block + keep)


def without_edges(pcm: Pcm, rate: int, edges: tuple[int, int]) -> Pcm:
    """The sound between two of its samples, without a click at either end."""
    kept = pcm[slice(*edges)].copy()
    ramp = np.linspace(0.0, 1.0, min(round(rate * _EDGE_SECONDS), len(kept) // 2))
    kept[: len(ramp)] = np.rint(kept[: len(ramp)] * ramp)
    kept[len(kept) - len(ramp) :] = np.rint(kept[len(kept) - len(ramp) :] * ramp[::-1])
    return kept
