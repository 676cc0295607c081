"""Recordings at the desk: taken in from a file or the browser's microphone, offered, retired.

The file is moved into the incoming folder and a job is written; the studio decodes, measures and keeps it.
"""

import shutil
import uuid
from pathlib import Path

from audio_assets.library import safe_name
from scheduler.core.model import Person
from scheduler.desk.campaigns import CampaignDesk
from scheduler.desk.parts import Parts, permit
from scheduler.errors import Refused
from scheduler.store import Job, StoredClip

ORIGINS = ("upload", "recorded")


class RecordingDesk:
    def __init__(self, parts: Parts, campaigns: CampaignDesk) -> None:
        self._parts = parts
        self._campaigns = campaigns

    @property
    def incoming(self) -> Path:
        """Where uploads are written while they arrive and wait for the studio."""
        folder = self._parts.config.data / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def take_in(self, actor: Person, path: Path, file_name: str, *, title: str = "", origin: str = "upload") -> int:
        """A job that takes `path` into the library. Raises Refused: audio_too_big, audio_empty."""
        permit(actor, "record")
        if origin not in ORIGINS:
            raise Refused("origin_unknown", origin=origin)
        shown = safe_name(file_name)
        size, limit = path.stat().st_size, self._parts.config.audio.max_upload_mb
        if size > limit * 1_000_000:
            raise Refused("audio_too_big", limit_mb=limit)
        if size == 0:
            raise Refused("audio_empty")
        kept = self.incoming / uuid.uuid4().hex
        if path.parent == self.incoming:
            path.replace(kept)
        else:
            shutil.copyfile(path, kept)
        args = {
            "path": kept.name,
            "file_name": shown,
            "title": title.strip()[:200] or Path(shown).stem or shown,
            "origin": origin,
        }
        return self._parts.jobs.add("ingest", args, actor.id, self._parts.clock.now())

    def under_way(self) -> list[Job]:
        """The newest ingest jobs, for the page of the library."""
        return self._parts.jobs.newest("ingest")

    def take_clip(self, clip: StoredClip) -> None:
        """The studio's answer: keep the row of a new clip."""
        self._parts.programme.add_clip(clip)

    def retire(self, actor: Person, sha256: str) -> None:
        """Offer a clip no more and let it air no more; its file and its rows in the journal stay."""
        permit(actor, "retire")
        self._parts.programme.retire_clip(sha256, self._parts.clock.now())
        self._campaigns.replan()

    def offer_again(self, actor: Person, sha256: str) -> None:
        """Put a retired clip back on the shelf; what is approved of it may air again."""
        permit(actor, "retire")
        self._parts.programme.add_clip(self._parts.programme.clip(sha256))
        self._campaigns.replan()
