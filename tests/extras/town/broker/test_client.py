"""The connection against the real server: who is let in, who is not, and how it comes back."""

import asyncio
import socket
import threading
from functools import partial
from pathlib import Path

import nats.errors
import nats.js.errors
import pytest

from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.client import Broker, LineState, connect, fault_of, jetstream, urls_of
from scheduler.extras.town.broker.setup import DISPATCH, UP, ensure_streams
from scheduler.kernel.errors import Refused
from tests.extras.town.broker.servers import Certificates, NatsCluster, NatsServer, Own

WARD = "26734"


PATIENCE = 120.0
"""Seconds for what takes one: the machine may be busy."""


def within(coroutine):
    """Run it, and fail instead of hanging."""
    return asyncio.run(asyncio.wait_for(coroutine, 4 * PATIENCE))


def patient(client):
    """The log behind a connection, for who asks once and asserts: a slow disk is no fault."""
    return client.jetstream(timeout=PATIENCE)


async def until(true, seconds=PATIENCE):
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come true")


@pytest.fixture
def seed():
    return keys.new_seed()


@pytest.fixture
def server(tmp_path, seed):
    with NatsServer(tmp_path, wards={WARD: Own(keys.public_of(seed), ("ven-song",))}) as begun:
        yield begun


def own(server, seed):
    return Broker(server.url, seed, server.ca_file, f"_INBOX_w{WARD}")


async def town(server, faults=None):
    client = await connect(
        Broker(server.url, server.hub_seed, server.ca_file),
        name="hub",
        on_fault=(faults if faults is not None else []).append,
    )
    await ensure_streams(patient(client))
    return client


def test_the_right_key_is_let_in_and_a_wrong_one_and_none_are_not(server, seed):
    async def story():
        client = await connect(own(server, seed), name="w", on_fault=lambda _: None)
        assert client.is_connected
        await client.close()
        for wrong in (keys.new_seed(), None):
            faults = []
            with pytest.raises(Refused, match="link_turned_away"):
                await connect(Broker(server.url, wrong), name="x", on_fault=faults.append, wait=False)
            assert faults[0].reason == "link_turned_away"

    within(story())


def test_a_wrong_key_keeps_knocking_and_is_let_in_once_the_town_has_it(server, seed):
    async def story():
        other, faults = keys.new_seed(), []
        dialling = asyncio.create_task(connect(own(server, other), name="w", on_fault=faults.append))
        await until(lambda: faults)
        assert not dialling.done()
        server.reload({WARD: Own(keys.public_of(other))})
        client = await asyncio.wait_for(dialling, PATIENCE)
        assert client.is_connected
        await client.close()

    within(story())


class TestEightRefusals:
    """Everything that NETWORK 5 says a ward may not do, as ward 1."""

    def test_a_ward_speaks_for_itself_alone_and_hears_nobody_else(self, server, seed):
        async def story():
            hub = await town(server)
            faults = []
            client = await connect(own(server, seed), name="w", on_fault=faults.append)
            js = patient(client)
            heard = []

            async def hear(message):
                heard.append(message.subject)

            await js.publish(f"up.{WARD}.ack", b"mine", headers={"Nats-Msg-Id": f"{WARD}:1"})
            for subject in ("up.2.ack", "dispatch.all", f"dispatch.ward.{WARD}"):
                with pytest.raises((TimeoutError, nats.errors.Error, nats.js.errors.Error)):
                    await js.publish(subject, b"forged", timeout=0.5)
            await client.publish("live.dispatch.all", b"forged")
            for subject in ("up.>", "_INBOX.>", "live.dispatch.>", "live.dispatch.ward.2", "cmd.2.>"):
                await client.subscribe(subject, cb=hear)
            with pytest.raises(TimeoutError):
                await client.request("$JS.API.STREAM.DELETE.DISPATCH", b"", timeout=0.5)
            with pytest.raises(TimeoutError):
                await client.request("$JS.API.STREAM.PURGE.UP", b"", timeout=0.5)
            await client.flush()
            hub_js = patient(hub)
            await hub_js.publish("dispatch.ward.2", b"for another")
            await hub.publish("cmd.2.ping", b"")
            await hub_js.publish("up.2.ack", b"of another")
            await hub.flush(PATIENCE)
            await asyncio.sleep(0.5)
            up, dispatch = await hub_js.stream_info(UP), await hub_js.stream_info(DISPATCH)
            await client.close()
            await hub.close()
            told = " ".join(str(fault) for fault in faults)
            return heard, up.state.messages, dispatch.state.messages, told

        heard, up, dispatch, told = within(story())
        assert heard == []
        assert (up, dispatch) == (2, 1), "its own one and the other ward's, and the town's one"
        for subject in ("up.2.ack", "dispatch.all", "live.dispatch.all", "up.>", "_INBOX.>", "STREAM.DELETE"):
            assert subject.lower() in told
        assert "link_not_allowed" in told


