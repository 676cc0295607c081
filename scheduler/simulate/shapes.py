"""How a campaign as a scenario writes it becomes campaigns as the station has them.

Exact times are windows that begin at them, one airing at the beginning of each. Clips in turn are one campaign for
each clip that shares the day's airings, and where the day does not divide evenly the clips move on at midnight.
Pure: it is given lengths and days, and asks nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.core.local_time import day_span
from scheduler.core.model import Boost, BoostKind, Campaign, Priority, Window
from scheduler.core.rules import MOST_REPEATS, airings_wanted, parse_time, parse_window, wanted_on
from scheduler.simulate.keys import CampaignKeys

__all__ = ["Shape", "Span", "shapes_of"]

_DAY = 1440
_HOUR = 60
_PRIORITIES = {"priority": Priority.PRIORITY, "normal": Priority.NORMAL}


@dataclass(frozen=True, slots=True)
class Shape:
    """One campaign of the station, without its id and its announcement."""

    campaign: Campaign
    clip: int
    """Which of the clips it begins with."""
    turn: int = 0
    """By how many clips it moves on each day it is wanted on."""

    def clip_of(self, day: date, clips: int) -> int:
        """Which of so many clips it says on a day."""
        if not self.turn:
            return self.clip
        first = self.campaign.start
        weeks, rest = divmod((day - first).days, 7)
        before = weeks * len(self.campaign.weekdays)
        before += sum(1 for after in range(rest) if (first.weekday() + after) % 7 in self.campaign.weekdays)
        return (self.clip + before * self.turn) % clips


@dataclass(frozen=True, slots=True)
class Span:
    """The days of the scenario, and its zone."""

    first: date
    last: date
    zone_name: str


def shapes_of(keys: CampaignKeys, span: Span, airing: Callable[[Campaign, int], timedelta]) -> tuple[Shape, ...]:
    """`airing`: how long one airing of a campaign with a clip (by its place in the list) lasts, repeats included."""
    clips = len(keys.clips) or 1
    plain = _plain(keys, span)
    if keys.session_minutes:
        plain = replace(plain, repeat=_repeats(plain, keys.session_minutes, clips, airing))
    longest = max(airing(plain, clip) for clip in range(clips))
    if keys.times:
        if not keys.boost:
            return _at_times(keys, plain, longest, clips, span)
        starts = sorted({_minute(parse_time(text)) for text in keys.times})
        windows = [_window(start, start + _room(start, longest, keys, span, plain)) for start in starts]
        plain = replace(plain, windows=tuple(windows), base=len(starts))
    else:
        plain = replace(plain, windows=tuple(map(parse_window, keys.windows)))
    if keys.every_minutes or plain.boost.kind is BoostKind.EVERY:
        return _every(plain, keys.every_minutes or plain.boost.value, clips, keys)
    return _spread(plain, clips, span, keys)


def _plain(keys: CampaignKeys, span: Span) -> Campaign:
    return Campaign(
        id=0,
        title=keys.title,
        announcement_id=0,
        windows=(),
        base=max(keys.per_day, 1),
        start=date.fromisoformat(keys.from_) if keys.from_ else span.first,
        end=date.fromisoformat(keys.to) if keys.to else span.last,
        boost=_boost(keys),
        weekdays=frozenset(keys.weekdays),
        min_gap=timedelta(minutes=keys.min_gap_minutes),
        chime=keys.chime,
        repeat=keys.plays,
        priority=_PRIORITIES[keys.priority],
        zone=keys.zone,
    )


def _boost(keys: CampaignKeys) -> Boost:
    ((kind, value),) = (keys.boost or {"none": 1}).items()
    return Boost(BoostKind(kind), float(value))


def _repeats(plain: Campaign, minutes: float, clips: int, airing: Callable[[Campaign, int], timedelta]) -> int:
    """As often as the clip goes into a session, at least once."""
    room = timedelta(minutes=minutes)
    fits = [
        count
        for count in range(1, MOST_REPEATS + 1)
        if max(airing(replace(plain, repeat=count), clip) for clip in range(clips)) <= room
    ]
    return max(fits, default=1)


def _named(keys: CampaignKeys, clip: int, group: int = 0) -> str:
    clip_name = f" ({keys.clips[clip]})" if len(keys.clips) > 1 else ""
    return keys.title + clip_name + (f" #{group + 1}" if group else "")


# --- Exact times -----------------------------------------------------------------------------------------------------


def _at_times(keys: CampaignKeys, plain: Campaign, longest: timedelta, clips: int, span: Span) -> tuple[Shape, ...]:
    starts = sorted({_minute(parse_time(text)) for text in keys.times})
    shares = min(len(starts), clips)
    shapes: list[Shape] = []
    for share in range(shares):
        for group, windows in enumerate(_groups(starts[share::shares], longest, keys, span, plain)):
            title = _named(keys, share, group)
            campaign = replace(plain, title=title, windows=windows, base=len(windows), boost=_once_each(windows))
            shapes.append(Shape(campaign, share, len(starts) % clips))
    return tuple(shapes)


def _once_each(windows: Sequence[Window]) -> Boost:
    """One airing at the beginning of each window: every so many minutes, more than any window has. Such an airing may
    be moved by half of those minutes, which is a window's length and keeps it in its own.
    """
    longest = max((_minute(window.end) or _DAY) - _minute(window.start) for window in windows)
    return Boost(BoostKind.EVERY, float(min(2 * longest, _DAY)))


def _groups(
    starts: Sequence[int], longest: timedelta, keys: CampaignKeys, span: Span, plain: Campaign
) -> list[tuple[Window, ...]]:
    """The windows of the times. Windows of one campaign that touch would be one window, so those go into another."""
    groups: list[list[tuple[int, int]]] = []
    least = -(-longest // timedelta(minutes=1))
    for start in starts:
        end = start + _room(start, longest, keys, span, plain)
        for group in groups:
            last_start, last_end = group[-1]
            shortest = min(last_end, max(last_start + least, start - 1))
            if shortest < start:
                group[-1] = (last_start, shortest)
                group.append((start, end))
                break
        else:
            groups.append([(start, end)])
    return [tuple(_window(*edges) for edges in group) for group in groups]


def _room(start: int, longest: timedelta, keys: CampaignKeys, span: Span, plain: Campaign) -> int:
    """Minutes that the window of an exact time is open: the airing and what it may slip, but the airing at least."""
    least = -(-longest // timedelta(minutes=1))
    room = min(least + round(keys.slip_minutes), _DAY - start)
    return min(room, max(least, _until_real(start, span, plain) - start))


def _until_real(start: int, span: Span, plain: Campaign) -> int:
    """How late a window from `start` may end for a day that skips this time to skip the airing, and for one that has
    it twice to air it once.
    """
    end, day = _DAY, max(span.first, plain.start)
    while day <= min(span.last, plain.end):
        low, high = day_span(day, span.zone_name)
        if high - low != timedelta(days=1) and _is_unclear(day, start, span.zone_name):
            clear = (at for at in range(start, _DAY) if not _is_unclear(day, at, span.zone_name))
            end = min(end, next(clear, _DAY))
        day += timedelta(days=1)
    return end


def _is_unclear(day: date, minute: int, zone_name: str) -> bool:
    """Whether the wall time is not there that day, or is there twice."""
    wall = datetime.combine(day, time(*divmod(minute, _HOUR)), ZoneInfo(zone_name))
    return wall.utcoffset() != wall.replace(fold=1).utcoffset()


def _minute(at: time) -> int:
    return at.hour * _HOUR + at.minute


def _window(start: int, end: int) -> Window:
    return Window(time(*divmod(start, _HOUR)), time(0) if end >= _DAY else time(*divmod(end, _HOUR)))


# --- Spread and beaten -----------------------------------------------------------------------------------------------


def _spread(plain: Campaign, clips: int, span: Span, keys: CampaignKeys) -> tuple[Shape, ...]:
    if clips == 1:
        return (Shape(plain, 0),)
    days = (plain.start + timedelta(days=after) for after in range(max((plain.end - plain.start).days, 0) + 1))
    first = next((day for day in days if wanted_on(plain, day)), plain.start)
    wanted = airings_wanted(plain, first, span.zone_name)
    shares = min(wanted, clips)
    return tuple(
        Shape(
            replace(plain, title=_named(keys, share), base=len(range(share, wanted, shares)), boost=Boost()),
            share,
            wanted % clips,
        )
        for share in range(shares)
    )


def _every(plain: Campaign, minutes: float, clips: int, keys: CampaignKeys) -> tuple[Shape, ...]:
    """Every clip on its own slower beat, begun one beat later than the one before; each window begins anew."""
    shapes: list[Shape] = []
    for clip in range(clips):
        shift = round(clip * minutes)
        windows = tuple(
            _window(_minute(window.start) + shift, _minute(window.end) or _DAY)
            for window in plain.windows
            if _minute(window.start) + shift < (_minute(window.end) or _DAY)
        )
        if windows:
            boost = Boost(BoostKind.EVERY, min(minutes * clips, float(_DAY)))
            shapes.append(Shape(replace(plain, title=_named(keys, clip), windows=windows, base=1, boost=boost), clip))
    return tuple(shapes)
