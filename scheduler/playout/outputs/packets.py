"""RTP by the book (RFC 3550, RFC 3551): headers, and packets that leave evenly spaced instead of in heaps.

Sequence numbers run on, timestamps count frames, and where the clock shows that frames were left out the timestamp
skips as far and the marker bit says so. The pace follows the promptest hand-over seen, on the caller's clock, so a late
block does not make everything after it late. A thread sends; it waits for nobody.
"""

import secrets
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.beside import Beside
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import OutputError

__all__ = ["CUSHION", "Header", "Pacer", "Schedule"]

_HEADER = struct.Struct("!BBHII")
_VERSION = 0x80
_MARKER = 0x80
CUSHION = 0.01
"""Seconds that the first frame of a block stays here before it leaves: room for a block that comes late."""
_SKIPPED = 0.25
"""A hand-over later than this left frames out; less is caught up."""
_CLOSEST = 0.002
"""Seconds between two packets that are late already."""
_FAREWELL = 0.2


@dataclass(slots=True)
class Header:
    """The headers of one stream: `payload_type`, ticks of the RTP `clock` a second, and who sends."""

    payload_type: int
    clock: int
    ssrc: int
    sequence: int
    timestamp: int

    @classmethod
    def of_new_stream(cls, payload_type: int, clock: int) -> "Header":
        """With a source, a sequence and a timestamp at random, as RFC 3550 wants."""
        return cls(payload_type, clock, secrets.randbits(32), secrets.randbits(16), secrets.randbits(32))

    def packet(self, payload: bytes, frames: int, *, marked: bool) -> bytes:
        """The next packet; `frames` house frames are in it."""
        kind = self.payload_type | (_MARKER if marked else 0)
        header = _HEADER.pack(_VERSION, kind, self.sequence, self.timestamp, self.ssrc)
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.skip(frames)
        return header + payload

    def skip(self, frames: int) -> None:
        """`frames` house frames are not sent."""
        self.timestamp = (self.timestamp + frames * self.clock // HOUSE_RATE) & 0xFFFFFFFF


class Schedule:
    """When frames leave, by when frames were handed over: pure arithmetic."""

    def __init__(self) -> None:
        self._anchor: float | None = None
        self._handed = 0

    def hand_over(self, frames: int, now: float) -> int:
        """`frames` further ones came at `now`; how many were left out before them, in whole thousandths of a second."""
        # The first of them leaves CUSHION from now at the latest: when would frame 0 have left, seen from here?
        anchor = now + CUSHION - self._handed / HOUSE_RATE
        self._handed += frames
        if self._anchor is None:
            self._anchor = anchor
        late = anchor - self._anchor
        if late > _SKIPPED:
            self._anchor = anchor
            return round(late * 1000) * HOUSE_RATE // 1000
        self._anchor = min(self._anchor, anchor)
        return 0

    def due(self, frame: int) -> float:
        """When the frame of that number leaves; frames left out are not numbered."""
        return (self._anchor or 0.0) + frame / HOUSE_RATE


class Pacer:
    """Sends each packet at its frame's time. `send` is called on the pacer's thread; what it raises comes out later."""

    def __init__(self, clock: Clock, header: Header, send: Callable[[bytes], None], *, name: str = "rtp") -> None:
        self._clock = clock
        self._header = header
        self._send = send
        self._schedule = Schedule()
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._news = threading.Condition()
        self._closing = False
        self._stopped = threading.Event()
        self._packed = 0
        self._marked = True
        self.error: Exception | None = None
        self._thread = Beside(self._run, name)
        if not self._thread.begins():
            raise OutputError(f"{name} cannot send: this machine has no memory or thread left for it")

    def hand_over(self, frames: int) -> None:
        """`frames` further house frames have come, whether or not they make packets yet."""
        if skipped := self._schedule.hand_over(frames, self._clock.monotonic()):
            self._header.skip(skipped)
            self._marked = True

    def add(self, payload: bytes, frames: int) -> bool:
        """The next packet, of `frames` house frames; call `hand_over` for its frames before.

        False when it is given up because a second of sound waits already.
        """
        packet = self._header.packet(payload, frames, marked=self._marked)
        self._marked = False
        due = self._schedule.due(self._packed)
        self._packed += frames
        with self._news:
            if len(self._waiting) * frames >= HOUSE_RATE:
                return False
            self._waiting.append((due, packet))
            self._news.notify()
            return True

    def close(self) -> None:
        """Let what waits leave in its time, a fifth of a second at most; then nothing is sent any more."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join(_FAREWELL)
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        left = float("-inf")
        while (item := self._next()) and not self._stopped.is_set():
            due, packet = item
            pause = max(due, left + _CLOSEST) - self._clock.monotonic()
            if pause > 0 and self._stopped.wait(pause):
                return
            left = self._clock.monotonic()
            try:
                self._send(packet)
            except Exception as error:  # noqa: BLE001 - whatever it is, the writer is told and this thread is over
                self.error = error
                return

    def _next(self) -> tuple[float, bytes] | None:
        """The packet whose turn is next; None when it is closing and nothing waits."""
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._closing)
            return self._waiting.popleft() if self._waiting else None
