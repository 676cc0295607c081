"""What people have done to the schedule: airings that were given a time or left out, and each change with its undo.

Rows only. Whether an airing may stand where somebody puts it is `placement`'s, whether it is kept is the planner's,
and who may change it is the desk's. An airing that a person has added (of no campaign) is a slot and nothing more.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler.core.model import Slot
from scheduler.core.planning.day_plan import DayPlan
from scheduler.core.planning.placement import Pin
from scheduler.kernel.errors import NotFound, as_texts
from scheduler.store.database import Row, Store, insert, instant_text, json_text, update
from scheduler.store.mapper import Column, Mapper
from scheduler.store.planning.slots import UNCLAIMED

__all__ = ["Moved", "ScheduleOverride", "StoredChange"]

_PINS = "SELECT m.*, p.name AS by FROM moved m JOIN person p ON p.id = m.person_id"


@dataclass(frozen=True, slots=True)
class ScheduleOverride:
    """One airing in a change: what stood of it before and after.

    Of a campaign's airing that is its pin (None = the planner's own choice) and the instant it then stood at; of an
    added airing the slot itself (None = there was none).
    """

    slot_id: str
    title: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    stood: datetime | None = None
    stands: datetime | None = None
    is_added: bool = False

    def turned(self) -> "ScheduleOverride":
        """The same the other way round."""
        return ScheduleOverride(
            self.slot_id, self.title, self.after, self.before, self.stands, self.stood, self.is_added
        )


@dataclass(frozen=True, slots=True)
class StoredChange:
    id: int
    at: datetime
    person_id: int
    by: str
    kind: str
    day: date
    places: tuple[ScheduleOverride, ...]
    undone_by: int | None = None


class Moved:
    def __init__(self, store: Store) -> None:
        self.store = store

    # Pins

    def of_day(self, day: date) -> list[Pin]:
        """What people have said of a day's airings, and of those of other days that it makes up."""
        sql = f"{_PINS} WHERE m.day = :day OR m.made_up_day = :day ORDER BY m.day, m.campaign_id, m.ordinal"
        return _PIN.read_all(self.store.rows(sql, {"day": day.isoformat()}))

    def pin(self, day: date, campaign_id: int, ordinal: int) -> Pin | None:
        sql = f"{_PINS} WHERE m.day = ? AND m.campaign_id = ? AND m.ordinal = ?"
        row = self.store.row(sql, (day.isoformat(), campaign_id, ordinal))
        return _PIN.read(row) if row else None

    def put(self, pin: Pin, now: datetime) -> None:
        """Keep a pin in place of the one its airing had."""
        with self.store.write() as db:
            self.drop(pin.day, pin.campaign_id, pin.ordinal)
            insert(db, "moved", _PIN.write(pin, but=("by",)) | {"at": instant_text(now)})

    def drop(self, day: date, campaign_id: int, ordinal: int) -> None:
        """Leave the airing to the planner again."""
        with self.store.write() as db:
            sql = "DELETE FROM moved WHERE day = ? AND campaign_id = ? AND ordinal = ?"
            db.conn.execute(sql, (day.isoformat(), campaign_id, ordinal))

    def note_unkept(self, plan: DayPlan) -> None:
        """Let the pins of a day say which of them cannot be kept, and why; nothing is written where they say so."""
        found = {(str(one.details.get("of_day", "")), one.campaign_id, one.ordinal): one for one in plan.not_made_up}
        found |= {(str(plan.day), one.campaign_id, one.ordinal): one for one in plan.unkept}
        sql = """SELECT day, campaign_id, ordinal, unkept, unkept_json FROM moved
            WHERE made_up_day = :day OR (day = :day AND made_up_day IS NULL)"""
        wanted: list[tuple[Row, Row]] = []
        for row in self.store.rows(sql, {"day": str(plan.day)}):
            one = found.get((row["day"], row["campaign_id"], row["ordinal"]))
            details = as_texts(one.details) if one else {}
            told = {"unkept": one.reason if one else "", "unkept_json": json_text(details)}
            if told != {name: row[name] for name in told}:
                key = {"day": row["day"], "campaign_id": row["campaign_id"], "ordinal": row["ordinal"]}
                wanted.append((key, told))
        if wanted:
            with self.store.write() as db:
                for key, told in wanted:
                    update(db, "moved", key, told)

    def unkept(self, first: date, last: date) -> list[tuple[Pin, str, dict[str, str]]]:
        """The pins of some days that cannot be kept, soonest first, each with the reason and its details."""
        days = "coalesce(m.made_up_day, m.day) BETWEEN ? AND ?"
        sql = f"{_PINS} WHERE m.unkept <> '' AND {days} ORDER BY coalesce(m.start, m.made_up, m.was)"
        rows = self.store.rows(sql, (first.isoformat(), last.isoformat()))
        return [(_PIN.read(row), row["unkept"], json.loads(row["unkept_json"])) for row in rows]

    # Added airings

    def take_back(self, slot_id: str) -> bool:
        """Remove an added airing that has neither begun nor ended; False when there is no such one."""
        with self.store.write() as db:
            added = "campaign_id IS NULL AND trigger = 'schedule'"
            sql = f"DELETE FROM slot WHERE id = ? AND {added} AND {UNCLAIMED}"  # noqa: S608 - our SQL
            return bool(db.conn.execute(sql, (slot_id,)).rowcount)

    # Changes

    def keep_change(
        self, kind: str, day: date, places: Sequence[ScheduleOverride], person_id: int, now: datetime
    ) -> int:
        with self.store.write() as db:
            row = {
                "at": instant_text(now),
                "person_id": person_id,
                "kind": kind,
                "day": day.isoformat(),
                "places_json": json_text([_PLACE.write(one) for one in places]),
            }
            return insert(db, "schedule_change", row)

    def mark_undone(self, change_id: int, by_change: int) -> bool:
        """False when it had been undone before."""
        with self.store.write() as db:
            return bool(update(db, "schedule_change", {"id": change_id, "undone_by": None}, {"undone_by": by_change}))

    def change(self, change_id: int) -> StoredChange:
        sql = "SELECT c.*, p.name AS by FROM schedule_change c JOIN person p ON p.id = c.person_id WHERE c.id = ?"
        row = self.store.row(sql, (change_id,))
        if row is None:
            raise NotFound("schedule_change", change_id)
        return _CHANGE.read(row)


