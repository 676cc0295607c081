"""What is kept of people's acts: the keys of their programs, and the rows of the audit log.

Pure: what a key may do is asked of its owner's role at each act; how rows of the log hang together is the store's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

__all__ = ["ApiToken", "AuditFilter", "AuditRow"]


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row as it is read."""

    seq: int
    at: datetime
    kind: str
    person_id: int | None
    name: str
    via: str
    address: str
    session: str
    act: str
    route: str
    subject: str
    subject_id: str
    title: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    note: str


class AuditFilter(NamedTuple):
    """What is asked for; empty = all."""

    person_id: int | None = None
    act: str = ""
    day: str = ""
    subject: str = ""
    subject_id: str = ""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A key of a program; the secret itself is nowhere."""

    id: int
    name: str
    hint: str
    """Its first letters."""
    person_id: int
    owner: str
    """Name of the person in whose name it acts."""
    login: str
    acts: tuple[str, ...]
    zones: tuple[str, ...]
    """Empty = wherever its owner may act."""
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    last_address: str = ""
    revoked_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and now < self.expires_at
