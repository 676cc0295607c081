"""TLS over a socket that never blocks, as waitress's loop wants one: bytes in, bytes out, no thread waiting.

Python's `SSLSocket` is not safe for a thread that writes while another reads, and waitress does both; here one lock
holds every use of the connection's state. Which certificate it shows is `web.http.certificate`'s.
"""

import socket
import ssl
import threading
from typing import Any

__all__ = ["TlsLine", "WantMoreError"]

_PIECE = 1 << 16
_RECORD = 1 << 14
"""Most plain bytes of one TLS record (RFC 8446, section 5.1)."""


class WantMoreError(Exception):
    """Nothing can be read yet: the handshake or a record goes on."""


class TlsLine:
    """A server's end of one TLS connection, with the methods of a socket that waitress uses."""

    def __init__(self, line: socket.socket, context: ssl.SSLContext) -> None:
        line.setblocking(False)
        self._line = line
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._sealed = b""  # sealed bytes the line has not taken yet
        self.is_open = False
        self._lock = threading.Lock()

    @property
    def owes(self) -> bool:
        """Whether sealed bytes wait for the line."""
        with self._lock:
            return bool(self._sealed) or self._out.pending > 0

    def recv(self, size: int) -> bytes:
        """All that has arrived, more than `size` too, since the loop does not see what lies sealed in here.

        Empty at the end of the connection. Raises WantMoreError, or OSError (also ssl.SSLError) of a broken line.
        """
        with self._lock:
            ended = self._take(max(size, _PIECE))
            try:
                if not self.is_open:
                    self._tls.do_handshake()
                    self.is_open = True
                plain = self._opened()
            except ssl.SSLWantReadError:
                plain = b""
            finally:
                self._push()  # an alert tells the other side what was wrong
        if plain or ended:
            return plain
        raise WantMoreError

    def send(self, data: bytes) -> int:
        """Seal and send a piece of `data`; how many of its bytes were taken, 0 while the line is full."""
        with self._lock:
            if not self._push():
                return 0
            taken = self._tls.write(data[:_RECORD]) if data else 0
            self._push()
            return taken

    def _take(self, size: int) -> bool:
        """Sealed bytes off the line; whether it has ended."""
        try:
            sealed = self._line.recv(size)
        except (BlockingIOError, InterruptedError):
            return False
        if not sealed:
            self._in.write_eof()
            return True
        self._in.write(sealed)
        return False

    def _opened(self) -> bytes:
        plain = bytearray()
        try:
            while piece := self._tls.read(_PIECE):
                plain += piece
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            if not plain:
                raise
        return bytes(plain)

    def _push(self) -> bool:
        """Sealed bytes onto the line; whether all of them went."""
        while self._sealed or self._out.pending:
            self._sealed = self._sealed or self._out.read()
            try:
                sent = self._line.send(self._sealed)
            except (BlockingIOError, InterruptedError):
                return False
            self._sealed = self._sealed[sent:]
        return True

    def __getattr__(self, name: str) -> Any:
        """Everything else is the line's own: fileno, close, getsockopt, setblocking, …"""
        return getattr(self._line, name)
