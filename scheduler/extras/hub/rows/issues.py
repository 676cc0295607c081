"""What the town has issued, what of it the broker still has to store, and what the wards said about it.

An issue and its messages are written together or not at all; a message is published until the broker has it stored, and
may be published again with the same id. An answer of a ward is kept once by (ward, row).
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.database import Row, Store, insert, instant_or_none, instant_text, json_text, update
from scheduler.store.mapper import Mapper, Of

__all__ = ["Answer", "HubIssues", "Outgoing", "StoredIssue"]


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """One thing that was issued; `published` of `messages` are stored by the broker."""

    id: str
    kind: str
    act: str
    status: str
    sequence: int
    priority: int
    title: str
    targets: tuple[str, ...]
    zones: tuple[str, ...]
    references: tuple[str, ...]
    dispatch_number: str
    announcement_id: int | None
    campaign_id: int | None
    audio_sha256: str | None
    legal_basis: str
    issued_by: int
    sent: datetime
    not_before: datetime | None
    expires: datetime
    taken_back_at: datetime | None
    messages: int
    published: int
    due_at: datetime | None
    """When its messages may leave the house."""
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the broker."""

    id: int
    issue_id: str
    subject: str
    message_id: str
    envelope: str
    tries: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a ward said of an issue."""

    ward_id: str
    row: int
    issue_id: str
    state: str
    at: datetime
    """By the ward's clock."""
    received_at: datetime
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    played_ms: int | None = None

    @property
    def said_at(self) -> datetime:
        """No later than it came, however far the ward's clock runs ahead."""
        return min(self.at, self.received_at)


