"""Các phường: the list and the map, who comes in and is shut out, issuing in two steps, what became of it, airtime."""

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from scheduler.core.model import Priority
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.pages.areas import read_areas
from scheduler.extras.hub.pages.map import drawn
from scheduler.extras.hub.rules.wards import HEALTH_LATE, Standing
from scheduler.extras.hub.service.intake import Line, Up
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.extras.town.rules.envelope import Told, UpKind, up_body
from scheduler.kernel.errors import Refused
from tests.extras.hub.work.voice import journal
from tests.web.conftest import PASSWORDS

EVIL = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
DISPATCH = "642/QĐ"


@pytest.fixture
def config(config, tmp_path):
    told = HubConfig(
        url="nats://127.0.0.1:1",
        name="Thị xã Mẫu",
        page_url="http://hub.example",
        wards_conf=str(tmp_path / "wards.conf"),
    )
    return config.having(told)


class Town:
    """The town's desk without a broker: what wards say comes in by the door of the process."""

    def __init__(self, station):
        self.station, self.services = station, station.services.get(HubService)
        self.admin = station.repos.people.machine(station.clock.now())
        self.rows = {}

    def ward(self, ward_id, name="", *groups, **more):
        code = self.services.add_ward(self.admin, NewWard(ward_id, name or f"Phường {ward_id}", groups, **more))
        self.services.join(code, keys.public_of(keys.new_seed()))

    def says(self, ward_id, kind="ack", off=timedelta(0), **body):
        """`off`: how far the ward's clock stands before the town's."""
        row, now = self.rows.get(ward_id, 0) + 1, self.station.clock.now()
        self.rows[ward_id] = row
        self.services.intake.take(
            [Up(f"up.{ward_id}.{kind}", up_body(Told(ward_id, row, UpKind(kind), now + off, body)), now)]
        )

    def beats(self):
        """The process is there and hears the broker."""
        now = self.station.clock.now()
        self.station.repos.jobs.beat(
            "hub", 1, now, {"connected": True, "presence": True, "reached_at": now.isoformat()}
        )

    def connected(self, *ward_ids):
        now = self.station.clock.now()
        wards = self.services.intake.wards
        self.services.intake.lines(
            [Line(wards.get(one).public_key, f"ward {one}", f"S:{one}", now) for one in ward_ids]
        )


@pytest.fixture
def town(station):
    return Town(station)


@pytest.fixture
def three(town):
    """On the air, cut off, never heard of."""
    town.ward("101", "Phường Một", "ven-song", homes=1200, place=(10.77, 106.70))
    town.ward("102", "Phường Hai", "ven-song", homes=800, place=(10.80, 106.65))
    town.ward("103", "Phường Ba", homes=500)
    town.beats()
    town.connected("101", "102")
    town.says("101", "health", playing="Tiêm chủng", playout=True)
    town.says("102", "health", playing="", playout=True)
    town.connected("101")
    return town


def text_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])).split())


def fields_of(page, action):
    """The hidden fields of the form with that address, as a browser would send them."""
    form = page.split(f'action="{action}"')[1].split("</form>")[0]
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    fields = {}
    for name, value in found:
        fields.setdefault(name, []).append(unescape(value))
    return {name: value for name, value in fields.items() if name not in {"csrf", "act"}}


def test_a_ward_whose_clock_is_off_is_told_on_its_line_and_page_as_long_as_its_word_is_fresh(three, lans, clock):
    three.says("101", "health", off=timedelta(minutes=7), playout=True)
    told = "Đồng hồ của phường chạy trước đồng hồ thị xã ít nhất 7 phút"
    assert told in text_of(lans.get("/cac-phuong").text)
    assert told in text_of(lans.get("/cac-phuong/phuong/101").text)
    clock.advance(60)
    three.says("101", "health", off=timedelta(minutes=-7), playout=True)
    assert "chạy sau đồng hồ thị xã ít nhất 6 phút" in text_of(lans.get("/cac-phuong/phuong/101").text)
    clock.advance(HEALTH_LATE.total_seconds() + 1)
    assert "Đồng hồ của phường" not in text_of(lans.get("/cac-phuong").text)
    three.says("101", "health", off=timedelta(minutes=2), playout=True)
    assert "Đồng hồ của phường" not in text_of(lans.get("/cac-phuong").text)


