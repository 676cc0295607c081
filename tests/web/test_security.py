"""What an enemy in the same office network may try, and what comes of it."""

import errno
import http.client
import re
import socket
import sqlite3
import threading
from dataclasses import replace
from datetime import date

import pytest

from scheduler.config.loading import WebConfig
from scheduler.core.model import Relay, Role
from scheduler.core.planning.rules import parse_window
from scheduler.core.words.wording import sentence
from scheduler.features import FEATURES
from scheduler.kernel.errors import LoaError
from scheduler.operations.subjects import operations_of
from scheduler.services.air.air import AirService
from scheduler.station import Station
from tests.of_extras import of_extras, rows_of_extras
from tests.roles import ADMINS, DESK, EVERYBODY, LEADERS, MACHINES, WRITERS
from tests.sqlite_faults import failing
from tests.web import serving
from web import POLICY, create_app, errors
from web.auth import local_path
from web.server import serve

DAY = date(2026, 12, 2)
TABLE = rows_of_extras("pages.routes", "ROUTES") | {
    "GET /": EVERYBODY,
    "GET /cai-dat/dong-ho": "see",
    "POST /cai-dat/dong-ho/xac-nhan": "confirm_clock",
    "GET /static/<path:filename>": EVERYBODY,
    "GET /dang-nhap": EVERYBODY,
    "POST /dang-nhap": EVERYBODY,
    "POST /thoat": EVERYBODY,
    "GET /cai-dat-lan-dau": EVERYBODY,
    "POST /cai-dat-lan-dau": EVERYBODY,
    "GET /truc-tiep": "see",
    "GET /thanh": "see",
    "GET /su-kien": "see",
    "POST /dung": "stop",
    "GET /phat-ngay/<int:announcement_id>": "play_now",
    "POST /phat-ngay/<int:announcement_id>": "play_now",
    "GET /khan-cap": "see",
    # Khẩn cấp: who may not order by themselves needs a leader's number, and the desk asks for it
    "GET /khan-cap/mau/<int:announcement_id>": "drill",
    "POST /khan-cap/mau/<int:announcement_id>": "drill",
    "POST /khan-cap/doc-lai": "drill",
    "POST /khan-cap/go-chu": "drill",
    "POST /khan-cap/lenh/<slot_id>/huy": "stop",
    # Việc cần làm: the desk asks the right to each act that mends
    "GET /viec-can-lam": "see",
    "GET /phat-ngay": "play_now",
    "POST /viec-can-lam/lam": "see",
    "POST /viec-can-lam/de-sau": "see",
    "POST /viec-can-lam/hien-lai": "see",
    "GET /khan-cap/dien-tap": "see",
    "GET /khan-cap/dien-tap/<int:announcement_id>": "drill",
    "POST /khan-cap/dien-tap/<int:announcement_id>": "drill",
    "GET /khan-cap/lenh/<slot_id>": "see",
    "GET /khan-cap/lenh/<slot_id>/tinh-hinh": "see",
    "POST /khan-cap/lenh/<slot_id>/soan-dinh-chinh": "break_in",
    "POST /khan-cap/lenh/<slot_id>/dinh-chinh": "break_in",
    "GET /truc-tiep-micro": "go_live",
    "POST /truc-tiep-micro": "go_live",
    "GET /truc-tiep-micro/<lease_id>": "go_live",
    "POST /truc-tiep-micro/<lease_id>/<int:at>": "go_live",
    "POST /truc-tiep-micro/<lease_id>/tha": "go_live",
    "GET /tiep-am": "see",
    "GET /tiep-am/moi": "plan",
    "GET /tiep-am/tinh-hinh": "see",
    "GET /tiep-am/<int:relay_id>": "see",
    "POST /tiep-am": "plan",
    "POST /tiep-am/<int:relay_id>": "plan",
    "POST /tiep-am/<int:relay_id>/duyet": "approve",
    "POST /tiep-am/<int:relay_id>/chay": "plan",
    "POST /tiep-am/<int:relay_id>/dung": "plan",
    "GET /cong-van": "see",
    "GET /cong-van/<int:dispatch_id>": "see",
    "POST /cong-van/<int:dispatch_id>/sua": "import_dispatch",
    "GET /cong-van/<int:dispatch_id>/sua": "see",
    "GET /cong-van/<int:dispatch_id>/so": "see",
    "POST /cong-van/<int:dispatch_id>/soan": "write",
    "POST /cong-van/<int:dispatch_id>/tu-viet": "write",
    "POST /cong-van/<int:dispatch_id>/viec/<int:ordinal>": "write",
    "POST /cong-van/<int:dispatch_id>/thuc-hien/<int:ordinal>": "plan",
    "POST /cong-van/<int:dispatch_id>/muc-truoc": "plan",
    "POST /cong-van/dan": "import_dispatch",
    "POST /cong-van/tep": "import_dispatch",
    "GET /tu-dien": "see",
    "POST /tu-dien": "edit_lexicon",
    "POST /tu-dien/xem-truoc": "see",
    "GET /tu-dien/da-doi": "see",
    "POST /tu-dien/<int:form_id>/bo": "edit_lexicon",
    "POST /tu-dien/tat": "edit_lexicon",
    "POST /tu-dien/hoan-tac/<int:change_id>": "edit_lexicon",
    "POST /tu-dien/danh-sach/<int:list_id>/bo": "edit_lexicon",
    "GET /tu-dien/tep": "see",
    "POST /tu-dien/tep": "edit_lexicon",
    "POST /tu-dien/nhan": "edit_lexicon",
    "GET /ban-tin": "see",
    "POST /ban-tin": "write",
    "GET /ban-tin/moi": "write",
    "POST /ban-tin/xem": "see",
    "GET /ban-tin/<int:announcement_id>": "see",
    "POST /ban-tin/<int:announcement_id>/ban-ghi": "record",
    "POST /ban-tin/<int:announcement_id>/da-nghe": "write",
    "POST /ban-tin/<int:announcement_id>/doc-nhu-vay": "write",
    "POST /ban-tin/<int:announcement_id>/giong-doc": "make_speech",
    "POST /ban-tin/<int:announcement_id>/rut": "see",  # its author may, before it is approved; the desk decides
    "POST /ban-tin/<int:announcement_id>/sua": "write",
    "POST /ban-tin/<int:announcement_id>/gui": "submit",
    # Soạn bản tin and Duyệt
    "GET /ban-tin/<int:announcement_id>/noi-dung": "see",
    "GET /ban-tin/<int:announcement_id>/cach-doc": "see",
    "GET /ban-tin/<int:announcement_id>/nghe": "see",
    "GET /ban-tin/<int:announcement_id>/trinh-duyet": "see",
    "POST /ban-tin/giu": "write",
    "GET /ban-tin/chu": "see",
    "POST /ban-tin/chu": "write",
    "POST /ban-tin/cau": "make_speech",
    "GET /ban-tin/cau/<int:job_id>": "make_speech",
    "POST /ban-tin/nhap": "write",
    "POST /ban-tin/nhap/bo": "write",
    "GET /am-thanh/<sha256>/song.json": "see",
    "GET /am-thanh/<sha256>/song.svg": "see",
    "GET /kho/<sha256>/cat-gon": "record",
    "POST /kho/<sha256>/cat-gon": "record",
    "GET /duyet/<int:announcement_id>": "see",
    "GET /kho": "see",
    "GET /kho/viec": "see",
    "GET /am-thanh/<sha256>.wav": "see",
    "GET /cai-dat/loa-nen/<profile>/<sha256>.wav": "see",
    "POST /kho/<sha256>/ban-tin": "record",
    "POST /kho/<sha256>/cat": "retire",
    "POST /kho/<sha256>/dung-lai": "retire",
    "POST /kho/tai-len": "record",
    "POST /kho/phan": "record",
    "GET /kho/phan/<upload_id>": "record",
    "POST /kho/phan/<upload_id>/<int:at>": "record",
    "POST /kho/phan/<upload_id>/xong": "record",
    "POST /kho/phan/<upload_id>/bo": "record",
    "GET /duyet": "see",
    "POST /duyet/<int:announcement_id>/duyet": "approve",
    "POST /duyet/<int:announcement_id>/tra-lai": "return",
    "POST /duyet/<int:announcement_id>/rut": "withdraw",
    "POST /nghe/<sha256>/bat-dau": "see",
    "POST /nghe/<int:hearing_id>/het": "see",
    "POST /duyet/giong/<int:upgrade_id>/duyet": "approve",
    "POST /duyet/giong/<int:upgrade_id>/giu": "approve",
    # Lịch phát
    "GET /lich": "see",
    "GET /lich/ban": "see",
    "GET /lich/tuan": "see",
    "GET /lich/48-gio": "see",
    "GET /lich/chep": "plan",
    "POST /lich/chep": "plan",
    "POST /lich/them": "plan",
    "POST /lich/xep-lai": "plan",
    "POST /lich/luot/<slot_id>/doi": "plan",
    "POST /lich/luot/<slot_id>/bo": "plan",
    "POST /lich/hoan-tac/<int:change_id>": "plan",
    "POST /dot/tac-dong": "plan",
    "POST /dot/<int:campaign_id>/tac-dong": "plan",
    "GET /dot": "see",
    "POST /dot": "plan",
    "GET /dot/moi": "plan",
    "POST /dot/xem": "plan",
    "GET /dot/<int:campaign_id>": "see",
    "POST /dot/<int:campaign_id>": "plan",
    "POST /dot/<int:campaign_id>/chay": "plan",
    "POST /dot/<int:campaign_id>/dung": "plan",
    "POST /dot/<int:campaign_id>/tam-dung": "plan",
    "POST /dot/<int:campaign_id>/phat-tiep": "plan",
    "POST /dot/<int:campaign_id>/thay": "plan",
    "POST /dot/thu-tu": "plan",
    "POST /dot/<int:campaign_id>/xem": "plan",
    "GET /nhat-ky": "see",
    "GET /nhat-ky.csv": "see",
    # the journal's one airing, its chain, and files that take long
    "GET /nhat-ky/luot/<int:seq>": "see",
    "POST /nhat-ky/kiem": "see",
    "GET /nhat-ky/chuoi": "see",
    "GET /nhat-ky/tai/<kind>": "see",
    "POST /tep": "see",
    "GET /tep/<int:job_id>": "see",
    "GET /tep/<int:job_id>/tai": "see",
    "GET /bao-cao": "see",
    "GET /bao-cao/ban-in": "see",
    "GET /bao-cao/tai/<kind>": "see",
    "GET /bao-cao/to-giay.css": "see",
    "GET /cai-dat": "see",
    # Cài đặt, sao lưu, bắt đầu
    "POST /cai-dat/hoan-tac/<int:batch>": "configure",
    "GET /cai-dat/dau-ra": "see",
    "GET /cai-dat/dau-ra/thu/<slot_id>": "see",
    "POST /cai-dat/dau-ra/thu": "test_output",
    "GET /cai-dat/gio-yen-tinh": "see",
    "POST /cai-dat/gio-yen-tinh": "configure",
    "POST /cai-dat/han-muc": "configure",
    "GET /cai-dat/vung": "see",
    "POST /cai-dat/vung": "configure",
    "GET /cai-dat/don-vi": "see",
    "POST /cai-dat/don-vi": "configure",
    "GET /cai-dat/am-thanh": "see",
    "POST /cai-dat/am-thanh/giong": "configure",
    "POST /cai-dat/am-thanh/giong/tep": "configure",
    "GET /cai-dat/am-thanh/giong/tien-do": "see",
    "GET /cai-dat/am-thanh/giong/nghe/<which>.wav": "see",
    "GET /cai-dat/sao-luu": "see",
    "GET /cai-dat/sao-luu/tien-do": "see",
    "POST /cai-dat/sao-luu": "backup",
    "GET /cai-dat/tinh-trang": "see",
    "GET /cai-dat/phan-mo-rong": "see",
    "POST /cai-dat/phan-mo-rong": "configure",
    "GET /cai-dat/tinh-trang/kiem-tra": "see",
    "GET /bat-dau": "configure",
    "GET /bat-dau/<name>": "configure",
    "POST /bat-dau/don-vi": "configure",
    "POST /bat-dau/dau-ra": "test_output",
    "POST /bat-dau/dau-ra/tim": "test_output",
    "GET /bat-dau/dau-ra/tim": "configure",
    "POST /bat-dau/lanh-dao": "manage_people",
    "POST /bat-dau/nguoi-soan": "manage_people",
    "POST /bat-dau/gio-yen-tinh": "configure",
    "POST /bat-dau/<name>/xong": "configure",
    # people, one's own account, the log of acts
    "GET /nguoi-dung": "manage_people",
    "POST /nguoi-dung": "manage_people",
    "GET /nguoi-dung/moi": "manage_people",
    "GET /nguoi-dung/<int:person_id>": "manage_people",
    "POST /nguoi-dung/<int:person_id>": "manage_people",
    "POST /nguoi-dung/<int:person_id>/mat-khau": "manage_people",
    "POST /nguoi-dung/<int:person_id>/tat": "manage_people",
    "POST /nguoi-dung/<int:person_id>/bat": "manage_people",
    "POST /nguoi-dung/<int:person_id>/phien": "manage_people",
    "POST /nguoi-dung/<int:person_id>/tat-xac-thuc": "manage_people",
    "GET /tai-khoan": "see",
    "POST /tai-khoan/ten": "see",
    "POST /tai-khoan/mat-khau": "see",
    "POST /tai-khoan/ma-khan-cap": "see",
    "POST /tai-khoan/xac-thuc/bat": "see",
    "GET /tai-khoan/xac-thuc": "see",
    "POST /tai-khoan/xac-thuc": "see",
    "POST /tai-khoan/xac-thuc/tat": "see",
    "POST /tai-khoan/phien/<int:session_id>": "see",
    "POST /tai-khoan/phien-khac": "see",
    "GET /nhat-ky-thao-tac": "read_audit",
    # other machines: addresses, the certificate
    "GET /cai-dat/dien-thoai": "see",
    "GET /chung-chi.crt": EVERYBODY,
    # the shell: the page of all pages, the language
    "GET /tat-ca": "see",
    "GET /huong-dan": "see",
    "GET /huong-dan/<path:name>": "see",
    "POST /ngon-ngu": EVERYBODY,
    # keys of programs, a watchman's questions, the API's own two pages (its operations: tests/web/api/test_rights.py)
    "GET /cai-dat/api": "own_key",
    "POST /cai-dat/api": "own_key",
    "POST /cai-dat/api/<int:token_id>/thu-hoi": "own_key",
    "GET /healthz": EVERYBODY,
    "GET /metrics": EVERYBODY,
    "GET /api/v1/": EVERYBODY,
    "GET /api/v1/openapi.json": EVERYBODY,
}
"""Every route and method, and the right it asks for. A route that is not here fails the first test below.

Those of an extra stand in its own tests."""
API_OPERATIONS = {"api." + one.name.replace(".", "-") for one in operations_of(FEATURES)}
"""No cookie opens these: they have a table of their own."""
REACHES = rows_of_extras("pages.routes", "REACHES") | {
    "see": set(Role),
    **dict.fromkeys(("write", "record", "make_speech", "submit", "plan", "play_now", "go_live"), WRITERS),
    **dict.fromkeys(("import_dispatch", "edit_lexicon", "retire", "drill"), DESK),
    **dict.fromkeys(("approve", "return", "withdraw", "break_in", "read_audit", "own_key"), LEADERS),
    **dict.fromkeys(("configure", "backup"), MACHINES),
    **dict.fromkeys(("manage_people",), ADMINS),
    "stop": WRITERS | MACHINES,
    **dict.fromkeys(("test_output", "confirm_clock"), LEADERS | MACHINES),
}
"""Right -> the roles that have it, written down a second time."""
CHANGES_NOTHING = set().union(*of_extras("pages.routes", "CHANGES_NOTHING")) | {
    "POST /ban-tin/xem",
    "POST /tu-dien/xem-truoc",
    "POST /dot/xem",
    "POST /dot/<int:campaign_id>/xem",
    "POST /khan-cap/doc-lai",
}
DOOR = set().union(*of_extras("pages.routes", "DOOR")) | {
    "POST /dang-nhap",
    "POST /thoat",
    "POST /cai-dat-lan-dau",
    "POST /ngon-ngu",
}
ACTS = [route for route in TABLE if route.startswith("POST ") and route not in CHANGES_NOTHING | DOOR]
GUARDED = [route for route, right in TABLE.items() if right != EVERYBODY]
PAGES = [route for route in GUARDED if route.startswith("GET ") and route != "GET /su-kien"]
EVIL = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


