"""Reporting a loudspeaker without a name, and what the staff sees and does with it."""

import re

import pytest

from scheduler.core.model import Role
from scheduler.extras.public.keys import PublicConfig
from tests.web.conftest import PASSWORDS

EVIL = '"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}'


@pytest.fixture
def config(config):
    return config.having(PublicConfig(on=True, reports_of_one=4))


@pytest.fixture
def phone(app):
    return app.test_client()


@pytest.fixture
def guests(station, client_of):
    PASSWORDS["khach"] = "mat-khau-cua-khach"
    return client_of(station.repos.people.add("khach", "Khách", Role.GUEST, PASSWORDS["khach"], station.clock.now()))


def drawn(phone):
    """The token of a form that was just drawn."""
    return re.search(r'name="ma" value="([^"]+)"', phone.get("/cong-khai/phan-anh").text)[1]


def report(phone, headers=None, **fields):
    """Fill in the form and send it."""
    data = {"ma": drawn(phone), "noi": "all|", "chuyen": "silent", "luc": "vua-xong", "website": ""} | fields
    return phone.post("/cong-khai/phan-anh", data=data, headers=headers or {})


# Anybody


def test_a_report_is_answered_with_its_number_and_a_page_of_its_own(phone):
    answer = report(phone, noi_dung="Cột đầu ngõ không kêu")
    assert answer.status_code == 303
    assert re.fullmatch(r"/cong-khai/phan-anh/[\w-]{20,}", answer.location)
    text = phone.get(answer.location).text
    for told in ("Phản ánh số 1", "Mới nhận", "Loa không kêu", "Cột đầu ngõ không kêu", "05:30"):
        assert told in text, told


def test_a_form_that_is_sent_twice_is_one_report(phone, station):
    token = drawn(phone)
    first, again = (report(phone, ma=token) for _ in range(2))
    assert first.location == again.location
    assert station.repos.store.value("SELECT count(*) FROM ticket_report") == 1


FORGED = {
    "no token": {"ma": ""},
    "a token of ours for another browser": {"ma": "1796164200.AAAAAAAAAAAAAAAA." + "0" * 64},
    "words": {"ma": "đây không phải mã"},
    "a very long one": {"ma": "a" * 5000},
}


@pytest.mark.parametrize("fields", FORGED.values(), ids=list(FORGED))
def test_a_form_that_is_not_ours_is_drawn_again_with_what_was_typed(phone, station, fields):
    answer = report(phone, noi_dung="Loa rè", **fields)
    assert answer.status_code == 422
    assert "Loa rè" in answer.text
    assert station.repos.store.value("SELECT count(*) FROM ticket") == 0


def test_a_token_is_of_one_browser_and_of_a_few_hours(app, station, clock):
    one, other = app.test_client(), app.test_client()
    token = drawn(one)
    drawn(other)
    assert report(other, ma=token).status_code == 422
    clock.advance(6 * 3600 + 1)
    assert report(one, ma=token).status_code == 422
    assert station.repos.store.value("SELECT count(*) FROM ticket") == 0


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}], ids=["fetch", "origin"]
)
def test_a_form_on_another_site_reports_nothing(phone, station, headers):
    assert report(phone, headers).status_code == 422
    assert station.repos.store.value("SELECT count(*) FROM ticket") == 0


def test_who_fills_in_the_field_that_nobody_sees_is_no_person(phone, station):
    answer = report(phone, website="http://spam.example")
    assert (answer.status_code, answer.location) == (303, "/cong-khai")
    assert station.repos.store.value("SELECT count(*) FROM ticket") == 0


def test_one_address_is_told_to_wait_after_its_share(phone):
    for kind in ("silent", "loud", "quiet", "crackle"):
        assert report(phone, chuyen=kind).status_code == 303
    answer = report(phone, chuyen="wrong_time", noi_dung="sai giờ")
    assert answer.status_code == 422
    assert "hãy gửi lại sau" in answer.text
    assert "sai giờ" in answer.text


BESIDE = {
    "no place": ({"noi": ""}, "loi-place"),
    "a place there is not": ({"noi": "khu-9|"}, "loi-place"),
    "no kind": ({"chuyen": ""}, "loi-kind"),
    "a day that is none": ({"luc": "khac", "ngay": "31/02/2026", "gio": "06:00"}, "loi-time"),
    "an hour that is none": ({"luc": "khac", "ngay": "02/12/2026", "gio": "25 giờ"}, "loi-time"),
    "a time to come": ({"luc": "khac", "ngay": "03/12/2026", "gio": "06:00"}, "loi-time"),
    "a novel": ({"noi_dung": "a" * 501}, "loi-words"),
    "no telephone": ({"dien_thoai": "abc"}, "loi-phone"),
}


