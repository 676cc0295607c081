"""What the gate is asked of an order of the red lane: by what stands in memory, of the sound that is in hand.

It gives no verdict; the gate does.
"""

from scheduler.core.air import gate
from scheduler.core.announcement.approval import may_in
from scheduler.core.model import Person, Priority, Sha256, Slot, Trigger

__all__ = ["ordered_by_right", "request_of"]


def ordered_by_right(person: Person | None, slot: Slot) -> bool:
    """Whether who orders may do so there; None = nobody who may still act."""
    act = "break_in" if slot.trigger is Trigger.EMERGENCY else "drill"
    return person is not None and may_in(person.role, act, person.zones, slot.zone)


def request_of(slot: Slot, approved_sha256: Sha256, *, by_right: bool) -> gate.GateRequest:
    """`by_right`: who orders may do so, as far as was last read."""
    real = slot.trigger is Trigger.EMERGENCY and slot.priority is Priority.EMERGENCY
    return gate.GateRequest(
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
