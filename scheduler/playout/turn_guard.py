"""What may fail in a turn of playout's loop: each part for itself, logged with its cause, counted, tried again.

A part that fails ends nothing but itself: the parts behind it go on in the same turn, and it is tried again after a
pause. What failed last is told in the heartbeat, so that people see it. It mends nothing and hides nothing: the same
fault is written to the log in full once a minute.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from scheduler.kernel.causes import reason_of
from scheduler.kernel.clock import Clock

__all__ = ["FaultSeen", "Tried", "TurnGuard"]

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.5
LOCKED_FOR = 0.5
"""Seconds that a row waits for a locked database: nothing else is done meanwhile, and it is tried again."""
PLAN_AGAIN = 60.0
"""Seconds between two tries of a plan that goes on failing, at most."""
LOG_EVERY = 60.0
"""Seconds between two full accounts of the same fault: a full disk stays full for a while."""
LOG_AWAY_EVERY = 600.0
"""The same of a database that gives no rows."""
_WHEREVER = frozenset({"database_damaged", "database_lost", "database_busy"})
"""What fails wherever a row is asked for: the place in the program says nothing."""


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """One fault of a part: its reason code for people, its cause as the log has it."""

    part: str
    reason: str
    cause: str
    at: datetime


@dataclass(slots=True)
class _Failing:
    pause: float
    again_at: float


class TurnGuard:
    """Used by the service's thread alone."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._failing: dict[str, _Failing] = {}
        self._told: dict[tuple[str, str], float] = {}
        self.count = 0
        """Faults since the process began."""
        self.last: FaultSeen | None = None

    def part(self, name: str, *, longest: float = FIRST_PAUSE) -> "Tried":
        """Do a part of a turn; whatever it raises ends here. `longest`: seconds, while it goes on failing."""
        return Tried(self, name, longest)

    @property
    def is_failing(self) -> bool:
        """Whether any part has failed and has not done since what it is for."""
        return bool(self._failing)

    def done(self, name: str) -> None:
        """A part has done what it is for."""
        self._failing.pop(name, None)

    def is_due(self, name: str) -> bool:
        """Whether a part that failed may be tried again."""
        failing = self._failing.get(name)
        return failing is None or self.clock.monotonic() >= failing.again_at

    def note(self, part: str, error: Exception, *, longest: float = FIRST_PAUSE) -> str:
        """A fault of `part`; what people call it (its reason code)."""
        now, failing = self.clock.monotonic(), self._failing.get(part)
        pause = min(failing.pause * 2, longest) if failing else FIRST_PAUSE
        self._failing[part] = _Failing(pause, now + pause)
        reason, cause = reason_of(error), f"{type(error).__name__}: {error}"[:200]
        self.count += 1
        self.last = FaultSeen(part, reason, cause, self.clock.now())
        if now - self._told.get((part, cause), float("-inf")) >= (LOG_AWAY_EVERY if reason in _WHEREVER else LOG_EVERY):
            self._told = {key: at for key, at in self._told.items() if now - at < LOG_AWAY_EVERY} | {(part, cause): now}
            place = None if reason in _WHEREVER else error
            log.error("playout, %s: %s (fault %d)", part, cause, self.count, exc_info=place)
        return reason

    def cause_since(self, at: datetime) -> str | None:
        """The reason of a fault that was there at `at` or later; None when there was none."""
        return self.last.reason if self.last and self.last.at >= at else None

    def told(self) -> dict[str, Any]:
        """For the heartbeat: how many there were, and the last one."""
        if self.last is None:
            return {"count": 0}
        last = self.last
        return {
            "count": self.count,
            "part": last.part,
            "reason": last.reason,
            "cause": last.cause,
            "at": last.at.isoformat(),
            "lasts": self.is_failing,
        }


class Tried:
    """A part that is being done, and what became of it. A class, for some twenty of them are in each turn."""

    __slots__ = ("_guard", "_longest", "_name", "reason")

    def __init__(self, guard: TurnGuard, name: str, longest: float) -> None:
        self._guard, self._name, self._longest = guard, name, longest
        self.reason = ""
        """Of its fault; empty = it is done."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: TracebackType | None) -> bool:
        """The edge of a part: what sounds and other slots go on, whatever it was."""
        if error is None:
            if self._guard.is_failing:
                self._guard.done(self._name)
        elif isinstance(error, Exception):
            self.reason = self._guard.note(self._name, error, longest=self._longest)
            return True
        return False
