"""Slots that the timeline gives the air and nobody carries: each gets its end, whatever it was that lost them.

The last net under one end for every slot. A command that was dropped in a fault, a report of the engine that never
arrived, a thread that died: after some seconds the slot ends with what was measured of it, and says that a fault took
it. It ends nothing that the engine still holds or that is still to be tried.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from scheduler.core.air.timeline import Timeline
from scheduler.kernel.causes import INTERNAL
from scheduler.playout.active_airings import ActiveAirings
from scheduler.playout.obeying import Obeying
from scheduler.playout.turn_guard import TurnGuard

__all__ = ["MISSED_FOR", "Lost"]

log = logging.getLogger(__name__)

MISSED_FOR = 3.0
"""Seconds that nobody may carry a slot: a report is under way for milliseconds only."""


class Lost:
    def __init__(self, timeline: Timeline, guard: TurnGuard, obeying: Obeying, in_hand: ActiveAirings) -> None:
        self._timeline = timeline
        self._clock = guard.clock
        self._guard = guard
        self._obeying = obeying
        self._in_hand = in_hand
        self._since: dict[str, float] = {}

    def look(self, now: datetime, carries: Callable[[str], bool]) -> None:
        """End what has been lost. `carries`: whether the engine holds a slot."""
        waiting = self._timeline.known - self._timeline.held
        held = (self._timeline.held | self._in_hand.armed) - waiting
        if not held:
            self._since.clear()
            return
        mono, pending = self._clock.monotonic(), self._obeying.pending
        missing = {slot_id for slot_id in held if slot_id not in pending and not carries(slot_id)}
        self._since = {slot_id: self._since.get(slot_id, mono) for slot_id in missing}
        for slot_id, since in list(self._since.items()):
            if mono - since >= MISSED_FOR:
                del self._since[slot_id]
                self._end(slot_id, now)

    def _end(self, slot_id: str, now: datetime) -> None:
        slot = self._in_hand.slot_of(slot_id)
        ending = self._in_hand.measured_end(slot)
        reason = self._guard.cause_since(slot.start) or INTERNAL
        log.error("slot %s: nobody carries it any more; it ends as measured (%s)", slot_id, reason)
        self._in_hand.end(slot, replace(ending, reason=ending.reason and reason), now)
