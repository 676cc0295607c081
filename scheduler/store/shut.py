"""A store that opens nothing: what stands in the place of a database that cannot be read.

Every reading and every write of it is the error for which the database could not be opened, so that whoever works from
memory goes on as with a database that takes nothing just now. The file itself is neither read, written nor made.
"""

import sqlite3
from pathlib import Path

from sqlite_utils.db import Database

from scheduler.kernel.database_faults import is_damage
from scheduler.store.database import Store

__all__ = ["ShutStore"]


class ShutStore(Store):
    def __init__(self, path: Path, cause: BaseException) -> None:
        """`cause`: why it could not be opened."""
        super().__init__(path)
        self._told = str(cause)[:200]
        self._code = _code_of(cause)

    @property
    def db(self) -> Database:
        error = sqlite3.OperationalError(f"the database is not open: {self._told}")
        error.sqlite_errorcode = self._code
        raise error

    def wait_at_most(self, seconds: float) -> None:
        """Nothing is waited for."""

    def version(self) -> tuple[int, int]:
        """Nothing ever changes in it."""
        return -1, -1

    def migrate(self) -> None:
        """Nothing is brought up."""


def _code_of(cause: BaseException | None) -> int:
    """SQLite's number of what was raised, or of what lies beneath it."""
    if is_damage(cause):
        return sqlite3.SQLITE_CORRUPT
    while cause is not None:
        if code := getattr(cause, "sqlite_errorcode", 0):
            return int(code)
        cause = cause.__cause__
    return sqlite3.SQLITE_CANTOPEN
