"""The sounds that a ward still needs from its town: urgent ones at once, the others spread over the time that is left.

One of each kind at a time, so that a slow planned download never stands before an urgent one. A sound of another hash
and a server that refuses it are the ward's to judge (`Wants`); a broken line is not: it is tried again until nobody
wants the sound any more, and gone on with where it broke. The bytes are `broker.clips`'.
"""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from scheduler.extras.town.broker.waiting import end_all
from scheduler.extras.town.work.ward import LinkState
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import NOTHING_KEPT, LoaError, Refused

__all__ = ["Sounds", "Wanted", "Wants", "spread_seconds"]

log = logging.getLogger(__name__)

TURN = 1.0
MOST_PAUSE, MOST_URGENT_PAUSE = 120.0, 8.0
"""Seconds before a sound that the line did not bring is tried again."""
LEFT_SHARE = 0.5
"""A planned sound is there when half of the time that was left is over."""
_LINE = NOTHING_KEPT | {"link_web_unreachable", "link_web_slow", "link_web_cut_off", "link_web_tls"}
"""Not the sound's own fault: told as how the link stands."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sound that is to be fetched; `until`: when nobody needs it any more."""

    sha256: str
    size: int
    url: str
    urgent: bool
    until: datetime | None = None


class Wants(Protocol):
    """What the ward says of its sounds; every call may be made from another thread."""

    def wanted(self) -> Sequence[Wanted]: ...

    def arrived(self, sha256: str, path: Path) -> None:
        """The file is whole and verified."""

    def failed(self, sha256: str, refused: Refused) -> None:
        """It did not come this time; the ward says when it is wanted again."""


def spread_seconds(wanted: Wanted, now: datetime, most: timedelta) -> float:
    """Within how many seconds from now a sound that is not urgent is asked for."""
    if wanted.urgent:
        return 0.0
    left = most if wanted.until is None else min(most, (wanted.until - now) * LEFT_SHARE)
    return max(0.0, left.total_seconds())


class Sounds:
    """`run` goes on until it is cancelled."""

    def __init__(
        self,
        wants: Wants,
        fetch: Callable[[Wanted], Path],
        state: LinkState,
        clock: Clock,
        *,
        spread: timedelta,
        in_thread: Callable[[Callable[[], None]], Awaitable[None]],
    ) -> None:
        """`fetch`: the verified file of one sound, or Refused; it may take minutes, in a thread by `in_thread`."""
        self._wants, self._fetch, self._state, self._clock = wants, fetch, state, clock
        self._spread, self._in_thread = spread, in_thread
        self._due: dict[str, float] = {}
        """When (monotonic) a planned sound is asked for; drawn once, and no step of the wall clock moves it."""
        self._again: dict[str, tuple[int, float]] = {}
        """Sounds that the line did not bring: how often in a row, and when it is tried again."""
        self._busy: dict[bool, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something new may be wanted."""
        self._wake.set()

    async def run(self) -> None:
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), TURN)
                self._wake.clear()
                with suppress(sqlite3.OperationalError, OSError, LoaError):  # asked again in a second
                    await self._turn()
        finally:
            await end_all(list(self._busy.values()))

    async def _turn(self) -> None:
        found: list[Wanted] = []
        await self._in_thread(lambda: found.extend(self._wants.wanted()))
        now = self._clock.monotonic()
        here = {one.sha256 for one in found}
        self._due = {sha: due for sha, due in self._due.items() if sha in here}
        self._again = {sha: told for sha, told in self._again.items() if sha in here}
        for one in found:
            if one.sha256 not in self._due:
                seconds = spread_seconds(one, self._clock.now(), self._spread)
                self._due[one.sha256] = now + random.uniform(0, seconds)  # noqa: S311 - spreads wards
            due = now if one.urgent else self._due[one.sha256]
            is_due = max(due, self._again.get(one.sha256, (0, due))[1]) <= now
            if is_due and one.urgent not in self._busy:
                task = self._busy[one.urgent] = asyncio.create_task(self._one(one))
                task.add_done_callback(lambda _, lane=one.urgent: self._freed(lane))  # type: ignore[misc]  # a default binds

    def _freed(self, lane: bool) -> None:  # noqa: FBT001 - which of the two
        self._busy.pop(lane, None)
        self._wake.set()

    async def _one(self, wanted: Wanted) -> None:
        """See one sound through; what it runs into is the ward's to remember."""
        try:
            await self._in_thread(lambda: self._fetched(wanted))
        except (sqlite3.OperationalError, OSError, LoaError) as error:
            log.error("sound %s is not kept: %s", wanted.sha256[:16], error)  # noqa: TRY400 - a full disk
        except Exception:  # whatever it was made of, the next sound counts
            log.exception("sound %s is not fetched", wanted.sha256[:16])

    def _fetched(self, wanted: Wanted) -> None:
        try:
            path = self._fetch(wanted)
        except Refused as refused:
            log.warning("sound %s did not come: %s", wanted.sha256[:16], refused)
            if refused.reason in _LINE:
                self._state.faults["sounds"] = refused
                failures = self._again.get(wanted.sha256, (0, 0.0))[0] + 1
                pause = min(2.0 ** (failures - 1), MOST_URGENT_PAUSE if wanted.urgent else MOST_PAUSE)
                self._again[wanted.sha256] = (failures, self._clock.monotonic() + pause)
                return
            self._again.pop(wanted.sha256, None)
            self._wants.failed(wanted.sha256, refused)
            return
        self._state.faults.pop("sounds", None)
        self._again.pop(wanted.sha256, None)
        self._wants.arrived(wanted.sha256, path)
