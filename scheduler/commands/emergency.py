"""`loa break-in`, `drill`, `correct`: an emergency from the terminal, with or without the page and the network.

They write the order; playout takes it within a tenth of a second. Without a running playout nothing would sound, and
the terminal says so instead of promising it.
"""

from typing import TYPE_CHECKING

import click

from scheduler.commands.base import Context, pass_context
from scheduler.core.model import DEFAULT_ZONE
from scheduler.errors import Refused

if TYPE_CHECKING:
    from scheduler.station import Station

zone_option = click.option("--zone", default=DEFAULT_ZONE, help="Zone it sounds in; default: all.")


def _playout_alive(station: "Station") -> None:
    if not station.desk.air.on_air().alive:
        raise Refused("playout_off")


@click.command("break-in")
@click.argument("announcement_id", type=int, required=False)
@click.option("--text", help="Words of the moment instead of an announcement; spoken by this machine's own voice.")
@click.option("--title", default="", help="What the journal calls it.")
@zone_option
@pass_context
def break_in(context: Context, announcement_id: int | None, text: str | None, title: str, zone: str) -> None:
    """Air an emergency at once, over everything, also at night: an approved announcement, or --text."""
    if (announcement_id is None) == (text is None):
        raise click.UsageError("hãy cho số bản tin đã duyệt, hoặc --text “nội dung”")
    with context.station() as station:
        actor = context.actor(station)
        _playout_alive(station)
        if text is not None:
            slot_id = station.break_in_with(actor, text, title=title, zone=zone)
        elif announcement_id is not None:
            slot_id = station.desk.emergency.break_in(actor, announcement_id, zone=zone)
        click.echo(f"Đã ra lệnh phát khẩn: {slot_id}")
        click.echo(f"Nếu phát nhầm: loa correct {slot_id}")


@click.command()
@click.argument("announcement_id", type=int)
@zone_option
@pass_context
def drill(context: Context, announcement_id: int, zone: str) -> None:
    """Rehearse an emergency: the drill's words before and after, its own chime, never at night."""
    with context.station() as station:
        actor = context.actor(station)
        _playout_alive(station)
        click.echo(f"Đã ra lệnh diễn tập: {station.drill(actor, announcement_id, zone=zone)}")


@click.command()
@click.argument("slot_id")
@pass_context
def correct(context: Context, slot_id: str) -> None:
    """Air the correction (đính chính) of an emergency at once."""
    with context.station() as station:
        actor = context.actor(station)
        _playout_alive(station)
        click.echo(f"Đã ra lệnh phát đính chính: {station.correct(actor, slot_id)}")


COMMANDS = (break_in, drill, correct)
