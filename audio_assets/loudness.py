"""How loud a sound is, and how it is brought to the station's loudness: EBU R128 / ITU-R BS.1770-4 on mono PCM.

Measures integrated loudness, true peak, clipping and silence; levels by one linear gain and a look-ahead limiter.
PURE: numpy only, no file and no clock. Sound is looked at in chunks of a few seconds wherever it lies, so an hour of it
costs no copy of itself in floating point. It never decides whether a sound is good enough: that is `ingest`.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from scheduler.core.model import GainDb, Lufs

__all__ = [
    "ABSOLUTE_GATE",
    "CHUNK",
    "FULL_SCALE",
    "REACH",
    "Gained",
    "Levelled",
    "Pcm",
    "Samples",
    "Source",
    "block_dbfs",
    "clipped_share",
    "filtered",
    "integrated_lufs",
    "k_weighting",
    "level",
    "levelling",
    "reduction",
    "silent_share",
    "step_peaks",
    "true_peak_dbtp",
]

Pcm = NDArray[np.int16]
Samples = NDArray[np.int16] | NDArray[np.float32] | NDArray[np.float64]
"""Mono sound: int16, or floating point with full scale at 1.0."""
_Floats = NDArray[np.float32]


class Source(Protocol):
    """Mono sound that is looked at piece by piece: an array, a file, or another sound through a gain."""

    def __len__(self) -> int: ...

    def __getitem__(self, frames: slice, /) -> Samples: ...


FULL_SCALE = 32768.0
ABSOLUTE_GATE = -70.0
RELATIVE_GATE = -10.0
SILENCE_DBFS = -50.0
"""A block of 50 ms with a lower RMS counts as silent."""
MOST_GAIN_DB = 40.0
"""No sound is raised further: beyond this only its noise would be heard."""
_WARM_UP = 8192
"""Samples after which the K-weighting filter has forgotten its past (below -140 dB at 96 kHz)."""
_FFT = 65536
CHUNK = 1 << 19
"""Samples that are worked on at a time."""
_TAPS = 32
"""Taps of each oversampling phase."""
REACH = _TAPS // 2
"""Samples on either side that a true peak depends on."""
_STEP_SECONDS = 0.001
"""Grid of the limiter's gain."""
_ATTACK_DB = 1.2
_RELEASE_DB = 0.08
"""Most change of the limiter's gain a step: 6 dB down in 5 ms, ahead of the peak, and back in 75 ms."""
_PASSES = 6
_MOST_DRIVE_DB = 6.0
"""Gain that may be added for what the limiter took; beyond this speech gets hoarse before it gets louder."""
_CLOSE_LU = 0.2


def _db(power: float) -> float:
    return 10.0 * float(np.log10(power)) if power > 0.0 else -np.inf


def _floats(samples: Samples) -> _Floats:
    """Full scale at 1.0."""
    if samples.dtype == np.int16:
        return samples.astype(np.float32) * np.float32(1.0 / FULL_SCALE)
    return samples.astype(np.float32)


@lru_cache(maxsize=8)
def k_weighting(rate: int, size: int = _FFT) -> NDArray[np.complex64]:
    """Frequency response of the two filters of BS.1770 at `rate`, on the bins of an FFT of `size`.

    The standard prints coefficients for 48 kHz only; these are the analogue prototypes behind them.
    """
    shelf_hz, shelf_q = 1681.974450955533, 0.7071752369554196
    k = float(np.tan(np.pi * shelf_hz / rate))
    high = 10.0 ** (3.999843853973347 / 20.0)
    middle = high**0.4996667741545416
    shelf_b = [high + middle * k / shelf_q + k * k, 2.0 * (k * k - high), high - middle * k / shelf_q + k * k]
    shelf_a = [1.0 + k / shelf_q + k * k, 2.0 * (k * k - 1.0), 1.0 - k / shelf_q + k * k]
    pass_hz, pass_q = 38.13547087602444, 0.5003270373238773
    k = float(np.tan(np.pi * pass_hz / rate))
    whole = 1.0 + k / pass_q + k * k
    pass_b = [1.0, -2.0, 1.0]
    pass_a = [1.0, 2.0 * (k * k - 1.0) / whole, (1.0 - k / pass_q + k * k) / whole]
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)

    def response(b: list[float], a: list[float]) -> NDArray[Any]:
        return np.asarray((b[0] + b[1] * z + b[2] * z * z) / (a[0] + a[1] * z + a[2] * z * z))

    return np.asarray(response(shelf_b, shelf_a) * response(pass_b, pass_a), dtype=np.complex64)


