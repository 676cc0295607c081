"""Rows of orders of the red lane: what stands in the ring becomes slot, key, end and journal row, exactly once.

Every step asks the rows first, so that it may be done by whoever orders, by playout, or by the playout after a crash,
in any turn and again. The slot's instants are those of the press. Nothing here decides whether something sounds.
"""

import sqlite3
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from scheduler.core.announcement.kept import StoredClip
from scheduler.core.audit_context import AuditContext, begin
from scheduler.core.model import (
    HOUSE_RATE,
    AiringOutcome,
    AnnouncementState,
    Frames,
    Person,
    Priority,
    Sha256,
    Slot,
    milliseconds_of,
)
from scheduler.core.stops import StopReason
from scheduler.kernel.mapped_file import Fields
from scheduler.store.air.endings import Ending
from scheduler.store.air.journal import Entry, Journal
from scheduler.store.database import Row, Store, instant_of, instant_or_none, instant_text
from scheduler.store.jobs import Jobs
from scheduler.store.people.audit import Audit
from scheduler.store.planning.programme import Programme
from scheduler.store.planning.slots import Slots
from scheduler.store.red_lane.red_fields import (
    ending_of_fields,
    is_spoken,
    ordering_person,
    person_of_fields,
    slot_of_fields,
    stop_args,
)
from scheduler.store.red_lane.red_lost import announcement_here, person_here
from scheduler.store.red_lane.typed_words import TypedWords
from scheduler.store.red_ring import Placed

__all__ = ["RedRows", "typed_row"]


