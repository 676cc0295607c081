"""A connection that holds the other end to seconds and bytes, however it behaves: silent, dripping, without an end.

To http.client it looks like a socket. Every wait is the shortest of what is still allowed; past it, and when the
connection breaks, comes an HttpError that says which bound it was. It judges no address and reads no HTTP but the end
of a head, which it is told of.
"""

import io
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scheduler.kernel.net.faults import HttpError, HttpFault

__all__ = ["BoundedSocket", "Limits"]

_BUFFER = 1 << 14
_LEAST_WAIT = 0.001
MOST_HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes of one exchange, redirects and all."""

    whole: float | None
    """Seconds for all of it once connected; None = a stream: then `header` and `idle` must bound it."""
    most_bytes: int | None = None
    """Bytes of a body, unpacked; None = the caller counts."""
    connect: float = 5.0
    """Seconds for connecting to one address, and again for its TLS."""
    header: float | None = None
    """Seconds until the whole head is here."""
    idle: float | None = None
    """Seconds without a byte."""

    def __post_init__(self) -> None:
        if self.whole is None and (self.header is None or self.idle is None):
            raise ValueError("an exchange without any bound of time")


class BoundedSocket:
    def __init__(
        self,
        connection: socket.socket,
        host: str,
        limits: Limits,
        monotonic: Callable[[], float],
        *,
        reads_icy: bool = False,
    ) -> None:
        """`reads_icy`: the old SHOUTcast's first line, "ICY 200 OK", is HTTP/1.0 in all but its name."""
        self._socket, self._host, self._monotonic = connection, host, monotonic
        self._reads_icy = reads_icy
        self._files, self._closed = 0, False
        self.begin(limits)

    def begin(self, limits: Limits, begun: float | None = None) -> None:
        """A new exchange: its seconds and the bytes of its head count from here; all of it from `begun`."""
        now = self._monotonic()
        self._limits = limits
        self._deadline = None if limits.whole is None else (now if begun is None else begun) + limits.whole
        self._head_deadline = None if limits.header is None else now + limits.header
        self._in_head, self._head_bytes = True, 0

    def head_done(self) -> None:
        self._in_head = False

    # What http.client and urllib3 ask of a socket

    def sendall(self, data: bytes) -> None:
        self._wait_at_most(HttpFault.SLOW)
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise self._late(HttpFault.SLOW) from error
        except OSError as error:
            raise self._broken(error) from error

    def recv_into(self, buffer: Any) -> int:
        if self._in_head:
            buffer = memoryview(buffer)[: MOST_HEAD - self._head_bytes]
            if not buffer:
                raise HttpError(HttpFault.BAD_ANSWER, "its head does not end", host=self._host)
        fault = self._wait_at_most(HttpFault.SILENT)
        try:
            count = self._socket.recv_into(buffer)
        except TimeoutError as error:
            raise self._late(fault) from error
        except OSError as error:  # also every fault of TLS
            raise self._broken(error) from error
        if self._in_head:
            if not count:
                raise HttpError(HttpFault.CUT_OFF, "its head does not end", host=self._host)
            self._head_bytes += count
        return count

    def makefile(self, *_args: object, **_kwargs: object) -> "io.BufferedReader[_Reading]":
        self._files += 1
        return io.BufferedReader(_Reading(self, reads_icy=self._reads_icy), _BUFFER)

    def settimeout(self, _seconds: float | None) -> None:
        """Nobody else sets its time."""

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        """As of any socket: files that were made of it read on."""
        self._closed = True
        self._close_unused()

    def file_closed(self) -> None:
        self._files -= 1
        self._close_unused()

    def hang_up(self) -> None:
        self._socket.close()

    def _close_unused(self) -> None:
        if self._closed and self._files <= 0:
            self._socket.close()

    # The bounds

    def _wait_at_most(self, idle: HttpFault) -> HttpFault:
        """Set the socket's time to the shortest that is left; which fault it is when that is over."""
        now = self._monotonic()
        bounds = [(self._limits.idle, idle)] if self._limits.idle is not None else []
        if self._deadline is not None:
            bounds.append((self._deadline - now, HttpFault.SLOW))
        if self._in_head and self._head_deadline is not None:
            has_begun = self._head_bytes > 0
            bounds.append((self._head_deadline - now, HttpFault.BAD_ANSWER if has_begun else HttpFault.SILENT))
        left, fault = min(bounds)
        if left <= 0:
            raise self._late(fault)
        self._socket.settimeout(max(left, _LEAST_WAIT))
        return fault

    def _late(self, fault: HttpFault) -> HttpError:
        if fault is HttpFault.BAD_ANSWER:
            return HttpError(fault, "its head does not end", host=self._host)
        seconds = self._limits.whole if fault is HttpFault.SLOW else self._limits.idle or self._limits.header
        return HttpError(fault, seconds=f"{seconds or 0:g}")

    def _broken(self, error: OSError) -> HttpError:
        return HttpError(HttpFault.CUT_OFF, type(error).__name__, host=self._host)


class _Reading(io.RawIOBase):
    def __init__(self, bounded: BoundedSocket, *, reads_icy: bool) -> None:
        super().__init__()
        self._bounded = bounded
        self._first = b"" if reads_icy else None
        """What has come of the first four bytes while they may still say ICY."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        if self._first is None:
            return self._bounded.recv_into(buffer)
        while len(self._first) < len(b"ICY ") and b"ICY ".startswith(self._first):
            piece = bytearray(len(b"ICY ") - len(self._first))
            self._first += bytes(piece[: self._bounded.recv_into(piece)])
        ready = b"HTTP/1.0 " if self._first == b"ICY " else self._first
        self._first = None
        buffer[: len(ready)] = ready  # a BufferedReader asks for its whole buffer
        return len(ready)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._bounded.file_closed()
