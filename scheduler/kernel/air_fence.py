"""Who has the air, as all processes of one machine read it: a small file in memory, written by the pair process alone.

Playout reads it before every block of sound: an instant of the machine's steady clock up to which this machine may
sound, so that a writer that is paused or dead leaves silence behind and no flag that somebody would have to clear. A
record that does not fit its checksum, or was written before the machine was last started, says no.
"""

import mmap
import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from scheduler.kernel.clock import boot_mark, since_boot
from scheduler.kernel.durable import write_whole
from scheduler.kernel.errors import Refused

__all__ = ["Air", "AirFence", "FenceState", "HasAir", "Resting", "always", "folder_of"]

HasAir = Callable[[float], bool]
"""Seconds ahead -> whether this machine may still sound then. Asked on audio threads: memory only."""

_BODY = struct.Struct("<I36sdIIId32s200s?")
"""Version of this record, boot, deadline, phase, term, turn, bound until, bound to, the other's page, alone."""
_SUM = struct.Struct("<I")
_SIZE = _BODY.size + _SUM.size
_VERSION = 1
_READS = 20
"""Tries to read a record that is just being written."""
PAIR = "pair"
BESIDE = frozenset({PAIR, "web", "playout"})
"""The processes of a machine that follows: the pair, pages to read, and playout, warm and silent."""
CLOSING = 3.0
"""Seconds behind the deadline in which what was heard is still written down."""


class FenceState(IntEnum):
    """What the processes of this machine may do."""

    NONE = 0
    """Nobody has written yet."""
    FOLLOWS = 1
    """Pages to read, playout warm and silent; no row is written."""
    HOLDS = 2
    LOST = 3
    """The air is gone: what sounded is written down, and every process but this one ends."""


@dataclass(frozen=True, slots=True)
class Air:
    """The record."""

    deadline: float = float("-inf")
    phase: FenceState = FenceState.NONE
    term: int = 0
    turn: int = 0
    """Grows each time the other processes are asked to end."""
    bound_until: float = float("-inf")
    bound_to: str = ""
    page: str = ""
    """Address of the other machine's page."""
    alone: bool = False


def always(_ahead: float) -> bool:
    """Of a station that stands alone."""
    return True


def folder_of(data: Path) -> Path:
    """Where the pair keeps what is this machine's own."""
    return data / "pair"


class AirFence:
    """The file in `folder`. `write` is for the pair process; everybody else asks `has_air` and `fence`."""

    def __init__(self, folder: Path, now: Callable[[], float] = since_boot) -> None:
        self._now = now
        self._boot = boot_mark()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(folder / "air.bin", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(number).st_size != _SIZE:
                os.ftruncate(number, _SIZE)
            self._map = mmap.mmap(number, _SIZE)
        finally:
            os.close(number)

    def write(self, air: Air) -> None:
        body = _BODY.pack(
            _VERSION,
            self._boot.encode(),
            air.deadline,
            air.phase,
            air.term,
            air.turn,
            air.bound_until,
            air.bound_to.encode()[:32],
            air.page.encode()[:200],
            air.alone,
        )
        self._map[:] = body + _SUM.pack(zlib.crc32(body))

    def read(self) -> Air:
        """The record; one of another boot or one that cannot be read says no to everything."""
        for _ in range(_READS):
            raw = self._map[:]
            body = raw[: _BODY.size]
            if _SUM.unpack(raw[_BODY.size :])[0] == zlib.crc32(body):
                return self._read_body(body)
        return Air()

    def _read_body(self, body: bytes) -> Air:
        version, boot, deadline, phase, term, turn, bound_until, bound_to, page, alone = _BODY.unpack(body)
        page = _text(page)
        if version != _VERSION or _text(boot) != self._boot:
            return Air(page=page if version == _VERSION else "", term=term if version == _VERSION else 0)
        return Air(deadline, FenceState(phase), term, turn, bound_until, _text(bound_to), page, alone)

    def has_air(self, ahead: float = 0.0) -> bool:
        """Whether this machine may sound, now and for `ahead` seconds. For audio threads: memory only."""
        air = self.read()
        return air.phase is FenceState.HOLDS and air.deadline > self._now() + max(ahead, 0.0)

    def may_write(self) -> bool:
        """Whether rows may be changed here: with the air, and for a moment after it was lost."""
        air = self.read()
        if air.phase is FenceState.LOST:
            return True
        return air.phase is FenceState.HOLDS and self._now() < air.deadline + CLOSING

    def fence(self) -> None:
        """Raises Refused pair_not_here where rows may not be changed on this machine."""
        if not self.may_write():
            air = self.read()
            raise Refused("pair_not_here", page=air.page or "?")

    def close(self) -> None:
        self._map.close()


def holds_air(folder: Path) -> bool:
    """Whether the machine with this folder may sound and write now."""
    air = AirFence(folder)
    try:
        return air.read().phase is FenceState.HOLDS and air.has_air()
    finally:
        air.close()


class Resting:
    """Which processes of this machine rest, as its supervisor asks: who has not the air plans, sends and makes nothing.

    `over` tells the pair process that all of them have ended.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._air = folder, AirFence(folder)
        self._told = -1

    def rests(self, name: str) -> bool:
        phase = self._air.read().phase
        if phase is FenceState.LOST:
            return name != PAIR
        return phase is not FenceState.HOLDS and name not in BESIDE

    def over(self, alive: frozenset[str]) -> None:
        """`alive`: the processes that run now."""
        air = self._air.read()
        if air.phase is FenceState.LOST and alive <= {PAIR} and air.turn != self._told:
            write_whole(self._folder / "quiet", str(air.turn).encode("ascii"))
            self._told = air.turn


def _text(raw: bytes) -> str:
    return raw.rstrip(b"\0").decode(errors="replace")
