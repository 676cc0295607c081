"""Days, periods, hours and weekdays as a dispatch writes them, out of its folded text.

A date without a year takes it from the day of the dispatch. What is no day of the calendar and no hour of the day is
not returned. Whether a period belongs to an airing or to something else is for the caller to know.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["Hours", "Period", "days_in", "deadline_in", "hours_in", "periods_in", "weekday_spans", "weekdays_in"]


@dataclass(frozen=True, slots=True)
class Period:
    """ISO days, both included; None is open. `at` and `end` are the span of the words."""

    first: str | None
    last: str | None
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """One hour of the day, or a window when `until` is given; "HH:MM"."""

    start: str
    until: str | None
    at: int
    end: int


# Dots and hyphens part a date only when its year follows: "11h30 - 12h00" and "1.5 mét" are none.
_DAY = (
    r"(?:\d{{1,2}}\s*(?:h|g|gio|:)\s*(?:\d{{2}}\s*(?:phut)?)?,?\s+)?"
    r"(?:het\s+)?(?P<word{n}>ngay\s+)?(?P<d{n}>\d{{1,2}})(?!\d|\s*(?:h\b|gio|:))"
    r"(?:\s*(?:/|[.-](?=\s*\d{{1,2}}\s*[/.-]\s*\d{{4}}))\s*(?P<m{n}>\d{{1,2}})(?!\d)(?:\s*[/.-]\s*(?P<y{n}>\d{{4}}))?"
    r"|\s+thang\s+(?P<mm{n}>\d{{1,2}})(?:\s*(?:nam|/)\s*(?P<yy{n}>\d{{4}}))?)?"
)
_RANGE = re.compile(
    rf"\b(?:ke\s+)?(?:tu|bat dau tu)\s+{_DAY.format(n=1)}\s*,?\s*(?:cho\s+)?(?:den|toi"
    rf"|-)\s*(?:het\s+)?{_DAY.format(n=2)}"
)
_FOR_DAYS = re.compile(
    rf"\btrong\s+(?:vong\s+|thoi gian\s+)?(?P<count>\d{{1,3}})\s+ngay(?:\s+lien tuc"
    rf"|\s+lien tiep)?,?\s*(?:ke\s+)?tu\s+{_DAY.format(n=1)}"
)
_FROM = re.compile(rf"\b(?:ke\s+tu|tu|bat dau)\s+{_DAY.format(n=1)}")
_UNTIL = re.compile(rf"\b(?P<now>tu nay\s+)?(?:den|toi)\s+(?:het\s+)?{_DAY.format(n=1)}")
_SIGNED = re.compile(r"\b(?:ke\s+)?tu ngay (?:ky|ban hanh)\b")
_MONTH = re.compile(r"\btrong thang\s+(?P<m>\d{1,2})\s*(?:/|nam)\s*(?P<y>\d{4})")
_WITHIN = re.compile(rf"\btrong\s+(?=ngay\s)(?!ngay \d{{1,2}} ngay){_DAY.format(n=1)}")
_LONG_AGO = timedelta(days=90)


def periods_in(folded: str, issued: date | None) -> tuple[Period, ...]:
    """Every period, by place; each stretch of text is read once, the fullest form first."""
    found: list[Period] = []
    taken = bytearray(len(folded))
    for pattern, make in (
        (_RANGE, _range), (_FOR_DAYS, _for_days), (_SIGNED, _signed), (_MONTH, _month), (_UNTIL, _until),
        (_FROM, _from), (_WITHIN, _within),
    ):  # fmt: skip
        for match in pattern.finditer(folded):
            a, b = match.span()
            if not any(taken[a:b]) and (days := make(match, issued)):
                found.append(Period(*days, a, b))
                taken[a:b] = b"\1" * (b - a)
    return tuple(sorted(found, key=lambda period: period.at))


_Days = tuple[str | None, str | None] | None


def _day(match: re.Match[str], n: int, issued: date | None, like: date | None = None) -> date | None:
    """The n-th day of a match. A month or year it leaves out is that of `like`, else of the dispatch."""
    month, year = match[f"m{n}"] or match[f"mm{n}"], match[f"y{n}"] or match[f"yy{n}"]
    own_year, base = bool(year), like or issued
    if not (month or like) or not (year or base):
        return None
    try:
        # The guard above leaves no None here.
        year, month = year or str(base and base.year), month or str(like and like.month)
        day = date(int(year), int(month), int(match[f"d{n}"]))
    except (ValueError, OverflowError):
        return None
    if not own_year and issued and issued - day > _LONG_AGO:
        # A December dispatch speaks of next January.
        try:
            return day.replace(year=day.year + 1)
        except ValueError:
            return None
    return day


def _range(match: re.Match[str], issued: date | None) -> _Days:
    last = _day(match, 2, issued)
    if last is None:
        return None
    first = _day(match, 1, issued, like=last)
    if first is None:
        return None
    if first > last and not (match["y1"] or match["yy1"]):
        # "từ ngày 28/12 đến ngày 05/01/2021"
        try:
            first = first.replace(year=last.year - 1)
        except ValueError:
            return None
    return first.isoformat(), last.isoformat()


def _for_days(match: re.Match[str], issued: date | None) -> _Days:
    first, count = _day(match, 1, issued), int(match["count"])
    if first is None or count < 1:
        return None
    try:
        return first.isoformat(), (first + timedelta(days=count - 1)).isoformat()
    except OverflowError:
        return None


def _signed(match: re.Match[str], issued: date | None) -> _Days:
    return (issued.isoformat(), None) if match and issued else None


def _month(match: re.Match[str], issued: date | None) -> _Days:
    del issued
    month, year = int(match["m"]), int(match["y"])
    try:
        first = date(year, month, 1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return first.isoformat(), last.isoformat()


def _until(match: re.Match[str], issued: date | None) -> _Days:
    last = _day(match, 1, issued)
    if last is None:
        return None
    first = issued.isoformat() if match["now"] and issued else None
    return first, last.isoformat()


def _from(match: re.Match[str], issued: date | None) -> _Days:
    first = _day(match, 1, issued)
    return (first.isoformat(), None) if first else None


def _within(match: re.Match[str], issued: date | None) -> _Days:
    day = _day(match, 1, issued)
    return (day.isoformat(), day.isoformat()) if day else None


_DEADLINE = re.compile(rf"\b(?:truoc|cham nhat(?: la| vao)?|khong muon hon|han cuoi(?: la)?)\s+{_DAY.format(n=1)}")


def deadline_in(folded: str, issued: date | None) -> date | None:
    """The last day of "trước ngày 25/5/2021", "chậm nhất 16h00 ngày 20/7"; None when none is named."""
    for match in _DEADLINE.finditer(folded):
        if (match["word1"] or match["m1"]) and (day := _day(match, 1, issued)):
            return day
    return None


_FOR_SO_LONG = re.compile(
    r"(?P<lead>\b(?:trong(?: vong| thoi gian| suot)?|(?P<on>lien tuc)(?: trong)?|keo dai)\s+)?"
    r"\b(?P<n>\d{1,3})(?:\s*\([^()\d]{1,12}\))?"
    r"\s+(?P<unit>ngay|tuan)\b(?P<more>\s+(?:lien tuc|lien tiep|dau tien|dau|tiep theo|toi|ke tiep))?"
)
_FIRST_WEEK = re.compile(r"\btuan (?:dau(?: tien)?|thu nhat)\b")
_DAYS_A_WEEK = 7
_BLANKED = 5
"""As many spaces in a row are a count that was read."""


_AIRED = re.compile(r"\b(?:phat song|phat thanh|truyen thanh|thoi luong|loa)\s*,?\s*$")


def days_in(masked: str) -> int | None:
    """How many days an order holds: "liên tục trong 10 ngày", "tuần đầu".

    "14 ngày" in a sentence about illness is none: the words must stand beside a count that was blanked out, close an
    order to air, or say that it goes on.
    """
    if _FIRST_WEEK.search(masked):
        return _DAYS_A_WEEK
    for match in _FOR_SO_LONG.finditer(masked):
        before = masked[max(0, match.start() - 4 * _BLANKED) : match.start()]
        beside = match["lead"] and " " * _BLANKED in before[len(before.rstrip(" ,(")) :]
        closes = match["lead"] and not masked[match.end() :].strip(" .;,)") and _AIRED.search(before)
        if (match["more"] or match["on"] or beside or closes) and int(match["n"]):
            return int(match["n"]) * (_DAYS_A_WEEK if match["unit"] == "tuan" else 1)
    return None


_HOUR = (
    r"(?P<h{n}>\d{{1,2}})\s*(?:(?:h|g|gio)\b(?:\s*(?P<m{n}>[0-5]\d)(?!\d|\s*[/-]\s*\d)(?:\s*(?:phut|'|p\b))?)?"
    r"|(?:h|g)(?P<mh{n}>[0-5]\d)(?!\d)(?:\s*(?:phut|'|p\b))?"
    r"|:(?P<mm{n}>[0-5]\d)(?!\d))(?:\s*(?P<part{n}>sang|trua|chieu|toi|dem))?\b"
)
_WINDOW = re.compile(rf"(?<![\d/:.])(?:tu\s+)?{_HOUR.format(n=1)}\s*(?:den|toi|-)\s*(?:het\s+)?{_HOUR.format(n=2)}")
_SHORT_WINDOW = re.compile(rf"(?<![\d/:.])tu\s+(?P<bare>\d{{1,2}})\s*(?:den|-)\s*{_HOUR.format(n=2)}")
_MOMENT = re.compile(rf"(?<![\d/:.]){_HOUR.format(n=1)}")
# "sau 2 giờ" is a length; "17h00 ngày 15/3" is a moment of one day, a deadline more often than an airing.
_LENGTH_BEFORE = re.compile(
    r"(?:\b(?:sau|trong|trong vong|truoc|cu|moi|cach nhau|keo dai)(?:\s+(?:it nhat|toi thieu|toi da|khoang))?|/)\s*$"
)
_DAY_AFTER = re.compile(r"\s*,?\s*(?:ngay\s+\d|\d{1,2}/\d|/|hang tuan)")
_NOON, _DAY_HOURS = 12, 24


def hours_in(folded: str) -> tuple[Hours, ...]:
    """Hours and windows of an ordinary day, by place."""
    found: list[Hours] = []
    for pattern in (_WINDOW, _SHORT_WINDOW):
        for match in pattern.finditer(folded):
            until = _clock(match, 2)
            start = (
                _clock(match, 1, match["part2"]) if pattern is _WINDOW else _of_day(match["bare"], "00", match["part2"])
            )
            if (
                start
                and until
                and start < until
                and not _taken(found, match)
                and not _DAY_AFTER.match(folded, match.end())
            ):
                found.append(Hours(start, until, match.start(), match.end()))
    for match in _MOMENT.finditer(folded):
        length = _LENGTH_BEFORE.search(folded[: match.start()]) or _DAY_AFTER.match(folded, match.end())
        start = _clock(match, 1)
        if start and not length and not _taken(found, match):
            found.append(Hours(start, None, match.start(), match.end()))
    return tuple(sorted(found, key=lambda hours: hours.at))


def _taken(found: list[Hours], match: re.Match[str]) -> bool:
    return any(hours.at < match.end() and match.start() < hours.end for hours in found)


def _clock(match: re.Match[str], n: int, other_part: str | None = None) -> str | None:
    minute = match[f"m{n}"] or match[f"mh{n}"] or match[f"mm{n}"] or "00"
    return _of_day(match[f"h{n}"], minute, match[f"part{n}"] or other_part)


def _of_day(hour: str, minute: str, part: str | None) -> str | None:
    value = int(hour)
    if (
        (part in {"chieu", "toi"} and value < _NOON)
        or (part == "dem" and _NOON // 2 <= value < _NOON)
        or (part == "trua" and value < _NOON // 2)
    ):
        value += _NOON
    return f"{value:02}:{minute}" if value < _DAY_HOURS else None


_WEEKDAYS = {
    "hai": 0, "2": 0, "ba": 1, "3": 1, "tu": 2, "4": 2, "nam": 3, "5": 3, "sau": 4, "6": 4, "bay": 5, "7": 5,
}  # fmt: skip
_ONE_DAY = r"(?:thu\s*(?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|\bcn)\b"
_DAY_RANGE = re.compile(rf"({_ONE_DAY})\s*(?:den|toi|-)\s*(?:het\s+)?({_ONE_DAY}|[3-7]\b)")
_DAY_LIST = re.compile(
    rf"(?<!lan )(?<!dot )(?<!buoi )(?:{_ONE_DAY})(?:\s*(?:,|va|;)\s*(?:{_ONE_DAY}|[2-7](?!\d|\s*(?:h|gio"
    rf"|lan|buoi|phut|/))))*"
)
_EXCEPT = re.compile(r"\btru\s+(?:cac\s+)?(?:ngay\s+)?$")
_WEEKEND = re.compile(r"\bcuoi tuan\b")
_WORKDAYS = re.compile(r"\bngay (?:lam viec|hanh chinh)\b(?! (?:sau|ke|trong))")


def weekdays_in(folded: str) -> tuple[int, ...]:
    """The weekdays named, Monday 0; "trừ Chủ nhật" gives the other six."""
    days: set[int] = set()
    excluded: set[int] = set()
    rest = folded
    for match in _DAY_RANGE.finditer(folded):
        first, last = _weekday(match[1]), _weekday(match[2])
        days.update(range(first, last + 1) if first <= last else {*range(first, 7), *range(last + 1)})
        rest = rest[: match.start()] + " " * (match.end() - match.start()) + rest[match.end() :]
    for match in _DAY_LIST.finditer(rest):
        named = {_weekday(part) for part in re.findall(rf"{_ONE_DAY}|[2-7]", match[0])}
        (excluded if _EXCEPT.search(rest[: match.start()]) else days).update(named)
    for match in _WEEKEND.finditer(rest):
        (excluded if _EXCEPT.search(rest[: match.start()]) else days).update({5, 6})
    if _WORKDAYS.search(rest):
        days.update(range(5))
    if excluded:
        days = (days or set(range(7))) - excluded
    return tuple(sorted(days))


def weekday_spans(folded: str) -> list[tuple[int, int]]:
    """The places of the weekdays named, those of one range or list together."""
    spans: list[tuple[int, int]] = []
    for match in sorted(
        (*_DAY_RANGE.finditer(folded), *_DAY_LIST.finditer(folded)), key=lambda m: (m.start(), -m.end())
    ):
        if not spans or match.start() >= spans[-1][1]:
            spans.append(match.span())
    return spans


def _weekday(named: str) -> int:
    if named.strip() in {"chu nhat", "cn"}:
        return 6
    return _WEEKDAYS[named.strip().removeprefix("thu").strip()]
