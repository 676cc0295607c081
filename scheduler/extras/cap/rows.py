"""Rows of CAP: senders that are believed, rules, alerts that came, and alerts that this ward has issued.

Every change of an alert names the state it was seen in, so that two hands never decide the same one. What a row means,
and who may change it, is the desk's.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.extras.cap.rules.alert import Certainty, Reference, Severity, Urgency
from scheduler.extras.cap.rules.rules import Doubt, Rule, Sender, Way
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.database import Row, Store, insert, instant_of, instant_or_none, instant_text, update

__all__ = ["OPEN_STATES", "CapRow", "CapStore", "Issued", "RuleRow", "SenderRow"]

OPEN_STATES = ("waiting", "preparing", "approval", "planned")


@dataclass(frozen=True, slots=True)
class SenderRow:
    sender: Sender
    since: datetime
    approved_by: int


@dataclass(frozen=True, slots=True)
class RuleRow:
    rule: Rule
    created_by: int
    created_at: datetime
    approved_by: int | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class CapRow:
    """One alert, as kept."""

    id: int
    sender: str
    identifier: str
    sent: datetime
    msg_type: str
    status: str
    scope: str
    title: str
    priority: int
    xml: str
    proof: str
    block: int
    zone: str
    state: str
    way: str
    rule_id: int | None
    doubts: tuple[Doubt, ...]
    reason: str
    details: dict[str, str]
    announcement_id: int | None
    campaign_id: int | None
    slot_id: str | None
    job_id: int | None
    source_id: int
    taken_by: int
    received_at: datetime
    expires_at: datetime | None
    decided_by: int | None
    decided_at: datetime | None

    @property
    def open(self) -> bool:
        """Something may still become of it."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class Issued:
    """One alert that this ward has issued."""

    id: int
    identifier: str
    sender: str
    sent: datetime
    msg_type: str
    topic: str
    title: str
    slot_id: str
    xml: str
    expires_at: datetime
    issued_by: int


