"""Đề nghị phát: judged, handed in and approved as one; whatever dies, nothing approved waits for a second button."""

import os
import signal
from dataclasses import replace
from datetime import time, timedelta
from importlib.resources import files

import pytest

from scheduler.core.model import AnnouncementState, CampaignState, Priority, Role
from scheduler.core.planning.outlook import OutlookKind
from scheduler.core.planning.outlook_words import NamedMove, move_words, when_words
from scheduler.core.planning.rules import local_instant, parse_window
from scheduler.core.planning.submission import Lateness, SubmissionState
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.announcement.submissions import SubmissionRequest
from scheduler.station import Station
from scheduler.store.connection import Connection
from tests.conftest import DAY, MORNING
from tests.lives import lived

ZONE = "Asia/Ho_Chi_Minh"
OUTPUT = {"name": "wav", "kind": "wavfile", "state": "open", "message": "", "counts": True}


def at(text, day=DAY):
    found = local_instant(day, time.fromisoformat(text), "Asia/Ho_Chi_Minh")
    assert found
    return found


@pytest.fixture
def acts(station):
    return station.services.submissions


@pytest.fixture(params=["playout plans", "the act plans"])
def ward(request, station, clock, cast):
    """A ward in which playout plans, or the act has to."""
    if request.param == "playout plans":
        station.repos.jobs.beat("playout", 1, clock.now(), {"outputs": [OUTPUT], "clock_trusted": True})
    return cast


@pytest.fixture
def plays(station, clock):
    """Playout lives, with these outputs."""

    def beat(*outputs, trusted=True):
        state = {"outputs": list(outputs or (OUTPUT,)), "clock_trusted": trusted}
        station.repos.jobs.beat("playout", 1, clock.now(), state)

    return beat


@pytest.fixture
def draft(station, cast):
    """A recording that its author has heard."""

    def made(title="Cắt nước", seconds=30.0, pitch=440.0, by=cast.lan):
        clip = cast.clip(seconds, title, pitch)
        number = station.services.announcements.record(by, title, clip.sha256)
        station.services.announcements.heard(by, number, clip.sha256)
        return number

    return made


@pytest.fixture
def approve(station, cast, acts):
    def given(number, start=None, by=cast.minh, *, heard=True):
        sha256 = station.services.announcements.get(number).audio_sha256
        return acts.approve(by, number, sha256, heard=heard, at=start)

    return given


@pytest.fixture
def slots(station):
    return lambda day=DAY: station.repos.slots.of_day(day)


def state_of(station, number):
    return station.services.announcements.get(number).state


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value


# At a time


def test_one_approval_brings_the_airing_at_the_time_that_was_asked_for(ward, acts, draft, approve, slots, station):
    number = draft()
    acts.submit(ward.lan, number, SubmissionRequest(at("17:00")))
    assert slots() == []
    outlook = approve(number)
    (slot,) = slots()
    assert (slot.start, slot.zone, slot.announcement_id) == (at("17:00"), "all", number)
    assert (outlook.start, outlook.zones) == (slot.start, (slot.zone,))
    assert state_of(station, number) is AnnouncementState.APPROVED
    assert acts.of(number).state is SubmissionState.APPROVED
    assert acts.of(number).told == slot.start
    station.services.campaigns.replan()
    assert slots() == [slot]


def test_what_gives_way_stands_where_the_offer_said(ward, acts, draft, approve, slots, station):
    ward.planned(ward.approved(title="Rác thải", pitch=300.0), base=1)
    (stood,) = slots()
    number = draft()
    acts.submit(ward.lan, number, SubmissionRequest(stood.start))
    moved = acts.offer(number).judged.moved
    approve(number)
    starts = {slot.id: slot.start for slot in slots()}
    assert (moved[0].title, starts[stood.id]) == ("Rác thải", moved[0].now)
    assert stood.start in starts.values()
    ward.plan_follows()
    assert {slot.id: slot.start for slot in slots()} == starts


def test_what_gave_way_is_told_after_the_approval_from_the_rows(ward, acts, draft, approve, slots, station, plays):
    other = ward.approved(title="Rác thải", pitch=300.0)
    ward.planned(other, base=1)
    (stood,) = slots()
    plays()
    number = draft()
    acts.submit(ward.lan, number, SubmissionRequest(stood.start))
    offered = acts.offer(number).judged.moved
    outlook = approve(number)
    assert outlook.moved == offered
    assert move_words(offered[0], station.clock.now(), ZONE) in outlook.sentence
    now = next(slot.start for slot in slots() if slot.id == stood.id)
    assert outlook.moved == (NamedMove("Rác thải", stood.start, now),)
    ward.plan_follows()
    (task,) = [one for one in station.services.to_do.open() if one.reason == "airing_moved"]
    assert (task.about, task.due) == (str(other), now)
    told = [when_words(one, station.clock.now(), ZONE) for one in (stood.start, now)]
    assert [task.details["was"], task.details["now"]] == told


