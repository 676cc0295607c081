"""Every field of every form that is drawn, filled with what breaks programs: never a fault, never a slow answer."""

import json
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from tests.examples import some_of
from tests.of_extras import each_of_extras
from tests.web.test_security import TABLE, csrf_of, path_of

NASTY = {
    "five thousand digits": "9" * 5000,
    "a number no row can have": "9" * 25,
    "digits of another script": "٣٤",
    "a half of a character": "\ud83d",
    "NUL and escape codes": "\x00\x1b[31m\x9b2J",
    "letters that turn the line around": "\u202eđảo\u2066",
    "not a number": "NaN",
    "a day that is none": "31/02/2026",
    "a quotation mark": "'\" --",
    "format and template marks": "%s%n{0.__class__}{{7*7}}${7*7}",
    "three hundred thousand letters": "a" * 300_000,
}


class Forms(HTMLParser):
    """The forms of a page: method, address, and the values they were drawn with."""

    def __init__(self):
        super().__init__()
        self.found, self._open, self._select = [], None, ""

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self._open = ((told.get("method") or "get").lower(), told.get("action") or "", {})
            self.found.append(self._open)
        elif self._open is not None and tag in {"input", "textarea", "select", "button"} and told.get("name"):
            self._open[2].setdefault(told["name"], told.get("value") or "")
            self._select = told["name"] if tag == "select" else ""
        elif self._open is not None and tag == "option" and self._select and not self._open[2][self._select]:
            self._open[2][self._select] = told.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None


def drawn_forms(client):
    """(method, address, fields) of every form of every page, each once."""
    found = {}
    for route in TABLE:
        if not route.startswith("GET ") or route == "GET /su-kien":
            continue
        with client.get(path_of(route)) as answer:
            if answer.mimetype != "text/html":
                continue
            forms = Forms()
            forms.feed(answer.text)
        for method, action, fields in forms.found:
            where = (action or path_of(route)).split("?")[0]
            found.setdefault((method, where, tuple(fields)), (method, where, fields))
    return [one for one in found.values() if one[1] != "/thoat"]


def test_no_field_of_any_form_breaks_the_page(everything, template, hung, client_of, caplog):
    """Every field with three of the nasty things in each run, with all of them where all are asked for."""
    template()
    client = client_of(hung)
    forms, csrf, faults, count = drawn_forms(client), csrf_of(client), [], 0
    assert len(forms) > 50
    for method, where, fields in forms:
        pairs = [(name, said) for name in fields.keys() - {"csrf", "act"} for said in some_of(NASTY, 3)]
        for name, said in pairs:
            count += 1
            sent = fields | {name: NASTY[said]} | ({"csrf": csrf, "act": f"k{count}"} if method == "post" else {})
            body = urlencode({key: value.encode("utf-8", "surrogatepass") for key, value in sent.items()})
            kind = "application/x-www-form-urlencoded"
            asked = {"data": body, "content_type": kind} if method == "post" else {"query_string": body[:200_000]}
            with client.open(where, method=method.upper(), **asked) as answer:
                if answer.status_code >= 500:
                    faults.append((method, where, name, said, answer.status_code))
                if answer.headers.get("Location", "").startswith("/dang-nhap"):
                    client = client_of(hung)
                    csrf = csrf_of(client)
    assert faults == []


MANY = "&".join(f"f{number}=1" for number in range(5000))


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/nhat-ky", "ngay=01/12/2026&ngay=02/12/2026&ngay[]=x"),
        ("/nhat-ky", MANY),
        ("/bao-cao", "cong_van=" + "9" * 5000),
        ("/ban-tin", "q=" + "%F0%9F%98%80" * 2000),
        ("/kho", "q=%00%ff%fe"),
        ("/lich", "ngay=99999999-99-99"),
        ("/lich", "xong=" + "9" * 5000),
        ("/nhat-ky-thao-tac", "nguoi=" + "9" * 11),
        *each_of_extras("hostile_requests", "QUERIES"),
    ],
    ids=lambda value: value[:24],
)
def test_no_query_breaks_a_page(path, query, everything, hungs):
    with hungs.get(f"{path}?{query}") as answer:
        assert answer.status_code < 500


HEADERS = {
    "an origin that is no address": {"Origin": "http://[::1"},
    "a referrer without end": {"Referer": "http://x/" + "a" * 50_000},
    "a language that never ends": {"Accept-Language": "vi," * 5000},
    "a range of everything": {"Range": "bytes=" + ",".join(f"{one}-" for one in range(500))},
    "a range behind the end": {"Range": "bytes=99999999999999999999-"},
    "a tag that is none": {"If-None-Match": '"' * 3000},
    "a date that is none": {"If-Modified-Since": "hôm qua".encode().decode("latin-1")},
    "credentials that are none": {"Authorization": "Basic \xff\xfe"},
    "a cookie of semicolons": {"Cookie": ";" * 5000},
    "a number of a stream": {"Last-Event-ID": "9" * 5000},
    "an expectation": {"Expect": "200-maybe"},
    "an htmx header that lies": {"HX-Request": "true", "HX-Current-URL": "javascript:alert(1)", "HX-Target": "<b>"},
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_no_header_breaks_a_page(header, everything, hungs, stranger):
    sha256 = everything.station.repos.programme.announcement(1).audio_sha256
    for client in (hungs, stranger):
        for path in (
            "/truc-tiep",
            *each_of_extras("hostile_requests", "FRAMED"),
            f"/am-thanh/{sha256}.wav",
            "/static/app.css",
            "/nhat-ky.csv",
            "/healthz",
        ):
            with client.get(path, headers=header) as answer:
                assert answer.status_code < 500 or path == "/healthz", path


def test_an_origin_that_is_no_address_is_a_strange_one(lans, station):
    fields = {"csrf": csrf_of(lans), "act": "k"}
    assert lans.post("/dung", data=fields, headers={"Origin": "http://[::1"}).status_code == 422
    assert station.repos.store.rows("SELECT * FROM command") == []


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method", "_method"])
def test_a_get_is_not_made_an_act_by_a_header(header, lans, station):
    for method in ("POST", "DELETE"):
        lans.get("/dung", headers={header: method}, query_string={"_method": method, "csrf": csrf_of(lans), "act": "k"})
    assert station.repos.store.rows("SELECT * FROM command") == []


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "GET\t"])
def test_no_other_verb_acts(method, lans, station):
    fields = {"csrf": csrf_of(lans), "act": "k"}
    answer = lans.open("/dung", method=method, query_string=fields, data=fields)
    assert answer.status_code in {200, 400, 405, 501}
    assert station.repos.store.rows("SELECT * FROM command") == []


@pytest.mark.parametrize(
    "kind",
    ["application/json", "text/plain", "multipart/form-data", "application/xml", ""],
    ids=lambda kind: kind or "none",
)
def test_a_body_that_is_no_form_carries_no_token(kind, lans, station):
    """What another site can send without asking first: text/plain, and JSON dressed up as it."""
    body = json.dumps({"csrf": csrf_of(lans), "act": "k"})
    assert lans.post("/dung", data=body, content_type=kind).status_code in {400, 422}
    assert station.repos.store.rows("SELECT * FROM command") == []


def test_a_token_in_the_address_is_no_token(lans, station):
    """It would stand in histories and logs."""
    query = {"csrf": csrf_of(lans), "act": "k"}
    assert lans.post("/dung", query_string=query).status_code == 422
    assert station.repos.store.rows("SELECT * FROM command") == []
