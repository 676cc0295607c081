"""A ward linked to a town of its own on the loopback: a real broker, and a station on the machine's clock."""

import threading

import pytest

from scheduler.core.model import Role
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.enrolment import KEY_FILE
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.service.town import TownService
from scheduler.extras.town.work.process import TownLink
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.extras.town.broker.servers import NatsServer, Own
from tests.extras.town.work.town_side import PATIENCE, TownSide, page, wait_until
from tests.ports import free_port

WARD, GROUP = "26734", "ven-song"


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def ward_seed(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700, exist_ok=True)
    return keys.load_or_make(folder / KEY_FILE)


@pytest.fixture
def server(tmp_path, ward_seed):
    """Not begun yet."""
    made = NatsServer(tmp_path, wards={WARD: Own(keys.public_of(ward_seed), (GROUP,))}, port=free_port())
    yield made
    made.stop()


@pytest.fixture
def town(server):
    """The town on a broker that runs."""
    server.start()
    side = TownSide(server).connect()
    yield side
    side.close()


@pytest.fixture
def sounds():
    with page() as told:
        yield told


@pytest.fixture
def config(config, server, sounds):
    told = TownConfig(
        url=server.url,
        ward_id=WARD,
        groups=(GROUP,),
        hub_url=sounds.url,
        emergency="air",
        messages_a_second=200,
        clip_spread_minutes=0.0,
    )
    return config.having(told)


@pytest.fixture
def trust(station):
    """Pin a town's key in the ward."""

    def pin(side, **rights):
        tuan = station.repos.people.add("tuan", "Tuấn", Role.ADMIN, "mat-khau-cua-tuan", station.clock.now())
        return station.services.get(TownService).pin(tuan, side.issuer, "Thị xã", **({"may_emergency": True} | rights))

    return pin


class Linked:
    """The link of a station in a thread of this process; it can be ended and begun again."""

    def __init__(self, station):
        self.station = station
        self.stop = self.thread = self.link = None

    def begin(self):
        self.stop = threading.Event()
        self.link = TownLink(self.station)
        self.thread = threading.Thread(target=self.link.run, args=(self.stop,), daemon=True)
        self.thread.start()
        return self

    def up(self):
        self.begin()
        wait_until(lambda: self.link.state.connected, "the line")
        return self

    def end(self):
        if self.stop is not None:
            self.stop.set()
            self.thread.join(PATIENCE)
            assert not self.thread.is_alive(), "the link did not end"
            self.stop = None

    @property
    def state(self):
        return self.link.state


@pytest.fixture
def link(station):
    made = Linked(station)
    yield made
    made.end()


@pytest.fixture
def inbox(station):
    """The rows of the ward's inbox, newest last."""
    return lambda: station.repos.store.rows("SELECT * FROM town_inbox ORDER BY id")


@pytest.fixture
def reopened(config, clock):
    """The same folder opened once more."""
    opened = []

    def make():
        opened.append(Station.open(config, clock))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
