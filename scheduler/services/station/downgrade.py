"""A database written anew in the schema of an older release, for a station that goes back to it.

Every row that the older schema has a place for is carried over and compared; what it has no place for is named and
stays in the file as it was, which is kept beside. The journal and its checkpoints go whole or nothing goes: a chain
with a value less would no longer verify. What is still owed to others stays behind only where somebody says so. It
touches no running station and nothing outside the database.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from scheduler.features import FEATURES
from scheduler.kernel.causes import reason_of
from scheduler.kernel.durable import put_in_place, sync_folder
from scheduler.kernel.errors import Refused
from scheduler.store.schema.schema_steps import RECORD
from scheduler.store.versions import GOING_BACK, KEPT, known_steps, make_schema, of_absent_extras, steps_at

__all__ = ["Downgraded", "Left", "Standing", "downgrade", "left_by", "standing"]

_PROOF = ("journal", "checkpoint")
_PASSING = frozenset({"job", "command", "heartbeat"})
"""Tables whose rows are orders of the moment: one that the older release does not know is left behind."""
_UNSENT = {table: where for feature in FEATURES for table, where in feature.unsent.items()}
"""What is owed to others, and which of its rows they have not got yet. Health is of its minute and owed to nobody."""
_BUSY = 5.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a database has come."""

    gone: tuple[str, ...]
    """The steps of the schema that it has gone, in their order."""
    pending: tuple[str, ...]
    """Those that this release would add."""
    copies: tuple[tuple[str, int], ...]
    """Names and bytes of the copies that were kept beside it."""


def standing(path: Path) -> Standing:
    """How far the database at `path` has come; it is only looked at. Raises Refused downgrade_no_database."""
    if not path.is_file():
        raise Refused("downgrade_no_database", path=path)
    gone = steps_at(path)
    copies = [(one.name, one.stat().st_size) for one in sorted(path.parent.glob(f"{path.name}{KEPT}*"))]
    return Standing(gone, tuple(step for step in known_steps() if step not in gone), tuple(copies))


@dataclass(frozen=True, slots=True)
class Left:
    """What the older schema has no place for: a whole table (`column` is empty), or a column; rows with a value."""

    table: str
    column: str
    rows: int
    unsent: int = 0
    """Of `rows`: what is owed to the town, its wards, the province or a telephone, and would never get there."""


@dataclass(frozen=True, slots=True)
class Downgraded:
    kept: Path
    """The file as it was."""
    left: tuple[Left, ...]


def left_by(path: Path, step: str) -> tuple[Left, ...]:
    """What would stay behind when the database at `path` goes back to `step`, the last one the older release knows.

    Raises Refused downgrade_step, database_newer, downgrade_journal.
    """
    with closing(_older(":memory:", step, path)) as older, _attached(older, path):
        return _left(older)


def downgrade(path: Path, step: str, now: datetime, *, lose_unsent: bool = False) -> Downgraded:
    """Write the database at `path` anew as it stands after `step`; the old file is kept beside it.

    `lose_unsent`: also where something is still owed to others that the older release would never send.
    Raises Refused: restore_living (a station runs on it), downgrade_step, database_newer, downgrade_journal,
    downgrade_unsent, downgrade_rows (rows the older release would not take), database_in_use, disk_full, disk_readonly.
    """
    part = path.with_name(f"{path.name}.older.part")
    kept = path.with_name(f"{path.name}{KEPT}{GOING_BACK}{now:%Y%m%d-%H%M%S}")
    with _alone(path.parent):
        try:
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with closing(_older(str(part), step, path)) as older, _attached(older, path):
                left = _left(older)
                owed = sum(one.unsent for one in left)
                if owed and not lose_unsent:
                    raise Refused("downgrade_unsent", rows=owed)
                _carry(older)
                _try(older)
            _settle(path)
            os.link(path, kept)  # at no moment is there no database: a start would make an empty one
            sync_folder(path.parent)  # nor one beside the log of another
            put_in_place(part, path)
        except sqlite3.OperationalError as error:
            raise Refused(_kept_by(error)) from error
        except OSError as error:
            raise Refused(reason_of(error, "disk_readonly")) from error
        finally:
            for name in (part, part.with_name(f"{part.name}-journal")):
                with suppress(OSError):
                    name.unlink(missing_ok=True)
    return Downgraded(kept, left)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    held = FileLock(folder / "station.lock")
    try:
        held.acquire(timeout=0)
    except Timeout as error:
        raise Refused("restore_living", path=folder) from error
    try:
        yield
    finally:
        held.release()


def _older(target: str, step: str, path: Path) -> sqlite3.Connection:
    """An empty database of the older schema, without its triggers' help or hindrance."""
    if not path.is_file():
        raise Refused("downgrade_no_database", path=path)
    gone, known = steps_at(path), known_steps()
    if [name for name in gone if name not in known]:
        raise Refused("database_newer", step=gone[-1])
    if step not in gone:
        raise Refused("downgrade_step", step=step, steps=", ".join(gone))
    made = sqlite3.connect(target, timeout=_BUSY, isolation_level=None)
    make_schema(made, gone[: gone.index(step) + 1])
    made.execute("PRAGMA foreign_keys=OFF")
    return made


