"""Duyệt: a leader says yes to what their sheet shows; a wish that has changed since is shown first, and asked anew."""

import re
from dataclasses import replace
from datetime import time

import pytest

from scheduler.core.model import AnnouncementState, CampaignState
from scheduler.core.planning.rules import local_day, local_instant, parse_window
from scheduler.services.announcement.submissions import SubmissionRequest
from tests.web.conftest import hears

ZONE = "Asia/Ho_Chi_Minh"
MARK = re.compile(r'name="de_nghi" value="([0-9a-f]+)"')


@pytest.fixture
def waiting(station, cast):
    clip = cast.clip(3.0, "Họp dân", 300.0)
    number = station.services.announcements.record(cast.lan, "Họp dân", clip.sha256)
    wished(station, cast, number, clip.sha256, "17:00")
    return number, clip.sha256


def wished(station, cast, number, sha256, when):
    station.services.announcements.heard(cast.lan, number, sha256)
    at = local_instant(local_day(station.clock.now(), ZONE), time.fromisoformat(when), ZONE)
    station.services.submissions.submit(cast.lan, number, SubmissionRequest(at))


def shown(client, number):
    found = MARK.search(client.get(f"/duyet/{number}").text)
    assert found
    return found[1]


def state(station, number):
    return station.repos.programme.announcement(number).state


def test_an_old_sheet_does_not_approve_another_time(station, cast, minh, minhs, send, waiting):
    number, sha256 = waiting
    hears(station, minh, sha256)
    seen = shown(minhs, number)
    station.services.announcements.give_back(minh, number, "đổi giờ")
    wished(station, cast, number, sha256, "18:30")
    answer = send(minhs, f"/duyet/{number}/duyet", sha256=sha256, de_nghi=seen)
    assert answer.status_code == 422
    assert "vừa đổi giờ hoặc nơi phát" in answer.text
    assert "Duyệt, phát 18:30 hôm nay" in answer.text
    assert state(station, number) is AnnouncementState.SUBMITTED
    answer = send(minhs, f"/duyet/{number}/duyet", sha256=sha256, de_nghi=shown(minhs, number))
    assert answer.status_code == 303
    assert state(station, number) is AnnouncementState.APPROVED


def test_an_old_sheet_does_not_start_a_campaign_that_has_changed(station, cast, minh, minhs, send):
    clip = cast.clip(3.0, "Tiêm chủng", 500.0)
    number = station.services.announcements.record(cast.lan, "Tiêm chủng", clip.sha256)
    station.services.announcements.heard(cast.lan, number, clip.sha256)
    asked = cast.campaign(number)
    station.services.submissions.submit(cast.lan, number, SubmissionRequest(campaigns=(asked,)))
    hears(station, minh, clip.sha256)
    seen = shown(minhs, number)
    (kept,) = station.services.campaigns.listed()
    changed = replace(kept, windows=(parse_window("17:00-18:00"),))
    station.services.campaigns.save(cast.lan, changed)
    assert send(minhs, f"/duyet/{number}/duyet", sha256=clip.sha256, de_nghi=seen).status_code == 422
    assert station.services.campaigns.get(kept.id).state is CampaignState.DRAFT
    answer = send(minhs, f"/duyet/{number}/duyet", sha256=clip.sha256, de_nghi=shown(minhs, number))
    assert answer.status_code == 303
    assert station.services.campaigns.get(kept.id).state is CampaignState.ACTIVE


def test_what_airs_soonest_stands_first_before_a_leader(station, cast, minhs):
    for title, when, pitch in (("Muộn", "18:30", 310.0), ("Sớm", "17:00", 330.0)):
        clip = cast.clip(3.0, title, pitch)
        number = station.services.announcements.record(cast.lan, title, clip.sha256)
        wished(station, cast, number, clip.sha256, when)
    page = minhs.get("/duyet").text
    assert page.index("Sớm</b>") < page.index("Muộn</b>")


def test_the_bulletins_own_page_says_what_was_asked_for_with_it(station, cast, lans, minh, waiting):
    number, sha256 = waiting
    path = f"/ban-tin/{number}"
    assert 'Giờ đề nghị: <b class="num">17:00 hôm nay</b>, tất cả các loa.' in lans.get(path).text
    station.services.announcements.give_back(minh, number, "đổi giờ")
    assert "Giờ đề nghị" not in lans.get(path).text
    station.services.announcements.heard(cast.lan, number, sha256)
    station.services.submissions.submit(cast.lan, number, SubmissionRequest())
    assert 'Giờ đề nghị: <b class="num">ngay khi duyệt</b>, tất cả các loa.' in lans.get(path).text


def test_a_bulletin_handed_in_without_a_time_is_told_with_none(station, cast, lans, minh, minhs, waiting):
    number, sha256 = waiting
    station.services.announcements.give_back(minh, number, "chỉ lưu")
    station.services.announcements.heard(cast.lan, number, sha256)
    station.services.submissions.hand_in(cast.lan, number, only_stored=True)
    assert "Giờ đề nghị" not in lans.get(f"/ban-tin/{number}").text
    assert "phát 17:00" not in minhs.get("/duyet").text
