"""Tables of hours: which cell is of which column, and the orders that their rows give.

A table comes as text, a cell a line (Word) or a row a line (PDF); its columns are known by their heads alone. It is
read only when every cell is what its column holds and the grammar of terms accounts for each word of it; else somebody
is asked, never nothing. What is aired on which day (a column of contents) is told, since no order holds it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from scheduler.core.dispatch.said import Said
from scheduler.core.dispatch.terms import Term, terms_in
from scheduler.core.dispatch.vocabulary import DANGER
from scheduler.core.dispatch.when import hour_in

__all__ = ["Timetable", "read_timetable"]

_PHAT = r"(?: phát(?: thanh| sóng)?)?"
_HEADS = tuple(
    (column, re.compile(rf"(?:{pattern})(?=\s|$)"))
    for column, pattern in (
        ("index", r"stt|tt|số tt|số thứ tự"),
        ("days", rf"(?:thứ\s*[,/]\s*ngày|ngày\s*[,/]\s*thứ|thứ|ngày trong tuần|các ngày{_PHAT}|ngày{_PHAT})"),
        ("sáng", r"(?:buổi )?sáng"),
        ("trưa", r"(?:buổi )?trưa"),
        ("chiều", r"(?:buổi )?chiều"),
        ("tối", r"(?:buổi )?tối"),
        ("part", rf"buổi{_PHAT}"),
        ("hours", rf"(?:khung )?giờ{_PHAT}|thời (?:gian|điểm){_PHAT}"),
        ("count", rf"số (?:lần|lượt|buổi){_PHAT}(?:\s*/\s*ngày| mỗi ngày| trong ngày)?"),
        ("minutes", rf"thời lượng{_PHAT}(?:\s*\(phút\))?|số phút"),
        (
            "content",
            rf"nội dung(?: tuyên truyền)?{_PHAT}|chủ đề|chuyên mục|bản tin|(?:tên )?bài(?: viết)?|chương trình|tiêu đề",
        ),
    )
)
_TIMES_OF_AIRING = re.compile(
    r"(?:lịch|giờ|thời gian) phát(?: (?:thanh|sóng|thông báo|bản tin|bài|tin(?! nhắn)|nội dung)\b|\s*:)[^;.]*:$"
)
_PARTS = ("sáng", "trưa", "chiều", "tối")
_TITLE = re.compile(r"(?:lịch|bảng|biểu|thời gian|khung giờ)\b[^\d]*", re.IGNORECASE)
_KINDS = {
    "days": frozenset({"weekdays", "days", "period", "daily"}),
    "hours": frozenset({"hour", "window"}),
    "count": frozenset({"times", "count"}),
    "minutes": frozenset({"minutes", "session", "once"}),
}
_BESIDE = frozenset({",", ";", "và", "(", ")", "-", "."})
_FREE = frozenset({"word", "mark", "topic", "phrase", "other", "genre", "season", "event"})
"""Kinds of terms that a cell of contents may hold."""
_NUMBERED = re.compile(r"\W*(?:bài|phần|kỳ|tin|số) (?:số )?\d{1,2}\s*[:.-]")
_NUMBER = re.compile(r"\d{1,2}")
_FEWEST = 2
"""Columns, and rows with their head."""
_ALONE = {
    "index": re.compile(r"\d{1,2}\.?(?=\s)"),
    "part": re.compile(r"(?:buổi )?(?:sáng|trưa|chiều|tối)(?=\s)"),
    "count": re.compile(r"\d{1,2}(?=\s+\d|\s*$)"),
    "minutes": re.compile(r"\d{1,2}(?=\s+\d|\s*$)"),
}
_VALUES = {"count": "per_day", "minutes": "session_minutes"}
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Timetable:
    """The orders of a table, and what of it counts nothing (numbers of rows)."""

    orders: tuple[Said, ...]
    aside: tuple[Cell, ...]
    contents: frozenset[str]
    """What is aired, where a column says it: more than one, and no order says which on which day."""


@dataclass(slots=True)
class _Table:
    text: str
    issued: date | None
    columns: tuple[str, ...]
    aside: list[Cell] = field(default_factory=list)
    contents: set[str] = field(default_factory=set)

    def terms(self, cell: Cell) -> list[Term]:
        return [one for one in terms_in(self.text[slice(*cell)], self.issued) if one.text not in _BESIDE]


class _NotUnderstood(Exception):  # noqa: N818 - no error: the table is asked about
    """A cell is not what its column holds."""


def read_timetable(text: str, cells: Sequence[Cell], issued: date | None, above: str = "") -> Timetable | None:
    """The orders of a table of which `cells` are the lines; None where any cell is not understood.

    `above`: the line before it. Lines of days and hours without heads are read where it says that they are of airing.
    """
    try:
        if _leads_to_airings(above.lower(), issued):
            return Timetable(tuple(_bare_rows(_Table(text, issued, ("days", "hours")), cells)), (), frozenset())
        table, rows = _laid_out(text, cells, issued)
        said = [_row(table, row) for row in rows]
        orders = tuple(_merged(said))
    except _NotUnderstood:
        return None
    return Timetable(orders, tuple(table.aside), frozenset(table.contents))


def _leads_to_airings(above: str, issued: date | None) -> bool:
    """Whether the line before says that what follows are hours of airing, and nothing that may change them."""
    if not _TIMES_OF_AIRING.match(above):
        return False
    return all(
        one.kind in _FREE | {"verb", "on_air", "period"} and one.text not in DANGER for one in terms_in(above, issued)
    )


def _bare_rows(table: _Table, cells: Sequence[Cell]) -> Iterator[Said]:
    """A row a line, "Ngày 05/3/2026: 6h00 và 17h00": its day, a colon, its hours."""
    seen: set[str] = set()
    for start, end in cells:
        colon = re.search(r":(?!\d)", table.text[start:end])
        if not colon:
            raise _NotUnderstood
        said, at = Said(start, end), start + colon.start()
        _days(table, (start, at), said)
        _hours(table, (at + 1, end), said, "")
        if len(said.dates) != 1 or not seen.isdisjoint(said.dates) or not (said.at or said.windows):
            raise _NotUnderstood
        seen.update(said.dates)
        yield said


def _laid_out(text: str, cells: Sequence[Cell], issued: date | None) -> tuple[_Table, list[list[Cell]]]:
    """The table with its columns, and its rows of one cell a column."""
    heads = [_heads_in(text[slice(*cell)].lower().strip()) for cell in cells]
    first = next((n for n, found in enumerate(heads) if found), None)
    if first is None or any(not _TITLE.fullmatch(text[slice(*cell)].strip()) for cell in cells[:first]):
        raise _NotUnderstood
    if len(heads[first]) >= _FEWEST:
        table = _Table(text, issued, heads[first])
        return table, [_parted(table, cell) for cell in cells[first + 1 :]]
    columns = tuple(_columns(heads[first:]))
    table = _Table(text, issued, columns)
    width, rest = len(columns), cells[first + len(columns) :]
    if width < _FEWEST or not rest or len(rest) % width:
        raise _NotUnderstood
    return table, [list(rest[at : at + width]) for at in range(0, len(rest), width)]


def _columns(heads: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The heads that stand one a line; "Sáng" below "Buổi" is the first cell already."""
    seen: list[str] = []
    for found in heads:
        if len(found) != 1 or found[0] in seen or (found[0] in _PARTS and "part" in seen):
            return
        seen.append(found[0])
        yield found[0]