_PIN = Mapper(Pin, "moved")
_MADE_UP = {"made_up", "made_up_day", "announcement_id"}
_OF_PLANS = {"trigger", "outcome", "reason", "intro_sha256", "makes_good", "output", "heard"}
"""Of an added airing they are as with any that is planned."""
_ADDED = Mapper(Slot, "slot", lacks=_OF_PLANS, chime=Column("chime", None, bool))


def pin_state(pin: Pin | None) -> dict[str, Any] | None:
    """A pin as a change remembers it."""
    if pin is None:
        return None
    is_made_up = pin.made_up is not None and pin.made_up_day is not None
    return _PIN.write(pin, but={"day", "by"} if is_made_up else {"day", "by"} | _MADE_UP)


def pin_of(day: date, state: Mapping[str, Any]) -> Pin:
    """The pin that a change remembers."""
    return _PIN.read({**dict.fromkeys(_MADE_UP), **state} | {"day": day.isoformat(), "by": ""})


def slot_state(slot: Slot | None, person_id: int) -> dict[str, Any] | None:
    """An added airing as a change remembers it."""
    if slot is None:
        return None
    return _ADDED.write(slot, but={"day", "campaign_id"} | _OF_PLANS) | {"person_id": person_id}


def added_slot(day: date, state: Mapping[str, Any]) -> Slot:
    """The added airing that a change remembers."""
    return _ADDED.read({**state, "day": day.isoformat(), "campaign_id": None})


def _as_it_is(state: Any) -> Any:
    return state


_PLACE = Mapper(
    ScheduleOverride,
    "schedule_change",
    slot_id=Column("slot"),
    before=Column("before", _as_it_is, _as_it_is),
    after=Column("after", _as_it_is, _as_it_is),
    is_added=Column("added", None, bool),
)


def _places(text: str) -> tuple[ScheduleOverride, ...]:
    return tuple(_PLACE.read_all(json.loads(text)))


_CHANGE = Mapper(StoredChange, "schedule_change", places=Column("places_json", _places))
