"""A report as one value: heading, figures, tables, chart, signatures. Every format is drawn from it alone.

Cells are raw (milliseconds, counts, instants); `figure` gives the one number of a cell that all formats show,
`cell_text` the same number as an office writes it. What was not measured is None and is told as such, never as zero.
This module knows no journal and no file; what the words are is `report_words`'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

__all__ = [
    "FIGURES",
    "LETTERS",
    "NOT_MEASURED",
    "Block",
    "Cell",
    "Column",
    "Fact",
    "Facts",
    "Form",
    "Head",
    "MinutesADay",
    "Report",
    "Table",
    "Unit",
    "cell_text",
    "figure",
]

NOT_MEASURED = "không đo"
Cell = str | int | float | date | datetime | None
"""Raw, by the unit beside it; None = not measured, empty text = there is none (an airing that never began)."""


class Form(StrEnum):
    LOG = "log"
    """Sổ nhật ký phát sóng of a day."""
    AIRTIME = "airtime"
    """Báo cáo thời lượng of a period."""
    CERTIFICATE = "certificate"
    """Giấy xác nhận đã phát of a dispatch."""
    FEES = "fees"
    """Bảng kê nhuận bút of a period."""


class Unit(StrEnum):
    """What a raw cell is, and so how it is shown."""

    WORDS = "words"
    COUNT = "count"
    NUMBER = "number"
    """A number that names something (a row, a bulletin): never grouped, never summed."""
    MINUTES = "minutes"
    """Raw in milliseconds; shown as minutes with two decimals."""
    SECONDS = "seconds"
    """Raw in milliseconds; shown as seconds with one decimal."""
    LENGTH = "length"
    """Raw in milliseconds; shown as HH:MM:SS, the wire's `ThoiLuong`."""
    MILLISECONDS = "milliseconds"
    LEVEL = "level"
    """Raw in dBFS; shown with one decimal."""
    SHARE = "share"
    """Raw from 0 to 1; shown in per cent with one decimal."""
    DAY = "day"
    CLOCK = "clock"
    """An instant, already in the station's zone; shown as HH:MM:SS."""
    INSTANT = "instant"
    """The same with its day."""
    EPOCH = "epoch"
    """An instant; shown as whole seconds since 1970 (UTC), as the provincial system counts."""
    BLANK = "blank"
    """Left free for a pen; never has a value."""


