"""An HTTP server of many faces on loopback: a good stream, and everything a bad one may do. Plain sockets, so that it
can break the protocol in every way; each path is one face, and what it does between answer and end is up to it."""

import io
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import av
import numpy as np

from scheduler.core.model import HOUSE_RATE

Face = Callable[["Visit"], None]


def tone(seconds: float, *, pitch: float = 440.0, level: float = 0.2, rate: int = HOUSE_RATE) -> np.ndarray:
    times = np.arange(round(seconds * rate)) / rate
    return (np.sin(2 * np.pi * pitch * times) * level * 32767).astype(np.int16)


def encoded(sound: np.ndarray, container: str, codec: str, *, rate: int = HOUSE_RATE) -> bytes:
    """A real file of that sound."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.layout = "stereo"
        resampler = av.AudioResampler(
            format=stream.format.name, layout="stereo", rate=rate, frame_size=stream.frame_size
        )
        frame = av.AudioFrame.from_ndarray(sound[None, :], format="s16", layout="mono")
        frame.sample_rate = rate
        for piece in [*resampler.resample(frame), *resampler.resample(None), None]:
            out.mux(stream.encode(piece))
    return file.getvalue()


@cache
def mp3(*, pitch: float = 440.0, level: float = 0.2, seconds: float = 4.0) -> bytes:
    return encoded(tone(seconds, pitch=pitch, level=level), "mp3", "libmp3lame")


@cache
def opus() -> bytes:
    return encoded(tone(4.0), "ogg", "libopus")


@cache
def aac() -> bytes:
    return encoded(tone(4.0, rate=44_100), "adts", "aac", rate=44_100)


class Visit:
    """One request being answered."""

    def __init__(self, server: "Faces", connection: socket.socket, request: str) -> None:
        self.server = server
        self.connection = connection
        self.request = request

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def header(self, kind: str, *more: str, status: str = "HTTP/1.0 200 OK") -> None:
        self.send("\r\n".join((status, f"Content-Type: {kind}", *more, "", "")).encode())

    def wait(self, seconds: float) -> bool:
        """False when the server ends."""
        return not self.server.over.wait(seconds)

    def forever(self, data: bytes) -> None:
        while not self.server.over.is_set():
            self.send(data)


class Faces:
    """`visits` has the path of every request, in order; `faces` may be changed while it runs."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.visits: list[str] = []
        self.requests: list[str] = []
        self.faces: dict[str, Face] = dict(_FACES)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=32)
        self._listener.settimeout(0.1)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def _listen(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(60.0)
            self._threads.append(threading.Thread(target=self._answer, args=(connection,)))
            self._threads[-1].start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                request = b""
                while b"\r\n\r\n" not in request and (data := connection.recv(4096)):
                    request += data
                if not request:
                    return
                path = request.decode("latin-1").split(" ")[1].lstrip("/")
                self.visits.append(path)
                self.requests.append(request.decode("latin-1"))
                connection.settimeout(None)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 0, 100_000))
                while not self.over.is_set():
                    try:
                        self.faces[path.partition("?")[0]](Visit(self, connection, path))
                    except BlockingIOError:  # a listener that takes nothing for a while: look whether we are over
                        continue
                    return
            except OSError:
                return

    def close(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()


@contextmanager
def faces() -> Iterator[Faces]:
    server = Faces()
    try:
        yield server
    finally:
        server.close()


def stream(kind: str, data: Callable[[], bytes], **more: str) -> Face:
    def face(visit: Visit) -> None:
        visit.header(kind, **more)
        while not visit.server.over.is_set():
            _push(visit, data())

    return face


def _push(visit: Visit, data: bytes) -> None:
    """All of it, however slowly it is taken; the send buffer's time-out only serves to look at `over`."""
    left = memoryview(data)
    while left and not visit.server.over.is_set():
        try:
            left = left[visit.connection.send(left) :]
        except BlockingIOError:
            continue


def redirect(to: Callable[[Visit], str]) -> Face:
    def face(visit: Visit) -> None:
        visit.header("text/html", f"Location: {to(visit)}", status="HTTP/1.1 302 Found")

    return face


def page(kind: str, text: str) -> Face:
    def face(visit: Visit) -> None:
        visit.header(kind)
        visit.send(text.encode())

    return face


def _chunked(visit: Visit) -> None:
    visit.header("audio/mpeg", "Transfer-Encoding: chunked", status="HTTP/1.1 200 OK")
    while not visit.server.over.is_set():
        data = mp3()
        for start in range(0, len(data), 1000):
            piece = data[start : start + 1000]
            _push(visit, f"{len(piece):x}\r\n".encode() + piece + b"\r\n")


def _titled(visit: Visit) -> None:
    """Titles between the bytes though nobody asked."""
    visit.header("audio/mpeg", "icy-metaint: 4096", status="ICY 200 OK")
    title = b"StreamTitle='Tin tuc buoi sang';".ljust(48, b"\0")
    endless = mp3() * 20
    for start in range(0, len(endless), 4096):
        _push(visit, endless[start : start + 4096] + bytes([len(title) // 16]) + title)


def _nothing(visit: Visit) -> None:
    visit.header("audio/mpeg")
    while visit.wait(0.1):
        pass


def _trickle(visit: Visit) -> None:
    visit.header("audio/mpeg")
    for byte in mp3() * 100:
        visit.send(bytes([byte]))
        if not visit.wait(0.05):
            return


def _endless_header(visit: Visit) -> None:
    visit.send(b"HTTP/1.0 200 OK\r\nX: ")
    while visit.wait(0.05):
        visit.send(b"x")


def _huge_header(visit: Visit) -> None:
    visit.send(b"HTTP/1.0 200 OK\r\n")
    line = b"X-Filler: " + b"x" * 1000 + b"\r\n"
    visit.forever(line)


def _bomb(visit: Visit) -> None:
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    visit.header("audio/mpeg", "Content-Encoding: gzip")
    visit.send(packed.compress(bytes(1 << 26)) + packed.flush())


def _short(visit: Visit) -> None:
    visit.header("audio/mpeg")
    _push(visit, mp3(seconds=1.0))


_HLS = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nseg1.ts\n"
_FACES: dict[str, Face] = {
    "mp3": stream("audio/mpeg", mp3),
    "loud.mp3": stream("audio/mpeg", lambda: mp3(pitch=880.0)),
    "quiet.mp3": stream("audio/mpeg", lambda: mp3(level=0.02)),
    "silence.mp3": stream("audio/mpeg", lambda: mp3(level=0.0)),
    "opus": stream("audio/ogg", opus),
    "aac": stream("audio/aacp", aac),
    "untyped": stream("application/octet-stream", mp3),
    "icy": stream("audio/mpeg", mp3, status="ICY 200 OK"),
    "titled": _titled,
    "chunked": _chunked,
    "moved": redirect(lambda _: "/mp3"),
    "to-loopback": redirect(lambda visit: visit.server.url("mp3")),
    "to-metadata": redirect(lambda _: "http://169.254.169.254/latest/meta-data/"),
    "to-lan": redirect(lambda _: "http://10.0.0.1/mp3"),
    "to-file": redirect(lambda _: "file:///etc/passwd"),
    "to-line": redirect(lambda _: "line:"),
    "round": redirect(lambda _: "/round"),
    "list.m3u": page("audio/x-mpegurl", "#EXTM3U\n#EXTINF:-1,Đài\n/mp3\n"),
    "list.pls": page("audio/x-scpls", "[playlist]\nNumberOfEntries=1\nFile1=/mp3\n"),
    "list-of-list.m3u": page("audio/x-mpegurl", "/list.m3u\n"),
    "list-to-lan.m3u": page("audio/x-mpegurl", "http://192.168.1.1/\n"),
    "hls.m3u8": page("application/vnd.apple.mpegurl", _HLS),
    "html": page("text/html; charset=utf-8", "<html>Trang không tồn tại</html>"),
    "html-as-audio": page("audio/mpeg", "<html>" + "Trang không tồn tại " * 2000 + "</html>"),
    "empty": page("audio/mpeg", ""),
    "nothing": _nothing,
    "trickle": _trickle,
    "endless-header": _endless_header,
    "huge-header": _huge_header,
    "bomb": _bomb,
    "short": _short,
    "not-http": lambda visit: visit.send(b"220 mail.example ESMTP\r\n"),
    "missing": lambda visit: visit.header("text/plain", status="HTTP/1.0 404 Not Found"),
    "busy": lambda visit: visit.header("text/plain", status="HTTP/1.0 503 Busy"),
}
