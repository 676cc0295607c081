"""Whether a sound card is to be looked for at once, and what the last such look has found.

A person asks on the page; playout looks when nothing sounds or is near, and its heartbeat tells what it has measured.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["CardLook"]


@dataclass(slots=True)
class CardLook:
    is_asked: bool = False
    last: dict[str, Any] | None = None
    """The look that was asked for last: at (ISO), what."""

    def tell(self, at: datetime, what: str) -> None:
        """`what`: found, none, busy (something sounds or is near), fixed (no output chooses by itself)."""
        self.is_asked, self.last = False, {"at": at.isoformat(), "what": what}
