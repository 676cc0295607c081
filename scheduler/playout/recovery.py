"""What a crash or a power cut left open, and the end each of it gets.

The rows say what was measured up to a second before; the black box, where the file survived, up to a block. A relay
whose window is still open goes on; everything else ends with what was heard of it, and nothing is aired twice.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from scheduler.core.model import AiringOutcome, Slot, Trigger, milliseconds_of
from scheduler.core.timeline import RELAY_LEAST
from scheduler.playout.blackbox import Measured
from scheduler.playout.sound import WHOLE
from scheduler.store import Airing, Ending

__all__ = ["end_of", "goes_on"]


def goes_on(slot: Slot, now: datetime) -> bool:
    """A relay is joined again; no other airing is."""
    return slot.trigger is Trigger.RELAY and slot.end - now >= RELAY_LEAST


def end_of(slot: Slot, airing: Airing, earlier_ms: int, measured: Mapping[str, Measured]) -> Ending:
    """The end of an attempt that nobody ended; `earlier_ms`: what attempts before it gave."""
    started_at, played_ms = airing.started_at, airing.played_ms
    if (found := measured.get(slot.id)) and (found_ms := milliseconds_of(found.frames)) >= played_ms:
        started_at, played_ms = started_at or found.started_at, found_ms
    heard = played_ms + earlier_ms
    if heard >= WHOLE * slot.length.total_seconds() * 1000:
        outcome, reason = AiringOutcome.PLAYED, ""
    elif heard or started_at:
        outcome, reason = (AiringOutcome.PARTIAL if heard else AiringOutcome.FAILED), "power_cut"
    else:  # it was armed, and nothing says that it ever began: it is owed as if it had not been
        outcome, reason = AiringOutcome.MISSED, "power_cut"
    ended_at = started_at + timedelta(milliseconds=played_ms) if started_at else None
    return Ending(outcome, reason, started_at, ended_at, played_ms)
