"""What a connection may cost before anybody knows what it wants: waitress with a doorkeeper.

Who calls is read from the head of each request, and its body judged by it before a byte of it is taken. Connections are
counted for each caller and for all strangers together; where there is one too many, the caller that holds the most
loses one that no thread answers, so a newcomer always gets in. TLS, where the station has a certificate, is spoken here
too, without a thread waiting for it. Rights are the page's, order among requests is `web.http.lanes`'.
"""

import socket
import ssl
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer

from scheduler.config.web import LimitsConfig
from web.body_gate import BodyGate, Head
from web.http.callers import Caller, stranger
from web.http.lanes import Lanes
from web.http.tls import TlsLine, WantMoreError

__all__ = ["Doorkeeper", "Rules"]

HEAD_WITHIN = 20.0
"""Seconds between a request's first byte (or a connection's begin) and the end of its headers."""
STRANGERS_BODY_WITHIN = 30.0
"""Seconds that a stranger's small body may take."""
BODY_WITHIN = 900.0
"""Seconds that a whole request may take to arrive; a slow line sends an upload in pieces."""
STALLED_AFTER = 60.0
"""Seconds for which whoever asked may take nothing of the answer."""
LINGERS = 5.0
"""Seconds for which what a refused sender still sends is thrown away, so that they can read why."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a doorkeeper goes by.

    `caller_of`: headers (names as in WSGI, without HTTP_) and an address -> who calls. `most_body`: bytes of the
    largest body there is. `proxy`: the address whose X-Forwarded-For is believed.
    """

    caller_of: Callable[[Mapping[str, str], str], Caller]
    gate: BodyGate
    monotonic: Callable[[], float]
    most_body: int
    limits: LimitsConfig
    proxy: str = ""


class Doorkeeper:
    """Builds the servers of one page and looks after their connections."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.sockets: dict[int, Any] = {}
        self.dispatcher = Lanes(rules.limits.at_once)

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
            connection_limit=self.rules.limits.connections + 64,  # ours makes room, waitress's lets everybody wait
            max_request_body_size=self.rules.most_body,
            log_socket_errors=False,  # anybody in the network could fill the log with broken handshakes
            **settings,
        )
        for address in adjustments.listen:
            server = _Door(app, self.sockets, dispatcher=self.dispatcher, adj=adjustments, sockinfo=address)
            server.keeper, server.tls = self, tls

    def makes_room(self, caller: Caller, but: "_Connection | None" = None) -> bool:
        """Whether one more connection of this caller may be held; others give way to it, by their number and age.

        `but`: one that does not count, because it is the one in question.
        """
        limits = self.rules.limits
        held = [one for one in self._connections() if one is not but and not one.will_close]
        mine = [one for one in held if one.caller.key == caller.key]
        if len(mine) >= limits.of_one and not self._is_house(caller) and not _lose_one(mine):
            return False
        strangers = [one for one in held if not one.caller.is_known]
        if len(strangers) >= limits.strangers and not caller.is_known and not _lose_one(strangers):
            return False
        if sum(not one.will_close for one in held) < limits.connections:
            return True
        return _lose_one(strangers) or _lose_one([one for one in held if not one.caller.acts]) or _lose_one(held)

    def takes(self, connection: "_Connection", caller: Caller) -> None:
        """A head has told who calls: from now on the connection is theirs, and counted so."""
        is_new = connection.caller.key != caller.key
        if is_new and not self.makes_room(caller, but=connection):
            connection.will_close = True
        connection.caller = caller

    def on_the_way(self) -> int:
        """Bytes of the bodies that arrive or wait to be read now."""
        some = [(one.request, *one.requests) for one in self._connections()]
        return sum(one.content_length for requests in some for one in requests if one is not None)

    def sweep(self) -> None:
        """End the connections whose request takes too long to arrive. Called by the server's loop, again and again."""
        now = self.rules.monotonic()
        for one in self._connections():
            if one.will_close or one.late(now):
                one.handle_close()

    def close(self) -> None:
        """End every connection and close the doors; for a server whose loop and threads have ended."""
        for one in self._connections():
            one.handle_close()  # closes the file that was being sent as well; close_all knows sockets alone
        wasyncore.close_all(self.sockets)

    def _is_house(self, caller: Caller) -> bool:
        """A proxy, or this machine where none is named, holds what all strangers may: many people come by it."""
        address, proxy = caller.key.removeprefix("address "), self.rules.proxy
        return address == proxy if proxy else address.startswith("127.") or address == "::"

    def _connections(self) -> "list[_Connection]":
        """As they are now: ending one takes it out of `sockets`."""
        return [one for one in self.sockets.values() if isinstance(one, _Connection)]


