"""A ward that lies somewhere, believes one sender without a signature, and has one approved rule for each way."""

import pytest

from scheduler.core.model import Role
from scheduler.extras.cap.keys import CapAlertConfig
from scheduler.extras.cap.rules.alert import Certainty, Severity, Urgency
from scheduler.extras.cap.rules.rules import Rule
from scheduler.extras.cap.service.alerts import CapService
from scheduler.extras.inbox.rules import Way
from tests.extras.cap.work.alerts import INSIDE, SENDER


@pytest.fixture
def config(config):
    told = CapAlertConfig(sender="phuong-mot@vidu.example", place=INSIDE, geocodes=("00004", "001", "01"))
    return config.having(told)


@pytest.fixture
def mai(station):
    """Mai approves too."""
    return station.repos.people.add("mai", "Mai", Role.APPROVER, "mat-khau-cua-mai", station.clock.now())


@pytest.fixture
def ward(station, lan, minh):
    """The station with trust and rules in place."""
    services = station.services.get(CapService)
    services.trust.trust(minh, SENDER, "Đài mẫu", unsigned=True)
    air = Rule(0, "Thiên tai nặng", Way.AIR, (), Severity.SEVERE, Urgency.EXPECTED, Certainty.LIKELY)
    session = Rule(0, "Thời tiết", Way.SESSION, (), Severity.MINOR, Urgency.FUTURE, Certainty.POSSIBLE)
    for rule in (air, session):
        services.trust.approve_rule(minh, services.trust.add_rule(lan, rule).rule.id)
    return station