def test_that_a_wards_playout_does_not_answer_is_said_only_while_its_word_is_fresh(three, lans, clock):
    three.says("101", "health", playout=False)
    assert "Bộ phát của phường không trả lời." in text_of(lans.get("/cac-phuong/phuong/101").text)
    clock.advance(HEALTH_LATE.total_seconds() + 1)
    assert "Bộ phát của phường không trả lời." not in text_of(lans.get("/cac-phuong/phuong/101").text)


# The list and the map


def test_list_and_map_say_the_same_and_who_cannot_be_reached_stands_first(three, lans):
    page = lans.get("/cac-phuong").text
    told = text_of(page)
    assert "Mất liên lạc 1" in told
    assert "Đang phát 1" in told
    assert "Chưa nối lần nào 1" in told
    assert page.index(">Phường Hai<", page.index("Danh sách phường")) < page.index(
        ">Phường Một<", page.index("Danh sách phường")
    )
    drawing = page.split("<svg viewBox")[1].split("</svg>")[0] if "<svg viewBox" in page else page
    listed = {one.id: one.state.value for one in three.services.wards()}
    marks = re.findall(r'/cac-phuong/phuong/(\d+)"[^>]*><title>[^<]*</title><path class="m m-(\w+)"', page)
    assert dict(marks) == {ward: listed[ward] for ward in ("101", "102")}
    assert "1 phường chưa có tọa độ" in told
    assert drawing


def test_without_the_process_the_page_says_that_nobody_listens(town, lans):
    town.ward("101")
    assert "Bộ phát hành không trả lời." in text_of(lans.get("/cac-phuong").text)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("tim=mot", ["Phường Một"]),
        ("tim=103", ["Phường Ba"]),
        ("tim=cu+chi", ["Phường Hai"]),
        ("nhom=ven-song", ["Phường Hai", "Phường Một"]),
        ("tinh-trang=on_air", ["Phường Một"]),
        ("tinh-trang=khong-co", ["Phường Hai", "Phường Ba", "Phường Một"]),
        ("tim=khong-thay", []),
    ],
)
def test_a_ward_is_found_by_name_code_group_state_and_old_district(query, names, three, lans):
    three.services.put_areas(
        three.admin, read_areas("102; Hai; xã; 79\n900; Xã cũ; xã; 901\n901; Huyện Củ Chi; huyện cũ; 79")
    )
    areas = three.services.areas()
    merged = next(one for one in areas if one.code == "102")
    three.services.put_areas(three.admin, [replace(merged, merged_from=("900",))])
    page = lans.get(f"/cac-phuong/tinh-hinh?{query}").text
    found = re.findall(r'ward-link" lang="vi" href="[^"]+"><b>([^<]+)</b>', page)
    assert found == names


def test_a_station_that_is_no_hub_has_neither_the_section_nor_the_pages(three, cast, config, clock, tmp_path):
    from scheduler.station import Station
    from web import create_app

    plain = Station.open(config.having(HubConfig()), clock)
    app = create_app(plain)
    client = app.test_client()
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap").text)[1]
    sent = {"login": "lan", "password": PASSWORDS["lan"], "form_token": token, "toi": ""}
    client.post("/dang-nhap", data=sent)
    assert "Các phường" not in client.get("/tat-ca").text
    assert client.get("/cac-phuong").status_code == 404
    assert client.get("/cac-phuong/thoi-luong").status_code == 404
    plain.close()


