"""The process in which one file is read: gives up what it does not need, reads, answers with one JSON document, ends.

Called by `scheduler.intake.isolation`, never by a person: python -m scheduler.intake.child KIND <FILE >ANSWER. The
answer is {"text"} or {"reason", "details"}, with "fault" for the log. It decides nothing about the station and writes
to no disk.
"""

import contextlib
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from scheduler.errors import DispatchError
from scheduler.intake.reading import read_here

__all__ = ["MEMORY"]

MEMORY = 256_000_000
"""Address space: an honest file of twenty megabytes takes half of it."""
_CPU_SECONDS = 7
_ALARM_SECONDS = 15
"""When nobody waits for the answer any more."""
_MAX_WRITTEN = 64_000_000
_NICE = 5


def _answer(kind: str, data: bytes) -> dict[str, Any]:
    try:
        return {"text": read_here(kind, data)}
    except DispatchError as refused:
        fault = repr(refused.__cause__)[:500] if refused.__cause__ else ""
        return {"reason": refused.reason, "details": refused.details, "fault": fault}


def _be_modest() -> None:
    signal.alarm(_ALARM_SECONDS)
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, _MAX_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    _be_modest()
    sys.stdout.buffer.write(json.dumps(_answer(sys.argv[1], sys.stdin.buffer.read())).encode("ascii"))
