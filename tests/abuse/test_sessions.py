"""Somebody else's session: planted, kept, guessed, replayed, outlived."""

import re
import secrets
from datetime import timedelta

import pytest

from scheduler.core.model import Role
from tests.web.conftest import PASSWORDS
from tests.web.test_security import TABLE, csrf_of, path_of

SOME = secrets.token_urlsafe(32)


def cookie_of(client):
    return client.get_cookie("loa").value


def form_token(client):
    return re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap").text)[1]


def sign_in(client, login, password, **more):
    fields = {"login": login, "password": password, "form_token": form_token(client), "toi": ""} | more
    return client.post("/dang-nhap", data=fields)


def test_a_cookie_planted_before_the_sign_in_opens_nothing_after_it(app, lan):
    victim, thief = app.test_client(), app.test_client()
    victim.set_cookie("loa", SOME)
    thief.set_cookie("loa", SOME)
    assert sign_in(victim, "lan", PASSWORDS["lan"]).status_code == 303
    assert cookie_of(victim) != SOME
    assert thief.get("/truc-tiep").status_code == 303


def test_a_form_cookie_planted_beforehand_gives_no_session(app, lan):
    """Whoever can plant the cookie of the form knows its token, and still needs the password."""
    thief = app.test_client()
    thief.set_cookie("loa-form", SOME)
    answer = thief.post("/dang-nhap", data={"login": "lan", "password": "doan-bua-thoi", "form_token": SOME})
    assert answer.status_code == 422
    assert thief.get_cookie("loa") is None


def test_a_session_of_a_thief_is_not_turned_into_the_victims(app, lan, minhs):
    """Signing in over a planted session of the thief's own ends that session."""
    victim, planted = app.test_client(), cookie_of(minhs)
    victim.get("/dang-nhap")
    token = form_token(victim)
    victim.set_cookie("loa", planted)
    victim.post("/dang-nhap", data={"login": "lan", "password": PASSWORDS["lan"], "form_token": token})
    assert cookie_of(victim) != planted
    assert minhs.get("/truc-tiep").status_code == 303


def test_the_token_of_one_session_is_worth_nothing_in_the_next_of_the_same_person(client_of, lan, send, station):
    first = csrf_of(client_of(lan))
    second = client_of(lan)
    assert send(second, "/dung", csrf=first).status_code == 422
    assert station.repos.store.rows("SELECT * FROM command") == []


def test_a_cookie_from_before_a_change_of_password_opens_nothing(app, lans, lan, send):
    stolen = cookie_of(lans)
    fields = {"old": PASSWORDS["lan"], "new": "mot-cau-khac-dai-hon", "again": "mot-cau-khac-dai-hon"}
    assert send(lans, "/tai-khoan/mat-khau", **fields).status_code == 303
    thief = app.test_client()
    thief.set_cookie("loa", stolen)
    assert thief.get("/truc-tiep").status_code == 303
    assert lans.get("/truc-tiep").status_code == 200


def test_what_a_page_asks_by_itself_keeps_no_stolen_session_alive(app, lans, station, clock):
    station.repos.people.idle = timedelta(minutes=10)
    for _ in range(4):
        clock.advance(4 * 60)
        lans.get("/thanh")
    assert lans.get("/truc-tiep").status_code == 303


def test_a_demoted_persons_old_session_has_the_old_rights_no_more(minhs, minh, hungs, send, everything, template):
    sha256 = everything.station.repos.programme.announcement(1).audio_sha256
    fields = {"name": "Minh", "role": "guest", "login": "minh"}
    assert send(hungs, f"/nguoi-dung/{minh.id}", **fields).status_code == 303
    answer = send(minhs, "/duyet/1/duyet", sha256=sha256, heard="yes")
    assert answer.status_code == 303
    assert answer.location.startswith("/dang-nhap")
    assert everything.station.repos.programme.announcement(1).approver_id is None


def test_a_role_that_was_changed_in_the_rows_holds_at_the_very_next_click(station, lan, lans, send):
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE person SET role = ? WHERE id = ?", (Role.GUEST.value, lan.id))
    assert send(lans, "/ban-tin", title="t", text="Một câu.").status_code == 403


def test_a_switched_off_person_can_neither_act_nor_sign_in_again(app, hungs, lan, lans, send, station):
    csrf = csrf_of(lans)
    assert send(hungs, f"/nguoi-dung/{lan.id}/tat").status_code == 303
    assert send(lans, "/dung", csrf=csrf).status_code == 303
    assert station.repos.store.rows("SELECT * FROM command") == []
    told = sign_in(app.test_client(), "lan", PASSWORDS["lan"])
    unknown = sign_in(app.test_client(), "khong-co-ai", PASSWORDS["lan"])
    assert told.status_code == unknown.status_code == 422
    assert "Trần" not in told.text


