"""A word about why a playout was ended, beside the database: its supervisor leaves it, the next playout reads it.

The first word about a death stands until it is read, because no airing begins in between; later deaths only say how
long it went on. It is written whole and synced, needs no database, and a folder that takes no files costs the word,
never the act.
"""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scheduler.core.stops import WhyEnded
from scheduler.kernel.clock import Clock
from scheduler.kernel.durable import take_away, write_whole

__all__ = ["EndRecord", "EndRecords"]

log = logging.getLogger(__name__)

_FILE = "playout.ended"
_MOST = 1000


@dataclass(frozen=True, slots=True)
class EndRecord:
    """Why a playout was ended first, and when one was ended last: none lived for long in between."""

    why: WhyEnded
    at: datetime


class EndRecords:
    def __init__(self, folder: Path) -> None:
        """`folder`: the data folder."""
        self._path = folder / _FILE

    def put(self, why: WhyEnded, at: datetime) -> None:
        """Leave a word."""
        known = self.read()
        told = {"why": (known.why if known else why).value, "at": at.isoformat()}
        try:
            write_whole(self._path, json.dumps(told).encode())
        except OSError as error:
            log.warning("why playout was ended could not be kept: %s", error)

    def put_now(self, clock: Clock) -> Callable[[WhyEnded], None]:
        """The same, at the instant of the call."""
        return lambda why: self.put(why, clock.now())

    def read(self) -> EndRecord | None:
        """The word that was left; None = none, or none that can be read."""
        try:
            with self._path.open(encoding="utf-8") as file:
                told = json.loads(file.read(_MOST))
            at = datetime.fromisoformat(told["at"])
            return EndRecord(WhyEnded(told["why"]), at) if at.tzinfo else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def forget(self) -> None:
        """It has been acted on, and never says why a later one ended."""
        with suppress(OSError):
            take_away(self._path)
