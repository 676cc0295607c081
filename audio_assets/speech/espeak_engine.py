"""eSpeak NG through ctypes: the voice that is always there, offline, in a wheel.

It decides how eSpeak is tuned for horns. It never starts a subprocess and never plays a sound: the library runs in
its synchronous mode and hands the samples to a callback. libespeak-ng keeps one global state for the whole process,
so one lock guards every call, whatever the number of engines and threads. That state also carries phases over from
text to text: the same text twice sounds alike but is never the same bytes, which is why clips are kept and not remade.
What it was made to say is checked (`espeak_reading`): when in doubt the library is started anew, and asked once more.
"""

import ctypes
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from audio_assets.speech import espeak_reading as reading
from audio_assets.speech.contract import Lack, Spoken, engine_edge, speakable
from scheduler.config.loading import Config, SpeechConfig
from scheduler.kernel.errors import SpeechError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["EspeakEngine", "EspeakTuning", "espeak_voice_of", "from_config"]

_OF_DIALECT = {"northern": "vi", "southern": "vi-vn-x-south"}
"""Which of eSpeak's voices goes with the words of a dialect."""

# Names and numbers of espeak-ng/speak_lib.h (1.52).
_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000  # without it a broken data folder ends the whole process
_CHARS_UTF8 = 1
_POSITION_CHARACTER = 1
_RATE, _VOLUME, _PITCH, _RANGE, _WORD_GAP = 1, 2, 3, 4, 7

_SLOWEST, _FASTEST = 80, 450
"""What the library obeys; outside it clips in silence."""

_LOCK = threading.Lock()
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class EspeakTuning:
    """How eSpeak reads, in its own scales. What was tried is told by `bench/espeak_tuning.py`."""

    words_a_minute: int = 145
    """Horns echo: slower than eSpeak's own 175."""
    pitch: int = 55
    pitch_range: int = 68
    """Its own 50 spans 3.9 semitones in a sentence: too flat to tell the six tones apart; this is 7."""
    word_gap: int = 1
    """Tens of milliseconds at its own pace."""
    volume: int = 80
    """100 peaks at full scale, where resampling overshoots."""


_SYNTH_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
_PHONEME_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p)


@dataclass(frozen=True, slots=True)
class _Library:
    """The loaded library. The callbacks must live as long as the library may call them."""

    calls: Any
    data: Path
    rate: int
    chunks: list[bytes]
    clauses: list[bytes]
    """The phonemes of what is being said, a clause each."""
    callbacks: tuple[Any, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class EspeakEngine:
    voice: str = "vi"
    tuning: EspeakTuning = EspeakTuning()
    name: str = field(default="espeak", init=False)

    def missing(self) -> Lack | None:
        try:
            with engine_edge(self.name), _LOCK:
                _anew_if_it_fails(lambda: _select(_library(), self.voice))
        except SpeechError as error:
            if error.reason == "voice_wrong_words":
                return Lack(str(error), error.reason)
            return Lack(f"{error}; install the espeakng-loader package again", reason="voice_library_broken")
        return None

    def speak(self, text: str, speed: float) -> Spoken:
        cleaned = speakable(text, self.name)
        with engine_edge(self.name), _LOCK:
            return _anew_if_it_fails(lambda: self._speak_bare(cleaned, speed))

    def _speak_bare(self, text: str, speed: float) -> Spoken:
        library = _library()
        _select(library, self.voice)
        _tune(library, self.tuning, speed)
        pcm = _synthesised(library, text)
        spoken = tuple(library.clauses)
        _select(library, self.voice)  # opens its files anew
        if not reading.same_reading(spoken, reading.phonemes(library.calls, text)):
            raise reading.wrong_words(f"two readings of {text[:40]!r} differ")
        return Spoken(pcm, library.rate)


def _anew_if_it_fails(work: Callable[[], _Made]) -> _Made:
    """What `work` makes; after a fault the library is started anew and asked once more: it never reads again by itself
    what it failed to read.
    """
    try:
        return work()
    except SpeechError:
        _stop()
        return work()


def _stop() -> None:
    """Let the library forget everything. Called under the lock."""
    if _library.cache_info().currsize:
        _library().calls.espeak_Terminate()
    _library.cache_clear()


@cache
def _library() -> _Library:
    """Load and start the library once a process. Called under the lock."""
    import espeakng_loader

    calls = ctypes.CDLL(espeakng_loader.get_library_path())
    data = Path(str(espeakng_loader.get_data_path()))
    reading.declare(calls)
    rate = calls.espeak_Initialize(_OUTPUT_SYNCHRONOUS, 0, str(data).encode(), _INITIALIZE_DONT_EXIT)
    if rate <= 0:
        raise SpeechError("eSpeak NG found no voice data", permanent=True)
    chunks: list[bytes] = []

    def collect(samples: int | None, count: int, _events: int | None) -> int:
        if samples and count:
            chunks.append(ctypes.string_at(samples, count * 2))
        return 0

    clauses: list[bytes] = []

    def read(clause: bytes | None) -> int:
        clauses.append(clause or b"")
        return 0

    callbacks = (_SYNTH_CALLBACK(collect), _PHONEME_CALLBACK(read))
    calls.espeak_SetSynthCallback(callbacks[0])
    calls.espeak_SetPhonemeCallback(callbacks[1])
    return _Library(calls, data, rate, chunks, clauses, callbacks)


def _select(library: _Library, voice: str) -> None:
    """Choose a voice. Raises SpeechError where it is not there, or would say other words than it is given."""
    reading.hold_data(library.data)
    if library.calls.espeak_SetVoiceByName(voice.encode()) != 0:
        raise SpeechError(f"eSpeak NG has no voice {voice!r}", permanent=True)
    reading.hold_voice(library.calls, voice)


def _tune(library: _Library, tuning: EspeakTuning, speed: float) -> None:
    """Set every parameter each time: choosing a voice may have reset some."""
    settings = {
        _RATE: min(max(round(tuning.words_a_minute * speed), _SLOWEST), _FASTEST),
        _VOLUME: tuning.volume,
        _PITCH: tuning.pitch,
        _RANGE: tuning.pitch_range,
        _WORD_GAP: tuning.word_gap,
    }
    for parameter, value in settings.items():
        library.calls.espeak_SetParameter(parameter, value, 0)


def _synthesised(library: _Library, text: str) -> "NDArray[np.int16]":
    import numpy as np

    data = text.encode("utf-8") + b"\0"
    library.chunks.clear()
    library.clauses.clear()
    try:
        fault = library.calls.espeak_Synth(
            data, ctypes.c_size_t(len(data)), 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None
        )
        if fault or not library.chunks:
            raise SpeechError(f"eSpeak NG said nothing (code {fault})", permanent=True)
        return np.frombuffer(b"".join(library.chunks), dtype=np.int16)
    finally:
        library.chunks.clear()


def espeak_voice_of(speech: SpeechConfig) -> str:
    """The voice of eSpeak that is named, else the one that speaks as the station's dialect does."""
    return speech.espeak_voice or _OF_DIALECT.get(speech.dialect, "vi")


def from_config(config: Config) -> EspeakEngine:
    """As config.toml asks."""
    return EspeakEngine(espeak_voice_of(config.speech))
