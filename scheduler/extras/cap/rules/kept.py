"""What a ward keeps of CAP: whom it believes, its rules, alerts that came and alerts that it has issued.

What a row means, and who may change it, is the service's.
"""

from dataclasses import dataclass
from datetime import datetime

from scheduler.extras.cap.rules.rules import Rule, Sender
from scheduler.extras.inbox.rules import InboxRow

__all__ = ["CapRow", "Issued", "RuleRow", "SenderRow"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CapRow(InboxRow):
    """One alert, as kept."""

    sender: str
    identifier: str
    sent: datetime
    msg_type: str
    status: str
    scope: str
    proof: str
    block: int
    """Which block of it is said."""
    rule_id: int | None
    """The rule that fits it."""
    taken_by: int
    """Who has handed it in."""

    @property
    def name(self) -> str:
        return f"alert {self.identifier}"


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
