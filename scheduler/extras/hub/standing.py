"""How the line to the broker and each ward stands: what a look at the station finds, and the numbers of a town's desk.

It reads rows and what the process last told of itself, and asks nobody. A ward that was shut out has no numbers.
"""

from collections.abc import Iterator

from scheduler.core.station.numbers import Number
from scheduler.extras.hub.service.town import HubService
from scheduler.services import Services
from scheduler.services.station.checkup_links import line_broken, line_holds
from scheduler.services.station.findings import Finding
from scheduler.services.station.link_state import link_numbers

WARD = ("ward",)


def checks(services: Services) -> Iterator[Finding]:
    """One finding at least, where the line is configured."""
    state = services.get(HubService).state()
    if not state.configured:
        return
    if not state.alive:
        yield Finding(False, "Máy chủ tin", "check_hub_process")
    elif state.reason:
        yield Finding(False, "Máy chủ tin", state.reason, state.details)
    elif not state.connected:
        yield line_broken("Máy chủ tin")
    else:
        yield line_holds(services, "Máy chủ tin", state.reached_at)
    if state.waiting:
        yield Finding(None, "Máy chủ tin", "check_hub_waiting", {"messages": state.waiting})
    if not services.repos.config.backup.passphrase_file:
        yield Finding(False, "Sao lưu", "check_hub_backup_open")


def gauges(services: Services) -> Iterator[Number]:
    """Of a station that is the desk of a town; who is connected is left out while the broker does not tell it."""
    hub = services.get(HubService)
    state = hub.state()
    if not state.configured:
        return
    yield from link_numbers("wards", is_up=state.connected, reached_at=state.reached_at, outbox=state.waiting)
    wards = [one for one in hub.wards() if one.revoked_at is None]
    known = {(one.id,): one.connected for one in wards if one.connected is not None}
    yield Number("loa_ward_connected", "1 = the ward has a connection to the broker.", known, WARD)
    heard = {(one.id,): one.heard_at.timestamp() for one in wards if one.heard_at}
    yield Number("loa_ward_heard_timestamp_seconds", "When a word of the ward last came.", heard, WARD)
    owed = {(one.id,): one.queue for one in wards if one.queue is not None}
    yield Number("loa_ward_owed", "What waited in the ward to be told, as it said last.", owed, WARD)
