"""A real disk that is small and fills: the kernel says no, and nobody has to be told what that is like."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import pytest

from scheduler.station import Station


@contextmanager
def small_disk(folder: Path, megabytes: int = 24) -> Iterator[Path]:
    """`folder`, made here, as a disk of its own; the test is left out where this user may mount none."""
    folder.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", folder]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("to mount a small disk takes more rights than this user has")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def no_room(station: Station) -> None:
    """Its database has to grow for every row: what the log of the last writes had taken is given back."""
    emptied, pause = "PRAGMA wal_checkpoint(TRUNCATE)", Event()
    for _ in range(600):
        if station.repos.store.db.conn.execute(emptied).fetchone()[0] == 0:
            return
        pause.wait(0.1)
    raise AssertionError("somebody still reads it")


@contextmanager
def filled(folder: Path) -> Iterator[Path]:
    """Not a free byte is left on the disk of `folder`; the file that fills it."""
    filling = folder / "filling"
    number = os.open(filling, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        for size in (65_536, 4096, 512, 1):
            with suppress(OSError):
                while os.write(number, bytes(size)) == size:
                    continue
        yield filling
    finally:
        os.close(number)
        filling.unlink(missing_ok=True)
