"""Which source of a relay is on air and which ones run: a state machine that is told the time and what was heard.

PURE: no clock, no thread, no I/O. Sources are ordered, the first is wanted most; behind the last lies the fallback (the
station's own clips, or nothing). A source that is lost, silent or too slow gives way to the next; better ones are tried
again now and then, and one that has proven itself gets the air back. A source that keeps breaking down is tried ever
more rarely, so that nobody has to listen to the changing. It never decides whether anything may sound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from scheduler.core.model import HOUSE_RATE

__all__ = ["NOWHERE", "SourceChange", "SourceReport", "SourceSelector", "Terms", "Turn"]

NOWHERE = -1
"""What is left with the first change."""
_FRESH = 1.0
"""Sound that came less than this ago is coming."""
_PAUSE = 3.0
"""A pause in speech that is no sign of a bad source."""
_STEADY = 300.0
"""A source that held out so long on air has made good for its breakdowns."""
_MOST_STRIKES = 4
_ANEW = 5.0
"""While nothing at all sounds, sources are tried again at least this often."""
_WARM = 4.0
"""A source that was warmed up so long and gives nothing is not waited for."""
_PACE_WINDOW = 10.0
_SLOW = 0.5
"""A source that gives less than this share of real time cannot be listened to."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a source may take for what."""

    lost_seconds: float = 5.0
    silence_seconds: float = 10.0
    start_seconds: float = 10.0
    """Until its first sound."""
    good_seconds: float = 5.0
    """How long it must be good before it gets the air back."""
    always: bool = False
    """Costs nothing to run, so it runs all the time."""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What a running source has given since it was started; a source that does not run has given nothing."""

    heard_at: float | None = None
    loud_at: float | None = None
    frames: int = 0
    fault: str = ""
    """Why it gave nothing when it last tried."""


@dataclass(frozen=True, slots=True)
class SourceChange:
    """The air went from one place to another; a place is a source's index, their count (fallback), or NOWHERE."""

    before: int
    after: int
    reason: str


@dataclass(frozen=True, slots=True)
class Turn:
    on_air: int
    running: frozenset[int]
    changes: tuple[SourceChange, ...]


@dataclass(slots=True)
class _Source:
    terms: Terms
    refused: str
    started: float | None = None
    good_since: float | None = None
    failed_at: float = -inf
    reason: str = ""
    strikes: int = 0
    window: tuple[float, int] = (0.0, 0)
    slow: bool = False

    def start(self, now: float) -> None:
        if self.started is None and not self.refused:
            self.started, self.good_since, self.slow, self.window = now, None, False, (now, 0)

    def watch(self, now: float, seen: SourceReport) -> None:
        """How good it has been lately."""
        if self.started is None or seen.heard_at is None:
            self.good_since = None
            self.window = (now, seen.frames)
            return
        since, frames = self.window
        if now - since >= _PACE_WINDOW and not self.terms.always:
            self.slow = seen.frames - frames < _SLOW * (now - since) * HOUSE_RATE
            self.window = (now, seen.frames)
        loud = seen.loud_at is not None and now - seen.loud_at <= min(_PAUSE, self.terms.silence_seconds)
        good = now - seen.heard_at <= _FRESH and (loud or self.terms.silence_seconds == inf) and not self.slow
        self.good_since = (now if self.good_since is None else self.good_since) if good else None

    def broken(self, now: float, seen: SourceReport) -> str:
        """Why it cannot stay on air; empty while it can."""
        if self.refused or self.started is None:
            return self.refused or "lost"
        if seen.heard_at is None:
            late = now - self.started > self.terms.start_seconds
            return seen.fault or ("lost" if late else "")
        if now - seen.heard_at > self.terms.lost_seconds:
            return "lost"
        if seen.heard_at - self._loud(seen) > self.terms.silence_seconds:  # while nothing comes, it is not silence
            return "silent"
        return "relay_slow" if self.slow else ""

    def doubtful(self, now: float, seen: SourceReport) -> bool:
        """Half-way to being left."""
        if self.started is None:
            return False
        if seen.heard_at is None:
            return now - self.started > self.terms.start_seconds / 2
        lost = now - seen.heard_at > self.terms.lost_seconds / 2
        return lost or seen.heard_at - self._loud(seen) > self.terms.silence_seconds / 2

    def _loud(self, seen: SourceReport) -> float:
        return max(self.started or -inf, seen.loud_at if seen.loud_at is not None else -inf)

    def proven(self, now: float) -> bool:
        return self.good_since is not None and now - self.good_since >= self.terms.good_seconds

    def hopeless(self, now: float, seen: SourceReport) -> bool:
        """Tried long enough without proving itself."""
        if self.started is None or self.terms.always:
            return False
        if seen.heard_at is None:
            return bool(seen.fault) or now - self.started > self.terms.start_seconds
        return self.good_since is None and now - self.started > self.terms.start_seconds + self.terms.good_seconds


