"""A source of live sound as playout sees it: started, it delivers plain samples from a thread of its own until stopped.

One `Source` is one run; to try again, make another. A stream and the line input come through a pipe from a child
process, which may be killed, hang or be started anew without playout feeling it. It never decides whether a source is
good enough to be on air.
"""

import logging
import os
import re
import select
import signal
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

import numpy as np

from scheduler.kernel.beside import Beside
from scheduler.kernel.clock import Clock
from scheduler.playout.priority import be_ordinary
from scheduler.playout.relay.sound import Meter, Pace, Pcm
from scheduler.playout.relay.source_selector import SourceReport

__all__ = ["ChildSource", "Deliver", "Source", "ThreadedSource", "capture_command", "stream_command"]

log = logging.getLogger(__name__)

Deliver = Callable[["Source", Pcm, float], None]
"""Called from the source's thread with samples and the monotonic second they came."""

CUSHION = 2.0
"""Seconds a stream may run ahead of real time: what a server sends in a burst evens out its later pauses."""
_BLOCK = 9_600
"""Bytes taken at a time: 0.1 s."""
_LOOK = 0.1
"""Seconds until a thread sees that it is to stop."""
_AGAIN = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Pauses between the children of one run."""
_HELD_OUT = 30.0
"""A child that lived so long starts that list again."""
_MOST_SAID = 2_000
_REFUSED = 3
"""A child's exit code when its source is refused (child.EXIT_REFUSED; not imported: that module is for children)."""
_REASON = re.compile(r"relay_[a-z_]+")
_BY_SIGNAL = {int(signal.SIGALRM): "relay_timeout", int(signal.SIGXCPU): "relay_damaged"}


class Source(Protocol):
    """What the chain needs of any source."""

    def start(self) -> None:
        """Returns at once."""

    def stop(self) -> None:
        """Asks it to end; returns at once. Nothing is delivered after `join`."""

    def join(self, timeout: float) -> bool:
        """Wait for its end; False when it has not come."""

    def seen(self) -> SourceReport:
        """What it has given up to now."""

    def level_db(self) -> float:
        """Of the last second it gave."""


def stream_command(
    url: str, *, allow_private: bool, allowed_hosts: tuple[str, ...], target_lufs: float, idle: float
) -> list[str]:
    """The child that relays a stream."""
    options = [f"--target-lufs={target_lufs}", f"--idle={idle}", *(["--allow-private"] if allow_private else [])]
    options += [f"--allowed-host={host}" for host in allowed_hosts]
    return [sys.executable, "-m", "scheduler.playout.relay.decode", *options, "--", url]


def capture_command(device: str, *, target_lufs: float) -> list[str]:
    """The child that records the line input."""
    return [sys.executable, "-m", "scheduler.playout.relay.capture", f"--target-lufs={target_lufs}", "--", device]


class ThreadedSource(ABC):
    """What every source of live sound does alike; what it reads, and how, is `_run` of its own kind."""

    def __init__(self, name: str, deliver: Deliver, clock: Clock, *, silence_db: float) -> None:
        self._deliver = deliver
        self._clock = clock
        self._meter = Meter(silence_db)
        self._fault = ""
        self._stop = threading.Event()
        self._name = name
        self._thread: Beside | None = None

    def start(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._thread = Beside(self._run, self._name)
        self._thread.begin()

    def stop(self) -> None:
        self._stop.set()

    def join(self, timeout: float) -> bool:
        return self._thread is None or self._thread.join(timeout)

    def seen(self) -> SourceReport:
        if self._thread is not None and self._thread.is_stillborn and not self._stop.is_set():
            log.error("no thread could be had for %s: another is tried", self._name)
            self._begin()
        return SourceReport(self._meter.heard_at, self._meter.loud_at, self._meter.frames, self._fault)

    def level_db(self) -> float:
        return self._meter.level_db

    @abstractmethod
    def _run(self) -> None:
        """Read and deliver until `_stop` is set."""


class ChildSource(ThreadedSource):
    """Samples from a child's stdout, in real time; a child that ends is followed by another, at growing intervals."""

    def __init__(self, command: list[str], deliver: Deliver, clock: Clock, *, silence_db: float) -> None:
        super().__init__("relay-source", deliver, clock, silence_db=silence_db)
        self._command = command
        self._pace = Pace(CUSHION)
        self.pid: int | None = None

    def _run(self) -> None:
        be_ordinary()
        tries = 0
        while not self._stop.is_set():
            began = self._clock.monotonic()
            try:
                refused = self._listen()
            except Exception:  # the edge of the thread: no process to be had now may be one in a moment
                log.exception("a relay's child could not be run or listened to")
                self._fault, refused = "relay_fault", False
            if refused:
                return
            tries = 0 if self._clock.monotonic() - began > _HELD_OUT else tries
            self._stop.wait(_AGAIN[min(tries, len(_AGAIN) - 1)])
            tries += 1

    def _listen(self) -> bool:
        """One child from its start to its end. True when another one would be refused like this one."""
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(  # noqa: S603 - our own module; the URL is one checked argument behind "--"
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        ) as child:
            self.pid = child.pid
            try:
                said = self._read(child)
            finally:
                child.kill()
            code = child.wait()
            self.pid = None
        if self._stop.is_set():
            return False
        self._fault = _reason(code, said)
        log.info("relay source ended: %s", said.strip() or self._fault)
        return code == _REFUSED

    def _read(self, child: "subprocess.Popen[bytes]") -> str:
        """Deliver what comes until there is no more; the last that was said on stderr."""
        if child.stdout is None or child.stderr is None:
            return ""
        out, err = child.stdout.fileno(), child.stderr.fileno()
        said, odd = b"", b""
        listening = {out, err}
        while listening and not self._stop.is_set():
            wait = self._pace.wait(self._clock.monotonic())
            ready = _readable(listening - {out} if wait > 0 else listening, min(wait, _LOOK) if wait > 0 else _LOOK)
            if err in ready:
                piece = os.read(err, _MOST_SAID)
                said = (said + piece)[-_MOST_SAID:]
                listening -= set() if piece else {err}
            if out in ready:
                data = os.read(out, _BLOCK)
                listening -= set() if data else {out}
                odd = self._take(odd + data)
        return said.decode("utf-8", "replace")

    def _take(self, data: bytes) -> bytes:
        """Whole samples go out; half a one is given back."""
        whole = len(data) // 2 * 2
        if whole:
            samples = np.frombuffer(data[:whole], "<i2").astype(np.int16, copy=False)
            now = self._clock.monotonic()
            self._pace.took(len(samples), now)
            self._meter.add(samples, now)
            self._deliver(self, samples, now)
        return data[whole:]


def _readable(files: set[int], timeout: float) -> set[int]:
    """Those that have something to read, or have ended. Not select(): that knows no descriptor above 1023."""
    poll = select.poll()
    for file in files:
        poll.register(file, select.POLLIN)
    return {file for file, _ in poll.poll(timeout * 1000.0)}


def _reason(code: int, said: str) -> str:
    """The reason code of a child's end: its own word, or what its exit tells."""
    if code < 0:
        return _BY_SIGNAL.get(-code, "relay_fault")
    lines = said.strip().splitlines()
    found = _REASON.match(lines[-1]) if lines else None
    return found[0] if found else "relay_fault"
