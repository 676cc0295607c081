"""A ward paired by the page whose package is not installed: one sentence with the command, and it airs on."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.commands.air import _wanting
from scheduler.config.loading import Config
from scheduler.config.packages import package_faults
from scheduler.core.model import Role
from scheduler.extras.town.feature import FEATURE
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.service.enrolment import TownPairing
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused
from scheduler.supervisor import Supervisor

ROOT = Path(__file__).parents[4]


def test_the_look_at_the_station_says_what_a_ward_paired_by_the_page_lacks(without):
    paired = replace(Config(folder=ROOT)).having(TownConfig(url="tls://loa.thixa.gov.vn:4222"))
    assert package_faults(paired) == []
    without("nats")
    assert package_faults(paired) == [
        f"Chưa cài gói nats-py mà mục [town] cần; hãy chạy lệnh “pip --python {sys.executable} install nats-py” rồi làm lại."
    ]


def test_a_ward_without_the_package_is_not_paired_with_a_town(station, without):
    admin = station.repos.people.add("quan", "Quân", Role.ADMIN, "mat-khau-cua-quan", station.clock.now())
    without("nats")
    with pytest.raises(Refused) as refused:
        station.services.get(TownPairing).ask(admin, "https://loa.thixa.gov.vn", "AAAA-BBBB")
    assert refused.value.reason == "package_missing"
    assert refused.value.details["package"] == "nats-py"


def test_a_ward_paired_by_the_page_that_has_lost_the_package_airs_on_and_is_told_once(without, monkeypatch, capsys):
    watch = Supervisor([], SystemClock())
    (link,) = FEATURE.processes
    want = _wanting(watch)
    without("nats")
    want(link)
    want(link)
    assert capsys.readouterr().out == (
        f"Chưa cài gói nats-py mà mục [town] cần; hãy chạy lệnh “pip --python {sys.executable} install nats-py” rồi làm lại.\n"
    )
    assert link.name not in {child.name for child in watch._children}
    monkeypatch.undo()  # it is installed beside the running station
    want(link)
    assert link.name in {child.name for child in watch._children}
