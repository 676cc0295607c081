"""What every output promises the engine; the fake of the other tests has to promise the same."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.output_kinds import OUTPUT_KINDS
from scheduler.core.air.output_share import counts_by_kind
from scheduler.core.air.volume import Volume
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import BLOCK
from scheduler.playout.outputs import KINDS, Output
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


class Servers(Protocol):
    """What a kind may need to be tried, started when it is asked for."""

    def __call__(self, fixture: str) -> Any: ...


def card(server: Servers) -> Output:
    server("audio_server")
    return SoundCard("loa", ZONES, buffer=0.1, volume=VOLUME)


def icecast(server: Servers, codec: str) -> Output:
    url = server("icecast_server").url(f"/icecast_{codec}")
    return Icecast("loa", ZONES, url=url, codec=codec, volume=VOLUME)


def snapcast(server: Servers) -> Output:
    return Snapcast("loa", ZONES, target=f"tcp://127.0.0.1:{server('snapcast_server').source}", volume=VOLUME)


def rtp(codec: str) -> Output:
    return Rtp("loa", ZONES, address=f"127.0.0.1:{free_port()}", codec=codec, volume=VOLUME)


TRIED: dict[str, Callable[[Path, Servers], Output]] = {
    "fake": lambda _folder, _server: FakeOutput("loa", ZONES, volume=VOLUME),
    "fake_that_paces": lambda _folder, _server: FakeOutput(
        "loa", ZONES, paces=True, continuous=True, lead=0.1, volume=VOLUME
    ),
    "null": lambda _folder, _server: Null("loa", ZONES, volume=VOLUME),
    "wavfile": lambda folder, _server: WavFile("loa", ZONES, folder=folder / "wav", zone=HANOI, volume=VOLUME),
    "fifo": lambda folder, _server: Fifo("loa", ZONES, path=folder / "loa.pcm", volume=VOLUME),
    "rtp": lambda _folder, _server: rtp("L16"),
    "rtp_opus": lambda _folder, _server: rtp("opus"),
    "snapcast_pipe": lambda folder, _server: Snapcast("loa", ZONES, target=str(folder / "snap.pcm"), volume=VOLUME),
    "soundcard": lambda _folder, server: card(server),
    "icecast": lambda _folder, server: icecast(server, "mp3"),
    "icecast_opus": lambda _folder, server: icecast(server, "opus"),
    "snapcast_tcp": lambda _folder, server: snapcast(server),
}
"""Every kind, in all the ways that it may be set."""
SERVED = {"soundcard", "icecast", "icecast_opus", "snapcast_tcp"}
"""Those that want a real server."""


@pytest.fixture(
    params=[pytest.param(one, marks=pytest.mark.needs_audio_server) if one in SERVED else one for one in TRIED]
)
def output(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Output]:
    output = TRIED[request.param](tmp_path, request.getfixturevalue)
    yield output
    output.close()


def test_every_kind_that_config_may_name_is_tried_here():
    """`auto` is one of two others."""
    missing = {kind for kind in OUTPUT_KINDS if not any(one.split("_")[0] == kind for one in TRIED)} - {"auto"}
    assert not missing, f"give {missing} a row in TRIED"


@pytest.mark.parametrize("kind", OUTPUT_KINDS)
def test_every_kind_lies_in_the_module_of_its_name_and_is_made_there(kind: str, tmp_path: Path):
    assert find_spec(f"scheduler.playout.outputs.{kind}"), f"write scheduler/playout/outputs/{kind}.py"
    made = KINDS[kind](OutputConfig(kind=kind, device="127.0.0.1:5004"), Config(folder=tmp_path))
    assert kind in (made.kind, "auto")


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
