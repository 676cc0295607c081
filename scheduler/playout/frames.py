"""The timeline's clock: frame 0 is audible when the engine was made, frame f exactly f / HOUSE_RATE seconds later.

Frames run on the monotonic clock, so a step of the wall clock moves no sound. A wall instant becomes a frame, and a
frame a wall instant, by the two clocks as they stand at that moment: ask again for as long as nothing is committed.
"""

from datetime import datetime, timedelta

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.clock import Clock

__all__ = ["FrameClock"]

_TIGHT = 0.0002
_TRIES = 5


class FrameClock:
    """Frames, monotonic seconds and wall instants, one into the other."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._zero = clock.monotonic()

    def seconds(self) -> float:
        """The monotonic clock."""
        return self._clock.monotonic()

    def now(self) -> int:
        """The frame that is audible now."""
        return round((self._clock.monotonic() - self._zero) * HOUSE_RATE)

    def seconds_at(self, frame: float) -> float:
        """When `frame` is audible, on the monotonic clock."""
        return self._zero + frame / HOUSE_RATE

    def frame_at(self, wall: datetime) -> int:
        """The frame that is audible at a wall instant, by the clocks as they stand now."""
        seconds, now = self._reading()
        return round((seconds + (wall - now).total_seconds() - self._zero) * HOUSE_RATE)

    def wall_at(self, frame: float) -> datetime:
        """The wall instant at which `frame` is audible, by the clocks as they stand now."""
        seconds, now = self._reading()
        return now + timedelta(seconds=self.seconds_at(frame) - seconds)

    def _reading(self) -> tuple[float, datetime]:
        """Both clocks at one moment; a thread switch in between would move a start, so the tightest pair counts."""
        best = self._read_once()
        for _ in range(_TRIES - 1):
            if best[0] <= _TIGHT:
                break
            best = min(best, self._read_once())
        return best[1], best[2]

    def _read_once(self) -> tuple[float, float, datetime]:
        """How far apart the two readings may be, and the readings."""
        before = self._clock.monotonic()
        wall = self._clock.now()
        after = self._clock.monotonic()
        return after - before, (before + after) / 2, wall
