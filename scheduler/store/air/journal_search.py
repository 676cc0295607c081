"""The journal as its page asks for it: airings of some days that fit a filter, page by page, with their sums.

Rows are found by one index that holds all a filter asks for; sums, titles and the days on which anything fits come
from what `journal_sums` has added up, so that five years cost as little as a week. Pages follow a row, not a number of
rows: a page stays the same while the journal grows. Words are found without diacritics among the titles.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from scheduler.core.air.standing import Tally
from scheduler.core.dispatch.text import fold
from scheduler.core.model import Trigger
from scheduler.core.report.journal_filter import Filter, Place, place_of
from scheduler.store.air.journal_sums import JournalSums, Kind
from scheduler.store.database import Row, Store, instant_text, json_text

__all__ = ["JournalSearch"]

_ORDER = "day, planned_start, seq"
_TEST = Trigger.TEST.value


class JournalSearch:
    """Reads only; one serves a whole process, because what it has added up it keeps."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._sums = JournalSums(store)

    def tally(self, wanted: Filter) -> Tally:
        """Of everything the filter lets through."""
        return Tally.total(of for _, _, of in self._said(wanted))

    def by_dispatch(self, first: date, last: date) -> dict[tuple[date, str | None], Tally]:
        """The same of each day and dispatch number, in their order; what answers no dispatch stands first."""
        found: dict[tuple[date, str | None], Tally] = {}
        for day, kind, of in self._said(Filter(first, last)):
            key = (date.fromisoformat(day), kind.dispatch or None)
            found[key] = found.get(key, Tally()) + of
        return dict(sorted(found.items(), key=lambda item: (item[0][0], item[0][1] or "")))

    def page(self, wanted: Filter, limit: int, *, after: Place | None = None, newest_first: bool = False) -> list[Row]:
        """At most `limit` rows behind the row at `after`, with `outputs` decoded."""
        if not wanted.is_plain:
            days = self._days_of(wanted)
            if not days:
                return []
            wanted = replace(wanted, first=days[0], last=days[-1])
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
        found: dict[str, int] = {}
        for day, _, of in self._said(wanted):
            if of.played_ms:
                found[day] = found.get(day, 0) + of.played_ms
        return {date.fromisoformat(day): ms for day, ms in found.items()}

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

    def _said(self, wanted: Filter) -> Iterator[tuple[str, Kind, Tally]]:
        """What the filter lets through, by day and kind; a test tone on one loudspeaker is nothing that was said."""
        fits = self._fits(wanted)
        each = self._sums.each(wanted.first, wanted.last)
        return (one for one in each if one[1].trigger != _TEST and fits(one[1]))

    def _fits(self, wanted: Filter) -> Callable[[Kind], bool]:
        """Whether airings of a kind fit a filter; the days are somebody else's question."""
        outcomes = frozenset(one.value for one in wanted.outcomes)
        words = bool(wanted.words.strip())
        titles, numbers = map(frozenset, self._named(wanted.words)) if words else (frozenset(), frozenset())

        def fits(kind: Kind) -> bool:
            return (
                (wanted.campaign_id is None or kind.campaign_id == wanted.campaign_id)
                and (wanted.dispatch is None or kind.dispatch == wanted.dispatch)
                and (wanted.zone is None or kind.zone == wanted.zone)
                and (not outcomes or kind.outcome in outcomes)
                and (not words or kind.title in titles or kind.dispatch in numbers)
            )

        return fits

    def _days_of(self, wanted: Filter) -> list[date]:
        """The first and the last day of a filter on which anything fits it; none where nothing does."""
        fits = self._fits(wanted)
        days = [day for day, kind, _ in self._sums.each(wanted.first, wanted.last) if fits(kind)]
        return [date.fromisoformat(day) for day in days[:1] + days[-1:]]

    def _named(self, words: str) -> tuple[list[str], list[str]]:
        """Titles and dispatch numbers in which every word stands."""
        wanted = fold(words).split()

        def fitting(kept: Mapping[str, str]) -> list[str]:
            return [name for name, folded in kept.items() if all(word in folded for word in wanted)]

        return fitting(self._sums.titles()), fitting(self._sums.numbers())
