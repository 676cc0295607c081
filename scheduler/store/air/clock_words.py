"""What people have said of the clock: "giờ bây giờ đúng", asked by one, agreed to by a second where there is one.

Rows only; who may say it and when is `clock`'s. A confirmed word names the row of the journal that tells it, and
rows before that one say no longer how late it is.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from scheduler.core.air.clock_trust import Ahead
from scheduler.features import FEATURES
from scheduler.store.database import Row, Store, insert, instant_of, instant_text, update

__all__ = ["ClockWord", "ClockWords"]

WAITS = timedelta(hours=1)
"""How long a first word waits for the second."""
_FAR = timedelta(days=1)
_RETRIED = tuple(table for feature in FEATURES for table in feature.retried)
"""Tables whose failed tries wait for an hour that the wrong clock has set (`retry_at`, `tries`)."""


class ClockWord(NamedTuple):
    """A first word that waits for the second."""

    id: int
    person_id: int
    name: str
    at: datetime


class ClockWords:
    def __init__(self, store: Store) -> None:
        self.store = store

    def open(self, now: datetime) -> ClockWord | None:
        """The newest first word that a second person may still agree to."""
        sql = """SELECT w.id, w.asked_by, p.name, w.asked_at FROM clock_word w JOIN person p ON p.id = w.asked_by
            WHERE w.confirmed_at IS NULL AND w.asked_at BETWEEN ? AND ? ORDER BY w.id DESC LIMIT 1"""
        row = self.store.row(sql, (instant_text(now - WAITS), instant_text(now)))
        return ClockWord(row["id"], row["asked_by"], row["name"], instant_of(row["asked_at"])) if row else None

    def ask(self, person_id: int, now: datetime) -> int:
        with self.store.write() as db:
            return insert(db, "clock_word", {"asked_at": instant_text(now), "asked_by": person_id})

    def confirm(self, word_id: int, person_id: int, now: datetime, seq: int) -> None:
        """Make a word hold from row `seq` on, and let nothing wait for an hour that the wrong clock had set."""
        values: Row = {"confirmed_at": instant_text(now), "confirmed_by": person_id, "journal_seq": seq}
        with self.store.write() as db:
            update(db, "clock_word", {"id": word_id}, values)
            for table in _RETRIED:
                sql = f"UPDATE {table} SET retry_at = NULL WHERE tries > 0 AND retry_at > ?"  # noqa: S608 - our names
                db.conn.execute(sql, (instant_text(now + _FAR),))

    def base(self) -> int:
        """The row from which on the journal says how late it is; 0 = nobody had to say so."""
        return int(self.store.value("SELECT coalesce(max(journal_seq), 0) FROM clock_word"))

    def ahead(self, now: datetime) -> Ahead | None:
        """What was written by a clock that ran ahead of `now`, as far as nobody has set it right."""
        late = (self.base(), instant_text(now))
        row = self.store.row("SELECT count(*) AS rows, max(at) AS until FROM journal WHERE seq >= ? AND at > ?", late)
        if row is None or not row["rows"]:
            return None
        sql = """SELECT day, count(*) AS airings FROM journal WHERE seq >= ? AND kind = 'airing' AND actual_start > ?
            AND outcome IN ('played', 'partial') GROUP BY day ORDER BY day"""
        airings = {one["day"]: one["airings"] for one in self.store.rows(sql, late)}
        return Ahead(row["rows"], instant_of(row["until"]), airings)
