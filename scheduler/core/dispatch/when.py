"""Days, hours and weekdays as a dispatch writes them: patterns over its own letters, and the values they spell.

"tối" is not "tới", so nothing is folded; a text typed without diacritics is met by the same patterns in bare letters.
A date without a year takes it from the day of the dispatch. What is no day of the calendar, no hour of the day is None.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.core.dispatch.text import fold

__all__ = [
    "DAY",
    "DAYS_IN_SHORT",
    "DAYS_LISTED",
    "HOUR",
    "NAMED_FROM",
    "NAMED_RANGE",
    "WEEKDAYS_NAMED",
    "Period",
    "clock_of",
    "day_of",
    "deadline_in",
    "hour_in",
    "is_without_gap",
    "letters",
    "month_of",
    "periods_in",
    "span_of",
    "weekday_of",
    "weekdays_of",
]


@dataclass(frozen=True, slots=True)
class Period:
    """ISO days, both included; None is open. `at` and `end` are the span of the words."""

    first: str | None
    last: str | None
    at: int
    end: int


_SAME_LENGTH = str.maketrans("–—‑−‐×\n\t", "-----x  ")


def letters(text: str) -> str:
    """Lower case, one kind of dash and of blank; every character keeps its place."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return lowered.translate(_SAME_LENGTH)


# Dots and hyphens part a date only when its year follows: "11h30 - 12h00" and "1.5 mét" are none.
DAY = (
    r"(?P<word{n}>ngày\s+)?(?P<d{n}>\d{{1,2}})(?!\d|\s*(?:h\b|giờ|:\s*\d|phút|lần|lượt|buổi|ngày))"
    r"(?:\s*(?:/|[.-](?=\s*\d{{1,2}}\s*[/.-]\s*\d{{4}}))\s*(?P<m{n}>\d{{1,2}})(?!\d|\s*/\s*\d{{1,3}}(?!\d))"
    r"(?:\s*[/.-]\s*(?P<y{n}>\d{{4}}))?"
    r"|\s+tháng\s+(?P<mm{n}>\d{{1,2}})(?:\s*(?:năm|/)\s*(?P<yy{n}>\d{{4}}))?)?"
)
_MIDNIGHT = r"(?:0?0\s*(?:giờ|h)(?:\s*00)?(?:\s*phút)?,?\s+)?"
_LAST_HOUR = r"(?:24\s*(?:giờ|h)(?:\s*00)?(?:\s*phút)?,?\s+)?"
_TO = r"\s*,?\s*(?:và\s+)?(?:cho\s+)?(?:đến|tới|kết thúc(?:\s+vào)?|-)\s*(?:hết\s+)?"
_MONTH = r"tháng\s+(?P<m{n}>\d{{1,2}})(?:\s*(?:/|năm)\s*(?P<y{n}>\d{{4}}))?(?!\s*/\s*\d)"
_FROM_WORD = r"\b(?:kể\s+từ|bắt\s+đầu(?:\s+phát)?(?:\s+từ)?|áp\s+dụng\s+từ|từ)\s+"
RANGE = re.compile(rf"{_FROM_WORD}{_MIDNIGHT}{DAY.format(n=1)}{_TO}{_LAST_HOUR}{DAY.format(n=2)}")
BARE_RANGE = re.compile(rf"\b{DAY.format(n=1)}{_TO}{_LAST_HOUR}{DAY.format(n=2)}")
FOR_DAYS = re.compile(
    rf"\b(?:trong\s+(?:vòng\s+|thời gian\s+)?"
    rf"|(?<!sau )(?<!trước )(?<!mỗi )(?<!cứ )(?<!cách )(?<!lần )(?=\d))(?P<count>\d{{1,3}})\s+(?P<unit>ngày|hôm"
    rf"|tuần|tháng)(?:\s+liên tục"
    rf"|\s+liên tiếp|\s+liền)?,?\s*(?:(?:kể|bắt đầu|tính)\s+)?từ\s+{DAY.format(n=1)}"
)
FROM = re.compile(rf"{_FROM_WORD}{_MIDNIGHT}{DAY.format(n=1)}")
UNTIL = re.compile(
    rf"(?P<now>\btừ nay\s*,?\s*)?(?:\b(?:cho\s+)?(?:đến|tới)|\bkết\s+thúc(?:\s+(?:việc\s+)?phát(?:\s+thanh)?"
    rf"(?:\s+(?:thông báo|bài|bản tin|nội dung)(?:\s+này)?)?)?(?:\s+vào)?)\s+(?:hết\s+)?"
    rf"(?:ngày\s+(?:bầu cử|tổng tuyển cử|khai mạc|khai giảng|bế mạc)\s*,?\s*\(?)?{_LAST_HOUR}{DAY.format(n=1)}"
)
UNTIL_MONTH = re.compile(
    rf"(?P<now>\btừ nay\s*,?\s*)?\b(?:cho\s+)?(?:đến|tới)\s+(?:hết\s+|cuối\s+){_MONTH.format(n=1)}"
)
MONTHS_LISTED = re.compile(
    r"\b(?:trong\s+)?(?:các\s+)?tháng\s+(?P<months>\d{1,2}(?:\s*,\s*\d{1,2})*\s*(?:,|và)\s*\d{1,2})(?!\d)"
    r"\s*(?:/|năm)\s*(?P<y1>\d{4})(?!\s*[-/]\s*\d)"
)
UNTIL_YEAR = re.compile(
    r"(?P<now>\btừ nay\s*,?\s*)?\b(?:cho\s+)?(?:đến|tới)\s+hết\s+"
    r"(?:quý\s+(?P<quarter>iv|i{1,3}|[1-4])\s*(?:/\s*|,?\s*năm\s+)(?P<y1>\d{4})|năm\s+(?P<y2>\d{4})(?!\s*[-/]?\s*\d)"
    r"|năm(?:\s+nay)?(?=\s*(?:[.,;)]|$)))"
)
SIGNED = re.compile(r"\b(?:(?:kể|bắt đầu)\s+)?từ ngày (?:ký|ban hành)\b")
NOW = re.compile(r"\b(?:kể\s+)?từ (?:nay|hôm nay)\b")
MONTHS = re.compile(
    rf"\b(?:từ\s+|trong\s+)?(?:suốt\s+)?(?:hai\s+)?{_MONTH.format(n=1)}\s*(?:đến|tới|-"
    rf"|và)\s*(?:hết\s+)?{_MONTH.format(n=2)}"
)
MONTH = re.compile(rf"\b(?:trong\s+)?(?:cả\s+|suốt\s+)?{_MONTH.format(n=1)}")
Span = tuple[str | None, str | None] | None
_LONG_AGO = timedelta(days=90)
_LONGEST_WITHOUT_YEARS, _LONGEST_OF_A_YEAR = timedelta(days=183), timedelta(days=300)
"""A period over the turn of a year is no longer, else its days are the wrong way round."""
_DAYS_A_WEEK = 7
_LONGEST_YEARS = 10


