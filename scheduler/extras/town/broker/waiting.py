"""Waits on the running loop: its own clock, a task that may be told to stop before it is done, tasks that are ended.

The network is waited for in real seconds, whatever clock the station stands on. Nothing is decided here, and nothing
is asked of the broker or of the ward.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, TypeVar

__all__ = ["clock_of_loop", "end_all", "or_stopped"]

Result = TypeVar("Result")

CANCEL_AGAIN = 0.2
"""Seconds after which a task that goes on is cancelled once more."""


def clock_of_loop() -> float:
    """The running loop's own monotonic seconds: waits on the network are real, whatever clock the station is on."""
    return asyncio.get_running_loop().time()


async def end_all(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel these tasks until each has ended; what they raised is left in them.

    Once is not enough: `asyncio.wait_for` of Python 3.11 loses a cancellation that meets its answer
    (python/cpython#86296), nats-py waits by it everywhere, and a loop that lost its only one would go on for ever.
    """
    every = list(tasks)
    while pending := [task for task in every if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=CANCEL_AGAIN)
    await asyncio.gather(*every, return_exceptions=True)  # nobody else asks for it, and asyncio would complain


async def or_stopped(task: "asyncio.Task[Result]", stop: asyncio.Event) -> Result | None:
    """What the task gives, or None once it is to stop; a task that was not finished is no more."""
    ending = asyncio.create_task(stop.wait())
    await asyncio.wait([task, ending], return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    if task.done():
        return task.result()
    await end_all([task])
    return None
