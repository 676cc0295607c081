"""Việc cần làm: what will fail unless somebody sees to it, one row a cause.

A row is raised before the airing it would spoil and cleared when the cause is gone or the airing over; it is kept
afterwards, so that what was known beforehand can be told. What is a cause is `core.readiness`' to say.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from scheduler.store.database import Row, Store, insert, instant_of, instant_or_none, instant_text, json_text, update

AIR = "air:"
"""Keys that begin so are the air monitor's own."""


@dataclass(frozen=True, slots=True)
class Todo:
    """An open row. `due`: when it will spoil something, None = nothing that is planned yet."""

    key: str
    slot_id: str | None
    due: datetime | None
    reason: str
    details: dict[str, str]
    raised_at: datetime


class Todos:
    def __init__(self, store: Store) -> None:
        self.store = store

    def raise_(
        self,
        key: str,
        slot_id: str | None,
        due: datetime | None,
        reason: str,
        details: Mapping[str, object],
        now: datetime,
    ) -> bool:
        """Let the row of `key` say this. False, and nothing is written, when it is open and says so already."""
        told: Row = {
            "slot_id": slot_id,
            "due": instant_text(due) if due else None,
            "reason": reason,
            "details_json": json_text({name: str(value) for name, value in details.items()}),
        }
        # Read before the write: a row that stands must not wake everyone who watches the database, each minute.
        kept = self.store.row("SELECT * FROM todo WHERE key = ?", (key,))
        is_open = kept is not None and kept["cleared_at"] is None
        if kept and is_open and all(kept[name] == value for name, value in told.items()):
            return False
        fresh = {} if is_open else {"raised_at": instant_text(now), "cleared_at": None}
        with self.store.write() as db:
            if not update(db, "todo", {"key": key}, told | fresh):
                insert(db, "todo", {"key": key, "raised_at": instant_text(now)} | told)
        return True

    def clear(self, keys_not_in: Collection[str], now: datetime, *, spare: str = "") -> int:
        """Clear every open row whose cause is not among these; how many there were. `spare`: keys that begin so are
        somebody else's.
        """
        gone = [
            one.key for one in self.open() if one.key not in keys_not_in and not (spare and one.key.startswith(spare))
        ]
        if not gone:
            return 0
        with self.store.write() as db:
            return sum(
                update(db, "todo", {"key": key, "cleared_at": None}, {"cleared_at": instant_text(now)}) for key in gone
            )

    def clear_one(self, key: str, now: datetime) -> None:
        """Clear the row of a cause, if it is open."""
        if self.store.value("SELECT 1 FROM todo WHERE key = ? AND cleared_at IS NULL", (key,)):
            with self.store.write() as db:
                update(db, "todo", {"key": key, "cleared_at": None}, {"cleared_at": instant_text(now)})

    def open(self) -> list[Todo]:
        """What is to be done, soonest first; what spoils nothing planned comes last."""
        sql = "SELECT * FROM todo WHERE cleared_at IS NULL ORDER BY due IS NULL, due, key"
        return [_todo(row) for row in self.store.rows(sql)]


def _todo(row: Row) -> Todo:
    return Todo(
        key=row["key"],
        slot_id=row["slot_id"],
        due=instant_or_none(row["due"]),
        reason=row["reason"],
        details=json.loads(row["details_json"]),
        raised_at=instant_of(row["raised_at"]),
    )
