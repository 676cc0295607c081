"""Việc cần làm: what will fail unless somebody sees to it, one row a cause; and what each person has put off.

A row is raised before the airing it would spoil and cleared when the cause is gone or the airing over; it is kept
afterwards, so that what was known beforehand can be told. What is a cause is `readiness`' to say, what may be put
off is `core.station.tasks`'s.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from scheduler.core.station.tasks import PutOff
from scheduler.kernel.errors import as_texts
from scheduler.store.database import Row, Store, insert, instant_of, instant_text, json_text, update
from scheduler.store.mapper import Mapper

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
            "details_json": json_text(as_texts(details)),
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
        return _TODO.read_all(self.store.rows(sql))


class PutOffs:
    """What people have put off: "để sau"."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def all(self, now: datetime) -> dict[int, dict[str, PutOff]]:
        """What is put off now, by person and key."""
        found: dict[int, dict[str, PutOff]] = {}
        for row in self.store.rows("SELECT * FROM todo_off WHERE until > ?", (instant_text(now),)):
            found.setdefault(row["person_id"], {})[row["key"]] = PutOff(instant_of(row["until"]), row["mark"])
        return found

    def put(self, person_id: int, key: str, off: PutOff, now: datetime) -> None:
        """Put a task off for a person; what was over is forgotten on the way."""
        with self.store.write() as db:
            db.conn.execute("DELETE FROM todo_off WHERE until <= ?", (instant_text(now),))
            db.conn.execute("DELETE FROM todo_off WHERE person_id = ? AND key = ?", (person_id, key))
            row = {"person_id": person_id, "key": key, "mark": off.mark}
            insert(db, "todo_off", row | {"until": instant_text(off.until), "at": instant_text(now)})

    def take_back(self, person_id: int, key: str) -> bool:
        """Let a person see a task again; False where it was not put off."""
        with self.store.write() as db:
            sql = "DELETE FROM todo_off WHERE person_id = ? AND key = ?"
            return bool(db.conn.execute(sql, (person_id, key)).rowcount)


@dataclass(frozen=True, slots=True)
class DutiesOwed:
    """The open duties of one dispatch with one deadline. `reports`: of `count`, those that are reports."""

    dispatch_id: int
    number_symbol: str
    deadline: date
    count: int
    reports: int


def duties_owed(store: Store, until: date) -> list[DutiesOwed]:
    """What dispatches want done up to a day and nobody has answered, the earliest deadline of each dispatch."""
    sql = """SELECT d.dispatch_id, min(d.deadline) AS deadline, count(*) AS count,
            sum(d.channel = 'report') AS reports,
            coalesce(nullif(json_extract(p.fields_json, '$.number_symbol'), ''), d.dispatch_id || '') AS number_symbol
        FROM duty d JOIN dispatch p ON p.id = d.dispatch_id
        WHERE d.deadline IS NOT NULL AND d.deadline <= ? AND d.state IN ('open', 'doing')
        GROUP BY d.dispatch_id ORDER BY deadline, d.dispatch_id"""
    return _DUTIES.read_all(store.rows(sql, (until.isoformat(),)))


_DUTIES = Mapper(DutiesOwed, "duty")
_TODO = Mapper(Todo, "todo")
