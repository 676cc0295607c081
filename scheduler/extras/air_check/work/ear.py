"""The ear: sound from an input of this machine, in pieces, each with the instant it came.

A child process records, because the sound server's library may hang or end the process it is in; a child that ends, or
gives nothing for a while, is followed by another at growing intervals. The sound is passed on as it is, unlevelled, and
is never written anywhere.
"""

import logging
import os
import re
import select
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scheduler.kernel.clock import Clock

__all__ = ["Ear", "Piece", "SoundcardEar"]

log = logging.getLogger(__name__)

_PIECE = 9_600
"""Bytes taken at a time: 0.1 s."""
_LOOK = 0.2
"""Seconds until the thread sees that it is to stop."""
_AGAIN = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds between the children of one run."""
_HELD_OUT = 30.0
"""A child that lived so long starts that list again."""
_HUNG = 8.0
"""Seconds without a sample after which a child is ended."""
_MOST_WAITING = 600
"""Pieces that wait for the monitor at most (a minute)."""
_FAULTS = {"relay_no_device": "air_monitor_no_device", "relay_no_sound_server": "air_monitor_no_server"}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples at the house rate. `arrived`: when the last of them had come; `fresh`: nothing came just before."""

    arrived: datetime
    samples: NDArray[np.int16]
    fresh: bool = False


class Ear(Protocol):
    """What the monitor needs of whatever it listens with."""

    device: str
    fault: str
    """Reason code of why it hears nothing; empty while it hears."""

    def start(self) -> None:
        """Returns at once."""

    def take(self) -> list[Piece]:
        """What has come since the last call."""

    def stop(self) -> None:
        """Nothing comes afterwards."""


class SoundcardEar:
    """Records from `device` (empty = the default input) by the child of the line input."""

    def __init__(self, device: str, clock: Clock) -> None:
        self.device = device
        self.fault = ""
        self.pid: int | None = None
        self._clock = clock
        self._pieces: deque[Piece] = deque(maxlen=_MOST_WAITING)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ear", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def take(self) -> list[Piece]:
        taken: list[Piece] = []
        while self._pieces:
            taken.append(self._pieces.popleft())
        return taken

    def stop(self) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(5)

    def _run(self) -> None:
        tries = 0
        while not self._stop.is_set():
            began = self._clock.monotonic()
            try:
                fault = self._listen()
            except Exception:  # the edge of the thread: no process to be had now may be one in a moment
                log.exception("the ear's child could not be run")
                fault = "air_monitor_no_sound"
            if self._stop.is_set():
                return
            if fault != self.fault:
                log.warning("the ear hears nothing: %s", fault)
            self.fault = fault
            tries = 0 if self._clock.monotonic() - began > _HELD_OUT else tries
            self._stop.wait(_AGAIN[min(tries, len(_AGAIN) - 1)])
            tries += 1

    def _listen(self) -> str:
        """One child from its start to its end; the reason code of the end."""
        command = [sys.executable, "-m", "scheduler.playout.relay.capture", "--as-is", "--", self.device]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        with subprocess.Popen(  # noqa: S603 - our own module; the device is one argument behind "--"
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        ) as child:
            self.pid = child.pid
            try:
                self._read(child)
            finally:
                child.kill()
                said = child.stderr.read() if child.stderr else b""
        self.pid = None
        lines = said.decode("utf-8", "replace").strip().splitlines()
        word = _WORD.match(lines[-1]) if lines else None
        return _FAULTS.get(word[0] if word else "", "air_monitor_no_sound")

    def _read(self, child: "subprocess.Popen[bytes]") -> None:
        assert child.stdout is not None  # noqa: S101 - it was asked for
        out, odd, is_fresh = child.stdout.fileno(), b"", True
        poll = select.poll()
        poll.register(out, select.POLLIN)
        heard_at = self._clock.monotonic()
        while not self._stop.is_set():
            if not poll.poll(_LOOK * 1000):
                if self._clock.monotonic() - heard_at > _HUNG:
                    log.warning("the ear's child gives nothing and is ended")
                    return
                continue
            data = os.read(out, _PIECE)
            if not data:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(1)
                return
            heard_at = self._clock.monotonic()
            whole = odd + data
            odd = whole[len(whole) // 2 * 2 :]
            samples = np.frombuffer(whole[: len(whole) // 2 * 2], "<i2").astype(np.int16, copy=False)
            self.fault = ""  # before the piece: whoever takes one must not read a fault that is over
            self._pieces.append(Piece(self._clock.now(), samples, is_fresh))
            if is_fresh:
                log.info("the ear listens to %s", self.device or "the default input")
            is_fresh = False
