"""What the engine is given and what it tells: a programme to air, and the events of an airing and of an output.

These are plain facts. Every programme that was armed ends in exactly one `Ended`, also when it never sounded; what an
`Ended` means for the slot (played, partial, failed …) is decided by whoever listens, never here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np

from scheduler.core.model import Priority
from scheduler.playout.mixer import Block

__all__ = [
    "Ended",
    "EngineEvent",
    "OnAir",
    "OutputChanged",
    "OutputHealth",
    "OutputState",
    "Programme",
    "Started",
]


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """One airing, whole and ready: its parts (chime, speech, pause, repeat, closing chime) follow without a gap."""

    slot_id: str
    zone: str
    priority: Priority
    parts: tuple[Block, ...]
    gain_db: float = 0.0

    def __post_init__(self) -> None:
        if any(part.ndim != 1 or part.dtype != np.int16 for part in self.parts):
            raise ValueError(f"programme {self.slot_id}: every part must be one channel of 16-bit samples")
        if not self.frames:
            raise ValueError(f"programme {self.slot_id}: nothing to air")

    @property
    def frames(self) -> int:
        return sum(map(len, self.parts))


class OutputState(StrEnum):
    """`down` = given up (a permanent error); `retrying` = not sounding now, tried again by itself."""

    OPEN = "open"
    RETRYING = "retrying"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class OutputHealth:
    name: str
    kind: str
    state: OutputState
    since: datetime
    message: str
    """What went wrong and what to try; empty while open."""
    device: str
    """The device, server or folder behind it."""


@dataclass(frozen=True, slots=True)
class OnAir:
    """What sounds now, as the outputs took it."""

    slot_id: str
    zone: str
    started_at: datetime
    frames_accepted: int
    """Taken by an output and audible by now."""
    frames_total: int


@dataclass(frozen=True, slots=True)
class Started:
    """The first frame is audible. `late` is how long after the wanted instant, as measured."""

    slot_id: str
    at: datetime
    output: str
    late: timedelta


@dataclass(frozen=True, slots=True)
class Ended:
    """The one end of an armed programme. `started_at` is None when nothing of it sounded."""

    slot_id: str
    started_at: datetime | None
    ended_at: datetime
    frames_accepted: int
    """The most that any output of the zone took."""
    frames_total: int
    frames: tuple[tuple[str, int], ...]
    """Output -> frames it took."""
    outputs_ok: tuple[str, ...]
    outputs_failed: tuple[tuple[str, str], ...]
    """Output -> why."""
    cut: str | None
    """Why it ended early: the reason given to `cut`, the gate's, `no_output` or `stopped`; None = ran to its end."""


@dataclass(frozen=True, slots=True)
class OutputChanged:
    name: str
    state: OutputState
    message: str


EngineEvent = Started | Ended | OutputChanged
