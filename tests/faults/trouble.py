"""Makes the mishaps of a day in one life: steps of its clock, faults of its machine and its outputs, and puts them right.

What stands on the disk (a damaged clip) outlives a kill and is put right by the next life. It tells what has begun
and is over; it judges nothing.
"""

import errno
import logging
import os
import resource
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import OutputError
from scheduler.playout import service as playing
from scheduler.playout.process import turned
from scheduler.playout.service import Playout
from scheduler.playout.sink import Sink
from scheduler.services.planning.campaigns import CampaignService
from scheduler.station import Station
from scheduler.store import database
from tests.faults.happened import Telling
from tests.faults.heard import Heard
from tests.faults.mishaps import CLOCK, DATABASE, OUTPUT, Mishap, edges, offset_at

log = logging.getLogger(__name__)

MOST_IDLE = 1.0
"""Seconds that may pass at once while something is wrong, and for a while afterwards."""
AFTERWARDS = timedelta(seconds=20)
THROWN: dict[str, Callable[[], Exception]] = {
    "MemoryError": MemoryError,
    "OSError": lambda: OSError(errno.EIO, "input/output error"),
    "RuntimeError": lambda: RuntimeError("a bug of this day"),
}
_REFUSED = {"full": sqlite3.SQLITE_FULL, "disk error": sqlite3.SQLITE_IOERR_WRITE, "no memory": sqlite3.SQLITE_NOMEM}
_OURS = (f"{os.sep}scheduler{os.sep}", f"{os.sep}sqlite_utils{os.sep}", f"{os.sep}audio_assets{os.sep}")
"""Where exceptions are thrown: in the station's code, and in what stands between it and its database."""


class DayClock(SteppedClock):
    """The clock on the wall of a life: it shows the true hour, or a wrong one, and is stepped from one to the other."""

    def __init__(self, true: datetime, mishaps: Sequence[Mishap]) -> None:
        super().__init__(true + offset_at(mishaps, true))
        self._born, self._mishaps = true, mishaps

    def true(self) -> datetime:
        return self._born + timedelta(seconds=self.monotonic())

    def follow(self) -> None:
        """Show what it is to show by now."""
        true = self.true()
        if abs(by := (true + offset_at(self._mishaps, true) - self.now()).total_seconds()) > 0.0005:
            self.step_wall(by)


def hurry() -> None:
    """Who waits for a locked database waits in real time, which a stepped day has not."""
    database.BUSY_TIMEOUT_MS, database.HURRIED_MS, playing.LOCKED_FOR = 20, 1, 0.002


class EscapedError(Exception):
    """What was thrown went through every guard of the loop: the process ends, and says so."""


