"""Bù lượt nhường chỗ: offered, decided, judged again, and written in one transaction with what it is for."""

from dataclasses import replace
from datetime import time, timedelta
from itertools import product

import pytest

from scheduler.core.model import AiringOutcome, AnnouncementState, Trigger
from scheduler.core.planning.make_up import MakeUp
from scheduler.core.planning.outlook_words import NamedMove, move_words, when_words
from scheduler.core.planning.rules import local_instant, parse_window
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.submissions import SubmissionRequest
from scheduler.services.planning.wished_days import WishedDays
from scheduler.station import Station
from scheduler.store import Moved
from scheduler.store.planning.submissions import Submissions
from scheduler.store.report.report_rows import ReportRows
from tests.conftest import DAY, MORNING
from tests.lives import lived
from tests.services.announcement.test_submissions import _killed_at as killed_at

ZONE = "Asia/Ho_Chi_Minh"
TOMORROW = DAY + timedelta(days=1)
WINDOW = (parse_window("16:30-16:40"),)
PLAIN = {"windows": WINDOW, "min_gap": timedelta(minutes=1)}


def at(text, day=DAY):
    found = local_instant(day, time.fromisoformat(text), ZONE)
    assert found
    return found


@pytest.fixture
def config(config):
    return replace(config, planning=replace(config.planning, days_ahead=3))


@pytest.fixture
def acts(station):
    return station.services.submissions


@pytest.fixture
def slots(station):
    return lambda day=DAY: station.repos.slots.of_day(day)


@pytest.fixture
def crowded(cast, slots):
    """Ten minutes that are full today, by two campaigns; one of them, and so room, goes on tomorrow."""
    cast.running(cast.approved(60.0, "Rác thải", 300.0), title="Đợt rác", base=2, rank=2, end=TOMORROW, **PLAIN)
    cast.running(cast.approved(60.0, "Tiêm chủng", 200.0), base=3, rank=1, **PLAIN)
    assert (len(slots()), len(slots(TOMORROW))) == (5, 2)


@pytest.fixture
def draft(station, cast):
    def made(title="Cắt nước", pitch=440.0):
        clip = cast.clip(60.0, title, pitch)
        number = station.services.announcements.record(cast.lan, title, clip.sha256)
        station.services.announcements.heard(cast.lan, number, clip.sha256)
        return number

    return made


@pytest.fixture
def approve(station, cast, acts):
    def given(number, start=None, make_up=None):
        sha256 = station.services.announcements.get(number).audio_sha256
        return acts.approve(cast.minh, number, sha256, heard=True, at=start, make_up=make_up)

    return given


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value


def state_of(station, number):
    return station.services.announcements.get(number).state


@pytest.mark.usefixtures("crowded")
def test_what_a_time_costs_is_offered_the_next_free_time_of_its_campaign(station, cast, acts, draft):
    number = draft()
    judged = acts.judge(cast.lan, number, at("16:34"))
    offer = judged.make_up
    assert (judged.refusal.reason, len(judged.choices)) == ("wish_displaces", 3)
    assert (offer.title, offer.lost.start.date(), offer.known.day) == ("Rác thải", at("16:34").date(), TOMORROW)
    assert at("16:30", TOMORROW) <= offer.at < at("16:40", TOMORROW)
    before = station.repos.store.version()
    decided = acts.judge(cast.lan, number, at("16:34"), make_up=offer.decision)
    assert (decided.refusal, decided.make_up.move) == (None, NamedMove("Rác thải", offer.lost.start, offer.at, True))
    assert station.repos.store.version() == before


