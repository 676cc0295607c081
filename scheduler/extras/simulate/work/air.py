"""The machine of a simulation: its power, its playout process, its clock, its outputs, and time that passes over them.

Time jumps from one thing that can happen to the next; close before an event it goes in tenths of a second, so that
what was measured by then is what a station that turns all the time has measured. A cut leaves what was committed.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from scheduler.core.local_time import next_local_instant
from scheduler.extras.simulate.work.silence import Heard, MemoryBox, Witness, silent_playout, witnesses_of
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import StationBusyError
from scheduler.playout.process import turned
from scheduler.playout.service import NIGHTLY_AT
from scheduler.station import Station

if TYPE_CHECKING:
    from scheduler.playout.service import Playout

__all__ = ["Air"]

STEP = 0.1
"""Seconds of one turn where something is in hand."""
FINE = 1.5
"""Seconds before an event that are lived through turn by turn: a heartbeat and its measures are a second apart."""
_IDLE = 6 * 3600.0
_LOCK = "playout.lock"
_CLOSE = 1e-6


class Air:
    """Playout on a stepped clock. `start` is the true time at which the clock's monotonic side is 0."""

    def __init__(self, station: Station, clock: SteppedClock, start: datetime) -> None:
        self.station = station
        self.clock = clock
        self.heard: list[Heard] = []
        self.has_power = True
        self._start = start
        self._service: Playout | None = None
        self._blackbox = MemoryBox()
        self._outputs: tuple[Witness, ...] = ()
        self._broken: set[str] = set()
        self._stalled_until = float("-inf")
        self._begins_only = False
        """Whether the next turn is the engine's alone."""
        self._is_seen = False
        """Whether no row has changed since the last look at them."""
        self._fine_until = float("-inf")
        self._nightly = (start, start)
        """From when to when no nightly plan is due."""
        self._lock = FileLock(station.config.data / _LOCK)

    # True time

    @property
    def true_now(self) -> datetime:
        return self._start + timedelta(seconds=self.clock.monotonic())

    def seconds_at(self, true: datetime) -> float:
        return (true - self._start).total_seconds()

    def _ahead(self, wall: datetime) -> float:
        return self.clock.monotonic() + (wall - self.clock.now()).total_seconds()

    # Power and process

    @property
    def is_running(self) -> bool:
        return self._service is not None

    def start_playout(self) -> None:
        """A new playout on the data folder; it finds what the last one left."""
        if self._service is not None:
            return
        self._lock.acquire(timeout=0)
        self._outputs = witnesses_of(self.station.config, self.heard, self._ahead)
        for output in self._outputs:
            output.is_broken = output.name in self._broken
        service = silent_playout(self.station, self._outputs, self._start, self._blackbox)
        service.start()
        service.alarms.start()
        self._service = service

    def kill_playout(self) -> None:
        """Nothing is stopped, faded or written: it is not there any more."""
        self._service = None
        self._lock.release()

    def stop_playout(self) -> None:
        """An orderly end: what sounds is faded and written."""
        if self._service is not None:
            self._service.alarms.stop()
            self._service.stop()
            self.kill_playout()

    def second_playout(self) -> None:
        """Raises StationBusyError where the first one holds the lock."""
        second = FileLock(self.station.config.data / _LOCK)
        try:
            second.acquire(timeout=0)
        except Timeout as error:
            raise StationBusyError(f"another playout runs on {self.station.config.data}") from error
        second.release()
        self.start_playout()

    def stall(self, seconds: float) -> None:
        self._stalled_until = self.clock.monotonic() + seconds

    def break_output(self, name: str, *, broken: bool) -> None:
        """An output that fails, or is well again; no name = all of them."""
        names = {name} if name else {output.name for output in self.station.config.outputs}
        self._broken = self._broken | names if broken else self._broken - names
        for output in self._outputs:
            output.is_broken = output.name in self._broken

    # Time

    def live_until(self, true: datetime, *, is_event: bool) -> None:
        """Let time pass. `is_event`: something happens at `true`, so what comes before it is lived in small steps,
        as is what comes after it.
        """
        until = self.seconds_at(true)
        self._is_seen = False
        self._turn()
        while (left := until - self.clock.monotonic()) > _CLOSE:
            if self._service is None:
                self.clock.advance(left)
                return
            self.clock.advance(min(left, self._stride(left, is_event=is_event)))
            self._is_seen = self._begins_only
            self._turn()

    def live_finely(self) -> None:
        """Something has happened: for a while every turn is lived through."""
        self._fine_until = self.clock.monotonic() + FINE

    def _turn(self) -> None:
        """The engine first: what has ended by now is to be known in this very turn."""
        if self._service is None:
            return
        self._service.engine.step()
        if self.clock.monotonic() >= self._stalled_until and not self._begins_only:
            turned(self._service)
        self._begins_only = False

    def _stride(self, left: float, *, is_event: bool) -> float:
        """Seconds until something can happen. Between events nobody asks whether playout lives."""
        is_fine = (is_event and left <= FINE + _CLOSE) or self.clock.monotonic() < self._fine_until
        if self._service is not None:
            self._service.beats = is_fine
        if is_fine:
            return STEP
        most = min(left - FINE if is_event else left, _IDLE)
        if (stalled := self._stalled_until - self.clock.monotonic()) > 0:
            return max(min(most, stalled), STEP)
        return max(min(most, self._until_next()), min(STEP, most))

    def _until_next(self) -> float:
        """Seconds to the next alarm, the next beginning or end of sound, or the nightly plan."""
        if self._service is None:
            return _IDLE
        now = self.clock.now()
        alarm, sound = self._service.alarms.next_at(), self._service.engine.next_event()
        if not self._is_seen and self._service.is_behind:  # a slot may have no alarm yet: the next turn gives it one
            return STEP
        if not self._nightly[0] <= now < self._nightly[1]:
            self._nightly = now, next_local_instant(now, NIGHTLY_AT, self.station.config.station.time_zone)
        waits = [alarm, sound, self._nightly[1]]
        soonest = min(wait for wait in waits if wait is not None)
        # That something begins to sound concerns the engine alone; what it tells of it waits for the next turn.
        self._begins_only = soonest == sound and soonest > now and self._service.engine.is_silent
        return (soonest - now).total_seconds()
