"""A broker that fails at every word of the first conversation: one socket at a time, and in the end one that works.

The failing broker is a fake; what it says is held against the real server first.
"""

import asyncio
import contextlib
import json
import socket

import pytest
from nats.aio.transport import TcpTransport

from scheduler.extras.town.broker import client as broker_client
from scheduler.extras.town.broker.client import Broker, LineState, connect
from tests.extras.town.broker.failing import FailingServer, Way
from tests.extras.town.broker.servers import NatsServer
from tests.extras.town.broker.test_client import until, within

FAILING = [way for way in Way if way is not Way.WORKS]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Attempts follow each other at once: two loops side by side then meet soonest."""
    monkeypatch.setattr(broker_client, "LEAST_PAUSE", 0.01)
    monkeypatch.setattr(broker_client, "MOST_PAUSE", 0.05)
    monkeypatch.setattr(broker_client, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(broker_client, "CONNECT_SECONDS", 1)


@pytest.fixture(params=["real", "failing"])
def url(request, tmp_path):
    with NatsServer(tmp_path) if request.param == "real" else FailingServer([Way.WORKS]) as begun:
        yield begun.url


class TestTheFakeSpeaksAsTheRealOneDoes:
    def test_info_comes_unasked_and_a_pong_for_each_ping(self, url):
        host, _, port = url.removeprefix("nats://").partition(":")
        with socket.create_connection((host, int(port)), timeout=30) as line, line.makefile("rwb") as file:
            first = file.readline()
            assert first.startswith(b"INFO ")
            assert first.endswith(b"\r\n")
            assert {"server_id", "version", "max_payload", "headers"} <= set(json.loads(first[5:]))
            for _ in range(2):
                file.write(b'CONNECT {"verbose":false,"pedantic":false}\r\nPING\r\n')
                file.flush()
                assert file.readline() == b"PONG\r\n"

    def test_the_client_is_let_in_and_its_words_arrive(self, url):
        async def story():
            client = await connect(Broker(url), name="w", on_fault=lambda _: None, wait=False)
            await client.publish("a", b"word")
            await client.flush(30)
            assert client.is_connected
            await client.close()

        within(story())


async def works_alone(server, client):
    """One connection, it carries words, and nobody dials beside it."""
    await client.publish("last", b"word")
    await client.flush(60)
    await until(lambda: b"PUB last" in server.heard())
    dialled = server.dialled
    await asyncio.sleep(0.4)  # many pauses: a second loop would have dialled
    assert server.dialled == dialled
    assert server.open == 1
    assert client.is_connected
    assert server.most_open == 1


@pytest.mark.parametrize("way", FAILING, ids=lambda way: way.name.lower())
class TestABrokerThatFails:
    def test_at_the_first_connection(self, way):
        async def story(server):
            client = await connect(Broker(server.url), name="w", on_fault=lambda _: None)
            await until(
                lambda: server.dialled >= 4
            )  # one that works may be too slow on a busy machine, and is followed by another
            await until(lambda: client.is_connected)
            await works_alone(server, client)
            await client.close()
            await until(lambda: server.open == 0)

        with FailingServer([way] * 3 + [Way.WORKS]) as server:
            within(story(server))

    def test_after_a_connection_that_worked(self, way):
        async def story(server):
            states = []
            client = await connect(Broker(server.url), name="w", on_fault=lambda _: None, on_state=states.append)
            server.cut()
            await until(lambda: server.dialled >= 5)
            await until(lambda: client.is_connected and states[-1] is LineState.CONNECTED)
            await works_alone(server, client)
            await client.close()
            await until(lambda: server.open == 0)

        with FailingServer([Way.WORKS] + [way] * 3 + [Way.WORKS]) as server:
            within(story(server))

    def test_closed_in_the_middle_it_dials_no_more(self, way):
        async def story(server):
            states = []
            client = await connect(Broker(server.url), name="w", on_fault=lambda _: None, on_state=states.append)
            server.cut()
            await until(lambda: server.dialled >= 3)
            await client.close()
            assert states[-1] is LineState.CLOSED
            server.settle()
            await until(lambda: server.open == 0)
            dialled = server.dialled
            await asyncio.sleep(0.4)
            assert (server.dialled, server.open) == (dialled, 0)
            assert server.most_open == 1

        with FailingServer([Way.WORKS, way]) as server:
            within(story(server))


@pytest.mark.parametrize("lost", [1, 3])
def test_who_closes_waits_for_a_dialling_that_has_not_heard_its_end(quick, monkeypatch, lost):
    """`wait_for` of Python 3.11 loses a cancellation that meets its answer: here it loses as many as are said."""

    async def story(server):
        faults, states, is_dialled = [], [], asyncio.Event()
        asyncio.get_running_loop().set_exception_handler(lambda _, told: faults.append(told))
        client = await connect(Broker(server.url), name="w", on_fault=lambda _: None, on_state=states.append)

        async def loses(transport, uri, **_):
            reader, writer = await asyncio.open_connection(uri.hostname, uri.port)
            is_dialled.set()
            for _ in range(lost):
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(60)
            transport._bare_io_reader = transport._io_reader = reader
            transport._bare_io_writer = transport._io_writer = writer

        monkeypatch.setattr(TcpTransport, "connect", loses)
        server.cut()
        await is_dialled.wait()
        await client.close()
        assert states[-1] is LineState.CLOSED
        assert states.count(LineState.CLOSED) == 1
        assert client.is_closed
        await until(lambda: server.open == 0)
        assert not faults

    with FailingServer([Way.WORKS, Way.SILENT]) as server:
        within(story(server))


def test_a_broker_that_fails_each_time_in_another_way(quick):
    async def story(server):
        client = await connect(Broker(server.url), name="w", on_fault=lambda _: None)
        await until(lambda: server.dialled >= len(ways))
        await until(lambda: client.is_connected)
        await works_alone(server, client)
        await client.close()

    ways = [*FAILING, Way.WORKS]
    with FailingServer(ways) as server:
        within(story(server))
