"""A real Snapcast server with real clients: what a client sounds, and what its control says and does."""

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel import beside
from scheduler.kernel.clock import SteppedClock, SystemClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import BLOCK
from scheduler.playout.outputs.snapcast import Snapcast
from scheduler.playout.outputs.snapcast_control import SnapcastControl
from scheduler.playout.outputs.unread import unread_over_loopback
from tests.playout.servers import SnapcastServer, snapcast_server, sounding, wait_for
from tests.playout.stepped_desk import SIX
from tests.playout.test_engine_live import Live
from tests.ports import free_port
from tests.threads import Asking, starved

__all__ = ["snapcast_server"]


def saw(first: int, frames: int = BLOCK) -> np.ndarray:
    return ((np.arange(first, first + frames) % 20_000) + 1).astype(np.int16)


def heard_in(path: Path) -> np.ndarray:
    """The longest stretch in what a client wrote in which each frame follows the one before as it was written.

    A client that was held up, or has yet to learn the server's time, leaves frames out; then a new stretch begins.
    """
    if not path.exists():
        return np.zeros(0, np.int16)
    data = path.read_bytes()
    sound = np.frombuffer(data[: len(data) // 2 * 2], "<i2")
    if not sound.any():
        return np.zeros(0, np.int16)
    follows = np.isin(np.diff(sound.astype(int)), (1, 1 - 20_000)) & (sound[:-1] != 0)  # of a saw of 1 to 20,000
    edges = np.flatnonzero(np.diff(np.concatenate([[0], follows.astype(np.int8), [0]])))
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    first, last = max(spans, key=lambda span: span[1] - span[0], default=(0, 0))
    return sound[first : last + 1]


@pytest.mark.needs_audio_server
@pytest.mark.parametrize("way", ["pipe", "tcp"])
def test_a_client_sounds_what_is_written(snapcast_server: SnapcastServer, way: str):
    target = str(snapcast_server.pipe) if way == "pipe" else f"tcp://127.0.0.1:{snapcast_server.source}"
    output = Snapcast("loa", ("all",), target=target, control=snapcast_server.control)
    control = SnapcastControl(snapcast_server.control)
    written = snapcast_server.client("bac")
    output.open()
    with sounding(output, saw):
        wait_for(lambda: control.status().connected, "the client")
        (group,) = control.groups()
        put_on(snapcast_server, group.id, way)
        wait_for(lambda: len(heard_in(written)) > HOUSE_RATE, "a second of sound")
        wait_for(lambda: output.note == "" or "late until" in output.note, f"a clean bill, not {output.note!r}")
    output.close()
    sound = heard_in(written)[:HOUSE_RATE]
    assert np.array_equal(sound, saw(int(sound[0]) - 1, len(sound)))


def put_on(server: SnapcastServer, group_id: str, stream: str) -> None:
    SnapcastControl(server.control)._call("Group.SetStream", id=group_id, stream_id=stream)


@pytest.mark.needs_audio_server
def test_volume_and_mute_are_set_and_read_back(snapcast_server: SnapcastServer):
    control = SnapcastControl(snapcast_server.control)
    snapcast_server.client("bac")
    wait_for(lambda: control.status().connected, "the client")
    status = control.status()
    (client,) = status.connected
    assert (client.id, client.is_connected, status.streams) == ("bac", True, ("pipe", "tcp"))
    assert status.version
    control.set_client_volume("bac", 40)
    (group,) = control.groups()
    control.set_group_mute(group.id, muted=True)
    (group,) = control.groups()
    assert (group.is_muted, group.clients[0].percent, group.clients[0].is_muted) == (True, 40, False)
    control.set_group_mute(group.id, muted=False)
    assert not control.groups()[0].is_muted


@pytest.mark.needs_audio_server
def test_what_the_server_refuses_is_told(snapcast_server: SnapcastServer):
    control = SnapcastControl(snapcast_server.control)
    with pytest.raises(OutputError, match=r"refuses Client.SetVolume: .*not found"):
        control.set_client_volume("nobody", 40)
    with pytest.raises(OutputError, match=r"refuses Group.SetMute: .*not found"):
        control.set_group_mute("nobody", muted=True)
    with pytest.raises(OutputError, match="0 to 100, not 101"):
        control.set_client_volume("bac", 101)


@pytest.mark.needs_audio_server
def test_no_client_at_all_is_said_and_the_output_stays_open(snapcast_server: SnapcastServer):
    target = f"tcp://127.0.0.1:{snapcast_server.source}"
    output = Snapcast("loa", ("all",), target=target, control=snapcast_server.control)
    output.open()
    wait_for(lambda: "no Snapcast client is connected" in output.note, "the note")
    output.write(saw(0))
    assert output.unheard
    output.close()
    assert output.note == ""


@pytest.mark.needs_audio_server
def test_what_no_client_sounds_is_unheard_and_says_why(snapcast_server: SnapcastServer):
    """Connected to another stream, muted, turned down, killed, frozen; and heard again as soon as it is heard again."""
    target = f"tcp://127.0.0.1:{snapcast_server.source}"
    output = Snapcast("loa", ("all",), target=target, control=snapcast_server.control)
    control = SnapcastControl(snapcast_server.control)
    snapcast_server.client("bac")
    wait_for(lambda: control.status().connected, "the client")
    output.open()

    def unheard(why: str) -> None:
        wait_for(lambda: output.unheard and why in output.note, f"{why!r}, not {output.note!r}")

    def heard() -> None:
        wait_for(lambda: not output.unheard and "Snapcast" not in output.note, f"sound, not {output.note!r}")

    with sounding(output, saw):
        (group,) = control.groups()
        unheard("no Snapcast client plays the stream tcp")
        put_on(snapcast_server, group.id, "tcp")
        heard()
        control.set_group_mute(group.id, muted=True)
        unheard("muted or at volume 0")
        control.set_group_mute(group.id, muted=False)
        heard()
        control.set_client_volume("bac", 0)
        unheard("muted or at volume 0")
        control.set_client_volume("bac", 60)
        heard()
        (client,) = snapcast_server.clients
        seen_at = control.status().connected[0].last_seen
        wait_for(lambda: control.status().connected[0].last_seen > seen_at + 1.5, "answers of the client")
        client.send_signal(signal.SIGSTOP)  # as behind a cable that was pulled: the server goes on calling it connected
        unheard("no Snapcast client is connected")
        assert control.status().connected
        client.send_signal(signal.SIGCONT)
        heard()
        client.kill()
        client.wait()
        unheard("no Snapcast client is connected")
    output.close()
    assert not output.unheard


@pytest.mark.needs_audio_server
def test_an_airing_into_a_server_without_a_client_was_not_heard(snapcast_server: SnapcastServer):
    target = f"tcp://127.0.0.1:{snapcast_server.source}"
    live = Live(Snapcast("loa", ("all",), target=target, control=snapcast_server.control, delay=0.4))
    live.engine.start()
    try:
        wait_for(lambda: "no Snapcast client" in live.engine.health()[0].message, "the note")
        live.arm(saw(0, HOUSE_RATE), 1.0)
        live.wait(lambda: bool(live.ended))
        (share,) = live.ended[0].shares
        assert (share.played_ms, [hole.length_ms for hole in share.holes]) == (0, [1000])
        assert "no Snapcast client is connected" in share.state
        wait_for(lambda: live.engine.health()[0].unheard, "the health")
    finally:
        live.engine.stop()


@pytest.mark.needs_audio_server
def test_without_control_nothing_is_claimed(snapcast_server: SnapcastServer):
    output = Snapcast("loa", ("all",), target=f"tcp://127.0.0.1:{snapcast_server.source}")
    output.open()
    output.write(saw(0))
    assert output.note == ""
    assert not output.unheard
    output.close()


@pytest.mark.needs_audio_server
def test_a_server_killed_on_the_way_is_an_error_and_is_found_again(snapcast_server: SnapcastServer):
    output = Snapcast("loa", ("all",), target=f"tcp://127.0.0.1:{snapcast_server.source}")
    output.open()
    output.write(saw(0))
    snapcast_server.kill()
    with pytest.raises(OutputError, match="is gone"):
        write_for_ever(output)
    with pytest.raises(OutputError, match="cannot reach the Snapcast server"):
        output.open()
    snapcast_server.up()
    wait_for(lambda: opens(output), "the TCP source again")
    output.write(saw(0))
    output.close()


def opens(output: Snapcast) -> bool:
    try:
        output.open()
    except OutputError:
        return False
    return True


def write_for_ever(output: Snapcast, pause: float = 0.0) -> None:
    """A minute of sound, more or less as fast as it goes."""
    clock = SystemClock()
    for number in range(3000):
        output.write(saw(number * BLOCK))
        clock.sleep_until(clock.monotonic() + (pause if output.note else 0.0))


@pytest.mark.needs_audio_server
def test_a_server_that_stands_still_drops_blocks_and_then_is_an_error(snapcast_server: SnapcastServer):
    output = Snapcast("loa", ("all",), target=f"tcp://127.0.0.1:{snapcast_server.source}", stall=0.5)
    output.open()
    output.write(saw(0))
    snapcast_server.hold()
    with pytest.raises(OutputError, match=r"takes no sound for 0\.5 s"):
        write_for_ever(output, 0.05)
    assert "too slow" in output.note
    snapcast_server.release()
    output.close()


@pytest.mark.needs_audio_server
def test_a_pipe_outlives_its_server(snapcast_server: SnapcastServer):
    output = Snapcast("loa", ("all",), target=str(snapcast_server.pipe))
    output.open()
    snapcast_server.kill()
    for number in range(120):
        output.write(saw(number * BLOCK))
    assert "nobody reads" in output.note
    snapcast_server.up()
    with sounding(output, saw):
        wait_for(lambda: "nobody reads" not in output.note, "a reader again")
    output.close()


@pytest.mark.needs_audio_server
@pytest.mark.parametrize("way", ["pipe", "tcp"])
def test_a_server_that_stood_still_is_seen_to_be_late_and_put_right_in_the_next_silence(
    snapcast_server: SnapcastServer, way: str
):
    """It goes on as late as it stood and tells nobody: what it has not read tells."""
    target = str(snapcast_server.pipe) if way == "pipe" else f"tcp://127.0.0.1:{snapcast_server.source}"
    output, sounds = Snapcast("loa", ("all",), target=target), threading.Event()
    output.open()
    lag = output._lag
    assert lag is not None
    with sounding(output, lambda at: saw(at) if sounds.is_set() else np.zeros(BLOCK, np.int16)):
        wait_for(lambda: len(lag._looks) == 10 and not lag.seconds, "a server in step")
        sounds.set()
        snapcast_server.hold()
        SystemClock().sleep_until(SystemClock().monotonic() + 0.15)
        snapcast_server.release()
        wait_for(lambda: 0.1 <= lag.seconds <= 1.0, "the lag")
        wait_for(lambda: "late until its next silence" in output.note, "the note")
        sounds.clear()
        wait_for(lambda: output.note == "" and len(lag._looks) == 10 and not lag.seconds, "a server in step again")
    output.close()


@pytest.mark.parametrize(
    ("listens_at", "reached_at"), [("127.0.0.1", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "::1")]
)
def test_what_the_other_end_has_not_read_is_known_on_this_machine(listens_at: str, reached_at: str):
    family = socket.AF_INET6 if ":" in listens_at else socket.AF_INET
    with socket.create_server((listens_at, 0), family=family, dualstack_ipv6=listens_at == "::") as server:
        with socket.create_connection((reached_at, server.getsockname()[1])) as ours, server.accept()[0] as theirs:
            assert unread_over_loopback(ours) == 0
            ours.sendall(bytes(1920))
            wait_for(lambda: unread_over_loopback(ours) == 1920, "the bytes")
            assert len(theirs.recv(960)) == 960
            assert unread_over_loopback(ours) == 960
        assert unread_over_loopback(ours) is None


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("", "no Snapcast server named"),
        ("tcp://127.0.0.1", "is no Snapcast source"),
        ("tcp://:4953", "is no Snapcast source"),
        ("tcp://127.0.0.1:99999", "is no Snapcast source"),
        ("tcp://[::1", "is no Snapcast source"),
        ("http://127.0.0.1:4953", "is no Snapcast source"),
    ],
)
def test_a_target_that_is_none_is_refused_for_good(target: str, words: str):
    with pytest.raises(OutputError, match=words) as refused:
        Snapcast("loa", ("all",), target=target).open()
    assert refused.value.permanent


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:1780", "tcp://127.0.0.1:1780", "http://:1780", "http://[::1", "http://h:port"]
)
def test_a_control_that_is_no_address_is_refused_for_good(url: str):
    with pytest.raises(OutputError, match="no address of a Snapcast control") as refused:
        SnapcastControl(url)
    assert refused.value.permanent


