"""The wall clock under watch: is it to be trusted, and was it stepped?

It is trusted once it is past the newest journal row and past a date no installation is older than, or once people have
said that it is right (`clock`). A step is seen as a change of the wall clock against the monotonic one. What a
step means for slots is the service's affair.
"""

from collections.abc import Callable
from datetime import datetime

from scheduler.core.air.clock_trust import is_trusted
from scheduler.kernel.clock import Clock

STEP = 1.0
"""Seconds the wall clock may move against the monotonic one before it counts as a step."""


class ClockWatch:
    def __init__(self, clock: Clock, earliest: datetime, newest: Callable[[], datetime | None]) -> None:
        """`newest`: the latest hour that the journal tells, of what nobody has set right."""
        self._clock = clock
        self._earliest = earliest
        self._newest = newest
        self._offset: float | None = None
        self.trusted = False

    def trusts(self, at: datetime) -> bool:
        """For one block of sound at `at`: a clock that has just lost its time is seen before the next look."""
        return self.trusted and at >= self._earliest

    def look(self, now: datetime) -> float | None:
        """Seconds by which the wall clock was stepped since the last look; None when it was not."""
        offset = now.timestamp() - self._clock.monotonic()
        before = self._offset
        stepped = offset - before if before is not None and abs(offset - before) > STEP else None
        if before is None or stepped is not None or not self.trusted:
            # May fail: then the step is seen by the next look.
            self.trusted = is_trusted(now, self._newest(), self._earliest)
        if before is None or stepped is not None:
            self._offset = offset  # slow drift is followed by nobody; the next look measures against the same mark
        return stepped
