"""A TCP connection that never makes its writer wait: what the server does not take at once is kept, within limits.

A server that takes nothing for some seconds, or hangs up, is an OutputError. What goes over the wire is the caller's
affair, and so is connecting again.
"""

import contextlib
import socket
import ssl
from collections.abc import Callable

from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import OutputError

__all__ = ["STALL", "Wire", "connect"]

STALL = 3.0
"""Seconds: the longest that connecting may take, and that a server may take nothing."""
_SEND_BUFFER = 32_768
"""The kernel's, kept small: what lies in it is sound that is late already."""
_MOST_ANSWER = 4096
_UNACKNOWLEDGED_MS = 5000


class Wire:
    """Takes over a connected socket. `server` names it in errors; more than `limit` bytes are never kept.

    `stall`: seconds that the server may take nothing.
    """

    def __init__(self, link: socket.socket, server: str, limit: int, stall: float = STALL) -> None:
        self._link = link
        self._server = server
        self._limit = limit
        self._stall = stall
        self._kept = bytearray()
        self._clock = SystemClock()
        self._moved_at = self._clock.monotonic()
        link.setblocking(False)

    def send(self, data: bytes) -> bool:
        """Whether it was taken, now or for later: all of `data` or nothing. Raises OutputError for a dead server."""
        self._listen()
        self._flush()
        if self._kept and self._clock.monotonic() - self._moved_at > self._stall:
            raise OutputError(
                f"{self._server} takes no sound for {self._stall:g} s; is it stopped or the network full?"
            )
        if len(self._kept) + len(data) > self._limit:
            return False
        self._kept += data
        self._flush()
        return True

    def close(self) -> None:
        with contextlib.suppress(OSError, OutputError):
            self._flush()
        with contextlib.suppress(OSError):
            self._link.close()

    def _flush(self) -> None:
        try:
            while self._kept:
                sent = self._link.send(self._kept)
                del self._kept[:sent]
                self._moved_at = self._clock.monotonic()
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError as error:
            raise self._connection_gone(error.strerror or str(error)) from error
        self._moved_at = self._clock.monotonic()

    def _listen(self) -> None:
        """A server says nothing while all is well; what it says otherwise is worth telling."""
        try:
            told = self._link.recv(_MOST_ANSWER)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError as error:
            raise self._connection_gone(error.strerror or str(error)) from error
        if not told:
            raise self._connection_gone("it hung up")

    def _connection_gone(self, why: str) -> OutputError:
        return OutputError(f"the connection to {self._server} is gone: {why}; does the server run?")


def connect(
    host: str, port: int, *, tls: bool = False, greet: Callable[[socket.socket], None] | None = None
) -> socket.socket:
    """A connected socket after `greet`, or OSError. May wait for a name server: call it with patience."""
    link = socket.create_connection((host, port), timeout=STALL)
    try:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MS)
        if tls:
            link = ssl.create_default_context().wrap_socket(link, server_hostname=host)
        if greet:
            greet(link)
    except BaseException:
        link.close()
        raise
    return link