def _heads_in(cell: str) -> tuple[str, ...]:
    """The columns that a line names, each once; () where it says anything else."""
    found: list[str] = []
    while cell:
        matches = [(match.end(), column) for column, head in _HEADS if (match := head.match(cell))]
        if not matches:
            return ()
        end, column = max(matches)
        found.append(column)
        cell = cell[end:].strip()
    return tuple(found) if len(set(found)) == len(found) else ()


def _parted(table: _Table, line: Cell) -> list[Cell]:
    """The cells of a row that is one line: what each column holds stands side by side."""
    at, end = line
    made: list[Cell] = []
    for column in table.columns:
        at += len(table.text[at:end]) - len(table.text[at:end].lstrip())
        until = at + _length_of(table, column, at, end)
        if until == at:
            raise _NotUnderstood
        made.append((at, until))
        at = until
    if table.text[at:end].strip():
        raise _NotUnderstood
    return made


def _length_of(table: _Table, column: str, at: int, end: int) -> int:
    """How many letters from `at` on are of a column; 0 = none."""
    rest = table.text[at:end].lower()
    if (alone := _ALONE.get(column)) and (match := alone.match(rest)):
        return match.end()
    kinds = _KINDS.get("hours" if column in _PARTS else column, frozenset())
    length = 0
    for term in terms_in(table.text[at:end], table.issued):
        if term.kind not in kinds and not (length and term.text in _BESIDE):
            break
        length = term.end
    return length


def _row(table: _Table, row: Sequence[Cell]) -> Said:
    said = Said(row[0][0], row[-1][1])
    part = ""
    for column, cell in zip(table.columns, row, strict=True):
        written = table.text[slice(*cell)].strip().lower()
        if column == "days":
            _days(table, cell, said)
        elif column == "part":
            part = _known_part(written.removeprefix("buổi").strip())
        elif column in _VALUES:
            setattr(said, _VALUES[column], _number(table, cell, column, written))
        elif column in _CHECKED:
            _CHECKED[column](table, cell, written)
        else:
            _hours(table, cell, said, column if column in _PARTS else part)
    hours = len(said.at) + len(said.windows)
    if not (hours or said.per_day) or (hours and said.per_day not in (None, hours)):
        raise _NotUnderstood
    if "days" in table.columns and not said.scoped and not _is_every_day(table, row):
        raise _NotUnderstood
    return said