def test_what_gave_way_and_stands_again_where_it_stood_is_told_no_more(ward, acts, draft, approve, slots, station):
    ward.planned(ward.approved(title="Rác thải", pitch=300.0), base=1)
    (stood,) = slots()
    number = draft()
    acts.submit(ward.lan, number, SubmissionRequest(stood.start))
    first = approve(number).first
    station.services.schedule.leave_out(ward.lan, first.id, "nhầm")
    station.services.campaigns.replan()
    assert [slot.start for slot in slots() if slot.id == stood.id] == [stood.start]
    assert station.services.outlook.of(number).moved == ()
    assert [one for one in station.services.to_do.open() if one.reason == "airing_moved"] == []


def test_no_wish_leaves_without_a_time_that_works(acts, draft, cast, slots, station):
    acts.submit(cast.lan, draft("Điện", 300.0, 300.0), SubmissionRequest(at("17:00")))
    first = station.services.announcements.waiting()[0].id
    acts.approve(cast.minh, first, station.services.announcements.get(first).audio_sha256, heard=True)
    number = draft()
    told = refusal(acts.submit, cast.lan, number, SubmissionRequest(at("17:02")))
    assert (told.reason, told.details["title"], told.details["until"]) == ("wish_held", "Điện", "17:05:04")
    assert len(told.details["choices"].split(", ")) == 3
    assert state_of(station, number) is AnnouncementState.DRAFT
    assert acts.of(number) is None


def test_right_behind_a_fixed_airing_is_the_first_minute_at_which_nothing_moves(acts, draft, cast, approve, station):
    first = draft("Điện", 300.0, 300.0)
    acts.submit(cast.lan, first, SubmissionRequest(at("17:00")))
    approve(first)
    number = draft()
    judged = acts.judge(cast.lan, number, at("17:02"))
    assert judged.refusal.reason == "wish_held"
    assert judged.after in judged.choices
    for minute in range(2, 60):
        tried = acts.judge(cast.lan, number, at(f"17:{minute:02}"))
        if tried.refusal is None:
            assert judged.after == tried.start
            break
    assert acts.judge(cast.lan, number, at("22:00")).after is None
    assert acts.judge(cast.lan, number, judged.after).after is None


def test_without_a_wish_a_campaign_says_when_or_nothing_is_handed_in(acts, draft, cast, approve, station):
    number = draft()
    assert refusal(acts.hand_in, cast.lan, number).reason == "submit_no_time"
    assert state_of(station, number) is AnnouncementState.DRAFT
    campaign_id = station.services.campaigns.save(cast.lan, cast.campaign(number))
    acts.hand_in(cast.lan, number)
    assert [one.campaign_id for one in acts.of(number).places] == [campaign_id]
    approve(number)
    assert station.services.campaigns.get(campaign_id).state is CampaignState.ACTIVE


def test_what_a_dispatch_left_open_is_not_answered_by_handing_in(acts, cast, station):
    text = files("scheduler").joinpath("samples/cong-van-mau.txt").read_bytes()
    dispatch_id, _ = station.services.dispatches.import_dispatch(cast.lan, text, "công văn.txt")
    (made,) = station.services.dispatch_drafts.make(cast.lan, dispatch_id)
    number = made.announcement_id
    acts_of = station.services.announcements
    clip = cast.clip()
    acts_of.use_recording(cast.lan, number, clip.sha256)
    acts_of.heard(cast.lan, number, clip.sha256)
    assert refusal(acts.hand_in, cast.lan, number).reason == "dispatch_doubtful"
    assert state_of(station, number) is AnnouncementState.DRAFT
    assert any(one.is_open for one in station.services.dispatches.doubts(dispatch_id))


def test_a_campaign_that_has_no_room_hands_nothing_in(acts, draft, cast, station):
    number = draft()
    station.services.campaigns.save(cast.lan, cast.campaign(number, windows=(parse_window("05:05-05:20"),)))
    refusal(acts.hand_in, cast.lan, number)
    assert state_of(station, number) is AnnouncementState.DRAFT


def test_what_is_only_stored_is_handed_in_and_nothing_of_it_is_planned(acts, draft, cast, approve, station):
    number = draft()
    acts.hand_in(cast.lan, number, only_stored=True)
    assert (state_of(station, number), acts.of(number)) == (AnnouncementState.SUBMITTED, None)
    assert approve(number).kind is OutlookKind.UNPLANNED


