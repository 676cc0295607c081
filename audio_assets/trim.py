"""A part of a master as a master of its own: cut at two instants, with fades of 10 ms so that neither edge clicks.

The whole stays as it is and under its name. Loudness is not touched: what was levelled stays as loud. Which parts may
be cut, and by whom, is the desk's business. Importing this module loads no numpy.
"""

from audio_assets.library import Clip, Library
from scheduler.core.model import HOUSE_RATE, Sha256
from scheduler.kernel.errors import Refused

__all__ = ["FADE_MS", "SHORTEST_MS", "cut"]

FADE_MS = 10
SHORTEST_MS = 300
"""As the shortest file that is taken in."""
_TOLERANCE_MS = 1
"""The end of a sound in whole milliseconds may lie this far behind its last sample."""


def cut(library: Library, sha256: Sha256, start_ms: int, end_ms: int) -> Clip:
    """Keep the samples from `start_ms` to `end_ms` of a master as a new one.

    Raises NotFound, or Refused: trim_outside, trim_too_short, audio_changed, disk_full; trim_length_wrong where what
    was kept is not as long as what was asked for.
    """
    import numpy as np

    pcm = library.load(sha256)
    per_ms = HOUSE_RATE // 1000
    start, end = start_ms * per_ms, min(end_ms * per_ms, len(pcm))
    if start < 0 or end_ms * per_ms > len(pcm) + _TOLERANCE_MS * per_ms:
        raise Refused("trim_outside")
    if end - start < SHORTEST_MS * per_ms:
        raise Refused("trim_too_short", limit_ms=SHORTEST_MS)
    part = pcm[start:end].copy()
    ramp = np.arange(1, FADE_MS * per_ms + 1, dtype=np.float64) / (FADE_MS * per_ms + 1)
    part[: len(ramp)] = np.rint(part[: len(ramp)] * ramp)
    part[-len(ramp) :] = np.rint(part[-len(ramp) :] * ramp[::-1])
    made = library.add_master(part)
    if made.frames != end - start or len(library.load(made.sha256)) != made.frames:
        raise Refused("trim_length_wrong")
    return made
