"""A damaged database: how its errors are known, and what of it cannot be read, looked at without changing a byte.

It never opens the file for writing, makes none where there is none, and never raises for what it finds. What people
are told and do then is the commands' and the page's; rows are saved from it by `rescue`.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from scheduler.core.words.wording import sentence
from scheduler.kernel.database_faults import DAMAGED, is_damage, is_emptied
from scheduler.kernel.errors import Refused
from scheduler.services.air.red_lane_words import lane_said

__all__ = ["damage_lines", "damage_of", "damage_said", "unreadable_tables"]

MOST = 12
"""Tables that are named."""


def damage_of(path: Path) -> str:
    """What is wrong with the file at `path`, in SQLite's words; empty = it reads as whole, or is not there."""
    if not path.exists():
        return ""
    if is_emptied(path):
        return "the file is empty"
    try:
        with closing(_looked(path)) as conn:
            found = str(conn.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        return str(error) if is_damage(error) else ""
    return "" if found == "ok" else found


def unreadable_tables(path: Path) -> list[str]:
    """Tables that cannot be read to their end; a file that tells no table at all is told as its schema."""
    try:
        with closing(_looked(path)) as conn:
            names = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return [name for name in names if not _reads(conn, name)]
    except sqlite3.Error:
        return ["sqlite_master"]


def damage_lines(path: Path, refused: Refused) -> list[str]:
    """What is damaged, what goes on, and what mends it, line by line."""
    return [*damage_said(path, refused), lane_said(path.parent), sentence("database_damaged_mend")]


def damage_said(path: Path, refused: Refused) -> list[str]:
    """What is damaged, and what that keeps from being aired."""
    tables = unreadable_tables(path)
    lines = [sentence(DAMAGED, refused.details)]
    if tables:
        lines.append(f"Không đọc hết được: {', '.join(tables[:MOST])}{' …' if len(tables) > MOST else ''}.")
    return [*lines, sentence("database_damaged_now")]


def _reads(conn: sqlite3.Connection, table: str) -> bool:
    conn.text_factory = bytes
    try:
        for _ in conn.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - a name of the file's own schema
            pass
    except sqlite3.Error:
        return False
    return True


def _looked(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5)
