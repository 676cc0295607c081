"""What of the town waits for a person.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime

from scheduler.core.station.tasks import Mend, Task
from scheduler.services.repositories import Repositories
from scheduler.services.station.task_causes import from_outside, is_emergency


def tasks(parts: Repositories, _now: datetime) -> Iterator[Task]:
    """Issues of the town that nobody has decided on."""
    sql = "SELECT id, title, priority, status, expires_at FROM town_inbox WHERE state = 'waiting'"
    for row in parts.store.rows(sql):
        urgent = is_emergency(row) and row["status"] == "actual"
        yield from_outside(Mend.TOWN, row, "town_waits", "town_emergency_waits", urgent=urgent)
