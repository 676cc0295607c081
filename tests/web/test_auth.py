"""Sign-in, sign-out, the first set-up, and the sessions between them."""

import re

import pytest

from web.auth import COOKIE, FORM_COOKIE


def form_token(client, path="/dang-nhap"):
    return re.search(r'name="form_token" value="([^"]+)"', client.get(path).text)[1]


def tried(client, login, password, **fields):
    data = {"login": login, "password": password, "form_token": form_token(client), "toi": ""}
    return client.post("/dang-nhap", data=data | fields)


def cookie_line(answer, name):
    return next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}="))


@pytest.fixture
def client(app, lan):
    return app.test_client()


# Sign-in


def test_the_right_password_leads_to_the_live_page(client):
    answer = tried(client, "lan", "mat-khau-cua-lan")
    assert (answer.status_code, answer.location) == (303, "/truc-tiep")
    assert "Lan" in client.get("/truc-tiep").text


def test_the_sign_in_leads_on_to_the_page_that_was_asked_for(client):
    asked = client.get("/nhat-ky?ngay=01/12/2026")
    assert asked.status_code == 303
    assert "toi=" in asked.location
    page = client.get(asked.location).text
    wanted = re.search(r'name="toi" value="([^"]*)"', page)[1]
    assert tried(client, "lan", "mat-khau-cua-lan", toi=wanted).location == "/nhat-ky?ngay=01/12/2026"


@pytest.mark.parametrize(
    ("login", "password"),
    [("lan", "sai"), ("ai-do", "mat-khau-cua-lan"), ("", ""), ("lan", ""), ("may-tram", ""), ("lan", "x" * 5000)],
    ids=["wrong password", "unknown login", "nothing", "no password", "the machine's person", "a very long password"],
)
def test_what_does_not_fit_is_refused_with_one_and_the_same_sentence(client, login, password):
    answer = tried(client, login, password)
    assert answer.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in answer.text
    assert not any(line.startswith(f"{COOKIE}=") for line in answer.headers.getlist("Set-Cookie"))


def test_a_refused_sign_in_keeps_the_login_and_never_the_password(client):
    answer = tried(client, "lan", "bi-mat-cua-toi")
    assert 'value="lan"' in answer.text
    assert "bi-mat-cua-toi" not in answer.text


def test_after_some_wrong_passwords_the_right_one_must_wait_and_each_further_one_waits_longer(client, clock):
    for _ in range(5):
        tried(client, "lan", "sai")
    answer = tried(client, "lan", "mat-khau-cua-lan")
    assert answer.status_code == 422
    assert "Sai quá nhiều lần; hãy đợi 1 phút" in answer.text
    for minutes in (1, 2, 4, 8, 15, 15):
        clock.advance(15 * 60)
        tried(client, "lan", "sai")
        assert f"hãy đợi {minutes} phút" in tried(client, "lan", "mat-khau-cua-lan").text
    clock.advance(15 * 60)
    assert tried(client, "lan", "mat-khau-cua-lan").status_code == 303


def test_wrong_passwords_from_one_address_do_not_lock_out_another(app, client):
    for _ in range(10):
        tried(client, "lan", "sai")
    elsewhere = app.test_client()
    elsewhere.environ_base = {"REMOTE_ADDR": "192.168.1.77"}
    assert tried(elsewhere, "lan", "mat-khau-cua-lan").status_code == 303


@pytest.mark.parametrize("token", ["", "wrong", "sai – đấy"], ids=["none", "wrong", "beyond ASCII"])
def test_a_sign_in_form_that_was_not_drawn_here_is_refused(client, token):
    form_token(client)
    answer = client.post("/dang-nhap", data={"login": "lan", "password": "mat-khau-cua-lan", "form_token": token})
    assert answer.status_code == 422
    assert "Biểu mẫu đã cũ" in answer.text


def test_a_sign_in_form_sent_by_another_site_is_refused(client):
    data = {"login": "lan", "password": "mat-khau-cua-lan", "form_token": form_token(client)}
    assert client.post("/dang-nhap", data=data, headers={"Origin": "http://evil.example"}).status_code == 422


def test_somebody_signed_in_is_led_on_from_the_sign_in_page(lans):
    answer = lans.get("/dang-nhap")
    assert (answer.status_code, answer.location) == (303, "/truc-tiep")


