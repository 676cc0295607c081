"""What every output promises the engine; the fake of the other tests has to promise the same."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE
from scheduler.errors import OutputError
from scheduler.playout.mixer import BLOCK
from scheduler.playout.outputs import Output
from scheduler.playout.outputs.null import Null
from scheduler.playout.outputs.soundcard import SoundCard
from scheduler.playout.outputs.wavfile import WavFile
from tests.playout.audio_server import audio_server
from tests.playout.fake_output import FakeOutput

__all__ = ["audio_server"]

AT = datetime(2020, 3, 13, 6, 0, tzinfo=UTC)
ZONES = ("bac", "nam")
Make = Callable[[], Output]


@pytest.fixture(
    params=[
        "fake",
        "fake_that_paces",
        "null",
        "wavfile",
        pytest.param("soundcard", marks=pytest.mark.needs_audio_server),
    ]
)
def output(request: pytest.FixtureRequest, tmp_path: Path) -> Output:
    match request.param:
        case "fake":
            return FakeOutput("loa", ZONES, gain_db=-3.0)
        case "fake_that_paces":
            return FakeOutput("loa", ZONES, paces=True, lead=0.1, gain_db=-3.0)
        case "null":
            return Null("loa", ZONES, gain_db=-3.0)
        case "wavfile":
            zone = ZoneInfo("Asia/Ho_Chi_Minh")
            return WavFile("loa", ZONES, folder=tmp_path / "wav", zone=zone, gain_db=-3.0)
        case _:
            request.getfixturevalue("audio_server")
            return SoundCard("loa", ZONES, buffer=0.1, gain_db=-3.0)


def block(frames: int = BLOCK) -> np.ndarray:
    return np.full(frames, 1000, np.int16)


def test_it_says_what_it_is(output: Output):
    assert (output.name, output.zones, output.gain_db) == ("loa", ZONES, -3.0)
    assert output.kind
    assert output.device
    assert isinstance(output.paces, bool)
    assert 0 <= output.lead <= 5


def test_making_one_opens_nothing(output: Output):
    with pytest.raises(OutputError, match="not open"):
        output.write(block())


def test_a_whole_airing_goes_through(output: Output):
    output.open()
    output.begin("a", AT)
    for _ in range(5):
        output.write(block())
    output.end("a")
    assert 0 <= output.delay() < 2
    output.close()


def test_blocks_may_have_any_length(output: Output):
    output.open()
    output.begin("a", AT)
    for frames in (1, 7, BLOCK, 3 * BLOCK):
        output.write(block(frames))
    output.end("a")
    output.close()


def test_sound_without_an_airing_around_it_is_taken(output: Output):
    output.open()
    output.write(np.zeros(BLOCK, np.int16))
    output.close()


def test_two_airings_may_overlap(output: Output):
    output.open()
    output.begin("a", AT)
    output.write(block())
    output.begin("b", AT)
    output.write(block())
    output.end("a")
    output.write(block())
    output.end("b")
    output.close()


def test_it_opens_again_after_it_was_closed(output: Output):
    for _ in range(3):
        output.open()
        output.write(block())
        output.close()


def test_closing_is_harmless_at_any_time(output: Output):
    output.close()
    output.open()
    output.begin("a", AT)
    output.write(block())
    output.close()
    output.close()


def test_after_closing_it_takes_nothing(output: Output):
    output.open()
    output.close()
    with pytest.raises(OutputError, match="not open"):
        output.write(block())


def test_a_delay_is_told_once_it_is_filled(output: Output):
    output.open()
    for _ in range(2 * HOUSE_RATE // 10 // BLOCK):
        output.write(block())
    if output.paces:
        assert output.delay() > 0.02
    else:
        assert output.delay() == 0
    output.close()
