"""How the link to the province is, in numbers for whoever watches the station.

It reads what the process last told of itself, and asks nobody.
"""

from collections.abc import Iterator

from scheduler.core.station.numbers import Number
from scheduler.extras.province.service.bulletins import ProvinceService
from scheduler.services import Services
from scheduler.services.station.link_state import link_numbers

__all__ = ["gauges"]


def gauges(services: Services) -> Iterator[Number]:
    """Of a ward that is linked to a province."""
    state = services.get(ProvinceService).link.state()
    if state.configured:
        yield from link_numbers("province", is_up=state.is_up, reached_at=state.reached_at, outbox=state.queue.waiting)
