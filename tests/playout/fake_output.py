"""A loudspeaker made of lists, with manners: it fails the test when its caller breaks the order of calls."""

from datetime import datetime

import numpy as np

from scheduler.core.air.volume import FULL_VOLUME, Volume
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import Block


class FakeOutput:
    """Keeps what it was given. `break_after` frames it fails once; `permanent` says how."""

    kind = "fake"
    counts = True
    unheard = False
    late = 0.0
    note = ""
    device = "a list"

    def __init__(
        self,
        name: str = "fake",
        zones: tuple[str, ...] = ("all",),
        *,
        paces: bool = False,
        lead: float = 0.0,
        volume: Volume = FULL_VOLUME,
        continuous: bool = False,
        silent: bool = False,
    ) -> None:
        self.name = name
        self.zones = zones
        self.paces = paces
        self.lead = lead
        self.volume = volume
        self.continuous = continuous
        self.silent = silent
        self.blocks: list[Block] = []
        self.begun: list[tuple[str, datetime]] = []
        self.ended: list[str] = []
        self.break_after: int | None = None
        self.refuse_open: OutputError | None = None
        self.opened = 0
        self.is_open = False
        self._running: set[str] = set()

    def open(self) -> None:
        assert not self.is_open, "opened twice"
        if self.refuse_open is not None:
            raise self.refuse_open
        self.is_open = True
        self.opened += 1

    def begin(self, slot_id: str, at: datetime) -> None:
        assert self.is_open, "begin while closed"
        assert slot_id not in self._running, "begun twice"
        assert at.tzinfo is not None
        self._running.add(slot_id)
        self.begun.append((slot_id, at))

    def write(self, block: Block) -> None:
        if not self.is_open:
            raise OutputError(f"output {self.name} is not open")
        assert block.dtype == np.int16, "not 16 bit"
        assert block.ndim == 1, "not mono"
        assert len(block), "an empty block"
        if self.break_after is not None and self.frames + len(block) > self.break_after:
            self.break_after = None
            raise OutputError("the cable was pulled; push it back in")
        self.blocks.append(block.copy())

    def end(self, slot_id: str) -> None:
        assert slot_id in self._running, "ended before it began"
        self._running.discard(slot_id)
        self.ended.append(slot_id)

    def delay(self) -> float:
        return self.lead

    def close(self) -> None:
        self.is_open = False
        self._running.clear()

    @property
    def frames(self) -> int:
        return sum(map(len, self.blocks))

    @property
    def sound(self) -> Block:
        return np.concatenate(self.blocks) if self.blocks else np.zeros(0, np.int16)
