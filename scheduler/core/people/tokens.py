"""The key of a program, as it is kept: the secret itself is nowhere.

Pure: what a key may do is asked of its owner's role at each act.
"""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["ApiToken"]


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
