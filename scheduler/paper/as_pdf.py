"""A report as PDF: A4 as Nghị định 30/2020 lays a letter out, in a typeface that is in the file.

Margins 25, 15, 20, 20 mm; page numbers in the middle of the upper margin from the second page on; table heads come
again on every page. Text goes in as text: no markup in it is ever read. The same report gives the same bytes.
"""

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.graphics.shapes import Line as DrawnLine
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)

from scheduler.core.report import chart as minutes
from scheduler.core.report.report import FIGURES, LETTERS, Block, Column, Facts, MinutesADay, Report, Table, Unit
from scheduler.core.report.report_words import letter_day, numbered

__all__ = ["draw"]

FONT, BOLD, ITALIC = "LoaSerif", "LoaSerif-Bold", "LoaSerif-Italic"
_SIZE, _SMALL = 13.0, 10.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 25 * mm, 15 * mm, 20 * mm, 20 * mm
_PAD = 3.0
_TALL = 200.0
"""Points of a row that is broken inside if it has to be; lower ones go to the next page whole."""

_UNBROKEN = FIGURES | {Unit.DAY, Unit.CLOCK}


@cache
def _fonts() -> None:
    folder = Path(__file__).parent / "fonts"
    for name, file in ((FONT, "Regular"), (BOLD, "Bold"), (ITALIC, "Italic")):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"LiberationSerif-{file}.ttf")))


def draw(report: Report) -> bytes:
    _fonts()
    size = landscape(A4) if report.landscape else A4
    width = size[0] - _LEFT - _RIGHT
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=size,
        title=f"{report.title} {report.about}",
        author=report.head.agency,
        lang="vi",
        invariant=1,
    )
    frame = Frame(_LEFT, _BOTTOM, width, size[1] - _TOP - _BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=_page_number))
    document.build(_story(report, width))
    return out.getvalue()


def _page_number(canvas: Canvas, document: BaseDocTemplate) -> None:
    if document.page > 1:
        canvas.setFont(FONT, _SIZE)
        canvas.drawCentredString(document.pagesize[0] / 2, document.pagesize[1] - 12 * mm, str(document.page))


def _story(report: Report, width: float) -> list[Flowable]:
    story: list[Flowable] = [_head(report, width), Spacer(0, 6 * mm)]
    story += [_words(report.title, BOLD, 14, center=True), _words(report.about, BOLD, center=True), Spacer(0, 3 * mm)]
    if report.form in LETTERS and report.head.addressees:
        story += [_words(f"Kính gửi: {'; '.join(report.head.addressees)}.", center=True), Spacer(0, 2 * mm)]
    if report.warning:
        story += [_words(report.warning, BOLD, 18, center=True), Spacer(0, 3 * mm)]
    story += [_words(words) for words in report.intro]
    if report.chart:
        story.append(
            KeepTogether([_chart(report.chart, width), _words("Số phút phát mỗi ngày", ITALIC, 11, center=True)])
        )
    for at, block in enumerate(report.printed, 1):
        story += [*_part(numbered(at, block.title), block, width)]
    story.append(Spacer(0, 3 * mm))
    story += [_words(f"- {note}", ITALIC, 11) for note in report.notes]
    story.append(_signers(report, width))
    return story


def _words(words: str, font: str = FONT, size: float = _SIZE, *, center: bool = False, line: bool = False) -> Paragraph:
    look: dict[str, Any] = {"alignment": TA_CENTER} if center else {}
    style = ParagraphStyle(f"{font}-{size}-{center}", fontName=font, fontSize=size, leading=size * 1.25, **look)
    return Paragraph(f"<u>{escape(words)}</u>" if line else escape(words), style)


def _head(report: Report, width: float) -> LongTable:
    head = report.head
    ours = [_words(head.authority.upper(), center=True, size=12)] if head.authority else []
    ours.append(_words(head.agency.upper(), BOLD, 12, center=True, line=True))
    if report.form in LETTERS:
        ours.append(_words(f"Số: …………/{head.symbol}", center=True))
    state = [
        _words("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", BOLD, 12, center=True),
        _words("Độc lập - Tự do - Hạnh phúc", BOLD, center=True, line=True),
        _words(letter_day(head.place, head.day), ITALIC, center=True),
    ]
    table = LongTable([[ours, state]], colWidths=[width * 0.42, width * 0.58])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _part(title: str, block: Block, width: float) -> list[Flowable]:
    heading = _words(title, BOLD)
    heading.keepWithNext, heading.spaceAfter = True, 1 * mm
    if isinstance(block, Facts):
        rows = [[_fitted(fact.words, width * 0.5), _fitted(fact.told, width * 0.5)] for fact in block.facts]
        body: Flowable = _grid(rows, [width * 0.5, width * 0.5], [])
    elif block.rows:
        body = _table(block, width)
    else:
        body = _words(block.nothing)
    note = [_words(block.note, ITALIC, 11)] if isinstance(block, Table) and block.note else []
    return [Spacer(0, 3 * mm), heading, body, *note]


