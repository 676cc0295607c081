"""A backup, put back into an empty folder: looked through first, unpacked beside its place, tried, then named.

It never writes over a station, running or not: one that is to be replaced is set aside whole, under another name. It
takes no path from the file that leads out of the folder. What airs from it afterwards is exactly what was backed up:
the same rows, the same sounds, the same keys. Orders that a replaced station has no rows of yet come along.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from scheduler.kernel.causes import reason_of
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.disk_reserve import free_bytes
from scheduler.kernel.disk_room import MEGABYTE
from scheduler.kernel.durable import put_in_place, swap_in, sync_folder
from scheduler.kernel.errors import Refused
from scheduler.services.backup.archive import HEAD, LIST, Contents, Tell, looked_through, opened, reading
from scheduler.services.backup.members import parts_of
from scheduler.services.backup.restore_orders import OF_THE_MOMENT, carry_orders
from scheduler.services.backup.sounds import kept_sound
from scheduler.store.air.anchor import NAME, Anchor
from scheduler.store.air.anchoring import RESTORED, ends_of
from scheduler.store.air.journal import Entry, Journal
from scheduler.store.database import Store, insert, instant_text
from scheduler.store.station.backup_runs import BackupRuns
from scheduler.store.station.restore_tried import try_database
from scheduler.store.versions import bring_up

__all__ = ["CONFIG", "half_restored", "restore", "set_aside"]

CONFIG = "cau-hinh-da-luu"
"""Where config.toml and what it names are put, inside the data folder."""
_NOT_PUT_BACK = {HEAD, LIST} | {f"data/{name}" for name in OF_THE_MOMENT}
_PIECE = 1 << 20
_ROOM = 100_000_000
"""Bytes that are left free for the station that begins."""
_REASONS = dict.fromkeys(
    (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EILSEQ), "backup_damaged"
)
"""What the disk says of a name that no backup of ours has, among others."""


def restore(
    path: Path,
    folder: Path,
    passphrase: str = "",
    tell: Tell = lambda _: None,
    *,
    replaced_at: datetime | None = None,
    now: datetime | None = None,
) -> Contents:
    """Unpack the backup `path` into `folder`; what it holds. The folder must not be there or be empty, unless the time
    is given at which a station that does not run is replaced: that one is then kept as `set_aside` names it.

    Raises Refused: restore_living, restore_not_empty, restore_no_room, backup_not_ours, backup_passphrase,
    backup_damaged, backup_newer, backup_sounds_missing, disk_full, disk_readonly. What was there then stands.
    """
    with _not_living(folder):
        return _restored(path, folder, passphrase, tell, replaced_at, now or replaced_at or SystemClock().now())


def half_restored(folder: Path) -> Path:
    """Where a station is unpacked before it takes the place of the folder; a restore that was killed leaves it."""
    return folder.with_name(folder.name + ".restoring")


def set_aside(folder: Path, replaced_at: datetime) -> Path:
    """Where the folder that was replaced at this time lies."""
    return folder.with_name(f"{folder.name}.before-{replaced_at:%Y%m%d-%H%M%S}")


def _restored(
    path: Path, folder: Path, passphrase: str, tell: Tell, replaced_at: datetime | None, now: datetime
) -> Contents:
    is_replaced = replaced_at is not None and folder.is_dir() and _holds(folder)
    if folder.exists() and not is_replaced and (not folder.is_dir() or _holds(folder)):
        raise Refused("restore_not_empty", path=folder)
    contents = looked_through(path, passphrase, lambda share: tell(0.4 * share))
    beside = half_restored(folder)
    shutil.rmtree(beside, ignore_errors=True)
    _need_room(contents, folder)
    try:
        beside.mkdir(mode=0o700, parents=True)
        with reading(path):
            _unpack(path, contents, beside, passphrase, lambda share: tell(0.4 + 0.55 * share))
        try_database(beside / "loa.db")
        _journal_restore(beside / "loa.db", contents, path, folder if is_replaced else None, now)
        if is_replaced:
            carry_orders(folder, beside)
        _named(beside, folder, set_aside(folder, replaced_at) if replaced_at and is_replaced else None)
    except OSError as error:
        raise Refused(_REASONS.get(error.errno or 0) or reason_of(error, "disk_readonly"), part=path.name) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    tell(1.0)
    return contents


@contextmanager
def _not_living(folder: Path) -> Iterator[None]:
    """No station runs on `folder`, and none may begin to. Raises Refused restore_living."""
    held = folder / "station.lock"
    if not held.exists():
        yield
        return
    lock = FileLock(held)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Refused("restore_living", path=folder) from error
    try:
        yield
    finally:
        lock.release()


def _holds(folder: Path) -> bool:
    """Whether anything but a lock lies in it."""
    return any(one.name != "station.lock" for one in folder.iterdir())


def _named(beside: Path, folder: Path, aside: Path | None) -> None:
    """What was unpacked takes its place, all its names on the disk; it belongs to whom the old folder belonged."""
    for one in (beside, *(path for path in beside.rglob("*") if path.is_dir())):
        sync_folder(one)
    if aside is None:
        if folder.exists():
            (folder / "station.lock").unlink(missing_ok=True)
            folder.rmdir()
        put_in_place(beside, folder)
        return
    _belongs_as(folder, beside)
    swap_in(beside, folder, aside)


def _belongs_as(model: Path, root: Path) -> None:
    owner = model.stat()
    if os.geteuid() or not owner.st_uid:
        return
    for one in (root, *root.rglob("*")):
        os.chown(one, owner.st_uid, owner.st_gid)


def _need_room(contents: Contents, folder: Path) -> None:
    """Room for all that is unpacked, and some for the station to begin. Raises Refused restore_no_room."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    free, needed = free_bytes(there), contents.bytes + _ROOM
    if free < needed:
        raise Refused("restore_no_room", needed=needed // MEGABYTE, free=free // MEGABYTE)


def _unpack(path: Path, contents: Contents, root: Path, passphrase: str, tell: Tell) -> None:
    """Every member and every sound beside the file, held once more against what was looked through."""
    for name, stream in opened(path, passphrase, tell):
        if name not in _NOT_PUT_BACK:
            _unpacked(stream, _place(root, name), contents.members.get(name))
    for name, kept in contents.sounds.items():
        with kept_sound(contents.sounds_in or path.parent, kept, passphrase) as stream:
            _unpacked(stream, _place(root, name), (kept.size, kept.sha256))


def _place(root: Path, name: str) -> Path:
    """Where a member goes: data into the folder itself, configuration into a folder of its own inside it."""
    parts = parts_of(name)
    return root.joinpath(*((CONFIG,) if parts[0] == "config" else ()), *parts[1:])


def _unpacked(stream: IO[bytes], place: Path, wanted: tuple[int, str] | None) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while piece := stream.read(_PIECE):
            out.write(piece)
            digest.update(piece)
            size += len(piece)
        out.flush()
        os.fsync(out.fileno())
    if (size, digest.hexdigest()) != wanted:  # another file than the one that was looked through
        raise Refused("backup_damaged", part=place.name)


def _journal_restore(database: Path, contents: Contents, path: Path, replaced: Path | None, now: datetime) -> None:
    """The restore as a row of the journal, and the chains anchored anew from it: what is missing is told. The run that
    made the backup `path`, under way in it, has ended well.
    """
    held = Anchor(replaced / NAME).held() if replaced else None
    note = f"backup of {contents.made_at}, rows up to {contents.journal_rows}"
    if held and held.records:
        journal, audit = held.records[-1].ends
        note += f"; replaced: rows up to {journal.seq} {journal.hash}, acts up to {audit.seq} {audit.hash}"
    store = Store(database)
    try:
        bring_up(store.db, database)
        BackupRuns(store).end_left(datetime.fromisoformat(contents.made_at), file=path.name, size=path.stat().st_size)
        with store.write() as db:
            Journal(store).append(db, Entry(at=now, kind="station", day=f"{now:%Y-%m-%d}", reason=RESTORED, note=note))
            name = Anchor(database.with_name(NAME)).begin(ends_of(store), now)
            insert(db, "anchored", {"name": name, "since": instant_text(now)})
        store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        store.close()
