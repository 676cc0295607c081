"""When a slot is due: as what it shares the air, how long after its start it may still begin, what gap it keeps.

Tables and two functions; who gets the air is the timeline's to say.
"""

from datetime import timedelta

from scheduler.config import Config
from scheduler.core.model import Slot, Trigger
from scheduler.core.timeline import RELAY_LEAST, Due, Kind
from scheduler.playout.in_hand import TIMED

__all__ = ["LIVE_PATIENCE", "TEST_PATIENCE", "due_of", "patience_of"]

LIVE_PATIENCE = timedelta(minutes=5)
"""How long a live voice waits for the air."""
TEST_PATIENCE = timedelta(seconds=10)
"""How long a test of loudspeakers waits: who pressed it stands there and listens."""
_KINDS = {Trigger.RELAY: Kind.RELAY, Trigger.LIVE: Kind.LIVE}


def due_of(slot: Slot, config: Config) -> Due:
    """A slot as the timeline is told of it."""
    kind = _KINDS.get(slot.trigger, Kind.CLIP)
    patience = None if slot.trigger in TIMED else patience_of(slot, config)
    gap = config.rules.min_gap if slot.trigger in TIMED else timedelta(0)
    return Due(slot.id, slot.zone, slot.start, slot.length, slot.priority, kind, patience, gap)


def patience_of(slot: Slot, config: Config) -> timedelta:
    """How long after its start a slot may still begin."""
    if slot.trigger is Trigger.RELAY:
        return max(slot.length - RELAY_LEAST, timedelta(0))
    if slot.trigger is Trigger.EMERGENCY:
        return timedelta(minutes=config.emergency.valid_minutes)
    if slot.trigger is Trigger.TEST:
        return TEST_PATIENCE
    return LIVE_PATIENCE if slot.trigger is Trigger.LIVE else config.rules.late_tolerance
