"""Decisions: who approved or returned an announcement, when, and the very words and sound it was about.

Rows are only ever added. What may be decided is the desk's and `core.announcement.approval`'s business.
"""

from dataclasses import dataclass
from datetime import datetime

from scheduler.core.model import Announcement
from scheduler.store.database import Store, insert
from scheduler.store.mapper import Mapper

__all__ = ["Decision", "Decisions"]


@dataclass(frozen=True, slots=True)
class Decision:
    """`act`: approve or return; title and text as they stood."""

    act: str
    person_id: int
    at: datetime
    audio_sha256: str
    title: str
    text: str
    reason: str


class Decisions:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, announcement: Announcement, act: str, by: int, now: datetime, reason: str = "") -> None:
        sound = announcement.audio_sha256 or ""
        made = Decision(act, by, now, sound, announcement.title, announcement.text, reason)
        with self._store.write() as db:
            insert(db, "decision", {"announcement_id": announcement.id} | _DECISION.write(made))

    def newest(self, announcement_id: int, act: str = "") -> Decision | None:
        """The last decision on an announcement, or the last of one kind."""
        sql = "SELECT * FROM decision WHERE announcement_id = ? AND (? = '' OR act = ?) ORDER BY id DESC LIMIT 1"
        row = self._store.row(sql, (announcement_id, act, act))
        return _DECISION.read(row) if row else None


_DECISION = Mapper(Decision, "decision")
