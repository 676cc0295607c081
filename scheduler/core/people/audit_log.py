"""A row of the audit log as it is read, and which of them are asked for.

Pure: how rows come to be and hang together is the store's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

__all__ = ["AuditFilter", "AuditRow"]


class AuditRow(NamedTuple):
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
