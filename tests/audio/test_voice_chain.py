"""The chain of voices: who speaks, in what order, what is recorded, and what the joined clip sounds like."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from audio_assets.speech.contract import Spoken, engine_edge
from audio_assets.speech.engines import engines_of
from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.joining import at_house_rate, joined, trimmed
from audio_assets.speech.voice import Attempt, Voice, cache_key
from scheduler.config.loading import Config, SpeechConfig
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import Refused, SpeechError
from tests.audio.fake_engine import FakeEngine

TEXT = "Xin chào bà con. Mai cắt nước. Cảm ơn."
PASSING = SpeechError("the line is down", permanent=False)
FOR_GOOD = SpeechError("the door is shut", permanent=True)


class Mono:
    """A monotonic clock that moves when told."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def voice_of(*engines, pause_ms: int = 500, speed: float = 1.0, **more) -> Voice:
    return Voice(engines, pause_ms=pause_ms, speed=speed, **more)


def test_the_first_engine_speaks_and_is_recorded():
    first, second = FakeEngine("first", voice="north"), FakeEngine("second")
    clip = voice_of(first, second, speed=1.25).speak(TEXT)
    assert (clip.engine, clip.voice, clip.speed, clip.tried) == ("first", "north", 1.25, ())
    assert first.asked == ["Xin chào bà con.", "Mai cắt nước.", "Cảm ơn."]
    assert second.asked == []


def test_a_missing_engine_is_passed_over_with_its_reason():
    clip = voice_of(FakeEngine("first", absent="no file"), FakeEngine("second")).speak(TEXT)
    assert clip.engine == "second"
    assert clip.tried == (Attempt("first", 0, "no file", permanent=True, reason="piper_none"),)


def test_when_an_engine_fails_half_way_the_next_begins_again_so_that_voices_never_mix():
    first = FakeEngine("first", failures={2: PASSING})
    second = FakeEngine("second")
    clip = voice_of(first, second).speak(TEXT)
    assert clip.engine == "second"
    assert second.asked == ["Xin chào bà con.", "Mai cắt nước.", "Cảm ơn."]
    assert clip.tried == (Attempt("first", 2, "the line is down", permanent=False),)
    assert clip.seconds == voice_of(FakeEngine("alone")).speak(TEXT).seconds


def test_when_every_engine_fails_the_error_names_each_and_its_reason():
    chain = voice_of(FakeEngine("first", absent="no file"), FakeEngine("second", failures={1: PASSING}))
    with pytest.raises(SpeechError, match=r"first: no file; second: the line is down") as failure:
        chain.speak(TEXT)
    assert failure.value.permanent is False


def test_failures_for_good_alone_are_for_good():
    with pytest.raises(SpeechError) as failure:
        voice_of(FakeEngine("only", failures={1: FOR_GOOD})).speak(TEXT)
    assert failure.value.permanent is True


def test_an_engine_that_says_nothing_for_a_sentence_does_not_get_away_with_it():
    clip = voice_of(FakeEngine("first", silent_on="cắt nước"), FakeEngine("second")).speak(TEXT)
    assert clip.engine == "second"
    assert "made silence of 'Mai cắt nước.'" in clip.tried[0].why


def test_a_chain_without_engines_cannot_be_built():
    with pytest.raises(ValueError, match="at least one"):
        voice_of()


REST_SECONDS = 120


@pytest.mark.parametrize(
    ("waited", "speaker"),
    [(0, "second"), (REST_SECONDS - 1, "second"), (REST_SECONDS, "first"), (REST_SECONDS + 1, "first")],
    ids=["at_once", "just_before", "at_the_end", "after"],
)
def test_an_engine_that_failed_in_passing_rests_for_two_minutes(waited: float, speaker: str):
    now = Mono()
    first = FakeEngine("first", failures={1: PASSING})
    chain = voice_of(first, FakeEngine("second"), now_mono=now)
    chain.speak(TEXT)
    now.at += waited
    clip = chain.speak(TEXT)
    assert clip.engine == speaker
    if speaker == "second":
        assert len(first.asked) == 1
        told = "resting after: the line is down"
        assert clip.tried == (Attempt("first", 0, told, permanent=False, failing_for=waited),)


