"""The station's own chimes (nhạc hiệu): bells, sirens, knocks on wood, computed here and licensed with the project.

The same name is the same sound on every machine of one numpy, at the loudness of the station's speech, beginning and
ending in silence. All sirens are equally long, so that which of them an emergency has never changes a plan. No file is
read; nothing here knows when a chime is due or what it may be used for (`core.air.chimes`).
"""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from audio_assets.loudness import Pcm, level
from scheduler.core.air.chimes import CHIMES
from scheduler.core.model import HOUSE_RATE

__all__ = ["SIREN_SECONDS", "chime"]

SIREN_SECONDS = 2.5
_PARTIALS = ((1.0, 1.0, 1.0), (2.0, 0.45, 0.7), (3.0, 0.22, 0.45), (4.16, 0.12, 0.3), (5.43, 0.06, 0.2))
"""Of one bell stroke: frequency ratio, strength, share of the fundamental's decay time. Loud where a horn can sing."""
_DECAY_SECONDS = 0.55
_ATTACK_SECONDS = 0.006
_LAST_FADE_SECONDS = 0.25
_TAIL_SECONDS = 1.3

C5, G5, A5, C6, D6, E6 = 523.25, 783.99, 880.0, 1046.5, 1174.66, 1318.51
_STROKES: dict[str, tuple[tuple[float, float], ...]] = {
    "three-notes": ((0.0, G5), (0.38, C6), (0.76, E6)),
    "four-notes": ((0.0, G5), (0.34, A5), (0.68, C6), (1.02, D6)),
    "bell": ((0.0, C5), (0.9, C5)),
    "two-notes": ((0.0, C6), (0.45, G5)),
    "one-bell": ((0.0, G5),),
}
"""Seconds from the start and pitch of each stroke."""
_KNOCKS = (0.0, 0.5, 1.0, 1.25, 1.5)
"""Seconds at which wood is struck: three slow knocks and two quick ones, as a mõ calls a village."""
_WOOD = ((620.0, 1.0, 0.09), (1690.0, 0.5, 0.045), (2750.0, 0.25, 0.025))
"""Of one knock: pitch, strength, decay time in seconds."""
_SIREN_PARTIALS = ((1, 1.0), (2, 0.35), (3, 0.3), (4, 0.12), (5, 0.1))
_RAMP_SECONDS = 0.012


@lru_cache(maxsize=len(CHIMES))
def chime(name: str = "three-notes", target_lufs: float = -16.0, max_true_peak_dbtp: float = -1.0) -> Pcm:
    """A chime of about two seconds in house format, levelled like speech, starting and ending in silence. Read-only."""
    if name == "wood":
        sound = _knocks()
    elif name in _SIRENS:
        sound = _siren(*_SIRENS[name](np.arange(_FRAMES) / _FRAMES))
    else:
        sound = _bells(_STROKES[name])
    pcm = np.rint(sound / np.abs(sound).max() * 16000.0).astype(np.int16)
    levelled = level(pcm, HOUSE_RATE, target_lufs, max_true_peak_dbtp).pcm
    levelled.flags.writeable = False
    return levelled


_Sound = NDArray[np.float64]


def _bells(strokes: tuple[tuple[float, float], ...]) -> _Sound:
    frames = round((strokes[-1][0] + _TAIL_SECONDS) * HOUSE_RATE)
    sound = np.zeros(frames)
    for start, pitch in strokes:
        first = round(start * HOUSE_RATE)
        partials = [(pitch * ratio, strength, _DECAY_SECONDS * life) for ratio, strength, life in _PARTIALS]
        sound[first:] += _struck(partials, frames - first)
    return _faded(sound, _LAST_FADE_SECONDS)


def _knocks() -> _Sound:
    frames = round((_KNOCKS[-1] + 0.6) * HOUSE_RATE)
    sound = np.zeros(frames)
    for start in _KNOCKS:
        first = round(start * HOUSE_RATE)
        sound[first:] += _struck(_WOOD, frames - first)
    return _faded(sound, _LAST_FADE_SECONDS)


def _struck(partials: Iterable[tuple[float, float, float]], frames: int) -> _Sound:
    """One stroke of partials (pitch, strength, decay in seconds)."""
    seconds = np.arange(frames) / HOUSE_RATE
    sound = np.zeros(frames)
    for pitch, strength, decay in partials:
        sound += strength * np.exp(-seconds / decay) * np.sin(2 * np.pi * pitch * seconds)
    return np.asarray(sound * np.minimum(1.0, seconds / _ATTACK_SECONDS))


def _faded(sound: _Sound, seconds: float) -> _Sound:
    fade = round(seconds * HOUSE_RATE)
    sound[-fade:] *= np.cos(np.linspace(0.0, np.pi / 2, fade)) ** 2
    return sound


# Sirens. None of them is the wail of an air-raid warning or of a vehicle with right of way: those are reserved.

_FRAMES = round(SIREN_SECONDS * HOUSE_RATE)
_CHANGES = 16
"""Of the pitch of a two-tone siren."""
_SWEEPS = 3
_GAP = 0.07
"""Share of a sweep that is silent."""


def _two_tone(at: _Sound) -> tuple[_Sound, _Sound]:
    """Two pitches, more than six changes a second: quick, and never still."""
    return np.where(at * _CHANGES % 2 < 1, 960.0, 770.0), np.ones(_FRAMES)


def _rising(at: _Sound) -> tuple[_Sound, _Sound]:
    """Sweeps upwards, as water rises; a short gap between."""
    way = at * _SWEEPS % 1
    return 500.0 * 2.4**way, (way < 1 - _GAP).astype(float)


def _three_pulses(at: _Sound) -> tuple[_Sound, _Sound]:
    """Half a second on, half a second off, three times: the evacuation signal's pattern (ISO 8201)."""
    return np.full(_FRAMES, 850.0), (at * SIREN_SECONDS % 1 < 1 / 2).astype(float)


_SIRENS = {"two-tone": _two_tone, "rising": _rising, "three-pulses": _three_pulses}


def _siren(pitch: _Sound, loud: _Sound) -> _Sound:
    """A tone of a running pitch and its overtones; every edge of `loud` is rounded off."""
    turns = 2 * np.pi * np.cumsum(pitch) / HOUSE_RATE
    tone = sum((strength * np.sin(number * turns) for number, strength in _SIREN_PARTIALS), np.zeros(_FRAMES))
    ramp = round(_RAMP_SECONDS * HOUSE_RATE)
    ends = np.concatenate((np.zeros(ramp), loud[ramp:-ramp], np.zeros(ramp)))
    edge = np.hanning(2 * ramp + 1)
    return np.asarray(tone * np.convolve(ends, edge / edge.sum(), "same"))