def day_of(match: re.Match[str], n: int, issued: date | None, like: date | None = None) -> date | None:
    """The n-th day of a match. A month or year it leaves out is that of `like`, else of the dispatch."""
    month, year = match[f"m{n}"] or match[f"mm{n}"], match[f"y{n}"] or match[f"yy{n}"]
    return made_day(match[f"d{n}"], month, year, issued, like)


def made_day(day: str, month: str | None, year: str | None, issued: date | None, like: date | None) -> date | None:
    """Day, month and year as written. A December dispatch speaks of next January."""
    base = like or issued
    if not (month or like) or not (year or base):
        return None
    try:
        # The guard above leaves no None here.
        made = date(int(year or str(base and base.year)), int(month or str(like and like.month)), int(day))
        if not year and issued and issued - made > _LONG_AGO:
            made = made.replace(year=made.year + 1)
    except (ValueError, OverflowError):
        return None
    return made


def span_of(pattern: re.Pattern[str], match: re.Match[str], issued: date | None) -> Span:
    """First and last day that a match of one of the patterns above spells; None: no day of the calendar."""
    if pattern in (RANGE, BARE_RANGE):
        return _range(match, issued)
    if pattern is FOR_DAYS:
        return _for_days(match, issued)
    if pattern in (SIGNED, NOW):
        return (issued.isoformat(), None) if issued else None
    if pattern in (MONTHS, MONTHS_LISTED, MONTH, UNTIL_MONTH, UNTIL_YEAR):
        whole = _whole(pattern, match, issued)
        if whole is None or pattern not in (UNTIL_MONTH, UNTIL_YEAR):
            return whole
        return (issued.isoformat() if match["now"] and issued else None), whole[1]
    return _open_span(pattern, match, issued)


