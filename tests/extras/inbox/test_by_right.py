"""The contract of every inbox, in a ward whose rules let the sender air: at once, once, and told back once."""

import pytest

from scheduler.core.model import AiringOutcome, AnnouncementState, CampaignState, Role, Trigger
from scheduler.extras.inbox.work import air_by_order, air_by_rule
from scheduler.store.database import update
from tests.extras.inbox.sender import OTHER, TEXT, UNREADABLE
from tests.extras.inbox.test_asks import silent


@pytest.fixture
def by_right():
    return True


def states(sender):
    return [row.state for row in sender.rows()]


# At once


def test_an_emergency_airs_at_once_in_quiet_hours_in_its_senders_name(sender, clock):
    clock.advance(17 * 3600)  # 22:30
    sender.send(urgent=True)
    sender.air()
    row = sender.row
    (slot,) = sender.slots()
    facts = sender.station.repos.slots.facts(slot["id"]).row
    assert (row.state, row.way, row.slot_id) == ("aired", "air", slot["id"])
    assert (slot["trigger"], slot["priority"], slot["outcome"]) == (Trigger.EMERGENCY, 1, None)
    assert facts["operator"] == facts["author"] == sender.name
    assert facts["operator_role"] == Role.APPROVER.value
    assert TEXT in facts["text"]


def test_however_often_it_comes_and_whoever_looks_it_is_one_airing(sender, restarted):
    sender.send(urgent=True)
    sender.turn()
    for _ in range(2):
        sender.deliver()
        sender.turn()
    restarted(sender).deliver()
    sender.turn()
    assert len(sender.slots()) == 1
    assert states(sender) == ["aired"]


def test_what_was_heard_is_told_back_once(sender):
    sender.send(urgent=True)
    sender.air()
    sender.sounds()
    sender.turn(2)
    sender.heard(AiringOutcome.PLAYED)
    sender.turn(4)
    told = sender.told(sender.row)
    assert len(set(told)) == len(told)
    assert told[-1:] == ([sender.last_word] if sender.last_word else [])
    assert sender.told(sender.row) == told


def test_trust_that_is_taken_away_meanwhile_sends_it_to_a_person(sender):
    row = sender.send(urgent=True)
    assert (row.state, row.way) == ("preparing", "air")
    sender.distrust()
    sender.turn(2)
    assert (sender.row.state, sender.row.way, len(sender.row.doubts)) == ("waiting", "", 1)
    assert sender.slots() == []


def test_an_emergency_that_expires_while_the_voice_speaks_is_not_aired(sender, clock, monkeypatch):
    sender.send(urgent=True)
    meanwhile(sender, monkeypatch, lambda: clock.advance(15 * 3600))
    assert sender.air() == [None]
    sender.tend()
    assert states(sender) == ["expired"]
    assert sender.slots() == []


def test_a_cancel_that_comes_while_the_voice_speaks_wins(sender, monkeypatch):
    sender.send(urgent=True)

    def cancel():
        sender.cancel()
        sender.deliver()

    meanwhile(sender, monkeypatch, cancel)
    assert sender.air() == [None]
    assert states(sender) == ["cancelled"]
    assert sender.slots() == []


def test_an_officer_who_decides_while_the_voice_speaks_is_not_overruled(sender, monkeypatch):
    row = sender.send(urgent=True)
    meanwhile(sender, monkeypatch, lambda: sender.inbox.dismiss(sender.minh, row.id, "đã báo bằng loa tay"))
    assert sender.air() == [None]
    assert states(sender) == ["dismissed"]


def meanwhile(sender, monkeypatch, act):
    """`act` happens once while the voice speaks."""
    kind, done = type(sender.station), []
    real = kind.speak_now

    def slow(station, *words, **more):
        clip = real(station, *words, **more)
        if not done:
            done.append(act())
        return clip

    monkeypatch.setattr(kind, "speak_now", slow)


def test_the_rule_and_a_leader_at_the_same_time_air_it_once(sender):
    row = sender.send(urgent=True)
    (due,) = sender.inbox.to_air()
    slot_id = air_by_order(sender.station, sender.inbox, sender.minh, row.id)
    assert air_by_rule(sender.station, sender.inbox, due) is None
    assert [one["id"] for one in sender.slots()] == [slot_id]
    assert sender.row.decided_by == sender.minh.id


def test_a_voice_that_fails_sends_an_emergency_to_a_person(sender, monkeypatch):
    sender.send(urgent=True)
    silent(monkeypatch)
    sender.turn()
    assert (sender.row.state, sender.row.reason) == ("waiting", "no_voice")
    assert sender.inbox.waiting_count(emergency=True) == 1
    assert sender.slots() == []


@pytest.mark.parametrize("fault", [ValueError, KeyError, ZeroDivisionError])
def test_a_fault_that_nobody_has_thought_of_sends_it_to_a_person(sender, monkeypatch, fault):
    sender.send(urgent=True)

    def broken(*_args, **_more):
        raise fault("?")

    monkeypatch.setattr(type(sender.station), "speak_now", broken)
    sender.air()
    assert (sender.row.state, sender.row.reason) == ("waiting", "job_failed")


# Into the next session


def in_session(sender):
    sender.send()
    sender.turn(4)
    assert sender.row.state == "planned"
    return sender.row


