"""What of an inbox waits for a person, for the list of what is to be done.

It reads rows that others have written, and changes nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

from scheduler.core.station.tasks import Gravity, Task
from scheduler.extras.inbox.rows import InboxRows
from scheduler.extras.inbox.rules import RowT, State
from scheduler.services.station.task_causes import waiting

__all__ = ["undecided"]


def undecided(rows: InboxRows[RowT], mend: str, reason: str, grave: str) -> Iterator[Task]:
    """What nobody has decided on, until it expires; `grave` is the reason of an emergency."""
    for row in rows.many("state = ?", (State.WAITING,)):
        told, gravity = (grave, Gravity.NOW) if row.is_emergency else (reason, Gravity.WAITS)
        task = waiting(f"{reason}:{row.id}", told, mend, row.id, row.title, gravity)
        yield replace(task, due=row.expires_at, zones=frozenset(row.zones))
