"""What has been added up of the journal stays added up, because no row of it is ever changed: kept here by day.

Every look takes in the rows that are new since the last one, so that five years cost what a few thousand groups cost,
whatever is asked of them. It is made from the journal alone, is gone with its process and never written anywhere. Which
groups somebody wants is `journal_search`'s.
"""

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from scheduler.core.air.standing import Tally
from scheduler.core.dispatch.text import fold
from scheduler.store.database import Store

__all__ = ["JournalSums", "Kind"]

_NEW = """
    SELECT day, outcome, "trigger", zone, campaign_id, dispatch_number, title, count(*),
        sum(coalesce(played_ms, 0) > 0), sum(coalesce(played_ms, 0))
    FROM journal WHERE kind = 'airing' AND day IS NOT NULL AND seq > ? AND seq <= ? GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


class Kind(NamedTuple):
    """In what airings of a day agree."""

    outcome: str
    trigger: str
    zone: str
    campaign_id: int | None
    dispatch: str | None
    title: str


class _Sum:
    """Airings of a kind on a day."""

    __slots__ = ("tally",)

    def __init__(self) -> None:
        self.tally = Tally()


class JournalSums:
    """Airings by day and kind, and the titles and dispatch numbers there are. Any thread may ask."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._seen = 0
        self._days: dict[str, dict[Kind, _Sum]] = {}
        self._order: list[str] = []
        self._titles: dict[str, str] = {}
        self._numbers: dict[str, str] = {}

    def each(self, first: date, last: date) -> Iterator[tuple[str, Kind, Tally]]:
        """Day, kind and how its airings stand, of everything on days `first` to `last`, oldest first."""
        with self._looked():
            for day in self._order[bisect_left(self._order, str(first)) : bisect_right(self._order, str(last))]:
                for kind, of in self._days[day].items():
                    yield day, kind, of.tally

    def titles(self) -> Mapping[str, str]:
        """Every title there is, with its folded form."""
        with self._looked():
            return dict(self._titles)

    def numbers(self) -> Mapping[str, str]:
        """Every dispatch number there is, with its folded form."""
        with self._looked():
            return dict(self._numbers)

    @contextmanager
    def _looked(self) -> Iterator[None]:
        """All that stands in the journal now is taken in, and stays as it is until this is over.

        Raises RuntimeError inside a transaction: what is added up stays, and its rows may yet be undone.
        """
        if self._store.db.conn.in_transaction:
            raise RuntimeError("the journal is not added up inside a transaction")
        with self._lock:
            newest = int(self._store.value("SELECT coalesce(max(seq), 0) FROM journal"))
            if newest < self._seen:  # another file: a backup was brought back
                self._forget()
            if newest > self._seen:
                self._take_in(newest)
            yield

    def _take_in(self, newest: int) -> None:
        known = len(self._days)
        for day, *kind, rows, sounded, played_ms in self._store.db.conn.execute(_NEW, (self._seen, newest)):
            told = Kind(*kind)
            of = self._days.setdefault(day, {}).setdefault(told, _Sum())
            of.tally += Tally.of(told.outcome, rows, sounded, played_ms)
            if told.title not in self._titles:
                self._titles[told.title] = fold(told.title)
            if told.dispatch and told.dispatch not in self._numbers:
                self._numbers[told.dispatch] = fold(told.dispatch)
        if len(self._days) > known:
            self._order = sorted(self._days)
        self._seen = newest
