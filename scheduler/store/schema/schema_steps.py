"""An append-only list of schema steps, and the record of those that a database has gone.

Each step runs in one transaction with the record of itself: one that fails leaves nothing behind and is tried again at
the next start, and of two processes that come at once the second finds the step gone. Steps and record have the shape
of sqlite-utils 4's own migrations, so that files of releases that used these pass both ways (decision 0032). What a
step does is `migrations`'s; when steps are gone is `versions`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlite_utils.db import Database

from scheduler.kernel.clock import SystemClock

__all__ = ["SchemaStep", "SchemaSteps"]

_TABLE = "_sqlite_migrations"
_RECORD = (
    f"""CREATE TABLE IF NOT EXISTS "{_TABLE}" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
)""",
    f"""CREATE UNIQUE INDEX IF NOT EXISTS "idx_{_TABLE}_migration_set_name"
    ON "{_TABLE}" ("migration_set", "name")""",
)
"""To the letter what sqlite-utils 4 makes: a copy is compared with what a new file has."""
Change = Callable[[Database], None]


@dataclass(frozen=True, slots=True)
class SchemaStep:
    name: str
    change: Change


class SchemaSteps:
    """The steps of one program, in the order in which they were written down."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: tuple[SchemaStep, ...] = ()

    def __call__(self) -> Callable[[Change], Change]:
        """Decorate a function: it becomes the last step, under its own name."""

        def added(change: Change) -> Change:
            name = change.__name__
            if any(step.name == name for step in self.steps):
                raise ValueError(f"the schema step {name} is there already")
            self.steps = (*self.steps, SchemaStep(name, change))
            return change

        return added

    def applied(self, db: Database) -> tuple[str, ...]:
        """The steps that the record names, in the order they were gone, also those that are not ours. Only reads."""
        if not db[_TABLE].exists():
            return ()
        rows = db.conn.execute(f"SELECT name FROM {_TABLE} WHERE migration_set = ? ORDER BY rowid", (self.name,))  # noqa: S608 - our word
        return tuple(name for (name,) in rows)

    def pending(self, db: Database) -> tuple[SchemaStep, ...]:
        """Our steps that the record does not name. Only reads."""
        gone = self.applied(db)
        return tuple(step for step in self.steps if step.name not in gone)

    def apply(self, db: Database, *, stop_before: str | None = None) -> None:
        """Go the pending steps, up to `stop_before` where it is given. Raises what a step raises."""
        for step in self.pending(db):
            if step.name == stop_before:
                return
            self._go(db, step)

    def _go(self, db: Database, step: SchemaStep) -> None:
        conn = db.conn
        conn.execute("BEGIN IMMEDIATE")
        try:
            for statement in _RECORD:
                conn.execute(statement)
            if step.name not in self.applied(db):
                step.change(db)
                record = f"INSERT INTO {_TABLE} (migration_set, name, applied_at) VALUES (?, ?, ?)"  # noqa: S608 - our word
                conn.execute(record, (self.name, step.name, str(SystemClock().now())))
            conn.execute("COMMIT")
        except BaseException:
            conn.rollback()
            raise
