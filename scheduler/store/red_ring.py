"""The file of the red lane: orders that may wait for nothing, and the life of the processes, in memory that all share.

It is made with all its blocks when the station is first opened and mapped by each process at its start, so an order
needs no free disk, no descriptor and no database. Whoever orders writes the order and may take it back; playout alone
writes the answer. Nothing is decided here, and nothing raises.
"""

import fcntl
import logging
import mmap
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from scheduler.kernel import doorbell
from scheduler.kernel.mapped_file import Cell, Fields, heads, let_go, open_mapped
from scheduler.kernel.syncing import Syncing

__all__ = ["NAME", "Placed", "RedRing"]

log = logging.getLogger(__name__)

NAME = "red.ring"
RECORDS = 256
"""Orders and stops that may stand at once; one that is written down in the database makes room."""
LOCK_WITHIN = 0.3
"""Seconds that a writer waits for another one. One that was stopped in its middle must not stop everybody."""
SYNC_WITHIN = 0.5
"""Seconds that an order waits for the disk; a disk that hangs longer is no reason not to answer."""
_MAGIC = b"loa-red1"
_BELL = slice(64, 80)
"""Other bytes after every order and every taking back: whoever waits for one looks here."""
_PAGE = 4096
_BEATS = {"playout": 32_768, "web": 4096, "worker": 4096}
"""Process -> bytes of one copy of its beat."""
_ORDER, _CANCEL, _ANSWER = 3072, 1024, 8192
"""Bytes of one copy of each cell of a record."""
_STRIDE = 2 * (_ORDER + _CANCEL + _ANSWER)
"""Of a whole record: whole pages, the heads of both copies of its order in the first of them."""
_PAUSE = threading.Event()
"""Never set: waiting for it is a pause."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One order in the ring, with whatever was said of it since."""

    number: int
    order: Fields
    cancel: Fields | None
    """Who takes it back, where somebody does."""
    answer: Fields
    """What playout has made of it; empty = it has not seen it yet."""

    @property
    def key(self) -> str:
        """The slot of an order; a name of its own of a stop."""
        return str(self.order["key"])

    @property
    def state(self) -> str:
        return str(self.answer.get("state", ""))


