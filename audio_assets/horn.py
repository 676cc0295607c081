"""From a master to what a horn loudspeaker should be given: band-pass, presence, gentle compression, then levelled.

Exactly as many frames as the master, none of them later: filters without delay to speak of, a compressor and a limiter
that look ahead. Works piece by piece with one file for the sound between its two passes, so an hour of it needs no more
memory than a minute does. PURE but for the files it is handed; which clip is made when is not decided here.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from audio_assets.loudness import CHUNK, Gained, Levelling, Pcm, Source, filtered, levelling, reduction
from scheduler.core.air.horn import HornProfile
from scheduler.core.model import HOUSE_RATE

__all__ = ["Breathe", "FileSound", "horn_levelling", "pieces_of", "render"]

Breathe = Callable[[], None]
"""Called between pieces, several times a second of work: whoever waits may be served. What it raises ends the work."""

_FFT = 65536
_STEP = HOUSE_RATE // 200
"""The compressor looks at 5 ms at a time."""
_OVER = 6
"""Steps (30 ms) that its level is taken over: about a pitch period of the deepest voice several times."""
_ATTACK_DB, _RELEASE_DB = 2.0, 0.3
"""Most change of its gain a step: 8 dB down in 20 ms, ahead of the syllable, and 60 dB a second up."""
_KNEE_DB = 6.0
_BELOW_USUAL_DB = 3.0
"""It begins this far under the usual level of the voice, so that a loud syllable meets it and a soft one does not."""
_EDGE = HOUSE_RATE // 250
"""Frames of the fade at either end: 4 ms."""
_BREATH = 10 * HOUSE_RATE
"""Frames read between two breaths."""
_ROOM_DB = 3.0
"""Left free in the file in between, besides what the presence filter can add: a filter turns peaks into higher ones."""
_FULL_SCALE = 32768.0


class FileSound:
    """16-bit frames in a file from byte `offset` on, read where they are looked at. EOFError where it is too short."""

    def __init__(self, file: BinaryIO, frames: int, offset: int = 0, breathe: Breathe = lambda: None) -> None:
        self._file = file
        self._frames = frames
        self._offset = offset
        self._breathe = breathe
        self._read = 0

    def __len__(self) -> int:
        return self._frames

    def __getitem__(self, frames: slice, /) -> Pcm:
        start, stop, _ = frames.indices(self._frames)
        count = max(0, stop - start)
        self._file.seek(self._offset + 2 * start)
        data = self._file.read(2 * count)
        if len(data) < 2 * count:
            raise EOFError(f"{len(data) // 2} frames where {count} should be")
        self._read += count
        if self._read >= _BREATH:
            self._read = 0
            self._breathe()
        return np.frombuffer(data, dtype="<i2")


def render(master: Source, profile: HornProfile, between: BinaryIO, breathe: Breathe = lambda: None) -> Levelling:
    """The render of `master`, still to be read in pieces; `between`: an empty file, for reading and writing.

    Silence gives a `Levelling` with `reached` None that sounds as the filters left it.
    """
    usual, wanted = _filter_into(between, master, profile)
    cut = _compression(usual, wanted, profile.ratio)
    return horn_levelling(FileSound(between, len(master), breathe=breathe), cut, profile)


def horn_levelling(band: Source, cut_db: NDArray[np.float64], profile: HornProfile) -> Levelling:
    """The filtered sound `band`, compressed by `cut_db` and brought to the profile's loudness."""
    pressed = Gained(band, 0.0, cut_db, _STEP)
    found = levelling(pressed, HOUSE_RATE, profile.target_lufs, profile.max_true_peak_dbtp)
    return found or Levelling(pressed)


def pieces_of(sound: Source) -> Iterator[Pcm]:
    """A sound from its beginning to its end."""
    for start in range(0, len(sound), CHUNK):
        yield np.asarray(sound[start : start + CHUNK], dtype=np.int16)


