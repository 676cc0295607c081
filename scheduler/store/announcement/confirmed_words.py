"""Words that no rule reads and that a person has heard and lets be said as they are, by announcement and wording.

Rows only: which words have to be confirmed, and before which step, is the desk's business. Nothing here is changed or
removed; another wording of the announcement has rows of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scheduler.core.model import Sha256
from scheduler.store.database import Store, instant_of, instant_text

__all__ = ["ConfirmedWord", "ConfirmedWords"]


@dataclass(frozen=True, slots=True)
class ConfirmedWord:
    """Who lets a word be said as it is, and the sound they had heard."""

    word: str
    audio_sha256: Sha256
    person_id: int
    at: datetime


class ConfirmedWords:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, announcement_id: int, text_sha256: str) -> list[ConfirmedWord]:
        """The confirmed words of an announcement as it is worded now, oldest first."""
        sql = "SELECT * FROM confirmed_word WHERE announcement_id = ? AND text_sha256 = ? ORDER BY at, word"
        return [
            ConfirmedWord(row["word"], Sha256(row["audio_sha256"]), row["person_id"], instant_of(row["at"]))
            for row in self._store.rows(sql, (announcement_id, text_sha256))
        ]

    def add(
        self, announcement_id: int, text_sha256: str, words: Iterable[str], audio_sha256: str, by: int, now: datetime
    ) -> None:
        """Keep `words` as confirmed; one that was confirmed before stays with who did it first."""
        sql = (
            "INSERT INTO confirmed_word (announcement_id, text_sha256, word, audio_sha256, person_id, at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        )
        with self._store.write() as db:
            for word in words:
                db.execute(sql, (announcement_id, text_sha256, word, audio_sha256, by, instant_text(now)))
