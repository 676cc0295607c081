"""Upwards: the stream UP through one durable consumer into the hub's tables, a batch in one transaction.

A message is acknowledged to the broker only when its row is on the disk; what was not acknowledged comes again and
changes nothing. While one batch is written the next one is fetched; never more than two are under way, so that none
waits as long as the broker waits before it sends again. What `Early` has kept already is only acknowledged.
"""

import asyncio
import logging
import sqlite3

import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig

from scheduler.extras.hub.service.intake import HubIntake, Up
from scheduler.extras.hub.work.early import Early
from scheduler.extras.hub.work.publishing import InThread
from scheduler.extras.town.broker.setup import UP
from scheduler.extras.town.broker.waiting import end_all
from scheduler.kernel.errors import LoaError, Refused

__all__ = ["CONSUMER", "Hearing"]

log = logging.getLogger(__name__)

CONSUMER = "hub"
ACK_WAIT = 30.0
MOST_PENDING = 2000
A_BATCH = 500
IDLE_SECONDS = 5.0
FAULT_WAIT = 2.0


class Hearing:
    def __init__(self, intake: HubIntake, run: InThread) -> None:
        self._intake, self._run = intake, run
        self.early = Early(intake, run)
        self._taken = 0
        self.fault: Refused | None = None

    @property
    def taken(self) -> int:
        """Messages kept since the process began."""
        return self._taken + self.early.taken

    async def run(self, client: Client, js: JetStreamContext) -> None:
        """For ever, over one connection; raises nats' errors when it ends."""
        batches: asyncio.Queue[list[Msg]] = asyncio.Queue(1)
        keeping = asyncio.create_task(self._keeping(batches))
        early = asyncio.create_task(self.early.run(client))
        try:
            await self._fetching(js, batches, keeping, early)
        finally:
            await end_all([keeping, early])

    async def _fetching(
        self, js: JetStreamContext, batches: "asyncio.Queue[list[Msg]]", *beside: "asyncio.Task[None]"
    ) -> None:
        config = ConsumerConfig(
            durable_name=CONSUMER,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT,
            max_ack_pending=MOST_PENDING,
        )
        source = await js.pull_subscribe("up.>", durable=CONSUMER, stream=UP, config=config)
        try:
            while not any(task.done() for task in beside):
                try:
                    found = await source.fetch(A_BATCH, timeout=IDLE_SECONDS)
                except (TimeoutError, nats.errors.TimeoutError):
                    await source.consumer_info()  # that nothing comes is told apart from a consumer that is gone
                    continue
                await batches.put(found)
            for task in beside:
                if task.done():
                    task.result()
        finally:
            await source.unsubscribe()

    async def _keeping(self, batches: "asyncio.Queue[list[Msg]]") -> None:
        while True:
            found = await batches.get()
            batch = self.early.only_new([Up(one.subject, one.data) for one in found])
            while batch:
                try:
                    self._taken += await self._run(lambda batch=batch: self._intake.take(batch))  # type: ignore[misc]  # a default binds
                except (sqlite3.OperationalError, OSError, LoaError) as error:
                    self._fault(error)
                    await asyncio.sleep(FAULT_WAIT)
                else:
                    self.fault = None
                    break
            for one in found:
                await one.ack()

    def _fault(self, error: Exception) -> None:
        refused = error if isinstance(error, Refused) else Refused("link_ward_waits", told=str(error)[:200])
        if str(self.fault) != str(refused):
            log.error("what the wards tell is not kept: %s", error)
        self.fault = refused
