"""Starts processes of the station by forking one that has imported what all of them need: they share it, and begin at
once.

`Spawner.begin` is called by `loa run` before it has a thread, a lock or a database. The process it leaves behind only
imports and forks. What it forks becomes the supervisor's own child: who forked it ends, and the kernel hands it over
(PR_SET_CHILD_SUBREAPER). Where that cannot be had, or the forking process has gone, `start` gives None and the
supervisor starts a fresh interpreter.
"""

import ctypes
import gc
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

__all__ = ["Adopted", "Spawner", "Started", "Strangers"]

log = logging.getLogger(__name__)

ANSWERS_WITHIN = 5.0
"""Seconds in which the forking process answers; it only forks."""
MOST_ASKED = 65_536
_PR_SET_CHILD_SUBREAPER = 36
_ARGUMENTS_BEGIN, _ARGUMENTS_END = 45, 46
"""Fields of /proc/self/stat behind the name: where the command line lies in memory."""


class Started(Protocol):
    """A process that was started, as the supervisor looks after it; `subprocess.Popen` is one."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Adopted:
    """A child of ours that somebody else has forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired."""
        if self.poll() is None:
            ends = os.pidfd_open(self.pid)
            try:
                select.select([ends], [], [], timeout)
            finally:
                os.close(ends)
        if (code := self.poll()) is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
        return code

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:  # not waited for yet, so the number is still its own
            os.kill(self.pid, number)


class Spawner:
    """The process that forks, seen from the supervisor."""

    def __init__(self, line: socket.socket) -> None:
        self._line: socket.socket | None = line

    @classmethod
    def begin(cls, run: Callable[[Sequence[str]], object]) -> "Spawner | None":
        """Leave the forking process behind; None where this process cannot adopt, or has threads.

        In each process that is started later `run` is called with the words it was started with; it ends as `run` does.
        """
        if threading.active_count() > 1 or not _may_adopt():
            return None
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        gc.collect()
        gc.freeze()  # no collector touches what is shared by now
        if os.fork() == 0:
            ours.close()
            run(_forked(its))
            raise SystemExit(0)
        its.close()
        ours.settimeout(ANSWERS_WITHIN)
        return cls(ours)

    def start(self, words: Sequence[str]) -> Adopted | None:
        """A new process with these words; None where none can be forked: then none is asked for any more."""
        if self._line is None:
            return None
        try:
            self._line.send(json.dumps(list(words)).encode())
            told = self._line.recv(MOST_ASKED)
        except OSError:
            told = b""
        if not told:
            log.error("the process that forks is gone, processes begin without it from now on")
            self.end()
            return None
        return Adopted(int(told))

    def end(self) -> None:
        """Let the forking process end; what it has forked goes on."""
        if self._line is not None:
            self._line.close()
            self._line = None


class Strangers:
    """Children that somebody left to us: who has ended and is waited for by nobody is taken out of the table."""

    def __init__(self) -> None:
        self._before: set[int] = set()

    def take_out(self, own: set[int]) -> None:
        """To be called now and then; `own`: children that are waited for. One that is seen twice is nobody's."""
        with suppress(ChildProcessError):
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None or ended.si_pid in own:
                self._before = set()
            elif ended.si_pid in self._before:
                os.waitpid(ended.si_pid, os.WNOHANG)
            else:
                self._before = {ended.si_pid}


def _may_adopt() -> bool:
    """Whether orphans below this process become its children from now on."""
    if sys.platform != "linux":
        return False
    try:
        return bool(ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def _forked(line: socket.socket) -> list[str]:
    """Fork whenever the supervisor asks; returns in each process that was forked, with its words."""
    os.setpgid(0, 0)  # Ctrl-C is the supervisor's
    while True:
        asked = line.recv(MOST_ASKED)
        if not asked:
            os._exit(0)
        told, tells = os.pipe()
        between = os.fork()
        if between == 0 and _fork_again(tells):
            line.close()
            os.close(told)
            os.close(tells)
            words: list[str] = json.loads(asked)
            _call_itself(words)
            return words
        os.close(tells)
        os.waitpid(between, 0)  # by now its child is the supervisor's
        forked = os.read(told, 32)
        os.close(told)
        try:
            line.send(forked)
        except OSError:  # too late: the supervisor has begun another, and would know nothing of this one
            if forked:
                os.kill(int(forked), signal.SIGKILL)
            os._exit(0)


def _fork_again(tells: int) -> bool:
    """In the process between: fork, tell of it and end. True in the one that stays, when it has been handed over."""
    between = os.getpid()
    try:
        if (child := os.fork()) != 0:
            os.write(tells, str(child).encode())
            os._exit(0)
    except OSError:
        os._exit(1)
    while os.getppid() == between:
        select.select([], [], [], 0.001)
    os.setpgid(0, 0)  # a group of its own: a process that is only just starting would else die of Ctrl-C
    return True


def _call_itself(words: Sequence[str]) -> None:
    """Stand in the system's table of processes under these words, as far as they fit; no more than a courtesy."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        begin, end = int(fields[_ARGUMENTS_BEGIN]), int(fields[_ARGUMENTS_END])
        told = b"\0".join(word.encode() for word in ("loa", "process", *words))[: end - begin - 1]
        with Path("/proc/self/mem").open("r+b", buffering=0) as memory:
            memory.seek(begin)
            memory.write(told.ljust(end - begin, b"\0"))
