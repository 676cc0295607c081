"""Tiếp âm: the form and its faults, approval, start and stop, and what sounds of a relay now."""

import re
from dataclasses import replace

import pytest

from scheduler.core.model import AnnouncementState, CampaignState
from scheduler.core.planning.relay_plan import relay_slots
from scheduler.core.planning.rules import local_day
from tests.rows import over
from web.planning.relay_form import RelayForm

GOOD = {
    "title": "Thời sự VOV1",
    "window": ["05:30-06:00", "17:00-17:30"],
    "weekday": ["0", "1", "2", "3", "4", "5", "6"],
    "start": "02/12/2026",
    "end": "31/12/2026",
    "zone": "all",
    "sources": "https://dai.example/vov1.mp3\r\n\r\n  line:  \r\n",
}


@pytest.fixture
def save(lans, send):
    def post(client=None, path="/tiep-am", **changes):
        return send(client or lans, path, **(GOOD | changes))

    return post


@pytest.fixture
def kept(save, station):
    """A relay as it is saved: its id."""
    save()
    return station.services.relays.all()[0][0].id


def test_no_relay_yet_is_said(lans):
    assert "Bấm Thêm tiếp âm" in lans.get("/tiep-am").text


def test_a_relay_is_saved_as_typed_and_asks_for_approval(save, station, lans):
    answer = save()
    ((relay, seen),) = station.services.relays.all()
    assert (answer.status_code, answer.location) == (303, f"/tiep-am/{relay.id}?xong=luu-tiep-am")
    assert relay.sources == ("https://dai.example/vov1.mp3", "line:")
    assert [str(window) for window in relay.windows] == ["05:30-06:00", "17:00-17:30"]
    assert (seen.title, seen.state) == ("Thời sự VOV1", AnnouncementState.SUBMITTED)
    page = lans.get(answer.location).text
    assert "Đã lưu tiếp âm." in page
    assert "chờ lãnh đạo duyệt" in page
    assert "05:30-06:00, 17:00-17:30" in lans.get("/tiep-am").text


def test_the_form_of_a_kept_relay_is_what_was_kept(app, kept, station):
    relay, seen = station.services.relays.get(kept)
    form = RelayForm.of(seen.title, relay)
    with app.test_request_context():
        assert replace(form.read(kept, relay.start), announcement_id=relay.announcement_id) == relay


def test_the_same_form_sent_twice_makes_one(save, station):
    assert {save(act="one form").location for _ in range(2)} == {"/tiep-am/1?xong=luu-tiep-am"}
    assert len(station.services.relays.all()) == 1


FAULTS = [
    ({"title": " "}, "Hãy đặt tên cho bản tin.", "title"),
    ({"title": "t" * 300}, "Tên quá dài", "title"),
    ({"window": []}, "ít nhất một buổi phát", "windows"),
    ({"window": ["sáng sớm"]}, "Buổi phát “sáng sớm” không đúng", "windows"),
    ({"window": ["06:00-06:00"]}, "độ dài bằng không", "windows"),
    ({"weekday": []}, "ít nhất một ngày trong tuần", "weekdays"),
    ({"start": "31/02/2026"}, "không có thật", "start"),
    ({"end": "01/12/2026"}, "đứng trước ngày bắt đầu", "end"),
    ({"sources": " \n "}, "ít nhất một nguồn", "sources"),
    ({"sources": "\n".join(["https://dai.example/a"] * 9)}, "tối đa 8", "sources"),
    ({"sources": "ftp://dai.example/a"}, "chỉ nhận http, https và line", "sources"),
    ({"sources": "dai.example"}, "không đúng", "sources"),
    ({"sources": "http://192.168.1.1/a.mp3"}, "nằm trong mạng nội bộ", "sources"),
    ({"sources": "http://localhost/a.mp3"}, "nằm trong mạng nội bộ", "sources"),
    ({"sources": "http://ten:mat@dai.example/a"}, "không được chứa tên và mật khẩu", "sources"),
    ({"sources": "http://dai.example:25/a"}, "không phải cổng của luồng phát thanh", "sources"),
    ({"zone": "khong-co"}, "Không có vùng phát", "zone"),
]


@over("changes, told, field", FAULTS)
def test_a_fault_stands_beside_its_field_and_everything_typed_is_kept(save, station, changes, told, field):
    answer = save(**changes)
    assert answer.status_code == 422
    beside = re.search(rf'id="{field}-faults">(.*?)</ul>', answer.text, re.DOTALL)
    assert beside, answer.text
    assert told in beside[1]
    assert 'value="' + (changes.get("title", GOOD["title"])[:201].strip() or " ") in answer.text
    assert station.services.relays.all() == []


def test_a_clip_that_is_not_there_is_not_found(save):
    assert save(fallback="0" * 64).status_code in {404, 422}


def test_fallback_clips_are_offered_and_kept(save, cast, lans):
    clip = cast.clip(3.0, "Nhạc chờ")
    assert "Nhạc chờ" in lans.get("/tiep-am/moi").text
    save(fallback=clip.sha256)
    assert cast.station.services.relays.get(1)[0].fallback == (clip.sha256,)
    assert re.search(rf'value="{clip.sha256}" checked', lans.get("/tiep-am/1").text)


def test_the_sound_of_an_alarm_never_stands_in_for_a_source(template, cast, lans):
    template("Sơ tán khẩn")
    cast.clip(3.0, "Nhạc chờ", 350.0)
    text = lans.get("/tiep-am/moi").text
    assert "Nhạc chờ" in text
    assert "Sơ tán khẩn" not in text