class CapStore:
    def __init__(self, store: Store) -> None:
        self.store = store

    # Senders

    def senders(self) -> list[SenderRow]:
        sql = "SELECT * FROM cap_sender WHERE ended_at IS NULL ORDER BY name, sender"
        return [_sender(row) for row in self.store.rows(sql)]

    def keep_sender(self, sender: Sender, person_id: int, now: datetime) -> None:
        values: Row = {"name": sender.name, "certificates": sender.certificates, "unsigned": int(sender.unsigned)}
        values |= {"since": instant_text(now), "approved_by": person_id, "ended_at": None}
        with self.store.write() as db:
            if not update(db, "cap_sender", {"sender": sender.sender}, values):
                insert(db, "cap_sender", values | {"sender": sender.sender})

    def end_sender(self, sender: str, now: datetime) -> None:
        with self.store.write() as db:
            update(db, "cap_sender", {"sender": sender, "ended_at": None}, {"ended_at": instant_text(now)})

    # Rules

    def rules(self) -> list[RuleRow]:
        return [_rule(row) for row in self.store.rows("SELECT * FROM cap_rule WHERE ended_at IS NULL ORDER BY id")]

    def rule(self, rule_id: int) -> RuleRow:
        row = self.store.row("SELECT * FROM cap_rule WHERE id = ? AND ended_at IS NULL", (rule_id,))
        if row is None:
            raise NotFound("cap_rule", rule_id)
        return _rule(row)

    def add_rule(self, values: Row) -> int:
        with self.store.write() as db:
            return insert(db, "cap_rule", values)

    def approve_rule(self, rule_id: int, person_id: int, now: datetime) -> None:
        with self.store.write() as db:
            values = {"approved_by": person_id, "approved_at": instant_text(now)}
            if not update(db, "cap_rule", {"id": rule_id, "approved_by": None, "ended_at": None}, values):
                raise Refused("cap_rule_decided")

    def end_rule(self, rule_id: int, now: datetime) -> None:
        with self.store.write() as db:
            update(db, "cap_rule", {"id": rule_id, "ended_at": None}, {"ended_at": instant_text(now)})

    # Alerts

    def find(self, reference: Reference) -> CapRow | None:
        sql = "SELECT * FROM cap_alert WHERE sender = ? AND identifier = ? AND sent = ?"
        row = self.store.row(sql, (reference.sender, reference.identifier, instant_text(reference.sent)))
        return _alert(row) if row else None

    def add(self, values: Row) -> int:
        with self.store.write() as db:
            return insert(db, "cap_alert", values)

    def get(self, alert_id: int) -> CapRow:
        row = self.store.row("SELECT * FROM cap_alert WHERE id = ?", (alert_id,))
        if row is None:
            raise NotFound("cap_alert", alert_id)
        return _alert(row)

    def listed(self, states: Sequence[str], limit: int = 100) -> list[CapRow]:
        """Rows in these states, the newest first; emergencies before all."""
        marks = ", ".join("?" for _ in states)
        sql = f"SELECT * FROM cap_alert WHERE state IN ({marks}) ORDER BY priority, id DESC LIMIT ?"  # noqa: S608 - marks only
        return [_alert(row) for row in self.store.rows(sql, (*states, limit))]

    def count(self, state: str, *, emergency: bool = False) -> int:
        sql = "SELECT count(*) FROM cap_alert WHERE state = ? AND priority <= ?"
        return int(self.store.value(sql, (state, 1 if emergency else 2)))

    def change(self, seen: CapRow, values: Mapping[str, Any]) -> CapRow:
        """Write `values` if the row still is in the state and way it was seen in, else Refused cap_decided."""
        with self.store.write() as db:
            if not update(db, "cap_alert", {"id": seen.id, "state": seen.state, "way": seen.way}, values):
                raise Refused("cap_decided")
        return self.get(seen.id)

    def to_tend(self, now: datetime) -> list[CapRow]:
        """Rows that may have a next step."""
        sql = """SELECT * FROM cap_alert WHERE state IN ('preparing', 'approval', 'planned')
            OR (state = 'waiting' AND expires_at <= ?) ORDER BY priority, id LIMIT 200"""
        return [_alert(row) for row in self.store.rows(sql, (instant_text(now),))]

    def slot_of(self, announcement_id: int) -> str | None:
        """The emergency that was ordered of an announcement: an act that a crash cut off is not done again."""
        sql = "SELECT id FROM slot WHERE announcement_id = ? AND trigger = 'emergency' ORDER BY created_at DESC LIMIT 1"
        found = self.store.value(sql, (announcement_id,))
        return str(found) if found is not None else None

    def outcomes_of(self, announcement_id: int) -> list[str]:
        sql = "SELECT outcome FROM slot WHERE announcement_id = ? AND outcome IS NOT NULL ORDER BY start"
        return [row["outcome"] for row in self.store.rows(sql, (announcement_id,))]

    # Endings

    def note_endings(self, references: Sequence[Reference], by_id: int) -> None:
        """A believed Update or Cancel names these, whether they have come yet or not."""
        with self.store.write() as db:
            for one in dict.fromkeys(references):
                values = {"sender": one.sender, "identifier": one.identifier, "sent": instant_text(one.sent)}
                insert(db, "cap_ending", values | {"by_id": by_id})

    def ended_by(self, reference: Reference) -> CapRow | None:
        """The believed message that has ended this one."""
        sql = """SELECT a.* FROM cap_ending e JOIN cap_alert a ON a.id = e.by_id
            WHERE e.sender = ? AND e.identifier = ? AND e.sent = ? ORDER BY a.msg_type = 'Cancel' DESC, a.id DESC"""
        row = self.store.row(sql, (reference.sender, reference.identifier, instant_text(reference.sent)))
        return _alert(row) if row else None

    # Issued

    def issue(self, values: Row) -> Issued:
        with self.store.write() as db:
            made = insert(db, "cap_issued", values)
        return self.issued(made)

    def issued(self, issued_id: int) -> Issued:
        row = self.store.row("SELECT * FROM cap_issued WHERE id = ?", (issued_id,))
        if row is None:
            raise NotFound("cap_alert", issued_id)
        return _issued(row)

    def issued_first(self, slot_id: str) -> Issued | None:
        row = self.store.row("SELECT * FROM cap_issued WHERE slot_id = ? AND msg_type = 'Alert'", (slot_id,))
        return _issued(row) if row else None

    def chain(self, topic: str) -> list[Issued]:
        """An alert and all that was issued of it since, the oldest first."""
        sql = "SELECT * FROM cap_issued WHERE topic = ? ORDER BY id"
        return [_issued(row) for row in self.store.rows(sql, (topic,))]

    def issued_list(self, limit: int = 50) -> list[Issued]:
        return [_issued(row) for row in self.store.rows("SELECT * FROM cap_issued ORDER BY id DESC LIMIT ?", (limit,))]


def _sender(row: Row) -> SenderRow:
    known = Sender(row["sender"], row["name"], row["certificates"], bool(row["unsigned"]))
    return SenderRow(known, instant_of(row["since"]), row["approved_by"])


def _rule(row: Row) -> RuleRow:
    rule = Rule(
        id=row["id"],
        title=row["title"],
        way=Way(row["way"]),
        events=tuple(json.loads(row["events_json"])),
        severity=Severity(row["severity"]),
        urgency=Urgency(row["urgency"]),
        certainty=Certainty(row["certainty"]),
        approved=row["approved_by"] is not None,
    )
    created = instant_of(row["created_at"])
    return RuleRow(rule, row["created_by"], created, row["approved_by"], instant_or_none(row["approved_at"]))


def _alert(row: Row) -> CapRow:
    values = {name: row[name] for name in CapRow.__slots__ if name not in {"doubts", "details"}}
    values |= {name: instant_or_none(row[name]) for name in ("sent", "received_at", "expires_at", "decided_at")}
    doubts = tuple((code, details) for code, details in json.loads(row["doubts_json"]))
    return CapRow(**values, doubts=doubts, details=json.loads(row["details_json"]))


def _issued(row: Row) -> Issued:
    values = {name: row[name] for name in Issued.__slots__}
    return Issued(**values | {name: instant_of(row[name]) for name in ("sent", "expires_at")})