def test_hostile_names_stay_text_everywhere(town, cast, minhs, hungs):
    town.ward("101", EVIL, homes=5, place=(10.0, 106.0))
    town.beats()
    number = cast.approved(title=EVIL[:80])
    issue = town.services.issue(town.admin, issue_order(town, number, dispatch_number=EVIL[:60]))
    town.says("101", id=issue, state="refused", reason="<script>", details={"title": EVIL})
    town.services.put_areas(town.admin, read_areas(f"101; {EVIL.replace(';', '')}; xã"))
    paths = [
        "/cac-phuong", "/cac-phuong/phuong/101", "/cac-phuong/phuong/101/thu-hoi", "/cac-phuong/phat-hanh",
        f"/cac-phuong/lan/{issue}", f"/cac-phuong/lan/{issue}/phuong/101", "/cac-phuong/thoi-luong",
        "/cac-phuong/phuong/101?xong=<script>", "/cac-phuong/bao-cao", "/cac-phuong/don-vi",
        "/cac-phuong?tim=%22%3E%3Cscript%3E", "/cac-phuong/phat-hanh/moi?gi=%22%3E%3Cscript%3E", "/cac-phuong/dien-tap",
        "/cac-phuong/thoi-luong/phuong/101?cong_van=%22%3E%3Cscript%3E",
    ]  # fmt: skip
    for path in paths:
        page = hungs.get(path)
        assert page.status_code == 200, path
        assert "<img src=x" not in page.text, path
        assert "<script>" not in page.text, path
        assert 'style="' not in page.text, path


def issue_order(town, number, *targets, **more):
    from scheduler.extras.hub.service.issues import IssueOrder
    from scheduler.extras.town.rules.envelope import Kind

    expires = town.station.clock.now() + timedelta(hours=2)
    return IssueOrder(Kind.ANNOUNCEMENT, expires, number, targets or ("all",), **more)


# Coming in, going out


def test_a_new_ward_is_shown_its_code_once_with_a_picture_of_it(town, hungs, send):
    page = send(hungs, "/cac-phuong/them", id="26734", name="Phường Mới", groups="ven-song, bac", homes="1.500", latitude="10,77", longitude="106,7")  # fmt: skip
    assert page.status_code == 200
    code = re.search(r'id="ma-ghep">([a-z0-9-]+)<', page.text)[1]
    assert re.fullmatch(r"(?:[a-z2-9]{4}-){2}[a-z2-9]{4}", code)
    assert 'class="qr"' in page.text
    assert f"http://hub.example/ghep-noi#{code}" in page.text
    ward = town.services.ward("26734")
    assert (ward.groups, ward.homes, ward.place) == (("ven-song", "bac"), 1500, (10.77, 106.7))
    for path in ("/cac-phuong", "/cac-phuong/phuong/26734"):
        assert code not in hungs.get(path).text
    assert town.services.join(code, keys.public_of(keys.new_seed())).ward == "26734"
    assert town.services.fingerprint("26734") in hungs.get("/cac-phuong/phuong/26734").text


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"id": "a.b"}, "id", "chỉ gồm chữ số"),
        ({"name": " "}, "name", "Hãy ghi tên phường."),
        ({"groups": "Có Dấu"}, "groups", "Tên nhóm"),
        ({"homes": "nhiều"}, "homes", "Số hộ phải"),
        ({"latitude": "999", "longitude": "1"}, "place", "Vĩ độ, kinh độ không đúng."),
        ({"latitude": "10"}, "place", "Vĩ độ, kinh độ không đúng."),
        ({"latitude": "nan", "longitude": "nan"}, "place", "Vĩ độ, kinh độ không đúng."),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_what_is_no_ward_is_refused_beside_its_field_and_what_was_typed_stays(typed, field, words, town, hungs, send):
    told = {"id": "101", "name": "Phường Một"} | typed
    page = send(hungs, "/cac-phuong/them", **told)
    assert page.status_code == 422
    assert words in text_of(page.text)
    assert f'value="{told["name"].strip()}"' in page.text
    assert town.services.wards() == []


def test_shutting_a_ward_out_names_it_and_only_an_administrator_can(three, minhs, hungs, send):
    page = hungs.get("/cac-phuong/phuong/101/thu-hoi").text
    assert "Thu hồi Phường Một" in text_of(page)
    assert minhs.get("/cac-phuong/phuong/101/thu-hoi").status_code == 403
    assert send(minhs, "/cac-phuong/phuong/101/thu-hoi").status_code == 403
    assert three.services.ward("101").state is not Standing.REVOKED
    assert send(hungs, "/cac-phuong/phuong/101/thu-hoi").status_code == 303
    assert three.services.ward("101").state is Standing.REVOKED
    assert "Đã thu hồi" in text_of(hungs.get("/cac-phuong/phuong/101").text)
    assert send(hungs, "/cac-phuong/phuong/101/thu-hoi").status_code == 422
    back = send(hungs, "/cac-phuong/phuong/101/ma-moi")
    assert 'id="ma-ghep"' in back.text


