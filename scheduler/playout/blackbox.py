"""What was measured of an airing, kept where kill -9 cannot take it: a small file in memory shared with the system.

Each airing has two copies of its record, written in turn, each with its own checksum: a write that was cut short is
seen, and the one before it counts. Writing touches memory only; `flush` asks the system to put it on the disk, against
a power cut. It holds a fixed number of airings: the oldest goes when there is no room. It judges nothing it keeps.
"""

import logging
import mmap
import struct
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from scheduler.kernel.mapped_file import open_allocated
from scheduler.playout.kept_ends import KeptEnds

__all__ = ["RECORDS", "BlackBox", "Measured"]

log = logging.getLogger(__name__)

RECORDS = 32
"""Airings it holds at most."""
LONGEST_ID = 96
"""Bytes of a slot id."""
_BODY = struct.Struct("<QqqH96s")
"""Sequence number, first audible instant in epoch microseconds, frames audible, length of the slot id, slot id."""
_CRC = struct.Struct("<I")
_COPY = 128
_SIZE = RECORDS * 2 * _COPY
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _ends_beside(path: Path) -> KeptEnds | None:
    try:
        return KeptEnds.open(path.with_suffix(".ends"))
    except OSError:
        log.exception("no file for ends: what ends an airing is lost if no row takes it and playout is killed")
        return None


@dataclass(frozen=True, slots=True)
class Measured:
    """How far an airing had come when it was last written down."""

    started_at: datetime
    frames: int


@dataclass(slots=True)
class _Record:
    number: int
    older: int
    """Which of its two copies is written next."""
    sequence: int = 0


class BlackBox:
    """One process writes; whoever comes after it reads. Any thread may call any method."""

    def __init__(self, memory: mmap.mmap, ends: KeptEnds | None = None) -> None:
        self.ends = ends
        """How airings ended whose rows could not be written yet; None = there is no room for it."""
        self._memory = memory
        self._lock = threading.Lock()
        self._sequence = 0
        self._records: dict[str, _Record] = {}
        self._is_open = True
        self._is_flushed = False
        """Nothing was written since the last flush that was done."""
        for number in range(RECORDS):
            newest = self._newest(number)
            if newest is None:
                continue
            sequence, slot_id, _ = newest
            self._sequence = max(self._sequence, sequence)
            if slot_id:
                self._records[slot_id] = _Record(number, self._older(number), sequence)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The black box at `path`, with all it holds; made if missing. Raises OSError where that cannot be done."""
        return cls(open_allocated(path, _SIZE), _ends_beside(path))

    def put(self, slot_id: str, started_at: datetime, audible_frames: int) -> None:
        """Write down how far an airing has come. Never raises and never waits for a disk."""
        name = slot_id.encode()
        with self._lock:
            if self._is_open and 0 < len(name) <= LONGEST_ID:
                self._write(slot_id, name, (started_at - _EPOCH) // _MICROSECOND, audible_frames)

    def clear(self, slot_id: str) -> None:
        """Its end is written where it belongs: forget it."""
        with self._lock:
            record = self._records.pop(slot_id, None)
            if self._is_open and record is not None:
                # Both copies: the older one must not come back to life when the newer one is torn.
                for _ in range(2):
                    self._write_record(record, b"", 0, 0)

    def read(self) -> dict[str, Measured]:
        """All it holds: slot id -> what was measured last."""
        found: dict[str, Measured] = {}
        with self._lock:
            for number in range(RECORDS if self._is_open else 0):
                newest = self._newest(number)
                if newest and newest[1]:
                    found[newest[1]] = newest[2]
        return found

    def flush(self) -> None:
        """Ask for it to be on the disk. A disk that cannot is no reason to stop: memory has it."""
        with self._lock, suppress(OSError):
            if self._is_open and not self._is_flushed:
                self._memory.flush()
                self._is_flushed = True
        if self.ends:
            self.ends.flush()

    def close(self) -> None:
        if self.ends:
            self.ends.close()
        with self._lock:
            if self._is_open:
                self._is_open = False
                self._memory.close()

    def _write(self, slot_id: str, name: bytes, started: int, frames: int) -> None:
        record = self._records.get(slot_id)
        if record is None:
            record = self._records[slot_id] = self._free()
        self._write_record(record, name, started, frames)

    def _free(self) -> _Record:
        """A record for a new airing: an unused one, else the one that was written longest ago."""
        used = {record.number: slot_id for slot_id, record in self._records.items()}
        for number in range(RECORDS):
            if number not in used:
                return _Record(number, self._older(number))
        oldest = min(self._records, key=lambda slot_id: self._records[slot_id].sequence)
        record = self._records.pop(oldest)
        return _Record(record.number, record.older)

    def _write_record(self, record: _Record, name: bytes, started: int, frames: int) -> None:
        """Over the older of its two copies."""
        self._sequence += 1
        record.sequence = self._sequence
        body = _BODY.pack(self._sequence, started, frames, len(name), name)
        at = (record.number * 2 + record.older) * _COPY
        self._memory[at : at + _CRC.size + _BODY.size] = _CRC.pack(zlib.crc32(body)) + body
        self._is_flushed = False
        record.older = 1 - record.older

    def _older(self, number: int) -> int:
        first, second = (self._copy(number, which) for which in (0, 1))
        return 0 if first is None or (second is not None and first[0] < second[0]) else 1

    def _newest(self, number: int) -> tuple[int, str, Measured] | None:
        copies = [copy for which in (0, 1) if (copy := self._copy(number, which))]
        return max(copies, key=lambda copy: copy[0], default=None)

    def _copy(self, number: int, which: int) -> tuple[int, str, Measured] | None:
        """One copy of a record, or None when it was never written or was torn."""
        at = (number * 2 + which) * _COPY
        raw = self._memory[at : at + _CRC.size + _BODY.size]
        body = raw[_CRC.size :]
        sequence, started, frames, length, name = _BODY.unpack(body)
        if not sequence or length > LONGEST_ID or _CRC.unpack_from(raw)[0] != zlib.crc32(body):
            return None
        with suppress(UnicodeDecodeError, OverflowError):
            return sequence, name[:length].decode(), Measured(_EPOCH + started * _MICROSECOND, frames)
        return None
