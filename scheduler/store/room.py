"""The room that a disk keeps: nothing that can wait may take the last of it from the journal and the day's sound.

Whoever is about to write a file asks first, with its size; what asks are uploads, bodies on their way in, exports and
backups. What may not wait has a reserve besides (`store.reserve`).
"""

from pathlib import Path

from scheduler.errors import Refused
from scheduler.store.reserve import free_bytes

__all__ = ["MEGABYTE", "need_room"]

MEGABYTE = 1_000_000


def need_room(folder: Path, size: int, floor_mb: int) -> None:
    """Refuse `size` more bytes in a folder whose disk would have less than `floor_mb` left. Raises disk_floor."""
    free = free_bytes(folder)
    if free - size < floor_mb * MEGABYTE:
        raise Refused("disk_floor", free_mb=free // MEGABYTE, floor_mb=floor_mb)