def test_a_ward_is_changed_and_a_fault_keeps_it_as_it_was(three, hungs, send):
    assert send(hungs, "/cac-phuong/phuong/103/sua", name="Phường Ba Mới", groups="bac", homes="").status_code == 303
    ward = three.services.ward("103")
    assert (ward.name, ward.groups, ward.homes) == ("Phường Ba Mới", ("bac",), None)
    assert send(hungs, "/cac-phuong/phuong/103/sua", name="", groups="bac").status_code == 422
    assert three.services.ward("103").name == "Phường Ba Mới"
    assert hungs.get("/cac-phuong/phuong/999").status_code == 404


# Issuing


def read_back(client, send, **fields):
    """Step one; gives the page and the hidden fields of step two."""
    page = client.post("/cac-phuong/phat-hanh/doc-lai", data=fields)
    return page, (
        fields_of(page.text, "/cac-phuong/phat-hanh") if 'action="/cac-phuong/phat-hanh"' in page.text else {}
    )


@pytest.fixture
def approved(cast):
    return cast.approved()


def test_nothing_is_issued_before_it_was_read_back_and_then_everything_that_was(three, approved, minhs, send):
    assert minhs.get("/cac-phuong/phat-hanh/moi").status_code == 200
    page, fields = read_back(
        minhs,
        send,
        gi=f"announcement.{approved}",
        dich=["group.ven-song"],
        vung="Khu phố 1",
        cong_van=DISPATCH,
        muc="2",
    )
    told = text_of(page.text)
    assert page.status_code == 200
    assert "Gửi tới 2 phường , 2.000 hộ" in told
    assert "1 phường đang không liên lạc được" in told
    assert "Phường Hai" in told
    assert "Ưu tiên" in told
    assert "Người duyệt Minh" in told
    assert three.services.issues() == []
    # Minh approved it and did not write it
    answer = send(minhs, "/cac-phuong/phat-hanh", **fields)
    assert answer.status_code == 303
    (issued,) = three.services.issues()
    issue = issued.issue
    assert (issue.targets, issue.zones, issue.priority, issue.dispatch_number) == (
        ("group.ven-song",),
        ("Khu phố 1",),
        2,
        DISPATCH,
    )
    assert answer.location.endswith(f"/cac-phuong/lan/{issue.id}")
    assert "0/2 phường đã nhận" in text_of(minhs.get(answer.location).text)


def test_who_wrote_it_is_told_so_and_has_no_button(three, cast, minhs, send, minh):
    announcements = three.station.services.announcements
    clip = cast.clip(2.0, "của Minh", 500.0)
    number = announcements.write(minh, "Của Minh", "Bà con chú ý.", Priority.NORMAL)
    announcements.use_recording(minh, number, clip.sha256)
    announcements.heard(minh, number, clip.sha256)
    announcements.submit(minh, number)
    hung = three.station.repos.people.machine(three.station.clock.now())
    announcements.approve(hung, number, clip.sha256, heard=True)
    page, fields = read_back(minhs, send, gi=f"announcement.{number}", dich=["all"])
    assert "Người soạn không tự phát hành" in text_of(page.text)
    assert fields == {}
    forced = {"gi": f"announcement.{number}", "dich": ["all"]}
    refused = send(minhs, "/cac-phuong/phat-hanh", **forced)
    assert refused.status_code == 422
    assert three.services.issues() == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"dich": ["all"]}, "Chưa chọn bản tin"),
        ({"gi": "announcement.1", "dich": []}, "ít nhất một phường"),
        ({"gi": "announcement.1", "dich": ["ward.999"]}, "Không có phường mã 999"),
        ({"gi": "announcement.1", "dich": ["group.khac"]}, "Không có phường nào trong nhóm"),
        ({"gi": "announcement.1", "dich": ["all"], "den_ngay": "31/02/2027"}, "Ngày “31/02/2027” không có thật"),
        ({"gi": "announcement.1", "dich": ["all"], "den_gio": "25:99"}, "Giờ “25:99” không đúng"),
        ({"gi": "caps.", "dich": ["all"], "han_buoi": "nhiều"}, "không phải là số"),
        ({"gi": "caps.", "dich": ["all"]}, "Chưa chọn"),
        ({"gi": "lexicon.", "dich": ["all"]}, ""),
        ({"gi": "stop.", "dich": ["all"]}, "Chưa chọn"),
        ({"gi": "announcement.x'; DROP", "dich": ["all"]}, "Chưa chọn"),
    ],
)
def test_what_cannot_be_issued_comes_back_with_its_sentence_and_what_was_typed(fields, words, three, approved, minhs):
    assert approved == 1
    page = minhs.post("/cac-phuong/phat-hanh/doc-lai", data=fields)
    assert page.status_code == 422
    assert words in text_of(page.text)
    assert 'id="gui-toi"' in page.text
    assert three.services.issues() == []


