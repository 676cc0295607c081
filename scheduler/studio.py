"""The studio: the slow work, in a process of its own at low priority.

It takes rows of the job table, one at a time: makes speech, decodes and checks uploads. Every job ends as ready, ready
with a warning, or refused with a reason, also after a crash in the middle of it; nothing half-made stays. With no job
waiting it looks ahead, at most once a minute, for what would keep an airing off the air.
"""

import logging
import os
import shutil
import sqlite3
import threading
import wave
from collections.abc import Callable
from pathlib import Path

from audio_assets.speech.normalise import NORMALISER_VERSION, normalise
from audio_assets.speech.voice import SpokenClip, Voice, cache_key
from scheduler.core.audio_report import AudioReport
from scheduler.core.model import HOUSE_RATE, Frames, Lufs, Sha256
from scheduler.desk import Desk
from scheduler.errors import LoaError, Refused
from scheduler.store import Job, StoredClip

log = logging.getLogger(__name__)

BEAT_EVERY = 2.0
IDLE_WAIT = 0.3
"""Seconds between looks at an empty job table."""
LOOK_EVERY = 60.0
"""Seconds between two looks ahead (the readiness check)."""
FAULT_WAIT = 3.0
"""Seconds until the next try when the disk or the database takes nothing."""


class Studio:
    """`work_once` does one job; `run` goes on until told to stop."""

    def __init__(self, desk: Desk, voice: Callable[[], Voice]) -> None:
        """`voice` makes the chain of voices when the first speech is asked for: it is heavy."""
        self._desk = desk
        self._parts = desk.parts
        self._jobs = desk.parts.jobs
        self._make_voice = voice
        self._voice: Voice | None = None
        self._beat_at = float("-inf")
        self._looked_at = float("-inf")

    def run(self, stop: threading.Event) -> None:
        """Work until `stop`, with a heartbeat between jobs. A job whose end could not be written is done again."""
        begun = False
        while not stop.is_set():
            try:
                if not begun:
                    self._jobs.requeue(self._parts.clock.now())
                    self.sweep()
                    begun = True
                self._beat()
                worked = self.work_once()
                if not worked:
                    self.look_ahead()
            except (LoaError, OSError, sqlite3.OperationalError) as error:
                log.error("the studio waits: %s", error)  # noqa: TRY400 - a full disk says the same again and again
                begun = False
                stop.wait(FAULT_WAIT)
            else:
                stop.wait(0 if worked else IDLE_WAIT)

    def _beat(self) -> None:
        if (mono := self._parts.clock.monotonic()) - self._beat_at >= BEAT_EVERY:
            self._beat_at = mono
            self._jobs.beat("studio", os.getpid(), self._parts.clock.now(), {})

    def look_ahead(self) -> None:
        """The readiness check, when its minute has come. Its fault is a line in the log and no more: speech goes on."""
        if (mono := self._parts.clock.monotonic()) - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = mono
        self._desk.proof.close_days_quietly()  # what playout had no night for
        try:
            self._desk.readiness.check()
        except Exception:  # the edge of a side task: whatever it is, the jobs must go on
            log.exception("the readiness check failed")

    def sweep(self) -> None:
        """Remove arrived files that no open job speaks of."""
        sql = "SELECT json_extract(args_json, '$.path') AS path FROM job WHERE state IN ('waiting', 'running')"
        wanted = {row["path"] for row in self._parts.store.rows(sql)}
        for path in self._desk.recordings.incoming.iterdir():
            if path.name not in wanted:
                path.unlink(missing_ok=True)

    def work_once(self, job_id: int | None = None) -> bool:
        """Take one job, or the one with this id, and end it; False when there is none."""
        job = self._jobs.claim(job_id)
        if job is None:
            return False
        try:
            self._do(job)
        except Refused as refusal:
            self._refuse(job, refusal.reason, refusal.details)
        except LoaError as error:
            self._refuse(job, "no_voice", {"why": str(error)})
        except OSError as error:
            log.exception("job %d failed", job.id)
            self._refuse(job, "disk_full" if error.errno == 28 else "job_failed", {})  # noqa: PLR2004 - ENOSPC
        except Exception:  # the edge of the studio: a poisonous job must not stop the ones behind it
            log.exception("job %d failed", job.id)
            self._refuse(job, "job_failed", {})
        if job.kind == "ingest":
            self._arrived(job).unlink(missing_ok=True)  # only now: a crash before its end must find the file again
        return True

    def _do(self, job: Job) -> None:
        if job.kind == "speech":
            self._speak(job)
        else:
            self._ingest(job)

    def _refuse(self, job: Job, reason: str, details: dict[str, object]) -> None:
        log.info("job %d refused: %s %s", job.id, reason, details)
        self._jobs.end(job.id, "refused", self._parts.clock.now(), reason=reason, details=details)

    # Speech

    def _speak(self, job: Job) -> None:
        announcement = self._parts.programme.announcement(job.args["announcement_id"])
        clip, warning = self.speech_clip(announcement.title, announcement.text, job.created_by, self._progress(job))
        self._desk.recordings.take_clip(clip)
        self._desk.announcements.take_speech(job, clip)
        state = "warning" if warning else "ready"
        details = {"engine": clip.engine} if warning else {}
        now = self._parts.clock.now()
        self._jobs.end(job.id, state, now, result=clip.sha256, reason=warning, details=details)

    def speech_clip(
        self, title: str, text: str, by: int, progress: Callable[[float], None] = lambda _: None
    ) -> tuple[StoredClip, str]:
        """The clip of a text (from the cache where it was said before) and a warning's reason code or ''."""
        if self._voice is None:
            self._voice = self._make_voice()
        said = normalise(text).text
        wanted = next((engine for engine in self._voice.engines if engine.missing() is None), None)
        if wanted and (kept := self._kept(said, wanted.name, wanted.voice)):
            return kept, self._warning(kept.engine)
        spoken = self._voice.speak(said, progress)
        if kept := self._kept(said, spoken.engine, spoken.voice):
            return kept, self._warning(kept.engine)
        return self._keep(title, said, spoken, by), self._warning(spoken.engine)

    def _warning(self, engine: str) -> str:
        return "" if engine == self._parts.config.speech.engines[0] else "fell_back"

    def _key(self, said: str, engine: str, voice: str) -> str:
        speech = self._parts.config.speech
        return cache_key(said, engine, voice, speech.speed, NORMALISER_VERSION, pause_ms=speech.sentence_pause_ms)

    def _kept(self, said: str, engine: str, voice: str) -> StoredClip | None:
        return self._parts.programme.clip_by_cache_key(self._key(said, engine, voice))

    def _keep(self, title: str, said: str, spoken: SpokenClip, by: int) -> StoredClip:
        from audio_assets.loudness import level

        audio = self._parts.config.audio
        pcm, _, _ = level(spoken.pcm, HOUSE_RATE, Lufs(audio.target_lufs), audio.max_true_peak_dbtp)
        made = self._parts.library.add_master(pcm)
        return StoredClip(
            sha256=made.sha256,
            title=title,
            origin="speech",
            frames=Frames(made.frames),
            created_at=self._parts.clock.now(),
            created_by=by,
            lufs=made.lufs,
            true_peak_dbtp=made.true_peak_dbtp,
            engine=spoken.engine,
            voice=spoken.voice,
            said=said,
            cache_key=self._key(said, spoken.engine, spoken.voice),
        )

    # Uploads

    def _ingest(self, job: Job) -> None:
        from audio_assets.ingest import ingest

        arrived = self._arrived(job)
        if job.args.get("raw"):
            _with_header(arrived)
        taken = ingest(arrived, self._parts.library, self._parts.config.audio, self._progress(job))
        report: AudioReport = taken.report
        if taken.clip is None:
            raise Refused(report.reason, **self._limits())
        clip = StoredClip(
            sha256=taken.clip.sha256,
            title=job.args["title"],
            origin=job.args["origin"],
            frames=Frames(taken.clip.frames),
            created_at=self._parts.clock.now(),
            created_by=job.created_by,
            file_name=job.args["file_name"],
            original_sha256=Sha256(report.sha256),
            lufs=taken.clip.lufs,
            true_peak_dbtp=taken.clip.true_peak_dbtp,
            warnings=report.warnings,
        )
        self._desk.recordings.take_clip(clip)
        state = "warning" if report.warnings else "ready"
        reason = report.warnings[0] if report.warnings else ""
        self._jobs.end(job.id, state, self._parts.clock.now(), result=clip.sha256, reason=reason)

    def _arrived(self, job: Job) -> Path:
        return self._desk.recordings.incoming / Path(job.args["path"]).name

    def _limits(self) -> dict[str, object]:
        audio = self._parts.config.audio
        return {"limit_mb": audio.max_upload_mb, "limit_minutes": f"{audio.max_clip_minutes:g}"}

    def _progress(self, job: Job) -> Callable[[float], None]:
        """Write progress at most every twentieth: pages poll rows, and rows cost a disk flush."""
        told = [0.0]

        def tell(share: float) -> None:
            if share - told[0] >= 0.05:  # noqa: PLR2004 - a twentieth
                told[0] = share
                self._jobs.progress(job.id, share)

        return tell


def _with_header(path: Path) -> None:
    """Make a WAV file of the bare samples that a live microphone left; done again after a crash, it changes nothing."""
    with path.open("rb") as raw:
        if raw.read(4) == b"RIFF":
            return
        raw.seek(0)
        made = path.with_suffix(".part")
        with wave.open(str(made), "wb") as wav:
            wav.setparams((1, 2, HOUSE_RATE, 0, "NONE", ""))
            shutil.copyfileobj(raw, _Frames(wav))
    made.replace(path)


class _Frames:
    """A WAV file as something to copy into: whole samples only."""

    def __init__(self, wav: wave.Wave_write) -> None:
        self._wav = wav

    def write(self, data: bytes) -> int:
        self._wav.writeframes(data[: len(data) // 2 * 2])
        return len(data)


def be_nice() -> None:
    """The studio gives way to everything else."""
    try:
        os.nice(10)
    except OSError:
        log.info("could not lower the studio's priority")
