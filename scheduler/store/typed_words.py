"""Words of the moment that were ordered while the database took nothing: a file each, until their rows are written.

The red lane sounds them by their clip; who writes the order's rows makes clip and announcement of the file first.
Of a clip it keeps all but the engines that were passed over.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scheduler.core.model import Sha256
from scheduler.durable import make_folder, write_whole
from scheduler.store.database import Row, instant_of, instant_text
from scheduler.store.programme import StoredClip

__all__ = ["TypedWords", "Words"]

_PLAIN = (
    "sha256", "title", "origin", "frames", "created_by", "lufs", "true_peak_dbtp", "engine", "voice", "said", "says",
    "cache_key",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    announcement: Row
    """As its row will be."""
    clip: StoredClip


class TypedWords:
    def __init__(self, data: Path) -> None:
        """`data`: the data folder."""
        self._folder = data / "typed"

    def keep(self, slot_id: str, words: Words) -> None:
        """Whole and on the disk before it returns. Raises OSError."""
        make_folder(self._folder, 0o700)
        clip = {name: getattr(words.clip, name) for name in _PLAIN}
        clip |= {"created_at": instant_text(words.clip.created_at), "warnings": list(words.clip.warnings)}
        told = json.dumps({"announcement": words.announcement, "clip": clip}, ensure_ascii=False)
        write_whole(self._path(slot_id), told.encode())

    def read(self, slot_id: str) -> Words | None:
        """What was kept for an order; None = nothing, or nothing that can be read."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            told = json.loads(self._path(slot_id).read_text(encoding="utf-8"))
            clip = told["clip"]
            at, warnings = instant_of(clip.pop("created_at")), tuple(clip.pop("warnings"))
            stored = StoredClip(**clip | {"sha256": Sha256(clip["sha256"])}, created_at=at, warnings=warnings)
            return Words(told["announcement"], stored)
        return None

    def drop(self, slot_id: str) -> None:
        """Its rows tell it."""
        with suppress(OSError):
            self._path(slot_id).unlink(missing_ok=True)

    def _path(self, slot_id: str) -> Path:
        return self._folder / f"{slot_id}.json"
