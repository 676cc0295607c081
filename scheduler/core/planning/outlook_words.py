"""Days and places as people say them: “17:00 hôm nay”, “06:10 mai”, “tất cả các loa (3 cụm)”.

Words only; what is planned, and whether it will sound, is told elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.core.model import DEFAULT_ZONE
from scheduler.kernel.words import Words

__all__ = ["WEEKDAYS", "NamedMove", "later_words", "limit_words", "move_words", "when_words", "where_words"]

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ Nhật")
_WORDS = Words(Path(__file__).parent, "when_and_where", str)
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


@dataclass(frozen=True, slots=True)
class NamedMove:
    """An airing that gives way, or has, as people know it."""

    title: str
    was: datetime
    now: datetime
    made_up: bool = False
    """It is left out then, and made up on another day."""


def when_words(at: datetime, now: datetime, zone_name: str) -> str:
    """An instant on the station's wall clock with its day, as seen from `now`."""
    local, today = (one.astimezone(ZoneInfo(zone_name)) for one in (at, now))
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    ahead = (local.date() - today.date()) // timedelta(days=1)
    if ahead in _NEAR:
        return _WORDS.say(_NEAR[ahead], clock=clock)
    year = f"/{local.year}" if local.year != today.year else ""
    return _WORDS.say("other_day", clock=clock, weekday=WEEKDAYS[local.weekday()], date=f"{local:%d/%m}{year}")


def move_words(move: NamedMove, now: datetime, zone_name: str) -> str:
    """Which airing gives way, and from when to when: the same words before an approval and after it."""
    was, stands = (when_words(at, now, zone_name) for at in (move.was, move.now))
    return _WORDS.say("made_up" if move.made_up else "gives_way", title=move.title, was=was, now=stands)


def limit_words(lost: Sequence[str], looked_until: date | None) -> tuple[str, ...]:
    """What a rhythm leaves no place for, by title, and the last day of which that is known; None = all are known."""
    told = tuple(_WORDS.say("loses_place", title=title) for title in lost)
    return (*told, _WORDS.say("looked_as_far", day=f"{looked_until:%d/%m}")) if looked_until else told


def later_words() -> str:
    """That who gives way is known of the first days only."""
    return _WORDS["moves_later"]


def where_words(zones: Sequence[str], named: Sequence[str], *, proved: bool = False) -> str:
    """The zones of an airing; `named`: all of the station. `proved`: that all of them are well was measured."""
    clusters = [one for one in named if one != DEFAULT_ZONE]
    if DEFAULT_ZONE in zones:
        word = "everywhere_well" if proved else "everywhere_of"
        return _WORDS.say(word, count=len(clusters)) if len(clusters) > 1 else _WORDS["everywhere"]
    return ", ".join(_WORDS.say("zone", zone=zone) for zone in zones)
