"""The log files of the station's processes: a megabyte each, older ones packed beside it and kept two years and more.

A packed file goes when it is older than that with a margin, or earlier only where all of a process's logs would take
more room than is given to them. A disk that takes nothing costs lines, never the process. What was heard is the
journal's, which is never thinned.
"""

import gzip
import shutil
from datetime import UTC, timedelta
from logging.handlers import RotatingFileHandler
from pathlib import Path

from scheduler.kernel.clock import Clock, SystemClock
from scheduler.kernel.durable import put_in_place, sync_file

__all__ = ["KEPT_FOR", "MOST_BYTES", "LogFile"]

ONE_BYTES = 1_000_000
KEPT_FOR = timedelta(days=800)
MOST_BYTES = 200_000_000
"""Packed, of one process; lines pack to about a twelfth."""


class LogFile(RotatingFileHandler):
    """`name`.log in a folder; full ones become `name`.log.<instant>.gz."""

    def __init__(self, path: Path, clock: Clock | None = None, one_bytes: int = ONE_BYTES) -> None:
        super().__init__(path, maxBytes=one_bytes, backupCount=1, encoding="utf-8")
        self._path, self._clock = path, clock or SystemClock()
        self.most_bytes = MOST_BYTES

    def doRollover(self) -> None:  # noqa: N802 - logging's name
        """Pack what is full, and begin anew; where it cannot be packed, the lines go on in the same file."""
        self.flush()
        now = self._clock.now().astimezone(UTC)
        packed = self._path.with_name(f"{self._path.name}.{now:%Y%m%d-%H%M%S-%f}.gz")
        part = packed.with_suffix(".part")
        try:
            with self._path.open("rb") as full, gzip.open(part, "wb") as file:
                shutil.copyfileobj(full, file)
            sync_file(part)
            put_in_place(part, packed)  # before what it holds is let go
        except OSError:
            part.unlink(missing_ok=True)
            if self._path.stat().st_size < 4 * self.maxBytes:
                return
        if self.stream:
            self.stream.close()
        self._path.open("w").close()
        self.stream = self._open()
        self._thin(f"{self._path.name}.{now - KEPT_FOR:%Y%m%d-%H%M%S-%f}.gz")

    def _thin(self, oldest: str) -> None:
        room = self.most_bytes
        for one in sorted(self._path.parent.glob(f"{self._path.name}.*.gz"), reverse=True):
            room -= one.stat().st_size
            if one.name < oldest or room < 0:
                one.unlink(missing_ok=True)
