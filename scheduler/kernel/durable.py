"""Names that outlive a power cut: what these give a name, or take one from, is so on the disk when they return.

A file's own sync says nothing of its name: that is its folder's, and a folder is synced by itself. Nothing else in the
house renames a file; what may be lost stands in the test that holds this. Nothing here knows what a file is for.
"""

import ctypes
import errno
import fcntl
import glob
import os
import secrets
from contextlib import suppress
from pathlib import Path

__all__ = ["make_folder", "put_in_place", "swap_in", "sync_file", "sync_folder", "take_away", "write_whole"]

_NEW = ".new"
"""What stays out of backups and is not sent to the ward's other machine."""
_CANNOT = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES})
"""A folder of another's, or of a file system that keeps names by itself, cannot be synced."""

_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD, RENAME_EXCHANGE."""


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk. Raises OSError where the disk fails."""
    try:
        _sync(folder, os.O_DIRECTORY)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise


def sync_file(path: Path) -> None:
    """Have what is in a file on the disk, whoever wrote it. Raises OSError."""
    _sync(path, 0)


def _sync(path: Path, flags: int) -> None:
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | flags)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """The folder and those it is in, where they are not there yet; with their names on the disk."""
    made: list[Path] = []
    place = folder
    while not place.is_dir():
        made.append(place)
        place = place.parent
    for one in reversed(made):
        one.mkdir(mode=mode if one == folder else 0o777, exist_ok=True)
        sync_folder(one.parent)


def put_in_place(part: Path, place: Path) -> None:
    """Give a file that has been synced, or a folder, its name, over whatever had it."""
    part.replace(place)
    sync_folder(place.parent)
    if part.parent != place.parent:
        sync_folder(part.parent)


def swap_in(new: Path, place: Path, aside: Path) -> None:
    """Let `new` take the place of what is at `place`, which is kept as `aside`; on a fault all is as it was.

    All three lie in one folder. Where the system can, at no moment is there nothing at `place`.
    """
    new.replace(aside)
    try:
        exchanged = _exchanged(aside, place)
    except OSError:
        aside.replace(new)
        raise
    if not exchanged:
        aside.replace(new)
        _swap_in_two_steps(new, place, aside)
    try:
        sync_folder(place.parent)
    except OSError:
        place.replace(new)
        aside.replace(place)
        raise


def _swap_in_two_steps(new: Path, place: Path, aside: Path) -> None:
    place.replace(aside)
    try:
        new.replace(place)
    except OSError:
        aside.replace(place)
        raise


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the two have each other's name now, both at once; False where the system or the disk has no such call."""
    sync_folder(one.parent)
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_HERE, os.fsencode(one.absolute()), _HERE, os.fsencode(other.absolute()), _EXCHANGE) == 0:
        return True
    error = ctypes.get_errno()
    if error in {errno.ENOSYS, errno.EINVAL, errno.EPERM}:
        return False
    raise OSError(error, os.strerror(error), str(other))


def write_whole(place: Path, data: bytes, mode: int = 0o600) -> None:
    """A small file, whole or as it was before. Its folder is there. Raises OSError."""
    for left in place.parent.glob(f".{glob.escape(place.name)}.*{_NEW}"):
        _remove_unlocked(left)
    part = place.with_name(f".{place.name}.{secrets.token_hex(4)}{_NEW}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            os.fchmod(file.fileno(), mode)  # whatever the mask
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            put_in_place(part, place)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _remove_unlocked(left: Path) -> None:
    """What a crash left half-written; what somebody is writing stays."""
    with suppress(OSError), left.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        left.unlink()


def take_away(path: Path) -> None:
    """Remove a file that may be there; one that was does not come back."""
    with suppress(FileNotFoundError):
        path.unlink()
        sync_folder(path.parent)
