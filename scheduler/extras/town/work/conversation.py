"""The conversation of one ward with the broker: what it hears, what it has missed, what it tells, what it is asked.

A message is heard on `live.`; what its cursor has missed is fetched from the log itself (direct get) at the start,
after every reconnection, on a gap, and twice a minute whatever happens, so that the broker need remember nothing of
this ward. A message in its turn moves the cursor; an urgent one that comes before its turn is taken at once and meets
itself again when its turn comes. It knows no database and airs nothing: the `Ward` does.
"""

import asyncio
import json
import logging
import random
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import nats.errors
import nats.js.errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext

from scheduler.extras.town.broker.client import JS_TIMEOUT, Broker, BrokerClient, LineState, connect, jetstream
from scheduler.extras.town.broker.setup import DISPATCH, LIVE
from scheduler.extras.town.broker.waiting import clock_of_loop, end_all, or_stopped
from scheduler.extras.town.work.outbox import Outbox, Pace
from scheduler.extras.town.work.ward import LinkState, Runner, Taken, Ward, inline
from scheduler.extras.town.work.wire import Recent, answer, follow_again, instant_of, whole
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import NOTHING_KEPT, LoaError, Refused

__all__ = ["Link"]

log = logging.getLogger(__name__)

LEAST_LOOK, MOST_LOOK = 30.0, 60.0
"""Seconds between two looks at the log when nothing gives reason for one."""
PUMP_EVERY = 1.0
FAULT_WAIT, LONGEST_WAIT = 2.0, 15.0
"""Seconds, the first and the longest, before a log that does not answer or a ward whose disk is full is asked again."""
POISON_TRIES = 3
"""So often a message that the ward cannot take is tried before it is passed by."""
SLOWEST_OPENING = 15.0
CREATED = "stream.created"
"""The cursor that keeps which log the others count in: a log made anew counts from 1 again."""
MOST_FORBIDDEN = 8
_BROKEN = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, LoaError)


