"""The rows of an inbox: one kind of row, one set of questions, over the table that each sender has.

A changed version is a new row and the old one stays. Every change names the state and the way it was seen in, so that
two hands never decide the same one. What only one sender has is its own row's and its own table's. What a row means,
and who may change it, is the service's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from typing import Any, Generic

from scheduler.core.model import Priority
from scheduler.extras.inbox.rules import RowT
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store import Row, Store, instant_text
from scheduler.store.database import insert, update
from scheduler.store.mapper import Column, Mapper

__all__ = ["InboxRows", "Table"]


@dataclass(frozen=True, slots=True)
class Table(Generic[RowT]):
    """The table of one sender."""

    name: str
    row: type[RowT]
    missing: str
    """What a row that is not there is called."""
    decided: str
    """The reason where somebody else was quicker."""
    columns: Mapping[str, Column] = field(default_factory=dict)
    emergency: str = f"i.priority = {Priority.EMERGENCY.value}"
    """Which rows are emergencies, in SQL; as the row's own `is_emergency`."""
    unmade: str = "i.announcement_id IS NOT NULL"
    """Which waiting rows without a sound may still get one."""
    owed: str = "0"
    """Which rows that are over still owe their sender a word."""


class InboxRows(Generic[RowT]):
    def __init__(self, store: Store, table: Table[RowT]) -> None:
        self.store = store
        self.table = table
        # A field that the table has no column for is as if nothing was said of it.
        usual = [
            one.name for one in fields(table.row) if one.default is not MISSING or one.default_factory is not MISSING
        ]
        self.mapper = Mapper(table.row, table.name, lacks=usual, **table.columns)
        self.mapper.plan()

    # One

    def add(self, values: Row) -> RowT:
        """A new row, its fields of other names in the columns they have."""
        columns = self.mapper.columns
        named = {columns[name].name if name in columns else name: value for name, value in values.items()}
        with self.store.write() as db:
            return self.get(insert(db, self.table.name, named))

    def get(self, inbox_id: int) -> RowT:
        found = self.one("id = ?", (inbox_id,))
        if found is None:
            raise NotFound(self.table.missing, inbox_id)
        return found

    def change(self, seen: RowT, values: Mapping[str, Any]) -> RowT:
        """Write `values` if the row still is as it was seen. Raises Refused: somebody was quicker."""
        with self.store.write() as db:
            if not update(db, self.table.name, {"id": seen.id, "state": seen.state, "way": seen.way}, values):
                raise Refused(self.table.decided)
        return self.get(seen.id)

    # Several

    def listed(self, states: Sequence[str], limit: int = 200) -> list[RowT]:
        """Rows in these states, the newest first; emergencies before all."""
        marks = ", ".join("?" for _ in states)
        return self.many(
            f"i.state IN ({marks}) ORDER BY ({self.table.emergency}) DESC, i.id DESC LIMIT ?", (*states, limit)
        )

    def count(self, state: str, *, emergency: bool = False) -> int:
        only = f" AND {self.table.emergency}" if emergency else ""
        sql = f"SELECT count(*) FROM {self.table.name} i WHERE i.state = ?{only}"  # noqa: S608 - our own text
        return int(self.store.value(sql, (state,)))

    def to_tend(self, now: datetime) -> list[RowT]:
        """Rows that may have a next step: decided ones first, then what waits without a sound or has expired."""
        sql = f"""SELECT i.* FROM {self.table.name} i LEFT JOIN announcement a ON a.id = i.announcement_id
            WHERE i.state IN ('preparing', 'approval', 'planned') OR ({self.table.owed})
                OR (i.state = 'waiting' AND (i.expires_at <= ? OR ({self.table.unmade} AND a.audio_sha256 IS NULL)))
            ORDER BY i.state = 'waiting', i.id LIMIT 200"""  # noqa: S608 - our own text
        return self.mapper.read_all(self.store.rows(sql, (instant_text(now),)))

    # What has become of one

    def slot_of(self, announcement_id: int | None, trigger: str) -> str | None:
        """The newest order of an announcement by this trigger: an act that a crash cut off is not done again."""
        sql = "SELECT id FROM slot WHERE announcement_id = ? AND trigger = ? ORDER BY created_at DESC LIMIT 1"
        found = self.store.value(sql, (announcement_id, trigger))
        return str(found) if found is not None else None

    def ordered(self, row: RowT) -> list[str]:
        """The slots that were ordered of a row, one for each of its zones; none where nobody has ordered any."""
        if row.slot_id is None:
            return []
        return [one["id"] for one in self.store.rows(f"SELECT s.id FROM slot s WHERE {_ORDERED}", (row.slot_id,))]  # noqa: S608 - ours

    def running(self, row: RowT) -> list[int]:
        """The campaigns that run of what a row has become, one for each of its zones."""
        sql = "SELECT id FROM campaign WHERE state = 'active' AND (id = ? OR announcement_id = ?) ORDER BY id"
        return [one["id"] for one in self.store.rows(sql, (row.campaign_id, row.announcement_id))]

    def endings(self, row: RowT) -> list[Row]:
        """How the airings of a row stand: outcome (None = open), whether it sounds, ms measured; by start."""
        if row.slot_id is not None:
            return self.airings(_ORDERED, row.slot_id)
        return self.airings("s.announcement_id = ?", row.announcement_id)

    def airings(self, where: str, value: str | int | None) -> list[Row]:
        sql = """SELECT s.id, s.outcome, j.played_ms, j.reason,
                EXISTS (SELECT 1 FROM airing a WHERE a.slot_id = s.id AND a.ended_at IS NULL) AS sounds
            FROM slot s LEFT JOIN journal j ON j.slot_id = s.id AND j.kind = 'airing'
            WHERE {} ORDER BY s.start"""
        return self.store.rows(sql.format(where), (value,))

    # Reading

    def one(self, where: str, values: Sequence[Any]) -> RowT | None:
        found = self.many(where, values)
        return found[0] if found else None

    def many(self, where: str, values: Sequence[Any]) -> list[RowT]:
        sql = f"SELECT i.* FROM {self.table.name} i WHERE {where}"  # noqa: S608 - our own text
        return self.mapper.read_all(self.store.rows(sql, values))


_ORDERED = """s.id IN (SELECT o.id FROM slot o JOIN slot first ON first.id = ?
    WHERE o.announcement_id = first.announcement_id AND o.trigger = first.trigger)"""
"""The slots of one order: those of its announcement that began the same way."""
