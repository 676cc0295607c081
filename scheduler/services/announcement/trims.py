"""Cutting a recording: asked for by a person, made by the worker, and always able to go back to the whole.

The shorter sound is a clip of its own; the whole is kept and offered as before. Where it was cut for an announcement it
becomes that announcement's sound, which voids an approval as every change of the sound does. A machine's speech is not
cut: its words are changed instead.
"""

import re

from audio_assets.trim import SHORTEST_MS, cut
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import HOUSE_RATE, Person, Sha256
from scheduler.core.station.kept import Job
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.store.announcement.trims import Trim, Trims

__all__ = ["TrimService", "milliseconds"]

_ROUNDED_MS = 10
"""The page writes the end of a recording in hundredths."""
_TIME = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,4})(?:[.,]([0-9]{1,3})[0-9]*)?")


def milliseconds(typed: str) -> int:
    """An instant of a recording as people type it: "12,5" or "1:05,3". Raises Refused trim_time_unclear."""
    found = _TIME.fullmatch(typed.strip())
    if found is None:
        raise Refused("trim_time_unclear", typed=typed[:40])
    minutes, seconds, rest = found.groups()
    return (int(minutes or 0) * 60 + int(seconds)) * 1000 + int((rest or "").ljust(3, "0"))


class TrimService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._rows = Trims(repos.store)

    def ask(self, actor: Person, sha256: str, start_ms: int, end_ms: int, *, announcement_id: int | None = None) -> int:
        """A job that keeps the part `start_ms` … `end_ms` of a recording (its id).

        Raises Refused: trim_speech, audio_retired, trim_outside, trim_too_short, trim_nothing.
        """
        permit(actor, "record")
        clip = self._repos.programme.clip(sha256)
        if clip.origin not in {"upload", "recorded"}:
            raise Refused("trim_speech")
        if clip.retired_at is not None:
            raise Refused("audio_retired", title=clip.title)
        self._check(clip, start_ms, end_ms)
        args = {"sha256": sha256, "start_ms": start_ms, "end_ms": end_ms, "title": clip.title, "file_name": ""}
        if announcement_id is not None:
            permit(actor, "write")
            seen = self._repos.programme.announcement(announcement_id)
            args |= {"announcement_id": seen.id, "version": seen.version}
        return self._repos.jobs.add("trim", args, actor.id, self._repos.clock.now())

    def _check(self, clip: StoredClip, start_ms: int, end_ms: int) -> None:
        whole = clip.frames * 1000 // HOUSE_RATE
        if not 0 <= start_ms < end_ms <= whole + 1:
            raise Refused("trim_outside")
        if end_ms - start_ms < SHORTEST_MS:
            raise Refused("trim_too_short", limit_ms=SHORTEST_MS)
        if start_ms == 0 and end_ms > whole - _ROUNDED_MS:
            raise Refused("trim_nothing")

    def make(self, job: Job) -> StoredClip:
        """The worker's work: the clip of a job, as a row that is not kept yet."""
        whole = self._repos.programme.clip(job.args["sha256"])
        made = cut(self._repos.library, whole.sha256, job.args["start_ms"], job.args["end_ms"])
        return StoredClip(
            sha256=made.sha256,
            title=whole.title,
            origin=whole.origin,
            frames=made.frames,
            created_at=self._repos.clock.now(),
            created_by=job.created_by,
            file_name=whole.file_name,
            original_sha256=whole.original_sha256,
            lufs=made.lufs,
            true_peak_dbtp=made.true_peak_dbtp,
            warnings=whole.warnings,
        )

    def keep(self, job: Job, clip: StoredClip) -> None:
        """Remember what a clip was cut from; its row is there already."""
        trim = Trim(clip.sha256, Sha256(job.args["sha256"]), job.args["start_ms"], job.args["end_ms"])
        if trim.sha256 != trim.from_sha256:
            self._rows.add(trim, job.created_by, self._repos.clock.now())

    def of(self, sha256: str) -> Trim | None:
        """How a clip was cut; None where it is whole."""
        return self._rows.get(sha256)

    def whole(self, sha256: str) -> Sha256 | None:
        """The recording that a cut clip goes back to; None where it was never cut."""
        return self._rows.whole(sha256)
