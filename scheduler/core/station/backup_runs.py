"""One backup: who asked for it, how far it is, how it ended.

Pure: the archive itself is the services'.
"""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["BackupRun"]


@dataclass(frozen=True, slots=True)
class BackupRun:
    id: int
    folder: str
    asked_at: datetime
    by: str
    """Name of who asked; the machine's own at night."""
    state: str
    """waiting | running | good | failed"""
    progress: float
    file: str
    bytes: int
    reason: str
    details: dict[str, str]
    ended_at: datetime | None
