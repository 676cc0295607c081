"""The anchor: where the ends of both chains (journal, log of acts) stood, kept outside the database.

A ring of fixed size in a file that is laid out once: after each commit that lengthened a chain, its newest row and hash
go to a place that their numbers name, and are flushed. Rows that were anchored and are gone or other than they were are
found by it; rows behind the last anchor (a power cut between the two) are no fault. It needs no lock and no free disk,
it never raises into a write, and it proves nothing against whoever can write this file too.
"""

import logging
import os
import secrets
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from scheduler.kernel.causes import reason_of
from scheduler.kernel.durable import put_in_place
from scheduler.store.chain import Mark

__all__ = ["NAME", "Anchor", "AnchorContent", "Anchored", "Ends"]

log = logging.getLogger(__name__)

NAME = "anchor.bin"
RECORDS = 1024
_HEAD = struct.Struct("<4s16sI")
_RECORD = struct.Struct("<4sIqQ32sQ32s")
_SIZE, _FIRST = 128, 512
"""Bytes of a record with its check sum, four in a sector; and where the first one stands, behind the head's sector."""
_MAGIC_HEAD, _MAGIC = b"LOAH", b"LOAR"
_CRC = struct.Struct("<I")


class Ends(NamedTuple):
    """The newest rows of both chains; row 0 = none yet."""

    journal: Mark
    audit: Mark


class Anchored(NamedTuple):
    """One record: where the chains ended at an hour. `term`: which beginning of the file it belongs to."""

    term: int
    at: datetime
    ends: Ends


class AnchorContent(NamedTuple):
    """What the file tells: its name, and the records of its present term, oldest first."""

    name: str
    term: int
    records: tuple[Anchored, ...]


class Anchor:
    """The file beside one database. `keep` is called by every process that writes; each place is one small write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._faulty = False

    def keep(self, ends: Ends, at: datetime) -> None:
        """Anchor these ends. A fault (a full disk, no descriptor) is a line in the log, once."""
        try:
            self._write(ends, at)
        except OSError as error:
            if not self._faulty:
                log.error("the ends of the chains are not anchored: %s", error)  # noqa: TRY400 - once, and no more
            self._faulty = True
            return
        self._faulty = False

    def begin(self, ends: Ends, at: datetime) -> str:
        """Lay the file out anew (its name); what an older one held is gone. Raises OSError."""
        name = secrets.token_bytes(16)
        part = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}.part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(_summed(_HEAD.pack(_MAGIC_HEAD, name, 1)).ljust(_FIRST, b"\0"))
                out.write(bytes(RECORDS * _SIZE))
                out.seek(_place(ends))
                out.write(_packed(1, ends, at))
                out.flush()
                os.fsync(out.fileno())
            put_in_place(part, self.path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return name.hex()

    def begin_term(self, ends: Ends, at: datetime) -> None:
        """What was anchored before says no longer what must be here: rows came whole from elsewhere, and it is told
        where. Raises OSError.
        """
        with self.path.open("r+b") as file:
            head = _head(file.read(_FIRST))
            if head is None:
                raise OSError(f"{self.path} is no file of anchors")
            name, term = head
            file.seek(0)
            file.write(_summed(_HEAD.pack(_MAGIC_HEAD, name, term + 1)))
            file.seek(_place(ends))
            file.write(_packed(term + 1, ends, at))
            file.flush()
            os.fsync(file.fileno())

    def term(self) -> int | None:
        """Which beginning of the file holds now; None = there is no file. Raises OSError where it cannot be asked."""
        try:
            with self.path.open("rb") as file:
                head = _head(file.read(_FIRST))
        except FileNotFoundError:
            return None
        if head is None:
            return None
        return head[1]

    def held(self) -> AnchorContent | None:
        """What the file tells; None = it is gone, or another. Raises OSError where the machine fails to read it."""
        try:
            data = self.path.read_bytes()
        except OSError as error:
            if reason_of(error, ""):
                raise
            return None
        head = _head(data[:_FIRST])
        if head is None:
            return None
        found = sorted((one for one in _records(data) if one.term == head[1]), key=lambda one: _sum(one.ends))
        return AnchorContent(head[0].hex(), head[1], tuple(found))

    def _write(self, ends: Ends, at: datetime) -> None:
        with open(self.path, "r+b", buffering=0) as file:  # noqa: PTH123 - unbuffered: one place, one write
            head = _head(file.read(_FIRST))
            if head is None:
                raise OSError(f"{self.path} is no file of anchors")
            file.seek(_place(ends))
            file.write(_packed(head[1], ends, at))
            os.fdatasync(file.fileno())


def _sum(ends: Ends) -> int:
    """Rows are only added: it grows with every commit that lengthens a chain, whichever process makes it."""
    return ends.journal.seq + ends.audit.seq


def _place(ends: Ends) -> int:
    return _FIRST + _sum(ends) % RECORDS * _SIZE


def _summed(data: bytes) -> bytes:
    return data + _CRC.pack(zlib.crc32(data))


def _packed(term: int, ends: Ends, at: datetime) -> bytes:
    micros = round(at.timestamp() * 1_000_000)
    (journal, journal_hash), (audit, audit_hash) = ends
    data = _RECORD.pack(_MAGIC, term, micros, journal, bytes.fromhex(journal_hash), audit, bytes.fromhex(audit_hash))
    return _summed(data).ljust(_SIZE, b"\0")


def _head(data: bytes) -> tuple[bytes, int] | None:
    size = _HEAD.size
    if len(data) < _FIRST or _summed(data[:size]) != data[: size + _CRC.size]:
        return None
    magic, name, term = _HEAD.unpack(data[:size])
    return (name, term) if magic == _MAGIC_HEAD else None


def _records(data: bytes) -> Iterator[Anchored]:
    """Those that were written whole; a torn one is as if it were not there."""
    for first in range(_FIRST, len(data), _SIZE):
        if not data.startswith(_MAGIC, first):  # nothing was written there yet
            continue
        body = data[first : first + _RECORD.size]
        if len(body) == _RECORD.size and data[first : first + _RECORD.size + _CRC.size] == _summed(body):
            _, term, micros, journal, journal_hash, audit, audit_hash = _RECORD.unpack(body)
            ends = Ends(Mark(journal, journal_hash.hex()), Mark(audit, audit_hash.hex()))
            yield Anchored(term, datetime.fromtimestamp(micros / 1_000_000, UTC), ends)
