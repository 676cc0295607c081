"""Whether playout lives, told to the ring four times a second by the red lane's thread, whatever the database does.

The word for the watchdog changes only while the parts go on: the engine looks at its airings, and the service's loop
turns, or waits for the database or a disk, or is at a long piece of work for less than a minute. What sounds stands
beside it. It ends nobody: that is the watchdog's.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from scheduler.kernel.clock import Clock
from scheduler.playout.engine import Engine
from scheduler.services.repositories import Repositories

__all__ = ["Life"]

log = logging.getLogger(__name__)

TELL_EVERY = 0.25
LONG_WORK = 60.0
"""Seconds that planning a week, or closing days after a long rest, may take."""
PAUSE = 1.5
"""Seconds that the loop may rest between two turns; after a fault it waits for one."""


class Life:
    def __init__(self, repos: Repositories, clock: Clock, state: Callable[[], dict[str, Any]]) -> None:
        """`state`: what sounds and how everything is, from memory."""
        self._repos, self._clock, self._state = repos, clock, state
        self._loop = 0
        self._turned_at = self._told_at = float("-inf")
        self._working_since: float | None = None
        self._engine_at = (-1, float("-inf"))
        self._count = 0

    # The service's side

    def turned(self) -> None:
        """The service's loop has come round."""
        self._loop, self._turned_at = threading.get_ident(), self._clock.monotonic()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """What the service does now may take long and is no hanging."""
        self._loop, self._working_since = threading.get_ident(), self._clock.monotonic()
        try:
            yield
        finally:
            self._working_since = None
            self.turned()

    # The lane's side

    def tell(self, now: datetime, engine: Engine) -> None:
        """Say it, four times a second at most."""
        mono = self._clock.monotonic()
        if mono - self._told_at < TELL_EVERY:
            return
        self._told_at = mono
        if self._goes_on(mono, engine):
            self._count += 1
        try:
            state = self._state()
        except RuntimeError:  # the service changed a table while it was read: the next quarter of a second
            return
        self._repos.jobs.live("playout", os.getpid(), now, state, str(self._count))

    def _goes_on(self, mono: float, engine: Engine) -> bool:
        turns, _ = self._engine_at
        if engine.turns != turns:
            self._engine_at = engine.turns, mono
        if mono - self._engine_at[1] > PAUSE:
            return False
        if self._working_since is not None and mono - self._working_since < LONG_WORK:
            return True
        return mono - self._turned_at < PAUSE or self._loop in self._repos.store.waiting
