"""How far a reader that takes sound at its own steady pace is behind who writes it: by what lies unread between them.

A Snapcast server that stood still for a moment goes on as late as it stood, for good, and tells nobody. It shows in
what it has not read: soon after a block was written nothing is left of it where the reader is in step. Seen from here
of a pipe, and of TCP where the reader is on this machine; of a reader elsewhere nothing is known or claimed.
"""

import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from scheduler.kernel.beside import Beside
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import OutputError

__all__ = ["ReaderLag", "unread_over_loopback"]

_LOOKS = 10
"""Looks that must all find something unread: a reader that was only slow to wake is in step again at the next."""
_LOOK_EVERY = 0.1
_BEHIND_A_WRITE = 0.006
"""Seconds behind a write at which it is looked: a reader in step has taken all of it long ago."""
_AT_MOST = 0.016
"""Seconds behind a write beyond which a look says nothing: the next block may have come."""
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ESTABLISHED = "01"


class ReaderLag:
    """Looks between the writes of one opening, on a thread of its own until `close`.

    `unread`: bytes that the reader has not read, None = not known. `rate`: bytes that are a second of sound.
    """

    def __init__(self, unread: Callable[[], int | None], rate: int, name: str) -> None:
        self._unread, self._rate = unread, rate
        self._clock = SystemClock()
        self._wrote_at = float("-inf")
        self._looks: deque[int] = deque(maxlen=_LOOKS)
        self._closed = threading.Event()
        if not Beside(self._run, f"lag {name}").begins():
            raise OutputError(f"{name} cannot be watched: this machine has no memory or thread left for it")

    @property
    def seconds(self) -> float:
        """How far the reader is behind, at least; 0 = in step, or not known."""
        looks = tuple(self._looks)
        return min(looks) / self._rate if len(looks) == _LOOKS else 0.0

    def wrote(self) -> None:
        """A block was written just now."""
        self._wrote_at = self._clock.monotonic()

    def forget(self) -> None:
        """The reader was given nothing for a while: what was seen before says nothing of it now."""
        self._looks.clear()

    def close(self) -> None:
        self._closed.set()

    def _run(self) -> None:
        while not self._closed.wait(_LOOK_EVERY):
            wrote_at = self._wrote_at
            self._clock.sleep_until(wrote_at + _BEHIND_A_WRITE)
            try:
                unread = self._unread()
            except OSError:  # it is being closed
                return
            if unread is None:
                self._looks.clear()
            elif self._wrote_at == wrote_at and self._clock.monotonic() - wrote_at < _AT_MOST:
                self._looks.append(unread)


def unread_over_loopback(link: socket.socket) -> int | None:
    """Bytes that the other end of a TCP connection has not read; None where it is not on this machine."""
    ports = _ports(link)
    for table in _TABLES if ports else ():
        with suppress(OSError, ValueError, IndexError):
            for line in table.read_text(encoding="ascii").splitlines()[1:]:
                _, local, remote, state, queues, *_ = line.split()
                if state == _ESTABLISHED and (_port(remote), _port(local)) == ports:
                    return int(queues.partition(":")[2], 16)
    return None


def _ports(link: socket.socket) -> tuple[int, int] | None:
    """Our port and the other end's, where both ends have one address of this machine."""
    try:
        (here, ours, *_), (there, theirs, *_) = link.getsockname(), link.getpeername()
    except OSError:
        return None
    return (ours, theirs) if here == there else None


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)