def test_handed_in_anew_without_a_time_the_wish_of_before_plans_nothing(acts, draft, cast, approve, slots, station):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest(at("17:00")))
    station.services.announcements.give_back(cast.minh, number, "chỉ lưu")
    station.services.announcements.heard(cast.lan, number, station.services.announcements.get(number).audio_sha256)
    acts.hand_in(cast.lan, number, only_stored=True)
    assert approve(number).kind is OutlookKind.UNPLANNED
    assert slots() == []


def test_a_time_that_was_taken_meanwhile_refuses_the_whole_approval(acts, draft, cast, approve, slots, station):
    number, other = draft(), draft("Điện", 60.0, 300.0)
    acts.submit(cast.lan, number, SubmissionRequest(at("17:00")))
    acts.submit(cast.lan, other, SubmissionRequest(at("17:00")))
    approve(number)
    told = refusal(approve, other)
    assert told.reason == "wish_held"
    assert state_of(station, other) is AnnouncementState.SUBMITTED
    choice = acts.offer(other).choices[0]
    assert approve(other, choice).start == choice


def test_approved_a_little_late_the_next_free_time_is_named_and_taken(acts, draft, cast, approve, clock, station):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest(at("09:00")))
    clock.advance((at("09:20") - clock.now()).total_seconds())
    offer = acts.offer(number)
    assert (offer.lateness, offer.start) == (Lateness.LATE, at("09:21"))
    told = refusal(approve, number)
    assert (told.reason, told.details["at"], told.details["next"]) == (
        "approved_late",
        "09:00 hôm nay",
        "09:21 hôm nay",
    )
    assert state_of(station, number) is AnnouncementState.SUBMITTED
    assert approve(number, offer.start).start == at("09:21")


@pytest.mark.parametrize(("clock_at", "late"), [("10:00", Lateness.LATE), ("10:01", Lateness.TOO_LATE)])
def test_an_hour_late_a_time_must_be_chosen(acts, draft, cast, approve, clock, clock_at, late):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest(at("09:00")))
    clock.advance((at(clock_at) - clock.now()).total_seconds())
    offer = acts.offer(number)
    assert (offer.lateness, offer.start is None) == (late, late is Lateness.TOO_LATE)
    assert len(offer.choices) == 3
    assert refusal(approve, number).reason == ("approved_late" if late is Lateness.LATE else "approved_too_late")
    assert approve(number, offer.choices[1]).start == offer.choices[1]


def test_as_soon_as_approved_is_at_least_a_minute_later(acts, draft, cast, approve, clock):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest())
    shown = acts.offer(number).start
    clock.advance(150)
    outlook = approve(number)
    assert shown < outlook.start
    assert timedelta(minutes=1) <= outlook.start - clock.now() < timedelta(minutes=2)


def test_a_zone_that_is_not_there_is_refused(acts, draft, cast):
    told = refusal(acts.submit, cast.lan, draft(), SubmissionRequest(at("17:00"), zones=("to9",)))
    assert told.reason == "zone_unknown"


# By a rhythm


def rhythm(cast, number, **changes):
    plain = {"windows": (parse_window("16:30-18:00"),), "base": 2, "end": DAY + timedelta(days=6)}
    return cast.campaign(number, **plain | changes)


def test_a_campaign_starts_with_the_approval_and_its_first_airing_is_planned(
    ward, acts, draft, approve, slots, station
):
    number = draft()
    judged = acts.judge_rhythm(rhythm(ward, number))
    acts.submit(ward.lan, number, SubmissionRequest(campaigns=(rhythm(ward, number),)))
    (campaign,) = station.services.campaigns.listed()
    assert campaign.state is CampaignState.DRAFT
    outlook = approve(number)
    assert station.services.campaigns.get(campaign.id).state is CampaignState.ACTIVE
    assert [slot.start for slot in slots()] == list(judged.days[0].starts)
    assert (outlook.start, judged.first, judged.airings) == (slots()[0].start, slots()[0].start, 14)
    ward.plan_follows()
    assert len(slots(DAY + timedelta(days=1))) == 2


def test_an_old_draft_of_the_release_before_starts_with_the_approval(ward, draft, approve, station, slots):
    number = draft()
    campaign_id = station.services.campaigns.save(ward.lan, rhythm(ward, number))
    station.services.announcements.submit(ward.lan, number)
    approve(number)
    assert station.services.campaigns.get(campaign_id).state is CampaignState.ACTIVE
    assert len(slots()) == 2


