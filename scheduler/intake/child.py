"""The process in which one file is read: gives up what it does not need, reads, answers with one JSON document, ends.

Called by `scheduler.intake.isolation`, never by a person: python -m scheduler.intake.child KIND <FILE >ANSWER. The
answer is {"text"} or {"reason", "details"}, with "fault" for the log. It decides nothing about the station and writes
to no disk.
"""

import json
import sys
from typing import Any

from scheduler.intake.reading import read_here
from scheduler.kernel.errors import DispatchError
from scheduler.kernel.sandbox import Bounds, be_modest

__all__ = ["MEMORY"]

MEMORY = 256_000_000
"""Address space: an honest file of twenty megabytes takes half of it."""
_BOUNDS = Bounds(memory=MEMORY, cpu_seconds=7, alarm_seconds=15, written=64_000_000)


def _answer(kind: str, data: bytes) -> dict[str, Any]:
    try:
        return {"text": read_here(kind, data)}
    except DispatchError as refused:
        fault = repr(refused.__cause__)[:500] if refused.__cause__ else ""
        return {"reason": refused.reason, "details": refused.details, "fault": fault}


if __name__ == "__main__":
    be_modest(_BOUNDS)
    sys.stdout.buffer.write(json.dumps(_answer(sys.argv[1], sys.stdin.buffer.read())).encode("ascii"))
