"""Fetching from a real server on loopback that behaves in every bad way; loopback is let in by the list, not the flag."""

import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scheduler.clock import SystemClock
from scheduler.errors import Refused
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


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["8.8.8.8", "169.254.169.254"], ["::ffff:10.0.0.1"]]
)
def test_a_name_with_one_inner_address_is_refused_before_any_connection(monkeypatch, answers):
    asked: list[str] = []

    def resolved(host, port, **_):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("a connection was tried"))
    with pytest.raises(Refused) as refusal:
        fetched("http://radio.example/live", Fetching())
    assert refusal.value.reason == "relay_private_address"
    assert asked == ["radio.example"]


def test_a_name_is_resolved_once_and_that_very_address_is_connected(server, monkeypatch):
    """A name that answers with another address the second time (DNS rebinding) is not asked a second time."""
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))
    settings = Fetching(allowed_hosts=("127.0.0.1",))
    with fetched(f"http://radio.example:{server.port}/mp3", settings) as stream:
        assert some(stream)
    assert f"Host: radio.example:{server.port}\r\n" in server.requests[-1]


def test_the_second_address_is_tried_when_the_first_does_not_answer(server, monkeypatch):
    port = free_port()
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", number)) for number in (port, server.port)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with fetched("http://127.0.0.1/mp3") as stream:
        assert some(stream)


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


class TlsFace:
    """The same over TLS, with a certificate for `name`; `asked` is the name each client wanted."""

    def __init__(self, folder: Path, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime(2020, 1, 1, tzinfo=UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=36_500))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.trust = folder / "trust.pem"
        self.trust.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        secret = folder / "key.pem"
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.trust, secret)
        self.asked: list[str | None] = []
        context.sni_callback = lambda _socket, host, _context: self.asked.append(host)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self._context = context
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()

    def _answer(self) -> None:
        connection, _ = self.listener.accept()
        try:
            with self._context.wrap_socket(connection, server_side=True) as tls:
                tls.recv(4096)
                tls.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n" + mp3())
        except OSError:
            connection.close()

    def close(self) -> None:
        self._thread.join()
        self.listener.close()


@pytest.mark.parametrize(
    ("name", "trusted", "why"),
    [("radio.example", True, ""), ("other.example", True, "relay_tls"), ("radio.example", False, "relay_tls")],
    ids=["the right name", "another name", "nobody vouches"],
)
def test_tls_checks_name_and_certificate(tmp_path, monkeypatch, name, trusted, why):
    server = TlsFace(tmp_path, name)
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.trust))
    url = f"https://radio.example:{server.port}/live"
    try:
        if why:
            with pytest.raises(RelayError) as error:
                fetched(url)
            assert error.value.reason == why
        else:
            with fetched(url) as stream:
                assert stream.container == "mp3"
    finally:
        server.close()
    assert server.asked == ["radio.example"]
