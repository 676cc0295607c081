"""What a ward keeps of an envelope of its town: one that was taken, one that was not.

What a row means, and who may change it, is the service's.
"""

from dataclasses import dataclass
from datetime import datetime

from scheduler.core.model import Priority
from scheduler.extras.inbox.rules import InboxRow
from scheduler.extras.town.rules.envelope import Status

__all__ = ["RefusedRow", "TownRow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TownRow(InboxRow):
    """One envelope, as kept."""

    issue_id: str
    topic: str
    """What a later word of its issuer replaces."""
    issuer: str
    """Public key."""
    sequence: int
    kind: str
    act: str
    status: str
    subject: str
    place: int
    """In the stream."""
    more_zones: tuple[str, ...]
    """Where it names several zones, those beside `zone`."""
    basis: str
    """The legal basis it overrides by; "" = it does not."""
    clip_sha256: str | None
    """Of the sound it is to be heard with."""
    acked: str
    """What was told of it last."""

    @property
    def name(self) -> str:
        return f"issue {self.issue_id}"

    @property
    def zones(self) -> tuple[str, ...]:
        return (self.zone, *self.more_zones)

    @property
    def is_emergency(self) -> bool:
        """One that is meant: a drill of one is not."""
        return self.priority == Priority.EMERGENCY and self.status == Status.ACTUAL


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """An envelope that was not taken; `claims` is what it says of itself."""

    id: int
    subject: str
    sequence: int
    reason: str
    details: dict[str, str]
    claims: dict[str, str]
    bytes: int
    at: datetime
