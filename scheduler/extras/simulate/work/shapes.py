"""How a campaign as a scenario writes it becomes campaigns as the station has them.

Nearly always it is one, clips in turn and all. Exact times are windows that begin at them, one airing at the beginning
of each; only times nearer than an airing need several campaigns, whose rotations are written so that the day's times
together keep the clips in turn. Pure: it is given lengths and days, and asks nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import gcd
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.core.local_time import day_span
from scheduler.core.model import Boost, BoostKind, Campaign, Phase, Priority, Window
from scheduler.core.planning.campaign_faults import MOST_CLIPS
from scheduler.core.planning.rules import MOST_REPEATS, parse_time, parse_window
from scheduler.extras.simulate.work.keys import CampaignKeys

__all__ = ["Span", "campaigns_of"]

_DAY = 1440
_HOUR = 60
_PRIORITIES = {"priority": Priority.PRIORITY, "normal": Priority.NORMAL}


@dataclass(frozen=True, slots=True)
class Span:
    """The days of the scenario, and its zone."""

    first: date
    last: date
    zone_name: str


def campaigns_of(
    keys: CampaignKeys,
    span: Span,
    clips: Sequence[int],
    airing: Callable[[Campaign], timedelta],
    had: Sequence[int] = (),
) -> tuple[Campaign, ...]:
    """The campaigns of the station, without their ids.

    Args:
        keys: as written.
        span: the days of the scenario.
        clips: the announcements it says in turn.
        airing: how long one airing of a campaign's first announcement lasts, repeats included.
        had: of an edit, how many turns each campaign has had before today, in the order of the answer.

    """
    plain = replace(_plain(keys, span), announcement_id=clips[0])
    if keys.session_minutes:
        plain = replace(plain, repeat=_repeats(plain, keys.session_minutes, clips, airing))
    starts = sorted({_minute(parse_time(text)) for text in keys.times})
    longest = _longest(plain, clips, airing)
    if starts:
        windows = tuple(_window(start, start + _room(start, longest, keys, span, plain)) for start in starts)
        plain = replace(plain, windows=windows, base=len(starts))
    plain = replace(plain, phases=tuple(_phase(one, plain) for one in keys.phases))
    if not starts or keys.boost:
        return (_saying(plain, _in_turn(clips, (0,), 1, had)),)
    most = MOST_CLIPS * gcd(len(starts), len(clips)) // len(clips)
    groups = _groups(starts, longest, keys, span, plain)
    if len(groups) > 1:
        groups = _groups(starts, longest, keys, span, plain, most=most)
    return tuple(
        _saying(
            _at_times(plain, windows, number),
            _in_turn(clips, [starts.index(_minute(one.start)) for one in windows], len(starts), had, number),
        )
        for number, windows in enumerate(groups)
    )


def _plain(keys: CampaignKeys, span: Span) -> Campaign:
    return Campaign(
        id=0,
        title=keys.title,
        announcement_id=0,
        windows=tuple(map(parse_window, keys.windows)),
        base=1 if keys.every_minutes else keys.per_day,
        start=date.fromisoformat(keys.from_) if keys.from_ else span.first,
        end=date.fromisoformat(keys.to) if keys.to else span.last,
        boost=Boost(BoostKind.EVERY, keys.every_minutes) if keys.every_minutes else _boost(keys.boost),
        weekdays=frozenset(keys.weekdays),
        min_gap=timedelta(minutes=keys.min_gap_minutes),
        chime=keys.chime,
        repeat=keys.plays,
        priority=_PRIORITIES[keys.priority],
        zone=keys.zone,
        rank=keys.rank,
        except_days=tuple(map(date.fromisoformat, keys.except_days)),
        except_windows=tuple(map(parse_window, keys.except_windows)),
        dates=tuple(map(date.fromisoformat, keys.dates)),
        max_minutes=keys.max_minutes or None,
    )


def _boost(written: Mapping[str, Any]) -> Boost:
    ((kind, value),) = (written or {"none": 1}).items()
    return Boost(BoostKind(kind), float(value))


def _phase(written: Mapping[str, Any], plain: Campaign) -> Phase:
    """A phase; what it does not name is the campaign's, but a number of its own is not boosted by the campaign."""
    is_counted = bool(written.get("boost")) or "per_day" in written
    return Phase(
        start=date.fromisoformat(written["start"]) if written.get("start") else plain.start,
        end=date.fromisoformat(written["end"]) if written.get("end") else None,
        base=written.get("per_day", plain.base),
        boost=_boost(written.get("boost", {})) if is_counted else plain.boost,
        windows=tuple(map(parse_window, written.get("windows", ()))) or plain.windows,
    )


