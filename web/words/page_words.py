"""Words and numbers of the officer's pages: lengths, decimals, days, the names of voices and origins.

Everything is written the Vietnamese way (dd/mm/yyyy, decimal comma). It reads no clock and decides nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import scheduler.core
from scheduler.core.planning import rules
from scheduler.core.report.report_words import TRIGGERS
from scheduler.core.vietnamese import holds, sort_key
from scheduler.core.words.wording import CAMPAIGN_STATES, STATES, sentence
from scheduler.kernel.errors import Refused
from scheduler.kernel.words import Words
from web.formats import WEEKDAYS

__all__ = [
    "ENGINES",
    "NOTICES",
    "ORIGINS",
    "TRIGGERS",
    "WEEKDAYS",
    "day_words",
    "decimal",
    "in_order",
    "length_words",
    "matching",
    "minutes_words",
    "weekday_words",
    "words",
]

T = TypeVar("T")

ENGINES = Words(Path(scheduler.core.__file__).parent / "announcement", "engines", str)
ORIGINS = Words(Path(__file__).parent, "origins", str)
NOTICES = Words(Path(__file__).parent, "notices", str)
"""What has just been done, by the word a redirect carries in its address; anything else there says nothing."""


def words(notices: Mapping[str, str] = NOTICES) -> dict[str, Any]:
    """What every template of the officer's pages may use; `notices`: of an extra, in the place of the core's."""
    return {
        "campaign_words": CAMPAIGN_STATES,
        "day_words": day_words,
        "decimal": decimal,
        "engine_words": ENGINES,
        "length_words": length_words,
        "notices": notices,
        "origins": ORIGINS,
        "reason": sentence,
        "state_words": STATES,
        "weekday_words": weekday_words,
    }


def length_words(length: timedelta) -> str:
    """m:ss, or h:mm:ss from an hour on."""
    whole = round(length.total_seconds())
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


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
        return WEEKDAYS[rules.parse_date(typed).weekday()]
    except Refused:
        return ""


def matching(rows: Iterable[T], typed: str, texts: Sequence[str]) -> list[T]:
    """The rows whose own text (`texts`, in the same order) holds every word typed, diacritics and đ left aside."""
    return [row for row, text in zip(rows, texts, strict=True) if holds(text, typed)]


def in_order(rows: Iterable[T], word: Callable[[T], str]) -> list[T]:
    """The rows by a word of each, as a Vietnamese dictionary would have them."""
    return sorted(rows, key=lambda row: sort_key(word(row)))
