"""When a voice that failed in passing is asked again: a circuit breaker, one for each engine of a chain.

Closed, it lets the engine speak; a passing failure opens it, and the engine rests, each time twice as long up to half
an hour; when the rest is over the breaker is half open, and the next speech decides. It speaks nothing, keeps nothing
beyond the process, and knows monotonic seconds only.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from scheduler.kernel.errors import SpeechError

__all__ = ["FIRST_REST", "LONGEST_REST", "Breaker", "BreakerState", "Rest"]

FIRST_REST, LONGEST_REST = 120.0, 1800.0
"""Seconds: of the first rest, and of the longest, after failure upon failure."""
_DOUBLINGS = 8


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Rest:
    """How an engine fails: since `failing_for` seconds, `failures` times in a row, lastly with `error`.

    It is not asked for `left` seconds more.
    """

    state: BreakerState
    error: SpeechError
    failing_for: float
    left: float
    failures: int


class Breaker:
    """Safe to call from several threads."""

    def __init__(self, now_mono: Callable[[], float]) -> None:
        self._now_mono = now_mono
        self._lock = threading.Lock()
        self._failures = 0
        self._since = self._until = 0.0
        self._error: SpeechError | None = None

    def rest(self) -> Rest | None:
        """How the engine fails, or None while it is well."""
        with self._lock:
            if self._error is None:
                return None
            now = self._now_mono()
            left = max(self._until - now, 0.0)
            state = BreakerState.OPEN if left else BreakerState.HALF_OPEN
            return Rest(state, self._error, now - self._since, left, self._failures)

    @property
    def is_open(self) -> bool:
        """True while the engine is to be left alone."""
        rest = self.rest()
        return rest is not None and rest.state is BreakerState.OPEN

    def tries(self) -> None:
        """Somebody is about to try: half open, it opens for the others until this one has been told."""
        with self._lock:
            if self._error is not None:
                self._until = max(self._until, self._now_mono() + FIRST_REST)

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._error = 0, None

    def failed(self, error: SpeechError) -> None:
        """Let the engine rest after a passing failure: those cost time-outs. A permanent one fails at once anyway."""
        with self._lock:
            now = self._now_mono()
            if error.permanent:
                if self._error is not None:  # it answered: what was broken before is no longer
                    self._failures, self._error = 0, None
                return
            if self._error is None:
                self._since = now
            self._failures += 1
            self._error = error
            self._until = now + min(FIRST_REST * 2 ** min(self._failures - 1, _DOUBLINGS), LONGEST_REST)
