"""When a slot is due, how long it may wait, what gap it keeps, and the alarm that rings for it.

The alarms are kept the same as the rows: set, moved and cancelled with them. Who gets the air is the timeline's to say;
nothing here arms or ends anything.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from scheduler.config.loading import Config
from scheduler.core.air.timeline import RELAY_LEAST, Due, Kind
from scheduler.core.model import Slot, Trigger
from scheduler.playout.active_airings import TIMED
from scheduler.playout.alarms import Alarms
from scheduler.store import instant_of

__all__ = ["HORIZON", "LIVE_PATIENCE", "TEST_PATIENCE", "SlotAlarms", "due_of", "patience_of"]

HORIZON = timedelta(hours=26)
"""How far ahead slots have alarms; the hourly refresh and every change of the rows renew them."""
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


class SlotAlarms:
    """Which slots have an alarm, and for when."""

    def __init__(self, alarms: Callable[[], Alarms], ahead: timedelta) -> None:
        """`ahead`: how long before its start a slot's alarm rings."""
        self._alarms, self._ahead = alarms, ahead
        self._set: dict[str, str] = {}

    def rang(self, slot_id: str) -> None:
        self._set.pop(slot_id, None)

    def want(self, starts: Mapping[str, str], at_once: Collection[str]) -> None:
        """Alarms for these slots and no others. `at_once`: those that ring at their start and not ahead of it."""
        for name in [name for name in self._set if name not in starts]:
            self._alarms().cancel(name)
            del self._set[name]
        for slot_id, start in starts.items():
            if self._set.get(slot_id) != start:
                self._set[slot_id] = start
                self._alarms().set(slot_id, instant_of(start) - (timedelta(0) if slot_id in at_once else self._ahead))

    def drop(self) -> None:
        """No alarms: they were set by a clock that is another one now."""
        for name in self._set:
            self._alarms().cancel(name)
        self._set.clear()