def test_a_killed_server_is_come_back_to_and_what_follows_is_heard(server, seed):
    async def story():
        states, heard = [], []
        client = await connect(own(server, seed), name="w", on_fault=lambda _: None, on_state=states.append)

        async def hear(message):
            heard.append(message.data)

        await client.subscribe("live.dispatch.all", cb=hear)
        await client.flush()
        server.kill()
        await until(lambda: LineState.AWAY in states)
        server.start()
        hub = await town(server)
        await until(lambda: states[-1] is LineState.CONNECTED)
        await client.flush()
        await jetstream(hub).publish("dispatch.all", b"after")
        await until(lambda: heard == [b"after"])
        await client.close()
        await hub.close()

    within(story())


def stopped(pid):
    """Whether every thread of a process stands still: a signal is not there at once."""
    states = [(one / "stat").read_text().rpartition(")")[2].split()[0] for one in Path(f"/proc/{pid}/task").iterdir()]
    return set(states) == {"T"}


@pytest.mark.parametrize("how", ["cancelled", "out of time"])
def test_a_flush_that_nobody_waits_for_any_more_leaves_the_connection_as_it_was(server, seed, how):
    async def story():
        states, heard = [], []
        client = await connect(own(server, seed), name="w", on_fault=lambda _: None, on_state=states.append)

        async def hear(message):
            heard.append(message.data)

        await client.subscribe("live.dispatch.all", cb=hear)
        await client.flush()
        server.silence()
        await until(lambda: stopped(server.pid))
        if how == "cancelled":
            flushing = asyncio.create_task(client.flush())
            await asyncio.sleep(0.1)  # it waits for an answer
            flushing.cancel()
        else:
            with pytest.raises(nats.errors.FlushTimeoutError):
                await client.flush(0.1)  # type: ignore[arg-type]  # seconds, and it knows fractions
        server.wake()
        hub = await town(server)
        await client.flush()
        await jetstream(hub).publish("dispatch.all", b"after")
        await until(lambda: heard == [b"after"])
        assert states == [LineState.CONNECTED]
        assert client.stats["reconnects"] == 0
        await client.close()
        await hub.close()

    within(story())


def test_a_revoked_ward_is_out_at_once_and_the_others_notice_nothing(tmp_path):
    seeds = {str(number): keys.new_seed() for number in range(1, 21)}
    wards = {number: Own(keys.public_of(seed)) for number, seed in seeds.items()}

    async def story(server):
        states = {number: [] for number in seeds}
        clients = {
            number: await connect(
                Broker(server.url, seed, None, f"_INBOX_w{number}"),
                name=number,
                on_fault=lambda _: None,
                on_state=states[number].append,
            )
            for number, seed in seeds.items()
        }
        newcomer = keys.new_seed()
        server.reload(
            {number: ward for number, ward in wards.items() if number != "7"} | {"99": Own(keys.public_of(newcomer))}
        )
        await until(lambda: not clients["7"].is_connected)
        late = await connect(Broker(server.url, newcomer, None, "_INBOX_w99"), name="99", on_fault=lambda _: None)
        await asyncio.sleep(0.5)
        others = [number for number in seeds if number != "7"]
        assert all(states[number] == [LineState.CONNECTED] for number in others)
        assert all(clients[number].stats["reconnects"] == 0 for number in others)
        assert late.is_connected
        assert not clients["7"].is_connected
        for client in (*clients.values(), late):
            await client.close()

    with NatsServer(tmp_path, wards=wards) as server:
        within(story(server))


class TestTls:
    def test_the_towns_own_authority_is_believed_and_no_other(self, tmp_path, seed):
        async def story(server):
            client = await connect(own(server, seed), name="w", on_fault=lambda _: None)
            assert client.is_connected
            await client.close()
            with pytest.raises(Refused, match="link_tls"):
                await connect(Broker(server.url, seed), name="w", on_fault=lambda _: None, wait=False)

        with NatsServer(tmp_path, wards={WARD: keys.public_of(seed)}, tls=True) as server:
            within(story(server))

    def test_one_that_is_not_believed_is_dialled_again_until_it_is_and_given_up_at_once(self, tmp_path, seed):
        """The socket of a failed TLS tells no end; nats-py alone waits for it for ever."""

        async def story(server):
            believed = server.tls.ca.read_bytes()
            server.tls.ca.write_bytes(Certificates.make(tmp_path / "other").ca.read_bytes())
            told = []
            dialling = asyncio.create_task(connect(own(server, seed), name="w", on_fault=told.append))
            await until(lambda: [one.reason for one in told[:3]] == ["link_tls"] * 3)
            dialling.cancel()
            await asyncio.wait({dialling}, timeout=PATIENCE)
            assert dialling.done()
            server.tls.ca.write_bytes(believed)
            client = await connect(own(server, seed), name="w", on_fault=told.append)
            assert client.is_connected
            await client.close()

        with NatsServer(tmp_path, wards={WARD: keys.public_of(seed)}, tls=True) as server:
            within(story(server))

    def test_a_server_that_offers_no_tls_is_told_nothing(self, seed):
        """Somebody between who says that the server speaks no TLS."""
        said = []

        def answer(listener):
            for _ in range(2):
                line, _ = listener.accept()
                with line:
                    line.settimeout(PATIENCE)
                    line.sendall(
                        b'INFO {"server_id":"x","version":"2.10.27","max_payload":1048576,"headers":true,"nonce":"abc"}\r\n'
                    )
                    try:
                        said.append(line.recv(4096))
                    except OSError:
                        said.append(b"")

        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=answer, args=(listener,), daemon=True)
            thread.start()
            url = f"127.0.0.1:{listener.getsockname()[1]}"

            async def story():
                with pytest.raises(Refused, match="link_tls"):
                    await connect(Broker(f"tls://{url}", seed), name="w", on_fault=lambda _: None, wait=False)
                with pytest.raises(Refused):  # the same in the clear is spoken to: the trap is a real one
                    await connect(Broker(f"nats://{url}", seed), name="w", on_fault=lambda _: None, wait=False)

            within(story())
            thread.join(PATIENCE)
        assert b"CONNECT" not in said[0]
        assert b"CONNECT" in said[1]

    def test_a_certificate_file_that_cannot_be_read_is_said(self, tmp_path, seed):
        with pytest.raises(Refused, match="link_ca_unreadable"):
            within(connect(Broker("tls://127.0.0.1:1", seed, tmp_path / "none.pem"), name="w", on_fault=lambda _: None))


