"""From config.toml to outputs."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.config.loading import Config, parse
from scheduler.playout.outputs import KINDS, outputs_of
from scheduler.playout.outputs.wavfile import WavFile
from tests.playout.audio_server import AudioServer, audio_server

__all__ = ["audio_server"]


def config(text: str, folder: Path) -> Config:
    return parse(text, folder)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_one_the_configuration_knows(kind: str, tmp_path: Path):
    assert config(f'[[output]]\nkind = "{kind}"\ndevice = "x"\n', tmp_path).outputs[0].kind == kind


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
    assert (first.kind, first.name, first.zones, first.volume.base_db) == ("wavfile", "Bắc / ghi", ("bac",), -6.0)
    assert (second.kind, second.name, second.zones, second.volume.base_db) == ("null", "thử", ("bac", "nam"), 0.0)
    assert Path(first.device) == tmp_path / "data" / "wav" / "Bắc-ghi"
    assert not list(tmp_path.iterdir()), "making outputs opened something"


def test_the_card_is_given_the_lead_as_its_buffer(tmp_path: Path):
    (card,) = outputs_of(config('[playout]\nlead_ms = 800\n[[output]]\nkind = "soundcard"\n', tmp_path))
    assert (card.lead, card.paces) == (0.8, True)


@pytest.mark.parametrize(
    ("keys", "device", "lead"),
    [
        pytest.param('kind = "fifo"\ndevice = "loa.pcm"', "{folder}/loa.pcm", 0.0, id="fifo_beside_the_configuration"),
        pytest.param('kind = "fifo"\ndevice = "/run/loa.pcm"\ndelay_ms = 250', "/run/loa.pcm", 0.25, id="fifo"),
        pytest.param('kind = "fifo"', "{folder}/data/loa.pcm", 0.0, id="fifo_unnamed"),
        pytest.param('kind = "rtp"\ndevice = "239.1.2.4:5006"', "239.1.2.4:5006 (L16)", 0.07, id="rtp"),
        pytest.param(
            'kind = "rtp"\ndevice = "239.1.2.4:5006"\ncodec = "opus"\ndelay_ms = 0',
            "239.1.2.4:5006 (opus)",
            0.01,
            id="rtp_opus",
        ),
        pytest.param(
            'kind = "icecast"\ndevice = "http://source:secret@radio.example:8000/loa.mp3"',
            "http://radio.example:8000/loa.mp3",
            0.0,
            id="icecast_without_its_password",
        ),
        pytest.param('kind = "snapcast"\ndevice = "/run/snapfifo"', "/run/snapfifo", 0.98, id="snapcast_pipe"),
        pytest.param(
            'kind = "snapcast"\ndevice = "tcp://nas:4953"\ndelay_ms = 400', "tcp://nas:4953", 0.38, id="snapcast_tcp"
        ),
    ],
)
def test_network_outputs_get_their_keys_and_the_lead_of_what_is_behind_them(
    keys: str, device: str, lead: float, tmp_path: Path
):
    (output,) = outputs_of(config(f"[[output]]\n{keys}\n", tmp_path))
    assert (output.device, output.lead) == (device.format(folder=tmp_path), pytest.approx(lead))
    assert (output.paces, output.continuous) == (False, True)
    assert not list(tmp_path.iterdir()), "making outputs opened something"


def test_a_curve_becomes_the_outputs_volume_in_the_stations_time(tmp_path: Path):
    text = """
    [station]
    time_zone = "Asia/Ho_Chi_Minh"
    [[output]]
    kind = "null"
    gain_db = -6.0
    volume_by_hour = ["05:00-21:00 -3", "21:00-05:00 -20"]
    """
    (output,) = outputs_of(config(text, tmp_path))
    assert output.volume.gain_at(datetime(2026, 3, 13, 23, 0, tzinfo=UTC)) == -3.0  # 06:00 in Hà Nội


def test_auto_without_a_sound_card_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent/native")
    (output,) = outputs_of(config('[[output]]\nkind = "auto"\ndevice = "hw:97"\n', tmp_path))
    assert isinstance(output, WavFile)


@pytest.mark.needs_audio_server
def test_auto_with_a_sound_card_sounds(tmp_path: Path, audio_server: AudioServer):
    (output,) = outputs_of(config('[[output]]\nkind = "auto"\n', tmp_path))
    assert output.kind == "soundcard"


DOCUMENT = (Path(__file__).parents[2] / "docs" / "outputs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("example", re.findall(r"(?ms)^```toml\n(.*?)^```", DOCUMENT))
def test_the_examples_of_the_page_on_outputs_are_configurations(example: str, tmp_path: Path):
    outputs = outputs_of(config(example, tmp_path))
    assert outputs
    assert "hackme" not in " ".join(output.device for output in outputs)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_page_on_outputs_names_every_kind(kind: str):
    assert f"| `{kind}` |" in DOCUMENT
