"""A file whose sound lies behind a long run of zeros, as a recorder leaves that was switched off too early.

Only zeros before the first frame of a raw MP3 or AAC stream are skipped; every other file stays as it is. What a file
is decides `sniff`.
"""

import io
from typing import BinaryIO, cast

from audio_assets import sniff

__all__ = ["behind_zeros"]

_PIECE = 1 << 20
_RAW = frozenset({"mp3", "aac"})


class _Behind(io.RawIOBase):
    """A file from one of its bytes on, as if it began there."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file, self._start = file, start
        file.seek(start)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, place: "memoryview") -> int:  # type: ignore[override]
        data = self._file.read(len(place))
        place[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = self._start + offset if whence == io.SEEK_SET else offset
        return self._file.seek(at, whence) - self._start

    def tell(self) -> int:
        return self._file.tell() - self._start


def behind_zeros(file: BinaryIO) -> BinaryIO:
    """The file from its first byte that is not zero, where a raw stream begins there; else the file itself."""
    start = at = sniff.after_tags(file)
    file.seek(at)
    while piece := file.read(_PIECE):
        if rest := piece.lstrip(b"\0"):
            at += len(piece) - len(rest)
            break
        at += len(piece)
    if at > start:
        shorter = cast("BinaryIO", _Behind(file, at))
        if sniff.container_of(shorter) in _RAW:
            return shorter
    return file
