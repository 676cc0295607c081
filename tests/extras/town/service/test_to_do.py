"""Việc cần làm: what the town has sent."""

from datetime import timedelta

from scheduler.core.model import Role
from scheduler.extras.town.keys import TownConfig
from scheduler.station import Station
from tests.extras.town.service.town import WARD, pinned


def test_what_the_town_has_sent_is_told_with_the_time_until_which_it_waits(config, clock):
    told = config.having(TownConfig(url="nats://127.0.0.1:1", ward_id=WARD))
    station = Station.open(told, clock)
    station.prepare()
    boss = station.repos.people.add("quan", "Quân", Role.ADMIN, "mat-khau-cua-quan", clock.now())
    town = pinned(station, boss)
    later = town.issue(expires=clock.now() + timedelta(hours=9), title="Sau")
    sooner = town.issue(expires=clock.now() + timedelta(hours=3), title="Trước")
    tasks = [
        task for task in station.services.to_do.open() if task.mend == "town" and task.key.startswith("town_waits")
    ]
    assert [(task.about, task.due) for task in tasks] == [
        (str(sooner.id), sooner.expires_at),
        (str(later.id), later.expires_at),
    ]
    station.close()
