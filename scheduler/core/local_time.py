"""Wall time of the station's zone to UTC and back, with what a change of summer time does to it.

A wall time that does not exist that day (a gap) has no instant; one that comes twice (a fold) means its first coming.
Windows of a campaign lose what the gap swallows and never use the second coming of an edge; quiet hours lose nothing:
of two readings they take the longer silence. The zone is always an argument, never the host's.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduler.core.model import Window

__all__ = [
    "Span",
    "day_span",
    "local_day",
    "local_instant",
    "merged",
    "next_local_instant",
    "over_midnight",
    "quiet_window_span",
    "window_spans",
    "without",
]


Span = tuple[datetime, datetime]
"""A stretch of UTC time, start included and end not."""

_MIDNIGHT = time(0)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def _zone(zone_name: str) -> ZoneInfo:
    return ZoneInfo(zone_name)


@lru_cache(maxsize=4096)
def _both(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants that the two readings (fold 0 and 1) of a wall time give; equal on all but two days a year."""
    wall = datetime.combine(day, at.replace(tzinfo=None), tzinfo=zone)
    return wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant in (low, high] from which the zone has the offset it has at `high`."""
    after = high.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=int((high - low).total_seconds() // 2))
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high


def _edge(day: date, at: time, zone: ZoneInfo, *, second: bool = False) -> datetime:
    """An instant for every wall time: in a gap the moment of the change, in a fold the coming asked for."""
    first, later = _both(day, at, zone)
    if first > later:  # a gap: zoneinfo's readings lie on the two sides of the change
        return _change_between(later - _SECOND, first, zone)
    return later if second else first


def local_instant(day: date, at: time, zone_name: str) -> datetime | None:
    """The UTC instant of a wall time; None when that day skips it, the first of the two when it comes twice."""
    first, later = _both(day, at, _zone(zone_name))
    return None if first > later else first


def local_day(instant: datetime, zone_name: str) -> date:
    """The station's day an instant belongs to."""
    return instant.astimezone(_zone(zone_name)).date()


def next_local_instant(after: datetime, at: time, zone_name: str) -> datetime:
    """The first instant behind `after` at which it is that wall time; a day that skips it has none."""
    day = local_day(after, zone_name)
    while (instant := local_instant(day, at, zone_name)) is None or instant <= after:
        day += _DAY
    return instant


def day_span(day: date, zone_name: str) -> Span:
    """From midnight to midnight in the station's zone: 23 to 25 hours."""
    zone = _zone(zone_name)
    return _edge(day, _MIDNIGHT, zone), _edge(day + _DAY, _MIDNIGHT, zone)


def window_spans(window: Window, day: date, zone_name: str) -> tuple[Span, ...]:
    """When the window that opens that day is open: nothing for an empty one or one lost in a gap.

    An end before the start is on the day after. Every instant of the answer reads, on the station's wall clock, as a
    time inside the window.
    """
    if window.end == window.start:
        return ()
    zone = _zone(zone_name)
    start = _edge(day, window.start, zone)
    end = _edge(day if window.start < window.end else day + _DAY, window.end, zone)
    first, later = _both(day, window.start, zone)
    if first < later <= end:  # starts in a fold: after its first coming the wall clock goes back before the window
        change = _change_between(first, later, zone)
        spans: tuple[Span, ...] = ((start, change), (change + (later - first), end))
    else:
        spans = ((start, end),)
    return tuple(span for span in spans if span[0] < span[1])


def over_midnight(window: Window) -> bool:
    """Whether it goes on behind the midnight at which the day of its start ends."""
    return _MIDNIGHT < window.end < window.start


def quiet_window_span(window: Window, day: date, zone_name: str) -> Span:
    """The silence of a quiet window that begins on `day`; equal edges mean the whole day round, the safe reading."""
    zone = _zone(zone_name)
    last = day if window.start < window.end else day + _DAY
    return _edge(day, window.start, zone), _edge(last, window.end, zone, second=True)


def merged(spans: list[Span]) -> tuple[Span, ...]:
    """The same time as fewest spans, in order; spans that touch become one."""
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return tuple(whole)


def without(spans: tuple[Span, ...], holes: tuple[Span, ...]) -> tuple[Span, ...]:
    """What is left of `spans` outside `holes`; both in order and each without overlap."""
    left: list[Span] = []
    for whole_start, end in spans:
        start = whole_start
        for hole_start, hole_end in holes:
            if hole_end <= start or hole_start >= end:
                continue
            if hole_start > start:
                left.append((start, hole_start))
            start = hole_end
        if start < end:
            left.append((start, end))
    return tuple(left)