def filtered(samples: Source, response: NDArray[np.complex64]) -> Iterator[_Floats]:
    """A sound through a filter, chunk by chunk: overlap-save, each chunk led in by the samples before it.

    `response`: on the bins of an FFT of 65,536, of a filter that has forgotten its past after `_WARM_UP` samples.
    """
    useful = _FFT - _WARM_UP
    block = np.zeros(_FFT, dtype=np.float32)
    for start in range(0, len(samples), useful):
        led_in = min(start, _WARM_UP)
        piece = _floats(samples[start - led_in : start + useful])
        block[:] = 0.0
        first = _WARM_UP - led_in
        block[first : first + len(piece)] = piece
        through = np.fft.irfft(np.fft.rfft(block) * response, _FFT)
        yield through[_WARM_UP : first + len(piece)].astype(np.float32, copy=False)


def _energies(samples: Source, rate: int) -> NDArray[np.float64]:
    """Mean square of the K-weighted sound in each whole block of 100 ms."""
    hop = max(1, round(rate / 10))
    sums: list[NDArray[np.float64]] = []
    rest = np.zeros(0, dtype=np.float32)
    for chunk in filtered(samples, k_weighting(rate)):
        joined = np.concatenate((rest, chunk))
        whole = len(joined) // hop * hop
        rows = joined[:whole].reshape(-1, hop)
        sums.append(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
        rest = joined[whole:]
    return np.concatenate(sums) / hop if sums else np.zeros(0)


def integrated_lufs(pcm: Source, rate: int) -> Lufs | None:
    """Gated loudness of the whole sound; None for silence or less than 0.4 s."""
    tenths = _energies(pcm, rate)
    if len(tenths) < 4:  # noqa: PLR2004 - a gating block is four tenths of a second
        return None
    blocks = (tenths[:-3] + tenths[1:-2] + tenths[2:-1] + tenths[3:]) / 4.0
    heard = blocks[blocks > 10.0 ** ((ABSOLUTE_GATE + 0.691) / 10.0)]
    if not len(heard):
        return None
    gate = float(np.mean(heard)) * 10.0 ** (RELATIVE_GATE / 10.0)
    return Lufs(_db(float(np.mean(heard[heard > gate]))) - 0.691)


@lru_cache(maxsize=1)
def _phases() -> tuple[_Floats, ...]:
    """Windowed-sinc filters that give the sound at a quarter, a half and three quarters between two samples."""
    place = np.arange(_TAPS) - (_TAPS // 2 - 1)
    phases = []
    for shift in (0.25, 0.5, 0.75):
        taps = np.sinc(place - shift) * np.i0(
            6.0 * np.sqrt(np.maximum(0.0, 1.0 - ((place - shift) / (_TAPS / 2)) ** 2))
        )
        phases.append((taps / taps.sum()).astype(np.float32))
    return tuple(phases)


def step_peaks(piece: _Floats, step: int) -> _Floats:
    """The true peak (linear) of each `step` samples of `piece`, four times oversampled.

    `piece` has `REACH` samples more than is asked for on either side.
    """
    peak = np.abs(piece[REACH:-REACH])
    for taps in _phases():
        between = np.abs(np.correlate(piece, taps, mode="valid"))
        np.maximum(peak, between[1 : len(peak) + 1], out=peak)
    return np.asarray(np.maximum.reduceat(peak, np.arange(0, len(peak), step)))


def _peaks(samples: Source, step: int) -> _Floats:
    """The true peak of each `step` samples of a whole sound."""
    span = max(step, CHUNK // step * step)
    found: list[_Floats] = []
    for start in range(0, len(samples), span):
        stop = min(start + span, len(samples))
        piece = np.zeros(stop - start + 2 * REACH, dtype=np.float32)
        low, high = max(0, start - REACH), min(len(samples), stop + REACH)
        piece[low - start + REACH : high - start + REACH] = _floats(samples[low:high])
        found.append(step_peaks(piece, step))
    return np.concatenate(found) if found else np.zeros(0, dtype=np.float32)


def true_peak_dbtp(pcm: Source, rate: int) -> float | None:
    """Highest true peak in dB of full scale; None for digital silence."""
    peaks = _peaks(pcm, max(1, round(rate * _STEP_SECONDS)))
    highest = float(peaks.max()) if len(peaks) else 0.0
    return 20.0 * float(np.log10(highest)) if highest > 0.0 else None


def clipped_share(samples: Samples, *, ceiling: float = 0.9995, highest: float = np.inf) -> float:
    """Share of samples in runs of three or more at the ceiling (linear, up to `highest`), as clipping leaves them."""
    clipped = 0
    for start in range(0, len(samples), CHUNK):
        size = np.abs(_floats(samples[start : start + CHUNK]))
        flat = np.concatenate(([False], (size >= ceiling) & (size <= highest), [False]))
        turns = np.flatnonzero(flat[1:] != flat[:-1])
        runs = turns[1::2] - turns[::2]
        clipped += int(runs[runs > 2].sum())  # noqa: PLR2004 - two samples at the ceiling are an honest peak
    return clipped / len(samples) if len(samples) else 0.0


def block_dbfs(pcm: Samples, block: int) -> NDArray[np.float64]:
    """RMS in dBFS of each whole block (of the whole sound when it is shorter than one)."""
    block = max(1, min(block, len(pcm)))
    span = max(block, CHUNK // block * block)
    found = []
    for start in range(0, len(pcm) // block * block, span):
        piece = _floats(pcm[start : min(start + span, len(pcm) // block * block)])
        rows = piece.reshape(-1, block)
        found.append(np.einsum("ij,ij->i", rows, rows, dtype=np.float64) / block)
    power = np.concatenate(found) if found else np.zeros(0)
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-12)))


def silent_share(pcm: Samples, rate: int) -> float:
    """Share of 50 ms blocks whose RMS is below -50 dBFS; 1.0 for no sound at all."""
    blocks = block_dbfs(pcm, round(rate * 0.05))
    return float(np.mean(blocks < SILENCE_DBFS)) if len(blocks) else 1.0


class Levelled(NamedTuple):
    """A levelled sound, the linear gain it got and whether the limiter had to act."""

    pcm: Pcm
    gain_db: GainDb
    limited: bool


class Gained:
    """16-bit sound times `gain_db` less a cut, made where it is looked at. The cut is in dB on the borders of steps of
    `step` samples; the gain runs straight from one border to the next.
    """

    def __init__(self, samples: Source, gain_db: float, cut_db: NDArray[np.float64], step: int) -> None:
        self._samples = samples
        self._linear = (gain_db - cut_db) / 20.0
        np.power(10.0, self._linear, out=self._linear)
        self._step = step
        self._way = (np.arange(step) / step)[None, :]

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, frames: slice, /) -> Pcm:
        start, stop, _ = frames.indices(len(self))
        first, last = start // self._step, -(-stop // self._step)
        borders = self._linear[first : last + 1, None]
        gains = (borders[:-1] + (borders[1:] - borders[:-1]) * self._way).reshape(-1)
        ahead = start - first * self._step
        piece = gains[ahead : ahead + stop - start]
        piece *= self._samples[start:stop]
        return np.clip(np.rint(piece, out=piece), -FULL_SCALE, FULL_SCALE - 1.0, out=piece).astype(np.int16)


class Levelling(NamedTuple):
    """How a sound is brought to its loudness, not made yet. `reached`: measured of what will be made."""

    sound: Source
    gain_db: GainDb = GainDb(0.0)
    limited: bool = False
    reached: Lufs | None = None


def level(pcm: Pcm, rate: int, target_lufs: float, max_true_peak_dbtp: float) -> Levelled:
    """Bring a sound to `target_lufs` under the peak limit: measure, gain, limit, and correct what the limiter took.

    Silence is returned as it came. A sound of less than 0.4 s is measured as if it went on.
    """
    found = levelling(pcm, rate, target_lufs, max_true_peak_dbtp)
    if found is None:
        return Levelled(pcm, GainDb(0.0), limited=False)
    out = np.empty_like(pcm)
    for start in range(0, len(pcm), CHUNK):
        out[start : start + CHUNK] = found.sound[start : start + CHUNK]
    return Levelled(out, found.gain_db, found.limited)


def levelling(pcm: Source, rate: int, target_lufs: float, max_true_peak_dbtp: float) -> Levelling | None:
    """The gain and the limiter's cut that `level` asks for; None for silence, which stays as it is."""
    step = max(1, round(rate * _STEP_SECONDS))
    loudness = _as_if_it_went_on(pcm, rate)
    if loudness is None or not len(pcm):
        return None
    peaks_db = np.log10(np.maximum(_peaks(pcm, step), 1e-6), dtype=np.float64)
    peaks_db *= 20.0
    gain = min(target_lufs - loudness, MOST_GAIN_DB)
    most = min(gain + _MOST_DRIVE_DB, MOST_GAIN_DB)
    # int16 rounding and a moving gain may add a little to a peak between samples
    ceiling = max_true_peak_dbtp - 0.1
    for _ in range(_PASSES):
        wanted = peaks_db + (gain - ceiling)
        cut = reduction(np.maximum(wanted, 0.0, out=wanted))
        limited = bool(cut.max() > 0.0)
        out = Gained(pcm, gain, cut, step)
        reached = _as_if_it_went_on(out, rate)
        short = 0.0 if reached is None else target_lufs - reached
        if not limited or abs(short) < _CLOSE_LU or (short > 0.0 and gain >= most):
            break
        gain = min(gain + short, most)
    return Levelling(out, GainDb(gain), limited, reached)


def _as_if_it_went_on(pcm: Source, rate: int) -> Lufs | None:
    """Loudness; of a sound shorter than what the standard can measure, as if it were said again and again."""
    shortest = round(rate / 10) * 4
    if len(pcm) >= shortest:
        return integrated_lufs(pcm, rate)
    return integrated_lufs(np.resize(_floats(pcm[:]), shortest).astype(np.float32), rate)


def reduction(
    wanted: NDArray[np.float64], *, attack_db: float = _ATTACK_DB, release_db: float = _RELEASE_DB
) -> NDArray[np.float64]:
    """A cut in dB on the borders of the steps: never less than wanted, down fast, ahead of its cause, and up slowly.

    ``cut[i] = max(wanted[i], cut[i-1] - release)`` is a running maximum of ``wanted[i] + i * release``. `wanted` is
    worked on in place.
    """
    ramp = np.arange(len(wanted), dtype=np.float64)
    cut = wanted
    for change, way in ((release_db, 1), (-attack_db, -1)):
        ramp *= change
        cut += ramp
        np.maximum.accumulate(cut[::way], out=cut[::way])
        cut -= ramp
        ramp /= change
    cut[cut < 1e-9] = 0.0  # noqa: PLR2004 - what rounding leaves of the ramps
    borders = np.zeros(len(cut) + 1)
    borders[:-1] = cut
    np.maximum(borders[1:], cut, out=borders[1:])
    return borders
