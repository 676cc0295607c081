"""Hostile words in every place where people may write, read on every page and in every file the station gives out."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest

from scheduler.core.model import AiringOutcome, Role
from scheduler.store import Ending
from tests.of_extras import of_extras
from tests.web.test_security import TABLE, path_of

MARK = "zq7"
EVIL = (
    f"{MARK}\"'><img src=x onerror=alert(1)><script>alert(1)</script></title></textarea></style>"
    "<svg onload=alert(1)>{{7*191191191191}}{%if 1%}javascript:alert(1)</script>"
)
LOUD = frozenset({"img", "iframe", "object", "embed", "base", "form"})


class Hostile(HTMLParser):
    """What of a page came from our words: a tag or an attribute that no template writes."""

    def __init__(self):
        super().__init__()
        self.faults = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name.startswith("on"):
                self.faults.append((tag, name, value))
            if (
                tag != "link"
                and name in {"src", "href", "action", "formaction", "hx-get", "hx-post", "xlink:href"}
                and re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE)
            ):
                self.faults.append((tag, name, value))
        if tag == "img" and dict(attrs).get("src") == "x":
            self.faults.append((tag, attrs))

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        if self.rawdata and self.cdata_elem == "script" and MARK in data:
            self.faults.append(("script", data))


def faults_of(text):
    page = Hostile()
    page.feed(text)
    assert str(7 * 191191191191) not in text, "a template was run in somebody's words"
    return page.faults


@pytest.fixture
def written(everything, template, hung, hungs, lans, send, station, clock):
    """Hostile words in everything there is."""
    services, cast, lan = station.services, everything, everything.lan
    station.repos.people.add("evil", EVIL[:80], Role.EDITOR, "mat-khau-dai-lam", clock.now())
    template(EVIL[:190], "Một câu để đọc.")
    services.drafts.keep(lan, "mot-khoa-dai-cua-lan", 0, EVIL, EVIL)
    for write in of_extras("pages.hostile", "write"):
        write(station, lan, EVIL, MARK)
    assert send(lans, "/tu-dien", written="abcxyz", said="a bê xê").status_code == 303
    announcement_id = cast.approved(3.0, EVIL[:190], 333.0)
    cast.running(announcement_id, title=EVIL[:190])
    slot = station.repos.slots.of_day(station.repos.programme.campaign(2).start)[0]
    ending = Ending(AiringOutcome.FAILED, "output_failed", outputs={EVIL: EVIL})
    station.repos.slots.close(slot.id, ending, clock.now())
    with station.repos.store.write() as db:
        for table, columns in {
            "announcement": ("title", "text", "return_reason"), "clip": ("title", "file_name"), "campaign": ("title",),
            "lexicon_entry": ("written", "said"),
        }.items():  # fmt: skip
            for column in columns:
                ours = "WHERE origin = 'upload'" if table == "clip" else ""  # a chime is found by its title
                db.conn.execute(f"UPDATE {table} SET {column} = ? {ours}", (EVIL,))  # noqa: S608 - names above
    airing = {"slot_id": "x", "title": EVIL, "started_at": clock.now().isoformat(), "played_ms": 1, "total_ms": 9000}
    output = {"name": EVIL, "kind": "soundcard", "state": "down", "message": EVIL, "device": EVIL}
    station.repos.jobs.beat(
        "playout", 1, clock.now(), {"airings": [airing], "outputs": [output], "clock_trusted": True}
    )
    return everything


@pytest.fixture
def evil_browser(app, written, hung):
    """Whose browser calls itself something hostile."""
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = EVIL
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap").text)[1]
    fields = {"login": "hung", "password": "mat-khau-cua-hung", "form_token": token}
    assert client.post("/dang-nhap", data=fields).status_code == 303
    return client


@pytest.mark.parametrize("language", ["vi", "en"])
def test_hostile_words_are_text_on_every_page(language, evil_browser):
    evil_browser.set_cookie("loa-ngon-ngu", language)
    seen, faults = 0, {}
    more = [f"GET /ban-tin/{number}" for number in (2, 3)] + [f"GET /dot/{number}" for number in (2,)]
    for route in [*TABLE, *more]:
        if not route.startswith("GET ") or route == "GET /su-kien":
            continue
        path = path_of(route)
        with evil_browser.get(path) as answer:
            assert answer.status_code < 500 or path == "/healthz", path
            if answer.mimetype not in {"text/html", "image/svg+xml"}:
                continue
            seen += MARK in answer.text
            if found := faults_of(answer.text):
                faults[path] = found
    assert faults == {}
    assert seen >= 15, seen


def test_hostile_words_are_text_in_what_a_page_fetches_later(evil_browser):
    for path in ("/thanh", "/khan-cap", "/ban-tin?q=" + MARK, "/kho?q=" + MARK, "/kho/viec", "/truc-tiep"):
        with evil_browser.get(path, headers={"HX-Request": "true"}) as answer:
            assert faults_of(answer.text) == [], path


def test_the_stream_of_the_air_carries_hostile_words_as_text(evil_browser):
    answer = evil_browser.get("/su-kien", buffered=False)
    piece = next(iter(answer.response))
    answer.close()
    assert faults_of(piece.decode() if isinstance(piece, bytes) else piece) == []


@pytest.mark.parametrize("kind", ["html", "json", "csv"])
def test_hostile_words_are_text_in_the_file_of_the_journal(kind, evil_browser):
    with evil_browser.get(f"/nhat-ky/tai/{kind}?tu=01/12/2026&den=03/12/2026") as answer:
        assert answer.status_code == 200
        if kind == "html":
            assert faults_of(answer.text) == []
        elif kind == "json":
            json.loads(answer.text)
        assert "\r\n" not in answer.headers["Content-Disposition"]


def test_hostile_words_are_text_in_the_feeds_for_everybody(evil_browser):
    for feeds in of_extras("hostile_requests", "FEEDS"):
        for path, read in feeds.items():
            answer = evil_browser.get(path)
            assert answer.status_code == 200
            read(answer.data)


FORMULAS = ('=HYPERLINK("http://evil")', "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "＝1")


@pytest.mark.parametrize("formula", FORMULAS, ids=range(len(FORMULAS)))
def test_no_table_of_ours_starts_a_formula(formula, cast, hungs, station, clock):
    announcement_id = cast.approved(3.0, "Thường")
    cast.running(announcement_id, title="Thường")
    slot = station.repos.slots.of_day(station.repos.programme.campaign(1).start)[0]
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE announcement SET title = ?", (formula,))
        db.conn.execute("UPDATE campaign SET title = ?", (formula,))
        db.conn.execute("UPDATE person SET name = ?", (formula,))
    station.repos.slots.close(
        slot.id, Ending(AiringOutcome.FAILED, "output_failed", outputs={formula: formula}), clock.now()
    )
    read = 0
    for path in (
        "/nhat-ky.csv?ngay=02/12/2026", "/nhat-ky/tai/csv?tu=01/12/2026&den=03/12/2026",
        *(f"/bao-cao/tai/csv?mau={form}&ngay=02/12/2026" for form in ("so-nhat-ky", "thoi-luong", "nhuan-but")),
        "/tu-dien/tep",
    ):  # fmt: skip
        with hungs.get(path) as answer:
            if answer.status_code != 200 or "csv" not in answer.mimetype:
                continue
            for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))):
                for cell in row:
                    read += 1
                    plain = re.fullmatch(r"[+-]?[\d.,:/–-]*", cell)
                    assert plain or not cell.lstrip().startswith(("=", "+", "-", "@", "＝")), (path, cell)
    assert read > 10


def test_a_file_name_of_line_breaks_makes_no_header(lans, station, lan, send):
    name = 'a\r\nSet-Cookie: loa=evil\r\n".wav'
    answer = send(
        lans,
        "/kho/tai-len",
        file=(io.BytesIO(b"RIFF" + b"\0" * 200), name),
        title="",
        content_type="multipart/form-data",
    )
    assert "evil" not in str(answer.headers)
    for one in station.repos.store.rows("SELECT args_json FROM job"):
        assert "\\r" not in one["args_json"]
        assert "\\n" not in one["args_json"]


def test_a_path_of_line_breaks_forges_no_line_of_the_log(station, lans, tmp_path):
    import logging

    from scheduler.supervisor import line_format

    record = logging.LogRecord(
        "web", logging.ERROR, "x", 1, "%s failed", ("/a\n2026-01-01 web INFO forged\x1b[2J",), None
    )
    told = line_format("web").format(record)
    assert "\n" not in told
    assert "\x1b" not in told


def test_names_cannot_steer_a_terminal(capsys):
    from scheduler.commands.base import print_table

    print_table(("title",), [("\x1b]0;pwned\x07\x9b2J\u202ex\ny",)])
    told = capsys.readouterr().out
    assert len(told.splitlines()) == 3
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", told)


@pytest.mark.parametrize("where", ["title", "text"])
def test_control_characters_do_not_come_in_by_a_form(where, lans, send, station):
    fields = {"title": "Họp dân", "text": "Mời bà con đi họp."} | {where: "Mời\x00 bà\x1b[31m con\u202e đi\x9b họp."}
    assert send(lans, "/ban-tin", **fields).status_code == 303
    kept = getattr(station.repos.programme.announcement(1), where)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", kept)
    assert "bà" in kept
