"""What gives way to a fixed time, and when it is made up: from the refusal on the page to the rows of both days."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.model import AnnouncementState
from scheduler.core.planning.rules import local_instant, parse_time, parse_window
from tests.conftest import DAY
from tests.web.conftest import hears

BEHIND = DAY + timedelta(days=1)
FIELDS = {"kieu": "once", "ngay": "today", "luc": "16:34"}


@pytest.fixture
def number(station, cast):
    """A recording for a time that costs an airing today; tomorrow has room for it."""
    plain = {"windows": (parse_window("16:30-16:40"),), "min_gap": timedelta(minutes=1)}
    cast.planned(cast.approved(60.0, "Rác thải", 300.0), title="Đợt rác", base=2, rank=2, end=BEHIND, **plain)
    cast.planned(cast.approved(60.0, "Tiêm chủng", 200.0), base=3, rank=1, **plain)
    clip = cast.clip(60.0, "Cắt nước", 440.0)
    made = station.services.announcements.record(cast.lan, "Cắt nước", clip.sha256)
    station.services.announcements.heard(cast.lan, made, clip.sha256)
    return made


@pytest.fixture
def look(lans, number):
    """The verdict as the page's script asks for it."""

    def asked(**fields):
        data = FIELDS | {"ban_tin": str(number), "title": "Cắt nước", "text": "", "chi": "gio"} | fields
        return lans.post("/ban-tin/xem", data=data).text

    return asked


def box_of(page):
    found = re.search(r'<input type="checkbox" name="bu" id="bu" value="([^"]+)"( checked)?>\s*<span>([^<]+)<', page)
    return found and found.groups()


def paid(station):
    return [slot for slot in station.repos.slots.of_day(BEHIND) if slot.makes_good]


def sha256_of(station, number):
    return station.services.announcements.get(number).audio_sha256


@pytest.fixture
def sent(station, lans, send, number, look):
    value, _, word = box_of(look())
    assert send(lans, f"/ban-tin/{number}/gui", bu=value, **FIELDS).status_code == 303
    return word.removeprefix("Bù vào ")


def test_the_refusal_offers_when_to_make_up_what_it_costs_beside_three_times(look):
    page = look()
    assert "Dời “Rác thải” thì hôm ấy mất 1 lượt" in page
    assert len(re.findall(r"data-at=", page)) == 3
    value, checked, word = box_of(page)
    assert (checked, re.fullmatch(r"Bù vào 16:3\d mai", word) is not None) == (None, True)
    decided = look(bu=value)
    assert "16:34 hôm nay phát được." in decided
    assert f"nhường chỗ, phát {word[0].lower()}{word[1:].replace('vào', 'lúc')}." in decided
    assert box_of(decided) == (value, " checked", word)


def test_a_decision_for_another_time_is_dropped_and_nonsense_counts_for_nothing(look):
    value, *_ = box_of(look())
    assert box_of(look(bu=value, luc="17:30")) is None
    for nonsense in ("", "@", "x@y", "20261202-c1-1@", f"{value}9999999999", "@１２", value.replace("@", "@-")):
        page = look(bu=nonsense)
        assert "thì hôm ấy mất 1 lượt" in page or "Không bù được" in page
        assert box_of(page)[1] is None


def test_without_the_decision_nothing_is_sent_and_the_page_comes_back_with_the_offer(station, lans, send, number):
    answer = send(lans, f"/ban-tin/{number}/gui", **FIELDS)
    assert (answer.status_code, box_of(answer.text)[1]) == (422, None)
    assert station.services.submissions.of(number) is None


def test_the_leader_sees_who_gives_way_and_when_before_approving(station, minhs, number, sent):
    sheet = minhs.get(f"/duyet/{number}").text
    assert re.search(rf"“Rác thải” lúc 16:3\d hôm nay nhường chỗ, phát bù lúc {sent}\.", sheet)
    assert "Không bản tin nào phải đổi giờ" not in sheet


def test_the_approval_writes_both_days_and_the_page_says_what_the_rows_say(station, minh, minhs, send, number, sent):
    hears(station, minh, sha256_of(station, number))
    answer = send(minhs, f"/duyet/{number}/duyet", sha256=sha256_of(station, number))
    assert answer.status_code == 303
    (slot,) = paid(station)
    assert slot.start == local_instant(BEHIND, parse_time(sent.split()[0]), "Asia/Ho_Chi_Minh")
    assert f"nhường chỗ, phát bù lúc {sent}." in minhs.get(answer.location).text
    lost = minhs.get(f"/lich?ngay={DAY.isoformat()}").text
    assert "nhường chỗ theo đề nghị của Lan, hẹn bù lúc" in lost


def test_a_make_up_that_works_no_more_is_said_and_offered_anew_on_the_sheet(
    station, cast, minh, minhs, send, number, sent
):
    at = local_instant(BEHIND, parse_time(sent.split()[0]), "Asia/Ho_Chi_Minh")
    station.services.schedule.add(cast.lan, cast.approved(20.0, "Họp", 250.0), at)
    hears(station, minh, sha256_of(station, number))
    answer = send(minhs, f"/duyet/{number}/duyet", sha256=sha256_of(station, number))
    assert (answer.status_code, "Không bù được “Rác thải” lúc" in answer.text) == (422, True)
    assert station.services.announcements.get(number).state is AnnouncementState.SUBMITTED
    value, when, words = re.search(
        r'name="luc" form="duyet" value="(\d+\+[^"]+)" data-when="([^"]+)"> <span>([^<]+)</span>', answer.text
    ).groups()
    assert (when, words.startswith("16:34 hôm nay, bù vào 16:3")) == ("16:34 hôm nay", True)
    assert send(minhs, f"/duyet/{number}/duyet", sha256=sha256_of(station, number), luc=value).status_code == 303
    assert [slot.start != at for slot in paid(station)] == [True]


def test_what_came_back_keeps_its_decision(station, lans, minhs, send, number, sent):
    send(minhs, f"/duyet/{number}/tra-lai", reason="Đọc nhanh")
    page = lans.get(f"/ban-tin/{number}").text
    assert box_of(page)[1] == " checked"


def test_one_that_cannot_be_made_up_any_more_is_said_on_its_day(station, cast, minh, minhs, send, number, sent):
    hears(station, minh, sha256_of(station, number))
    send(minhs, f"/duyet/{number}/duyet", sha256=sha256_of(station, number))
    campaign = next(one for one in station.services.campaigns.listed() if one.title == "Đợt rác")
    station.services.campaigns.save(cast.lan, replace(campaign, windows=(parse_window("17:00-18:00"),)))
    station.services.campaigns.replan()
    page = minhs.get(f"/lich?ngay={BEHIND.isoformat()}").text
    assert "đã nhường chỗ mà không bù được lúc" in page
    assert "nên lịch tự xếp lại" not in page
