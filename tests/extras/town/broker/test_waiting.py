"""Tasks that are ended: also one that loses the cancellation meant for it."""

import asyncio

from scheduler.extras.town.broker.waiting import end_all, or_stopped


async def deaf(times):
    """Goes on after so many cancellations, as a loop around `wait_for` of Python 3.11 may."""
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            if not times:
                raise
            times -= 1


def test_a_task_that_lost_a_cancellation_ends_all_the_same():
    async def story():
        tasks = [asyncio.create_task(deaf(times)) for times in (0, 1, 2)]
        await asyncio.sleep(0)
        async with asyncio.timeout(120):
            await end_all(tasks)
        assert all(task.done() for task in tasks)

    asyncio.run(story())


def test_who_waits_for_it_or_for_the_stop_is_not_held_up_by_it():
    async def story():
        stop = asyncio.Event()
        stop.set()
        async with asyncio.timeout(120):
            assert await or_stopped(asyncio.create_task(deaf(1)), stop) is None

    asyncio.run(story())


def test_what_they_raised_stays_in_them():
    async def broken():
        raise LookupError

    async def story():
        task = asyncio.create_task(broken())
        await asyncio.sleep(0)
        await end_all([task])
        assert isinstance(task.exception(), LookupError)

    asyncio.run(story())
