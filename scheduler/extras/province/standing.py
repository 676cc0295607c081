"""How the link to the province stands: what waits for a person, its numbers, and what came in from there.

It reads the inbox and what the process last told of itself; it asks nobody and changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime

from scheduler.core.station.numbers import Number
from scheduler.core.station.tasks import Task
from scheduler.extras.inbox.standing import undecided
from scheduler.extras.province.rows import Bulletins
from scheduler.extras.province.service.bulletins import ProvinceService
from scheduler.services import Services
from scheduler.services.repositories import Repositories
from scheduler.services.station.link_state import link_numbers


def tasks(repos: Repositories, _now: datetime) -> Iterator[Task]:
    """Bulletins of the province that nobody has decided on."""
    return undecided(Bulletins(repos.store), "province", "province_waits", "province_emergency_waits")


def gauges(services: Services) -> Iterator[Number]:
    """Of a ward that is linked to a province."""
    state = services.get(ProvinceService).link.state()
    if state.configured:
        yield from link_numbers("province", is_up=state.is_up, reached_at=state.reached_at, outbox=state.queue.waiting)


def from_province(repos: Repositories) -> frozenset[int]:
    """Their numbers, whatever became of them."""
    sql = "SELECT announcement_id FROM province_inbox WHERE announcement_id IS NOT NULL"
    return frozenset(row["announcement_id"] for row in repos.store.rows(sql))