def test_a_temporary_password_opens_the_change_of_it_and_nothing_else(app, hungs, lan, send):
    page = send(hungs, f"/nguoi-dung/{lan.id}/mat-khau").text
    password = re.search(r"[a-z]{4}-[a-z]{4}-[a-z]{4}-\d{4}", page)[0]
    client = app.test_client()
    assert sign_in(client, "lan", password).status_code == 303
    for route in TABLE:
        if (
            not route.startswith("GET ")
            or TABLE[route] == "everybody"
            or route in {"GET /tai-khoan", "GET /su-kien", "GET /thanh"}
        ):
            continue
        answer = client.get(path_of(route))
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/tai-khoan"), route


def test_an_expired_session_cannot_finish_a_form_that_was_drawn_while_it_lived(lans, send, clock, station):
    csrf = csrf_of(lans)
    clock.advance(13 * 3600)
    answer = send(lans, "/dung", csrf=csrf)
    assert answer.location.startswith("/dang-nhap")
    assert station.repos.store.rows("SELECT * FROM command") == []


@pytest.mark.parametrize("where", ["query", "header", "second cookie"])
def test_a_session_is_taken_from_the_cookie_and_nowhere_else(where, app, lans):
    token, thief = cookie_of(lans), app.test_client()
    if where == "query":
        answer = thief.get("/truc-tiep", query_string={"loa": token})
    elif where == "header":
        answer = thief.get("/truc-tiep", headers={"Authorization": f"Bearer {token}", "X-Session": token})
    else:
        answer = thief.get("/truc-tiep", headers={"Cookie": f"loa=xin; Loa={token}"})
    assert answer.status_code == 303


def test_the_note_after_an_act_cannot_be_forged_by_a_cookie(app, lans):
    lans.set_cookie("loa-note", "eyJfZmxhc2hlcyI6W3siIHQiOlsibWVzc2FnZSIsIjxzY3JpcHQ+Il19XX0.aa.bb")
    assert "<script>" not in lans.get("/truc-tiep").text.replace("<script src", "").replace("<script defer", "")


def test_nobody_is_signed_out_by_an_image_tag(lans):
    assert lans.get("/thoat").status_code == 405
    assert lans.get("/truc-tiep").status_code == 200


# Guessing


def test_many_addresses_together_are_held_up_too(app, lan):
    """Each with a fresh address; the budget of the account is what counts them."""
    answers = []
    for number in range(60):
        client = app.test_client()
        base = {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250 + 1}"}
        token = re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap", environ_base=base).text)[1]
        fields = {"login": "lan", "password": f"doan-{number}", "form_token": token}
        answers.append(client.post("/dang-nhap", data=fields, environ_base=base).text)
    assert "Sai quá nhiều lần" in answers[-1]


def test_the_leaders_own_device_still_gets_in_while_the_account_is_under_attack(app, minh, clock):
    own = app.test_client()
    assert sign_in(own, "minh", PASSWORDS["minh"]).status_code == 303
    clock.advance(3 * 86_400)
    for number in range(60):
        client, base = app.test_client(), {"REMOTE_ADDR": f"10.0.0.{number + 1}"}
        token = re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap", environ_base=base).text)[1]
        fields = {"login": "minh", "password": "sai", "form_token": token}
        client.post("/dang-nhap", data=fields, environ_base=base)
    own.delete_cookie("loa")
    assert sign_in(own, "minh", PASSWORDS["minh"]).status_code == 303


def test_guesses_that_arrive_together_are_counted_one_by_one(station, lan):
    from concurrent.futures import ThreadPoolExecutor

    from scheduler.kernel.errors import Refused

    def guess(number):
        try:
            station.services.people.sign_in("lan", f"sai-{number}", "10.0.0.9")
        except Refused as refused:
            return refused.reason
        finally:
            station.repos.store.close()
        return "in"

    with ThreadPoolExecutor(8) as pool:
        reasons = list(pool.map(guess, range(40)))
    assert "in" not in reasons
    assert reasons.count("sign_in_wrong") <= 12, reasons


def test_an_unknown_login_costs_the_same_kind_of_work_as_a_wrong_password(station, lan, monkeypatch):
    from scheduler.kernel import passwords
    from scheduler.kernel.errors import Refused

    worked, usual = [], passwords._hasher()

    class Counting:
        def __getattr__(self, name):
            worked.append(name)
            return getattr(usual, name)

    monkeypatch.setattr(passwords, "_hasher", Counting)
    kinds = []
    for login in ("lan", "khong-co-ai"):
        worked.clear()
        with pytest.raises(Refused):
            station.services.people.sign_in(login, "sai-roi-nhe", f"10.9.0.{len(kinds)}")
        kinds.append([name for name in worked if name == "verify"])
    assert kinds[0] == kinds[1] == ["verify"]


def test_a_password_typed_as_the_login_is_kept_nowhere(app, lan, station, caplog):
    sign_in(app.test_client(), "mat-khau-cua-lan", "lan")
    assert "mat-khau-cua-lan" not in caplog.text
    held = b"".join(path.read_bytes() for path in station.config.data.glob("loa.db*"))
    assert b"mat-khau-cua-lan" not in held