class SourceSelector:
    """`refused` gives, for each source, why it must never be started; empty = it may."""

    def __init__(
        self, terms: Sequence[Terms], *, refused: Sequence[str] = (), probe_seconds: float = 30.0, has_fallback: bool
    ) -> None:
        why = [*refused, *[""] * (len(terms) - len(refused))]
        self._sources = [_Source(term, reason) for term, reason in zip(terms, why, strict=True)]
        self._probe = probe_seconds
        self._has_fallback = has_fallback
        self._on_air = NOWHERE
        self._since = -inf

    @property
    def fallback(self) -> int:
        """The place behind the last source."""
        return len(self._sources)

    def step(self, now: float, seen: Sequence[SourceReport]) -> Turn:
        """One look at everything. `now` never goes back; `seen` has one entry for each source."""
        for source, what in zip(self._sources, seen, strict=True):
            if source.terms.always:
                source.start(now)
            source.watch(now, what)
        changes = [change for change in (self._begin(now), self._leave(now, seen), self._return(now)) if change]
        self._probe_better(now, seen)
        self._stand_by(now, seen)
        running = frozenset(place for place, source in enumerate(self._sources) if source.started is not None)
        return Turn(self._on_air, running, tuple(changes))

    def _begin(self, now: float) -> SourceChange | None:
        if self._on_air != NOWHERE:
            return None
        return self._go(now, self._next(now, 0), "started")

    def _leave(self, now: float, seen: Sequence[SourceReport]) -> SourceChange | None:
        """From a broken source to the next that has a chance, else to the fallback."""
        place = self._on_air
        if place == self.fallback:
            return None
        source = self._sources[place]
        if now - self._since > _STEADY:
            source.strikes = 0
        reason = source.broken(now, seen[place])
        if not reason:
            return None
        if seen[place].heard_at is not None:
            source.strikes = min(source.strikes + 1, _MOST_STRIKES)
        self._failed(now, source, reason)
        return self._go(now, self._next(now, place + 1), reason)

    def _next(self, now: float, first: int) -> int:
        """The first place from `first` on that has a chance: good now, or not tried a moment ago."""
        for place in range(first, self.fallback):
            source = self._sources[place]
            if source.good_since is not None or (not source.refused and not self._is_tried(now, source)):
                return place
        return self.fallback

    def _is_tried(self, now: float, source: _Source) -> bool:
        """It failed lately; or it was warmed up in vain while there are clips to sound instead."""
        in_vain = source.started is not None and now - source.started > _WARM and self._has_fallback
        return in_vain or now - source.failed_at < self._probe

    def _return(self, now: float) -> SourceChange | None:
        for place, source in enumerate(self._sources[: self._on_air]):
            if source.proven(now):
                return self._go(now, place, "returned")
        return None

    def _probe_better(self, now: float, seen: Sequence[SourceReport]) -> None:
        for source, what in zip(self._sources[: self._on_air], seen, strict=False):
            if source.hopeless(now, what):
                self._failed(now, source, what.fault or "lost")
            elif now - source.failed_at >= self._pause(source):
                source.start(now)

    def _stand_by(self, now: float, seen: Sequence[SourceReport]) -> None:
        """The next source is warmed up while the one on air gives cause for doubt, and no longer."""
        ahead = self._on_air + 1
        if ahead >= self.fallback:
            return
        wanted = self.fallback
        if self._sources[self._on_air].doubtful(now, seen[self._on_air]):
            wanted = self._next(now, ahead)
        for place in range(ahead, self.fallback):
            source = self._sources[place]
            if place == wanted:
                source.start(now)
            elif not source.terms.always:
                source.started = None

    def _go(self, now: float, place: int, reason: str) -> SourceChange:
        change = SourceChange(self._on_air, place, reason)
        self._on_air, self._since = place, now
        if place < self.fallback:
            self._sources[place].start(now)
        return change

    def _pause(self, source: _Source) -> float:
        """Before a source that failed is tried again."""
        if self._on_air == self.fallback and not self._has_fallback:
            return min(self._probe, _ANEW)
        return self._probe * 2.0**source.strikes

    def _failed(self, now: float, source: _Source, reason: str) -> None:
        source.reason, source.failed_at = reason, now
        source.good_since = None
        if not source.terms.always:
            source.started = None

    def reason(self, place: int) -> str:
        """Why a source was last left or given up; or refused."""
        return self._sources[place].refused or self._sources[place].reason
