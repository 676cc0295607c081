"""Renders for horns as rows: which master was made for which profile, and the hash of the file that came of it.

A row is written when its file is whole, and forgotten before its file goes. What is planned and freshly approved, and
so wanted, is asked here too; what a profile is, and when a render is made, is decided elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scheduler.core.air.horn import Needed
from scheduler.core.model import Frames, Lufs, Sha256
from scheduler.store.database import Store, instant_text
from scheduler.store.mapper import Mapper

__all__ = ["Renders", "StoredRender"]


@dataclass(frozen=True, slots=True)
class StoredRender:
    master_sha256: Sha256
    profile: str
    sha256: Sha256
    frames: Frames
    lufs: Lufs | None
    made_at: datetime


_NEEDED = """
    SELECT c.sha256, c.frames, c.title, n.zone, min(n.due) AS first_due FROM (
        SELECT audio_sha256 AS sha256, zone, start AS due FROM slot
            WHERE outcome IS NULL AND start >= :since AND start < :until
        UNION ALL
        SELECT intro_sha256, zone, start FROM slot
            WHERE outcome IS NULL AND start >= :since AND start < :until AND intro_sha256 IS NOT NULL
        UNION ALL
        SELECT approved_sha256, :every_zone, '~' FROM announcement -- after every instant
            WHERE state = 'approved' AND kind = 'text' AND (approved_at >= :fresh OR priority = 1)
    ) n JOIN clip c ON c.sha256 = n.sha256 WHERE c.retired_at IS NULL
    GROUP BY c.sha256, n.zone ORDER BY first_due, c.created_at DESC, c.sha256
"""


class Renders:
    def __init__(self, store: Store) -> None:
        self.store = store

    def get(self, master: Sha256, profile: str) -> StoredRender | None:
        row = self.store.row("SELECT * FROM render WHERE master_sha256 = ? AND profile = ?", (master, profile))
        return _RENDER.read(row) if row else None

    def all(self) -> list[StoredRender]:
        """The newest first."""
        return _RENDER.read_all(self.store.rows("SELECT * FROM render ORDER BY made_at DESC"))

    def keep(self, render: StoredRender) -> None:
        """The row of a render whose file is there, in place of an earlier one's."""
        with self.store.write() as db:
            db.conn.execute(
                "INSERT OR REPLACE INTO render (master_sha256, profile, sha256, frames, lufs, made_at)"
                " VALUES (:master_sha256, :profile, :sha256, :frames, :lufs, :made_at)",
                _RENDER.write(render),
            )

    def forget(self, keys: Iterable[tuple[Sha256, str]]) -> None:
        with self.store.write() as db:
            db.conn.executemany("DELETE FROM render WHERE master_sha256 = ? AND profile = ?", list(keys))

    def needed(self, since: datetime, until: datetime, fresh: datetime, every_zone: str) -> list[Needed]:
        """The clips of open slots that start in [since, until), soonest first; then those of announcements approved
        from `fresh` on and of every emergency that is ready to air.
        """
        values = {
            "since": instant_text(since),
            "until": instant_text(until),
            "fresh": instant_text(fresh),
            "every_zone": every_zone,
        }
        return [
            Needed(Sha256(row["sha256"]), Frames(row["frames"]), row["title"], row["zone"])
            for row in self.store.rows(_NEEDED, values)
        ]


_RENDER = Mapper(StoredRender, "render")
