from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.model import AiringOutcome, Boost, BoostKind, Trigger, Window
from scheduler.core.planning.rules import parse_time, parse_window
from scheduler.kernel.errors import NotPermitted
from scheduler.store import Ending
from tests.conftest import DAY, MORNING
from tests.refusals import refused

DAY_START = "06:00"


@pytest.fixture
def acts(station):
    return station.services.campaigns


def starts(station, day):
    return [slot.start for slot in station.repos.slots.of_day(day)]


def test_what_the_preview_shows_is_what_is_planned(acts, station, cast, lan):
    campaign = cast.campaign(cast.approved(), base=2, boost=Boost(BoostKind.FACTOR, 3))
    shown = acts.preview(campaign, campaign.start)
    campaign_id = acts.save(lan, campaign)
    acts.start(lan, campaign_id)
    assert [slot.start for slot in shown.slots] == starts(station, campaign.start)
    assert len(shown.slots) == 6


def test_a_preview_writes_nothing(acts, station, cast):
    campaign = cast.campaign(cast.approved())
    acts.preview(campaign, campaign.start)
    assert station.repos.slots.of_day(campaign.start) == []
    assert station.repos.programme.campaigns() == []


def test_the_preview_works_before_the_sound_is_approved_but_the_plan_refuses_it(acts, station, cast, lan):
    announcement_id = cast.submitted()
    campaign = cast.campaign(announcement_id)
    assert len(acts.preview(campaign, campaign.start).slots) == 2
    cast.running(announcement_id)
    assert station.repos.slots.of_day(campaign.start) == []
    assert {refusal.reason for refusal in station.repos.slots.refusals(campaign.start)} == {"unapproved"}


def test_approval_lets_a_waiting_campaign_into_the_plan_at_once(station, cast, minh):
    announcement_id = cast.submitted()
    cast.running(announcement_id)
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    station.services.announcements.approve(minh, announcement_id, sha256, heard=True)
    assert len(station.repos.slots.of_day(cast.campaign(0).start)) == 2


def test_withdrawing_takes_its_airings_out_of_the_plan(station, cast, minh):
    announcement_id = cast.approved()
    cast.running(announcement_id)
    station.services.announcements.withdraw(minh, announcement_id)
    assert station.repos.slots.of_day(cast.campaign(0).start) == []


def test_stopping_a_campaign_empties_the_future(acts, station, cast, lan):
    campaign_id = cast.running(cast.approved())
    acts.stop(lan, campaign_id)
    assert station.repos.slots.of_day(cast.campaign(0).start) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"windows": ()}, "no_windows", id="no_window"),
        pytest.param(
            {"windows": (Window(parse_time("06:00"), parse_time("06:00")),)}, "window_empty", id="zero_length"
        ),
        pytest.param(
            {"windows": (Window(parse_time("07:00"), parse_time("06:00")),)}, "window_backwards", id="backwards"
        ),
        pytest.param({"windows": (parse_window("22:00-23:00"),)}, "all_quiet", id="wholly_in_quiet_hours"),
        pytest.param({"weekdays": frozenset()}, "no_weekdays", id="no_weekday"),
        pytest.param({"repeat": 0}, "repeat_invalid", id="said_never"),
        pytest.param({"boost": Boost(BoostKind.FACTOR, 0)}, "boost_invalid", id="times_nothing"),
        pytest.param({"title": " "}, "title_missing", id="no_title"),
    ],
)
def test_a_faulty_form_is_refused_with_its_reason_and_not_kept(acts, station, cast, lan, changes, reason):
    campaign = cast.campaign(cast.approved(), **changes)
    assert refused(lambda: acts.save(lan, campaign)) == reason
    assert station.repos.programme.campaigns() == []


def test_all_faults_are_known_at_once(acts, cast):
    start = cast.campaign(0).start
    bad = cast.campaign(cast.approved(), windows=(), weekdays=frozenset(), end=start - timedelta(days=1), repeat=0)
    assert {fault.reason for fault in acts.faults(bad)} >= {
        "no_windows",
        "no_weekdays",
        "dates_backwards",
        "repeat_invalid",
    }


def test_a_clip_longer_than_its_window_is_refused(acts, cast, lan):
    campaign = cast.campaign(cast.approved(seconds=90), windows=(parse_window("06:00-06:01"),))
    assert refused(lambda: acts.save(lan, campaign)) == "clip_longer_than_window"


def test_editing_a_running_campaign_moves_only_what_has_not_begun(acts, station, cast, lan, clock):
    campaign_id = cast.running(cast.approved(), base=4)
    first = station.repos.slots.of_day(cast.campaign(0).start)[0]
    service = station.playout()
    service.start()
    service.run_stepped(clock, first.end + timedelta(seconds=5))
    service.stop()
    changed = replace(station.repos.programme.campaign(campaign_id), windows=(parse_window("15:00-16:00"),))
    acts.save(lan, changed)
    slots = station.repos.slots.of_day(first.day)
    assert slots[0].id == first.id
    assert slots[0].outcome is not None
    assert all(slot.start > first.end for slot in slots[1:])
    assert len(slots) == 4


