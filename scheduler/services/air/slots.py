"""Planned and ordered airings as they stand, for whoever shows them.

Reads only: the plan is `campaigns`', orders are `air`'s and `emergency`'s, what is changed by hand is `schedule`'s.
"""

from datetime import date, datetime
from typing import Any

from scheduler.core.model import Slot, Trigger
from scheduler.core.planning.day_plan import Refusal
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories
from scheduler.store.planning.slots import SlotFacts

__all__ = ["SlotService", "emergency_facts", "emergency_or_drill_facts"]


class SlotService:
    def __init__(self, repos: Repositories) -> None:
        self._slots = repos.slots

    def get(self, slot_id: str) -> Slot:
        """One slot. Raises NotFound."""
        return self._slots.slot(slot_id)

    def facts(self, slot_id: str) -> SlotFacts:
        """One slot with the title and state of what it airs. Raises NotFound."""
        return self._slots.facts(slot_id)

    def of_day(self, day: date) -> list[Slot]:
        """Every slot of a day, soonest first."""
        return self._slots.of_day(day)

    def rows_of_day(self, day: date) -> list[dict[str, Any]]:
        """A day's slots with title, dispatch and measured start and seconds, for a page or a table."""
        return self._slots.rows_of_day(day)

    def refusals(self, day: date) -> list[Refusal]:
        """The airings that the plan of a day has no place for."""
        return self._slots.refusals(day)

    def open_between(self, first: datetime, last: datetime) -> list[Slot]:
        """Slots without an end that start in [first, last), soonest first."""
        return self._slots.open_between(first, last)

    def began(self, slot_id: str) -> datetime | None:
        """When the sound of a slot that is on the air began, as playout measured it."""
        found = [one.started_at for one in self._slots.open_airings() if one.slot_id == slot_id and one.started_at]
        return min(found, default=None)


def emergency_facts(repos: Repositories, slot_id: str) -> SlotFacts:
    """An emergency that was ordered. Raises NotFound; Refused no_emergency, for a drill too."""
    facts = emergency_or_drill_facts(repos, slot_id)
    if facts.slot.trigger is Trigger.DRILL:
        raise Refused("no_emergency", title=facts.title)
    return facts


def emergency_or_drill_facts(repos: Repositories, slot_id: str) -> SlotFacts:
    """An emergency or a drill that was ordered. Raises NotFound; Refused no_emergency."""
    facts = repos.slots.facts(slot_id)
    if facts.slot.trigger not in {Trigger.EMERGENCY, Trigger.DRILL}:
        raise Refused("no_emergency", title=facts.title)
    return facts