def test_what_has_changed_since_the_reading_back_is_read_back_again(three, approved, minhs, send):
    _, fields = read_back(minhs, send, gi=f"announcement.{approved}", dich=["all"])
    three.ward("104", "Phường Bốn")
    page = send(minhs, "/cac-phuong/phat-hanh", **fields)
    assert page.status_code == 422
    assert "vừa đổi" in text_of(page.text)
    assert "Gửi tới 4 phường" in text_of(page.text)
    assert three.services.issues() == []
    assert send(minhs, "/cac-phuong/phat-hanh", **fields_of(page.text, "/cac-phuong/phat-hanh")).status_code == 303
    assert len(three.services.issues()) == 1


def test_an_emergency_asks_for_a_code_and_can_be_taken_back_for_five_seconds(three, template, minhs, send, clock):
    _, fields = read_back(minhs, send, gi=f"announcement.{template()}", dich=["all"])
    wrong = send(minhs, "/cac-phuong/phat-hanh", code="sai", **fields)
    assert wrong.status_code == 422
    assert three.services.issues() == []
    answer = send(minhs, "/cac-phuong/phat-hanh", code=PASSWORDS["minh"], **fields)
    assert answer.status_code == 303
    page = minhs.get(answer.location).text
    assert "giây để hủy" in text_of(page)
    clock.advance(3)
    three.beats()
    issue = three.services.issues()[0].issue
    assert issue.expires - issue.sent < timedelta(hours=3)
    assert send(minhs, f"/cac-phuong/lan/{issue.id}/huy").status_code == 303
    assert "Đã hủy trước khi gửi." in text_of(minhs.get(answer.location).text)
    assert three.services.intake.due() == []


def test_what_has_left_is_stopped_where_it_was_to_be_taken_back(three, template, minhs, send, clock):
    _, fields = read_back(minhs, send, gi=f"announcement.{template()}", dich=["all"])
    issue_id = send(minhs, "/cac-phuong/phat-hanh", code=PASSWORDS["minh"], **fields).location.rpartition("/")[2]
    clock.advance(6)
    due = three.services.intake.due()
    three.services.intake.issues.leaving(due)
    answer = send(minhs, f"/cac-phuong/lan/{issue_id}/huy")
    stop = three.services.issues()[0].issue
    assert stop.kind == "stop"
    assert issue_id in stop.references
    assert answer.location.endswith(stop.id)
    assert "đã gửi lệnh dừng" in text_of(minhs.get(answer.location).text)


def test_the_same_form_sent_twice_issues_once(three, approved, minhs, send):
    _, fields = read_back(minhs, send, gi=f"announcement.{approved}", dich=["all"])
    first = send(minhs, "/cac-phuong/phat-hanh", act="mot-lan", **fields)
    second = send(minhs, "/cac-phuong/phat-hanh", act="mot-lan", **fields)
    assert first.location == second.location
    assert len(three.services.issues()) == 1


