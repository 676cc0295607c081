"""Who is there: the broker's own word of each connection that opens or closes, and every few seconds all of them.

A connection is known by its server and number, so that one that is told twice counts once. Of a server of a cluster
that did not answer the last word is kept for a while, then its connections are gone. The same account lets the hub tell
every server to read its accounts again.
"""

import asyncio
import json
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from scheduler.extras.hub.service.intake import HubIntake, Line
from scheduler.extras.hub.work.publishing import InThread
from scheduler.extras.town.broker.waiting import end_all
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import Refused

__all__ = ["Presence", "line_of_event", "lines_of"]

log = logging.getLogger(__name__)

ACCOUNT = "LOA"
LOOK_EVERY = 5.0
GATHER_SECONDS = 1.0
"""How long answers of the servers are waited for."""
SETTLE_SECONDS = 0.2
MOST_MISSED = 3
MOST_LINES = 20_000


@dataclass(slots=True)
class _Server:
    lines: dict[str, Line] = field(default_factory=dict)
    missed: int = 0


class Presence:
    def __init__(self, intake: HubIntake, run: InThread, clock: Clock) -> None:
        self._intake, self._run, self._clock = intake, run, clock
        self._servers: dict[str, _Server] = {}
        self._changed = asyncio.Event()
        self._settled: set[tuple[str, str]] | None = None
        self.fault: Refused | None = None

    async def run(self, client: Client) -> None:
        """For ever, over one connection as a user of the account SYS."""
        await client.subscribe(f"$SYS.ACCOUNT.{ACCOUNT}.CONNECT", cb=self._came)
        await client.subscribe(f"$SYS.ACCOUNT.{ACCOUNT}.DISCONNECT", cb=self._went)
        looking = asyncio.create_task(self._looking(client))
        looking.add_done_callback(lambda _: self._changed.set())  # its end is heard where no connection changes, too
        try:
            while not looking.done():
                await self._changed.wait()
                await asyncio.sleep(SETTLE_SECONDS)
                self._changed.clear()
                await self._tell()
            looking.result()
        finally:
            await end_all([looking])

    async def reload(self, client: Client) -> bool:
        """Have every server read its configuration again; whether all of them did."""
        done = True
        for server in list(self._servers):
            try:
                answer = await client.request(f"$SYS.REQ.SERVER.{server}.RELOAD", b"", timeout=GATHER_SECONDS * 4)
                done &= "error" not in json.loads(answer.data)
            except (nats.errors.Error, TimeoutError, ValueError):
                done = False
        return done and bool(self._servers)

    async def _looking(self, client: Client) -> None:
        while True:
            await self._look(client)
            self._changed.set()
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self, client: Client) -> None:
        """All connections of the wards' account, as every server tells them."""
        inbox, told = client.new_inbox(), []

        async def keep(message: Msg) -> None:
            told.append(message.data)

        heard = await client.subscribe(inbox, cb=keep)
        wish = json.dumps({"auth": True, "acc": ACCOUNT, "limit": MOST_LINES}).encode()
        try:
            await client.publish("$SYS.REQ.SERVER.PING.CONNZ", wish, reply=inbox)
            await asyncio.sleep(GATHER_SECONDS)
        finally:
            await heard.unsubscribe()
        now = self._clock.now()
        answered = {server: lines for server, lines in (lines_of(one, now) for one in told) if server}
        self.fault = None if answered else Refused("hub_no_presence")
        for server, lines in answered.items():
            self._servers[server] = _Server(lines)
        for server in [one for one in self._servers if one not in answered]:
            self._servers[server].missed += 1
            if self._servers[server].missed >= MOST_MISSED:
                del self._servers[server]

    async def _came(self, message: Msg) -> None:
        server, line = line_of_event(message.data, self._clock.now())
        if line is not None:
            self._servers.setdefault(server, _Server()).lines[line.id] = line
            self._changed.set()

    async def _went(self, message: Msg) -> None:
        server, line = line_of_event(message.data, self._clock.now())
        if line is not None and server in self._servers:
            self._servers[server].lines.pop(line.id, None)
            self._changed.set()

    async def _tell(self) -> None:
        lines = [line for server in self._servers.values() for line in server.lines.values()]
        seen = {(line.key, line.id) for line in lines}
        twins = len({line.key for line in lines}) < len(lines)
        if seen != self._settled or twins:  # of twins it counts how long there are two
            await self._run(lambda: self._intake.lines(lines))
            self._settled = None if twins else seen


def lines_of(raw: bytes, now: datetime) -> tuple[str, dict[str, Line]]:
    """A server and its connections, heard at `now`; ("", {}) for an answer that is none."""
    try:
        told: dict[str, Any] = json.loads(raw)
        server = told["server"]
        lines = [
            _line(server, one["cid"], one.get("authorized_user"), one.get("name"), one["start"], now)
            for one in told["data"].get("connections") or ()
        ]
        return str(server["id"]), {line.id: line for line in lines}
    except (ValueError, LookupError, TypeError, AttributeError):
        return "", {}


def line_of_event(raw: bytes, now: datetime) -> tuple[str, Line | None]:
    """A server and the connection that it tells of, heard at `now`; ("", None) for what tells of none."""
    try:
        told: dict[str, Any] = json.loads(raw)
        server, client = told["server"], told["client"]
        line = _line(server, client["id"], client.get("user"), client.get("name"), client["start"], now)
        return str(server["id"]), line
    except (ValueError, LookupError, TypeError, AttributeError):
        return "", None


def _line(server: dict[str, Any], number: object, key: object, name: object, start: object, now: datetime) -> Line:
    """Since when, by our clock: the broker may run on a machine with another, and says what its own shows."""
    began = datetime.fromisoformat(str(start))
    lasts = datetime.fromisoformat(str(server["time"])) - began if "time" in server else now - began
    return Line(str(key or ""), str(name or ""), f"{server['id']}:{number}", now - max(lasts, timedelta(0)))
