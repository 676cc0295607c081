"""A damaged database, saved row by row into a new file of the newest schema; the damaged one is kept as it is.

Each table is read in the order of its rows; where a page cannot be read the next row that can is looked for. What was
saved is read once more and compared row by row. It invents nothing: what is lost is counted where it can be, told, and
stands in the journal as a row; chain, checkpoints and anchor say afterwards what of the journal is missing.
"""

import hashlib
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from scheduler.kernel.causes import reason_of, refusal_of
from scheduler.kernel.durable import put_in_place, sync_file, sync_folder
from scheduler.kernel.errors import Refused
from scheduler.services.station.damage import damage_of
from scheduler.store.air.anchor import NAME, Anchor, AnchorContent, Ends
from scheduler.store.air.anchoring import RESCUED, ends_of
from scheduler.store.air.journal import Entry, Journal
from scheduler.store.database import Store
from scheduler.store.schema.schema_steps import RECORD
from scheduler.store.versions import bring_up_file, of_absent_extras

__all__ = ["Rescued", "Saved", "rescue"]

_FARTHEST = 1 << 40
"""Row numbers beyond which nothing is looked for."""


class Saved(NamedTuple):
    """A table: rows that are in the new file, and how many are missing at least; None = nobody can know."""

    name: str
    saved: int
    lost: int | None


class Rescued(NamedTuple):
    """What was saved, and where the damaged file lies now."""

    kept: Path
    tables: tuple[Saved, ...]


def rescue(path: Path, now: datetime, *, even_whole: bool = False) -> Rescued:
    """Save what can be read of the database at `path`. Raises Refused: restore_living (a station runs on it),
    rescue_not_damaged, and what the machine fails in (`causes`).
    """
    held = FileLock(path.with_name("station.lock"))
    try:
        held.acquire(timeout=0)
    except Timeout as error:
        raise Refused("restore_living", path=path.parent) from error
    try:
        if not even_whole and not damage_of(path):
            raise Refused("rescue_not_damaged", file=path)
        return _rescued(path, now)
    except OSError as error:
        raise Refused(reason_of(error, "disk_readonly")) from error
    except sqlite3.OperationalError as error:
        raise refusal_of(error, path.parent) from error
    finally:
        held.release()


def _rescued(path: Path, now: datetime) -> Rescued:
    part = path.with_name(f"{path.name}.rescued.part")
    kept = path.with_name(f"{path.name}.damaged-{now:%Y%m%d-%H%M%S}")
    for left in (part, part.with_name(f"{part.name}-wal"), part.with_name(f"{part.name}-shm")):
        left.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    for ending in ("", "-wal"):
        copy = kept.with_name(f"{kept.name}{ending}")
        with suppress(FileNotFoundError):
            shutil.copy2(path.with_name(f"{path.name}{ending}"), copy)
            sync_file(copy)
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as new:
            bring_up_file(new, part)
            tables = _carried(path, new)
        anchor = Anchor(path.with_name(NAME))
        held = anchor.held()
        ends = _journal_rescue(part, held, tables, now)
        for ending in ("-wal", "-shm"):
            path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
        sync_folder(path.parent)  # else the old log could come back beside the new file
        put_in_place(part, path)
        if held:  # only now: until then the rows that were anchored are those that are here
            anchor.begin_term(ends, now)
    finally:
        for left in (part, part.with_name(f"{part.name}-wal"), part.with_name(f"{part.name}-shm")):
            left.unlink(missing_ok=True)
    return Rescued(kept, tables)


def _carried(path: Path, new: sqlite3.Connection) -> tuple[Saved, ...]:
    new.execute("PRAGMA foreign_keys=OFF")
    new.execute("BEGIN IMMEDIATE")
    triggers = new.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        new.execute(f'DROP TRIGGER "{name}"')
    # Opened for writing, because what a WAL holds is read for certain only then: the file as it was lies in its copy.
    with closing(sqlite3.connect(path, timeout=5)) as old:
        old.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        _make_absent(old, new)
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
        names = [name for (name,) in new.execute(sql) if name != RECORD]
        found = tuple(_table(old, new, name) for name in names)
    for _, sql_ in triggers:
        new.execute(sql_)
    new.execute("COMMIT")
    return found


