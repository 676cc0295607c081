"""Locks on a reading that know nothing of its grammar: what the words hold has to come back in the values.

Every number and every weekday of a sentence that was read must be found in an order, or stand in background or a name.
What an order says that a campaign cannot hold is asked about by `left_out`.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.gathering import Draft
from scheduler.core.dispatch.model import Doubt, Excerpt, FrequencyOrder
from scheduler.core.dispatch.said import Read
from scheduler.core.dispatch.vocabulary import MEASURES, NAMES_A_PLACE
from scheduler.core.dispatch.when import WEEKDAYS_NAMED, letters, weekdays_of

__all__ = ["doubts_of", "doubts_within", "has_uneven_week"]

_NUMBER = re.compile(r"\d+")
_OF_THINGS = re.compile(rf"\s*{MEASURES}\b")
_WEEK, _MONTH = 7, 30


def doubts_of(
    text: str,
    reads: Sequence[tuple[int, int, Read]],
    drafts: Sequence[Draft],
    orders: Sequence[FrequencyOrder],
    asked: Sequence[Doubt],
) -> list[Doubt]:
    """A doubt for each sentence with a number or a weekday that no order holds, unless words of it are asked about."""
    numbers = {number for order in orders for number in _numbers_of(order)} | {
        n for draft in drafts for n in draft.kept
    }
    weekdays = {day for order in orders for day in _weekdays_of(order)} | {
        day for draft in drafts for day in draft.excepted.weekdays
    }
    known = [one.excerpt for one in asked if one.excerpt]
    found = []
    for start, end, read in reads:
        lost = [*_lost_numbers(text, start, end, read, numbers), *_lost_weekdays(text, start, end, read, weekdays)]
        if lost and not any(one.start < end and start < one.end for one in known):
            raw = ", ".join(dict.fromkeys(lost))
            found.append(doubt("frequency", reason="frequency_left", excerpt=Excerpt(raw, start, end), raw=raw))
    return found


def has_uneven_week(order: FrequencyOrder) -> bool:
    """Whether so many airings a week are not one on each of the weekdays named, or one at each of their hours."""
    most = len(order.weekdays) * max(1, len(order.at))
    return bool(order.per_week and order.weekdays) and not len(order.weekdays) <= (order.per_week or 0) <= most


_MOST_A_DAY, _MOST_MINUTES, _FEWEST_APART, _FURTHEST_APART = 24, 240, 5, 720
"""Airings a day, minutes of one session, minutes from one airing to the next: beyond these a number was misread."""


def doubts_within(order: FrequencyOrder, where: Excerpt) -> list[Doubt]:
    """What does not fit together in one order, or cannot be meant."""
    doubts = []
    if order.per_day and order.at and not order.windows and order.per_day % len(order.at):
        told = {"number": str(order.per_day), "hours": str(len(order.at))}
        doubts.append(doubt("frequency", reason="frequency_hours_differ", excerpt=where, **told))
    if has_uneven_week(order) or (order.per_day and order.per_week and not (order.weekdays or order.at_most)):
        doubts.append(doubt("frequency", reason="frequency_scope", excerpt=where, raw=order.quote))
    unlikely = (
        (order.per_day or 0) > _MOST_A_DAY
        or (order.session_minutes or 0) > _MOST_MINUTES
        or not _FEWEST_APART <= (order.every_minutes or _FEWEST_APART) <= _FURTHEST_APART
    )
    if unlikely:
        doubts.append(doubt("frequency", reason="frequency_unlikely", excerpt=where, raw=order.quote))
    return doubts


def _aside(read: Read, at: int) -> bool:
    return any(a <= at < b for a, b in read.aside)


def _lost_numbers(text: str, start: int, end: int, read: Read, known: set[int]) -> Iterable[str]:
    mentions = not (read.said or read.excepted or read.verb or read.doubts or read.loose)
    for match in _NUMBER.finditer(text, start, end):
        of_a_thing = _OF_THINGS.match(text.lower(), match.end())
        named = mentions and NAMES_A_PLACE.search(text[start : match.start()].lower())
        is_known = int(match[0]) in known or of_a_thing or named
        if not is_known and not _aside(read, match.start()):
            yield match[0]


def _lost_weekdays(text: str, start: int, end: int, read: Read, known: set[int]) -> Iterable[str]:
    for match in WEEKDAYS_NAMED.finditer(letters(text[start:end])):
        if not set(weekdays_of(match)) <= known and not _aside(read, start + match.start()):
            yield match[0]


def _numbers_of(order: FrequencyOrder) -> Iterable[int]:
    """Each number that the words may hold for a value of the order."""
    counts = (
        order.per_day, order.per_week, order.every_minutes, order.session_minutes, order.max_minutes,
        order.minutes_a_day, order.days,
    )  # fmt: skip
    for count in filter(None, counts):
        yield from (count, count // 60, count // _WEEK) if count else ()
    if order.per_day or order.every_minutes:
        yield 1
    if order.factor:
        yield from {
            int(order.factor),
            round((order.factor - 1) * 100),
            round(order.factor * 100),
            int(order.factor * 10) % 10,
        }
    if order.share:
        yield from {round(order.share * 100), round(order.share * (order.session_minutes or 100))}
    for hour in (*order.at, *_hours_of(order)):
        yield from {int(hour[:2]), int(hour[:2]) % 12, int(hour[:2]) % 12 or 12, int(hour[3:])}
    for day in (order.start, order.end, *order.dates, *order.except_days):
        if day:
            yield from map(int, day.split("-"))
    if order.start and order.end:
        length = (date.fromisoformat(order.end) - date.fromisoformat(order.start)).days + 1
        yield from (length, length // _WEEK, round(length / _MONTH))
    if order.start or order.end:
        yield from (0, 24)  # "từ 0 giờ", "đến 24 giờ" of a day
    yield from (day + 2 for day in _weekdays_of(order) if day < _WEEK - 1)


def _hours_of(order: FrequencyOrder) -> Iterable[str]:
    for window in (*order.windows, *order.except_windows):
        yield from window.split("-")
    yield from filter(None, (order.not_before, order.not_after))


def _weekdays_of(order: FrequencyOrder) -> Iterable[int]:
    return order.weekdays