def _longest(plain: Campaign, clips: Sequence[int], airing: Callable[[Campaign], timedelta]) -> timedelta:
    return max(airing(replace(plain, announcement_id=clip)) for clip in clips)


def _repeats(plain: Campaign, minutes: float, clips: Sequence[int], airing: Callable[[Campaign], timedelta]) -> int:
    """As often as the longest clip goes into a session, at least once."""
    room = timedelta(minutes=minutes)
    counts = range(1, MOST_REPEATS + 1)
    fits = [count for count in counts if _longest(replace(plain, repeat=count), clips, airing) <= room]
    return max(fits, default=1)


# --- In turn ---------------------------------------------------------------------------------------------------------


def _saying(campaign: Campaign, said: Sequence[int]) -> Campaign:
    first, *rest = said
    return replace(campaign, announcement_id=first, rotation=tuple(rest))


def _in_turn(
    clips: Sequence[int], places: Sequence[int], airings: int, had: Sequence[int], number: int = 0
) -> list[int]:
    """What a campaign says in turn that has these places among the airings of a day, so that all of them together say
    the clips in turn. `had`: the turns of each campaign before today, `number`: which of them it is.
    """
    days = len(clips) // gcd(airings, len(clips))
    said = [clips[(sum(had) + day * airings + place) % len(clips)] for day in range(days) for place in places]
    own = had[number] if number < len(had) else 0
    said = [said[(turn - own) % len(said)] for turn in range(len(said))]
    whole = len(said)
    shortest = next(n for n in range(1, whole + 1) if whole % n == 0 and said == said[:n] * (whole // n))
    return said[:shortest]


# --- Exact times -----------------------------------------------------------------------------------------------------


def _at_times(plain: Campaign, windows: tuple[Window, ...], number: int) -> Campaign:
    """Of several campaigns the first has the phases, and the others are silent in them."""
    title = f"{plain.title} #{number + 1}" if number else plain.title
    phases = tuple(Phase(one.start, one.end) for one in plain.phases) if number else plain.phases
    return replace(plain, title=title, windows=windows, base=len(windows), boost=_once_each(windows), phases=phases)


def _once_each(windows: Sequence[Window]) -> Boost:
    """One airing at the beginning of each window: every so many minutes, more than any window has. Such an airing may
    be moved by half of those minutes, which is a window's length and keeps it in its own.
    """
    longest = max((_minute(window.end) or _DAY) - _minute(window.start) for window in windows)
    return Boost(BoostKind.EVERY, float(min(2 * longest, _DAY)))


def _groups(
    starts: Sequence[int], longest: timedelta, keys: CampaignKeys, span: Span, plain: Campaign, most: int = _DAY
) -> list[tuple[Window, ...]]:
    """The windows of the times, at most so many in one campaign. Windows of one campaign that touch would be one
    window, so those go into another.
    """
    groups: list[list[tuple[int, int]]] = []
    least = -(-longest // timedelta(minutes=1))
    for start in starts:
        end = start + _room(start, longest, keys, span, plain)
        for group in groups:
            last_start, last_end = group[-1]
            shortest = min(last_end, max(last_start + least, start - 1))
            if shortest < start and len(group) < most:
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
