"""The signed checkpoints of the journal, and what a day's is made of: the rows that are new since the one before.

Rows only: what a checkpoint says and what must hold of a line of them is `core.report.proof`'s, its key is `keys`'. The
database refuses update and delete by trigger; nobody relies on that.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlite_utils.db import Database

from scheduler.core.report.proof import Checkpoint, Sealed, Sum, Sums, read_payload
from scheduler.store.air.clock_words import ClockWords
from scheduler.store.chain import START, Mark, walk
from scheduler.store.database import Store, insert, instant_or_none, instant_text


class Segment(NamedTuple):
    """The rows between two checkpoints: where they end, what they add up to, which of them does not hold."""

    last: Mark
    sums: Sums
    broken_at: int | None


class Checkpoints:
    def __init__(self, store: Store) -> None:
        self.store = store

    def all(self) -> list[Sealed]:
        """Every checkpoint, in order of their number."""
        return self._sealed("ORDER BY number")

    def newest(self) -> Sealed | None:
        found = self._sealed("ORDER BY number DESC LIMIT 1")
        return found[0] if found else None

    def before(self, day: date) -> Sealed | None:
        """The last checkpoint of the days before `day`."""
        found = self._sealed("WHERE day < ? ORDER BY number DESC LIMIT 1", day.isoformat())
        return found[0] if found else None

    def near(self, day: date) -> list[Sealed]:
        """Those of a day and of the days on both sides of it."""
        days = (str(day - timedelta(days=1)), str(day + timedelta(days=1)))
        return self._sealed("WHERE day BETWEEN ? AND ? ORDER BY number", *days)

    def _sealed(self, rest: str, *values: str) -> list[Sealed]:
        sql = f"SELECT payload, signature FROM checkpoint {rest}"  # noqa: S608 - `rest` is ours
        return [Sealed(*row) for row in self.store.db.conn.execute(sql, values)]

    def add(self, db: Database, checkpoint: Checkpoint, sealed: Sealed) -> None:
        """Keep one, inside the caller's transaction. A second one of its number is an IntegrityError."""
        key = {"number": checkpoint.number, "day": checkpoint.day.isoformat()}
        insert(db, "checkpoint", key | sealed._asdict())

    def first_written(self) -> datetime | None:
        """When the journal's first row was written."""
        return instant_or_none(self.store.value("SELECT at FROM journal ORDER BY seq LIMIT 1"))

    def segment(self, after: Mark, until: datetime) -> Segment:
        """The rows behind `after` up to the first one written at or after `until`."""
        # What a clock that ran ahead has written comes before the row in which people set it right: it is in this day.
        begin = max(after.seq, ClockWords(self.store).base())
        late = self.store.value(
            "SELECT seq FROM journal WHERE seq > ? AND at >= ? ORDER BY seq LIMIT 1", (begin, instant_text(until))
        )
        newest = self.store.value("SELECT max(seq) FROM journal")
        last = max(after.seq, late - 1 if late else newest or 0)
        if last == after.seq:
            return Segment(after, {}, None)
        walked = walk(self.store, after, last)
        told = self.store.value("SELECT hash FROM journal WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (last,))
        return Segment(Mark(last, str(told)), self._sums(after.seq, last), walked.broken and walked.broken.seq)

    def _sums(self, after: int, last: int) -> Sums:
        rows = self.store.rows(
            "SELECT day, outcome, count(*) AS airings, coalesce(sum(played_ms), 0) AS ms FROM journal"
            " WHERE kind = 'airing' AND seq > ? AND seq <= ? GROUP BY day, outcome ORDER BY day, outcome",
            (after, last),
        )
        sums: dict[str, dict[str, Sum]] = {}
        for row in rows:
            sums.setdefault(row["day"], {})[row["outcome"]] = Sum(row["airings"], row["ms"])
        return sums


def mark_of(sealed: Sealed | None) -> Mark:
    """Where the chain stood at a checkpoint; before all rows for None. Raises ValueError for a damaged one."""
    if sealed is None:
        return START
    told = read_payload(sealed.payload)
    return Mark(told.last_seq, told.last_hash)