def _lose_one(some: "list[_Connection]") -> bool:
    """End a connection that no thread answers: idle, the oldest of whoever holds most; whether there was one."""
    held = Counter(one.caller.key for one in some)
    loose = [one for one in some if not one.answering and not one.will_close]
    if not loose:
        return False
    one = max(loose, key=lambda one: (not one.requests and not one.total_outbufs_len, held[one.caller.key], -one.since))
    one.will_close = True  # closed by the next sweep
    return True


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
            if not self.keeper.makes_room(stranger(address[0])):
                line.close()
                return
            self.set_socket_options(line)
            line = TlsLine(line, self.tls) if self.tls else line
            _Connection(self, line, address, self.adj, self._map)
        except OSError:  # gone again before it was taken in
            return


class _Connection(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """One connection: waitress's own, with a sense of time and of who speaks."""

    answering = 0
    """Threads that answer one of its requests."""
    refused = False
    """Its sender was told no before the body had come."""
    lingers_until: float | None = None

    def __init__(self, door: _Door, line: Any, address: Any, adjustments: Any, sockets: dict[int, Any]) -> None:
        self.keeper = door.keeper
        self.since = self.keeper.rules.monotonic()
        self.caller = stranger(address[0])
        self._stuck: tuple[float | None, float] = None, 0.0
        super().__init__(door, line, address, adjustments, map=sockets)

    def parser_class(self, adjustments: Any) -> "_Request":
        """Waitress calls this for each request's beginning."""
        self.since = self.keeper.rules.monotonic()
        return _Request(adjustments, self)

    def late(self, now: float) -> bool:
        """Whether what is being sent has taken too long; a connection that only waits is waitress's to end."""
        if self.lingers_until is not None:
            return now > self.lingers_until
        if self._stalled(now):
            return True
        if self.requests or (self.request is None and not self._shaking_hands()):
            return False
        if self.request is None or not self.request.headers_finished:
            return now - self.since > HEAD_WITHIN
        return now - self.since > (BODY_WITHIN if self.caller.is_known else STRANGERS_BODY_WITHIN)

    def _stalled(self, now: float) -> bool:
        """Whether nothing of what waits to be sent has been taken for too long."""
        mark = self.last_activity if self.total_outbufs_len else None
        if mark != self._stuck[0]:
            self._stuck = mark, now
        return mark is not None and now - self._stuck[1] > STALLED_AFTER

    def _shaking_hands(self) -> bool:
        return isinstance(self.socket, TlsLine) and not self.socket.is_open

    def readable(self) -> bool:
        return self.lingers_until is not None or bool(super().readable())

    def handle_read(self) -> None:
        try:
            if self.lingers_until is not None:
                with suppress(OSError):
                    self.recv(self.adj.recv_bytes)  # thrown away; an end closes the connection
                return
            super().handle_read()
        except WantMoreError:
            return

    def writable(self) -> bool:
        return bool(super().writable()) or (isinstance(self.socket, TlsLine) and self.socket.owes)

    def handle_write(self) -> None:
        owes = isinstance(self.socket, TlsLine) and self.socket.owes
        if owes and not self.total_outbufs_len:
            self._flush_exception(lambda do_close=True: self.socket.send(b""))  # noqa: ARG005 - waitress's signature
        if self.refused and self.close_when_flushed and not self.will_close:
            self._flush_exception(self._flush_some)
            if not self.total_outbufs_len and not self.will_close:
                self._linger()
            return
        super().handle_write()

    def _linger(self) -> None:
        """The answer is out: hear the sender to the end for a moment, or the line would break before it is read."""
        self.close_when_flushed = False
        self.lingers_until = self.keeper.rules.monotonic() + LINGERS
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()


class _Request(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """A request that is being read; a body that is not wanted is refused before its first byte, and not asked for."""

    error: Any = None

    def __init__(self, adjustments: Any, connection: _Connection) -> None:
        super().__init__(adjustments)
        self._connection = connection
        self.caller = connection.caller

    def received(self, data: bytes) -> int:
        before = self.headers_finished
        taken = int(super().received(data))
        gate = self._connection.keeper.rules.gate
        if self.headers_finished and not before and not self.empty:
            self._judge(gate)
        elif self.chunked and self.error is None and self.body_bytes_received > gate.most(self._head()):
            self.error = gate.grown(self._head())
        if self.error is not None:
            self.completed, self.expect_continue = True, False  # waitress would say "100 Continue", and read on
            self._connection.refused = True
        return taken

    def _judge(self, gate: BodyGate) -> None:
        keeper = self._connection.keeper
        self.caller = keeper.rules.caller_of(self.headers, self._address())
        keeper.takes(self._connection, self.caller)
        if self.error is None:
            self.error = gate.turned_away(self._head(), self.caller, keeper.on_the_way)

    def _address(self) -> str:
        """Whose request it is: the last that a trusted proxy says it has it from, else whoever is at the line."""
        peer = str(self._connection.addr[0])
        if peer != self._connection.keeper.rules.proxy:
            return peer
        return self.headers.get("X_FORWARDED_FOR", "").rpartition(",")[2].strip() or peer

    def _head(self) -> Head:
        expects = self.headers.get("EXPECT", "").lower() if self.version == "1.1" else ""
        return Head(self.command, self.path, self.content_length, self.chunked, expects)
