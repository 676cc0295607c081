"""Is this the sound we have sent? The bands of a clip held against the bands of what came back.

Each stretch of ten seconds is judged for itself, so that a cable that comes loose in the middle is seen. What is
compared is how the bands rise and fall: gain, the colour of a horn and steady noise make little difference, another
text makes all. A stretch in which nothing rises or falls (a steady tone) tells nothing and is not counted. Pure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.extras.air_check.work.bands import FLOOR_DB, FRAMES_A_SECOND, Strengths

__all__ = ["Match", "match"]

STRETCH = 10 * FRAMES_A_SECOND
DEPTH_DB = 30.0
"""What is weaker than a band's strongest by more than this is lost in any noise anyway."""
LEAST_MOVEMENT_DB = 1.5
"""Root mean square over bands by which a stretch must rise and fall to be told from another one."""
SLACK = 5
"""Frames that the delay may wander from one stretch to the next: clocks of sound cards differ."""
_LOUD = 0.99
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Match:
    """How well a return fits. `correlation`: 1 = the same, 0 = nothing in common; mean of the stretches judged."""

    correlation: float
    share: float
    """Of the stretches judged, those that reach the threshold."""
    delay: float
    """Seconds the return is behind the start of `captured`."""
    stretches: int
    """How many could be judged; with none the rest means nothing."""


def match(sent: Strengths, captured: Strengths, threshold: float) -> Match:
    """Find `sent` in `captured`, which is longer by as much as the delay may be. `threshold`: of a long stretch; the
    shorter one is, the more of it chance can fit, and the better it must.
    """
    if len(captured) < len(sent):
        raise ValueError("what was captured is shorter than what is looked for")
    wanted, heard = _deep(sent), _deep(_filled(captured))
    spans = [span for span in _stretches(len(sent)) if _moves(wanted[span])]
    if not spans:
        return Match(0.0, 0.0, 0.0, 0)
    lags = len(heard) - len(wanted) + 1
    curves = [_curve(wanted[span], heard[span.start : span.stop + lags - 1]) for span in spans]
    lag = best = int(np.argmax(np.mean(curves, axis=0)))
    found: list[float] = []
    reached = 0
    for span, curve in zip(spans, curves, strict=True):
        near = slice(max(0, lag - SLACK), min(lags, lag + SLACK + 1))
        value = float(curve[near].max())
        found.append(value)
        if value >= threshold * (1 + FRAMES_A_SECOND / (span.stop - span.start)):
            reached += 1
            lag = near.start + int(np.argmax(curve[near]))
    return Match(float(np.mean(found)), reached / len(found), best / FRAMES_A_SECOND, len(found))


def _stretches(frames: int) -> list[slice]:
    """The whole, in stretches of ten seconds; the last one takes what is left."""
    starts = list(range(0, max(1, frames - STRETCH // 2), STRETCH))
    return [slice(start, stop) for start, stop in zip(starts, [*starts[1:], frames], strict=True)]


def _moves(stretch: Floats) -> bool:
    return bool(np.sqrt(np.mean((stretch - stretch.mean(axis=0)) ** 2)) >= LEAST_MOVEMENT_DB)


def _filled(captured: Strengths) -> Strengths:
    """Where nobody listened, nothing: it fits nowhere."""
    return np.where(np.isnan(captured), np.float32(FLOOR_DB), captured)


def _deep(strengths: Strengths) -> Floats:
    """Each band, no deeper than `DEPTH_DB` below its strongest."""
    loud = np.quantile(strengths, _LOUD, axis=0) if len(strengths) else 0.0
    return np.maximum(strengths, loud - DEPTH_DB).astype(np.float64)


def _curve(wanted: Floats, heard: Floats) -> Floats:
    """The correlation of a stretch at every lag at which it lies within `heard`."""
    count, lags = len(wanted), len(heard) - len(wanted) + 1
    centred = wanted - wanted.mean(axis=0)
    heard = heard - heard.mean(axis=0)
    size = 1 << (len(heard) + count - 1).bit_length()
    product = np.fft.rfft(heard, size, axis=0) * np.conj(np.fft.rfft(centred, size, axis=0))
    numerator = np.fft.irfft(product.sum(axis=1), size)[:lags]
    sums = np.concatenate([np.zeros((1, heard.shape[1])), np.cumsum(heard, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((heard**2).sum(axis=1))])
    windows = sums[count:] - sums[:lags]
    spread = squares[count:] - squares[:lags] - (windows**2).sum(axis=1) / count
    spread = np.maximum(spread, LEAST_MOVEMENT_DB**2 * count * heard.shape[1] * 0.01)
    told: Floats = numerator / np.sqrt((centred**2).sum() * spread)
    return told
