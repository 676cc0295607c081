"""What the words of a term spell: a count, a factor, an hour, a window, days, weekdays.

One function for each sort of value; each takes the match of a rule and gives the value, or None where the words spell
none: no day of the calendar, no hour of the day, no number.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.core.dispatch import when

__all__ = [
    "NUMBER",
    "Maker",
    "Value",
    "counted",
    "day_named",
    "day_near",
    "days_a_week",
    "days_in_short",
    "factor_of",
    "first_week",
    "fixed_factor",
    "hour_beside",
    "hour_of",
    "listed_days",
    "nothing",
    "one_day",
    "out_of",
    "part_of",
    "period_named",
    "period_of",
    "share_of",
    "so_many_days",
    "times_as_much",
    "weekdays_of",
    "window_of",
]

SPELLED = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip
NUMBER = rf"(?:\d{{1,3}}|{'|'.join(SPELLED)})(?:\s*\([^()\d]{{1,12}}\))?"
_GREATEST, _A_WEEK, _A_DAY = 50, 7, 24 * 60


@dataclass(frozen=True, slots=True)
class Value:
    """What a term spells; which fields are filled follows from its kind."""

    n: int = 0
    upper: int | None = None
    """Of a range "2 - 3"."""
    per: str = ""
    unit: str = ""
    differs: bool = False
    """Figure and words of one number are not the same: "02 (ba)"."""
    factor: float = 0.0
    share: float = 0.0
    at: str = ""
    until: str = ""
    part: str = ""
    first: str | None = None
    last: str | None = None
    dates: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()


Maker = Callable[[re.Match[str], date | None], Value | None]


def number_of(raw: str) -> int | None:
    """A figure, or a number in words; "02 (hai)" by its figure."""
    bare = raw.split("(", maxsplit=1)[0].strip()
    return int(bare) if bare.isdecimal() else SPELLED.get(bare)


def counted(match: re.Match[str], issued: date | None) -> Value | None:
    del issued
    named = match.groupdict()
    number = number_of(match["n"])
    if not number:
        return None
    words = match["n"].partition("(")[2].rstrip(")").strip()
    return Value(
        n=number,
        upper=number_of(named["n2"]) if named.get("n2") else None,
        per=named.get("per") or "",
        unit=named.get("unit") or "",
        differs=SPELLED.get(words, number) != number,
        part=named.get("part") or "",
    )


def days_a_week(match: re.Match[str], issued: date | None) -> Value | None:
    del issued
    number = number_of(match["n"] or match["n2"])
    return Value(n=number) if number else None


def factor_of(match: re.Match[str], issued: date | None, *, made: Callable[[float], float]) -> Value | None:
    del issued
    factor = made(float(match["n"].replace(",", ".")))
    return (
        Value(n=int(float(match["n"].replace(",", "."))), factor=round(factor, 2)) if 0 < factor <= _GREATEST else None
    )


def fixed_factor(match: re.Match[str], issued: date | None, *, factor: float) -> Value:
    del match, issued
    return Value(factor=factor)


def times_as_much(match: re.Match[str], issued: date | None) -> Value | None:
    del issued
    number = number_of(match["n"])
    if not number or number > _GREATEST:
        return None
    return Value(n=number, factor=float(number), upper=number_of(match["n2"]) if match["n2"] else None)


def share_of(match: re.Match[str], issued: date | None) -> Value | None:
    del issued
    percent = int(match["n"])
    return Value(n=percent, share=percent / 100) if 0 < percent <= 100 else None  # noqa: PLR2004 - per cent


def out_of(match: re.Match[str], issued: date | None) -> Value | None:
    del issued
    part, whole = int(match["n"]), int(match["of"])
    return Value(n=part, share=round(part / whole, 2), upper=whole) if 0 < part <= whole else None


def nothing(match: re.Match[str], issued: date | None) -> Value:
    del match, issued
    return Value()


def period_of(match: re.Match[str], issued: date | None, *, pattern: re.Pattern[str]) -> Value | None:
    if pattern is when.BARE_RANGE and not (match["m2"] or match["mm2"]):
        return None
    spelled = when.span_of(pattern, match, issued)
    return Value(first=spelled[0], last=spelled[1]) if spelled else None


def period_named(match: re.Match[str], issued: date | None, *, pattern: re.Pattern[str]) -> Value | None:
    """What "từ thứ Hai (09/3) đến thứ Sáu (13/3)" spells, where the days of the calendar have these names."""
    spelled = when.span_of(when.RANGE if pattern is when.NAMED_RANGE else when.FROM, match, issued)
    named = [match[name] for name in ("wd1", "wd2") if name in match.groupdict()]
    if spelled is None or any(
        not day or (date.fromisoformat(day).weekday(),) != when.weekday_of(name)
        for day, name in zip(spelled, named, strict=False)
    ):
        return None
    return Value(first=spelled[0], last=spelled[1])


def so_many_days(match: re.Match[str], issued: date | None) -> Value | None:
    del issued
    number = number_of(match["n"])
    return Value(n=number * (_A_WEEK if match["unit"] == "tuần" else 1)) if number else None


def one_day(match: re.Match[str], issued: date | None) -> Value | None:
    if not (
        match["word1"]
        or match["y1"]
        or match["yy1"]
        or (match["m1"] or "").startswith("0")
        or match["d1"].startswith("0")
    ):
        return None
    return day_named(match, issued)


def day_named(match: re.Match[str], issued: date | None) -> Value | None:
    """A day of which the words before it say that it is one: "ngày lễ 30/4"."""
    if not (match["m1"] or match["mm1"]):
        return None
    day = when.day_of(match, 1, issued)
    return Value(dates=(day.isoformat(),)) if day else None


_FROM_TODAY = {"hôm nay": 0, "nay": 0, "ngày mai": 1, "mai": 1, "ngày kia": 2}


def day_near(match: re.Match[str], issued: date | None) -> Value | None:
    """Tomorrow with its date, "ngày mai 04/3/2026", where that day is tomorrow as the dispatch counts."""
    found = day_named(match, issued)
    if found is None or issued is None:
        return None
    return found if found.dates == ((issued + timedelta(days=_FROM_TODAY[match["near"]])).isoformat(),) else None


_LISTED = re.compile(r"(\d{1,2})(?:\s*/\s*(\d{1,2})(?:\s*/\s*(\d{4}))?)?")


def listed_days(match: re.Match[str], issued: date | None) -> Value | None:
    """A month and a year count for the days before them: "các ngày 05, 07 và 09/3/2026"."""
    found: list[date] = []
    month, year = match["m"] or match["mm"], match["y"] or match["yy"]
    for day, own, own_year in reversed(_LISTED.findall(match["listed"])):
        month, year = own or month, own_year or year
        made = when.made_day(day, month, year, issued, None)
        if made is None:
            return None
        found.append(made)
    return Value(dates=tuple(day.isoformat() for day in sorted(set(found))))


def weekdays_of(match: re.Match[str], issued: date | None) -> Value | None:
    del issued
    days = when.weekdays_of(match)
    return Value(weekdays=days) if days else None


def days_in_short(match: re.Match[str], issued: date | None) -> Value | None:
    """Days of "T2, T4, T6", or of the one dash of "T2-T6"; two dashes make a list."""
    del issued
    days = [6 if one == "cn" else int(one) - 2 for one in re.findall(r"cn|[2-7]", match["first"] + match["rest"])]
    dashes = len(re.findall("-|đến", match["rest"]))
    if dashes == 1:
        if len(days) != 2 or days[0] >= days[1]:  # noqa: PLR2004 - both ends of a span
            return None
        days = [*range(days[0], days[1] + 1)]
    return Value(weekdays=tuple(sorted(set(days))))


def hour_of(match: re.Match[str], issued: date | None) -> Value | None:
    del issued
    led = match.groupdict().get("led")
    at = when.clock_of(match, 1, led)
    return Value(at=at) if at else None


def hour_beside(match: re.Match[str], issued: date | None) -> Value | None:
    """What "17 giờ kém 15 phút" and "6 giờ rưỡi sáng" spell; `n` and `upper` are the figures it was made of."""
    del issued
    less = number_of(match["less"]) if match["less"] else None
    hour = when.hour_in(int(match["h1"]), match["part1"] or match.groupdict().get("led"))
    if hour is None:
        return None
    minutes = hour * 60 + 30 if match["half"] else hour * 60 - (less or 60)
    if minutes <= 0 or (less or 0) >= 60:  # noqa: PLR2004 - minutes of an hour
        return None
    return Value(n=int(match["h1"]), upper=less or int(match["h1"]), at=f"{minutes // 60:02}:{minutes % 60:02}")


def window_of(match: re.Match[str], issued: date | None) -> Value | None:
    del issued
    led = match["led"]
    until = when.clock_of(match, 2, led)
    if "bare" in match.groupdict():
        hour = when.hour_in(int(match["bare"]), match["part2"] or led)
        start = None if hour is None else f"{hour:02}:00"
    else:
        start = when.clock_of(match, 1, match["part2"] or led)
    if not (start and until) or start == until:
        return None
    length = (int(until[:2]) - int(start[:2])) * 60 + int(until[3:]) - int(start[3:])
    return Value(at=start, until=until) if length > 0 or length % _A_DAY < _A_DAY // 2 else None


def first_week(match: re.Match[str], issued: date | None) -> Value:
    del match, issued
    return Value(n=_A_WEEK)


def part_of(match: re.Match[str], issued: date | None) -> Value:
    del issued
    return Value(part=match["part"])
