"""The one way to ask another machine over HTTP: under a policy of addresses, under bounds of seconds and bytes.

urllib3 writes the request and reads the answer; the connection is ours. No proxy is asked unless the caller wants it, a
redirect is followed only where the caller says how often, and each one is judged anew. Credentials go to the server
that they are for and to no other, and nothing of a request but its host is in an error or in the log.
"""

import http.client
import logging
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin

from scheduler.kernel.clock import SystemClock
from scheduler.kernel.net.address_policy import ParsedSource, same_server
from scheduler.kernel.net.bounded_socket import BoundedSocket, Limits
from scheduler.kernel.net.faults import HttpError, HttpFault
from scheduler.kernel.net.pinned_connection import Addresses, connected, secured

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection
    from urllib3.response import HTTPResponse

__all__ = ["REDIRECTS", "Addresses", "Answer", "Credentials", "HttpClient", "KeptLine", "Limits"]

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 1 << 16
_MEGABYTE = 1_000_000
_PLAIN = {"User-Agent": "LoaPhuong", "Accept-Encoding": "identity"}

Credentials = Callable[[ParsedSource], Mapping[str, str]]
"""Headers for a request to the server they are for; asked anew for each request."""


def _urllib3() -> ModuleType:
    """The library, imported when it is first needed, the package before its parts: where one thread begins with a part
    while another is at the package, Python gives one of them a module that is half made.
    """
    import urllib3

    return urllib3


@dataclass(frozen=True, slots=True)
class HttpClient:
    """Whom it may ask, for how long, and who vouches for them."""

    addresses: Addresses
    limits: Limits
    trust: ssl.SSLContext | None = None
    """Who may vouch for `addresses.home` (for any server, where there is no home); None = whom the system trusts."""
    uses_proxy: bool = False
    """Whether to go by the proxy that the environment names."""
    monotonic: Callable[[], float] = SystemClock().monotonic

    def ask(
        self,
        method: str,
        where: str | ParsedSource,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        credentials: Credentials | None = None,
        redirects: int = 0,
        reads_icy: bool = False,
    ) -> "Answer":
        """The answer, its body still to be read; whoever asks closes it. `where`: judged here if it is text.

        `credentials` are for `addresses.home`. `redirects`: how many to follow; with none a redirect is an answer.
        Raises HttpError.
        """
        source = self.addresses.judge(where) if isinstance(where, str) else where
        begun = self.monotonic()
        for followed in range(redirects + 1):
            line = KeptLine(self, reads_icy=reads_icy, is_kept=False, begun=begun if followed else None)
            secret = credentials(source) if credentials and self.addresses.is_home(source) else {}
            answer = line.ask(method, source, headers={**(headers or {}), **secret}, body=body)
            if not redirects or not answer.moved_to:
                answer.redirects = followed
                return answer
            answer.close()
            source = self.addresses.judge(answer.moved_to)
        raise HttpError(HttpFault.REDIRECTS, host=source.host)

    def reach(self, source: ParsedSource) -> None:
        """Connect and hang up. Raises HttpError."""
        self.connected(source, reads_icy=False).hang_up()

    def connected(self, source: ParsedSource, *, reads_icy: bool) -> BoundedSocket:
        limits, is_home = self.limits, self.addresses.home is None or self.addresses.is_home(source)
        trust = self.trust if is_home else None
        if self.uses_proxy and source.tls:
            from scheduler.kernel.net.proxy import proxy_for, tunnelled

            if proxy := proxy_for(source):
                plain = tunnelled(proxy, source, limits, self.monotonic)
                way = secured(plain, source.host, limits.connect, trust)
                return BoundedSocket(way, source.host, limits, self.monotonic, reads_icy=reads_icy)
        way = connected(source, self.addresses, limits.connect, trust)
        return BoundedSocket(way, source.host, limits, self.monotonic, reads_icy=reads_icy)


