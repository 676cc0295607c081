"""A document that could be hostile is read in a process of its own: who gets a turn, and what became of it.

Whatever becomes of the process, the caller gets the text or a DispatchError. What the process may cost stands beside
its work in `scheduler.intake.child`; how it is bound and ended is `sandbox`'s. How a format is read is not
known here.
"""

import json
import logging
import sys
from threading import BoundedSemaphore

from scheduler.intake.kinds import Kind
from scheduler.kernel.errors import DispatchError
from scheduler.kernel.sandbox import cost_too_much, memory_file, run_apart

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
        try:
            code = run_apart([*COMMAND, kind], source, answer, SECONDS)
        except TimeoutError:
            _log.warning("a %s file was given up after %s s", kind, SECONDS)
            raise DispatchError("dispatch_too_heavy") from None
        answer.seek(0)
        return _understood(kind, code, answer.read(_LONGEST_ANSWER))


def _understood(kind: Kind, code: int, answer: bytes) -> str:
    try:
        told = json.loads(answer)
    except ValueError:
        _log.warning("the reader of a %s file ended with %s and said nothing", kind, code)
        raise DispatchError("dispatch_too_heavy" if cost_too_much(code) else "dispatch_damaged") from None
    if told.get("fault"):
        _log.info("a %s file is refused: %s", kind, told["fault"])
    if "reason" in told:
        raise DispatchError(told["reason"], **told["details"])
    return str(told["text"])
