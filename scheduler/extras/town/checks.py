"""How the line to the town stands, for the look at the whole station.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator
from datetime import timedelta

from scheduler.core.words.wording import sentence_of
from scheduler.extras.town.service.town import TownService
from scheduler.services import Services
from scheduler.services.station.checkup_links import line_broken, line_holds, local_text
from scheduler.services.station.findings import Finding

OWED_FOR = timedelta(hours=1)
"""So long a report to the town may wait before it is worth a word."""


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
