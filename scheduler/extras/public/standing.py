"""What inhabitants have reported and nobody has ended.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime

from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.station.tasks import Gravity, Task
from scheduler.extras.public.rules.wording_public import TICKET_KINDS
from scheduler.extras.public.service.tickets import TicketService
from scheduler.services.repositories import Repositories


def tasks(repos: Repositories, _now: datetime) -> Iterator[Task]:
    """What inhabitants have reported and nobody has ended."""
    for ticket in TicketService(repos).open():
        place = ticket.cluster or ("cả phường" if ticket.zone == DEFAULT_ZONE else f"vùng {ticket.zone}")
        details = {"number": str(ticket.id), "what": TICKET_KINDS[ticket.kind].lower(), "place": place}
        if ticket.reports > 1:
            details["reports"] = str(ticket.reports)
        yield Task(f"ticket:{ticket.id}", "ticket_open", Gravity.WAITS, "ticket", str(ticket.id), details=details)