# The cookie


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    line = cookie_line(tried(client, "lan", "mat-khau-cua-lan"), COOKIE)
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert "Path=/" in line
    assert "Max-Age=43200" in line
    assert "Secure" not in line  # a plain http address in the office


def test_the_cookie_of_the_drawn_form_is_stricter_still(client):
    line = cookie_line(client.get("/dang-nhap"), FORM_COOKIE)
    assert "HttpOnly" in line
    assert "SameSite=Strict" in line


def test_over_https_the_cookies_stay_there(app, lan):
    client = app.test_client()
    page = client.get("/dang-nhap", base_url="https://localhost")
    assert "Secure" in cookie_line(page, FORM_COOKIE)
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)[1]
    fields = {"login": "lan", "password": "mat-khau-cua-lan", "form_token": token}
    answer = client.post("/dang-nhap", data=fields, base_url="https://localhost")
    assert "Secure" in cookie_line(answer, COOKIE)


def test_the_database_does_not_hold_what_the_cookie_holds(client, station):
    line = cookie_line(tried(client, "lan", "mat-khau-cua-lan"), COOKIE)
    token = line.split(";")[0].split("=", 1)[1]
    assert token not in str(station.repos.store.rows("SELECT * FROM web_session"))


# Sessions


def test_a_cookie_that_was_planted_before_is_not_the_one_after(client):
    client.set_cookie(COOKIE, "planted-by-somebody-else")
    answer = tried(client, "lan", "mat-khau-cua-lan")
    assert "planted" not in cookie_line(answer, COOKIE)
    thief = client.application.test_client()
    thief.set_cookie(COOKIE, "planted-by-somebody-else")
    assert thief.get("/truc-tiep").status_code == 303


def test_each_sign_in_has_a_session_and_a_token_of_its_own(app, client_of, lan):
    first, second = client_of(lan), client_of(lan)
    tokens = [client.get_cookie(COOKIE).value for client in (first, second)]
    forms = [re.search(r'data-csrf="([^"]+)"', client.get("/cai-dat").text)[1] for client in (first, second)]
    assert tokens[0] != tokens[1]
    assert forms[0] != forms[1]


def test_signing_in_again_ends_the_session_before(app, client_of, lan):
    client = client_of(lan)
    old = client.get_cookie(COOKIE).value
    thief = app.test_client()
    thief.set_cookie(COOKIE, old)
    assert thief.get("/truc-tiep").status_code == 200
    token = re.search(r'name="form_token" value="([^"]+)"', app.test_client().get("/dang-nhap").text)[1]
    client.set_cookie(FORM_COOKIE, token)
    fields = {"login": "lan", "password": "mat-khau-cua-lan", "form_token": token}
    assert client.post("/dang-nhap", data=fields).status_code == 303
    assert thief.get("/truc-tiep").status_code == 303


def test_after_signing_out_the_old_cookie_opens_nothing(app, lans, send):
    old = lans.get_cookie(COOKIE).value
    answer = send(lans, "/thoat")
    assert (answer.status_code, answer.location) == (303, "/dang-nhap")
    thief = app.test_client()
    thief.set_cookie(COOKIE, old)
    assert thief.get("/truc-tiep").status_code == 303
    assert lans.get("/truc-tiep").status_code == 303


def test_the_back_button_after_signing_out_has_nothing_to_show(lans):
    assert lans.get("/truc-tiep").headers["Cache-Control"] == "no-store"


def test_nobody_is_signed_out_by_a_link_or_a_foreign_form(lans):
    refused = lans.get("/thoat")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "OPTIONS, POST")
    assert lans.post("/thoat", data={"csrf": "wrong"}).location == "/dang-nhap"
    assert lans.post("/thoat").location == "/dang-nhap"
    assert lans.get("/truc-tiep").status_code == 200


def test_signing_out_twice_is_harmless(lans, send):
    for _ in range(2):
        assert send(lans, "/thoat", csrf="x").status_code == 303


@pytest.mark.parametrize(
    ("seconds", "status"), [(-1, 200), (0, 303), (1, 303)], ids=["just before", "at the end", "after"]
)
def test_a_session_ends_after_its_hours(lans, clock, seconds, status):
    clock.advance(12 * 3600 + seconds)
    assert lans.get("/truc-tiep").status_code == status