class HubIssues:
    def __init__(self, store: Store) -> None:
        self.store = store

    # Issuing

    def next_sequence(self, now: datetime) -> int:
        """The number of the next issue; only inside the transaction that adds it.

        It grows with the seconds as well: a hub restored from yesterday's backup gives no number twice, and its wards
        take no later word for one that is stale.
        """
        last = int(self.store.value("SELECT coalesce(max(sequence), 0) FROM hub_issue"))
        return max(last + 1, int(now.timestamp()))

    def add(self, values: Row, subjects: Sequence[str], sounds: Sequence[str], due: datetime) -> None:
        """An issue and its messages, one for each subject."""
        with self.store.write() as db:
            insert(db, "hub_issue", values)
            for sha256 in sounds:
                insert(db, "hub_issue_sound", {"issue_id": values["id"], "sha256": sha256})
            for place, subject in enumerate(subjects):
                name = values["id"] if place == 0 else f"{values['id']}.{place}"
                row = {"issue_id": values["id"], "subject": subject, "message_id": name, "due_at": instant_text(due)}
                insert(db, "hub_outbox", row)

    def take_back(self, issue_id: str, now: datetime) -> bool:
        """Take back what has not left the house; False where some of it has."""
        with self.store.write() as db:
            gone = "SELECT 1 FROM hub_outbox WHERE issue_id = ? AND (published_at IS NOT NULL OR tries > 0)"
            if self.store.value(gone, (issue_id,)):
                return False
            key = {"id": issue_id, "taken_back_at": None}
            done = update(db, "hub_issue", key, {"taken_back_at": instant_text(now)})
            db.conn.execute("DELETE FROM hub_outbox WHERE issue_id = ?", (issue_id,))
            return done == 1

    def get(self, issue_id: str) -> StoredIssue:
        row = self.store.row(f"{_SELECT} WHERE i.id = ?", (issue_id,))
        if row is None:
            raise NotFound("issue", issue_id)
        return _ISSUE.read(row)

    def envelope(self, issue_id: str) -> str:
        """Exactly what is published."""
        found = self.store.value("SELECT envelope FROM hub_issue WHERE id = ?", (issue_id,))
        if found is None:
            raise NotFound("issue", issue_id)
        return str(found)

    def newest(self, limit: int = 100, before: int | None = None) -> list[StoredIssue]:
        """Issues but words to a ward on its groups, the newest first; `before`: only those with a smaller number."""
        sql = f"{_SELECT} WHERE i.sequence < ? AND i.kind <> 'groups' ORDER BY i.sequence DESC LIMIT ?"
        return _ISSUE.read_all(self.store.rows(sql, (before or 2**62, limit)))

    def with_root(self, root: str) -> list[StoredIssue]:
        """Every version of an issue: the first, and what updated it."""
        sql = f"""{_SELECT} WHERE i.id = :root OR (i.act = 'update' AND json_extract(i.references_json, '$[0]') = :root)
            ORDER BY i.sequence"""
        return _ISSUE.read_all(self.store.rows(sql, {"root": root}))

    def newest_groups(self, ward_id: str) -> StoredIssue | None:
        """What a ward was told last of its groups; None = it never was, but when it came in."""
        sql = f"{_SELECT} WHERE {_OF_GROUPS} ORDER BY i.sequence DESC LIMIT 1"
        row = self.store.row(sql, {"target": f"ward.{ward_id}"})
        return _ISSUE.read(row) if row else None

    def of_groups(self, issue_ids: Collection[str]) -> set[str]:
        """Those of these issues that tell a ward its groups. One read, however many they are; none for none."""
        if not issue_ids:
            return set()
        sql = "SELECT id FROM hub_issue WHERE kind = 'groups' AND id IN (SELECT value FROM json_each(?))"
        return {row["id"] for row in self.store.rows(sql, (json_text(sorted(issue_ids)),))}

    def taken_groups(self, ward_id: str) -> tuple[str, ...] | None:
        """The groups that a ward has taken last of those it was told since it came in; None = none yet."""
        sql = f"""SELECT i.envelope FROM hub_issue i JOIN hub_ward w ON w.id = :ward
            WHERE {_OF_GROUPS} AND i.sent >= w.paired_at AND EXISTS (SELECT 1 FROM hub_ack a
                WHERE a.issue_id = i.id AND a.ward_id = w.id AND a.epoch > 0 AND a.state = 'approved')
            ORDER BY i.sequence DESC LIMIT 1"""  # noqa: S608 - ours
        found = self.store.value(sql, {"ward": ward_id, "target": f"ward.{ward_id}"})
        return tuple(json.loads(json.loads(found)["signed"])["body"]["groups"]) if found else None

    def of_dispatch(self, number: str) -> list[StoredIssue]:
        sql = f"{_SELECT} WHERE i.dispatch_number = ? AND i.dispatch_number <> '' ORDER BY i.sequence"
        return _ISSUE.read_all(self.store.rows(sql, (number,)))

    def dispatch_numbers(self) -> list[str]:
        """Of what was issued, the newest first."""
        sql = (
            "SELECT dispatch_number FROM hub_issue WHERE dispatch_number <> '' AND taken_back_at IS NULL"
            " GROUP BY dispatch_number ORDER BY max(sequence) DESC"
        )
        return [row["dispatch_number"] for row in self.store.rows(sql)]

    def sound_is_issued(self, sha256: str, now: datetime) -> bool:
        """Whether a ward may fetch this sound: something that still holds carries it."""
        sql = """SELECT 1 FROM hub_issue i WHERE i.taken_back_at IS NULL AND i.expires > :now AND (i.audio_sha256 = :sha
            OR EXISTS (SELECT 1 FROM hub_issue_sound s WHERE s.issue_id = i.id AND s.sha256 = :sha)) LIMIT 1"""
        return self.store.value(sql, {"sha": sha256, "now": instant_text(now)}) is not None

    # For the broker

    def due(self, now: datetime, limit: int = 200) -> list[Outgoing]:
        """Messages that the broker has not stored yet, emergencies first, then in the order they were issued."""
        sql = """SELECT o.*, i.envelope FROM hub_outbox o JOIN hub_issue i ON i.id = o.issue_id
            WHERE o.published_at IS NULL AND o.due_at <= ? AND i.taken_back_at IS NULL
            ORDER BY i.priority = 1 DESC, i.sequence, o.id LIMIT ?"""
        rows = self.store.rows(sql, (instant_text(now), limit))
        names = ("id", "issue_id", "subject", "message_id", "envelope", "tries")
        return [Outgoing(**{name: row[name] for name in names}) for row in rows]

    def next_due(self) -> datetime | None:
        """When the next message that waits may leave."""
        return instant_or_none(self.store.value("SELECT min(due_at) FROM hub_outbox WHERE published_at IS NULL"))

    def leaving(self, messages: Sequence[Outgoing]) -> list[Outgoing]:
        """Note that these are about to be sent, so that none of them can be taken back unseen; those that still may."""
        with self.store.write() as db:
            sql = "UPDATE hub_outbox SET tries = tries + 1 WHERE id = ? AND published_at IS NULL"
            return [one for one in messages if db.conn.execute(sql, (one.id,)).rowcount]

    def published(self, stored: Sequence[tuple[int, int]], now: datetime) -> None:
        """(message, place in the stream) that the broker has stored."""
        with self.store.write() as db:
            for number, seq in stored:
                update(db, "hub_outbox", {"id": number}, {"published_at": instant_text(now), "stream_seq": seq})

    def last_place(self) -> int:
        """The highest place in the stream that any message of ours has had."""
        return int(self.store.value("SELECT coalesce(max(stream_seq), 0) FROM hub_outbox"))

    def again(self, now: datetime, *, issue_id: str | None = None, beyond: int = 0) -> int:
        """Have messages of what still holds published once more: of one issue, or those placed beyond `beyond`.

        Their old places are kept: no place that was ever given may be given to another message.
        """
        sql = """UPDATE hub_outbox SET published_at = NULL WHERE published_at IS NOT NULL
            AND (:issue IS NULL OR issue_id = :issue) AND coalesce(stream_seq, 0) > :beyond
            AND issue_id IN (SELECT id FROM hub_issue WHERE taken_back_at IS NULL AND expires > :now)"""
        with self.store.write() as db:
            values = {"issue": issue_id, "beyond": beyond, "now": instant_text(now)}
            return int(db.conn.execute(sql, values).rowcount)

    def renew(self, now: datetime, after: timedelta) -> int:
        """Have messages of what still holds published once more when they have lain in the stream for so long."""
        sql = """UPDATE hub_outbox SET published_at = NULL WHERE published_at < :old AND issue_id IN
            (SELECT id FROM hub_issue WHERE taken_back_at IS NULL AND expires > :now)"""
        values = {"old": instant_text(now - after), "now": instant_text(now)}
        with self.store.write() as db:
            return int(db.conn.execute(sql, values).rowcount)

    def waiting(self) -> int:
        """Messages that the broker has not stored yet."""
        return int(self.store.value("SELECT count(*) FROM hub_outbox WHERE published_at IS NULL"))

    # What the wards said

    def answers(self, issue_id: str) -> list[Answer]:
        """Everything that was said of an issue, by ward and in the order it was said."""
        rows = self.store.rows("SELECT * FROM hub_ack WHERE issue_id = ? ORDER BY ward_id, epoch, row", (issue_id,))
        return _ANSWER.read_all(rows)

    def last_answers(self, issue_id: str) -> list[Answer]:
        """The last word of each ward on an issue, the newest first."""
        sql = """SELECT a.* FROM hub_last l
            JOIN hub_ack a ON a.ward_id = l.ward_id AND a.epoch = l.epoch AND a.row = l.row
            WHERE l.issue_id = ? ORDER BY a.received_at DESC"""
        return _ANSWER.read_all(self.store.rows(sql, (issue_id,)))

    def last_states(self, issue_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Issue -> ward -> the state of its last word."""
        found: dict[str, dict[str, str]] = {}
        sql = "SELECT issue_id, ward_id, state FROM hub_last WHERE issue_id IN (SELECT value FROM json_each(?))"
        for issue_id, ward_id, state in self.store.db.conn.execute(sql, (json_text(list(issue_ids)),)):
            found.setdefault(issue_id, {})[ward_id] = state
        return found


_OF_GROUPS = "i.kind = 'groups' AND json_extract(i.targets_json, '$[0]') = :target"
_OF = "FROM hub_outbox o WHERE o.issue_id = i.id"
_SELECT = f"""SELECT i.*, (SELECT count(*) {_OF}) AS messages, (SELECT count(published_at) {_OF}) AS published,
    (SELECT max(due_at) {_OF}) AS due_at, (SELECT max(published_at) {_OF}) AS published_at FROM hub_issue i"""  # noqa: S608 - ours


_ISSUE = Mapper(
    StoredIssue,
    "hub_issue",
    messages=Of(lambda row: row["messages"] or 0),
    published=Of(lambda row: row["published"] or 0),
)


_ANSWER = Mapper(Answer, "hub_ack")


def refuse_unless_known(rows: HubIssues, issue_ids: Sequence[str]) -> None:
    """Raise Refused issue_unknown for an issue that is none of ours or was taken back."""
    for issue_id in issue_ids:
        if rows.store.value("SELECT 1 FROM hub_issue WHERE id = ? AND taken_back_at IS NULL", (issue_id,)) is None:
            raise Refused("issue_unknown", id=issue_id[:40])
