"""A report as HTML: a sheet of paper for the page and the printer, and a file that stands alone.

`sheet` is drawn into the station's page, with classes only; `draw` puts the same sheet into a document with the
stylesheet inside, which opens without the station. Every word is escaped here.
"""

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from scheduler.core.report.chart import minutes_chart
from scheduler.core.report.report import FIGURES, LETTERS, Block, Column, Facts, Report, Table, Unit
from scheduler.core.report.report_words import letter_day, numbered

__all__ = ["draw", "sheet", "style"]


LONGEST_WORD = 24
"""Letters of a word that is never broken."""


@cache
def style() -> str:
    """The stylesheet of a sheet."""
    return (Path(__file__).parent / "paper.css").read_text(encoding="utf-8")


def draw(report: Report) -> bytes:
    title = escape(f"{report.title} {report.about}")
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>\n'
        f"<style>\n{style()}</style></head>\n"
        f'<body class="alone">{sheet(report)}</body></html>\n'
    ).encode()


def sheet(report: Report, level: int = 1) -> str:
    """The sheet with its title as a heading of `level` and its parts one below."""
    kind = " wide" if report.landscape else ""
    return "\n".join(
        [
            f'<article class="paper{kind}">',
            _head(report),
            f'<h{level} class="sheet-title">{escape(report.title)}</h{level}>',
            f'<p class="about">{escape(report.about)}</p>',
            *_addressed(report),
            *([f'<p class="warning">{escape(report.warning)}</p>'] if report.warning else []),
            *(f"<p>{escape(line)}</p>" for line in report.intro),
            *_chart_first(report),
            *(_block(numbered(at, block.title), block, level + 1) for at, block in enumerate(report.printed, 1)),
            _notes(report.notes),
            _signers(report),
            "</article>",
        ]
    )


def _head(report: Report) -> str:
    head = report.head
    authority = f'<p class="authority">{escape(head.authority.upper())}</p>' if head.authority else ""
    number = f'<p class="number">Số: …………/{escape(head.symbol)}</p>' if report.form in LETTERS else ""
    return (
        f'<header class="letterhead"><div>{authority}<p class="agency">{escape(head.agency.upper())}</p>{number}</div>'
        '<div><p class="state">CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p>'
        '<p class="motto">Độc lập - Tự do - Hạnh phúc</p>'
        f'<p class="place">{escape(letter_day(head.place, head.day))}</p></div></header>'
    )


def _addressed(report: Report) -> list[str]:
    if report.form not in LETTERS or not report.head.addressees:
        return []
    return [f'<p class="to">Kính gửi: {escape("; ".join(report.head.addressees))}.</p>']


def _chart_first(report: Report) -> list[str]:
    chart = report.chart
    if chart is None:
        return []
    svg = minutes_chart(chart.days, chart.minutes, chart.ordered, chart.issued)
    return [f'<figure class="minutes" tabindex="0">{svg}<figcaption>Số phút phát mỗi ngày</figcaption></figure>']


def _block(title: str, block: Block, level: int) -> str:
    head = f"<section><h{level}>{escape(title)}</h{level}>"
    body = _facts(block) if isinstance(block, Facts) else _table(block)
    return f"{head}\n{body}</section>"


def _facts(block: Facts) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(fact.words)}</th><td>{escape(fact.told)}</td></tr>' for fact in block.facts
    )
    return f'<table class="facts"><tbody>{rows}</tbody></table>'


def _table(block: Table) -> str:
    if not block.rows:
        return f"<p>{escape(block.nothing)}</p>"
    heads = "".join(f'<th scope="col">{escape(column.head)}</th>' for column in block.columns)
    told_rows, total = block.told
    rows = "\n".join(f"<tr>{_cells(block.columns, row)}</tr>" for row in told_rows)
    foot = f"<tfoot><tr>{_cells(block.columns, total)}</tr></tfoot>" if total else ""
    note = f'<p class="note">{escape(block.note)}</p>' if block.note else ""
    return (
        f'<div class="sheet-scroll" role="region" tabindex="0" aria-label="{escape(block.title)}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>{foot}</table></div>{note}"
    )


def _cells(columns: Sequence[Column], row: Sequence[str]) -> str:
    return "".join(
        f"<td{_kind(column.unit, words)}>{escape(words)}</td>" for column, words in zip(columns, row, strict=True)
    )


def _kind(unit: Unit, words: str) -> str:
    """A figure stands to the right in one piece; a word longer than any column (a hash) may break anywhere."""
    if unit in FIGURES:
        return ' class="fig"'
    return ' class="long"' if max(map(len, words.split()), default=0) > LONGEST_WORD else ""


def _notes(notes: tuple[str, ...]) -> str:
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f'<section class="notes"><p><b>Ghi chú</b></p><ul>{items}</ul></section>' if notes else ""


def _signers(report: Report) -> str:
    places = "".join(
        f"<div><p><b>{escape(words)}</b></p><p><i>(Ký, ghi rõ họ tên)</i></p></div>" for words in report.head.signers
    )
    return f'<footer class="signers">{places}</footer>'