class RedRows:
    def __init__(
        self,
        store: Store,
        slots: Slots,
        journal: Journal,
        jobs: Jobs,
        audit: Audit,
        programme: Programme,
        typed: TypedWords,
    ) -> None:
        self._store, self._slots, self._journal, self._jobs, self._audit = store, slots, journal, jobs, audit
        self._programme, self._typed = programme, typed

    # What may be ordered

    def templates(self) -> list[Row]:
        """Approved announcements of emergency priority whose sound may air."""
        sql = """SELECT a.id, a.title, a.audio_sha256, a.approved_sha256, k.says FROM announcement a
            JOIN clip k ON k.sha256 = a.audio_sha256
            WHERE a.state = 'approved' AND a.priority = ? AND k.retired_at IS NULL ORDER BY a.id DESC"""
        return self._store.rows(sql, (Priority.EMERGENCY.value,))

    def newest_spoken(self, title: str) -> Sha256 | None:
        """The newest spoken clip of that title that may air."""
        where = "title = ? AND origin = 'speech' AND retired_at IS NULL ORDER BY created_at DESC, rowid DESC LIMIT 1"
        found = self._store.value(f"SELECT sha256 FROM clip WHERE {where}", (title,))  # noqa: S608 - ours
        return Sha256(found) if found else None

    def newest_bundled(self) -> int:
        """Another number once a chime has been made."""
        return int(self._store.value("SELECT coalesce(max(rowid), 0) FROM clip WHERE origin = 'bundled'"))

    # Orders

    def outcome(self, key: str) -> tuple[bool, str | None]:
        """Whether an order has its slot, and how that has ended."""
        row = self._store.row("SELECT outcome FROM slot WHERE id = ?", (key,))
        return row is not None, row["outcome"] if row else None

    def has_sounded(self, key: str) -> bool:
        """Whether the rows tell that an order has begun to sound, or has ended; False where they cannot be read."""
        sql = """SELECT 1 FROM slot WHERE id = :key AND (outcome IS NOT NULL OR EXISTS
            (SELECT 1 FROM airing WHERE slot_id = :key AND started_at IS NOT NULL))"""
        with suppress(sqlite3.Error):
            return self._store.row(sql, {"key": key}) is not None
        return False

    def write_order(self, order: Fields) -> None:
        """The slot of an order, and the row that tells by whose word it was given; nothing where it is there.

        Words of the moment that stand in a file alone get their announcement first. An order whose words are still
        being spoken is for the ring alone, until it has ended without them.
        """
        if self.outcome(order["key"])[0]:
            return
        slot, at = slot_of_fields(order), instant_of(order["at"])
        person = self._here(ordering_person(order), at)
        with begin(self._doing(order, person, at)), self._store.write() as db:
            if self.outcome(order["key"])[0]:
                return
            if not slot.announcement_id:
                slot = replace(slot, announcement_id=self._words_written(order, slot, person, at))
            else:
                title = str(order["title"])
                slot = replace(slot, announcement_id=announcement_here(self._programme, slot, title, person, at))
            self._slots.add(slot, person.id, at)
            if order["officer"]:
                self._journal.append(db, _by_whose_word(order, slot, person, at))
        if not order["announcement"]:
            self._typed.drop(order["key"])

    def _words_written(self, order: Fields, slot: Slot, person: Person, at: datetime) -> int:
        """The announcement of words of the moment, and its clip. Where their file is lost, what the ring knows.

        Words that were not spoken before their order ended stay a draft without a sound.
        """
        words = self._typed.read(order["key"])
        if not is_spoken(order):
            row = words.announcement if words else typed_row(person, order["title"], order["title"], "", at)
            return self._programme.add_announcement(row | _UNSPOKEN, at)
        if words is None or words.clip is None:
            frames = Frames(max(1, round(slot.length.total_seconds() * HOUSE_RATE)))  # of all of it: no less is known
            clip = StoredClip(slot.audio_sha256, order["title"], "speech", frames, at, person.id)
            row = typed_row(person, order["title"], order["title"], slot.audio_sha256, at)
        else:
            clip, row = words.clip, words.announcement
        self._programme.add_clip(clip)
        return self._programme.add_announcement(row, at)

    def write_stop(self, order: Fields) -> None:
        """A stop that was carried out, as the command it would have been; nobody takes it again."""
        sql = "SELECT 1 FROM command WHERE json_extract(args_json, '$.red') = ?"
        if self._store.value(sql, (order["key"],)) is not None:
            return
        at = instant_of(order["at"])
        person = self._here(ordering_person(order), at)
        args = stop_args(order) | {"red": order["key"]}
        with begin(self._doing(order, person, at)), self._store.write():
            if self._store.value(sql, (order["key"],)) is not None:
                return
            if args["reason"] != StopReason.OFFICER:  # nobody stands at a page: the log is told whose act it was
                self._audit.event(
                    "stopped", person=person, subject="slot", subject_id=order["slot_id"] or "", note=args["reason"]
                )
            self._jobs.taken_command("stop", args, person.id, at)

    def take_back(self, order: Fields, by: Fields, now: datetime) -> bool:
        """The end of an order that nobody heard, with its line in the log of acts; whether it was written now.

        `by`: who took it back, as `said_by` gives it.
        """
        self.write_order(order)
        key, person = order["key"], self._here(ordering_person(by), now)
        with begin(self._doing(by, person, now)), self._store.write():
            ending = Ending(AiringOutcome.CANCELLED, "order_taken_back", note=person.recorded_name)
            if not self._slots.close(key, ending, now):
                return False
            self._audit.event("order_taken_back", person=person, subject="slot", subject_id=key)
            return True

    def _here(self, person: Person, at: datetime) -> Person:
        return person_here(self._store, person, at)

    def _doing(self, order: Fields, person: Person, at: datetime) -> AuditContext:
        how = order["doing"]
        if how["who"]:  # who pressed, where another has ordered
            person = self._here(person_of_fields(how["who"]), at)
        return AuditContext(how["via"], how["route"], person, how["act"], how["address"], how["session"])

    def follow(self, placed: Placed, now: datetime) -> bool:
        """Bring the rows as far as the ring tells; True once the order has its end in them."""
        order, told = placed.order, placed.answer
        if order["kind"] == "stop":
            self.write_stop(order)
            return placed.state == "ended"
        if not is_spoken(order) and placed.state != "ended":
            return False
        self.write_order(order)
        known, outcome = self.outcome(placed.key)
        if not known or outcome is not None or placed.state == "rows":
            return outcome is not None
        if placed.state == "ended" and told["ending"]["reason"] == "order_taken_back":
            return self.take_back(order, placed.cancel or order, now) or True
        self._claim(placed, now)
        if placed.state != "ended":
            return False
        self._slots.close(placed.key, ending_of_fields(told["ending"]), now)
        return True

    def _claim(self, placed: Placed, now: datetime) -> None:
        """The airing keys that playout has used; one that a crash left without a sound ends with nothing."""
        slot, told = slot_of_fields(placed.order), placed.answer
        if not told.get("attempts"):
            return
        at = instant_or_none(told.get("taken_at")) or now
        sql = "SELECT coalesce(max(attempt), 0) FROM airing WHERE slot_id = ?"
        if int(self._store.value(sql, (slot.id,))) >= told["attempts"] and placed.state != "sounding":
            return
        with self._store.write():
            for attempt in range(int(self._store.value(sql, (slot.id,))) + 1, told["attempts"] + 1):
                self._slots.interrupt(slot.id, Ending(AiringOutcome.CANCELLED, ended_at=at), at)
                self._slots.claim(slot, at, attempt)
        if told.get("since") and placed.state == "sounding":
            played = milliseconds_of(int(told.get("frames", 0)))
            self._slots.progress(slot.id, instant_of(told["since"]), played)


_UNSPOKEN: Row = {
    "state": AnnouncementState.DRAFT.value,
    "audio_sha256": None,
    "approver_id": None,
    "approved_at": None,
    "approved_sha256": None,
}


def typed_row(person: Person, title: str, text: str, sha256: str, at: datetime) -> Row:
    """An announcement of words of the moment: who orders them answers for them, and is its approver."""
    return {
        "title": title,
        "text": text,
        "kind": "typed",
        "state": AnnouncementState.APPROVED.value,
        "audio_sha256": sha256,
        "priority": Priority.EMERGENCY.value,
        "author_id": person.id,
        "heard": 0,
        "approver_id": person.id,
        "approved_at": instant_text(at),
        "approved_sha256": sha256,
    }


def _by_whose_word(order: Fields, slot: Slot, leader: Person, at: datetime) -> Entry:
    return Entry(
        at=at,
        kind="order",
        day=slot.day.isoformat(),
        slot_id=slot.id,
        announcement_id=slot.announcement_id,
        title=order["title"],
        zone=slot.zone,
        priority=slot.priority.value,
        trigger=slot.trigger.value,
        reason="order_by_code",
        author=order["officer"],
        operator=leader.recorded_name,
    )
