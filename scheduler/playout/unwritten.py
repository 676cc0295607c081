"""Ends that could not be written when they came: kept in memory and tried again until they stand in a row.

The loop goes on with other work meanwhile. What is kept is written in the order it came, slot by slot; a slot with
something kept is not armed again before. An end that no row takes because of a fault of the program is written more
plainly: that it ended is never lost for the sake of a detail. What a kill must not take stands in `kept_ends`.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from scheduler.kernel.causes import INTERNAL
from scheduler.playout.turn_guard import TurnGuard

__all__ = ["Unwritten"]

log = logging.getLogger(__name__)

AGAIN = 1.0
"""Seconds between two tries."""
PLAIN_AFTER = 3
"""Tries that a fault of the program may spoil before an end is written plainly."""
Write = Callable[[], None]


@dataclass(slots=True)
class _Kept:
    write: Write
    plain: Write
    spoilt: int = 0


class Unwritten:
    """Used by the service's thread alone."""

    def __init__(self, guard: TurnGuard) -> None:
        self._clock = guard.clock
        self._guard = guard
        self._kept: dict[str, deque[_Kept]] = {}
        self._again_at = float("-inf")

    @property
    def slots(self) -> frozenset[str]:
        """What has ended and whose row still says otherwise."""
        return frozenset(self._kept)

    def put(self, slot_id: str, write: Write, plain: Write | None = None) -> bool:
        """Write it now, behind what is kept of the slot already, or keep it; whether all of it is written."""
        self._kept.setdefault(slot_id, deque()).append(_Kept(write, plain or write))
        if not self._settled(slot_id):
            log.warning("slot %s: its end is kept until it can be written", slot_id)
            return False
        return True

    def settle(self, slot_id: str) -> bool:
        """Write what is kept of a slot; False while that cannot be done."""
        return slot_id not in self._kept or self._settled(slot_id)

    def try_again(self, *, at_once: bool = False) -> None:
        """Write what can be written by now."""
        if not self._kept or (not at_once and self._clock.monotonic() < self._again_at):
            return
        self._again_at = self._clock.monotonic() + AGAIN
        for slot_id in list(self._kept):
            if self._settled(slot_id):
                log.info("slot %s: its end is written now", slot_id)

    def _settled(self, slot_id: str) -> bool:
        kept = self._kept[slot_id]
        while kept:
            one = kept[0]
            with self._guard.part("end") as tried:
                (one.plain if one.spoilt >= PLAIN_AFTER else one.write)()
            if tried.reason:
                one.spoilt += tried.reason == INTERNAL
                return False
            kept.popleft()
        del self._kept[slot_id]
        return True