def path_of(route):
    return re.sub(r"<\w+>", "0" * 64, re.sub(r"<int:\w+>", "1", route.split(" ")[1]))


def csrf_of(client):
    return re.search(r'data-csrf="([^"]+)"', client.get("/cai-dat").text)[1]


def state_of(station):
    """All that an act could change."""
    tables = (
        "person", "person_zone", "web_session", "dispatch", "clip", "announcement", "campaign", "relay", "live_lease", "slot", "job", "command",
        "lexicon_entry", "lexicon_list", "lexicon_change",
        "upgrade",
    )  # fmt: skip
    return [station.repos.store.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]  # noqa: S608 - names above


def relay():
    return Relay(
        id=0, announcement_id=0, windows=(parse_window("06:00-06:30"),), start=DAY, end=DAY,
        sources=("https://dai.example/thoi-su.mp3",),
    )  # fmt: skip


@pytest.fixture
def everything(cast):
    """Something to act upon: announcement 1, its clip, campaign 1, relay 1; what the extras have to act upon."""
    cast.station.services.campaigns.save(cast.lan, cast.campaign(cast.submitted()))
    cast.station.services.relays.save(cast.lan, "Thời sự", relay())
    for put in of_extras("pages.routes", "put"):
        put(cast)
    return cast


@pytest.fixture
def browsers(everything, client_of, hung, ky, tu, guest):
    return {person.role: client_of(person) for person in (everything.lan, everything.minh, hung, ky, tu, guest)}


