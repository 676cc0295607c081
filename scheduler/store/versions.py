"""Which steps of the schema a file has gone: too new is refused, a copy is kept before it is brought up.

The copy lies beside the database and is named after the first step that it lacks. It is a convenience, not a condition:
without room for it the step is made all the same, because a station that stays silent for want of a copy helps nobody.
Going back is `services.station.downgrade`'s. Tables of an extra that is not here are nobody's to change.
"""

import logging
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from filelock import FileLock
from sqlite_utils.db import Database

from scheduler.kernel.disk_reserve import free_bytes
from scheduler.kernel.durable import put_in_place
from scheduler.kernel.errors import Refused
from scheduler.store.schema.migrations import OF_EXTRA, migrations
from scheduler.store.schema.schema_steps import RECORD

__all__ = [
    "GOING_BACK",
    "KEPT",
    "bring_up",
    "bring_up_file",
    "known_steps",
    "make_schema",
    "of_absent_extras",
    "steps_at",
    "steps_of",
]

log = logging.getLogger(__name__)

KEPT = ".before-"
"""Between the name of the database and the step, in the name of a copy."""
GOING_BACK = "going-back-"
"""Behind `KEPT`, in the name of a file that was kept when the database went back; it stays."""
_COPIES = 2
"""So many stay; each is as large as the database."""
_ROOM = 100_000_000
"""Bytes that must be left on the disk when the copy is made: the station goes on writing."""
_LOOK = 5.0
"""Seconds to wait for a file that another program holds."""
_WAIT = 60.0
"""Seconds one process waits for another that brings the same file up."""


def known_steps() -> tuple[str, ...]:
    """The steps of this release, in their order."""
    return tuple(step.name for step in migrations.steps)


def steps_of(db: Database) -> tuple[str, ...]:
    """The steps that a file has gone, in the order it went them; not those of extras that are not here."""
    return migrations.applied(db)


def steps_at(path: Path) -> tuple[str, ...]:
    """The same of the file at `path`, which is only looked at. Raises sqlite3's errors."""
    with closing(sqlite3.connect(path, timeout=_LOOK)) as found:
        return steps_of(Database(found, execute_plugins=False))


def bring_up(db: Database, path: Path) -> None:
    """Bring the file at `path`, open as `db`, to the newest schema. Raises Refused database_newer; sqlite3's errors."""
    _refuse_newer(db)
    if not migrations.pending(db):
        return
    if not steps_of(db):
        migrations.apply(db)
        return
    with FileLock(path.with_name(f"{path.name}.upgrade.lock"), timeout=_WAIT):
        pending = migrations.pending(db)  # another process may have come first
        if pending:
            _copy(db, path, pending[0].name)
            migrations.apply(db)
            log.info("the database was brought up: %s", ", ".join(step.name for step in pending))


def bring_up_file(conn: sqlite3.Connection, path: Path) -> None:
    """The same of a connection that no `Store` has."""
    bring_up(Database(conn, execute_plugins=False), path)


def make_schema(conn: sqlite3.Connection, steps: Iterable[str]) -> None:
    """The tables of an empty file, by these steps in this order."""
    migrations.go(Database(conn, execute_plugins=False), steps)


def of_absent_extras(conn: sqlite3.Connection, schema: str = "main") -> list[tuple[str, tuple[object, ...]]]:
    """Statements, each with its values, that make in another file the empty tables of extras that are not here, and the
    record of their steps.
    """
    if conn.execute(f"SELECT 1 FROM {schema}.sqlite_master WHERE name = ?", (RECORD,)).fetchone() is None:  # noqa: S608 - our word
        return []
    record = f"SELECT migration_set, name, applied_at FROM {schema}.{RECORD} WHERE migration_set GLOB ? ORDER BY rowid"  # noqa: S608 - our words
    steps = [row for row in conn.execute(record, (f"{OF_EXTRA}*",)) if row[0] not in migrations.owners]
    begins = tuple(f"{owner.removeprefix(OF_EXTRA)}_" for owner, _, _ in steps)
    sql = f"SELECT tbl_name, sql FROM {schema}.sqlite_master WHERE type IN ('table', 'index') AND sql <> ''"  # noqa: S608 - our word
    made: list[tuple[str, tuple[object, ...]]] = [
        (text, ()) for table, text in conn.execute(f"{sql} ORDER BY rowid") if table.startswith(begins)
    ]
    note = f"INSERT INTO {RECORD} (migration_set, name, applied_at) VALUES (?, ?, ?)"  # noqa: S608 - our word
    return made + [(note, row) for row in steps]


def _refuse_newer(db: Database) -> None:
    """Raises Refused database_newer."""
    if newer := migrations.newer(db):
        raise Refused("database_newer", step=newer[-1])


def _copy(db: Database, path: Path, step: str) -> None:
    place = path.with_name(f"{path.name}{KEPT}{step}")
    part = place.with_name(f"{place.name}.part")
    try:
        size = path.stat().st_size
        if free_bytes(path.parent) < size + _ROOM:
            log.warning("no room for a copy of the database before it is brought up, %d bytes", size)
            return
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        with closing(sqlite3.connect(part)) as target:
            db.conn.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        put_in_place(part, place)
        for old in _kept(path)[_COPIES:]:
            old.unlink()
    except (OSError, sqlite3.Error) as error:
        log.warning("no copy of the database was kept before it is brought up: %s", error)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _kept(path: Path) -> list[Path]:
    """The copies beside a database, newest first."""
    found = [
        one
        for one in path.parent.glob(f"{path.name}{KEPT}*")
        if not one.name.endswith(".part") and GOING_BACK not in one.name
    ]
    return sorted(found, key=lambda one: one.stat().st_mtime_ns, reverse=True)
