"""The contract of every inbox, in a ward that asks its people: what comes waits, and a person answers once."""

from datetime import timedelta

import pytest

from audio_assets.speech.espeak_engine import EspeakEngine
from scheduler.core.model import AiringOutcome, AnnouncementState, CampaignState, Trigger
from scheduler.extras.inbox.work import air_by_order
from scheduler.kernel.errors import NotPermitted, Refused, SpeechError
from tests.extras.inbox.sender import OTHER, TEXT, UNREADABLE
from tests.refusals import refused

HOUR = timedelta(hours=1)


def air(sender, actor, **more):
    clip = sender.inbox.sound(sender.row)
    return air_by_order(
        sender.station, sender.inbox, actor, sender.row.id, clip.sha256 if clip else "", **({"heard": True} | more)
    )


# Arrived


def test_what_comes_waits_and_nothing_of_it_sounds_or_is_listed(sender):
    row = sender.send()
    sender.turn(3)
    assert (sender.row.state, sender.row.way, row.title) == ("waiting", "", row.title)
    assert sender.slots() == []
    assert sender.station.services.announcements.waiting() == []
    assert sender.station.repos.programme.announcements() == []
    assert [one.id for one in sender.inbox.waiting()] == [row.id]


def test_an_emergency_that_may_not_air_by_itself_calls_for_a_person(sender):
    row = sender.send(urgent=True)
    sender.turn(2)
    assert sender.row.state == "waiting"
    assert sender.row.doubts or sender.row.is_emergency
    assert sender.inbox.waiting_count(emergency=True) == 1
    assert [task.about for task in sender.station.services.to_do.open() if "emergency_waits" in task.reason] == [
        str(row.id)
    ]


def test_the_same_again_changes_nothing(sender):
    sender.send()
    sender.turn(2)
    before, told = sender.row, sender.told(sender.row)
    for _ in range(3):
        sender.deliver()
        sender.turn()
    assert len(sender.rows()) == 1
    assert (sender.row, sender.told(before)) == (before, told)


def test_it_is_kept_exactly_as_it_came_and_reads_the_same(sender):
    row = sender.send()
    assert TEXT in sender.inbox.offer(row).text
    assert sender.inbox.get(row.id) == row


# A later version, a cancel


def test_a_later_version_ends_the_one_that_waits(sender):
    first = sender.send()
    sender.turn()
    sender.change()
    sender.deliver()
    sender.turn()
    old, new = sender.rows()
    if new.state == "waiting" and old.state == "waiting":  # believed only when a person lets it through
        sender.inbox.accept(sender.minh, new.id)
        old = sender.inbox.get(first.id)
    assert (old.id, old.state, old.reason) == (first.id, "superseded", f"{sender.prefix}_superseded")
    assert OTHER in sender.inbox.offer(sender.row).text


def test_a_cancel_ends_what_waits(sender):
    first = sender.send()
    sender.turn()
    sender.cancel()
    sender.deliver()
    sender.turn()
    assert sender.inbox.get(first.id).state == "cancelled"
    assert sender.inbox.waiting_count() == 0
    assert sender.slots() == []


def test_a_cancel_takes_it_out_of_the_plan(sender):
    row = planned(sender)
    sender.cancel()
    sender.deliver()
    sender.turn()
    row = sender.inbox.get(row.id)
    assert row.state == "cancelled"
    assert sender.station.repos.programme.campaign(row.campaign_id).state is CampaignState.STOPPED
    assert sender.station.repos.programme.announcement(row.announcement_id).state is AnnouncementState.WITHDRAWN
    assert [one for one in sender.slots() if one["outcome"] is None] == []


# Expired before it was heard


def test_what_has_expired_when_it_comes_is_kept_and_never_offered(sender, clock):
    sender.write(ends=HOUR)
    clock.advance(2 * 3600)
    sender.deliver()
    sender.turn()
    assert sender.row.state == "expired"
    assert sender.inbox.waiting() == []
    assert refused(lambda: sender.inbox.accept(sender.minh, sender.row.id)) == sender.services.adapter.reasons.expired


def test_what_waits_expires_by_itself_and_a_late_click_is_told_so(sender, clock):
    row = sender.send(ends=HOUR)
    clock.advance(3600)
    assert refused(lambda: sender.inbox.accept(sender.lan, row.id)) == sender.services.adapter.reasons.expired
    assert refused(lambda: air(sender, sender.minh)) == sender.services.adapter.reasons.expired
    sender.turn()
    assert sender.row.state == "expired"


