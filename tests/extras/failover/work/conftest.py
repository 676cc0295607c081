"""Two machines and a broker for the tests that need real ones."""

import pytest

from scheduler.config.loading import Config, OutputConfig, PlanningConfig, QuietHoursConfig, SpeechConfig, StationConfig
from scheduler.core.model import Role
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.conftest import Cast
from tests.extras.failover.work.duo import Duo
from tests.extras.failover.work.two import Two
from tests.extras.town.broker.servers import NatsServer


@pytest.fixture(scope="session")
def ward(tmp_path_factory):
    """The data folder of a ward with two people, eight approved announcements of four seconds, and a ninth of a minute."""
    folder = tmp_path_factory.mktemp("ward")
    config = Config(
        folder=folder,
        station=StationConfig(data="data"),
        quiet_hours=QuietHoursConfig(windows=()),
        planning=PlanningConfig(min_gap_minutes=0.0),
        speech=SpeechConfig(engines=("espeak",)),
        outputs=(OutputConfig(name="loa", kind="null", counts=True),),
    )
    station = Station.open(config, SystemClock())
    station.prepare()
    people, now = station.repos.people, station.clock.now()
    lan = people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
    minh = people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now)
    cast = Cast(station, lan, minh)
    for number in range(1, 9):
        cast.approved(4.0, f"Bản tin {number}", 200.0 + 40 * number)
    cast.approved(60.0, "Bản tin dài", 700.0)
    station.close()
    return folder / "data"


@pytest.fixture
def two(tmp_path, ward):
    with NatsServer(tmp_path) as server:
        both = Two(tmp_path, server)
        both.pair(ward)
        yield both
        both.close()


@pytest.fixture
def duo_of(tmp_path, ward):
    made = []
    with NatsServer(tmp_path) as server:

        def make(**told):
            made.append(Duo(tmp_path, server, ward, **told))
            return made[-1]

        yield make
        for one in made:
            one.close()
