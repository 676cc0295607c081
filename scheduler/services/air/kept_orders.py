"""An emergency ordered while rows cannot be read: none of them, or not those of its announcement.

What may be ordered and who may order is what the rows told last (`red_kept`); the order goes into the ring, and
its rows follow once there are some. Only templates: words of the moment and drills need rows. The gate of playout asks
everything again.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.core.air.cue_list import Cue, length
from scheduler.core.model import DEFAULT_ZONE, Frames, Person, Slot, Trigger
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.air.red_orders import RedOrders, order_slot
from scheduler.services.repositories import Repositories, known_zone, permit
from scheduler.store.air.journal import Entry
from scheduler.store.people.people import MACHINE_LOGIN
from scheduler.store.red_lane.red_kept import KeptKit, RedKept, RedKit

__all__ = ["KeptOrders", "kept_as_of"]


def kept_as_of(data: Path) -> datetime | None:
    """When the rows last told the data folder what may be ordered at once; None = they never did."""
    return RedKept(data).as_of()


class KeptOrders:
    def __init__(self, repos: Repositories, red: RedOrders) -> None:
        self._repos, self._red = repos, red
        file = RedKept(repos.written.data)
        self._kept = file.read() or RedKit()
        self.as_of: datetime | None = file.as_of()
        """When the rows last told it."""

    def person(self, login: str | None) -> Person:
        """Who acts: the person of this login, else of this machine. Raises NotFound; Refused red_nothing_kept."""
        if not self._kept.people:
            raise Refused("red_nothing_kept")
        wanted = (login or MACHINE_LOGIN).casefold()
        found = next((one for one in self._kept.people if one.login.casefold() == wanted), None)
        if found is None:
            raise NotFound("person", login or MACHINE_LOGIN)
        return found

    def templates(self) -> list[KeptKit]:
        """Approved emergencies, the newest first."""
        found = {one.announcement_id: one for one in self._kept.kits if one.trigger == Trigger.EMERGENCY}
        return [found[key] for key in sorted(found, reverse=True)]

    def break_in(self, actor: Person, announcement_id: int, *, zone: str = DEFAULT_ZONE) -> str:
        """Air one of them at once, over everything (its slot's id). Raises NotPermitted; Refused zone_unknown,
        red_no_template, red_lane_closed.
        """
        permit(actor, "break_in", zone)
        known_zone(self._repos.config, zone)
        slot, title = self.slot(announcement_id, zone=zone)
        return self.order(actor, slot, title)

    def slot(self, announcement_id: int, *, zone: str, grace: timedelta = timedelta(0)) -> tuple[Slot, str]:
        """What an order of a template would be, and its title. Raises Refused red_no_template, red_lane_closed."""
        kit = next((one for one in self.templates() if one.announcement_id == announcement_id), None)
        if kit is None:
            raise Refused("red_no_template", number=announcement_id)
        if not self._repos.red.is_there:
            raise Refused("red_lane_closed")
        start = self._repos.clock.now() + grace
        slot = order_slot(
            self._repos,
            Trigger.EMERGENCY,
            announcement_id,
            kit.audio_sha256,
            zone=zone,
            start=start,
            repeat=kit.repeat,
        )
        items = tuple(Cue(kind, Frames(frames)) for kind, frames in kit.items)
        return replace(slot, length=length(items)), kit.title

    def order(self, operator: Person, slot: Slot, title: str, entry: Entry | None = None) -> str:
        """Give it. Who calls has asked for the right. Raises Refused red_lane_closed."""
        return self._red.order_in_ring(operator, slot, title, self.as_of, entry)
