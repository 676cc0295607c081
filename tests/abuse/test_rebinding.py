"""A name that changes its address after it was judged, and a server that sends on to the inside.

That the one client withstands it stands in `tests/net/`; here, that those who ask go by it: relays, the voice server, the
callers of the extras. What may be asked is 127.0.0.1; beside it, on the same port of 127.0.0.2, listens the inside.
"""

import socket
import threading

import pytest

from audio_assets.speech.server_engine import ServerEngine
from scheduler.config.loading import VoiceServerConfig
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import LoaError
from scheduler.playout.relay.fetch import Fetching, open_stream
from tests.of_extras import rows_of_extras
from tests.ports import free_port

NAME = "dai.example"
ALLOWED = ("127.0.0.1",)
OUTER, INNER = "127.0.0.1", "127.0.0.2"
REAL = socket.getaddrinfo


class Door:
    """A server that answers every connection with the same words, and counts who came."""

    def __init__(self, address, port):
        self.listener = socket.create_server((address, port))
        self.port = self.listener.getsockname()[1]
        self.says, self.asked = b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n", []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            with link:
                link.settimeout(60)
                got = b""
                try:
                    while b"\r\n\r\n" not in got and (piece := link.recv(4096)):
                        got += piece
                    self.asked.append(got)
                    link.sendall(self.says)
                except OSError:
                    self.asked.append(got)


@pytest.fixture
def outer():
    door = Door(OUTER, free_port())  # one that no caller of the inner address is given by chance
    yield door
    door.listener.close()


@pytest.fixture
def inner(outer):
    door = Door(INNER, outer.port)
    yield door
    door.listener.close()


@pytest.fixture
def answers(monkeypatch):
    """What the name is resolved to, one question after the other; the last answer for ever."""
    script, asked = [], []

    def resolved(host, port, *rest, **more):
        if host != NAME:
            return REAL(host, port, *rest, **more)
        asked.append(host)
        addresses = script.pop(0) if len(script) > 1 else script[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    resolved.script, resolved.asked = script, asked
    return resolved


def relay(url):
    open_stream(
        url, Fetching(allowed_hosts=ALLOWED, connect=60.0, header=60.0, idle=60.0), SystemClock().monotonic
    ).close()


def voice_server(url, folder):
    config = VoiceServerConfig(url=url, model="m", voice="v", timeout_seconds=60.0, tries=1, allowed_hosts=ALLOWED)
    ServerEngine(config, folder, wait=lambda _: None).speak("Mời bà con đi họp.", 1.0)


CALLERS = rows_of_extras("work.callers", "CALLERS") | {
    "relay": lambda url, _: relay(url),
    "voice server": voice_server,
}


@pytest.fixture(params=CALLERS.values(), ids=CALLERS.keys())
def call(request, tmp_path):
    """Ask an address as this caller does; the reason it was refused for, or None where somebody was asked."""

    def made(url):
        try:
            request.param(url, tmp_path)
        except LoaError as refused:
            return getattr(refused, "reason", "refused")
        return None

    return made


def test_the_address_that_was_judged_is_the_one_that_is_asked(call, outer, inner, answers):
    """The name answers with the inside from its second question on; there is no second question."""
    answers.script[:] = [[OUTER], [INNER]]
    call(f"http://{NAME}:{outer.port}/a")
    assert len(outer.asked) == 1
    assert f"Host: {NAME}:{outer.port}".encode() in outer.asked[0]
    assert inner.asked == []
    assert answers.asked == [NAME]


def test_a_name_that_has_moved_inside_since_it_was_last_asked_is_refused(call, outer, inner, answers):
    answers.script[:] = [[OUTER], [INNER]]
    call(f"http://{NAME}:{outer.port}/a")
    refused = call(f"http://{NAME}:{outer.port}/a")
    assert refused is not None
    assert "private" in refused, refused
    assert (len(outer.asked), inner.asked) == (1, [])


def test_a_name_with_one_address_inside_is_asked_nowhere(call, outer, inner, answers):
    answers.script[:] = [[OUTER, INNER]]
    refused = call(f"http://{NAME}:{outer.port}/a")
    assert refused is not None
    assert "private" in refused, refused
    assert outer.asked == inner.asked == []


@pytest.mark.parametrize("to", ["http://127.0.0.2:@/", "http://dai.example:@/a"])
def test_nobody_is_sent_on_to_the_inside(to, call, outer, inner, answers):
    answers.script[:] = [[OUTER], [INNER]]
    where = to.replace("@", str(outer.port))
    outer.says = f"HTTP/1.1 302 Moved\r\nLocation: {where}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    call(f"http://{NAME}:{outer.port}/a")
    assert len(outer.asked) == 1
    assert inner.asked == []
