"""Hearings: who has listened to which sound, from when to when, as rows.

Rows only: what counts as heard to its end is `core.announcement.hearing`'s rule. One that ended is never changed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.kernel.errors import NotFound
from scheduler.store.database import Store, instant_of, instant_text

__all__ = ["Hearing", "Hearings"]

_LEFT = timedelta(days=1)
"""After so long nobody listens any more."""


@dataclass(frozen=True, slots=True)
class Hearing:
    id: int
    person_id: int
    audio_sha256: str
    begun_at: datetime


class Hearings:
    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, person_id: int, sha256: str, now: datetime) -> int:
        """Somebody begins to listen; the number of it. What they left unfinished a day ago goes."""
        gone = "DELETE FROM hearing WHERE person_id = ? AND ended_at IS NULL AND begun_at < ?"
        added = "INSERT INTO hearing (person_id, audio_sha256, begun_at) VALUES (?, ?, ?) RETURNING id"
        with self._store.write() as db:
            db.execute(gone, (person_id, instant_text(now - _LEFT)))
            (number,) = db.execute(added, (person_id, sha256, instant_text(now))).fetchone()
        return int(number)

    def open(self, hearing_id: int, person_id: int) -> Hearing:
        """One that has not ended, of this person. Raises NotFound."""
        sql = "SELECT * FROM hearing WHERE id = ? AND person_id = ? AND ended_at IS NULL"
        row = self._store.row(sql, (hearing_id, person_id))
        if row is None:
            raise NotFound("hearing", hearing_id)
        return Hearing(row["id"], row["person_id"], row["audio_sha256"], instant_of(row["begun_at"]))

    def end(self, hearing_id: int, now: datetime) -> None:
        """It has been heard to its end."""
        with self._store.write() as db:
            sql = "UPDATE hearing SET ended_at = ? WHERE id = ? AND ended_at IS NULL"
            db.execute(sql, (instant_text(now), hearing_id))

    def has_heard(self, person_id: int, sha256: str) -> bool:
        """Whether a person has heard this very sound to its end."""
        sql = "SELECT 1 FROM hearing WHERE person_id = ? AND audio_sha256 = ? AND ended_at IS NOT NULL LIMIT 1"
        return bool(self._store.value(sql, (person_id, sha256)))
