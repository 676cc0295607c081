"""A connection to SQLite whose transaction is one: what was begun in it is kept whole, or not at all.

An error of the disk, no memory or no room lets SQLite take the whole transaction back by itself, in a statement that
only reads as well. Where somebody passes over that error, what he writes next would stand alone, without what came
before it. Here nothing is done any more until the block of the transaction is left.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any

__all__ = ["Connection", "Undone"]


class Undone(sqlite3.OperationalError):
    """SQLite has taken the transaction back; the error for which stands as its cause."""


class Connection(sqlite3.Connection):
    """As every other, but for what is said above. `begun` and `over` are the ends of a block."""

    _within = False
    _undone_by: sqlite3.Error | None = None

    @property
    def is_within(self) -> bool:
        """Whether a block of a transaction is open, be its transaction there or undone."""
        return self._within

    def begin(self) -> None:
        super().execute("BEGIN IMMEDIATE")
        self._within = True

    def commit_block(self) -> None:
        """Keep what was written. Raises Undone."""
        self.stands()
        super().execute("COMMIT")
        self.leave()

    def leave(self) -> None:
        """The block is left: what follows is another's."""
        self._within, self._undone_by = False, None

    def note(self, error: sqlite3.Error) -> None:
        """Say what a row that was to be read has met."""
        if self._within and not self.in_transaction and not isinstance(error, Undone):
            self._undone_by = self._undone_by or error

    def stands(self) -> None:
        """Raises Undone."""
        if not self._within or self.in_transaction:
            return
        undone = Undone("the transaction was undone")
        if (by := self._undone_by) is not None and hasattr(by, "sqlite_errorcode"):
            undone.sqlite_errorcode, undone.sqlite_errorname = by.sqlite_errorcode, by.sqlite_errorname
        raise undone from self._undone_by

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self._within:
            self.stands()
        try:
            return super().execute(sql, parameters)
        except sqlite3.Error as error:
            self.note(error)
            raise

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        self.stands()
        try:
            return super().executemany(sql, parameters)
        except sqlite3.Error as error:
            self.note(error)
            raise
