"""Many wards in one loop: the real conversation of the link, over a ward that only remembers."""

import asyncio
from contextlib import asynccontextmanager

from scheduler.extras.town.broker.client import Broker
from scheduler.extras.town.rules.envelope import Told, UpKind, subjects_for, unseal, up_body
from scheduler.extras.town.work.conversation import Link
from scheduler.extras.town.work.ward import Taken, Up, is_urgent


class LightWard:
    """What it was given, in order, and an outbox in memory. `lose`: rows it says are sent and has never sent."""

    def __init__(self, ward_id, keys, clock, groups=()):
        self.ward_id, self.subjects = ward_id, subjects_for(ward_id, groups)
        self.clock, self.keys = clock, keys
        self.cursors, self.seen, self.stored = {}, {}, []
        self.rows, self.unsent = {}, set()

    def cursor(self, subject):
        return self.cursors.get(subject, 0)

    def skip_to(self, subject, sequence):
        self.cursors[subject] = sequence

    def receive(self, raw, subject, sequence, *, in_turn=True, **_):
        envelope = unseal(raw, self.keys)
        acks = ()
        if envelope.id not in self.seen:
            self.seen[envelope.id] = envelope
            acks = (self.tell(UpKind.ACK, {"id": envelope.id, "state": "received"}),)
        self.stored.append(envelope.id)
        if in_turn and sequence:
            self.cursors[subject] = max(self.cursors.get(subject, 0), sequence)
        return Taken(acks)

    def tell(self, kind, body):
        number = len(self.rows) + 1
        made = Up(number, kind.value, up_body(Told(self.ward_id, number, kind, self.clock.now(), body)))
        self.rows[number] = made
        self.unsent.add(number)
        return made

    def outbox(self, limit):
        return [self.rows[number] for number in sorted(self.unsent)[:limit]]

    def sent(self, rows):
        self.unsent -= set(rows)

    def resend(self, first, last, line=None):
        again = {number for number in self.rows if first <= number <= last} - self.unsent
        self.unsent |= again
        return len(again)


class Running:
    """A light ward and its link."""

    def __init__(self, town, ward_id, ward=None, groups=(), look_every=(2.0, 4.0)):
        keys = {town.services.keys.current().public: "town"}
        self.ward = ward or LightWard(ward_id, keys, town.station.clock, groups)
        broker = Broker(town.server.url, town.seeds[ward_id], town.server.ca_file, f"_INBOX_w{ward_id}")
        self.link = Link(
            self.ward, broker, town.station.clock, messages_a_second=1000, look_every=look_every, is_urgent=is_urgent
        )
        self._stop = asyncio.Event()

    async def begin(self):
        self._task = asyncio.create_task(self.link.run(self._stop))
        return self

    async def end(self):
        self._stop.set()
        await asyncio.wait_for(self._task, 120)


@asynccontextmanager
async def wards_of(town, ids, **told):
    """These wards, each with its link, connected."""
    running = [await Running(town, ward_id, **told).begin() for ward_id in ids]
    try:
        yield running
    finally:
        await asyncio.gather(*(one.end() for one in running), return_exceptions=True)
