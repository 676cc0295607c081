"""Relaying from the real thing: an Icecast that ffmpeg feeds, and the monitor of a PulseAudio server."""

import base64
import contextlib
import shutil
import signal
import subprocess
from collections.abc import Iterator

import pytest

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.clock import SystemClock
from scheduler.playout.relay.chain import FALLBACK, NOTHING, RelaySpec, SourceState, start_relay
from scheduler.playout.relay.source import ChildSource, capture_command
from tests.needs import missing
from tests.playout.audio_server import AudioServer, audio_server
from tests.playout.relay.faces import tone
from tests.playout.relay.listening import Changes, Kept, nothing_left_behind, pitch_of, until
from tests.playout.servers import PASSWORD, IcecastServer, icecast_server

__all__ = ["audio_server", "icecast_server"]

pytestmark = pytest.mark.needs_audio_server

CLIP = tone(2.0, pitch=220.0)
CODECS = {"mp3": ("libmp3lame", "mp3", "audio/mpeg"), "ogg": ("libvorbis", "ogg", "application/ogg")}


@contextlib.contextmanager
def fed(server: IcecastServer, kind: str, pitch: int = 440) -> Iterator[str]:
    """A tone sent to the server by ffmpeg in real time; the address where it is heard."""
    if not shutil.which("ffmpeg"):
        missing("ffmpeg")
    codec, container, content = CODECS[kind]
    address = f"http://127.0.0.1:{server.port}/ward.{kind}"
    secret = base64.b64encode(f"source:{PASSWORD}".encode()).decode()
    command = ["ffmpeg", "-loglevel", "error", "-re", "-f", "lavfi", "-i", f"sine=frequency={pitch}:sample_rate=44100"]
    command += ["-c:a", codec, "-f", container, "-content_type", content, "-method", "PUT", "-chunked_post", "0"]
    command += ["-headers", f"Authorization: Basic {secret}\r\n", address]
    feeder = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: server.has(f"/ward.{kind}"))
        yield address
    finally:
        feeder.kill()
        feeder.wait()


@pytest.mark.parametrize("kind", ["mp3", "ogg"])
def test_an_icecast_stream_is_relayed(icecast_server, kind):
    with fed(icecast_server, kind) as address, nothing_left_behind():
        kept, changes = Kept(), Changes()
        chain = start_relay(RelaySpec("s1", (address,), allow_private=True), kept, SystemClock(), changes)
        try:
            assert pitch_of(kept.wait_for(2.0)) == 440
            assert chain.state().state is SourceState.ON
        finally:
            chain.stop()
        assert [told[1:] for told in changes.told] == [(NOTHING, address, "started")]


def test_an_icecast_that_dies_and_comes_back(icecast_server):
    spec = {"fallback": (CLIP,), "lost_seconds": 1.0, "probe_seconds": 0.5, "good_seconds": 0.5, "allow_private": True}
    kept, changes = Kept(), Changes()
    with fed(icecast_server, "mp3") as address:
        chain = start_relay(RelaySpec("s1", (address,), **spec), kept, SystemClock(), changes)
        try:
            kept.wait_for(0.5)
            icecast_server.kill()
            changes.wait_until_on_air(FALLBACK)
            icecast_server.up()
            with fed(icecast_server, "mp3", 660):
                changes.wait_until_on_air(address)
                had = len(kept.sound) / HOUSE_RATE
                assert pitch_of(kept.wait_for(had + 0.7)) == 660
        finally:
            chain.stop()
    assert [told[3] for told in changes.told] == ["started", "lost", "returned"]


@contextlib.contextmanager
def playing(server: AudioServer) -> Iterator[None]:
    """A tone on the server's sink."""
    command = ["pacat", "--raw", "--format=s16le", "--rate=48000", "--channels=1", "-d", "ward"]
    player = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=server.environment)
    assert player.stdin is not None
    try:
        player.stdin.write(tone(10.0).tobytes()[: 1 << 16])
        player.stdin.flush()
        feeder = subprocess.Popen(
            ["ffmpeg", "-loglevel", "quiet", "-f", "lavfi", "-i", "sine=440:sample_rate=48000", "-f", "s16le", "-"],
            stdin=subprocess.DEVNULL,
            stdout=player.stdin,
        )
        yield
        feeder.kill()
        feeder.wait()
    finally:
        player.kill()
        player.wait()
        with contextlib.suppress(BrokenPipeError):
            player.stdin.close()


def test_the_line_input_is_relayed_from_a_monitor(audio_server):
    kept, changes = Kept(), Changes()
    with playing(audio_server), nothing_left_behind():
        chain = start_relay(RelaySpec("s1", ("line:ward.monitor",)), kept, SystemClock(), changes)
        try:
            assert pitch_of(kept.wait_for(2.0)) == 440
        finally:
            chain.stop()
    assert changes.told == [("s1", NOTHING, "line:ward.monitor", "started")]


def test_a_sound_server_that_dies_is_a_source_that_is_lost(audio_server):
    spec = RelaySpec("s1", ("line:ward.monitor",), (CLIP,), lost_seconds=1.0)
    kept, changes = Kept(), Changes()
    with nothing_left_behind():
        chain = start_relay(spec, kept, SystemClock(), changes)
        try:
            kept.wait_for(0.3)
            audio_server.kill()
            changes.wait_until_on_air(FALLBACK)
        finally:
            chain.stop()
    audio_server.up()


def test_a_device_that_does_not_exist_says_so(audio_server):
    spec = RelaySpec("s1", ("line:no-such-microphone",), (CLIP,))
    changes = Changes()
    chain = start_relay(spec, Kept(), SystemClock(), changes)
    try:
        changes.wait_until_on_air(FALLBACK)
    finally:
        chain.stop()
    assert changes.told[-1][3] == "relay_no_device"


def test_a_sound_server_that_hangs_is_given_up(audio_server):
    assert audio_server.process is not None
    kept = Kept()
    source = ChildSource(
        [*capture_command("", target_lufs=-16.0)[:-2], "--open-seconds=1"],
        kept.deliver,
        SystemClock(),
        silence_db=-50.0,
    )
    audio_server.process.send_signal(signal.SIGSTOP)
    try:
        source.start()
        until(lambda: source.seen().fault == "relay_timeout")
    finally:
        audio_server.process.send_signal(signal.SIGCONT)
        source.stop()
        assert source.join(60.0)
    assert not len(kept.sound)


def test_without_a_sound_server_that_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'nobody'}")
    source = ChildSource(capture_command("", target_lufs=-16.0), Kept().deliver, SystemClock(), silence_db=-50.0)
    source.start()
    try:
        until(lambda: source.seen().fault == "relay_no_sound_server")
    finally:
        source.stop()
        assert source.join(60.0)