@contextmanager
def _attached(older: sqlite3.Connection, path: Path) -> Iterator[None]:
    older.execute("ATTACH ? AS now", (str(path),))
    try:
        for sql, values in of_absent_extras(older, "now"):
            older.execute(sql, values)
        yield
    finally:
        if older.in_transaction:
            older.execute("ROLLBACK")
        older.execute("DETACH now")


def _tables(older: sqlite3.Connection, schema: str) -> list[str]:
    sql = f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"  # noqa: S608 - our words
    return [name for (name,) in older.execute(sql) if name != RECORD]


def _columns(older: sqlite3.Connection, schema: str, table: str) -> list[str]:
    sql = "SELECT name FROM pragma_table_info(?, ?)"
    return [name for (name,) in older.execute(sql, (table, schema))]


def _left(older: sqlite3.Connection) -> tuple[Left, ...]:
    """Rows and values without a place. Raises Refused downgrade_journal."""
    found = []
    kept = set(_tables(older, "main"))
    for table in _tables(older, "now"):
        if table not in kept:
            rows = older.execute(f'SELECT count(*) FROM now."{table}"').fetchone()[0]  # noqa: S608 - names of the schema
            owed = f'SELECT count(*) FROM now."{table}" WHERE {_UNSENT.get(table, "0")}'  # noqa: S608 - our words
            found.append(Left(table, "", rows, older.execute(owed).fetchone()[0]))
            continue
        stays = set(_columns(older, "main", table))
        for _, name, _, _, usual, _ in older.execute(f'PRAGMA now.table_info("{table}")').fetchall():
            if name not in stays:
                sql = f'SELECT count(*) FROM now."{table}" WHERE "{name}" IS NOT ({usual or "NULL"})'  # noqa: S608 - names of the schema
                found.append(Left(table, name, older.execute(sql).fetchone()[0]))
    told = [one for one in found if one.rows]
    lost = [one for one in told if one.table in _PROOF]
    if lost:
        raise Refused("downgrade_journal", rows=sum(one.rows for one in lost), table=lost[0].table)
    return tuple(told)


def _carry(older: sqlite3.Connection) -> None:
    """Every row, in its order, in one transaction. Raises Refused downgrade_rows."""
    older.execute("BEGIN IMMEDIATE")
    triggers = older.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        older.execute(f'DROP TRIGGER main."{name}"')
    for table in _tables(older, "main"):
        _carry_table(older, table)
    sequences = "SELECT 1 FROM main.sqlite_master WHERE name = 'sqlite_sequence'"
    if older.execute(sequences).fetchone():
        older.execute("DELETE FROM main.sqlite_sequence")
        older.execute(
            "INSERT INTO main.sqlite_sequence (name, seq) SELECT name, seq FROM now.sqlite_sequence"
            " WHERE name IN (SELECT name FROM main.sqlite_master)"
        )
    older.execute(
        f"UPDATE main.{RECORD} SET applied_at = (SELECT n.applied_at FROM now.{RECORD} n WHERE n.name = {RECORD}.name)"  # noqa: S608 - our words
    )
    for _, sql in triggers:
        older.execute(sql)
    older.execute("COMMIT")


def _carry_table(older: sqlite3.Connection, table: str) -> None:
    there = set(_columns(older, "now", table))
    names = ", ".join(f'"{name}"' for name in _columns(older, "main", table) if name in there)
    without = older.execute("SELECT wr FROM pragma_table_list WHERE schema = 'now' AND name = ?", (table,)).fetchone()
    order = "" if without and without[0] else " ORDER BY rowid"
    how = "INSERT OR IGNORE" if table in _PASSING else "INSERT"
    older.execute(f'DELETE FROM main."{table}"')  # noqa: S608 - names of the schema
    try:
        older.execute(f'{how} INTO main."{table}" ({names}) SELECT {names} FROM now."{table}"{order}')  # noqa: S608 - names of the schema
    except sqlite3.IntegrityError as error:
        raise Refused("downgrade_rows", table=table) from error
    if table not in _PASSING:
        lost = f'SELECT {names} FROM now."{table}" EXCEPT SELECT {names} FROM main."{table}" LIMIT 1'  # noqa: S608 - names of the schema
        if older.execute(lost).fetchone():
            raise Refused("downgrade_rows", table=table)


def _try(older: sqlite3.Connection) -> None:
    if found := older.execute("PRAGMA main.foreign_key_check").fetchone():
        raise Refused("downgrade_rows", table=found[0])
    if older.execute("PRAGMA main.integrity_check").fetchone() != ("ok",):
        raise Refused("backup_damaged", part="loa.db")


def _settle(path: Path) -> None:
    """Everything of the old file in the file itself. Raises Refused database_in_use."""
    with closing(sqlite3.connect(path, timeout=_BUSY)) as found:
        found.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if path.with_name(f"{path.name}-wal").exists():
        raise Refused("database_in_use")


def _kept_by(error: sqlite3.OperationalError) -> str:
    reason = reason_of(error, "database_in_use")
    return "database_in_use" if reason == "database_busy" else reason
