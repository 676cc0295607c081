"""The journal as its page asks for it: airings of some days that fit a filter, page by page, with their sums.

Filter and sums are answered by one index that holds all they need, so that four years cost as little as a week. Pages
follow a row, not a number of rows: a page stays the same while the journal grows. Words are found without diacritics
among the few hundred titles there are, never row by row.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler.core.dispatch.text import fold
from scheduler.core.model import AiringOutcome
from scheduler.store.database import Row, Store, instant_text, json_text

__all__ = ["Filter", "JournalSearch", "Place", "Sums"]

Place = tuple[str, str, int]
"""Day, planned start and number of a row: where a page begins or ends."""
_ORDER = "day, planned_start, seq"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which airings: days (both included), and whatever else is not None."""

    first: date
    last: date
    campaign_id: int | None = None
    dispatch: str | None = None
    zone: str | None = None
    outcomes: tuple[AiringOutcome, ...] = ()
    """Empty = every one."""
    words: str = ""
    """In the title or the number of the dispatch; capitals and diacritics make no difference."""

    @property
    def is_plain(self) -> bool:
        """Nothing but the days."""
        return not (self.campaign_id or self.dispatch or self.zone or self.outcomes or self.words)


@dataclass(frozen=True, slots=True)
class Sums:
    """Of everything the filter lets through; a test tone on one loudspeaker is nothing that was said."""

    rows: int
    heard: int
    """Played, to the end or in part."""
    unheard: int
    """Missed, refused or failed."""
    played_ms: int


