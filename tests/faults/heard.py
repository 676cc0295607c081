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

from scheduler.clock import Clock
from scheduler.core.model import HOUSE_RATE
from scheduler.core.volume import FULL_VOLUME, Volume
from scheduler.errors import OutputError
from scheduler.playout.mixer import Block

_HEAD = struct.Struct("<cqqI")
"""Kind of record, instant in epoch microseconds, the clock's own word of now, bytes that follow."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


class Heard:
    """An output that the clock paces, like a recording. `broken_from`/`back_at`: when it is away, in seconds of the
    monotonic clock.
    """

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
        self._folder = folder
        self._clock = clock
        self._file = -1
        self._running: dict[str, None] = {}

    @property
    def _is_away(self) -> bool:
        return self.away is not None and self.away[0] <= self._clock.monotonic() < self.away[1]

    def open(self) -> None:
        assert self._file < 0, "opened twice"
        if self._is_away:
            raise OutputError("the cable is out; push it back in")
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
        if self._file < 0 or self._is_away:
            raise OutputError("the cable is out; push it back in")
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
        os.write(self._file, _HEAD.pack(kind, _micros(at), _micros(self._clock.now()), len(body)) + body)


@dataclass(slots=True, eq=False)
class Stretch:
    """One unbroken sounding of an airing, as this loudspeaker heard it."""

    output: str
    slot_id: str
    start: datetime
    written: list[tuple[datetime, datetime]] = field(default_factory=list)
    """From and to of every block, by the clock at the moment it was taken."""
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


def heard_in(folder: Path) -> list[Stretch]:
    """All that was ever heard, in the order of the files."""
    found: list[Stretch] = []
    for path in sorted(folder.glob("*.bin")):
        found += _heard_of(path)
    return [stretch for stretch in found if stretch.frames]


def _heard_of(path: Path) -> list[Stretch]:
    raw, at, running, found = path.read_bytes(), 0, dict[str, Stretch](), list[Stretch]()
    while at + _HEAD.size <= len(raw):
        kind, instant, now, size = _HEAD.unpack_from(raw, at)
        body = raw[at + _HEAD.size : at + _HEAD.size + size]
        at += _HEAD.size + size
        if kind == b"b":
            begun = Stretch(path.name.rpartition("-")[0], body.decode(), _EPOCH + timedelta(microseconds=instant))
            found.append(begun)
            running[begun.slot_id] = begun
        elif kind == b"e":
            running.pop(body.decode(), None)
        else:
            block = np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2")
            to = _EPOCH + timedelta(microseconds=now)
            _took(list(running.values()), block, to)
    return found


def _took(running: list[Stretch], block: Block, to: datetime) -> None:
    for stretch in running:
        stretch.is_mixed = stretch.is_mixed or len(running) > 1
        stretch.alone += 0 if stretch.is_mixed else len(block)
        stretch.blocks.append(block)
        stretch.written.append((to - timedelta(seconds=len(block) / HOUSE_RATE), to))
