"""Asking for votes: the broker's entry and the other machine, each on a thread of its own, once or twice a second.

A slow answer of one never keeps the other from being asked. What the answers mean is `core.pair`'s; each is told
with the instant before it was asked.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from typing import Any

from scheduler.config.loading import Config
from scheduler.extras.failover.keys import PairConfig
from scheduler.extras.failover.rules.election import RENEW, Copy, Election, Lease, Seat
from scheduler.extras.failover.service import NKEY_FILE
from scheduler.extras.failover.work.wire import Asker, Sealer
from scheduler.extras.town.broker.client import Broker, BrokerClient, LineState, connect
from scheduler.extras.town.broker.keys import load_or_make
from scheduler.extras.town.broker.kv import Entry
from scheduler.extras.town.broker.waiting import end_all
from scheduler.kernel.air_fence import folder_of
from scheduler.kernel.causes import MACHINE_FAULTS, reason_of
from scheduler.kernel.clock import since_boot
from scheduler.kernel.errors import Refused

__all__ = ["BrokerVoter", "PeerVoter", "Table"]

log = logging.getLogger(__name__)

LOOK = RENEW / 2
VOTE_SECONDS = 1.5
KEY = "air"
_TOLD = {
    **dict.fromkeys(("link_turned_away", "link_tls", "link_not_allowed"), "pair_broker_refused"),
    "link_key_open": "pair_nkey_open",
    "link_key_unreadable": "pair_nkey_unreadable",
    "link_ca_unreadable": "pair_ca_unreadable",
    "link_address_bad": "pair_url_bad",
}
"""What the line to the broker ran into -> what is told of it; anything else is a broker that is not reached."""


class Table:
    """The contest, its lock, and what is told on: every change of it is published before the lock is let go."""

    def __init__(self, contest: Election, publish: Callable[[], None]) -> None:
        self.contest, self.publish = contest, publish
        self.lock = threading.RLock()
        self.kick = {"broker": threading.Event(), "peer": threading.Event()}
        self.broker_fault = self.peer_fault = ""
        """Reason codes; empty = it answers."""
        self.other: dict[str, Any] = {}
        """What the other machine last told of itself."""
        self.heard_at = float("-inf")

    def ask_now(self) -> None:
        for event in self.kick.values():
            event.set()


class BrokerVoter:
    """The broker's vote. Runs an event loop of its own; no fault of the broker leaves it."""

    def __init__(self, table: Table, config: Config) -> None:
        self._table, self._config = table, config
        self._epoch = 0
        self._away = True
        self._heard: str | None = None
        """What nats-py last told of this line, since it was good."""

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                asyncio.run(self._vote(stop))
            except (Refused, OSError) as error:
                self._note_fault(reason_of(error, "link_unreachable"))
                stop.wait(2.0)
            except Exception:  # the other machine may still vote
                log.exception("the broker is asked anew")
                self._note_fault("link_broken")
                stop.wait(2.0)

    def _note_fault(self, fault: str) -> None:
        reason = fault if not fault or fault in MACHINE_FAULTS else _TOLD.get(fault, "pair_broker_away")
        self._heard = self._heard if fault else None
        with self._table.lock:
            if reason != self._table.broker_fault:
                log.warning("the broker: %s", reason or "answers")
            self._table.broker_fault = reason

    def _hear(self, fault: Refused) -> None:
        self._heard = fault.reason
        if self._away:
            self._note_fault(fault.reason)

    def _state(self, state: LineState) -> None:
        self._epoch += 1
        self._away = state is not LineState.CONNECTED
        if self._away:
            self._note_fault(self._heard or "link_unreachable")
            with self._table.lock:
                self._table.contest.lost_broker()

    async def _vote(self, stop: threading.Event) -> None:
        pair, data = self._config.get(PairConfig), self._config.data
        seed = await asyncio.to_thread(load_or_make, folder_of(data) / NKEY_FILE) if pair.nkey else None
        place = Broker(pair.url, seed, self._config.folder / pair.ca_file if pair.ca_file else None)
        dialled = asyncio.ensure_future(
            connect(place, name=f"pair {pair.machine}", on_fault=self._hear, on_state=self._state)
        )
        client: BrokerClient | None = None
        try:
            while not stop.is_set():
                if client is None:
                    done, _ = await asyncio.wait({dialled}, timeout=0.5)
                    if not done:
                        self._note_fault(self._heard or "link_unreachable")
                        continue
                    client = dialled.result()
                    entry = Entry(client, pair.bucket, KEY, pair.replicas)
                if client.is_closed:
                    return
                if not self._away:
                    await self._turn(entry)
                kick = self._table.kick["broker"]
                for _ in range(round(LOOK / 0.05)):
                    if kick.is_set():
                        break
                    await asyncio.sleep(0.05)
                kick.clear()
        finally:
            await end_all([dialled])
            if not dialled.cancelled() and dialled.exception() is None:  # also one that came as it was told to stop
                await dialled.result().close()

    async def _turn(self, entry: Entry) -> None:
        table, contest, epoch, asked = self._table, self._table.contest, self._epoch, since_boot()
        with table.lock:
            wants, lease, revision = contest.may_ask_broker(asked), contest.lease(), contest.revision
        written = await entry.write(_packed(lease), revision) if wants else None
        if written is not None:
            with table.lock:
                if epoch == self._epoch:
                    contest.broker_voted(lease, written, epoch, asked, since_boot())
                    table.publish()
            self._note_fault("")
            return
        asked = since_boot()
        found = await entry.read()
        if found is None:
            self._note_fault(self._heard or "link_slow")
            return
        with table.lock:
            if epoch == self._epoch:
                contest.saw_broker(_unpacked(found[0]), found[1], epoch, asked, since_boot())
        self._note_fault("")


