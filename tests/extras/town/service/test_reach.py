"""Across the parts: two hundred real links over TLS come back after a broker that was killed, and none of them storms."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from itertools import pairwise

import nats.errors
import nats.js.errors
import pytest

from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.client import JS_TIMEOUT, LEAST_PAUSE, Broker, BrokerClient, connect
from scheduler.extras.town.broker.setup import UP, ensure_streams
from scheduler.extras.town.work import Link
from scheduler.kernel.clock import SystemClock
from tests.extras.hub.work.voice import PATIENCE, settled
from tests.extras.town.broker.servers import NatsServer, Own
from tests.extras.town.work.light import LightWard

WARDS, MESSAGES = 200, 5


@pytest.fixture
def dials(monkeypatch):
    """Every attempt to connect: connection -> instants of the loop."""
    found, real = defaultdict(list), BrokerClient._connect_to_server

    async def noted(self, server):
        found[id(self)].append(asyncio.get_running_loop().time())
        await real(self, server)

    monkeypatch.setattr(BrokerClient, "_connect_to_server", noted)
    return found


async def published(js, number):
    """Published until the broker has it, under one id."""
    while True:
        with suppress(nats.errors.Error, nats.js.errors.Error, TimeoutError):
            return await js.publish(
                "dispatch.all", str(number).encode(), timeout=JS_TIMEOUT, headers={"Nats-Msg-Id": str(number)}
            )
        await asyncio.sleep(0.2)


async def story(server, seeds, dials):
    wards = [LightWard(ward_id) for ward_id in seeds]
    links = [
        Link(ward, Broker(server.url, seeds[ward.ward_id], server.ca_file, f"_INBOX_w{ward.ward_id}"), SystemClock())
        for ward in wards
    ]
    stop = asyncio.Event()
    tasks = [asyncio.create_task(link.run(stop)) for link in links]
    hub = await connect(Broker(server.url, server.hub_seed, server.ca_file), name="hub", on_fault=lambda _: None)
    js = hub.jetstream(timeout=PATIENCE)  # beside two hundred that shake hands, an answer takes its time
    await ensure_streams(js)
    await settled(lambda: all(link.state.connected for link in links))
    dials.clear()
    server.kill()
    await settled(lambda: not any(link.state.connected for link in links))
    await asyncio.sleep(3.0)  # long enough to dial, and in vain
    await asyncio.to_thread(server.start)
    began = asyncio.get_running_loop().time()
    for number in range(MESSAGES):
        await published(js, number)
    await settled(lambda: all(link.state.connected for link in links))
    print(f"all {WARDS} back {asyncio.get_running_loop().time() - began:.1f} s after the server")
    await settled(lambda: all(len(ward.texts) >= MESSAGES and not ward.rows for ward in wards))
    messages = (await js.stream_info(UP)).state.messages
    stop.set()
    await asyncio.gather(*tasks)
    await hub.close()
    return wards, messages


def test_two_hundred_wards_come_back_after_a_kill_with_everything_once_and_in_order(tmp_path, dials):
    """Acceptance test 16, at the size of CI."""
    seeds = {str(number): keys.new_seed() for number in range(1, WARDS + 1)}
    own = {ward_id: Own(keys.public_of(seed)) for ward_id, seed in seeds.items()}
    with NatsServer(tmp_path, wards=own, tls=True) as server:
        wards, messages = asyncio.run(asyncio.wait_for(story(server, seeds, dials), 5 * PATIENCE))
    assert all(ward.texts == [str(number).encode() for number in range(MESSAGES)] for ward in wards)
    assert messages == WARDS * MESSAGES
    apart = [later - earlier for one in dials.values() for earlier, later in pairwise(one)]
    assert len(apart) >= WARDS // 2, "they have dialled in vain"
    assert min(apart) >= LEAST_PAUSE * 0.99, "no ward tries more than once a second"
