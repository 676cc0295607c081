"""What is known of an order of the red lane: that it was received, sounds, waits or ended.

Read from the ring where the rows do not tell it yet, so that it is true while the database takes or gives nothing.
"""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.core.model import AiringOutcome, Slot
from scheduler.kernel.database_faults import gives_no_rows
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.air.red_orders import RedOrders
from scheduler.services.repositories import Repositories

__all__ = ["KnownOrder", "KnownOrders"]


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order as it stands."""

    slot: Slot
    title: str
    text: str
    operator: str
    """Who ordered it."""
    received: datetime
    speaking: bool
    """Its words are still being spoken."""
    kept_as_of: datetime | None
    """Set where its announcement could not be read: it is told as the rows told it then."""


class KnownOrders:
    def __init__(self, repos: Repositories, red: RedOrders) -> None:
        self._repos, self._red = repos, red

    def of(self, slot_id: str) -> KnownOrder:
        """The order of this slot. Raises NotFound."""
        told = self._red.told(slot_id)
        try:
            facts = self._repos.slots.facts(slot_id)
        except (NotFound, Refused, sqlite3.Error) as error:
            if told is None or not (isinstance(error, NotFound) or gives_no_rows(error)):
                raise
            slot, title, text, operator = told.slot, told.title, self._text_of(told.slot), told.operator
            received = told.at
        else:
            slot, title, text = facts.slot, facts.title, facts.row["text"]
            operator, received = facts.row["operator"] or "", datetime.fromisoformat(facts.row["created_at"])
        if told is not None and told.outcome:
            slot = replace(slot, outcome=AiringOutcome(told.outcome), reason=told.reason)
        speaking = told is not None and not told.spoken and not told.outcome
        return KnownOrder(slot, title, text, operator, received, speaking, told.kept_as_of if told else None)

    def _text_of(self, slot: Slot) -> str:
        """Words of the moment may have no row yet."""
        if slot.announcement_id:
            sql = "SELECT text FROM announcement WHERE id = ?"
            found = self._repos.store.known_rows(sql, (slot.announcement_id,))
            return str(found[0]["text"]) if found else ""
        words = self._repos.typed.read(slot.id)
        return str(words.announcement["text"]) if words else ""
