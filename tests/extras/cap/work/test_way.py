"""The way of an alert in a real station: on the air by the ward's rule, into a session, to a person, or nowhere."""

from datetime import timedelta

import pytest

from scheduler.core.model import AiringOutcome, AnnouncementState
from scheduler.core.people.kept import AuditFilter
from scheduler.extras.cap.rules.rules import Sender
from scheduler.extras.cap.service.alerts import CapService
from scheduler.extras.cap.work import take_in, tend
from scheduler.extras.inbox.work import air_by_order
from scheduler.kernel.errors import Refused
from tests.extras.cap.work.alerts import ED, SENDER, alert, certificate_of, info, key_of, reference, sample, signed


def slots(station):
    return station.repos.store.rows("SELECT * FROM slot WHERE trigger = 'emergency' ORDER BY created_at")


def test_an_alert_of_a_trusted_sender_is_aired_by_the_wards_rule(ward, lan):
    row, fresh = take_in(ward, lan, sample("flood-alert.xml"))
    assert (row.state, row.way, fresh) == ("aired", "air", True)
    (slot,) = slots(ward)
    assert slot["id"] == row.slot_id
    assert slot["priority"] == 1
    said = ward.repos.programme.announcement(row.announcement_id)
    assert said.text.startswith("Lũ quét đang lên nhanh.\nNước sông dâng")
    assert "Flood" not in said.text
    assert ward.repos.people.get(said.author_id).name == "Nguồn cảnh báo: Đài mẫu"


def test_other_words_under_a_used_key_are_refused(ward, lan):
    take_in(ward, lan, alert())
    with pytest.raises(Refused, match="cap_key_taken"):
        take_in(ward, lan, alert(info(headline="Lời khác")))
    assert len(slots(ward)) == 1


def believed_by_certificate(ward, minh):
    """A key whose signature the ward believes, and nothing unsigned of that sender."""
    key = key_of("ed25519")
    ward.services.get(CapService).trust.trust(minh, SENDER, "Đài mẫu", certificates=certificate_of(key))
    return key


@pytest.mark.parametrize("words", ["Lời giả", "Lũ quét đang lên nhanh"], ids=["other words", "the same words"])
@pytest.mark.parametrize("forged", [True, False], ids=["forged", "unsigned"])
def test_an_unproved_alert_owns_no_key_so_the_genuine_one_airs(ward, lan, minh, words, forged):
    key = believed_by_certificate(ward, minh)
    first = alert(info(headline=words))
    before, _ = take_in(ward, lan, signed(first, key_of("ed25519"), ED) if forged else first)
    assert before.state == "waiting"
    row, fresh = take_in(ward, lan, signed(alert(), key, ED))
    assert (row.state, row.proof, fresh) == ("aired", "signed", True)
    assert len(slots(ward)) == 1
    rows = ward.services.get(CapService).adapter.alerts
    assert rows.get(before.id).state == "superseded"
    with pytest.raises(Refused, match="cap_key_taken"):
        take_in(ward, lan, alert(info(headline="Lời giả lần nữa")))


def test_words_that_somebody_has_aired_unproved_are_not_said_again_when_they_are_proved(ward, lan, minh):
    key = believed_by_certificate(ward, minh)
    waiting, _ = take_in(ward, lan, alert())
    services = ward.services.get(CapService)
    air_by_order(ward, services.inbox, minh, waiting.id)
    row, fresh = take_in(ward, lan, signed(alert(), key, ED))
    assert (row.id, row.proof, fresh) == (waiting.id, "signed", False)
    assert len(slots(ward)) == 1


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [
        ({"status": "Exercise"}, "kept", "cap_status"),
        ({"status": "Test"}, "kept", "cap_status"),
        ({"status": "System"}, "kept", "cap_status"),
        ({"status": "Draft"}, "kept", "cap_status"),
        ({"scope": "Restricted"}, "kept", "cap_scope"),
        ({"scope": "Private"}, "kept", "cap_scope"),
        ({"msgType": "Ack", "references": reference("X")}, "kept", "cap_answer"),
        ({"msgType": "Error", "references": reference("X")}, "kept", "cap_answer"),
    ],
)
def test_what_is_no_public_alarm_never_sounds(ward, lan, changes, state, reason):
    row, _ = take_in(ward, lan, alert(**changes))
    assert (row.state, row.reason) == (state, reason)
    tend(ward)
    assert slots(ward) == []


