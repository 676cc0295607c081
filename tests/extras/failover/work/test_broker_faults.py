"""What is said of the broker's vote is what went wrong: a file of this machine's own is no connection that failed."""

import asyncio
import threading
from contextlib import contextmanager, suppress

import pytest

from scheduler.config.loading import Config, StationConfig
from scheduler.extras.failover.keys import PairConfig
from scheduler.extras.failover.rules.election import Election
from scheduler.extras.failover.work import peers
from scheduler.extras.failover.work.peers import BrokerVoter, Table
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.client import connect
from scheduler.kernel.air_fence import folder_of
from scheduler.kernel.clock import since_boot
from tests.extras.town.broker.servers import NatsServer
from tests.ports import free_port
from tests.waiting import PATIENCE, until


@contextmanager
def asked(config):
    """The broker's voter at work; its table."""
    table, stop = Table(Election("may-1", "may-2", since_boot()), lambda: None), threading.Event()
    thread = threading.Thread(target=BrokerVoter(table, config).run, args=(stop,))
    thread.start()
    try:
        yield table
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def config_of(tmp_path):
    def made(**told):
        config = Config(folder=tmp_path, station=StationConfig(data="data"))
        folder_of(config.data).mkdir(parents=True)
        url = told.pop("url", f"nats://127.0.0.1:{free_port()}")
        return config.having(PairConfig(url=url, machine="may-1", peer="may-2", **told))

    return made


def told_of(config, reason):
    with asked(config) as table:
        return until(lambda: table.broker_fault == reason, reason)


def test_a_broker_that_is_not_there_is_not_reached(config_of):
    assert told_of(config_of(), "pair_broker_away")


def test_a_key_file_that_is_damaged_or_open_to_others_is_named_and_dialled_with_once_it_is_mended(config_of):
    config = config_of(nkey=True)
    path = folder_of(config.data) / "nkey"
    path.write_text("nothing", encoding="ascii")
    path.chmod(0o600)
    with asked(config) as table:
        until(lambda: table.broker_fault == "pair_nkey_unreadable", "the damaged file")
        path.unlink()
        until(lambda: table.broker_fault == "pair_broker_away", "a key of its own, made anew")
    path.chmod(0o644)
    assert told_of(config, "pair_nkey_open")


def test_a_certificate_and_an_address_that_are_none_are_named(config_of, tmp_path):
    config = config_of(url="tls://127.0.0.1:4222", ca_file="ca.pem")
    assert told_of(config, "pair_ca_unreadable")
    assert told_of(config.having(PairConfig(url="broker", machine="may-1", peer="may-2")), "pair_url_bad")


def test_a_broker_that_does_not_know_this_machines_key_is_said_to_turn_it_away(config_of, tmp_path):
    with NatsServer(tmp_path, wards={"26734": keys.public_of(keys.new_seed())}) as server:
        assert told_of(config_of(url=server.url, nkey=True), "pair_broker_refused")


@pytest.mark.parametrize("lost", [1, 3])
def test_a_dialling_that_loses_its_end_ends_all_the_same_and_is_hung_up(config_of, tmp_path, monkeypatch, lost):
    """`wait_for` of Python 3.11 loses a cancellation that meets its answer: here it loses as many as are said."""
    stop, is_dialled, clients = threading.Event(), threading.Event(), []

    async def loses(*told, **named):
        clients.append(await connect(*told, **named))
        is_dialled.set()
        for _ in range(lost):
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(2 * PATIENCE)
        return clients[0]

    monkeypatch.setattr(peers, "connect", loses)
    with NatsServer(tmp_path) as server:
        voter = BrokerVoter(Table(Election("may-1", "may-2", since_boot()), lambda: None), config_of(url=server.url))
        thread = threading.Thread(target=voter.run, args=(stop,), daemon=True)
        thread.start()
        assert is_dialled.wait(PATIENCE)
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert [client.is_closed for client in clients] == [True]
