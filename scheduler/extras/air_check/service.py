"""What the monitor has found of a day, for whoever asks on the command line.

Reads only: what a finding means is `rules.air_watch`'s, the monitor itself is `work`'s.
"""

from datetime import date
from typing import Self

from scheduler.extras.air_check.rows import HeardRows
from scheduler.extras.air_check.rules.air_watch import StoredHeard
from scheduler.services import Services

__all__ = ["AirCheckService"]


class AirCheckService:
    def __init__(self, rows: HeardRows) -> None:
        self._rows = rows

    @classmethod
    def of(cls, services: Services) -> Self:
        return cls(HeardRows(services.repos.store, services.repos.journal))

    def of_day(self, day: date) -> list[StoredHeard]:
        """Each airing that was judged, and each spell of silence or stray sound."""
        return self._rows.of_day(day.isoformat())

    def newest(self, count: int) -> list[StoredHeard]:
        """The newest findings, newest first."""
        return self._rows.last(count)
