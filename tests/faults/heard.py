"""A loudspeaker that remembers: every frame it was given, when, and of which airing, in files that outlive kill -9.

One file a life of the station, one `os.write` a record: what was handed over is in the file, whatever dies next. A
record cut short by a kill still counts for the frames that got in.
"""

import os
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from scheduler.core.air.volume import FULL_VOLUME, Volume
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import Block

HEAD = struct.Struct("<cqqqI")
"""Kind of record, instant in epoch microseconds, the clock's own word of now, the true one, bytes that follow."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


class Heard:
    """An output that the clock paces, like a recording. `away`: from and to when, in seconds of the monotonic clock."""

    kind = "heard"
    counts = True
    unheard = False
    late = 0.0
    paces = False
    continuous = False
    silent = False
    note = ""
    lead = 0.0

    def __init__(
        self, name: str, zones: tuple[str, ...], *, folder: Path, clock: Clock, volume: Volume = FULL_VOLUME
    ) -> None:
        self.name = name
        self.zones = zones
        self.volume = volume
        self.device = str(folder)
        self.away: tuple[float, float] | None = None
        self.raises: Exception | None = None
        """What each of its calls raises just now."""
        self._folder = folder
        self._clock = clock
        self._true = getattr(clock, "true", lambda: _EPOCH + timedelta(seconds=clock.monotonic()))
        self._file = -1
        self._running: dict[str, None] = {}

    def _be_there(self) -> None:
        if self.raises is not None:
            raise self.raises
        if self.away is not None and self.away[0] <= self._clock.monotonic() < self.away[1]:
            raise OutputError("the cable is out; push it back in")

    def open(self) -> None:
        assert self._file < 0, "opened twice"
        self._be_there()
        self._folder.mkdir(parents=True, exist_ok=True)
        number = len(list(self._folder.iterdir()))
        path = self._folder / f"{self.name}-{number:03d}.bin"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC)

    def begin(self, slot_id: str, at: datetime) -> None:
        assert slot_id not in self._running, "begun twice"
        self._running[slot_id] = None
        self._record(b"b", at, slot_id.encode())

    def write(self, block: Block) -> None:
        assert block.dtype == np.int16 and block.ndim == 1 and len(block), "not a block"  # noqa: PT018 - one thought
        self._be_there()
        if not self.unheard:
            self._record(b"w", self._clock.now(), block.tobytes())

    def end(self, slot_id: str) -> None:
        del self._running[slot_id]
        self._record(b"e", self._clock.now(), slot_id.encode())

    def delay(self) -> float:
        return 0.0

    def close(self) -> None:
        self._running.clear()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _record(self, kind: bytes, at: datetime, body: bytes) -> None:
        if self._file < 0:
            raise OutputError(f"output {self.name} is not open")
        now, true = micros(self._clock.now()), micros(self._true())
        os.write(self._file, HEAD.pack(kind, micros(at), now, true, len(body)) + body)


@dataclass(slots=True, eq=False)
class Stretch:
    """One unbroken sounding of an airing, as this loudspeaker heard it."""

    output: str
    slot_id: str
    start: datetime
    true_start: datetime
    """By a clock that nobody steps."""
    written: list[tuple[datetime, datetime]] = field(default_factory=list)
    """From and to of every block, by the clock at the moment it was taken."""
    taken: list[datetime] = field(default_factory=list)
    """When each block was taken in truth."""
    blocks: list[Block] = field(default_factory=list)
    alone: int = 0
    """Frames up to which nothing else sounded with it."""
    is_mixed: bool = False

    @property
    def sound(self) -> Block:
        return np.concatenate(self.blocks) if self.blocks else np.zeros(0, np.int16)

    @property
    def frames(self) -> int:
        return sum(map(len, self.blocks))

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=self.frames / HOUSE_RATE)

    @property
    def true_end(self) -> datetime:
        return self.taken[-1]


def heard_in(folder: Path) -> list[Stretch]:
    """All that was ever heard, in the order of the files."""
    found: list[Stretch] = []
    for path in sorted(folder.glob("*.bin")):
        found += _heard_of(path)
    return [stretch for stretch in found if stretch.frames]


def _heard_of(path: Path) -> list[Stretch]:
    raw, at, running, found = path.read_bytes(), 0, dict[str, Stretch](), list[Stretch]()
    while at + HEAD.size <= len(raw):
        kind, instant, now, true, size = HEAD.unpack_from(raw, at)
        body = raw[at + HEAD.size : at + HEAD.size + size]
        at += HEAD.size + size
        if kind == b"b":
            start, ahead = _EPOCH + timedelta(microseconds=instant), timedelta(microseconds=now - true)
            begun = Stretch(path.name.rpartition("-")[0], body.decode(), start, start - ahead)
            found.append(begun)
            running[begun.slot_id] = begun
        elif kind == b"e":
            running.pop(body.decode(), None)
        else:
            block = np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2")
            to, taken = (_EPOCH + timedelta(microseconds=one) for one in (now, true))
            found += _took(running, block, to, taken)
    return found


SEAM = timedelta(milliseconds=10)


def _took(running: dict[str, Stretch], block: Block, to: datetime, taken: datetime) -> list[Stretch]:
    """Lay a block to what sounds. Where frames were left out before it, a new stretch begins: it is given."""
    length, begun = timedelta(seconds=len(block) / HOUSE_RATE), []
    for slot_id, before in list(running.items()):
        stretch = before
        if not before.taken and taken - length - before.true_start > SEAM:  # what came first was dropped
            before.start, before.true_start = to - length, taken - length
        if before.taken and taken - length - before.taken[-1] > SEAM:
            stretch = running[slot_id] = Stretch(before.output, slot_id, to - length, taken - length)
            begun.append(stretch)
        stretch.is_mixed = stretch.is_mixed or len(running) > 1
        stretch.alone += 0 if stretch.is_mixed else len(block)
        stretch.blocks.append(block)
        stretch.taken.append(taken)
        stretch.written.append((to - length, to))
    return begun