def test_a_control_that_is_away_is_told_and_the_output_stays_open(tmp_path: Path):
    output = Snapcast("loa", ("all",), target=str(tmp_path / "pipe"), control=f"http://127.0.0.1:{free_port()}")
    output.open()
    wait_for(lambda: "does not answer" in output.note, "the note")
    output.write(saw(0))
    assert "whether a loudspeaker is connected is not known" in output.note
    assert not output.unheard
    output.close()


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"<html>not here</html>"),
        (200, b""),
        (200, b"[1]"),
        (200, b"{}"),
        (200, json.dumps({"result": {}}).encode()),
        (200, json.dumps({"result": {"server": {"groups": 3}}}).encode()),
        (200, json.dumps({"result": None}).encode()),
    ],
)
def test_an_answer_that_makes_no_sense_is_told(status: int, body: bytes):
    with answering(status, body) as url, pytest.raises(OutputError, match="is no Snapcast control"):
        SnapcastControl(url).status()


def test_its_lead_is_the_servers_buffer_less_the_piece_that_the_server_reads_at_once():
    assert Snapcast("loa", ("all",), target="/run/snapfifo").lead == pytest.approx(0.98)
    assert Snapcast("loa", ("all",), target="/run/snapfifo", delay=0.4).lead == pytest.approx(0.38)