def _whole(pattern: re.Pattern[str], match: re.Match[str], issued: date | None) -> Span:
    """The first and the last day of the months, the quarter or the year that a match names."""
    if pattern is MONTHS:
        return _months(match, issued)
    if pattern is MONTHS_LISTED:
        return _months_listed(match)
    return _quarter_or_year(match, issued) if pattern is UNTIL_YEAR else month_of(match, issued)


def _months_listed(match: re.Match[str]) -> Span:
    """From the first day to the last of months that follow one another: "các tháng 5, 6, 7 năm 2026"."""
    months = [int(month) for month in re.findall(r"\d+", match["months"])]
    if months != list(range(months[0], months[0] + len(months))):
        return None
    first, last = (made_day("1", str(month), match["y1"], None, None) for month in (months[0], months[-1]))
    whole = _whole_month(last) if last else None
    return (first.isoformat(), whole[1]) if first and whole else None


def _quarter_or_year(match: re.Match[str], issued: date | None) -> Span:
    """The first and the last day of a quarter, or of a year; a year that is not named is that of the dispatch."""
    written = match["y1"] or match["y2"] or (str(issued.year) if issued else "")
    quarter = _QUARTERS.get(match["quarter"] or "")
    first, last = (3 * quarter - 2, 3 * quarter) if quarter else (1, 12)
    begins = made_day("1", str(first), written, None, None)
    ends = made_day("1", str(last), written, None, None)
    whole = _whole_month(ends) if ends else None
    return (begins.isoformat(), whole[1]) if begins and whole else None


_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def _open_span(pattern: re.Pattern[str], match: re.Match[str], issued: date | None) -> Span:
    """A period that names one day alone: its first, or its last."""
    day = day_of(match, 1, issued)
    if day is None:
        return None
    if pattern is UNTIL:
        return (issued.isoformat() if match["now"] and issued else None), day.isoformat()
    return day.isoformat(), None


def month_of(match: re.Match[str], issued: date | None) -> Span:
    """The first and the last day of a month."""
    first = made_day("1", match["m1"], match["y1"], issued, None)
    return _whole_month(first) if first else None


def _whole_month(first: date) -> Span:
    try:
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    except OverflowError:
        return None
    return first.isoformat(), last.isoformat()


def _months(match: re.Match[str], issued: date | None) -> Span:
    """From the first day of one month to the last of a later one; two joined by "và" are one after the other."""
    begins = made_day("1", match["m1"], match["y1"] or match["y2"], issued, None)
    ends = made_day("1", match["m2"], match["y2"], issued, None)
    apart = int(match["m2"]) - int(match["m1"])
    whole = _whole_month(ends) if begins and ends and begins < ends and (" và " not in match[0] or apart == 1) else None
    return (begins.isoformat(), whole[1]) if begins and whole else None


def _range(match: re.Match[str], issued: date | None) -> Span:
    last = day_of(match, 2, issued)
    if last is None:
        return None
    first = day_of(match, 1, issued, like=last)
    if first is None or last.year - first.year > _LONGEST_YEARS:
        return None  # "(18/11/1930 - 18/11/2026)" is how old something is
    if first > last and not (match["y1"] or match["yy1"]):
        # "từ ngày 28/12 đến ngày 05/01/2021"
        try:
            first = first.replace(year=last.year - 1)
        except ValueError:
            return None
        if last - first > (_LONGEST_OF_A_YEAR if match["y2"] or match["yy2"] else _LONGEST_WITHOUT_YEARS):
            return None  # "từ 15/3 đến 05/3" is a slip
    return first.isoformat(), last.isoformat()


