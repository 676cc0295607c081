"""Files that both machines must have: the library's sounds, and the keys of the ward.

Sounds never change once they are there; keys are told with their digest. The receiver believes no name that leads out
of these places, and gives a file its name only when it is whole. What can be made again is not sent.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from scheduler.kernel.durable import make_folder, put_in_place, sync_file
from scheduler.kernel.errors import Refused

__all__ = ["PIECE", "kept", "missing", "piece_of", "place_of", "received"]

PIECE = 1 << 20
_SOUNDS = ("library/clips", "library/originals")
_KEYS = "keys"
_SINGLE = ("people-key",)
_PART = (".part", ".lock", ".new", ".tmp")
_HEX = 64


def kept(data: Path) -> list[list[Any]]:
    """Every file: name below the data folder, bytes, digest (of keys; else "")."""
    found: list[list[Any]] = []
    for folder in _SOUNDS:
        found += [[name, size, ""] for name, size in _walk(data, folder)]
    for name in (*(name for name, _ in _walk(data, _KEYS)), *_SINGLE):
        with suppress(OSError):
            raw = (data / name).read_bytes()
            found.append([name, len(raw), hashlib.sha256(raw).hexdigest()])
    return sorted(found)


def _walk(data: Path, folder: str) -> Iterator[tuple[str, int]]:
    for root, _, names in os.walk(data / folder):
        for name in names:
            path = Path(root) / name
            with suppress(OSError):
                if not name.endswith(_PART) and not name.startswith(".") and not path.is_symlink():
                    yield path.relative_to(data).as_posix(), path.stat().st_size


def missing(data: Path, told: list[list[Any]]) -> list[tuple[str, int, str]]:
    """Which of the files the other has are not here, keys first."""
    ours = {name: (size, digest) for name, size, digest in kept(data)}
    wanted = [(str(name), int(size), str(digest)) for name, size, digest in told if ours.get(name) != (size, digest)]
    return sorted(wanted, key=lambda one: (not one[2], one[0]))


def place_of(data: Path, name: str) -> Path:
    """Where a file of that name stands. Raises Refused pair_name_bad."""
    parts = PurePosixPath(name).parts
    inside = any(name.startswith(f"{folder}/") for folder in (*_SOUNDS, _KEYS)) or name in _SINGLE
    if not inside or {"..", ".", "/"} & set(parts) or "\\" in name or "\0" in name or name.endswith(_PART):
        raise Refused("pair_name_bad", name=name[:80])
    return data.joinpath(*parts)


def piece_of(path: Path, offset: int) -> bytes:
    """The bytes from `offset` on, a piece at most. Raises Refused pair_file_gone."""
    try:
        with path.open("rb") as file:
            file.seek(max(offset, 0))
            return file.read(PIECE)
    except OSError as error:
        raise Refused("pair_file_gone", name=path.name) from error


def received(path: Path, part: Path, size: int, digest: str) -> None:
    """Give a file that has come its name, if it is what was told. Raises Refused audio_changed."""
    whole = hashlib.sha256()
    with part.open("rb") as file:
        while piece := file.read(PIECE):
            whole.update(piece)
    stem = path.name.partition(".")[0]
    wanted = digest or (stem if path.suffix == ".wav" and len(stem) == _HEX else "")
    if part.stat().st_size != size or (wanted and whole.hexdigest() != wanted):
        part.unlink(missing_ok=True)
        raise Refused("audio_changed", approved=wanted, found=whole.hexdigest())
    make_folder(path.parent)
    sync_file(part)
    part.chmod(0o600 if digest else 0o644)
    put_in_place(part, path)
