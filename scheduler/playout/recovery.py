"""What a crash or a power cut left open, and the end each of it gets.

The rows say what was measured up to a second before; the black box, where the file survived, up to a block. A relay
whose window is still open goes on; everything else ends with what was heard of it, and nothing is aired twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.core.model import AiringOutcome, Slot, Trigger, milliseconds_of
from scheduler.core.stops import WhyEnded
from scheduler.core.timeline import RELAY_LEAST
from scheduler.playout.blackbox import Measured
from scheduler.playout.sound import WHOLE
from scheduler.store import Airing, Ending, instant_text
from scheduler.store.end_record import EndRecord

__all__ = ["Missed", "end_of", "goes_on"]

BACK_WITHIN = timedelta(minutes=2)
"""How long after its playout was ended a station that lives has another one: what is due later was missed by more."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Why what was due while no playout ran was missed: `why` up to `until`, then because the station was off."""

    why: str = "station_off"
    until: datetime | None = None

    @classmethod
    def since(cls, record: EndRecord | None) -> "Missed":
        return cls(record.why, record.at + BACK_WITHIN) if record else cls()

    def of(self, start: str) -> str:
        """Of what was to begin at `start`, an instant as the store writes it."""
        return self.why if self.until is None or start <= instant_text(self.until) else "station_off"


def goes_on(slot: Slot, now: datetime) -> bool:
    """A relay is joined again; no other airing is."""
    return slot.trigger is Trigger.RELAY and slot.end - now >= RELAY_LEAST


def end_of(
    slot: Slot, airing: Airing, earlier_ms: int, measured: Mapping[str, Measured], why: str = WhyEnded.CUT
) -> Ending:
    """The end of an attempt that nobody ended; `earlier_ms`: what attempts before it gave; `why`: of playout's end."""
    started_at, played_ms = airing.started_at, airing.played_ms
    if (found := measured.get(slot.id)) and (found_ms := milliseconds_of(found.frames)) >= played_ms:
        started_at, played_ms = started_at or found.started_at, found_ms
    heard = played_ms + earlier_ms
    if heard >= WHOLE * slot.length.total_seconds() * 1000:
        outcome, reason = AiringOutcome.PLAYED, ""
    elif heard or started_at:
        outcome, reason = (AiringOutcome.PARTIAL if heard else AiringOutcome.FAILED), why
    else:  # it was armed, and nothing says that it ever began: it is owed as if it had not been
        outcome, reason = AiringOutcome.MISSED, why
    ended_at = started_at + timedelta(milliseconds=played_ms) if started_at else None
    return Ending(outcome, reason, started_at, ended_at, played_ms)
