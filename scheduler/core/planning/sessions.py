"""Buổi phát: which airings belong to one session, which are still ahead, and whether one more keeps the caps.

A session is every ordinary airing that starts inside one connected open stretch of the day: the windows of all
campaigns, put together, less the quiet hours. What is played outside every stretch (by hand) makes one session for
each pause between two stretches. Listeners count: what airs in "all" is part of every zone's sessions.
A session's minutes are the minutes of sound in it. Emergencies are no ordinary airings: leave them out. People look
at the day in its parts (sáng, trưa, chiều, tối), which are cut from the same stretches.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.core.local_time import Span, day_span, local_day, local_instant, merged
from scheduler.core.model import DEFAULT_ZONE, AirtimeLimit, Campaign, Slot, StationRules, Window
from scheduler.core.planning.rules import open_spans, wanted_on

__all__ = [
    "PARTS",
    "USUAL_WINDOWS",
    "DayPart",
    "SessionAirtime",
    "cap_breach",
    "cap_details",
    "hears",
    "parts_of",
    "session_airtime",
    "session_choices",
    "session_of",
    "session_stretches",
    "sounds_in",
]

USUAL_WINDOWS = ("06:00-07:00", "17:00-18:00")
"""The sessions of a ward that has said nothing of its own: what a new campaign begins with, and what a day has on which
no campaign has any. By what wards air (17–18 h, 6–7 h and 17 h, 5:30 and 17:00 of an hour each).
"""
SessionAirtime = Mapping[int, timedelta]
"""What one zone's listeners have had of a day: sound by session, sessions named by `session_of`."""

PARTS = (("dem", time(0)), ("sang", time(4)), ("trua", time(10, 30)), ("chieu", time(13, 30)), ("toi", time(18)))
"""The parts of a day, each from its wall time on: night, morning, noon, afternoon, evening."""
_QUARTER = timedelta(minutes=15)
_NOTHING, _MINUTE = timedelta(0), timedelta(minutes=1)


def session_stretches(day: date, campaigns: Iterable[Campaign], rules: StationRules) -> tuple[Span, ...]:
    """The connected open stretches of a day, over the campaigns that air on it."""
    return merged([span for one in campaigns if wanted_on(one, day) for span in open_spans(one, day, rules)])


def session_of(start: datetime, stretches: Sequence[Span]) -> int:
    """The name of the session an airing belongs to: odd in a stretch, even in the pause before it."""
    at = bisect_right(stretches, start, key=lambda span: span[0])
    inside = at > 0 and start < stretches[at - 1][1]
    return 2 * at - 1 if inside else 2 * at


def hears(zone: str, aired_in: str) -> bool:
    """Whether the loudspeakers of `zone` sound when something airs in `aired_in` ("all" meets every zone)."""
    return zone == aired_in or DEFAULT_ZONE in {zone, aired_in}


def sounds_in(zone: str, zones: Iterable[str]) -> bool:
    """Whether what airs in `zone` is heard where an output serves `zones`; what airs for all is heard by all."""
    return zone == DEFAULT_ZONE or zone in zones


def session_airtime(
    zone: str, aired: Iterable[tuple[str, datetime, timedelta]], stretches: Sequence[Span]
) -> tuple[SessionAirtime, ...]:
    """Adds up (zone, start, sound) of a day's ordinary airings, once for each zone that hears `zone`.

    One answer for a named zone; for "all" one for each zone that anything aired in, because each has its own ears.
    """
    day = [(aired_in, session_of(start, stretches), sound) for aired_in, start, sound in aired]
    listeners = {aired_in for aired_in, _, _ in day if aired_in != DEFAULT_ZONE} if zone == DEFAULT_ZONE else {zone}
    answers: list[SessionAirtime] = []
    for listener in sorted(listeners or {DEFAULT_ZONE}):
        had: dict[int, timedelta] = {}
        for aired_in, session, sound in day:
            if hears(listener, aired_in):
                had[session] = had.get(session, _NOTHING) + sound
        answers.append(had)
    return tuple(answers)


def cap_breach(cap: AirtimeLimit, had: SessionAirtime, session: int, sound: timedelta) -> str:
    """The reason one more airing of `sound` in `session` would break a cap, empty when it would not."""
    if cap.sessions_a_day is not None and session not in had and len(had) >= cap.sessions_a_day:
        return "cap_sessions"
    if cap.minutes_a_session is not None:
        total = had.get(session, _NOTHING) + sound
        if total > timedelta(minutes=cap.minutes_a_session):
            return "cap_minutes"
    return ""


def cap_details(cap: AirtimeLimit, reason: str) -> dict[str, object]:
    """What the sentence of a cap's refusal says: the limit and the decision it rests on."""
    limit: object
    match reason:
        case "cap_sessions":
            limit = cap.sessions_a_day
        case "cap_minutes":
            limit = cap.minutes_a_session
        case _:
            limit = sorted(cap.weekdays)
    return {"limit": limit, "legal_basis": cap.legal_basis}


def session_choices(
    stretches: Iterable[Span], not_before: datetime, expires: datetime | None, zone_name: str
) -> Iterator[tuple[date, Window]]:
    """What is left of each session from `not_before` on and before it expires, as a day and its window.

    Whole minutes, inside the stretch: a campaign's window is written in minutes.
    """
    zone = ZoneInfo(zone_name)
    for start, end in stretches:
        low = _next_minute(max(start, not_before))
        high = min(end, expires) if expires else end
        if high - low < _MINUTE:
            continue
        day = local_day(low, zone_name)
        first, last = low.astimezone(zone).time(), high.astimezone(zone).time()
        if local_day(high, zone_name) > day:
            last = time(0)  # the end of the day, as a window writes it
        yield day, Window(_minute(first), _minute(last))


def _minute(at: time) -> time:
    return at.replace(second=0, microsecond=0)


def _next_minute(at: datetime) -> datetime:
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + _MINUTE


# The day as people look at it


@dataclass(frozen=True, slots=True)
class DayPart:
    """One part of a day in which something may sound or has sounded: from `start` to `end`, whole quarters."""

    key: str
    start: datetime
    end: datetime
    slots: tuple[Slot, ...]


def parts_of(day: date, stretches: Iterable[Span], slots: Sequence[Slot], rules: StationRules) -> list[DayPart]:
    """The parts of a day that have open time or an airing; one that crosses into the next belongs to its start.

    The last part goes on behind midnight where a window or an airing of the day does.
    """
    begins, midnight = day_span(day, rules.zone_name)
    stretches = tuple(stretches)
    ends = max([midnight, *(end for _, end in stretches), *(slot.end for slot in slots)])
    edges = [local_instant(day, at, rules.zone_name) or begins for _, at in PARTS] + [ends]
    parts: list[DayPart] = []
    for number, (key, _) in enumerate(PARTS):
        low, high = edges[number], edges[number + 1]
        own = tuple(slot for slot in slots if low <= slot.start < high)
        open_ = [(max(start, low), min(end, high)) for start, end in stretches if start < high and low < end]
        spans = merged([*open_, *((slot.start, slot.end) for slot in own)])
        if spans:
            first, last = spans[0][0], max(end for _, end in spans)
            parts.append(DayPart(key, _quarter(first, begins), _quarter(last, begins, up=True), own))
    return parts


def _quarter(instant: datetime, origin: datetime, *, up: bool = False) -> datetime:
    """The quarter of an hour since `origin` at or before an instant, or at or behind it."""
    count = -((origin - instant) // _QUARTER) if up else (instant - origin) // _QUARTER
    return origin + count * _QUARTER
