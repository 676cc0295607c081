"""Renders for horns as files beside the masters: named by their master and the profile's numbers, whole or not there.

A render is a copy that can be made again: it is written like a master (temporary file, fsync, rename), never shown as a
clip, and taken only where its bytes are those that were written. The approval, the journal's hash and the proof are of
the master. Importing this module loads no numpy. Which renders are wanted is the desk's knowledge.
"""

import hashlib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audio_assets.library import WAV_HEADER_BYTES, Library, settle, wav_header
from audio_assets.part_file import disk_faults, part_file
from scheduler.core.air.horn import HornProfile
from scheduler.core.model import Frames, Lufs, Sha256
from scheduler.kernel.errors import NotFound, Refused

if TYPE_CHECKING:
    from audio_assets.loudness import Pcm

__all__ = ["MadeRender", "RenderFiles"]

_FOLDER = "renders"
_NAME = re.compile(r"[0-9a-f]{16}/[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class MadeRender:
    """`sha256`: of the file; `lufs`: measured of what was written, None for silence."""

    sha256: Sha256
    frames: Frames
    lufs: Lufs | None


class RenderFiles:
    """The folder of renders in a library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._root = library.root / _FOLDER

    def path(self, master: Sha256, key: str) -> Path:
        """The file of a render. Raises NotFound."""
        place = self._place(master, key)
        if not place.is_file():
            raise NotFound("render", master)
        return place

    def has(self, master: Sha256, key: str, frames: int) -> bool:
        """Whether a file of that length is there; its bytes are looked at when it is loaded."""
        try:
            return self._place(master, key).stat().st_size == WAV_HEADER_BYTES + 2 * frames
        except FileNotFoundError:
            return False

    def make(self, master: Sha256, profile: HornProfile, breathe: Callable[[], None] = lambda: None) -> MadeRender:
        """Make and keep the render of a master, in place of any before. Raises Refused audio_changed, disk_full.

        `breathe` is called several times a second of work; what it raises leaves nothing behind.
        """
        from audio_assets.horn import FileSound, pieces_of, render

        path = self._library.path(master)
        self._library.verify(master)
        frames = Frames((path.stat().st_size - WAV_HEADER_BYTES) // 2)
        digest = hashlib.sha256()
        with disk_faults(), path.open("rb") as source, part_file(self._root) as (_, between):
            sound = FileSound(source, frames, WAV_HEADER_BYTES, breathe)
            with between.open("r+b") as room, part_file(self._root) as (file, part):
                found = render(sound, profile, room, breathe)
                header = wav_header(frames)
                digest.update(header)
                file.write(header)
                for piece in pieces_of(found.sound):
                    data = piece.astype("<i2", copy=False).tobytes()
                    digest.update(data)
                    file.write(data)
                settle(file, part, self._place(master, profile.key))
        return MadeRender(Sha256(digest.hexdigest()), frames, found.reached)

    def load(self, master: Sha256, key: str, sha256: Sha256) -> "Pcm":
        """The samples of a render. Raises NotFound; Refused audio_changed where its bytes are not those of `sha256`."""
        import numpy as np

        data = self.path(master, key).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Refused("audio_changed", sha256=master)
        return np.frombuffer(data, dtype="<i2", offset=WAV_HEADER_BYTES)

    def sweep(self, kept: Collection[tuple[Sha256, str]]) -> int:
        """Remove every render that is not among `kept` (master, profile's key); their number."""
        removed = 0
        for path in self._root.glob("*/*/*.wav"):
            if (path.stem, path.parent.parent.name) not in kept:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _place(self, master: Sha256, key: str) -> Path:
        if not _NAME.fullmatch(f"{key}/{master}"):
            raise NotFound("render", master)
        return self._root / key / master[:2] / f"{master}.wav"
