"""Sendings as rows: a checked list, each of its numbers with its own fate, and what stands of a sending now.

A number is claimed by a conditional update before its request leaves and settled once. What a dead sender left claimed
becomes unknown: nobody can say whether the gateway took it. Whether a sending may go on is the desk's to ask.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from scheduler.core.model import Sha256
from scheduler.extras.sms.rules.approval import BatchState, RecipientState
from scheduler.extras.sms.rules.kept import SmsBatch, SmsRecipient
from scheduler.extras.sms.rules.numbers import BadLine, NumberList
from scheduler.kernel.errors import NotFound, as_texts
from scheduler.store.database import Row, Store, insert, instant_text, json_text, update
from scheduler.store.mapper import Column, Mapper

_AT_ONCE = 1000
_REACHED = (
    "FROM sms_recipient r JOIN sms_batch b ON b.id = r.batch_id WHERE b.sms_id = ? AND b.sha256 = ?"
    " AND (r.state IN ('sent', 'claimed') OR (r.state = 'unknown' AND NOT ?))"
)


class SmsBatches:
    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, row: Row, listed: NumberList, by: int, now: datetime) -> int:
        """Keep a checked list; an older one of the same SMS that nobody ordered is thrown away.

        Its numbers are written a thousand at a time, so that nobody waits for one long write: a list that a crash cut
        short has fewer recipients than its `total`.
        """
        told = {
            "total": len(listed.numbers),
            "duplicates": listed.duplicates,
            "opted_out": listed.opted_out,
            "reached": listed.reached,
            "refused": listed.refused,
            "bad_json": json_text([[bad.line, bad.written, bad.reason, bad.new] for bad in listed.bad]),
        }
        with self.store.write() as db:
            self.forget_checked(row["sms_id"])
            batch_id = insert(db, "sms_batch", row | told | {"created_at": instant_text(now), "created_by": by})
        numbers = [(batch_id, place, number) for place, number in enumerate(listed.numbers, 1)]
        for first in range(0, len(numbers), _AT_ONCE):
            with self.store.write() as db:
                sql = "INSERT INTO sms_recipient (batch_id, place, number) VALUES (?, ?, ?)"
                db.conn.executemany(sql, numbers[first : first + _AT_ONCE])
        return batch_id

    def forget_checked(self, sms_id: int) -> None:
        """Throw away lists that nobody ordered a sending to."""
        checked = "SELECT id FROM sms_batch WHERE sms_id = ? AND state = 'checked'"
        with self.store.write() as db:
            db.conn.execute(f"DELETE FROM sms_recipient WHERE batch_id IN ({checked})", (sms_id,))  # noqa: S608 - ours
            db.conn.execute("DELETE FROM sms_batch WHERE sms_id = ? AND state = 'checked'", (sms_id,))

    def get(self, batch_id: int) -> SmsBatch:
        row = self.store.row("SELECT * FROM sms_batch WHERE id = ?", (batch_id,))
        if row is None:
            raise NotFound("sms_batch", batch_id)
        return _BATCH.read(row)

    def of_sms(self, sms_id: int) -> list[SmsBatch]:
        """Newest first."""
        rows = self.store.rows("SELECT * FROM sms_batch WHERE sms_id = ? ORDER BY id DESC", (sms_id,))
        return _BATCH.read_all(rows)

    def sending_ids(self) -> list[int]:
        """Sendings that are to go on, oldest order first."""
        rows = self.store.rows("SELECT id FROM sms_batch WHERE state = 'sending' ORDER BY ordered_at, id")
        return [int(row["id"]) for row in rows]

    def counts(self, batch_id: int) -> dict[RecipientState, int]:
        """How many recipients stand where; a state that nobody is in counts 0."""
        sql = "SELECT state, count(*) AS many FROM sms_recipient WHERE batch_id = ? GROUP BY state"
        found = {RecipientState(row["state"]): int(row["many"]) for row in self.store.rows(sql, (batch_id,))}
        return {state: found.get(state, 0) for state in RecipientState}

    def recipients(self, batch_id: int, *states: RecipientState, limit: int = -1) -> list[SmsRecipient]:
        """Those in one of `states` (none = all), in the order of the list."""
        wanted = [state.value for state in states or RecipientState]
        marks = ", ".join("?" * len(wanted))
        sql = f"SELECT * FROM sms_recipient WHERE batch_id = ? AND state IN ({marks}) ORDER BY place LIMIT ?"  # noqa: S608 - marks
        return _RECIPIENT.read_all(self.store.rows(sql, (batch_id, *wanted, limit)))

    def reached(self, sms_id: int, sha256: Sha256, *, again: bool) -> set[str]:
        """Numbers that got these words of this SMS, or may have; without the doubtful ones where `again`."""
        rows = self.store.rows(f"SELECT DISTINCT number {_REACHED}", (sms_id, sha256, int(again)))
        return {row["number"] for row in rows}

    def has_reached(self, batch: SmsBatch, number: str) -> bool:
        """Whether one number has had these words in another sending."""
        sql = f"SELECT 1 {_REACHED} AND number = ? AND b.id <> ? LIMIT 1"
        key = (batch.sms_id, batch.sha256, int(batch.again), number, batch.id)
        return bool(self.store.value(sql, key))

    def change(self, batch_id: int, states: Iterable[BatchState], values: Row) -> bool:
        """Write `values` if it is in one of `states`; whether it was."""
        with self.store.write() as db:
            return any(update(db, "sms_batch", {"id": batch_id, "state": state.value}, values) for state in states)

    # One recipient after the other

    def next(self, batch_id: int) -> SmsRecipient | None:
        """Who is next: the least tried, in the order of the list."""
        sql = "SELECT * FROM sms_recipient WHERE batch_id = ? AND state = 'waiting' ORDER BY attempts, place LIMIT 1"
        row = self.store.row(sql, (batch_id,))
        return _RECIPIENT.read(row) if row else None

    def claim(self, one: SmsRecipient, now: datetime) -> SmsRecipient | None:
        """The recipient as ours to send now; None when somebody was quicker."""
        key = {"batch_id": one.batch_id, "place": one.place, "state": RecipientState.WAITING.value}
        values = {"state": RecipientState.CLAIMED.value, "attempts": one.attempts + 1}
        with self.store.write() as db:
            if not update(db, "sms_recipient", key, values | {"changed_at": instant_text(now)}):
                return None
        return replace(one, state=RecipientState.CLAIMED, attempts=one.attempts + 1)

    def settle(
        self, one: SmsRecipient, state: RecipientState, now: datetime, *, answer: str = "", reason: str = "",
        details: Row | None = None,
    ) -> None:  # fmt: skip
        """What became of a recipient that still is as `one`."""
        key = {"batch_id": one.batch_id, "place": one.place, "state": one.state.value}
        told = json_text(as_texts(details))
        values = {"state": state.value, "answer": answer, "reason": reason, "details_json": told}
        with self.store.write() as db:
            update(db, "sms_recipient", key, values | {"changed_at": instant_text(now)})

    def cancel_waiting(self, batch_id: int, reason: str, now: datetime) -> None:
        """Nobody of this list who waits gets it any more."""
        with self.store.write() as db:
            key = {"batch_id": batch_id, "state": RecipientState.WAITING.value}
            values = {"state": RecipientState.CANCELLED.value, "reason": reason, "changed_at": instant_text(now)}
            update(db, "sms_recipient", key, values)

    def recover(self, now: datetime) -> int:
        """After a crash: whoever was claimed may have been sent. How many there were."""
        with self.store.write() as db:
            key = {"state": RecipientState.CLAIMED.value}
            reason = "sms_interrupted"
            values = {"state": RecipientState.UNKNOWN.value, "reason": reason, "changed_at": instant_text(now)}
            return update(db, "sms_recipient", key, values)


def _bad_lines(text: str) -> tuple[BadLine, ...]:
    return tuple(BadLine(*bad) for bad in json.loads(text))


_BATCH = Mapper(SmsBatch, "sms_batch", bad=Column("bad_json", _bad_lines))
_RECIPIENT = Mapper(SmsRecipient, "sms_recipient")
