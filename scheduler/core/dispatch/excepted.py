"""What a sentence says is not to be aired: "trừ Chủ nhật", "thứ Hai nghỉ phát", "không phát sau 20 giờ".

A "no" is read only together with what it forbids, right behind it or right before it; a "no" whose object nobody
understood is left over. An order to air something no more ("ngừng phát bài cũ") is no exception; it is an act.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from scheduler.core.dispatch.terms import Term

__all__ = ["Excepted", "Forbidden", "excepted_in", "is_pause_before_an_order"]


@dataclass(slots=True)
class Excepted:
    """Days and hours in which an order does not air."""

    weekdays: set[int] = field(default_factory=set)
    days: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    not_before: str | None = None
    not_after: str | None = None

    def __bool__(self) -> bool:
        return bool(self.weekdays or self.days or self.windows or self.not_before or self.not_after)

    def add(self, other: "Excepted") -> None:
        """Both sets of exceptions hold."""
        self.weekdays |= other.weekdays
        self.days = sorted({*self.days, *other.days})
        self.windows = list(dict.fromkeys((*self.windows, *other.windows)))
        self.not_before = max(filter(None, (self.not_before, other.not_before)), default=None)
        self.not_after = min(filter(None, (self.not_after, other.not_after)), default=None, key=_of_an_evening)


def _of_an_evening(hour: str) -> tuple[bool, str]:
    """Hours after midnight end an evening later than those before it."""
    return hour < "12:00", hour


@dataclass(slots=True)
class Forbidden:
    """The exceptions of a sentence; which of its terms they are made of, which stop an airing, which say too little."""

    excepted: Excepted = field(default_factory=Excepted)
    taken: set[int] = field(default_factory=set)
    stops: set[int] = field(default_factory=set)
    left: list[Term] = field(default_factory=list)
    past: bool = False
    """It tells of an airing that was stopped before."""


_DAYS = frozenset({"weekdays", "days", "period"})
_OBJECTS = _DAYS | {"window", "before", "after"}
_VALUES = frozenset(
    {"count", "times", "hour", "window", "every", "hourly", "minutes_a_day", "rise", "share", "factor", "no_rise"}
)
_BETWEEN = frozenset(
    [
        "vào",
        "trong",
        "các",
        "ngày",
        "khung",
        "giờ",
        "lúc",
        "và",
        "thời",
        "gian",
        "khoảng",
        "từ",
        "những",
        "khung giờ",
        "các giờ",
        "(",
        "tuần lễ",
        "trong tuần lễ",
    ]
)
_BEFORE = frozenset(["và", "vào", "thì", "đài", "loa"])
_STOPS = re.compile(
    r"(?:(?:tạm\s+)?(?:ngừng|dừng|ngưng|thôi)|chấm dứt|không tiếp tục)\b.*"
    r"\b(?:phát|tuyên truyền|tiếp âm|tiếp sóng|hoạt động)\b"
)
_NO_MORE = frozenset({"nữa"})
_LONGEST_DAYS = 62


_PAUSE = re.compile(r"\btạm\s+(?:nghỉ|ngừng|dừng|ngưng)\b.*\b(?:đến|tới)\b|\btạm\s+(?:nghỉ|ngừng|dừng|ngưng)\b[^.;]*-")
_COUNT = re.compile(r"\d\s*(?:lần|lượt|buổi)|\b(?:lúc|vào)\s+\d{1,2}\s*(?:h|giờ)")
_IN_THE_PARAGRAPH = 400


def is_pause_before_an_order(text: str, low: str, end: int) -> bool:
    """Whether "tạm dừng phát từ … đến …" takes days out of an order that follows in its paragraph."""
    return bool(_PAUSE.search(low) and _COUNT.search(text[end : end + _IN_THE_PARAGRAPH].partition("\n")[0].lower()))


def excepted_in(terms: Sequence[Term], *, ordered: bool) -> Forbidden:
    """What the terms of a sentence forbid; `ordered`: an order stands before the sentence."""
    found = Forbidden()
    for i, term in enumerate(terms):
        if term.kind in {"except", "silent"}:
            _forbid(found, terms, i, ordered=ordered or any(one.kind in _VALUES for one in terms[:i]))
    return found


def _forbid(found: Forbidden, terms: Sequence[Term], i: int, *, ordered: bool) -> None:
    term = terms[i]
    after = _objects_after(terms, i)
    before = _objects_before(terms, i) if term.kind == "silent" else []
    stops = bool(term.kind == "silent" and (_STOPS.match(term.text) or _says_no_more(terms, i)))
    objects = after or before
    if stops and not ordered and all(terms[j].kind in {"period", "days"} for j in objects):
        if any(one.kind == "usual" for one in terms[:i]) and not any(one.kind == "now" for one in terms[:i]):
            found.taken, found.past = {*found.taken, i}, True
        else:
            found.stops.add(i)
        return
    found.taken |= {i, *after, *before}
    if (
        not objects
        or (after and before)
        or _is_one_day_named_twice(terms, objects)
        or (after and _goes_on_with_a_month(terms, after))
        or (after and term.kind == "silent" and _is_of_some_hours(terms, i))
        or _is_of_a_part(terms, i)
        or not _add(found.excepted, [terms[j] for j in objects if terms[j].kind in _OBJECTS])
    ):
        found.left += [terms[j] for j in sorted({i, *after, *before})]


def _is_one_day_named_twice(terms: Sequence[Term], objects: Sequence[int]) -> bool:
    """Whether two names of days stand side by side: "Chủ nhật ngày 15/3" may be that Sunday only, or both."""
    named = [j for j in objects if terms[j].kind in _OBJECTS]
    return any(
        {terms[a].kind, terms[b].kind} in ({"weekdays", "days"}, {"weekdays"})
        and all(terms[j].text in {"ngày", "các"} for j in range(a + 1, b))
        for a, b in pairwise(named)
    )


def _goes_on_with_a_month(terms: Sequence[Term], after: Sequence[int]) -> bool:
    """Whether a period narrows weekdays: in "không phát Chủ nhật của tháng 4" it is no period of the order."""
    weekly = any(terms[j].kind == "weekdays" for j in after)
    following = terms[max(after) + 1 : max(after) + 2]
    return weekly and (any(terms[j].kind == "period" for j in after) or any(one.text == "của" for one in following))


def _is_of_some_hours(terms: Sequence[Term], i: int) -> bool:
    """Whether only some airings of those days are left out: "buổi trưa (11h00 - 11h30) tạm nghỉ từ 09/3 đến 13/3"."""
    for term in terms[:i][::-1]:
        if term.text in {",", ";", ":"} or term.kind in {"count", "times"}:
            return False
        if term.kind in {"part", "hour", "window"}:
            return True
    return False


def _is_of_a_part(terms: Sequence[Term], i: int) -> bool:
    """Whether a part of the day is left out, which has no hours to be kept: "không phát vào các buổi tối"."""
    return next((one.kind == "part" for one in terms[i + 1 :] if one.text not in _BETWEEN), False)


def _says_no_more(terms: Sequence[Term], i: int) -> bool:
    """Whether it says "nữa": "không phát bài cũ nữa"."""
    for term in terms[i + 1 :]:
        if term.kind == "mark":
            return False
        if term.text in _NO_MORE:
            return True
    return False


def _objects_after(terms: Sequence[Term], i: int) -> list[int]:
    found: list[int] = []
    waiting: list[int] = []
    for j in range(i + 1, len(terms)):
        if terms[j].kind in _OBJECTS and not (waiting and terms[waiting[-1]].text == ","):
            found += [*waiting, j]
            waiting = []
        elif terms[j].text in _BETWEEN or terms[j].kind == "named_hours":
            waiting.append(j)
        else:
            break
    return found


def _objects_before(terms: Sequence[Term], i: int) -> list[int]:
    found: list[int] = []
    waiting: list[int] = []
    for j in range(i - 1, -1, -1):
        if terms[j].kind in _OBJECTS:
            found += [*waiting, j]
            waiting = []
        elif terms[j].text in _BEFORE or terms[j].kind == "weekly":
            waiting.append(j)
        elif terms[j].kind in {"mark", "opener"}:
            break
        else:
            return []
    return found


def _add(excepted: Excepted, objects: Sequence[Term]) -> bool:
    """Take the objects in; False when they are days and hours, or a bound and a span, at once, or lack an end."""
    kinds = {"days" if term.kind in _DAYS else "span" if term.kind == "window" else "bound" for term in objects}
    if len(kinds) != 1:
        return False
    for term in objects:
        value = term.value
        match term.kind:
            case "weekdays":
                excepted.weekdays |= set(value.weekdays)
            case "days":
                excepted.days += value.dates
            case "window":
                excepted.windows.append(f"{value.at}-{value.until}")
            case "before":
                excepted.not_before = value.at
            case "after":
                excepted.not_after = value.at
            case _:
                days = _days_between(value.first, value.last)
                excepted.days += days
                if not days:
                    return False
    return True


def _days_between(first: str | None, last: str | None) -> list[str]:
    """Every day of a period that is short enough to be an exception."""
    if not (first and last):
        return []
    start, length = date.fromisoformat(first), (date.fromisoformat(last) - date.fromisoformat(first)).days
    return [(start + timedelta(days=n)).isoformat() for n in range(length + 1)] if 0 <= length < _LONGEST_DAYS else []
