"""Natural voices: which can be had, one brought to the station, and what it sounds like beside the one until now.

What is asked for is a job, so that the page may close and a restart goes on with it; it is done beside the worker's
other jobs, since a slow line may take an hour. What a voice must be, `audio_assets.speech.natural_voice` judges: until
a new one has spoken, nothing of the present one is touched. Whether it then speaks, the configuration has a say in.
"""

import logging
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from audio_assets.part_file import disk_faults
from audio_assets.speech.natural_voice import CARD, SAMPLES, Heard, Place, gather, let_speak, settle
from audio_assets.speech.piper_catalogue import PiperListing, known_voices
from audio_assets.speech.piper_voice import (
    VOICE_FOLDER,
    chosen,
    free_memory,
    is_licence,
    memory_needed,
)
from audio_assets.speech.voice_download import VoiceSource
from scheduler.config.loading import Config
from scheduler.core.model import Person
from scheduler.core.station.kept import Job
from scheduler.kernel.causes import reason_of
from scheduler.kernel.disk_room import need_room
from scheduler.kernel.durable import make_folder, put_in_place, sync_file
from scheduler.kernel.errors import NotFound, Refused
from scheduler.kernel.long_work import LongWork
from scheduler.services.repositories import Repositories, permit
from scheduler.store.jobs import BESIDE

__all__ = ["MOST_MODEL", "Choice", "NaturalVoices"]

log = logging.getLogger(__name__)

MOST_MODEL, MOST_BESIDE = 200_000_000, 1_000_000
"""Bytes of a model that somebody brings, and of each file beside it."""
KEPT = timedelta(days=7)
"""How long half a file waits for the next try."""
_STEP = 0.01
_NAME = re.compile(r"\w[\w.-]{0,79}", re.ASCII)
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Choice:
    """A voice that can be had. `is_here`: a voice file of its name lies among the station's; `speaks`: it is the one
    that Piper would take.
    """

    listing: PiperListing
    is_here: bool
    speaks: bool


