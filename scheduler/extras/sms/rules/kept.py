"""A text for telephones, a sending of it and who receives that, as they are kept.

Pure: what may be sent is the rules', how it is kept is the rows'.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.core.model import Sha256
from scheduler.extras.sms.rules.approval import CLEARED, BatchState, RecipientState, SmsState
from scheduler.extras.sms.rules.numbers import BadLine
from scheduler.extras.sms.rules.texts import as_sent, sms_sha256

__all__ = ["OptOut", "SmsBatch", "SmsRecipient", "StoredHandOver", "StoredSms"]


@dataclass(frozen=True, slots=True)
class StoredSms:
    """An SMS as kept: `text` as written, `body` the words that go out."""

    id: int
    title: str
    text: str
    plain: bool
    version: int
    state: SmsState
    author_id: int
    created_at: datetime
    updated_at: datetime
    dispatch_id: int | None = None
    message_no: int | None = None
    campaign_id: int | None = None
    return_reason: str = ""
    approver_id: int | None = None
    approved_at: datetime | None = None
    approved_sha256: Sha256 | None = None
    writer_id: int | None = None
    """Who changed the words last; None = nobody but the author."""

    @property
    def body(self) -> str:
        return as_sent(self.text, plain=self.plain)

    @property
    def cleared(self) -> bool:
        """A leader has approved exactly the words that would go out now."""
        return self.state in CLEARED and self.approved_sha256 == sms_sha256(self.body)


@dataclass(frozen=True, slots=True)
class StoredHandOver:
    """A file that was handed over, as it was."""

    id: int
    sms_id: int
    sha256: Sha256
    file_text: str
    rows: int
    at: datetime
    by_id: int


@dataclass(frozen=True, slots=True)
class OptOut:
    number: str
    note: str
    at: datetime
    by_id: int


@dataclass(frozen=True, slots=True)
class SmsBatch:
    """One sending to one list: the words, the list as it was read, and who ordered it."""

    id: int
    sms_id: int
    body: str
    sha256: Sha256
    state: BatchState
    again: bool
    file_name: str
    total: int
    duplicates: int
    opted_out: int
    reached: int
    refused: int
    bad: tuple[BadLine, ...]
    reason: str
    details: dict[str, Any]
    created_at: datetime
    created_by: int
    ordered_at: datetime | None
    ordered_by: int | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SmsRecipient:
    batch_id: int
    place: int
    number: str
    state: RecipientState
    attempts: int
    answer: str
    reason: str
    details: dict[str, Any]
    changed_at: datetime | None
