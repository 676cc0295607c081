"""A damaged database: how its errors are known, and what of it cannot be read, looked at without changing a byte.

It never opens the file for writing, makes none where there is none, and never raises for what it finds. What people
are told and do then is the commands' and the page's; rows are saved from it by `rescue`.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import Refused
from scheduler.store.red_said import lane_said

__all__ = [
    "DAMAGED",
    "damage_of",
    "damage_said",
    "is_damage",
    "is_emptied",
    "refusal_of_damage",
    "said",
    "unreadable_tables",
]

DAMAGED = "database_damaged"
_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_ANCHOR = "anchor.bin"
"""It is laid out with the first rows of a station, and kept beside them."""
MOST = 12
"""Tables that are named."""
_MASK = 0xFF
"""The low byte of an extended code is its kind."""


def is_damage(error: BaseException | None) -> bool:
    """Whether an error, or what it was raised from, says that the file of the database is damaged or none of ours."""
    if isinstance(error, Refused) and error.reason == DAMAGED:
        return True
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorcode", 0) or 0) & _MASK in _CODES
    return error is not None and is_damage(error.__cause__)


def refusal_of_damage(path: Path, fault: object) -> Refused:
    return Refused(DAMAGED, file=path, fault=str(fault)[:120])


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


def is_emptied(path: Path) -> bool:
    """Whether nothing is in the file of a station that has had rows: SQLite would take it for a new one."""
    try:
        return path.stat().st_size == 0 and path.with_name(_ANCHOR).exists()
    except OSError:
        return False


def unreadable_tables(path: Path) -> list[str]:
    """Tables that cannot be read to their end; a file that tells no table at all is told as its schema."""
    try:
        with closing(_looked(path)) as conn:
            names = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return [name for name in names if not _reads(conn, name)]
    except sqlite3.Error:
        return ["sqlite_master"]


def said(path: Path, refused: Refused) -> list[str]:
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