@pytest.fixture
def refusals_undrawn(monkeypatch):
    """A refusal is its number and its sentence alone: thousands are asked here for their number.

    That its page is drawn whole, and what it says, is asked further below of single ones.
    """
    monkeypatch.setattr(errors, "_page", lambda told, status: (told, status))


# Who may do what


def test_every_route_stands_in_the_table(app):
    routes = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in API_OPERATIONS
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(TABLE)


def test_a_stranger_gets_nowhere(app, everything):
    before = state_of(everything.station)
    for route in GUARDED:
        answer = app.test_client().open(path_of(route), method=route.split(" ")[0])
        assert answer.status_code == 303, route
        assert answer.location.startswith("/dang-nhap"), route
    assert state_of(everything.station) == before


@pytest.mark.usefixtures("refusals_undrawn")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_role_reaches_what_its_rights_allow_and_nothing_else(method, browsers, everything):
    for route, right in TABLE.items():
        if right == EVERYBODY or not route.startswith(method):
            continue
        for role, client in browsers.items():
            answer = client.open(
                path_of(route), method=method
            )  # a POST without its token goes no further than the right
            assert (answer.status_code != 403) == (role in REACHES[right]), (route, role)
            answer.close()


@pytest.mark.usefixtures("refusals_undrawn")
def test_an_act_is_never_reached_by_get(browsers, everything):
    before = state_of(everything.station)
    pages = browsers[Role.ADMIN].application.url_map.bind("localhost")
    for route in ACTS:
        answer = browsers[Role.ADMIN].get(path_of(route))
        is_page = pages.test(path_of(route), method="GET")
        assert answer.status_code in ({200, 303, 404, 422} if is_page else {405}), route
    assert state_of(everything.station) == before


