"""Rows follow the red lane: the service writes what the ring tells as soon as the database takes it, exactly once.

It asks nothing and waits for nobody: what is not taken at once is tried in the next turn. Sound is the lane's.
"""

import logging
import sqlite3
from datetime import datetime

from scheduler.kernel.database_faults import writes_nothing
from scheduler.kernel.errors import LoaError
from scheduler.playout.programme import Ended
from scheduler.playout.red_lane import ANYWAY, RedLane
from scheduler.services.repositories import Repositories
from scheduler.store.red_lane.red_fields import is_spoken
from scheduler.store.red_ring import Placed

__all__ = ["RedFollow"]

log = logging.getLogger(__name__)


class RedFollow:
    def __init__(self, repos: Repositories, lane: RedLane) -> None:
        self._repos, self._lane = repos, lane
        self._seen: dict[str, object] = {}
        self._bell: object = None
        self._looked = float("-inf")
        self._is_refused = False
        self._version: tuple[int, int] | None = None
        """At which what may be ordered was read; None = it could not be, or may be another by now."""

    def turn(self, now: datetime, version: tuple[int, int]) -> list[Ended]:
        """Read anew what may be ordered where rows have changed (`version`), and write what is missing.

        Gives the reports of drills that gave way to an emergency: their rows go on from here. On a stepped clock the
        lane has no thread, and looks here.
        """
        self._read(version)
        if not self._lane.is_threaded:
            self._lane.words.look()
            self._lane.turn(now)
        placed = self._repos.red.placed() if self._may_hold_any() else []
        if not placed and not self._seen:
            self._is_refused = False
            return self._lane.take_yielded()
        try:
            with self._repos.store.hurried():
                self._follow(placed, now, version)
        except (LoaError, sqlite3.Error) as error:
            if not writes_nothing(error):
                raise
            if not self._is_refused:
                log.warning("rows of the red lane wait for the database: %s", error)
            self._is_refused = True
            return []
        self._is_refused = False
        return self._lane.take_yielded()

    def turned(self, own_changes: int) -> None:
        """A turn is over: what playout itself has written in it is nothing that an order is made of."""
        if self._version is not None:
            self._version = self._version[0], own_changes

    def _read(self, version: tuple[int, int]) -> None:
        lane = self._lane
        if version == self._version and not lane.unknown:
            self._version = version if lane.sounds.look() else None
            return
        read = [lane.sounds.refresh(lane.unknown), lane.words.refresh()]
        self._version = version if all(read) else None

    def _may_hold_any(self) -> bool:
        """Whether the ring held an order at the last look, or may hold one since: its records are many to read."""
        bell, mono = self._repos.red.bell(), self._repos.clock.monotonic()
        is_known_empty = not self._seen and not self._is_refused
        if is_known_empty and bell == self._bell and mono - self._looked < ANYWAY:
            return False
        self._bell, self._looked = bell, mono
        return True

    def _follow(self, placed: list[Placed], now: datetime, version: tuple[int, int]) -> None:
        for one in placed:
            mark = one.state, one.answer.get("attempts"), one.cancel is not None, is_spoken(one.order), version
            if self._seen.get(one.key) == mark:
                continue
            ended = self._repos.red_rows.follow(one, now)
            self._version = None  # it may have written an announcement, its clip or a person
            self._lane.settle(one, ended=ended)
            self._seen[one.key] = mark
        known = {one.key for one in placed}
        for key in [key for key in self._seen if key not in known]:
            del self._seen[key]