class JournalSearch:
    """Reads only. The titles it has seen are kept, because a title once in the journal stays."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._titles: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._seen = 0
        self._lock = threading.Lock()

    def sums(self, wanted: Filter) -> Sums:
        where, values = self._where(wanted)
        sql = f"""SELECT count(*), coalesce(sum(outcome IN ('played', 'partial')), 0),
            coalesce(sum(outcome IN ('missed', 'refused', 'failed')), 0), coalesce(sum(coalesce(played_ms, 0)), 0)
            FROM journal WHERE {where} AND "trigger" <> 'test'"""  # noqa: S608 - our words
        return Sums(*self.store.db.conn.execute(sql, values).fetchone())

    def page(self, wanted: Filter, limit: int, *, after: Place | None = None, newest_first: bool = False) -> list[Row]:
        """At most `limit` rows behind the row at `after`, with `outputs` decoded."""
        where, values = self._where(wanted)
        if after is not None:
            where += f" AND ({_ORDER}) {'<' if newest_first else '>'} (?, ?, ?)"
            values += after
        way = "DESC" if newest_first else "ASC"
        order = ", ".join(f"{name} {way}" for name in _ORDER.split(", "))
        sql = f"SELECT seq FROM journal WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608 - our words
        found = [seq for (seq,) in self.store.db.conn.execute(sql, (*values, limit))]
        rows = {row["seq"]: row for row in self._rows(found)}
        return [rows[seq] for seq in found]

    def every(self, wanted: Filter, at_once: int = 2000) -> Iterator[Row]:
        """All rows, oldest first, some at a time."""
        after: Place | None = None
        while rows := self.page(wanted, at_once, after=after):
            yield from rows
            after = place_of(rows[-1])

    def minutes(self, wanted: Filter) -> dict[date, int]:
        """Milliseconds of sound by day; days without any are left out."""
        where, values = self._where(wanted)
        sql = f"""SELECT day, sum(coalesce(played_ms, 0)) FROM journal WHERE {where} AND "trigger" <> 'test'
            GROUP BY day"""  # noqa: S608 - our words
        return {date.fromisoformat(day): played for day, played in self.store.db.conn.execute(sql, values) if played}

    def row(self, seq: int) -> Row | None:
        """One airing, with everything the journal says of it."""
        found = self._rows([seq])
        return found[0] if found else None

    def around(self, first: datetime, last: datetime, days: Sequence[date]) -> list[Row]:
        """Airings of the days that were to begin between two instants, oldest first."""
        sql = f"""SELECT seq FROM journal WHERE kind = 'airing' AND day IN (SELECT value FROM json_each(?))
            AND planned_start BETWEEN ? AND ? ORDER BY {_ORDER}"""  # noqa: S608 - our words
        values = (json_text([str(day) for day in days]), instant_text(first), instant_text(last))
        return self._rows([seq for (seq,) in self.store.db.conn.execute(sql, values)])

    def beside(self, first: date, last: date, kinds: Sequence[str]) -> list[Row]:
        """Rows of the days that are no airings, of these kinds, oldest first."""
        sql = """SELECT * FROM journal WHERE day BETWEEN ? AND ? AND kind IN (SELECT value FROM json_each(?))
            ORDER BY seq LIMIT 200"""
        return list(self.store.rows(sql, (str(first), str(last), json_text(list(kinds)))))

    def order_of(self, day: str, slot_id: str) -> Row | None:
        """By whose word an airing was ordered, where an officer gave the order by a leader's number."""
        sql = "SELECT * FROM journal WHERE day = ? AND kind = 'order' AND slot_id = ? LIMIT 1"
        return self.store.row(sql, (day, slot_id))

    def campaigns(self, first: date, last: date) -> list[int]:
        """Campaigns that have an airing in the days."""
        sql = """SELECT DISTINCT campaign_id FROM journal WHERE kind = 'airing' AND day BETWEEN ? AND ?
            AND campaign_id IS NOT NULL"""
        return [found for (found,) in self.store.db.conn.execute(sql, (str(first), str(last)))]

    def _rows(self, seqs: Sequence[int]) -> list[Row]:
        sql = "SELECT * FROM journal WHERE kind = 'airing' AND seq IN (SELECT value FROM json_each(?)) ORDER BY seq"
        return [row | {"outputs": json.loads(row["outputs_json"])} for row in self.store.rows(sql, (json_text(seqs),))]

    def _where(self, wanted: Filter) -> tuple[str, tuple[Any, ...]]:
        parts, values = ["kind = 'airing'", "day BETWEEN ? AND ?"], [str(wanted.first), str(wanted.last)]
        for name, value in (
            ("campaign_id", wanted.campaign_id),
            ("dispatch_number", wanted.dispatch),
            ("zone", wanted.zone),
        ):
            if value is not None:
                parts.append(f"+{name} = ?")  # the plus: no other index, which would read every row it finds
                values.append(value)  # type: ignore[arg-type]  # sqlite takes numbers and text
        if wanted.outcomes:
            parts.append("outcome IN (SELECT value FROM json_each(?))")
            values.append(json_text([one.value for one in wanted.outcomes]))
        if wanted.words.strip():
            titles, numbers = self._named(wanted.words)
            parts.append(
                "(title IN (SELECT value FROM json_each(?)) OR +dispatch_number IN (SELECT value FROM json_each(?)))"
            )
            values += [json_text(titles), json_text(numbers)]
        return " AND ".join(parts), tuple(values)

    def _named(self, words: str) -> tuple[list[str], list[str]]:
        """Titles and dispatch numbers in which every word stands."""
        wanted = fold(words).split()
        self._look()

        def fitting(kept: dict[str, str]) -> list[str]:
            return [name for name, folded in list(kept.items()) if all(word in folded for word in wanted)]

        return fitting(self._titles), fitting(self._numbers)

    def _look(self) -> None:
        """Take in the titles of rows that are new since the last look."""
        with self._lock:
            newest = self.store.value("SELECT coalesce(max(seq), 0) FROM journal")
            if newest == self._seen:
                return
            sql = "SELECT DISTINCT title, dispatch_number FROM journal WHERE kind = 'airing' AND seq > ? AND seq <= ?"
            for title, number in self.store.db.conn.execute(sql, (self._seen, newest)):
                self._titles.setdefault(title, fold(title))
                if number:
                    self._numbers.setdefault(number, fold(number))
            self._seen = newest


def place_of(row: Row) -> Place:
    """Where a row stands."""
    return row["day"], row["planned_start"], row["seq"]
