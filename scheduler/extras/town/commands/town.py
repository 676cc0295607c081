"""`loa town …`: what the town above this ward has sent and a person is to decide, as the page *Từ cấp trên* does it.

It reads rows and calls the desk. How the link itself stands is `loa link`.
"""

from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, json_option, pass_context
from scheduler.extras.inbox.commands import all_option, inbox_id, reason_option, show
from scheduler.extras.inbox.work import air_by_order
from scheduler.extras.town.rules.kept import TownRow
from scheduler.extras.town.rules.wording_town import TOWN_KINDS, TOWN_STATES
from scheduler.extras.town.service.town import TownService

if TYPE_CHECKING:
    from scheduler.station import Station


@click.group()
def town() -> None:
    """Từ cấp trên: what the town has sent to this ward."""


@town.command()
@all_option
@json_option
@pass_context
def inbox(context: Context, everything: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives flags
    """What waits for a person, emergencies first."""
    with context.station() as station:
        services = station.services.get(TownService).inbox
        rows = services.waiting() + (services.under_way() + services.done(200) if everything else [])
        own = _own(station)
        show(rows, station.config, TOWN_STATES, own, as_json=as_json, nothing="Không có lệnh nào của cấp trên chờ.")


def _own(station: "Station") -> Any:
    service = station.services.get(TownService)

    def told(row: TownRow) -> dict[str, Any]:
        return {
            "issue_id": row.issue_id,
            "kind": row.kind,
            "status": row.status,
            "issuer": service.rows.issuer(row.issuer).name,
            "text": service.adapter.envelope(row).text,
            "loosens": list(service.take.loosens(row)) if row.state == "waiting" else [],
        }

    return told


@town.command()
@inbox_id
@pass_context
def accept(context: Context, inbox_id: int) -> None:
    """Put an announcement into the next session, once a leader has approved its sound; or take a proposal over."""
    with context.station() as station:
        row = station.services.get(TownService).inbox.accept(context.actor(station), inbox_id)
        kind = TOWN_KINDS[row.kind]
        click.echo(f"Đã nhận ({kind.lower()}): {TOWN_STATES[row.state].lower()}.")


@town.command()
@inbox_id
@click.option("--heard", is_flag=True, help="You have listened to its sound (an emergency needs no such word).")
@pass_context
def air(context: Context, inbox_id: int, heard: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Air an announcement now: an emergency over everything, a drill as drills air, any other as soon as may be."""
    with context.station() as station:
        services = station.services.get(TownService).inbox
        clip = services.sound(services.get(inbox_id))
        sha256 = clip.sha256 if clip else ""
        slot_id = air_by_order(station, services, context.actor(station), inbox_id, sha256, heard=heard)
        click.echo(f"Đã gửi lệnh phát ngay: {slot_id}")


@town.command()
@inbox_id
@reason_option("Why; it stays beside it, and the town reads it.")
@pass_context
def dismiss(context: Context, inbox_id: int, reason: str) -> None:
    """Leave it aside: nothing of it airs."""
    with context.station() as station:
        station.services.get(TownService).inbox.dismiss(context.actor(station), inbox_id, reason)
        click.echo("Đã bỏ qua.")


COMMANDS = (town,)