@pytest.mark.usefixtures("crowded")
def test_an_approval_writes_airing_and_make_up_as_they_were_decided(station, cast, acts, draft, approve, slots):
    number = draft()
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    stood = {slot.id: slot.start for day in (DAY, TOMORROW) for slot in slots(day)}
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    told = acts.offer(number).judged.make_up.move
    assert {slot.id: slot.start for day in (DAY, TOMORROW) for slot in slots(day)} == stood
    outlook = approve(number)
    (wish,) = [slot for slot in slots() if slot.announcement_id == number]
    assert (wish.start, len(slots())) == (at("16:34"), 5)
    assert offer.lost.id not in {slot.id for slot in slots()}
    (paid,) = [slot for slot in slots(TOMORROW) if slot.makes_good]
    assert (paid.trigger, paid.makes_good, paid.start) == (Trigger.MAKE_GOOD, offer.lost.id, offer.at)
    assert (paid.announcement_id, paid.audio_sha256) == (offer.lost.announcement_id, offer.lost.audio_sha256)
    assert len(slots(TOMORROW)) == 3
    assert told in outlook.moved
    assert move_words(told, station.clock.now(), ZONE) in outlook.sentence
    rows = slots(), slots(TOMORROW)
    station.services.campaigns.replan()
    assert (slots(), slots(TOMORROW)) == rows


@pytest.mark.usefixtures("crowded")
def test_whoever_wrote_the_lost_airing_is_told_from_when_to_when(station, cast, acts, draft, approve):
    number = draft()
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    approve(number)
    tasks = {one.about: one for one in station.services.to_do.open() if one.reason == "airing_moved"}
    task = tasks[str(offer.lost.announcement_id)]
    told = [when_words(one, station.clock.now(), ZONE) for one in (offer.lost.start, offer.at)]
    assert [task.details["was"], task.details["now"]] == told


@pytest.mark.usefixtures("crowded")
def test_without_the_decision_it_is_refused_and_a_wrong_one_counts_for_nothing(station, cast, acts, draft):
    number = draft()
    assert refusal(acts.submit, cast.lan, number, SubmissionRequest(at("16:34"))).reason == "wish_displaces"
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    other = MakeUp("20200101-c1-1", offer.at)
    assert refusal(acts.submit, cast.lan, number, SubmissionRequest(at("16:34"), make_up=other)).reason == (
        "wish_displaces"
    )
    for wrong in (at("12:00", TOMORROW), at("16:50", TOMORROW), at("16:31"), at("16:34", DAY + timedelta(days=9))):
        asked = SubmissionRequest(at("16:34"), make_up=MakeUp(offer.lost.id, wrong))
        assert refusal(acts.submit, cast.lan, number, asked).reason == "make_up_gone"
    assert state_of(station, number) is AnnouncementState.DRAFT


@pytest.mark.usefixtures("crowded")
def test_a_make_up_that_was_taken_meanwhile_is_said_and_offered_anew(station, cast, acts, draft, approve, slots):
    number = draft()
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    station.services.schedule.add(cast.lan, cast.approved(20.0, "Họp", 250.0), offer.at)
    before = slots(), slots(TOMORROW)
    told = refusal(approve, number)
    assert (told.reason, told.details["title"]) == ("make_up_gone", "Rác thải")
    assert (slots(), slots(TOMORROW)) == before
    assert state_of(station, number) is AnnouncementState.SUBMITTED
    again = acts.offer(number).judged
    assert again.refusal.reason == "make_up_gone"
    assert again.make_up.at != offer.at
    outlook = approve(number, at("16:34"), again.make_up.decision)
    assert again.make_up.move in outlook.moved
    assert [slot.start for slot in slots(TOMORROW) if slot.makes_good] == [again.make_up.at]


@pytest.mark.usefixtures("crowded")
def test_a_place_that_is_taken_while_its_day_is_read_is_noticed(
    station, cast, acts, draft, approve, slots, monkeypatch
):
    """Rows change between two reads: the day is read, somebody takes the place, and what was read is written."""
    number, other = draft(), cast.approved(20.0, "Họp", 250.0)
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    real, taken = WishedDays.on, []

    def read_then_taken(self, day, *given, **named):
        found = real(self, day, *given, **named)
        if day == TOMORROW and not taken:
            taken.append(day)
            station.services.schedule.add(cast.lan, other, offer.at)
        return found

    monkeypatch.setattr(WishedDays, "on", read_then_taken)
    assert refusal(approve, number).reason == "make_up_gone"
    assert taken
    assert state_of(station, number) is AnnouncementState.SUBMITTED
    assert [slot for slot in slots(TOMORROW) if slot.makes_good] == []


