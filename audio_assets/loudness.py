"""How loud a sound is, and how it is brought to the station's loudness: EBU R128 / ITU-R BS.1770-4 on mono PCM.

Measures integrated loudness, true peak, clipping and silence; levels by one linear gain and a look-ahead limiter.
PURE: numpy only, no file and no clock. Works in chunks of a few seconds, so an hour of sound costs no copy of
itself in floating point. It never decides whether a sound is good enough: that is `ingest`.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.core.model import GainDb, Lufs

__all__ = [
    "Levelled",
    "Pcm",
    "Samples",
    "clipped_share",
    "integrated_lufs",
    "level",
    "silent_share",
    "true_peak_dbtp",
    "without_edges_of_silence",
]

Pcm = NDArray[np.int16]
Samples = NDArray[np.int16] | NDArray[np.float32] | NDArray[np.float64]
"""Mono sound: int16, or floating point with full scale at 1.0."""
_Floats = NDArray[np.float32]

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
_CHUNK = 1 << 19
_TAPS = 32
"""Taps of each oversampling phase."""
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
def _k_weighting(rate: int) -> NDArray[np.complex64]:
    """Frequency response of the two filters of BS.1770 at `rate`, on the bins of the FFT.

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
    z = np.exp(-2j * np.pi * np.arange(_FFT // 2 + 1) / _FFT)

    def response(b: list[float], a: list[float]) -> NDArray[Any]:
        return np.asarray((b[0] + b[1] * z + b[2] * z * z) / (a[0] + a[1] * z + a[2] * z * z))

    return np.asarray(response(shelf_b, shelf_a) * response(pass_b, pass_a), dtype=np.complex64)


def _weighted(samples: Samples, rate: int) -> Iterator[_Floats]:
    """The K-weighted sound, chunk by chunk: overlap-save, each chunk led in by the samples before it."""
    response = _k_weighting(rate)
    useful = _FFT - _WARM_UP
    block = np.zeros(_FFT, dtype=np.float32)
    for start in range(0, len(samples), useful):
        led_in = min(start, _WARM_UP)
        piece = _floats(samples[start - led_in : start + useful])
        block[:] = 0.0
        first = _WARM_UP - led_in
        block[first : first + len(piece)] = piece
        filtered = np.fft.irfft(np.fft.rfft(block) * response, _FFT)
        yield filtered[_WARM_UP : first + len(piece)].astype(np.float32, copy=False)


def _energies(samples: Samples, rate: int) -> NDArray[np.float64]:
    """Mean square of the K-weighted sound in each whole block of 100 ms."""
    hop = max(1, round(rate / 10))
    sums: list[NDArray[np.float64]] = []
    rest = np.zeros(0, dtype=np.float32)
    for chunk in _weighted(samples, rate):
        joined = np.concatenate((rest, chunk))
        whole = len(joined) // hop * hop
        rows = joined[:whole].reshape(-1, hop)
        sums.append(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
        rest = joined[whole:]
    return np.concatenate(sums) / hop if sums else np.zeros(0)


def integrated_lufs(pcm: Samples, rate: int) -> Lufs | None:
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


def _peaks(samples: Samples, step: int) -> _Floats:
    """The true peak (linear) of each `step` samples, four times oversampled."""
    reach = _TAPS // 2
    span = max(step, _CHUNK // step * step)
    found: list[_Floats] = []
    for start in range(0, len(samples), span):
        stop = min(start + span, len(samples))
        piece = np.zeros(stop - start + 2 * reach, dtype=np.float32)
        low, high = max(0, start - reach), min(len(samples), stop + reach)
        piece[low - start + reach : high - start + reach] = _floats(samples[low:high])
        peak = np.abs(piece[reach:-reach])
        for taps in _phases():
            between = np.abs(np.correlate(piece, taps, mode="valid"))
            np.maximum(peak, between[1 : len(peak) + 1], out=peak)
        edges = np.arange(0, len(peak), step)
        found.append(np.maximum.reduceat(peak, edges))
    return np.concatenate(found) if found else np.zeros(0, dtype=np.float32)


def true_peak_dbtp(pcm: Samples, rate: int) -> float | None:
    """Highest true peak in dB of full scale; None for digital silence."""
    peaks = _peaks(pcm, max(1, round(rate * _STEP_SECONDS)))
    highest = float(peaks.max()) if len(peaks) else 0.0
    return 20.0 * float(np.log10(highest)) if highest > 0.0 else None


def clipped_share(samples: Samples, *, ceiling: float = 0.9995, highest: float = np.inf) -> float:
    """Share of samples in runs of three or more at the ceiling (linear, up to `highest`), as clipping leaves them."""
    clipped = 0
    for start in range(0, len(samples), _CHUNK):
        size = np.abs(_floats(samples[start : start + _CHUNK]))
        flat = np.concatenate(([False], (size >= ceiling) & (size <= highest), [False]))
        turns = np.flatnonzero(flat[1:] != flat[:-1])
        runs = turns[1::2] - turns[::2]
        clipped += int(runs[runs > 2].sum())  # noqa: PLR2004 - two samples at the ceiling are an honest peak
    return clipped / len(samples) if len(samples) else 0.0


def _block_dbfs(pcm: Samples, block: int) -> NDArray[np.float64]:
    """RMS in dBFS of each whole block (of the whole sound when it is shorter than one)."""
    block = max(1, min(block, len(pcm)))
    span = max(block, _CHUNK // block * block)
    found = []
    for start in range(0, len(pcm) // block * block, span):
        piece = _floats(pcm[start : min(start + span, len(pcm) // block * block)])
        rows = piece.reshape(-1, block)
        found.append(np.einsum("ij,ij->i", rows, rows, dtype=np.float64) / block)
    power = np.concatenate(found) if found else np.zeros(0)
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-12)))


def silent_share(pcm: Samples, rate: int) -> float:
    """Share of 50 ms blocks whose RMS is below -50 dBFS; 1.0 for no sound at all."""
    blocks = _block_dbfs(pcm, round(rate * 0.05))
    return float(np.mean(blocks < SILENCE_DBFS)) if len(blocks) else 1.0


def without_edges_of_silence(pcm: Pcm, rate: int, lufs: float, *, keep_seconds: float = 0.1) -> Pcm:
    """The sound from `keep_seconds` before its first to `keep_seconds` after its last audible 10 ms.

    Audible is relative to the loudness of the sound, so that a quiet recording keeps its soft endings.
    """
    block = max(1, round(rate * 0.01))
    audible = np.flatnonzero(_block_dbfs(pcm, block) > max(lufs - 30.0, ABSOLUTE_GATE))
    if not len(audible):
        return pcm
    keep = round(rate * keep_seconds)
    start = max(0, int(audible[0]) * block - keep)
    return pcm[start : (int(audible[-1]) + 1) * block + keep]


class Levelled(NamedTuple):
    """A levelled sound, the linear gain it got and whether the limiter had to act."""

    pcm: Pcm
    gain_db: GainDb
    limited: bool


def level(pcm: Pcm, rate: int, target_lufs: float, max_true_peak_dbtp: float) -> Levelled:
    """Bring a sound to `target_lufs` under the peak limit: measure, gain, limit, and correct what the limiter took.

    Silence is returned as it came. A sound of less than 0.4 s is measured as if it went on.
    """
    step = max(1, round(rate * _STEP_SECONDS))
    shortest = round(rate / 10) * 4
    loudness = integrated_lufs(pcm if len(pcm) >= shortest else np.resize(pcm, shortest), rate)
    if loudness is None or not len(pcm):
        return Levelled(pcm, GainDb(0.0), limited=False)
    peaks_db = 20.0 * np.log10(np.maximum(_peaks(pcm, step), 1e-6))
    gain = min(target_lufs - loudness, MOST_GAIN_DB)
    most = min(gain + _MOST_DRIVE_DB, MOST_GAIN_DB)
    # int16 rounding and a moving gain may add a little to a peak between samples
    ceiling = max_true_peak_dbtp - 0.1
    for _ in range(_PASSES):
        cut = _reduction(np.maximum(peaks_db + gain - ceiling, 0.0))
        out = _with_gain(pcm, gain, cut, step)
        limited = bool(cut.max() > 0.0)
        reached = integrated_lufs(out if len(out) >= shortest else np.resize(out, shortest), rate)
        short = 0.0 if reached is None else target_lufs - reached
        if not limited or abs(short) < _CLOSE_LU or (short > 0.0 and gain >= most):
            break
        gain = min(gain + short, most)
    return Levelled(out, GainDb(gain), limited=limited)


def _reduction(wanted: NDArray[Any]) -> NDArray[np.float64]:
    """The limiter's cut in dB on the borders of the steps: never less than wanted, down fast, up slowly.

    ``cut[i] = max(wanted[i], cut[i-1] - release)`` is a running maximum of ``wanted[i] + i * release``.
    """
    release = np.arange(len(wanted)) * _RELEASE_DB
    attack = np.arange(len(wanted)) * _ATTACK_DB
    cut = np.maximum.accumulate(wanted + release) - release
    cut = np.maximum.accumulate((cut - attack)[::-1])[::-1] + attack
    cut[cut < 1e-9] = 0.0  # noqa: PLR2004 - what rounding leaves of the ramps
    borders = np.zeros(len(cut) + 1)
    borders[:-1] = cut
    borders[1:] = np.maximum(borders[1:], cut)
    return borders


def _with_gain(pcm: Pcm, gain_db: float, cut_db: NDArray[np.float64], step: int) -> Pcm:
    """`pcm` times the gain less the cut, which runs straight (in dB) from border to border."""
    out = np.empty_like(pcm)
    span = max(step, _CHUNK // step * step)
    linear = 10.0 ** ((gain_db - cut_db) / 20.0)
    for start in range(0, len(pcm), span):
        piece = pcm[start : start + span]
        first = start // step
        borders = linear[first : first + -(-len(piece) // step) + 1]
        gains = np.interp(np.arange(len(piece)) / step, np.arange(len(borders)), borders)
        np.clip(np.rint(piece * gains), -FULL_SCALE, FULL_SCALE - 1.0, out=gains)
        out[start : start + span] = gains
    return out
