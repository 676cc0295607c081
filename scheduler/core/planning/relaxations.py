"""What a change of the rules would let sound that may not sound today: quiet minutes that open, caps that rise.

Pure: two sets of rules in, the differences out. A change that loosens nothing never turns a no of the gate into a yes;
whether a loosening is wanted is a person's to confirm, and nothing here decides it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from scheduler.core.model import QuietHours, StationRules, Window

__all__ = ["Loosened", "loosened", "minutes_of", "windows_of"]

_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Loosened:
    """One thing that becomes possible."""

    what: str
    """quiet | cap_sessions | cap_minutes | weekdays | blackout"""
    told: str
    """Windows, a number, weekdays or days, as text."""
    zone: str = ""
    """Of quiet hours: the zone that alone is meant; empty = the whole station."""


def loosened(before: StationRules, after: StationRules) -> tuple[Loosened, ...]:
    """Everything that `after` lets sound and `before` does not, station first."""
    found = _opened(before.quiet_hours, after.quiet_hours)
    for zone in sorted({name for name, _ in (*before.zone_quiet, *after.zone_quiet)}):
        mine = _opened(before.quiet_hours, after.quiet_hours, before.quiet_of(zone), after.quiet_of(zone))
        found += [Loosened("quiet", one.told, zone) for one in mine if one not in found]
    found += _raised("cap_sessions", before.cap.sessions_a_day, after.cap.sessions_a_day)
    found += _raised("cap_minutes", before.cap.minutes_a_session, after.cap.minutes_a_session)
    if more := after.cap.weekdays - before.cap.weekdays:
        found.append(Loosened("weekdays", ", ".join(map(str, sorted(more)))))
    if gone := before.blackout - after.blackout:
        found.append(Loosened("blackout", ", ".join(day.isoformat() for day in sorted(gone))))
    return tuple(found)


def minutes_of(windows: Iterable[Window]) -> frozenset[int]:
    """The minutes of a day's wall time that windows hold; one that ends "before" it starts goes over midnight."""
    found: set[int] = set()
    for window in windows:
        start, end = _minute(window.start), _minute(window.end)
        found |= set(range(start, end)) if start < end else {*range(start, _DAY), *range(end)}
    return frozenset(found)


def windows_of(minutes: Iterable[int]) -> tuple[Window, ...]:
    """The fewest windows that hold exactly these minutes; a stretch over midnight is one."""
    kept = set(minutes)
    if len(kept) >= _DAY:
        return (Window(time(0), time(23, 59)), Window(time(23, 59), time(0)))
    starts = sorted(minute for minute in kept if (minute - 1) % _DAY not in kept)
    return tuple(Window(_time(start), _time(_end(start, kept))) for start in starts)


def _end(start: int, kept: set[int]) -> int:
    minute = start
    while minute % _DAY in kept:
        minute += 1
    return minute % _DAY


def _opened(
    before: QuietHours, after: QuietHours, zone_before: QuietHours | None = None, zone_after: QuietHours | None = None
) -> list[Loosened]:
    was = _quiet(before, zone_before)
    return [Loosened("quiet", str(window)) for window in windows_of(was - _quiet(after, zone_after))]


def _quiet(station: QuietHours, zone: QuietHours | None) -> frozenset[int]:
    return minutes_of((*station.windows, *(zone.windows if zone else ())))


def _raised(what: str, before: float | None, after: float | None) -> list[Loosened]:
    if before is None or (after is not None and after <= before):
        return []
    return [Loosened(what, "" if after is None else f"{after:g}")]


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)
