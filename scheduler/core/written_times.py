"""Times, windows and dates as officers write them, read into values or refused with a code.

Reads "05:00", "5h30", "17.30", "17 giờ", "05:00-06:30", "5h đến 6h30", "29/02/2024", "2024-02-29" and
"17:30 29/02/2024".
Never guesses: what it does not know whole it refuses, with the words it was given.
"""

import re
from datetime import UTC, date, datetime, time

from scheduler.core.local_time import local_instant
from scheduler.core.model import Window
from scheduler.kernel.errors import Refused

__all__ = ["parse_date", "parse_instant", "parse_time", "parse_typed_time", "parse_window"]

_TIME = re.compile(r"([0-9]{1,2})\s*(?::|h|g|giờ|\.(?=[0-9]{2}$))\s*([0-9]{1,2})?\s*(?:phút|p)?", re.IGNORECASE)
_DIGITS = re.compile(r"([0-9]{1,2})([0-9]{2})?")
_SECONDS = re.compile(r"([0-9]{1,2}:[0-9]{2}):([0-5][0-9])")
_BETWEEN = re.compile(r"\s*(?:-|–|—|→|đến)\s*", re.IGNORECASE)
_VIETNAMESE_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_PARTS = re.compile(r"[\sT]+|,")
_YEARS = range(1900, 2200)
_LONGEST_VALUE = 80


def _shown(text: str) -> str:
    """What a refusal quotes of the text it was given."""
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _hour_and_minute(text: str) -> tuple[int, int]:
    found = _TIME.fullmatch(text.strip())
    if found is None or (":" in text and found[2] is None):
        raise Refused("time_invalid", value=_shown(text))
    return int(found[1]), int(found[2] or 0)


def parse_time(text: str) -> time:
    """A wall time; `Refused("time_invalid")` for anything else."""
    hour, minute = _hour_and_minute(text)
    try:
        return time(hour, minute)
    except ValueError as fault:
        raise Refused("time_invalid", value=_shown(text)) from fault


def parse_typed_time(text: str) -> time:
    """What stands in a field that asks for a time alone: also "5", "530" and "1730", as the digits of a phone write
    them, and "17:30:05" as the lists show it. Raises Refused time_invalid.
    """
    value = text.strip()
    if found := _SECONDS.fullmatch(value):
        return parse_time(found[1]).replace(second=int(found[2]))
    if found := _DIGITS.fullmatch(value):
        try:
            return time(int(found[1]), int(found[2] or 0))
        except ValueError as fault:
            raise Refused("time_invalid", value=_shown(text)) from fault
    return parse_time(value)


def parse_window(text: str) -> Window:
    """Two wall times with a dash or "đến" between them; an end of 24:00 is midnight.

    An end before the start is on the day after; how long that may be is asked by `campaign_faults`.
    """
    edges = _BETWEEN.split(text.strip())
    if len(edges) != 2 or not all(edges):  # noqa: PLR2004 - a window has two edges
        raise Refused("window_invalid", value=_shown(text))
    start = parse_time(edges[0])
    end = time(0) if _hour_and_minute(edges[1]) == (24, 0) else parse_time(edges[1])
    if start == end:
        raise Refused("window_empty", window=str(Window(start, end)))
    return Window(start, end)


def parse_date(text: str) -> date:
    """A day as dd/mm/yyyy or ISO; `Refused("date_invalid")` when the calendar has no such day."""
    value = text.strip()
    if found := _VIETNAMESE_DATE.fullmatch(value):
        day, month, year = (int(part) for part in found.groups())
    elif found := _ISO_DATE.fullmatch(value):
        year, month, day = (int(part) for part in found.groups())
    else:
        raise Refused("date_invalid", value=_shown(text))
    try:
        read = date(year, month, day)
    except ValueError as fault:
        raise Refused("date_invalid", value=_shown(text)) from fault
    if read.year not in _YEARS:
        raise Refused("date_invalid", value=_shown(text))
    return read


def parse_instant(text: str, today: date, zone_name: str) -> datetime:
    """A time and a day in any order, in UTC; without a day it is today's, without a time the day's first instant.

    Raises Refused instant_invalid, also for a time that the clock leaves out that day.
    """
    at, day, left = None, None, []
    for part in filter(None, _PARTS.split(text.strip())):
        if at is None and _TIME.fullmatch(part):
            at = parse_time(part)
        elif day is None and (_VIETNAMESE_DATE.fullmatch(part) or _ISO_DATE.fullmatch(part)):
            day = parse_date(part)
        else:
            left.append(part)
    instant = local_instant(day or today, at or time(0), zone_name)
    if left or (at is None and day is None) or instant is None:
        raise Refused("instant_invalid", value=_shown(text))
    return instant.astimezone(UTC)
