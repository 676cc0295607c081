"""A natural voice comes to the station: its files gathered beside the voices, judged, let speak, and put in place.

Nothing of what the station speaks with is touched before the new voice has said a sentence as long as its text can be;
then its files get their names, the model last, and its name is written down as the chosen one. Where they come from,
the internet or a folder, is the caller's: files that are here already are only judged.
"""

import hashlib
import json
import shutil
import wave
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio_assets.part_file import disk_faults
from audio_assets.speech.engines import engines_of
from audio_assets.speech.piper_catalogue import PiperListing
from audio_assets.speech.piper_engine import PiperEngine
from audio_assets.speech.piper_voice import choose, described, licence_beside
from audio_assets.speech.voice import SpokenClip, Voice
from audio_assets.speech.voice_download import VoiceSource
from scheduler.config.loading import Config
from scheduler.core.model import HOUSE_RATE, Lufs
from scheduler.kernel.disk_room import need_room
from scheduler.kernel.durable import make_folder, put_in_place, sync_file, write_whole
from scheduler.kernel.errors import LoaError, Refused, SpeechError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CARD", "SAMPLES", "TRIED", "Heard", "Place", "gather", "let_speak", "settle"]

TRIED = "Kính mời bà con đến trạm y tế phường để tiêm phòng."
"""A sentence with all six tones."""
CARD = ".MODEL_CARD"
"""Behind a voice's name: its makers' page, with the licence."""
SAMPLES = ("now", "new")
"""What was heard before, and the new voice."""
_MOST_SETTINGS, _MOST_CARD, _MOST_LIST = 1_000_000, 64_000, 8_000_000
_LOOK_EVERY = 1_000_000

Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a voice lies: `folder` the station's voices, below it what is on its way and what was heard."""

    folder: Path
    name: str

    @property
    def stage(self) -> Path:
        return self.folder / "incoming" / self.name

    @property
    def model(self) -> Path:
        return self.folder / f"{self.name}.onnx"

    @property
    def staged_model(self) -> Path:
        return self.stage / f"{self.name}.onnx"

    def sample(self, which: str) -> Path:
        return self.folder / "heard" / f"{which}.wav"


@dataclass(frozen=True, slots=True)
class Heard:
    """Which voices have said the sentence: their engines, empty where none could before."""

    before: str
    voice_before: str


# Gathering


def gather(place: Place, known: PiperListing, source: VoiceSource, floor_mb: int, tell: Tell) -> None:
    """Bring the files of a known voice that are not here yet; `tell` hears 0.0 to 1.0, what it raises ends it.

    Raises Refused: voice_get_… (`voice_download`), disk_floor, disk_full, disk_readonly.
    """
    _take_from_place(place, known)
    need_room(place.folder, known.bytes - _size_here(place), floor_mb)
    settings = Path(f"{place.staged_model}.json")
    card = place.stage / f"{place.name}{CARD}"
    with disk_faults():
        make_folder(place.stage)
        if not (settings.is_file() and _is_listed(settings.read_bytes(), known, source)):
            write_whole(settings, _settings(known, source, lambda _: tell(0.0)))
        if not card.is_file():
            write_whole(card, _card(known, source, lambda _: tell(0.0)))
    if known.model.fits(place.staged_model):
        return
    looked = [0]

    def turn(here: int) -> None:
        if here - looked[0] >= _LOOK_EVERY or here < looked[0]:
            looked[0] = here
            need_room(place.folder, 0, floor_mb)
        tell(here / known.model.bytes)

    source.large(f"{known.path}/{known.name}.onnx", place.staged_model, known.model.bytes, known.model.fits, turn)


def _take_from_place(place: Place, known: PiperListing) -> None:
    """A voice that is in place already is judged anew, and not downloaded again."""
    if not known.model.fits(place.model) or known.model.fits(place.staged_model):
        return
    with disk_faults():
        make_folder(place.stage)
        for path in (place.model, Path(f"{place.model}.json"), place.folder / f"{place.name}{CARD}"):
            if path.is_file():
                shutil.copyfile(path, place.stage / path.name)


