"""Fetching from a real server on loopback that behaves in every bad way; loopback is let in by the list, not the flag."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused
from scheduler.playout.relay.fault import RelayError
from scheduler.playout.relay.fetch import Fetching, Stream, open_stream
from tests.playout.relay.faces import Faces, faces, mp3
from tests.playout.servers import nobody_knows
from tests.ports import free_port

HERE = Fetching(allowed_hosts=("127.0.0.1",), connect=60.0, header=60.0, idle=60.0)
HASTY = {
    "nothing": replace(HERE, idle=0.6),
    "endless-header": replace(HERE, header=0.6),
    "stops": replace(HERE, idle=0.6),
}
"""For faces whose fault is that they take too long; a busy machine must not make one of the others late."""


@pytest.fixture(scope="module")
def server() -> Iterator[Faces]:
    with faces() as running:
        yield running


def fetched(url: str, settings: Fetching = HERE) -> Stream:
    return open_stream(url, settings, SystemClock().monotonic)


def some(stream: Stream, wanted: int = 50_000) -> bytes:
    data = b""
    while len(data) < wanted and (piece := stream.read()):
        data += piece
    return data


@pytest.mark.parametrize(
    ("path", "container"),
    [
        ("mp3", "mp3"),
        ("aac", "aac"),
        ("opus", "ogg"),
        ("untyped", "mp3"),
        ("icy", "mp3"),
        ("moved", "mp3"),
        ("to-loopback", "mp3"),
        ("list.m3u", "mp3"),
        ("list.pls", "mp3"),
    ],
)
def test_a_stream_is_opened_and_known(server, path, container):
    with fetched(server.url(path)) as stream:
        assert stream.container == container
        assert len(some(stream)) >= 50_000


@pytest.mark.parametrize("path", ["mp3", "chunked", "titled", "icy"])
def test_the_bytes_are_the_sound_and_nothing_else(server, path):
    with fetched(server.url(path)) as stream:
        data = some(stream, 150_000)
    assert data[:150_000] == (mp3() * 9)[:150_000]


def test_what_is_asked_is_plain_and_polite(server):
    fetched(server.url("mp3?vùng=a b".replace(" ", "%20"))).close()
    asked = server.requests[-1]
    assert asked.startswith("GET /mp3?v%C3%B9ng=a%20b HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{server.port}\r\n" in asked
    assert "Icy-MetaData: 0\r\n" in asked
    assert "Accept-Encoding: identity\r\n" in asked


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("to-metadata", "relay_private_address"),
        ("to-lan", "relay_private_address"),
        ("list-to-lan.m3u", "relay_private_address"),
        ("to-file", "relay_scheme"),
        ("to-line", "relay_scheme"),
        ("round", "relay_redirects"),
        ("list-of-list.m3u", "relay_not_audio"),
        ("hls.m3u8", "relay_hls"),
        ("html", "relay_not_audio"),
        ("html-as-audio", "relay_not_audio"),
        ("bomb", "relay_not_audio"),
    ],
)
def test_what_is_no_source_is_refused(server, path, why):
    with pytest.raises(Refused) as refusal:
        fetched(server.url(path))
    assert refusal.value.reason == why


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("missing", "relay_http_error"),
        ("busy", "relay_http_error"),
        ("empty", "relay_ended"),
        ("nothing", "relay_no_bytes"),
        ("endless-header", "relay_bad_answer"),
        ("huge-header", "relay_bad_answer"),
        ("not-http", "relay_bad_answer"),
    ],
)
def test_what_may_be_better_later_is_told_apart(server, path, why):
    with pytest.raises(RelayError) as error:
        fetched(server.url(path), HASTY.get(path, HERE))
    assert error.value.reason == why


def test_a_round_of_redirects_is_followed_five_times(server):
    before = server.visits.count("round")
    with pytest.raises(Refused):
        fetched(server.url("round"))
    assert server.visits.count("round") - before == 6


def test_nothing_is_asked_of_an_address_that_is_not_allowed(server):
    before = len(server.visits)
    with pytest.raises(Refused) as refusal:
        fetched(server.url("mp3"), Fetching())
    assert refusal.value.reason == "relay_private_address"
    assert len(server.visits) == before


def test_a_name_that_does_not_exist_and_a_port_where_nobody_listens_are_unreachable(monkeypatch):
    nobody_knows("no-such-radio.invalid", monkeypatch)
    port = free_port()
    for url in (f"http://127.0.0.1:{port}/", "http://no-such-radio.invalid/"):
        with pytest.raises(RelayError) as error:
            fetched(url)
        assert error.value.reason == "relay_unreachable"


def test_a_stream_that_stops_in_the_middle_is_told(server):
    def stops(visit):
        visit.header("audio/mpeg")
        visit.send(mp3())
        visit.wait(120.0)

    server.faces["stops"] = stops
    with fetched(server.url("stops"), HASTY["stops"]) as stream, pytest.raises(RelayError) as error:
        some(stream, 10**9)
    assert error.value.reason == "relay_no_bytes"


def test_a_chunk_that_is_no_chunk_ends_the_stream(server):
    def broken(visit):
        visit.header("audio/mpeg", "Transfer-Encoding: chunked", status="HTTP/1.1 200 OK")
        visit.send(b"1000\r\n" + mp3()[:4096] + b"\r\nzzzz\r\n")

    server.faces["broken"] = broken
    with fetched(server.url("broken")) as stream, pytest.raises(RelayError) as error:
        some(stream, 10**9)
    assert error.value.reason == "relay_ended"


def test_a_server_that_nobody_vouches_for_may_be_better_later():
    """Here one that speaks no TLS at all."""
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def answer():
            with plain.accept()[0] as link:
                link.recv(4096)
                link.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(RelayError) as error:
            fetched(f"https://127.0.0.1:{plain.getsockname()[1]}/")
        thread.join()
    assert error.value.reason == "relay_tls"
