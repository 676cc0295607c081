"""Words of the moment that were ordered before they have rows: a file each, until those are written.

They may still be spoken while their order stands: who speaks holds a lock, which ends with its process, and writes the
clip or the fault into the file, once. The red lane sounds them by their clip; who writes the order's rows makes clip
and announcement of the file first. Of a clip it keeps all but the engines that were passed over.
"""

import fcntl
import hashlib
import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import Sha256
from scheduler.kernel.durable import make_folder, write_whole
from scheduler.store.database import Row, instant_of, instant_text

__all__ = ["TypedWords", "Words", "words_key"]

_PLAIN = (
    "sha256", "title", "origin", "frames", "created_by", "lufs", "true_peak_dbtp", "engine", "voice", "said", "says",
    "cache_key",
)  # fmt: skip
_SPEAKING = ".speaking"


def words_key(text: str) -> str:
    """Names these very words in an order of the ring."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Words:
    announcement: Row
    """As its row will be."""
    clip: StoredClip | None
    """None = they are still being spoken, or cannot be."""
    fault: str = ""
    """Why they cannot be spoken, in a sentence."""

    @property
    def is_awaited(self) -> bool:
        return self.clip is None and not self.fault


class TypedWords:
    def __init__(self, data: Path) -> None:
        """`data`: the data folder."""
        self._folder = data / "typed"

    def keep(self, slot_id: str, words: Words) -> None:
        """Whole and on the disk before it returns. Raises OSError."""
        make_folder(self._folder, 0o700)
        told = {"announcement": words.announcement, "clip": _fields(words.clip), "fault": words.fault}
        write_whole(self._path(slot_id), json.dumps(told, ensure_ascii=False).encode())

    def read(self, slot_id: str) -> Words | None:
        """What was kept for an order; None = nothing, or nothing that can be read."""
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            told = json.loads(self._path(slot_id).read_text(encoding="utf-8"))
            return Words(told["announcement"], _clip(told["clip"]), told.get("fault", ""))
        return None

    def drop(self, slot_id: str) -> None:
        """Its rows tell it."""
        for path in (self._path(slot_id), self._path(slot_id).with_suffix(_SPEAKING)):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    # Words that are still being spoken

    def promise(self, slot_id: str, words: Words) -> BinaryIO:
        """Keep words that have no clip yet: who holds what this gives is who speaks them. Raises OSError."""
        make_folder(self._folder, 0o700)
        held = self._path(slot_id).with_suffix(_SPEAKING).open("ab")
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            self.keep(slot_id, words)
        except OSError:
            held.close()
            raise
        return held

    def take_over(self, slot_id: str) -> BinaryIO | None:
        """The same for words whose speaker has died; None where somebody speaks them."""
        with suppress(OSError):
            held = self._path(slot_id).with_suffix(_SPEAKING).open("ab")
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                held.close()
            else:
                return held
        return None

    def fulfil(self, slot_id: str, clip: StoredClip | None, fault: str = "") -> bool:
        """The clip of words that were promised, or why there is none; False where they have one or nobody waits.

        By who speaks them alone. Raises OSError.
        """
        words = self.read(slot_id)
        if words is None or not words.is_awaited:
            return False
        sha256 = clip.sha256 if clip else None
        row = words.announcement | {"audio_sha256": sha256, "approved_sha256": sha256}
        self.keep(slot_id, replace(words, announcement=row, clip=clip, fault=fault))
        return True

    def awaited(self) -> list[str]:
        """Orders whose words have no clip and no fault yet."""
        names = sorted(path.stem for path in self._folder.glob("*.json"))
        return [name for name in names if (words := self.read(name)) and words.is_awaited]

    def mark(self, slot_id: str) -> object:
        """Another value once something else was kept; None = there is nothing."""
        with suppress(OSError):
            found = self._path(slot_id).stat()
            return found.st_ino, found.st_mtime_ns, found.st_size
        return None

    def sweep(self, before: datetime, standing: Collection[str]) -> int:
        """Remove what nobody will come for: files from before then of orders that do not stand; their number."""
        removed = 0
        for path in self._folder.glob("*"):
            with suppress(OSError):
                if path.stem not in standing and path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    removed += 1
        return removed

    def _path(self, slot_id: str) -> Path:
        return self._folder / f"{slot_id}.json"


def _fields(clip: StoredClip | None) -> Row | None:
    if clip is None:
        return None
    told = {name: getattr(clip, name) for name in _PLAIN}
    return told | {"created_at": instant_text(clip.created_at), "warnings": list(clip.warnings)}


def _clip(told: Row | None) -> StoredClip | None:
    if told is None:
        return None
    at, warnings = instant_of(told.pop("created_at")), tuple(told.pop("warnings"))
    return StoredClip(**told | {"sha256": Sha256(told["sha256"])}, created_at=at, warnings=warnings)
