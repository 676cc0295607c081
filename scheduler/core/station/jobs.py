"""A piece of slow work that the worker does, as it stands.

Pure: who asks for it and what comes of it is the services' and the worker's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["Job"]


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
