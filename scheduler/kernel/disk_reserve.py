"""Room kept back on the disk of the data: when it is full, an emergency and a stop are written all the same.

A file that holds nothing and takes up its blocks. Whoever is about to write what may not wait lets it go where room is
tight; it is put back once the disk has room to spare.
"""

import logging
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from scheduler.kernel.durable import put_in_place

__all__ = ["RESERVE_BYTES", "Reserve", "free_bytes"]

log = logging.getLogger(__name__)

RESERVE_BYTES = 32 << 20
"""An emergency of two minutes as sound is 12 MB; the rest is for its rows and for what else waits to be written."""
TIGHT_BYTES = 16 << 20
"""Less than this left is tight."""
PLENTY = 4
"""So many times its size have to be free before it is put aside."""
NAME = "reserve"


def free_bytes(folder: Path) -> int:
    """What is left of the disk that a folder lies on."""
    return shutil.disk_usage(folder).free


class Reserve:
    """The reserve of one data folder; any process may keep it or let it go."""

    def __init__(self, folder: Path, free_bytes: Callable[[Path], int] = free_bytes) -> None:
        """`free_bytes`: as the function of that name."""
        self._folder, self._free_bytes = folder, free_bytes

    @property
    def path(self) -> Path:
        return self._folder / NAME

    def keep(self) -> bool:
        """Put the room aside if it is not yet and the disk has plenty; whether it is there. Raises OSError."""
        if self.path.exists():
            return True
        if self._free_bytes(self._folder) < PLENTY * RESERVE_BYTES:
            return False
        part = self._folder / f"{NAME}.part"
        try:
            with part.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
            put_in_place(part, self.path)
        finally:
            part.unlink(missing_ok=True)
        return True

    def let_go(self) -> bool:
        """Free it where room is tight, for what may not wait; whether it was. Never raises."""
        with suppress(OSError):
            if self._free_bytes(self._folder) < TIGHT_BYTES:
                self.path.unlink()
                log.warning("the disk is full: the room kept back is let go for what may not wait")
                return True
        return False
