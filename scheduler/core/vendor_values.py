"""Values of the JSON that province and boxes speak, as each vendor writes them: numbers as text, times in four forms.

Each function takes whatever stood behind a key and gives the value or nothing; none raises, none trusts a type.
It knows no key's meaning: that is whoever's who reads the message, the link to the province or to a box.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

from scheduler.core.local_time import day_span, local_instant
from scheduler.core.written_times import parse_date, parse_time
from scheduler.kernel.errors import Refused

__all__ = [
    "epoch",
    "hms",
    "instant",
    "item",
    "length",
    "listed",
    "plain",
    "shown",
    "whole",
]

_DIGITS = re.compile(r"-?\d{1,16}(\.\d+)?\Z", re.ASCII)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li)\b[^<>]{0,2000}>", re.IGNORECASE)
_HMS = re.compile(r"(\d{1,3}):([0-5]?\d):([0-5]?\d)(?:\.\d+)?\Z", re.ASCII)
_DAY_TIME = re.compile(r"(\d{1,2}/\d{1,2}/\d{4})(?:[ T]+(\d{1,2}:\d{2})(?::\d{2})?)?\Z", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_MILLISECONDS = 10**11
"""An epoch beyond this is told in milliseconds: as seconds it would lie in the year 5138."""
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def shown(value: object, most: int) -> str:
    """A short text on one line; numbers as they are written, anything else nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(_clean(str(value)).split())[:most].strip()


def plain(value: object, most: int) -> str:
    """A text of any length with its line breaks; tags of HTML are taken out and its letters put in."""
    if not isinstance(value, str):
        return ""
    text = value
    if _TAG.search(text):
        text = unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    lines = (" ".join(line.split()) for line in _clean(text).splitlines())
    return "\n".join(lines)[:most].strip()


def _clean(text: str) -> str:
    """NFC, no control characters but line breaks, no halves of letters."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode())
    return "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) not in {"Cc", "Cf"})


def whole(value: object) -> int | None:
    """A code, told as a number or as its digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    text = shown(value, 20)
    return int(text) if text.isascii() and text.isdecimal() else None


def item(value: object, key: str) -> str:
    """A short text behind a key of what may or may not be an object."""
    return shown(value.get(key), 200) if isinstance(value, Mapping) else ""


def listed(value: object) -> list[Any]:
    """A list as it is; one thing as a list of one; nothing as none."""
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def length(value: object) -> timedelta | None:
    """ThoiLuong: "HH:MM:SS", or seconds."""
    text = shown(value, 40)
    if found := _HMS.match(text):
        hours, minutes, seconds = map(int, found.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timedelta(seconds=float(text)) if _DIGITS.match(text) and 0 <= float(text) < 10**6 else None


def instant(value: object, zone_name: str, *, end_of_day: bool = False) -> datetime | None:
    """An instant from epoch seconds or milliseconds, ISO, or dd/mm/yyyy; local words are the station's zone.

    `end_of_day`: a day without a time means its end, not its beginning.
    """
    text = shown(value, 60)
    if not text:
        return None
    if _DIGITS.match(text):
        number = float(text)
        seconds = number / 1000 if number > _MILLISECONDS else number
        return (
            _sane(datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)) if abs(seconds) < _MILLISECONDS else None
        )
    try:
        if found := _DAY_TIME.match(text):
            day = parse_date(found[1])
            return _at(day, parse_time(found[2]) if found[2] else None, zone_name, end_of_day=end_of_day)
        if _ISO_DAY.match(text):
            return _at(date.fromisoformat(text), None, zone_name, end_of_day=end_of_day)
        told = datetime.fromisoformat(text)
    except (Refused, ValueError):
        return None
    return _sane(told) if told.tzinfo else _at(told.date(), told.time(), zone_name, end_of_day=end_of_day)


def _at(day: date, at: time | None, zone_name: str, *, end_of_day: bool) -> datetime | None:
    if not _EARLIEST.year <= day.year < _LATEST.year:
        return None
    if at is None:
        return day_span(day, zone_name)[1 if end_of_day else 0]
    return local_instant(day, at, zone_name)


def _sane(found: datetime) -> datetime | None:
    """None for an instant that no bulletin can mean: an empty field told as 0, a field filled with nines."""
    return found.astimezone(UTC) if _EARLIEST <= found < _LATEST else None


def epoch(at: datetime) -> int:
    """Whole epoch seconds, as the wire tells instants."""
    return int(at.timestamp())


def hms(lasting: timedelta) -> str:
    """A length as the wire tells it: "HH:MM:SS", whole seconds."""
    seconds = round(lasting.total_seconds())
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
