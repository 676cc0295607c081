"""An airing that is over, measured at the return line: how much of it was listened to, how loud, how well it fits.

Numbers only; what they mean is `core.air_watch`'. Nothing is measured where nobody listened.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.extras.air_check.rules.air_watch import LEAST_LISTENED, Measured
from scheduler.extras.air_check.work.bands import FLOOR_DB, FRAMES_A_SECOND, Strengths, level_of
from scheduler.extras.air_check.work.matching import Match, match
from scheduler.extras.air_check.work.sent import PAD, Sent, silence_in

__all__ = ["EARLY", "Line", "level", "measured"]

EARLY = 0.5
"""Seconds by which a sound may seem to come back before its time: clocks and buffers are not that exact."""
Between = Callable[[datetime, datetime], Strengths]


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of the return line: its least delay and how much more it may be (seconds), and the threshold."""

    delay: float
    search: float
    threshold: float


@dataclass(frozen=True, slots=True)
class _Found:
    match: Match | None
    heard: Strengths
    """The frames in which it came back, or should have; not those of a hole."""
    delay: float

    @property
    def fit(self) -> tuple[float, float]:
        is_judged = self.match and self.match.stretches
        return (self.match.share, self.match.correlation) if self.match and is_judged else (0.0, 0.0)


def measured(sent: Sequence[Sequence[Sent]], line: Line, between: Between) -> Measured:
    """An airing of one or more attempts, each as its loudspeakers sounded it: what came back is held against each of
    them, for any of them may be the one that is heard. `between`: what was heard in a stretch of time.
    """
    found = [max((_found(one, line, between) for one in ways), key=lambda one: one.fit) for ways in sent]
    heard = np.concatenate([one.heard for one in found])
    listened = float(np.mean(~np.isnan(heard[:, 0]))) if len(heard) else 0.0
    if listened < LEAST_LISTENED:
        return Measured(listened, level(heard))
    matches = [(one.match, one.delay) for one in found if one.match and one.match.stretches]
    if not matches:
        return Measured(listened, level(heard))
    counts = [one.stretches for one, _ in matches]
    return Measured(
        listened=listened,
        level_dbfs=level(heard),
        correlation=float(np.average([one.correlation for one, _ in matches], weights=counts)),
        share=float(np.average([one.share for one, _ in matches], weights=counts)),
        delay_ms=round(max(matches, key=lambda pair: pair[0].stretches)[1] * 1000),
    )


def _found(one: Sent, line: Line, between: Between) -> _Found:
    """One attempt: looked for from a little before its least delay on, to the end of the search."""
    seconds, match_ = one.length_ms / 1000, None
    delay = line.delay
    if one.bands is not None:
        seconds = len(one.bands) / FRAMES_A_SECOND - 2 * PAD
        begin = line.delay - EARLY
        first = one.started_at + timedelta(seconds=begin - PAD)
        count = len(one.bands) + round((EARLY + line.search) * FRAMES_A_SECOND)
        captured = between(first, first + timedelta(seconds=(count + 1) / FRAMES_A_SECOND))
        match_ = match(one.bands, captured, line.threshold)
        delay = begin + match_.delay if match_.share else line.delay
    start = one.started_at + timedelta(seconds=delay)
    heard = between(start, start + timedelta(seconds=seconds))
    return _Found(match_, heard[~silence_in(len(heard), one.holes)], delay)


def level(heard: Strengths) -> float | None:
    """Mean level in dBFS of the frames in which somebody listened; None when nobody did."""
    known = heard[~np.isnan(heard[:, 0])] if len(heard) else heard
    if not len(known):
        return None
    levels: NDArray[np.floating[Any]] = level_of(known)
    return max(FLOOR_DB, float(10 * np.log10(np.mean(10.0 ** (levels / 10)))))
