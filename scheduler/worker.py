"""The worker: the slow work, in a process of its own at low priority.

It takes rows of the job table, one at a time: makes speech, decodes and checks uploads. Every job ends as ready, ready
with a warning, or refused with a reason, also after a crash in the middle of it; nothing half-made stays. With no job
waiting it looks ahead for what would keep an airing off the air, and makes anew what a lesser voice did.
"""

import logging
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from audio_assets.raw import with_header
from audio_assets.speech.script import Script
from audio_assets.speech.voice import SpokenClip, Voice, cache_key
from scheduler.core.announcement.audio_report import AudioReport
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.audit_context import AuditContext, begin
from scheduler.core.delivery import PLAIN, Shape
from scheduler.core.model import HOUSE_RATE, Announcement, Frames, Lufs, Sha256
from scheduler.core.station.kept import Job
from scheduler.features import wanted
from scheduler.kernel.causes import reason_of
from scheduler.kernel.disk_room import need_room
from scheduler.kernel.errors import LoaError, Refused, SpeechError
from scheduler.services import Services
from scheduler.services.announcement.voices import in_zone_voice, passed_of, voices_to_dict
from scheduler.services.report.exports import KINDS

log = logging.getLogger(__name__)

BEAT_EVERY = 2.0
IDLE_WAIT = 0.3
"""Seconds between looks at an empty job table."""
LOOK_EVERY = 60.0
"""Seconds between two looks ahead (the readiness check)."""
AHEAD_EVERY = 10.0
"""Seconds between two looks for chimes and renders that are wanted and not made."""
FAULT_WAIT = 3.0  # seconds until the next try when the disk or the database takes nothing


class _Ending(Exception):  # noqa: N818 - no fault: the worker was told to end while it made something ahead
    """What was being made is made anew another time."""


class _Stopped(BaseException):
    """The worker was told to end while a file was being decoded: no fault, so it passes every handler of them."""

    def __init__(self, job_id: int) -> None:
        super().__init__(job_id)
        self.job_id = job_id


