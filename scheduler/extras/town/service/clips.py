"""The sounds of the town's issues: which are wanted, what came, what the worker made of it.

A file counts when its bytes have the hash that the signed envelope names, and not before. It then goes the way of every
recording: the worker decodes, measures and keeps it. A sound that does not come is no end: words can be spoken. Nothing
here opens a connection.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.core.model import Priority
from scheduler.extras.town.rows.clips import TownClip, TownClips
from scheduler.extras.town.rules.bodies import read_campaign
from scheduler.extras.town.rules.envelope import Envelope, Kind
from scheduler.extras.town.service.uplink_reports import TownUp
from scheduler.kernel.errors import NOTHING_KEPT, NotFound, Refused, as_texts
from scheduler.services.announcement.recordings import RecordingService
from scheduler.services.repositories import Repositories
from scheduler.store import instant_text
from scheduler.store.database import reason_values

__all__ = ["ClipService", "Wanted"]

log = logging.getLogger(__name__)

MOST_TRIES = 6
PAUSES = (2.0, 10.0, 60.0, 300.0, 900.0)
"""Seconds between two tries."""
_PIECE = 1 << 20

Wanted = tuple[str, int, str, bool, int]
"""sha256, bytes, url, urgent, tries."""


class ClipService:
    def __init__(self, repos: Repositories, rows: TownClips, recordings: RecordingService, up: TownUp) -> None:
        self._repos = repos
        self.rows = rows
        self._recordings = recordings
        self._up = up

    def want(self, envelope: Envelope) -> None:
        """The sounds of an issue are to be fetched, early: they are wanted until it expires."""
        sounds = [envelope.clip]
        if envelope.kind is Kind.CAMPAIGN:
            sounds += [one.clip for one in read_campaign(envelope).announcements]
        urgent = envelope.priority is Priority.EMERGENCY
        for clip in sounds:
            if clip is not None:
                self.rows.want(clip, urgent=urgent, until=envelope.expires)

    def wanted(self, limit: int = 20) -> list[Wanted]:
        found = self.rows.wanted(self._repos.clock.now(), limit)
        return [(one.sha256, one.bytes, one.url, one.urgent, one.tries) for one in found]

    def wanted_by(self, sha256: str) -> datetime | None:
        """When nobody needs a sound any more."""
        clip = self.rows.get(sha256)
        return clip.wanted_by if clip else None

    def ready(self, sha256: str | None) -> str | None:
        """The clip of the library that a sound has become; None = not yet, or never."""
        clip = self.rows.get(sha256) if sha256 else None
        return clip.audio_sha256 if clip is not None and clip.state == "ready" else None

    def hopeless(self, sha256: str | None) -> Refused | None:
        """Why a sound will not come, where that is settled."""
        clip = self.rows.get(sha256) if sha256 else None
        return Refused(clip.reason, **clip.details) if clip is not None and clip.state == "failed" else None

    # What came

    def arrived(self, sha256: str, path: Path) -> bool:
        """A file that has come; moved away where it is right, removed where it is wrong. Raises Refused disk_full."""
        clip = self.rows.get(sha256)
        if clip is None:
            path.unlink(missing_ok=True)
            raise NotFound("clip", sha256[:16])
        if clip.state != "wanted":
            path.unlink(missing_ok=True)
            return True
        if _sha256(path) != sha256:
            path.unlink(missing_ok=True)
            self.failed(sha256, Refused("town_clip_wrong"))
            return False
        told = self.rows.issue_of(sha256)
        if told is None:
            path.unlink(missing_ok=True)
            return True
        issuer = self._repos.people.get(told["issuer_id"])
        try:
            with self._repos.store.write():
                job_id = self._recordings.take_in(issuer, path, f"{sha256[:12]}{path.suffix}", title=told["title"])
                self.rows.change(sha256, {"state": "arrived", "job_id": job_id, "reason": "", "details_json": "{}"})
        except Refused as refused:
            if refused.reason in NOTHING_KEPT:
                raise
            self._give_up(clip, refused)
        path.unlink(missing_ok=True)  # one from elsewhere was copied
        return True

    def failed(self, sha256: str, refused: Refused) -> None:
        clip = self.rows.get(sha256)
        if clip is None or clip.state != "wanted":
            return
        tries = clip.tries + 1
        twice_wrong = refused.reason == clip.reason == "town_clip_wrong"
        if tries >= MOST_TRIES or twice_wrong:
            self._give_up(clip, refused)
            return
        after = self._repos.clock.now() + timedelta(seconds=PAUSES[min(tries, len(PAUSES)) - 1])
        self.rows.change(sha256, reason_values(refused) | {"tries": tries, "retry_at": instant_text(after)})

    def _give_up(self, clip: TownClip, refused: Refused) -> None:
        details = as_texts(refused.details, 200)
        with self._repos.store.write():
            self.rows.change(clip.sha256, reason_values(refused) | {"state": "failed", "tries": clip.tries + 1})
            self._up.log({"what": "clip", "sha256": clip.sha256, "reason": refused.reason, "details": details})
        log.warning("the sound %s is given up: %s", clip.sha256[:16], refused)

    def tend(self) -> None:
        """What the worker has made of the sounds that came."""
        for clip in self.rows.arrived():
            job = self._repos.jobs.get(clip.job_id or 0)
            if not job.ended:
                continue
            if job.result:
                self.rows.change(clip.sha256, {"state": "ready", "audio_sha256": job.result})
            else:
                self._give_up(clip, Refused(job.reason, **job.details))


def _sha256(path: Path) -> str:
    made = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            made.update(piece)
    return made.hexdigest()