@pytest.mark.usefixtures("crowded")
def test_what_costs_nothing_any_more_makes_nothing_up(station, cast, acts, draft, approve, slots):
    number = draft()
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    (first, *_) = [slot for slot in slots() if slot.campaign_id != offer.lost.campaign_id]
    station.services.schedule.leave_out(cast.lan, first.id, "trùng")
    approve(number)
    assert [slot for slot in slots(TOMORROW) if slot.makes_good] == []
    assert offer.lost.id in {slot.id for slot in slots()}


@pytest.mark.usefixtures("crowded")
def test_the_make_up_is_a_fixed_time_like_any_that_a_person_gave(station, cast, acts, draft, approve):
    number = draft()
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    approve(number)
    assert acts.judge(cast.lan, draft("Điện", 350.0), offer.at).refusal.reason == "wish_held"


@pytest.mark.usefixtures("crowded")
def test_taking_it_back_brings_the_lost_airing_and_drops_its_make_up(station, cast, acts, draft, approve, slots):
    before = slots(), slots(TOMORROW)
    number = draft()
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    approve(number)
    change = station.repos.store.value("SELECT max(id) FROM schedule_change")
    station.services.schedule.undo(cast.minh, change)
    station.services.campaigns.replan()
    assert (slots(), slots(TOMORROW)) == before


@pytest.mark.usefixtures("crowded")
def test_what_cannot_be_made_up_any_more_is_a_task_and_goes_nowhere_else(station, cast, acts, draft, approve, slots):
    number = draft()
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    approve(number)
    campaign = station.services.campaigns.get(offer.lost.campaign_id)
    station.services.campaigns.save(cast.lan, replace(campaign, windows=(parse_window("17:00-18:00"),)))
    station.services.campaigns.replan()
    assert [slot for slot in slots(TOMORROW) if slot.makes_good] == []
    (told,) = [one for one in station.services.schedule_days.unkept() if one.pin.slot_id == offer.lost.id]
    assert (told.reason, told.stands) == ("outside_windows", offer.at)
    assert [one.due for one in station.services.readiness.check() if one.reason == "make_up_unkept"] == [offer.at]
    assert [one.pin for one in station.services.schedule_days.day(TOMORROW).unkept] == [told.pin]
    station.services.campaigns.save(cast.lan, campaign)
    station.services.campaigns.replan()
    assert [slot.start for slot in slots(TOMORROW) if slot.makes_good] == [offer.at]
    assert station.services.schedule_days.unkept() == []


@pytest.mark.usefixtures("crowded")
def test_letting_the_planner_have_the_lost_airing_again_drops_its_make_up(station, cast, acts, draft, approve, slots):
    number = draft()
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    approve(number)
    (pin, _), *_ = station.services.schedule_days.day(DAY).left_out
    assert (pin.slot_id, pin.made_up) == (offer.lost.id, offer.at)
    assert station.services.schedule_days.day(TOMORROW).left_out == ()
    station.services.schedule.release(cast.lan, DAY, pin.campaign_id, pin.ordinal)
    station.services.campaigns.replan()
    assert [slot for slot in slots(TOMORROW) if slot.makes_good] == []


@pytest.mark.usefixtures("crowded")
def test_approved_anew_at_the_same_time_its_make_up_stands(station, cast, acts, draft, approve, slots):
    number = draft()
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    approve(number)
    clip = cast.clip(55.0, "Cắt nước", 210.0)
    station.services.announcements.use_recording(cast.lan, number, clip.sha256)
    station.services.announcements.heard(cast.lan, number, clip.sha256)
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34")))
    approve(number)
    assert [slot.start for slot in slots() if slot.announcement_id == number] == [at("16:34")]
    assert [slot.start for slot in slots(TOMORROW) if slot.makes_good] == [offer.at]


