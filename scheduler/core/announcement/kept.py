"""What is kept beside the announcements themselves: sounds of the library, and words that somebody still types.

Pure: where the file of a sound lies is the library's, what may sound is the gate's; a draft airs nowhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.core.announcement.voices import Passed
from scheduler.core.model import HOUSE_RATE, Frames, Lufs, Sha256

__all__ = ["Draft", "StoredClip"]


@dataclass(frozen=True, slots=True)
class Draft:
    """Words that are being written. `version`: of the announcement they were begun on, 0 where there is none yet."""

    person_id: int
    key: str
    revision: int
    version: int
    title: str
    text: str
    shape_json: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class StoredClip:
    """A sound of the library: `sha256` names its master file."""

    sha256: Sha256
    title: str
    origin: str
    """speech | upload | recorded | bundled"""
    frames: Frames
    created_at: datetime
    created_by: int
    file_name: str = ""
    original_sha256: Sha256 | None = None
    lufs: Lufs | None = None
    true_peak_dbtp: float | None = None
    warnings: tuple[str, ...] = ()
    engine: str = ""
    voice: str = ""
    said: str = ""
    says: int = 1
    """How often its words are said in it."""
    passed: tuple[Passed, ...] = ()
    """Engines that were to read it and did not."""
    cache_key: str | None = None
    retired_at: datetime | None = None

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.frames / HOUSE_RATE)
