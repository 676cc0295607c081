"""A ward whose clock is a day off towards its hub, with a real broker: what each of the two says of it is true."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.config.loading import OutputConfig
from scheduler.core.words.wording import sentence
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.enrolment import KEY_FILE
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.envelope import Kind
from scheduler.extras.town.service.town import TownService
from scheduler.extras.town.standing import checks
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.extras.hub.work.conftest import linked
from tests.extras.hub.work.told import WARD
from tests.waiting import until

DAY = timedelta(days=1)


class ClockOff(SystemClock):
    """A machine's clock that was set wrong."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self):
        return super().now() + self._by


@pytest.fixture
def ward_off(town, tmp_path):
    """A paired ward that lets the town's emergencies air, whose clock is off by so much."""
    opened = []

    def of(by):
        output = OutputConfig(name="wav", kind="wavfile", counts=True)
        line = TownConfig(url=town.server.url, ward_id=WARD, groups=("bac",), health_seconds=2.0)
        (tmp_path / "ward").mkdir()
        config = replace(town.station.written, folder=tmp_path / "ward", outputs=(output,)).having(HubConfig(), line)
        station = Station.open(config, ClockOff(by))
        opened.append(station)
        station.prepare()
        code = town.services.add_ward(town.admin, NewWard(WARD, "Phường Thật", ("bac",), homes=900))
        town.services.join(code, keys.public_of(keys.load_or_make(config.data / KEY_FILE)))
        admin, issuer = station.repos.people.machine(station.clock.now()), town.services.keys.current().public
        station.services.get(TownService).pin(admin, issuer, "Thị xã", may_emergency=False)
        return station

    yield of
    for station in opened:
        station.close()


@pytest.mark.parametrize(("by", "answered"), [(DAY, "expired"), (-DAY, "waiting")], ids=["ahead", "behind"])
def test_the_ward_names_the_difference_and_the_town_is_told_by_whose_clock(town, ward_off, cast, by, answered):
    ward, now = ward_off(by), town.station.clock.now
    order = IssueOrder(Kind.ANNOUNCEMENT, now() + timedelta(hours=1), cast.approved(), ("group.bac",))
    began = now()
    with linked(ward):
        until(lambda: town.services.ward(WARD).health_at, "the ward's health")
        issue = town.services.issue(town.admin, order)
        until(lambda: town.services.issued(issue)[0].heard_of == 1)
        until(lambda: ward.services.get(TownService).up.state().is_clock_apart)
        (told,) = [one for one in checks(ward.services) if one.reason == "check_clock_apart"]
        minutes = until(lambda: town.services.ward(WARD).clock_off_minutes, "the town's word of it")
    assert told.details == {"minutes": 1440}
    assert 1430 <= minutes * (1 if by > timedelta(0) else -1) <= 1440, "surely so much, no more"
    (row,) = town.services.issued(issue)[1]
    assert row.answer.state == answered
    assert row.answer.said_at <= now()
    assert began <= row.ward.heard_at <= now()
    assert ward.repos.slots.open_airings() == []
    if answered == "expired":
        assert sentence(row.answer.reason, row.answer.details).startswith("Theo giờ máy trạm của phường")