def test_a_failure_for_good_is_not_followed_by_a_rest():
    first = FakeEngine("first", failures={1: FOR_GOOD})
    chain = voice_of(first, FakeEngine("second"), now_mono=Mono())
    assert [chain.speak(TEXT).engine for _ in range(2)] == ["second", "first"]


def test_a_resting_engine_is_asked_all_the_same_when_nobody_else_can_speak():
    chain = voice_of(FakeEngine("only", failures={1: PASSING}), now_mono=Mono())
    with pytest.raises(SpeechError):
        chain.speak(TEXT)
    assert chain.speak(TEXT).engine == "only"


def test_a_resting_engine_is_the_last_resort_when_the_ready_one_fails():
    first = FakeEngine("first", failures={1: PASSING})
    second = FakeEngine("second", failures={4: FOR_GOOD})
    chain = voice_of(first, second, now_mono=Mono())
    assert [chain.speak(TEXT).engine for _ in range(2)] == ["second", "first"]


def test_progress_rises_to_one_and_starts_again_with_the_next_engine():
    heard: list[float] = []
    voice_of(FakeEngine("first", failures={2: PASSING}), FakeEngine("second")).speak(TEXT, heard.append)
    assert heard == pytest.approx([0, 1 / 3, 0, 1 / 3, 2 / 3, 1])


def test_what_progress_raises_ends_the_work_and_is_no_engine_failure():
    def stop(share: float) -> None:
        if share > 0:
            raise KeyboardInterrupt

    second = FakeEngine("second")
    with pytest.raises(KeyboardInterrupt):
        voice_of(FakeEngine("first"), second).speak(TEXT, stop)
    assert second.asked == []


@pytest.mark.parametrize("said", ["", "   \n", "… ?!", "\0", "😀"], ids=repr)
def test_a_text_without_a_word_is_refused_before_any_engine(said: str):
    engine = FakeEngine()
    with pytest.raises(Refused) as refusal:
        voice_of(engine).speak(said)
    assert refusal.value.reason == "text_not_speakable"
    assert engine.asked == []


@pytest.mark.parametrize("chars", [99, 100], ids=["just_below", "at_the_limit"])
def test_a_text_up_to_the_limit_is_spoken(chars: int):
    assert voice_of(FakeEngine(), max_chars=100).speak("a" * chars).seconds > 0


def test_a_text_over_the_limit_is_refused_with_both_numbers():
    with pytest.raises(Refused) as refusal:
        voice_of(FakeEngine(), max_chars=100).speak("a" * 101)
    assert refusal.value.reason == "text_too_long"
    assert refusal.value.details == {"limit": 100, "chars": 101}


# -- the clip ----------------------------------------------------------------------------------------------------------


