"""A database out of a backup, tried before it takes a station's place: whole, of this kind, not of a newer release.

What a release older than this one wrote is brought up in a copy, so that a station that cannot begin with it keeps its
own. It changes nothing in the database but what was told to a town after the backup.
"""

import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlite_utils.db import Database

from scheduler.features import FEATURES, load
from scheduler.kernel.errors import LoaError, Refused
from scheduler.store.database import Store
from scheduler.store.versions import known_steps, make_schema, steps_of

__all__ = ["try_database"]

_NAME = "data/loa.db"


def try_database(path: Path) -> None:
    """Raises Refused backup_damaged, backup_not_ours, backup_newer."""
    store = Store(path)
    try:
        _whole(store)
        if set(steps_of(store.db)) == set(known_steps()):
            _refuse_strange(store)
        else:
            _brought_up(path)
        with store.write() as db:
            for begin in (load(where) for feature in FEATURES for where in feature.restored):
                begin(db.conn)
        store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise Refused("backup_damaged", part=_NAME) from error
    finally:
        store.close()


def _whole(store: Store) -> None:
    if store.value("PRAGMA integrity_check") != "ok":
        raise Refused("backup_damaged", part=_NAME)
    done, known = steps_of(store.db), known_steps()
    if set(done) - set(known):
        raise Refused("backup_newer")
    if known[0] not in done:
        raise Refused("backup_not_ours")


def _refuse_strange(store: Store) -> None:
    """It has the tables of this release, and nothing that acts by itself but what this release has."""
    fresh = Database(memory=True)
    make_schema(fresh.conn, known_steps())
    here, usual = _shape(store.db), _shape(fresh)
    strange = {one for one in here ^ usual if one in usual or one[0] != "table"}
    if strange:
        raise Refused("backup_damaged", part=min(strange)[1][:80])


def _shape(db: Database) -> set[tuple[str, str]]:
    """Tables, triggers and views, by kind and name."""
    found = db.conn.execute("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'trigger', 'view')")
    return {(str(kind), str(name)) for kind, name in found if not str(name).startswith("sqlite_")}


def _brought_up(path: Path) -> None:
    copy = path.with_name(f"{path.name}.tried")
    try:
        shutil.copyfile(path, copy)
        tried = Store(copy)
        try:
            tried.migrate()
            _refuse_strange(tried)
        except Refused:
            raise
        except LoaError as error:
            raise Refused("backup_damaged", part=_NAME) from error
        finally:
            tried.close()
    finally:
        for one in copy.parent.glob(f"{copy.name}*"):
            with suppress(OSError):
                one.unlink()
