"""What the public page reads: airings with sound of the last hours, each with what its announcement is today.

Reads only, through the journal's index by day. What of it is shown is `core.public_page`'s to say.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from scheduler.core.model import AiringOutcome, AnnouncementState, Trigger
from scheduler.extras.public.rules.public_page import Aired
from scheduler.store.air.journal import HEARD
from scheduler.store.database import Row, Store, instant_of, instant_text, json_text

__all__ = ["PublicRows"]


class PublicRows:
    def __init__(self, store: Store) -> None:
        self.store = store

    def aired(self, since: datetime, days: Sequence[date]) -> list[Aired]:
        """Airings of the days with sound that ended after `since`, oldest first."""
        rows = self.store.rows(
            f"""SELECT j.slot_id, j.hash, j.title, j."trigger", j.zone, j.actual_start, j.played_ms, j.outcome,
                j.audio_sha256, j.text_sha256, j.announcement_id, a.state, a.corrects,
                CASE WHEN a.kind = 'typed' AND a.audio_sha256 IS NULL THEN '' ELSE a.text END AS text -- never spoken
            FROM journal j LEFT JOIN announcement a ON a.id = j.announcement_id
            WHERE j.kind = 'airing' AND j.day IN (SELECT value FROM json_each(?)) AND {HEARD}
                AND j.actual_start IS NOT NULL AND coalesce(j.actual_end, j.actual_start) >= ?
            ORDER BY j.planned_start, j.seq""",  # noqa: S608 - our words
            (json_text([str(day) for day in days]), instant_text(since)),
        )
        return [_aired(row) for row in rows]


def _aired(row: Row) -> Aired:
    text = row["text"] or ""
    return Aired(
        slot_id=row["slot_id"] or "",
        hash=row["hash"],
        title=row["title"],
        trigger=Trigger(row["trigger"]),
        zone=row["zone"],
        start=instant_of(row["actual_start"]),
        played_ms=row["played_ms"],
        outcome=AiringOutcome(row["outcome"]),
        audio_sha256=row["audio_sha256"],
        text_sha256=row["text_sha256"],
        announcement_id=row["announcement_id"],
        text=text,
        text_sha256_now=hashlib.sha256(text.encode()).hexdigest(),
        state=AnnouncementState(row["state"]) if row["state"] else None,
        corrects=row["corrects"] or "",
    )
