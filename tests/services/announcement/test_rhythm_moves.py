"""Who gives way to a rhythm: named as far as it was looked at, and no page lets that pass for all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.planning.outlook_words import later_words, limit_words, move_words
from scheduler.core.planning.rules import parse_window
from scheduler.services.announcement.submissions import SubmissionRequest
from tests.conftest import DAY

ZONE = "Asia/Ho_Chi_Minh"
LATER = timedelta(days=3)


@pytest.fixture
def config(config):
    zoned = [replace(config.outputs[0], zones=("all", "to5", "to6"))]
    return replace(config, outputs=tuple(zoned), planning=replace(config.planning, days_ahead=4))


@pytest.fixture
def acts(station):
    return station.services.submissions


@pytest.fixture
def draft(station, cast):
    clip = cast.clip(30.0, "Cắt nước", 440.0)
    number = station.services.announcements.record(cast.lan, "Cắt nước", clip.sha256)
    station.services.announcements.heard(cast.lan, number, clip.sha256)
    return number


@pytest.fixture
def stood(cast):
    """Another campaign, once a day in the same window: whoever shares it shares its middle."""
    cast.running(cast.approved(title="Rác thải", pitch=300.0), title="Đợt rác", base=1, end=DAY + LATER)


def approve(station, cast, number):
    sha256 = station.services.announcements.get(number).audio_sha256
    return station.services.submissions.approve(cast.minh, number, sha256, heard=True)


def starts(station):
    days = [DAY + timedelta(days=ahead) for ahead in range(LATER.days + 1)]
    return {slot.id: slot.start for day in days for slot in station.repos.slots.of_day(day)}


@pytest.mark.usefixtures("stood")
def test_each_move_that_was_offered_is_kept_and_told_and_no_more_is_claimed(station, cast, acts, draft):
    asked = cast.campaign(draft, base=1, end=DAY + LATER)
    before = starts(station)
    acts.submit(cast.lan, draft, SubmissionRequest(campaigns=(asked,)))
    offered = acts.offer(draft).rhythm
    assert [one.was.date() for one in offered.moved] == [DAY - timedelta(days=1), DAY]  # in UTC: today and tomorrow
    assert offered.looked_until == DAY + timedelta(days=1)
    outlook = approve(station, cast, draft)
    assert outlook.moved == offered.moved
    assert outlook.moves == (*(move_words(one, station.clock.now(), ZONE) for one in offered.moved), later_words())
    station.services.campaigns.replan()
    now = starts(station)
    moved = {(before[name], now[name]) for name in before if before[name] != now[name]}
    named = {(one.was, one.now) for one in offered.moved}
    assert named < moved  # what the sentence leaves open does happen
    tasks = [one for one in station.services.to_do.open() if one.reason == "airing_moved"]
    assert {one.due for one in tasks} == {now for _, now in named}


@pytest.mark.usefixtures("stood")
@pytest.mark.parametrize(("days", "until"), [(0, None), (1, None), (2, 1)])
def test_how_far_it_was_looked_at_is_said_only_where_more_may_come(station, cast, acts, draft, days, until):
    judged = acts.judge_rhythm(cast.campaign(draft, base=1, end=DAY + timedelta(days=days)))
    assert judged.looked_until == (None if until is None else DAY + timedelta(days=until))
    said = limit_words((), judged.looked_until)
    assert len(said) == (until is not None)
    acts.submit(
        cast.lan, draft, SubmissionRequest(campaigns=(cast.campaign(draft, base=1, end=DAY + timedelta(days=days)),))
    )
    assert (later_words() in approve(station, cast, draft).moves) == (until is not None)


def test_a_rhythm_of_several_zones_names_what_moves_in_each(station, cast, acts, draft):
    for zone, title, pitch in (("to5", "Tổ năm", 300.0), ("to6", "Tổ sáu", 200.0)):
        cast.running(cast.approved(title=title, pitch=pitch), title=f"Đợt {title}", base=1, zone=zone)
    asked = tuple(cast.campaign(draft, base=1, zone=zone) for zone in ("to5", "to6"))
    acts.submit(cast.lan, draft, SubmissionRequest(campaigns=asked))
    offered = acts.offer(draft).rhythm
    assert {one.title for one in offered.moved} == {"Tổ năm", "Tổ sáu"}
    assert offered.airings == 2
    assert {one.title for one in approve(station, cast, draft).moved} == {"Tổ năm", "Tổ sáu"}


def test_what_loses_its_place_to_a_rhythm_is_offered_with_its_title(station, cast, acts, draft):
    narrow = (parse_window("06:00-06:01"),)
    cast.running(cast.approved(50.0, title="Rác thải", pitch=300.0), title="Đợt rác", base=1, windows=narrow, rank=2)
    asked = cast.campaign(draft, base=1, windows=narrow, rank=1)
    acts.submit(cast.lan, draft, SubmissionRequest(campaigns=(asked,)))
    assert limit_words(acts.offer(draft).rhythm.lost, None) == ("“Rác thải” hết chỗ, mất lượt ấy.",)