def silences(pcm: np.ndarray, floor: int = 40) -> list[tuple[int, int]]:
    """(start, frames) of every stretch longer than 50 ms that stays below `floor`."""
    quiet = np.concatenate(([0], (np.abs(pcm.astype(np.int32)) < floor).astype(np.int8), [0]))
    edges = np.flatnonzero(np.diff(quiet))
    spans = zip(edges[::2], edges[1::2], strict=True)
    return [(int(start), int(end - start)) for start, end in spans if end - start > HOUSE_RATE // 20]


@pytest.mark.parametrize("pause_ms", [200, 500, 1500])
def test_sentences_are_parted_by_the_configured_pause(pause_ms: int):
    clip = voice_of(FakeEngine(), pause_ms=pause_ms).speak(TEXT)
    gaps = [frames / HOUSE_RATE * 1000 for _start, frames in silences(clip.pcm)]
    assert gaps == pytest.approx([pause_ms, pause_ms], abs=95)  # the pieces keep a little air of their own


def test_no_pause_at_all_is_possible():
    assert silences(voice_of(FakeEngine(), pause_ms=0).speak("Một hai. Ba bốn.").pcm) == []


def test_a_sentence_cut_at_a_comma_pauses_less_than_a_full_stop():
    half = "chữ " * 55
    clip = voice_of(FakeEngine(), pause_ms=1000).speak(f"{half.strip()}, {half.strip()}. Hết.")
    gaps = [round(frames / HOUSE_RATE, 1) for _start, frames in silences(clip.pcm)]
    assert gaps == [0.4, 1.0]


def test_a_real_clip_has_no_silence_at_its_ends_and_no_click_anywhere():
    clip = voice_of(EspeakEngine()).speak(TEXT)
    starts = silences(clip.pcm)
    assert all(start > 0 and start + frames < len(clip.pcm) for start, frames in starts)
    assert abs(int(clip.pcm[0])) <= 1
    assert abs(int(clip.pcm[-1])) <= 1
    edges = [edge for start, frames in starts for edge in (start, start + frames - 1)]
    assert all(abs(int(clip.pcm[edge]) - int(clip.pcm[edge - 1])) < 200 for edge in edges if edge)


def test_the_clip_is_16_bit_mono_at_the_house_rate():
    clip = voice_of(FakeEngine(rate=22_050, pitch_hz=440), pause_ms=0).speak("a" * 50)
    assert clip.pcm.dtype == np.int16
    assert clip.pcm.ndim == 1
    assert clip.seconds == pytest.approx(50 * 0.06, abs=0.05)
    spectrum = np.abs(np.fft.rfft(clip.pcm * np.hanning(len(clip.pcm))))
    assert spectrum.argmax() * HOUSE_RATE / len(clip.pcm) == pytest.approx(440, abs=1)


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_resampling_keeps_the_tone_and_adds_no_mirror_of_it(rate: int):
    tone = (np.sin(2 * np.pi * 3000 * np.arange(rate) / rate) * 20_000).astype(np.int16)
    house = at_house_rate(Spoken(tone, rate))
    assert len(house) == pytest.approx(HOUSE_RATE, abs=2)
    middle = house[4800:-4800].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(middle * np.blackman(len(middle)))) ** 2
    tone_bin = round(3000 * len(middle) / HOUSE_RATE)
    elsewhere = np.concatenate((spectrum[: tone_bin - 20], spectrum[tone_bin + 20 :]))
    assert 10 * np.log10(spectrum[tone_bin] / elsewhere.max()) > 60


