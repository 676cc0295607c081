"""A running ward and a running box on one loopback: processes of their own, or links on threads of the test."""

import http.server
import threading

import pytest

from scheduler.config import loading as configuration
from scheduler.core.model import Role
from scheduler.extras.boxes.service.boxes import ClusterService
from scheduler.extras.boxes.work.ward import ClusterLink
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.conftest import Cast
from tests.extras.boxes.work.house import BOX, CONFIG_BOX, CONFIG_WARD, Mosquitto, Process, Sounds, running, written
from tests.ports import free_port


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def broker(tmp_path):
    made = Mosquitto(tmp_path / "mqtt").start()
    yield made
    made.kill()


@pytest.fixture
def page_port():
    return free_port()


@pytest.fixture
def ward_path(tmp_path, broker, page_port):
    path, _ = written(tmp_path / "ward" / "config.toml", CONFIG_WARD, page=page_port, broker=broker.port)
    return path


@pytest.fixture
def config(ward_path):
    return configuration.load(ward_path)


@pytest.fixture
def box_path(tmp_path, broker, page_port, station):
    key = station.services.get(ClusterService).link.public_key()
    path, _ = written(tmp_path / "box" / "config.toml", CONFIG_BOX, page=page_port, broker=broker.port, key=key)
    return path


@pytest.fixture
def loa(request):
    """Starts `loa …` and ends it behind the test."""
    begun = []

    def start(path, *words):
        begun.append(Process(path, *words))
        return begun[-1]

    yield start
    for process in begun:
        process.stop()


@pytest.fixture
def box_rows(box_path):
    """The box's own rows, read from outside."""
    opened = Station.open(configuration.load(box_path))
    yield opened
    opened.close()


@pytest.fixture
def people(station, clock):
    lan = station.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", clock.now())
    minh = station.repos.people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", clock.now())
    admin = station.repos.people.add("hung", "Hùng", Role.ADMIN, "mat-khau-cua-hung", clock.now())
    return Cast(station, lan, minh), minh, admin


@pytest.fixture
def seen(station):
    """How the ward sees its box."""
    return lambda: station.services.get(ClusterService).get(BOX)


@pytest.fixture
def page(station, page_port):
    """The ward's page, as far as it gives sounds."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", page_port), Sounds)
    server.library = station.repos.library
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def ward_link(station):
    return lambda: running(lambda: ClusterLink(station))
