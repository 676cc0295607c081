"""What every output promises the engine; the fake of the other tests has to promise the same."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scheduler.core.air.output_share import counts_by_kind
from scheduler.core.air.volume import Volume
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import BLOCK
from scheduler.playout.outputs import Output
from scheduler.playout.outputs.fifo import Fifo
from scheduler.playout.outputs.icecast import Icecast
from scheduler.playout.outputs.null import Null
from scheduler.playout.outputs.rtp import Rtp
from scheduler.playout.outputs.snapcast import Snapcast
from scheduler.playout.outputs.soundcard import SoundCard
from scheduler.playout.outputs.wavfile import WavFile
from tests.playout.audio_server import audio_server
from tests.playout.fake_output import FakeOutput
from tests.playout.servers import icecast_server, snapcast_server
from tests.ports import free_port

__all__ = ["audio_server", "icecast_server", "snapcast_server"]

AT = datetime(2020, 3, 13, 6, 0, tzinfo=UTC)
ZONES = ("bac", "nam")
VOLUME = Volume(-3.0)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def served(kind: str) -> Any:
    """An output that wants a real server."""
    return pytest.param(kind, marks=pytest.mark.needs_audio_server)


@pytest.fixture(
    params=[
        "fake",
        "fake_that_paces",
        "null",
        "wavfile",
        "fifo",
        "rtp",
        "rtp_opus",
        "snapcast_pipe",
        served("soundcard"),
        served("icecast"),
        served("icecast_opus"),
        served("snapcast_tcp"),
    ]
)
def output(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Output]:
    output = made(request.param, request.getfixturevalue, tmp_path)
    yield output
    output.close()


def made(kind: str, server: Callable[[str], Any], folder: Path) -> Output:
    if kind == "soundcard":
        server("audio_server")
    if kind.startswith("icecast"):
        url = server("icecast_server").url(f"/{kind}")
    if kind == "snapcast_tcp":
        source = f"tcp://127.0.0.1:{server('snapcast_server').source}"
    makers: dict[str, Callable[[], Output]] = {
        "fake": lambda: FakeOutput("loa", ZONES, volume=VOLUME),
        "fake_that_paces": lambda: FakeOutput("loa", ZONES, paces=True, continuous=True, lead=0.1, volume=VOLUME),
        "null": lambda: Null("loa", ZONES, volume=VOLUME),
        "wavfile": lambda: WavFile("loa", ZONES, folder=folder / "wav", zone=HANOI, volume=VOLUME),
        "fifo": lambda: Fifo("loa", ZONES, path=folder / "loa.pcm", volume=VOLUME),
        "rtp": lambda: Rtp("loa", ZONES, address=f"127.0.0.1:{free_port()}", volume=VOLUME),
        "rtp_opus": lambda: Rtp("loa", ZONES, address=f"127.0.0.1:{free_port()}", codec="opus", volume=VOLUME),
        "soundcard": lambda: SoundCard("loa", ZONES, buffer=0.1, volume=VOLUME),
        "icecast": lambda: Icecast("loa", ZONES, url=url, volume=VOLUME),
        "icecast_opus": lambda: Icecast("loa", ZONES, url=url, codec="opus", volume=VOLUME),
        "snapcast_pipe": lambda: Snapcast("loa", ZONES, target=str(folder / "snap.pcm"), volume=VOLUME),
        "snapcast_tcp": lambda: Snapcast("loa", ZONES, target=source, volume=VOLUME),
    }
    return makers[kind]()


def block(frames: int = BLOCK) -> np.ndarray:
    return np.full(frames, 1000, np.int16)


def test_it_says_what_it_is(output: Output):
    assert (output.name, output.zones, output.volume) == ("loa", ZONES, VOLUME)
    assert output.kind
    assert output.device
    assert isinstance(output.paces, bool)
    assert isinstance(output.continuous, bool)
    assert isinstance(output.silent, bool)
    assert output.continuous or not output.paces, "one that sets the pace wants every frame"
    assert output.note == "", "there is nothing to note before it was opened"
    assert 0 <= output.lead <= 5


def test_it_says_whether_a_loudspeaker_stands_behind_it(output: Output):
    assert output.counts == counts_by_kind(output.kind)


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
