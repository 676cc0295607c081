"""A data file of eSpeak NG that cannot be opened or read: the right words, or the next voice, never other words."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import espeakng_loader
import pytest

from audio_assets.speech import espeak_engine
from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.voice import Voice
from tests.audio.fake_engine import FakeEngine

TEXT = "Xin mời bà con đến nhà văn hóa, có wifi."
DATA = Path(espeakng_loader.get_data_path())
CHILD = f"""
import json, numpy
from audio_assets.speech.espeak_engine import EspeakEngine
from scheduler.kernel.errors import SpeechError
said = []
for _ in range(2):
    try:
        said.append(EspeakEngine("vi").speak({TEXT!r}, 1.0).seconds)
    except SpeechError as error:
        said.append(str(error))
print(json.dumps(said))
"""


def said(file: str = "", call: str = "openat", error: str = "EMFILE", when: str = "1") -> list[float | str]:
    """How long two readings in a process of their own took, or what was told instead."""
    command = [sys.executable, "-c", CHILD]
    if file:
        inject = f"inject={call}:error={error}:when={when}"
        command = [
            "strace",
            "-f",
            "-o",
            "/dev/null",
            "-P",
            str(DATA / file),
            "-e",
            f"trace={call}",
            "-e",
            inject,
            *command,
        ]
    run = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    found: list[float | str] = json.loads(run.stdout)
    return found


@pytest.mark.skipif(shutil.which("strace") is None, reason="wants strace")
def test_a_call_that_fails_once_changes_no_word():
    right = said()[0]
    once = [
        ("vi_dict", "openat", "EMFILE", "2"),
        ("vi_dict", "openat", "EMFILE", "4"),
        ("en_dict", "openat", "EMFILE", "2"),
        ("lang/aav", "openat", "ENFILE", "1"),
        ("lang/aav/vi", "openat", "EACCES", "2"),
        ("vi_dict", "read", "EIO", "1"),
        ("phondata", "read", "EIO", "1"),
    ]
    for fault in once:
        assert said(*fault) == pytest.approx([right, right], abs=0.03), fault


@pytest.mark.parametrize("gone", ["vi_dict", "en_dict", "lang/aav/vi"])
def test_without_a_data_file_the_next_voice_speaks_and_it_is_told_why(gone, tmp_path, monkeypatch):
    data = tmp_path / "espeak-ng-data"
    shutil.copytree(DATA, data)
    (data / gone).unlink()
    with espeak_engine._LOCK:
        espeak_engine._stop()
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(data))
    try:
        clip = Voice([EspeakEngine("vi"), FakeEngine()], pause_ms=0, speed=1.0).speak(TEXT)
    finally:
        espeak_engine._stop()
    assert clip.engine == "fake"
    assert clip.tried[0].reason in {"voice_wrong_words", "voice_library_broken"}
    assert gone.rpartition("/")[2][:2] in clip.tried[0].why


@pytest.mark.parametrize(("seconds_a_letter", "reason"), [(0.01, "voice_wrong_length"), (2.0, "voice_wrong_length")])
def test_a_reading_that_is_too_short_or_too_long_for_its_text_is_not_used(seconds_a_letter, reason, monkeypatch):
    odd = FakeEngine("piper")
    speak = odd.speak
    monkeypatch.setattr(odd, "speak", lambda text, speed: speak(text, speed * 0.06 / seconds_a_letter))
    clip = Voice([odd, FakeEngine()], pause_ms=0, speed=1.0).speak(TEXT)
    assert (clip.engine, clip.tried[0].reason) == ("fake", reason)
