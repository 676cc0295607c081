"""What of the province waits for a person.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime

from scheduler.core.station.tasks import Task
from scheduler.extras.inbox.tasks import undecided
from scheduler.extras.province.rows import Bulletins
from scheduler.services.repositories import Repositories


def tasks(repos: Repositories, _now: datetime) -> Iterator[Task]:
    """Bulletins of the province that nobody has decided on."""
    return undecided(Bulletins(repos.store), "province", "province_waits", "province_emergency_waits")
