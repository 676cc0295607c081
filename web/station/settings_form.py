"""What the forms of Cài đặt share: values as people write them, the note after a change, and the question before one
that loosens a rule.

Thin: the desk says what may be set and what it would let sound; here are only its words and the forms' fields.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import redirect, request

from scheduler.core.air.chimes import CHIME_WORDS
from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.planning.relaxations import Loosened
from scheduler.core.planning.rules import parse_date, parse_window
from scheduler.core.words.wording import sentence_of
from scheduler.features import FEATURES
from scheduler.kernel.errors import Refused
from scheduler.kernel.words import Words
from scheduler.services.station.settings import SettingsChange, setting_word
from web.auth import Answer, actor, services, told_here
from web.formats import WEEKDAYS, decimal
from web.people.reauthentication import asked_code, code_fault, proof
from web.words.zones import zone_word

__all__ = [
    "NOISE",
    "Loosens",
    "change_words",
    "edges",
    "is_asked",
    "kept",
    "saved",
    "typed_dates",
    "typed_number",
    "typed_windows",
    "value_words",
]

NOISE = Words(Path(__file__).parent, "noise", str)
OPENS = Words(Path(__file__).parent, "openings", str)
UNCAPPED = Words(Path(__file__).parent, "uncapped", str)


def typed_windows() -> list[str]:
    """The stretches of a form, blank rows left out; what is no time stays as typed, for the desk to refuse."""
    rows = zip(request.form.getlist("gio-tu"), request.form.getlist("gio-den"), strict=False)
    found = []
    for start, end in [(start.strip()[:20], end.strip()[:20]) for start, end in rows]:
        if start or end:
            text = f"{start}-{end}"
            try:
                found.append(str(parse_window(text)))
            except Refused:
                found.append(text)
    return found


def typed_number(name: str) -> object:
    """A number of a form with a comma or a point; empty = 0; anything else as typed, for the desk to refuse."""
    text = request.form.get(name, "").strip().replace(",", ".")[:20]
    if not text:
        return 0
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def typed_dates(text: str) -> list[str]:
    """Days of a form, one a line or with commas between, as ISO; what is none stays as typed."""
    found = []
    for part in text.replace(",", "\n").split("\n"):
        if word := part.strip()[:30]:
            try:
                found.append(parse_date(word).isoformat())
            except Refused:
                found.append(word)
    return found


def edges(windows: tuple[str, ...] | list[str], rows: int = 2) -> list[tuple[str, str]]:
    """Stretches as pairs of fields, with blank ones for more."""
    pairs = [(start, end) for start, _, end in (text.partition("-") for text in windows)]
    blank = max(rows - len(pairs), 1)
    return pairs + [("", "")] * blank


@dataclass(frozen=True, slots=True)
class Loosens:
    """The question before a change that loosens a rule: what would become possible, a sentence each, and which code
    is asked of whoever agrees.
    """

    told: list[str]
    asked_code: str
    code_fault: str

    @classmethod
    def of(cls, found: tuple[Loosened, ...], refused: Refused) -> "Loosens":
        return cls([_loosened(one) for one in found], asked_code("configure"), code_fault(refused))


def is_asked(refused: Refused) -> bool:
    """Whether a refusal is the question itself, or its code."""
    return refused.reason == "setting_loosens" or bool(code_fault(refused))


def kept(values: Mapping[str, object]) -> tuple[int, str, Loosens | None]:
    """Set what a form says: the act's number, and the sentence of what is wrong, and what would be loosened.

    What stands in config.toml has no field, so it is left out here rather than refused.
    """
    settings = services().settings
    free = {key: value for key, value in values.items() if not settings.is_locked(key)}
    try:
        agreed = request.form.get("dong-y") == "1"
        return settings.put(actor(), free, confirmed=agreed, prove=proof("configure")), "", None
    except Refused as refused:
        told_here(refused)
        if is_asked(refused):
            return 0, "", Loosens.of(settings.weighed(free), refused)
        return 0, sentence_of(refused), None


def saved(way: str, batch: int) -> Answer:
    """Back to the page, which offers the way back for what has changed."""
    mark = "&" if "?" in way else "?"
    return redirect(f"{way}{mark}da-luu={batch}" if batch else f"{way}{mark}da-luu=0", 303)


def change_words(change: SettingsChange) -> list[dict[str, Any]]:
    """The rows of an act: what was changed, from what to what."""
    return [
        {
            "word": setting_word(row.key),
            "before": value_words(row.key, row.before),
            "after": "như mặc định" if row.value is None else value_words(row.key, row.value),
        }
        for row in change.rows
    ]


def value_words(key: str, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "bật" if value else "tắt"
    if not value:
        return "không đặt"
    words = _WORDS.get(key.rpartition(".")[2])
    if words:
        return words(value)
    if isinstance(value, tuple):
        return ", ".join(text.replace("-", "–") for text in value)
    return decimal(value) if isinstance(value, int | float) else str(value)


def _chime(name: str) -> str:
    return CHIME_WORDS.get(name, name)


def _weekdays(days: tuple[int, ...]) -> str:
    return "mọi ngày" if len(days) == len(WEEKDAYS) else ", ".join(WEEKDAYS[one] for one in days)


def _days(days: tuple[str, ...]) -> str:
    return ", ".join(f"{date.fromisoformat(one):%d/%m/%Y}" for one in days)


def _extras(names: tuple[str, ...]) -> str:
    titles = {one.name: one.switch.word for one in FEATURES if one.switch}
    return ", ".join(titles.get(name, name) for name in names)


_WORDS: dict[str, Callable[[Any], str]] = {
    "on": _extras,
    "open": _chime,
    "close": _chime,
    "noise_class": lambda value: NOISE.get(value, value),
    "weekdays": _weekdays,
    "blackout_dates": _days,
}
"""Last word of a key -> how its value is told."""


def _loosened(one: Loosened) -> str:
    if not one.told and one.what in UNCAPPED:
        return f"{UNCAPPED[one.what]}."
    told = one.told.replace("-", "–")
    if one.what == "weekdays":
        told = ", ".join(WEEKDAYS[int(day)] for day in one.told.split(", "))
    if one.what == "blackout":
        told = _days(tuple(one.told.split(", ")))
    where = f" ({zone_word(one.zone)})" if one.zone and one.zone != DEFAULT_ZONE else ""
    return f"{OPENS[one.what].format(told=told)}{where}."