def test_what_is_planned_never_airs_after_its_end(sender, clock):
    row = planned(sender, ends=timedelta(minutes=50))  # 06:20
    (slot,) = sender.slots()
    assert slot["start"] < row.expires_at.isoformat()
    clock.advance(51 * 60)
    sender.turn()
    row = sender.inbox.get(row.id)
    assert row.state == "expired"
    assert sender.station.repos.programme.campaign(row.campaign_id).state is CampaignState.STOPPED


def test_what_sounds_at_its_end_is_stopped(sender, clock):
    row = planned(sender, ends=timedelta(minutes=50))
    clock.advance(49 * 60)
    slot = sender.sounds()
    clock.advance(2 * 60)
    sender.turn()
    (stop,) = [one for one in sender.station.repos.jobs.commands() if one.kind == "stop"]
    assert (stop.args["slot_id"], stop.args["reason"]) == (slot.id, "stopped_expired")
    assert sender.inbox.get(row.id).state == "expired"


# It needs the officer


def planned(sender, **more):
    """Accepted by the editor, approved by the leader, in the next session."""
    sender.send(**more)
    sender.turn()
    sender.inbox.accept(sender.lan, sender.row.id)
    sender.turn(2)
    sender.approve()
    sender.turn()
    assert sender.row.state == "planned"
    return sender.row


def test_accepted_it_is_heard_by_the_leader_and_enters_the_next_session(sender):
    row = planned(sender)
    campaign = sender.station.repos.programme.campaign(row.campaign_id)
    assert (row.way, row.decided_by, campaign.state) == ("session", sender.lan.id, CampaignState.ACTIVE)
    (slot,) = sender.slots()
    facts = sender.station.repos.slots.facts(slot["id"])
    assert (slot["trigger"], facts.row["author"], facts.row["approver"]) == (Trigger.SCHEDULE, sender.name, "Minh")
    assert str(campaign.windows[0]) == "06:00-07:00"


def test_heard_in_its_session_it_is_done_and_told_once(sender):
    row = planned(sender)
    sender.sounds()
    sender.turn()
    sender.heard(AiringOutcome.PLAYED)
    sender.turn(4)
    assert sender.inbox.get(row.id).state == "aired"
    told = sender.told(row)
    assert len(set(told)) == len(told)
    assert told[-1:] == ([sender.last_word] if sender.last_word else [])


def test_only_recorded_it_is_done_too(sender):
    row = planned(sender)
    sender.heard(AiringOutcome.RECORDED, ms=None)
    sender.turn(2)
    assert sender.inbox.get(row.id).state == "aired"


@pytest.mark.parametrize("outcome", [AiringOutcome.MISSED, AiringOutcome.PRE_EMPTED, AiringOutcome.FAILED])
def test_what_nobody_heard_is_not_done_and_ends_with_its_time(sender, clock, outcome):
    row = planned(sender)
    sender.heard(outcome, ms=None)
    sender.turn(2)
    assert sender.inbox.get(row.id).state == "planned", "it may be made good"
    clock.advance(15 * 3600)
    sender.turn()
    assert sender.inbox.get(row.id).state == "expired"


def test_what_the_leader_returns_is_back_with_the_reason_and_may_be_accepted_again(sender):
    sender.send()
    sender.turn()
    sender.inbox.accept(sender.lan, sender.row.id)
    sender.turn(2)
    (waiting,) = sender.station.services.announcements.waiting()
    sender.station.services.announcements.give_back(sender.minh, waiting.id, "đọc sai tên trạm")
    sender.turn()
    row = sender.row
    assert (row.state, row.way, row.decided_by) == ("waiting", "", None)
    assert (row.reason, row.details) == (sender.services.adapter.reasons.returned, {"told": "đọc sai tên trạm"})
    sender.inbox.accept(sender.lan, row.id)
    sender.turn(2)
    assert sender.row.state == "approval"


def test_what_the_leader_withdraws_is_over(sender):
    sender.send()
    sender.turn()
    sender.inbox.accept(sender.lan, sender.row.id)
    sender.turn(2)
    (waiting,) = sender.station.services.announcements.waiting()
    sender.station.services.announcements.withdraw(sender.minh, waiting.id)
    sender.turn()
    assert (sender.row.state, sender.row.reason) == ("dismissed", sender.services.adapter.reasons.withdrawn)


