"""The last word of a process: what it said of itself, and until when that is believed.

Pure: where it is written is the ring's and the rows'.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

__all__ = ["PLAYOUT_SILENT_AFTER", "Heartbeat"]

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
