"""The numbers of an order: airings a day or a week, a factor, an interval, minutes of a session or a day, a share.

Works on one clause. "tăng từ 2 lên 3 buổi/ngày" counts 3; "thêm 1 buổi" is an increase whose total nobody stated;
of a range the lower number is taken and said. What is counted (airings or reports) is asked of the caller.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.model import Doubt

__all__ = ["Counts", "counts_in"]

_SPELLED = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10, "mot": 1,
    "bon": 4, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
}  # fmt: skip
_NUM = r"(?:\d{1,3}|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)(?:\s*\([^()\d]{1,12}\))?"
_UNIT = (
    r"(?:lan|buoi|luot|dot|phien|ca)(?:\s+(?:phat(?: thanh| song)?|tuyen truyen|tiep am|doc"
    r"|thong bao))?(?: (?:tren|qua) (?:he thong )?(?:loa|dai)(?: truyen thanh)?)?"
)
_ONE = r"(?:(?:01|1|mot)\s+|(?:01|1))?"
_PER = rf"\s*(?:/|moi|mot|trong(?: mot)?|tren)\s*{_ONE}(?P<per>ngay|tuan)\b"
_RANGE = rf"(?P<n>{_NUM})(?:\s*(?:-|den)\s*(?P<n2>{_NUM}))?"
_COUNT = re.compile(rf"\b{_RANGE}\s*{_UNIT}{_PER}")
_REVERSED = re.compile(rf"\b(?:moi|hang|trong)\s+(?P<per>ngay|tuan)\b[^.;\d]{{0,60}}?\b{_RANGE}\s*{_UNIT}\b")
_BARE_REVERSED = re.compile(rf"(?<!tu )(?<!den )(?<!het )\b(?P<per>ngay|tuan)\s+(?:phat\s+)?{_RANGE}\s*{_UNIT}\b")
# "2 lượt/buổi, 2 buổi/ngày" are four airings a day.
_A_SESSION = re.compile(
    rf"\b(?P<n>{_NUM})\s*(?:lan|luot)(?: phat)?\s*(?:/|moi|trong)\s*{_ONE}(?:moi )?buoi\b"
    rf"|\bmoi buoi\s+(?:phat\s+)?(?:it nhat\s+|toi thieu\s+)?(?P<n2>{_NUM})\s*(?:lan|luot)\b"
)
_PART_OF_DAY = re.compile(rf"\b(?:sang|trua|chieu|toi)\s*:?\s*(?:phat\s+)?(?P<n>{_NUM})\s*(?:lan|buoi|luot)\b")
_UNREAD = re.compile(rf"(?<!thu )\b(?P<n>{_NUM})\s*(?:lan|buoi|luot)\b(?!\s*(?:thu|dau))")
_IN_BRACKETS = re.compile(r"\([^()]*$")
_RAISED_TO = re.compile(r"\blen(?:\s+(?:thanh|it nhat|toi thieu|den))?\s*$")
_RAISED_FROM = re.compile(r"\btu\s*$")
# The usual number is background; "2 giờ một lần trong ngày" is an interval.
_NOT_A_COUNT = re.compile(
    r"\b(?:phut|gio|tieng)\s*(?:phat\s+)?$|\b(?:da phat|dang phat|hien dang|hien nay|truoc day|truoc do"
    r"|binh thuong|thuong ngay)\b[^.;,]{0,60}$"
)
_MORE_BY = re.compile(r"\bthem(?:\s+(?:it nhat|toi thieu))?\s*$")
_RISES_FROM = re.compile(rf"\btu\s+{_NUM}\s*(?:{_UNIT}|phut)?(?:\s*/\s*{_ONE}(?:ngay|tuan|buoi|lan))?\s*(?=len\b)")

_INCREASE = re.compile(
    r"\b(?:tang|nang)\s+(?:cuong\s+|them\s+|manh\s+|cao\s+)?(?:(?:va|,)\s+)?"
    r"(?:thoi luong|tan suat|so (?:lan|buoi|luot|gio)|thoi gian phat|luot phat|buoi phat|mat do|gap (?:doi|ruoi|\d))"
    r"|\btang cuong (?:viec )?(?:phat (?:thanh|song|tren|loa|tin|ban tin)|tiep am|tiep song)"
    r"|\b(?:thoi luong|tan suat|so (?:lan|buoi|luot))\b[^.;]{0,60}\btang\s+(?:len|them|gap)"
    r"|\btang\b[^.;]{0,30}\b(?:len|them)\b[^.;]{0,30}\b(?:lan|buoi|luot)\b"
)
_FACTORS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], float]], ...] = (
    (re.compile(r"\b(?:gap|nhan)\s+doi\b"), lambda _: 2.0),
    (re.compile(r"\bgap\s+ruoi\b"), lambda _: 1.5),
    (
        re.compile(r"\bgap\s+(?:khoang\s+)?(?P<n>\d{1,2}(?:[.,]\d)?)(?:\s*(?:-|den)\s*\d{1,2})?\s*lan\b"),
        lambda m: float(m["n"].replace(",", ".")),
    ),
    (
        re.compile(r"(?<![\w.])x\s?(?P<n>\d{1,2}(?:[.,]\d{1,2})?)\b(?!\s*(?:cm|m)\b)"),
        lambda m: float(m["n"].replace(",", ".")),
    ),
    (re.compile(r"\b(?P<n>\d{1,2})\s*lan so voi\b"), lambda m: float(m["n"])),
    (re.compile(r"\b(?:tang|nang|them)\s[^.;\d%]{0,60}?(?<!len )(?P<n>\d{1,3})\s*%"), lambda m: 1 + int(m["n"]) / 100),
    (re.compile(r"\blen\s+(?:it nhat\s+|toi thieu\s+)?(?P<n>[1-9]\d{2})\s*%"), lambda m: int(m["n"]) / 100),
)
_FACTOR_RANGE = re.compile(r"\bgap\s+(?:khoang\s+)?\d{1,2}\s*(?:-|den)\s*\d{1,2}\s*lan\b")
# "tăng 3 lần" is three times as much, or three airings: nobody can tell.
_TIMES = re.compile(
    r"\b(?:tang|nang)\s+(?:len\s+)?(?:it nhat\s+|toi thieu\s+)?(?P<n>\d{1,2})\s*lan\b(?!\s*(?:/|moi|mot|tren|trong|so))"
)
_SPELLED_FACTOR = re.compile(r"\bgap\s+(?P<n>hai|ba|bon|nam|sau|bay|tam|chin|muoi)\s+lan\b")
_GREATEST_FACTOR = 50

_LENGTH_UNIT = r"(?P<unit>phut|gio|tieng)\b"
_EVERY = re.compile(rf"\b(?:cu(?: moi)?|dinh ky(?: moi)?|cach nhau|cach)\s+(?P<n>{_NUM})\s*{_LENGTH_UNIT}")
_EVERY_ONCE = re.compile(rf"\b(?:moi\s+)?(?P<n>{_NUM})\s*{_LENGTH_UNIT}\s*(?:phat\s+)?(?:/|mot|moi|1|01)\s*{_ONE}lan\b")
_EACH_LENGTH = re.compile(rf"\bmoi\s+(?P<n>{_NUM})\s*{_LENGTH_UNIT}(?:\s+(?:phat|lai phat|mot|1))")
_HOURLY = re.compile(r"\b(?:hang gio|moi (?:gio|tieng)(?:\s+(?:dong ho|phat))*\s+(?:mot|1|01)\s+lan|moi gio phat)\b")
_SESSION_BEFORE = re.compile(
    r"\b(?:moi|mot|01|1)\s+(?:buoi|lan|luot|phien|ca|dot|chuong trinh"
    r"|ban tin)\b[^.;\d]{0,45}?(?P<n>\d{1,3})(?:\s*(?:-|den)\s*\d{1,3})?\s*phut\b"
)
_SESSION_AFTER = re.compile(
    r"\b(?P<n>\d{1,3})(?:\s*(?:-|den)\s*\d{1,3})?\s*phut\s*(?:/|moi|mot|cho moi|trong moi)\s*(?:(?:01"
    r"|1)\s*)?(?:buoi|luot|phien|ca|chuong trinh|ban tin|lan)\b"
)
_SESSION_LENGTH = re.compile(r"\bthoi luong\b[^.;\d]{0,45}?(?P<n>\d{1,3})(?:\s*(?:-|den)\s*\d{1,3})?\s*phut\b")
_MINUTES = r"(?P<n>\d{1,3})(?:\s*(?:-|den)\s*\d{1,3})?\s*phut"
_MINUTES_A_DAY = (
    re.compile(rf"\b{_MINUTES}(?:\s+phat(?: thanh| song)?)?\s*(?:/|moi|mot|trong(?: mot)?|tren)\s*{_ONE}ngay\b"),
    re.compile(
        rf"\b(?:moi|hang|trong)\s+ngay\b[^.;\d]{{0,60}}?\b{_MINUTES}\b(?!\s*(?:/|moi|mot|cho moi)\s*(?:01"
        rf"|1)?\s*(?:buoi|lan|luot))"
    ),
)
# "hằng ngày, cứ 60 phút", "mỗi ngày, mỗi buổi 15 phút" are no minutes a day.
_EACH = re.compile(
    r"\b(?:(?:cu|cach|cach nhau|dinh ky)(?: moi)?|(?:moi|mot|01|1) (?:buoi|lan|luot|phien|ca|ban tin)\b[^\d]{0,40})\s*$"
)
_HOURS_A_DAY = re.compile(rf"(?<!/)\b(?P<n>\d{{1,2}})\s*(?:gio|tieng|h)\s*/\s*{_ONE}ngay\b")
_O_CLOCK = re.compile(r"\b(?:luc|vao|tu|den|truoc|sau)(?: hoi)?\s*$")
_WHOLE = r"(?:tong\s+)?(?:so\s+)?(?:thoi luong|thoi gian|dung luong|chuong trinh|buoi phat)"
_PERCENT = re.compile(
    rf"(?P<n>\d{{1,3}})\s*%\s*{_WHOLE}|\b{_WHOLE}\b[^.;%\d]{{0,40}}?\b(?:chiem|danh|dat|bang|it nhat"
    rf"|toi thieu|khong duoi)\s+[^.;%\d]{{0,20}}?(?P<n2>\d{{1,3}})\s*%"
)
_OUT_OF = re.compile(
    r"(?<![\d/])(?P<n>\d{1,3})\s*/\s*(?P<of>\d{1,3})\s*phut\s*(?:/|moi|mot|cua|trong|cho)*\s*(?:moi\s+"
    r"|mot\s+|01\s+|1\s+)?(?:buoi|chuong trinh|phien|ban tin)\b"
)
_GROWS = re.compile(r"\b(?:tang|nang|them|giam)(?:\s+(?:them|khoang|it nhat|toi thieu))*\s*$")
_PERCENT_WHOLE, _HOUR = 100, 60
_RANGE_OF = re.compile(r"\d{1,3}\s*(?:-|den)\s*\d{1,3}")
_A_DAY = re.compile(r"\s*(?:/|moi|mot)\s*(?:01\s*|1\s*)?(?:ngay|tuan|thang)\b")


@dataclass(slots=True)
class Counts:
    """What a clause counts; `masked` is its folded text with everything read blanked out."""

    masked: str
    increase: bool = False
    factor: float | None = None
    per_day: int | None = None
    per_week: int | None = None
    every_minutes: int | None = None
    session_minutes: int | None = None
    minutes_a_day: int | None = None
    share: float | None = None
    doubts: tuple[Doubt, ...] = field(default=())

    def blank(self, start: int, end: int) -> None:
        self.masked = self.masked[:start] + " " * (end - start) + self.masked[end:]

    def ask(self, found: Doubt) -> None:
        self.doubts = (*self.doubts, found)


def counts_in(text: str, folded: str, is_airing: Callable[[int], bool]) -> Counts:
    """Read one clause; `is_airing(place)` says whether a count there is of airings."""
    counts = Counts(folded)
    counts.increase = any(is_airing(m.end()) for m in _INCREASE.finditer(folded))
    if rises := _RISES_FROM.search(folded):
        counts.blank(*rises.span())
    _read_share(counts, is_airing)
    per_session = _read_per_session(counts, text, is_airing)
    _read_factor(counts, text, is_airing)
    _read_airings(counts, text, is_airing)
    _read_parts_of_the_day(counts, text, is_airing)
    if per_session and counts.per_day:
        counts.per_day *= per_session
    elif per_session:
        counts.ask(doubt("frequency", reason="frequency_unread", raw=f"{per_session} lượt mỗi buổi"))
    _read_minutes_a_day(counts, text, is_airing)
    _read_session(counts, text, is_airing)
    _read_every(counts, text, is_airing)
    _ask_what_is_left(counts, text, is_airing)
    return counts


def _number(text: str, match: re.Match[str], group: str = "n") -> int | None:
    """A figure, or a number spelled with its own diacritics ("sau" is not "sáu")."""
    raw = text[slice(*match.span(group))].split("(", maxsplit=1)[0].strip().lower()
    return int(raw) if raw.isdecimal() else _SPELLED.get(raw)


def _range_doubt(counts: Counts, text: str, match: re.Match[str]) -> None:
    """Of "10 - 15 phút" the lower number was taken."""
    if _RANGE_OF.search(match[0]):
        counts.ask(doubt("frequency", reason="frequency_lower_taken", raw=" ".join(text[slice(*match.span())].split())))


def _read_share(counts: Counts, is_airing: Callable[[int], bool]) -> None:
    """A part of the session ("30/45 phút mỗi buổi", "70 % thời lượng"), not an increase by so much."""
    for match in _OUT_OF.finditer(counts.masked):
        part, whole = int(match["n"]), int(match["of"])
        if counts.share is None and 0 < part <= whole and is_airing(match.end()):
            counts.share, counts.session_minutes = round(part / whole, 2), whole
            counts.blank(*match.span())
    for match in _PERCENT.finditer(counts.masked):
        group = "n" if match["n"] else "n2"
        percent = int(match[group])
        grows = _GROWS.search(counts.masked[max(0, match.start(group) - _NEAR) : match.start(group)])
        if counts.share is None and not grows and 0 < percent <= _PERCENT_WHOLE and is_airing(match.end()):
            counts.share = percent / _PERCENT_WHOLE
            counts.blank(*match.span())


def _read_minutes_a_day(counts: Counts, text: str, is_airing: Callable[[int], bool]) -> None:
    for pattern in _MINUTES_A_DAY:
        for match in pattern.finditer(counts.masked):
            before = counts.masked[max(0, match.start("n") - _NEAR) : match.start("n")]
            other = _NOT_A_COUNT.search(before) or _EACH.search(before)
            if other or not int(match["n"]) or not is_airing(match.start("n")):
                continue
            counts.blank(*match.span())
            if _MORE_BY.search(before):
                counts.increase = True
                counts.ask(doubt("frequency", reason="frequency_minutes_more", minutes=match["n"]))
            elif counts.minutes_a_day is None:
                counts.minutes_a_day = int(match["n"])
                _range_doubt(counts, text, match)
    for match in _HOURS_A_DAY.finditer(counts.masked):
        o_clock = _O_CLOCK.search(counts.masked[max(0, match.start() - _NEAR) : match.start()])
        if counts.minutes_a_day is None and not o_clock and int(match["n"]) and is_airing(match.start()):
            counts.minutes_a_day = int(match["n"]) * _HOUR
            counts.blank(*match.span())


def _read_factor(counts: Counts, text: str, is_airing: Callable[[int], bool]) -> None:
    for pattern, factor in _FACTORS:
        for match in pattern.finditer(counts.masked):
            value = factor(match)
            if counts.factor is None and is_airing(match.end()) and 0 < value <= _GREATEST_FACTOR:
                counts.factor = round(value, 2)
                if _FACTOR_RANGE.fullmatch(match[0]):
                    _range_doubt(counts, text, match)
                counts.blank(*match.span())
    spelled = _SPELLED_FACTOR.search(counts.masked)
    if counts.factor is None and spelled and (number := _number(text, spelled)) and is_airing(spelled.end()):
        counts.factor = float(number)
    times = _TIMES.search(counts.masked)
    if counts.factor is None and times and int(times["n"]) > 1 and is_airing(times.end()):
        counts.factor = float(times["n"])
        raw = " ".join(text[slice(*times.span())].split())
        counts.ask(doubt("frequency", reason="frequency_times", raw=raw, number=times["n"]))
        counts.blank(*times.span())


_NEAR = 120
"""No word further off than this belongs to a count."""


def _read_airings(counts: Counts, text: str, is_airing: Callable[[int], bool]) -> None:
    for pattern in (_COUNT, _REVERSED, _BARE_REVERSED):
        for match in pattern.finditer(counts.masked):
            before = counts.masked[max(0, match.start("n") - _NEAR) : match.start("n")]
            number = _number(text, match)
            if not number or not is_airing(match.start("n")) or _NOT_A_COUNT.search(before):
                continue
            counts.blank(*match.span())
            period = _PERIOD[match["per"]]
            if _MORE_BY.search(before):
                counts.increase = True
                counts.ask(doubt("frequency", reason="frequency_more", number=str(number), period=period))
                continue
            if _RAISED_FROM.search(before):
                continue
            if match["n2"] and (upper := _number(text, match, "n2")):
                lower, higher = str(number), str(upper)
                counts.ask(doubt("frequency", reason="frequency_range", lower=lower, upper=higher, period=period))
            _compare_words(counts, text, match, number)
            _keep_count(counts, match["per"], number, raised=bool(_RAISED_TO.search(before)))


_PERIOD = {"ngay": "ngày", "tuan": "tuần"}


def _read_per_session(counts: Counts, text: str, is_airing: Callable[[int], bool]) -> int | None:
    """How often in each session, where the dispatch says so; it multiplies the sessions of the day."""
    found = _A_SESSION.search(counts.masked)
    group = "n" if found and found["n"] else "n2"
    if found is None or not is_airing(found.start(group)) or not (number := _number(text, found, group)):
        return None
    counts.blank(*found.span())
    return number


def _read_parts_of_the_day(counts: Counts, text: str, is_airing: Callable[[int], bool]) -> None:
    """The sum of "sáng 2 lần, chiều 1 lần", unless the day has a number of its own."""
    total = 0
    for match in _PART_OF_DAY.finditer(counts.masked):
        if is_airing(match.start("n")):
            total += _number(text, match) or 0
            counts.blank(*match.span())
    if total and counts.per_day is None:
        counts.per_day = total


def _ask_what_is_left(counts: Counts, text: str, is_airing: Callable[[int], bool]) -> None:
    """A count of airings that nothing above understood is never passed over in silence."""
    for match in _UNREAD.finditer(counts.masked):
        before = counts.masked[max(0, match.start() - _NEAR) : match.start()]
        background = _NOT_A_COUNT.search(before) or _RAISED_FROM.search(before) or _IN_BRACKETS.search(before)
        interval = counts.every_minutes is not None and _number(text, match) == 1
        if is_airing(match.start()) and not (background or interval):
            raw = " ".join(text[slice(*match.span())].split())
            counts.ask(doubt("frequency", reason="frequency_unread", raw=raw))


def _compare_words(counts: Counts, text: str, match: re.Match[str], number: int) -> None:
    """Ask about "02 (ba) buổi": it says two numbers."""
    raw = " ".join(text[slice(*match.span("n"))].split())
    spelled = _SPELLED.get(raw.partition("(")[2].rstrip(")").strip().lower(), number)
    if spelled != number:
        counts.ask(doubt("frequency", reason="frequency_words_differ", raw=raw))


def _keep_count(counts: Counts, per: str, number: int, *, raised: bool) -> None:
    kept = counts.per_day if per == "ngay" else counts.per_week
    if kept not in (None, number) and not raised:
        counts.ask(doubt("frequency", reason="frequency_two_counts", first=str(kept), second=str(number)))
        return
    if per == "ngay":
        counts.per_day = number
    else:
        counts.per_week = number


def _read_session(counts: Counts, text: str, is_airing: Callable[[int], bool]) -> None:
    for pattern in (_SESSION_BEFORE, _SESSION_AFTER, _SESSION_LENGTH):
        for match in pattern.finditer(counts.masked):
            by_the_day = _A_DAY.match(counts.masked, match.end()) and pattern is not _SESSION_AFTER
            more = re.search(r"\bthem\b[^\d]{0,20}$", counts.masked[: match.start("n")])
            every = pattern is _SESSION_AFTER and match[0].endswith("lan") and not _says_length(counts, match)
            if by_the_day or more or every or not is_airing(match.start("n")):
                continue
            if counts.session_minutes is None and int(match["n"]):
                counts.session_minutes = int(match["n"])
                _range_doubt(counts, text, match)
                counts.blank(*match.span())


def _says_length(counts: Counts, match: re.Match[str]) -> bool:
    """Whether "15 phút/lần" is a length: beside a count or after "thời lượng" it is, else an interval."""
    before = counts.masked[: match.start()]
    every = re.search(r"\b(?:cu|dinh ky|tan suat|cach)\b[^.;]{0,20}$", before)
    return not every and (counts.per_day is not None or counts.per_week is not None or "thoi luong" in before)


def _read_every(counts: Counts, text: str, is_airing: Callable[[int], bool]) -> None:
    for pattern in (_EVERY, _EVERY_ONCE, _EACH_LENGTH):
        for match in pattern.finditer(counts.masked):
            number = _number(text, match)
            if not number or not is_airing(match.start("n")):
                continue
            if counts.every_minutes is None:
                counts.every_minutes = number * (1 if match["unit"] == "phut" else 60)
            counts.blank(*match.span())
    hourly = _HOURLY.search(counts.masked)
    if hourly and counts.every_minutes is None and is_airing(hourly.start()):
        counts.every_minutes = 60
        counts.blank(*hourly.span())
