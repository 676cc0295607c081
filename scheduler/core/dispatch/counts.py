"""The numbers of an order: airings a day or a week, a factor, an interval, the minutes of a session.

Works on one clause. "tăng từ 2 lên 3 buổi/ngày" counts 3; "thêm 1 buổi" is an increase whose total nobody stated;
of a range the lower number is taken and said. What is counted (airings or reports) is asked of the caller.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

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
_RAISED_TO = re.compile(r"\blen(?:\s+(?:thanh|it nhat|toi thieu|den))?\s*$")
_RAISED_FROM = re.compile(r"\btu\s*$")
# The usual number is background; "2 giờ một lần trong ngày" is an interval.
_NOT_A_COUNT = re.compile(
    r"\b(?:phut|gio|tieng)\s*(?:phat\s+)?$|\b(?:da phat|dang phat|hien dang|hien nay|truoc day|truoc do"
    r"|binh thuong|thuong ngay)\b[^.;,]{0,60}$"
)
_MORE_BY = re.compile(r"\bthem(?:\s+(?:it nhat|toi thieu))?\s*$")
_RISES_FROM = re.compile(rf"\btu\s+{_NUM}\s*(?:{_UNIT})?(?:\s*/\s*{_ONE}(?:ngay|tuan))?\s*(?=len\b)")

_INCREASE = re.compile(
    r"\b(?:tang|nang)\s+(?:cuong\s+|them\s+|manh\s+|cao\s+)?(?:(?:va|,)\s+)?"
    r"(?:thoi luong|tan suat|so (?:lan|buoi|luot|gio)|thoi gian phat|luot phat|buoi phat|mat do|gap (?:doi|ruoi|\d))"
    r"|\btang cuong (?:viec )?(?:phat (?:thanh|song|tren|loa|tin|ban tin)|tiep am|tiep song)"
    r"|\b(?:thoi luong|tan suat|so (?:lan|buoi|luot))\b[^.;]{0,60}\btang\s+(?:len|them|gap)"
    r"|\btang\b[^.;]{0,30}\b(?:len|them)\b[^.;]{0,30}\b(?:lan|buoi|luot)\b"
)
_FACTORS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], float]], ...] = (
    (re.compile(r"\bgap\s+doi\b"), lambda _: 2.0),
    (re.compile(r"\bgap\s+ruoi\b"), lambda _: 1.5),
    (re.compile(r"\bgap\s+(?P<n>\d{1,2}(?:[.,]\d)?)\s*lan\b"), lambda m: float(m["n"].replace(",", "."))),
    (
        re.compile(r"(?<![\w.])x\s?(?P<n>\d{1,2}(?:[.,]\d{1,2})?)\b(?!\s*(?:cm|m)\b)"),
        lambda m: float(m["n"].replace(",", ".")),
    ),
    (re.compile(r"\b(?P<n>\d{1,2})\s*lan so voi\b"), lambda m: float(m["n"])),
    (re.compile(r"\b(?:tang|nang|them)\s[^.;\d%]{0,60}?(?<!len )(?P<n>\d{1,3})\s*%"), lambda m: 1 + int(m["n"]) / 100),
    (re.compile(r"\blen\s+(?:it nhat\s+|toi thieu\s+)?(?P<n>[1-9]\d{2})\s*%"), lambda m: int(m["n"]) / 100),
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
    r"|ban tin)\b[^.;\d]{0,45}?(?P<n>\d{1,3})(?:\s*-\s*\d{1,3})?\s*phut\b"
)
_SESSION_AFTER = re.compile(
    r"\b(?P<n>\d{1,3})(?:\s*-\s*\d{1,3})?\s*phut\s*(?:/|moi|mot|cho moi|trong moi)\s*(?:(?:01"
    r"|1)\s*)?(?:buoi|luot|phien|ca|chuong trinh|ban tin|lan)\b"
)
_SESSION_LENGTH = re.compile(r"\bthoi luong\b[^.;\d]{0,45}?(?P<n>\d{1,3})(?:\s*-\s*\d{1,3})?\s*phut\b")
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
    warnings: tuple[str, ...] = field(default=())

    def blank(self, start: int, end: int) -> None:
        self.masked = self.masked[:start] + " " * (end - start) + self.masked[end:]


def counts_in(text: str, folded: str, is_airing: Callable[[int], bool]) -> Counts:
    """Read one clause; `is_airing(place)` says whether a count there is of airings."""
    counts = Counts(folded)
    counts.increase = any(is_airing(m.end()) for m in _INCREASE.finditer(folded))
    if rises := _RISES_FROM.search(folded):
        counts.blank(*rises.span())
    _read_factor(counts, text, is_airing)
    _read_airings(counts, text, is_airing)
    _read_session(counts, is_airing)
    _read_every(counts, text, is_airing)
    return counts


def _number(text: str, match: re.Match[str], group: str = "n") -> int | None:
    """A figure, or a number spelled with its own diacritics ("sau" is not "sáu")."""
    raw = text[slice(*match.span(group))].split("(", maxsplit=1)[0].strip().lower()
    return int(raw) if raw.isdecimal() else _SPELLED.get(raw)


def _read_factor(counts: Counts, text: str, is_airing: Callable[[int], bool]) -> None:
    for pattern, factor in _FACTORS:
        for match in pattern.finditer(counts.masked):
            value = factor(match)
            if counts.factor is None and is_airing(match.end()) and 0 < value <= _GREATEST_FACTOR:
                counts.factor = round(value, 2)
                counts.blank(*match.span())
    spelled = _SPELLED_FACTOR.search(counts.masked)
    if counts.factor is None and spelled and (number := _number(text, spelled)) and is_airing(spelled.end()):
        counts.factor = float(number)


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
            if _MORE_BY.search(before):
                counts.increase = True
                more = f"{number} more a {_PERIOD[match['per']]} than usual is ordered"
                counts.warnings += (f"frequency: {more}; the officer must state the total",)
                continue
            if _RAISED_FROM.search(before):
                continue
            if match["n2"] and (upper := _number(text, match, "n2")):
                counts.warnings += (
                    f"frequency: {number} to {upper} a {_PERIOD[match['per']]} is ordered; the lower was taken",
                )
            _keep_count(counts, match["per"], number, raised=bool(_RAISED_TO.search(before)))


_PERIOD = {"ngay": "day", "tuan": "week"}


def _keep_count(counts: Counts, per: str, number: int, *, raised: bool) -> None:
    if per == "ngay" and (counts.per_day is None or raised):
        counts.per_day = number
    elif per == "tuan" and (counts.per_week is None or raised):
        counts.per_week = number


def _read_session(counts: Counts, is_airing: Callable[[int], bool]) -> None:
    for pattern in (_SESSION_BEFORE, _SESSION_AFTER, _SESSION_LENGTH):
        for match in pattern.finditer(counts.masked):
            by_the_day = _A_DAY.match(counts.masked, match.end()) and pattern is not _SESSION_AFTER
            more = re.search(r"\bthem\b[^\d]{0,20}$", counts.masked[: match.start("n")])
            every = pattern is _SESSION_AFTER and match[0].endswith("lan") and not _says_length(counts, match)
            if by_the_day or more or every or not is_airing(match.start("n")):
                continue
            if counts.session_minutes is None and int(match["n"]):
                counts.session_minutes = int(match["n"])
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
