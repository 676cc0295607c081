"""A stranger's sound, decoded in a process of its own: however it goes, the caller gets a sound or a reason.

The file is handed down as an open descriptor and the sound comes back as a file without a name, mapped and not read:
after any crash, of whichever side, nothing of it is left on the disk. What the process may cost stands in
`decode_child`. Whether the sound is worth airing is not decided here.
"""

import json
import logging
import mmap
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from audio_assets.decode import Decoded, Progress, opened
from audio_assets.decode_child import FIRST_CPU_SECONDS, SHARE_BYTES, STALL_SECONDS, bounds_for
from audio_assets.part_file import disk_faults
from scheduler.config.loading import AudioConfig
from scheduler.kernel.errors import AudioError, Refused
from scheduler.kernel.sandbox import cost_too_much, memory_file, run_apart

__all__ = ["decode_apart"]

_log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "audio_assets.decode_child")
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""One thread's stacks and arenas: the address space is counted."""
_WALL_FOR_CPU = 5
"""A process that gives way to all others may take this many times its computing time."""
_LONGEST_ANSWER = 100_000


def decode_apart(
    path: Path, limits: AudioConfig, *, progress: Progress | None = None, scratch: Path | None = None
) -> Decoded:
    """The first sound of a file, as `decode.decode` gives it. Raises AudioError, and Refused disk_full.

    `scratch` is a folder on the disk that takes the sound while it is looked at. `progress` is called a few times a
    second; what it raises ends the work.
    """
    max_seconds = limits.max_clip_minutes * 60.0
    if scratch is not None:
        scratch.mkdir(parents=True, exist_ok=True)
    with (
        opened(path, limits) as source,
        disk_faults(),
        tempfile.TemporaryFile(dir=scratch, buffering=0) as sink,
        memory_file("answer") as answer,
    ):
        told = _answer_of_child(source, sink, answer, max_seconds, progress)
        if "reason" in told:
            raise _refusal(told)
        facts = told["facts"] | {"warnings": tuple(told["facts"]["warnings"])}
        return Decoded(pcm=_mapped(sink), **facts)


def _answer_of_child(
    source: BinaryIO, sink: BinaryIO, answer: BinaryIO, max_seconds: float, progress: Progress | None
) -> dict[str, Any]:
    """What the child said of the file, or what its end says."""
    bounds = bounds_for(max_seconds)

    def tell() -> None:
        if progress is not None:
            progress(_share(answer))

    try:
        code = run_apart(
            [*COMMAND, str(max_seconds), str(sink.fileno())],
            source,
            answer,
            STALL_SECONDS + _WALL_FOR_CPU * max(bounds.cpu_most, FIRST_CPU_SECONDS),
            keep=(sink.fileno(),),
            environment=_ENVIRONMENT,
            meanwhile=tell,
        )
    except TimeoutError:
        _log.warning("a sound was given up: its process did not end")
        return {"reason": "audio_too_heavy", "details": {}}
    tell()
    answer.seek(SHARE_BYTES)
    try:
        told = json.loads(answer.read(_LONGEST_ANSWER))
    except ValueError:
        _log.warning("the process that decoded a sound ended with %s and said nothing", code)
        return {"reason": "audio_too_heavy" if cost_too_much(code) else "audio_damaged", "details": {}}
    return dict(told)


def _share(answer: BinaryIO) -> float:
    """The share done as the child last wrote it; the file's position is the child's, so none of it is moved."""
    try:
        return float(os.pread(answer.fileno(), SHARE_BYTES, 0))
    except ValueError:
        return 0.0


def _refusal(told: dict[str, Any]) -> Refused:
    if told["reason"] == "disk_full":
        return Refused("disk_full")
    if "cause" in told["details"]:
        _log.info("a sound is refused: %s %s", told["reason"], told["details"]["cause"])
    return AudioError(told["reason"], **told["details"])


def _mapped(sink: BinaryIO) -> Any:
    """The sound as numbers that the system reads from the file when they are looked at, and may forget again."""
    size = sink.seek(0, 2)
    if not size:
        return np.zeros(0, dtype=np.int16)
    return np.frombuffer(mmap.mmap(sink.fileno(), size, access=mmap.ACCESS_READ), dtype="<i2")
