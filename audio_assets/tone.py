"""The tone that tells whether a loudspeaker works: three soft notes in three seconds, computed here.

Low enough not to hurt under a horn, high enough for the horn to give it out; levelled like speech, or quieter. Nothing
here knows when it may sound.
"""

import numpy as np

from audio_assets.loudness import Pcm, level
from scheduler.core.model import HOUSE_RATE

__all__ = ["INAUDIBLE_DBFS", "SECONDS", "inaudible", "quieter", "tone"]

SECONDS = 3
INAUDIBLE_DBFS = -80.0
"""No sample of the self-test's tone is louder."""
_BELOW_HEARING_HZ = 20.0
_NOTES = (523.25, 659.25, 783.99)
_RAMP_SECONDS = 0.08


def tone(target_lufs: float, max_true_peak_dbtp: float) -> Pcm:
    """Three seconds in house format, beginning and ending in silence."""
    frames = HOUSE_RATE * SECONDS // len(_NOTES)
    seconds = np.arange(frames) / HOUSE_RATE
    ramp = np.clip(np.minimum(seconds, seconds[::-1] - 0.15) / _RAMP_SECONDS, 0.0, 1.0)
    notes = [
        ramp * (np.sin(2 * np.pi * pitch * seconds) + 0.25 * np.sin(4 * np.pi * pitch * seconds)) for pitch in _NOTES
    ]
    pcm = np.rint(np.concatenate(notes) / 1.25 * 12000.0).astype(np.int16)
    return level(pcm, HOUSE_RATE, target_lufs, max_true_peak_dbtp).pcm


def inaudible() -> Pcm:
    """Three seconds that a device has to play and that nobody hears: 20 Hz, below -80 dBFS."""
    peak = np.floor(10 ** (INAUDIBLE_DBFS / 20) * 32_768)
    seconds = np.arange(HOUSE_RATE * SECONDS) / HOUSE_RATE
    wave: Pcm = np.rint(peak * np.sin(2 * np.pi * _BELOW_HEARING_HZ * seconds)).astype(np.int16)
    return wave


def quieter(pcm: Pcm, by_db: float) -> Pcm:
    """The same sound, `by_db` decibels quieter."""
    return np.rint(pcm.astype(np.float64) * 10 ** (-by_db / 20)).astype(np.int16)
