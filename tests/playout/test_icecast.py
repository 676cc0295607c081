"""A real Icecast server: what a listener hears, and what is said when the server does not want to or is away."""

import contextlib
import io
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import BLOCK
from scheduler.playout.outputs.icecast import Icecast
from tests.playout.servers import PASSWORD, IcecastServer, icecast_server, nobody_knows, sounding, wait_for
from tests.ports import free_port

__all__ = ["icecast_server"]

TONE = (np.sin(2 * np.pi * 1000 * np.arange(BLOCK) / HOUSE_RATE) * 12_000).astype(np.int16)  # whole waves: it joins


def loudest_tone(data: bytes) -> tuple[float, float]:
    """Frequency and level of a coded stream."""
    with av.open(io.BytesIO(data)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        rate = container.streams.audio[0].rate
    sound = np.concatenate(frames, axis=1)[0].astype(float)
    sound = sound[len(sound) // 2 :]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum)) * rate / len(sound), float(np.sqrt(np.mean(sound**2)))


@pytest.mark.needs_audio_server
@pytest.mark.parametrize(("codec", "mount"), [("mp3", "/ward.mp3"), ("opus", "/ward.ogg")])
def test_a_listener_hears_what_is_written(icecast_server: IcecastServer, codec: str, mount: str):
    output = Icecast("Loa phường", ("all",), url=icecast_server.url(mount), codec=codec)
    output.open()
    with sounding(output, lambda _: TONE):
        wait_for(lambda: icecast_server.has(mount), "the mount")
        heard = icecast_server.listen(mount, 8_000)
    output.close()
    frequency, level = loudest_tone(heard)
    assert frequency == pytest.approx(1000, abs=15)
    assert level == pytest.approx(12_000 / 32_768 / np.sqrt(2), rel=0.15)
    assert output.note == ""


@pytest.mark.needs_audio_server
def test_a_wrong_password_is_said_without_saying_it(icecast_server: IcecastServer):
    output = Icecast("loa", ("all",), url=icecast_server.url(password="khong-dung"))
    with pytest.raises(OutputError, match="refuses the user name or the password") as refused:
        output.open()
    assert not refused.value.permanent
    assert "khong-dung" not in str(refused.value) + output.device


@pytest.mark.needs_audio_server
def test_a_mount_that_is_taken_is_said(icecast_server: IcecastServer):
    first, second = (Icecast("loa", ("all",), url=icecast_server.url()) for _ in range(2))
    first.open()
    with sounding(first, lambda _: TONE):
        wait_for(icecast_server.has, "the mount")
        with pytest.raises(OutputError, match=r"another source.*403"):
            second.open()
    first.close()


def write_for_ever(output: Icecast, seconds: float = 0.02, pause: float = 0.0) -> None:
    """Noise, as fast as it is taken; slower once the output says that it drops."""
    clock = SystemClock()
    noise = np.random.default_rng(1).integers(-20_000, 20_000, round(seconds * HOUSE_RATE)).astype(np.int16)
    for _ in range(3000):
        before = clock.monotonic()
        output.write(noise)
        assert clock.monotonic() - before < 60.0, "the writer had to wait"
        clock.sleep_until(clock.monotonic() + (pause if output.note else 0.0))


@pytest.mark.needs_audio_server
def test_a_server_killed_on_the_way_is_an_error_and_is_found_again(icecast_server: IcecastServer):
    output = Icecast("loa", ("all",), url=icecast_server.url())
    output.open()
    output.write(TONE)
    icecast_server.kill()
    with pytest.raises(OutputError, match="is gone"):
        write_for_ever(output)
    with pytest.raises(OutputError, match="cannot reach"):
        output.open()
    icecast_server.up()
    output.open()
    with sounding(output, lambda _: TONE):
        wait_for(icecast_server.has, "the mount")
    output.close()


@pytest.mark.needs_audio_server
def test_a_server_that_stands_still_never_makes_the_writer_wait(icecast_server: IcecastServer):
    output = Icecast("loa", ("all",), url=icecast_server.url(), bitrate_kbps=320, stall=0.5)
    output.open()
    icecast_server.hold()
    with pytest.raises(OutputError, match=r"takes no sound for 0\.5 s"):
        write_for_ever(output, seconds=1, pause=0.1)
    assert "too slow" in output.note
    icecast_server.release()
    output.close()


@contextmanager
def answering(answer: bytes | None) -> Iterator[int]:
    """Something that listens and answers every caller with this; None = takes the call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def run() -> None:
            while True:
                try:
                    link, _ = server.accept()
                except OSError:
                    return
                held.append(link)
                if answer is not None:
                    link.recv(4096)
                    link.sendall(answer)
                    link.close()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for link in held:
                link.close()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.9\r\n", "is no Icecast server", id="another_server"),
        pytest.param(b"", "is no Icecast server", id="hangs_up"),
        pytest.param(
            b"HTTP/1.1 500 Internal Server Error\r\n\r\n", "does not take the stream .500 Internal", id="broken"
        ),
        pytest.param(b"HTTP/1.0 404 File Not Found\r\n\r\n", "no such mount", id="no_mount"),
        pytest.param(b"HTTP/1.0 405\r\n\r\n", "2.4 or newer", id="too_old"),
        pytest.param(b"x" * 20_000, "is no Icecast server", id="endless_line"),
    ],
)
def test_what_a_stranger_answers_is_told(answer: bytes, sentence: str):
    with answering(answer) as port:
        output = Icecast("loa", ("all",), url=f"http://source:secret@127.0.0.1:{port}/ward.mp3")
        with pytest.raises(OutputError, match=sentence) as refused:
            output.open()
        assert not refused.value.permanent
        assert "secret" not in str(refused.value)


def test_a_server_that_never_answers_is_given_up():
    with answering(None) as port:
        output = Icecast("loa", ("all",), url=f"http://source:secret@127.0.0.1:{port}/ward.mp3", stall=0.3)
        with pytest.raises(OutputError, match=r"no answer within 0\.3 s"):
            output.open()


class Secure:
    """What takes a source by TLS, with a certificate of its own making."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        start = datetime(2020, 1, 1, tzinfo=UTC)
        builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=36_500))
        addresses = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))])
        signed = builder.add_extension(addresses, critical=False).sign(key, hashes.SHA256())
        self.certificate = folder / "server.pem"
        self.certificate.write_bytes(signed.public_bytes(Encoding.PEM))
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "key.pem").write_bytes(secret)
        self.heard = bytearray()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.certificate, folder / "key.pem")
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        link, _ = self._server.accept()
        with contextlib.suppress(OSError), self._context.wrap_socket(link, server_side=True) as secure:
            self.head = secure.recv(4096)
            secure.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            while piece := secure.recv(4096):
                self.heard += piece

    def close(self) -> None:
        self._thread.join(120)
        self._server.close()


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "not_trusted"])
def test_https_wants_a_certificate_that_it_can_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, trusted: bool):
    server = Secure(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    output = Icecast("loa", ("all",), url=f"https://source:secret@127.0.0.1:{server.port}/ward.mp3")
    if trusted:
        output.open()
        for _ in range(50):
            output.write(TONE)
    else:
        with pytest.raises(OutputError, match=r"cannot reach https://127\.0\.0\.1.*certificate"):
            output.open()
    output.close()
    server.close()
    assert (len(server.heard) > 5000) is trusted


def test_a_server_that_is_not_there_is_named_and_tried_again():
    port = free_port()
    output = Icecast("loa", ("all",), url=f"http://source:secret@127.0.0.1:{port}/ward.mp3")
    with pytest.raises(OutputError, match=rf"cannot reach http://127\.0\.0\.1:{port}/ward\.mp3") as refused:
        output.open()
    assert not refused.value.permanent


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "cannot be read"),
        ("icecast://source:secret@127.0.0.1/ward", "cannot be read"),
        ("http://source:secret@127.0.0.1:8000", "cannot be read"),
        ("http://source:secret@127.0.0.1:8000/", "cannot be read"),
        ("http://source:secret@/ward", "cannot be read"),
        ("http://source:secret@127.0.0.1:99999/ward", "cannot be read"),
        ("http://source:secret@127.0.0.1:cổng/ward", "cannot be read"),
        ("http://source:secret@[::1/ward", "cannot be read"),
        ("http://source:secret@127.0.0.1/a b", "no spaces"),
        ("http://source:secret@127.0.0.1/loa-phường", "plain letters"),
        ("http://127.0.0.1:8000/ward", "no password"),
        ("http://source@127.0.0.1:8000/ward", "no password"),
    ],
)
def test_an_address_that_is_none_is_refused_for_good_and_not_repeated(url: str, sentence: str):
    output = Icecast("loa", ("all",), url=url)
    with pytest.raises(OutputError, match=sentence) as refused:
        output.open()
    assert refused.value.permanent
    assert "secret" not in str(refused.value) + output.device + repr(output)


