"""What an error of the database means: its file is damaged, it takes nothing, or it gives no rows just now.

It looks at errors and at the size of a file; it opens no database and mends nothing.
"""

import sqlite3
from pathlib import Path

from scheduler.kernel.causes import INTERNAL, MACHINE_FAULTS, reason_of
from scheduler.kernel.errors import Refused

__all__ = ["DAMAGED", "gives_no_rows", "is_damage", "is_emptied", "refusal_of_damage", "writes_nothing"]

DAMAGED = "database_damaged"
_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_ANCHOR = "anchor.bin"
"""It is laid out with the first rows of a station, and kept beside them."""
_MASK = 0xFF
"""The low byte of an extended code is its kind."""


def is_damage(error: BaseException | None) -> bool:
    """Whether an error, or what it was raised from, says that the file of the database is damaged or none of ours."""
    if isinstance(error, Refused) and error.reason == DAMAGED:
        return True
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorcode", 0) or 0) & _MASK in _CODES
    return error is not None and is_damage(error.__cause__)


def writes_nothing(error: Exception) -> bool:
    """Whether a fault of a write says that the database takes nothing just now: a lock, the disk, damage."""
    if isinstance(error, Refused):
        return error.reason in MACHINE_FAULTS
    return isinstance(error, sqlite3.OperationalError) or is_damage(error)


def gives_no_rows(error: Exception) -> bool:
    """Whether an error says that no row can be had just now: damage, a lock, the disk; not a fault of the program."""
    return isinstance(error, (Refused, sqlite3.Error)) and reason_of(error) in MACHINE_FAULTS - {INTERNAL}


def refusal_of_damage(path: Path, fault: object) -> Refused:
    return Refused(DAMAGED, file=path, fault=str(fault)[:120])


def is_emptied(path: Path) -> bool:
    """Whether nothing is in the file of a station that has had rows: SQLite would take it for a new one."""
    try:
        return path.stat().st_size == 0 and path.with_name(_ANCHOR).exists()
    except OSError:
        return False
