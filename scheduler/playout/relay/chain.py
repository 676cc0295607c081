"""The relay of one slot: its sources in order, the one on air pushed into the slot's feed, the station's clips behind.

The chooser decides; here are only the threads around it: one that looks at everything twenty times a second and plays
the fallback, and those of the sources. Each change of what is on air is reported once. It never asks the gate (whoever
sounds the feed does) and never touches the database.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import Protocol

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.beside import Beside
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import ParsedSource, SourceKind, check_url, shown_url
from scheduler.playout.priority import be_ordinary
from scheduler.playout.relay.sound import Loop, Pcm, Seam
from scheduler.playout.relay.source import ChildSource, Source, capture_command, stream_command
from scheduler.playout.relay.source_selector import NOWHERE, SourceReport, SourceSelector, Terms
from scheduler.playout.relay.tail import TailSource

__all__ = [
    "FALLBACK",
    "LIVE",
    "NOTHING",
    "Chain",
    "ChainState",
    "RelaySpec",
    "SourceState",
    "SourceStatus",
    "start_relay",
]

log = logging.getLogger(__name__)

LIVE, FALLBACK, NOTHING = "live", "fallback", "none"
_LOOK = 0.05
_AHEAD = 0.4
"""Seconds of fallback that lie ready in the feed."""
_QUIET = 0.25
"""When nothing has come for so long, the last samples held back are faded out."""
_START_EXTRA = 5.0
"""A source's process and its connection take a while on a small machine."""
_LIVE_GOOD = 0.2
_PAUSE = 3.0
_LAST = 5.0
"""Seconds the ending of all sources may take."""


@dataclass(frozen=True, slots=True, eq=False)
class RelaySpec:
    """What a relay is to do. `tail` is the file of a live microphone; it comes before the `sources`."""

    slot_id: str
    sources: tuple[str, ...] = ()
    fallback: tuple[Pcm, ...] = ()
    tail: Path | None = None
    lost_seconds: float = 5.0
    silence_seconds: float = 10.0
    silence_db: float = -50.0
    probe_seconds: float = 30.0
    allow_private: bool = False
    allowed_hosts: tuple[str, ...] = ()
    target_lufs: float = -16.0
    good_seconds: float = 5.0
    """How long a better source must be good before it gets the air back."""


class FeedLike(Protocol):
    """All a relay needs of a feed."""

    def push(self, samples: Pcm) -> None: ...


OnChange = Callable[[str, str, str, str], None]
"""slot id, from, to, reason; called from the chain's thread."""


