"""The bytes of a stream: one GET, under the relay policy at every step, with a bound on everything a server may do.

It connects by `scheduler.judged`; a redirect or a playlist starts again from the policy. Knows HTTP and the old
SHOUTcast answer, follows no other scheme, unpacks nothing. It runs in the relay's child process and never in playout
itself. Refused = the source is not one we listen to; RelayError = it may be there in a moment.
"""

import http.client
import io
import socket
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

from scheduler.errors import Refused
from scheduler.judged import Addresses, UnreachableError, Wire, connected
from scheduler.net.address_policy import ParsedSource, SourceKind, shown_url
from scheduler.playout.relay.answer import MOST_PLAYLIST, Answer, answer_of, container_of, playlist_entry
from scheduler.playout.relay.fault import RelayError

__all__ = ["Fetching", "Stream", "open_stream"]

MOST_REDIRECTS = 5
MOST_PLAYLISTS = 1
MOST_HEADER = 1 << 16
_FIRST_LOOK, _MOST_HEAD = 1 << 12, 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200
_LEAST_WAIT = 0.01


@dataclass(frozen=True, slots=True)
class Fetching(Addresses):
    """How a stream is fetched. Times in seconds: `header` for a whole answer's header, `idle` without a byte."""

    header: float = 10.0
    idle: float = 10.0


class _Wire(Wire):
    """Until `header_done`, a deadline and a number of bytes bound all of it; from then on only a silence does."""

    def __init__(self, connection: socket.socket, settings: Fetching, monotonic: Callable[[], float]) -> None:
        super().__init__(connection, settings.header, monotonic)
        self._idle = settings.idle
        self._in_header = True
        self._budget = MOST_HEADER

    def header_done(self) -> None:
        self._in_header = False

    def readinto(self, buffer: Any, /) -> int:
        wait = self._idle
        if self._in_header:
            left = self.left()
            if left <= 0 or self._budget <= 0:
                raise RelayError("relay_bad_answer", "its header does not end")
            wait = min(wait, max(left, _LEAST_WAIT))
            buffer = memoryview(buffer)[: self._budget]
        self.connection.settimeout(wait)
        try:
            count = self.connection.recv_into(buffer)
        except TimeoutError as error:
            if wait < self._idle:
                raise RelayError("relay_bad_answer", "its header does not end") from error
            raise RelayError("relay_no_bytes") from error
        except OSError as error:  # also every fault of TLS
            raise RelayError("relay_ended", str(error)) from error
        self._budget -= count
        return count