def _make_absent(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """The tables of extras that are not here, as far as the old file can say which those are."""
    try:
        for sql, values in of_absent_extras(old):
            new.execute(sql, values)
    except (sqlite3.Error, UnicodeError):
        if not new.in_transaction:  # the new file takes nothing
            raise


def _mark(row: Sequence[Any]) -> bytes:
    """A row as something to compare: rows of one mark hold the same values."""
    return hashlib.sha256(repr(tuple(row)).encode("utf-8", "surrogateescape")).digest()


def _table(old: sqlite3.Connection, new: sqlite3.Connection, name: str) -> Saved:
    """Copy one table; what the new file refuses (a doubled key, a damaged value) counts as lost."""
    new.execute(f'DELETE FROM "{name}"')  # noqa: S608 - a name of our schema
    try:
        there = {row[1] for row in old.execute(f'PRAGMA table_info("{name}")')}
    except sqlite3.Error:
        return Saved(name, 0, None)
    columns = [row[1] for row in new.execute(f'PRAGMA table_info("{name}")') if row[1] in there]
    if not columns:
        return Saved(name, 0, None if not there else 0)
    told = ", ".join(f'"{one}"' for one in columns)
    put = f'INSERT OR IGNORE INTO "{name}" ({told}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608 - names of our schema
    taken: Counter[bytes] = Counter()
    read = 0
    for row in _rows(old, name, told):
        read += 1
        try:
            if new.execute(put, row).rowcount == 1:
                taken[_mark(row)] += 1
        except (sqlite3.Error, UnicodeError):
            if not new.in_transaction:  # the new file takes nothing: no room, a fault of its disk
                raise
    there_now = Counter(_mark(row) for row in new.execute(f'SELECT {told} FROM "{name}"'))  # noqa: S608 - names of our schema
    saved = (taken & there_now).total()
    try:
        whole = int(old.execute(f'SELECT count(*) FROM "{name}" NOT INDEXED').fetchone()[0])  # noqa: S608 - a name of our schema
    except sqlite3.Error:
        return Saved(name, saved, None)
    return Saved(name, saved, max(whole, read) - saved)


def _rows(old: sqlite3.Connection, name: str, told: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a table that can be read, past pages that cannot."""
    after, leap = -(1 << 62), 1
    sql = f'SELECT rowid, {told} FROM "{name}" WHERE rowid > ? ORDER BY rowid'  # noqa: S608 - names of our schema
    while leap < _FARTHEST:
        try:
            for row in old.execute(sql, (after,)):
                after, leap = row[0], 1
                yield row[1:]
        except sqlite3.OperationalError as error:
            if "rowid" in str(error):  # a table without: in its own order, as far as it goes
                with suppress(sqlite3.Error):
                    yield from old.execute(f'SELECT {told} FROM "{name}"')  # noqa: S608 - names of our schema
                return
            after, leap = max(after, 0) + leap, leap * 2
        except sqlite3.Error:
            after, leap = max(after, 0) + leap, leap * 2
        else:
            return


def _journal_rescue(part: Path, held: AnchorContent | None, tables: tuple[Saved, ...], now: datetime) -> Ends:
    """The rescue as a row of the journal; where both chains end with it."""
    short = ", ".join(f"{one.name} {one.saved}" for one in tables if one.lost != 0)
    store = Store(part)
    note = f"rows saved: {sum(one.saved for one in tables)}" + (f"; not whole: {short}" if short else "")
    if held and held.records:
        journal, audit = held.records[-1].ends
        note += f"; anchored: rows up to {journal.seq} {journal.hash}, acts up to {audit.seq} {audit.hash}"
    try:
        with store.write() as db:
            Journal(store).append(db, Entry(at=now, kind="station", day=f"{now:%Y-%m-%d}", reason=RESCUED, note=note))
        ends = ends_of(store)
        store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.db.conn.execute("PRAGMA journal_mode=DELETE")
    finally:
        store.close()
    return ends
