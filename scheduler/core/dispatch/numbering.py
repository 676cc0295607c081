"""The dispatch's own number, symbol and day out of the lines of its head.

A stamp of arrival, a document that is referred to and a day on which something happens are never taken for its own.
Letters that OCR wrote for digits are repaired; unless that was certain a doubt says so. A blank to be filled in stays
unknown.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.misread import DIGIT, digits_of
from scheduler.core.dispatch.model import Doubt, Excerpt
from scheduler.core.dispatch.text import Line, squeeze

__all__ = ["ARRIVAL", "OwnDate", "OwnNumber", "is_place_and_date", "own_date", "own_number"]

ARRIVAL = re.compile(
    r"^(?:cong van den|van ban den|den\b|so den|ngay den|chuyen\s*:|luu ho so|thoi gian ky|nguoi ky|ky boi|ngay ky)"
)
"""A stamp of the office that received it, or the note of a digital signature."""

_NUMBER = re.compile(
    rf"^[s5][o06]\s*[:;.]?\s*(?P<number>(?=[oil|zsbgq]*\d){DIGIT}{{1,6}}[a-z]?|\d[\d ]{{0,5}}\d"
    r"|[.…_\s]*)\s*(?:[/-]|(?<=\d)\s+)\s*"
    r"(?P<symbol>(?:\d{4}\s*/\s*)?[a-z&][a-z0-9&.]*(?:\s*[-/]\s*[a-z0-9&.]+)*)"
)
_BARE_NUMBER = re.compile(r"^s[o06]\s*[:;]\s*(?P<number>\d{1,6})\s*/?$")
# "… theo Công văn / số 304/STTTT ngày 09/3/2020 của Sở …" is broken by the margin: another's number.
_NAMED_BEFORE = re.compile(
    r"\b(?:cong van|van ban|quyet dinh|ke hoach|thong bao|chi thi|nghi dinh|nghi quyet|cong dien|to trinh|bao cao"
    r"|huong dan|thong tu|luat)$"
)
_OF_ANOTHER = re.compile(r"\bcua\b|\bngay\s+\d{1,2}[/.]\d|\bve viec\b")
_SUFFIXES = "abcde"
"""A number that was given twice gets such a letter: 15a."""

_DATE = re.compile(
    rf"\bngay\s*(?P<day>(?=\S?\d|[.…_\s]){DIGIT}{{1,2}}|[.…_\s]*)\s*thang\s*(?P<month>(?=\S?\d){DIGIT}{{1,2}}|[.…_\s]*)"
    rf"\s*nam\s*(?P<year>(?=\S{{0,3}}\d){DIGIT}{{4}})(?!\w)"
    r"|\bngay\s*(?P<day2>\d{1,2})\s*[/.-]\s*(?P<month2>\d{1,2})\s*[/.-]\s*(?P<year2>\d{4})"
)
_PLACE_LENGTH = 45
_FIRST_YEAR, _LAST_YEAR = 1945, 2100


class OwnNumber(NamedTuple):
    """What the line "Số: …" says; `at` is its index among the lines, None when there is none."""

    at: int | None
    number: str | None
    symbol: str | None
    excerpts: tuple[tuple[str, Excerpt], ...] = ()
    doubts: tuple[Doubt, ...] = ()


class OwnDate(NamedTuple):
    """The day the dispatch was written, and the line that says so."""

    line: Line | None
    day: str | None
    excerpt: Excerpt | None = None
    doubts: tuple[Doubt, ...] = ()


def own_number(lines: Sequence[Line]) -> OwnNumber:
    """The line "Số: 642/UBND-VHTT"; a bare "Số: 642" may be a stamp of arrival, so it counts last."""
    for i, line in enumerate(lines):
        found = _NUMBER.match(line.folded)
        if found and not _is_anothers(lines, i, found):
            return _number_from(i, line, found)
    for i, line in enumerate(lines):
        stamped = i > 0 and ARRIVAL.match(lines[i - 1].folded)
        if (found := _BARE_NUMBER.match(line.folded)) and not stamped:
            a, b = found.span("number")
            where = Excerpt(found["number"], line.start + a, line.start + b)
            return OwnNumber(
                i, found["number"], None, (("number", where),), (doubt("symbol", reason="symbol_missing"),)
            )
    return OwnNumber(None, None, None, doubts=(doubt("number", reason="number_missing"),))


def _is_anothers(lines: Sequence[Line], i: int, found: re.Match[str]) -> bool:
    """Whether the number is told in the run of a sentence."""
    line = lines[i]
    rest = line.folded[found.end() :]
    in_a_sentence = line.text[0] == "s" and ":" not in line.text[: found.end("number")]
    before = lines[i - 1] if i and not line.after_blank else None
    named = before is not None and not before.text.isupper() and _NAMED_BEFORE.search(before.folded)
    return bool(in_a_sentence or named or _OF_ANOTHER.search(rest))


def _number_from(at: int, line: Line, found: re.Match[str]) -> OwnNumber:
    a, b = found.span("symbol")
    symbol = "".join(line.text[a:b].split()).rstrip(".-/")
    places = [("symbol", Excerpt(symbol, line.start + a, line.start + b))]
    a, b = found.span("number")
    raw = "".join(line.text[a:b].split()).strip(".…_")
    where = Excerpt(raw, line.start + a, line.start + max(b, a + 1))
    if not raw:
        return OwnNumber(at, None, symbol, tuple(places), (doubt("number", reason="number_blank", excerpt=where),))
    number, doubts = _repaired(raw, where)
    places.append(("number", Excerpt(number, line.start + a, line.start + b)))
    return OwnNumber(at, number, symbol, tuple(places), doubts)


def _repaired(raw: str, where: Excerpt) -> tuple[str, tuple[Doubt, ...]]:
    """The number with letters read as digits put right. "15a" is a number, "64Z" a misread one, "64B" may be both."""
    stem, suffix = (raw[:-1], raw[-1]) if raw[-1] in _SUFFIXES and len(raw) > 1 else (raw, "")
    digits = digits_of(stem)
    if digits is None or (raw[-1] in "AB" and raw[:-1].isdecimal()):
        sure = raw[-1] == "A" and raw[:-1].isdecimal()
        return raw, () if sure else (doubt("number", reason="number_letter", excerpt=where, raw=raw),)
    number = digits.value + suffix
    if number == raw:
        return number, ()
    return number, (doubt("number", reason="number_misread", excerpt=where, raw=raw, number=number),)


def is_place_and_date(line: Line) -> bool:
    """Whether a line is all "Bỉm Sơn, ngày 13 tháng 3 năm 2020"; the place may be left out."""
    found = _DATE.search(line.folded)
    if not found or line.folded[found.end() :].strip(" .)"):
        return False
    before = line.text[: found.start()].strip(" (")
    return not before or (len(before) <= _PLACE_LENGTH and before[0].isupper() and _is_place(before))


def _is_place(before: str) -> bool:
    """A place ends with a comma; where OCR lost it, every word begins with a capital."""
    return before.endswith((",", ";", ".")) or all(word[0].isupper() for word in before.split())


def own_date(head: Sequence[Line], rest: Sequence[Line]) -> OwnDate:
    """The day beside the place name in the `head`; where it is not, the one at the end of the dispatch."""
    own = [line for line in head if is_place_and_date(line) and not ARRIVAL.match(line.folded)]
    # A place with its comma is surer than one without.
    own.sort(key=lambda line: "," not in line.text)
    tail = [line for line in rest if is_place_and_date(line)]
    for line in (*own, *tail):
        if found := _DATE.search(line.folded):
            return _date_from(line, found, at_the_end=not own)
    return OwnDate(None, None, doubts=(doubt("date", reason="date_missing"),))


def _date_from(line: Line, found: re.Match[str], *, at_the_end: bool) -> OwnDate:
    raw = squeeze(line.text[found.start() : found.end()])
    where = Excerpt(raw, line.start + found.start(), line.start + found.end())
    parts = [line.text[slice(*found.span(n if found[n] is not None else f"{n}2"))] for n in ("year", "month", "day")]
    if not all(part.strip(" .…_") for part in parts):
        return OwnDate(line, None, doubts=(doubt("date", reason="date_blank", excerpt=where),))
    digits = [digits_of(part.strip(" .…_")) for part in parts]
    try:
        day = date(*(int(part.value) if part else 0 for part in digits))
    except ValueError:
        day = None
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return OwnDate(line, None, doubts=(doubt("date", reason="date_no_day", excerpt=where, raw=raw),))
    doubts = []
    if not all(part and part.certain for part in digits):
        doubts.append(doubt("date", reason="date_misread", excerpt=where, raw=raw, day=f"{day:%d/%m/%Y}"))
    if at_the_end:
        doubts.append(doubt("date", reason="date_at_the_end", excerpt=where))
    return OwnDate(line, day.isoformat(), Excerpt(day.isoformat(), where.start, where.end), tuple(doubts))