def test_an_old_draft_with_a_doubt_stays_and_that_is_said(draft, cast, approve, station):
    letter = files("scheduler").joinpath("samples", "cong-van-mau.txt").read_bytes()
    dispatch_id = station.services.dispatches.import_dispatch(cast.lan, letter, "mau.txt")[0]
    number = draft()
    campaign_id = station.services.campaigns.save(cast.lan, rhythm(cast, number, dispatch_id=dispatch_id))
    assert refusal(station.services.campaigns.start, cast.lan, campaign_id).reason == "dispatch_doubtful"
    station.services.announcements.submit(cast.lan, number)
    assert approve(number).kind is OutlookKind.UNPLANNED
    assert station.services.campaigns.get(campaign_id).state is CampaignState.DRAFT


def test_without_any_wish_the_sound_is_approved_and_said_to_have_no_time(station, draft, cast, approve):
    number = draft()
    station.services.announcements.submit(cast.lan, number)
    outlook = approve(number)
    assert (outlook.kind, outlook.sentence) == (
        OutlookKind.UNPLANNED,
        "Đã duyệt nhưng chưa có giờ phát; hãy chọn giờ.",
    )


def test_a_rhythm_that_can_never_air_is_refused(acts, draft, cast, station):
    number = draft()
    quiet = rhythm(cast, number, windows=(parse_window("12:00-13:00"),))
    assert refusal(acts.submit, cast.lan, number, SubmissionRequest(campaigns=(quiet,))).reason
    assert state_of(station, number) is AnnouncementState.DRAFT
    assert station.services.campaigns.listed() == []


# Who


def test_what_was_not_heard_is_not_approved_and_nothing_is_planned(acts, draft, cast, approve, slots, station):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest(at("17:00")))
    assert refusal(approve, number, heard=False).reason == "not_heard"
    assert slots() == []
    assert refusal(approve, number, by=cast.lan).reason == "not_permitted"
    assert state_of(station, number) is AnnouncementState.SUBMITTED


def test_the_second_approver_is_told_who_it_was_and_when_it_airs(acts, draft, cast, approve, plays):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest(at("17:00")))
    plays()
    approve(number)
    told = refusal(approve, number)
    assert (told.reason, told.details["who"]) == ("approved_already", "Minh")
    assert "17:00 hôm nay" in told.details["airs"]


def test_a_contributors_wish_stays_in_their_zones(acts, draft, station):
    tu = station.repos.people.add("tu", "Tư", Role.CONTRIBUTOR, "mat-khau-cua-tu", MORNING, ("to5",))
    number = draft(by=tu)
    with pytest.raises(NotPermitted):
        acts.submit(tu, number, SubmissionRequest(at("17:00")))


def test_approved_anew_the_old_airing_is_gone(acts, draft, cast, approve, slots, station):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest(at("17:00")))
    approve(number)
    clip = cast.clip(20.0, "Cắt nước", 200.0)
    station.services.announcements.use_recording(cast.lan, number, clip.sha256)
    station.services.announcements.heard(cast.lan, number, clip.sha256)
    acts.submit(cast.lan, number, SubmissionRequest(at("17:00")))
    approve(number)
    (slot,) = slots()
    assert (slot.start, slot.audio_sha256) == (at("17:00"), clip.sha256)


# What is said


def test_it_will_sound_only_where_everything_is_there(acts, draft, cast, approve, plays, station, clock):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest(at("17:00")))
    outlook = approve(number)
    assert (outlook.kind, [one.reason for one in outlook.causes]) == (OutlookKind.WONT_SOUND, ["playout_silent"])
    assert "sẽ phát" not in outlook.sentence
    plays()
    outlook = station.services.outlook.of(number)
    assert outlook.sentence == "Đã duyệt. Loa sẽ phát lúc 17:00 hôm nay, tất cả các loa."
    assert outlook.outputs == ("wav",)
    clock.advance(6)
    assert station.services.outlook.of(number).kind is OutlookKind.WONT_SOUND


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (OUTPUT | {"counts": False}, "no_loudspeaker"),
        (OUTPUT | {"state": "retrying", "message": "bận"}, "output_trouble"),
        (OUTPUT | {"state": "down"}, "output_down"),
        (OUTPUT | {"unheard": True}, "output_unheard"),
    ],
)
def test_without_a_loudspeaker_it_says_so_and_nothing_else(acts, draft, cast, approve, plays, output, reason):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest(at("17:00")))
    plays(output)
    outlook = approve(number)
    assert (outlook.kind, [one.reason for one in outlook.causes]) == (OutlookKind.WONT_SOUND, [reason])
    assert outlook.sentence.startswith("Đã duyệt, nhưng loa chưa kêu được.")


