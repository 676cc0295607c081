"""Piper's voice files: found, described, and each thing that is wrong with one said in its own sentence."""

import json
from pathlib import Path

import pytest

from audio_assets.speech.contract import Lack
from audio_assets.speech.engines import engines_of
from audio_assets.speech.piper_engine import PiperEngine
from audio_assets.speech.piper_voice import chosen, described, found_in, free_memory
from scheduler.config.loading import Config, SpeechConfig, StationConfig
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import SpeechError
from tests.audio.tiny_piper import write_voice

pytestmark = pytest.mark.needs_piper
ENOUGH = 8_000_000_000


def with_settings(path: Path, **changes: object) -> Path:
    beside = Path(f"{path}.json")
    beside.write_text(json.dumps(json.loads(beside.read_text(encoding="utf-8")) | changes), encoding="utf-8")
    return path


def lack_of(path: Path, free: int | None = ENOUGH) -> Lack:
    lack = described(path, lambda: free).lack
    assert lack is not None
    return lack


def test_a_voice_file_is_described(tmp_path: Path):
    path = write_voice(tmp_path, name="vi_VN-vais1000-medium")
    with_settings(path, audio={"sample_rate": 22_050, "quality": "medium"}, language={"code": "vi_VN"})
    (tmp_path / "vi_VN-vais1000-medium.LICENSE.txt").write_text("CC BY 4.0", encoding="utf-8")
    told = described(path, lambda: ENOUGH)
    assert (told.name, told.language, told.quality, told.rate) == ("vi_VN-vais1000-medium", "vi", "medium", 22_050)
    assert told.size == path.stat().st_size
    assert told.licence == "vi_VN-vais1000-medium.LICENSE.txt"
    assert told.lack is None


def test_the_quality_is_read_from_the_name_where_the_settings_have_none(tmp_path: Path):
    assert described(write_voice(tmp_path, name="vi_VN-25hours-low")).quality == "low"
    assert described(write_voice(tmp_path, name="giong-cua-phuong")).quality == ""


def test_the_language_code_counts_where_nothing_names_a_phonemiser(tmp_path: Path):
    path = write_voice(tmp_path)
    with_settings(path, espeak={}, language={"code": "vi_VN"})
    assert described(path, lambda: ENOUGH).lack is None
    with_settings(path, language={"code": "en_US"})
    assert lack_of(path).reason == "piper_language"


@pytest.mark.parametrize("name", ["LICENSE", "MODEL_CARD", "licence.md", "COPYING"])
def test_a_licence_of_the_folder_counts(tmp_path: Path, name: str):
    path = write_voice(tmp_path)
    (tmp_path / name).write_text("x", encoding="utf-8")
    assert described(path).licence == name


def test_another_voice_s_licence_is_not_this_one_s(tmp_path: Path):
    path = write_voice(tmp_path)
    (tmp_path / "vi_VN-other-low.LICENSE").write_text("x", encoding="utf-8")
    assert described(path).licence == ""


def test_a_file_that_is_not_there_is_said(tmp_path: Path):
    assert lack_of(tmp_path / "vang.onnx").reason == "piper_absent"


def test_missing_settings_are_said(tmp_path: Path):
    path = write_voice(tmp_path)
    Path(f"{path}.json").unlink()
    assert lack_of(path).reason == "piper_no_settings"


@pytest.mark.parametrize(
    "text",
    ["{", "", "\0", '{"audio": ' * 5000, '"' + "x" * 5_000_000 + '"'],
    ids=["cut", "empty", "nul", "deep", "huge"],
)
def test_settings_that_cannot_be_read_are_said(tmp_path: Path, text: str):
    path = write_voice(tmp_path)
    Path(f"{path}.json").write_text(text, encoding="utf-8")
    assert lack_of(path).reason == "piper_settings_broken"


@pytest.mark.parametrize(
    "settings", [{}, {"espeak": []}, {"espeak": {"voice": 7}}, {"audio": [], "espeak": {"voice": None}}], ids=str
)
def test_settings_of_any_shape_are_judged(tmp_path: Path, settings: dict):
    path = write_voice(tmp_path)
    Path(f"{path}.json").write_text(json.dumps(settings), encoding="utf-8")
    assert lack_of(path).reason == "piper_language"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 63201294\n",
        b"<html></html>",
        b"\0" * 5000,
    ],
    ids=["empty", "git_lfs_pointer", "web_page", "zeros"],
)
def test_a_file_that_is_no_model_is_said_without_loading_it(tmp_path: Path, data: bytes):
    path = write_voice(tmp_path)
    path.write_bytes(data)
    assert lack_of(path).reason == "piper_damaged"


