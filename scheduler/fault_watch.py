"""Looks for faults of the station every ten seconds, unasked, and writes down when each began and was over.

It runs in the supervisor, on threads of its own: playout, page and worker may all be gone, and nothing waits for it. A
fault counts when two looks in a row have seen it, and is over when two have not; a process that died counts at once.
Whom it tells outside is `fault_telling`'s.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from scheduler.core.station.station_faults import PARTS, StationFault, StationState, standing
from scheduler.fault_telling import Teller, channels_of
from scheduler.kernel.causes import reason_of
from scheduler.kernel.clock import Clock
from scheduler.services import Services
from scheduler.services.fault_log import FaultLog
from scheduler.services.station.station_seen import database_damage, seen_now

__all__ = ["FaultWatch", "watching"]

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0
READ_ALL_EVERY = 50.0
"""Seconds between two readings of the whole database, and at least this many times as long as one takes: READ_SHARE."""
READ_SHARE = 20.0
STARTS_WITHIN = timedelta(seconds=30)
"""A process that has not spoken yet is no fault so soon after the station began."""
GAP = timedelta(seconds=60)
"""Nobody looked for so long, and nobody had ended the station: it was off."""


class FaultWatch:
    """`look` looks once; the watch alone writes the log's beginnings and ends."""

    def __init__(self, kept: FaultLog, clock: Clock, see: Callable[[], StationState], tell: Iterable[str] = ()) -> None:
        """`see`: how the station is now. `tell`: who outside is to hear of each fault."""
        self._log, self._clock, self._see, self._tell = kept, clock, see, tuple(tell)
        self._suspects: dict[str, datetime] = {}
        self._better: dict[str, datetime] = {}
        self._died: deque[tuple[StationFault, datetime]] = deque()
        self._starts_until: datetime | None = None

    def begin(self) -> None:
        """A station begins: where the one before it did not end in order, that is a fault which is over."""
        now, (at, ended) = self._clock.now(), self._log.looked()
        self._starts_until = now + STARTS_WITHIN
        if at is not None and not ended and now - at > GAP:
            off = self._log.begin(StationFault("station", "fault_station_off"), at, self._tell)
            self._log.over(off.number, now)
        self._log.note_look(now)

    def died(self, name: str, code: int) -> None:
        """A process has ended that nobody had ended: for the supervisor's own thread, it waits for nothing."""
        details = {"title": PARTS.get(name, name), "code": str(code)}
        self._died.append((StationFault(f"process {name}", "fault_process_died", details), self._clock.now()))

    def look(self) -> None:
        """Look once, and write down what has begun and what is over."""
        now, found = self._clock.now(), {one.key: one for one in standing(self._see())}
        known = {one.fault.key: one for one in self._log.standing()}
        if self._starts_until is not None and now < self._starts_until:
            found = {key: one for key, one in found.items() if key in known or not key.startswith("process ")}
        while self._died:
            fault, at = self._died.popleft()
            if fault.key not in known:
                known[fault.key] = self._log.begin(fault, at, self._tell)
                log.error("fault: %s: %s", fault.key, fault.reason)
        for key, fault in found.items():
            if key not in known and key in self._suspects:
                self._log.begin(fault, self._suspects[key], self._tell)
                log.error("fault: %s: %s %s", key, fault.reason, dict(fault.details))
        self._suspects = {key: self._suspects.get(key, now) for key in found}
        for key, record in known.items():
            if key not in found and key in self._better:
                self._log.over(record.number, self._better[key])
                log.info("fault over: %s: %s", key, record.fault.reason)
        self._better = {key: self._better.get(key, now) for key in known if key not in found}
        self._log.note_look(now)

    def run(self, stop: threading.Event) -> None:
        """Look until `stop`. Whatever one look meets, the next one comes."""
        while not stop.is_set():
            try:
                self.look()
                self._log.sync()
            except OSError as error:
                log.error("the log of faults is not on the disk: %s", reason_of(error))  # noqa: TRY400 - said each look
            except Exception:  # whatever it is, the next look must come
                log.exception("a look for faults failed")
            stop.wait(LOOK_EVERY)
        self._log.note_look(self._clock.now(), ended=True)


class _WholeDatabase:
    """Reads the database from end to end now and then, and remembers what it found."""

    def __init__(self, services: Services) -> None:
        self._services, self._found, self._next = services, "", float("-inf")

    def damage(self) -> str:
        clock = self._services.repos.clock
        if (began := clock.monotonic()) >= self._next:
            self._found = database_damage(self._services.repos.store.path)
            took = clock.monotonic() - began
            self._next = clock.monotonic() + max(READ_ALL_EVERY, READ_SHARE * took)
        return self._found


@contextmanager
def watching(services: Services, stop: threading.Event) -> Iterator[FaultWatch]:
    """Watch the station of this desk, and tell of its faults, while the body runs."""
    kept, whole = services.repos.faults, _WholeDatabase(services)
    channels = channels_of(services)
    watch = FaultWatch(kept, services.repos.clock, lambda: seen_now(services, whole.damage()), channels)
    watch.begin()
    tellers = [Teller(name, tell, kept, services.repos.clock) for name, tell in channels.items()]
    for name, run in [("faults", watch.run), *((f"faults to {one.name}", one.run) for one in tellers)]:
        threading.Thread(target=run, args=(stop,), name=name, daemon=True).start()
    try:
        yield watch
    finally:
        kept.note_look(services.repos.clock.now(), ended=True)
