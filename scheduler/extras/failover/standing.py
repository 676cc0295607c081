"""How the line to the second machine stands, for the look at the whole station.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator

from scheduler.extras.failover.service import FailoverService
from scheduler.services import Services
from scheduler.services.station.findings import Finding


def checks(services: Services) -> Iterator[Finding]:
    """One finding at least, where the line is configured."""
    state = services.get(FailoverService).state()
    if not state.configured:
        return
    for reason, details in state.reasons:
        yield Finding(False, "Hai máy", reason, details)
    if not state.reasons:
        yield Finding(True, "Hai máy", "check_pair_here" if state.here else "check_pair_follows", {"peer": state.peer})
