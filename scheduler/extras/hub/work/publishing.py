"""Downwards: messages of the table `hub_outbox` into the stream DISPATCH, with their ids, until the broker has them.

The broker's disk is not trusted. Where its stream ends before a place that a message of ours once had, what still holds
is published again, and the lost places are filled first, so that no ward takes a new message for one it has passed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import nats.errors
import nats.js.errors
from nats.js import JetStreamContext

from scheduler.extras.hub.rows.issues import Outgoing
from scheduler.extras.hub.service.intake import HubIntake
from scheduler.extras.town.broker.setup import DISPATCH
from scheduler.kernel.errors import Refused

__all__ = ["VOID", "InThread", "Publishing"]

log = logging.getLogger(__name__)

Result = TypeVar("Result")
InThread = Callable[[Callable[[], Any]], Awaitable[Any]]
IN_FLIGHT = 64
A_TURN = 500
VOID = "dispatch.void"
"""Fills places of the stream; no ward follows it."""
MOST_FILLED = 100_000


class Publishing:
    def __init__(self, intake: HubIntake, run: InThread) -> None:
        self._intake, self._run = intake, run
        self._fault = Refused("link_no_answer")
        """Why the broker has not stored the last message that it has not stored."""

    async def begin(self, js: JetStreamContext) -> None:
        """After every connection: does the stream still hold what it has confirmed? Raises Refused link_no_stream."""
        try:
            info = await js.stream_info(DISPATCH)
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise Refused("link_no_stream", told=str(error)[:200]) from error
        last = info.state.last_seq
        place = await self._run(self._intake.issues.last_place)
        if last >= place:
            return
        await self._run(lambda: self._intake.stream_holds_up_to(last))
        if not last:
            return  # a stream made anew: the wards see that and count anew
        for _ in range(min(place - last, MOST_FILLED)):
            ack = await self._published(js, VOID, b"{}", "")
            if ack is not None and ack >= place:
                return

    async def turn(self, js: JetStreamContext) -> bool:
        """Publish what is due; whether some of it is left. Emergencies go first."""
        due: Sequence[Outgoing] = await self._run(lambda: self._intake.due(A_TURN))
        if not due:
            return False
        gate = asyncio.Semaphore(IN_FLIGHT)

        async def one(message: Outgoing) -> tuple[int, int] | None:
            async with gate:
                place = await self._published(js, message.subject, message.envelope.encode(), message.message_id)
                return None if place is None else (message.id, place)

        stored = [found for found in await asyncio.gather(*map(one, due)) if found is not None]
        await self._run(lambda: self._intake.published(stored))
        if len(stored) < len(due):
            log.info("%d of %d messages are not stored by the broker yet", len(due) - len(stored), len(due))
            raise self._fault
        return len(due) == A_TURN

    async def _published(self, js: JetStreamContext, subject: str, body: bytes, message_id: str) -> int | None:
        """The place in the stream; None = the broker has not confirmed it."""
        headers = {"Nats-Msg-Id": message_id} if message_id else None
        try:
            return int((await js.publish(subject, body, headers=headers)).seq)
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            self._fault = _fault_of(error)
            return None


def _fault_of(error: Exception) -> Refused:
    """Why the stream did not take a message."""
    if isinstance(error, nats.js.errors.NoStreamResponseError):
        return Refused("link_no_stream", told=DISPATCH)
    if isinstance(error, nats.js.errors.APIError):
        return Refused("hub_broker_full", told=str(error.description or "")[:200])
    return Refused("link_no_answer")
