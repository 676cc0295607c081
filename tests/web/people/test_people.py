"""Người dùng: the pages of whoever manages people."""

import re

import pyotp
import pytest

from scheduler.core.model import Role
from web.auth import COOKIE


def shown_password(page):
    return re.search(r'<dd class="num">([^<]+)</dd>', page)[1]


@pytest.fixture
def add(hungs, send):
    def post(**fields):
        return send(hungs, "/nguoi-dung", **{"login": "nga", "name": "Nga", "role": "editor"} | fields)

    return post


def test_everybody_is_listed_in_vietnamese_order_with_role_and_state(hungs, station, lan, minh, clock):
    station.repos.people.add("an", "Ân", Role.GUEST, "mat-khau-cua-an", clock.now())
    page = hungs.get("/nguoi-dung").text
    names = re.findall(r'data-l="Tên" class="wrap"><b>([^<]+)</b>', page)
    assert names == ["Ân", "Hùng", "Lan", "Minh"]
    assert "Khách" in page
    assert "Đang dùng" in page
    assert "may-tram" not in page


def test_people_are_found_without_diacritics(hungs, station, clock):
    station.repos.people.add("duc", "Đức", Role.GUEST, "mat-khau-cua-duc", clock.now())
    page = hungs.get("/nguoi-dung?q=duc").text
    assert "<b>Đức</b>" in page
    assert "<b>Hùng</b>" not in page
    assert "Không có ai khớp" in hungs.get("/nguoi-dung?q=zzz").text


