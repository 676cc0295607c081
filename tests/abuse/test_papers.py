"""Formulas, links and mark-up in what people write, in every file the station gives out: shown as text, never done.

Titles, texts, names of zones, persons and outputs, words of dispatches and of the word list; as XLSX, PDF, CSV, HTML,
JSON and the word list's own file.
"""

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from scheduler.config.loading import OutputConfig
from scheduler.core.announcement.word_list import OwnForm
from scheduler.core.model import AiringOutcome, Role, Slot
from scheduler.store import Ending
from tests.abuse.test_markup import faults_of
from tests.conftest import DAY

FORMULAS = (
    '=HYPERLINK("http://evil.test/","x")', "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "＝1",
    "=cmd|' /C calc'!A0", '=WEBSERVICE("http://evil.test/")', "＋1", "－1", "＠SUM(1)", '"=1', "'=1", ";=1", "\ufeff=1",
)  # fmt: skip
MARKUP = (
    '<a href="http://evil.test/">x</a>', "<img src='/etc/hostname'/>", '<font size="400">x</font>', "http://evil.test/x",
    "mailto:a@evil.test", "javascript:alert(1)", "&#61;1+1", "]]><x/>", "{{7*191}}", "<para><b>x", "</para>", "<!--", "\\x00",
    "internal:Sheet1!A1", "file:///etc/passwd",
)  # fmt: skip
WORDS = FORMULAS + MARKUP
KINDS = ("xlsx", "pdf", "csv", "html", "json")
FORMS = ("so-nhat-ky", "thoi-luong", "nhuan-but", "giay-xac-nhan")
LETTER = "ỦY BAN NHÂN DÂN\nPHƯỜNG AN BÌNH\nSố: 77/UBND-VHXH\nV/v {word}\n\nKính gửi: Trạm truyền thanh\n\nPhát 04 lượt/ngày {word}\n./.\n"
SIGNS = re.compile(r"[+-]?[\d.,:/–-]*")
STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


ZONES = tuple(dict.fromkeys(word.strip() or "x" for word in WORDS))


@pytest.fixture
def config(config):
    """Zones and outputs are called so in the file of settings."""
    outputs = tuple(OutputConfig(name=zone, kind="null", counts=True, zones=("all", zone)) for zone in ZONES)
    return replace(config, outputs=outputs)


def aired(station, number, word, at, outcome):
    """In the zone that is called so, by an output that is called so."""
    now, sha256 = station.clock.now(), station.repos.programme.announcement(number).audio_sha256
    slot = Slot(
        id=f"evil{number}-{at}", day=DAY, zone=word.strip() or "x", start=now, length=timedelta(seconds=3),
        campaign_id=None, announcement_id=number, audio_sha256=sha256,
    )  # fmt: skip
    station.repos.slots.add(slot, None, now)
    station.repos.slots.claim(slot, now)
    ending = Ending(outcome, "", now, now + timedelta(seconds=3), 3000, {word: word})
    station.repos.slots.close(slot.id, ending, now)


@pytest.fixture
def ward(cast, station, hung):
    """A day on which everything was called so: for each of the words a text, an author, a campaign, two airings."""
    services, now = station.services, station.clock.now()
    dispatch = services.dispatches.import_dispatch(cast.lan, LETTER.format(word=" ".join(WORDS)).encode(), "77.txt")[0]
    numbers = {}
    for at, word in enumerate(WORDS):
        numbers[word] = cast.approved(1.0, f"Bài {at}", 300.0 + at)
        services.campaigns.save(cast.lan, cast.campaign(numbers[word], title=f"Đợt {at}"))
        services.lexicon.keep(cast.lan, OwnForm("abcxyz" + "xyz"[at % 3] * (at + 1), "a bê xê"))
        station.repos.people.add(f"nguoi{at}", f"Người {at}", Role.EDITOR, "mat-khau-dai-lam", now)
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE campaign SET dispatch_id = ?", (dispatch,))
        people = [row["id"] for row in station.repos.store.rows("SELECT id FROM person WHERE login LIKE 'nguoi%'")]
        entries = [row["id"] for row in station.repos.store.rows("SELECT id FROM lexicon_entry ORDER BY id")]
        for (word, number), person, entry in zip(numbers.items(), people, entries, strict=True):
            db.conn.execute(
                "UPDATE announcement SET title = ?, text = ?, author_id = ? WHERE id = ?", (word, word, person, number)
            )
            db.conn.execute("UPDATE campaign SET title = ? WHERE announcement_id = ?", (word, number))
            db.conn.execute("UPDATE person SET name = ? WHERE id = ?", (word, person))
            db.conn.execute("UPDATE lexicon_entry SET written = ?, said = ? WHERE id = ?", (word, word, entry))
    for word, number in numbers.items():
        for at, outcome in enumerate((AiringOutcome.PLAYED, AiringOutcome.FAILED)):
            aired(station, number, word, at, outcome)
    return station


