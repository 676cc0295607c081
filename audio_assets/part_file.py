"""Files that are being written: locked while somebody writes them, gone or found again when nobody does.

A lock ends with its process, however that ends, so a sweep can tell a file that arrives from one that a crash left.
What a file becomes in the end, and under which name, is its writer's to say.
"""

import errno
import fcntl
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from scheduler.kernel.durable import make_folder
from scheduler.kernel.errors import Refused

__all__ = ["PART", "disk_faults", "part_file", "sweep_unlocked"]

PART = ".part-"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


@contextmanager
def part_file(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A locked temporary file in `folder`; gone afterwards unless it was renamed."""
    make_folder(folder)
    while True:
        part = folder / f"{PART}{secrets.token_hex(8)}"
        try:
            with part.open("xb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if part.exists():  # else a sweep met it before its lock
                    yield file, part
                    return
        finally:
            part.unlink(missing_ok=True)


def sweep_unlocked(paths: Iterable[Path]) -> int:
    """Remove those of the files that nobody is writing; their number. What cannot be opened stays."""
    removed = 0
    for path in paths:
        with suppress(FileNotFoundError, IsADirectoryError, BlockingIOError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            removed += 1
    return removed


@contextmanager
def disk_faults() -> Iterator[None]:
    """A disk that cannot take a file, as a refusal people can act on. Other faults of the system pass through."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Refused("disk_full", path=error.filename or "") from error
        if error.errno in _READ_ONLY:
            raise Refused("disk_readonly", path=error.filename or "") from error
        raise
