"""How the line to the second machine stands, for the look at the whole station.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator

from scheduler.extras.failover.service import PairDesk
from scheduler.services import Desk
from scheduler.services.station.findings import Finding


def checks(desk: Desk) -> Iterator[Finding]:
    """One finding at least, where the line is configured."""
    state = desk.get(PairDesk).state()
    if not state.configured:
        return
    for reason, details in state.reasons:
        yield Finding(False, "Hai máy", reason, details)
    if not state.reasons:
        yield Finding(True, "Hai máy", "check_pair_here" if state.here else "check_pair_follows", {"peer": state.peer})