def _table(block: Table, width: float) -> LongTable:
    told_rows, total = block.told
    widths = _widths(block.columns, [*told_rows, total] if total else told_rows, width)
    rows = [
        [_fitted(column.head, wide, BOLD) for column, wide in zip(block.columns, widths, strict=True)],
        *([_fitted(cell, wide) for cell, wide in zip(row, widths, strict=True)] for row in told_rows),
    ]
    more: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, 0), BOLD, _SMALL),
        ("ALIGN", (0, 0), (-1, 0), "CENTER"),
        ("VALIGN", (0, 0), (-1, 0), "MIDDLE"),
        *(("ALIGN", (at, 1), (at, -1), "RIGHT") for at, one in enumerate(block.columns) if one.unit in FIGURES),
    ]
    if total:
        rows.append([_fitted(cell, wide, BOLD) for cell, wide in zip(total, widths, strict=True)])
        more += [("FONT", (0, -1), (-1, -1), BOLD, _SMALL), ("NOSPLIT", (0, -2), (-1, -1))]  # no total by itself
    return _grid(rows, widths, more, heads=1)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: float) -> list[float]:
    """Columns by their shares, but none so narrow that a figure would break; words give what figures need."""
    whole = sum(column.share for column in columns)
    widths = [width * column.share / whole for column in columns]
    figures = {at for at, column in enumerate(columns) if column.unit in _UNBROKEN}
    for at in figures:
        longest = max((row[at] for row in rows), key=len, default="")
        widths[at] = max(widths[at], pdfmetrics.stringWidth(longest, BOLD, _SMALL) + 2 * _PAD + 2)
    words = sum(wide for at, wide in enumerate(widths) if at not in figures)
    left = width - sum(widths[at] for at in figures)
    if not words or left < words / 4:  # no room to give: figures break rather than words vanish
        return [width * column.share / whole for column in columns]
    return [wide if at in figures else wide * left / words for at, wide in enumerate(widths)]


def _grid(rows: list[list[str]], widths: list[float], more: list[tuple[Any, ...]], heads: int = 0) -> LongTable:
    tallest = max(cell.count("\n") + 1 for row in rows for cell in row) * _SMALL * 1.2
    if is_tall := tallest > _TALL:  # rows that no page may hold go on across pages, then nothing can be kept together
        more = [one for one in more if one[0] != "NOSPLIT"]
    table = LongTable(rows, colWidths=widths, repeatRows=heads, splitInRow=int(is_tall))
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), FONT, _SMALL),
                ("LEADING", (0, 0), (-1, -1), _SMALL * 1.2),
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), _PAD),
                ("RIGHTPADDING", (0, 0), (-1, -1), _PAD),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
                *more,
            ]
        )
    )
    return table


def _fitted(text: str, width: float, font: str = FONT) -> str:
    """The text in lines that fit a cell; a word longer than the cell (a hash) is broken where it must be."""
    room = width - 2 * _PAD - 0.5
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if pdfmetrics.stringWidth(longer, font, _SMALL) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _broken(word, font, room)
        lines += whole
    return "\n".join([*lines, line] if line else lines)


def _broken(word: str, font: str, room: float) -> list[str]:
    """In pieces that fit; behind a stroke or a hyphen where there is one (642/UBND-VHTT)."""
    pieces, piece = [], ""
    for letter in word:
        if piece and pdfmetrics.stringWidth(piece + letter, font, _SMALL) > room:
            cut = max(piece.rfind(mark) for mark in "/-") + 1 or len(piece)
            pieces.append(piece[:cut])
            piece = piece[cut:]
        piece += letter
    return [*pieces, piece]


def _signers(report: Report, width: float) -> KeepTogether:
    signers = report.head.signers
    cells = [
        [_words(words, BOLD, 12, center=True), _words("(Ký, ghi rõ họ tên)", ITALIC, 11, center=True)]
        for words in signers
    ]
    table = LongTable([cells], colWidths=[width / max(1, len(signers))] * len(signers))
    return KeepTogether([Spacer(0, 8 * mm), table, Spacer(0, 25 * mm)])


def _chart(shown: MinutesADay, width: float) -> Drawing:
    """The same drawing as on the page; here y grows upwards."""
    chart = minutes.chart_of(shown.days, shown.minutes, shown.ordered, shown.issued)
    scale = min(1.0, width / minutes.WIDTH)
    drawing = Drawing(minutes.WIDTH * scale, minutes.HEIGHT * scale)
    drawing.scale(scale, scale)
    drawing.hAlign = "CENTER"

    def text(x: float, y: float, words: str, anchor: str = "start") -> None:
        drawing.add(String(x, minutes.HEIGHT - y, words, fontName=FONT, fontSize=13, textAnchor=anchor))

    def line(one: minutes.Line, **look: Any) -> None:
        drawing.add(DrawnLine(one.x1, minutes.HEIGHT - one.y1, one.x2, minutes.HEIGHT - one.y2, **look))

    text(4, 14, "phút")
    for one in chart.grid:
        line(one, strokeColor=colors.HexColor(0xC9CED6), strokeWidth=0.7)
        text(minutes.LEFT - 8, one.y1 + 4, one.words, "end")
    for bar in chart.bars:
        fill = colors.HexColor(0x8A94A3 if bar.before else 0x1F5FA8)
        below = minutes.HEIGHT - bar.y - bar.height
        drawing.add(Rect(bar.x, below, bar.width, bar.height, fillColor=fill, strokeColor=None))
    for one in chart.ordered:
        line(one, strokeColor=colors.HexColor(0xB3261E), strokeWidth=2)
    if chart.issued:
        line(chart.issued, strokeColor=colors.black, strokeDashArray=[4, 3])
        late = chart.issued.x1 > minutes.WIDTH * 0.8
        text(
            chart.issued.x1 + (-5 if late else 5), chart.issued.y1 + 10, chart.issued.words, "end" if late else "start"
        )
    for x, words in chart.days:
        text(x, minutes.HEIGHT - 10, words, "middle")
    return drawing
