"""Từ cấp trên and Cấp trên: what waits and why, who may decide what, whom the ward trusts and who may change that."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest

from scheduler.core.model import AirtimeLimit, Priority
from scheduler.extras.hub.rules.bodies import caps_body
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.enrolment import Welcome, fingerprint, welcome_body
from scheduler.extras.town.rules.envelope import Act, Kind, Status
from scheduler.extras.town.service.enrolment import TownPairing
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import Refused
from tests.extras.town.service.test_proposals import proposed
from tests.extras.town.service.town import TEXT, WARD, Town, pinned, tend
from tests.web.conftest import PASSWORDS


@pytest.fixture
def config(config):
    told = TownConfig(url="nats://127.0.0.1:1", ward_id=WARD, groups=("ven-song",), emergency="air")
    return config.having(told)


@pytest.fixture
def town(station, hung):
    return pinned(station, hung, may_emergency=True)


def test_nothing_waiting_is_said(lans):
    assert "Không có việc nào của cấp trên chờ quyết định." in lans.get("/cap-tren").text


def test_what_waits_says_what_from_whom_and_why(lans, station, town):
    town.issue(
        title="Xả lũ <b>",
        legal_basis="QĐ 12/QĐ-UBND",
        dispatch_number="642/UBND-VX",
        zones=("Núi",),
        author="Văn phòng",
    )
    tend(station, 1)
    page = lans.get("/cap-tren").text
    for told in ("Xả lũ &lt;b&gt;", "Thị xã", "Văn phòng", "642/UBND-VX", "QĐ 12/QĐ-UBND", TEXT, "Vùng phát “Núi”"):
        assert told in page
    assert "<audio" in page
    menu = re.sub(r"<[^>]+>|\s+", " ", lans.get("/lich").text)
    assert re.search(r"Từ cấp trên +1 ", menu)


def test_an_editor_puts_it_into_the_next_session_but_does_not_air_it(lans, send, station, town):
    row = town.issue()
    tend(station, 1)
    assert "Phát ngay" not in lans.get("/cap-tren").text
    assert send(lans, f"/cap-tren/{row.id}/phat-ngay", sha256="x").status_code == 403
    assert send(lans, f"/cap-tren/{row.id}/nhan").status_code == 303
    assert station.services.get(TownService).inbox.get(row.id).way == "session"
    assert "Đang làm" in lans.get("/cap-tren?xong=nhan-tren").text


def test_a_leader_airs_what_was_heard_and_a_form_drawn_before_is_told_so(minhs, send, station, town):
    row = town.issue()
    tend(station, 1)
    sha256 = station.services.get(TownService).inbox.sound(row).sha256
    refused = send(minhs, f"/cap-tren/{row.id}/phat-ngay", sha256=sha256)
    assert refused.status_code == 422
    assert "nghe" in refused.text
    assert send(minhs, f"/cap-tren/{row.id}/phat-ngay", sha256=sha256, heard="yes").status_code == 303
    assert station.services.get(TownService).inbox.get(row.id).state == "aired"
    twice = send(minhs, f"/cap-tren/{row.id}/phat-ngay", sha256=sha256, heard="yes")
    assert "Việc này đã được quyết định rồi" in twice.text


def test_an_emergency_that_waits_stands_on_every_page_and_asks_for_a_code(minhs, send, station, town, hung):
    station.services.get(TownService).pin(hung, town.issuer, "Thị xã")  # no longer trusted for emergencies
    row = town.issue(priority=Priority.EMERGENCY)
    assert "Tin khẩn của cấp trên đang chờ quyết định." in minhs.get("/lich").text
    assert "Phường chưa cho tin khẩn của “Thị xã” phát không cần hỏi." in minhs.get("/cap-tren").text
    assert "Tin khẩn của cấp trên đang chờ phường quyết định" in minhs.get("/truc-tiep").text
    wrong = send(minhs, f"/cap-tren/{row.id}/phat-ngay", code="sai")
    assert wrong.status_code == 422
    assert send(minhs, f"/cap-tren/{row.id}/phat-ngay", code=PASSWORDS["minh"]).status_code == 303
    slot = station.repos.slots.slot(station.services.get(TownService).inbox.get(row.id).slot_id)
    assert slot.priority is Priority.EMERGENCY


def test_an_exercise_is_called_one_and_airs_the_drills_way(minhs, send, station, town, hung):
    station.services.get(TownService).pin(hung, town.issuer, "Thị xã")
    row = town.issue(priority=Priority.PRIORITY, status=Status.EXERCISE)
    tend(station, 1)
    page = minhs.get("/cap-tren").text
    assert "Diễn tập" in page
    assert "Phát diễn tập" in page
    assert "Đưa vào buổi tới" not in page
    send(minhs, f"/cap-tren/{row.id}/phat-ngay")
    slot = station.repos.slots.slot(station.services.get(TownService).inbox.get(row.id).slot_id)
    assert slot.trigger == "drill"


def test_left_aside_only_with_a_reason(lans, send, station, town):
    row = town.issue()
    assert send(lans, f"/cap-tren/{row.id}/bo-qua", reason=" ").status_code == 422
    assert send(lans, f"/cap-tren/{row.id}/bo-qua", reason="đã phát hôm qua").status_code == 303
    assert "Đã bỏ qua: đã phát hôm qua." in lans.get("/cap-tren").text


def test_a_campaign_shows_its_order_and_becomes_a_draft(lans, send, station, town):
    row = proposed(town)
    page = lans.get("/cap-tren").text
    for told in (
        "Đợt tiêm chủng",
        "06:00-07:00, 17:00-18:00",
        "2 lượt → 4 lượt mỗi ngày",
        "Nhận đợt này về sửa và xếp lịch",
    ):
        assert told in page
    send(lans, f"/cap-tren/{row.id}/nhan")
    assert "Mở đợt" in lans.get("/cap-tren").text


def test_rules_that_open_anything_say_so_and_are_the_administrators(lans, hungs, send, station, town, hung):
    body = dict(caps_body(AirtimeLimit(2, legal_basis="QĐ 5")))
    station.services.settings.put(hung, {"cap.sessions_a_day": 1, "cap.legal_basis": "QĐ 1"})
    row = town.issue(kind=Kind.CAPS, body=body)
    page = hungs.get("/cap-tren").text
    assert "Quy định này cho phát thêm:" in page
    assert "Số buổi mỗi ngày" in page
    assert send(lans, f"/cap-tren/{row.id}/nhan").status_code == 403
    assert send(hungs, f"/cap-tren/{row.id}/nhan").status_code == 303
    assert station.config.rules.cap.sessions_a_day == 2


def test_what_was_not_taken_is_shown_with_its_reason_and_its_claim_as_text(lans, station, town):
    stranger = Town(station)
    stranger.send(stranger.envelope(title="<script>alert(1)</script>"))
    page = lans.get("/cap-tren").text
    assert "chưa được phường ghim tin cậy" in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_every_state_of_an_issue_has_its_words(lans, station, town, lan, clock):
    first = town.issue()
    town.issue(act=Act.UPDATE, references=(first.issue_id,), text="Đổi giờ.")
    town.issue(kind=Kind.TEST)
    town.issue(kind=Kind.STOP, references=(town.issue().issue_id,))
    town.issue(expires=clock.now() + timedelta(minutes=1))
    clock.advance(61)
    tend(station)
    page = lans.get("/cap-tren").text
    for told in ("Có bản mới", "Cấp trên đã dừng", "Hết hạn", "Đã nhận", "Thử đường truyền", "Lệnh dừng"):
        assert told in page


@pytest.mark.parametrize(
    ("beat", "told"),
    [
        (None, "Bộ nối không trả lời"),
        ({"reason": "link_tls"}, "Mất liên lạc"),
        ({"reached_at": "2026-12-01T22:30:00+00:00"}, "Đang liên lạc được"),
        ({}, "Đang nối"),
        ({"clock_off_minutes": -90}, "lệch nhau 90 phút"),
    ],
)
def test_how_the_link_stands(lans, station, clock, beat, told):
    if beat is not None:
        station.repos.jobs.beat("link", 1, clock.now(), beat)
    assert told in lans.get("/cap-tren/tinh-hinh").text
    assert told in lans.get("/cai-dat/cap-tren").text


# Whom the ward trusts


def test_who_is_trusted_for_what_is_seen_by_all_and_changed_by_few(lans, hungs, send, station, town):
    assert "Tin khẩn của nơi này phát ngay, không cần hỏi" in lans.get("/cai-dat/cap-tren").text
    path = f"/cai-dat/cap-tren/{town.issuer}/quyen"
    assert send(lans, path, may_override="yes").status_code == 403
    assert send(hungs, path).status_code == 303  # taking rights away asks for no code
    assert not station.services.get(TownService).pinned()[town.issuer].may_emergency
    assert send(hungs, path, may_emergency="yes").status_code == 422
    assert send(hungs, path, may_emergency="yes", code=PASSWORDS["hung"]).status_code == 303
    assert station.services.get(TownService).pinned()[town.issuer].may_emergency


def test_a_key_is_pinned_by_hand_and_unpinned(hungs, send, station):
    fields = {"key": "AB" * 32, "name": "Tỉnh", "code": PASSWORDS["hung"]}
    assert send(hungs, "/cai-dat/cap-tren/ghim", **fields).status_code == 303
    assert station.services.get(TownService).pinned()["ab" * 32].name == "Tỉnh"
    assert send(hungs, f"/cai-dat/cap-tren/{'ab' * 32}/bo").status_code == 303
    assert station.services.get(TownService).pinned() == {}
    assert send(hungs, f"/cai-dat/cap-tren/{'cd' * 32}/bo").status_code == 404
    assert send(hungs, f"/cai-dat/cap-tren/{'cd' * 32}/quyen").status_code == 404


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"key": "12", "name": "Tỉnh"}, "64 chữ số hệ mười sáu"),
        ({"key": "ab" * 32, "name": " "}, "Hãy ghi tên cơ quan giữ khóa này."),
        ({"key": "ab" * 32, "name": "Tỉnh"}, "Nhập"),
    ],
)
def test_a_key_that_cannot_be_one_or_is_not_proved_is_not_pinned(hungs, send, station, fields, told):
    answer = send(hungs, "/cai-dat/cap-tren/ghim", **fields)
    assert answer.status_code == 422
    assert told.lower() in answer.text.lower()
    assert station.services.get(TownService).pinned() == {}


WELCOME = Welcome(
    WARD, "Phường Một", ("ven-song",), "tls://hub.example:4222", "https://hub.example", "", "ab" * 32, "Thị xã"
)


def test_joining_a_town_takes_nothing_before_it_was_compared(hungs, send, station, monkeypatch):
    monkeypatch.setattr(type(station.services.get(TownPairing)), "ask", lambda *_args, **_more: WELCOME)
    shown = send(hungs, "/cai-dat/cap-tren/ghep", hub="https://hub.example", code_cap="1234")
    assert fingerprint(WELCOME) in shown.text
    carried = re.search(r'name="welcome" value="([^"]*)"', shown.text)[1]
    fields = {"welcome": unescape(carried), "hub": "https://hub.example"}
    wrong = send(hungs, "/cai-dat/cap-tren/ghep/nhan", compared="0000", **fields)
    assert wrong.status_code == 422
    assert station.services.get(TownService).pinned() == {}
    assert send(hungs, "/cai-dat/cap-tren/ghep/nhan", compared=fingerprint(WELCOME), **fields).status_code == 303
    assert station.services.get(TownService).pinned()["ab" * 32].name == "Thị xã"
    assert not station.services.get(TownService).pinned()["ab" * 32].may_emergency


def test_letting_a_towns_emergencies_air_at_pairing_asks_for_a_code(hungs, send, station, monkeypatch):
    fields = {"welcome": json.dumps(welcome_body(WELCOME)), "hub": "https://hub.example", "may_emergency": "yes"}
    fields["compared"] = fingerprint(WELCOME)
    assert send(hungs, "/cai-dat/cap-tren/ghep/nhan", **fields).status_code == 422
    assert station.services.get(TownService).pinned() == {}
    assert send(hungs, "/cai-dat/cap-tren/ghep/nhan", code=PASSWORDS["hung"], **fields).status_code == 303
    assert station.services.get(TownService).pinned()["ab" * 32].may_emergency


@pytest.mark.parametrize("welcome", ["", "[", "[" * 5000, "{}", '{"v":9}'])
def test_a_welcome_that_is_none_is_refused(hungs, send, station, welcome):
    answer = send(hungs, "/cai-dat/cap-tren/ghep/nhan", welcome=welcome, hub="x", compared="y")
    assert answer.status_code == 422
    assert station.services.get(TownService).pinned() == {}


def test_a_town_that_does_not_answer_is_told(hungs, send, station, monkeypatch):
    def away(*_args, **_more):
        raise Refused("link_web_unreachable", host="hub.example")

    monkeypatch.setattr(type(station.services.get(TownPairing)), "ask", away)
    answer = send(hungs, "/cai-dat/cap-tren/ghep", hub="https://hub.example", code_cap="1234")
    assert answer.status_code == 422
    assert "hub.example" in answer.text


def test_a_ward_without_a_town_has_no_inbox_and_can_join_one(station, hungs, config):
    plain = config.having(TownConfig())
    object.__setattr__(station, "written", plain)
    object.__setattr__(station.repos, "written", plain)
    assert "Từ cấp trên" not in hungs.get("/lich").text
    assert "Trạm chưa ghép với thị xã hoặc tỉnh" in hungs.get("/cap-tren").text
    assert "Hỏi thị xã" in hungs.get("/cai-dat/cap-tren").text