@pytest.mark.parametrize("name", ["radio..example", "radio.invalid"])
def test_a_name_that_nobody_knows_is_named_and_tried_again(name: str, monkeypatch: pytest.MonkeyPatch):
    nobody_knows(name, monkeypatch)
    with pytest.raises(OutputError, match=rf"cannot reach http://{name}:8000/ward\.mp3") as refused:
        Icecast("loa", ("all",), url=f"http://source:secret@{name}/ward.mp3").open()
    assert not refused.value.permanent


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://source:secret@127.0.0.1:8001/ward.mp3", "http://127.0.0.1:8001/ward.mp3"),
        ("http://:secret@radio.example/ward.mp3", "http://radio.example:8000/ward.mp3"),
        ("https://source:se%40cret@[::1]/ward.mp3", "https://[::1]:8000/ward.mp3"),
    ],
)
def test_the_password_is_not_part_of_what_is_shown(url: str, shown: str):
    assert Icecast("loa", ("all",), url=url).device == shown


@pytest.mark.parametrize(("codec", "bitrate", "words"), [("flac", 64, "mp3 or opus"), ("opus", 100_000, "256 or less")])
def test_a_stream_that_cannot_be_made_is_refused_for_good(codec: str, bitrate: int, words: str):
    url = f"http://source:secret@127.0.0.1:{free_port()}/x"
    with pytest.raises(OutputError, match=words) as refused:
        Icecast("loa", ("all",), url=url, codec=codec, bitrate_kbps=bitrate).open()
    assert refused.value.permanent


def test_a_name_cannot_smuggle_headers():
    output = Icecast("loa\r\nIce-Public: 1", ("all",), url="http://source:s%0d%0aX: y@127.0.0.1/ward.mp3")
    head = output._greeting(output._place()).decode()
    assert "\r\nIce-Public: 1" not in head
    assert "\r\nX:" not in head
    assert PASSWORD not in head