@pytest.mark.parametrize(("fields", "place"), BESIDE.values(), ids=list(BESIDE))
def test_a_fault_stands_beside_its_field_and_keeps_what_was_typed(phone, fields, place):
    answer = report(phone, **({"noi_dung": "Lời đã gõ"} | fields))
    assert answer.status_code == 422
    assert f'id="{place}" role="alert"' in answer.text
    assert f'aria-describedby="{place}"' in answer.text or place in {"loi-kind", "loi-time"}
    if "noi_dung" not in fields:
        assert "Lời đã gõ" in answer.text


def test_another_time_is_taken_as_it_is_written(phone, station):
    report(phone, luc="khac", ngay="01/12/2026", gio="17h30")
    assert station.repos.store.value("SELECT at FROM ticket").startswith("2026-12-01T10:30")


def test_what_people_write_is_only_ever_text(phone, lans):
    answer = report(phone, noi_dung=EVIL)
    for client, path in ((phone, answer.location), (lans, "/phan-anh"), (lans, "/phan-anh/1")):
        text = client.get(path).text
        assert "<img src" not in text, path
        assert "<script>alert" not in text, path
    assert "{{7*7}}" in lans.get("/phan-anh/1").text


def test_the_page_of_a_report_is_kept_out_of_search_and_says_nothing_of_others(phone, app):
    first = report(phone, noi_dung="Chuyện của tôi", dien_thoai="0912345678")
    second = report(app.test_client(), noi_dung="Chuyện của người khác")
    answer = phone.get(second.location)
    assert "Phản ánh số 1" in answer.text
    assert "2 người báo chuyện này" in answer.text
    assert "Chuyện của tôi" not in answer.text
    assert "0912345678" not in phone.get(first.location).text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "same-origin"  # its address goes to no other site
    assert answer.headers["Cache-Control"] == "no-store"


# The staff


def test_the_list_counts_what_waits_and_leads_to_each(phone, lans):
    report(phone)
    report(phone, chuyen="loud")
    text = lans.get("/phan-anh").text
    assert re.search(r"\b2\b", re.sub(r"<[^>]+>", " ", text))
    assert 'href="/phan-anh/2"' in text
    assert "Loa kêu to quá" in text


def test_a_ticket_is_answered_and_its_sender_reads_it(phone, lans, send):
    place = report(phone).location
    answer = send(lans, "/phan-anh/1", buoc="done", noi_dung="Đã thay dây loa", luc_xem="new")
    assert (answer.status_code, answer.location) == (303, "/phan-anh/1")
    assert "Đã thay dây loa" in phone.get(place).text
    assert "Đã xong" in phone.get(place).text
    assert 'href="/phan-anh/1"' in lans.get("/phan-anh?xem=xong").text
    assert 'href="/phan-anh/1"' not in lans.get("/phan-anh").text


def test_closing_without_a_word_is_refused_beside_the_field(phone, lans, send):
    report(phone)
    answer = send(lans, "/phan-anh/1", buoc="refused", noi_dung="", luc_xem="new")
    assert answer.status_code == 422
    assert 'id="answer-fault"' in answer.text


def test_who_answers_an_old_page_is_told_so_and_keeps_the_words(phone, lans, minhs, send):
    report(phone)
    send(minhs, "/phan-anh/1", buoc="fixing", noi_dung="", luc_xem="new")
    answer = send(lans, "/phan-anh/1", buoc="seen", noi_dung="Lời của tôi", luc_xem="new")
    assert answer.status_code == 422
    assert "Lời của tôi" in answer.text


def test_a_guest_sees_no_telephone_number_and_no_form(phone, guests, lans):
    report(phone, dien_thoai="0912 345 678")
    assert "0912345678" in lans.get("/phan-anh/1").text
    text = guests.get("/phan-anh/1").text
    assert "0912345678" not in text
    assert "có để lại số điện thoại" in text
    assert "Ghi là đã xong" not in text


@pytest.mark.parametrize("typed", ["0", "-1", "x", "9" * 400, "1' OR 1=1"])
def test_a_list_behind_any_number_is_a_list(lans, typed):
    assert lans.get("/phan-anh", query_string={"truoc": typed}).status_code in {200, 404}
