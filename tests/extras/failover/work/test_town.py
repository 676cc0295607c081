"""A ward of two machines under a real town: who takes over tells in a line of its own, and the town keeps both."""

from contextlib import closing

import pytest

from scheduler.config.loading import Config, OutputConfig, StationConfig
from scheduler.extras.failover.service import FailoverService
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.enrolment import KEY_FILE
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rows.queue import JOURNAL
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.conftest import noon_zone
from tests.extras.hub.work.conftest import Town, linked, running
from tests.extras.hub.work.told import WARD, aired, lines_at, rows_at
from tests.extras.town.broker.servers import NatsServer
from tests.waiting import until


@pytest.fixture
def town(tmp_path):
    """A town with a broker of its own, beside the one that votes on the ward's air."""
    (tmp_path / "town").mkdir()
    server = NatsServer(tmp_path / "town", wards={}, more="system_account: SYS")
    hub = HubConfig(
        url=server.url,
        page_url="http://127.0.0.1:1",
        wards_conf=str(server.wards_conf),
        broker_pid=str(server.pid_file),
    )
    config = Config(
        folder=tmp_path / "town",
        station=StationConfig(data="data", time_zone=noon_zone()),
        outputs=(OutputConfig(kind="null", counts=True),),
    ).having(hub)
    with closing(Station.open(config, SystemClock())) as station:
        station.prepare()
        made = Town(station, server)
        made.services.conf.write()
        with server, running(station):
            until(lambda: made.services.state().connected, "the town's broker")
            yield made


def lines_of(machine):
    """(line, why it was begun) of a machine's outbox, the oldest first."""
    return [
        (row["line"], row["why"]) for row in machine.station.repos.store.rows("SELECT * FROM town_line ORDER BY id")
    ]


def tells(town, machine, count, name):
    """The machine's link runs, airings are written and told; what the town has then."""
    before = len(rows_at(town))
    with closing(Station.open(machine.config, machine.clock)) as station, linked(station):
        until(lambda: station.services.get(TownService).up.state().reached_at, "the line")
        until(machine.air.has_air, "the air, without which nothing is written")
        aired(machine.station, count, name=name)
        until(lambda: len(rows_at(town)) == before + count, "its airings, at the town")
        until(lambda: station.services.get(TownService).up.rows.state().waiting == 0, "an empty outbox")


def test_the_machine_that_takes_over_behind_the_other_tells_nothing_under_a_number_that_was_told(town, duo_of):
    duo = duo_of(more=[TownConfig(url=town.server.url, ward_id=WARD)])
    first, second = duo.first, duo.second
    public = keys.public_of(keys.load_or_make(first.config.data / KEY_FILE))
    town.services.join(town.services.add_ward(town.admin, NewWard(WARD, "Phường Hai Máy", homes=900)), public)
    duo.up()
    with duo.steady(first):
        until((second.config.data / KEY_FILE).exists, "the ward's key on the other machine")
        # what was before is not told
        with closing(Station.open(first.config, first.clock)) as station, linked(station):
            until(
                lambda: station.services.get(TownService).up.rows.cursor(JOURNAL) is not None,
                "the beginning of the link",
            )
        tells(town, first, 3, "both")
        until(lambda: lines_of(second) == lines_of(first), "the line, on the other machine")
        until(lambda: len(airings(second)) == 3, "the airings, on the other machine")
        before = lines_of(second)
    second.stop()
    tells(town, first, 2, "lost")
    first.stop()
    second.start()
    until(lambda: second.told().alive, "the word of the second machine")
    minh = second.station.repos.people.by_login("minh")
    second.station.services.get(FailoverService).take(minh, "mat-khau-cua-minh")
    until(second.air.has_air, "the second machine's air")
    *kept, (line, why) = lines_of(second)
    assert kept == before
    assert why == "took"
    tells(town, second, 4, "took")
    until(lambda: all(whole for _, whole in lines_at(town)), "every number of both lines")
    assert [one for one, _ in lines_at(town)] == [before[-1][0], line]
    assert len(airings(second)) == 3 + 4
    assert len(rows_at(town)) == 3 + 2 + 4
    assert set(rows_at(town).values()) == {1}
    state = town.services.ward(WARD)
    assert (state.missing_rows, state.lost_rows, state.trouble) == (0, 0, "")
    assert town.services.chain_faults(town.admin) == []
    assert town.services.airtime(town.admin, "642/UBND").totals.airings == 9
    assert duo.doubles == []


def airings(machine):
    return machine.station.repos.store.rows("SELECT hash FROM journal WHERE kind = 'airing'")