@pytest.mark.usefixtures("refusals_undrawn")
def test_no_other_method_is_answered(browsers, everything):
    for method in ("PUT", "DELETE", "PATCH"):
        for route in TABLE:
            assert browsers[Role.ADMIN].open(path_of(route), method=method).status_code == 405, (method, route)


def test_a_person_who_was_switched_off_is_out_at_once(station, lan, lans):
    assert lans.get("/truc-tiep").status_code == 200
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE person SET active = 0 WHERE id = ?", (lan.id,))
    assert lans.get("/truc-tiep").status_code == 303


# Forged and repeated forms


FORGED = {
    "no token": {"act": "k"},
    "an empty token": {"csrf": "", "act": "k"},
    "a wrong token": {"csrf": "wrong", "act": "k"},
    "a token beyond ASCII": {"csrf": "sai – đấy", "act": "k"},
}


@pytest.mark.usefixtures("refusals_undrawn")
def test_a_form_without_the_sessions_token_does_nothing(browsers, everything):
    before = state_of(everything.station)
    for name, forged in FORGED.items():
        for route in ACTS:
            assert browsers[Role.ADMIN].post(path_of(route), data=forged).status_code == 422, (name, route)
    assert state_of(everything.station) == before


def test_another_persons_token_does_nothing(lans, minhs, send, everything):
    before = state_of(everything.station)
    assert send(minhs, "/dung", csrf=csrf_of(lans)).status_code == 422
    assert state_of(everything.station) == before


