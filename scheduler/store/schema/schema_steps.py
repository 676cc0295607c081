"""An append-only list of schema steps, and the record of those that a database has gone.

A step is a file of SQL. It runs in one transaction with the record of itself: one that fails leaves nothing behind and
is tried again at the next start, and of two processes that come at once the second finds the step gone. The record has
the shape of sqlite-utils 4's own migrations, so that files of releases that used these pass both ways (decision 0032).
Which steps there are is `migrations`'s to say; when they are gone is `versions`'s.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils.db import Database

from scheduler.kernel.clock import SystemClock

__all__ = ["RECORD", "SchemaStep", "SchemaSteps", "statements"]

RECORD = "_sqlite_migrations"
_MAKE_RECORD = (
    f"""CREATE TABLE IF NOT EXISTS "{RECORD}" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
)""",
    f"""CREATE UNIQUE INDEX IF NOT EXISTS "idx_{RECORD}_migration_set_name"
    ON "{RECORD}" ("migration_set", "name")""",
)
"""To the letter what sqlite-utils 4 makes: a copy is compared with what a new file has."""
Change = Callable[[Database], None]


def statements(text: str) -> Iterator[str]:
    """The statements of a file of SQL, each with the comments before it."""
    said = ""
    for line in text.splitlines(keepends=True):
        said += line
        if sqlite3.complete_statement(said):
            yield said.strip()
            said = ""
    if said.strip():
        raise ValueError(f"a statement without an end: {said.strip()[:80]}")


@dataclass(frozen=True, slots=True)
class SchemaStep:
    owner: str
    """Whose step it is, in the record: the core's, or an extra's."""
    name: str
    """Told by nobody else."""
    file: Path
    also: Change | None = None
    """What SQL cannot say, after it."""

    def run(self, db: Database) -> None:
        for statement in statements(self.file.read_text(encoding="utf-8")):
            db.execute(statement)
        if self.also is not None:
            self.also(db)


class SchemaSteps:
    """The steps of this release in their order, of the core and of all extras that it has."""

    def __init__(self, steps: Iterable[SchemaStep], owners: Iterable[str]) -> None:
        """`owners`: also those that have no step; what the record says of any other is left alone."""
        self.steps = tuple(steps)
        self.owners = tuple(owners)
        names = [step.name for step in self.steps]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two schema steps are called {min(twice)}")

    def applied(self, db: Database) -> tuple[str, ...]:
        """The steps that the record names, in the order they were gone, also those that are not ours. Only reads."""
        if not db[RECORD].exists():
            return ()
        marks = ", ".join("?" * len(self.owners))
        sql = f"SELECT name FROM {RECORD} WHERE migration_set IN ({marks}) ORDER BY rowid"  # noqa: S608 - our word
        return tuple(name for (name,) in db.conn.execute(sql, self.owners))

    def pending(self, db: Database) -> tuple[SchemaStep, ...]:
        """Our steps that the record does not name. Only reads."""
        gone = self.applied(db)
        return tuple(step for step in self.steps if step.name not in gone)

    def newer(self, db: Database) -> tuple[str, ...]:
        """What a newer release has gone for the core or for an extra that is here, in its order. Only reads."""
        known = {step.name for step in self.steps}
        return tuple(name for name in self.applied(db) if name not in known)

    def apply(self, db: Database, *, stop_before: str | None = None) -> None:
        """Go the pending steps, up to `stop_before` where it is given. Raises what a step raises."""
        for step in self.pending(db):
            if step.name == stop_before:
                return
            self._go(db, step)

    def go(self, db: Database, names: Iterable[str]) -> None:
        """Go just these steps, in this order."""
        by_name = {step.name: step for step in self.steps}
        for name in names:
            self._go(db, by_name[name])

    def _go(self, db: Database, step: SchemaStep) -> None:
        conn = db.conn
        conn.execute("BEGIN IMMEDIATE")
        try:
            for statement in _MAKE_RECORD:
                conn.execute(statement)
            if step.name not in self.applied(db):
                step.run(db)
                record = f"INSERT INTO {RECORD} (migration_set, name, applied_at) VALUES (?, ?, ?)"  # noqa: S608 - our word
                conn.execute(record, (step.owner, step.name, str(SystemClock().now())))
            conn.execute("COMMIT")
        except BaseException:
            conn.rollback()
            raise