def test_a_campaign_a_template_and_caps_are_issued_too(three, cast, approved, minhs, send):
    campaign = cast.running(approved)
    for what, more, kind in (
        (f"campaign.{campaign}", {}, "campaign"),
        (f"template.{approved}", {}, "template"),
        ("caps.", {"han_buoi": "3", "han_phut": "12,5", "can_cu": "QĐ 5"}, "caps"),
    ):
        page, fields = read_back(minhs, send, gi=what, dich=["all"], **more)
        assert page.status_code == 200, what
        if fields:
            assert send(minhs, "/cac-phuong/phat-hanh", **fields).status_code == 303, what
            assert three.services.issues()[0].issue.kind == kind
        else:
            assert kind == "campaign"  # Lan wrote it


def test_an_approved_announcement_and_a_campaign_lead_to_their_issue(three, cast, approved, minhs, lans):
    campaign = cast.running(approved)
    page = minhs.get(f"/ban-tin/{approved}", follow_redirects=True).text
    assert f"/cac-phuong/phat-hanh/moi?gi=announcement.{approved}" in page
    assert f"/cac-phuong/phat-hanh/moi?gi=campaign.{campaign}" in minhs.get(f"/dot/{campaign}").text
    assert "/cac-phuong/phat-hanh/moi" not in lans.get(f"/dot/{campaign}").text
    chosen = minhs.get(f"/cac-phuong/phat-hanh/moi?gi=campaign.{campaign}").text
    assert f'value="campaign.{campaign}" selected' in chosen


def test_a_drill_is_an_exercise_and_its_pages_lead_to_nothing_real(three, template, minhs, lans, send):
    number = template()
    for path in ("/cac-phuong/dien-tap",):
        forms = re.findall(r'<form method="post" action="([^"]+)"', minhs.get(path).text.split("<main")[1])
        assert set(forms) <= {"/cac-phuong/dien-tap/doc-lai"}
    page = minhs.post("/cac-phuong/dien-tap/doc-lai", data={"gi": f"announcement.{number}", "dich": ["all"]})
    forms = re.findall(r'<form method="post" action="([^"]+)"', page.text.split("<main")[1])
    assert set(forms) == {"/cac-phuong/dien-tap", "/cac-phuong/dien-tap/doc-lai"}
    fields = fields_of(page.text, "/cac-phuong/dien-tap")
    answer = send(minhs, "/cac-phuong/dien-tap", **fields)
    assert answer.status_code == 303
    issue = three.services.issues()[0].issue
    assert issue.status == "exercise"
    assert "Diễn tập" in text_of(minhs.get(answer.location).text)
    assert send(minhs, "/cac-phuong/dien-tap", gi="campaign.1", dich=["all"]).status_code == 422
    assert send(minhs, "/cac-phuong/dien-tap", gi=f"announcement.{number}").status_code == 422
    assert lans.get("/cac-phuong/dien-tap").status_code == 403
    assert send(lans, "/cac-phuong/dien-tap", **fields).status_code == 403


# What became of it


@pytest.fixture
def issued(three, approved):
    return three.services.issue(three.admin, issue_order(three, approved, dispatch_number=DISPATCH))


def test_acknowledgements_come_in_the_newest_on_top_with_who_refused_and_who_is_silent(issued, three, lans, clock):
    three.says("101", id=issued, state="received")
    clock.advance(1)
    three.ward("105", "Phường Năm")
    three.says("105", id=issued, state="refused", reason="unapproved", details={"title": "Tiêm chủng"})
    three.beats()
    page = lans.get(f"/cac-phuong/lan/{issued}/tinh-hinh").text
    told = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert "1/4 phường đã nhận , 1 từ chối, 2 mất liên lạc" in told
    assert re.search(r"Phường Năm từ chối: .*chưa được duyệt", told)
    assert re.search(r"Phường Hai mất liên lạc từ \d\d:\d\d", told)
    assert "Phường Ba chưa nối lần nào" in told
    order = re.findall(r'/phuong/(\d+)">', page)
    assert order[:2] == ["105", "101"]
    three.says("101", id=issued, state="played", played_ms=61_000)
    three.beats()
    assert "1:01" in lans.get(f"/cac-phuong/lan/{issued}").text
    said = text_of(lans.get(f"/cac-phuong/lan/{issued}/phuong/101").text)
    assert said.index("Đã nhận") < said.index("Đã phát")