STRANGE = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:9999"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.usefixtures("refusals_undrawn")
def test_another_sites_form_does_nothing_even_with_the_token(browsers, everything):
    client, before = browsers[Role.ADMIN], state_of(everything.station)
    csrf = csrf_of(client)
    for header in STRANGE:
        for route in ACTS:
            answer = client.post(path_of(route), data={"csrf": csrf, "act": "k"}, headers=header)
            assert answer.status_code == 422, (header, route)
        assert client.post("/thoat", data={"csrf": csrf}, headers=header).status_code == 422, header
    assert client.get("/truc-tiep").status_code == 200
    assert state_of(everything.station) == before


def test_a_form_without_its_own_key_does_nothing(lans, station):
    assert lans.post("/dung", data={"csrf": csrf_of(lans)}).status_code == 422
    assert station.repos.store.rows("SELECT * FROM command") == []


def test_the_same_form_sent_twice_acts_once_and_leads_to_the_same_place(station, lans, send):
    answers = [send(lans, "/dung", act="one form", toi="/nhat-ky") for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/nhat-ky")] * 2
    assert len(station.repos.store.rows("SELECT * FROM command")) == 1


def test_two_people_who_send_the_same_key_are_not_taken_for_one(station, lans, minhs, send):
    for client in (lans, minhs):
        assert send(client, "/dung", act="the same key").status_code == 303
    assert len(station.repos.store.rows("SELECT * FROM command")) == 2


def test_a_very_long_key_is_cut_and_acts(station, lans, send):
    assert send(lans, "/dung", act="k" * 5000).status_code == 303
    assert len(station.repos.store.rows("SELECT * FROM command")) == 1


# Leaving the house


ABROAD = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
    "http:evil.example", "javascript:alert(1)", "evil.example", "/\t/evil.example", "/\n/evil.example",
    "/truc-tiep\r\nSet-Cookie: a=b", "/a\\..\\evil", "", " /truc-tiep", "/\x00",
]  # fmt: skip