def test_where_no_session_has_room_a_person_decides_again(sender):
    sender.send(ends=timedelta(minutes=20))  # 05:50, before the first session
    sender.turn()
    sender.inbox.accept(sender.lan, sender.row.id)
    sender.turn(2)
    sender.approve()
    sender.turn()
    assert (sender.row.state, sender.row.reason) == ("waiting", sender.services.adapter.reasons.no_session)


def test_a_leader_airs_it_now_and_nobody_airs_it_twice(sender):
    sender.send()
    sender.turn()
    with pytest.raises(NotPermitted):
        air(sender, sender.lan)
    slot_id = air(sender, sender.minh)
    row = sender.row
    assert (row.state, row.slot_id, row.decided_by) == ("aired", slot_id, sender.minh.id)
    assert refused(lambda: air(sender, sender.minh)) == sender.services.adapter.reasons.decided
    assert refused(lambda: sender.inbox.accept(sender.lan, row.id)) == sender.services.adapter.reasons.decided
    assert [one["id"] for one in sender.slots()] == [slot_id]


def test_an_emergency_is_aired_over_everything_by_who_may_order_one(sender, clock):
    clock.advance(17 * 3600)  # 22:30, in the quiet hours
    sender.send(urgent=True)
    sender.turn()
    with pytest.raises(NotPermitted):
        air(sender, sender.lan, heard=False)
    slot = sender.station.repos.slots.slot(air(sender, sender.minh, heard=False))
    assert (slot.trigger, slot.priority) == (Trigger.EMERGENCY, 1)
    assert sender.station.repos.slots.facts(slot.id).row["operator"] == "Minh"


def test_a_wrong_code_airs_nothing_and_is_asked_only_where_nothing_else_refuses(sender, clock):
    sender.send(urgent=True, ends=HOUR)
    sender.turn()
    before = sender.row

    def wrong():
        raise Refused("code_wrong")

    assert refused(lambda: air(sender, sender.minh, prove=wrong)) == "code_wrong"
    assert (sender.row, sender.slots()) == (before, [])
    clock.advance(3600)
    assert refused(lambda: air(sender, sender.minh, prove=wrong)) == sender.services.adapter.reasons.expired


def test_set_aside_only_with_a_reason_that_stays(sender):
    sender.send()
    sender.turn()
    assert refused(lambda: sender.inbox.dismiss(sender.minh, sender.row.id, "  ")) == "reason_missing"
    sender.inbox.dismiss(sender.minh, sender.row.id, "đã phát hôm qua")
    sender.deliver()
    sender.turn(2)
    row = sender.row
    assert (row.state, row.details, row.decided_by) == ("dismissed", {"told": "đã phát hôm qua"}, sender.minh.id)
    assert refused(lambda: sender.inbox.dismiss(sender.minh, row.id, "nữa")) == sender.services.adapter.reasons.decided


def test_only_who_may_order_an_emergency_sets_one_aside(sender):
    sender.send(urgent=True)
    with pytest.raises(NotPermitted):
        sender.inbox.dismiss(sender.lan, sender.row.id, "nhầm")
    sender.inbox.dismiss(sender.minh, sender.row.id, "nhầm")
    assert sender.row.state == "dismissed"


# The voice


def test_a_word_that_nobody_can_read_is_for_the_leader(sender):
    sender.send(UNREADABLE)
    sender.turn()
    sender.inbox.accept(sender.lan, sender.row.id)
    sender.turn(2)
    assert sender.row.state == "approval"
    sender.approve()
    sender.turn()
    assert sender.row.state == "planned"


def test_a_voice_that_fails_gives_it_back_with_the_reason_and_is_tried_at_the_next_yes(sender, monkeypatch):
    sender.send()
    with monkeypatch.context() as patch:
        silent(patch)
        sender.inbox.accept(sender.lan, sender.row.id)
        sender.turn(3)
    assert (sender.row.state, sender.row.way, sender.row.reason) == ("waiting", "", "no_voice")
    sender.inbox.accept(sender.lan, sender.row.id)
    sender.turn(3)
    assert (sender.row.state, sender.row.reason) == ("approval", "")


def silent(patch):
    """No voice of this machine speaks."""

    def nothing(*_args, **_more):
        raise SpeechError("no voice", permanent=True)

    patch.setattr(EspeakEngine, "speak", nothing)
