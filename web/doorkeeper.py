"""What a connection may cost before anybody knows who it is: waitress with a doorkeeper.

A stranger may send a small body only (waitress would otherwise write any body to the disk before a page is asked), has
a short time for the head of a request, and holds so many connections and no more. TLS, where the station has a
certificate, is spoken here too, without a thread waiting for it. Who somebody is, a page decides; rights are not known
here.
"""

import ssl
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import RequestEntityTooLarge

from web.tls import TlsLine, WantMoreError

__all__ = ["Doorkeeper", "Known"]

Known = Callable[[dict[str, str]], bool]
"""Headers of a request (names as in WSGI, without HTTP_) -> whether they open a session or a token."""

STRANGERS_BODY = 1_000_000
"""Bytes that somebody unknown may send: forms, never files."""
HEAD_WITHIN = 20.0
"""Seconds between a request's first byte (or a connection's begin) and the end of its headers."""
BODY_WITHIN = 900.0
"""Seconds that a whole request may take to arrive; a slow line sends an upload in pieces."""
MOST_OF_ONE = 64
"""Connections that one address may hold at once: a browser with twenty live pages and their pictures holds fewer."""
MOST = 512
"""Connections in all."""


class Doorkeeper:
    """Builds the servers of one page and looks after their connections.

    Args:
        known: whether a request's headers open a session or a token; asked only for large bodies.
        monotonic: seconds that never step back.
        most_body: bytes that somebody known may send at once.
        most_of_one: connections that one address may hold; this machine itself, where a proxy may stand, only `MOST`.

    """

    def __init__(
        self, known: Known, monotonic: Callable[[], float], most_body: int, *, most_of_one: int = MOST_OF_ONE
    ) -> None:
        self.known, self.monotonic, self.most_body, self.most_of_one = known, monotonic, most_body, most_of_one
        self.sockets: dict[int, Any] = {}
        self.dispatcher = ThreadedTaskDispatcher()

    def listen(self, app: Any, host: str, port: int, *, tls: ssl.SSLContext | None = None, **settings: Any) -> None:
        """Open the doors of one address. Raises OSError where it cannot be had."""
        scheme = "https" if tls else "http"
        adjustments = Adjustments(
            host=host,
            port=port,
            url_scheme=scheme,
            ident=None,
            channel_timeout=60,
            channel_request_lookahead=1,  # a stream learns at once that its page has gone
            connection_limit=MOST + 64,  # ours is told to the one who comes, waitress's lets everybody wait
            max_request_body_size=self.most_body,
            log_socket_errors=False,  # anybody in the network could fill the log with broken handshakes
            **settings,
        )
        for address in adjustments.listen:
            server = _Door(app, self.sockets, dispatcher=self.dispatcher, adj=adjustments, sockinfo=address)
            server.keeper, server.tls = self, tls

    def refuses(self, address: str) -> bool:
        """Whether one more connection from there is too many."""
        held = [one.addr[0] for one in self._connections()]
        here = address.startswith("127.") or address == "::1"
        return len(held) >= MOST or (not here and held.count(address) >= self.most_of_one)

    def sweep(self) -> None:
        """End the connections whose request takes too long to arrive. Called by the server's loop, again and again."""
        now = self.monotonic()
        for one in self._connections():
            if one.late(now):
                one.handle_close()

    def close(self) -> None:
        """End every connection and close the doors; for a server whose loop and threads have ended."""
        for one in self._connections():
            one.handle_close()  # closes the file that was being sent as well; close_all knows sockets alone
        wasyncore.close_all(self.sockets)

    def _connections(self) -> "list[_Connection]":
        """As they are now: ending one takes it out of `sockets`."""
        return [one for one in self.sockets.values() if isinstance(one, _Connection)]


class _Door(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """A listening socket whose connections have a doorkeeper."""

    keeper: Doorkeeper
    tls: ssl.SSLContext | None = None

    def handle_accept(self) -> None:
        try:
            accepted = self.accept()
            if accepted is None:
                return
            line, address = accepted
            if self.keeper.refuses(address[0]):
                line.close()
                return
            self.set_socket_options(line)
            line = TlsLine(line, self.tls) if self.tls else line
            _Connection(self, line, address, self.adj, self._map)
        except OSError:  # gone again before it was taken in
            return


class _Connection(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """One connection: waitress's own, with a sense of time and of who speaks."""

    def __init__(self, door: _Door, line: Any, address: Any, adjustments: Any, sockets: dict[int, Any]) -> None:
        self.keeper = door.keeper
        self.since = self.keeper.monotonic()
        super().__init__(door, line, address, adjustments, map=sockets)

    def parser_class(self, adjustments: Any) -> "_Request":
        """Waitress calls this for each request's beginning."""
        self.since = self.keeper.monotonic()
        return _Request(adjustments, self.keeper.known)

    def late(self, now: float) -> bool:
        """Whether what is being sent has taken too long; a connection that only waits is waitress's to end."""
        if self.requests or (self.request is None and not self._shaking_hands()):
            return False
        headers = self.request is not None and self.request.headers_finished
        return now - self.since > (BODY_WITHIN if headers else HEAD_WITHIN)

    def _shaking_hands(self) -> bool:
        return isinstance(self.socket, TlsLine) and not self.socket.is_open

    def handle_read(self) -> None:
        try:
            super().handle_read()
        except WantMoreError:
            return

    def writable(self) -> bool:
        return bool(super().writable()) or (isinstance(self.socket, TlsLine) and self.socket.owes)

    def handle_write(self) -> None:
        if isinstance(self.socket, TlsLine) and self.socket.owes and not self.total_outbufs_len:
            self._flush_exception(lambda do_close=True: self.socket.send(b""))  # noqa: ARG005 - waitress's signature
        super().handle_write()


class _Request(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """A request that is being read; a large body is refused before its first byte unless its sender is known."""

    def __init__(self, adjustments: Any, known: Known) -> None:
        super().__init__(adjustments)
        self._known = known

    def received(self, data: bytes) -> int:
        before = self.headers_finished
        taken = int(super().received(data))
        if self.headers_finished and not before and self._too_much():
            self.error = RequestEntityTooLarge("a body of this size is taken from signed-in people only")
            self.completed = True
        return taken

    def _too_much(self) -> bool:
        large = self.chunked or self.content_length > STRANGERS_BODY
        return self.error is None and large and not self._known(self.headers)