def test_a_leader_approves_and_the_author_does_not(kept, lans, minhs, send, station):
    assert f"/tiep-am/{kept}/duyet" not in lans.get(f"/tiep-am/{kept}").text
    assert "Duyệt các nguồn" in minhs.get(f"/tiep-am/{kept}").text
    assert send(lans, f"/tiep-am/{kept}/duyet").status_code == 403
    answer = send(minhs, f"/tiep-am/{kept}/duyet")
    assert answer.location.endswith("xong=duyet-tiep-am")
    assert station.services.relays.get(kept)[1].state is AnnouncementState.APPROVED
    assert "Minh duyệt" in minhs.get(f"/tiep-am/{kept}").text


def test_a_leader_who_wrote_the_sources_is_told_to_ask_another(minhs, save, send):
    save(minhs)
    page = minhs.get("/tiep-am/1").text
    assert "nhờ lãnh đạo khác" in page
    answer = send(minhs, "/tiep-am/1/duyet")
    assert answer.status_code == 422
    assert "Người viết không được tự duyệt" in answer.text


def test_another_source_voids_the_approval_and_another_window_does_not(kept, minhs, save, send, station):
    send(minhs, f"/tiep-am/{kept}/duyet")
    save(path=f"/tiep-am/{kept}", window=["05:30-05:45"])
    assert station.services.relays.get(kept)[1].state is AnnouncementState.APPROVED
    save(path=f"/tiep-am/{kept}", sources="https://dai.example/khac.mp3")
    assert station.services.relays.get(kept)[1].state is AnnouncementState.SUBMITTED


def test_start_and_stop(kept, lans, minhs, send, station):
    send(minhs, f"/tiep-am/{kept}/duyet")
    assert "Chạy tiếp âm" in lans.get(f"/tiep-am/{kept}").text
    assert send(lans, f"/tiep-am/{kept}/chay").location.endswith("xong=chay-tiep-am")
    assert station.services.relays.get(kept)[0].state is CampaignState.ACTIVE
    assert "Dừng tiếp âm" in lans.get(f"/tiep-am/{kept}").text
    send(lans, f"/tiep-am/{kept}/dung")
    assert station.services.relays.get(kept)[0].state is CampaignState.STOPPED


def test_two_relays_at_the_same_time_are_refused_by_name(kept, lans, save, send):
    send(lans, f"/tiep-am/{kept}/chay")
    save(title="Đài tỉnh")
    answer = send(lans, "/tiep-am/2/chay")
    assert answer.status_code == 422
    assert "đã có tiếp âm “Thời sự VOV1”" in answer.text


def test_a_running_relay_that_nobody_approved_says_why_it_is_silent(kept, lans, send):
    send(lans, f"/tiep-am/{kept}/chay")
    assert "Chưa được duyệt nên chưa phát." in lans.get("/tiep-am").text


REPORTS = [
    ({"source": "https://dai.example/vov1.mp3", "state": "on", "reason": "", "level_db": -22.4}, "Đang có tiếng", 38),
    ({"source": "fallback", "state": "lost", "reason": "relay_lost", "level_db": -20.0}, "bản dự phòng trong kho", 40),
    ({"source": "none", "state": "starting", "reason": "", "level_db": -120.0}, "Đang nối nguồn", 0),
    ({"source": "line:", "state": "silent", "reason": "relay_silent", "level_db": -55.0}, "Nguồn im lặng", 5),
    ({"source": "line:", "state": "on", "reason": "", "level_db": 3.0}, "Đang có tiếng", 60),
]


@pytest.mark.parametrize(
    ("report", "told", "level"), REPORTS, ids=[one[0]["state"] + one[0]["source"] for one in REPORTS]
)
def test_what_sounds_of_a_relay_now_is_playouts_report(kept, lan, lans, station, beat, clock, report, told, level):
    relay = station.services.relays.get(kept)[0]
    slot = relay_slots(local_day(clock.now(), station.config.station.time_zone), [relay], station.config.rules)[0]
    station.repos.slots.add(slot, lan.id, clock.now())
    beat(relay=[report | {"slot_id": slot.id}])
    part = lans.get("/tiep-am/tinh-hinh").text
    assert told in part
    assert f'value="{level}"' in part
    assert "<html" not in part
    clock.advance(6)  # an old word is not believed
    assert told not in lans.get("/tiep-am/tinh-hinh").text


def test_an_editor_without_script_has_a_field_for_one_more_window(lans):
    text = lans.get("/tiep-am/moi").text
    assert 'id="window-more"' in text
    assert re.search(r'<form method="post" action="/tiep-am">', text)


WAITS = (
    ("minh", "/duyet", "<b>1 tiếp âm chờ duyệt nguồn.</b>"),
    ("minh", "/truc-tiep", "Tiếp âm chờ lãnh đạo duyệt nguồn."),
    ("minh", "/truc-tiep", "Tiếp âm chờ lãnh đạo duyệt nguồn."),
    ("lan", "/truc-tiep", "Tiếp âm chờ lãnh đạo duyệt nguồn."),
    ("lan", "/truc-tiep", "Tiếp âm chờ lãnh đạo duyệt nguồn."),
)


def test_what_waits_for_a_leader_is_told_where_people_look_until_it_is_approved(kept, minhs, lans, send, beat):
    beat()
    browsers = {"minh": minhs, "lan": lans}
    for login, path, told in WAITS:
        assert told in browsers[login].get(path).text, (login, path)
    send(minhs, f"/tiep-am/{kept}/duyet")
    for login, path, told in WAITS:
        assert told not in browsers[login].get(path).text, (login, path)