class NaturalVoices:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._under_way: tuple[Job, LongWork[Heard]] | None = None
        self._told = 0.0

    @property
    def _folder(self) -> Path:
        return self._repos.written.data / VOICE_FOLDER

    # Asking

    def choices(self) -> list[Choice]:
        """Every voice that can be downloaded; the first one is the one that is offered."""
        config = self._repos.config
        taken = chosen(config.folder / config.speech.piper_model if config.speech.piper_model else None, self._folder)
        return [
            Choice(one, Place(self._folder, one.name).model.is_file(), taken == Place(self._folder, one.name).model)
            for one in known_voices().values()
        ]

    def ask(self, actor: Person, name: str) -> int:
        """Have a voice downloaded (its job); the one that is on its way already is that one.

        Raises NotFound; Refused: voice_not_installed, piper_too_big, disk_floor, voice_get_one_at_a_time.
        """
        permit(actor, "configure")
        known = known_voices().get(name)
        if known is None:
            raise NotFound("voice", name)
        self._can_run(known.model.bytes, f"{name}.onnx")
        need_room(self._folder, known.bytes, self._repos.written.limits.keep_free_mb)
        return self._ask(actor, name, is_brought=False)

    def take_folder(self, actor: Person, folder: Path) -> int:
        """The same with a voice that lies in a folder, such as a USB stick: NAME.onnx, NAME.onnx.json and, where it is
        there, its licence. Raises Refused as `take_files`, and voice_get_no_folder.
        """
        permit(actor, "configure")
        if not folder.is_dir():
            raise Refused("voice_get_no_folder", folder=str(folder))
        found = sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
        models = [path for path in found if path.suffix == ".onnx"]
        wanted = [path for path in found if models and _belongs(path.name, models[0].stem)]
        if len(models) > 1:
            names = ", ".join(path.name for path in models)
            raise Refused("voice_get_several", names=names)
        with disk_faults():
            return self.take_files(actor, _opened(wanted))

    def take_files(self, actor: Person, files: Iterable[tuple[str, IO[bytes]]]) -> int:
        """The same with files that somebody brings, by their names.

        Raises Refused: voice_get_files, voice_get_too_large, disk_floor, disk_full, voice_not_installed,
        voice_get_one_at_a_time.
        """
        permit(actor, "configure")
        self._can_run(0, "")
        if (job := self.newest()) is not None and not job.ended:
            raise Refused("voice_get_one_at_a_time", name=job.args["name"])
        arrived = self._folder / "incoming" / ".brought"
        with disk_faults():
            shutil.rmtree(arrived, ignore_errors=True)
            make_folder(arrived)
            try:
                return self._ask(actor, self._arrange(arrived, files), is_brought=True)
            finally:
                shutil.rmtree(arrived, ignore_errors=True)

    def _arrange(self, arrived: Path, files: Iterable[tuple[str, IO[bytes]]]) -> str:
        """Copy what was brought to where a download would have left it; the voice's name."""
        floor = self._repos.written.limits.keep_free_mb
        names = []
        for name, file in files:
            if not _NAME.fullmatch(name):
                raise Refused("voice_get_files")
            most = MOST_MODEL if name.endswith(".onnx") else MOST_BESIDE
            names.append(name)
            with (arrived / name).open("wb") as kept:
                had = 0
                while piece := file.read(_PIECE):
                    had += len(piece)
                    if had > most:
                        raise Refused("voice_get_too_large", file=name, limit_mb=most // 1_000_000)
                    need_room(self._folder, len(piece), floor)
                    kept.write(piece)
            sync_file(arrived / name)
        models = [name for name in names if name.endswith(".onnx")]
        if (
            len(models) != 1
            or f"{models[0]}.json" not in names
            or not all(_belongs(one, models[0][:-5]) for one in names)
        ):
            raise Refused("voice_get_files")
        place = Place(self._folder, models[0].removesuffix(".onnx"))
        shutil.rmtree(place.stage, ignore_errors=True)
        for card in ("MODEL_CARD", "LICENSE"):
            if (bare := arrived / card).is_file():
                put_in_place(bare, arrived / f"{place.name}.{card}")
        put_in_place(arrived, place.stage)
        return place.name

    def _ask(self, actor: Person, name: str, *, is_brought: bool) -> int:
        with self._repos.store.write():
            job = self.newest()
            if job is not None and not job.ended:
                if job.args["name"] == name and not is_brought:
                    return job.id
                raise Refused("voice_get_one_at_a_time", name=job.args["name"])
            args = {"name": name, "brought": is_brought}
            return self._repos.jobs.add(BESIDE, args, actor.id, self._repos.clock.now())

    def _can_run(self, size: int, file: str) -> None:
        if find_spec("piper") is None:
            raise Refused("voice_not_installed", package="loa-phuong[piper]")
        left, need = free_memory(), memory_needed(size)
        if size and left is not None and left < need:
            raise Refused("piper_too_big", file=file, need_mb=need // 10**6, free_mb=left // 10**6)

    # How it stands

    def newest(self) -> Job | None:
        """What was asked for last, as it stands; None = nothing ever."""
        return next(iter(self._repos.jobs.newest(BESIDE, 1)), None)

    def obstacle(self) -> str:
        """Why the configuration lets no downloaded voice speak before eSpeak NG, as a reason code; '' = it does."""
        speech = self._repos.config.speech
        if speech.piper_model:
            return "voice_get_named"
        engines = [one for one in speech.engines if one in {"piper", "espeak"}]
        return "" if engines and engines[0] == "piper" else "voice_get_order"

    def sample(self, which: str) -> Path:
        """The sentence as it was said before ("now") or by the new voice ("new"). Raises NotFound."""
        path = Place(self._folder, "").sample(which)
        if which not in SAMPLES or not path.is_file():
            raise NotFound("sample", which)
        return path

    # Doing

    def tend(self) -> None:
        """Begin what waits, write how far it is, end what is over; never waits. For the worker, between its jobs."""
        if self._under_way is None:
            waiting = self._repos.jobs.waiting(BESIDE)
            if waiting is None or (claimed := self._repos.jobs.claim(waiting)) is None:
                return
            self._told, config = 0.0, self._repos.config
            self._under_way = claimed, LongWork("voice", lambda tell: self._make(claimed, config, tell))
            return
        job, work = self._under_way
        if not work.over(0):
            if abs(work.share - self._told) >= _STEP:
                self._told = work.share
                self._repos.jobs.progress(job.id, work.share)
            return
        reason, details = self._come_of(job, work)
        state = "refused" if reason else "ready"
        result = "" if reason else str(job.args["name"])
        self._repos.jobs.end(job.id, state, self._repos.clock.now(), result=result, reason=reason, details=details)
        self._under_way = None

    def give_back(self) -> None:
        """Let go of what is under way: whoever tends next goes on with it."""
        if self._under_way is not None:
            job, work = self._under_way
            work.let_go()
            self._under_way = None
            self._repos.jobs.give_back(job.id)

    def sweep(self) -> None:
        """Remove half a voice that nobody has asked for in a while."""
        job, now = self.newest(), self._repos.clock.now().timestamp()
        if job is not None and not job.ended:
            return
        for stage in (self._folder / "incoming").glob("*"):
            newest = max((path.stat().st_mtime for path in (stage, *stage.glob("*"))), default=0.0)
            if now - newest > KEPT.total_seconds():
                shutil.rmtree(stage, ignore_errors=True)

    def _make(self, job: Job, config: Config, tell: Callable[[float], None]) -> Heard:
        """In a thread of its own: no row is read or written here."""
        name, is_brought = str(job.args["name"]), bool(job.args["brought"])
        place, known = Place(self._folder, name), known_voices().get(name)
        if not is_brought and known is not None:
            source = VoiceSource(config.speech.piper_voices_url)
            gather(place, known, source, config.limits.keep_free_mb, tell)
        try:
            heard = let_speak(place, known, config)
        except Refused as refused:
            if refused.reason != "piper_too_big":  # another hour there may be memory for it
                shutil.rmtree(place.stage, ignore_errors=True)
            raise
        settle(place, known)
        return heard

    def _come_of(self, job: Job, work: LongWork[Heard]) -> tuple[str, dict[str, object]]:
        try:
            heard = work.result()
        except Refused as refused:
            return refused.reason, dict(refused.details)
        except OSError as error:
            log.exception("the voice of job %d failed", job.id)
            return reason_of(error, "job_failed"), {}
        except Exception:  # the edge of the worker, as for its other jobs
            log.exception("the voice of job %d failed", job.id)
            return "job_failed", {}
        return "", {"before": heard.before, "voice_before": heard.voice_before}


def _belongs(file_name: str, name: str) -> bool:
    """Whether a file is one of the voice of this name: its model, its settings or its licence."""
    own = file_name in {f"{name}.onnx", f"{name}.onnx.json", f"{name}{CARD}"}
    return own or file_name in {"MODEL_CARD", "LICENSE"} or (file_name.startswith(f"{name}.") and is_licence(file_name))


def _opened(paths: list[Path]) -> Iterator[tuple[str, IO[bytes]]]:
    for path in paths:
        with path.open("rb") as file:
            yield path.name, file