def test_no_address_leads_out_of_the_house(app, lans, send):
    for path in ABROAD:
        with app.test_request_context():
            assert local_path(path) is None, path
        answer = send(lans, "/dung", toi=path)
        # A NUL is dropped before anybody looks (`web.http.requests`), and what is left is an address of ours.
        assert answer.location == ("/" if path == "/\x00" else "/truc-tiep"), path
        assert "Set-Cookie: a=b" not in str(answer.headers), path


def test_an_address_of_ours_is_followed(lans, send):
    for path in ("/nhat-ky", "/nhat-ky?ngay=01/02/2026", "/ban-tin/1", "/%0d%0aSet-Cookie:a=b", "/%2f%2fevil"):
        answer = send(lans, "/dung", toi=path)
        assert answer.location == path
        assert "a=b" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_the_sign_in_leads_nowhere_else_either(wanted, app, lan):
    client = app.test_client()
    token = re.search(
        r'name="form_token" value="([^"]+)"', client.get("/dang-nhap", query_string={"toi": wanted}).text
    )[1]
    fields = {"login": "lan", "password": "mat-khau-cua-lan", "form_token": token, "toi": wanted}
    assert client.post("/dang-nhap", data=fields).location == "/truc-tiep"


# Headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/dang-nhap", 200), ("/truc-tiep", 303), ("/khong-co", 404), ("/dung", 405), ("/static/app.css", 200),
        ("/static/khong-co.css", 404), ("/static/../__init__.py", 404), ("/static/%2e%2e/__init__.py", 404),
    ],
)  # fmt: skip
def test_every_answer_carries_the_headers(path, status, app, lan):
    answer = app.test_client().get(path)
    answer.close()
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "microphone=(self)" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cache-Control"] == (
        "no-cache" if status == 200 and "static" in path else answer.headers["Cache-Control"]
    )


