"""The whole way to a real sound server and back: what its monitor hears against what was armed."""

import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE, AiringOutcome, Priority, Sha256, Slot
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.engine import Engine
from scheduler.playout.mixer import Block
from scheduler.playout.outputs.null import Null
from scheduler.playout.outputs.pulse import PulseStream
from scheduler.playout.outputs.soundcard import SoundCard, find_soundcard
from scheduler.playout.outputs.wavfile import WavFile
from scheduler.playout.programme import Ended, EngineEvent, OutputState, Programme, Started
from scheduler.playout.sound import ending_of
from tests.playout.aired import outputs_ok
from tests.playout.audio_server import AudioServer, audio_server
from tests.playout.servers import wait_for

__all__ = ["audio_server"]

pytestmark = pytest.mark.needs_audio_server
TIMEOUT = 120


@dataclass(frozen=True)
class Yes:
    allowed: bool = True
    reason: str = ""


class Told:
    """Events as they come, and a way to wait for them."""

    def __init__(self) -> None:
        self.events: list[EngineEvent] = []
        self._news = threading.Condition()

    def __call__(self, event: EngineEvent) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def wait(self, found: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(found, TIMEOUT), self.events

    def of(self, kind: type) -> list[EngineEvent]:
        return [event for event in self.events if isinstance(event, kind)]


_SMOOTH = 24
"""Frames over which the noise is averaged, so that one frame left out or told twice leaves it almost as it was."""
_PIECE = HOUSE_RATE // 20
_BLOCK_FRAMES = HOUSE_RATE // 50


def noise(seconds: float, seed: int) -> Block:
    """No two pieces of it are alike."""
    raw = np.random.default_rng(seed).normal(size=round(seconds * HOUSE_RATE) + _SMOOTH - 1)
    smooth = np.convolve(raw, np.ones(_SMOOTH) / _SMOOTH, "valid")
    return (smooth / np.abs(smooth).max() * 12_000).astype(np.int16)


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """1 = the same but for loudness."""
    a, b = one.astype(float), other.astype(float)
    return float(np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-9))


def heard_whole(sound: Block, capture: np.ndarray) -> tuple[int, int]:
    """Where the first sound in `capture` begins and ends; it must be `sound`, piece behind piece.

    A device out of step is put right by a frame a block while something sounds, so that much may be missing or twice.
    """
    first = int(np.flatnonzero(np.abs(capture) > 1)[0])
    moved = 0
    for at in range(0, len(sound), _PIECE):
        piece = sound[at : at + _PIECE]
        reach = 2 + len(piece) // _BLOCK_FRAMES + (_SMOOTH if at == 0 else 0)
        alike = {
            shift: likeness(piece, capture[max(0, first + at + shift) :][: len(piece)])
            for shift in range(moved - reach, moved + reach + 1)
            if len(capture) >= first + at + shift + len(piece)
        }
        moved = max(alike, key=alike.__getitem__)
        assert alike[moved] > 0.8, f"{at / HOUSE_RATE:.2f} s into the sound something else is heard"
    return first, first + len(sound) + moved