def test_a_full_scale_sound_does_not_wrap_or_clip_when_resampled():
    square = np.where(np.arange(22_050) // 50 % 2, 32_767, -32_768).astype(np.int16)
    house = at_house_rate(Spoken(square, 22_050)).astype(np.int32)
    assert np.abs(house).max() <= 32_767
    assert (np.abs(house) >= 32_767).sum() < 50
    assert np.abs(np.diff(house)).max() < 40_000  # a wrapped sample jumps by 65,000


def test_trimming_keeps_every_audible_sample_and_a_little_air():
    tone = (np.sin(np.arange(HOUSE_RATE) * 0.05) * 8000).astype(np.int16)
    silence = np.zeros(HOUSE_RATE, np.int16)
    kept = trimmed(np.concatenate((silence, tone, silence)))
    assert len(tone) < len(kept) < len(tone) + HOUSE_RATE // 10


@pytest.mark.parametrize("pcm", [np.zeros(0, np.int16), np.zeros(4800, np.int16), np.full(4800, 3, np.int16)], ids=len)
def test_silence_trims_to_nothing(pcm: np.ndarray):
    assert len(trimmed(pcm)) == 0


@pytest.mark.parametrize("count", [1, 2, 3, 8, 13])
def test_joining_keeps_order_and_every_sample(count: int):
    pieces = [np.full(100 + number, number + 1, np.int16) for number in range(count)]
    clip = joined(pieces, [10] * count)
    pause = np.zeros(480, np.int16)
    expected = [pieces[0], *(part for piece in pieces[1:] for part in (pause, piece))]
    assert np.array_equal(clip, np.concatenate(expected))


# -- names, wiring, cost ------------------------------------------------------------------------------------------------


def test_the_cache_key_is_64_hex_digits_and_stays_the_same():
    key = cache_key("Xin chào.", "espeak", "vi", 1.0, 3)
    assert len(key) == 64
    assert set(key) <= set("0123456789abcdef")
    assert key == cache_key("Xin chào.", "espeak", "vi", 1.0, 3)
    assert key == cache_key("Xin chào.", "espeak", "vi", 1.0, 3)


def test_everything_that_changes_the_sound_changes_the_key():
    base = {"said": "một", "engine": "espeak", "voice": "vi", "speed": 1.0, "normaliser_version": 1, "pause_ms": 500}
    changes = {
        "said": "hai", "engine": "gtts", "voice": "vi-vn-x-south", "speed": 1.1, "normaliser_version": 2, "pause_ms": 400,
    }  # fmt: skip
    keys = {cache_key(**base), *(cache_key(**base | {name: value}) for name, value in changes.items())}
    assert len(keys) == len(changes) + 1


def test_fields_of_the_key_cannot_run_into_each_other():
    assert cache_key("a", "bc", "d", 1.0, 1) != cache_key("a", "b", "cd", 1.0, 1)


def test_engines_come_in_the_order_of_config_with_its_settings(tmp_path: Path):
    config = SpeechConfig(
        engines=("espeak", "piper", "gtts"), espeak_voice="vi-vn-x-south", piper_model="voices/vi_VN-ward.onnx"
    )
    engines = engines_of(Config(folder=tmp_path, speech=config))
    assert [engine.name for engine in engines] == ["espeak", "piper", "gtts"]
    assert [engine.voice for engine in engines] == ["vi-vn-x-south", "vi_VN-ward", "vi"]
    assert str(tmp_path / "voices" / "vi_VN-ward.onnx") in str(engines[1].missing())


def test_an_absolute_voice_file_stays_where_it_is(tmp_path: Path):
    speech = SpeechConfig(engines=("piper",), piper_model="/srv/voices/a.onnx")
    engine = engines_of(Config(folder=tmp_path, speech=speech))[0]
    assert "/srv/voices/a.onnx" in str(engine.missing())


def test_the_default_chain_speaks_without_network_or_voice_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    clip = Voice(engines_of(Config(folder=tmp_path)), pause_ms=500, speed=1.0).speak(TEXT)
    assert clip.engine == "espeak"
    assert [attempt.engine for attempt in clip.tried] == ["piper", "gtts"]


def test_whatever_a_library_raises_leaves_as_a_permanent_speech_error():
    with pytest.raises(SpeechError, match="hum failed: KeyError: 'x'") as failure, engine_edge("hum"):
        raise KeyError("x")
    assert failure.value.permanent is True


def test_an_error_of_our_own_passes_the_edge_unchanged():
    with pytest.raises(SpeechError) as failure, engine_edge("hum"):
        raise PASSING
    assert failure.value is PASSING


def test_building_the_chain_loads_nothing_heavy():
    code = (
        "import sys; from pathlib import Path; from scheduler.config.loading import Config;"
        "from audio_assets.speech.voice import Voice; from audio_assets.speech.engines import engines_of;"
        "engines = engines_of(Config(folder=Path.cwd()));"
        "[engine.missing() for engine in engines if engine.name != 'espeak'];"
        "Voice(engines, pause_ms=0, speed=1.0);"
        "print(*{'numpy', 'av', 'pydub', 'gtts', 'requests', 'urllib3', 'onnxruntime', 'piper'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
