"""What is said of orders of the red lane: that one was received, sounds, waits or ended.

Read from the ring where the rows do not tell it yet, so that it is true while the database takes or gives nothing.
"""

import sqlite3
from dataclasses import replace
from datetime import datetime
from typing import Any

from scheduler.core.model import AiringOutcome, Slot
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.database import gives_no_rows
from web.auth import services

__all__ = ["order_known"]


def order_known(slot_id: str) -> dict[str, Any]:
    """A slot that was ordered, with its title, words, who ordered it, and the instant at which it was received.

    `speaking`: its words are still being spoken. `kept_as_of`: set where its announcement could not be read.
    """
    told, parts = services().air.red.told(slot_id), services().parts
    try:
        facts = parts.slots.facts(slot_id)
    except (NotFound, Refused, sqlite3.Error) as error:
        if told is None or not (isinstance(error, NotFound) or gives_no_rows(error)):
            raise
        slot, title, text, operator = told.slot, told.title, _text_of(told.slot), told.operator
        received = told.at
    else:
        slot, title, text = facts.slot, facts.title, facts.row["text"]
        operator, received = facts.row["operator"] or "", datetime.fromisoformat(facts.row["created_at"])
    if told is not None and told.outcome:
        slot = _ended(slot, told.outcome, told.reason)
    return {
        "slot": slot,
        "title": title,
        "text": text,
        "operator": operator,
        "received": received,
        "speaking": told is not None and not told.spoken and not told.outcome,
        "kept_as_of": told.kept_as_of if told is not None else None,
    }


def _text_of(slot: Slot) -> str:
    """Words of the moment may have no row yet."""
    if slot.announcement_id:
        found = services().parts.store.known_rows("SELECT text FROM announcement WHERE id = ?", (slot.announcement_id,))
        return str(found[0]["text"]) if found else ""
    words = services().parts.typed.read(slot.id)
    return str(words.announcement["text"]) if words else ""


def _ended(slot: Slot, outcome: str, reason: str) -> Slot:
    return replace(slot, outcome=AiringOutcome(outcome), reason=reason)