class RedRing:
    """The ring of one data folder. Any thread of any process may call it; one that is not there keeps nothing."""

    def __init__(self, memory: mmap.mmap | None, file: int = -1) -> None:
        self._memory, self._file = memory, file
        self._lock = threading.RLock()
        self._sync = Syncing(file)
        self._beats: dict[str, Cell] = {}
        self._records: list[tuple[Cell, Cell, Cell]] = []
        self._first = 0
        """Where the first record begins."""
        self._heads = b""
        self._held: list[int] = []
        """Records that held an order, or could not be read, when the heads of all orders were these."""
        if memory is None:
            return
        at = _PAGE
        for name, size in _BEATS.items():
            self._beats[name] = Cell(memory, at, size)
            at += 2 * size
        self._first = at
        for _ in range(RECORDS):
            cells = []
            for size in (_ORDER, _CANCEL, _ANSWER):
                cells.append(Cell(memory, at, size))
                at += 2 * size
            self._records.append((cells[0], cells[1], cells[2]))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The ring of a data folder, made if missing. It never raises: where it cannot be had, it is not there."""
        size = _PAGE + 2 * sum(_BEATS.values()) + RECORDS * _STRIDE
        try:
            return cls(*open_mapped(folder / NAME, size, _MAGIC))
        except (OSError, ValueError):
            log.exception("no red lane: orders go through the database alone")
            return cls(None)

    @property
    def is_there(self) -> bool:
        return self._memory is not None

    def close(self) -> None:
        with self._lock:
            memory, self._memory = self._memory, None
            if memory is not None:
                self._beats, self._records = {}, []
                memory.close()
                os.close(self._file)

    # Orders

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other writer is at work meanwhile, or one has kept still for too long."""
        with self._lock:
            held = self._take()
            try:
                yield
            finally:
                if held:
                    with suppress(OSError):
                        fcntl.flock(self._file, fcntl.LOCK_UN)

    def _take(self) -> bool:
        for _ in range(round(LOCK_WITHIN / 0.005)):
            if self._memory is None:
                return False
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                _PAUSE.wait(0.005)
            else:
                return True
        log.warning("another writer of the red lane keeps still: going on without its leave")
        return False

    def put(self, order: Fields) -> int | None:
        """Keep an order with its `key`; its number, or None where there is no room or it does not fit."""
        with self._lock:
            if self._memory is None:
                return None
            empty = [number for number, record in enumerate(self._records) if not record[0].read()]
            done = [] if empty else [n for n, (cell, _, told) in enumerate(self._records) if _is_done(cell, told)]
            for number in (*empty, *done):
                cell, cancel, _ = self._records[number]
                cancel.write({})
                if not cell.write(order):
                    return None
                if (kept := cell.read()) and kept.get("key") == order["key"]:  # else one that was stopped woke up
                    self._ring_the_bell()
                    return number
        return None

    def _ring_the_bell(self) -> None:
        if self._memory is not None:
            self._memory[_BELL] = os.urandom(16)
            doorbell.ring(self._memory, _BELL.start)

    def cancel(self, number: int, key: str, fields: Fields) -> bool:
        """Take an order back; whether playout had not taken it by then. Both sides write first and then look."""
        with self._lock:
            if self._memory is None:
                return False
            cell, cancel, answer = self._records[number]
            cancel.write(fields | {"key": key})
            self._ring_the_bell()
            told = answer.read() or {}
            state = told.get("state", "") if told.get("key") == key else ""
            return (cell.read() or {}).get("key") == key and state in {"", "waiting"}

    def answer(self, number: int, key: str, fields: Fields) -> bool:
        """What has become of an order; playout's alone. Whether it was written.

        A new state is on the disk a moment later, so that a power cut lets nothing sound twice; nobody waits for it.
        """
        with self._lock:
            if self._memory is None:
                return False
            cell = self._records[number][2]
            before = cell.read() or {}
            if not cell.write(fields | {"key": key}):
                return False
        if (before.get("key"), before.get("state")) != (key, fields.get("state")):
            self._sync.soon()
        return True

    def amend(self, number: int, order: Fields) -> bool:
        """More is known of an order that stands; playout's alone, while one lives. Whether it was written."""
        with self._lock:
            cell = self._records[number][0] if self._memory is not None else None
            return cell is not None and (cell.read() or {}).get("key") == order["key"] and cell.write(order)

    def finish(self, number: int, key: str) -> None:
        """Its rows tell everything: it makes room. Playout's alone."""
        with self._lock:
            if self._memory is None:
                return
            cell, _, answer = self._records[number]
            answer.write((answer.read() or {}) | {"key": key, "done": True})
            if (cell.read() or {}).get("key") == key:
                cell.write({})

    def placed(self) -> list[Placed]:
        """Every order that has not been done with, as they were given."""
        found: list[Placed] = []
        with self._lock:
            for number in self._may_hold():
                cell, cancel, answer = self._records[number]
                order = cell.read()
                if not order or _is_done(cell, answer):
                    continue
                told = answer.read()
                key, back = order.get("key"), cancel.read()
                mine = told if told and told.get("key") == key else {}
                found.append(Placed(number, order, back if back and back.get("key") == key else None, mine))
        return sorted(found, key=lambda one: (str(one.order.get("at", "")), one.number))

    def _may_hold(self) -> list[int]:
        """The records that may hold an order: all but those that were empty and were not written since.

        Of records that hold none only the heads stay in memory: the file is 6 MB.
        """
        if self._memory is None:
            return []
        found = heads(self._memory, self._first, _ORDER, _STRIDE)
        if found != self._heads:
            self._held = [number for number, (cell, _, _) in enumerate(self._records) if not cell.is_empty]
            self._heads = found
            let_go(self._memory, self._first, _STRIDE, _PAGE)
        return self._held

    def find(self, key: str) -> Placed | None:
        """The order of this slot, while it has not been done with."""
        return next((one for one in self.placed() if one.key == key), None)

    def bell(self) -> bytes:
        """Another value after every order and every taking back: and who waits for one is woken."""
        with self._lock:
            return b"" if self._memory is None else self._memory[_BELL]

    def wait(self, bell: bytes, seconds: float) -> None:
        """Until the bell is another than `bell` was, at most so long. It may be over too soon."""
        memory = self._memory
        if memory is None:
            _PAUSE.wait(min(seconds, doorbell.PAUSE))
        else:
            doorbell.wait(memory, _BELL.start, bell[:4], seconds)

    def wake(self) -> None:
        """Let whoever waits look again, though nothing was ordered."""
        if (memory := self._memory) is not None:
            doorbell.ring(memory, _BELL.start)

    # Life

    def marks(self) -> object:
        """Another value once an order is given or taken back, or a process has said another word."""
        with self._lock:
            return self.bell(), [cell.marks() for cell in self._beats.values()]

    def beat(self, process: str, fields: Fields) -> bool:
        """What a process says of itself now; whether there is a place for it."""
        with self._lock:
            cell = self._beats.get(process) if self._memory is not None else None
            return cell is not None and cell.write(fields)

    def life(self, process: str) -> Fields | None:
        """What a process said of itself last; None = it never did."""
        with self._lock:
            cell = self._beats.get(process) if self._memory is not None else None
            return (cell.read() or None) if cell is not None else None

    def sync(self) -> bool:
        """Have it on the disk, against a power cut; whether it was in half a second: a hanging disk holds nobody."""
        return self._memory is not None and self._sync.within(SYNC_WITHIN)


def _is_done(cell: Cell, answer: Cell) -> bool:
    order, told = cell.read() or {}, answer.read() or {}
    return bool(told.get("done")) and told.get("key") == order.get("key")
