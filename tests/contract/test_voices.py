"""What every voice engine promises, held against the real ones and against the fake that other tests use."""

import ctypes
import threading
import unicodedata
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from audio_assets.speech import espeak_engine
from audio_assets.speech.contract import Engine, Spoken
from audio_assets.speech.engines import engines_of
from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.gtts_engine import GttsEngine
from audio_assets.speech.piper_engine import PiperEngine
from audio_assets.speech.server_engine import ServerEngine
from scheduler.config.loading import Config, SpeechConfig, VoiceServerConfig
from scheduler.core.voice_engines import VOICE_ENGINES
from scheduler.kernel.errors import SpeechError
from tests.audio import speech_server
from tests.audio.fake_engine import FakeEngine
from tests.audio.gtts_server import serving
from tests.audio.tiny_piper import write_voice

SHORT = "Xin chào bà con."
LONG = "Ủy ban nhân dân phường thông báo lịch tiêm chủng, kính mời bà con đến trạm y tế phường."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("voices")


@pytest.fixture(scope="module")
def espeak(folder: Path) -> Engine:
    return EspeakEngine("vi")


@pytest.fixture(scope="module")
def piper(folder: Path) -> Engine:
    return PiperEngine(write_voice(folder))


@pytest.fixture(scope="module")
def gtts(folder: Path):
    with serving(folder) as server, pytest.MonkeyPatch.context() as environment:
        for name in ("NO_PROXY", "no_proxy"):
            environment.delenv(name, raising=False)
        for name in ("HTTPS_PROXY", "https_proxy"):
            environment.setenv(name, server.proxy)
        yield GttsEngine(tld="com.vn", timeout=10, tries=2, ca_bundle=server.ca_bundle)


@pytest.fixture(scope="module")
def fake(folder: Path) -> Engine:
    return FakeEngine()


@pytest.fixture(scope="module")
def server(folder: Path):
    with speech_server.serving() as running:
        settings = VoiceServerConfig(url=running.url, model="vn-1", format="mp3", allowed_hosts=("127.0.0.1",))
        yield ServerEngine(settings, folder)


@pytest.fixture(scope="module")
def plain_server(folder: Path):
    with speech_server.serving() as running:
        yield ServerEngine(VoiceServerConfig(url=running.url, kind="http", allowed_hosts=("127.0.0.1",)), folder)


ENGINES = [
    "espeak",
    pytest.param("piper", marks=pytest.mark.needs_piper),
    "gtts",
    "server",
    "plain_server",
    "fake",
]
"""Fixtures; each gives a voice as `Engine` promises it."""


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


def test_every_engine_that_config_may_name_is_tried_here():
    tried = {one if isinstance(one, str) else str(one.values[0]) for one in ENGINES}
    assert not (missing := set(VOICE_ENGINES) - tried), f"give {missing} a fixture and a row in ENGINES"


@pytest.mark.parametrize("name", VOICE_ENGINES)
def test_every_engine_lies_in_the_module_of_its_name_and_is_made_there(name: str, tmp_path: Path):
    assert find_spec(f"audio_assets.speech.{name}_engine"), f"write audio_assets/speech/{name}_engine.py"
    (made,) = engines_of(Config(folder=tmp_path, speech=SpeechConfig(engines=(name,))))
    assert made.name == name


def test_it_is_ready_here(engine: Engine):
    assert engine.missing() is None


def test_it_has_a_name_and_a_voice_for_the_record(engine: Engine):
    assert engine.name
    assert engine.voice


def test_it_says_16_bit_mono_sound_that_is_not_silence(engine: Engine):
    spoken = engine.speak(SHORT, 1.0)
    assert spoken.pcm.dtype == np.int16
    assert spoken.pcm.ndim == 1
    assert 8_000 <= spoken.rate <= 48_000
    assert spoken.seconds == len(spoken.pcm) / spoken.rate > 0.3
    assert np.abs(spoken.pcm.astype(np.int32)).max() > 1000


def test_a_longer_text_takes_longer(engine: Engine):
    assert engine.speak(LONG, 1.0).seconds > 2 * engine.speak(SHORT, 1.0).seconds


def test_a_higher_speed_takes_less_time_in_proportion(engine: Engine):
    seconds = {speed: engine.speak(LONG, speed).seconds for speed in (0.8, 1.0, 1.5)}
    assert seconds[0.8] == pytest.approx(seconds[1.0] / 0.8, rel=0.15)
    assert seconds[1.5] == pytest.approx(seconds[1.0] / 1.5, rel=0.15)


@pytest.mark.parametrize("text", ["", "   ", "\n", "…", "?!. –", "\0\x07", "😀"], ids=repr)
def test_a_text_with_nothing_to_say_is_refused_for_good(engine: Engine, text: str):
    with pytest.raises(SpeechError, match="nothing to say") as refusal:
        engine.speak(text, 1.0)
    assert refusal.value.permanent is True


def test_decomposed_vietnamese_sounds_as_composed_does(engine: Engine):
    composed, apart = (engine.speak(unicodedata.normalize(form, LONG), 1.0) for form in ("NFC", "NFD"))
    assert sounds_alike(composed, apart)


