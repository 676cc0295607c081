"""What goes up: the outbox in order, several rows in flight, at a pace that floods nobody; acknowledgements at once.

A row is marked sent when the stream has confirmed it, never before. What the stream cannot take (it is full, or away)
waits with a sentence. A row that the broker will never take is left in its place and told, and those behind it go on.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

import nats.errors
import nats.js.errors
from nats.js import JetStreamContext

from scheduler.extras.town.rules.envelope import up_message_id, up_subject
from scheduler.extras.town.work.ward import LinkState, Runner, Up, Ward
from scheduler.kernel.errors import Refused

__all__ = ["Outbox", "Pace"]

log = logging.getLogger(__name__)

A_TURN = 200
IN_FLIGHT = 16
LONGEST_PAUSE = 10.0
_NEVER = 400
"""The broker's answer to what it will never take."""


class Pace:
    """At most `a_second` messages in any second."""

    def __init__(self, a_second: float, monotonic: Callable[[], float]) -> None:
        self._a_second = a_second
        self._monotonic = monotonic
        self._sent: deque[float] = deque()

    async def turn(self) -> None:
        """Wait for the turn of one message."""
        while True:
            now = self._monotonic()
            while self._sent and now - self._sent[0] >= 1.0:
                self._sent.popleft()
            if len(self._sent) < self._a_second:
                self._sent.append(now)
                return
            await asyncio.sleep(max(0.001, 1.0 - (now - self._sent[0])))


class Outbox:
    """`turn` empties what waits; `tell_now` passes by everything."""

    def __init__(self, ward: Ward, run: Runner, state: LinkState, pace: Pace) -> None:
        self._ward, self._run, self._state, self._pace = ward, run, state, pace
        self._flying: set[int] = set()
        self._left: dict[int, str] = {}
        """Rows that the broker will never take, and why."""
        self._done: list[int] = []
        self.failures = 0
        """Turns in a row that ended in a fault."""

    async def tell_now(self, js: JetStreamContext, rows: Sequence[Up]) -> None:
        """Acknowledgements: past the pace and past what waits; what fails goes with the next turn."""
        if len(rows) > 1:
            await self._publish_all(js, rows, None)
            return
        for row in rows:  # one acknowledgement is the usual case, and thousands of wards may tell theirs at once
            self._flying.add(row.row)
            try:
                await self._publish(js, row, [])
            finally:
                self._flying.discard(row.row)
            await self._mark()

    async def turn(self, js: JetStreamContext) -> bool:
        """Send what waits; whether more is left. A fault is kept in the state, never raised."""
        most = A_TURN + len(self._left)
        rows = await self._run(lambda: self._ward.outbox(most))
        found = [row for row in rows if row.row not in self._flying and row.row not in self._left]
        if not found:
            if not self._flying and not self._left:
                self._well()
            return False
        fault = await self._publish_all(js, found, self._pace)
        if fault is not None:
            self.failures += 1
            if str(self._state.faults.get("telling")) != str(fault):  # said once, as long as it stays the same
                log.warning("the town does not take what it is told: %s", fault)
            self._state.faults["telling"] = fault
            return False
        if not self._left:
            self._well()
        return len(rows) >= most

    def pause(self) -> float:
        """Seconds until the next turn after a fault; 0 without one."""
        return min(2.0 ** (self.failures - 1), LONGEST_PAUSE) if self.failures else 0.0

    def _well(self) -> None:
        self.failures = 0
        if self._state.faults.pop("telling", None) is not None:
            log.info("the town takes again what it is told")

    async def _publish_all(self, js: JetStreamContext, rows: Sequence[Up], pace: Pace | None) -> Refused | None:
        """Publish rows in their order; the first fault, after which no further one is begun."""
        window = asyncio.Semaphore(IN_FLIGHT)
        faults: list[Refused] = []
        tasks: list[asyncio.Task[None]] = []
        self._flying.update(row.row for row in rows)
        try:
            for row in rows:
                await window.acquire()  # before its turn: what waited for room behind it would come beside the next
                if pace is not None:
                    await pace.turn()
                if faults:
                    break
                task = asyncio.create_task(self._publish(js, row, faults))
                task.add_done_callback(lambda _: window.release())
                tasks.append(task)
            if tasks:
                await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            self._flying.difference_update(row.row for row in rows)
        await self._mark()
        return faults[0] if faults else None

    async def _publish(self, js: JetStreamContext, row: Up, faults: list[Refused]) -> None:
        ward_id = self._ward.ward_id
        try:
            number = up_message_id(ward_id, row.number or row.row, row.line)
            await js.publish(up_subject(ward_id, row.kind), row.body, headers={"Nats-Msg-Id": number})
        except (nats.errors.Error, nats.js.errors.Error, OSError, TimeoutError) as error:
            fault = _fault_of(error)
            if fault.reason == "link_row_never":
                log.error("row %d of the outbox is left: %s", row.row, error)  # noqa: TRY400 - a sentence is enough
                self._left[row.row] = str(error)
                self._state.faults["telling"] = Refused("link_row_never", row=row.row)
                return
            faults.append(fault)
            return
        self._done.append(row.row)
        self._state.told += 1
        self._left.pop(row.row, None)

    async def _mark(self) -> None:
        """Mark what is confirmed; what cannot be marked now (a full disk) is sent once more and known by its number."""
        if not self._done:
            return
        done, self._done = self._done, []
        await self._run(lambda: self._ward.sent(done))


def _fault_of(error: Exception) -> Refused:
    """Why the stream did not take a row."""
    if isinstance(error, nats.errors.MaxPayloadError):
        return Refused("link_row_never")
    if isinstance(error, nats.js.errors.NoStreamResponseError):
        return Refused("link_no_stream", told="UP")
    if isinstance(error, nats.js.errors.APIError):
        if error.code == _NEVER:
            return Refused("link_row_never")
        return Refused("link_broker_full", told=str(error.description or "")[:200])
    if isinstance(error, TimeoutError):
        return Refused("link_no_answer")
    return Refused("link_broken", told=str(error)[:200])
