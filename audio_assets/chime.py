"""The station's own chimes (nhạc hiệu), computed bell tones that are licensed with the project.

The same kind is the same sound on every machine of one numpy. No file is read; nothing here knows when a chime is due.
"""

import numpy as np
from numpy.typing import NDArray

from audio_assets.loudness import Pcm, level
from scheduler.core.model import HOUSE_RATE

__all__ = ["KINDS", "chime"]

TARGET_LUFS = -18.0
MAX_TRUE_PEAK_DBTP = -2.0
_PARTIALS = ((1.0, 1.0, 1.0), (2.0, 0.45, 0.7), (3.0, 0.22, 0.45), (4.16, 0.12, 0.3), (5.43, 0.06, 0.2))
"""Of one bell stroke: frequency ratio, strength, share of the fundamental's decay time. Loud where a horn can sing."""
_DECAY_SECONDS = 0.55
_ATTACK_SECONDS = 0.006
_LAST_FADE_SECONDS = 0.25

C5, E5, G5, A5, C6 = 523.25, 659.26, 783.99, 880.0, 1046.5
_STROKES: dict[str, tuple[tuple[float, float], ...]] = {
    "open": ((0.0, G5), (0.38, C6), (0.76, E5 * 2)),
    "close": ((0.0, C6), (0.45, G5)),
    "emergency": ((0.0, C6), (0.22, A5), (0.44, C6), (0.66, A5), (0.88, C6), (1.1, A5)),
}
"""Seconds from the start and pitch of each stroke."""
KINDS = tuple(_STROKES)
_TAIL_SECONDS = 1.3


def chime(kind: str = "open") -> Pcm:
    """A chime of about two seconds in house format, levelled, starting and ending in silence."""
    strokes = _STROKES[kind]
    frames = round((strokes[-1][0] + _TAIL_SECONDS) * HOUSE_RATE)
    sound = np.zeros(frames)
    for start, pitch in strokes:
        first = round(start * HOUSE_RATE)
        sound[first:] += _bell(pitch, frames - first)
    fade = round(_LAST_FADE_SECONDS * HOUSE_RATE)
    sound[-fade:] *= np.cos(np.linspace(0.0, np.pi / 2, fade)) ** 2
    pcm = np.rint(sound / np.abs(sound).max() * 16000.0).astype(np.int16)
    return level(pcm, HOUSE_RATE, TARGET_LUFS, MAX_TRUE_PEAK_DBTP).pcm


def _bell(pitch: float, frames: int) -> NDArray[np.float64]:
    seconds = np.arange(frames) / HOUSE_RATE
    sound = np.zeros(frames)
    for ratio, strength, life in _PARTIALS:
        sound += strength * np.exp(-seconds / (_DECAY_SECONDS * life)) * np.sin(2 * np.pi * pitch * ratio * seconds)
    return sound * np.minimum(1.0, seconds / _ATTACK_SECONDS)