class SourceState(StrEnum):
    IDLE = "idle"
    STARTING = "starting"
    ON = "on"
    SILENT = "silent"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source, on air or not. `reason` tells why it was last left, given up or refused."""

    name: str
    state: SourceState
    reason: str
    level_db: float


@dataclass(frozen=True, slots=True)
class ChainState:
    """What the page shows. `on_air` is a source's name, "live", "fallback" or "none"; `since` is monotonic."""

    slot_id: str
    on_air: str
    since: float
    state: SourceState
    reason: str
    level_db: float
    sources: tuple[SourceStatus, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """One source as wanted: how to make a run of it, and its terms."""

    name: str
    terms: Terms
    make: Callable[[], Source]
    refused: str = ""


def start_relay(spec: RelaySpec, feed: FeedLike, clock: Clock, on_change: OnChange) -> "Chain":
    """Start relaying into `feed`. A source whose address is refused is left out and says so in `state`."""
    chain = Chain(spec, feed, clock, on_change)
    chain.start()
    return chain


class Chain:
    """`state` and `stop` may be called from any thread."""

    def __init__(self, spec: RelaySpec, feed: FeedLike, clock: Clock, on_change: OnChange) -> None:
        self._spec = spec
        self._feed = feed
        self._clock = clock
        self._on_change = on_change
        self._places = self._wanted()
        self._loop = Loop(spec.fallback)
        self._chooser = SourceSelector(
            [place.terms for place in self._places],
            refused=[place.refused for place in self._places],
            probe_seconds=spec.probe_seconds,
            has_fallback=bool(self._loop),
        )
        self._lock = threading.Lock()
        """Over what is on air, the seam and the feed: the sources push from their own threads."""
        self._on_air = NOWHERE
        self._since = clock.monotonic()
        self._reason = ""
        self._running: dict[int, Source] = {}
        self._leaving: list[Source] = []
        self._seam = Seam()
        self._pushed_at = -inf
        self._loop_until = -inf
        self._stop = threading.Event()
        self._thread: Beside | None = None

    def start(self) -> None:
        self._thread = Beside(self._run, f"relay-{self._spec.slot_id}")
        self._thread.begin()

    def keep_on(self) -> None:
        """Start it anew where the machine had no thread for it."""
        if self._thread is not None and self._thread.is_stillborn and not self._stop.is_set():
            log.error("no thread could be had for the relay of %s: another is tried", self._spec.slot_id)
            self.start()

    def stop(self, *, wait: bool = True) -> None:
        """End every source. Waits for it, at most a few seconds, unless told not to. May be called twice."""
        self._stop.set()
        if wait and self._thread is not None:
            self._thread.join(2 * _LAST)

    # What is wanted

    def _wanted(self) -> list[_Place]:
        spec = self._spec
        places = []
        if spec.tail is not None:
            path = spec.tail
            terms = Terms(spec.lost_seconds, inf, spec.lost_seconds + _START_EXTRA, _LIVE_GOOD, always=True)
            places.append(_Place(LIVE, terms, lambda: self._tail(path)))
        return places + [self._place(url) for url in spec.sources]

    def _place(self, url: str) -> _Place:
        spec = self._spec
        terms = Terms(spec.lost_seconds, spec.silence_seconds, spec.lost_seconds + _START_EXTRA, spec.good_seconds)
        try:
            source = check_url(url, allow_private=spec.allow_private, allowed_hosts=spec.allowed_hosts)
        except Refused as refusal:
            # its text may hold a password, so only where it points to is ever shown
            return _Place(shown_url(url), terms, lambda: self._child(["false"]), refusal.reason)
        return _Place(source.url, terms, lambda: self._child(self._command(source)))

    def _command(self, source: ParsedSource) -> list[str]:
        spec = self._spec
        if source.kind is SourceKind.CAPTURE:
            return capture_command(source.device, target_lufs=spec.target_lufs)
        return stream_command(
            source.url,
            allow_private=spec.allow_private,
            allowed_hosts=spec.allowed_hosts,
            target_lufs=spec.target_lufs,
            idle=max(2.0, spec.lost_seconds),
        )

    def _child(self, command: list[str]) -> Source:
        return ChildSource(command, self._take, self._clock, silence_db=self._spec.silence_db)

    def _tail(self, path: Path) -> Source:
        return TailSource(path, self._take, self._clock, silence_db=self._spec.silence_db)

    # The chain's own thread

    def _run(self) -> None:
        be_ordinary()
        try:
            while not self._stop.is_set():
                try:
                    self._look()
                except Exception:  # the edge of the thread: a relay that stops looking would be dead air
                    log.exception("a look at the relay of %s failed", self._spec.slot_id)
                self._stop.wait(_LOOK)
        finally:
            self._end()

    def _look(self) -> None:
        now = self._clock.monotonic()
        seen = [
            self._running[place].seen() if place in self._running else SourceReport()
            for place in range(len(self._places))
        ]
        turn = self._chooser.step(now, seen)
        self._run_exactly(turn.running)
        for change in turn.changes:
            self._go(change.after, now, change.reason)
        for change in turn.changes:
            self._tell(self._name(change.before), self._name(change.after), change.reason)
        with self._lock:
            self._fill(now)

    def _run_exactly(self, wanted: frozenset[int]) -> None:
        for place in [place for place in self._running if place not in wanted]:
            source = self._running.pop(place)
            source.stop()
            self._leaving.append(source)
        self._leaving = [source for source in self._leaving if not source.join(0)]
        for place in sorted(wanted - self._running.keys()):
            self._running[place] = self._places[place].make()
            self._running[place].start()

    def _go(self, place: int, now: float, reason: str) -> None:
        with self._lock:
            self._push(self._seam.end(), now)
            self._on_air, self._since, self._reason = place, now, reason
            self._loop_until = -inf
            self._loop.rewind()

    def _fill(self, now: float) -> None:
        """The fallback, a little ahead of time; and the last samples of a source that has fallen silent."""
        if self._on_air == self._chooser.fallback and self._loop:
            missing = min(_AHEAD, now + _AHEAD - self._loop_until)
            frames = round(missing * HOUSE_RATE)
            if frames > 0:
                self._loop_until = max(self._loop_until, now) + frames / HOUSE_RATE
                self._push(self._seam.push(self._loop.take(frames)), now)
        elif now - self._pushed_at > _QUIET:
            self._push(self._seam.end(), self._pushed_at)

    def _tell(self, before: str, after: str, reason: str) -> None:
        log.info("relay of %s: %s -> %s (%s)", self._spec.slot_id, before, after, reason)
        try:
            self._on_change(self._spec.slot_id, before, after, reason)
        except Exception:  # what the journal cannot take now must not end the sound
            log.exception("a change of the relay of %s could not be told", self._spec.slot_id)

    def _end(self) -> None:
        sources = [*self._running.values(), *self._leaving]
        for source in sources:
            source.stop()
        with self._lock:
            self._push(self._seam.end(), self._clock.monotonic())
            self._on_air = NOWHERE
        left = [source for source in sources if not source.join(_LAST)]
        self._running, self._leaving = {}, []
        if left:
            log.warning("%d sources of the relay of %s did not end in time", len(left), self._spec.slot_id)

    # Sound

    def _take(self, source: Source, samples: Pcm, at: float) -> None:
        """From a source's thread: only what is on air goes on."""
        with self._lock:
            if self._running.get(self._on_air) is source and not self._stop.is_set():
                self._push(self._seam.push(samples), at)

    def _push(self, samples: Pcm, at: float) -> None:
        if len(samples):
            self._pushed_at = max(self._pushed_at, at)
            self._feed.push(samples)

    # State

    def state(self) -> ChainState:
        now = self._clock.monotonic()
        running = dict(self._running)
        with self._lock:
            on_air, since, reason = self._on_air, self._since, self._reason
        sources = tuple(self._status(place, running.get(place), now) for place in range(len(self._places)))
        if 0 <= on_air < len(sources):
            state, level = sources[on_air].state, sources[on_air].level_db
        else:
            refused = bool(sources) and all(source.state is SourceState.REFUSED for source in sources)
            state, level = SourceState.REFUSED if refused else SourceState.LOST, -inf
        if on_air == NOWHERE:
            state = SourceState.IDLE if self._stop.is_set() else SourceState.STARTING
        return ChainState(self._spec.slot_id, self._name(on_air), since, state, reason, level, sources)

    def _status(self, place: int, source: Source | None, now: float) -> SourceStatus:
        wanted = self._places[place]
        reason = self._chooser.reason(place)
        if wanted.refused:
            return SourceStatus(wanted.name, SourceState.REFUSED, wanted.refused, -inf)
        if source is None:
            state = SourceState.LOST if reason else SourceState.IDLE
            return SourceStatus(wanted.name, state, reason, -inf)
        seen = source.seen()
        state = _state(seen, now, wanted.terms)
        why = "" if state is SourceState.ON else seen.fault or reason
        return SourceStatus(wanted.name, state, why, source.level_db())

    def _name(self, place: int) -> str:
        if 0 <= place < len(self._places):
            return self._places[place].name
        return FALLBACK if place == len(self._places) and self._loop else NOTHING


def _state(seen: SourceReport, now: float, terms: Terms) -> SourceState:
    if seen.heard_at is None:
        return SourceState.STARTING
    if now - seen.heard_at > terms.lost_seconds / 2:
        return SourceState.LOST
    if seen.loud_at is None or now - seen.loud_at > _PAUSE:
        return SourceState.SILENT
    return SourceState.ON