def papers(client, kind):
    """Every file of this kind, as its bytes."""
    found = []
    days = "tu=01/12/2026&den=03/12/2026&ngay=02/12/2026"
    addresses = [f"/bao-cao/tai/{kind}?mau={form}&cong_van=1&{days}" for form in FORMS]
    addresses.append(f"/nhat-ky/tai/{kind}?{days}")
    for address in addresses:
        with client.get(address) as answer:
            assert answer.status_code == 200, (address, answer.text)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            found.append((address, answer.data))
    return found


def test_no_cell_of_a_spreadsheet_is_a_formula_or_a_link(ward, hungs):
    held = set()
    for address, data in papers(hungs, "xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            for name in book.namelist():
                if not name.endswith((".xml", ".rels")):
                    continue
                tree = ET.fromstring(book.read(name))  # noqa: S314 - our own
                tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
                assert not tags & {"hyperlink", "hyperlinks", "externalLink", "oleObject", "ddeLink"}, (address, name)
                assert "f" not in tags or "charts/" in name, (address, name)  # a chart names the cells it draws
                targets = [one.get("TargetMode") for one in tree.iter() if one.tag.endswith("Relationship")]
                assert "External" not in targets, (address, name)
                texts = "\0".join(element.text or "" for element in tree.iter())
                held |= {word for word in MARKUP if word in texts}
    assert held == set(MARKUP)


def test_no_pdf_does_anything_or_draws_somebodys_mark_up(ward, hungs):
    held = set()
    for address, data in papers(hungs, "pdf"):
        for forbidden in (b"/URI", b"/JavaScript", b"/JS ", b"/Launch", b"/GoToR", b"/EmbeddedFile", b"/SubmitForm"):
            assert forbidden not in data, (address, forbidden)
        reader = PdfReader(io.BytesIO(data))
        assert "/OpenAction" not in reader.trailer["/Root"]
        assert not any(page.get("/Annots") for page in reader.pages)
        drawn = "".join("".join(page.extract_text().split()) for page in reader.pages)
        held |= {word for word in MARKUP if "".join(word.split()) in drawn}
    assert held == set(MARKUP)


def test_no_table_of_plain_text_starts_a_formula(ward, hungs):
    read = 0
    for address, data in papers(hungs, "csv"):
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
            for cell in row:
                read += 1
                assert SIGNS.fullmatch(cell) or not cell.lstrip(" \ufeff").startswith(STARTS), (address, cell)
    assert read > 20


def test_the_file_of_the_word_list_starts_no_formula(ward, hungs):
    with hungs.get("/tu-dien/tep") as answer:
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "attachment" in answer.headers["Content-Disposition"]
        if "csv" in answer.mimetype:
            for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"), newline="")):
                assert not [cell for cell in row if cell.lstrip(" \ufeff").startswith(STARTS)], row


def test_a_page_as_a_file_and_a_document_of_data_hold_words_as_words(ward, hungs):
    for address, data in papers(hungs, "html"):
        assert faults_of(data.decode()) == [], address
        assert "evil.test" not in "".join(re.findall(r"(?:href|src)=\"([^\"]*)\"", data.decode())), address
    for _, data in papers(hungs, "json"):
        json.loads(data)
