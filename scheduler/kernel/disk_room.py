"""The room that a disk keeps: nothing that can wait may take the last of it from the journal and the day's sound.

Whoever is about to write a file asks first, with its size; what asks are uploads, bodies on their way in, the worker's
work, exports and backups. Temporary files of a process lie in the data folder, where they are counted and thrown away
at its start. What may not wait has a reserve besides (`kernel.disk_reserve`).
"""

import logging
import os
import shutil
import tempfile
from pathlib import Path

from scheduler.kernel.disk_reserve import free_bytes
from scheduler.kernel.errors import Refused

__all__ = ["MEGABYTE", "need_room", "same_disk", "use_scratch"]

log = logging.getLogger(__name__)

MEGABYTE = 1_000_000


def need_room(folder: Path, size: int, floor_mb: int) -> None:
    """Refuse `size` more bytes in a folder whose disk would have less than `floor_mb` left. Raises disk_floor."""
    free = free_bytes(next(place for place in (folder, *folder.parents) if place.exists()))
    if free - size < floor_mb * MEGABYTE:
        raise Refused("disk_floor", free_mb=free // MEGABYTE, floor_mb=floor_mb)


def same_disk(one: Path, other: Path) -> bool:
    """Whether two folders share their room. A folder that is not there lies where its parent does."""
    return _device(one) == _device(other)


def _device(folder: Path) -> int:
    return next(place for place in (folder, *folder.parents) if place.exists()).stat().st_dev


def use_scratch(data: Path, process: str) -> Path | None:
    """From here on this process makes its temporary files in a folder of its own below `data`; what lay there is gone.

    None where that cannot be: then they lie where the system puts them.
    """
    folder = data / "tmp" / process
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        log.warning("temporary files are not in %s: %s", folder, error.strerror)
        return None
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    return folder