def test_a_stranger_may_do_nothing(acts, station, cast, lan):
    campaign_id = acts.save(lan, cast.campaign(cast.approved()))
    gone = replace(lan, active=False)
    for act in (
        lambda: acts.start(gone, campaign_id),
        lambda: acts.stop(gone, campaign_id),
        lambda: station.services.air.stop(gone),
        lambda: station.services.air.play_now(gone, 1),
        lambda: station.services.announcements.write(gone, "x", "y"),
        lambda: station.services.dispatches.import_dispatch(gone, b"x", "x"),
        lambda: station.services.recordings.retire(gone, "0" * 64),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_a_preview_of_a_running_campaign_leaves_what_is_about_to_begin(acts, station, cast, clock, lan):
    campaign_id = cast.running(cast.approved(), base=3)
    slots = station.repos.slots.of_day(DAY)
    go_to(clock, slots[0].start - timedelta(seconds=2))
    changed = replace(station.repos.programme.campaign(campaign_id), windows=(parse_window("15:00-16:00"),))
    shown = acts.preview(changed, DAY)
    acts.save(lan, changed)
    assert station.repos.slots.of_day(DAY) == [slots[0], *shown.slots]
    assert len(shown.slots) == 2


# Making good (phát bù)


def go_to(clock, instant):
    clock.step_wall((instant - clock.now()).total_seconds())


def missed(station, slot, outcome=AiringOutcome.MISSED, reason="station_off"):
    station.repos.slots.close(slot.id, Ending(outcome, reason), station.clock.now())


APART = (parse_window("06:00-07:00"), parse_window("07:30-08:30"))
"""One airing in each, more than an hour apart."""


def test_a_missed_airing_is_made_good_by_a_slot_of_its_own(acts, station, cast, clock):
    cast.running(cast.approved(), windows=APART)
    first, second = station.repos.slots.of_day(DAY)
    go_to(clock, first.start + timedelta(minutes=3))
    missed(station, first)
    acts.replan()
    slots = station.repos.slots.of_day(DAY)
    (paid,) = [slot for slot in slots if slot.trigger is Trigger.MAKE_GOOD]
    assert (paid.id, paid.makes_good, paid.audio_sha256) == (f"{first.id}-b1", first.id, first.audio_sha256)
    assert paid.start >= first.start + timedelta(minutes=3)
    assert second in slots
    assert station.repos.slots.refusals(DAY) == []


def test_a_made_good_airing_that_has_not_begun_is_planned_again_like_any_other(acts, station, cast, clock, lan):
    campaign_id = cast.running(cast.approved(), windows=APART)
    first = station.repos.slots.of_day(DAY)[0]
    go_to(clock, first.start + timedelta(minutes=3))
    missed(station, first)
    acts.replan()
    campaign = station.repos.programme.campaign(campaign_id)
    shown = acts.preview(campaign, DAY)
    assert [slot.id for slot in shown.slots] == [f"{first.id}-b1", f"{first.id[:-1]}2"]
    acts.save(lan, replace(campaign, windows=(parse_window("15:00-18:00"),)))
    paid = [slot for slot in station.repos.slots.of_day(DAY) if slot.makes_good]
    assert [slot.id for slot in paid] == [f"{first.id}-b1"]
    assert paid[0].start.hour == 8  # 15 h in Việt Nam


def test_a_debt_of_a_campaign_that_is_stopped_is_written_off(acts, station, cast, clock, lan):
    campaign_id = cast.running(cast.approved(), windows=APART)
    first = station.repos.slots.of_day(DAY)[0]
    go_to(clock, first.start + timedelta(minutes=3))
    missed(station, first)
    acts.stop(lan, campaign_id)
    assert station.repos.slots.of_day(DAY) == [
        replace(first, outcome=AiringOutcome.MISSED, reason="station_off"),
    ]
    refused_ = [(one.ordinal, one.reason) for one in station.repos.slots.refusals(DAY)]
    assert refused_ == [(1, "campaign_stopped")]


def test_an_airing_that_was_made_good_is_owed_no_more(acts, station, cast, clock):
    cast.running(cast.approved(), windows=APART)
    first = station.repos.slots.of_day(DAY)[0]
    go_to(clock, first.start + timedelta(minutes=3))
    missed(station, first)
    acts.replan()
    (paid,) = [slot for slot in station.repos.slots.of_day(DAY) if slot.makes_good]
    go_to(clock, paid.end + timedelta(seconds=1))
    missed(station, paid, AiringOutcome.PLAYED, "")
    acts.replan()
    assert [slot.id for slot in station.repos.slots.of_day(DAY) if slot.makes_good] == [paid.id]
    assert station.repos.slots.refusals(DAY) == []


def test_what_a_day_that_is_over_still_owes_is_written_off_and_nothing_else_of_it_changes(acts, station, cast, clock):
    cast.running(cast.approved(), base=30)
    slots, refusals = station.repos.slots.of_day(DAY), station.repos.slots.refusals(DAY)
    assert refusals
    go_to(clock, MORNING + timedelta(days=3))
    for slot in slots:
        missed(station, slot)
    acts.replan()
    told = station.repos.slots.refusals(DAY)
    assert [one for one in told if one.reason != "make_good_late"] == refusals
    assert len(told) == len(slots) + len(refusals)
    version = station.repos.store.version()
    acts.replan()
    assert station.repos.store.version() == version


def test_what_was_only_rehearsed_is_written_off_when_it_is_done(acts, station, cast, clock):
    cast.running(cast.approved(), base=30)
    slots = station.repos.slots.of_day(DAY)
    go_to(clock, MORNING + timedelta(days=3))
    for slot in slots:
        missed(station, slot)
    with station.repos.store.rehearsal():
        acts.replan()
    acts.replan()
    late = [one for one in station.repos.slots.refusals(DAY) if one.reason == "make_good_late"]
    assert len(late) == len(slots)


# Planning again


def test_planning_again_writes_nothing_where_nothing_has_changed(acts, station, cast):
    cast.running(cast.approved(seconds=3.0001), base=30, end=DAY + timedelta(days=9), chime=True)
    version = station.repos.store.version()
    acts.replan()
    assert station.repos.store.version() == version
    assert station.repos.slots.refusals(DAY)


def test_a_day_whose_rows_were_lost_is_written_again(acts, station, cast):
    cast.running(cast.approved(), end=DAY + timedelta(days=9))
    tomorrow = DAY + timedelta(days=1)
    slots = station.repos.slots.of_day(tomorrow)
    with station.repos.store.write() as db:
        db.execute("DELETE FROM slot WHERE id = ?", [slots[0].id])
    acts.replan()
    assert station.repos.slots.of_day(tomorrow) == slots


def test_what_stands_in_a_day_to_come_is_planned_around(acts, station, cast, clock):
    """The days ahead are kept in memory; a slot that somebody put there makes them anew."""
    cast.running(cast.approved(), end=DAY + timedelta(days=9))
    first = station.repos.slots.of_day(DAY + timedelta(days=1))[0]
    by_hand = replace(first, id="20261203-n1-1", campaign_id=None, trigger=Trigger.MANUAL)
    station.repos.slots.add(by_hand, None, clock.now())
    acts.replan()
    slots = station.repos.slots.of_day(first.day)
    assert by_hand in slots
    assert all(slot.start >= by_hand.end or slot.end <= by_hand.start for slot in slots if slot.id != by_hand.id)


def test_an_airing_that_was_cut_and_will_go_on_stands(acts, station, cast, clock, lan):
    """Also after the clock was set back: its row is not deleted, so a second slot of that name would be refused."""
    campaign_id = cast.running(cast.approved())
    first = station.repos.slots.of_day(DAY)[0]
    go_to(clock, first.start)
    station.repos.slots.claim(first, clock.now())
    station.repos.slots.interrupt(first.id, Ending(AiringOutcome.PRE_EMPTED, "pre_empted", first.start), clock.now())
    go_to(clock, first.start - timedelta(minutes=10))
    acts.save(lan, replace(station.repos.programme.campaign(campaign_id), windows=(parse_window("15:00-16:00"),)))
    slots = station.repos.slots.of_day(DAY)
    assert slots[0] == first
    assert len(slots) == 2


def test_after_a_power_cut_what_was_missed_is_heard_later_and_once(acts, station, cast, clock):
    """From plan to journal: the station is off for the first airing, and plays it good before the second."""
    cast.running(cast.approved(), windows=APART)
    first = station.repos.slots.of_day(DAY)[0]
    go_to(clock, first.start + timedelta(minutes=4))
    service = station.playout()
    service.start()
    service.step()
    acts.replan()
    service.run_stepped(clock, MORNING + timedelta(hours=4))
    service.stop()
    rows = station.repos.journal.of_day(DAY.isoformat())
    told = [(row["slot_id"], row["trigger"], row["outcome"]) for row in rows]
    assert told == [
        (first.id, "schedule", "missed"),
        (f"{first.id}-b1", "make_good", "played"),
        (f"{first.id[:-1]}2", "schedule", "played"),
    ]
    starts = [row["actual_start"] for row in rows[1:]]
    assert starts == sorted(starts)
    assert station.repos.slots.refusals(DAY) == []
