"""A sound card on a stepped clock: it takes frames at its own crystal's pace and blocks its writer, which moves time.

What it sounded is a list of (monotonic second, sample), so a test can say when a frame was really heard.
"""

from collections.abc import Callable
from datetime import datetime

import numpy as np

from scheduler.core.air.volume import FULL_VOLUME
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import Block


class SimulatedCard:
    """`latency`: seconds behind its buffer (told in `delay`); `ppm`: how much faster its crystal is than the clock."""

    name = "card"
    kind = "soundcard"
    counts = True
    unheard = False
    late = 0.0
    note = ""
    continuous = True
    silent = False
    zones = ("all",)
    volume = FULL_VOLUME
    device = "simulated"
    paces = True

    def __init__(self, clock: SteppedClock, *, buffer: float = 0.6, latency: float = 0.03, ppm: float = 0.0) -> None:
        self.lead = buffer
        self.latency = latency
        self._clock = clock
        self._rate = HOUSE_RATE * (1 + ppm / 1e6)
        self._free_at = 0.0
        self.heard: list[tuple[float, Block]] = []
        self.before_write: Callable[[], None] = lambda: None
        self.is_open = False

    def open(self) -> None:
        self.is_open = True
        self._free_at = self._clock.monotonic()

    def begin(self, slot_id: str, at: datetime) -> None: ...

    def write(self, block: Block) -> None:
        if not self.is_open:
            raise OutputError("closed")
        self.before_write()
        start = max(self._free_at, self._clock.monotonic())  # an empty buffer is an underrun: time is lost
        self.heard.append((start + self.latency, block))
        self._free_at = start + len(block) / self._rate
        self._clock.sleep_until(self._free_at - self.lead)
        self._clock.advance(0.000_05)

    def end(self, slot_id: str) -> None: ...

    def delay(self) -> float:
        return max(0.0, self._free_at - self._clock.monotonic()) + self.latency

    def close(self) -> None:
        self.is_open = False

    def onsets(self, silence: float = 0.1) -> list[float]:
        """The monotonic seconds at which sound was heard after `silence` seconds of none."""
        last, found = -1e9, []
        for second, block in self.heard:
            for index in np.flatnonzero(block):
                moment = second + float(index) / self._rate
                if moment - last > silence:
                    found.append(moment)
                last = moment
        return found

    def last_sound(self) -> float:
        """The monotonic second at which the last sound was heard."""
        second, block = [heard for heard in self.heard if heard[1].any()][-1]
        return second + float(np.flatnonzero(block)[-1]) / self._rate

    def sounded(self) -> Block:
        """All samples that are not silence, in order."""
        return np.concatenate([block[block != 0] for _, block in self.heard])
