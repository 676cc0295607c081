"""Slots, the airing key, and the one end of each: the rows playout plays.

A slot ends in one transaction with its journal row, so that neither exists without the other. The airing key
(slot, zone, attempt) is inserted before the first sample; a second insert fails, so nothing plays twice.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlite_utils.db import Database

from scheduler.core.air.output_share import OutputShare, shares_of, to_row
from scheduler.core.model import AnnouncementState, Slot, Trigger
from scheduler.core.planning.day_plan import DayPlan, Refusal
from scheduler.core.planning.excepted import Exceptions
from scheduler.kernel.errors import NotFound, as_texts
from scheduler.store.air.endings import Airing, Ending, entry_of, measured_of, with_earlier
from scheduler.store.air.journal import Journal
from scheduler.store.database import Row, Store, insert, instant_of, instant_text, json_text, update
from scheduler.store.mapper import Mapper, Of
from scheduler.store.planning.exceptions import exceptions_of


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A slot with what the gate must know of its announcement now, and what its journal row will say."""

    slot: Slot
    title: str
    state: AnnouncementState
    approved_sha256: str | None
    clip_retired: bool
    campaign_stopped: bool
    campaign_paused: bool
    excepted: Exceptions
    """What the order of its campaign leaves out."""
    row: Row
    """The joined row, for the journal."""


_SLOT = Mapper(Slot, "slot", heard=Of(lambda row: timedelta(milliseconds=row.get("heard_ms") or 0)))
_AIRING = Mapper(Airing, "airing", shares=Of(shares_of))
_REFUSAL = Mapper(Refusal, "refusal")
UNCLAIMED = "outcome IS NULL AND NOT EXISTS (SELECT 1 FROM airing WHERE airing.slot_id = slot.id)"
"""Of a row of `slot`: it is open, and no airing key claims it."""
_UNBEGUN = f"DELETE FROM slot WHERE day = ? AND start >= ? AND {UNCLAIMED}"  # noqa: S608 - our SQL
_SOUNDED = """(played_ms > 0 OR EXISTS (SELECT 1 FROM json_each(shares_json) one
    WHERE json_extract(one.value, '$.counts') AND json_extract(one.value, '$.played_ms') > 0))"""
"""Of an attempt: whether any loudspeaker sounded any of it; its `played_ms` is what the worst of them did."""
_FACTS = """
    SELECT s.*, a.title AS title, a.text AS text, a.state AS a_state, a.approved_sha256, a.approved_at,
        a.kind AS kind, c.state AS c_state, c.stopped_at AS c_stopped_at, c.pauses_json,
        c.except_days_json, c.except_windows_json, c.dates_json, c.max_minutes,
        r.state AS r_state, d.fields_json, k.engine, k.voice, k.retired_at,
        author.name AS author, approver.name AS approver, operator.name AS operator,
        author.login AS author_login, approver.login AS approver_login, operator.login AS operator_login,
        operator.role AS operator_role
    FROM slot s JOIN announcement a ON a.id = s.announcement_id
    JOIN person author ON author.id = a.author_id
    LEFT JOIN person approver ON approver.id = a.approver_id
    LEFT JOIN person operator ON operator.id = s.operator_id
    LEFT JOIN campaign c ON c.id = s.campaign_id
    LEFT JOIN relay r ON r.announcement_id = s.announcement_id
    LEFT JOIN dispatch d ON d.id = a.dispatch_id
    LEFT JOIN clip k ON k.sha256 = s.audio_sha256
"""


