"""The bytes of a stream: one GET, under the relay policy at every step, with a bound on everything a server may do.

It asks by `scheduler.kernel.net`; a redirect or a playlist starts again from the policy. Knows HTTP and the old
SHOUTcast answer, follows no other scheme, unpacks nothing. It runs in the relay's child process and never in playout
itself. Refused = the source is not one we listen to; RelayError = it may be there in a moment.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from scheduler.kernel.errors import LoaError, Refused
from scheduler.kernel.net.client import Addresses, HttpClient, Limits
from scheduler.kernel.net.client import Answer as HttpAnswer
from scheduler.kernel.net.faults import HttpError, HttpFault
from scheduler.playout.relay.answer import MOST_PLAYLIST, Answer, answer_of, container_of, playlist_entry
from scheduler.playout.relay.fault import RelayError

__all__ = ["Fetching", "Stream", "open_stream"]

MOST_REDIRECTS = 5
MOST_PLAYLISTS = 1
_FIRST_LOOK, _MOST_HEAD = 1 << 12, 1 << 16
_OK = 200
_HEADERS = {"Accept": "audio/*, application/ogg, */*;q=0.1", "Icy-MetaData": "0"}
_LATER = {
    HttpFault.UNREACHABLE: "relay_unreachable",
    HttpFault.TLS: "relay_tls",
    HttpFault.SILENT: "relay_no_bytes",
    HttpFault.BAD_ANSWER: "relay_bad_answer",
    HttpFault.CUT_OFF: "relay_ended",
}
"""It may be there in a moment."""


@dataclass(frozen=True, slots=True)
class Fetching:
    """Which addresses a stream may come from, and times in seconds: for connecting, for a head, without a byte."""

    allow_private: bool = False
    allowed_hosts: tuple[str, ...] = ()
    connect: float = 5.0
    header: float = 10.0
    idle: float = 10.0

    def client(self, monotonic: Callable[[], float]) -> HttpClient:
        limits = Limits(None, connect=self.connect, header=self.header, idle=self.idle)
        return HttpClient(Addresses(self.allow_private, self.allowed_hosts), limits, monotonic=monotonic)


def _relay_error(error: HttpError) -> LoaError:
    """The fault in the words of relays: Refused for what is no source, RelayError for what may come back."""
    if error.refused is not None:
        return error.refused
    if error.fault is HttpFault.REDIRECTS:
        return Refused("relay_redirects", limit=MOST_REDIRECTS)
    return RelayError(_LATER[error.fault], error.told)


class Stream:
    """An open answer of sound: `read` gives what has come, at least one byte, b"" at its end."""

    def __init__(self, answer: HttpAnswer) -> None:
        self._answer = answer
        self.head = b""
        self.container = ""
        self._titles = _titles_every(answer)
        self._until_title = self._titles

    @property
    def content_type(self) -> str:
        return self._answer.headers.get("Content-Type", "")

    def answer(self) -> Answer:
        return answer_of(self.content_type, self._answer.headers.get("Content-Encoding", ""), self._answer.source.url)

    def playlist_entry(self) -> str:
        """Where the playlist that came sends us."""
        try:
            return playlist_entry(self._answer.first(MOST_PLAYLIST), self._answer.source.url)
        except HttpError as error:
            raise _relay_error(error) from error

    def read(self, most: int = 1 << 14) -> bytes:
        if self.head:
            piece, self.head = self.head[:most], self.head[most:]
            return piece
        return self.read_more(most)

    def read_more(self, most: int) -> bytes:
        """Past what lies in `head`."""
        try:
            return self._between_titles(most) if self._titles else self._answer.read(most)
        except HttpError as error:
            raise _relay_error(error) from error

    def _between_titles(self, most: int) -> bytes:
        """A server that sends titles though it was asked not to: they lie between the bytes of sound."""
        if not self._until_title:
            if length := self._answer.first(1):
                self._answer.first(length[0] * 16)
            self._until_title = self._titles
        piece = self._answer.read(min(most, self._until_title))
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
        self._answer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self.close()


def _titles_every(answer: HttpAnswer) -> int:
    """After how many bytes of sound a title comes; 0 = none comes."""
    told = answer.headers.get("icy-metaint", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0  # noqa: PLR2004 - a sane length


def open_stream(url: str, settings: Fetching, monotonic: Callable[[], float]) -> Stream:
    """The stream behind `url`, known to be sound; whatever it leads through is judged like itself."""
    client, redirects = settings.client(monotonic), MOST_REDIRECTS
    for playlists in range(MOST_PLAYLISTS + 1):
        answer = _get(client, url, redirects)
        redirects -= answer.redirects
        stream = Stream(answer)
        try:
            url = _entry(stream, playlists)
        except BaseException:
            stream.close()
            raise
        if not url:
            return stream
        stream.close()
    raise AssertionError("a playlist behind the last one is refused")


def _get(client: HttpClient, url: str, redirects: int) -> HttpAnswer:
    """The answer to one GET and its redirects."""
    try:
        answer = client.ask("GET", url, headers=_HEADERS, redirects=redirects, reads_icy=True)
    except HttpError as error:
        raise _relay_error(error) from error
    if answer.status != _OK:
        answer.close()
        if answer.moved_to:
            raise Refused("relay_redirects", limit=MOST_REDIRECTS)
        raise RelayError("relay_http_error", f"status={answer.status}")
    return answer


def _entry(stream: Stream, playlists: int) -> str:
    """Where a playlist sends us; empty where the stream itself is the sound; Refused where it is neither."""
    match stream.answer():
        case Answer.AUDIO:
            stream.look()
            return ""
        case Answer.PLAYLIST if playlists < MOST_PLAYLISTS:
            return stream.playlist_entry()
    raise Refused("relay_not_audio", content_type=stream.content_type[:80])
