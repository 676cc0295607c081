"""What a fault of this machine is called: from an exception to the reason code that people read.

It looks at error numbers, never at wishes: a disk that answers with an error is not a full one, and a database that
could not be opened for want of a descriptor is not a locked folder. What it does not know is an internal fault.
"""

import errno
import os
import shutil
import sqlite3
from pathlib import Path

from scheduler.kernel.errors import LoaError, Refused

__all__ = ["INTERNAL", "MACHINE_FAULTS", "reason_of", "refusal_of"]

MACHINE_FAULTS = frozenset({
    "database_damaged", "database_busy", "database_lost", "disk_error", "disk_full", "disk_readonly", "internal_fault",
    "no_descriptors", "no_permission", "out_of_memory",
})  # fmt: skip

INTERNAL = "internal_fault"
"""What has no name of its own: mostly a fault of the program."""
NO_ROOM_BYTES = 64 << 10
"""Less than SQLite needs for its next step."""
_OF_ERRNO = {
    errno.EMFILE: "no_descriptors",
    errno.ENFILE: "no_descriptors",
    errno.ENOMEM: "out_of_memory",
    errno.EIO: "disk_error",
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EFBIG: "disk_full",
    errno.EROFS: "disk_readonly",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
}
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_IOERR: "disk_error",
    sqlite3.SQLITE_NOMEM: "out_of_memory",
    sqlite3.SQLITE_READONLY: "disk_readonly",
    sqlite3.SQLITE_PERM: "no_permission",
    sqlite3.SQLITE_BUSY: "database_busy",
    sqlite3.SQLITE_LOCKED: "database_busy",
    sqlite3.SQLITE_CORRUPT: "database_damaged",
    sqlite3.SQLITE_NOTADB: "database_damaged",
}


def reason_of(error: BaseException, otherwise: str = INTERNAL) -> str:
    """The reason code of what was raised, or of what lies beneath it; `otherwise`: of what is none of these."""
    seen: BaseException | None = error
    looked_at: set[int] = set()
    while seen is not None and id(seen) not in looked_at:
        looked_at.add(id(seen))
        if isinstance(seen, Refused):
            return seen.reason
        if found := _plain(seen):
            return found
        seen = seen.__cause__ or (seen.__context__ if isinstance(seen, LoaError) else None)
    return otherwise


def refusal_of(error: sqlite3.OperationalError, folder: Path) -> Exception:
    """A database that takes nothing, as a Refused with its reason; one that is only locked, or a bug, as it came.

    `folder`: where it lies. SQLite tells some writes that found no room as errors of the disk.
    """
    reason = _of_sqlite(error)
    if reason == "disk_error" and _has_no_room(folder):
        reason = "disk_full"
    return error if reason in {"", "database_busy"} else Refused(reason)


def _plain(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "out_of_memory"
    if isinstance(error, OSError):
        return _OF_ERRNO.get(error.errno or 0, "")
    return _of_sqlite(error) if isinstance(error, sqlite3.Error) else ""


def _of_sqlite(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) or 0
    if code == sqlite3.SQLITE_IOERR_NOMEM:
        return "out_of_memory"
    primary = code & 0xFF
    if primary == sqlite3.SQLITE_CANTOPEN:
        return _unopened()
    return _OF_SQLITE.get(primary, "")


def _has_no_room(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < NO_ROOM_BYTES
    except OSError:
        return False


def _unopened() -> str:
    """SQLite does not tell why a file was not opened: whether a descriptor is left can be tried."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        return _OF_ERRNO.get(error.errno or 0, "database_lost")
    return "database_lost"
