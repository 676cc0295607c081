"""What of the town waits for a person.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime

from scheduler.core.station.tasks import Task
from scheduler.extras.inbox.tasks import undecided
from scheduler.extras.town.rows.town import Town
from scheduler.services.repositories import Repositories


def tasks(repos: Repositories, _now: datetime) -> Iterator[Task]:
    """Issues of the town that nobody has decided on."""
    return undecided(Town(repos.store), "town", "town_waits", "town_emergency_waits")