class Link:
    """`run` goes on until told to stop; everything else is what it is made of."""

    def __init__(  # noqa: PLR0913 - what a bench sets otherwise, each named at the call
        self,
        ward: Ward,
        broker: Broker,
        clock: Clock,
        *,
        run: Runner = inline,
        messages_a_second: float = 20,
        look_every: tuple[float, float] = (LEAST_LOOK, MOST_LOOK),
        pump_every: float = PUMP_EVERY,
        on_taken: Callable[[], None] = lambda: None,
        is_urgent: Callable[[bytes], bool] = lambda _: False,
    ) -> None:
        """`run`: how a call of the ward is made. `on_taken`: called when something was taken in. `is_urgent`: whether
        a message may be taken before its turn.
        """
        self.state = LinkState()
        self._ward, self._broker, self._clock, self._run = ward, broker, clock, run
        self._look_every, self._pump_every = look_every, pump_every
        self._on_taken, self._is_urgent = on_taken, is_urgent
        self._pump = Outbox(ward, run, self.state, Pace(messages_a_second, clock_of_loop))
        self._cursors: dict[str, int] = {}
        self._taking = asyncio.Lock()
        self._look, self._wake, self._gone = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._back = asyncio.Event()
        self._js: JetStreamContext | None = None
        """While there is a line."""
        self._recent = Recent()
        self._tries: dict[tuple[str, int], int] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self._followed: dict[str, Subscription] = {}
        self._refused: set[str] = set()
        """What the broker has refused over this connection, said once."""

    # The line

    async def run(self, stop: asyncio.Event) -> None:
        """Connect, converse, and do so again for ever, until `stop`."""
        while not stop.is_set():
            self._gone.clear()
            dialling = asyncio.create_task(self._connected())
            client = await or_stopped(dialling, stop)
            if client is None:
                return
            try:
                await self._converse(client, stop)
            finally:
                self.state.connected = False
                with suppress(nats.errors.Error, OSError, TimeoutError):
                    await asyncio.wait_for(client.close(), 2.0)

    def wake(self) -> None:
        """Something new waits to be told. From another thread by `loop.call_soon_threadsafe`."""
        self._wake.set()

    def ask_again(self) -> None:
        """Look at the log now."""
        self._look.set()

    async def _connected(self) -> BrokerClient:
        while True:
            try:
                return await connect(
                    self._broker,
                    name=f"ward {self._ward.ward_id}",
                    on_fault=self._hear_fault,
                    on_state=self._hear_state,
                )
            except Refused as refused:  # an address or a certificate that no patience mends: told, and tried again
                self._hear_fault(refused)
                await asyncio.sleep(SLOWEST_OPENING)

    def _hear_state(self, told: LineState) -> None:
        self.state.connected = told is LineState.CONNECTED
        if told is LineState.CONNECTED:
            log.info("the broker answers")
            self.state.faults.pop("line", None)
            self._look.set()
            self._wake.set()
            self._back.set()
        elif told is LineState.CLOSED:
            self._gone.set()

    def _hear_fault(self, fault: Refused) -> None:
        """What the broker or the network refuses; said once, as long as it stays the same."""
        if fault.reason == "link_not_allowed":
            told = str(fault.details.get("told", ""))
            if told not in self.state.forbidden:
                if told not in self._refused:
                    log.error("the broker does not allow: %s", told)
                self._refused.add(told)
                self.state.forbidden = [*self.state.forbidden, told][-MOST_FORBIDDEN:]
            return
        if fault.reason == "link_slow":
            self._look.set()  # a consumer too slow has been passed by
        if str(self.state.faults.get("line")) != str(fault):
            log.warning("the broker: %s", fault)
        if not self.state.connected or fault.reason in {"link_turned_away", "link_silent"}:
            self.state.faults["line"] = fault

    # The conversation

    async def _converse(self, client: BrokerClient, stop: asyncio.Event) -> None:
        """Everything that is said over one connection, its reconnections included."""
        self.state.forbidden, self._refused = [], set()  # before the first word: a no may come while the next is said
        for subject in self._ward.subjects:
            self._cursors[subject] = await self._run(partial(self._ward.cursor, subject))
            self._followed[LIVE + subject] = await client.subscribe(LIVE + subject, cb=self._heard)
        await client.subscribe(f"cmd.{self._ward.ward_id}.>", cb=self._asked)
        js = jetstream(client)
        tasks = [asyncio.create_task(work) for work in (self._looking(client, js), self._telling(client, js))]
        ends = [asyncio.create_task(self._gone.wait()), asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait([*tasks, *ends], return_when=asyncio.FIRST_COMPLETED)
            for work in tasks:
                if work.done():
                    work.result()
        finally:
            await end_all([*tasks, *ends, *self._beside])

    async def _heard(self, message: Msg) -> None:
        """One message, live."""
        headers: Mapping[str, str] = message.headers or {}
        subject = message.subject.removeprefix(LIVE)
        sequence, last = whole(headers, "Nats-Sequence"), whole(headers, "Nats-Last-Sequence")
        if not sequence or subject not in self._cursors:
            self._look.set()
            return
        self._hear_clock(headers.get("Nats-Time-Stamp", ""))
        async with self._taking:
            if sequence <= self._cursors[subject]:
                if not self._recent.has(subject, sequence, message.data):
                    await self._given_again(subject, sequence)
                return
            if last <= self._cursors[subject]:
                if not await self._take(message.data, subject, sequence):
                    self._look.set()
                return
            if self._is_urgent(message.data):
                await self._take(message.data, subject, sequence, in_turn=False)
        self._look.set()

    async def _given_again(self, subject: str, sequence: int) -> None:
        """The log has lost its end in a power cut and gives the numbers of what it lost to others."""
        log.warning("message %d of %s is another than before: what follows is looked at again", sequence, subject)
        with suppress(Refused):
            await self._count_from({subject: sequence - 1})
        self._look.set()

    async def _looking(self, client: BrokerClient, js: JetStreamContext) -> None:
        """Look at the log when there is reason, and now and then without one."""
        self._look.set()
        failures = 0
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), random.uniform(*self._look_every))  # noqa: S311 - spreads wards
            self._look.clear()
            if not client.is_connected:
                continue
            try:
                await follow_again(client, self._followed, self.state.forbidden, self._heard)
                await self._know_log(client)
                for subject in self._cursors:
                    await self._catch_up(js, subject)
            except Refused as refused:
                if str(self.state.faults.get("taking")) != str(refused):
                    log.warning("nothing is taken from the log: %s", refused)
                self.state.faults["taking"] = refused
                failures += 1
                await self._pause(min(FAULT_WAIT * 2.0 ** (failures - 1), LONGEST_WAIT))
                self._look.set()
            except nats.errors.Error as error:  # the connection went in mid-sentence; its return is a reason to look
                log.info("the log was not read to its end: %r", error)
                await asyncio.sleep(FAULT_WAIT)
            except (LookupError, TypeError, ValueError, AttributeError):  # an answer that nobody has thought of
                log.exception("the log was not read to its end")
                await asyncio.sleep(FAULT_WAIT)
            else:
                failures = 0
                self.state.faults.pop("taking", None)

    async def _pause(self, seconds: float) -> None:
        """Wait after a fault; no longer than until the line is back."""
        self._back.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._back.wait(), seconds * random.uniform(0.7, 1.0))  # noqa: S311 - spreads wards

    async def _know_log(self, client: BrokerClient) -> None:
        """Which log this is, and the hub's clock: a log made anew counts from 1, and every cursor with it."""
        before = dict(self._cursors)  # what is heard while the question is out is past what the answer knows
        try:
            answer = await client.request(f"$JS.API.STREAM.INFO.{DISPATCH}", b"", timeout=JS_TIMEOUT)
            told = json.loads(answer.data)
        except nats.errors.NoRespondersError as error:
            raise Refused("link_no_stream", told=DISPATCH) from error
        except TimeoutError:
            return  # a log without a leader: what it holds may be read from its copies all the same
        except ValueError as error:
            raise Refused("link_broken", told="STREAM.INFO") from error
        if "error" in told or "created" not in told:
            raise Refused("link_no_stream", told=DISPATCH)
        self._hear_clock(str(told.get("ts", "")))
        self.state.reached_at = self._clock.now()
        created, last = instant_of(str(told["created"])), int(told.get("state", {}).get("last_seq", 0))
        mark = int(created.timestamp() * 1_000_000) if created else 0
        async with self._taking:
            known = await self._ward_call(lambda: self._ward.cursor(CREATED))
            if known and mark != known:
                log.warning("the log is another one than before: everything in it is looked at again")
                await self._count_from(dict.fromkeys(before, 0))
            elif short := {subject: last for subject, cursor in before.items() if cursor > last}:
                log.warning("the log has lost its newest messages: what follows %d is looked at again", last)
                await self._count_from(short)
            if mark != known:
                await self._ward_call(lambda: self._ward.skip_to(CREATED, mark))

    async def _count_from(self, cursors: Mapping[str, int]) -> None:
        for subject, sequence in cursors.items():
            await self._ward_call(partial(self._ward.skip_to, subject, sequence))
            self._cursors[subject] = sequence

    async def _catch_up(self, js: JetStreamContext, subject: str) -> None:
        """Take what lies behind the cursor, in order. Raises Refused where the log or the ward does not answer."""
        while True:
            wanted = self._cursors[subject] + 1
            try:
                found = await js.get_msg(DISPATCH, seq=wanted, next=True, direct=True, subject=subject)
            except nats.js.errors.NotFoundError:
                return
            except TimeoutError as error:
                raise Refused("link_no_answer") from error
            except nats.errors.NoRespondersError as error:
                raise Refused("link_no_stream", told=DISPATCH) from error
            except nats.js.errors.APIError as error:
                raise Refused("link_no_stream", told=str(error)[:200]) from error
            async with self._taking:
                sequence = found.seq or 0
                if sequence <= self._cursors[subject]:
                    continue  # it was heard meanwhile
                if not await self._take(found.data or b"", subject, sequence):
                    raise self.state.faults.get("taking") or Refused("link_no_answer")

    async def _take(self, raw: bytes, subject: str, sequence: int, *, in_turn: bool = True) -> bool:
        """Give one message to the ward; False = not now, and the cursor has not moved."""
        now_of_hub = self.now_of_hub()
        try:
            taken = await self._run(
                lambda: self._ward.receive(raw, subject, sequence, in_turn=in_turn, now_of_hub=now_of_hub)
            )
        except (sqlite3.OperationalError, OSError) as error:
            self.state.faults["taking"] = Refused("link_ward_waits", told=str(error)[:200])
            return False
        except _BROKEN as error:
            if isinstance(error, Refused) and error.reason in NOTHING_KEPT:
                self.state.faults["taking"] = error
                return False
            log.exception("message %d of %s is not taken", sequence, subject)
            return in_turn and await self._pass_by(subject, sequence)
        self.state.received += 1
        self.state.reached_at = self._clock.now()
        if in_turn:
            self._moved(subject, sequence)
            self._recent.add(subject, sequence, raw)
        self._on_taken()
        self._acknowledge(taken)
        return True

    def _moved(self, subject: str, sequence: int) -> None:
        self._cursors[subject] = max(self._cursors[subject], sequence)
        self._tries.pop((subject, sequence), None)

    async def _pass_by(self, subject: str, sequence: int) -> bool:
        """A message that nobody has thought of is tried again, and then left, so that it holds up no other."""
        tries = self._tries[subject, sequence] = self._tries.get((subject, sequence), 0) + 1
        if tries < POISON_TRIES:
            self.state.faults["taking"] = Refused("link_message_bad", sequence=sequence)
            return False
        log.error("message %d of %s is passed by", sequence, subject)
        await self._ward_call(lambda: self._ward.skip_to(subject, sequence))
        self._moved(subject, sequence)
        return True

    async def _ward_call(self, work: Callable[[], Any]) -> Any:
        """A call of the ward outside `receive`. Raises Refused where its disk does not let it."""
        try:
            return await self._run(work)
        except (sqlite3.OperationalError, OSError) as error:
            raise Refused("link_ward_waits", told=str(error)[:200]) from error

    # The hub's clock

    def now_of_hub(self) -> datetime | None:
        ahead = self.state.hub_ahead_seconds
        return None if ahead is None else self._clock.now() + timedelta(seconds=ahead)

    def _hear_clock(self, told: str) -> None:
        if (stamp := instant_of(told)) is not None:
            self.state.hub_ahead_seconds = (stamp - self._clock.now()).total_seconds()

    # Upwards

    def _acknowledge(self, taken: Taken) -> None:
        if not taken.acks or self._js is None:
            self._wake.set()
            return
        task = asyncio.create_task(self._tell_now(self._js, taken))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _tell_now(self, js: JetStreamContext, taken: Taken) -> None:
        try:
            await self._pump.tell_now(js, taken.acks)
        except (sqlite3.OperationalError, OSError, LoaError) as error:
            log.warning("an acknowledgement goes with the next turn: %s", error)
            self._wake.set()

    async def _telling(self, client: BrokerClient, js: JetStreamContext) -> None:
        """Empty the outbox whenever something may be in it."""
        self._js = js
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._pump_every)
            self._wake.clear()
            if not client.is_connected:
                continue
            try:
                while await self._pump.turn(js):
                    pass
            except (sqlite3.OperationalError, OSError, LoaError) as error:
                self.state.faults["telling"] = Refused("link_ward_waits", told=str(error)[:200])
                await asyncio.sleep(FAULT_WAIT)
            if (seconds := self._pump.pause()) > 0:
                await self._pause(seconds)

    async def _asked(self, message: Msg) -> None:
        """What the hub asks: answered now or never; a question is never kept for later."""
        told = await answer(message.subject, message.data, self._ward, self._run, self._clock.now())
        if message.reply:
            with suppress(nats.errors.Error):
                await message.respond(told)
        self._wake.set()
