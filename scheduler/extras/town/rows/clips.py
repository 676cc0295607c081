"""The sounds that a ward is to fetch from its town, by the sha256 of the file: wanted, arrived, ready, failed.

One row a sound, however many issues speak of it. The file that came is believed for its hash alone; what the worker
makes of it is a clip of the library like any other. Nothing here opens a connection.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.extras.town.rules.envelope import Clip
from scheduler.store.database import Row, Store, instant_text, update
from scheduler.store.mapper import Mapper

__all__ = ["TownClip", "TownClips"]


@dataclass(frozen=True, slots=True)
class TownClip:
    sha256: str
    bytes: int
    url: str
    urgent: bool
    wanted_by: datetime
    """When nobody needs it any more."""
    state: str
    tries: int
    retry_at: datetime | None
    job_id: int | None
    audio_sha256: str | None
    reason: str
    details: dict[str, str]


class TownClips:
    def __init__(self, store: Store) -> None:
        self.store = store

    def want(self, clip: Clip, *, urgent: bool, until: datetime) -> None:
        """Somebody needs it until then. One that failed before is wanted anew, from the address told now."""
        with self.store.write() as db:
            db.conn.execute(
                "INSERT INTO town_clip (sha256, bytes, url, urgent, wanted_by) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT(sha256) DO UPDATE SET url = excluded.url, urgent = max(urgent, excluded.urgent),"
                " wanted_by = max(wanted_by, excluded.wanted_by),"
                " tries = CASE WHEN state = 'failed' THEN 0 ELSE tries END,"
                " retry_at = CASE WHEN state = 'failed' THEN NULL ELSE retry_at END,"
                " state = CASE WHEN state = 'failed' THEN 'wanted' ELSE state END",
                (clip.sha256, clip.bytes, clip.url, int(urgent), instant_text(until)),
            )

    def get(self, sha256: str) -> TownClip | None:
        row = self.store.row("SELECT * FROM town_clip WHERE sha256 = ?", (sha256,))
        return _CLIP.read(row) if row else None

    def wanted(self, now: datetime, limit: int) -> list[TownClip]:
        """What is to be fetched now: urgent before planned, what is needed soonest first."""
        sql = """SELECT * FROM town_clip WHERE state = 'wanted' AND wanted_by > :now
            AND (retry_at IS NULL OR retry_at <= :now) ORDER BY urgent DESC, wanted_by LIMIT :limit"""
        return _CLIP.read_all(self.store.rows(sql, {"now": instant_text(now), "limit": limit}))

    def arrived(self) -> list[TownClip]:
        """What is with the worker."""
        return _CLIP.read_all(self.store.rows("SELECT * FROM town_clip WHERE state = 'arrived'"))

    def change(self, sha256: str, values: Mapping[str, Any]) -> None:
        with self.store.write() as db:
            update(db, "town_clip", {"sha256": sha256}, values)

    def issue_of(self, sha256: str) -> Row | None:
        """Whose sound it is, and how it is called: the newest issue that speaks of it."""
        sql = """SELECT issuer_id, title FROM town_inbox WHERE clip_sha256 = :sha
            OR (kind = 'campaign' AND instr(envelope, :sha) > 0) ORDER BY id DESC LIMIT 1"""
        return self.store.row(sql, {"sha": sha256})


_CLIP = Mapper(TownClip, "town_clip")