LETTERS = frozenset({Form.AIRTIME, Form.CERTIFICATE})
"""Forms that go to somebody, and so have a number and a "Kính gửi"."""
FIGURES = frozenset(Unit) - {Unit.WORDS, Unit.DAY, Unit.CLOCK, Unit.INSTANT, Unit.EPOCH, Unit.BLANK}
"""What stands to the right in its column."""


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    """In JSON: a key of the provincial system where it has one, else in the same manner."""
    head: str
    unit: Unit = Unit.WORDS
    share: float = 1.0
    """Share of the paper's width, against the other columns."""
    on_paper: bool = True
    """False: only in the formats for machines, which have room."""


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    """As long as a row, its words in the first cell."""
    note: str = ""
    on_paper: bool = True
    nothing: str = "Không có."
    """Said in place of a table without rows."""

    def __post_init__(self) -> None:
        lengths = {len(row) for row in (*self.rows, *([self.total] if self.total else []))}
        if lengths - {len(self.columns)}:
            raise ValueError(f"{self.key}: rows of {lengths} cells under {len(self.columns)} heads")

    @property
    def told(self) -> tuple[list[list[str]], list[str]]:
        """Rows and total as an office writes them. Nothing is a dash in a row and free in the total; no total is []."""
        rows = [[cell_text(cell, one.unit) for cell, one in zip(row, self.columns, strict=True)] for row in self.rows]
        total = zip(self.total or (), self.columns, strict=False)
        return rows, ["" if cell == "" else cell_text(cell, one.unit) for cell, one in total]

    def paper(self) -> "Table":
        """The same with only the columns that are printed."""
        kept = [at for at, column in enumerate(self.columns) if column.on_paper]

        def of(row: Sequence[Cell]) -> tuple[Cell, ...]:
            return tuple(row[at] for at in kept)

        total = of(self.total) if self.total else None
        columns = tuple(self.columns[at] for at in kept)
        rows = tuple(of(row) for row in self.rows)
        return Table(self.key, self.title, columns, rows, total, self.note, self.on_paper, self.nothing)


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with its name."""

    key: str
    words: str
    cell: Cell
    unit: Unit = Unit.WORDS

    @property
    def told(self) -> str:
        """The value with its unit: "12,50 phút"."""
        after = _AFTER.get(self.unit, "") if self.cell not in (None, "") else ""
        return cell_text(self.cell, self.unit) + after


@dataclass(frozen=True, slots=True)
class Facts:
    key: str
    title: str
    facts: tuple[Fact, ...]


Block = Facts | Table


@dataclass(frozen=True, slots=True)
class MinutesADay:
    """What `core.report.chart` draws: minutes aired each day, minutes ordered, first day of the order."""

    days: tuple[date, ...]
    minutes: tuple[float, ...]
    ordered: tuple[float | None, ...]
    issued: date | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above and below by Nghị định 30/2020: who writes, from where, to whom, who signs."""

    authority: str
    """Cơ quan chủ quản, the line above; may be empty."""
    agency: str
    symbol: str
    """Behind "Số: …/"."""
    place: str
    day: date
    addressees: tuple[str, ...]
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    form: Form
    head: Head
    title: str
    """BÁO CÁO THỜI LƯỢNG PHÁT SÓNG"""
    about: str
    """tháng 12 năm 2026"""
    code: str
    """Of the period or the dispatch; part of the file's name."""
    first: date
    last: date
    made_at: datetime
    """In the station's zone."""
    blocks: tuple[Block, ...]
    intro: tuple[str, ...] = ()
    """Sentences before the first part."""
    chart: MinutesADay | None = None
    notes: tuple[str, ...] = ()
    landscape: bool = False
    warning: str = ""
    """Said in large type above everything: that no loudspeaker sounded."""

    @property
    def printed(self) -> tuple[Block, ...]:
        """The blocks as they go on paper."""
        return tuple(
            block.paper() if isinstance(block, Table) else block
            for block in self.blocks
            if not isinstance(block, Table) or block.on_paper
        )

    @property
    def file_name(self) -> str:
        """Without its ending."""
        safe = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in self.code)
        return f"{_FILES[self.form]}-{'-'.join(part for part in safe.split('-') if part)}"


_FILES = {
    Form.LOG: "so-nhat-ky",
    Form.AIRTIME: "bao-cao-thoi-luong",
    Form.CERTIFICATE: "giay-xac-nhan",
    Form.FEES: "nhuan-but",
}
_AFTER = {Unit.MINUTES: " phút", Unit.SECONDS: " giây", Unit.SHARE: " %", Unit.MILLISECONDS: " ms"}
_DECIMALS = {Unit.MINUTES: 2, Unit.SECONDS: 1, Unit.SHARE: 1, Unit.LEVEL: 1}
_SCALE = {Unit.MINUTES: 60_000, Unit.SECONDS: 1_000, Unit.SHARE: 0.01}


def figure(cell: Cell, unit: Unit) -> str | int | float | None:
    """The value that every format shows; None for what was not measured and for a cell left to a pen."""
    if cell is None or unit is Unit.BLANK:
        return None
    if isinstance(cell, datetime):
        return _instant(cell, unit)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return cell
    if unit is Unit.LENGTH:
        whole = round(cell / 1000)
        return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return round(cell / _SCALE.get(unit, 1), _DECIMALS[unit]) if unit in _DECIMALS else cell


def cell_text(cell: Cell, unit: Unit) -> str:
    """The same value as an office writes it: dd/mm/yyyy, a comma for decimals, dots for thousands."""
    if unit is Unit.BLANK or cell is None:
        return "" if unit is Unit.BLANK else NOT_MEASURED
    if isinstance(cell, date) and unit in {Unit.DAY, Unit.INSTANT}:
        return f"{cell:%d/%m/%Y}" if unit is Unit.DAY else f"{cell:%H:%M:%S %d/%m/%Y}"
    value = figure(cell, unit)
    if isinstance(value, int | float) and unit not in {Unit.EPOCH, Unit.NUMBER}:
        return f"{value:,.{_DECIMALS.get(unit, 0)}f}".translate(_VIETNAMESE)
    return str(value) if value != "" else "–"


_VIETNAMESE = str.maketrans({",": ".", ".": ","})


def _instant(at: datetime, unit: Unit) -> str | int:
    if unit is Unit.EPOCH:
        return int(at.timestamp())
    return f"{at:%H:%M:%S}" if unit is Unit.CLOCK else at.isoformat(timespec="seconds")
