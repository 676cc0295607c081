"""The last hundred faults of the station with their causes, in a file of its own beside the database.

It is made with all its blocks when the station is first opened and mapped afterwards, so a full disk, a locked or a
damaged database are written down like any other fault. The station's supervisor alone writes, whoever likes reads. A
fault that stands is never dropped for a newer one that is over. Nothing is decided here, and nothing raises but a bug.
"""

import logging
import mmap
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from scheduler.core.station.station_faults import FaultRecord, StationFault
from scheduler.kernel.clock import Clock
from scheduler.kernel.mapped_file import Cell, Fields, heads, open_mapped

__all__ = ["KEPT", "NAME", "FaultLog", "FaultService", "FaultsSeen"]

log = logging.getLogger(__name__)

NAME = "faults.ring"
KEPT = 100
WATCH_SILENT = timedelta(seconds=60)
"""A watch that has not looked for so long is gone."""
_MAGIC = b"loa-flt1"
_HEAD, _RECORD = 1024, 2048
"""Bytes of one copy of each cell."""
_PAGE = 4096
_SIZE = _PAGE + 2 * _HEAD + KEPT * 2 * _RECORD


class FaultLog:
    """The log of one data folder; one that could not be made keeps its records in memory."""

    def __init__(self, memory: mmap.mmap | None, file: int = -1) -> None:
        self._memory, self._file, self._lock = memory, file, threading.RLock()
        self._kept: dict[int, Fields] = {}
        self._head: Fields = {}
        self._cells: list[Cell] = []
        if memory is not None:
            at = _PAGE + 2 * _HEAD
            self._cells = [Cell(memory, at + number * 2 * _RECORD, _RECORD) for number in range(KEPT)]
            self._head_cell = Cell(memory, _PAGE, _HEAD)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The log of a data folder, made if missing. It never raises."""
        try:
            return cls(*open_mapped(folder / NAME, _SIZE, _MAGIC))
        except (OSError, ValueError):
            log.exception("no log of faults on the disk: they are kept in memory alone")
            return cls(None)

    def close(self) -> None:
        with self._lock:
            if self._memory is not None:
                self._memory.close()
                os.close(self._file)
                self._cells, self._memory = [], None

    def records(self) -> list[FaultRecord]:
        """All that are kept, the newest first."""
        with self._lock:
            found = [one for cell in range(KEPT) if (one := self._read(cell)) is not None]
        return sorted(found, key=lambda one: -one.number)

    def marks(self) -> object:
        """Another value once a record is another."""
        with self._lock:
            if self._memory is None:
                return dict(self._kept)
            return heads(self._memory, _PAGE + 2 * _HEAD, _RECORD, 2 * _RECORD)

    def standing(self) -> list[FaultRecord]:
        """Those that are not over, the oldest first."""
        return [one for one in reversed(self.records()) if one.stands]

    def begin(self, fault: StationFault, at: datetime, tell: Iterable[str] = ()) -> FaultRecord:
        """A fault begins. `tell`: who outside is to hear of it."""
        with self._lock:
            kept = {cell: self._read(cell) for cell in range(KEPT)}
            number = max((one.number for one in kept.values() if one), default=0) + 1
            record = FaultRecord(number, fault, at, told=dict.fromkeys(tell, ""))
            self._write(min(kept, key=lambda cell: _overwrite_rank(kept[cell])), record)
        return record

    def over(self, number: int, at: datetime) -> None:
        """A fault is over."""
        self._change(number, lambda one: replace(one, ended=at))

    def told(self, number: int, whom: str, what: str) -> None:
        """Somebody outside has been told."""
        self._change(number, lambda one: replace(one, told={**one.told, whom: what}))

    def looked(self) -> tuple[datetime | None, bool]:
        """When somebody looked for faults last, and whether that was the last look before an orderly end."""
        with self._lock:
            told = (self._head_cell.read() if self._cells else self._head) or {}
        at = told.get("at")
        return (datetime.fromisoformat(at) if at else None), bool(told.get("ended"))

    def note_look(self, at: datetime, *, ended: bool = False) -> None:
        """Somebody has looked."""
        told = {"at": at.isoformat(), "ended": ended}
        with self._lock:
            if self._cells:
                self._head_cell.write(told)
            else:
                self._head = told

    def sync(self) -> None:
        """Have it on the disk. Raises OSError where the disk takes nothing."""
        if self._memory is not None:
            os.fdatasync(self._file)

    def _change(self, number: int, change: Callable[[FaultRecord], FaultRecord]) -> None:
        with self._lock:
            for cell in range(KEPT):
                if (one := self._read(cell)) is not None and one.number == number:
                    self._write(cell, change(one))

    def _read(self, cell: int) -> FaultRecord | None:
        told = self._cells[cell].read() if self._cells else self._kept.get(cell)
        with suppress(KeyError, ValueError, TypeError):
            return _record(told) if told else None
        return None

    def _write(self, cell: int, record: FaultRecord) -> None:
        told = _fields(record)
        if not self._cells:
            self._kept[cell] = told
        elif not self._cells[cell].write(told):  # a message that is too long costs itself, never the record
            self._cells[cell].write(told | {"details": {}})


@dataclass(frozen=True, slots=True)
class FaultsSeen:
    """What a page has to say of the station's faults."""

    standing: tuple[FaultRecord, ...]
    """The oldest first."""
    silent_since: datetime | None
    """When somebody looked for faults last, where that is too long ago; None = they are looked for."""


class FaultService:
    """The log for whoever shows it: what stands, what was, and who looked last. It writes nothing."""

    def __init__(self, faults: FaultLog, clock: Clock) -> None:
        self._log, self._clock = faults, clock

    def seen(self) -> FaultsSeen:
        """What stands now, and whether anybody looks for more."""
        standing, (at, ended) = tuple(self._log.standing()), self._log.looked()
        is_silent = at is not None and not ended and self._clock.now() - at > WATCH_SILENT
        return FaultsSeen(standing, at if is_silent else None)

    def records(self) -> list[FaultRecord]:
        """All that are kept, the newest first."""
        return self._log.records()

    def standing(self) -> list[FaultRecord]:
        """Those that stand, the oldest first."""
        return self._log.standing()

    def looked(self) -> tuple[datetime | None, bool]:
        """When somebody looked for faults last, and whether that was the last look before an orderly end."""
        return self._log.looked()


def _overwrite_rank(record: FaultRecord | None) -> tuple[int, int]:
    """What is overwritten first: an empty place, then the oldest that is over, then the oldest."""
    if record is None:
        return (0, 0)
    return (2 if record.stands else 1, record.number)


def _fields(record: FaultRecord) -> Fields:
    return {
        "number": record.number,
        "key": record.fault.key,
        "reason": record.fault.reason,
        "details": dict(record.fault.details),
        "began": record.began.isoformat(),
        "ended": record.ended.isoformat() if record.ended else None,
        "told": dict(record.told),
    }


def _record(told: Fields) -> FaultRecord:
    ended = told["ended"]
    return FaultRecord(
        int(told["number"]),
        StationFault(told["key"], told["reason"], told["details"]),
        datetime.fromisoformat(told["began"]),
        datetime.fromisoformat(ended) if ended else None,
        told["told"],
    )
