"""An engine on a stepped clock, with loudspeakers made of lists and a gate that a test can close."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from scheduler.core.model import HOUSE_RATE, Priority
from scheduler.kernel.clock import SteppedClock
from scheduler.playout.blackbox import BlackBox
from scheduler.playout.engine import Engine
from scheduler.playout.mixer import Block
from scheduler.playout.outputs.null import Null
from scheduler.playout.programme import Ended, EngineEvent, OutputChanged, OutputState, Programme, Started
from tests.playout.fake_output import FakeOutput

SIX = datetime(2020, 3, 13, 6, 0, tzinfo=UTC)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def at_frame(frame: int) -> datetime:
    return SIX + seconds(frame / HOUSE_RATE)


def noise(length: float, seed: int = 1) -> Block:
    sound = np.random.default_rng(seed).integers(500, 20_000, round(length * HOUSE_RATE))
    return sound.astype(np.int16)


def programme(slot_id: str = "a", length: float = 1.0, zone: str = "all", seed: int = 1) -> Programme:
    return Programme(slot_id, zone, Priority.NORMAL, (noise(length, seed),))


@dataclass(frozen=True)
class Answer:
    allowed: bool
    reason: str = ""
    local: bool = False


class Services:
    """An engine on a stepped clock, what it told, and a gate with forbidden hours."""

    def __init__(self, *outputs: FakeOutput | Null, blackbox: BlackBox | None = None) -> None:
        self.clock = SteppedClock(SIX)
        self.outputs = outputs
        self.events: list[EngineEvent] = []
        self.forbidden: list[tuple[datetime, datetime]] = []
        self.forbidden_in: list[tuple[str, datetime, datetime]] = []
        """The same in one zone only."""
        self.asked: list[tuple[str, datetime, datetime]] = []
        self.engine = Engine(self.clock, outputs, allow=self.allow, on_event=self.events.append, blackbox=blackbox)

    def allow(self, slot_id: str, start: datetime, end: datetime, zones: tuple[str, ...]) -> Answer:
        self.asked.append((slot_id, start, end))
        if any(start < stop and begin < end for begin, stop in self.forbidden):
            return Answer(allowed=False, reason="quiet_hours")
        if any(zone in zones and start < stop and begin < end for zone, begin, stop in self.forbidden_in):
            return Answer(allowed=False, reason="zone_quiet", local=True)
        return Answer(allowed=True)

    def run(self, length: float, step: float = 0.1) -> None:
        for _ in range(round(length / step)):
            self.clock.advance(step)
            self.engine.step()

    @property
    def started(self) -> list[Started]:
        return [event for event in self.events if isinstance(event, Started)]

    @property
    def ended(self) -> list[Ended]:
        return [event for event in self.events if isinstance(event, Ended)]

    @property
    def changes(self) -> list[tuple[str, OutputState]]:
        return [(event.name, event.state) for event in self.events if isinstance(event, OutputChanged)]


def card(name: str = "card", zones: tuple[str, ...] = ("all",), lead: float = 0.0) -> FakeOutput:
    """Takes silence too: when the engine's first step is at frame 0, its list index is the timeline's frame."""
    return FakeOutput(name, zones, paces=True, lead=lead)
