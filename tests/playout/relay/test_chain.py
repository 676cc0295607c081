"""The whole relay of a slot: a real server that behaves badly, real children, the fallback, and what is told about it."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel import beside
from scheduler.kernel.clock import SystemClock
from scheduler.playout.relay.chain import FALLBACK, LIVE, NOTHING, Chain, RelaySpec, SourceState, start_relay
from scheduler.playout.relay.source import ChildSource
from scheduler.playout.stream_buffer import StreamBuffer
from tests.playout.relay.faces import Faces, Visit, faces, mp3, tone
from tests.playout.relay.listening import Changes, Kept, children, nothing_left_behind, pitch_of, until
from tests.threads import Asking, starved

CLIP = tone(2.0, pitch=220.0)
QUICK = {
    "lost_seconds": 60.0,  # a busy machine may hold a stream up for seconds; who wants one lost says how soon
    "silence_seconds": 1.0,
    "probe_seconds": 0.5,
    "good_seconds": 0.5,
    "allowed_hosts": ("127.0.0.1",),
}


class Radio:
    """A station that sends in real time and does what `mood` says: good, silent, stalled or gone."""

    def __init__(self, server: Faces, path: str, pitch: float) -> None:
        self.mood = "good"
        self.url = server.url(path)
        self._sounds = {"good": mp3(pitch=pitch), "silent": mp3(level=0.0)}
        server.faces[path] = self._face

    def _face(self, visit: Visit) -> None:
        if self.mood == "gone":
            visit.header("text/plain", status="HTTP/1.0 404 Not Found")
            return
        visit.header("audio/mpeg")
        at = 0
        ahead = 5
        while self.mood != "gone":
            if self.mood != "stalled":
                sound = self._sounds[self.mood]
                size = len(sound) // 40
                visit.send(sound[at % 40 * size : (at % 40 + 1) * size])
                at += 1
            ahead -= 1
            if not visit.wait(0.1 if ahead < 0 else 0.0):
                return


class Ward:
    """A relay on air, and what comes of it."""

    def __init__(self, spec: RelaySpec) -> None:
        self.kept = Kept()
        self.changes = Changes()
        self.chain: Chain = start_relay(spec, self.kept, SystemClock(), self.changes)

    def heard_anew(self, seconds: float) -> np.ndarray:
        """The sound of the next so many seconds."""
        had = len(self.kept.sound)
        return self.kept.wait_for(had / HOUSE_RATE + seconds)[had:]

    @property
    def told(self) -> list[tuple[str, str, str]]:
        return [(before, after, reason) for _, before, after, reason in self.changes.told]

    def child(self) -> ChildSource:
        """The source that is on air."""
        running = self.chain._running[self.chain._on_air]
        assert isinstance(running, ChildSource)
        return running


@pytest.fixture
def server() -> Iterator[Faces]:
    with nothing_left_behind(), faces() as running:
        yield running


@pytest.fixture
def ward(server: Faces) -> Iterator[type[Ward]]:
    """Makes relays and ends them; afterwards nothing may be left."""
    made: list[Ward] = []

    class Made(Ward):
        def __init__(self, *sources: str, **more: object) -> None:
            settings = QUICK | more
            super().__init__(RelaySpec("s1", sources, **settings))  # type: ignore[arg-type]  # a table of settings
            made.append(self)

    yield Made
    for one in made:
        one.chain.stop()
        count = len(one.kept.parts)
        one.chain.stop()
        assert one.chain.state().state is SourceState.IDLE
        assert len(one.kept.parts) == count


def test_a_good_stream_is_on_air_and_says_so(server, ward):
    relay = ward(server.url("mp3"), server.url("loud.mp3"), fallback=(CLIP,))
    assert pitch_of(relay.kept.wait_for(1.5)) == 440
    assert relay.changes.told == [("s1", NOTHING, server.url("mp3"), "started")]
    state = relay.chain.state()
    assert (state.slot_id, state.on_air, state.state) == ("s1", server.url("mp3"), SourceState.ON)
    assert -30.0 < state.level_db < -10.0
    assert [source.state for source in state.sources] == [SourceState.ON, SourceState.IDLE]
    assert len(children()) == 1


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("missing", "relay_http_error"),
        ("html", "relay_not_audio"),
        ("to-metadata", "relay_private_address"),
    ],
)
def test_a_bad_source_gives_way_to_the_next(server, ward, path, why):
    relay = ward(server.url(path), server.url("loud.mp3"), probe_seconds=30.0)
    assert pitch_of(relay.kept.wait_for(1.0)) == 880
    assert relay.told == [(NOTHING, server.url(path), "started"), (server.url(path), server.url("loud.mp3"), why)]
    first = relay.chain.state().sources[0]
    assert (first.state, first.reason) == (SourceState.LOST, why)


@pytest.mark.parametrize(("mood", "why"), [("stalled", "lost"), ("silent", "silent")])
def test_a_stream_that_fails_on_air_gives_way_to_the_clips_and_gets_the_air_back(server, ward, mood, why):
    radio = Radio(server, "radio", 440.0)
    relay = ward(radio.url, fallback=(CLIP,), lost_seconds=3.0 if mood == "stalled" else 60.0)
    relay.kept.wait_for(1.0)
    radio.mood = mood
    relay.changes.wait_until_on_air(FALLBACK)
    assert pitch_of(relay.heard_anew(0.7)) == 220
    state = relay.chain.state()
    assert (state.on_air, state.state, state.reason) == (FALLBACK, SourceState.LOST, why)
    radio.mood = "good"
    relay.changes.wait_until_on_air(radio.url)
    assert pitch_of(relay.heard_anew(0.7)) == 440
    assert relay.told == [
        (NOTHING, radio.url, "started"),
        (radio.url, FALLBACK, why),
        (FALLBACK, radio.url, "returned"),
    ]


def test_nothing_jumps_where_one_source_follows_another(server, ward):
    radio = Radio(server, "radio", 440.0)
    relay = ward(radio.url, fallback=(CLIP,), lost_seconds=0.8)
    relay.kept.wait_for(0.6)
    radio.mood = "gone"
    relay.changes.wait_until_on_air(FALLBACK)
    relay.heard_anew(1.0)
    steps = np.abs(np.diff(relay.kept.sound.astype(int)))
    # 440 Hz at a level of 0.2 rises by 380 a sample; a click would be thousands
    assert steps.max() < 1500


def test_a_child_killed_in_the_middle_is_no_change(server, ward):
    radio = Radio(server, "radio", 440.0)
    relay = ward(radio.url, fallback=(CLIP,))
    relay.kept.wait_for(0.5)
    pid = relay.child().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: relay.child().pid not in {None, pid})
    assert pitch_of(relay.heard_anew(1.0)) == 440
    assert relay.told == [(NOTHING, radio.url, "started")]


def test_refused_addresses_start_no_process_and_show_no_password(server, ward):
    relay = ward("file:///etc/passwd", "http://an:mat-khau@radio.example/", "http://10.0.0.1/", fallback=(CLIP,))
    assert pitch_of(relay.kept.wait_for(1.0)) == 220
    assert not children()
    state = relay.chain.state()
    assert (state.on_air, state.state) == (FALLBACK, SourceState.REFUSED)
    assert [source.reason for source in state.sources] == ["relay_scheme", "relay_credentials", "relay_private_address"]
    assert "mat-khau" not in str(state)
    assert relay.told == [(NOTHING, FALLBACK, "started")]


def test_clips_are_looped_in_real_time_with_a_pause(server, ward):
    clock = SystemClock()
    began = clock.monotonic()
    relay = ward(fallback=(CLIP[: HOUSE_RATE // 2],))
    sound = relay.kept.wait_for(2.2)
    assert len(sound) / HOUSE_RATE <= clock.monotonic() - began + 0.6
    assert not sound[HOUSE_RATE // 2 + 10 : HOUSE_RATE * 3 // 2 - 10].any()
    assert np.array_equal(sound[HOUSE_RATE * 3 // 2 : HOUSE_RATE * 3 // 2 + 9000], CLIP[:9000])


def test_without_source_and_clips_nothing_sounds_and_that_is_said(server, ward):
    relay = ward(server.url("missing"))
    relay.changes.wait_until_on_air(NOTHING)
    assert relay.chain.state().on_air == NOTHING
    assert not len(relay.kept.sound)


def test_what_cannot_be_told_does_not_end_the_sound(server):
    def full_disk(*_: str) -> None:
        raise OSError("no space left on device")

    kept = Kept()
    chain = start_relay(RelaySpec("s1", (), fallback=(CLIP,)), kept, SystemClock(), full_disk)
    try:
        kept.wait_for(1.0)
    finally:
        chain.stop()


def test_a_relay_stopped_before_anything_came_leaves_nothing(server, ward):
    relay = ward(server.url("nothing"), server.url("mp3"))
    until(lambda: bool(children()))
    relay.chain.stop()
    assert not children()
    assert not len(relay.kept.sound)


def test_a_stop_that_does_not_wait_ends_everything_a_moment_later(server, ward):
    relay = ward(server.url("mp3"))
    relay.kept.wait_for(0.5)
    relay.chain.stop(wait=False)
    until(lambda: not children())


def test_a_relay_that_was_never_started_can_be_stopped():
    Chain(RelaySpec("s1"), Kept(), SystemClock(), lambda *_: None).stop()


def test_the_microphone_is_on_air_lost_and_back_at_once(server, ward, tmp_path: Path):
    path = tmp_path / "lease.pcm"
    over = threading.Event()
    talking = threading.Event()
    talking.set()

    def talk() -> None:
        said = tone(1.0, pitch=660.0)
        at = 0
        while not over.wait(0.02):
            if talking.is_set():
                with path.open("ab") as file:
                    file.write(said[at : at + 960].tobytes())
                at = (at + 960) % HOUSE_RATE

    speaker = threading.Thread(target=talk)
    speaker.start()
    try:
        relay = ward(tail=path, lost_seconds=3.0)
        assert pitch_of(relay.kept.wait_for(1.0)) == 660
        assert relay.chain.state().on_air == LIVE
        talking.clear()
        relay.changes.wait_until_on_air(NOTHING)
        talking.set()
        relay.changes.wait_until_on_air(LIVE)
        assert relay.told == [(NOTHING, LIVE, "started"), (LIVE, NOTHING, "lost"), (NOTHING, LIVE, "returned")]
    finally:
        over.set()
        speaker.join()


def test_a_silent_microphone_is_not_taken_off_the_air(server, ward, tmp_path: Path):
    path = tmp_path / "lease.pcm"
    path.touch()
    relay = ward(tail=path)
    for _ in range(100):
        with path.open("ab") as file:
            file.write(bytes(1920))
        threading.Event().wait(0.02)
    until(lambda: relay.chain.state().state is SourceState.SILENT)
    assert relay.told == [(NOTHING, LIVE, "started")]


def test_the_engines_feed_takes_it(server):
    feed = StreamBuffer(10 * HOUSE_RATE)
    chain = start_relay(RelaySpec("s1", (), fallback=(CLIP,)), feed, SystemClock(), lambda *_: None)
    try:
        until(lambda: feed.pushed > HOUSE_RATE)
        sound = feed[0 : HOUSE_RATE // 2]
        assert np.abs(sound).max() > 3000
        assert feed.level_db() > -30.0
    finally:
        chain.stop()


@pytest.mark.parametrize("refuses", [False, True], ids=["dies at once", "cannot be begun"])
def test_a_machine_without_memory_for_its_threads_holds_nobody_up_and_the_relay_sounds_once_there_is_some(
    tmp_path, monkeypatch, refuses
):
    path, kept = tmp_path / "lease.pcm", Kept()
    path.touch()
    asking = Asking(lambda: start_relay(RelaySpec("s1", (), tail=path), kept, SystemClock(), lambda *_: None))
    with starved(monkeypatch) as machine:
        machine.lacks, machine.refuses = True, refuses
        chain = asking.ask()
        assert isinstance(chain, Chain)
        monkeypatch.setattr(beside, "BEGINS_WITHIN", 0.05)
        until(lambda: (chain.keep_on(), machine.tried)[1] > 1)  # the chain's own thread
    monkeypatch.setattr(beside, "BEGINS_WITHIN", 5.0)  # an attempt from before may still be waited for
    try:
        until(lambda: (chain.keep_on(), chain.state().on_air)[1] == LIVE)
        with path.open("ab") as file:
            file.write(tone(0.5, pitch=660.0).tobytes())
        assert pitch_of(kept.wait_for(0.5)) == 660
    finally:
        chain.stop()
