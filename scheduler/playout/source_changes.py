"""Where relays and live voices come from now: into the log and the journal, and the end of a voice that is lost.

It chooses no source; that is the relay chain's.
"""

import logging
from datetime import datetime

from scheduler.core.model import Trigger
from scheduler.playout.active_airings import ActiveAirings
from scheduler.store.air.journal import Journal

__all__ = ["tell_changes"]

log = logging.getLogger(__name__)


def tell_changes(in_hand: ActiveAirings, journal: Journal, now: datetime) -> None:
    """What the sources have told since the last call."""
    for change in in_hand.incoming.step(now):
        slot = in_hand.slot(change.slot_id)
        if slot is None:
            continue
        log.info("slot %s: from %s to %s: %s", change.slot_id, change.origin, change.to, change.reason)
        if slot.trigger is Trigger.LIVE:
            if change.is_silence:
                in_hand.lose(slot.id)
            continue
        note = f"{slot.id}: {change.origin} -> {change.to}"
        reason = change.reason if change.reason.startswith("relay_") else f"relay_{change.reason}"
        journal.note("relay", slot.day.isoformat(), reason, note, now)