def test_a_new_person_gets_a_temporary_password_that_is_shown_once(app, add, hungs):
    answer = add()
    assert answer.status_code == 200
    password = shown_password(answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert password not in hungs.get("/nguoi-dung").text
    client = app.test_client()
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap").text)[1]
    fields = {"login": "nga", "password": password, "form_token": token}
    assert client.post("/dang-nhap", data=fields).status_code == 303
    assert client.get("/truc-tiep").location == "/tai-khoan"


@pytest.mark.parametrize(
    ("fields", "told", "field"),
    [
        ({"login": "lan"}, "đã có người dùng", "login"),
        ({"login": "có dấu cách"}, "không có dấu cách", "login"),
        ({"role": "vua"}, "Không có vai trò này", "role"),
        ({"role": "contributor"}, "ít nhất một vùng phát", "zones"),
        ({"role": "contributor", "zone": "all"}, "không nhận cả phường", "zones"),
        ({"name": "x" * 81}, "dài quá 80", "name"),
    ],
    ids=["taken", "a space", "no such role", "no zone", "the whole ward", "a long name"],
)
def test_what_does_not_fit_stands_beside_its_field_and_keeps_what_was_typed(add, lan, station, fields, told, field):
    before = len(station.repos.people.listed())
    answer = add(**fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'aria-describedby="fault"' in answer.text
    typed = {"login": "nga", "name": "Nga"} | fields
    assert f'value="{typed["login"]}"' in answer.text
    assert f'value="{typed["name"]}"' in answer.text
    assert len(station.repos.people.listed()) == before
    assert field


def test_a_person_is_changed_and_must_sign_in_anew_with_the_new_role(hungs, lans, lan, send, station):
    answer = send(hungs, f"/nguoi-dung/{lan.id}", name="Lan Anh", role="approver")
    assert (answer.status_code, answer.location) == (303, f"/nguoi-dung/{lan.id}?xong=doi")
    assert "Đã lưu" in hungs.get(answer.location).text
    assert station.repos.people.get(lan.id).role is Role.APPROVER
    assert lans.get("/truc-tiep").status_code == 303


def test_a_person_who_is_switched_off_is_out_at_once_and_may_come_back(hungs, lans, lan, send, station):
    send(hungs, f"/nguoi-dung/{lan.id}/tat")
    assert lans.get("/truc-tiep").status_code == 303
    assert not station.repos.people.get(lan.id).active
    assert "Bật lại tài khoản" in hungs.get(f"/nguoi-dung/{lan.id}").text
    send(hungs, f"/nguoi-dung/{lan.id}/bat")
    assert station.repos.people.get(lan.id).active


def test_the_last_administrator_cannot_be_switched_off_or_demoted_from_the_page(hungs, hung, send, station):
    for path, fields in (("/tat", {}), ("", {"name": "Hùng", "role": "guest"})):
        answer = send(hungs, f"/nguoi-dung/{hung.id}{path}", **fields)
        assert answer.status_code == 422
    assert station.repos.people.get(hung.id).role is Role.ADMIN
    assert station.repos.people.get(hung.id).active


def test_a_forgotten_password_becomes_a_temporary_one(hungs, lans, lan, send):
    answer = send(hungs, f"/nguoi-dung/{lan.id}/mat-khau")
    assert answer.status_code == 200
    assert len(shown_password(answer.text)) > 15
    assert lans.get("/truc-tiep").status_code == 303


def test_an_administrator_ends_anybodys_sessions(hungs, lans, lan, send):
    assert "Kết thúc mọi phiên" in hungs.get(f"/nguoi-dung/{lan.id}").text
    send(hungs, f"/nguoi-dung/{lan.id}/phien")
    assert lans.get("/truc-tiep").status_code == 303


def test_an_administrator_with_an_application_is_asked_for_its_number(hungs, hung, lan, send, station, clock):
    people = station.services.people
    people.begin_totp(hung)
    totp = pyotp.TOTP(people.pending_totp(hung)[1])
    people.confirm_totp(hung, totp.at(clock.now()), session_id=10**6)
    signed_in_again = hungs.application.test_client()
    token = re.search(r'name="form_token" value="([^"]+)"', signed_in_again.get("/dang-nhap").text)[1]
    fields = {"login": "hung", "password": "mat-khau-cua-hung", "form_token": token}
    signed_in_again.post("/dang-nhap", data=fields)
    page = signed_in_again.get(f"/nguoi-dung/{lan.id}").text
    assert "Số 6 chữ số trên ứng dụng xác thực" in page
    path = f"/nguoi-dung/{lan.id}"
    answer = send(signed_in_again, path, name="Lan", role="approver")
    assert (answer.status_code, "Hãy nhập mã xác nhận" in answer.text) == (422, True)
    answer = send(signed_in_again, path, name="Lan", role="approver", code="000000")
    assert "Mã xác nhận không đúng" in answer.text
    clock.advance(60)
    assert send(signed_in_again, path, name="Lan", role="approver", code=totp.at(clock.now())).status_code == 303


def test_the_machine_is_nobodys_to_change(hungs, send, station, clock):
    machine = station.repos.people.machine(clock.now())
    answer = send(hungs, f"/nguoi-dung/{machine.id}", name="X", role="guest")
    assert answer.status_code == 422
    assert "chính máy trạm" in answer.text


@pytest.mark.parametrize("number", [999, 2**70])
def test_nobody_is_not_found(hungs, number):
    assert hungs.get(f"/nguoi-dung/{number}").status_code == 404


def test_a_role_and_a_name_that_are_hostile_text_stay_text(hungs, send, station, clock):
    evil = '"><script>alert(1)</script>'
    send(hungs, "/nguoi-dung", login="evil", name=evil, role="guest")
    one = station.repos.people.by_login("evil")
    for path in ("/nguoi-dung", f"/nguoi-dung/{one.id}"):
        assert "<script>alert" not in hungs.get(path).text


@pytest.mark.parametrize("path", ["/nguoi-dung", "/nguoi-dung/moi", "/nguoi-dung/1", "/nhat-ky-thao-tac"])
def test_an_editor_sees_none_of_it(lans, path):
    assert lans.get(path).status_code == 403


def test_nobody_with_a_temporary_password_does_anything_else_first(client_of, lan, hung, send, station):
    client = client_of(lan)
    station.repos.people.change(lan.id, {"must_change": 1})
    assert client.get("/truc-tiep").location == "/tai-khoan"
    assert client.get("/kho/viec", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/tai-khoan"
    assert client.get("/thanh", headers={"HX-Request": "true"}).status_code == 200  # the page for it has its bar
    page = client.get("/tai-khoan").text
    assert "Mật khẩu bạn đang dùng là tạm" in page
    csrf = re.search(r'data-csrf="([^"]+)"', page)[1]
    assert send(client, "/dung", csrf=csrf).location == "/tai-khoan"
    assert station.repos.store.rows("SELECT * FROM command") == []
    fields = {"old": "mat-khau-cua-lan", "new": "cau-moi-cua-lan", "again": "cau-moi-cua-lan"}
    assert send(client, "/tai-khoan/mat-khau", csrf=csrf, **fields).status_code == 303
    assert client.get("/truc-tiep").status_code == 200
    assert client.get_cookie(COOKIE) is not None
