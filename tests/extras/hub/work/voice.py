"""A ward that is only a key: hears what is live, says what it is told to. And waits that end."""

import asyncio
import secrets

import nats.errors

from scheduler.extras.town.broker.client import Broker, connect
from scheduler.extras.town.rules.envelope import Told, UpKind, up_body
from scheduler.store.chain import COLUMNS, GENESIS, row_hash

PATIENCE = 120.0
"""Seconds for what takes one: the machine may be busy."""


class Voice:
    def __init__(self, town, ward_id, *groups, seed=None, name=None):
        self.town, self.ward_id, self.groups = town, ward_id, groups
        self.seed = seed or town.seeds[ward_id]
        self.name = name or f"ward {ward_id}"
        self.heard, self.faults, self.row = [], [], 0
        self.reconnects = 0

    async def __aenter__(self):
        await self._dial()
        return self

    async def _dial(self):
        """Until it is in: who shakes hands with the broker in the instant it reads its accounts is thrown out."""
        while True:
            try:
                await self._dialled()
            except nats.errors.Error:
                await self.client.close()
            else:
                return

    async def _dialled(self):
        told = Broker(self.town.server.url, self.seed, self.town.server.ca_file, f"_INBOX_w{self.ward_id}")
        self.client = await connect(told, name=self.name, on_fault=self.faults.append, on_state=self._state)
        self.js = self.client.jetstream(timeout=PATIENCE)
        for subject in ("all", f"ward.{self.ward_id}", *(f"group.{one}" for one in self.groups)):
            await self.client.subscribe(f"live.dispatch.{subject}", cb=self._hear)
        await self.client.flush(PATIENCE)
        self.reconnects = 0

    async def __aexit__(self, *_):
        await self.client.close()

    def _state(self, state):
        self.reconnects += state == "connected"

    async def _hear(self, message):
        self.heard.append(message.data)

    def body(self, kind, body, row, ward=None):
        return up_body(Told(ward or self.ward_id, row, UpKind(kind), self.town.station.clock.now(), body))

    async def says(self, kind, body, row=0, ward=None):
        """One word upwards, confirmed by the stream; who was thrown out dials again, as a link does."""
        if self.client.is_closed:
            await self._dial()
        row = row or self.row + 1
        self.row = max(self.row, row)
        headers = {"Nats-Msg-Id": f"{self.ward_id}:{row}:{secrets.token_hex(4)}"}  # the stream's memory is not tested
        await self.js.publish(f"up.{self.ward_id}.{kind}", self.body(kind, body, row, ward), headers=headers)


async def settled(what, seconds=PATIENCE):
    """Wait until `what` is so; bounded."""
    end = asyncio.get_running_loop().time() + seconds
    while not (found := what()):
        assert asyncio.get_running_loop().time() < end, "not so in time"
        await asyncio.sleep(0.02)
    return found


def journal(count, *, number="642/QĐ", day="2026-12-02", first=1, previous=GENESIS, **more):
    """Rows of a ward's journal that hang together."""
    rows = []
    for seq in range(first, first + count):
        row = dict.fromkeys(COLUMNS) | {
            "seq": seq, "at": "2026-12-02T01:00:00.000000+00:00", "kind": "airing", "day": day,
            "slot_id": f"s{seq}", "title": "Tiêm chủng", "dispatch_number": number, "zone": "all", "priority": 3,
            "trigger": "schedule", "planned_start": "2026-12-02T01:00:00.000000+00:00",
            "actual_start": "2026-12-02T01:00:00.000000+00:00", "planned_ms": 30_000, "played_ms": 30_000,
            "outcome": "played", "reason": "", "text_sha256": "", "audio_sha256": "ab" * 32, "voice": "",
            "author": "", "approver": "", "operator": "", "outputs_json": "{}", "note": "", "prev_hash": previous,
        } | more  # fmt: skip
        row["zones_json"] = None
        row["hash"] = previous = row_hash(row)
        rows.append(row)
    return rows