def _size_here(place: Place) -> int:
    found = [place.staged_model, place.staged_model.with_name(f"{place.staged_model.name}.part")]
    return sum(one.stat().st_size for one in found if one.is_file())


def _settings(known: PiperListing, source: VoiceSource, turn: Callable[[int], None]) -> bytes:
    """The settings as the catalogue has them, or as the source's own list has them by now."""
    data = source.small(f"{known.path}/{known.name}.onnx.json", _MOST_SETTINGS, turn)
    if not _is_listed(data, known, source):
        raise Refused("voice_get_wrong", file=f"{known.name}.onnx.json")
    return data


def _is_listed(data: bytes, known: PiperListing, source: VoiceSource) -> bool:
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return digest == known.settings.md5 or digest == _listed_now(known, source)


def _listed_now(known: PiperListing, source: VoiceSource) -> str:
    """The check sum of the settings in the source's voices.json: its makers edit settings, never a model."""
    try:
        rows: Any = json.loads(source.small("voices.json", _MOST_LIST))
        return str(rows[known.name]["files"][f"{known.path}/{known.name}.onnx.json"]["md5_digest"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _card(known: PiperListing, source: VoiceSource, turn: Callable[[int], None]) -> bytes:
    data = source.small(f"{known.path}/MODEL_CARD", _MOST_CARD, turn)
    try:
        names_licence = "licen" in data.decode("utf-8").lower()
    except UnicodeDecodeError:
        names_licence = False
    if not names_licence:
        raise Refused("voice_get_wrong", file="MODEL_CARD")
    return data


# Judging


def let_speak(place: Place, known: PiperListing | None, config: Config) -> Heard:
    """Judge what was gathered and let it say a sentence, beside the voice that speaks until now.

    Raises Refused: voice_get_wrong, the piper_… of a voice file that cannot be used, voice_get_mute.
    """
    model = place.staged_model
    if known is not None and not known.model.fits(model):
        raise Refused("voice_get_wrong", file=model.name)
    if lack := described(model).lack:
        raise Refused(lack.reason, **lack.details)
    try:
        new = _said((PiperEngine(model),), config)
    except SpeechError as error:
        raise Refused("voice_get_mute", file=model.name) from error
    before: SpokenClip | None = None
    with suppress(LoaError):
        before = _said(engines_of(config), config)
    with disk_faults():
        make_folder(place.sample("new").parent)
        for which, clip in zip(SAMPLES, (before, new), strict=True):
            place.sample(which).unlink(missing_ok=True)
            if clip is not None:
                _write(place.sample(which), clip.pcm, config)
    return Heard(before.engine if before else "", before.voice if before else "")


def _said(engines: Iterable[Any], config: Config) -> SpokenClip:
    from audio_assets.speech.normalise import normalise

    speech = config.speech
    return Voice(tuple(engines), pause_ms=speech.sentence_pause_ms, speed=speech.speed).speak(normalise(TRIED).text)


def _write(path: Path, pcm: "NDArray[np.int16]", config: Config) -> None:
    from audio_assets.loudness import level

    pcm, _, _ = level(pcm, HOUSE_RATE, Lufs(config.audio.target_lufs), config.audio.max_true_peak_dbtp)
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(HOUSE_RATE)
        wav.writeframes(pcm.tobytes())


# In place


def settle(place: Place, known: PiperListing | None) -> None:
    """Give the files their names, the model last, and have this voice chosen."""
    with disk_faults():
        if known is not None and not licence_beside(place.staged_model):
            write_whole(place.stage / f"{place.name}.LICENSE.txt", _licence_words(known).encode("utf-8"))
        staged = sorted(place.stage.iterdir(), key=lambda path: path == place.staged_model)
        for path in staged:
            if path.suffix == ".part":
                path.unlink()
                continue
            sync_file(path)
            put_in_place(path, place.folder / path.name)
        place.stage.rmdir()
        choose(place.folder, place.name)


def _licence_words(known: PiperListing) -> str:
    """For a voice that came without its card."""
    licence = known.licence or "not named by its makers"
    return f"{known.name} (rhasspy/piper-voices)\nDataset: {known.source}\nLicense: {licence}\n"
