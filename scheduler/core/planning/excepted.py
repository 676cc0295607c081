"""Trừ ra: when a campaign never sounds by its order, days and hours that are left out of its dates and windows.

An exception is kept like quiet hours: an airing may end where one begins and start where one ends, and touches none.
The planner takes it out of the open time, and the gate asks `met` of every airing and of every block of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from scheduler.core.local_time import Span, day_span, local_day, merged, quiet_window_span
from scheduler.core.model import Campaign, Window

__all__ = ["NONE", "Exceptions", "Met", "met", "of_campaign", "spans_near", "too_long"]

Met = tuple[str, Mapping[str, object]]
"""A reason code, and what fills its sentence."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What an order leaves out of the days and hours that it names."""

    days: tuple[date, ...] = ()
    windows: tuple[Window, ...] = ()
    """Hours of every day; over midnight as quiet hours are."""
    dates: tuple[date, ...] = ()
    """Only on these days; empty = on any."""
    max_minutes: int | None = None
    """Minutes that no airing may be longer than."""

    def leaves_out(self, day: date) -> bool:
        """Whether nothing may sound on that day."""
        return day in self.days or bool(self.dates and day not in self.dates)

    def is_too_long(self, airing: timedelta) -> bool:
        return self.max_minutes is not None and airing > timedelta(minutes=self.max_minutes)


NONE = Exceptions()


def of_campaign(campaign: Campaign) -> Exceptions:
    return Exceptions(campaign.except_days, campaign.except_windows, campaign.dates, campaign.max_minutes)


@lru_cache(maxsize=1024)
def spans_near(kept: Exceptions, day: date, zone_name: str) -> tuple[Span, ...]:
    """What is left out from the evening before `day` to the end of the day after it; in order, without overlap."""
    days = (day - _DAY, day, day + _DAY)
    hours = [quiet_window_span(window, one, zone_name) for one in days for window in kept.windows]
    return merged([*hours, *(day_span(one, zone_name) for one in days if kept.leaves_out(one))])


def met(kept: Exceptions, start: datetime, end: datetime, zone_name: str) -> Met | None:
    """The exception that sound from `start` up to `end` would touch; None when it touches none."""
    if not (kept.days or kept.windows or kept.dates):
        return None
    day, last = local_day(start, zone_name), local_day(end, zone_name)
    while day <= last:
        for low, high in spans_near(kept, day, zone_name):
            if start < high and (low < end or low <= start):
                return _why_excepted(kept, max(start, low), zone_name)
        day += _DAY
    return None


def _why_excepted(kept: Exceptions, at: datetime, zone_name: str) -> Met:
    day = local_day(at, zone_name)
    if kept.leaves_out(day):
        return "excepted_day", {"day": f"{day:%d/%m/%Y}"}
    return "excepted_hours", {"windows": ", ".join(map(str, kept.windows))}


def too_long(kept: Exceptions, airing: timedelta) -> Met | None:
    """Why an airing of that length may not start; None when it is short enough."""
    if not kept.is_too_long(airing):
        return None
    return "airing_over_limit", {"minutes": kept.max_minutes, "seconds": airing.total_seconds()}