def test_a_model_cut_anywhere_is_damaged(tmp_path: Path):
    path = write_voice(tmp_path)
    whole = path.read_bytes()
    assert described(path, lambda: ENOUGH).lack is None
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert lack_of(path).reason == "piper_damaged", length


@pytest.mark.parametrize(
    ("free", "reason"), [(149_999_999, "piper_too_big"), (150_100_000, ""), (ENOUGH, ""), (None, "")], ids=str
)
def test_a_voice_too_big_for_the_memory_is_said_with_both_numbers(tmp_path: Path, free: int | None, reason: str):
    path = write_voice(tmp_path)
    lack = described(path, lambda: free).lack
    assert (lack.reason if lack else "") == reason
    if lack is not None:
        assert (lack.reason, lack.details["free_mb"], lack.details["need_mb"]) == ("piper_too_big", 149, 150)


def test_the_memory_of_this_machine_is_known_in_bytes():
    free = free_memory()
    assert free is None or 10_000_000 < free < 10**14


def test_every_fault_has_a_sentence_with_the_file_in_it(tmp_path: Path):
    path = write_voice(tmp_path, name="giong-a")
    path.write_bytes(b"no model")
    lack = lack_of(path)
    assert "giong-a.onnx" in sentence(lack.reason, lack.details)


# Found


def config(tmp_path: Path, **speech: object) -> Config:
    return Config(
        folder=tmp_path, station=StationConfig(data="data"), speech=SpeechConfig(engines=("piper",), **speech)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data" / "voices"
    made.mkdir(parents=True)
    return made


def test_a_voice_file_in_the_data_folder_is_found_and_speaks(tmp_path: Path, folder: Path):
    (engine,) = engines_of(config(tmp_path))
    assert str(engine.missing()).startswith("no Piper voice")
    write_voice(folder, name="vi_VN-a-low")
    assert engine.missing() is None
    assert engine.voice == "vi_VN-a-low"
    assert engine.speak("Xin chào bà con.", 1.0).seconds > 0.3


def test_the_first_usable_one_is_taken_and_the_others_are_listed(folder: Path):
    write_voice(folder, "en-us", name="a-english")
    write_voice(folder, name="b-good")
    write_voice(folder, name="c-good")
    assert [one.name for one in found_in(folder)] == ["a-english", "b-good", "c-good"]
    assert chosen(None, folder) == folder / "b-good.onnx"


def test_where_none_is_usable_the_first_one_s_fault_is_told(tmp_path: Path, folder: Path):
    write_voice(folder, "en-us", name="a-english")
    lack = engines_of(config(tmp_path))[0].missing()
    assert lack is not None
    assert (lack.reason, lack.details["language"]) == ("piper_language", "en-us")


def test_a_named_voice_wins_over_what_is_found(tmp_path: Path, folder: Path):
    write_voice(folder, name="found")
    write_voice(tmp_path, name="named")
    assert engines_of(config(tmp_path, piper_model="named.onnx"))[0].voice == "named"


def test_a_found_voice_that_is_taken_away_is_missed_and_the_next_one_is_found(folder: Path):
    engine = PiperEngine(None, folder)
    first = write_voice(folder, name="a")
    assert engine.voice == "a"
    write_voice(folder, name="b")
    assert engine.voice == "a", "a voice that was chosen stays"
    first.unlink()
    assert engine.voice == "b"


def test_a_model_that_only_looks_whole_fails_with_its_own_reason(tmp_path: Path):
    path = write_voice(tmp_path)
    path.write_bytes(b"\x08\x08\x3a\x04\x0a\x02zz")  # ir_version, and a graph of nothing
    engine = PiperEngine(path)
    assert engine.missing() is None
    with pytest.raises(SpeechError, match="piper failed") as refusal:
        engine.speak("Xin chào.", 1.0)
    assert (refusal.value.reason, refusal.value.permanent) == ("piper_damaged", True)
