"""The same figures in every format: each file is opened again by a library and held against the report, cell by cell."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser

import openpyxl
import pypdf
import pytest
from reportlab.pdfbase import pdfmetrics

from scheduler.core.air.heard_back import AirFigures
from scheduler.core.report.heard import air_facts
from scheduler.core.report.logbook import log_report
from scheduler.core.report.period import PeriodKind
from scheduler.core.report.report import NOT_MEASURED, Facts, Form, Report, Table, Unit, figure
from scheduler.core.spreadsheet import safe_cell
from scheduler.kernel.errors import NotFound
from scheduler.paper import FORMATS, draw
from scheduler.paper.as_html import sheet
from tests.paper.sheets import (
    DAY,
    EVIL,
    HEAD,
    MADE,
    REPORTS,
    cells_of,
    log_rows,
    pdf_text,
    the_airtime,
    the_certificate,
    the_fees,
    the_log,
)

NUMBERS = {Unit.COUNT, Unit.NUMBER, Unit.MINUTES, Unit.SECONDS, Unit.SHARE, Unit.MILLISECONDS, Unit.EPOCH, Unit.LEVEL}
FORMS = pytest.mark.parametrize("report", [make() for make in REPORTS.values()], ids=list(REPORTS))


def rows_of(block: Table):
    """Each line of a table as (column, cell) pairs, the total last."""
    for row in (*block.rows, *([block.total] if block.total else [])):
        yield list(zip(block.columns, row, strict=True))


def spoken(text: str) -> float:
    """A number as an office writes it, read again."""
    return float(text.replace(".", "").replace(",", "."))


# CSV


def csv_rows(report: Report) -> list[list[str]]:
    return list(csv.reader(io.StringIO(draw(report, "csv").decode("utf-8-sig"))))


@FORMS
def test_csv_holds_every_figure_of_the_report(report):
    lines = csv_rows(report)
    for block in report.blocks:
        at = lines.index([block.title]) + 1
        if isinstance(block, Facts):
            for fact, line in zip(block.facts, lines[at:], strict=False):
                wanted = figure(fact.cell, fact.unit)
                if fact.unit in NUMBERS and isinstance(wanted, int | float):
                    assert float(line[1]) == wanted
                assert line[1] != "" or fact.cell == ""
            continue
        assert lines[at] == [column.head for column in block.columns]
        for pairs, line in zip(rows_of(block), lines[at + 1 :], strict=False):
            for (column, cell), found in zip(pairs, line, strict=True):
                wanted = figure(cell, column.unit)
                if isinstance(wanted, int | float):
                    assert float(found) == wanted
                elif column.unit is Unit.WORDS:
                    assert found == str(safe_cell(wanted))


@FORMS
def test_no_cell_of_csv_can_be_taken_for_a_formula(report):
    assert [cell for line in csv_rows(report) for cell in line if cell.startswith(("=", "+", "@", "\t"))] == []


# JSON


@FORMS
def test_json_holds_every_figure_under_its_key(report):
    told_blocks = json.loads(draw(report, "json"))["SoLieu"]
    assert list(told_blocks) == [block.key for block in report.blocks]
    for block in report.blocks:
        found = told_blocks[block.key]
        if isinstance(block, Facts):
            assert found == {"TieuDe": block.title} | {
                fact.key: figure(fact.cell, fact.unit) for fact in block.facts if fact.cell != ""
            }
            continue
        lines = found["DanhSach"] + ([found["Cong"]] if block.total else [])
        for pairs, line in zip(rows_of(block), lines, strict=True):
            for column, cell in pairs:
                assert line.get(column.key, "") == (figure(cell, column.unit) if column.key in line else "")


def test_the_logbook_in_json_speaks_the_keys_of_the_province():
    line = json.loads(draw(the_log(), "json"))["SoLieu"]["NhatKy"]["DanhSach"][0]
    wanted = {
        "BanTinID": 2,
        "MucDoUuTien": "3",
        "TieuDe": "Tiếp âm VOV1",
        "ThoiDiemBatDau": int(datetime.fromisoformat("2026-12-02T05:30:01+07:00").timestamp()),
        "ThoiLuong": "00:30:00",
        "TiepAm": 1,
        "NguonTiepAm": "https://vov.example/1",
        "VungPhat": "Toàn phường",
    }
    assert {key: line[key] for key in wanted} == wanted
    assert "LoaiLinhVuc" not in line  # nobody has classified it


def test_an_airing_that_never_began_has_no_beginning_in_json():
    missed = json.loads(draw(the_log(), "json"))["SoLieu"]["NhatKy"]["DanhSach"][3]
    assert missed["MiliGiay"] == 0
    assert not {"ThoiDiemBatDau", "GioPhat", "GioKetThuc"} & missed.keys()


# XLSX


def sheets_of(report: Report):
    return openpyxl.load_workbook(io.BytesIO(draw(report, "xlsx")))


def as_read(cell: object, unit: Unit) -> object:
    """What a workbook gives back for a raw cell."""
    if unit is Unit.BLANK or cell == "":
        return None
    if cell is None:
        return NOT_MEASURED
    if isinstance(cell, datetime) and unit is not Unit.EPOCH:
        return cell.replace(tzinfo=None, microsecond=0)
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day has no zone
    return figure(cell, unit)


@FORMS
def test_the_printed_sheet_of_a_workbook_holds_every_figure_of_the_paper(report):
    paper = sheets_of(report)["Báo cáo"]
    lines = [[cell.value for cell in row if cell.value is not None] for row in paper.iter_rows()]
    titles = [line[0] if line else "" for line in lines]
    for block in report.printed:
        at = next(
            place
            for place, words in enumerate(titles)
            if re.fullmatch(rf"[IVX]+\. {re.escape(block.title)}", str(words))
        )
        if isinstance(block, Facts):
            for fact, line in zip(block.facts, lines[at + 1 :], strict=False):
                wanted = as_read(fact.cell, fact.unit)
                assert line[: 2 if wanted is not None else 1] == [fact.words, *([wanted] if wanted is not None else [])]
            continue
        for pairs, line in zip(rows_of(block), lines[at + 2 :] if block.rows else [], strict=False):
            wanted_line = [as_read(cell, column.unit) for column, cell in pairs]
            assert line == [one for one in wanted_line if one is not None]


@FORMS
def test_the_sheets_for_machines_hold_every_column(report):
    book = sheets_of(report)
    fuller = [
        one for one in report.blocks if isinstance(one, Table) and one.rows and (not one.on_paper or one.paper() != one)
    ]
    assert book.sheetnames == ["Báo cáo", *(block.key for block in fuller)]
    for block in fuller:
        head, *lines = book[block.key].iter_rows(values_only=True)
        assert list(head) == [column.head for column in block.columns]
        for row, line in zip(block.rows, lines, strict=True):
            assert list(line) == [as_read(cell, column.unit) for cell, column in zip(row, block.columns, strict=True)]


@FORMS
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(report):
    for page in sheets_of(report).worksheets:
        cells = [cell for row in page.iter_rows() for cell in row]
        assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []


def test_the_workbook_draws_its_chart_over_its_own_cells():
    book = sheets_of(the_airtime())
    assert len(book["Báo cáo"]._charts) == 1


# HTML


class Tables(HTMLParser):
    """The cells of every row, and all tags that were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self._in = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self._in = tag
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        if tag in {"td", "th"}:
            self._in = ""

    def handle_data(self, data):
        if self._in:
            self.rows[-1][-1] += data


