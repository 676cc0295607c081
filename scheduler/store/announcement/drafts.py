"""Drafts: what somebody is typing, kept every few seconds under their name, so that no crash costs a word.

A draft is one person's and airs nowhere. Each keeping knows the revision it follows: two tabs cannot overwrite each
other unseen. Nothing here looks at what is written.
"""

from scheduler.core.announcement.kept import Draft
from scheduler.store.database import Store, insert, update
from scheduler.store.mapper import Mapper

__all__ = ["Drafts"]


class Drafts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, person_id: int, key: str) -> Draft | None:
        row = self._store.row("SELECT * FROM draft WHERE person_id = ? AND key = ?", (person_id, key))
        return _DRAFT.read(row) if row else None

    def of(self, person_id: int) -> list[Draft]:
        """A person's drafts, the newest first."""
        rows = self._store.rows("SELECT * FROM draft WHERE person_id = ? ORDER BY saved_at DESC, key", (person_id,))
        return _DRAFT.read_all(rows)

    def keep(self, draft: Draft, before: int) -> bool:
        """Write a draft in place of revision `before` (0 = there is none yet); False when another has come between."""
        values, key = _DRAFT.write(draft), {"person_id": draft.person_id, "key": draft.key}
        with self._store.write() as db:
            there = self.get(draft.person_id, draft.key)
            if (there.revision if there else 0) != before:
                return False
            if there is None:
                insert(db, "draft", values)
            else:
                update(db, "draft", key, values)
        return True

    def drop(self, person_id: int, key: str) -> None:
        with self._store.write() as db:
            db.execute("DELETE FROM draft WHERE person_id = ? AND key = ?", (person_id, key))


_DRAFT = Mapper(Draft, "draft")
