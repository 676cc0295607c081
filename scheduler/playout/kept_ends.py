"""Ends of airings that no row has taken yet, where kill -9 cannot take them: how it ended, why, and whose act it was.

A small file in memory shared with the system, laid out once, beside the black box: that one says how far an airing had
come, this one what ended it. An end is put here before its row is tried and cleared when the row stands. A record that
was torn or is another version's counts as none; with no room the oldest goes. It judges nothing it keeps.
"""

import json
import logging
import mmap
import struct
import threading
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from scheduler.core.air.output_share import from_row, to_row
from scheduler.core.model import AiringOutcome
from scheduler.kernel.mapped_file import open_allocated
from scheduler.store import Ending

__all__ = ["PLACES", "KeptEnds"]

log = logging.getLogger(__name__)

PLACES = 64
_PLACE = 4096
_SIZE = PLACES * _PLACE
_HEAD = struct.Struct("<4sIQI")
"""Magic with the version of the format, check sum of all behind it, sequence number, bytes of the text."""
_MAGIC = b"LOE1"
_ROOM = _PLACE - _HEAD.size
_FREE = bytes(_HEAD.size)
_MOST_WORDS = 400


class KeptEnds:
    """One process writes; whoever comes after it reads. Any thread may call any method; none raises or waits."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory
        self._lock = threading.Lock()
        self._is_open = True
        self._is_flushed = False
        """Nothing was written since the last flush that was done."""
        self._places: dict[str, tuple[int, int]] = {}
        """Slot -> its sequence number and its place."""
        for place in range(PLACES):
            if (found := self._at(place)) is not None:
                sequence, slot_id, _ = found
                self._places[slot_id] = max((sequence, place), self._places.get(slot_id, (0, 0)))
        self._sequence = max((sequence for sequence, _ in self._places.values()), default=0)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The file at `path`, with all it holds; made if missing. Raises OSError where that cannot be done."""
        return cls(open_allocated(path, _SIZE))

    def put(self, slot_id: str, ending: Ending) -> None:
        """Keep how a slot ended, in place of what is kept of it."""
        text = _text(slot_id, ending)
        with self._lock:
            if not self._is_open or len(text) > _ROOM:
                return
            known = self._places.pop(slot_id, None)
            place = known[1] if known else self._free()
            self._sequence += 1
            self._places[slot_id] = self._sequence, place
            body = _HEAD.pack(_MAGIC, 0, self._sequence, len(text))[8:] + text
            at = place * _PLACE
            self._memory[at : at + _HEAD.size] = _FREE
            self._memory[at + 8 : at + 8 + len(body)] = body
            self._memory[at : at + 8] = _MAGIC + struct.pack("<I", zlib.crc32(body))
            self._is_flushed = False

    def clear(self, slot_id: str) -> None:
        """Its row stands: forget it."""
        with self._lock:
            if self._is_open and (known := self._places.pop(slot_id, None)):
                self._memory[known[1] * _PLACE : known[1] * _PLACE + _HEAD.size] = _FREE
                self._is_flushed = False

    def read(self) -> dict[str, Ending]:
        """All it holds, in the order in which they ended."""
        with self._lock:
            found = [one for _, place in self._places.values() if self._is_open and (one := self._at(place))]
        return {slot_id: ending for _, slot_id, ending in sorted(found, key=lambda one: one[0])}

    def flush(self) -> None:
        """Ask for it to be on the disk. A disk that cannot is no reason to stop: memory has it."""
        with self._lock, suppress(OSError):
            if self._is_open and not self._is_flushed:
                self._memory.flush()
                self._is_flushed = True

    def close(self) -> None:
        with self._lock:
            if self._is_open:
                self._is_open = False
                self._memory.close()

    def _free(self) -> int:
        """An unused place, else the one of the oldest end."""
        used = {place for _, place in self._places.values()}
        free = next((place for place in range(PLACES) if place not in used), None)
        if free is not None:
            return free
        oldest = min(self._places, key=lambda slot_id: self._places[slot_id])
        return self._places.pop(oldest)[1]

    def _at(self, place: int) -> tuple[int, str, Ending] | None:
        at = place * _PLACE
        magic, crc, sequence, length = _HEAD.unpack(self._memory[at : at + _HEAD.size])
        if magic != _MAGIC or length > _ROOM:
            return None
        if zlib.crc32(self._memory[at + 8 : at + _HEAD.size + length]) != crc:
            return None
        try:
            told = json.loads(self._memory[at + _HEAD.size : at + _HEAD.size + length])
            return sequence, str(told["slot"]), _ending(told)
        except (ValueError, KeyError, TypeError, AttributeError):
            log.exception("an end that was kept cannot be read")
            return None


def _text(slot_id: str, ending: Ending) -> bytes:
    """As it is kept; what each output sounded and long words are left out where there is no room for them."""
    for one in (ending, replace(ending, shares=None, outputs=None, note=ending.note[:_MOST_WORDS])):
        told = {
            "slot": slot_id,
            "outcome": one.outcome.value,
            "reason": one.reason,
            "started_at": one.started_at.isoformat() if one.started_at else None,
            "ended_at": one.ended_at.isoformat() if one.ended_at else None,
            "played_ms": one.played_ms,
            "outputs": one.outputs,
            "note": one.note,
            "shares": None if one.shares is None else to_row(one.shares),
        }
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        if len(text) <= _ROOM:
            break
    return text


def _ending(told: Mapping[str, Any]) -> Ending:
    return Ending(
        outcome=AiringOutcome(told["outcome"]),
        reason=told["reason"],
        started_at=_instant(told["started_at"]),
        ended_at=_instant(told["ended_at"]),
        played_ms=int(told["played_ms"]),
        outputs=told["outputs"],
        note=told["note"],
        shares=None if told["shares"] is None else from_row(told["shares"]),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