@pytest.mark.parametrize(
    "url",
    [
        "",
        " , ",
        "http://a:1",
        "nats://",
        "nats://user:word@a:1",
        "nats://a:1,tls://b:2",
        "nats://a:99999",
        "nats://a b:1",
    ],
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(Refused, match="link_address_bad"):
        urls_of(url)


def test_the_addresses_of_a_cluster_are_taken_apart():
    assert urls_of("tls://a:4222, tls://b:4222") == ["tls://a:4222", "tls://b:4222"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (nats.errors.Error("nats: 'Authorization Violation'"), "link_turned_away"),
        (nats.errors.Error('nats: permissions violation for publish to "up.2.ack"'), "link_not_allowed"),
        (nats.errors.StaleConnectionError(), "link_silent"),
        (nats.errors.UnexpectedEOF(), "link_unreachable"),
        (ConnectionRefusedError(111, "refused"), "link_unreachable"),
        (TimeoutError(), "link_slow"),
        (nats.errors.Error("nats: something new"), "link_broken"),
    ],
)
def test_what_the_library_reports_is_a_reason(fault, reason):
    assert fault_of(fault).reason == reason


def test_streams_are_made_once_and_brought_to_what_is_written(server):
    async def story():
        hub = await town(server)
        js = patient(hub)
        await js.publish("dispatch.all", b"kept")
        await ensure_streams(js)
        dispatch, up = await js.stream_info(DISPATCH), await js.stream_info(UP)
        with pytest.raises(nats.js.errors.APIError):
            await js.purge_stream(DISPATCH)
        with pytest.raises(nats.js.errors.APIError):
            await js.publish("dispatch.all", b"x" * 65_537)
        await hub.close()
        return dispatch, up

    dispatch, up = within(story())
    told = dispatch.config
    assert dispatch.state.messages == 1
    assert (told.max_age, told.max_msg_size, told.duplicate_window) == (30 * 86_400, 65_536, 600)
    assert (told.allow_direct, told.deny_delete, told.deny_purge) == (True, True, True)
    assert (told.republish.src, told.republish.dest) == ("dispatch.>", "live.dispatch.>")
    assert up.config.subjects == ["up.>"]


async def tried(question):
    """What it answers, asked until three servers agree to answer."""
    for _ in range(240):
        try:
            return await question()
        except (TimeoutError, Refused, nats.errors.Error):
            await asyncio.sleep(0.5)
    raise AssertionError("no answer")


def test_three_servers_keep_the_log_when_its_leader_dies(tmp_path):
    async def story(cluster):
        faults = []
        client = await connect(Broker(cluster.url), name="hub", on_fault=faults.append)
        js = jetstream(client)
        await tried(lambda: ensure_streams(js, 3))
        await tried(lambda: js.publish("dispatch.all", b"1", headers={"Nats-Msg-Id": "1"}))
        leader = (await tried(lambda: js.stream_info(DISPATCH))).cluster.leader
        next(one for one in cluster.servers if one.name == leader).kill()
        await tried(lambda: js.publish("dispatch.all", b"2", headers={"Nats-Msg-Id": "2"}))

        def kept(number):  # any of the two that are left may answer, also the one that is a moment behind
            return js.get_msg(DISPATCH, seq=number, next=True, direct=True, subject="dispatch.all")

        found = [(await tried(partial(kept, number))).data for number in (1, 2)]
        await client.close()
        return found

    with NatsCluster(tmp_path) as cluster:
        assert within(story(cluster)) == [b"1", b"2"]