def test_a_script_of_an_ended_session_is_told_to_go_to_the_sign_in(client):
    answer = client.get("/thanh", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/dang-nhap"


def test_a_cookie_of_nonsense_is_no_cookie(client):
    for value in ("x" * 4000, "đ", "'; DROP TABLE person; --"):
        client.set_cookie(COOKIE, value)
        assert client.get("/truc-tiep").status_code == 303


def test_what_is_long_past_is_forgotten_at_the_next_sign_in(client, lans, send, station, clock):
    send(lans, "/dung")
    tried(client, "lan", "sai")
    clock.advance(31 * 24 * 3600)
    tried(client, "lan", "mat-khau-cua-lan")
    rows = station.repos.store.rows
    counts = [len(rows(f"SELECT * FROM {table}")) for table in ("act", "login_attempt", "web_session")]  # noqa: S608 - names beside it
    assert counts == [0, 1, 1]


# The first person


@pytest.fixture
def nobody(app):
    return app.test_client()


def set_up(client, token, **changes):
    fields = {
        "ma": token,
        "login": "hung",
        "name": "Hùng",
        "password": "mat-khau-cua-hung",
        "again": "mat-khau-cua-hung",
    }
    fields["form_token"] = form_token(client, f"/cai-dat-lan-dau?ma={token}")
    return client.post("/cai-dat-lan-dau", data=fields | changes)


@pytest.fixture
def token(station, clock):
    return station.repos.people.new_setup_token(clock.now())


@pytest.mark.parametrize("path", ["/truc-tiep", "/nhat-ky", "/cai-dat", "/dang-nhap", "/cai-dat-lan-dau"])
def test_before_there_is_a_person_every_page_says_what_to_do(nobody, path):
    answer = nobody.get(path)
    assert answer.status_code == 403
    assert "liên kết dùng một lần" in answer.text


def test_the_set_up_link_makes_the_first_person_and_signs_in(nobody, token, station):
    answer = set_up(nobody, token)
    assert (answer.status_code, answer.location) == (303, "/bat-dau")
    assert nobody.get("/truc-tiep").status_code == 200
    assert [(one.login, one.role.value) for one in station.repos.people.listed()] == [("hung", "admin")]


def test_the_set_up_link_works_once(app, nobody, token):
    drawn = form_token(nobody, f"/cai-dat-lan-dau?ma={token}")
    assert set_up(nobody, token).status_code == 303
    late = app.test_client()
    assert late.get(f"/cai-dat-lan-dau?ma={token}").status_code == 403
    late.set_cookie(FORM_COOKIE, drawn)
    fields = {"ma": token, "login": "ke-xau", "password": "mat-khau-dai", "again": "mat-khau-dai", "form_token": drawn}
    answer = late.post("/cai-dat-lan-dau", data=fields)
    assert answer.status_code == 422
    assert "không còn dùng được" in answer.text


def test_a_newer_link_takes_the_place_of_an_older_one(nobody, token, station, clock):
    newer = station.repos.people.new_setup_token(clock.now())
    assert nobody.get(f"/cai-dat-lan-dau?ma={token}").status_code == 403
    assert nobody.get(f"/cai-dat-lan-dau?ma={newer}").status_code == 200


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"again": "khac"}, "không giống nhau"),
        ({"password": "ngan", "again": "ngan"}, "ít nhất 10 ký tự"),
        ({"login": ""}, "Tên đăng nhập phải"),
        ({"login": "co dau cach"}, "Tên đăng nhập phải"),
        ({"login": "may-tram"}, "Tên đăng nhập phải"),
        ({"ma": "sai"}, "không còn dùng được"),
        ({"form_token": "sai"}, "Biểu mẫu đã cũ"),
    ],
    ids=[
        "differing passwords",
        "a short one",
        "no login",
        "a space in it",
        "the machine's",
        "wrong link",
        "foreign form",
    ],
)
def test_a_set_up_that_does_not_fit_makes_nobody_and_keeps_what_was_typed(nobody, token, station, changes, told):
    answer = set_up(nobody, token, **changes)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="Hùng"' in answer.text
    assert "mat-khau-cua-hung" not in answer.text
    assert not station.repos.people.any()
    assert set_up(nobody, token).status_code == 303
