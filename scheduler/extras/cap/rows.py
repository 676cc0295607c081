"""Rows of CAP: senders that are believed, rules, alerts that came, and alerts that this ward has issued.

What a row means, and who may change it, is the service's.
"""

from collections.abc import Sequence
from datetime import datetime

from scheduler.extras.cap.rules.alert import Reference
from scheduler.extras.cap.rules.kept import CapRow, Issued, RuleRow, SenderRow
from scheduler.extras.cap.rules.rules import Rule, Sender
from scheduler.extras.inbox.rows import InboxRows, Table
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.database import Row, Store, insert, instant_text, update
from scheduler.store.mapper import Column, Mapper, Of

__all__ = ["Alerts", "CapRow", "Issued", "RuleRow", "SenderRow"]


TABLE = Table(
    "cap_alert",
    CapRow,
    missing="cap_alert",
    decided="cap_decided",
    columns={"raw": Column("xml"), "issuer_id": Column("source_id")},
)


class Alerts(InboxRows[CapRow]):
    """Alerts that came, and what the ward keeps beside them."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, TABLE)

    # Senders

    def senders(self) -> list[SenderRow]:
        sql = "SELECT * FROM cap_sender WHERE ended_at IS NULL ORDER BY name, sender"
        return _SENDER_ROW.read_all(self.store.rows(sql))

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
        return _RULE_ROW.read_all(self.store.rows("SELECT * FROM cap_rule WHERE ended_at IS NULL ORDER BY id"))

    def rule(self, rule_id: int) -> RuleRow:
        row = self.store.row("SELECT * FROM cap_rule WHERE id = ? AND ended_at IS NULL", (rule_id,))
        if row is None:
            raise NotFound("cap_rule", rule_id)
        return _RULE_ROW.read(row)

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
        key = (reference.sender, reference.identifier, instant_text(reference.sent))
        return self.one("sender = ? AND identifier = ? AND sent = ?", key)

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
        return self.mapper.read(row) if row else None

    def ends(self, alert_id: int) -> bool:
        """Whether it has ended anything."""
        return bool(self.store.value("SELECT 1 FROM cap_ending WHERE by_id = ? LIMIT 1", (alert_id,)))

    # Issued

    def issue(self, values: Row) -> Issued:
        with self.store.write() as db:
            made = insert(db, "cap_issued", values)
        return self.issued(made)

    def issued(self, issued_id: int) -> Issued:
        row = self.store.row("SELECT * FROM cap_issued WHERE id = ?", (issued_id,))
        if row is None:
            raise NotFound("cap_alert", issued_id)
        return _ISSUED.read(row)

    def issued_first(self, slot_id: str) -> Issued | None:
        row = self.store.row("SELECT * FROM cap_issued WHERE slot_id = ? AND msg_type = 'Alert'", (slot_id,))
        return _ISSUED.read(row) if row else None

    def chain(self, topic: str) -> list[Issued]:
        """An alert and all that was issued of it since, the oldest first."""
        sql = "SELECT * FROM cap_issued WHERE topic = ? ORDER BY id"
        return _ISSUED.read_all(self.store.rows(sql, (topic,)))

    def issued_list(self, limit: int = 50) -> list[Issued]:
        return _ISSUED.read_all(self.store.rows("SELECT * FROM cap_issued ORDER BY id DESC LIMIT ?", (limit,)))


_SENDER = Mapper(Sender, "cap_sender")
_SENDER_ROW = Mapper(SenderRow, "cap_sender", sender=Of(_SENDER.read))
_RULE = Mapper(Rule, "cap_rule", approved=Of(lambda row: row["approved_by"] is not None))
_RULE_ROW = Mapper(RuleRow, "cap_rule", rule=Of(_RULE.read))
_ISSUED = Mapper(Issued, "cap_issued")