def test_one_that_waits_on_the_day_of_the_make_up_is_replaced_with_it(
    station, cast, acts, draft, approve, slots, crowded
):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34", TOMORROW)))
    approve(number)
    station.services.campaigns.replan()
    clip = cast.clip(60.0, "Cắt nước", 210.0)
    station.services.announcements.use_recording(cast.lan, number, clip.sha256)
    station.services.announcements.heard(cast.lan, number, clip.sha256)
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    approve(number)
    assert [slot.start for slot in slots() if slot.announcement_id == number] == [at("16:34")]
    assert [slot.id for slot in slots(TOMORROW) if slot.announcement_id == number] == []
    assert [slot.start for slot in slots(TOMORROW) if slot.makes_good] == [offer.at]


@pytest.mark.usefixtures("crowded")
def test_it_sounds_and_the_account_of_its_own_day_says_that_it_was_made_good(
    station, cast, acts, draft, approve, slots, clock
):
    number = draft()
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    approve(number)
    campaign = station.services.campaigns.get(offer.lost.campaign_id)

    def account(day):
        (line,) = station.services.ledger.lines([campaign], day, day)
        found = line.account
        return line.over, (found.ordered, found.aired, found.made_good, found.owed, found.lost)

    def unplanned():
        return station.repos.store.rows("SELECT reason FROM refusal WHERE day = ?", (DAY.isoformat(),)) and (
            ReportRows(station.repos.store).refusals(DAY, TOMORROW)
        )

    clock.advance((at("16:25") - clock.now()).total_seconds())
    playout = station.playout()
    playout.start()
    playout.run_stepped(clock, at("16:45"))
    assert account(DAY) == (False, (2, 1, 0, 1, 0))
    playout.stop()
    clock.advance((at("16:25", TOMORROW) - clock.now()).total_seconds())
    playout = station.playout()
    playout.start()
    assert account(DAY) == (False, (2, 1, 0, 1, 0))
    playout.run_stepped(clock, at("16:45", TOMORROW))
    playout.stop()
    (paid,) = [slot for slot in slots(TOMORROW) if slot.makes_good]
    assert paid.outcome is AiringOutcome.PLAYED
    assert account(DAY) == (True, (2, 1, 1, 0, 0))
    assert account(TOMORROW)[1] == (2, 2, 0, 0, 0)
    assert unplanned() == []
    told = station.repos.store.value("SELECT trigger FROM journal WHERE slot_id = ?", (paid.id,))
    assert told == "make_good"


@pytest.mark.usefixtures("crowded")
def test_killed_at_any_commit_there_is_no_make_up_or_all_of_it(station, cast, acts, draft, config):
    number = draft()
    offer = acts.judge(cast.lan, number, at("16:34")).make_up
    acts.submit(cast.lan, number, SubmissionRequest(at("16:34"), make_up=offer.decision))
    station.close()
    for which, moment in product(range(1, 6), ("before", "behind")):
        lived(killed_at, config.folder, config, moment, which, number)
        opened = Station.open(config, SteppedClock(MORNING))
        slots = opened.repos.slots
        found = {
            state_of(opened, number) is AnnouncementState.APPROVED,
            any(slot.announcement_id == number for slot in slots.of_day(DAY)),
            offer.lost.id not in {slot.id for slot in slots.of_day(DAY)},
            any(slot.makes_good for slot in slots.of_day(TOMORROW)),
            Moved(opened.repos.store).pin(DAY, offer.pin.campaign_id, offer.pin.ordinal) is not None,
            bool(Submissions(opened.repos.store).gave_way(number)),
        }
        opened.close()
        assert len(found) == 1
        if found == {True}:
            return
    raise AssertionError("it was never approved")
