"""libasound without a card: ALSA's own `null` device is there wherever the library is."""

import ctypes
import threading
from collections.abc import Callable

import numpy as np
import pytest

from scheduler.kernel.errors import OutputError
from scheduler.playout.outputs.alsa import AlsaStream
from scheduler.playout.outputs.soundcard import find_soundcard
from tests.needs import missing
from tests.playout.audio_server import AudioServer, audio_server

__all__ = ["audio_server"]


@pytest.fixture(autouse=True)
def libasound():
    try:
        ctypes.CDLL("libasound.so.2")
    except OSError:
        missing("libasound")


BLOCK = np.full(960, 1000, np.int16).tobytes()


@pytest.mark.needs_audio_server
def test_a_stream_takes_sound_and_tells_its_delay():
    stream = AlsaStream("null", 0.3)
    for _ in range(20):
        stream.write(BLOCK)
    assert 0 <= stream.delay() < 1
    stream.close()


@pytest.mark.needs_audio_server
def test_a_closed_stream_is_an_error_and_not_the_end_of_the_process():
    stream = AlsaStream("null", 0.3)
    stream.close()
    stream.close()
    with pytest.raises(OutputError, match="not open"):
        stream.write(BLOCK)
    with pytest.raises(OutputError, match="not open"):
        stream.delay()


@pytest.mark.needs_audio_server
def test_a_device_that_does_not_exist_is_named(capfd: pytest.CaptureFixture[str]):
    with pytest.raises(OutputError, match=r"ALSA device hw:97 could not be opened: .*plugged in"):
        AlsaStream("hw:97", 0.3)
    assert capfd.readouterr().err == ""


@pytest.mark.needs_audio_server
def test_the_card_that_would_be_used_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent/native")
    assert find_soundcard("null") == "ALSA, null"
    assert find_soundcard("hw:97") is None


@pytest.mark.needs_audio_server
def test_sound_goes_through_the_pulse_plugin_with_a_true_delay(audio_server: AudioServer):
    """The way of a program that knows ALSA alone on a machine whose card belongs to a sound server."""
    try:
        stream = AlsaStream("pulse", 0.3)
    except OutputError:
        missing("the pulse plugin of ALSA (libasound2-plugins)")
    with audio_server.capture() as capture:
        for _ in range(50):
            stream.write(BLOCK)
        assert 0.05 < stream.delay() < 0.6
        for _ in range(50):
            stream.write(BLOCK)
        wait_until(lambda: np.count_nonzero(capture.sound) > 24_000)
    stream.close()
    assert set(capture.sound[capture.sound != 0].tolist()) <= {999, 1000, 1001}


@pytest.mark.needs_audio_server
def test_a_pulse_server_killed_under_alsa_is_an_error(audio_server: AudioServer):
    try:
        stream = AlsaStream("pulse", 0.3)
    except OutputError:
        missing("the pulse plugin of ALSA (libasound2-plugins)")
    stream.write(BLOCK)
    audio_server.kill()
    with pytest.raises(OutputError, match="ALSA device pulse could not be"):
        for_ever(stream)
    stream.close()


def for_ever(stream: AlsaStream) -> None:
    for _ in range(500):
        stream.write(BLOCK)
        stream.delay()


def wait_until(found: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(6000):
        if found():
            return
        pause.wait(0.02)
    pytest.fail("it did not happen")
