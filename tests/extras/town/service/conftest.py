"""A ward that belongs to a town, as fixtures: one that asks its people everything, one whose rules let the town air."""

from dataclasses import replace

import pytest

from scheduler.core.model import Role
from scheduler.extras.town.keys import TownConfig
from scheduler.station import Station
from tests.extras.town.service.town import WARD, pinned


@pytest.fixture
def config(config):
    """A ward of a town, where everything waits for a person."""
    return config.having(TownConfig(url="nats://127.0.0.1:1", ward_id=WARD, groups=("ven-song",)))


@pytest.fixture
def trusting(config, clock):
    """The same ward, where its rules let the town air."""
    told = replace(config.get(TownConfig), emergency="air", priority="next_session", caps="tighten")
    opened = Station.open(config.having(told), clock)
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture
def boss(station):
    return station.repos.people.add("quan", "Quân", Role.ADMIN, "mat-khau-cua-quan", station.clock.now())


@pytest.fixture
def town(station, boss):
    return pinned(station, boss)


@pytest.fixture
def alarm(trusting, boss):
    """A town whose emergencies the ward airs unasked."""
    return pinned(trusting, boss, may_emergency=True)
