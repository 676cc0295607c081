"""Waits on the running loop: its own clock, and a task that may be told to stop before it is done.

The network is waited for in real seconds, whatever clock the station stands on. Nothing is decided here, and nothing
is asked of the broker or of the ward.
"""

import asyncio
from contextlib import suppress
from typing import TypeVar

__all__ = ["clock_of_loop", "or_stopped"]

Result = TypeVar("Result")


def clock_of_loop() -> float:
    """The running loop's own monotonic seconds: waits on the network are real, whatever clock the station is on."""
    return asyncio.get_running_loop().time()


async def or_stopped(task: "asyncio.Task[Result]", stop: asyncio.Event) -> Result | None:
    """What the task gives, or None once it is to stop; a task that was not finished is no more."""
    ending = asyncio.create_task(stop.wait())
    await asyncio.wait([task, ending], return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    if task.done():
        return task.result()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return None
