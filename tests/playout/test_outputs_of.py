"""From config.toml to outputs."""

from pathlib import Path

import pytest

from scheduler.config import Config, parse
from scheduler.playout.outputs import KINDS, outputs_of
from scheduler.playout.outputs.wavfile import WavFile
from tests.playout.audio_server import AudioServer, audio_server

__all__ = ["audio_server"]


def config(text: str, folder: Path) -> Config:
    return parse(text, folder)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_one_the_configuration_knows(kind: str, tmp_path: Path):
    assert config(f'[[output]]\nkind = "{kind}"\n', tmp_path).outputs[0].kind == kind


def test_outputs_come_in_their_order_with_what_was_set(tmp_path: Path):
    text = """
    [[output]]
    name = "Bắc / ghi"
    kind = "wavfile"
    zones = ["bac"]
    gain_db = -6.0
    [[output]]
    name = "thử"
    kind = "null"
    zones = ["bac", "nam"]
    """
    first, second = outputs_of(config(text, tmp_path))
    assert (first.kind, first.name, first.zones, first.gain_db) == ("wavfile", "Bắc / ghi", ("bac",), -6.0)
    assert (second.kind, second.name, second.zones, second.gain_db) == ("null", "thử", ("bac", "nam"), 0.0)
    assert Path(first.device) == tmp_path / "data" / "wav" / "Bắc-ghi"
    assert not list(tmp_path.iterdir()), "making outputs opened something"


def test_the_card_is_given_the_lead_as_its_buffer(tmp_path: Path):
    (card,) = outputs_of(config('[playout]\nlead_ms = 800\n[[output]]\nkind = "soundcard"\n', tmp_path))
    assert (card.lead, card.paces) == (0.8, True)


def test_auto_without_a_sound_card_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent/native")
    (output,) = outputs_of(config('[[output]]\nkind = "auto"\ndevice = "hw:97"\n', tmp_path))
    assert isinstance(output, WavFile)


@pytest.mark.needs_audio_server
def test_auto_with_a_sound_card_sounds(tmp_path: Path, audio_server: AudioServer):
    (output,) = outputs_of(config('[[output]]\nkind = "auto"\n', tmp_path))
    assert output.kind == "soundcard"
