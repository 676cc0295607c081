"""Whom the ward believes, and which rules hold: only by a leader, with a code where more comes through."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.extras.cap.rules.alert import Certainty, Severity, Urgency
from scheduler.extras.cap.rules.rules import Rule
from scheduler.extras.cap.service.alerts import CapService
from scheduler.extras.inbox.rules import Way
from scheduler.kernel.errors import NotPermitted, Refused
from tests.conftest import MORNING
from tests.extras.cap.work.alerts import SENDER, certificate_of, key_of

YESTERDAY = MORNING - timedelta(days=1)
RULE = Rule(0, "Thiên tai nặng", Way.AIR, ("lũ", "bão"), Severity.SEVERE, Urgency.EXPECTED, Certainty.LIKELY)


class Asked:
    def __init__(self, *, right=True):
        self.times, self.right = 0, right

    def __call__(self):
        self.times += 1
        if not self.right:
            raise Refused("code_wrong")


def test_believing_a_sender_asks_a_leader_for_a_code(station, lan, minh):
    trust, wrong = station.services.get(CapService).trust, Asked(right=False)
    with pytest.raises(NotPermitted):
        trust.trust(lan, SENDER, "Đài mẫu", unsigned=True)
    with pytest.raises(Refused, match="code_wrong"):
        trust.trust(minh, SENDER, "Đài mẫu", unsigned=True, prove=wrong)
    assert trust.senders() == []
    trust.trust(minh, SENDER, "Đài mẫu", unsigned=True, prove=Asked())
    assert [one.approved_by for one in trust.senders()] == [minh.id]


def test_believing_less_asks_for_no_code_and_believing_more_does(station, minh):
    trust, asked, pem = station.services.get(CapService).trust, Asked(), certificate_of(key_of())
    trust.trust(minh, SENDER, "Đài", certificates=pem, unsigned=True, prove=asked)
    trust.trust(minh, SENDER, "Đài", certificates=pem, prove=asked)
    assert asked.times == 1
    trust.trust(minh, SENDER, "Đài", certificates=pem, unsigned=True, prove=asked)
    assert asked.times == 2
    trust.trust(minh, SENDER, "Đài", certificates=pem + certificate_of(key_of()), unsigned=True, prove=asked)
    assert asked.times == 3
    trust.distrust(minh, SENDER)
    trust.trust(minh, SENDER, "Đài", unsigned=True, prove=asked)
    assert asked.times == 4


@pytest.mark.parametrize(
    ("sender", "name", "certificates", "unsigned", "reason"),
    [
        ("a b", "Đài", "", True, "cap_sender_invalid"),
        ("a,b", "Đài", "", True, "cap_sender_invalid"),
        ("", "Đài", "", True, "cap_sender_invalid"),
        (SENDER, "  ", "", True, "cap_name_missing"),
        (SENDER, "Đài", "không phải PEM", True, "cap_certificate"),
        (SENDER, "Đài", "", False, "cap_no_proof"),
        (SENDER, "Đài", certificate_of(key_of("ed25519"), ends=YESTERDAY), True, "cap_certificate_old"),
    ],
)
def test_a_sender_that_could_not_be_believed_is_refused(station, minh, sender, name, certificates, unsigned, reason):
    with pytest.raises(Refused, match=reason):
        station.services.get(CapService).trust.trust(minh, sender, name, certificates=certificates, unsigned=unsigned)


def test_a_certificate_for_later_may_be_pinned_ahead_and_an_old_one_that_is_pinned_may_stay(station, minh, clock):
    trust, old = (
        station.services.get(CapService).trust,
        certificate_of(key_of("ed25519"), ends=MORNING + timedelta(days=1)),
    )
    trust.trust(minh, SENDER, "Đài", certificates=old)
    clock.advance(2 * 86_400)
    later = certificate_of(key_of("ed25519"), begins=MORNING + timedelta(days=30))
    kept = trust.trust(minh, SENDER, "Đài mới", certificates=old + later)
    assert kept.certificates.count("BEGIN CERTIFICATE") == 2
    with pytest.raises(Refused, match="cap_certificate_old"):
        trust.trust(minh, SENDER, "Đài mới", certificates=old + certificate_of(key_of("ed25519"), ends=YESTERDAY))


def test_a_rule_holds_only_once_a_leader_who_did_not_write_it_has_approved(station, lan, minh, mai):
    trust = station.services.get(CapService).trust
    rule = trust.add_rule(minh, RULE)
    assert not rule.rule.approved
    with pytest.raises(NotPermitted):
        trust.approve_rule(lan, rule.rule.id)
    with pytest.raises(Refused, match="author_is_approver"):
        trust.approve_rule(minh, rule.rule.id)
    with pytest.raises(Refused, match="code_wrong"):
        trust.approve_rule(mai, rule.rule.id, prove=Asked(right=False))
    assert not trust.rules()[0].rule.approved
    held = trust.approve_rule(mai, rule.rule.id, prove=Asked())
    assert (held.rule.approved, held.approved_by) == (True, mai.id)
    assert held.approved_at == station.clock.now()
    with pytest.raises(Refused, match="cap_rule_decided"):
        trust.approve_rule(mai, rule.rule.id)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "},
        {"severity": Severity.UNKNOWN},
        {"urgency": Urgency.PAST},
        {"urgency": Urgency.UNKNOWN},
        {"certainty": Certainty.UNKNOWN},
        {"way": Way.INBOX},
        {"events": tuple(map(str, range(60)))},
    ],
)
def test_a_rule_that_says_nothing_is_refused(station, lan, changes):
    with pytest.raises(Refused, match="cap_rule_invalid"):
        station.services.get(CapService).trust.add_rule(lan, replace(RULE, **changes))


def test_an_editor_takes_back_only_a_rule_of_their_own_that_nobody_has_approved(station, lan, minh):
    trust = station.services.get(CapService).trust
    mine, held, leaders = trust.add_rule(lan, RULE), trust.add_rule(lan, RULE), trust.add_rule(minh, RULE)
    trust.approve_rule(minh, held.rule.id)
    trust.end_rule(lan, mine.rule.id)
    for other in (held, leaders):
        with pytest.raises(NotPermitted):
            trust.end_rule(lan, other.rule.id)
    trust.end_rule(minh, held.rule.id)
    assert [one.rule.id for one in trust.rules()] == [leaders.rule.id]
