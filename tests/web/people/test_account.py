"""Của tôi: one's own name, password, codes and sessions."""

import re

import pyotp
import pytest

from web.auth import COOKIE, DEVICE_COOKIE


def cookie(client, name=COOKIE):
    found = client.get_cookie(name)
    return found.value if found else None


@pytest.mark.parametrize("who", ["lans", "minhs", "hungs"])
def test_everybody_has_the_page(who, request):
    page = request.getfixturevalue(who).get("/tai-khoan")
    assert page.status_code == 200
    assert "Máy này" in page.text


@pytest.mark.parametrize("trusted", [True, False], ids=["a-clock", "a-wrong-clock"])
def test_the_state_of_the_station_is_never_a_heading_without_a_word(lans, beat, trusted):
    beat(clock_trusted=trusted)
    card = lans.get("/tai-khoan").text.partition('id="h-station"')[2].partition("</section>")[0]
    assert ("Đồng hồ máy chưa đáng tin" in card) is not trusted
    assert "<p" in card


def test_only_who_may_order_an_emergency_is_offered_a_code_for_it(lans, minhs):
    assert "Mã khẩn cấp" not in lans.get("/tai-khoan").text.split("</nav>")[-1]
    assert "Mã khẩn cấp" in minhs.get("/tai-khoan").text


def test_a_name_is_changed(lans, send):
    assert send(lans, "/tai-khoan/ten", name="Nguyễn Thị Lan").location == "/tai-khoan?xong=ten#ten"
    assert "Nguyễn Thị Lan" in lans.get("/tai-khoan").text
    answer = send(lans, "/tai-khoan/ten", name="")
    assert (answer.status_code, "Hãy ghi họ tên" in answer.text) == (422, True)


