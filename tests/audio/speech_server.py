"""A speech server on the loopback: OpenAI's protocol and the plain one, with speech that eSpeak NG really said.

Each request takes the next answer of `script`; when that is used up, a good one is given, in the format asked for. The
text, the head and the body of every request are kept for the test.
"""

import io
import json
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
CODECS = {"mp3": ("mp3", "libmp3lame", "s16p"), "opus": ("ogg", "libopus", "s16"), "flac": ("flac", "flac", "s16")}

Answer = Callable[["Connection", str], None]


@cache
def spoken(text: str) -> NDArray[np.int16]:
    """`text` as 24 kHz samples."""
    from audio_assets.speech.espeak_engine import EspeakEngine
    from audio_assets.speech.joining import at_house_rate

    return np.ascontiguousarray(at_house_rate(EspeakEngine("vi").speak(text, 1.0))[::2])


@cache
def sound_of(text: str, kind: str = "wav") -> bytes:
    return wav(spoken(text)) if kind == "wav" else encoded(spoken(text), kind)


def wav(pcm: NDArray[np.int16], *, riff: int | None = None, data: int | None = None) -> bytes:
    """A WAV file; `riff` and `data` are lengths its heads claim instead of the true ones."""
    body = pcm.tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(body) if riff is None else riff, b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)  # fmt: skip
    return head + struct.pack("<4sI", b"data", len(body) if data is None else data) + body


def encoded(pcm: NDArray[np.int16], kind: str) -> bytes:
    import av

    container_name, codec, sample_format = CODECS[kind]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container_name) as container:
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        resampler = av.AudioResampler(format=sample_format, layout="mono", rate=RATE)
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            for packet in stream.encode(part):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return buffer.getvalue()


class Connection(socketserver.StreamRequestHandler):
    """One request."""

    server: "SpeechServer"

    def handle(self) -> None:
        try:
            if self.server.context is not None:
                self.request = self.server.context.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)
            head: list[str] = []
            while line := self.rfile.readline().decode("latin-1").strip():
                head.append(line)
            if not head:
                return
            length = next(int(line.split(":")[1]) for line in head if line.lower().startswith("content-length"))
            self.server.next_answer(head, self.rfile.read(length))(self)
        except OSError:
            self.server.broken += 1
        finally:
            if self.server.context is not None:
                for opened in (self.rfile, self.wfile, self.request):
                    with suppress(OSError):
                        opened.close()

    def reply(self, body: bytes, status: str = "200 OK", *extra: str) -> None:
        head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *extra))
        self.wfile.write(head.encode() + b"\r\n\r\n" + body)


class SpeechServer(socketserver.ThreadingTCPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.context = context
        self.port = self.server_address[1]
        self.script: list[Answer] = []
        self.texts: list[str] = []
        self.heads: list[list[str]] = []
        self.asked: list[dict[str, object]] = []
        self.broken = 0
        self.closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def next_answer(self, head: list[str], body: bytes) -> Callable[[Connection], None]:
        is_json = any(line.lower() == "content-type: application/json" for line in head)
        told = json.loads(body) if is_json else {"input": body.decode("utf-8")}
        with self._lock:
            self.texts.append(told["input"])
            self.heads.append(head)
            self.asked.append(told)
            answer = self.script.pop(0) if self.script else good
        return lambda connection: answer(connection, str(told["input"]))

    def forget(self) -> None:
        for kept in (self.script, self.texts, self.heads, self.asked):
            kept.clear()


def good(connection: Connection, text: str) -> None:
    kind = str(connection.server.asked[-1].get("response_format", "wav"))
    connection.reply(sound_of(text, kind))


def status(line: str, *extra: str, body: bytes = b"") -> Answer:
    return lambda connection, _text: connection.reply(body, line, *extra)


def body(data: bytes) -> Answer:
    return lambda connection, _text: connection.reply(data)


def made(make: Callable[[str], bytes]) -> Answer:
    """Whatever is made of the text."""
    return lambda connection, text: connection.reply(make(text))


def altered(change: Callable[[bytes], bytes], kind: str = "wav") -> Answer:
    """The right sound, changed before it is sent."""
    return lambda connection, text: connection.reply(change(sound_of(text, kind)))


def chunked(connection: Connection, text: str) -> None:
    """A good answer in small chunks, as a server streams that does not know the length yet."""
    data = sound_of(text)
    pieces = [data[at : at + 1001] for at in range(0, len(data), 1001)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    connection.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed)


def chunks_cut(connection: Connection, text: str) -> None:
    data = sound_of(text)
    half = data[: len(data) // 2]
    connection.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(data) + half)


def cut_off(connection: Connection, text: str) -> None:
    """Promises the whole answer and hangs up in the middle."""
    data = sound_of(text)
    connection.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data) + data[: len(data) // 2])


def unpromised(kind: str, share: float) -> Answer:
    """A share of the sound without a word of its length, as HTTP/1.0 servers answer."""

    def reply(connection: Connection, text: str) -> None:
        data = sound_of(text, kind)
        connection.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + data[: round(len(data) * share)])

    return reply


def slow(connection: Connection, _text: str) -> None:
    connection.server.closing.wait(20)


def reset(connection: Connection, _text: str) -> None:
    connection.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.request.close()
    raise ConnectionResetError


def endless(connection: Connection, _text: str) -> None:
    """Sound without an end, and no length told."""
    connection.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + wav(np.zeros(0, np.int16), riff=0xFFFFFFFF, data=0xFFFFFFFF))
    while not connection.server.closing.wait(0):
        connection.wfile.write(b"\0\1" * 50_000)


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[SpeechServer]:
    """The server, running; its slow answers end with the test."""
    with SpeechServer(context) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
