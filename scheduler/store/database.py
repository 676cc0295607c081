"""One SQLite file in WAL mode: how it is opened, how a thread reads it, how it is written.

Each thread has a connection of its own. A write is one short IMMEDIATE transaction, so that a read followed by a write
inside it cannot be overtaken. The rest of `store` says what the rows mean.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlite_utils.db import Database

from scheduler.kernel.causes import refusal_of
from scheduler.kernel.clock import since_boot
from scheduler.kernel.database_faults import gives_no_rows, is_damage, is_emptied, refusal_of_damage, writes_nothing
from scheduler.kernel.errors import Refused, as_texts
from scheduler.store.connection import Connection
from scheduler.store.versions import bring_up

BUSY_TIMEOUT_MS = 10_000
HURRIED_MS = 50
"""How long somebody waits for another writer who has better things to do."""
MOST_READ = 100
"""Answers that a thread keeps."""
Row = dict[str, Any]
_Read = TypeVar("_Read")


def instant_text(instant: datetime) -> str:
    """An aware instant as it stands in a row: UTC, microseconds, fixed width."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def instant_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


def instant_or_none(text: str | None) -> datetime | None:
    """Of a column that may be NULL or empty."""
    return instant_of(text) if text else None


json_text: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""A value as it stands in a row; one encoder for all, because `json.dumps` makes one anew each time."""


def reason_values(refused: Refused) -> Row:
    """Why a row stands where it stands, as its columns."""
    details = as_texts(refused.details)
    return {"reason": refused.reason, "details_json": json_text(details)}


class _Kept:
    """A thread's connection, closed when it is let go: by `Store.close`, or by the end of its thread."""

    __slots__ = ("conn", "db", "is_left_open", "read", "version", "watched")

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.db = Database(conn, execute_plugins=False)
        self.watched = False
        self.is_left_open = False
        """A transaction failed, and so did taking it back: it is nobody's, and nothing may join it."""
        self.read: dict[Hashable, Any] = {}
        """What was read while the file was at `version`."""
        self.version = (-1, -1)

    def __del__(self) -> None:
        self.db.conn.close()


class _Rehearsed(Exception):  # noqa: N818 - no error: the end of a rehearsal
    """What was tried may be done."""


class Witness(Protocol):
    """What sees every change before it is kept: the audit log."""

    def watch(self) -> None:
        """Once for each connection that writes."""

    def settle(self) -> None:
        """In each transaction, as its last words."""


class Kept(Protocol):
    """What is told of each transaction that was kept: the anchor of the chains."""

    def kept(self) -> None:
        """After the commit. Never raises."""

    def begin_term(self) -> None:
        """Rows have come whole from elsewhere."""


