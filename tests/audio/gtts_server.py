"""A loopback stand-in for the network gTTS needs: an HTTPS proxy that is Google's voice at the same time.

`HTTPS_PROXY` leads the real, unpatched library here: CONNECT is answered, the socket is wrapped in TLS with a
certificate of our own authority, and the protocol is spoken from the request's text to an MP3 that eSpeak NG said and
LAME encoded. Each request takes the next answer of `script`; when that is used up, a good one is given.
"""

import base64
import datetime as dt
import io
import json
import socket
import socketserver
import ssl
import struct
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HOSTS = ("translate.google.com.vn", "translate.google.com")
RATE = 24_000

Answer = Callable[["Connection", str], None]


@cache
def mp3_of(text: str) -> bytes:
    """`text` as Google would send it: 24 kHz, mono, 64 kbit/s, bare frames."""
    from audio_assets.speech.espeak_engine import EspeakEngine
    from audio_assets.speech.joining import at_house_rate

    # eSpeak's sound ends at 11 kHz: every second sample at 48 kHz is a clean 24 kHz.
    return mp3(at_house_rate(EspeakEngine("vi").speak(text, 1.0))[::2])


def mp3(pcm: NDArray[np.int16]) -> bytes:
    import av

    buffer = io.BytesIO()
    bare = {"write_xing": "0", "id3v2_version": "0"}
    with av.open(buffer, "w", format="mp3", options=bare) as container:
        stream = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = 64_000
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return buffer.getvalue()


def envelope(coded: str) -> bytes:
    """Base64 sound in the lines Google wraps it in."""
    inner = json.dumps([coded], separators=(",", ":"))
    row = json.dumps([["wrb.fr", "jQ1olc", inner, None, None, None, "generic"]], separators=(",", ":"))
    return f')]}}\'\n\n{len(row)}\n{row}\n25\n[["e",4,null,null,{len(row)}]]\n'.encode()


def coded(sound: bytes) -> bytes:
    return envelope(base64.b64encode(sound).decode())


class Connection(socketserver.StreamRequestHandler):
    """One client: CONNECT, TLS, then requests until it hangs up."""

    server: "GttsServer"

    def handle(self) -> None:
        try:
            self._head()
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with self.server.context.wrap_socket(self.request, server_side=True) as secured:
                self.tls = secured
                self.server.open.add(secured)
                with secured.makefile("rb") as self.rfile:
                    while not self.server.closing.is_set() and (head := self._head()):
                        self._answer(head)
        except OSError:
            self.server.broken += 1

    def _head(self) -> list[str]:
        lines: list[str] = []
        while line := self.rfile.readline().decode("latin-1").strip():
            lines.append(line)
        return lines

    def _answer(self, head: list[str]) -> None:
        length = next(int(line.split(":")[1]) for line in head if line.lower().startswith("content-length"))
        form = urllib.parse.parse_qs(self.rfile.read(length).decode())
        text = json.loads(json.loads(form["f.req"][0])[0][0][1])[0]
        self.server.next_answer(head, text)(self, text)

    def reply(self, body: bytes, status: str = "200 OK", *extra: str) -> None:
        head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *extra))
        self.tls.sendall(head.encode() + b"\r\n\r\n" + body)

    def hang_up(self) -> None:
        self.tls.shutdown(socket.SHUT_RDWR)


class GttsServer(socketserver.ThreadingTCPServer):
    daemon_threads = False  # joined at the end, so that no socket is left to the garbage collector
    block_on_close = True

    def __init__(self, context: ssl.SSLContext, ca_bundle: Path) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.context = context
        self.ca_bundle = str(ca_bundle)
        self.proxy = f"http://127.0.0.1:{self.server_address[1]}"
        self.script: list[Answer] = []
        self.texts: list[str] = []
        self.heads: list[list[str]] = []
        self.broken = 0
        self.open: set[socket.socket] = set()
        self.closing = threading.Event()
        self._lock = threading.Lock()

    def hang_up_on_all(self) -> None:
        """urllib3 keeps a pooled connection open until its pool is garbage: its thread here would wait for ever."""
        self.closing.set()
        for connection in tuple(self.open):
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # not SSLSocket's: its thread may be reading

    def next_answer(self, head: list[str], text: str) -> Answer:
        with self._lock:
            self.texts.append(text)
            self.heads.append(head)
            return self.script.pop(0) if self.script else good


def good(connection: Connection, text: str) -> None:
    connection.reply(coded(mp3_of(text)))


def status(line: str, *extra: str) -> Answer:
    return lambda connection, _text: connection.reply(b"<html>no</html>", line, *extra)


def body(data: bytes) -> Answer:
    return lambda connection, _text: connection.reply(data)


def altered(change: Callable[[bytes], bytes]) -> Answer:
    """The right sound, changed before it is sent."""
    return lambda connection, text: connection.reply(coded(change(mp3_of(text))))


def slow(connection: Connection, _text: str) -> None:
    connection.server.closing.wait(20)
    connection.hang_up()


def reset(connection: Connection, _text: str) -> None:
    connection.tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.tls.close()
    raise ConnectionResetError


def cut_off(connection: Connection, text: str) -> None:
    """Promises the whole answer and hangs up in the middle."""
    answer = coded(mp3_of(text))
    half = answer[: len(answer) // 2]
    connection.tls.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + half)
    connection.hang_up()


def cut_unnoticed(connection: Connection, text: str) -> None:
    """Half an answer that promised no length: only its content tells."""
    answer = coded(mp3_of(text))
    connection.tls.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + answer[: len(answer) // 2])
    connection.hang_up()


@contextmanager
def serving(folder: Path) -> Iterator[GttsServer]:
    """The server, running; its authority's certificate lies in `folder`."""
    context, bundle = _certificates(folder)
    with GttsServer(context, bundle) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.hang_up_on_all()


def _certificates(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """An authority made for this run, and a server context with a certificate it signed for Google's host names."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test authority")])
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOSTS[0])])
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    usage = {
        "digital_signature": True, "content_commitment": False, "key_encipherment": False, "data_encipherment": False,
        "key_agreement": False, "key_cert_sign": True, "crl_sign": True, "encipher_only": False, "decipher_only": False,
    }  # fmt: skip

    def begun(name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        builder = x509.CertificateBuilder(issuer_name=authority, subject_name=name, public_key=key.public_key())
        dated = builder.not_valid_before(start).not_valid_after(dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        return dated.serial_number(x509.random_serial_number())

    root = (
        begun(authority, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(identifier, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    leaf = (
        begun(subject, server_key)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    bundle, chain, key_file = folder / "authority.pem", folder / "server.pem", folder / "server.key"
    bundle.write_bytes(root.public_bytes(pem))
    chain.write_bytes(leaf.public_bytes(pem))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key_file.write_bytes(server_key.private_bytes(pem, *plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key_file)
    return context, bundle
