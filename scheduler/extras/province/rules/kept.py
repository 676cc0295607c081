"""What a ward keeps of a bulletin of the province, beside what every inbox keeps.

It reads itself; what a row means is the service's.
"""

import json
from dataclasses import dataclass
from typing import Any

from scheduler.extras.inbox.rules import InboxRow

__all__ = ["BulletinRow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinRow(InboxRow):
    """One version of a bulletin, as kept."""

    bulletin_id: str
    version: int
    digest: str
    """Of all that matters in it: the same again is the same row."""
    said: str
    """Of what people would hear."""

    @property
    def told(self) -> Any:
        """As the province wrote it."""
        return json.loads(self.raw)

    @property
    def name(self) -> str:
        return f"bulletin {self.bulletin_id}, version {self.version}"
