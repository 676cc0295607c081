"""The process `hub` as `loa run` starts it: killed, it comes back and goes on; what it loads; who needs it not."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from scheduler.config import loading as configuration
from scheduler.core.model import Role
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.town.rules.envelope import Kind
from tests.conftest import Cast
from tests.extras.hub.work.conftest import Town
from tests.extras.hub.work.light import wards_of
from tests.extras.hub.work.voice import settled
from tests.ports import free_port
from tests.station.conftest import CONFIG, Running
from tests.waiting import until

HUB = """
[hub]
url = "{url}"
name = "Thị xã Mẫu"
page_url = "http://127.0.0.1:{port}"
wards_conf = "{wards}"
"""


@pytest.fixture
def config_path(tmp_path, server):
    path, port = tmp_path / "config.toml", free_port()
    told = CONFIG.format(port=port, kind="wavfile") + HUB.format(url=server.url, port=port, wards=server.wards_conf)
    path.write_text(told, encoding="utf-8")
    return path


@pytest.fixture
def config(config_path):
    return configuration.load(config_path)


@pytest.fixture
def loa_run(config_path):
    begun = Running(config_path)
    yield begun
    begun.end()


def loaded(code):
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, {code}; print(*sys.modules)"], capture_output=True, check=True
    )
    return set(told.stdout.decode().split())


def test_the_process_loads_neither_the_page_nor_the_alarms_and_a_plain_station_not_the_brokers_client():
    assert {"flask", "apscheduler", "waitress", "werkzeug", "av"} & loaded("scheduler.extras.hub.work.process") == set()
    assert {"nats", "scheduler.extras.hub.work"} & loaded(
        "scheduler.station, web, scheduler.extras.hub.commands"
    ) == set()


def test_killed_in_the_middle_it_comes_back_and_every_ward_has_everything_once(loa_run, station, server):
    town = Town(station, server)
    town.services.conf.write()
    ids = ["1", "2", "3", "4", "5"]
    with server:
        loa_run.up(station)
        until(lambda: town.services.state().connected, "the broker")
        lan = station.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", station.clock.now())
        minh = station.repos.people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", station.clock.now())
        number = Cast(station, lan, minh).approved()
        for ward in ids:
            town.ward(ward)
        before = loa_run.children()

        async def story():
            async with wards_of(town, ids) as wards:
                await settled(lambda: all(one.link.state.connected for one in wards))
                issues = []
                for place in range(20):
                    order = IssueOrder(Kind.ANNOUNCEMENT, station.clock.now() + timedelta(hours=1), number)
                    issues.append(town.services.issue(minh, order))
                    if place in {5, 12}:
                        os.kill(loa_run.children()["hub"], signal.SIGKILL)
                        await asyncio.to_thread(
                            until, lambda: loa_run.children().get("hub") not in {None, before["hub"]}, "a new hub"
                        )
                        before["hub"] = loa_run.children()["hub"]
                await settled(lambda: all(set(one.ward.seen) == set(issues) for one in wards))
                await settled(lambda: all(town.services.issued(one)[0].heard_of == len(ids) for one in issues))
                assert {len(one.ward.stored) for one in wards} == {len(issues)}

        asyncio.run(story())
        after = loa_run.children()
    names = ("playout", "web", "worker")
    assert {name: after[name] for name in names} == {name: before[name] for name in names}