def test_the_page_asks_while_it_holds_and_no_longer(issued, three, lans, clock):
    assert 'hx-trigger="every 2s"' in lans.get(f"/cac-phuong/lan/{issued}").text
    clock.advance(11 * 60)
    assert 'hx-trigger="every 10s"' in lans.get(f"/cac-phuong/lan/{issued}").text
    clock.advance(3 * 3600)
    page = lans.get(f"/cac-phuong/lan/{issued}").text
    assert "/tinh-hinh" not in page.split('id="tinh-hinh"')[1].split(">")[0]
    assert "đã hết hạn" in text_of(page)


def test_a_stop_order_may_be_given_by_whoever_may_stop_the_air(issued, three, lans, send):
    answer = send(lans, f"/cac-phuong/lan/{issued}/dung")
    assert answer.status_code == 303
    assert three.services.issues()[0].issue.kind == "stop"
    page = text_of(lans.get(answer.location).text)
    assert "Lệnh dừng" in page
    assert send(lans, f"/cac-phuong/lan/{issued}/rut").status_code == 303
    assert three.services.issues()[0].issue.act == "cancel"
    assert send(lans, f"/cac-phuong/lan/{issued}/gui-lai").status_code == 403
    assert lans.get("/cac-phuong/lan/khong-co").status_code == 404
    assert send(lans, "/cac-phuong/lan/khong-co/dung").status_code in {404, 422}


# Airtime


def test_airtime_is_what_was_measured_and_who_told_nothing_has_no_figure(issued, three, lans):
    rows = journal(3, number=DISPATCH)
    for row in rows:
        three.says("101", "asrun", id=issued, journal=row)
    page = lans.get("/cac-phuong/thoi-luong").text
    told = text_of(page)
    assert "Thời lượng đo được 1:30" in told
    assert "Phường chưa báo 2/3" in told
    assert told.count("chưa báo") >= 2
    evidence = lans.get("/cac-phuong/thoi-luong/phuong/101", query_string={"cong_van": DISPATCH}).text
    for row in rows:
        assert row["hash"] in evidence
    assert evidence.count("Khớp") >= 3
    silent = text_of(lans.get("/cac-phuong/thoi-luong/phuong/102", query_string={"cong_van": DISPATCH}).text)
    assert "chưa báo" in silent
    assert "0:00" not in silent


def test_a_changed_row_is_shown_as_no_evidence(issued, three, lans):
    row = journal(1, number=DISPATCH)[0]
    three.says("101", "asrun", id=issued, journal=row | {"played_ms": 999_000})
    page = text_of(lans.get("/cac-phuong/thoi-luong/phuong/101", query_string={"cong_van": DISPATCH}).text)
    assert "Không khớp" in page
    assert "không khớp mã băm" in page
    assert "Đứt 1 chỗ" in text_of(lans.get("/cac-phuong/thoi-luong").text)


@pytest.mark.parametrize("kind", ["xlsx", "json", "pdf", "html", "csv"])
def test_the_paper_for_the_province_is_given_in_every_format(kind, issued, three, lans):
    three.says("101", "asrun", id=issued, journal=journal(1, number=DISPATCH)[0])
    answer = lans.get(
        f"/cac-phuong/bao-cao/tai/{kind}", query_string={"cong_van": DISPATCH, "ky": "nam", "ngay": "01/12/2026"}
    )
    assert answer.status_code == 200
    assert len(answer.data) > 500
    name = re.search(r'filename="([^"]+)"', answer.headers["Content-Disposition"])[1]
    assert name.isascii()
    assert "/" not in name
    if kind == "json":
        assert "Phường Một" in json.dumps(answer.json, ensure_ascii=False)


def test_a_wrong_day_or_format_is_refused(three, lans):
    assert lans.get("/cac-phuong/bao-cao?ngay=99/99/2026").status_code == 422
    assert lans.get("/cac-phuong/bao-cao/tai/exe").status_code == 404


# Areas


