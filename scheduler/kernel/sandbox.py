"""A file that could be hostile is read in a process of its own: what that process gives up, and that it ends.

The child binds itself before it looks at the first byte: address space, computing time, size of what it writes, time
on the wall, a place behind everything that matters to the air, and its life, which ends with its parent's. The parent
waits and kills. Which file is read, how, and what a failure is called is the caller's: `scheduler.intake` for
documents, `audio_assets` for sound.
"""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

__all__ = ["Bounds", "be_modest", "cost_too_much", "memory_file", "run_apart"]

_STEP_SECONDS = 0.2
"""Between two looks of a parent that has something else to do while it waits."""
_PARENT_DIED = 1
"""PR_SET_PDEATHSIG of Linux's <sys/prctl.h>."""
_PARENT = "LOA_APART_FROM"
"""The variable that tells a child which process began it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may cost: bytes and seconds."""

    memory: int
    """Of address space, the libraries' own included."""
    cpu_seconds: int
    alarm_seconds: int
    """On the wall: when nobody waits for the answer any more."""
    written: int
    """To any one file."""
    cpu_most: int = 0
    """How far a child that shows progress may raise its own computing time; 0 = not at all."""
    nice: int = 5


def be_modest(bounds: Bounds) -> None:
    """In the child: bind this process. What the system refuses to bind is left as it was inherited."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGKILL)
    if os.environ.get(_PARENT, str(os.getppid())) != str(os.getppid()):
        os._exit(1)  # its parent died before it was bound to its life: nobody waits for an answer
    signal.alarm(bounds.alarm_seconds)
    with contextlib.suppress(OSError):
        os.nice(bounds.nice)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for limit, soft, hard in (
        (resource.RLIMIT_AS, bounds.memory, bounds.memory),
        (resource.RLIMIT_CPU, bounds.cpu_seconds, max(bounds.cpu_seconds, bounds.cpu_most)),
        (resource.RLIMIT_FSIZE, bounds.written, bounds.written),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(limit, (soft, hard))


def run_apart(
    command: Sequence[str],
    stdin: BinaryIO,
    stdout: BinaryIO,
    seconds: float,
    *,
    keep: Sequence[int] = (),
    environment: Mapping[str, str] | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> int:
    """Run a child to its end and give its exit code, negative for the signal that ended it.

    `keep`: descriptors it inherits. `meanwhile` is called while it works; what that raises ends the child too. Raises
    TimeoutError after `seconds` on the wall; no child is ever left behind.
    """
    child = subprocess.Popen(  # noqa: S603 - our own modules, told by our own callers
        command,
        stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL, start_new_session=True, pass_fds=tuple(keep),
        env={**os.environ, **(environment or {}), _PARENT: str(os.getpid())},
    )  # fmt: skip
    try:
        if meanwhile is None:
            return child.wait(seconds)
        for _ in range(max(1, round(seconds / _STEP_SECONDS))):
            with contextlib.suppress(subprocess.TimeoutExpired):
                return child.wait(_STEP_SECONDS)
            meanwhile()
        raise TimeoutError
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    finally:
        _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """The child, and a tool that it may have started."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def cost_too_much(code: int) -> bool:
    """Whether an exit code tells of a bound (computing time, the wall, memory of the machine), not of a fall."""
    return -code in {signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM}


def memory_file(name: str) -> BinaryIO:
    """An empty file that is nowhere on a disk: bytes for another process and back, without a pipe to block on.

    Where the system has none (it is Linux's), a temporary file without a name stands for it. Gone when closed.
    """
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(name), "w+b")
    return cast("BinaryIO", tempfile.TemporaryFile())
