"""An order that the red lane has in hand: what it sounds, what its blocks are asked for by, and how far it is.

Plain state for `red_lane`, which holds the lock and decides, and what the gate is asked of it: by what stands in
memory, of the sound that is in hand. The verdict is the gate's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.core.air.gate import GateRequest
from scheduler.core.announcement.approval import may_in
from scheduler.core.model import HOUSE_RATE, AiringOutcome, Person, Priority, Sha256, Slot, Trigger
from scheduler.core.stops import WhyEnded
from scheduler.kernel.mapped_file import Fields
from scheduler.playout.blackbox import Measured
from scheduler.playout.late_words import LateWords
from scheduler.playout.programme import Programme
from scheduler.playout.recovery import end_of
from scheduler.playout.red_sounds import Kit
from scheduler.playout.sound import laid_out
from scheduler.store import Airing, Ending, instant_or_none, instant_text
from scheduler.store.red_lane.red_fields import ordering_person, spoken_order
from scheduler.store.red_ring import Placed

__all__ = ["Mine", "crashed_in", "ordered_by_right", "request_of", "taken_back"]


@dataclass(slots=True)
class Mine:
    """An order that the lane has given to the timeline."""

    placed: Placed
    slot: Slot
    programme: Programme
    request: GateRequest
    title: str
    attempts: int
    taken_at: datetime | None = None
    since: datetime | None = None
    fault: str = ""
    """Why its words could not be spoken."""

    @property
    def told(self) -> Fields:
        """How far it is, for the ring."""
        times = {"taken_at": self.taken_at, "since": self.since}
        return {"attempts": self.attempts} | {name: at and instant_text(at) for name, at in times.items()}

    def take_words(self, kit: Kit, slot: Slot) -> bool:
        """Go on with these words: instead of the chime, or behind it where that sounds; False = they come too late."""
        if self.taken_at is None:
            self.programme = kit.programme(slot)
        elif isinstance(late := self.programme.parts[0], LateWords) and late.say(laid_out(kit.items[2:], kit.sounds)):
            slot = replace(slot, length=timedelta(seconds=len(late) / HOUSE_RATE))
        else:
            return False
        self.slot = slot
        self.placed = replace(self.placed, order=spoken_order(self.placed.order, slot))
        self.request = request_of(slot, slot.audio_sha256, by_right=self.request.emergency_ordered_by_right)
        return True


def taken_back(one: Placed) -> Ending:
    """The end of an order that nobody heard, by who took it back."""
    note = ordering_person(one.cancel).recorded_name if one.cancel else ""
    return Ending(AiringOutcome.CANCELLED, "order_taken_back", note=note)


def crashed_in(slot: Slot, told: Fields, measured: Mapping[str, Measured], why: WhyEnded) -> Ending:
    """The end of an order in which the process before this one ended; `told`: what the ring knows of it."""
    armed, since = instant_or_none(told.get("taken_at")) or slot.start, instant_or_none(told.get("since"))
    return end_of(slot, Airing(slot.id, slot.zone, told["attempts"], armed, since, 0), (), measured, why)


def ordered_by_right(person: Person | None, slot: Slot) -> bool:
    """Whether who orders may do so there; None = nobody who may still act."""
    act = "break_in" if slot.trigger is Trigger.EMERGENCY else "drill"
    return person is not None and may_in(person.role, act, person.zones, slot.zone)


def request_of(slot: Slot, approved_sha256: Sha256, *, by_right: bool) -> GateRequest:
    """`by_right`: who orders may do so, as far as was last read."""
    real = slot.trigger is Trigger.EMERGENCY and slot.priority is Priority.EMERGENCY
    return GateRequest(
        slot_id=slot.id,
        start=slot.start,
        end=slot.end,
        priority=slot.priority,
        emergency_ordered_by_right=real and by_right,
        audio_sha256=slot.audio_sha256,
        approved_sha256=approved_sha256,
        zone=slot.zone,
        trigger=slot.trigger,
    )