def test_areas_are_kept_and_the_old_district_stays_as_history(three, hungs, lans, send):
    lines = (
        "79; Thành phố Mẫu; tỉnh\n760; Huyện Cũ; huyện cũ; 79; ; ; 30/06/2025\n"
        "100; Xã Cũ; xã; 760; ; ; 30/06/2025\n101; Phường Một; xã; 79; 100; 01/07/2025"
    )
    assert send(hungs, "/cac-phuong/don-vi", lines=lines).status_code == 303
    told = text_of(lans.get("/cac-phuong/don-vi?tim=huyen+cu").text)
    assert "Phường Một" in told
    assert "từ 01/07/2025" in told
    assert "Huyện Cũ" in text_of(lans.get("/cac-phuong/phuong/101").text)
    assert send(lans, "/cac-phuong/don-vi", lines=lines).status_code == 403


@pytest.mark.parametrize(
    "line",
    ["", "79", "79; ; tỉnh", "x; Tên; tỉnh", "79; Tên; làng", "79; Tên; xã; a", "1;2;3;4;5;6;7;8", "٧٩; Tên; xã"],
)
def test_a_line_that_is_no_area_is_named_and_nothing_is_kept(line, three, hungs, send):
    page = send(hungs, "/cac-phuong/don-vi", lines=f"80; Tỉnh Khác; tỉnh\n{line}" if line else "")
    assert page.status_code == 422
    assert ("Dòng 2" if line else "Dòng 1") in text_of(page.text)
    assert three.services.areas() == []


def test_a_day_that_does_not_exist_is_refused_in_an_area():
    with pytest.raises(Refused) as refused:
        read_areas("79; Tỉnh; tỉnh; ; ; 31/02/2025")
    assert refused.value.reason == "date_invalid"


# The map


def test_the_map_keeps_directions_and_stays_on_its_paper(town):
    places = {"1": (10.0, 106.0), "2": (11.0, 106.0), "3": (10.0, 107.0), "4": (10.5, 106.5)}
    for ward_id, place in places.items():
        town.ward(ward_id, place=place)
    drawing = drawn(town.services.wards())
    at = {one.ward.id: one for one in drawing.markers}
    assert at["2"].y < at["4"].y < at["1"].y
    assert at["1"].x < at["4"].x < at["3"].x
    for one in drawing.markers:
        assert 0 < one.x < drawing.width
        assert 0 < one.y < drawing.height
    # as far east as north, so the scale holds for both within two per cent
    km = drawing.scale_width / drawing.scale_km
    north = (at["1"].y - at["2"].y) / 111.32
    assert north == pytest.approx(km, rel=0.02)


def test_one_ward_alone_or_many_in_one_place_are_drawn(town):
    town.ward("1", place=(21.0, 105.8))
    assert len(drawn(town.services.wards()).markers) == 1
    town.ward("2", place=(21.0, 105.8))
    drawing = drawn(town.services.wards())
    assert len(drawing.markers) == 2
    assert drawing.scale_km > 0
    assert drawn([]) is None


@contextmanager
def _asked(station):
    asked = []
    station.repos.store.db.conn.set_trace_callback(asked.append)
    try:
        yield asked
    finally:
        station.repos.store.db.conn.set_trace_callback(None)


def test_the_list_asks_as_much_for_three_hundred_wards_as_for_three(three, lans):
    lans.get("/cac-phuong")
    with _asked(three.station) as few:
        lans.get("/cac-phuong")
    write, three.services.conf.put_in_force = three.services.conf.put_in_force, lambda: None
    for number in range(200, 500):
        three.ward(str(number), place=(10 + number / 1000, 106 + number % 17 / 100))
    three.services.conf.put_in_force = write
    lans.get("/cac-phuong")  # one look at the air serves every page until a row changes
    with _asked(three.station) as many:
        page = lans.get("/cac-phuong")
    assert len(many) <= len(few) + 2
    assert page.text.count('class="m m-') > 300


def test_a_wards_log_of_acts_that_was_cut_is_said_on_its_page(three, lans):
    three.says("101", "health", audit={"seq": 40, "hash": "a" * 64, "before": []})
    assert "Nhật ký thao tác của phường" not in text_of(lans.get("/cac-phuong/phuong/101").text)
    three.says("101", "health", audit={"seq": 12, "hash": "b" * 64, "before": []})
    assert "bị cắt: đã báo đến dòng 40, nay chỉ còn đến dòng 12." in text_of(lans.get("/cac-phuong/phuong/101").text)
