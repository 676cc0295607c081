"""A town on a real broker: a station with `[hub]`, its process in a thread of its own, and wards that are only keys."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TypeVar

import pytest

from scheduler.config.loading import Config
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.hub.work.process import TownHub
from scheduler.extras.town.broker import keys
from scheduler.extras.town.work.process import TownLink
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.conftest import noon_zone
from tests.extras.town.broker.servers import NatsServer
from tests.waiting import PATIENCE, until

Process = TypeVar("Process", TownHub, TownLink)


@contextmanager
def _in_a_thread(made: Process, name: str) -> Iterator[Process]:
    stop = threading.Event()
    thread = threading.Thread(target=made.run, args=(stop,), name=name)
    thread.start()
    try:
        yield made
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def running(station: Station) -> AbstractContextManager[TownHub]:
    """The process `hub` of a station, in a thread."""
    return _in_a_thread(TownHub(station), "hub")


def linked(station: Station) -> AbstractContextManager[TownLink]:
    """The process `link` of a ward, in a thread."""
    return _in_a_thread(TownLink(station), "link")


class Town:
    """The station of a town, its broker, and short ways to what tests need."""

    def __init__(self, station: Station, server: NatsServer) -> None:
        self.station, self.server = station, server
        self.services = station.services.get(HubService)
        self.admin = station.repos.people.machine(station.clock.now())
        self.seeds: dict[str, str] = {}

    def ward(self, ward_id: str, *groups: str) -> str:
        """A ward that has come in; gives its seed."""
        code = self.services.add_ward(self.admin, NewWard(ward_id, f"Phường {ward_id}", groups, homes=1000))
        seed = self.seeds[ward_id] = keys.new_seed()
        self.services.join(code, keys.public_of(seed))
        return seed

    def many(self, ids) -> None:
        """Wards that have come in, the accounts written once."""
        write, self.services.conf.put_in_force = self.services.conf.put_in_force, lambda: None
        try:
            for ward_id in ids:
                self.ward(ward_id)
        finally:
            self.services.conf.put_in_force = write
        self.services.conf.put_in_force()

    def state(self, ward_id: str) -> str:
        return self.services.ward(ward_id).state.value


@pytest.fixture
def clock():
    """A broker knows no stepped clock."""
    return SystemClock()


@pytest.fixture
def server(tmp_path) -> NatsServer:
    """Not started yet; the town writes its accounts."""
    return NatsServer(tmp_path, wards={}, more="system_account: SYS")


@pytest.fixture
def config(config, server) -> Config:
    told = HubConfig(
        url=server.url,
        name="Thị xã Mẫu",
        page_url="http://127.0.0.1:1",
        wards_conf=str(server.wards_conf),
        broker_pid=str(server.pid_file),
        ca_file=str(server.ca_file or ""),
    )
    return replace(config, station=replace(config.station, time_zone=noon_zone())).having(told)


@pytest.fixture
def desk_of_town(station, server) -> Town:
    """A town whose broker does not run."""
    return Town(station, server)


@pytest.fixture
def town(desk_of_town) -> Iterator[Town]:
    """A running town: broker, station and the process `hub`."""
    made = desk_of_town
    made.services.conf.write()
    with made.server, running(made.station):
        until(lambda: made.services.state().connected)
        yield made
