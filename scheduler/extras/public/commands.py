"""`loa ticket list` and `loa ticket answer`: what people reported of loudspeakers, and what became of it.

It parses and prints; the desk asks for the right and decides which step may follow.
"""

from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json, print_table
from scheduler.commands.derived import DerivedGroup
from scheduler.commands.language import say
from scheduler.extras.public.rules.tickets import CLOSED, OPEN, Ticket
from scheduler.extras.public.rules.wording_public import TICKET_KINDS, TICKET_STATES
from scheduler.extras.public.service.tickets import TicketService

if TYPE_CHECKING:
    from scheduler.station import Station

MOST = 200


@click.group(cls=DerivedGroup)
def ticket() -> None:
    """What people reported of loudspeakers on the public page."""


@ticket.command("list")
@click.option("--closed", is_flag=True, help="Those that are done or refused, instead of the open ones.")
@json_option
@pass_context
def listed(context: Context, closed: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives flags
    """What people reported of loudspeakers on the public page (phản ánh), the newest first.

    Telephone numbers stand on the page alone.
    """
    with context.station() as station:
        actor = context.actor(station)
        found = station.services.get(TicketService).listed(actor, CLOSED if closed else OPEN, limit=MOST)
        if as_json:
            print_json({"tickets": [_json(one, station) for one in found]})
        elif not found:
            say("Không có phản ánh nào.")
        else:
            print_table(
                ("Số", "Chuyện", "Vùng", "Cụm", "Nghe lúc", "Người báo", "Tình trạng"),
                [
                    (
                        one.id,
                        TICKET_KINDS[one.kind],
                        one.zone,
                        one.cluster or "-",
                        f"{local(one.at, station.config):%H:%M %d/%m/%Y}",
                        one.reports,
                        TICKET_STATES[one.state],
                    )
                    for one in found
                ],
            )


def _json(one: Ticket, station: "Station") -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "zone": one.zone,
        "cluster": one.cluster,
        "at": local(one.at, station.config).isoformat(),
        "state": one.state.value,
        "reports": one.reports,
        "opened_at": local(one.opened_at, station.config).isoformat(),
        "closed_at": local(one.closed_at, station.config).isoformat() if one.closed_at else None,
    }


COMMANDS = (ticket,)
