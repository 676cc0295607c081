"""What was asked of single days of the journal, kept until a row of such a day is added: none is ever changed.

A year is asked for again and again, and all but its last day has been over for long. It is made from the journal alone
and gone with its process. What is asked, and how, is whoever's who asks.
"""

import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from scheduler.store.database import Store

__all__ = ["DayAnswers"]

MOST_KEPT = 5000
"""Days of answers; beyond them everything is asked anew."""
_Item = TypeVar("_Item")
_Day = TypeVar("_Day", bound=tuple[Hashable, ...])


class DayAnswers:
    """Any thread may ask."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._seen = 0
        self._kept: dict[str, dict[Hashable, list[Any]]] = {}
        """Day -> (question, day as asked) -> what was found."""

    def of(
        self, question: str, days: Sequence[_Day], read: Callable[[Sequence[_Day]], Iterable[tuple[str, _Item]]]
    ) -> list[_Item]:
        """What `read` finds on the days (ISO day first, then whatever makes it another question), day after day.

        `read` is given those that nobody has asked for, and gives each item with its day. Nobody may change an item.
        """
        if self._store.db.conn.in_transaction:  # it may yet be undone
            return [item for _, item in read(days)]
        with self._lock:
            self._look()
            missing = [day for day in days if (question, day) not in self._kept.get(str(day[0]), {})]
            if missing:
                found: dict[str, list[_Item]] = {str(day[0]): [] for day in missing}
                for on, item in read(missing):
                    found[on].append(item)
                for day in missing:
                    self._kept.setdefault(str(day[0]), {})[question, day] = found[str(day[0])]
            return [item for day in days for item in self._kept[str(day[0])][question, day]]

    def _look(self) -> None:
        """Forget the days that have had a row since the last look."""
        newest = int(self._store.value("SELECT coalesce(max(seq), 0) FROM journal"))
        if newest < self._seen or sum(map(len, self._kept.values())) > MOST_KEPT:  # less: a backup was brought back
            self._kept.clear()
        elif newest > self._seen:
            sql = "SELECT DISTINCT day FROM journal WHERE seq > ? AND seq <= ?"
            for (day,) in self._store.db.conn.execute(sql, (self._seen, newest)):
                self._kept.pop(str(day), None)
        self._seen = newest
