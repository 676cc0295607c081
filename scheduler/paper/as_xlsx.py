"""A report as a workbook: the sheet that is printed and signed, and a sheet for each table that paper has no room for.

Numbers are numbers, days are days; text is always written as text, so that nothing in it becomes a formula or a link.
The chart is the spreadsheet's own, over the very cells of the table beside it.
"""

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from scheduler.core.report.report import (
    NOT_MEASURED,
    Cell,
    Column,
    Facts,
    Form,
    Report,
    Table,
    Unit,
    figure,
)
from scheduler.core.report.report_words import letter_day, numbered

__all__ = ["draw"]

_FONT = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
_LOOKS: dict[Unit, str] = {
    Unit.COUNT: "#,##0",
    Unit.NUMBER: "0",
    Unit.MINUTES: "#,##0.00",
    Unit.SECONDS: "#,##0.0",
    Unit.SHARE: "0.0",
    Unit.MILLISECONDS: "0",
    Unit.LEVEL: "0.0",
    Unit.EPOCH: "0",
    Unit.DAY: "dd/mm/yyyy",
    Unit.CLOCK: "hh:mm:ss",
    Unit.INSTANT: "hh:mm:ss dd/mm/yyyy",
}
_WIDTH = 95
"""Characters across a portrait page; a landscape one has half as many again."""
_SHEET_NAME_CHARS = 31
PAPER = "Báo cáo"


