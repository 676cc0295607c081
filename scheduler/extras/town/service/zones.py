"""An issue of the town in each zone that it names: one airing a zone, each under the rules of its own zone.

What one zone's rules refuse keeps no other zone silent, and stands in the journal beside what aired; so do the zones
that the issue names and this ward has not. It decides no zone (`core.town`) and opens no gate.
"""

from collections.abc import Callable, Mapping

from scheduler.core.model import Person
from scheduler.extras.town.rows.town import TownRow
from scheduler.extras.town.rules.routing import place_note
from scheduler.extras.town.service.dispatches import order_entry
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories, permit

__all__ = ["note_places", "order_each", "permit_each"]


def permit_each(actor: Person, what: str, row: TownRow) -> None:
    """Raise NotPermitted unless the person may do it in every zone that an issue is for."""
    for zone in row.zones:
        permit(actor, what, zone)


def order_each(parts: Repositories, row: TownRow, actor: Person, order: Callable[[str], str]) -> str:
    """Order an airing in every zone of an issue; the slot of the first that may be. In the transaction of the caller.

    Raises Refused where it may be in none of them, with the reason of the first.
    """
    slots, refusals = list[str](), dict[str, Refused]()
    for zone in row.zones:
        try:
            slots.append(order(zone))
        except Refused as refused:
            refusals[zone] = refused
    if not slots:
        raise next(iter(refusals.values()))
    note_places(parts, row, actor, refusals)
    return slots[0]


def note_places(parts: Repositories, row: TownRow, by: Person, refusals: Mapping[str, Refused]) -> None:
    """Write into the journal where an issue that airs does not: zones this ward has not, zones whose rules refuse."""
    strange = place_note(row.doubts)
    with parts.store.write() as db:
        if strange is not None:
            named = next(iter(strange.details.values()), "")
            parts.journal.append(db, order_entry(parts, row, by, strange.reason, str(named)))
        for zone, refused in refusals.items():
            note = "; ".join(map(str, refused.details.values()))[:200]
            parts.journal.append(db, order_entry(parts, row, by, refused.reason, note, zone=zone))
