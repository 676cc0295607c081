"""What the engine is given and what it tells: a programme to air, and the events of an airing and of an output.

These are plain facts. Every programme that was armed ends in exactly one `Ended`, also when it never sounded; what an
`Ended` means for the slot (played, partial, failed …) is decided by whoever listens, never here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np

from scheduler.core.air.output_share import OutputShare
from scheduler.core.model import Priority
from scheduler.playout.late_words import LateWords
from scheduler.playout.mixer import Part
from scheduler.playout.stream_buffer import StreamBuffer

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
    """One airing, ready: its parts (chime, speech, pause, repeat, closing chime, a live feed) follow without a gap."""

    slot_id: str
    zone: str
    priority: Priority
    parts: tuple[Part, ...]
    gain_db: float = 0.0
    under_gain: float | None = None
    """While it sounds, every other programme of the same output is held at this gain (1 = as it was, 0 = silent)."""
    fade_in: bool = False
    """It is resumed in the middle: the first 40 ms are faded in."""
    by_output: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    """Output -> what it sounds instead of `parts`, frame for frame: the same sound made for its loudspeakers."""
    only: str = ""
    """The one output that sounds it; empty = every output of the zone."""

    def __post_init__(self) -> None:
        arrays = [part for part in self.parts if isinstance(part, np.ndarray)]
        if any(part.ndim != 1 or part.dtype != np.int16 for part in arrays):
            raise ValueError(f"programme {self.slot_id}: every part must be one channel of 16-bit samples")
        if not self.frames:
            raise ValueError(f"programme {self.slot_id}: nothing to air")
        for output, parts in self.by_output.items():
            if list(map(len, parts)) != list(map(len, self.parts)):
                raise ValueError(f"programme {self.slot_id}: {output} would sound something of another length")
        if self.under_gain is not None and not 0 <= self.under_gain <= 1:
            raise ValueError(f"programme {self.slot_id}: others are held at a gain from 0 to 1, not {self.under_gain}")

    @property
    def frames(self) -> int:
        return sum(map(len, self.parts))

    def parts_on(self, output: str) -> tuple[Part, ...]:
        """What this output sounds."""
        return self.by_output.get(output, self.parts)

    @property
    def awaits_words(self) -> bool:
        """Whether it sounds a chime for words that are still being spoken: how long it will be, nobody knows."""
        return any(isinstance(part, LateWords) and not part.is_said for part in self.parts)

    @property
    def feeds(self) -> tuple[StreamBuffer, ...]:
        return tuple(part for part in self.parts if isinstance(part, StreamBuffer))


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
    """What went wrong and what to try; while open, what people should know all the same."""
    device: str
    """The device, server or folder behind it."""
    dropped: int = 0
    """Frames left out so far to catch up after a stall, where the output takes one even stream."""
    level_dbfs: float | None = None
    """How loud the last half second of sound was that it took (RMS; 0 = a full square wave); None = silent since."""
    counts: bool = True
    """Whether a loudspeaker stands behind it."""
    lost_at: datetime | None = None
    """When it last took no sound, though it had been open; None = never."""
    lost: str = ""
    """Why."""
    unheard: bool = False
    """It is open, and what it was given for some seconds went nowhere."""


@dataclass(frozen=True, slots=True)
class OnAir:
    """What sounds now, as the outputs took it."""

    slot_id: str
    zone: str
    started_at: datetime
    frames_accepted: int
    """Heard by now on the worst of its loudspeakers; where it has none, written by now."""
    frames_total: int
    shares: tuple[OutputShare, ...] = ()
    """What each output has sounded by now."""
    awaits_words: bool = False
    """Its words are still being spoken: how long it will be, nobody knows."""

    @property
    def sounds(self) -> bool:
        """Whether a loudspeaker is among its outputs."""
        return any(one.counts for one in self.shares)


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
    """What the worst of its loudspeakers sounded; where it has none, what the worst of its outputs wrote."""
    frames_total: int
    frames: tuple[tuple[str, int], ...]
    """Output -> frames it sounded."""
    cut: str | None
    """Why it ended early: the reason given to `cut`, the gate's, `no_output` or `stopped`; None = ran to its end."""
    missing: int = 0
    """Frames of its live feeds that were read as silence because nothing had come."""
    shares: tuple[OutputShare, ...] = ()
    """What each output sounded."""
    reached: int = 0
    """Behind the last of its frames that was heard anywhere: where what was cut goes on."""


@dataclass(frozen=True, slots=True)
class OutputChanged:
    name: str
    state: OutputState
    message: str


EngineEvent = Started | Ended | OutputChanged