def is_quiet_again(capture: Block) -> bool:
    """Something was heard, and nothing in the last tenth of a second."""
    return bool(capture.any()) and not capture[-HOUSE_RATE // 10 :].any()


def streams(server: AudioServer) -> int:
    """How many streams play into the server."""
    asked = subprocess.run(
        ["pactl", "list", "short", "sink-inputs"], env=server.environment, capture_output=True, check=True
    )
    return len(asked.stdout.splitlines())


@pytest.fixture
def told() -> Told:
    return Told()


def test_what_was_armed_is_heard_whole_and_gapless(audio_server: AudioServer, told: Told):
    clock = SystemClock()
    engine = Engine(clock, [SoundCard("loa", ("all",))], allow=lambda *_: Yes(), on_event=told)
    chime, speech = noise(0.3, 1), noise(0.7, 2)
    with audio_server.capture() as capture:
        engine.start()
        start = clock.now() + timedelta(seconds=7)  # behind the time for which a start waits on a device just opened
        engine.arm(Programme("a", "all", Priority.NORMAL, (chime, speech, chime)), start)
        engine.arm(Programme("b", "all", Priority.NORMAL, (speech,)), start + timedelta(seconds=1.6))
        told.wait(lambda: len(told.of(Ended)) == 2)
        engine.stop()
    first, end = heard_whole(np.concatenate([chime, speech, chime]), capture.sound)
    rest = end + 2 * _SMOOTH
    second, _ = heard_whole(speech, capture.sound[rest:])
    assert not capture.sound[end + _SMOOTH : rest + second - _SMOOTH].any(), "something sounded between the airings"
    assert rest + second - first == pytest.approx(1.6 * HOUSE_RATE, abs=HOUSE_RATE // 10)
    for event in told.of(Ended):
        assert isinstance(event, Ended)
        assert (event.cut, outputs_ok(event)) == (None, ("loa",))
        left_out = event.frames_total - event.frames_accepted
        assert 0 <= left_out <= event.frames_total // _BLOCK_FRAMES
    started = told.of(Started)[0]
    assert isinstance(started, Started)
    assert abs(started.at - start) < timedelta(seconds=1)


def test_a_cut_is_silent_soon_after(audio_server: AudioServer, told: Told):
    clock = SystemClock()
    engine = Engine(clock, [SoundCard("loa", ("all",))], allow=lambda *_: Yes(), on_event=told)
    with audio_server.capture() as capture:
        engine.start()
        engine.arm(Programme("a", "all", Priority.NORMAL, (noise(60, 3),)), clock.now() + timedelta(seconds=1.5))
        told.wait(lambda: bool(told.of(Started)))
        engine.cut("a", "stopped_by")
        told.wait(lambda: bool(told.of(Ended)))
        over = clock.now()
        wait_for(lambda: is_quiet_again(capture.sound), "silence behind the sound")
        engine.stop()
    (ended,) = told.of(Ended)
    assert isinstance(ended, Ended)
    assert ended.started_at is not None
    assert ended.cut == "stopped_by"
    # by what was heard, and not by when it came here: those who listen may be held up
    first, last = np.flatnonzero(capture.sound)[[0, -1]]
    assert (last - first) / HOUSE_RATE < (over - ended.started_at).total_seconds() + 0.25


def test_a_killed_server_is_found_again_and_the_others_go_on(audio_server: AudioServer, told: Told):
    clock = SystemClock()
    card, other = SoundCard("loa", ("all",)), Null("khác", ("all",))
    engine = Engine(clock, [card, other], allow=lambda *_: Yes(), on_event=told)

    def states() -> list[OutputState]:
        return [health.state for health in engine.health()]

    engine.start()
    engine.arm(Programme("a", "all", Priority.NORMAL, (noise(5, 4),)), clock.now() + timedelta(seconds=2.2))
    told.wait(lambda: bool(told.of(Started)))
    threading.Event().wait(0.4)  # so that some of it has been heard
    audio_server.kill()
    told.wait(lambda: bool(told.of(Ended)))
    (ended,) = told.of(Ended)
    assert isinstance(ended, Ended)
    assert dict(ended.frames)["khác"] == ended.frames_total
    assert 0 < dict(ended.frames)["loa"] < ended.frames_total
    assert outputs_ok(ended) == ("khác",)
    assert ended.frames_accepted == dict(ended.frames)["loa"], "the headline is the loudspeaker's, not the recorder's"
    assert ending_of(ended, slot_of(5)).outcome is AiringOutcome.PARTIAL
    assert states() == [OutputState.RETRYING, OutputState.OPEN]
    assert "sound server" in engine.health()[0].message
    audio_server.up()
    sound = noise(0.5, 5)
    with audio_server.capture() as capture:
        told.wait(lambda: states() == [OutputState.OPEN] * 2)
        engine.arm(Programme("b", "all", Priority.NORMAL, (sound,)), clock.now() + timedelta(seconds=2))
        told.wait(lambda: len(told.of(Ended)) == 2)
        engine.stop()
    heard_whole(sound, capture.sound)


def test_stop_fades_and_is_quick(audio_server: AudioServer, told: Told):
    clock = SystemClock()
    engine = Engine(clock, [SoundCard("loa", ("all",))], allow=lambda *_: Yes(), on_event=told)
    with audio_server.capture() as capture:
        engine.start()
        engine.arm(Programme("a", "all", Priority.NORMAL, (noise(60, 6),)), clock.now() + timedelta(seconds=1.5))
        told.wait(lambda: bool(told.of(Started)))
        before = clock.monotonic()
        engine.stop()
        assert clock.monotonic() - before < 30  # a minute of sound is not waited for
        wait_for(lambda: is_quiet_again(capture.sound), "silence behind the sound")
    (ended,) = told.of(Ended)
    assert isinstance(ended, Ended)
    assert ended.cut == "stopped"
    assert ended.frames_accepted > 0


def test_the_card_that_would_be_used_is_said(audio_server: AudioServer):
    assert find_soundcard() == "PulseAudio, default device"
    assert find_soundcard("ward") == "PulseAudio, ward"
    assert SoundCard("loa", ("all",), device="ward").device.endswith("ward")


@pytest.mark.parametrize(
    ("address", "device", "sentence"),
    [
        pytest.param("unix:/nonexistent/native", "", "no sound server answers", id="no_server"),
        pytest.param(None, "no-such-sink", "no such device", id="no_device"),
    ],
)
def test_what_is_missing_is_named(
    audio_server: AudioServer,
    monkeypatch: pytest.MonkeyPatch,
    address: str | None,
    device: str,
    sentence: str,
):
    if address:
        monkeypatch.setenv("PULSE_SERVER", address)
    with pytest.raises(OutputError, match=sentence):
        PulseStream(device, 0.3)


def test_a_server_that_is_stopped_is_an_error_within_seconds_and_is_found_again(
    audio_server: AudioServer,
):
    card = SoundCard("loa", ("all",), buffer=0.3, opening=0.5)
    assert audio_server.process is not None
    audio_server.process.send_signal(signal.SIGSTOP)
    try:
        before, left = threads(), set[Path]()
        for _ in range(3):
            with pytest.raises(OutputError, match=r"opening the sound card (gave no answer|still hangs)"):
                card.open()
            left = left or threads() - before
        assert left, "nobody waits for the server any more"
        assert threads() - before <= left, "a thread was left behind for each try"
        with pytest.raises(OutputError, match="not open"):
            card.write(np.zeros(960, np.int16))
    finally:
        audio_server.process.send_signal(signal.SIGCONT)
    wait_for(lambda: not threads() & left, "the end of those")  # what it opened at last, it closed again
    wait_for(lambda: streams(audio_server) == 0, "the end of its stream")
    wait_for(lambda: opens(card), "the card again")
    card.write(np.zeros(960, np.int16))
    wait_for(lambda: streams(audio_server) == 1, "one stream")
    card.close()


def threads() -> set[Path]:
    """Of this process, by the number that the system gave them."""
    return set(Path("/proc/self/task").iterdir())


def opens(card: SoundCard) -> bool:
    """Half a second is short for a busy machine; what was left behind is put away first."""
    try:
        card.open()
    except OutputError:
        return False
    return True


def test_looking_for_a_card_does_not_hang_either(audio_server: AudioServer):
    assert audio_server.process is not None
    audio_server.process.send_signal(signal.SIGSTOP)
    try:
        assert find_soundcard(opening=0.5) is None
    finally:
        audio_server.process.send_signal(signal.SIGCONT)


def test_a_server_that_stood_still_is_a_hole_of_the_card_however_whole_the_recording_is(
    audio_server: AudioServer, told: Told, tmp_path: Path
):
    """The recording beside it had all of it, and once that was told of the card too."""
    clock = SystemClock()
    beside = WavFile("ghi", ("all",), folder=tmp_path, zone=ZoneInfo("Asia/Ho_Chi_Minh"))
    engine = Engine(clock, [SoundCard("loa", ("all",)), beside], allow=lambda *_: Yes(), on_event=told)
    assert audio_server.process is not None
    with audio_server.capture() as capture:
        engine.start()
        engine.arm(Programme("a", "all", Priority.NORMAL, (noise(12, 7),)), clock.now() + timedelta(seconds=7))
        told.wait(lambda: bool(told.of(Started)))
        threading.Event().wait(2)
        audio_server.process.send_signal(signal.SIGSTOP)
        threading.Event().wait(5)
        audio_server.process.send_signal(signal.SIGCONT)
        told.wait(lambda: bool(told.of(Ended)))
        wait_for(lambda: is_quiet_again(capture.sound), "silence behind the sound")
        engine.stop()
    (ended,) = told.of(Ended)
    assert isinstance(ended, Ended)
    card, recording = ended.shares
    assert (recording.state, recording.played_ms, recording.counts) == ("ok", 12_000, False)
    sounded_ms = np.count_nonzero(np.abs(capture.sound) > 1) / HOUSE_RATE * 1000
    assert card.played_ms == pytest.approx(sounded_ms, abs=150), (card, sounded_ms)
    assert card.lost_ms > 3_000
    assert ended.frames_accepted == dict(ended.frames)["loa"]
    assert outputs_ok(ended) == ("ghi",)
    ending = ending_of(ended, slot_of(12))
    assert (ending.outcome, ending.reason, ending.played_ms) == (AiringOutcome.PARTIAL, "output_failed", card.played_ms)


def slot_of(seconds: float) -> Slot:
    start = datetime(2026, 12, 2, 6, tzinfo=UTC)
    return Slot("a", start.date(), "all", start, timedelta(seconds=seconds), None, 1, Sha256("0" * 64))