def test_the_policy_allows_nothing_inline_and_no_other_host():
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in POLICY


def test_nothing_of_a_signed_in_person_is_kept_by_the_browser(minhs, everything):
    sha256 = everything.station.repos.programme.announcement(1).audio_sha256
    for route in PAGES:
        with minhs.get(path_of(route).replace("0" * 64, sha256)) as answer:
            assert answer.status_code in {200, 301, 303, 403, 404, 422}, route
            cached = answer.headers["Cache-Control"]
        assert "no-store" in cached or ("private" in cached and route.startswith("GET /am-thanh/<sha256>")), route


def test_a_static_file_with_its_digest_is_kept_and_without_it_is_asked_for(app, lan):
    page = app.test_client().get("/dang-nhap").text
    address = re.search(r'href="(/static/app\.css\?[0-9a-f]{12})"', page)[1]
    for asked_for, kept in ((address, "public, max-age=31536000, immutable"), ("/static/app.css", "no-cache")):
        with app.test_client().get(asked_for) as answer:
            assert answer.headers["Cache-Control"] == kept


# Bodies


@pytest.mark.parametrize("path", ["/dung", "/ban-tin", "/dang-nhap", "/nguoi-dung"])
def test_a_body_that_is_too_large_gets_our_page(path, hungs):
    answer = hungs.post(path, data={"csrf": "x", "act": "y", "text": "a" * 4_100_000})
    assert answer.status_code == 413
    assert "quá lớn" in answer.text


def test_a_form_of_very_many_fields_gets_our_page(lans):
    answer = lans.post("/dung", data={f"f{number}": "x" for number in range(300)}, content_type="multipart/form-data")
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/ban-tin/0",
        "/ban-tin/99999999999999999999999",
        "/dot/abc",
        "/am-thanh/../../loa.db.wav",
        "/am-thanh/x.wav",
        "/phat-ngay/77",
    ],
)
def test_an_address_of_nothing_is_not_found(path, minhs):
    answer = minhs.get(path)
    assert answer.status_code == 404
    assert "Không tìm thấy" in answer.text


# What people write, shown as they wrote it


def test_markup_in_titles_and_names_stays_text(cast, clock, hungs):
    from scheduler.core.model import AiringOutcome
    from scheduler.store import Ending

    station = cast.station
    announcement_id = cast.approved(3.0, EVIL)
    cast.submitted(4.0, EVIL, 500.0)
    station.repos.people.add("evil", EVIL, Role.EDITOR, "mat-khau-dai-lam", clock.now())
    cast.running(announcement_id, title=EVIL)
    slot = station.repos.slots.of_day(station.repos.programme.campaign(1).start)[0]
    ending = Ending(AiringOutcome.FAILED, "output_failed", outputs={EVIL: EVIL})
    station.repos.slots.close(slot.id, ending, clock.now())
    airing = {"slot_id": "x", "title": EVIL, "started_at": clock.now().isoformat(), "played_ms": 1, "total_ms": 9000}
    output = {"name": EVIL, "kind": "soundcard", "state": "down", "message": EVIL, "device": EVIL}
    state = {"airings": [airing], "outputs": [output], "clock_trusted": True}
    station.repos.jobs.beat("playout", 1, clock.now(), state)
    for path in ("/truc-tiep", "/thanh?ngay=1", "/nhat-ky", "/cai-dat", "/phat-ngay/1", "/duyet", "/ban-tin", "/dot"):
        text = hungs.get(path).text
        assert "&lt;script&gt;alert(1)" in text, path
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path


