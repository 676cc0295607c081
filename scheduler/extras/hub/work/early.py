"""Acknowledgements as they pass: heard from the wards themselves, while the broker still writes them to its disk.

A broker that flushes each message writes some hundred a second, whoever waits; the hub keeps hundreds in one
transaction. So that the town sees who has an emergency as soon as the wards say so, the hub listens beside the stream
and keeps what is the next word of its ward. Nothing is confirmed to anybody by it: the stream brings the same messages
again, and whatever was not kept here (a full disk, a gap before it, a hub that was away) is kept then.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Sequence

from nats.aio.client import Client
from nats.aio.msg import Msg

from scheduler.extras.hub.rules.uplink_reports import mark_of
from scheduler.extras.hub.service.intake import HubIntake, Up
from scheduler.extras.hub.work.publishing import InThread
from scheduler.kernel.errors import LoaError

__all__ = ["Early"]

log = logging.getLogger(__name__)

SUBJECT = "up.*.ack"
GATHER_SECONDS = 0.02
"""So long more of them are waited for: a transaction costs a flush of the disk, however much it holds."""
A_BATCH = 1000
MOST_WAITING = 20_000
MOST_KNOWN = 50_000
"""Messages remembered as kept, some 8 MB; beyond that the stream's copy is looked up in the table."""


class Early:
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
        source = await client.subscribe(SUBJECT, cb=self._heard)
        try:
            while True:
                await self._come.wait()
                await asyncio.sleep(GATHER_SECONDS)
                self._come.clear()
                while self._waiting:
                    batch, self._waiting = self._waiting[:A_BATCH], self._waiting[A_BATCH:]
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