def _packed(lease: Lease) -> bytes:
    told = {"machine": lease.machine, "term": lease.term}
    return json.dumps(told | {"has": [lease.has.term, lease.has.change]}).encode()


def _unpacked(raw: bytes | None) -> Lease | None:
    """What stands there; something else than a lease is somebody's, nobody knows whose."""
    if not raw:
        return None
    try:
        told = json.loads(raw)
        has = Copy(*map(int, told["has"]))
        return Lease(str(told["machine"]), int(told["term"]), has)
    except (ValueError, KeyError, TypeError):
        return Lease("?", 0, Copy())


class PeerVoter:
    """The other machine's vote, and what it tells of itself."""

    def __init__(self, table: Table, config: Config, sealer: Sealer, told: Callable[[], dict[str, Any]]) -> None:
        self._table, self._told = table, told
        self._asker = Asker(config.get(PairConfig).peer_url, sealer, config.get(PairConfig).machine, VOTE_SECONDS)

    def run(self, stop: threading.Event) -> None:
        kick = self._table.kick["peer"]
        while not stop.is_set():
            try:
                self.turn()
            except Refused as refused:
                self._fault(refused.reason)
            except Exception:  # the broker may still vote
                log.exception("the other machine is asked anew")
                self._fault("pair_unreachable")
            kick.wait(LOOK)
            kick.clear()
        self._asker.close()

    def _fault(self, reason: str) -> None:
        with self._table.lock:
            if reason != self._table.peer_fault:
                log.warning("the other machine: %s", reason or "answers")
            self._table.peer_fault = reason

    def turn(self) -> None:
        table, contest, asked = self._table, self._table.contest, since_boot()
        with table.lock:
            wants = contest.asks(asked)
        answer = self._asker.ask("vote", wants=wants, **self._told()).told
        with table.lock:
            now = since_boot()
            table.other, table.heard_at = dict(answer), now
            contest.met(now, holds=answer["seat"] == Seat.HOLDS)
            contest.heard(Copy(*answer["has"]), int(answer["term"]))
            if answer.get("voted"):
                contest.peer_voted(asked, now)
            table.publish()
        self._fault("")
