"""The process in which one stranger's sound is decoded: binds itself, decodes, answers, ends.

Called by `audio_assets.decode_apart`, never by a person: python -m audio_assets.decode_child SECONDS SINK <FILE
>ANSWER. SECONDS is the longest sound, SINK the descriptor of the file that takes it. The answer is the share done, in a
fixed place, and behind it one JSON document: {"facts"} or {"reason", "details"}. It decides nothing about the station.

Computing time is earned by sound: a file that only keeps the processor busy is given up after seconds, whatever it says
of itself, while an honest hour gets what an hour needs on a slow machine.
"""

import errno
import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from audio_assets.decode import decode_into
from scheduler.kernel.errors import AudioError
from scheduler.kernel.sandbox import Bounds, be_modest

__all__ = ["FIRST_CPU_SECONDS", "MEMORY", "SHARE_BYTES", "STALL_SECONDS", "bounds_for"]

MEMORY = 512_000_000
"""Address space. The libraries take half of it, mostly unused; the sound itself goes to a file."""
FIRST_CPU_SECONDS = 20
"""Computing time before the first second of sound, the libraries' start included."""
_CPU_A_SECOND = 0.1
"""Computing time earned by a second of sound: ten times what the slowest honest format costs on an office PC."""
STALL_SECONDS = 60
"""On the wall without a new block of sound."""
_SLACK = 16_000_000
SHARE_BYTES = len("0.0000\n")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def bounds_for(max_seconds: float) -> Bounds:
    """What decoding a sound of up to `max_seconds` may cost; twice the length, since a mended file is read twice."""
    return Bounds(
        memory=MEMORY,
        cpu_seconds=FIRST_CPU_SECONDS,
        cpu_most=FIRST_CPU_SECONDS + int(2 * max_seconds * _CPU_A_SECOND),
        alarm_seconds=STALL_SECONDS,
        written=int(max_seconds * 96_000) + _SLACK,
    )


class _Earning:
    """Told of each block of sound: writes the share done where the parent looks, and moves the bounds on.

    A block is the sink's growth since the last one, so that many empty blocks earn nothing.
    """

    def __init__(self, sink: BinaryIO, answer: int) -> None:
        self._sink = sink
        self._answer = answer
        self._written = 0
        self._seconds = 0.0

    def __call__(self, share: float) -> None:
        written = self._sink.tell()
        self._seconds += max(0, written - self._written) / 96_000.0
        if written != self._written:
            signal.alarm(STALL_SECONDS)
        self._written = written
        most = resource.getrlimit(resource.RLIMIT_CPU)[1]
        earned = FIRST_CPU_SECONDS + int(self._seconds * _CPU_A_SECOND)
        resource.setrlimit(resource.RLIMIT_CPU, (earned if most < 0 else min(earned, most), most))
        os.pwrite(self._answer, f"{share:.4f}\n".encode("ascii"), 0)


def _answered(source: BinaryIO, sink: BinaryIO, max_seconds: float, answer: int) -> dict[str, Any]:
    try:
        facts = decode_into(source, sink, max_seconds, _Earning(sink, answer))
        sink.flush()
        return {"facts": asdict(facts)}
    except AudioError as refused:
        return {"reason": refused.reason, "details": refused.details}
    except MemoryError:
        return {"reason": "audio_too_heavy", "details": {}}
    except OSError as error:
        return {"reason": "disk_full" if error.errno in _FULL else "audio_damaged", "details": {"cause": str(error)}}
    except Exception as fault:  # whatever the libraries trip over, the file is at fault  # noqa: BLE001
        return {"reason": "audio_damaged", "details": {"cause": repr(fault)[:500]}}


def _main(max_seconds: float, sink_number: int) -> None:
    be_modest(bounds_for(max_seconds))
    answer = sys.stdout.fileno()
    with os.fdopen(sink_number, "r+b") as sink:
        told = _answered(sys.stdin.buffer, sink, max_seconds, answer)
        os.pwrite(answer, json.dumps(told).encode("ascii"), SHARE_BYTES)  # before a close that a full disk may fail


if __name__ == "__main__":
    _main(float(sys.argv[1]), int(sys.argv[2]))