class KeptLine:
    """One connection, kept while both ends let it; a new one is made when it is asked for. For one thread."""

    def __init__(
        self, client: HttpClient, *, reads_icy: bool = False, is_kept: bool = True, begun: float | None = None
    ) -> None:
        """`begun`: when the time of the exchange began, where that was before this connection is made."""
        self._client, self._reads_icy, self._is_kept, self._begun = client, reads_icy, is_kept, begun
        self._source: ParsedSource | None = None
        self._socket: BoundedSocket | None = None
        self._connection: HTTPConnection | None = None

    @property
    def is_open(self) -> bool:
        """Whether the next request goes over a connection that was used before."""
        return self._connection is not None and self._connection.sock is not None and self._connection.is_connected

    def ask(
        self, method: str, source: ParsedSource, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> "Answer":
        """As `HttpClient.ask`; no redirect is followed."""
        http_error = _urllib3().exceptions.HTTPError
        connection, way = self._ready(source)
        told = {"Host": source.host_header, **_PLAIN, **(headers or {})}
        if not self._is_kept:
            told["Connection"] = "close"
        try:
            connection.request(method, source.target, body, told, preload_content=False, decode_content=False)
            response = connection.getresponse()
        except http.client.RemoteDisconnected as error:
            self.close()
            raise HttpError(HttpFault.CUT_OFF, "no answer", host=source.host) from error
        except (http.client.HTTPException, http_error, ValueError, OSError) as error:
            self.close()
            raise HttpError(HttpFault.BAD_ANSWER, type(error).__name__, host=source.host) from error
        except BaseException:
            self.close()
            raise
        way.head_done()
        return Answer(source, response, self, self._client.limits.most_bytes)

    def _ready(self, source: ParsedSource) -> "tuple[HTTPConnection, BoundedSocket]":
        connection, way = self._connection, self._socket
        if connection and way and self.is_open and self._source and same_server(source, self._source):
            way.begin(self._client.limits)
            return connection, way
        self.close()
        library = _urllib3()
        # It writes the whole address of a request to the log when a header is wrong, with what is secret in it.
        logging.getLogger("urllib3.connection").setLevel(logging.CRITICAL)
        way = self._client.connected(source, reads_icy=self._reads_icy)
        connection = library.connection.HTTPConnection(source.host, source.port, timeout=None)
        connection.sock = way  # looks like a socket to it
        way.begin(self._client.limits, self._begun)
        self._source, self._connection, self._socket = source, connection, way
        return connection, way

    def answered(self, *, whole: bool) -> None:
        """An answer is closed: only behind one that was read to its end the next may come."""
        if not whole or not self._is_kept:
            self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._socket is not None:
            self._socket.hang_up()
        self._connection = self._socket = None


class Answer:
    """A head, and a body that is still to be read. To be closed."""

    def __init__(self, source: ParsedSource, response: "HTTPResponse", line: KeptLine, most_bytes: int | None) -> None:
        self.source, self.status = source, response.status
        self.headers: Mapping[str, str] = response.headers
        """Names in any case."""
        self.redirects = 0
        """How many were followed on the way here."""
        self._response, self._line, self._most_bytes = response, line, most_bytes

    @property
    def moved_to(self) -> str:
        """Where a redirect leads, made whole; empty for any other answer, "?" where it leads nowhere."""
        location = self.headers.get("Location", "")
        if self.status not in REDIRECTS or not location:
            return ""
        try:
            return urljoin(self.source.url, location)
        except ValueError:
            return "?"

    def read(self, most: int = _PIECE, *, unpacked: bool = False) -> bytes:
        """What has come, at least one byte; b"" at the end. A body that ends before its length is CUT_OFF."""
        http_error = _urllib3().exceptions.HTTPError
        try:
            return self._response.read1(most, decode_content=unpacked)
        except (http.client.HTTPException, http_error, ValueError, OSError) as error:  # also a chunk without a size
            raise HttpError(HttpFault.CUT_OFF, type(error).__name__, host=self.source.host) from error

    def first(self, most: int) -> bytes:
        """Up to `most` bytes of the body, what is behind them left alone."""
        got = bytearray()
        while len(got) < most and (piece := self.read(most - len(got))):
            got += piece
        return bytes(got)

    def pieces(self, *, unpacked: bool = False) -> Iterator[bytes]:
        """The body as it comes, as many bytes as are allowed. Raises HttpError TOO_BIG for one more."""
        most = self._most_bytes
        if most is not None and (self._response.length_remaining or 0) > most:
            raise self._too_big(most)
        had = 0
        while piece := self.read(unpacked=unpacked):
            had += len(piece)
            if most is not None and max(had, self._response.tell()) > most:
                raise self._too_big(most)
            yield piece

    def body(self) -> bytes:
        """All of it, unpacked where a server packs although it was asked not to."""
        return b"".join(self.pieces(unpacked=True))

    def _too_big(self, most: int) -> HttpError:
        return HttpError(HttpFault.TOO_BIG, limit_mb=max(1, most // _MEGABYTE))

    def close(self) -> None:
        whole = self._response.closed
        self._response.close()
        self._line.answered(whole=whole)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self.close()