def test_markup_in_an_address_stays_text(lans, app):
    for path in ("/nhat-ky?ngay=", "/dang-nhap?toi=", "/cai-dat-lan-dau?ma=", "/ban-tin?tim=", "/kho?tim=", "/"):
        for client in (lans, app.test_client()):
            text = client.get(path + "%22%3E%3Cscript%3Ealert(1)%3C/script%3E", follow_redirects=True).text
            assert "<script>alert" not in text, path


# Faults


def test_a_fault_shows_a_sentence_and_no_trace(station, lans):
    with station.repos.store.write() as db:
        db.conn.execute("ALTER TABLE slot RENAME TO lost")
    answer = lans.get("/truc-tiep")
    assert answer.status_code == 500
    assert "Trang gặp lỗi bất ngờ" in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY
    for leak in ("Traceback", "sqlite", "no such table", ".py", "SELECT"):
        assert leak not in answer.text


@pytest.mark.parametrize(
    ("error", "reason", "status"),
    [
        (OSError(errno.EMFILE, "too many"), "no_descriptors", 503),
        (OSError(errno.ENOSPC, "no space"), "disk_full", 507),
        (failing(sqlite3.SQLITE_IOERR_READ), "disk_error", 503),
    ],
)
def test_a_fault_of_the_machine_is_told_as_what_it_is(lans, monkeypatch, error, reason, status):
    def fails(*_, **__):
        raise error

    monkeypatch.setattr(AirService, "on_air", fails)
    answer = lans.get("/truc-tiep")
    assert answer.status_code == status
    assert sentence(reason) in answer.text
    assert "Trang gặp lỗi bất ngờ" not in answer.text


# The server itself


@pytest.fixture
def served(config):
    with serving.served(config) as found:
        yield found.web.port


def asked(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    answer.text = answer.read().decode(errors="replace")
    connection.close()
    return answer


FORWARDED = {
    "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "1.2.3.4",
    "X-Forwarded-Port": "1", "Forwarded": "for=1.2.3.4;host=evil.example;proto=https",
}  # fmt: skip


def test_what_a_proxy_would_say_is_not_believed(served):
    answer = asked(served, "GET", "/dang-nhap", headers=FORWARDED)
    assert answer.status == 200
    assert "Secure" not in answer.getheader("Set-Cookie")
    assert "evil.example" not in str(answer.getheaders()) + answer.text
    assert answer.getheader("Server") is None


@pytest.mark.parametrize(
    "path", ["/", "/truc-tiep", "//truc-tiep", "//evil.example/truc-tiep", "/dang-nhap/", "/nhat-ky/", "/khong-co"]
)
def test_a_forged_host_is_never_in_an_answer(path, served):
    with socket.create_connection(("127.0.0.1", served), timeout=120) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 421")
    assert b"evil.example" not in answer


def test_throttling_counts_the_address_that_really_calls(served):
    page = asked(served, "GET", "/dang-nhap")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)[1]
    cookie = page.getheader("Set-Cookie").split(";")[0]
    for number in range(11):
        headers = {
            "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": f"1.2.3.{number}"
        }  # fmt: skip
        answer = asked(served, "POST", "/dang-nhap", f"login=lan&password=sai&form_token={token}", headers)
        assert answer.status == 422
    assert "Sai quá nhiều lần" in answer.text


def test_an_address_that_is_taken_is_refused_with_its_name(station, config):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        busy = replace(station, written=replace(config, web=WebConfig(port=port)))
        with pytest.raises(LoaError, match=f"127.0.0.1:{port}"):
            serve(busy, threading.Event())


def test_each_station_has_a_page_of_its_own(station, tmp_path, config):
    other = Station.open(replace(config, folder=tmp_path / "other"))
    apps = create_app(station), create_app(other)
    assert apps[0].secret_key != apps[1].secret_key
    assert apps[0].extensions["board"] is not apps[1].extensions["board"]
    other.close()
