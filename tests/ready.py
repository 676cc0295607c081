"""What every station of the tests would make anew and alike is made once in a process: schema, chimes, pages, keys.

`once()` holds while a worker runs its tests, and in the server that forks whole commands for them (`tests.lives`). What
it leaves out is tried where it is the matter: steps of the schema in `tests/store/schema`, chimes and loudness in
`tests/audio`, what a key costs in `tests/kernel`. Nothing of it reaches the product.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from argon2 import PasswordHasher
from sqlite_utils.db import Database

from audio_assets import chime, loudness
from scheduler.kernel import encrypted_archive, passwords
from scheduler.store import database
from scheduler.store.database import Store
from scheduler.store.people import audit
from scheduler.store.people.audit_tables import Watched
from tests.compiled import keep_compiled

STEADY = 8
"""Seconds by which a sound that is the same in each second is measured."""


class Changes:
    """What was set in the place of something else, to be set back."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def setattr(self, owner: Any, name: str, value: Any) -> None:
        self._stack.callback(setattr, owner, name, getattr(owner, name))
        setattr(owner, name, value)

    def undo(self) -> None:
        self._stack.close()


@contextmanager
def once() -> Iterator[None]:
    """Until its end each of them is made a first time and then taken from there."""
    changes = Changes()
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as schema:
        database.bring_up(Database(schema, execute_plugins=False), Path())
        try:
            changes.setattr(database, "bring_up", _begun_with(schema, database.bring_up))
            changes.setattr(audit, "watches", _known_tables(audit.watches))
            for name in ("integrated_lufs", "true_peak_dbtp"):
                changes.setattr(loudness, name, measured_once(getattr(loudness, name)))
            changes.setattr(chime, "chime", cache(chime.chime))
            hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
            changes.setattr(passwords, "_hasher", lambda: hasher)
            changes.setattr(encrypted_archive, "_COST", 1)
            keep_compiled(changes)
            yield
        finally:
            changes.undo()


def _begun_with(
    schema: sqlite3.Connection, usual: Callable[[Database, Path], None]
) -> Callable[[Database, Path], None]:
    """A new database is a copy of one that went every step here; what is older goes its steps itself."""
    one_at_a_time = threading.Lock()

    def bring_up(db: Database, path: Path) -> None:
        with one_at_a_time:
            if not db.conn.execute("SELECT 1 FROM sqlite_master").fetchone():
                schema.backup(db.conn)
        usual(db, path)

    return bring_up


Watches = Callable[[Store], tuple[dict[str, Watched], tuple[str, ...]]]


def _known_tables(usual: Watches) -> Watches:
    """What the log of acts watches of a schema is found out once; each connection is told of it all the same."""
    known: dict[tuple[str, ...], tuple[dict[str, Watched], tuple[str, ...]]] = {}

    def watches(store: Store) -> tuple[dict[str, Watched], tuple[str, ...]]:
        tables = "SELECT sql FROM main.sqlite_master WHERE type = 'table' ORDER BY name"
        key = tuple(str(row["sql"]) for row in store.rows(tables))
        if key not in known:
            known[key] = usual(store)
        return known[key]

    return watches


def measured_once(measure: Callable[..., float | None]) -> Callable[..., float | None]:
    """The same function; a sound that it has measured already is not measured again, and a long tone by its beginning."""
    known: dict[tuple[bytes, int], float | None] = {}

    def measured(pcm: np.ndarray, rate: int) -> float | None:
        if not isinstance(pcm, np.ndarray) or pcm.dtype != np.int16:
            return measure(pcm, rate)
        if len(pcm) > STEADY * rate and np.array_equal(pcm[rate:], pcm[:-rate]):
            pcm = pcm[: STEADY * rate]
        key = hashlib.sha256(pcm.tobytes()).digest(), rate
        if key not in known:
            known[key] = measure(pcm, rate)
        return known[key]

    return measured