def _index(table: _Table, cell: Cell, written: str) -> None:
    if not _NUMBER.fullmatch(written.rstrip(".")):
        raise _NotUnderstood
    table.aside.append(cell)


def _known_part(written: str) -> str:
    if written not in _PARTS:
        raise _NotUnderstood
    return written


def _of_kinds(table: _Table, cell: Cell, column: str) -> list[Term]:
    terms = table.terms(cell)
    if not terms or any(one.kind not in _KINDS[column] for one in terms):
        raise _NotUnderstood
    return terms


def _days(table: _Table, cell: Cell, said: Said) -> None:
    """Weekdays, days or a period; "thứ Hai (07/12)" is that day, where it is a Monday."""
    terms = _of_kinds(table, cell, "days")
    kinds = [one.kind for one in terms]
    if sorted(kinds) == ["days", "weekdays"]:
        weekdays = next(one.value.weekdays for one in terms if one.kind == "weekdays")
        dates = next(one.value.dates for one in terms if one.kind == "days")
        if len(dates) != 1 or weekdays != (date.fromisoformat(dates[0]).weekday(),):
            raise _NotUnderstood
        said.dates = list(dates)
    elif len(set(kinds)) != 1 or (kinds[0] == "period" and len(kinds) > 1):
        raise _NotUnderstood
    else:
        said.weekdays = {day for one in terms for day in one.value.weekdays}
        said.dates = [day for one in terms for day in one.value.dates]
        said.first, said.last = terms[0].value.first, terms[0].value.last
    said.kept = {int(day[-2:]) for day in said.dates}


def _is_every_day(table: _Table, row: Sequence[Cell]) -> bool:
    return all(one.kind == "daily" for one in table.terms(row[table.columns.index("days")]))


def _hours(table: _Table, cell: Cell, said: Said, part: str) -> None:
    for term in _of_kinds(table, cell, "hours"):
        if term.kind == "hour":
            said.at.append(_at(term.value.at, part))
        else:
            start, end = term.value.at, term.value.until
            if part and (_at(start, part), _at(end, part)) != (start, end):
                raise _NotUnderstood
            said.windows.append(f"{start}-{end}")


def _at(at: str, part: str) -> str:
    """The hour as that part of the day has it. Raises _NotUnderstood where it has none such."""
    written = int(at[:2])
    hour = hour_in(written, part)
    if hour is None or (part == "trưa" and written not in {10, 11, 12, 13}):
        raise _NotUnderstood
    return f"{hour:02}{at[2:]}"


def _number(table: _Table, cell: Cell, column: str, written: str) -> int:
    """A count or a length: "02 lần", "15 phút", or the number alone."""
    if _NUMBER.fullmatch(written):
        return int(written)
    terms = _of_kinds(table, cell, column)
    value = terms[0].value
    if len(terms) > 1 or value.upper or value.differs or (terms[0].kind == "count" and value.per != "ngày"):
        raise _NotUnderstood
    return int(value.n)


def _content(table: _Table, cell: Cell, written: str) -> None:
    numbered = _NUMBERED.match(table.text[slice(*cell)].lower())
    terms = table.terms((cell[0] + (numbered.end() if numbered else 0), cell[1]))
    if not terms or any(one.kind not in _FREE or one.text in DANGER or one.text.isdigit() for one in terms):
        raise _NotUnderstood
    table.contents.add(" ".join(written.split()))


_CHECKED = {"index": _index, "content": _content}
"""Columns that hold no value."""


def _merged(rows: Sequence[Said]) -> Iterator[Said]:
    """Rows of the same days are one order, and rows of other days with the same hours are too."""
    by_days: dict[object, Said] = {}
    for said in rows:
        days = (frozenset(said.weekdays), tuple(said.dates), said.first, said.last)
        known = by_days.setdefault(days, said)
        if known is said:
            continue
        if (known.per_day, known.session_minutes) != (said.per_day, said.session_minutes) or said.per_day:
            raise _NotUnderstood
        known.at += [at for at in said.at if at not in known.at]
        known.windows += [window for window in said.windows if window not in known.windows]
        known.end = max(known.end, said.end)
    by_hours: dict[object, Said] = {}
    for said in by_days.values():
        kind = (bool(said.weekdays), bool(said.dates), said.first, said.last)
        hours = (tuple(said.at), tuple(said.windows), said.per_day, said.session_minutes)
        known = by_hours.setdefault((kind, hours), said)
        if known is not said:
            known.weekdays |= said.weekdays
            known.dates += said.dates
            known.kept |= said.kept
            known.end = max(known.end, said.end)
    yield from by_hours.values()