@lru_cache(maxsize=4)
def _response(profile: HornProfile) -> NDArray[np.complex64]:
    """Of the band-pass (24 dB an octave on both sides) and the presence filter, with room left below full scale."""
    z = np.exp(-2j * np.pi * np.arange(_FFT // 2 + 1) / _FFT)
    whole = np.full(len(z), 10.0 ** (-(max(profile.presence_db, 0.0) + _ROOM_DB) / 20.0), dtype=np.complex128)
    for q in (0.54119610, 1.30656296):  # of a Butterworth filter of the fourth order
        whole *= _section(z, profile.low_hz, q, "high")
        whole *= _section(z, profile.high_hz, q, "low")
    whole *= _section(z, profile.presence_hz, 1.0, "bell", profile.presence_db)
    return whole.astype(np.complex64)


def _section(z: NDArray[Any], hertz: float, q: float, kind: str, gain_db: float = 0.0) -> NDArray[Any]:
    """One second-order filter of the Audio EQ Cookbook (R. Bristow-Johnson) on the unit circle."""
    omega = 2.0 * np.pi * hertz / HOUSE_RATE
    cosine, alpha = float(np.cos(omega)), float(np.sin(omega)) / (2.0 * q)
    high = 10.0 ** (gain_db / 40.0)
    b = {
        "high": ((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2),
        "low": ((1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2),
        "bell": (1 + alpha * high, -2 * cosine, 1 - alpha * high),
    }[kind]
    spread = alpha / high if kind == "bell" else alpha
    a = (1 + spread, -2 * cosine, 1 - spread)
    return np.asarray((b[0] + b[1] * z + b[2] * z * z) / (a[0] + a[1] * z + a[2] * z * z))


def _filter_into(between: BinaryIO, master: Source, profile: HornProfile) -> tuple[float, NDArray[np.float64]]:
    """Write the filtered master; its usual level and the level of each step, in dBFS."""
    powers: list[NDArray[np.float64]] = []
    rest = np.zeros(0, dtype=np.float32)
    done = 0
    for piece in filtered(master, _response(profile)):
        _soften_edges(piece, done, len(master))
        done += len(piece)
        between.write(np.clip(np.rint(piece * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype("<i2").tobytes())
        joined = np.concatenate((rest, piece))
        whole = len(joined) // _STEP * _STEP
        rows = joined[:whole].reshape(-1, _STEP)
        powers.append(np.einsum("ij,ij->i", rows, rows, dtype=np.float64) / _STEP)
        rest = joined[whole:]
    if len(rest):
        powers.append(np.array([float(rest @ rest) / _STEP]))
    between.flush()
    power = np.concatenate(powers) if powers else np.zeros(0)
    smooth = np.convolve(power, np.full(_OVER, 1.0 / _OVER), "same") if len(power) >= _OVER else power
    levels = 10.0 * np.log10(np.maximum(smooth, 1e-12))
    return _usual(levels), levels


def _soften_edges(piece: NDArray[np.float32], first: int, whole: int) -> None:
    """Fade the first and the last frames of the whole, where they lie in this piece."""
    places = np.arange(first, first + len(piece))
    for near in (places[:_EDGE], places[-_EDGE:]):
        gain = np.minimum(1.0, np.minimum(near, whole - 1 - near) / _EDGE)
        piece[near - first] *= gain.astype(np.float32)


def _usual(levels: NDArray[np.float64]) -> float:
    """The level of the voice while it speaks: the mean of what is not far below the mean (as EBU R128 gates)."""
    heard = levels[levels > -70.0]  # noqa: PLR2004 - the absolute gate
    if not len(heard):
        return 0.0
    gate = _mean(heard) - 10.0
    return _mean(heard[heard > gate])


def _mean(levels: NDArray[np.float64]) -> float:
    return float(10.0 * np.log10(np.mean(10.0 ** (levels / 10.0))))


def _compression(usual: float, levels: NDArray[np.float64], ratio: float) -> NDArray[np.float64]:
    """The compressor's cut in dB on the borders of the steps: none below its soft knee, `1 - 1/ratio` above it."""
    over = levels - (usual - _BELOW_USUAL_DB)
    bent = np.clip(over + _KNEE_DB / 2, 0.0, _KNEE_DB)
    wanted = (1.0 - 1.0 / ratio) * (bent * bent / (2 * _KNEE_DB) + np.maximum(over - _KNEE_DB / 2, 0.0))
    return reduction(wanted, attack_db=_ATTACK_DB, release_db=_RELEASE_DB)
