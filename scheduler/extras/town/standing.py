"""How the link to the town stands: what waits for a person, what a look at the station finds, and its numbers.

It reads rows and what the process last told of itself; it asks nobody and changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from scheduler.core.station.numbers import Number
from scheduler.core.station.tasks import Task
from scheduler.core.words.wording import sentence_of
from scheduler.extras.inbox.standing import undecided
from scheduler.extras.town.rows.town import Town
from scheduler.extras.town.service.town import TownService
from scheduler.services import Services
from scheduler.services.repositories import Repositories
from scheduler.services.station.checkup_links import line_broken, line_holds, local_text
from scheduler.services.station.findings import Finding
from scheduler.services.station.link_state import link_numbers

OWED_FOR = timedelta(hours=1)
"""So long a report to the town may wait before it is worth a word."""


def tasks(repos: Repositories, _now: datetime) -> Iterator[Task]:
    """Issues of the town that nobody has decided on."""
    return undecided(Town(repos.store), "town", "town_waits", "town_emergency_waits")


def checks(services: Services) -> Iterator[Finding]:
    """One finding at least, where the line is configured and does not rest, as on a machine without the air."""
    state = services.get(TownService).up.state()
    if not state.configured or state.rests:
        return
    if not state.alive:
        yield Finding(False, "Thị xã", "check_town_process")
    elif state.reason:
        yield line_broken("Thị xã", sentence_of(state))
    else:
        yield line_holds(services, "Thị xã", state.reached_at)
    if state.is_clock_apart:
        yield Finding(False, "Đồng hồ", "check_clock_apart", {"minutes": abs(state.clock_off_minutes)})
    oldest = state.queue.oldest
    if oldest is not None and services.repos.clock.now() - oldest > OWED_FOR:
        details = {"rows": state.queue.waiting, "time": local_text(services, oldest)}
        yield Finding(None, "Báo về thị xã", "check_town_owed", details)


def gauges(services: Services) -> Iterator[Number]:
    """Of a ward that belongs to a town."""
    state = services.get(TownService).up.state()
    if state.configured:
        yield from link_numbers("town", is_up=state.is_up, reached_at=state.reached_at, outbox=state.queue.waiting)
