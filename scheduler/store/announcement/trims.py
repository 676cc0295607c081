"""Trims: which clip was cut out of which, so that a shortened recording can always go back to what it came from.

Rows only. The cutting is `audio_assets.trim`'s, the right to it the desk's.
"""

from dataclasses import dataclass
from datetime import datetime

from scheduler.core.model import Sha256
from scheduler.store.database import Store, instant_text

__all__ = ["Trim", "Trims"]

_DEEPEST = 50
"""Cuts of cuts that are followed back; more only a loop could be."""


@dataclass(frozen=True, slots=True)
class Trim:
    """A clip that is the part `start_ms` … `end_ms` of another."""

    sha256: Sha256
    from_sha256: Sha256
    start_ms: int
    end_ms: int


class Trims:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, sha256: str) -> Trim | None:
        row = self._store.row("SELECT * FROM trim WHERE sha256 = ?", (sha256,))
        if row is None:
            return None
        return Trim(Sha256(row["sha256"]), Sha256(row["from_sha256"]), row["start_ms"], row["end_ms"])

    def whole(self, sha256: str) -> Sha256 | None:
        """The recording at the beginning of all cuts; None where this one was never cut."""
        found: Sha256 | None = None
        for _ in range(_DEEPEST):
            one = self.get(found or sha256)
            if one is None:
                return found
            found = one.from_sha256
        return found

    def add(self, one: Trim, by: int, now: datetime) -> None:
        """Keep how a clip was made; the same sound cut again stays as it was first made."""
        sql = (
            "INSERT INTO trim (sha256, from_sha256, start_ms, end_ms, made_at, made_by)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        )
        with self._store.write() as db:
            values = (one.sha256, one.from_sha256, one.start_ms, one.end_ms, instant_text(now), by)
            db.execute(sql, values)
