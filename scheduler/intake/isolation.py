"""A file that could be hostile is read in a process of its own, and what that process may cost is fixed here.

The process has an address space, a time of computing and a time on the wall; the system holds it to the first two, we
to the third. It runs behind everything that matters to the air and is the first to go when memory is short. Whatever
becomes of it, the caller gets the text or a DispatchError. How a format is read is not known here.
"""

import json
import logging
import os
import signal
import subprocess
import sys
from threading import BoundedSemaphore

from scheduler.errors import DispatchError
from scheduler.intake.kinds import Kind
from scheduler.intake.memory_file import memory_file

__all__ = ["SECONDS", "read_apart"]

_log = logging.getLogger(__name__)

SECONDS = 7.5
"""On the wall. With the wait for a turn a refusal comes within ten seconds."""
COMMAND = (sys.executable, "-m", "scheduler.intake.child")
_TURN_SECONDS = 2.0
_AT_ONCE = 2
"""Honest files are read in a blink; more at a time would only let hostile ones fill the memory together."""
_LONGEST_ANSWER = 8_000_000
_turns = BoundedSemaphore(_AT_ONCE)


def read_apart(kind: Kind, data: bytes) -> str:
    """The text of a file of that kind. Raises DispatchError, and nothing else."""
    if not _turns.acquire(timeout=_TURN_SECONDS):
        raise DispatchError("dispatch_reader_busy")
    try:
        return _read(kind, data)
    finally:
        _turns.release()


def _read(kind: Kind, data: bytes) -> str:
    with memory_file("dispatch") as source, memory_file("answer") as answer:
        source.write(data)
        source.seek(0)
        child = subprocess.Popen(  # noqa: S603 - our own module, told one word of `kinds`
            [*COMMAND, kind],
            stdin=source, stdout=answer, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            code = child.wait(SECONDS)
        except subprocess.TimeoutExpired:
            _log.warning("a %s file was given up after %s s", kind, SECONDS)
            raise DispatchError("dispatch_too_heavy") from None
        finally:
            _end(child)
        answer.seek(0)
        return _understood(kind, code, answer.read(_LONGEST_ANSWER))


def _end(child: "subprocess.Popen[bytes]") -> None:
    """The child, and a tool that it may have started."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _understood(kind: Kind, code: int, answer: bytes) -> str:
    try:
        told = json.loads(answer)
    except ValueError:
        _log.warning("the reader of a %s file ended with %s and said nothing", kind, code)
        # Killed for what it cost (computing time, memory of the machine), or fallen over in a library.
        heavy = -code in {signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM}
        raise DispatchError("dispatch_too_heavy" if heavy else "dispatch_damaged") from None
    if told.get("fault"):
        _log.info("a %s file is refused: %s", kind, told["fault"])
    if "reason" in told:
        raise DispatchError(told["reason"], **told["details"])
    return str(told["text"])