class Store:
    """The station's database file. `read` and `rows` never wait for a writer; `write` is one short transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.witness: Witness | None = None
        self.anchor: Kept | None = None
        self.fence: Callable[[], None] | None = None
        """Asked before each transaction: it raises Refused where this machine may not change the ward's rows."""
        self._local = threading.local()
        self.waiting: dict[int, float] = {}
        """Thread -> since when (monotonic) it has been waiting for the database to let it write."""
        path.parent.mkdir(parents=True, exist_ok=True)

    @property
    def db(self) -> Database:
        """The connection of the calling thread."""
        kept: _Kept | None = getattr(self._local, "kept", None)
        if kept is None:
            # Only its own thread uses it; the check would forbid closing it when that thread has ended.
            if not self.path.exists():
                with suppress(OSError):  # SQLite tells it better
                    self.path.touch(mode=0o600)  # else everybody could read it, and what lies beside it
            conn = sqlite3.connect(
                self.path, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=False, factory=Connection
            )
            kept = self._local.kept = _Kept(conn)
            conn.execute("PRAGMA journal_mode=WAL")
            conn.execute("PRAGMA foreign_keys=ON")
            conn.execute("PRAGMA synchronous=FULL")  # the journal and the airing key must outlive a power cut
            conn.execute("PRAGMA temp_store=MEMORY")  # where the witness notes what it saw
            conn.execute("PRAGMA recursive_triggers=ON")  # a row that REPLACE pushes out is deleted, and seen to be
        if kept.is_left_open:
            kept.db.conn.rollback()
            kept.is_left_open = False
        return kept.db

    @property
    def in_transaction(self) -> bool:
        """Whether the calling thread has begun one. It opens nothing."""
        kept: _Kept | None = getattr(self._local, "kept", None)
        return kept is not None and (kept.conn.in_transaction or kept.conn.is_within)

    def migrate(self) -> None:
        """Bring the file to the newest schema. Raises Refused database_newer, database_damaged, or a fault of the disk
        (`causes`).
        """
        if is_emptied(self.path):
            raise refusal_of_damage(self.path, "the file is empty")
        try:
            bring_up(self.db, self.path)
        except sqlite3.OperationalError as error:
            raise refusal_of(error, self.path.parent) from error
        except sqlite3.DatabaseError as error:
            raise refusal_of_damage(self.path, error) from error

    def wait_at_most(self, seconds: float) -> None:
        """How long this thread's writes wait for one that holds the database."""
        self._local.wait_ms = round(seconds * 1000)
        self.db.conn.execute(f"PRAGMA busy_timeout = {self._local.wait_ms}")

    def close(self) -> None:
        """Close this thread's connection."""
        self._local.kept = None

    @property
    def is_fenced(self) -> bool:
        """Whether the ward's rows may only be read here just now."""
        try:
            if self.fence is not None:
                self.fence()
        except Refused:
            return True
        return False

    def write(self, *, own: bool = False) -> AbstractContextManager[Database]:
        """One transaction; nested calls join the outer one. A disk that takes nothing is a Refused that says why.

        `own`: rows of this machine alone, such as sessions and heartbeats, which are changed whoever has the air.
        """
        db = self.db
        conn: Connection = self._local.kept.conn
        if conn.is_within or conn.in_transaction:
            conn.stands()
            return nullcontext(db)
        return self._transaction(db, own=own)

    @contextmanager
    def _transaction(self, db: Database, *, own: bool) -> Iterator[Database]:
        kept: _Kept = self._local.kept
        if self.fence is not None and not own:
            self.fence()
        try:
            self._waited(self._begin)
            try:
                yield db
                if self.witness is not None:
                    self.witness.settle()
                self._waited(kept.conn.commit_block)
            except BaseException:
                kept.conn.leave()
                kept.is_left_open = True
                db.conn.rollback()
                kept.is_left_open = False
                raise
        except sqlite3.OperationalError as error:
            raise refusal_of(error, self.path.parent) from error
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                raise refusal_of_damage(self.path, error) from error
            raise
        if self.anchor is not None and not (self.fence is not None and self.is_fenced):
            self.anchor.kept()

    def _begin(self) -> None:
        kept: _Kept = self._local.kept
        if self.witness is not None and not kept.watched:
            self.witness.watch()
            kept.watched = True
        kept.conn.begin()

    def _waited(self, do: Callable[[], None]) -> None:
        """For the watchdog: a thread that waits for a lock or a disk does not hang."""
        me = threading.get_ident()
        self.waiting[me] = since_boot()
        try:
            do()
        finally:
            self.waiting.pop(me, None)

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Let this thread wait for no other writer: what is not taken at once is an OperationalError."""
        conn, was = self.db.conn, getattr(self._local, "hurried", False)
        conn.execute(f"PRAGMA busy_timeout={HURRIED_MS}")
        self._local.hurried = True
        try:
            yield
        finally:
            self._local.hurried = was
            if not was:
                conn.execute(f"PRAGMA busy_timeout={getattr(self._local, 'wait_ms', BUSY_TIMEOUT_MS)}")

    def if_taken(self, write: Callable[[], object]) -> bool:
        """Write what is good to know where it is taken at once; whether it was. Nobody is kept waiting for it."""
        try:
            with self.hurried():
                write()
        except (Refused, sqlite3.Error) as error:
            if not writes_nothing(error):
                raise
            return False
        return True

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """A transaction that keeps nothing: what would be refused in it is refused, all else is as it was before.

        Raises RuntimeError inside a transaction: what is already written there could not be told apart.
        """
        if self.db.conn.in_transaction:
            raise RuntimeError("a rehearsal is not part of a transaction")
        with suppress(_Rehearsed), self.write():
            yield
            raise _Rehearsed

    def rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        cursor = self.db.conn.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        try:
            return [dict(zip(names, values, strict=True)) for values in cursor]
        except sqlite3.Error as error:
            self._local.kept.conn.note(error)
            raise

    def row(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Row | None:
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def known_rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """The same; none where the database gives no rows just now."""
        try:
            return self.rows(sql, parameters)
        except sqlite3.Error as error:
            if not gives_no_rows(error):
                raise
            return []

    def value(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        found = self.db.conn.execute(sql, parameters).fetchone()
        return found[0] if found else None

    def has_row(self, table: str) -> bool:
        """Whether a table of ours holds anything."""
        return self.value(f"SELECT 1 FROM {table} LIMIT 1") is not None  # noqa: S608 - names are ours

    def unchanged(self, key: Hashable, read: Callable[[], _Read]) -> _Read:
        """What `read` gives; asked for again by the same thread, the very same, for as long as no row has changed.

        Nobody may change what was given. Inside a transaction everything is read anew: it may yet be undone.
        """
        if self.db.conn.in_transaction:
            return read()
        kept: _Kept = self._local.kept
        version = self.version()
        if kept.version != version or len(kept.read) >= MOST_READ:
            kept.version, kept.read = version, {}
        if key not in kept.read:
            kept.read[key] = read()
        found: _Read = kept.read[key]
        return found

    def data_version(self) -> int:
        """A number that changes when another connection has committed."""
        return int(self.value("PRAGMA data_version"))

    def version(self) -> tuple[int, int]:
        """Changes when any connection, this one too, has changed a row."""
        return self.data_version(), self.own_changes()

    def own_changes(self) -> int:
        """Rows that this thread's connection has changed since it was opened."""
        return int(self.db.conn.total_changes)


def insert(db: Database, table: str, row: Mapping[str, Any]) -> int:
    """Insert one row, give its rowid. Plain SQL: the schema is fixed, nothing is guessed from the values."""
    return int(db.conn.execute(_insert_sql(table, tuple(row)), tuple(row.values())).lastrowid or 0)


def update(db: Database, table: str, key: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """Update the rows that match `key` exactly; give how many there were, so that a claim can look at the count."""
    sql = _update_sql(table, tuple(values), tuple(key))
    return int(db.conn.execute(sql, (*values.values(), *key.values())).rowcount)


@lru_cache(maxsize=256)
def _insert_sql(table: str, names: tuple[str, ...]) -> str:
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    return f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'  # noqa: S608 - names are ours


@lru_cache(maxsize=256)
def _update_sql(table: str, names: tuple[str, ...], keys: tuple[str, ...]) -> str:
    sets, where = ", ".join(f'"{name}" = ?' for name in names), " AND ".join(f'"{name}" IS ?' for name in keys)
    return f'UPDATE "{table}" SET {sets} WHERE {where}'  # noqa: S608 - names are ours
