"""The words of Hôm nay beside the bar: the day's airings, its strip, since when it is silent, and what is to be done.

Read fresh for the board that all pages share; nothing here decides anything, and nothing of a person is in it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from scheduler.core.local_time import day_span
from scheduler.core.model import AiringOutcome, Announcement, AnnouncementState, Priority, Trigger
from scheduler.core.planning.rules import local_day, quiet_spans
from scheduler.core.words.wording import OUTCOMES, sentence
from web.auth import services, station
from web.formats import local
from web.words.on_air import MARKS
from web.words.page_words import TRIGGERS

__all__ = ["DayStrip", "ready", "today_words"]

MAX_READY = 30
EARLY, LATE = 5, 23
"""Hours that the strip has at least."""
LEAST = 5
"""Minutes of the strip: a short airing must still be seen."""
TOLD = 12
"""Times that the strip names for those who cannot see it."""
_HEARD = {AiringOutcome.PLAYED.value, AiringOutcome.PARTIAL.value}
_MINUTE = timedelta(minutes=1)


class Block(NamedTuple):
    """`mark` is that of the airing, or quiet; minutes since the strip begins."""

    mark: str
    x: float
    width: float


class DayStrip(NamedTuple):
    """The day as one picture, in minutes."""

    begins_ms: int
    minutes: float
    blocks: tuple[Block, ...]
    hours: tuple[str, ...]
    """Of every second hour, at equal distances."""
    gone: str
    coming: str
    """The times that are over and those that are to come, for readers."""


def today_words() -> dict[str, Any]:
    """Today's airings and what is to be done; `tasks` and all that follows are for whoever draws `todos`."""
    now = station().clock.now()
    today = services().config.station.day_of(now)
    slots = [_to_dict(row) for row in services().slots.rows_of_day(today)]
    gone = [slot for slot in slots if slot["outcome"]][::-1]
    return {
        "today": today,
        "coming": [slot for slot in slots if not slot["outcome"]],
        "gone": gone,
        "last_heard": _last_heard(gone, now),
        "strip": _strip(slots, now),
        "tasks": services().to_do.open(),
        "put_offs": services().to_do.put_offs(),
        "who_mends": services().to_do.who_mends(),
        "one_officer": services().config.station.one_officer,
    }


def ready() -> list[Announcement]:
    """What may be aired at once; an emergency has a page of its own."""
    approved = services().announcements.listed(AnnouncementState.APPROVED)
    return [one for one in approved if one.priority is not Priority.EMERGENCY][:MAX_READY]


def _to_dict(row: dict[str, Any]) -> dict[str, Any]:
    outcome = row["outcome"]
    return row | {
        "word": OUTCOMES[AiringOutcome(outcome)] if outcome else "",
        "mark": MARKS.get(outcome or "", "wait"),
        "why": sentence(row["reason"]),
        "how": "" if row["trigger"] == Trigger.SCHEDULE else TRIGGERS[row["trigger"]].lower(),
        "again": outcome in {AiringOutcome.MISSED.value, AiringOutcome.FAILED.value}
        and row["a_state"] == AnnouncementState.APPROVED.value,
    }


def _last_heard(gone: Sequence[dict[str, Any]], now: datetime) -> dict[str, Any] | None:
    """What a loudspeaker has sounded last today, as it was measured: its title and its end."""
    heard = [one for one in gone if one["outcome"] in _HEARD and one["actual_end"]]
    ends = [(datetime.fromisoformat(one["actual_end"]), one["title"]) for one in heard]
    until, title = max(ends, default=(None, ""))
    return {"until": until, "title": title} if until is not None and until <= now else None


def _strip(slots: Sequence[dict[str, Any]], now: datetime) -> DayStrip:
    """The hours of the day in which something is, at least those from `EARLY` to `LATE`."""
    rules = services().config.rules
    start, _ = day_span(local_day(now, rules.zone_name), rules.zone_name)
    starts = [(datetime.fromisoformat(slot["start"]), slot) for slot in slots]
    first = min([start + EARLY * 60 * _MINUTE, *(at for at, _ in starts)])
    last = max([start + LATE * 60 * _MINUTE, *(at + _length(slot) for at, slot in starts)])
    begins = start + (first - start) // (60 * _MINUTE) * 60 * _MINUTE
    hours = -2 * ((begins - last) // (2 * 60 * _MINUTE))
    ends = begins + hours * 60 * _MINUTE
    quiet = [Block("quiet", *_placed(low, high, begins, ends)) for low, high in _quiet(now) if low < ends]
    airings = [Block(slot["mark"], *_placed(at, at + _length(slot), begins, ends, LEAST)) for at, slot in starts]
    return DayStrip(
        round(begins.timestamp() * 1000),
        hours * 60.0,
        (*(one for one in quiet if one.width > 0), *airings),
        tuple(f"{local(begins + hour * 60 * _MINUTE):%-H:%M}" for hour in range(0, hours, 2)),
        _times([at for at, slot in starts if slot["outcome"] in _HEARD]),
        _times([at for at, slot in starts if not slot["outcome"]]),
    )


def _quiet(now: datetime) -> list[tuple[datetime, datetime]]:
    rules = services().config.rules
    return list(quiet_spans(rules.quiet_hours, local_day(now, rules.zone_name), rules.zone_name))


def _length(slot: dict[str, Any]) -> timedelta:
    return timedelta(milliseconds=slot["length_ms"])


def _placed(low: datetime, high: datetime, begins: datetime, ends: datetime, least: float = 0) -> tuple[float, float]:
    x = max((low - begins) / _MINUTE, 0.0)
    width = max((min(high, ends) - begins) / _MINUTE - x, least)
    return round(x, 1), round(width, 1)


def _times(starts: Sequence[datetime]) -> str:
    told = ", ".join(f"{local(at):%H:%M}" for at in starts[:TOLD])
    return f"{told}…" if len(starts) > TOLD else told