def test_after_a_new_password_the_old_cookie_and_the_other_sessions_open_nothing(app, client_of, lan, send):
    here, there = client_of(lan), client_of(lan)
    old = cookie(here)
    fields = {"old": "mat-khau-cua-lan", "new": "cau-moi-cua-lan", "again": "cau-moi-cua-lan"}
    assert send(here, "/tai-khoan/mat-khau", **fields).status_code == 303
    assert cookie(here) != old
    assert here.get("/truc-tiep").status_code == 200
    assert there.get("/truc-tiep").status_code == 303
    thief = app.test_client()
    thief.set_cookie(COOKIE, old)
    assert thief.get("/truc-tiep").status_code == 303


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"old": "sai"}, "Mật khẩu hiện tại không đúng"),
        ({"again": "khac-han-cau-kia"}, "không giống nhau"),
        ({"new": "ngan", "again": "ngan"}, "ít nhất 10 ký tự"),
        ({"new": "mat-khau-123", "again": "mat-khau-123"}, "quá dễ đoán"),
    ],
)
def test_a_password_that_does_not_fit_is_refused_and_never_drawn_again(lans, send, fields, told):
    right = {"old": "mat-khau-cua-lan", "new": "cau-moi-cua-lan", "again": "cau-moi-cua-lan"}
    answer = send(lans, "/tai-khoan/mat-khau", **right | fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert "cau-moi-cua-lan" not in answer.text
    assert lans.get("/truc-tiep").status_code == 200


def test_an_emergency_code_is_set_and_dropped_with_the_password(minhs, minh, send, station):
    assert (
        "Mã này quá dễ đoán" in send(minhs, "/tai-khoan/ma-khan-cap", emergency="123456", old="mat-khau-cua-minh").text
    )
    assert "từ 6 đến 12" in send(minhs, "/tai-khoan/ma-khan-cap", emergency="", old="mat-khau-cua-minh").text
    assert "không đúng" in send(minhs, "/tai-khoan/ma-khan-cap", emergency="481516", old="sai").text
    assert send(minhs, "/tai-khoan/ma-khan-cap", emergency="481516", old="mat-khau-cua-minh").status_code == 303
    assert station.services.people.proofs(minh).code
    answer = send(minhs, "/tai-khoan/ma-khan-cap", drop="1", old="mat-khau-cua-minh")
    assert answer.location.startswith("/tai-khoan?xong=bo-ma")
    assert not station.services.people.proofs(minh).code


def test_an_application_is_set_up_by_its_first_number_and_the_recovery_codes_are_shown_once(
    minhs, client_of, minh, send, station, clock
):
    other = client_of(minh)
    answer = send(minhs, "/tai-khoan/xac-thuc/bat")
    assert answer.location == "/tai-khoan/xac-thuc"
    page = minhs.get("/tai-khoan/xac-thuc").text
    assert "<svg" in page
    assert "style=" not in page
    secret = "".join(re.findall(r"<span>([A-Z2-7]{1,4})</span>", page))
    wrong = send(minhs, "/tai-khoan/xac-thuc", code="000000")
    assert (wrong.status_code, "Mã xác nhận không đúng" in wrong.text) == (422, True)
    old = cookie(minhs)
    answer = send(minhs, "/tai-khoan/xac-thuc", code=pyotp.TOTP(secret).at(clock.now()))
    codes = re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", answer.text)
    assert len(set(codes)) == 10
    assert cookie(minhs) != old
    assert other.get("/truc-tiep").status_code == 303
    assert "Còn 10 mã dự phòng" in minhs.get("/tai-khoan").text
    assert codes[0] not in minhs.get("/tai-khoan").text
    assert minhs.get("/tai-khoan/xac-thuc").status_code == 422
    assert send(minhs, "/tai-khoan/xac-thuc/tat", old="sai").status_code == 422
    assert send(minhs, "/tai-khoan/xac-thuc/tat", old="mat-khau-cua-minh").status_code == 303
    assert not station.services.people.proofs(minh).totp


def test_a_session_of_ones_own_is_ended_and_nobody_elses(client_of, lan, minhs, minh, send, station, clock):
    here, there = client_of(lan), client_of(lan)
    ids = [one.id for one in station.services.people.sessions(minh)]
    send(here, f"/tai-khoan/phien/{ids[0]}")
    assert minhs.get("/truc-tiep").status_code == 200
    page = here.get("/tai-khoan").text
    number = re.search(r'action="/tai-khoan/phien/(\d+)"', page)[1]
    send(here, f"/tai-khoan/phien/{number}")
    assert there.get("/truc-tiep").status_code == 303
    assert here.get("/truc-tiep").status_code == 200


def test_all_other_sessions_are_ended_at_once(client_of, lan, send):
    here, *others = (client_of(lan) for _ in range(3))
    send(here, "/tai-khoan/phien-khac")
    assert [one.get("/truc-tiep").status_code for one in (here, *others)] == [200, 303, 303]


def test_a_device_is_known_from_its_first_sign_in_and_scripts_cannot_read_its_cookie(through_the_form, lan):
    client = through_the_form(lan)
    found = client.get_cookie(DEVICE_COOKIE)
    assert found is not None
    assert found.http_only
    assert found.max_age == 90 * 24 * 3600


def test_a_stream_of_a_person_who_is_signed_out_elsewhere_ends(app, client_of, lan, station, clock, beat):
    beat()
    client = client_of(lan)
    answer = client.get("/su-kien", buffered=False)
    stream = iter(answer.response)
    assert "data:" in next(stream).decode()
    station.repos.people.end_sessions(lan.id)
    clock.advance(6)
    with pytest.raises(StopIteration):
        next(stream)
    answer.close()


def test_a_page_that_a_browser_asks_for_by_itself_does_not_keep_a_session_awake(client_of, lan, station, clock):
    from datetime import timedelta

    client = client_of(lan)
    station.repos.people.idle = timedelta(minutes=30)
    for _ in range(4):
        clock.advance(10 * 60 - 1)
        asked = client.get("/thanh").status_code
    assert asked == 303
    client = client_of(lan)
    for _ in range(4):
        clock.advance(10 * 60 - 1)
        asked = client.get("/nhat-ky").status_code
    assert asked == 200