def html_rows(report: Report) -> list[list[str]]:
    parser = Tables()
    parser.feed(draw(report, "html").decode())
    return parser.rows


@FORMS
def test_html_holds_every_figure_of_the_paper(report):
    lines = html_rows(report)
    for block in report.printed:
        if isinstance(block, Facts):
            assert all([fact.words, fact.told] in lines for fact in block.facts)
            continue
        rows, total = block.told
        for row, cells in zip(rows, block.rows, strict=True):
            assert row in lines
            for words, cell, column in zip(row, cells, block.columns, strict=True):
                if column.unit in NUMBERS - {Unit.EPOCH, Unit.NUMBER} and isinstance(cell, int | float):
                    assert spoken(words) == figure(cell, column.unit)
        assert not total or total in lines


@FORMS
def test_no_word_of_the_ward_becomes_markup(report):
    parser = Tables()
    parser.feed(draw(report, "html").decode())
    assert not {"script", "img", "iframe", "a"} & set(parser.tags)
    assert EVIL not in draw(report, "html").decode()


def test_the_sheet_that_a_page_shows_holds_no_style_and_no_script():
    for make in REPORTS.values():
        assert not re.search(r"<style|style=|<script|\son\w+=|\sid=", sheet(make(), level=2))


# PDF


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


@FORMS
def test_pdf_holds_every_figure_of_the_paper(report):
    text = flat(pdf_text(draw(report, "pdf")))
    for block in report.printed:
        if isinstance(block, Facts):
            for fact in block.facts:
                assert flat(fact.words) in text
                assert flat(fact.told) in text
            continue
        rows, total = block.told
        for row in [*rows, total] if total else rows:
            for words, column in zip(row, block.columns, strict=True):
                if column.unit is not Unit.WORDS:
                    assert flat(words) in text, (block.key, words)


@FORMS
def test_pdf_carries_its_letters_and_every_vietnamese_one_has_a_shape(report):
    reader = pypdf.PdfReader(io.BytesIO(draw(report, "pdf")))
    fonts = {
        font.get_object()["/BaseFont"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].get_object().values()
    }
    assert fonts - {"/Helvetica"}
    assert all("LiberationSerif" in name for name in fonts - {"/Helvetica"})
    assert "\ufffd" not in pdf_text(draw(report, "pdf"))


