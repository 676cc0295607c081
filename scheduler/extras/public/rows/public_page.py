"""What the public page reads: airings with sound of the last hours, each with what its announcement is today.

Reads only, through the journal's index by day. What of it is shown is `core.public_page`'s to say.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from scheduler.extras.public.rules.public_page import Aired
from scheduler.store.air.journal import HEARD
from scheduler.store.database import Row, Store, instant_text, json_text
from scheduler.store.mapper import Column, Mapper, Of

__all__ = ["PublicRows"]


class PublicRows:
    def __init__(self, store: Store) -> None:
        self.store = store

    def aired(self, since: datetime, days: Sequence[date]) -> list[Aired]:
        """Airings of the days with sound that ended after `since`, oldest first."""
        rows = self.store.rows(
            f"""SELECT coalesce(j.slot_id, '') AS slot_id, j.hash, j.title, j."trigger", j.zone, j.actual_start,
                j.played_ms, j.outcome,
                j.audio_sha256, j.text_sha256, j.announcement_id, a.state, coalesce(a.corrects, '') AS corrects,
                CASE WHEN a.kind = 'typed' AND a.audio_sha256 IS NULL THEN '' -- never spoken
                    ELSE coalesce(a.text, '') END AS text
            FROM journal j LEFT JOIN announcement a ON a.id = j.announcement_id
            WHERE j.kind = 'airing' AND j.day IN (SELECT value FROM json_each(?)) AND {HEARD}
                AND j.actual_start IS NOT NULL AND coalesce(j.actual_end, j.actual_start) >= ?
            ORDER BY j.planned_start, j.seq""",  # noqa: S608 - our words
            (json_text([str(day) for day in days]), instant_text(since)),
        )
        return _AIRED.read_all(rows)


def _hash_now(row: Row) -> str:
    return hashlib.sha256(row["text"].encode()).hexdigest()


_AIRED = Mapper(Aired, "journal", start=Column("actual_start"), text_sha256_now=Of(_hash_now))
