"""What is kept of the machine's own work: jobs of the worker, backups, and the last word of each process.

Pure: who asks for a job and what comes of it is the services' and the worker's, where a heartbeat is written is the
ring's and the rows'.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

__all__ = ["PLAYOUT_SILENT_AFTER", "BackupRun", "Heartbeat", "Job"]


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


PLAYOUT_SILENT_AFTER = timedelta(seconds=5)
"""Without a beat for longer nobody knows what sounds: playout is told as silent, ended, and has no air of a pair."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    process: str
    pid: int
    at: datetime
    state: dict[str, Any]
    life: str = ""
    """Of playout in real time: another word as long as its parts go on. Empty = `at` says it."""

    def lives(self, now: datetime) -> bool:
        """Of playout: whether it has spoken lately enough that it is told as living."""
        return abs(now - self.at) <= PLAYOUT_SILENT_AFTER


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    kind: str
    """speech | ingest | trim | report | verify | voice"""
    args: dict[str, Any]
    state: str
    """waiting | running | ready | warning | refused"""
    progress: float
    reason: str
    details: dict[str, Any]
    result: str
    created_by: int
    ended_at: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.state in {"ready", "warning", "refused"}
