from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.model import Boost, BoostKind, Window
from scheduler.core.rules import parse_time, parse_window
from scheduler.errors import NotPermitted, Refused

DAY_START = "06:00"


def refused(act) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reason


@pytest.fixture
def acts(station):
    return station.desk.campaigns


def starts(station, day):
    return [slot.start for slot in station.parts.slots.of_day(day)]


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
    assert station.parts.slots.of_day(campaign.start) == []
    assert station.parts.programme.campaigns() == []


def test_the_preview_works_before_the_sound_is_approved_but_the_plan_refuses_it(acts, station, cast, lan):
    announcement_id = cast.submitted()
    campaign = cast.campaign(announcement_id)
    assert len(acts.preview(campaign, campaign.start).slots) == 2
    cast.running(announcement_id)
    assert station.parts.slots.of_day(campaign.start) == []
    assert {refusal.reason for refusal in station.parts.slots.refusals(campaign.start)} == {"unapproved"}


def test_approval_lets_a_waiting_campaign_into_the_plan_at_once(station, cast, minh):
    announcement_id = cast.submitted()
    cast.running(announcement_id)
    sha256 = station.parts.programme.announcement(announcement_id).audio_sha256
    station.desk.announcements.approve(minh, announcement_id, sha256, heard=True)
    assert len(station.parts.slots.of_day(cast.campaign(0).start)) == 2


def test_withdrawing_takes_its_airings_out_of_the_plan(station, cast, minh):
    announcement_id = cast.approved()
    cast.running(announcement_id)
    station.desk.announcements.withdraw(minh, announcement_id)
    assert station.parts.slots.of_day(cast.campaign(0).start) == []


def test_stopping_a_campaign_empties_the_future(acts, station, cast, lan):
    campaign_id = cast.running(cast.approved())
    acts.stop(lan, campaign_id)
    assert station.parts.slots.of_day(cast.campaign(0).start) == []


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
    assert station.parts.programme.campaigns() == []


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
    first = station.parts.slots.of_day(cast.campaign(0).start)[0]
    service = station.playout()
    service.start()
    service.run_stepped(clock, first.end + timedelta(seconds=5))
    service.stop()
    changed = replace(station.parts.programme.campaign(campaign_id), windows=(parse_window("15:00-16:00"),))
    acts.save(lan, changed)
    slots = station.parts.slots.of_day(first.day)
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
        lambda: station.desk.air.stop(gone),
        lambda: station.desk.air.play_now(gone, 1),
        lambda: station.desk.announcements.write(gone, "x", "y"),
        lambda: station.desk.dispatches.import_dispatch(gone, b"x", "x"),
        lambda: station.desk.recordings.retire(gone, "0" * 64),
    ):
        with pytest.raises(NotPermitted):
            act()
