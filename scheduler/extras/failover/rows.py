"""How the rows of one machine come to be those of the other: changes noted, told, and applied; and whole copies.

While a machine has the air, triggers note the key of every row that changes; the other asks for what changed since its
cursor and gets those rows as they are in one moment, so that what it applies is exactly that moment's database. Rows
that are a machine's own (sessions, heartbeats) are neither noted nor overwritten. It knows no network and no vote.
"""

import base64
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from scheduler.kernel.causes import reason_of, refusal_of
from scheduler.kernel.errors import Refused
from scheduler.store.chain import snapshot
from scheduler.store.database import BUSY_TIMEOUT_MS, Row, Store

__all__ = ["OWN", "Batch", "PairRows"]

OWN = frozenset(
    {
        "act",
        "anchored",
        "code_attempt",
        "heartbeat",
        "known_device",
        "login_attempt",
        "pair_change",
        "pair_late",
        "pair_state",
        "setup_token",
        "web_session",
    }
)
"""Tables that are each machine's own."""
_STEPS = "_sqlite_migrations"
_PREFIX = "pair_c_"
MOST_CHANGES = 50_000
"""Changes kept for a machine that is away; one that missed more takes a whole copy."""
_WHEN = "(SELECT value FROM pair_state WHERE name = 'notes') = '1'"


class _Table(NamedTuple):
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    """Of its own; empty = the table has none and is told by rowid."""

    @property
    def by(self) -> tuple[str, ...]:
        return self.key or ("rowid",)


class Batch(NamedTuple):
    """What changed up to `head`: (table, key, row or None where it is gone)."""

    head: int
    rows: tuple[tuple[str, list[Any], Row | None], ...]


