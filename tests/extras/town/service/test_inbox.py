"""What comes from the town: stored, judged and told in one step, aired by the ward's rule or by its people."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.model import CampaignState, Priority, Trigger
from scheduler.extras.inbox.work import air_by_rule
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.envelope import Act, Kind, Status, Verdict
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services import Services
from scheduler.station import Station
from tests.extras.town.service.town import TEXT, WARD, pinned, speak_all, told

HOUR = timedelta(hours=1)


# Taking in


def test_a_normal_announcement_waits_with_its_sound_ready_and_nothing_is_listed(station, town):
    row = town.issue()
    speak_all(station)
    assert (row.state, row.way, row.kind) == ("waiting", "", "announcement")
    assert station.services.get(TownService).inbox.sound(row).origin == "speech"
    assert station.services.announcements.waiting() == []
    assert station.repos.programme.announcements() == []
    assert told(station, row.issue_id) == ["waiting"]


def test_its_place_in_the_stream_is_dealt_with_once(station, town):
    envelope = town.envelope()
    town.send(envelope)
    before = station.services.get(TownService).up.outbox(100)
    town.place -= 1
    assert town.send(envelope).reason == "envelope_known"
    assert station.services.get(TownService).up.outbox(100) == before
    assert station.services.get(TownService).cursor("dispatch.all") == 1


def test_the_same_envelope_published_again_changes_nothing_and_tells_how_it_stands(station, town):
    envelope = town.envelope()
    town.send(envelope)
    again = town.send(envelope)
    assert again.verdict is Verdict.AGAIN
    assert station.services.get(TownService).inbox.waiting_count() == 1
    assert told(station, envelope.id) == ["waiting", "waiting"]
    assert station.services.get(TownService).cursor("dispatch.all") == 2


def test_one_message_on_two_subjects_is_one_row(station, town):
    envelope = town.envelope(targets=("group.ven-song", f"ward.{WARD}"))
    town.send(envelope, "dispatch.group.ven-song")
    assert town.send(envelope, f"dispatch.ward.{WARD}").verdict is Verdict.AGAIN
    assert station.services.get(TownService).inbox.waiting_count() == 1


def test_an_expired_one_is_kept_told_and_never_aired(trusting, alarm, clock):
    envelope = alarm.envelope(priority=Priority.EMERGENCY)
    clock.advance(6 * 3600)
    taken = alarm.send(envelope)
    assert (taken.verdict, taken.row.state, taken.urgent) == (Verdict.EXPIRED, "expired", False)
    assert trusting.services.get(TownService).inbox.to_air() == []
    assert told(trusting, envelope.id) == ["expired"]


# Emergencies


def test_an_emergency_of_a_trusted_issuer_airs_at_once_in_its_name(trusting, alarm, clock):
    taken = alarm.send(alarm.envelope(priority=Priority.EMERGENCY))
    assert taken.urgent
    assert told(trusting, taken.row.issue_id) == ["received"]
    (row,) = trusting.services.get(TownService).inbox.to_air()
    slot_id = air_by_rule(trusting, trusting.services.get(TownService).inbox, row)
    facts = trusting.repos.slots.facts(slot_id)
    assert (facts.slot.trigger, facts.slot.priority) == (Trigger.EMERGENCY, Priority.EMERGENCY)
    assert facts.row["operator"] == "Cấp trên: Thị xã"
    assert trusting.services.get(TownService).inbox.to_air() == []
    assert trusting.repos.programme.announcement(facts.slot.announcement_id).text == TEXT


@pytest.mark.parametrize(
    ("rule", "may", "doubt"),
    [("ask", True, "town_asks"), ("air", False, "town_not_trusted")],
    ids=["the ward asks", "not trusted for it"],
)
def test_an_emergency_without_the_wards_trust_waits_with_its_doubt(station, config, clock, boss, rule, may, doubt):
    opened = Station.open(config.having(replace(config.get(TownConfig), emergency=rule)), clock)
    row = pinned(opened, boss, may_emergency=may).issue(priority=Priority.EMERGENCY)
    assert (row.state, row.doubts[0][0]) == ("waiting", doubt)
    assert opened.services.get(TownService).inbox.to_air() == []
    assert opened.services.get(TownService).inbox.waiting_count(emergency=True) == 1
    opened.close()


def test_an_emergency_airs_no_more_when_its_issuer_is_unpinned_meanwhile(trusting, alarm, boss):
    row = alarm.issue(priority=Priority.EMERGENCY)
    trusting.services.get(TownService).unpin(boss, alarm.issuer)
    assert trusting.services.get(TownService).inbox.to_air() == []
    assert trusting.services.get(TownService).inbox.get(row.id).doubts == (("town_not_pinned", {}),)
    assert told(trusting, row.issue_id) == ["received", "waiting"]


def test_an_emergency_of_a_clock_that_is_hours_off_is_looked_at_by_a_person(trusting, alarm, clock):
    ahead = alarm.send(alarm.envelope(priority=Priority.EMERGENCY, sent=clock.now() + 2 * HOUR))
    assert ahead.row.doubts[0][0] == "town_from_future"
    over = alarm.send(alarm.envelope(priority=Priority.EMERGENCY), now_of_hub=clock.now() + 7 * HOUR)
    assert over.row.doubts[0][0] == "town_expired_there"
    known = alarm.envelope(priority=Priority.EMERGENCY, sent=clock.now() + 2 * HOUR)
    assert alarm.send(known, now_of_hub=clock.now() + 2 * HOUR).urgent


def test_an_emergency_is_not_aired_before_its_time(trusting, alarm, clock):
    alarm.issue(priority=Priority.EMERGENCY, not_before=clock.now() + HOUR)
    assert trusting.services.get(TownService).inbox.to_air() == []
    clock.advance(3600)
    assert len(trusting.services.get(TownService).inbox.to_air()) == 1


def test_an_exercise_never_sounds_as_an_emergency(trusting, alarm):
    taken = alarm.send(alarm.envelope(priority=Priority.EMERGENCY, status=Status.EXERCISE))
    assert taken.row.way == "drill"
    (row,) = trusting.services.get(TownService).inbox.to_air()
    slot = trusting.repos.slots.slot(air_by_rule(trusting, trusting.services.get(TownService).inbox, row))
    assert (slot.trigger, slot.priority) == (Trigger.DRILL, Priority.PRIORITY)
    assert slot.intro_sha256 is not None


def test_an_exercise_that_does_not_ask_to_air_waits_and_enters_no_session(station, town, minh):
    row = town.issue(status=Status.EXERCISE)
    assert row.state == "waiting"
    with pytest.raises(Refused, match="town_exercise"):
        station.services.get(TownService).inbox.accept(minh, row.id)


def test_a_test_is_kept_and_sounds_nowhere(trusting, alarm):
    row = alarm.issue(kind=Kind.TEST, priority=Priority.EMERGENCY)
    tested = alarm.issue(status=Status.TEST, priority=Priority.EMERGENCY)
    assert (row.state, tested.state) == ("taken", "taken")
    assert trusting.services.get(TownService).inbox.to_air() == []
    assert told(trusting, row.issue_id) == ["stored"]


def test_an_update_with_other_words_airs_and_one_with_the_same_words_does_not(trusting, alarm):
    first = alarm.issue(priority=Priority.EMERGENCY)
    air_by_rule(trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air())
    same = alarm.issue(priority=Priority.EMERGENCY, act=Act.UPDATE, references=(first.issue_id,), title="Xả lũ (2)")
    assert (same.state, same.reason) == ("aired", "town_same_words")
    assert trusting.services.get(TownService).inbox.to_air() == []
    other = alarm.issue(
        priority=Priority.EMERGENCY, act=Act.UPDATE, references=(first.issue_id,), text="Nước lên một mét."
    )
    assert [row.id for row in trusting.services.get(TownService).inbox.to_air()] == [other.id]
    assert trusting.services.get(TownService).inbox.get(same.id).state == "superseded"


# The ward's people


def test_a_person_puts_it_into_the_next_session_after_the_leader_has_heard_it(station, town, lan, minh):
    row = town.issue(dispatch_number="642/UBND-VX")
    speak_all(station)
    station.services.get(TownService).inbox.accept(lan, row.id)
    station.services.get(TownService).tend()
    (waiting,) = station.services.announcements.waiting()
    station.services.announcements.approve(minh, waiting.id, waiting.audio_sha256, heard=True)
    station.services.get(TownService).tend()
    row = station.services.get(TownService).inbox.get(row.id)
    campaign = station.repos.programme.campaign(row.campaign_id)
    assert (row.state, campaign.state) == ("planned", CampaignState.ACTIVE)
    assert told(station, row.issue_id) == ["waiting", "preparing", "approved", "planned"]
    assert station.repos.programme.dispatch(campaign.dispatch_id).number_symbol == "642/UBND-VX"


def test_air_now_needs_the_leaders_ear_and_right(station, town, lan, minh):
    row = town.issue()
    speak_all(station)
    station.services.get(TownService).tend()
    sound = station.services.get(TownService).inbox.sound(row)
    from scheduler.extras.inbox.work import air_by_order

    with pytest.raises(NotPermitted):
        air_by_order(station, station.services.get(TownService).inbox, lan, row.id, sound.sha256, heard=True)
    with pytest.raises(Refused, match="not_heard"):
        air_by_order(station, station.services.get(TownService).inbox, minh, row.id, sound.sha256, heard=False)
    slot = station.repos.slots.slot(
        air_by_order(station, station.services.get(TownService).inbox, minh, row.id, sound.sha256, heard=True)
    )
    assert slot.trigger is Trigger.MANUAL
    assert told(station, row.issue_id) == ["waiting", "approved"]


def test_left_aside_with_a_reason_and_the_town_is_told_it(station, town, lan):
    row = town.issue()
    with pytest.raises(Refused, match="reason_missing"):
        station.services.get(TownService).inbox.dismiss(lan, row.id, "  ")
    station.services.get(TownService).inbox.dismiss(lan, row.id, "đã phát hôm qua")
    (body,) = [json.loads(one.body) for one in station.services.get(TownService).up.outbox(9) if b"refused" in one.body]
    assert (body["reason"], body["details"]) == ("town_dismissed", {"told": "đã phát hôm qua"})


# Stopping


@pytest.mark.parametrize("how", ["stop", "cancel"])
def test_a_stop_ends_what_sounds_and_what_is_planned_and_nobody_is_asked(trusting, alarm, how):
    urgent = alarm.issue(priority=Priority.EMERGENCY)
    slot_id = air_by_rule(
        trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
    )
    planned = alarm.issue(priority=Priority.PRIORITY)
    speak_all(trusting)
    for _ in range(3):
        trusting.services.get(TownService).tend()
    assert trusting.services.get(TownService).inbox.get(planned.id).state == "planned"
    if how == "stop":
        alarm.issue(kind=Kind.STOP, references=(urgent.issue_id, planned.issue_id))
    else:
        alarm.issue(act=Act.CANCEL, references=(urgent.issue_id,))
        alarm.issue(act=Act.CANCEL, references=(planned.issue_id,))
    after = [trusting.services.get(TownService).inbox.get(row.id) for row in (urgent, planned)]
    assert [row.state for row in after] == ["cancelled", "cancelled"]
    assert trusting.repos.slots.slot(slot_id).outcome is not None
    campaign = trusting.repos.programme.campaign(after[1].campaign_id)
    assert campaign.state is CampaignState.STOPPED
    assert trusting.repos.store.value("SELECT count(*) FROM slot WHERE outcome IS NULL") == 0
    assert told(trusting, planned.issue_id)[-1] == "cancelled"


def test_a_second_stop_order_ends_nothing_twice(trusting, alarm):
    urgent = alarm.issue(priority=Priority.EMERGENCY)
    alarm.issue(kind=Kind.STOP, references=(urgent.issue_id,))
    before = told(trusting, urgent.issue_id)
    alarm.issue(kind=Kind.STOP, references=(urgent.issue_id,))
    assert told(trusting, urgent.issue_id) == before == ["received", "cancelled"]


def test_what_was_stopped_before_it_came_does_not_air_when_it_comes(trusting, alarm):
    late = alarm.envelope(priority=Priority.EMERGENCY)
    alarm.send(alarm.envelope(kind=Kind.STOP, references=(late.id,)), "dispatch.all")
    taken = alarm.send(late, f"dispatch.ward.{WARD}")
    assert taken.verdict is Verdict.STALE
    assert trusting.services.get(TownService).inbox.to_air() == []


def test_the_stop_of_another_trusted_issuer_holds_too(trusting, alarm, boss):
    other = pinned(trusting, boss)
    late = alarm.envelope(priority=Priority.EMERGENCY)
    other.place = 50
    other.send(other.envelope(kind=Kind.STOP, references=(late.id,)))
    alarm.place = 60
    assert alarm.send(late).verdict is Verdict.STALE


def test_only_who_issued_it_may_change_it(trusting, alarm, boss):
    other = pinned(trusting, boss, may_emergency=True)
    row = alarm.issue(priority=Priority.EMERGENCY)
    other.place = 50
    taken = other.send(other.envelope(act=Act.UPDATE, references=(row.issue_id,), priority=Priority.EMERGENCY))
    assert taken.reason == "town_other_issuer"
    assert [one.id for one in trusting.services.get(TownService).inbox.to_air()] == [row.id]


def test_an_old_version_that_comes_late_is_stale(station, town):
    first = town.envelope()
    update = town.envelope(act=Act.UPDATE, references=(first.id,), text="Đổi giờ.")
    town.send(update)
    assert town.send(first).verdict is Verdict.STALE
    assert station.services.get(TownService).inbox.waiting_count() == 1


def test_the_desk_can_be_opened_without_a_town(station):
    assert Services.of(station.repos).get(TownService).up.state().configured
