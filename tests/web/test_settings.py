"""Cài đặt: the state of the station, its rules with their basis, and the people, whom only an admin adds."""

import pytest

from scheduler.core.model import Role

LOUD = {"name": "Loa", "kind": "soundcard", "state": "open", "message": "", "device": "hw:1,0"}
NEW = {"login": "hoa", "name": "Hoa", "role": "approver", "password": "mat-khau-cua-hoa"}


def test_every_role_may_look(lans, minhs, hungs):
    for client in (lans, minhs, hungs):
        assert client.get("/cai-dat").status_code == 200


def test_the_quiet_hours_are_shown_with_their_basis(lans):
    text = lans.get("/cai-dat").text
    assert "21:00-05:00" in text
    assert "11:30-13:30" in text
    assert "QĐ 12/QĐ-UBND" in text


def test_a_process_that_does_not_beat_is_said_to_be_silent(lans, station, clock):
    assert lans.get("/cai-dat").text.count("Không trả lời") == 3
    for process in ("playout", "web", "studio"):
        station.parts.jobs.beat(process, 1, clock.now(), {"outputs": [], "clock_trusted": True})
    text = lans.get("/cai-dat").text
    assert "Không trả lời" not in text
    assert text.count("Đang chạy") == 3
    clock.advance(10)
    assert lans.get("/cai-dat").text.count("Không trả lời") == 3


@pytest.mark.parametrize(
    ("state", "told"), [("open", "Đang mở"), ("retrying", "Đang thử lại"), ("down", "Ngừng"), ("novel", "novel")]
)
def test_an_output_is_shown_with_its_state_and_what_is_wrong(lans, station, clock, state, told):
    output = LOUD | {"state": state, "message": "kiểm tra dây"}
    station.parts.jobs.beat("playout", 1, clock.now(), {"outputs": [output], "clock_trusted": True})
    text = lans.get("/cai-dat").text
    for part in ("Loa", "Card âm thanh", "hw:1,0", told, "kiểm tra dây"):
        assert part in text


def test_only_an_admin_is_offered_the_form(lans, minhs, hungs):
    assert "Thêm người dùng" not in lans.get("/cai-dat").text
    assert "Thêm người dùng" not in minhs.get("/cai-dat").text
    assert "Thêm người dùng" in hungs.get("/cai-dat").text


def test_an_admin_adds_a_person_who_can_sign_in(hungs, send, station, clock):
    answer = send(hungs, "/cai-dat/nguoi", **NEW)
    assert (answer.status_code, answer.location) == (303, "/cai-dat#nguoi-dung")
    token, person = station.parts.people.sign_in("hoa", "mat-khau-cua-hoa", "127.0.0.1", clock.now(), 1)
    assert token
    assert (person.name, person.role) == ("Hoa", Role.APPROVER)
    assert "Hoa" in hungs.get("/cai-dat").text


@pytest.mark.parametrize("who", ["lans", "minhs"])
def test_nobody_else_adds_a_person(who, request, send, station):
    answer = send(request.getfixturevalue(who), "/cai-dat/nguoi", **NEW)
    assert answer.status_code == 403
    assert "Vai trò của bạn không được làm việc này" in answer.text
    assert station.parts.people.by_login("hoa") is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"login": ""}, "Tên đăng nhập phải"),
        ({"login": "co cach"}, "Tên đăng nhập phải"),
        ({"login": "x" * 41}, "Tên đăng nhập phải"),
        ({"login": "hung"}, "đã có người dùng"),
        ({"login": "HUNG"}, "đã có người dùng"),
        ({"login": "may-tram"}, "Tên đăng nhập phải"),
        ({"password": "ngan"}, "ít nhất 10 ký tự"),
    ],
    ids=["none", "a space", "too long", "taken", "taken in capitals", "the machine's", "a short password"],
)
def test_a_person_who_does_not_fit_is_refused_and_what_was_typed_stays(hungs, send, station, changes, told):
    count = len(station.parts.people.listed())
    answer = send(hungs, "/cai-dat/nguoi", **(NEW | changes))
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="Hoa"' in answer.text
    assert '<option value="approver" selected>' in answer.text
    assert NEW["password"] not in answer.text
    assert len(station.parts.people.listed()) == count


@pytest.mark.parametrize("role", ["", "root", "ADMIN", "admin "])
def test_a_role_that_is_none_gives_the_least_rights(hungs, send, station, role):
    send(hungs, "/cai-dat/nguoi", **(NEW | {"role": role}))
    assert station.parts.people.by_login("hoa").role is Role.EDITOR


def test_no_secret_stands_on_the_page(hungs, station):
    text = hungs.get("/cai-dat").text
    for row in station.parts.store.rows("SELECT password_hash FROM person WHERE password_hash <> ''"):
        assert row["password_hash"] not in text
    assert "argon2" not in text