class Trouble:
    """`look` makes and undoes; `step` and `sound` are a turn of the service and a pass of its outputs' threads."""

    def __init__(self, mishaps: Sequence[Mishap], clock: DayClock, data: Path, telling: Telling) -> None:
        self._mishaps, self._clock, self._data, self._telling = mishaps, clock, data, telling
        self._edges = edges(mishaps)
        self._undo: dict[Mishap, Callable[[], None]] = {}
        self._begun: set[Mishap] = set()
        self._throw: Mishap | None = None
        self._has_thrown = False
        self._born = clock.true()
        self.station: Station | None = None
        self.service: Playout | None = None

    @property
    def seconds_left(self) -> float:
        """Until something begins or is over."""
        now = self._clock.true()
        return min(((edge - now).total_seconds() for edge in self._edges if edge > now), default=float("inf"))

    @property
    def is_on(self) -> bool:
        now = self._clock.true()
        return any(one.at <= now < one.end + AFTERWARDS for one in self._mishaps if one.kind not in CLOCK)

    # What goes wrong

    def look(self) -> None:
        self._clock.follow()
        now = self._clock.true()
        for one in [one for one in self._undo if not one.is_on(now)]:
            self._undo.pop(one)()
            self._tell(f"over {one.kind}", one)
        for one in self._mishaps:
            if one.kind == "thrown" and one not in self._begun and self._born <= one.at <= now and self.service:
                self._begun.add(one)
                self._throw = one
            elif one not in self._begun and one.is_on(now) and (undo := self._make(one)):
                self._begun.add(one)
                self._tell(one.kind, one)
                self._undo[one] = undo
            elif one.kind.startswith("clip") and now >= one.end:
                put_right(self._data, one.what)  # a life that died had taken it

    def _tell(self, what: str, one: Mishap) -> None:
        self._telling.tell(self._clock.true(), what, one.what, self._clock.now())

    def _make(self, one: Mishap) -> Callable[[], None] | None:
        """What undoes it; None where it cannot be done yet."""
        if one.kind in CLOCK:
            return lambda: None
        if one.kind in OUTPUT:
            return self._output(one)
        if one.kind in DATABASE:
            return self._database(one)
        if one.kind.startswith("clip"):
            spoil(self._data, one.what, damaged=one.kind == "clip damaged")
            return lambda: put_right(self._data, one.what)
        return no_descriptors() if one.kind == "no descriptors" else no_planner()

    def _output(self, one: Mishap) -> Callable[[], None] | None:
        output = next((sink.output for sink in self._sinks() if sink.output.name == one.what), None)
        if not isinstance(output, Heard):
            return None
        if one.kind == "drops":
            output.unheard = True
            return lambda: setattr(output, "unheard", False)
        if one.kind == "stalls":
            return lambda: self._wakes(output.name)
        output.raises = (
            OutputError("the cable is out; push it back in") if one.kind == "away" else RuntimeError("a bug")
        )
        return lambda: setattr(output, "raises", None)

    def _database(self, one: Mishap) -> Callable[[], None] | None:
        if self.station is None:
            return None
        store = self.station.repos.store
        if one.kind == "locked":
            return locked(store.path)
        if one.kind == "read only":
            conn = store.db.conn
            conn.execute("PRAGMA query_only = 1")
            return lambda: conn.execute("PRAGMA query_only = 0") and None
        return refusing(_REFUSED[one.kind], at_end=bool(int(one.seconds * 10) % 2))

    # What goes on meanwhile

    def _sinks(self) -> list[Sink]:
        return self.service.engine._sinks if self.service else []

    def _stalled(self) -> set[str]:
        return {one.what for one in self._undo if one.kind == "stalls"}

    def _wakes(self, name: str) -> None:
        """An output that took nothing goes on as its thread does: it leaves out what is long past."""
        for sink in self._sinks():
            if sink.output.name == name and sink.lane.is_open:
                with sink._guard():
                    sink._follow()

    def step(self) -> None:
        """A turn as the process does it: what it raises ends that turn alone."""
        assert self.service is not None
        self._has_thrown = False
        try:
            with self._thrown():
                turned(self.service)
        except Exception as error:
            if not self._has_thrown:
                raise
            raise EscapedError from error

    def sound(self) -> None:
        """What the outputs' threads and the one that tells of them do."""
        assert self.service is not None
        with self._thrown():
            for sink in self._sinks():
                if sink.output.name not in self._stalled():
                    with suppress(Exception):  # as its thread does, beyond its own guard
                        sink.step()
            try:
                self.service.engine._deliver()
            except Exception:
                log.exception("the engine's reports could not be told")

    @contextmanager
    def _thrown(self) -> Iterator[None]:
        """Where one is due, the n-th call or return of the station's own code raises, whoever is running then."""
        if self._throw is None or sys.getprofile() is not None:
            yield
            return
        sys.setprofile(self._count)
        try:
            yield
        finally:
            sys.setprofile(None)

    def _count(self, frame: FrameType, event: str, arg: Any) -> None:
        one = self._throw
        if one is None or event not in {"call", "return"}:
            return
        if not any(place in frame.f_code.co_filename for place in _OURS):
            return
        left = self._left = getattr(self, "_left", one.amount) - 1
        if left < 0:
            self._throw, self._has_thrown = None, True
            del self._left
            sys.setprofile(None)
            self._tell("thrown", one)
            raise THROWN[one.what]()  # noqa: RSE102 - some are made by a function


# -- the machine --------------------------------------------------------------------------------------------------------


def locked(path: Path) -> Callable[[], None] | None:
    """Another program holds the database."""
    with suppress(sqlite3.Error):
        other = sqlite3.connect(path, isolation_level=None, timeout=0.01)
        other.execute("BEGIN IMMEDIATE")

        def undo() -> None:
            other.execute("ROLLBACK")
            other.close()

        return undo
    return None


def refusing(code: int, *, at_end: bool) -> Callable[[], None]:
    """No transaction begins, or none can be kept."""
    usual = database.Store._waited

    def waited(store: database.Store, do: Callable[[], None]) -> None:
        if store.db.conn.in_transaction is at_end:
            error = sqlite3.OperationalError("refused on this day")
            error.sqlite_errorcode = code
            raise error
        usual(store, do)

    database.Store._waited = waited  # type: ignore[method-assign]  # of this process alone
    return lambda: setattr(database.Store, "_waited", usual)


def no_descriptors() -> Callable[[], None]:
    """What is open stays open; nothing more can be opened."""
    had = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, had[1]))
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, had)


def no_planner() -> Callable[[], None]:
    usual = CampaignService.replan

    def replan(services: CampaignService) -> None:
        raise RuntimeError("the planner fails on this day")

    CampaignService.replan = replan  # type: ignore[method-assign]  # of this process alone
    return lambda: setattr(CampaignService, "replan", usual)


def _places(data: Path, sha256: str) -> tuple[Path, Path]:
    return data / "library" / "clips" / sha256[:2] / f"{sha256}.wav", data.parent / f"{sha256}.kept"


def spoil(data: Path, sha256: str, *, damaged: bool) -> None:
    """Take a clip away, or change a byte of it; a copy is kept beside the data folder."""
    clip, kept = _places(data, sha256)
    if kept.exists():
        return
    clip.rename(kept)
    if damaged:
        raw = bytearray(kept.read_bytes())
        raw[len(raw) // 2] ^= 0x55
        clip.write_bytes(raw)


def put_right(data: Path, sha256: str) -> None:
    clip, kept = _places(data, sha256)
    if kept.exists():
        kept.replace(clip)