class Worker:
    """`work_once` does one job; `run` goes on until told to stop."""

    def __init__(self, services: Services, voice: Callable[[], Voice]) -> None:
        """`voice` makes the chain of voices when the first speech is asked for: it is heavy."""
        self._services = services
        self._repos = services.repos
        self._jobs = services.repos.jobs
        self._make_voice = voice
        self._voice: Voice | None = None
        self._beat_at = float("-inf")
        self._looked_at = float("-inf")
        self._ahead_at = float("-inf")
        self._stop: threading.Event | None = None

    def run(self, stop: threading.Event) -> None:
        """Work until `stop`, with a heartbeat between jobs. A job whose end could not be written is done again."""
        begun, self._stop = False, stop
        while not stop.is_set():
            try:
                if not begun:
                    self._jobs.requeue(self._repos.clock.now())
                    self.sweep()
                    begun = True
                self._beat()
                self._services.natural_voices.tend()
                worked = self.work_once()
                if not worked:
                    self.look_ahead()
                    worked = self.make_ahead() or self.back_up()
            except _Stopped as stopped:
                self._jobs.give_back(stopped.job_id)
            except (LoaError, OSError, sqlite3.OperationalError) as error:
                log.error("the worker waits: %s", error)  # noqa: TRY400 - a full disk says the same again and again
                begun = False
                stop.wait(FAULT_WAIT)
            else:
                stop.wait(0 if worked else IDLE_WAIT)
        self._services.natural_voices.give_back()

    def _beat(self) -> None:
        if (mono := self._repos.clock.monotonic()) - self._beat_at >= BEAT_EVERY:
            self._beat_at = mono
            now = self._repos.clock.now()
            self._jobs.beat("worker", os.getpid(), now, voices_to_dict(self._repos.written, self._voice, now))

    def look_ahead(self) -> None:
        """The readiness check, when its minute has come. Its fault is a line in the log and no more: speech goes on."""
        if (mono := self._repos.clock.monotonic()) - self._looked_at < LOOK_EVERY:
            return
        first, self._looked_at = self._looked_at == float("-inf"), mono
        self.sweep()
        ours, keep_room = self._services, self._repos.reserve.keep
        late = () if first else (ours.ready_templates.keep_up, ours.jobs.prune)
        ours.proof.close_days_quietly()  # what playout had no night for
        for task in (ours.campaigns.owed.make_late, self.read_again, ours.readiness.check, keep_room, *late):
            try:
                task()
            except Exception:  # the edge of a side task: whatever it is, the jobs must go on
                log.exception("%s failed", task.__qualname__)

    def make_ahead(self) -> bool:
        """One chime or one render that is wanted and not there, served between jobs; False when there is none."""
        if (mono := self._repos.clock.monotonic()) - self._ahead_at < AHEAD_EVERY:
            return False
        try:
            has_worked = "numpy" in sys.modules  # an idle worker loads no library of sound for a chime alone
            if (has_worked and self._services.chimes.make_one()) or self._services.renders.work(self._breathe):
                return True
            if self._services.typed_sounds.work(self._breathe):
                return True
            hooks = wanted(lambda one: one.ahead, self._repos.config, self._repos.store.has_row)
            if any(make(self._services, self._breathe) for make in hooks):
                return True
        except _Ending:
            return False
        except Exception:  # the edge of a side task, as above
            log.exception("making ahead failed")
        self._ahead_at = mono
        return False

    def back_up(self) -> bool:
        """The backup that is asked for or due; jobs are served meanwhile. Its fault is a row and a line in the log."""
        try:
            return self._services.backups.work(self._breathe)
        except _Ending:
            return False
        except Exception:  # the edge of a side task, as above
            log.exception("the backup failed")
            return False

    def _breathe(self) -> None:
        """Between two pieces of what is made ahead: whoever waits is served first."""
        if self._stop is not None and self._stop.is_set():
            raise _Ending
        self._beat()
        self._services.natural_voices.tend()
        while self.work_once():
            self._beat()

    def sweep(self) -> None:
        """Remove what a crash or a person left half-way among the sounds and the arrived files."""
        self._repos.library.sweep()
        self._services.uploads.sweep()
        self._services.recordings.sweep()
        self._services.typed_sounds.settle()
        self._services.exports.sweep()
        self._services.natural_voices.sweep()
        for sweep in wanted(lambda one: one.sweeps, self._repos.config, self._repos.store.has_row):
            sweep(self._services)
        self._services.emergency.sweep()

    def work_once(self, job_id: int | None = None) -> bool:
        """Take one job, or the one with this id, and end it; False when there is none."""
        job = self._jobs.claim(job_id)
        if job is None:
            return False
        with begin(AuditContext("worker", job.kind, self._services.repos.people.get(job.created_by))):
            self._work(job)
        return True

    def _work(self, job: Job) -> None:
        """Do a claimed job and end it."""
        try:
            self._do(job)
        except Refused as refusal:
            self._refuse(job, refusal.reason, refusal.details)
        except SpeechError as error:
            log.info("job %d: %s", job.id, error)
            self._refuse(job, "no_voice", {"why": error.details.get("why", str(error))})
        except LoaError as error:
            self._refuse(job, "no_voice", {"why": str(error)})
        except OSError as error:
            log.exception("job %d failed", job.id)
            self._refuse(job, reason_of(error, "job_failed"), {})
        except Exception:  # the edge of the worker: a poisonous job must not stop the ones behind it
            log.exception("job %d failed", job.id)
            self._refuse(job, "job_failed", {})
        if job.kind == "ingest":
            self._arrived(job).unlink(missing_ok=True)  # only now: a crash before its end must find the file again

    def _do(self, job: Job) -> None:
        kinds = {"speech": self._speak, "trim": self._trim} | dict.fromkeys(KINDS, self._export)
        kinds.get(job.kind, self._ingest)(job)

    def _refuse(self, job: Job, reason: str, details: dict[str, object]) -> None:
        log.info("job %d refused: %s %s", job.id, reason, details)
        self._jobs.end(job.id, "refused", self._repos.clock.now(), reason=reason, details=details)

    # Speech

    def _speak(self, job: Job) -> None:
        announcement = self._repos.programme.announcement(job.args.get("announcement_id") or job.args["sentence_of"])
        script = self._services.scripts.asked_for(announcement, job.args)
        chain = in_zone_voice(self._chain(), self._repos, announcement.id)
        clip = self._read(chain, announcement.title, script, job.created_by, self._progress(job))
        warning = self._warning(clip.engine, announcement.shape.voice)
        self._services.recordings.take_clip(clip)
        self._services.announcements.take_sound(job, clip)
        state = "warning" if warning else "ready"
        details = {"engine": clip.engine} if warning else {}
        now = self._repos.clock.now()
        self._jobs.end(job.id, state, now, result=clip.sha256, reason=warning, details=details)

    def speech_clip(self, title: str, text: str, by: int, *, shape: Shape = PLAIN) -> tuple[StoredClip, str]:
        """The clip of a text (from the cache where it was said before) and a warning's reason code or ''."""
        clip = self._read(self._chain(), title, self._services.scripts.of(title, text, shape), by)
        return clip, self._warning(clip.engine)

    def _chain(self) -> Voice:
        if self._voice is None:
            self._voice = self._make_voice()
        return self._voice

    def _read(
        self, chain: Voice, title: str, script: Script, by: int, progress: Callable[[float], None] = lambda _: None
    ) -> StoredClip:
        """The clip of a script by the first engine of `chain` that can, from the cache where it read it before."""
        wanted = next((engine for engine in chain.engines if engine.missing() is None), None)
        if wanted and (kept := self._kept(script, wanted.name, wanted.voice)):
            return kept
        spoken = chain.speak_script(script, progress)
        return self._kept(script, spoken.engine, spoken.voice) or self._keep(title, script, spoken, by)

    def read_again(self) -> bool:
        """Read one announcement again that a better engine can read now, for a leader to hear; False without one."""
        upgrades = self._services.upgrades
        upgrades.settle()
        for seen, engine in upgrades.wanted():
            old = self._repos.programme.clip(seen.approved_sha256 or "")
            chain = in_zone_voice(self._chain(), self._repos, seen.id).before(engine)
            # What would be said in other words now a person has to ask for.
            if chain and not self._services.scripts.has_changed(seen, old):
                self._read_better(seen, chain, self._services.scripts.of_announcement(seen), old.created_by)
                return True
        return False

    def _read_better(self, seen: Announcement, chain: Voice, script: Script, by: int) -> None:
        upgrades = self._services.upgrades
        upgrade_id = upgrades.begin(seen)
        try:
            clip = self._read(chain, seen.title, script, by)
        except (SpeechError, Refused) as error:
            log.info("announcement %d keeps its voice: %s", seen.id, error)
            upgrades.not_made(upgrade_id, passing=isinstance(error, SpeechError) and not error.permanent)
        except OSError:
            upgrades.not_made(upgrade_id, passing=True)  # a full disk
            raise
        else:
            upgrades.made(upgrade_id, clip)

    def _warning(self, engine: str, wanted: str = "") -> str:
        return "" if engine == (wanted or self._repos.config.speech.engines[0]) else "fell_back"

    def _key(self, script: Script, engine: str, voice: str) -> str:
        return cache_key(script.key, engine, voice, self._repos.config.speech.speed, self._services.reading.version)

    def _kept(self, script: Script, engine: str, voice: str) -> StoredClip | None:
        found = self._repos.programme.clip_by_cache_key(self._key(script, engine, voice))
        try:
            if found:
                self._repos.library.verify(found.sha256)
        except LoaError:  # its file is gone or was changed: it is read again
            return None
        return found

    def _keep(self, title: str, script: Script, spoken: SpokenClip, by: int) -> StoredClip:
        from audio_assets.loudness import level

        audio = self._repos.config.audio
        pcm, _, _ = level(spoken.pcm, HOUSE_RATE, Lufs(audio.target_lufs), audio.max_true_peak_dbtp)
        made = self._repos.library.add_master(pcm)
        return StoredClip(
            sha256=made.sha256,
            title=title,
            origin="speech",
            frames=Frames(made.frames),
            created_at=self._repos.clock.now(),
            created_by=by,
            lufs=made.lufs,
            true_peak_dbtp=made.true_peak_dbtp,
            engine=spoken.engine,
            voice=spoken.voice,
            said=script.text,
            says=script.times,
            passed=passed_of(spoken.tried, self._repos.clock.now()),
            cache_key=self._key(script, spoken.engine, spoken.voice),
        )

    def _export(self, job: Job) -> None:
        result, told = self._services.exports.work(job, self._meanwhile(job))
        self._jobs.end(job.id, "ready", self._repos.clock.now(), result=result, details=told)

    # Uploads

    def _ingest(self, job: Job) -> None:
        from audio_assets.ingest import ingest

        arrived = self._arrived(job)
        if job.args.get("raw"):
            with_header(arrived)
        taken = ingest(arrived, self._repos.library, self._repos.config.audio, self._meanwhile(job))
        report: AudioReport = taken.report
        if taken.clip is None:
            raise Refused(report.reason, **self._limits(), **report.figures())
        clip = StoredClip(
            sha256=taken.clip.sha256,
            title=job.args["title"],
            origin=job.args["origin"],
            frames=Frames(taken.clip.frames),
            created_at=self._repos.clock.now(),
            created_by=job.created_by,
            file_name=job.args["file_name"],
            original_sha256=Sha256(report.sha256),
            lufs=taken.clip.lufs,
            true_peak_dbtp=taken.clip.true_peak_dbtp,
            warnings=report.warnings,
        )
        self._services.recordings.take_clip(clip)
        self._services.announcements.take_sound(job, clip)
        state, reason = ("warning", report.warnings[0]) if report.warnings else ("ready", "")
        now, details = self._repos.clock.now(), report.figures()
        self._jobs.end(job.id, state, now, result=clip.sha256, reason=reason, details=details)

    def _trim(self, job: Job) -> None:
        clip = self._services.trims.make(job)
        self._services.recordings.take_clip(clip)
        self._services.trims.keep(job, clip)
        self._services.announcements.take_sound(job, clip)
        self._jobs.end(job.id, "ready", self._repos.clock.now(), result=clip.sha256)

    def _arrived(self, job: Job) -> Path:
        return self._services.recordings.incoming / Path(job.args["path"]).name

    def _limits(self) -> dict[str, object]:
        audio = self._repos.config.audio
        return {"limit_mb": audio.max_upload_mb, "limit_minutes": f"{audio.max_clip_minutes:g}"}

    def _meanwhile(self, job: Job) -> Callable[[float], None]:
        """Progress of long work beside this thread (a file being decoded, a paper); speech that waits is made between.

        When the worker is to stop, the file waits again; with less room than half of what uploads leave, it is refused.
        """
        tell = self._progress(job)

        def turn(share: float) -> None:
            tell(share)
            need_room(self._repos.config.data, 0, self._repos.config.limits.keep_free_mb // 2)
            if self._stop is None:
                return
            if self._stop.is_set():
                raise _Stopped(job.id)
            self._beat()
            if other := self._jobs.claim(but=job.kind):
                self._work(other)

        return turn

    def _progress(self, job: Job) -> Callable[[float], None]:
        """Write progress at most every twentieth: pages poll rows, and rows cost a disk flush."""
        told = [0.0]

        def tell(share: float) -> None:
            if share - told[0] >= 0.05:  # noqa: PLR2004 - a twentieth
                told[0] = share
                self._jobs.progress(job.id, share)

        return tell


def be_nice() -> None:
    """The worker gives way to everything else."""
    try:
        os.nice(10)
    except OSError:
        log.info("could not lower the worker's priority")