class _Answered:
    """Looks to http.client like a socket whose answer may be read; SHOUTcast's first line is put into HTTP's words."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire

    def makefile(self, *_args: object, **_kwargs: object) -> "io.BufferedReader[_Renamed]":
        return io.BufferedReader(_Renamed(self._wire), 1 << 14)


class _Renamed(io.RawIOBase):
    """`ICY 200 OK` is HTTP/1.0 in all but its name."""

    def __init__(self, wire: _Wire) -> None:
        super().__init__()
        self._wire = wire
        self._ready: bytes | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        if self._ready is None:
            self._ready = self._first()
        if self._ready:
            piece, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
            buffer[: len(piece)] = piece
            return len(piece)
        return self._wire.readinto(buffer)

    def _first(self) -> bytes:
        head = b""
        room = bytearray(4)
        while len(head) < len(room) and (count := self._wire.readinto(memoryview(room)[: len(room) - len(head)])):
            head += bytes(room[:count])
        return b"HTTP/1.0 " if head == b"ICY " else head

    def close(self) -> None:
        self._wire.close()
        super().close()


class Stream:
    """An open answer of sound: `read` gives what has come, at least one byte, b"" at its end."""

    def __init__(self, url: str, wire: _Wire, response: http.client.HTTPResponse) -> None:
        self.url = url
        self._wire = wire
        self._response = response
        self.head = b""
        self.container = ""
        self._titles = _titles_every(response)
        self._until_title = self._titles

    @property
    def content_type(self) -> str:
        return self._response.headers.get("Content-Type", "")

    def answer(self) -> Answer:
        return answer_of(self.content_type, self._response.headers.get("Content-Encoding", ""), self.url)

    def read(self, most: int = 1 << 14) -> bytes:
        if self.head:
            piece, self.head = self.head[:most], self.head[most:]
            return piece
        return self.read_more(most)

    def read_more(self, most: int) -> bytes:
        """Past what lies in `head`."""
        try:
            if self._titles:
                return self._between_titles(most)
            return self._response.read1(most)
        except (http.client.HTTPException, ValueError) as error:  # a chunk whose size is no number
            raise RelayError("relay_ended", str(error)) from error

    def _between_titles(self, most: int) -> bytes:
        """A server that sends titles though it was asked not to: they lie between the bytes of sound."""
        if not self._until_title:
            length = self._response.read(1)
            if length:
                self._response.read(length[0] * 16)
            self._until_title = self._titles
        piece = self._response.read1(min(most, self._until_title))
        self._until_title -= len(piece)
        return piece

    def look(self) -> None:
        """Read on until the first bytes tell what this is; Refused where they are no sound."""
        ended = False
        wanted = _FIRST_LOOK
        while not self.container:
            while len(self.head) < wanted and not ended:
                piece = self.read_more(wanted - len(self.head))
                ended = not piece
                self.head += piece
            self.container = container_of(self.head) or ""
            if not self.container and (ended or len(self.head) >= _MOST_HEAD):
                if not self.head:
                    raise RelayError("relay_ended")
                raise Refused("relay_not_audio", content_type=self.content_type[:80])
            wanted *= 2

    def close(self) -> None:
        self._response.close()
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self.close()


def _titles_every(response: http.client.HTTPResponse) -> int:
    """After how many bytes of sound a title comes; 0 = none comes."""
    told = response.headers.get("icy-metaint", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0  # noqa: PLR2004 - a sane length


def open_stream(url: str, settings: Fetching, monotonic: Callable[[], float]) -> Stream:
    """The stream behind `url`, known to be sound; whatever it leads through is judged like itself."""
    redirects = playlists = 0
    while True:
        stream, moved = _ask(settings.check(url), settings, monotonic)
        if stream is None:
            redirects += 1
            if redirects > MOST_REDIRECTS:
                raise Refused("relay_redirects", limit=MOST_REDIRECTS)
            url = moved
            continue
        try:
            entry = _entry(stream, playlists)
        except BaseException:
            stream.close()
            raise
        if not entry:
            return stream
        stream.close()
        playlists += 1
        url = entry


def _entry(stream: Stream, playlists: int) -> str:
    """Where a playlist sends us; empty where the stream itself is the sound; Refused where it is neither."""
    match stream.answer():
        case Answer.AUDIO:
            stream.look()
            return ""
        case Answer.PLAYLIST if playlists < MOST_PLAYLISTS:
            return playlist_entry(_text(stream), stream.url)
    raise Refused("relay_not_audio", content_type=stream.content_type[:80])


def _text(stream: Stream) -> bytes:
    text = b""
    while len(text) < MOST_PLAYLIST and (piece := stream.read_more(MOST_PLAYLIST - len(text))):
        text += piece
    return text


def _ask(source: ParsedSource, settings: Fetching, monotonic: Callable[[], float]) -> tuple[Stream | None, str]:
    """The answer to one GET, or where it sends us."""
    if source.kind is not SourceKind.STREAM:  # a redirect to `line:` must not open the microphone
        raise Refused("relay_scheme", scheme=source.kind)
    connection = _connected(source, settings)
    wire = _Wire(connection, settings, monotonic)
    try:
        connection.sendall(_request(source))
        response = http.client.HTTPResponse(_Answered(wire), method="GET")  # type: ignore[arg-type]  # a socket to it
        response.begin()
        wire.header_done()
    except http.client.HTTPException as error:
        wire.close()
        raise RelayError("relay_bad_answer", repr(error)[:200]) from error
    except OSError as error:
        wire.close()
        raise RelayError("relay_unreachable", str(error)) from error
    except BaseException:
        wire.close()
        raise
    if response.status in _REDIRECTS and (moved := response.headers.get("Location")):
        wire.close()
        try:
            return None, urljoin(source.url, moved)
        except ValueError as error:
            raise Refused("relay_url_invalid", url=shown_url(moved)) from error
    if response.status != _OK:
        wire.close()
        raise RelayError("relay_http_error", f"status={response.status}")
    return Stream(source.url, wire, response), ""


def _connected(source: ParsedSource, settings: Fetching) -> socket.socket:
    try:
        return connected(source, settings)
    except UnreachableError as error:
        raise RelayError("relay_tls" if error.is_tls else "relay_unreachable", str(error)) from error


def _request(source: ParsedSource) -> bytes:
    lines = (
        f"GET {source.target} HTTP/1.1",
        f"Host: {source.host_header}",
        "User-Agent: LoaPhuong",
        "Accept: audio/*, application/ogg, */*;q=0.1",
        "Accept-Encoding: identity",
        "Icy-MetaData: 0",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")
