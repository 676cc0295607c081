"""The engine: programmes armed ahead of time become sound on every output, gated block by block, and are measured.

`arm` places a programme at a wall instant; each output renders the same timeline with its own lead, on its own thread
(`start`) or on the caller's (`step`, for a clock that is stepped by hand). Events come on one thread of their own, so a
listener may take its time and use a database. The engine never decides what is due or who goes first.
"""

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from queue import SimpleQueue
from types import MappingProxyType

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.air_fence import HasAir, always
from scheduler.kernel.clock import Clock
from scheduler.playout.airing_book import AiringBook, Allow, Lane
from scheduler.playout.blackbox import BlackBox
from scheduler.playout.frames import FrameClock
from scheduler.playout.outputs import Output
from scheduler.playout.programme import EngineEvent, OnAir, OutputChanged, OutputHealth, Programme
from scheduler.playout.sink import Sink

__all__ = ["Engine"]

log = logging.getLogger(__name__)

_WATCH = 0.03
_RESTS = 0.1
"""The same while nothing is armed and nothing sounds."""
_FAREWELL = 0.95
_REALTIME_PRIORITY = 20


class Engine:
    """Sound at the exact time on every output. Use `start` and `stop`, or `step` and `stop`; never both."""

    def __init__(
        self,
        clock: Clock,
        outputs: Sequence[Output],
        *,
        allow: Allow,
        on_event: Callable[[EngineEvent], None],
        patience: timedelta = timedelta(seconds=5),
        blackbox: BlackBox | None = None,
        has_air: HasAir = always,
        delays: Mapping[str, timedelta] = MappingProxyType({}),
    ) -> None:
        """`allow` is asked on audio threads and must not wait; `patience`: how late an output may come for a start.

        `delays`: output -> how much later than others it starts, so that neighbouring horns do not echo.

        `blackbox` is told at every block what has been heard; to clear it is the caller's, once that is written down.
        """
        self._frames = FrameClock(clock)
        lanes = [Lane(output.name, output.zones, self._frames.now(), output.kind, output.counts) for output in outputs]
        for lane in lanes:
            lane.delay = round(delays.get(lane.name, timedelta(0)).total_seconds() * HOUSE_RATE)
        self._airings = AiringBook(self._frames, lanes, allow, patience=patience.total_seconds(), blackbox=blackbox)
        self._changes: SimpleQueue[OutputChanged] = SimpleQueue()
        self._sinks = [
            Sink(output, lane, self._airings, clock=clock, frames=self._frames, tell=self._changes.put, has_air=has_air)
            for output, lane in zip(outputs, lanes, strict=True)
        ]
        self._on_event = on_event
        self._ending = threading.Event()
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []
        self._watcher: threading.Thread | None = None
        self.turns = 0
        """Looks at what has begun and ended: a number that stands still is an engine that does."""
        self.lead = max((output.lead for output in outputs), default=0.0)
        """Seconds before its instant that a programme must be armed to be on time everywhere."""

    def start(self) -> None:
        """Open the outputs and run, each on its thread."""
        if self._threads or self._ending.is_set():
            raise RuntimeError("an engine is started once")
        for sink in self._sinks:
            sink.expect()
        self._threads = [
            threading.Thread(target=self._run, args=(sink,), name=f"output {sink.output.name}", daemon=True)
            for sink in self._sinks
        ]
        self._watcher = threading.Thread(target=self._watch, name="engine events", daemon=True)
        for thread in (*self._threads, self._watcher):
            thread.start()

    def step(self) -> None:
        """One pass on the caller's thread: everything that is due by now is rendered, written and told."""
        for sink in self._sinks:
            sink.step()
        self._deliver()

    def stop(self) -> None:
        """Fade out what sounds, close every output, tell how all armed programmes ended; within a second."""
        if self._closed.is_set():
            return
        self._airings.close("stopped")
        self._ending.set()
        if self._watcher is None:
            for sink in self._sinks:
                sink.finish_stepped()
        deadline = self._frames.seconds() + _FAREWELL
        for thread in self._threads:
            # A thread that hangs in a device is left behind: it is a daemon and sounds nothing more.
            thread.join(max(0.0, deadline - self._frames.seconds()))
        self._closed.set()
        if self._watcher is not None:
            self._watcher.join()
        self._deliver(force=True)

    def arm(self, programme: Programme, start: datetime) -> None:
        """Let it be audible at `start`; where that is past, from its beginning as soon as every output can."""
        self._airings.arm(programme, start)

    def cut(self, slot_id: str, reason: str) -> bool:
        """Fade it out as soon as each output can; one that has not begun never sounds. False: it is not armed."""
        return self._airings.cut(slot_id, reason)

    def finish(self, slot_id: str) -> None:
        """The open end of a programme has come: fade it out like a cut, but nothing of it counts as cut.

        A programme that ends with a feed ends by itself when the feed was closed and all that had come was heard.
        """
        self._airings.finish(slot_id)

    def next_event(self) -> datetime | None:
        """The next instant at which something armed begins or ends, by what is known now; None when nothing is armed.

        Always after now: 20 ms from now where something is overdue, because it waits for an output or for a step.
        """
        return self._airings.next_event()

    def on_air(self) -> tuple[OnAir, ...]:
        """What is audible now, as the outputs took it."""
        return self._airings.on_air(self._frames.now())

    @property
    def is_silent(self) -> bool:
        """Whether nothing is audible now; cheaper than what is."""
        return self._airings.is_silent(self._frames.now())

    def carries(self, slot_id: str) -> bool:
        """Whether a programme is armed or sounds, or its end has yet to be told."""
        return self._airings.carries(slot_id)

    def reopen(self, name: str) -> None:
        """Try to open an output at once that is not open; one that nobody has is left aside."""
        for sink in self._sinks:
            if sink.output.name == name:
                sink.reopen()

    def health(self) -> tuple[OutputHealth, ...]:
        return tuple(sink.health() for sink in self._sinks)

    def _run(self, sink: Sink) -> None:
        _ask_for_realtime()
        sink.run(self._ending)

    def _watch(self) -> None:
        while not self._closed.wait(_WATCH if self._airings.carries_any else _RESTS):
            try:
                self._deliver()
            except Exception:  # no fault of one report may end the reports of all later airings
                log.exception("the engine's reports could not be told")
            self.turns += 1

    def _deliver(self, *, force: bool = False) -> None:
        events: list[EngineEvent] = []
        while not self._changes.empty():
            events.append(self._changes.get())
        for event in (*events, *self._airings.settle(force=force)):
            try:
                self._on_event(event)
            except Exception:  # a listener's fault must not end the events of all later airings
                log.exception("the listener failed on %r", event)


def _ask_for_realtime() -> None:
    """Real-time priority for this thread where the system allows it; without it the buffer has to be enough."""
    with suppress(OSError, AttributeError):
        # Inherited on purpose: libpulse's own thread, made by this one, carries the sound to the server.
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_REALTIME_PRIORITY))
