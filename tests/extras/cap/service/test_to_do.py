"""Việc cần làm: alerts, rules and certificates that wait for a person."""

from datetime import timedelta

import pytest

from scheduler.core.station.tasks import Gravity
from scheduler.extras.cap.service.alerts import CapService
from tests.extras.cap.work.alerts import SENDER, alert, certificate_of, info, key_of
from tests.extras.cap.work.test_trust import RULE


@pytest.fixture
def by_key(services):
    return lambda: {task.key: task for task in services.open()}


def test_an_alert_that_waits_is_told_until_somebody_decides_an_emergency_at_once(station, lan, beat, by_key):
    grave, _ = station.services.get(CapService).receive(lan, alert())
    light, _ = station.services.get(CapService).receive(lan, alert(info(severity="Minor"), identifier="A-2"))
    urgent, other = by_key()[f"cap_waits:{grave.id}"], by_key()[f"cap_waits:{light.id}"]
    assert (urgent.reason, urgent.gravity) == ("cap_emergency_waits", Gravity.NOW)
    assert (other.reason, other.gravity, other.due) == ("cap_waits", Gravity.WAITS, light.expires_at)
    assert (other.mend, other.about, other.details["title"]) == ("cap", str(light.id), light.title)
    station.services.get(CapService).rows.change(light, {"state": "dismissed"})
    assert f"cap_waits:{light.id}" not in by_key()


def test_what_ends_first_is_told_first(station, lan, beat, services):
    ends = {"A-1": "11:00", "A-2": "09:00", "A-3": "10:00"}
    for name, hour in ends.items():
        words = info(severity="Minor", expires=f"2026-12-02T{hour}:00+07:00")
        station.services.get(CapService).receive(lan, alert(words, identifier=name))
    told = [task.due for task in services.open() if task.key.startswith("cap_waits")]
    assert told == sorted(told)
    assert len(told) == 3


def test_a_rule_that_nobody_has_approved_leads_to_the_rules(station, lan, minh, beat, by_key):
    rule = station.services.get(CapService).trust.add_rule(lan, RULE).rule
    task = by_key()[f"cap_rule_waits:{rule.id}"]
    assert (task.reason, task.mend, task.details["title"]) == ("cap_rule_waits", "cap_trust", rule.title)
    station.services.get(CapService).trust.approve_rule(minh, rule.id)
    assert f"cap_rule_waits:{rule.id}" not in by_key()


def test_a_certificate_is_told_three_weeks_before_its_end_and_after_it(station, minh, beat, by_key, clock):
    ends = clock.now() + timedelta(days=30)
    pem = certificate_of(key_of("ed25519"), ends=ends)
    station.services.get(CapService).trust.trust(minh, SENDER, "Đài mẫu", certificates=pem)
    assert by_key() == {}
    clock.advance(9 * 86_400)
    beat()
    task = by_key()[f"cap_certificate:{SENDER}"]
    assert (task.reason, task.due, task.mend) == ("cap_certificate_ends", ends, "cap_trust")
    assert task.details == {"sender": "Đài mẫu", "day": "01/01/2027"}
    clock.advance(21 * 86_400 + 1)
    beat()
    assert by_key()[f"cap_certificate:{SENDER}"].reason == "cap_certificate_ended"
    newer = certificate_of(key_of("ed25519"), ends=ends + timedelta(days=365))
    station.services.get(CapService).trust.trust(minh, SENDER, "Đài mẫu", certificates=pem + newer)
    assert by_key() == {}, "another one is there"