@pytest.mark.parametrize(
    ("data", "doubt"),
    [
        (alert(sender="la@vidu.example"), "cap_not_trusted"),
        (alert(info(language="en-US")), "cap_language"),
        (alert(info(severity="Unknown")), "cap_no_rule"),
        (alert(info(area="")), "cap_area_unknown"),
        (alert(sent="2026-12-02T06:25:00+07:00"), "cap_from_future"),
        (alert(info(effective="2026-12-02T08:00:00+07:00")), "cap_not_yet"),
        (alert(info(responseType="AllClear")), "cap_all_clear"),
        (alert(info(expires=""), sent="2026-12-02T03:00:00+07:00"), "cap_old"),
    ],
)
def test_what_is_doubtful_waits_for_a_person(ward, lan, data, doubt):
    row, _ = take_in(ward, lan, data)
    assert row.state == "waiting"
    assert doubt in {code for code, _ in row.doubts}
    assert slots(ward) == []


def test_nothing_sounds_by_a_rule_that_nobody_has_approved(station, lan, minh):
    services = station.services.get(CapService)
    services.trust.trust(minh, "canhbao@vidu.example", "Đài mẫu", unsigned=True)
    from tests.extras.cap.work.test_trust import RULE

    rule = services.trust.add_rule(lan, RULE)
    row, _ = take_in(station, lan, alert())
    assert row.state == "waiting"
    services.trust.approve_rule(minh, rule.rule.id)
    row, _ = take_in(station, lan, alert(identifier="A-2"))
    assert row.state == "aired"
    services.trust.end_rule(minh, rule.rule.id)
    row, _ = take_in(station, lan, alert(identifier="A-3"))
    assert row.state == "waiting"


@pytest.mark.parametrize("unsigned", [True, False], ids=["also believed unsigned", "believed signed alone"])
@pytest.mark.parametrize(
    ("begins", "ends", "doubt"),
    [
        (-timedelta(days=700), -timedelta(seconds=1), "cap_certificate_expired"),
        (timedelta(days=1), timedelta(days=700), "cap_certificate_early"),
    ],
)
def test_what_a_certificate_out_of_its_dates_has_signed_waits_for_a_person(
    ward, lan, minh, clock, begins, ends, doubt, unsigned
):
    key = key_of("ed25519")
    pem = certificate_of(key, clock.now() + begins, clock.now() + ends)
    ward.services.get(CapService).rows.keep_sender(Sender(SENDER, "Đài mẫu", pem, unsigned), minh.id, clock.now())
    row, _ = take_in(ward, lan, signed(alert(), key, ED))
    assert (row.state, row.proof) == ("waiting", "expired" if "expired" in doubt else "early")
    assert [code for code, _ in row.doubts] == [doubt]
    cancel, _ = take_in(
        ward, lan, signed(alert("", msgType="Cancel", identifier="A-2", references=reference()), key, ED)
    )
    assert cancel.state == "waiting", "nor does it end anything"
    assert slots(ward) == []


def test_a_certificate_that_ends_on_the_way_to_the_air_stops_the_alert_there(ward, lan, minh, clock):
    key = key_of("ed25519")
    pem = certificate_of(key, ends=clock.now() + timedelta(minutes=1))
    ward.services.get(CapService).trust.trust(minh, SENDER, "Đài mẫu", certificates=pem)
    row, _ = ward.services.get(CapService).receive(lan, signed(alert(), key, ED))
    assert (row.state, row.way, row.proof) == ("preparing", "air", "signed")
    clock.advance(120)
    tend(ward)
    row = ward.services.get(CapService).rows.get(row.id)
    assert (row.state, [code for code, _ in row.doubts]) == ("waiting", ["cap_certificate_expired"])
    assert slots(ward) == []


def test_a_signature_counts_only_by_the_pinned_certificate(ward, lan, minh):
    key, other = key_of(), key_of()
    ward.services.get(CapService).trust.trust(minh, "canhbao@vidu.example", "Đài mẫu", certificates=certificate_of(key))
    row, _ = take_in(ward, lan, alert())
    assert [code for code, _ in row.doubts] == ["cap_unsigned"]
    row, _ = take_in(ward, lan, signed(alert(identifier="A-2"), other))
    assert [code for code, _ in row.doubts] == ["cap_signature_unproved"]
    row, _ = take_in(ward, lan, signed(alert(identifier="A-3"), key))
    assert (row.state, row.proof) == ("aired", "signed")


