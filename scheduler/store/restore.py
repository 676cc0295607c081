"""A backup, put back into an empty folder: looked through first, unpacked beside its place, tried, then named.

It never writes over a station, running or not, and takes no path from the file that leads out of the folder. What
airs from it afterwards is exactly what was backed up: the same rows, the same sounds, the same keys.
"""

import os
import shutil
from pathlib import Path, PurePosixPath
from typing import IO

from filelock import FileLock, Timeout
from sqlite_utils.db import Database

from scheduler.errors import Refused
from scheduler.store.backup import DATABASE, HEAD, LIST, Contents, Tell, looked_through, opened, reading
from scheduler.store.database import Store
from scheduler.store.migrations import migrations

__all__ = ["CONFIG", "restore"]

CONFIG = "cau-hinh-da-luu"
"""Where config.toml and what it names are put, inside the data folder."""
_PIECE = 1 << 20


def restore(path: Path, folder: Path, passphrase: str = "", tell: Tell = lambda _: None) -> Contents:
    """Unpack the backup `path` into `folder`, which must not be there or be empty; what it holds.

    Raises Refused: restore_living, restore_not_empty, backup_not_ours, backup_passphrase, backup_damaged, backup_newer,
    disk_full, disk_readonly.
    """
    _must_be_empty(folder)
    contents = looked_through(path, passphrase, lambda share: tell(0.4 * share))
    beside = folder.with_name(folder.name + ".restoring")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(mode=0o700, parents=True)
        with reading(path):
            for name, stream in opened(path, passphrase, lambda share: tell(0.4 + 0.55 * share)):
                if name not in {HEAD, LIST}:
                    _unpacked(stream, _place(beside, name))
        _tried(beside / "loa.db")
        if folder.exists():
            folder.rmdir()
        beside.replace(folder)
    except OSError as error:
        raise Refused("disk_full" if error.errno == 28 else "disk_readonly") from error  # noqa: PLR2004 - ENOSPC
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    tell(1.0)
    return contents


def _must_be_empty(folder: Path) -> None:
    if not folder.exists():
        return
    held = folder / "station.lock"
    if held.exists():
        try:
            with FileLock(held, timeout=0):
                pass
        except Timeout as error:
            raise Refused("restore_living", path=folder) from error
    if not folder.is_dir() or any(folder.iterdir()):
        raise Refused("restore_not_empty", path=folder)


def _place(root: Path, name: str) -> Path:
    """Where a member goes: data into the folder itself, configuration into a folder of its own inside it."""
    parts = PurePosixPath(name).parts
    good = len(parts) > 1 and parts[0] in {"data", "config"} and not {"..", "/", ""} & set(parts)
    if not good or any("\\" in part or ":" in part for part in parts):
        raise Refused("backup_damaged", part=name[:80])
    return root.joinpath(*((CONFIG,) if parts[0] == "config" else ()), *parts[1:])


def _unpacked(stream: IO[bytes], place: Path) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        shutil.copyfileobj(stream, out, _PIECE)
        out.flush()
        os.fsync(out.fileno())


def _tried(database: Path) -> None:
    """It opens, is whole, and knows no step that this release does not know."""
    store = Store(database)
    try:
        if store.value("PRAGMA integrity_check") != "ok":
            raise Refused("backup_damaged", part=DATABASE)
        known = {step.name for step in migrations.pending(Database(memory=True))}
        done = {row["name"] for row in store.rows("SELECT name FROM _sqlite_migrations")}
        if done - known:
            raise Refused("backup_newer")
        store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        store.close()