class Slots:
    def __init__(
        self, store: Store, journal: Journal, zones: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> None:
        """`zones`: output -> the zones it sounds in, so that the journal can name where an airing was heard."""
        self.store = store
        self.journal = journal
        self._zones = zones

    # Planning

    def replace_day(
        self, plan: DayPlan, not_before: datetime, now: datetime, movers: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        """Put a day's new plan in place of what of the old one has neither begun nor ended by `not_before`.

        `movers`: slot -> the person who gave it its time. What a person has added (no campaign) stays.
        """
        with self.store.write() as db:
            planned = "trigger IN ('schedule', 'make_good') AND campaign_id IS NOT NULL"
            db.conn.execute(f"{_UNBEGUN} AND {planned}", (plan.day.isoformat(), instant_text(not_before)))
            for slot in plan.slots:
                self._insert(db, slot, movers.get(slot.id), now)
            db.conn.execute("DELETE FROM refusal WHERE day = ?", (plan.day.isoformat(),))
            for refusal in plan.refusals:
                _insert_refusal(db, plan.day, refusal)

    def replace_relays(self, day: date, slots: Sequence[Slot], not_before: datetime, now: datetime) -> None:
        """Put a day's relays in place of those that have neither begun nor ended by `not_before`."""
        with self.store.write() as db:
            db.conn.execute(f"{_UNBEGUN} AND trigger = 'relay'", (day.isoformat(), instant_text(not_before)))
            for slot in slots:
                if self.store.value("SELECT 1 FROM slot WHERE id = ?", (slot.id,)) is None:
                    self._insert(db, slot, None, now)

    def add(self, slot: Slot, operator_id: int | None, now: datetime) -> None:
        """One slot outside the plan ("phát ngay")."""
        with self.store.write() as db:
            self._insert(db, slot, operator_id, now)

    def _insert(self, db: Database, slot: Slot, operator_id: int | None, now: datetime) -> None:
        insert(
            db,
            "slot",
            _SLOT.write(slot, but=("outcome", "reason"))
            | {"operator_id": operator_id, "created_at": instant_text(now)},
        )

    # Reading

    def of_day(self, day: date) -> list[Slot]:
        """A day's slots by start. A page that looks ahead asks for the same days again and again."""
        heard = "(SELECT sum(played_ms) FROM airing WHERE airing.slot_id = slot.id) AS heard_ms"
        sql = f"SELECT *, {heard} FROM slot WHERE day = ? ORDER BY start, id"  # noqa: S608 - our SQL
        read = self.store.unchanged(("slots", day), lambda: _SLOT.read_all(self.store.rows(sql, (str(day),))))
        return list(read)

    def rows_of_day(self, day: date) -> list[Row]:
        """A day's slots with title, dispatch and measured start and seconds, for a page or a table."""
        sql = f"""SELECT f.*, j.actual_start, j.actual_end, j.played_ms FROM ({_FACTS}) f
            LEFT JOIN journal j ON j.slot_id = f.id AND j.kind = 'airing' WHERE f.day = ? ORDER BY f.start, f.id"""  # noqa: S608 - our SQL
        return self.store.rows(sql, (day.isoformat(),))

    def loose(self, campaign_ids: Sequence[int], first: date, last: date) -> list[Slot]:
        """The slots of some campaigns on days `first` to `last`, but for those of the plan that were heard."""
        marks = ", ".join("?" * len(campaign_ids))
        sql = f"""SELECT * FROM slot WHERE campaign_id IN ({marks}) AND day BETWEEN ? AND ?
            AND (outcome IS NULL OR outcome NOT IN ('played', 'partial') OR trigger <> 'schedule')
            ORDER BY day, start, id"""  # noqa: S608 - marks only
        return _SLOT.read_all(self.store.rows(sql, (*campaign_ids, first.isoformat(), last.isoformat())))

    def made_up(self, campaign_ids: Sequence[int], first: date, last: date) -> list[Slot]:
        """The slots of other days that make up airings of some campaigns on days `first` to `last`."""
        marks = ", ".join("?" * len(campaign_ids))
        sql = f"""SELECT * FROM slot WHERE campaign_id IN ({marks}) AND makes_good >= ? AND makes_good < ?
            AND makes_good <> '' AND substr(makes_good, 1, 8) <> replace(day, '-', '') ORDER BY day, start, id"""  # noqa: S608 - marks only
        return _SLOT.read_all(self.store.rows(sql, (*campaign_ids, f"{first:%Y%m%d}", f"{last:%Y%m%d}~")))

    def refusals(self, day: date) -> list[Refusal]:
        sql = "SELECT * FROM refusal WHERE day = ? ORDER BY campaign_id, ordinal"
        return _REFUSAL.read_all(self.store.rows(sql, (day.isoformat(),)))

    def open_between(self, first: datetime, last: datetime) -> list[Slot]:
        """Slots without an end that start in [first, last), soonest first."""
        sql = "SELECT * FROM slot WHERE outcome IS NULL AND start >= ? AND start < ? ORDER BY start, priority, id"
        return _SLOT.read_all(self.store.rows(sql, (instant_text(first), instant_text(last))))

    def open_of(self, announcement_id: int) -> list[Slot]:
        """An announcement's slots without an end, soonest first."""
        sql = "SELECT * FROM slot WHERE announcement_id = ? AND outcome IS NULL ORDER BY start, id"
        return _SLOT.read_all(self.store.rows(sql, (announcement_id,)))

    def unclaimed(self, triggers: Collection[Trigger]) -> list[tuple[Slot, str]]:
        """Open slots of these kinds that no airing key claims, with their titles, soonest first.

        None where the database gives no rows just now.
        """
        marks = ", ".join("?" * len(triggers))
        sql = f"""SELECT slot.*, announcement.title FROM slot JOIN announcement ON announcement.id = announcement_id
            WHERE trigger IN ({marks}) AND {UNCLAIMED} ORDER BY start, slot.id"""  # noqa: S608 - marks only
        return [(slot_of(row), row["title"]) for row in self.store.known_rows(sql, tuple(triggers))]

    def last_sounded(self, announcement_id: int, since: datetime) -> Slot | None:
        """The last slot of an announcement from `since` on that sounded whole or in part, or went to a file only."""
        sql = """SELECT * FROM slot WHERE announcement_id = ? AND start >= ?
            AND outcome IN ('played', 'partial', 'recorded') ORDER BY start DESC, id LIMIT 1"""
        return next(iter(_SLOT.read_all(self.store.rows(sql, (announcement_id, instant_text(since))))), None)

    def open_marks(self, instant: datetime) -> list[tuple[str, str, str]]:
        """Id, start (as text) and trigger of every open slot that starts before; asked every turn."""
        sql = "SELECT id, start, trigger FROM slot WHERE outcome IS NULL AND start < ? ORDER BY start, id"
        return list(self.store.db.conn.execute(sql, (instant_text(instant),)))

    def slot(self, slot_id: str) -> Slot:
        row = self.store.row("SELECT * FROM slot WHERE id = ?", (slot_id,))
        if row is None:
            raise NotFound("slot", slot_id)
        return slot_of(row)

    def facts(self, slot_id: str) -> SlotFacts:
        row = self.store.row(f"{_FACTS} WHERE s.id = ?", (slot_id,))
        if row is None:
            raise NotFound("slot", slot_id)
        return SlotFacts(
            slot=slot_of(row),
            title=row["title"],
            state=AnnouncementState(row["a_state"]),
            approved_sha256=row["approved_sha256"],
            clip_retired=row["retired_at"] is not None,
            campaign_stopped="stopped" in {row["c_state"], row["r_state"]}
            or bool(row["c_stopped_at"] and row["c_stopped_at"] <= row["start"]),
            campaign_paused=any(
                since <= row["start"] and (until is None or row["start"] < until)
                for since, until in json.loads(row["pauses_json"] or "[]")
            ),
            excepted=exceptions_of(row),
            row=row,
        )

    def open_facts(self, slot_id: str) -> SlotFacts | None:
        """The same of an open slot; None where it has ended, or was taken out of the plan."""
        with suppress(NotFound):
            facts = self.facts(slot_id)
            return facts if facts.slot.outcome is None else None
        return None

    # Airing

    def claim(self, slot: Slot, now: datetime, attempt: int = 1, *, again: bool = False) -> bool:
        """Insert the airing key; False when this airing was claimed before or the slot has ended. `again`: a try that
        raised may have kept the key (of that `now`) all the same: then it stands.
        """
        same = "SELECT 1 FROM airing WHERE slot_id = ? AND attempt = ? AND armed_at = ? AND ended_at IS NULL"
        with self.store.write() as db:
            if self.store.value("SELECT outcome FROM slot WHERE id = ?", (slot.id,)) is not None:
                return False
            if again and self.store.value(same, (slot.id, attempt, instant_text(now))) is not None:
                return True
            key = {"slot_id": slot.id, "zone": slot.zone, "attempt": attempt, "armed_at": instant_text(now)}
            try:
                insert(db, "airing", key)
            except sqlite3.IntegrityError:
                return False
            return True

    def end_unclaimed(self, slot_ids: Iterable[str], ending: Ending, now: datetime) -> list[Slot]:
        """End those of these slots that are open and that no airing key claims, in one transaction (which they were).

        Key or end comes first: what was ended so never sounds.
        """
        sql = f"SELECT * FROM slot WHERE id = ? AND {UNCLAIMED}"  # noqa: S608 - our SQL
        with self.store.write():
            found = [slot_of(row) for slot_id in slot_ids for row in self.store.rows(sql, (slot_id,))]
            return [slot for slot in found if self.close(slot.id, ending, now)]

    def progress(
        self, slot_id: str, started_at: datetime, played_ms: int, shares: Sequence[OutputShare] | None = None
    ) -> None:
        """What has been measured so far: the truth that is left if the power goes now."""
        with self.store.write() as db:
            values: Row = {"started_at": instant_text(started_at), "played_ms": played_ms}
            if shares is not None:
                values["shares_json"] = json_text(to_row(shares))
            update(db, "airing", {"slot_id": slot_id, "ended_at": None}, values)

    def open_airings(self) -> list[Airing]:
        """Attempts that were claimed and have not ended: what sounds, or after a crash what it cut."""
        return self._airings("ended_at IS NULL")

    def claimed_of(self, announcement_id: int) -> list[str]:
        """The slots of an announcement that sound, or are about to."""
        sql = """SELECT DISTINCT a.slot_id FROM airing a JOIN slot s ON s.id = a.slot_id
            WHERE a.ended_at IS NULL AND s.announcement_id = ?"""
        return [row["slot_id"] for row in self.store.rows(sql, (announcement_id,))]

    def interrupted(self) -> list[Airing]:
        """The last attempt of each open slot that was cut and would have gone on: after a crash it will not."""
        open_slot = "slot_id IN (SELECT id FROM slot WHERE outcome IS NULL)"
        last = "attempt = (SELECT max(attempt) FROM airing o WHERE o.slot_id = airing.slot_id)"
        return self._airings(f"ended_at IS NOT NULL AND {last} AND {open_slot}")

    def _airings(self, where: str, values: Mapping[str, Any] | None = None) -> list[Airing]:
        sql = f"SELECT * FROM airing WHERE {where} ORDER BY armed_at"  # noqa: S608 - `where` is ours
        return _AIRING.read_all(self.store.rows(sql, values or {}))

    def silent_since(self, now: datetime) -> list[tuple[str, datetime]]:
        """When the last airing that any loudspeaker sounded in each zone ended, as far as that was before `now`."""
        sql = f"SELECT zone, max(ended_at) AS at FROM airing WHERE {_SOUNDED} AND ended_at <= ? GROUP BY zone"  # noqa: S608 - our words
        return [(row["zone"], instant_of(row["at"])) for row in self.store.rows(sql, (instant_text(now),))]

    def ended_attempts(self, slot_id: str) -> list[Airing]:
        """The attempts at a slot that have ended, in their order, as measured."""
        return self._airings("ended_at IS NOT NULL AND slot_id = :id", {"id": slot_id})

    def interrupt(self, slot_id: str, ending: Ending, now: datetime) -> None:
        """The end of one attempt that will go on: what was measured of it is kept, the slot stays open."""
        with self.store.write() as db:
            update(db, "airing", {"slot_id": slot_id, "ended_at": None}, measured_of(ending, now))

    def close(self, slot_id: str, ending: Ending, now: datetime) -> bool:
        """The one end of a slot: outcome, airing and journal row together. False where it is not open any more.

        What its earlier attempts have measured is added: what was heard of them is partial, however the last one ended.
        """
        with self.store.write() as db:
            if (facts := self.open_facts(slot_id)) is None:
                return False
            whole = with_earlier(self.ended_attempts(slot_id), ending)
            update(db, "slot", {"id": slot_id}, {"outcome": whole.outcome.value, "reason": whole.reason})
            update(db, "airing", {"slot_id": slot_id, "ended_at": None}, measured_of(ending, now))
            self.journal.append(db, entry_of(facts.slot, facts.title, facts.row, whole, now, self._zones))
            return True


def _insert_refusal(db: Database, day: date, refusal: Refusal) -> None:
    details = json_text(as_texts(refusal.details))
    key = {"day": day.isoformat(), "campaign_id": refusal.campaign_id, "ordinal": refusal.ordinal}
    insert(db, "refusal", key | {"reason": refusal.reason, "details_json": details})


def slot_of(row: Row) -> Slot:
    """The slot of a row of the table, however many columns it was joined with."""
    return _SLOT.read(row)