def test_a_cancel_stops_what_waits_and_what_sounds(ward, lan):
    row, _ = take_in(ward, lan, alert())
    end, _ = take_in(ward, lan, alert("", identifier="A-2", msgType="Cancel", references=reference()))
    assert end.state == "ended"
    assert ward.services.get(CapService).rows.get(row.id).state == "cancelled"
    assert ward.repos.slots.slot(row.slot_id).outcome is AiringOutcome.CANCELLED
    seen = ward.repos.programme.announcement(row.announcement_id)
    assert seen.state is AnnouncementState.WITHDRAWN


@pytest.mark.parametrize("how", ["Cancel", "Update"])
def test_what_sounds_is_stopped_in_the_name_of_its_source(ward, lan, how):
    row, _ = take_in(ward, lan, alert())
    ward.repos.slots.claim(ward.repos.slots.slot(row.slot_id), ward.clock.now())
    words = "" if how == "Cancel" else info(headline="Lũ rút dần, vẫn ở chỗ cao")
    take_in(ward, lan, alert(words, identifier="A-2", msgType=how, references=reference()))
    source = ward.repos.people.get(row.issuer_id)
    (told,) = [one for one in ward.repos.jobs.commands() if one.kind == "stop"]
    assert told.args == {"slot_id": row.slot_id, "by": source.name, "reason": "stopped_by_alert"}
    (act,) = [one for one in ward.repos.audit.rows(AuditFilter()) if one.kind == "stopped"]
    assert (act.name, act.note) == (source.name, "stopped_by_alert")


def test_an_alert_that_comes_after_its_cancel_never_sounds(ward, lan):
    take_in(ward, lan, alert("", identifier="A-2", msgType="Cancel", references=reference()))
    row, _ = take_in(ward, lan, alert())
    assert (row.state, row.reason) == ("cancelled", "cap_cancelled")
    assert slots(ward) == []


@pytest.mark.parametrize("sender", ["la@vidu.example", "khac@vidu.example"])
def test_a_cancel_of_another_sender_stops_nothing(ward, lan, minh, sender):
    ward.services.get(CapService).trust.trust(minh, "khac@vidu.example", "Nguồn khác", unsigned=True)
    row, _ = take_in(ward, lan, alert())
    told = {"identifier": "B-1", "sender": sender, "msgType": "Cancel", "references": reference()}
    take_in(ward, lan, alert("", **told))
    assert ward.repos.slots.slot(row.slot_id).outcome is None
    assert ward.services.get(CapService).rows.get(row.id).state == "aired"


def test_an_unproved_cancel_waits_until_a_leader_lets_it_end_the_alarm(ward, lan, minh):
    row, _ = take_in(ward, lan, alert())
    key = key_of()
    ward.services.get(CapService).trust.trust(minh, "canhbao@vidu.example", "Đài mẫu", certificates=certificate_of(key))
    end, _ = take_in(ward, lan, alert("", identifier="A-2", msgType="Cancel", references=reference()))
    assert end.state == "waiting"
    assert ward.repos.slots.slot(row.slot_id).outcome is None
    ward.services.get(CapService).inbox.accept(minh, end.id)
    assert ward.repos.slots.slot(row.slot_id).outcome is AiringOutcome.CANCELLED


def test_what_its_process_has_left_is_aired_by_the_next_look(ward, lan):
    row, _ = ward.services.get(CapService).receive(lan, alert())
    assert row.state == "preparing"
    tend(ward)
    tend(ward)
    assert ward.services.get(CapService).rows.get(row.id).state == "aired"
    assert len(slots(ward)) == 1


def test_a_lesser_alert_goes_into_the_next_session_by_its_rule(ward, lan):
    row, _ = take_in(ward, lan, alert(info(severity="Moderate", urgency="Future", expires="2026-12-03T20:00:00+07:00")))
    assert (row.state, row.way) == ("preparing", "session")
    ward.finish(row.job_id)
    for _ in range(3):
        tend(ward)
    seen = ward.services.get(CapService).rows.get(row.id)
    assert seen.state == "planned", seen
    assert ward.repos.programme.campaign(seen.campaign_id).priority == 2
    assert slots(ward) == []