def test_after_a_stall_it_says_that_it_is_late_and_leaves_out_silence_and_no_sound(tmp_path: Path):
    """Into a pipe that the test reads: the server counts its time anew where it was given nothing for a while."""
    output = Snapcast("loa", ("all",), target=str(tmp_path / "ward.pcm"))
    output.open()
    reader = os.open(tmp_path / "ward.pcm", os.O_RDONLY | os.O_NONBLOCK)
    clock = SystemClock()

    def came(block: np.ndarray) -> bool:
        output.write(block)
        try:
            return bool(os.read(reader, 65_536))
        except BlockingIOError:
            return False

    try:
        assert came(saw(0))
        clock.sleep_until(clock.monotonic() + 0.2)
        assert came(saw(BLOCK)), "what sounds is written, late as it is"
        assert "late" in output.note
        silence = np.zeros(BLOCK, np.int16)
        assert all(came(silence) for _ in range(49)), "a pause between words stays as long as it is"
        assert not any(came(silence) for _ in range(10))
        for _ in range(5_000):
            if came(silence):
                break
        assert output.note == ""
        assert came(saw(0))
    finally:
        os.close(reader)
        output.close()


def test_a_block_that_comes_ten_milliseconds_late_makes_it_late_and_one_of_five_does_not(tmp_path: Path):
    output, clock = Snapcast("loa", ("all",), target=str(tmp_path / "ward.pcm")), SteppedClock(SIX)
    output._clock = clock
    output.open()
    for late in (0.0, 0.005, 0.0, -0.001, 0.005):
        output.write(saw(0))
        clock.advance(BLOCK / HOUSE_RATE + late)
    assert "late" not in output.note
    clock.advance(0.01)
    for _ in range(20):  # those behind it come in time again, and the server goes on as late as the latest
        output.write(saw(0))
        clock.advance(BLOCK / HOUSE_RATE - 0.001)
    assert "may sound 0.02 s late" in output.note
    output.close()


@pytest.mark.parametrize("allowed", [0, 1], ids=["to see how late it is", "to see who listens"])
def test_a_machine_without_memory_for_its_threads_is_an_error_in_bounded_time_and_it_opens_later(
    tmp_path: Path, monkeypatch, allowed: int
):
    output = Snapcast("loa", ("all",), target=str(tmp_path / "ward.pcm"), control=f"http://127.0.0.1:{free_port()}")
    asking = Asking(output.open)
    with starved(monkeypatch) as machine:
        machine.lacks, machine.spares = True, allowed
        monkeypatch.setattr(beside, "BEGINS_WITHIN", 0.5)
        with pytest.raises(OutputError, match="no memory or thread left"):
            asking.ask()
    monkeypatch.setattr(beside, "BEGINS_WITHIN", 120.0)
    output.open()
    output.close()
