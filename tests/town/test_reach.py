"""Across the parts: two hundred real links come back after a broker that was killed, and a station runs but once."""

import asyncio
from contextlib import suppress

import nats.errors
import nats.js.errors
import pytest

from scheduler import supervisor
from scheduler.broker.client import Broker, connect, jetstream
from scheduler.broker.setup import UP, ensure_streams
from scheduler.clock import SystemClock
from scheduler.link import Link
from scheduler.supervisor import StationBusyError
from tests.broker.servers import NatsServer
from tests.link.light import LightWard

WARDS, MESSAGES = 200, 5


async def until(true, seconds):
    end = asyncio.get_running_loop().time() + seconds
    while not true():
        assert asyncio.get_running_loop().time() < end, "it did not come true"
        await asyncio.sleep(0.1)


async def story(server):
    wards = [LightWard(str(number)) for number in range(1, WARDS + 1)]
    links = [Link(ward, Broker(server.url), SystemClock()) for ward in wards]
    stop = asyncio.Event()
    tasks = [asyncio.create_task(link.run(stop)) for link in links]
    hub = await connect(Broker(server.url), name="hub", on_fault=lambda _: None)
    js = jetstream(hub)
    await ensure_streams(js)
    await until(lambda: all(link.state.connected for link in links), 40)
    server.kill()
    await until(lambda: not any(link.state.connected for link in links), 40)
    await asyncio.to_thread(server.start)
    for number in range(MESSAGES):
        while True:
            with suppress(nats.errors.Error, nats.js.errors.Error, TimeoutError):
                await js.publish("dispatch.all", str(number).encode(), headers={"Nats-Msg-Id": str(number)})
                break
            await asyncio.sleep(0.2)
    await until(lambda: all(len(ward.texts) >= MESSAGES and not ward.rows for ward in wards), 60)
    messages = (await js.stream_info(UP)).state.messages
    stop.set()
    await asyncio.gather(*tasks)
    await hub.close()
    return wards, messages


def test_two_hundred_wards_come_back_after_a_kill_with_everything_once_and_in_order(tmp_path):
    """Acceptance test 16, at the size of CI."""
    with NatsServer(tmp_path) as server:
        wards, messages = asyncio.run(asyncio.wait_for(story(server), 150))
    assert all(ward.texts == [str(number).encode() for number in range(MESSAGES)] for ward in wards)
    assert messages == WARDS * MESSAGES


def test_a_second_station_on_the_same_folder_is_refused(config, station):
    """Acceptance test 17."""
    held = supervisor.lock(config)
    try:
        with pytest.raises(StationBusyError):
            supervisor.lock(config)
    finally:
        held.release()
    supervisor.lock(config).release()