def draw(report: Report) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    made = report.made_at.replace(tzinfo=None)
    book.set_properties({"title": f"{report.title} {report.about}", "author": report.head.agency, "created": made})
    _Paper(book, report).write()
    for block in report.blocks:
        if isinstance(block, Table) and block.rows and (not block.on_paper or block.paper() != block):
            _machine_sheet(book, block)
    book.close()
    return out.getvalue()


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **more: Any) -> Format:
        key = tuple(sorted(more.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(_FONT | more)
        return self._made[key]

    def of(self, unit: Unit, **more: Any) -> Format:
        return self(**({"num_format": _LOOKS[unit]} if unit in _LOOKS else {"text_wrap": True}), **more)


def _put(sheet: Worksheet, row: int, at: int, cell: Cell, look: Format, unit: Unit) -> None:
    """One cell: a number, a day, or text; text is never looked at for a meaning."""
    if cell is None or cell == "" or unit is Unit.BLANK:
        missing = cell is None and unit is not Unit.BLANK
        sheet.write_string(row, at, NOT_MEASURED, look) if missing else sheet.write_blank(row, at, None, look)
    elif isinstance(cell, datetime) and unit is not Unit.EPOCH:
        sheet.write_datetime(row, at, cell.replace(tzinfo=None, microsecond=0), look)
    elif isinstance(cell, date) and not isinstance(cell, datetime):
        sheet.write_datetime(row, at, datetime(cell.year, cell.month, cell.day), look)  # noqa: DTZ001 - a day has no zone
    else:
        value = figure(cell, unit)
        if isinstance(value, int | float):
            sheet.write_number(row, at, value, look)
        else:
            sheet.write_string(row, at, str(value), look)


def _machine_sheet(book: xlsxwriter.Workbook, block: Table) -> None:
    """A table with every column, under one line of heads, to be filtered and summed."""
    looks = _Looks(book)
    sheet = book.add_worksheet(block.key[:_SHEET_NAME_CHARS])
    for at, column in enumerate(block.columns):
        sheet.write_string(0, at, column.head, looks(bold=True, bottom=1, text_wrap=True))
        sheet.set_column(at, at, 12 * max(1.0, column.share))
    for line, row in enumerate(block.rows, 1):
        for at, (column, cell) in enumerate(zip(block.columns, row, strict=True)):
            _put(sheet, line, at, cell, looks.of(column.unit), column.unit)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(block.rows), len(block.columns) - 1)


class _Paper:
    """The sheet that is printed: head, parts one below the other on a grid of `_GRID` columns, signatures."""

    _GRID = 12

    def __init__(self, book: xlsxwriter.Workbook, report: Report) -> None:
        self._book = book
        self._report = report
        self._looks = _Looks(book)
        self._sheet = book.add_worksheet(PAPER)
        self._row = 0

    def write(self) -> None:
        report, sheet = self._report, self._sheet
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.98, right=0.59, top=0.79, bottom=0.79)  # 25, 15, 20, 20 mm
        sheet.fit_to_pages(1, 0)
        if report.landscape:
            sheet.set_landscape()
        sheet.hide_gridlines(2)
        wide = _WIDTH * (1.5 if report.landscape else 1)
        sheet.set_column(0, self._GRID - 1, wide / self._GRID)
        self._head()
        for at, block in enumerate(report.printed, 1):
            self._row += 1
            self._line(numbered(at, block.title), bold=True)
            if isinstance(block, Facts):
                self._facts(block)
            elif block.rows:
                self._table(block)
            else:
                self._line(block.nothing)
        self._foot()

    def _line(self, words: str, **look: Any) -> None:
        self._across(0, self._GRID, words, **look)
        self._row += 1

    def _across(self, first: int, width: int, words: str, **look: Any) -> None:
        self._span(first, width, words, self._looks(text_wrap=True, **look), Unit.WORDS)

    def _span(self, first: int, width: int, cell: Cell, look: Format, unit: Unit) -> None:
        if width > 1:
            self._sheet.merge_range(self._row, first, self._row, first + width - 1, "", look)
        _put(self._sheet, self._row, first, cell, look, unit)

    def _head(self) -> None:
        report, head, left = self._report, self._report.head, 5
        is_letter = report.form in {Form.AIRTIME, Form.CERTIFICATE}
        pairs = [
            (head.authority.upper() or head.agency.upper(), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True),
            (head.agency.upper() if head.authority else "", "Độc lập - Tự do - Hạnh phúc", True),
            (f"Số: …………/{head.symbol}" if is_letter else "", letter_day(head.place, head.day), False),
        ]
        for ours, state, bold in pairs:
            self._across(0, left, ours, bold=bold, align="center")
            self._across(left, self._GRID - left, state, bold=bold, italic=not bold, align="center")
            self._row += 1
        self._row += 1
        self._line(report.title, bold=True, align="center", font_size=14)
        self._line(report.about, bold=True, align="center")
        if is_letter and head.addressees:
            self._line(f"Kính gửi: {'; '.join(head.addressees)}.", align="center")
        if report.warning:
            self._line(report.warning, bold=True, align="center", font_size=18)
            self._sheet.set_row(self._row - 1, 48)
        for words in report.intro:
            self._line(words)

    def _facts(self, block: Facts) -> None:
        for fact in block.facts:
            self._across(0, 5, fact.words, border=1)
            look = self._looks.of(fact.unit, border=1, align="left")
            self._span(5, 3, fact.cell, look, fact.unit)
            self._across(8, 1, _UNITS.get(fact.unit, ""))
            self._row += 1

    def _table(self, block: Table) -> None:
        widths = _grid(block.columns, self._GRID)
        for (first, width), column in zip(widths, block.columns, strict=True):
            self._across(first, width, column.head, bold=True, border=1, align="center", valign="vcenter")
        self._row += 1
        top = self._row
        for row in block.rows:
            self._cells(block.columns, widths, row, border=1)
        if self._report.chart and block.key == "TheoNgay":
            self._chart(block, widths, top)
        if block.total:
            self._cells(block.columns, widths, block.total, border=1, bold=True)
        if block.note:
            self._line(block.note, italic=True)

    def _cells(
        self, columns: tuple[Column, ...], widths: list[tuple[int, int]], row: tuple[Cell, ...], **look: Any
    ) -> None:
        for (first, width), column, cell in zip(widths, columns, row, strict=True):
            self._span(first, width, cell, self._looks.of(column.unit, **look), column.unit)
        self._row += 1

    def _chart(self, block: Table, widths: list[tuple[int, int]], top: int) -> None:
        """Minutes a day as the spreadsheet draws them, beside the printed grid."""
        at = {column.key: widths[place][0] for place, column in enumerate(block.columns)}
        minutes = at.get("SoPhut", at.get("PhutDaPhat", 0))
        last = top + len(block.rows) - 1
        bars = self._book.add_chart({"type": "column"})
        bars.add_series(
            {
                "name": "Số phút phát mỗi ngày",
                "categories": [PAPER, top, 0, last, 0],
                "values": [PAPER, top, minutes, last, minutes],
            }
        )
        bars.set_legend({"position": "bottom"})
        self._sheet.insert_chart(top, self._GRID + 1, bars)

    def _foot(self) -> None:
        self._row += 1
        for note in self._report.notes:
            self._line(f"- {note}", italic=True, font_size=10)
        self._row += 1
        signers = self._report.head.signers
        width = self._GRID // max(1, len(signers))
        for at, words in enumerate(signers):
            self._across(at * width, width, words, bold=True, align="center")
        self._row += 1
        for at in range(len(signers)):
            self._across(at * width, width, "(Ký, ghi rõ họ tên)", italic=True, align="center")


_UNITS = {Unit.MINUTES: "phút", Unit.SECONDS: "giây", Unit.SHARE: "%"}


def _grid(columns: tuple[Column, ...], width: int) -> list[tuple[int, int]]:
    """First grid column and width of each column of a table: at least one each, all of the grid where it is enough.

    A table of more columns than the grid has goes beyond it, one each.
    """
    spare = width - len(columns)
    if spare <= 0:
        return [(at, 1) for at in range(len(columns))]
    whole = sum(column.share for column in columns)
    wanted = [column.share / whole * width for column in columns]
    given = [max(1, int(one)) for one in wanted]
    while sum(given) > width:
        given[given.index(max(given))] -= 1
    while sum(given) < width:
        given[max(range(len(given)), key=lambda at: wanted[at] - given[at])] += 1
    return [(sum(given[:at]), one) for at, one in enumerate(given)]
