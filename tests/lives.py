"""Processes that a test starts in the middle of its own code, to be killed: each begins with one thread.

The test itself may stand in a worker that has more, and what is forked from such a process may hang on a lock that
nobody in it holds. So a server of one thread forks; it has loaded already what a station on the air needs.
"""

import multiprocessing
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([
    "tests.faults.lived_day",
    "scheduler.playout.alarms",
    "scheduler.playout.blackbox",
    "scheduler.playout.engine",
    "scheduler.playout.outputs",
])  # fmt: skip


def _begin(ready: Connection, target: Callable[..., None], given: tuple[Any, ...]) -> None:
    ready.send(None)
    ready.close()
    warnings.simplefilter("error")
    warnings.simplefilter("ignore", DeprecationWarning)
    target(*given)


def lived(target: Callable[..., None], *given: Any, killed_after: float = -1.0) -> int:
    """Call `target` in a process of its own, killed `killed_after` seconds from its beginning if that is not negative.

    Its exit code as `subprocess` gives it: -9 where it was killed.
    """
    here, there = _SERVER.Pipe(duplex=False)
    process = _SERVER.Process(target=_begin, args=(there, target, given))
    process.start()
    there.close()
    with here:
        here.recv()
    if killed_after >= 0:
        process.join(killed_after)
        process.kill()
    process.join()
    code = process.exitcode
    process.close()
    assert code is not None
    return code
