"""How the line to the broker of the wards stands, for the look at the whole station.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator

from scheduler.extras.hub.service.town import HubService
from scheduler.services import Services
from scheduler.services.station.checkup_links import line_broken, line_holds
from scheduler.services.station.findings import Finding


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
