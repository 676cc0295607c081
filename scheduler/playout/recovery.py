"""What a crash or a power cut left open, and the end each of it gets.

The rows say what was measured up to a second before; the black box, where the file survived, up to a block. A relay
whose window is still open goes on; everything else ends with what was heard of it, and nothing is aired twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.core.air.output_share import WHOLE, OutputShare, after_cut, going_on, is_heard, worst
from scheduler.core.air.timeline import RELAY_LEAST
from scheduler.core.model import AiringOutcome, Slot, Trigger, milliseconds_of
from scheduler.core.stops import WhyEnded
from scheduler.playout.blackbox import Measured
from scheduler.playout.end_record import EndRecord
from scheduler.store import Airing, Ending, instant_text
from scheduler.store.red_lane.red_fields import ending_of_fields
from scheduler.store.red_ring import Placed

__all__ = ["Missed", "end_of", "goes_on", "sounded_before"]

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
    slot: Slot,
    airing: Airing,
    earlier: Sequence[Airing],
    measured: Mapping[str, Measured],
    why: str = WhyEnded.CUT,
) -> Ending:
    """The end of an attempt that nobody ended; `earlier`: the attempts before it; `why`: of playout's end.

    The black box speaks of the worst loudspeaker, so every other one has sounded as much at least.
    """
    started_at, played_ms, shares = airing.started_at, airing.played_ms, airing.shares
    if (found := measured.get(slot.id)) and (found_ms := milliseconds_of(found.frames)) >= played_ms:
        started_at, played_ms = started_at or found.started_at, found_ms
    shares = None if shares is None else tuple(_lifted(one, played_ms) for one in shares)
    ended_at = replace(airing, started_at=started_at, played_ms=played_ms, shares=shares).silent_from
    heard, run = _run(earlier, slot)
    run = after_cut(run, shares or ()) if shares or run else ()
    if run and (judged := worst(run)) is None:
        if any(one.played_ms for one in run):
            return Ending(AiringOutcome.RECORDED, why, shares=shares)
        return Ending(AiringOutcome.MISSED, why, shares=shares)
    whole = judged.played_ms if run and judged else played_ms + heard
    sounded = is_heard(run, played_ms + heard)
    if whole >= WHOLE * slot.length.total_seconds() * 1000:
        outcome, reason = AiringOutcome.PLAYED, ""
    elif sounded or started_at:
        outcome, reason = (AiringOutcome.PARTIAL if sounded else AiringOutcome.FAILED), why
    else:  # it was armed, and nothing says that it ever began: it is owed as if it had not been
        outcome, reason = AiringOutcome.MISSED, why
    return Ending(outcome, reason, started_at, ended_at, played_ms, shares=shares)


def sounded_before(placed: Sequence[Placed]) -> Iterator[tuple[str, datetime]]:
    """Zone and end of what was heard of orders of the ring whose rows may not tell it yet."""
    for one in placed:
        if one.order["kind"] == "order" and one.state == "ended" and (told := one.answer.get("ending")):
            ending = ending_of_fields(told)
            if ending.is_heard and ending.ended_at:
                yield str(one.order["zone"]), ending.ended_at


def _lifted(share: OutputShare, least_ms: int) -> OutputShare:
    """A share was written once a second; what the black box says of the worst loudspeaker is newer."""
    if not share.counts or share.is_refused or share.played_ms >= least_ms:
        return share
    return replace(share, played_ms=min(least_ms, max(share.total_ms - share.lost_ms, share.played_ms)))


def _run(earlier: Sequence[Airing], slot: Slot) -> tuple[int, tuple[OutputShare, ...]]:
    """What earlier attempts gave: all their seconds, and what counts of them for the last one."""
    whole_ms = round(slot.length / timedelta(milliseconds=1))
    run: tuple[OutputShare, ...] = ()
    for one in earlier:
        run = going_on(run, one.shares or (), whole_ms)
    return sum(one.played_ms for one in earlier), run