def _for_days(match: re.Match[str], issued: date | None) -> Span:
    first, count = day_of(match, 1, issued), int(match["count"])
    if first is None or count < 1:
        return None
    try:
        if match["unit"] == "tháng":
            months = first.month - 1 + count
            last = first.replace(year=first.year + months // 12, month=months % 12 + 1) - timedelta(days=1)
        else:
            last = first + timedelta(days=count * (_DAYS_A_WEEK if match["unit"] == "tuần" else 1) - 1)
    except (ValueError, OverflowError):
        return None
    return first.isoformat(), last.isoformat()


def is_without_gap(days: Sequence[str]) -> bool:
    """Whether days, in order and each once, follow one another."""
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    return (last - first).days == len(days) - 1


_IN_ORDER = (RANGE, FOR_DAYS, SIGNED, MONTHS, UNTIL_MONTH, UNTIL_YEAR, UNTIL, FROM, MONTH)


def _bare(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """The pattern for a text typed without diacritics."""
    return re.compile("".join(char if char.isascii() else fold(char) for char in pattern.pattern))


_BARE = {pattern: _bare(pattern) for pattern in _IN_ORDER}
_WITH_A_YEAR = re.compile(r"\d{4}$")


def periods_in(text: str, issued: date | None) -> tuple[Period, ...]:
    """Every period, by place; each stretch of text is read once, the fullest form first."""
    low, bare = letters(text), text.isascii()
    found: list[Period] = []
    taken = bytearray(len(low))
    for pattern in _IN_ORDER:
        for match in (_BARE[pattern] if bare else pattern).finditer(low):
            a, b = match.span()
            if any(taken[a:b]) or (
                pattern is MONTH and not (match[0].startswith("trong") and _WITH_A_YEAR.search(match[0]))
            ):
                continue
            if days := span_of(pattern, match, issued):
                found.append(Period(*days, a, b))
                taken[a:b] = b"\1" * (b - a)
    return tuple(sorted(found, key=lambda period: period.at))


_ANY_HOUR = r"(?:\d{1,2}\s*(?:h|giờ|:)\s*(?:\d{2}\s*(?:phút)?)?,?\s+)?"
_DEADLINE = re.compile(
    rf"\b(?:trước|chậm nhất(?: là| vào)?|không muộn hơn|hạn cuối(?: là)?)\s+{_ANY_HOUR}(?:hết\s+)?{DAY.format(n=1)}"
)
_BARE_DEADLINE = _bare(_DEADLINE)


def deadline_in(text: str, issued: date | None) -> date | None:
    """The last day of "trước ngày 25/5/2021", "chậm nhất 16h00 ngày 20/7"; None when none is named."""
    for match in (_BARE_DEADLINE if text.isascii() else _DEADLINE).finditer(letters(text)):
        if (match["word1"] or match["m1"]) and (day := day_of(match, 1, issued)):
            return day
    return None


HOUR = (
    r"(?P<h{n}>\d{{1,2}})\s*(?:(?:giờ|h|g)\s*(?P<m{n}>[0-5]\d)(?![\d%]|\s*(?:/\s*\d|-\s*\d+\s*/|lần|lượt"
    r"|buổi))(?:\s*(?:phút|'|p\b))?"
    r"|(?:giờ|h|g)(?![^\W_])|:(?P<mm{n}>[0-5]\d)(?![\d:]))"
    r"(?:\s*(?:buổi\s+)?(?P<part{n}>sáng|trưa|chiều|tối|đêm)\b)?"
)
_NOON, _EVENING, _DAY_HOURS = 12, 17, 24


def clock_of(match: re.Match[str], n: int, part: str | None = None) -> str | None:
    """The n-th hour of a match as "HH:MM"; `part` of the day where it names none itself."""
    minute = match[f"m{n}"] or match[f"mm{n}"] or "00"
    hour = hour_in(int(match[f"h{n}"]), match[f"part{n}"] or part)
    return None if hour is None else f"{hour:02}:{minute}"


def hour_in(hour: int, part: str | None) -> int | None:
    """An hour of a part of the day on the clock, "5 giờ chiều": 17; None where they do not fit, "12 giờ đêm"."""
    if (part == "sáng" and hour >= _NOON) or (part in {"tối", "đêm"} and _NOON <= hour < _EVENING):
        return None
    later = (
        (part in {"chiều", "tối"} and hour < _NOON)
        or (part == "đêm" and _NOON // 2 <= hour < _NOON)
        or (part == "trưa" and hour < _NOON // 2)
    )
    hour += _NOON if later else 0
    return hour if hour < _DAY_HOURS else None


_NUMBERED = {
    "hai": 0, "2": 0, "ba": 1, "3": 1, "tư": 2, "4": 2, "năm": 3, "5": 3, "sáu": 4, "6": 4, "bảy": 5, "bẩy": 5, "7": 5,
}  # fmt: skip
_ONE_DAY = (
    r"(?:(?<!lần )(?<!đợt )(?<!buổi )(?<!đoạn )"
    r"(?:thứ\s*(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s*nhật|chúa\s*nhật|cn))\b"
)
_MORE_DAYS = r"(?:(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7](?!\d))(?!\s*(?:h\b|giờ|lần|lượt|buổi|phút|/|:|tháng)))"
_DAY_RANGE = rf"{_ONE_DAY}\s*(?:đến|tới|-)\s*(?:hết\s+)?(?:{_ONE_DAY}|{_MORE_DAYS}\b)"
WEEKDAYS_NAMED = re.compile(
    rf"\b(?P<range>(?:từ\s+)?{_DAY_RANGE})"
    rf"|\b(?P<list>{_ONE_DAY}(?:\s*(?:,|và|;|&)\s*(?:(?:các\s+)?ngày\s+)?(?:{_ONE_DAY}|{_MORE_DAYS}\b))*)"
    r"|\b(?P<weekend>(?:hai\s+|các\s+|những\s+)?(?:ngày\s+)?(?:nghỉ\s+)?cuối tuần)\b"
    r"|\b(?P<work>(?:các\s+|những\s+)?ngày (?:làm việc|hành chính)(?:\s+trong tuần)?)\b"
)
_NAME = r"(?P<wd{n}>thứ\s*(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s*nhật)\s*,?\s*\(?\s*"
NAMED_RANGE = re.compile(
    rf"{_FROM_WORD}(?:(?:sáng|chiều)\s+)?{_NAME.format(n=1)}{DAY.format(n=1)}\s*\)?{_TO}"
    rf"{_NAME.format(n=2)}{DAY.format(n=2)}(?:\s*\))?"
)
NAMED_FROM = re.compile(rf"{_FROM_WORD}{_NAME.format(n=1)}{DAY.format(n=1)}(?:\s*\))?")
"""Days with the names that they have: "từ thứ Hai (09/3) đến thứ Sáu (13/3)"."""
DAYS_IN_SHORT = re.compile(
    r"(?<!\w)(?P<first>t[2-7])(?P<rest>(?:\s*(?:,|và|;|&|-|đến)\s*"
    r"(?:t[2-7]|cn|[2-7](?!\d|\s*(?:h\b|giờ|lần|lượt|buổi|phút|/|:))))+)"
)
"""Several days in short: "T2, T4, T6", "T2-T6"; one alone may be a month."""
DAYS_LISTED = (
    r"(?:(?:(?:vào|trong)\s+)?(?:các|những|hai|ba|0?[2-9])?\s*(?:ngày|hôm)(?:\s+(?:liền|liên tiếp"
    r"|liên tục))?,?(?:\s+(?:nghỉ\s+)?lễ|\s+phát(?:\s+thanh"
    r"|\s+sóng)?)?"
    r"\s*:?\s+|\(\s*)(?P<listed>\d{1,2}(?:\s*/\s*\d{1,2}(?:\s*/\s*\d{4})?)?"
    r"(?:\s*(?:,|;|và|&|-(?=\s*\d{1,2}\s*-))\s*(?:ngày\s+)?\d{1,2}(?!\d|\s*(?:h\b|giờ|:\s*\d|phút|lần|lượt"
    r"|buổi))(?:\s*/\s*\d{1,2}(?:\s*/\s*\d{4})?)?)+)"
    r"(?:\s+tháng\s+(?P<mm>\d{1,2})(?:\s*(?:năm|/)\s*(?P<yy>\d{4}))?)?(?P<m>(?!))?(?P<y>(?!))?"
)
"""Several days by their numbers: "các ngày 05, 07 và 09/3"."""
_ANY_WEEKDAY = re.compile(r"\b(?:thứ\s*)?(hai|ba|tư|năm|sáu|bảy|bẩy|[2-7]|chủ\s*nhật|chúa\s*nhật|cn)\b")


def weekday_of(name: str) -> tuple[int, ...]:
    """The one weekday of a name, Monday 0."""
    return tuple(_NUMBERED.get(one, 6) for one in _ANY_WEEKDAY.findall(name))


def weekdays_of(match: re.Match[str]) -> tuple[int, ...]:
    """The weekdays that a match of `WEEKDAYS_NAMED` spells, Monday 0."""
    if match["weekend"]:
        return 5, 6
    if match["work"]:
        return tuple(range(5))
    days = [_NUMBERED.get(one, 6) for one in _ANY_WEEKDAY.findall(match[0])]
    if match["range"]:
        first, last = days[0], days[-1]
        days = [*range(first, last + 1)] if first <= last else [*range(first, 7), *range(last + 1)]
    return tuple(sorted(set(days)))
