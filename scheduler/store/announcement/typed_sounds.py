"""What the rows know of the sounds of the library, and how one that only typing made is taken out.

What names a sound is looked for in every column of every table, also of extras and of tables that later steps add, not
in a list of columns that somebody has to keep. Whether a sound goes is `core.announcement.typed_sounds`'s to say.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from scheduler.core.announcement.typed_sounds import KnownSound, handed_on
from scheduler.core.model import Sha256
from scheduler.store.database import Row, Store, instant_of, instant_text

__all__ = ["TypedSoundRows", "names_in"]

_NAME = re.compile(rb"[0-9a-f]{64}")
_OLD = "SELECT sha256, origin, created_at, retired_at FROM clip WHERE origin = 'speech' AND created_at < ?"
_MADE = """SELECT result, json_extract(args_json, '$.announcement_id') AS announcement_id,
    json_extract(args_json, '$.sentence_of') AS sentence_of, coalesce(ended_at, created_at) AS at
    FROM job WHERE kind = 'speech' AND result <> ''"""
_ACTS = """SELECT before_json, after_json FROM audit WHERE subject = 'announcement' AND subject_id = ?
    AND kind IN ('insert', 'update', 'delete') ORDER BY seq"""
_TOUCHED = """SELECT 1 FROM audit WHERE subject = 'clip' AND subject_id = ?
    AND NOT (kind = 'insert' AND via = 'worker' AND route = 'speech')"""
_COLUMNS = """SELECT t.name AS tbl, c.name FROM main.sqlite_master t, pragma_table_info(t.name, 'main') c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~' AND t.name <> 'audit' ORDER BY t.name, c.cid"""


def names_in(data: bytes) -> set[str]:
    """Everything in it that could be the name of a sound: 64 hex digits."""
    return {found.decode() for found in _NAME.findall(data)}


class TypedSoundRows:
    def __init__(self, store: Store) -> None:
        self._store = store

    def old(self, before: datetime, breathe: Callable[[], None]) -> list[KnownSound]:
        """Speech that drafts asked for and that nothing has asked for since `before`, with all that the rows know of
        it; the oldest first. `breathe` is called between two tables.
        """
        olds = {row["sha256"]: row for row in self._store.rows(_OLD, (instant_text(before),))}
        jobs: dict[str, list[Row]] = {}
        for row in self._store.rows(_MADE):
            jobs.setdefault(row["result"], []).append(row)
        used = {sha256: max(instant_of(row["at"]) for row in found) for sha256, found in jobs.items()}
        asked = [one for one in olds if one in used and used[one] < before]
        if not asked:
            return []
        named = self._named(breathe)
        sounds = [self._known(olds[one], used[one], jobs[one], named) for one in asked]
        return sorted(sounds, key=lambda one: one.used_at)

    def take_out(self, sounds: Iterable[Sha256]) -> None:
        """Their rows go. Raises sqlite3.IntegrityError where one is named after all."""
        with self._store.write() as db:
            for sha256 in sounds:
                db.conn.execute("DELETE FROM clip WHERE sha256 = ?", (sha256,))

    def has(self, sha256: str) -> bool:
        return self._store.value("SELECT 1 FROM clip WHERE sha256 = ?", (sha256,)) is not None

    def _known(self, row: Row, used_at: datetime, jobs: Collection[Row], named: Collection[str]) -> KnownSound:
        sha256 = Sha256(row["sha256"])
        owners = {one["announcement_id"] or one["sentence_of"] for one in jobs}
        return KnownSound(
            sha256,
            row["origin"],
            max(used_at, instant_of(row["created_at"])),
            retired=row["retired_at"] is not None,
            by_draft=None not in owners,
            handed_on=self._summed_since(row["created_at"]) or any(self._stood_in(one, sha256) for one in owners),
            by_person=self._store.value(_TOUCHED, (sha256,)) is not None,
            named=sha256 in named,
        )

    def _stood_in(self, announcement_id: int | None, sha256: Sha256) -> bool:
        """Whether the announcement was more than a draft with this sound, or its acts do not tell."""
        rows = self._store.rows(_ACTS, (str(announcement_id),))
        stood = handed_on((json.loads(row["before_json"]), json.loads(row["after_json"])) for row in rows)
        return stood is None or sha256 in stood

    def _summed_since(self, at: str) -> bool:
        """Whether the log tells acts on announcements since then as one row of many."""
        sql = "SELECT 1 FROM audit WHERE kind = 'many' AND subject = 'announcement' AND at >= ?"
        return self._store.value(sql, (at,)) is not None

    def _named(self, breathe: Callable[[], None]) -> set[str]:
        """All that could be the name of a sound in any row, but for the clips' own and the jobs of speech."""
        tables: dict[str, list[str]] = {}
        for row in self._store.rows(_COLUMNS):
            if (row["tbl"], row["name"]) != ("clip", "sha256"):
                tables.setdefault(row["tbl"], []).append(f'"{row["name"]}"')
        found: set[str] = set()
        for table, columns in tables.items():
            but = "WHERE kind <> 'speech'" if table == "job" else ""
            sql = f'SELECT {", ".join(columns)} FROM main."{table}" {but}'  # noqa: S608 - names of the schema
            for cells in self._store.db.conn.execute(sql):
                for cell in cells:
                    if isinstance(cell, (str, bytes)) and len(cell) >= 64:  # noqa: PLR2004 - hex digits of SHA-256
                        found |= names_in(cell.encode() if isinstance(cell, str) else cell)
            breathe()
        return found