def test_the_rest_enters_the_next_session_and_the_rule_approves_it(sender):
    row = in_session(sender)
    campaign = sender.station.repos.programme.campaign(row.campaign_id)
    assert (row.way, campaign.state, campaign.priority, campaign.base) == ("session", CampaignState.ACTIVE, 2, 1)
    (slot,) = sender.slots()
    facts = sender.station.repos.slots.facts(slot["id"]).row
    assert (slot["trigger"], facts["author"]) == (Trigger.SCHEDULE, sender.name)
    assert facts["approver"] == sender.services.adapter.rule().name


def test_a_word_that_nobody_can_read_makes_the_rule_wait_for_a_leader(sender):
    sender.send(UNREADABLE)
    sender.turn(4)
    assert sender.row.state == "approval"
    sender.approve()
    sender.turn()
    assert sender.row.state == "planned"


def test_a_voice_that_fails_sends_the_rest_to_a_person(sender, monkeypatch):
    sender.send()
    silent(monkeypatch)
    sender.turn(4)
    assert (sender.row.state, sender.row.reason) == ("waiting", "no_voice")


# A later version, a cancel


def test_a_later_version_stops_what_sounds_and_is_heard_instead(sender):
    sender.send(urgent=True)
    sender.air()
    slot = sender.sounds()
    sender.change()
    sender.deliver()
    sender.air()
    (stop,) = [one for one in sender.station.repos.jobs.commands() if one.kind == "stop"]
    assert stop.args == {
        "slot_id": slot.id, "by": sender.name, "reason": f"stopped_by_{sender.services.adapter.stop.value.rpartition('_')[2]}"
    }  # fmt: skip
    old, new = sender.rows()
    assert (old.state, new.state) == ("superseded", "aired")
    assert new.slot_id not in {None, old.slot_id}
    assert OTHER in sender.station.repos.slots.facts(new.slot_id).row["text"]


def test_a_later_version_takes_the_place_of_what_is_planned(sender):
    row = in_session(sender)
    sender.change()
    sender.deliver()
    sender.turn(4)
    assert states(sender) == ["superseded", "planned"]
    assert sender.station.repos.programme.campaign(row.campaign_id).state is CampaignState.STOPPED
    (slot,) = [one for one in sender.slots() if one["outcome"] is None]
    assert slot["announcement_id"] == sender.row.announcement_id


def test_a_cancel_stops_what_sounds_in_its_senders_name(sender):
    row = sender.send(urgent=True)
    sender.air()
    slot = sender.sounds()
    sender.cancel()
    sender.deliver()
    sender.turn()
    (stop,) = [one for one in sender.station.repos.jobs.commands() if one.kind == "stop"]
    assert (stop.args["slot_id"], stop.args["by"]) == (slot.id, sender.name)
    row = sender.inbox.get(row.id)
    assert row.state == "cancelled"
    assert sender.station.repos.programme.announcement(row.announcement_id).state is AnnouncementState.WITHDRAWN


def test_a_cancel_stops_what_is_armed_ahead_in_its_senders_name(sender):
    in_session(sender)
    repos = sender.station.repos
    (slot,) = [repos.slots.slot(one["id"]) for one in sender.slots() if one["outcome"] is None]
    assert repos.slots.claim(slot, sender.station.clock.now())
    sender.cancel()
    sender.deliver()
    sender.turn()
    stop = next(one for one in repos.jobs.commands() if one.kind == "stop")  # the first one's reason stands
    assert (stop.args["slot_id"], stop.args["by"]) == (slot.id, sender.name)


def test_a_cancel_that_comes_again_ends_nothing_twice(sender):
    sender.send(urgent=True)
    sender.air()
    sender.cancel()
    sender.deliver()
    sender.turn()
    told = sender.told(sender.rows()[0])
    sender.deliver()
    sender.turn(2)
    assert sender.told(sender.rows()[0]) == told
    assert states(sender) == ["cancelled"]


# Killed between each two steps


@pytest.mark.parametrize("urgent", [True, False], ids=["at once", "in a session"])
def test_a_process_that_dies_after_any_step_leaves_one_airing_told_once(sender, restarted, urgent):
    """One thing after the other comes; its process is killed one commit later each time, and another goes on."""

    def whole_way():
        for _ in range(4):
            sender.deliver()
            sender.air()
            sender.tend()
            sender.speak()

    commits, died = 0, True
    while died:
        commits += 1
        sender.write(urgent=urgent)
        died = sender.killed_after(commits, whole_way)
        restarted(sender)
        whole_way()
        assert states(sender) == ["aired" if urgent else "planned"], commits
        slot = sender.sounds()
        sender.tend()
        sender.heard(AiringOutcome.PLAYED)
        for _ in range(3):
            sender.tend()
        ordered = [one["id"] for one in sender.slots() if one["announcement_id"] == sender.row.announcement_id]
        assert ordered == [slot.id], commits
        told = sender.told(sender.row)
        assert len(set(told)) == len(told), (commits, told)
        assert told[-1:] == ([sender.last_word] if sender.last_word else []), commits
    assert commits >= 3, "it was killed at several places"


def test_an_order_that_was_given_before_a_crash_is_not_given_again(sender):
    sender.send(urgent=True)
    sender.air()
    row = sender.row
    table = sender.services.adapter.rows.table.name
    with sender.station.repos.store.write() as db:  # what a kill before the last row leaves
        update(db, table, {"id": row.id}, {"state": "preparing", "way": "air", "slot_id": None})
    sender.air()
    assert sender.row.slot_id == row.slot_id
    assert len(sender.slots()) == 1
