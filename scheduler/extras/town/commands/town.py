"""`loa town …`: what the town above this ward has sent and a person is to decide, as the page *Từ cấp trên* does it.

The acts are those of every inbox. How the link itself stands is `loa link`.
"""

from typing import TYPE_CHECKING, Any

import click

from scheduler.extras.inbox.commands import InboxCommands
from scheduler.extras.inbox.rules import State
from scheduler.extras.town.rules.kept import TownRow
from scheduler.extras.town.rules.wording_town import TOWN_KINDS, TOWN_STATES
from scheduler.extras.town.service.town import TownService

if TYPE_CHECKING:
    from scheduler.station import Station


@click.group()
def town() -> None:
    """Từ cấp trên: what the town has sent to this ward."""


def _own(station: "Station", row: TownRow) -> dict[str, Any]:
    service = station.services.get(TownService)
    return {
        "issue_id": row.issue_id,
        "kind": row.kind,
        "status": row.status,
        "issuer": service.issuer(row.issuer).name,
        "text": service.adapter.envelope(row).text,
        "loosens": list(service.take.loosens(row)) if row.state == State.WAITING else [],
    }


InboxCommands(
    inbox=lambda station: station.services.get(TownService).inbox,
    own=_own,
    nothing="Không có lệnh nào của cấp trên chờ.",
    accepted=lambda row: f"Đã nhận ({TOWN_KINDS[row.kind].lower()}): {TOWN_STATES[row.state].lower()}.",
    dismissed="Đã bỏ qua.",
    states=TOWN_STATES,
).add_to(town)

COMMANDS = (town,)
