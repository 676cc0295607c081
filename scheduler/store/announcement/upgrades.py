"""Better readings of approved announcements as rows: made, heard, decided, put in place.

One row for each sound that was to be bettered, for ever: the same sound is never made again twice. Every change is a
conditional update whose count is looked at. When one is made, and who decides, is the desk's business.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.core.announcement.voices import Passed, UpgradeState
from scheduler.core.model import Announcement, Sha256
from scheduler.kernel.errors import NotFound
from scheduler.store.database import Row, Store, insert, instant_of, instant_or_none, instant_text, json_text, update
from scheduler.store.mapper import Mapper

__all__ = ["StoredUpgrade", "UpgradeRows", "passed_from", "passed_text"]

_WANTED = """
    SELECT a.id AS id, k.engine AS engine, min(s.start) AS start
    FROM announcement a JOIN clip k ON k.sha256 = a.approved_sha256
    JOIN slot s ON s.announcement_id = a.id AND s.outcome IS NULL
    WHERE a.state = 'approved' AND a.kind = 'text' AND a.audio_sha256 = a.approved_sha256 AND a.text <> ''
        AND k.origin = 'speech' AND k.retired_at IS NULL AND s.audio_sha256 = k.sha256
        AND k.engine IN (SELECT value FROM json_each(?))
        AND NOT EXISTS (SELECT 1 FROM upgrade u WHERE u.announcement_id = a.id AND u.from_sha256 = k.sha256
            AND (u.state <> 'making' OR u.tries >= ?))
    GROUP BY a.id ORDER BY start, a.id
"""


@dataclass(frozen=True, slots=True)
class StoredUpgrade:
    """A better reading; `to_sha256` is None until it has been made."""

    id: int
    announcement_id: int
    from_sha256: Sha256
    to_sha256: Sha256 | None
    state: UpgradeState
    made_at: datetime | None
    decided_at: datetime | None
    decided_by: int | None


class UpgradeRows:
    def __init__(self, store: Store) -> None:
        self.store = store

    def wanted(self, engines: Sequence[str], most_tries: int) -> list[tuple[int, str]]:
        """Approved announcements to come that one of `engines` read, and which; the next to air first."""
        rows = self.store.rows(_WANTED, (json_text(list(engines)), most_tries))
        return [(row["id"], row["engine"]) for row in rows]

    def open_starts(self, announcement_id: int) -> list[datetime]:
        """When the airings of an announcement that have not ended start or started."""
        sql = "SELECT start FROM slot WHERE outcome IS NULL AND announcement_id = ?"
        return [instant_of(row["start"]) for row in self.store.rows(sql, (announcement_id,))]

    def begin(self, seen: Announcement, now: datetime) -> int:
        """Count one more begun try for the sound an announcement has now; the row's id."""
        key = {"announcement_id": seen.id, "from_sha256": seen.approved_sha256}
        with self.store.write() as db:
            row = self.store.row(
                "SELECT id, tries FROM upgrade WHERE announcement_id = ? AND from_sha256 = ?", (*key.values(),)
            )
            if row is None:
                return insert(db, "upgrade", key | {"tries": 1, "created_at": instant_text(now)})
            update(db, "upgrade", {"id": row["id"], "state": UpgradeState.MAKING.value}, {"tries": row["tries"] + 1})
            return int(row["id"])

    def try_later(self, upgrade_id: int) -> None:
        """What failed will pass: the try that was begun does not count."""
        with self.store.write() as db:
            update(db, "upgrade", {"id": upgrade_id, "state": UpgradeState.MAKING.value}, {"tries": 0})

    def get(self, upgrade_id: int) -> StoredUpgrade:
        row = self.store.row("SELECT * FROM upgrade WHERE id = ?", (upgrade_id,))
        if row is None:
            raise NotFound("upgrade", upgrade_id)
        return _UPGRADE.read(row)

    def in_state(self, state: UpgradeState) -> list[StoredUpgrade]:
        return _UPGRADE.read_all(self.store.rows("SELECT * FROM upgrade WHERE state = ? ORDER BY id", (state.value,)))

    def move(self, upgrade_id: int, before: UpgradeState, after: UpgradeState, values: Row) -> bool:
        """Take one step; False when the row no longer stands where it was seen."""
        key = {"id": upgrade_id, "state": before.value}
        with self.store.write() as db:
            return bool(update(db, "upgrade", key, values | {"state": after.value}))


_UPGRADE = Mapper(StoredUpgrade, "upgrade")


def passed_text(passed: Sequence[Passed]) -> str:
    """Engines that did not read a clip, as its row keeps them."""
    return json_text(
        [
            {
                "engine": one.engine,
                "why": one.why,
                "reason": one.reason,
                "details": dict(one.details),
                "since": instant_text(one.since) if one.since else None,
            }
            for one in passed
        ]
    )


def passed_from(text: str) -> tuple[Passed, ...]:
    """What `passed_text` wrote."""
    kept: list[dict[str, Any]] = json.loads(text)
    return tuple(
        Passed(one["engine"], one["why"], one["reason"], one["details"], instant_or_none(one["since"])) for one in kept
    )
