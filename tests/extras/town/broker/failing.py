"""A broker that fails as it is told to, one connection after the other, and counts what a client has open at once.

It speaks the first words of the protocol and nothing of the rest: `test_dialling.py` holds those words against the real
server. A connection that it has ended itself counts as open until the client has closed its own side.
"""

import json
import select
import socket
import threading
from collections.abc import Sequence
from enum import Enum
from typing import Self

__all__ = ["FailingServer", "Way"]

INFO = b"INFO " + json.dumps({"server_id": "F", "version": "2.10.27", "max_payload": 1 << 20, "headers": True}).encode()


class Way(Enum):
    """What becomes of one connection."""

    NO_WORD = "it goes without a word"
    HALF_INFO = "it goes in the middle of its first line"
    NO_INFO = "it speaks something else"
    EMPTY_INFO = "its first line says nothing"
    NO_PONG = "it goes before its answer"
    HALF_PONG = "it goes in the middle of its answer"
    SILENT = "it never answers"
    ERR = "it turns the client away"
    PONG_AND_GONE = "it goes right after its answer"
    WORKS = "it works"


_FIRST = {Way.NO_WORD: b"", Way.HALF_INFO: INFO[:20], Way.NO_INFO: b"220 ready\r\n", Way.EMPTY_INFO: b"INFO \r\n"}
_ANSWER = {
    Way.NO_PONG: b"",
    Way.HALF_PONG: b"PO",
    Way.ERR: b"-ERR 'Authorization Violation'\r\n",
    Way.PONG_AND_GONE: b"PONG\r\n",
}


class _Line:
    """One connection, as the server sees it."""

    def __init__(self, line: socket.socket, peer: tuple[str, int], way: Way) -> None:
        self.line, self.peer, self.way = line, peer, way
        self.heard = b""
        self.answered = 0
        self.is_open = True
        line.setblocking(False)
        self._say(_FIRST.get(way, INFO + b"\r\n"), is_last=way in _FIRST)

    def _say(self, said: bytes, *, is_last: bool = False) -> None:
        try:
            self.line.sendall(said)
            if is_last:
                self.line.shutdown(socket.SHUT_WR)  # not closed: so it is seen when the client closes
        except OSError:
            pass  # the client has gone before

    def read(self) -> None:
        """Everything that has come, and the answers to it."""
        while self.is_open:
            try:
                came = self.line.recv(65536)
            except BlockingIOError:
                break
            except OSError:
                came = b""
            self.heard += came
            self.is_open = bool(came)
        pings = self.heard.count(b"PING\r\n")
        if pings <= self.answered or self.way in _FIRST or self.way is Way.SILENT:
            return
        if self.way is Way.WORKS:
            self._say(b"PONG\r\n" * (pings - self.answered))
        elif not self.answered:
            self._say(_ANSWER[self.way], is_last=True)
        self.answered = pings


class FailingServer:
    """`with FailingServer([Way.NO_PONG, Way.WORKS]) as server:`; the last way holds for every later connection."""

    def __init__(self, ways: Sequence[Way]) -> None:
        self._ways = ways
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._wake, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._lock = threading.Lock()
        self._taken = threading.Condition(self._lock)
        self._lines: list[_Line] = []
        self._is_over = False
        self.most_open = 0
        """The most connections that the client has had open at one time."""

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def dialled(self) -> int:
        """How many connections there have been."""
        with self._lock:
            return len(self._lines)

    @property
    def open(self) -> int:
        """How many the client has open now."""
        with self._lock:
            return sum(one.is_open for one in self._lines)

    def settle(self) -> None:
        """Returns when all that was dialled before is counted: this dials, too, and connections are taken in their order."""
        with socket.create_connection(self._listener.getsockname(), timeout=60) as own:
            mine = own.getsockname()
            with self._taken:
                assert self._taken.wait_for(lambda: any(line.peer == mine for line in self._lines), timeout=60)

    def heard(self, number: int = -1) -> bytes:
        """What one connection has said."""
        with self._lock:
            return self._lines[number].heard

    def cut(self) -> None:
        """The newest connection ends from here."""
        with self._lock:
            self._lines[-1].line.shutdown(socket.SHUT_WR)

    def _serve(self) -> None:
        while not self._is_over:
            with self._lock:
                watched = [one.line for one in self._lines if one.is_open]
            select.select([self._listener, self._wake, *watched], [], [], 1.0)
            with self._lock:
                self._accept()
                for one in self._lines:
                    one.read()

    def _accept(self) -> None:
        while True:
            try:
                line, peer = self._listener.accept()
            except BlockingIOError:
                return
            # What the client closed before it dialled has come before its call: who is open now is open beside it.
            for one in self._lines:
                one.read()
            way = self._ways[min(len(self._lines), len(self._ways) - 1)]
            self._lines.append(_Line(line, peer, way))
            self._taken.notify_all()
            self.most_open = max(self.most_open, sum(one.is_open for one in self._lines))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._waker.send(b".")
        self._thread.join(10)
        for one in (self._listener, self._wake, self._waker, *(line.line for line in self._lines)):
            one.close()
