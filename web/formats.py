"""How instants, days and lengths are shown, and numbers of rows read: local wall time of the station, dd/mm/yyyy.

For the page only: rows and rules keep UTC instants and whole milliseconds.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from scheduler.core.air.standing import tenths_text
from scheduler.core.written_times import parse_date
from scheduler.kernel.errors import Refused
from scheduler.kernel.words import Words
from web.auth import services, station

WEEKDAYS = Words(Path(__file__).parent / "words", "weekdays", int)
"""By number, Monday first."""
MOST_DIGITS = 18
"""Of a row's number: more do not fit a row, and thousands of them Python itself refuses to read."""


def number_of(typed: str) -> int | None:
    """The number of a row as an address or a form says it; None where it is nothing a row could have."""
    return int(typed) if typed.isdecimal() and len(typed) <= MOST_DIGITS else None


def clock_words() -> dict[str, Any]:
    """The station's time; `now_ms` lets a page keep it."""
    now = station().clock.now()
    return {"now": now, "now_ms": round(now.timestamp() * 1000)}


def today() -> date:
    """The station's day."""
    return local(services().now()).date()


def local(instant: datetime | str) -> datetime:
    """An instant (or its row text) on the station's wall clock."""
    found = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return services().config.station.local(found)


def clock(instant: datetime | str | None) -> str:
    return f"{local(instant):%H:%M:%S}" if instant else "–"


def clock_of(instant: datetime, zone: ZoneInfo) -> str:
    """A start as the pages show it: its seconds only where it has some."""
    local_start = instant.astimezone(zone)
    return f"{local_start:%H:%M:%S}" if local_start.second else f"{local_start:%H:%M}"


def end_as_shown(start: datetime, end: datetime) -> datetime:
    """The end as it is shown beside a start and a length (`length_text`): the two added up."""
    return start + timedelta(seconds=_whole((end - start) // timedelta(milliseconds=1)))


def second_of_day(instant: datetime) -> int:
    """Whole seconds since local midnight, as a wall clock shows them."""
    found = local(instant)
    return (found.hour * 60 + found.minute) * 60 + found.second


def hour_minute(instant: datetime | str | None) -> str:
    return f"{local(instant):%H:%M}" if instant else "–"


def day_text(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def milliseconds(length: int | None) -> str:
    """m:ss of a length in milliseconds, h:mm:ss from an hour on."""
    whole = _whole(length or 0)
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def length_text(length: timedelta) -> str:
    """The same of a length of time."""
    return milliseconds(length // timedelta(milliseconds=1))


def _whole(length: int) -> int:
    """Whole seconds of a length in milliseconds, as every length is shown."""
    return round(length / 1000)


def long_text(length: int) -> str:
    """A sum in words, of a length in milliseconds: "2 giờ 05 phút", "5 phút 30 giây", "42 giây"; never rounded up."""
    whole = length // 1000
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} giờ {minutes:02} phút"
    return f"{minutes} phút {seconds:02} giây" if minutes else f"{seconds} giây"


def seconds_text(length: int | None) -> str:
    """Seconds with one decimal and a comma, of a length in milliseconds; never more than was measured."""
    return tenths_text(length or 0)


def minutes_words(length: timedelta) -> str:
    """Minutes with a comma: "7,5 phút"."""
    return f"{decimal(length.total_seconds() / 60)} phút"


def decimal(number: float) -> str:
    """One decimal, a comma, a real minus; no decimal where it is zero."""
    told = f"{number:.1f}".removesuffix(".0")
    return told.replace(".", ",").replace("-", "−")


def day_words(day: date | str | None) -> str:
    """dd/mm/yyyy of a day or an ISO text; anything else as it is."""
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError:
            return day if isinstance(day, str) else ""
    return f"{day:%d/%m/%Y}" if day else ""


def weekday_words(typed: str) -> str:
    """The weekday of a typed day, empty while it is none."""
    try:
        return WEEKDAYS[parse_date(typed).weekday()]
    except Refused:
        return ""


def register_filters(app: Flask) -> None:
    for name, made in (
        ("local", local),
        ("clock", clock),
        ("second_of_day", second_of_day),
        ("hour_minute", hour_minute),
        ("day_text", day_text),
        ("ms", milliseconds),
        ("length_text", length_text),
        ("long_text", long_text),
        ("seconds_text", seconds_text),
    ):
        app.add_template_filter(made, name)
    app.jinja_env.globals.update(
        day_words=day_words, decimal=decimal, length_text=length_text, weekday_words=weekday_words
    )