@pytest.mark.parametrize(
    "text",
    [
        "xin\0chào bà con",
        "xin \ud800 chào bà con",
        "xin\r\nchào\tbà\x0bcon",
        "xin\u200bchào ﷺ 中文 bà con",
        "[[ɯ]] <b>&amp;{{x}}",
    ],
    ids=["nul", "lone_surrogate", "white_space", "other_scripts", "markup"],
)
def test_any_string_is_said_without_falling_over(engine: Engine, text: str):
    assert engine.speak(text, 1.0).seconds > 0.2


def test_a_nul_does_not_swallow_the_rest(engine: Engine):
    cut = engine.speak("Xin chào.", 1.0).seconds
    assert engine.speak("Xin chào.\0Kính mời bà con đến trạm y tế phường.", 1.0).seconds > 1.5 * cut


def test_the_same_text_twice_sounds_the_same(engine: Engine):
    assert sounds_alike(engine.speak(SHORT, 1.0), engine.speak(SHORT, 1.0))


def sounds_alike(one: Spoken, other: Spoken) -> bool:
    """Of one length within 30 ms and of one loudness within 1 dB: eSpeak carries phases over from text to text."""
    levels = [float(np.sqrt(np.mean(spoken.pcm.astype(np.float64) ** 2))) for spoken in (one, other)]
    return abs(one.seconds - other.seconds) < 0.03 and abs(20 * np.log10(levels[0] / levels[1])) < 1


def test_two_threads_at_once_get_each_their_own_words(engine: Engine):
    alone = {text: engine.speak(text, 1.0) for text in (SHORT, LONG)}
    together: list[tuple[str, Spoken]] = []
    start = threading.Barrier(4)

    def say(text: str) -> None:
        start.wait()
        together.extend((text, engine.speak(text, 1.0)) for _ in range(2))

    threads = [threading.Thread(target=say, args=(text,)) for text in (SHORT, LONG) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == 8
    assert all(sounds_alike(spoken, alone[text]) for text, spoken in together)


Broken = Callable[[Path], Engine]
BROKEN: dict[str, tuple[Broken, str]] = {
    "espeak_without_that_voice": (lambda _folder: EspeakEngine("xx-none"), "no voice 'xx-none'"),
    "piper_without_a_file_named": (lambda _folder: PiperEngine(None), "speech.piper_model"),
    "piper_file_absent": (lambda folder: PiperEngine(folder / "absent.onnx"), "does not exist"),
    "piper_settings_absent": (lambda folder: PiperEngine(_without_settings(folder)), "copy them beside"),
    "piper_settings_broken": (lambda folder: PiperEngine(_with_settings(folder, "{")), "cannot be read"),
    "piper_settings_not_a_table": (lambda folder: PiperEngine(_with_settings(folder, "[]")), "unknown language"),
    "piper_model_cut": (lambda folder: PiperEngine(_cut(folder)), "no whole ONNX model"),
    "server_without_an_address": (lambda folder: ServerEngine(VoiceServerConfig(), folder), "voice_server.url"),
    "server_in_a_closed_network": (
        lambda folder: ServerEngine(VoiceServerConfig(url="http://10.0.0.5/v1"), folder),
        "private",
    ),
    "server_key_absent": (
        lambda folder: ServerEngine(VoiceServerConfig(url="https://giong.example/v1", key_file="khoa"), folder),
        "key file",
    ),
    "piper_other_language": (lambda folder: PiperEngine(write_voice(folder, "en-us")), "speaks en-us, not Vietnamese"),
}


@pytest.mark.needs_piper
@pytest.mark.parametrize(("broken", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_missing_is_told_and_speaking_fails_for_good(broken: Broken, words: str, tmp_path: Path):
    engine = broken(tmp_path)
    assert words in str(engine.missing())
    with pytest.raises(SpeechError) as refusal:
        engine.speak(SHORT, 1.0)
    assert refusal.value.permanent is True


@pytest.mark.parametrize("voice", ["vi", "vi-vn-x-central", "vi-vn-x-south"])
def test_each_regional_voice_of_espeak_speaks(voice: str):
    assert EspeakEngine(voice).speak(SHORT, 1.0).seconds > 0.5


def phonemes(voice: str, text: str) -> str:
    """What eSpeak would pronounce: the same on every run, unlike its samples."""
    with espeak_engine._LOCK:
        library = espeak_engine._library()
        espeak_engine._select(library, voice)
        call = library.calls.espeak_TextToPhonemes
        call.restype = ctypes.c_char_p
        pointer = ctypes.c_char_p(text.encode())
        return (call(ctypes.byref(pointer), 1, 0) or b"").decode()


def test_the_regional_voices_of_espeak_pronounce_differently():
    said = {voice: phonemes(voice, "vui vẻ về trạm y tế") for voice in ("vi", "vi-vn-x-central", "vi-vn-x-south")}
    assert len(set(said.values())) == 3, said


def test_espeak_leaves_headroom_below_full_scale():
    peak = np.abs(EspeakEngine("vi").speak(LONG, 1.0).pcm.astype(np.int32)).max()
    assert 8_000 < peak < 30_000


def _cut(folder: Path) -> Path:
    model = write_voice(folder)
    model.write_bytes(model.read_bytes()[:-30])
    return model


def _without_settings(folder: Path) -> Path:
    model = write_voice(folder)
    Path(f"{model}.json").unlink()
    return model


def _with_settings(folder: Path, text: str) -> Path:
    model = write_voice(folder)
    Path(f"{model}.json").write_text(text, encoding="utf-8")
    return model
