"""One ward for each kind of sender: one that asks its people everything, one whose rules let the sender air."""

from importlib import import_module

import pytest

from scheduler.features import FEATURES
from scheduler.station import Station

KINDS = {
    one.name: import_module(f"tests.extras.{one.name}.sender").Contracted for one in FEATURES if "inbox" in one.needs
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


@pytest.fixture
def by_right():
    """Overridden where the ward lets the sender air."""
    return False


@pytest.fixture
def config(config, kind, by_right):
    return kind.configured(config, by_right=by_right)


@pytest.fixture
def sender(kind, station, lan, minh, by_right):
    return kind(station, lan, minh, by_right=by_right)


@pytest.fixture
def restarted(config, clock):
    """Another process of the same ward."""
    opened = []

    def make(sender):
        opened.append(Station.open(config, clock))
        opened[-1].prepare()
        return sender.reopened(opened[-1])

    yield make
    for station in opened:
        station.close()
