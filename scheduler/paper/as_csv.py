"""A report as CSV: its blocks one below the other, each under its title, with the columns of the machine formats.

UTF-8 with a byte order mark, so that a spreadsheet reads Vietnamese; numbers with a decimal point; no cell can be taken
for a formula. What was not measured says so, as on paper.
"""

import csv
import io

from scheduler.core.report.report import NOT_MEASURED, Cell, Fact, Report, Table, Unit, cell_text, figure
from scheduler.core.spreadsheet import safe_cell

__all__ = ["draw"]


def draw(report: Report) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)

    def write(*cells: object) -> None:
        writer.writerow([safe_cell(cell) for cell in cells])

    write(report.title, report.about)
    write("Đơn vị", report.head.agency)
    write("Lập lúc", cell_text(report.made_at, Unit.INSTANT))
    if report.warning:
        write(report.warning)
    for block in report.blocks:
        writer.writerow([])
        write(block.title)
        if isinstance(block, Table):
            write(*(column.head for column in block.columns))
            for row in (*block.rows, *([block.total] if block.total else [])):
                write(*(_cell(cell, column.unit) for cell, column in zip(row, block.columns, strict=True)))
        else:
            for fact in block.facts:
                write(_named(fact), _cell(fact.cell, fact.unit))
    if report.notes:
        writer.writerow([])
    for note in report.notes:
        write(note)
    return ("\ufeff" + out.getvalue()).encode()


_NAMED = {Unit.MINUTES: " (phút)", Unit.SECONDS: " (giây)", Unit.SHARE: " (%)"}


def _named(fact: Fact) -> str:
    return fact.words + _NAMED.get(fact.unit, "")


def _cell(cell: Cell, unit: Unit) -> object:
    if unit is Unit.BLANK:
        return ""
    if cell is None:
        return NOT_MEASURED
    return cell_text(cell, unit) if unit in {Unit.DAY, Unit.INSTANT, Unit.CLOCK} and cell != "" else figure(cell, unit)