class PairRows:
    def __init__(self, store: Store) -> None:
        self.store = store

    # Where this machine stands

    def state(self, name: str, otherwise: str = "") -> str:
        found = self.store.value("SELECT value FROM pair_state WHERE name = ?", (name,))
        return otherwise if found is None else str(found)

    def put(self, **values: object) -> None:
        with self.store.write(own=True) as db:
            for name, value in values.items():
                db.conn.execute("INSERT OR REPLACE INTO pair_state VALUES (?, ?)", (name, str(value)))

    def steps(self) -> list[str]:
        """The steps that this database's schema has come through: two machines must agree in them."""
        return [row["name"] for row in self.store.rows(f"SELECT name FROM {_STEPS} ORDER BY name")]  # noqa: S608 - our name

    # Noting

    def watch(self) -> None:
        """Let every change of a row that both machines share be noted from now on, while `notes` says so."""
        wanted = {name: text for table in self._tables() for name, text in _triggers(table)}
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB ?"
        there = {row["name"]: row["sql"] for row in self.store.rows(sql, (_PREFIX + "*",))}
        if wanted == there:
            return
        with self.store.write(own=True) as db:
            for name in there:
                db.conn.execute(f"DROP TRIGGER {name}")
            for text in wanted.values():
                db.conn.execute(text)

    def unwatch(self) -> None:
        """The station stands alone: nothing is noted, nothing kept for another."""
        sql = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB ?"
        names = [row["name"] for row in self.store.rows(sql, (_PREFIX + "*",))]
        if names:
            with self.store.write(own=True) as db:
                for name in names:
                    db.conn.execute(f"DROP TRIGGER {name}")
                db.conn.execute("DELETE FROM pair_change")
                db.conn.execute("DELETE FROM pair_state")

    def begin(self, stream: str, **values: object) -> None:
        """From here on this machine writes: a stream of changes of its own, which no cursor of another one fits."""
        with self.store.write(own=True):
            self.store.db.conn.execute("DELETE FROM pair_change")
            self.put(notes=1, stream=stream, **values)
        if self.store.anchor is not None:  # what this machine had anchored may never have reached the other's rows
            self.store.anchor.begin_term()

    def head(self) -> int:
        """The number of the newest change."""
        return int(
            self.store.value("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'pair_change'") or 0
        )

    def forget(self, up_to: int) -> None:
        """Changes that the other machine has, and those that are too many to be kept for it."""
        oldest = max(up_to, self.head() - MOST_CHANGES)
        if self.store.value("SELECT 1 FROM pair_change WHERE id <= ? LIMIT 1", (oldest,)):
            with self.store.write(own=True) as db:
                db.conn.execute("DELETE FROM pair_change WHERE id <= ?", (oldest,))
                self.put(forgotten=oldest)

    def changes(self, after: int, most: int = 5000) -> Batch | None:
        """What changed behind `after`, as it is now; None = too much, or no longer known: a whole copy is needed."""
        with snapshot(self.store):
            head = self.head()
            count = self.store.value("SELECT count(*) FROM pair_change WHERE id > ?", (after,))
            if after < int(self.state("forgotten", "0")) or count > most or after > head:
                return None
            sql = "SELECT DISTINCT tbl, key FROM pair_change WHERE id > ? ORDER BY tbl, key"
            told = self.store.rows(sql, (after,)) if count else []
            return Batch(head, tuple(self._rows({row["tbl"] for row in told}, told)))

    def _rows(self, names: set[str], told: Sequence[Row]) -> Iterator[tuple[str, list[Any], Row | None]]:
        tables = {table.name: table for table in self._tables() if table.name in names} if names else {}
        for one in told:
            table, key = tables[one["tbl"]], json.loads(one["key"])
            where = " AND ".join(f'"{name}" IS ?' for name in table.by)
            columns = "*" if table.key else "rowid, *"
            row = self.store.row(f'SELECT {columns} FROM "{table.name}" WHERE {where}', key)  # noqa: S608 - names are ours
            yield table.name, key, {name: _out(value) for name, value in row.items()} if row else None

    # Applying

    def apply(self, batch: Batch, stream: str) -> None:
        """Make the batch's rows ours and move the cursor, in one transaction. Raises Refused: disk_full, and
        pair_other_version for rows that this release has no place for.
        """
        tables = {table.name: table for table in self._tables()} if batch.rows else {}
        with self._bare() as conn:
            for name, key, row in batch.rows:
                table = tables.get(name)
                if table is None or not (row or {}).keys() <= {"rowid", *table.columns}:
                    raise Refused("pair_other_version")
                if row is None:
                    where = " AND ".join(f'"{one}" IS ?' for one in table.by)
                    conn.execute(f'DELETE FROM "{name}" WHERE {where}', key)  # noqa: S608 - names are ours
                else:
                    columns = ", ".join(f'"{one}"' for one in row)
                    marks = ", ".join("?" * len(row))
                    sql = f'INSERT OR REPLACE INTO "{name}" ({columns}) VALUES ({marks})'  # noqa: S608 - names are ours
                    conn.execute(sql, [_in(value) for value in row.values()])
            for told, value in {"followed": stream, "cursor": batch.head}.items():
                conn.execute("INSERT OR REPLACE INTO pair_state VALUES (?, ?)", (told, str(value)))

    @contextmanager
    def _bare(self) -> Iterator[sqlite3.Connection]:
        """A transaction that trusts its rows: they hold together where they come from."""
        with closing(sqlite3.connect(self.store.path, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)) as conn:
            conn.execute("PRAGMA foreign_keys=OFF")
            conn.execute("PRAGMA recursive_triggers=OFF")
            conn.execute("PRAGMA synchronous=NORMAL")
            try:
                conn.execute("BEGIN IMMEDIATE")
                yield conn
                conn.execute("COMMIT")
            except Refused:
                conn.execute("ROLLBACK")
                raise
            except sqlite3.OperationalError as error:
                with suppress(sqlite3.Error):
                    conn.execute("ROLLBACK")
                raise refusal_of(error, self.store.path.parent) from error

    # Whole copies

    def copy_to(self, path: Path) -> int:
        """A consistent copy of everything, also while others write; the number of the last change in it."""
        _remove(path)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(path)) as target:
            self.store.db.conn.backup(target)
            sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'pair_change'"
            head = int(target.execute(sql).fetchone()[0])
            target.execute("PRAGMA journal_mode=DELETE")
        return head

    def load(self, path: Path, stream: str, cursor: int) -> None:
        """Let the copy in `path` take the place of our rows, but for our own; readers see the one or the other.

        Raises Refused: pair_other_version, backup_damaged, disk_full.
        """
        with closing(sqlite3.connect(path, isolation_level=None)) as conn:
            if conn.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise Refused("backup_damaged", part="loa.db")
            steps = [row[0] for row in conn.execute(f"SELECT name FROM {_STEPS} ORDER BY name")]  # noqa: S608 - our name
            if steps != self.steps():
                raise Refused("pair_other_version")
            self._keep_own(conn, stream, cursor)
        try:
            with (
                closing(sqlite3.connect(path)) as source,
                closing(sqlite3.connect(self.store.path, timeout=30)) as live,
            ):
                source.backup(live)
        except sqlite3.OperationalError as error:
            raise Refused(reason_of(error, "database_busy")) from error

    def _keep_own(self, conn: sqlite3.Connection, stream: str, cursor: int) -> None:
        conn.execute("PRAGMA foreign_keys=OFF")
        conn.execute("ATTACH ? AS ours", (str(self.store.path),))
        conn.execute("BEGIN IMMEDIATE")
        for name in sorted(OWN):
            conn.execute(f'DELETE FROM main."{name}"')  # noqa: S608 - our name
            if name != "pair_change":
                conn.execute(f'INSERT INTO main."{name}" SELECT * FROM ours."{name}"')  # noqa: S608 - our name
        conn.execute("DELETE FROM main.pair_state WHERE name IN ('notes', 'stream', 'forgotten', 'base')")
        for told, value in {"followed": stream, "cursor": cursor, "notes": 0}.items():
            conn.execute("INSERT OR REPLACE INTO main.pair_state VALUES (?, ?)", (told, str(value)))
        conn.execute("COMMIT")
        conn.execute("DETACH ours")

    def _tables(self) -> list[_Table]:
        names = self.store.rows("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name")
        found = []
        for name in (row["name"] for row in names):
            if name in OWN or name == _STEPS or name.startswith("sqlite_"):
                continue
            columns = self.store.rows("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (name,))
            key = sorted((row for row in columns if row["pk"]), key=lambda row: int(row["pk"]))
            found.append(
                _Table(name, tuple(row["name"] for row in columns), tuple(row["name"] for row in key)),
            )
        return found


def _triggers(table: _Table) -> Iterator[tuple[str, str]]:
    sides = {"insert": ("NEW",), "delete": ("OLD",), "update": ("OLD", "NEW")}
    for kind, which in sides.items():
        keys = [f"json_array({', '.join(f'{side}.{_quoted(name)}' for name in table.by)})" for side in which]
        acts = [f"INSERT INTO pair_change (tbl, key) VALUES ('{table.name}', {keys[0]});"]  # noqa: S608 - names are ours
        if len(keys) > 1:
            acts.append(
                f"INSERT INTO pair_change (tbl, key) SELECT '{table.name}', {keys[1]} WHERE {keys[0]} <> {keys[1]};"
            )
        name = f"{_PREFIX}{table.name}_{kind}"
        text = f'CREATE TRIGGER {name} AFTER {kind.upper()} ON "{table.name}" WHEN {_WHEN} BEGIN {" ".join(acts)} END'
        yield name, text


def _quoted(name: str) -> str:
    return name if name == "rowid" else f'"{name}"'


def _out(value: Any) -> Any:
    return {"b64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _in(value: Any) -> Any:
    return base64.b64decode(value["b64"]) if isinstance(value, Mapping) else value


def _remove(path: Path) -> None:
    for one in (path, *path.parent.glob(f"{path.name}-*")):
        one.unlink(missing_ok=True)


def unwatch(store: Store) -> None:
    """See `PairRows.unwatch`."""
    PairRows(store).unwatch()
