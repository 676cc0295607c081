"""Counts over the rows for a watchman's numbers: how many slots ended how, how much was heard, what the worker has.

Each is one query over an index or a small table; the journal's sums go on from the row where they stood, so that years
of it cost no more than a day.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from scheduler.core.air.standing import Tally
from scheduler.store.database import Store, instant_of

__all__ = ["JournalSums", "job_counts"]


@dataclass(slots=True)
class JournalSums:
    """Airings and seconds heard since the first row, kept up to date row by row: rows never change. Tests of an output
    are no airings.
    """

    last_seq: int = 0
    airings: Counter[str] = field(default_factory=Counter)
    """By outcome."""
    heard_ms: Counter[str] = field(default_factory=Counter)
    """By what set them off."""
    last_at: dict[str, datetime] = field(default_factory=dict)
    """When the last row with each outcome was written, by the clock of then."""
    _lock: Lock = field(default_factory=Lock)

    def read_on(self, store: Store) -> None:
        """Add what has been written since the last look."""
        sql = (
            "SELECT outcome, trigger, count(*) AS airings, sum(coalesce(played_ms, 0) > 0) AS sounded,"
            " sum(coalesce(played_ms, 0)) AS ms, max(seq), at FROM journal"
            " WHERE seq > ? AND seq <= ? AND kind = 'airing' AND trigger <> 'test'"
            " GROUP BY outcome, trigger ORDER BY max(seq)"
        )
        with self._lock:
            newest = int(store.value("SELECT coalesce(max(seq), 0) FROM journal"))
            if newest == self.last_seq:
                return
            for row in store.rows(sql, (self.last_seq, newest)):
                self.airings[row["outcome"]] += row["airings"]
                self.heard_ms[row["trigger"]] += Tally.of(
                    row["outcome"], row["airings"], row["sounded"], row["ms"]
                ).played_ms
                self.last_at[row["outcome"]] = instant_of(row["at"])  # of the row with max(seq): SQLite's bare columns
            self.last_seq = newest


def job_counts(store: Store) -> dict[str, int]:
    """How many jobs stand in each state."""
    return {row["state"]: row["n"] for row in store.rows("SELECT state, count(*) AS n FROM job GROUP BY state")}
