"""What every child process of a relay does: give up its privileges of time and files, write house format to a pipe.

A child inherits playout's real-time priority and must not keep it. It says why it ended in one line on stderr, first
word the reason code, and by its exit code. It never decides what happens next.
"""

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from scheduler.kernel.errors import LoaError, Refused
from scheduler.playout.priority import be_ordinary
from scheduler.playout.relay.fault import RelayError

__all__ = [
    "EXIT_ENDED",
    "EXIT_FAULT",
    "EXIT_LOST",
    "EXIT_REFUSED",
    "no_more_files",
    "open_within",
    "run_child",
    "write",
]

EXIT_ENDED, EXIT_FAULT, EXIT_REFUSED, EXIT_LOST = 0, 1, 3, 4
OPEN_SECONDS = 40
"""A source that has not been opened by then never will be: the system ends the child, also inside a library."""
NICE = 5
MEMORY = 1 << 30
"""Address space; the libraries themselves take a quarter of it."""
CPU_SECONDS = 10
"""Computing time between two blocks of sound after which a decoder is stuck in a loop."""


def run_child(work: Callable[[], None]) -> int:
    """Do `work` under the limits and give its exit code."""
    _be_modest()
    try:
        work()
    except Refused as refusal:
        code, said = EXIT_REFUSED, str(refusal)
    except RelayError as error:
        code, said = EXIT_LOST, str(error)
    except BrokenPipeError:  # playout has stopped listening
        _forget_stdout()
        return EXIT_ENDED
    except LoaError as error:
        code, said = EXIT_FAULT, f"relay_fault {error}"
    except MemoryError:
        code, said = EXIT_FAULT, "relay_fault out of memory"
    else:
        code, said = EXIT_ENDED, "relay_ended"
    print(" ".join(said.split())[:500], file=sys.stderr)  # noqa: T201 - the one line of the child
    return code


def _be_modest() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is playout's; it ends its children itself
    be_ordinary()
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(limit, (most, most))


@contextlib.contextmanager
def open_within(seconds: int = OPEN_SECONDS) -> Iterator[None]:
    """Around everything that opens a source: when it takes longer, the child is ended by the system's alarm."""
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def no_more_files() -> None:
    """What is open stays; no library that reads foreign bytes can open anything else, file or connection."""
    with contextlib.suppress(OSError, ValueError):
        # 1 and not 0: poll() refuses to look at more descriptors than the limit, and stdin already has the only number
        resource.setrlimit(resource.RLIMIT_NOFILE, (1, 1))


def write(samples: NDArray[np.int16]) -> None:
    """Every sample to stdout, as fast as they are taken there."""
    _allow_computing()
    left = memoryview(samples.astype("<i2", copy=False).tobytes())
    while left:
        left = left[os.write(1, left) :]


def _allow_computing() -> None:
    """The limit of computing time moves along with the sound: a decoder that makes none runs into it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _forget_stdout() -> None:
    """Python would try to flush it again at exit."""
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