def test_every_letter_of_vietnamese_is_in_the_typefaces():
    draw(the_fees(), "pdf")
    letters = "".join(chr(code) for code in range(0x1EA0, 0x1EFA)) + "ĂăÂâĐđÊêÔôƠơƯưÀÁÃÈÉÌÍÒÓÕÙÚÝàáãèéìíòóõùúýĨĩŨũ–…“”₫"
    for name in ("LoaSerif", "LoaSerif-Bold", "LoaSerif-Italic"):
        glyphs = pdfmetrics.getFont(name).face.charToGlyph
        assert [letter for letter in letters if not glyphs.get(ord(letter))] == []


def test_a_day_of_a_thousand_airings_and_a_title_longer_than_a_page_still_print():
    report = the_log()
    table = report.blocks[1]
    long_row = tuple(
        "dài " * 3000 if column.key == "TieuDe" else cell
        for column, cell in zip(table.columns, table.rows[0], strict=True)
    )
    many = Table(table.key, table.title, table.columns, (long_row, *table.rows * 200), table.total)
    text = pdf_text(draw(replace(report, blocks=(many,)), "pdf"))
    assert text.count("dài") == 3000


def test_the_same_report_gives_the_same_bytes():
    for name in FORMATS:
        assert draw(the_certificate(), name) == draw(the_certificate(), name), name


# Honesty


@pytest.mark.parametrize("kind", ["html", "csv"])
def test_what_is_not_measured_is_said_to_be_so(kind):
    text = draw(the_airtime(), kind).decode()
    assert text.count(NOT_MEASURED) >= 3


def test_what_is_not_measured_is_null_for_a_machine_and_never_zero():
    assert json.loads(draw(the_airtime(), "json"))["SoLieu"]["CumLoa"]["SoCumHong"] is None


def all_text(report: Report, kind: str) -> str:
    made = draw(report, kind)
    text = {"pdf": lambda: pdf_text(made), "xlsx": lambda: cells_of(made)}.get(kind, made.decode)()
    return flat(text)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_the_air_monitor_heard_is_the_same_in_every_format(kind):
    text = all_text(the_log(), kind)
    for words in ("Có tiếng, -20,0", "Nghe được, -23,1", "Nghe được một phần, -31,5", "Không nghe thấy, -72,3"):
        assert text.count(flat(f"{words} dBFS")) == (2 if kind == "xlsx" else 1), words


@pytest.mark.parametrize("kind", FORMATS)
def test_a_logbook_without_a_mark_has_no_place_for_one(kind):
    bare = log_report(DAY, log_rows(), HEAD, MADE, one_officer=True)
    assert "Nghelại" not in all_text(bare, kind)
    assert "NgheLai" not in all_text(bare, kind)


@pytest.mark.parametrize("kind", ["csv", "html", "pdf", "xlsx"])
def test_without_an_air_monitor_what_it_would_have_heard_is_said_not_to_be_measured(kind):
    text, bare = all_text(the_airtime(), kind), all_text(the_airtime(air=AirFigures()), kind)
    assert bare.count(flat(NOT_MEASURED)) == text.count(flat(NOT_MEASURED)) + len(air_facts(AirFigures()))


def test_coefficient_and_amount_are_left_free_in_every_format():
    rows = json.loads(draw(the_fees(), "json"))["SoLieu"]["BanTin"]["DanhSach"]
    assert {(row["HeSo"], row["ThanhTien"]) for row in rows} == {(None, None)}
    assert all(line[-2:] == ["", ""] for line in html_rows(the_fees()) if line and line[0] == "Minh" and len(line) > 5)


def test_a_half_year_is_printed_by_month_and_counted_by_day():
    report = the_airtime(PeriodKind.HALF)
    printed = [block.key for block in report.printed]
    assert "TheoThang" in printed
    assert "TheoNgay" not in printed
    days = next(block for block in report.blocks if block.key == "TheoNgay")
    assert len(days.rows) == 184
    assert sum(row[3] for row in days.rows) == days.total[3]


def test_a_period_that_is_not_over_says_until_when_it_counts():
    report = the_airtime(until=date(2026, 12, 3))
    assert report.notes[0] == "Kỳ chưa kết thúc: số liệu tính đến hết ngày 03/12/2026."
    assert len(next(block for block in report.blocks if block.key == "TheoNgay").rows) == 3


def test_only_letters_have_a_number_and_somebody_they_are_for():
    for make, form in (
        (the_airtime, Form.AIRTIME),
        (the_certificate, Form.CERTIFICATE),
        (the_log, Form.LOG),
        (the_fees, Form.FEES),
    ):
        text = sheet(make())
        assert ("Kính gửi" in text) == ("Số: …………/BC-ĐTT" in text) == (form in {Form.AIRTIME, Form.CERTIFICATE})


def test_a_format_there_is_not_is_refused():
    with pytest.raises(NotFound):
        draw(the_fees(), "docx")
