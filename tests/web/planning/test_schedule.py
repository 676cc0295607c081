"""Lịch phát as a page: what it shows, what each form does, and that a refusal loses nothing that was typed."""

import html
import re
from dataclasses import replace
from datetime import time, timedelta

import pytest

from scheduler.core.model import AiringOutcome
from scheduler.core.planning.rules import parse_window
from scheduler.store import Ending
from tests.conftest import DAY

TODAY = "02/12/2026"


@pytest.fixture
def slots(station):
    return lambda day=DAY: station.repos.slots.of_day(day)


def seconds(slot):
    return str(round(slot.start.timestamp()))


def shown(page):
    """The text of a page as people read it."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[-1])))


def test_a_day_shows_every_airing_with_its_campaign_state_and_a_way_to_change_it(cast, lans, slots):
    cast.running(cast.approved(title="Tiêm chủng <b>"))
    page = lans.get("/lich").text
    assert "Tiêm chủng &lt;b&gt;" in page
    for slot in slots():
        assert f'id="l-{slot.id}"' in page
        assert f'id="o-{slot.id}"' in page
    text = shown(page)
    assert "Thứ Tư 02/12/2026 (hôm nay)" in text
    assert "Đợt: Đợt tiêm chủng" in text
    assert text.count("Chờ phát") >= 2
    assert "Sáng 06:00–07:00" in text


@pytest.mark.parametrize("asked", ["02/12/2026", "2026-12-02", "2/12/2026"])
def test_a_day_is_asked_for_either_way(cast, lans, asked):
    cast.running(cast.approved())
    assert "Thứ Tư 02/12/2026" in shown(lans.get("/lich", query_string={"ngay": asked}).text)


def test_a_day_that_is_none_is_said_to_be_none(lans):
    answer = lans.get("/lich?ngay=31/02/2026")
    assert answer.status_code == 422
    assert "không có thật" in answer.text


def test_a_typed_time_moves_an_airing_and_the_page_offers_to_take_it_back(cast, lans, send, slots):
    cast.running(cast.approved())
    first = slots()[0]
    answer = send(lans, f"/lich/luot/{first.id}/doi", ngay=TODAY, gio="06:25", thay=seconds(first), khung="sang")
    assert answer.status_code == 303
    page = lans.get(answer.location).text
    assert "Đã dời “Tiêm chủng” từ 06:15 tới 06:25." in shown(page)
    assert "Lan đã dời từ 06:15" in shown(page)
    undo = re.search(r'action="(/lich/hoan-tac/\d+)"', page)
    assert undo
    back = send(lans, undo[1])
    assert "Đã hoàn tác." in shown(lans.get(back.location).text)
    assert slots()[0].start == first.start


def test_a_time_with_seconds_as_the_list_shows_it_is_taken_back_as_it_is(cast, lans, send, slots):
    cast.running(cast.approved())
    first = slots()[0]
    answer = send(lans, f"/lich/luot/{first.id}/doi", ngay=TODAY, gio="06:25:30", thay=seconds(first))
    assert "tới 06:25:30." in shown(lans.get(answer.location).text)
    again = slots()[0]
    assert send(lans, f"/lich/luot/{first.id}/doi", ngay=TODAY, gio="06:26:60", thay=seconds(again)).status_code == 422


def test_who_adds_an_airing_is_shown_the_part_of_the_day_where_it_stands(cast, lans, send):
    cast.running(cast.approved())
    announcement_id = cast.approved(title="Lịch cúp nước")
    answer = send(lans, "/lich/them", ngay=TODAY, gio="9:15", ban_tin=str(announcement_id), khung="chieu")
    assert "khung=sang" in answer.location


def test_the_script_moves_by_the_second(cast, lans, send, slots):
    cast.running(cast.approved())
    first = slots()[0]
    to = round((first.start + timedelta(minutes=1)).timestamp())
    assert send(lans, f"/lich/luot/{first.id}/doi", ngay=TODAY, at=str(to), thay=seconds(first)).status_code == 303
    assert slots()[0].start == first.start + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"gio": "12:00"}, "Giờ yên tĩnh"),
        ({"gio": "08:00"}, "ngoài buổi phát"),
        ({"gio": "25:99"}, "25:99"),
        ({"gio": ""}, "Hãy ghi giờ phát"),
        ({"gio": "06:30", "thay": "1"}, "đã đổi ở nơi khác"),
        ({"at": "99999999999999999999"}, "Giờ"),
    ],
)
def test_what_cannot_be_is_refused_beside_what_was_typed(cast, lans, send, slots, fields, told):
    cast.running(cast.approved())
    before = slots()
    answer = send(lans, f"/lich/luot/{before[0].id}/doi", **({"ngay": TODAY} | fields))
    assert answer.status_code == 422, answer.text[:300]
    assert told in shown(answer.text)
    if fields.get("gio"):
        assert f'value="{fields["gio"]}"' in answer.text
    assert slots() == before


def test_an_airing_is_left_out_for_a_reason_and_laid_again(cast, lans, send, slots):
    cast.running(cast.approved())
    first = slots()[0]
    path = f"/lich/luot/{first.id}/bo"
    assert send(lans, path, ngay=TODAY, vi_sao=" ", thay=seconds(first)).status_code == 422
    answer = send(lans, path, ngay=TODAY, vi_sao="trùng <họp>", thay=seconds(first))
    page = lans.get(answer.location).text
    assert "Đã bỏ lượt 06:15 “Tiêm chủng”." in shown(page)
    assert "Lan: trùng <họp>" in shown(page)
    assert len(slots()) == 1
    campaign = str(first.campaign_id)
    assert send(lans, "/lich/xep-lai", ngay=TODAY, dot=campaign, luot="1").status_code == 303
    assert slots()[0].id == first.id


def test_an_airing_is_added_by_hand(cast, lans, send, slots):
    announcement_id = cast.approved(title="Lịch cúp nước")
    page = lans.get("/lich?them=1").text
    assert "Lịch cúp nước" in page
    answer = send(lans, "/lich/them", ngay=TODAY, ngay_phat="3/12/2026", gio="9:15", ban_tin=str(announcement_id))
    assert answer.status_code == 303
    page = shown(lans.get(answer.location).text)
    assert "Thứ Năm 03/12/2026" in page
    assert "Đã thêm lượt 09:15 “Lịch cúp nước”." in page
    assert "(Thêm tay, Lan)" in page
    assert len(slots(DAY + timedelta(days=1))) == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"gio": "12:00"}, 422),
        ({"ban_tin": "9999"}, 404),
        ({"ban_tin": "x"}, 404),
        ({"vung": "khong-co"}, 422),
        ({"ngay_phat": "hôm qua"}, 422),
        ({"ngay_phat": "1/12/2026"}, 422),
    ],
)
def test_what_may_not_be_added_is_told(cast, lans, send, slots, fields, status):
    plain = {"ngay": TODAY, "gio": "9:15", "ban_tin": str(cast.approved())}
    assert send(lans, "/lich/them", **(plain | fields)).status_code == status
    assert slots() == []


def test_what_has_aired_cannot_be_taken_hold_of(station, cast, lans, slots, clock):
    cast.running(cast.approved())
    first, second = slots()
    clock.advance((first.start - clock.now()).total_seconds())
    station.repos.slots.claim(first, clock.now())
    station.repos.slots.close(first.id, Ending(AiringOutcome.PLAYED, played_ms=3000), clock.now())
    page = lans.get("/lich").text
    assert f'id="o-{first.id}"' not in page
    assert f'id="o-{second.id}"' in page
    assert "Đã phát" in shown(page)


def test_an_open_page_learns_that_the_day_has_changed(station, cast, lans, slots):
    cast.running(cast.approved())
    before = lans.get("/lich/ban").text
    assert before == lans.get("/lich/ban").text == re.search(r'data-version="(\w+)"', lans.get("/lich").text)[1]
    station.services.schedule.move(cast.minh, slots()[0].id, slots()[0].start + timedelta(minutes=3))
    assert lans.get("/lich/ban").text != before


def test_what_could_not_be_kept_is_told_with_a_button(station, cast, lans, send, slots):
    campaign_id = cast.running(cast.approved())
    station.services.schedule.move(cast.lan, slots()[0].id, slots()[0].start - timedelta(minutes=10))
    campaign = station.repos.programme.campaign(campaign_id)
    station.services.campaigns.save(cast.lan, replace(campaign, windows=(parse_window("06:30-07:30"),)))
    assert "không giữ được giờ đã đặt" in shown(lans.get("/lich").text)
    assert send(lans, "/lich/xep-lai", ngay=TODAY, dot=str(campaign_id), luot="1").status_code == 303
    assert "không giữ được giờ đã đặt" not in shown(lans.get("/lich").text)


def test_the_week_tells_each_day_and_leads_there(cast, lans):
    cast.running(cast.approved(), end=DAY + timedelta(days=3))
    page = lans.get("/lich/tuan").text
    text = shown(page)
    assert "Thứ Hai 30/11/2026 – Chủ Nhật 06/12/2026" in text
    assert 'href="/lich?ngay=02/12/2026"' in page
    assert text.count("Chưa đến lượt xếp lịch.") == 3


def test_the_next_two_days_tell_what_sounds_and_what_would_not(station, cast, lans, beat):
    beat()
    cast.running(cast.approved(), end=DAY + timedelta(days=3))
    said = cast.approved(title="Sẽ bị rút", pitch=300.0)
    station.services.schedule.add(cast.lan, said, station.clock.now() + timedelta(hours=4))
    assert "Mọi lượt đều đã duyệt và sẵn sàng." in shown(lans.get("/lich/48-gio").text)
    station.services.announcements.withdraw(cast.minh, said)
    text = shown(lans.get("/lich/48-gio").text)
    assert "1 lượt sẽ không phát nếu để nguyên." in text
    assert "Bản tin chưa được duyệt" in text


def test_an_end_is_the_start_and_the_length_beside_it(station, cast, lans, beat):
    beat()
    for seconds in (59.6, 30.4, 1.7):
        said = cast.approved(seconds, title=f"Dài {seconds}", pitch=300.0 + seconds)
        station.services.schedule.add(cast.lan, said, station.clock.now() + timedelta(hours=4, seconds=60 * seconds))
    row = r'nowrap">([\d:]+)–([\d:]+)</th>.*?<td data-l="Dài" class="num nowrap">(\d+):(\d\d)</td>'
    rows = re.findall(row, lans.get("/lich/48-gio").text, re.DOTALL)
    assert len(rows) == 3
    for start, end, minutes, seconds in rows:
        first, last = (time.fromisoformat(one) for one in (start, end))
        begins, ends = (timedelta(hours=one.hour, minutes=one.minute, seconds=one.second) for one in (first, last))
        assert ends - begins == timedelta(minutes=int(minutes), seconds=int(seconds)), (start, end, minutes, seconds)


def test_a_day_is_copied_after_it_was_shown_what_becomes_of_it(station, cast, lans, send, slots):
    cast.running(cast.approved(), end=DAY + timedelta(days=3))
    station.services.schedule.move(cast.lan, slots()[0].id, slots()[0].start - timedelta(minutes=10))
    tomorrow = DAY + timedelta(days=1)
    page = lans.get("/lich/chep?tu=02/12/2026&sang=03/12/2026").text
    assert "2 lượt chép được, 0 lượt không" in shown(page)
    mark = re.search(r'name="mark" value="(\w+)"', page)[1]
    answer = send(lans, "/lich/chep", tu=TODAY, sang="03/12/2026", mark=mark)
    assert answer.status_code == 303
    day = timedelta(days=1)
    assert [slot.start - day for slot in slots(tomorrow)] == [slot.start for slot in slots()]
    assert "Đã chép 2 lượt sang ngày này." in shown(lans.get(answer.location).text)


def test_a_preview_that_has_grown_old_is_shown_anew(station, cast, lans, send, slots):
    cast.running(cast.approved(), end=DAY + timedelta(days=3))
    page = lans.get("/lich/chep?tu=02/12/2026&sang=03/12/2026").text
    mark = re.search(r'name="mark" value="(\w+)"', page)[1]
    station.services.schedule.move(cast.minh, slots()[0].id, slots()[0].start - timedelta(minutes=10))
    answer = send(lans, "/lich/chep", tu=TODAY, sang="03/12/2026", mark=mark)
    assert answer.status_code == 422
    assert "đã đổi ở nơi khác" in shown(answer.text)


@pytest.mark.parametrize(("target", "told"), [("02/12/2026", "ngày khác"), ("01/12/2026", "đã qua"), ("x", "“x”")])
def test_a_day_that_cannot_be_copied_onto_says_so(cast, lans, target, told):
    assert told in shown(lans.get("/lich/chep", query_string={"tu": TODAY, "sang": target}).text)


def test_a_day_far_ahead_is_shown_as_it_would_be_planned(cast, lans):
    cast.running(cast.approved(), end=DAY + timedelta(days=30))
    text = shown(lans.get("/lich?ngay=20/12/2026").text)
    assert "Ngày này chưa đến lượt xếp lịch." in text
    assert text.count("Dự kiến") == 4


def test_a_preview_of_a_campaign_brings_its_impact_in_a_second_answer(cast, lans):
    campaign_id = cast.running(cast.approved())
    fields = {
        "title": "Đợt", "announcement_id": "1", "window": "06:00-07:00", "base": "3", "boost_kind": "none",
        "boost_value": "1", "weekday": list("0123456"), "start": TODAY, "end": TODAY, "min_gap": "5", "repeat": "1",
        "priority": "3", "zone": "all", "field": "1",
    }  # fmt: skip
    plain = lans.post(f"/dot/{campaign_id}/xem", data=fields).text
    assert "Phút cả ngày" in plain
    first = lans.post(f"/dot/{campaign_id}/xem", data=fields, headers={"HX-Request": "true"}).text
    assert f'hx-post="/dot/{campaign_id}/tac-dong"' in first
    assert "Phút cả ngày" not in first
    second = lans.post(f"/dot/{campaign_id}/tac-dong", data=fields)
    assert (second.status_code, "Phút cả ngày" in second.text) == (200, True)
    assert lans.post("/dot/tac-dong", data=fields | {"base": "x"}).status_code == 422