def test_a_lost_file_and_an_untrusted_clock_are_named(acts, draft, cast, approve, plays, station):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest(at("17:00")))
    plays(trusted=False)
    approve(number)
    station.repos.library.path(station.services.announcements.get(number).audio_sha256).unlink()
    causes = [one.reason for one in station.services.outlook.of(number).causes]
    assert causes == ["audio_missing", "clock_untrusted"]


def test_what_is_approved_without_a_time_is_a_task_until_it_has_one(station, acts, draft, cast, approve, clock, plays):
    number = draft()
    station.services.announcements.submit(cast.lan, number)
    approve(number)
    tasks = lambda: {one.key: one for one in station.services.to_do.open()}  # noqa: E731 - asked twice
    assert f"unplanned:{number}" not in tasks()
    clock.advance(180)
    plays()
    found = tasks()[f"unplanned:{number}"]
    assert (found.reason, found.details["title"]) == ("approved_unplanned", "Cắt nước")
    station.services.schedule.add(cast.lan, number, at("17:00"))
    assert f"unplanned:{number}" not in tasks()


def test_a_time_that_changes_after_it_was_told_is_a_task(station, acts, draft, cast, approve, slots, clock):
    number = draft()
    acts.submit(cast.lan, number, SubmissionRequest(at("17:00")))
    approve(number)
    assert "airing_moved" not in {one.reason for one in station.services.to_do.open()}
    station.services.schedule.move(cast.minh, slots()[0].id, at("17:20"))
    (task,) = [one for one in station.services.to_do.open() if one.reason == "airing_moved"]
    assert (task.details["was"], task.details["now"]) == ("17:00 hôm nay", "17:20 hôm nay")
    clock.advance((at("17:21") - clock.now()).total_seconds())
    assert "airing_moved" not in {one.reason for one in station.services.to_do.open()}


def test_a_template_of_an_emergency_waits_for_its_order(station, cast, clock):
    clip = cast.clip()
    number = station.services.announcements.write(cast.lan, "Bão", "Bão đang vào bờ.", Priority.EMERGENCY)
    station.services.announcements.use_recording(cast.lan, number, clip.sha256)
    station.services.announcements.heard(cast.lan, number, clip.sha256)
    station.services.announcements.submit(cast.lan, number)
    outlook = station.services.submissions.approve(cast.minh, number, clip.sha256, heard=True)
    assert outlook.kind is OutlookKind.READY
    clock.advance(600)
    assert f"unplanned:{number}" not in {one.key for one in station.services.to_do.open()}


# Killed at any commit


def _killed_at(folder, config, moment, which, number):
    """Approve in a process that is killed before or behind its commit of that number."""
    clock = SteppedClock(MORNING)
    station = Station.open(replace(config, folder=folder), clock)
    commit, seen = Connection.commit_block, [0]

    def killed(self):
        seen[0] += 1
        if seen[0] == which and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self)
        if seen[0] == which and moment == "behind":
            os.kill(os.getpid(), signal.SIGKILL)

    Connection.commit_block = killed
    minh = station.repos.people.by_login("minh")
    sha256 = station.services.announcements.get(number).audio_sha256
    station.services.submissions.approve(minh, number, sha256, heard=True)


@pytest.mark.parametrize("wish", ["time", "rhythm"])
@pytest.mark.parametrize("playout", [True, False], ids=["playout plans", "the act plans"])
def test_killed_at_any_commit_there_is_nothing_or_all(acts, draft, cast, station, config, clock, wish, playout, plays):
    if playout:
        plays()
    number = draft()
    acts.submit(
        cast.lan,
        number,
        SubmissionRequest(at("17:00")) if wish == "time" else SubmissionRequest(campaigns=(rhythm(cast, number),)),
    )
    station.close()
    for which in range(1, 6):
        for moment in ("before", "behind"):
            code = lived(_killed_at, config.folder, config, moment, which, number)
            opened = Station.open(config, SteppedClock(MORNING))
            ahead = opened.repos.slots.of_day(DAY)
            approved = opened.services.announcements.get(number).state is AnnouncementState.APPROVED
            active = opened.repos.programme.campaigns(CampaignState.ACTIVE)
            decided = opened.services.announcements.last_decision(number) is not None
            opened.close()
            assert approved == bool(ahead) == decided == (approved and (wish == "time" or bool(active)))
            if approved:
                return
            assert code == -signal.SIGKILL
    raise AssertionError("it was never approved")
