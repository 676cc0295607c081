"""The process `hub`: two connections to the broker, and the loops over them, begun anew whenever one of them breaks.

One thread keeps what the wards tell, another what is published, so that an emergency does not wait behind a flood of
journal rows. A fault is a sentence in the heartbeat, never the end: a broker that is away, a full disk, a stream that
cannot be made are all waited for.
"""

import asyncio
import hashlib
import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import nats.errors
import nats.js.errors

from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.intake import Missing
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.work.hearing import Hearing
from scheduler.extras.hub.work.presence import Presence
from scheduler.extras.hub.work.publishing import Publishing
from scheduler.extras.town.broker.client import Broker, BrokerClient, LineState, connect, jetstream
from scheduler.extras.town.broker.setup import ensure_streams
from scheduler.extras.town.broker.waiting import end_all
from scheduler.kernel.errors import LoaError, Refused, as_texts
from scheduler.station import Station

__all__ = ["TownHub", "run"]

log = logging.getLogger(__name__)

BEAT_EVERY = 2.0
LOOK_EVERY = 0.05
"""Seconds between two looks at whether something was issued: the pragma costs some microseconds."""
ASK_EVERY = 5.0
CONF_EVERY = 1.0
RENEW_EVERY = 3600.0
FAULT_WAIT = 1.0
ANSWER_SECONDS = 4.0
MOST_ROWS = 5000
"""Rows that a ward is asked for at once."""
_DISK = (sqlite3.OperationalError, OSError, LoaError)
"""What a full disk, a locked database or a refusal raises: told, waited for, tried again."""
_BROKEN = (nats.errors.Error, nats.js.errors.Error, TimeoutError, OSError, sqlite3.OperationalError, LoaError)


