"""Upwards: what the wards say into the hub's tables, by the stream UP and one durable consumer, a batch a transaction.

A message is acknowledged to the broker only when its row is on the disk; what was not acknowledged comes again and
changes nothing. While one batch is written the next one is fetched; never more than two are under way, so that none
waits as long as the broker waits before it sends again. What `Early` has kept already is only acknowledged.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Sequence

import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig

from scheduler.extras.hub.rules.uplink_reports import mark_of
from scheduler.extras.hub.service.intake import HubIntake, Up
from scheduler.extras.hub.work.publishing import InThread
from scheduler.extras.town.broker.setup import UP
from scheduler.extras.town.broker.waiting import end_all
from scheduler.kernel.errors import LoaError, Refused

__all__ = ["CONSUMER", "Early", "Hearing"]

log = logging.getLogger(__name__)

CONSUMER = "hub"
ACK_WAIT = 30.0
MOST_PENDING = 2000
A_BATCH = 500
IDLE_SECONDS = 5.0
FAULT_WAIT = 2.0
EARLY_SUBJECT = "up.*.ack"
GATHER_SECONDS = 0.02
"""So long more of them are waited for: a transaction costs a flush of the disk, however much it holds."""
EARLY_BATCH = 1000
MOST_WAITING = 20_000
MOST_KNOWN = 50_000
"""Messages remembered as kept, some 8 MB; beyond that the stream's copy is looked up in the table."""


class Early:
    """Acknowledgements as they pass: heard from the wards themselves, while the broker still writes them to its disk.

    A broker that flushes each message writes some hundred a second, whoever waits; the hub keeps hundreds in one
    transaction. So that the town sees who has an emergency as soon as the wards say so, the hub listens beside the
    stream and keeps what is the next word of its ward. Nothing is confirmed to anybody by it: the stream brings the
    same messages again, and whatever was not kept here (a full disk, a gap, a hub that was away) is kept then.
    """

    def __init__(self, intake: HubIntake, run: InThread) -> None:
        self._intake, self._run = intake, run
        self._waiting: list[Up] = []
        self._come = asyncio.Event()
        self._known: dict[tuple[str, str], None] = {}
        self.taken = 0
        """Messages kept since the process began."""

    async def run(self, client: Client) -> None:
        """For ever, over one connection; raises nats' errors when it ends."""
        self._waiting.clear()
        source = await client.subscribe(EARLY_SUBJECT, cb=self._heard)
        try:
            while True:
                await self._come.wait()
                await asyncio.sleep(GATHER_SECONDS)
                self._come.clear()
                while self._waiting:
                    batch, self._waiting = self._waiting[:EARLY_BATCH], self._waiting[EARLY_BATCH:]
                    await self._keep(batch)
        finally:
            await source.unsubscribe()

    def only_new(self, batch: Sequence[Up]) -> list[Up]:
        """Those of a batch of the stream that have not been kept here."""
        return [one for one in batch if self._known.pop((one.subject, mark_of(one.raw)), True)]

    async def _heard(self, message: Msg) -> None:
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(Up(message.subject, message.data))
            self._come.set()

    async def _keep(self, batch: Sequence[Up]) -> None:
        try:
            kept: Sequence[Up] = await self._run(lambda: self._intake.take_early(batch))
        except (sqlite3.OperationalError, OSError, LoaError) as error:
            log.info("acknowledgements wait for the stream: %s", error)
            return
        self.taken += len(kept)
        for one in kept:
            self._known[one.subject, mark_of(one.raw)] = None
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]


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
            batch = self.early.only_new([Up(one.subject, one.data, one.metadata.timestamp) for one in found])
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
