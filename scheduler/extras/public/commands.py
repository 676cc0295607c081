"""`loa ticket list` and `loa ticket answer`: what people reported of loudspeakers, and what became of it.

It parses and prints; the desk asks for the right and decides which step may follow.
"""

from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json, print_table
from scheduler.extras.public.rules.tickets import CLOSED, OPEN, Ticket, TicketState
from scheduler.extras.public.rules.wording_public import TICKET_KINDS, TICKET_STATES
from scheduler.extras.public.service.tickets import TicketService

if TYPE_CHECKING:
    from scheduler.station import Station

MOST = 200


@click.group()
def ticket() -> None:
    """What people reported of loudspeakers on the public page."""


@ticket.command("list")
@click.option("--closed", is_flag=True, help="Those that are done or refused, instead of the open ones.")
@json_option
@pass_context
def listed(context: Context, closed: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives flags
    """Tickets, the newest first."""
    with context.station() as station:
        actor = context.actor(station)
        found = station.services.get(TicketService).listed(actor, CLOSED if closed else OPEN, limit=MOST)
        if as_json:
            print_json({"tickets": [_json(one, station) for one in found]})
        elif not found:
            click.echo("Không có phản ánh nào.")
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


@ticket.command("answer")
@click.argument("number", type=int)
@click.argument("state", type=click.Choice([one.value for one in TicketState if one is not TicketState.NEW]))
@click.option("--words", default="", help="What was done, or why not; its sender reads it when the ticket is closed.")
@pass_context
def answer(context: Context, number: int, state: str, words: str) -> None:
    """Take the next step of a ticket: seen, fixing, done or refused."""
    with context.station() as station:
        actor, tickets = context.actor(station), station.services.get(TicketService)
        made = tickets.answer(actor, tickets.ticket(actor, number), TicketState(state), words)
        click.echo(f"Phản ánh số {made.id}: {TICKET_STATES[made.state]}.")


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
