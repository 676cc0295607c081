"""A file in memory that processes share: made with all its blocks, whole before anybody sees it, and cells in it.

Each cell has two checksummed copies, written in turn: one that was cut short is seen, and the one before it counts.
What a cell means is its owner's to say.
"""

import fcntl
import json
import mmap
import os
import struct
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from scheduler.kernel.durable import sync_folder

__all__ = ["Cell", "Fields", "heads", "let_go", "open_allocated", "open_mapped"]

Fields = dict[str, Any]
_HEAD = struct.Struct("<IQI")
"""Checksum of what follows, sequence number, length of the body."""
_SEQUENCE = struct.Struct("<Q")
_NEVER = (0, 0)
"""Sequence numbers of a cell that nothing was written into."""
_NOTHING = b"{}"


def open_mapped(path: Path, size: int, magic: bytes) -> tuple[mmap.mmap, int]:
    """The file at `path`, mapped, and its descriptor; made if it is not there, or of another size or kind.

    One that is made already waits for no lock. Raises OSError, ValueError where it cannot be had.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _is_made(file, size, magic):
            fcntl.flock(file, fcntl.LOCK_EX)
            if not _is_made(file, size, magic):  # somebody else may have made it meanwhile, and written into it
                _make(file, size, magic)
                with suppress(OSError):
                    sync_folder(path.parent)
            fcntl.flock(file, fcntl.LOCK_UN)
        return mmap.mmap(file, size), file
    except (OSError, ValueError):
        os.close(file)
        raise


def open_allocated(path: Path, size: int) -> mmap.mmap:
    """The file at `path`, mapped, with all it holds; made if missing, empty then. Raises OSError."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # Real blocks now: on a full disk a page without one would kill the process at its first write.
        if not os.fstat(file).st_size:
            sync_folder(path.parent)
        os.posix_fallocate(file, 0, size)
        return mmap.mmap(file, size)
    finally:
        os.close(file)


def _is_made(file: int, size: int, magic: bytes) -> bool:
    return os.fstat(file).st_size == size and os.pread(file, len(magic), 0) == magic


def _make(file: int, size: int, magic: bytes) -> None:
    """Real blocks, written once: a page without one would kill a process on a full disk at its first write."""
    os.ftruncate(file, 0)
    os.posix_fallocate(file, 0, size)
    for at in range(0, size, 1 << 16):
        os.pwrite(file, bytes(min(1 << 16, size - at)), at)
    os.pwrite(file, magic, 0)
    with suppress(OSError):
        os.fdatasync(file)


def heads(memory: mmap.mmap, start: int, size: int, stride: int) -> bytes:
    """The heads of every cell that begins each `stride` bytes from `start` to the end of the file; `size`: of a copy.

    Checksums, which stay the very same for as long as none of the cells is written. All of these numbers are multiples
    of 4.
    """
    words = start // 4, (start + size) // 4
    with memoryview(memory) as raw, raw.cast("I") as whole:
        return b"".join(whole[first :: stride // 4].tobytes() for first in words)


def let_go(memory: mmap.mmap, start: int, stride: int, kept: int) -> None:
    """Take the file out of this process's memory from `start` on, but for the first `kept` bytes of each `stride`.

    The kernel brings neighbours along with each page that is read. All stands in the file as before, and what is read
    again comes back by itself. All of these numbers are whole pages; elsewhere than on Linux nothing is done.
    """
    unneeded = getattr(mmap, "MADV_DONTNEED", None)
    if unneeded is not None and sys.platform == "linux":
        for at in range(start, len(memory), stride):
            memory.madvise(unneeded, at + kept, stride - kept)


class Cell:
    """Two copies of one piece of JSON."""

    __slots__ = ("_at", "_memory", "_seen", "_size")

    def __init__(self, memory: mmap.mmap, at: int, size: int) -> None:
        self._memory, self._at, self._size = memory, at, size
        self._seen: tuple[int, bytes, Fields] | None = None
        """Where the newest copy stood when it was read last and was whole, its bytes, and what they say."""

    def marks(self) -> tuple[int, int]:
        """Sequence numbers as they stand, believed or not."""
        memory, first = self._memory, self._at + 4
        return _SEQUENCE.unpack_from(memory, first)[0], _SEQUENCE.unpack_from(memory, first + self._size)[0]

    def read(self) -> Fields | None:
        """The newest copy that is whole, which nobody may change; None where there is none."""
        marks = self.marks()
        if marks == _NEVER:
            return None
        newer, seen = 0 if marks[0] > marks[1] else 1, self._seen
        at = self._at + newer * self._size
        if seen is not None and seen[0] == at and self._memory[at : at + len(seen[1])] == seen[1]:
            return seen[2]
        length: int = _HEAD.unpack_from(self._memory, at)[2]
        raw, found = self._memory[at : at + _HEAD.size + min(length, self._size)], self._copy(newer)
        if found is not None and self._memory[at : at + len(raw)] == raw:
            self._seen = at, raw, found[1]
        found = found or self._copy(1 - newer)
        return found[1] if found else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever written into it, or nothing last; False where its newest copy is not whole."""
        marks = self.marks()
        newest = self._whole(0 if marks[0] > marks[1] else 1)
        return marks == _NEVER or (newest is not None and newest[1] == _NOTHING)

    def write(self, fields: Fields) -> bool:
        """Over the older copy; whether it fits."""
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        if _HEAD.size + len(body) > self._size:
            return False
        had = [(copy[0] if (copy := self._whole(which)) else 0) for which in (0, 1)]
        older = had.index(min(had))
        rest = struct.pack("<QI", max(had) + 1, len(body)) + body
        at = self._at + older * self._size
        self._memory[at : at + 4 + len(rest)] = struct.pack("<I", zlib.crc32(rest)) + rest
        return True

    def _copy(self, which: int) -> tuple[int, Fields] | None:
        if (found := self._whole(which)) is None:
            return None
        with suppress(ValueError):
            return found[0], json.loads(found[1])
        return None

    def _whole(self, which: int) -> tuple[int, bytes] | None:
        """The sequence number and the body of a copy that is as it was written."""
        at = self._at + which * self._size
        checksum, sequence, length = _HEAD.unpack_from(self._memory, at)
        if not sequence or length > self._size - _HEAD.size:
            return None
        rest = self._memory[at + 4 : at + _HEAD.size + length]
        return (sequence, rest[12:]) if zlib.crc32(rest) == checksum else None
