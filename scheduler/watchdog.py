"""Whether the station lives, as its supervisor sees it: hung processes are ended, systemd is told while all is well.

A process that has beaten and then falls silent for longer than its patience is killed; the supervisor starts it again.
Beats stand in the ring of the red lane, so a full or locked database makes nobody silent; they are read once more just
before a process is ended. When playout stays silent all the same, the service manager is no longer told that the
station lives, and starts all of it anew. Without systemd (`NOTIFY_SOCKET` is not set) nobody is told; the rest holds.
"""

import logging
import os
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from scheduler.core.station.kept import PLAYOUT_SILENT_AFTER
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import LoaError
from scheduler.services.station.processes import ProcessService

__all__ = ["PATIENCE", "BeatRows", "Pulse", "Vitals", "notify"]

log = logging.getLogger(__name__)

PATIENCE: Mapping[str, float] = {"playout": PLAYOUT_SILENT_AFTER.total_seconds(), "web": 90.0}
"""Seconds that a process may be silent which has beaten before. The worker beats only between jobs: it is not here."""
AIR = "playout"
"""The process without which the station is none."""
GIVEN_UP = 120.0
"""Seconds of playout's silence after which systemd is no longer told that the station lives."""
LOOK_EVERY = 1.0
"""Seconds between two looks at the beats."""
LONGEST_LOOK = 2.0
"""Seconds that count between two looks: a machine that slept has kept everybody from beating."""


class Children(Protocol):
    """What the supervisor offers."""

    def lived(self, name: str) -> float:
        """Seconds since a process was started; 0 while it does not run."""
        ...

    def kill(self, name: str) -> None:
        """End a process at once; it is started again."""
        ...


class Rows(Protocol):
    """What ring and database tell; each may raise LoaError or sqlite3.Error."""

    def beat(self, name: str) -> str:
        """The newest beat of a process, as text that changes with each; empty = it never beat."""
        ...

    def write(self) -> None:
        """Write a beat of the supervisor's own, where beats are rows: what takes none says nothing of who wanted to."""
        ...


@dataclass(frozen=True, slots=True)
class BeatRows:
    """The beats as they stand in the station's ring, else in its database."""

    processes: ProcessService

    def beat(self, name: str) -> str:
        found = self.processes.heartbeat(name)
        return f"{found.pid} {found.life or found.at.isoformat()}" if found else ""

    def write(self) -> None:
        if not self.processes.has_ring:
            self.processes.beat("station", {})


@dataclass(slots=True)
class _Silence:
    beat: str
    seconds: float | None = None
    """Since its last beat; None = it has not beaten since the supervisor began."""
    killed: float = 0.0
    """How silent it was when it was ended last."""


class Vitals:
    """How long each process has been silent, and what follows."""

    def __init__(
        self, clock: Clock, rows: Rows, children: Children, patience: Mapping[str, float] | None = None
    ) -> None:
        """To be made before the processes begin."""
        self._clock, self._rows, self._children, self._patience = clock, rows, children, patience or PATIENCE
        self._silence: dict[str, _Silence] = {}
        """Read before a process begins: what hangs right behind its first beat has beaten, too."""
        with suppress(LoaError, sqlite3.Error):
            self._silence = {name: _Silence(rows.beat(name)) for name in self._patience}
        self._looked = clock.monotonic()

    def look(self) -> bool:
        """One look, at most once a second; whether the station lives."""
        now = self._clock.monotonic()
        if now - self._looked >= LOOK_EVERY:
            passed, self._looked = min(now - self._looked, LONGEST_LOOK), now
            try:
                self._count(passed)
                self._end_the_hung()
            except (LoaError, sqlite3.Error) as error:
                log.warning("the database takes no beats, nobody is judged by them: %s", error)
                for silence in self._silence.values():
                    silence.seconds = None if silence.seconds is None else 0.0
        air = self._silence.get(AIR)
        return air is None or (air.seconds or 0.0) < GIVEN_UP

    def _count(self, passed: float) -> None:
        for name in self._patience:
            beat, silence = self._rows.beat(name), self._silence.get(name)
            if silence is None:
                self._silence[name] = _Silence(beat)
            elif beat != silence.beat:
                self._silence[name] = _Silence(beat, 0.0)
            elif silence.seconds is not None and self._children.lived(name):  # one that rests does not hang
                silence.seconds += passed

    def _end_the_hung(self) -> None:
        silent = [(name, self._silence[name]) for name, least in self._patience.items() if self._seconds(name) >= least]
        if silent:
            self._rows.write()
        for name, silence in silent:
            seconds = self._seconds(name)
            has_beaten = self._children.lived(name) > seconds  # a life that has not is still beginning
            if has_beaten and seconds - silence.killed >= self._patience[name]:
                if self._rows.beat(name) != silence.beat:  # it came back while we were looking
                    continue
                log.error("%s has not beaten for %.0f s, it is ended and started again", name, seconds)
                silence.killed = seconds
                self._children.kill(name)

    def _seconds(self, name: str) -> float:
        return self._silence[name].seconds or 0.0


def notify(address: str, message: str) -> bool:
    """Send one message to the socket of a service manager (whether it took it); `@` begins an abstract name."""
    target = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.setblocking(False)
            line.sendto(message.encode(), target)
    except OSError as error:
        log.warning("the service manager was not told %s: %s", message, error)
        return False
    return True


class Pulse:
    """What systemd is told: ready once, then that the station lives, as often as it asks for."""

    def __init__(self, clock: Clock, environment: Mapping[str, str] = os.environ) -> None:
        self._clock = clock
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._every = _interval(environment)
        self._next = float("-inf")
        self._is_ready = False

    def turn(self, *, lives: bool) -> None:
        """Once in each turn of the supervisor."""
        if not self._address:
            return
        if not self._is_ready:
            self._is_ready = notify(self._address, "READY=1")
        now = self._clock.monotonic()
        if self._every and lives and now >= self._next:
            self._next = now + self._every
            notify(self._address, "WATCHDOG=1")


def _interval(environment: Mapping[str, str]) -> float:
    """Seconds between two signs of life: a third of what systemd waits; 0 = it waits for none from this process."""
    asked, process = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not asked.isdecimal() or (process and process != str(os.getpid())):
        return 0.0
    return int(asked) / 3_000_000
