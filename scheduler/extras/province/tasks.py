"""What of the province waits for a person.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime

from scheduler.core.station.tasks import Mend, Task
from scheduler.services.repositories import Repositories
from scheduler.services.station.task_causes import from_outside, is_emergency


def tasks(parts: Repositories, _now: datetime) -> Iterator[Task]:
    """Bulletins of the province that nobody has decided on."""
    sql = "SELECT id, title, priority, expires_at FROM province_inbox WHERE state = 'waiting'"
    for row in parts.store.rows(sql):
        urgent = is_emergency(row)
        yield from_outside(Mend.PROVINCE, row, "province_waits", "province_emergency_waits", urgent=urgent)
