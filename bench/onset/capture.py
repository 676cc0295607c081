"""Two ways to hear what is played: at the monitor of a null sink, or by being the sound card.

Both collect frames and the time of every read (see scoring.Recording). Neither knows what ought to sound.
"""

import fcntl
import os
import subprocess
import sys
import termios
import threading
from array import array
from contextlib import suppress

import numpy as np
from running import CLOCK, pause

from onset.scoring import RATE, Recording

BLOCK_MS = 1
"""Asked of the monitor: the null sink renders one block of this length before it sounds, and cannot take it back."""
AHEAD_MS = 20
"""With larger blocks PulseAudio gives out what can no longer be taken back, less one piece as the player wrote it: our
engine writes 20 ms at a time. Good to 1 ms (blocks of 100 and 280 ms agree with 1 ms), no more."""
_FRAME = 2


class _Capture:
    """Reads on a thread of its own until `stop`."""

    def __init__(self):
        # Flat buffers: ten minutes are half a million reads, and a garbage collector that looks through them is late.
        self._data, self._marks = bytearray(), array("d")
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _keep(self, data, sounded_at):
        self._data += data
        self._marks.extend((len(self._data) // _FRAME, sounded_at, CLOCK.now().timestamp() - CLOCK.monotonic()))

    def stop(self):
        """The recording."""
        self._ending.set()
        self._thread.join()
        if not self._marks:
            raise SystemExit("nothing was captured: the sound server gave its monitor no frames")
        frames = np.frombuffer(self._data[: len(self._data) // _FRAME * _FRAME], "<i2")
        return Recording(frames, np.array(self._marks).reshape(-1, 3))


class Monitor(_Capture):
    """What the null sink sounds, through parec."""

    def __init__(self, environment, block_ms=BLOCK_MS, ahead_ms=BLOCK_MS):
        """`block_ms`: the sink's own block leaves it as it is for its other clients. `ahead_ms`: see AHEAD_MS."""
        self._ahead = ahead_ms / 1e3
        form = ["--raw", "--format=s16le", f"--rate={RATE}", "--channels=1"]
        brisk = [f"--latency-msec={block_ms:.0f}", f"--process-time-msec={block_ms:.0f}"]
        command = ["parec", "-d", "ward.monitor", *form, *brisk]
        self._parec = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, bufsize=0)
        super().__init__()

    def _read(self):
        while data := os.read(self._parec.stdout.fileno(), 65536):
            self._keep(data, CLOCK.monotonic() + self._ahead)

    def stop(self):
        self._parec.terminate()
        self._parec.wait()
        recording = super().stop()
        self._parec.stdout.close()
        return recording


class FifoCard(_Capture):
    """A sound card by construction: takes exactly RATE frames a second out of a FIFO; what it takes sounds at once.

    It begins to take `buffer` seconds after the first frame came (seen within 2 ms), so that a frame sounds so long after it
    was due in the FIFO. From then on what is not there in time becomes silence and counts as an underrun of 2 ms, when more comes after it.
    """

    def __init__(self, path, buffer):
        os.mkfifo(path)
        # Both ends, so that a writer that comes and goes is no end of file.
        self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._buffer = buffer
        self.underruns, self._short = 0, 0
        super().__init__()

    def _waiting(self):
        return int.from_bytes(fcntl.ioctl(self._pipe, termios.FIONREAD, bytes(4)), sys.byteorder)

    def _take(self, frames):
        data = b""
        with suppress(BlockingIOError):
            data = os.read(self._pipe, frames * _FRAME)  # the writer writes whole frames
        if data:  # what was missing before it was missing in the middle; after the last frame nothing is
            self.underruns += self._short
            self._short = 0
        self._short += len(data) < frames * _FRAME
        return data

    def _read(self):
        start, taken, live_at = CLOCK.monotonic(), 0, float("inf")
        while not self._ending.is_set():
            pause(0.002)
            now = CLOCK.monotonic()
            wanted = int((now - start) * RATE) - taken
            if live_at == float("inf") and self._waiting():
                live_at = now + self._buffer
            data = self._take(wanted) if now >= live_at else b""
            taken += wanted
            self._keep(data.ljust(wanted * _FRAME, b"\0"), start + taken / RATE)

    def stop(self):
        recording = super().stop()
        os.close(self._pipe)
        return recording