class TownHub:
    """`run` goes on until `stop`."""

    def __init__(self, station: Station) -> None:
        self._station, self._clock = station, station.clock
        self._services = station.services.get(HubService)
        self._intake = self._services.intake
        self._threads = {name: ThreadPoolExecutor(1, thread_name_prefix=name) for name in ("rows", "out", "chores")}
        self._hearing = Hearing(self._intake, lambda work: self._in("rows", work))
        self._publishing = Publishing(self._intake, lambda work: self._in("out", work))
        self._presence = Presence(self._intake, lambda work: self._in("chores", work), self._clock)
        self._faults: dict[str, Refused] = {}
        self._connected = False
        self._reached = ""
        self._told_conf = ""
        self._seen_version = -1
        self._seen: set[Missing] = set()

    def run(self, stop: threading.Event) -> None:
        logging.getLogger("asyncio").setLevel(logging.ERROR)  # of every TLS connection that ends, and of no use
        try:
            asyncio.run(self._main(stop))
        finally:
            for one in self._threads.values():
                one.shutdown(wait=False, cancel_futures=True)

    async def _main(self, stop: threading.Event) -> None:
        works = [self._beating(), self._lives("hub", self._town_life), self._lives("system", self._system_life)]
        tasks = [asyncio.create_task(work) for work in works]
        try:
            while not stop.is_set():
                done, _ = await asyncio.wait(tasks, timeout=0.1, return_when=asyncio.FIRST_COMPLETED)
                if done:
                    break
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            await end_all(tasks)

    async def _in(self, thread: str, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads[thread], work)

    # Lives

    async def _lives(self, name: str, life: Callable[[], Any]) -> None:
        """One life after the other, however each ends."""
        while True:
            try:
                await life()
            except _BROKEN as error:
                self._fault(name, _refused(error))
                await asyncio.sleep(FAULT_WAIT)

    def _fault(self, name: str, refused: Refused | None) -> None:
        if refused is None:
            self._faults.pop(name, None)
        elif str(self._faults.get(name)) != str(refused):
            log.warning("the broker (%s): %s", name, refused)
            self._faults[name] = refused

    async def _line(self, name: str, seed: str, gone: asyncio.Event) -> BrokerClient:
        config = self._station.config

        def state(told: LineState) -> None:
            if name == "hub":
                self._connected = told is LineState.CONNECTED
            if told is LineState.CONNECTED:
                self._fault(name, None)
            elif told is LineState.CLOSED:
                gone.set()

        ca_file = config.folder / config.get(HubConfig).ca_file if config.get(HubConfig).ca_file else None
        return await connect(
            Broker(config.get(HubConfig).url, seed, ca_file),
            name=name,
            on_fault=lambda refused: self._fault(name, refused),
            on_state=state,
        )

    async def _together(self, client: BrokerClient, gone: asyncio.Event, *works: Any) -> None:
        """Until the connection is closed for good or one of the works ends."""
        tasks = [asyncio.create_task(work) for work in (*works, gone.wait())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await end_all(tasks)
            with suppress(nats.errors.Error, OSError, TimeoutError):
                await asyncio.wait_for(client.close(), 2.0)

    # As a user of the wards' account

    async def _town_life(self) -> None:
        gone = asyncio.Event()
        client = await self._line("hub", await self._in("chores", self._services.conf.hub_seed), gone)
        try:
            js = jetstream(client)
            await ensure_streams(js, self._station.config.get(HubConfig).replicas)
            await self._publishing.begin(js)
        except BaseException:
            with suppress(nats.errors.Error, OSError, TimeoutError):
                await asyncio.wait_for(client.close(), 2.0)
            raise
        self._fault("hub", None)
        works = (self._telling(client, js), self._hearing_on(client, js), self._asking(client), self._renewing())
        await self._together(client, gone, *works)

    async def _telling(self, client: BrokerClient, js: Any) -> None:
        """Publish as soon as something is issued, or its moment of grace is over."""
        version = await self._in("out", self._station.repos.store.data_version)
        due = True
        streams_seen = client.stats["reconnects"]
        while True:
            if client.stats["reconnects"] != streams_seen:
                streams_seen = client.stats["reconnects"]
                await ensure_streams(js, self._station.config.get(HubConfig).replicas)
                await self._publishing.begin(js)
                due = True
            if due and client.is_connected:
                try:
                    while await self._publishing.turn(js):
                        pass
                    self._fault("telling", None)
                    self._heard_well()
                except _DISK as error:
                    self._fault("telling", _refused(error))
                    await asyncio.sleep(FAULT_WAIT)
                    continue
            await asyncio.sleep(LOOK_EVERY)
            seen = await self._in("out", self._station.repos.store.data_version)
            due, version = seen != version or await self._is_due(), seen

    async def _is_due(self) -> bool:
        at = await self._in("out", self._intake.issues.next_due)
        return at is not None and at <= self._clock.now()

    async def _hearing_on(self, client: BrokerClient, js: Any) -> None:
        while True:
            try:
                await self._hearing.run(client, js)
            except _BROKEN as error:
                log.info("the wards are not heard for a moment: %r", error)
                await asyncio.sleep(FAULT_WAIT)
                if not client.is_connected:
                    continue
                await ensure_streams(js, self._station.config.get(HubConfig).replicas)

    async def _asking(self, client: BrokerClient) -> None:
        """Ask for rows that are missing, when they were missing at the last look as well."""
        while True:
            await asyncio.sleep(ASK_EVERY)
            try:
                missing = set(await self._in("chores", self._intake.missing))
                for one in sorted(missing & self._seen, key=lambda each: (each.ward_id, each.first)):
                    resent = await self._ask(client, one)
                    await self._in("chores", lambda one=one, resent=resent: self._intake.asked(one, resent))  # type: ignore[misc]  # defaults bind
                self._seen = missing
            except _DISK as error:
                log.warning("missing rows are not asked for: %s", error)

    async def _ask(self, client: BrokerClient, one: Missing) -> int | None:
        """How many rows the ward sends again; None = it has not answered, or cannot now."""
        asked = {"v": 1, "line": one.line, "from": one.first, "to": min(one.last, one.first + MOST_ROWS - 1)}
        wish = json.dumps(asked).encode()
        try:
            answer = await client.request(f"cmd.{one.ward_id}.resend", wish, timeout=ANSWER_SECONDS)
            rows = json.loads(answer.data).get("rows")
        except (nats.errors.Error, TimeoutError, ValueError, AttributeError):
            return None
        log.warning("ward %s was asked for rows %d to %d: it sends %s", one.ward_id, one.first, one.last, rows)
        return rows if isinstance(rows, int) and not isinstance(rows, bool) else None

    async def _renewing(self) -> None:
        while True:
            try:
                await self._in("chores", self._intake.renew)
                await self._in("chores", self._services.tell_groups)
                await asyncio.sleep(RENEW_EVERY)
            except _DISK as error:
                log.warning("nothing is renewed: %s", error)
                await asyncio.sleep(FAULT_WAIT)

    # As a user of the broker's own account

    async def _system_life(self) -> None:
        gone = asyncio.Event()
        client = await self._line("system", await self._in("chores", self._services.conf.system_seed), gone)
        self._fault("system", None)
        await self._together(client, gone, self._presence.run(client), self._accounts(client))

    async def _accounts(self, client: BrokerClient) -> None:
        """Keep the broker's accounts as the wards are, whoever changed them."""
        while True:
            try:
                await self._put_in_force(client)
            except _DISK as error:
                self._fault("accounts", _refused(error))
            await asyncio.sleep(CONF_EVERY)

    async def _put_in_force(self, client: BrokerClient) -> None:
        version = await self._in("chores", self._station.repos.store.data_version)
        if self._told_conf and version == self._seen_version:
            return
        self._seen_version = version
        text = await self._in("chores", self._services.conf.text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if digest == self._told_conf:
            return
        await self._in("chores", self._services.conf.write)
        told = await self._in("chores", self._services.conf.tell_broker) or await self._presence.reload(client)
        self._fault("accounts", None if told else Refused("hub_accounts_untold"))
        self._told_conf = digest if told else ""
        if told:
            log.info("the broker has its accounts")

    # How it stands

    def _heard_well(self) -> None:
        self._reached = self._clock.now().isoformat()

    def _first_fault(self) -> Refused | None:
        for name in ("hub", "telling", "accounts", "system"):
            if name in self._faults:
                return self._faults[name]
        return self._hearing.fault or self._presence.fault

    async def _beating(self) -> None:
        while True:
            try:
                await self._in("chores", self._beat)
            except _DISK as error:
                log.error("the heartbeat is not kept: %s", error)  # noqa: TRY400 - a full disk
            await asyncio.sleep(BEAT_EVERY)

    def _beat(self) -> None:
        fault = self._first_fault()
        if self._connected:
            self._heard_well()
        state = {
            "connected": self._connected,
            "presence": self._presence.fault is None and "system" not in self._faults,
            "reached_at": self._reached,
            "reason": fault.reason if fault else "",
            "details": as_texts(fault.details) if fault else {},
            "taken": self._hearing.taken,
        }
        self._station.repos.jobs.beat("hub", os.getpid(), self._clock.now(), state)


def _refused(error: Exception) -> Refused:
    """As a reason code for the heartbeat."""
    if isinstance(error, Refused):
        return error
    reason = "link_ward_waits" if isinstance(error, sqlite3.OperationalError) else "link_broken"
    return Refused(reason, told=str(error)[:200])


def run(station: Station, stop: threading.Event) -> None:
    """The process, until `stop`."""
    TownHub(station).run(stop)
