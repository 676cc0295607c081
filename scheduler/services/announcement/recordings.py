"""Recordings: taken in from a file or the browser's microphone, offered, retired.

The file is moved into the incoming folder and a job is written, in one step: the worker decodes, measures and keeps it.
What arrives is locked while it is written, so that a sweep takes away what a crash left and nothing else.
"""

import shutil
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from audio_assets.library import safe_name
from audio_assets.part_file import disk_faults, part_file, sweep_unlocked
from audio_assets.peaks import Peaks, peaks_of
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import Person, Sha256
from scheduler.core.station.kept import Job
from scheduler.kernel.durable import make_folder, put_in_place, sync_file
from scheduler.kernel.errors import Refused
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Row
from scheduler.store.listing import clip_keys

ORIGINS = ("upload", "recorded")
MEGABYTE = 1_000_000
"""As the limits of the configuration count."""
_LONGEST_TITLE = 200
_WANTED = (
    "SELECT json_extract(args_json, '$.path') AS path FROM job WHERE state IN ('waiting', 'running')"
    " UNION SELECT path FROM upload WHERE job_id IS NULL"
)
"""Names in the incoming folder that a row speaks of."""


class RecordingService:
    def __init__(self, repos: Repositories, campaigns: CampaignService) -> None:
        self._repos = repos
        self._campaigns = campaigns

    # The library

    def clip(self, sha256: str) -> StoredClip:
        """One sound. Raises NotFound."""
        return self._repos.programme.clip(sha256)

    def clip_starting(self, start: str) -> StoredClip:
        """The one sound whose sha256 starts so. Raises NotFound when there is none or more than one."""
        return self._repos.programme.clip_starting(start)

    def shelf(self, *, retired: bool = False) -> list[StoredClip]:
        """The sounds that can be chosen, or those that are retired, newest first; chimes are not among them."""
        return self._repos.programme.clips(retired=retired)

    def keys_after(self, after: str | None, limit: int, *, retired: bool) -> list[str]:
        """At most `limit` sha256 of the shelf behind the sound `after`, the newest first."""
        return clip_keys(self._repos.store, retired=retired, after=after, limit=limit)

    def file(self, sha256: str) -> Path:
        """Where the master of a sound lies. Raises NotFound where the library has no such sound."""
        return self._repos.library.path(Sha256(sha256))

    def peaks(self, sha256: str) -> Peaks:
        """The outline of a sound, to be drawn."""
        return peaks_of(self._repos.library, Sha256(sha256))

    # Coming in

    @property
    def incoming(self) -> Path:
        """Where uploads are written while they arrive and wait for the worker."""
        folder = self._repos.config.data / "incoming"
        make_folder(folder)
        return folder

    def arriving(self) -> AbstractContextManager[tuple[BinaryIO, Path]]:
        """A new file in the incoming folder to write into, and its path for `take_in`; gone where it is not taken."""
        return part_file(self.incoming)

    def take_in(
        self,
        actor: Person,
        path: Path,
        file_name: str,
        *,
        title: str = "",
        origin: str = "upload",
        sound_of: int | None = None,
    ) -> int:
        """A job that takes `path` into the library. Raises Refused: audio_too_big, audio_empty, disk_full.

        A file of the incoming folder is moved, any other copied. `sound_of`: the announcement whose sound it becomes,
        unless that has been changed meanwhile.
        """
        permit(actor, "record")
        shown, title = self.named(file_name, title, origin)
        self.fits(path.stat().st_size)
        more: Row = {}
        if sound_of is not None:
            permit(actor, "write")
            more = {"announcement_id": sound_of, "version": self._repos.programme.announcement(sound_of).version}
        if path.parent == self.incoming:
            return self.enqueue(actor, path, shown, title, origin, more=more)
        with disk_faults(), self.arriving() as (file, part):
            with path.open("rb") as source:
                shutil.copyfileobj(source, file)
            file.flush()
            return self.enqueue(actor, part, shown, title, origin, more=more)

    def named(self, file_name: str, title: str, origin: str) -> tuple[str, str]:
        """How a file and its recording are shown. Raises Refused origin_unknown."""
        if origin not in ORIGINS:
            raise Refused("origin_unknown", origin=origin)
        shown = safe_name(file_name)
        return shown, title.strip()[:_LONGEST_TITLE] or Path(shown).stem or shown

    def fits(self, size: int) -> None:
        """Refuse a file of so many bytes by itself: audio_too_big, audio_empty."""
        limit = self._repos.config.audio.max_upload_mb
        if size > limit * MEGABYTE:
            raise Refused("audio_too_big", limit_mb=limit)
        if size <= 0:
            raise Refused("audio_empty")

    def enqueue(
        self,
        actor: Person,
        path: Path,
        file_name: str,
        title: str,
        origin: str,
        *,
        also: Callable[[int], None] = lambda _: None,
        more: Row | None = None,
    ) -> int:
        """The job of a file in the incoming folder, which moves with it and back when no job could be written.

        `also` is told the job's number, in the same transaction; `more` goes into its arguments.
        """
        kept = self.incoming / uuid.uuid4().hex
        with disk_faults():
            sync_file(path)  # before the transaction: a large file may take its time
        args = {"path": kept.name, "file_name": file_name, "title": title, "origin": origin} | (more or {})
        try:
            with self._repos.store.write():
                job_id = self._repos.jobs.add("ingest", args, actor.id, self._repos.clock.now())
                also(job_id)
                put_in_place(path, kept)  # a row must not outlive its file
        except BaseException:
            if kept.exists():
                put_in_place(kept, path)
            raise
        return job_id

    def sweep(self) -> int:
        """Remove what arrived and nobody speaks of any more (the number of files): what a crash left half-written.

        Under the writers' lock: a file that has just been moved has its row, or neither is seen.
        """
        with self._repos.store.write():
            wanted = {row["path"] for row in self._repos.store.rows(_WANTED)}
            return sweep_unlocked(path for path in self.incoming.iterdir() if path.name not in wanted)

    def waiting_bytes(self) -> int:
        """How much has arrived and waits for the worker."""
        sizes = []
        for path in self.incoming.iterdir():
            try:
                sizes.append(path.stat().st_size)
            except FileNotFoundError:
                continue
        return sum(sizes)

    def under_way(self) -> list[Job]:
        """The newest files that are taken in and recordings that are cut, for the page of the library."""
        return self._repos.jobs.newest("ingest", also="trim")

    def take_clip(self, clip: StoredClip) -> None:
        """The worker's answer: keep the row of a new clip."""
        self._repos.programme.add_clip(clip)

    def retire(self, actor: Person, sha256: str) -> None:
        """Offer a clip no more and let it air no more; its file and its rows in the journal stay."""
        permit(actor, "retire")
        with self._campaigns.owed.changing():
            self._repos.programme.retire_clip(sha256, self._repos.clock.now())

    def offer_again(self, actor: Person, sha256: str) -> None:
        """Put a retired clip back on the shelf; what is approved of it may air again."""
        permit(actor, "retire")
        with self._campaigns.owed.changing():
            self._repos.programme.add_clip(self._repos.programme.clip(sha256))
