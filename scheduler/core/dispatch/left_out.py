"""What a campaign can keep of the exceptions of a dispatch's orders, and a doubt about each that it cannot.

A campaign leaves out days, hours, and airings longer than so many minutes, in all its phases alike. What holds in one
phase only, and what stands in an order that no phase is made of, is asked about, so that no campaign passes over it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta

from scheduler.core.dispatch.doubts import doubt, written_day
from scheduler.core.dispatch.hints import PART_WINDOWS, campaign_hints, is_for_each_text
from scheduler.core.dispatch.model import Dispatch, Doubt, Excerpt, FrequencyOrder
from scheduler.core.model import Window
from scheduler.core.planning.excepted import Exceptions

__all__ = ["MOST_DAYS", "exceptions_of", "left_out", "unkept", "windows_left_out"]

MOST_DAYS = 366
"""Days that a campaign leaves out, or airs on where its days are named one by one."""
MOST_WINDOWS = 12
_MIDNIGHT = time(0)


def exceptions_of(d: Dispatch) -> Exceptions:
    """What the campaign of this dispatch leaves out."""
    return left_out(campaign_hints(d))


def left_out(phases: Sequence[FrequencyOrder]) -> Exceptions:
    """What the phases of one campaign leave out: days of any of them, hours and lengths where all say the same."""
    windows = {windows_left_out(phase) for phase in phases}
    most = {phase.max_minutes for phase in phases}
    days = sorted({date.fromisoformat(day) for phase in phases for day in phase.except_days if _holds(phase, day)})
    return Exceptions(
        days=tuple(days) if len(days) <= MOST_DAYS else (),
        windows=windows.pop() if len(windows) == 1 else (),
        dates=_dates(phases),
        max_minutes=most.pop() if len(most) == 1 else None,
    )


def windows_left_out(order: FrequencyOrder) -> tuple[Window, ...]:
    """The hours that an order leaves out, each once; those before and after an hour reach to midnight."""
    pairs = [tuple(map(time.fromisoformat, window.split("-"))) for window in order.except_windows]
    found = [Window(start, end) for start, end in pairs if start != end]
    if order.not_before and time.fromisoformat(order.not_before) != _MIDNIGHT:
        found.append(Window(_MIDNIGHT, time.fromisoformat(order.not_before)))
    if order.not_after and time.fromisoformat(order.not_after) != _MIDNIGHT:
        found.append(Window(time.fromisoformat(order.not_after), _MIDNIGHT))
    windows = tuple(sorted(dict.fromkeys(found), key=lambda one: (one.start, one.end)))
    return windows if len(windows) <= MOST_WINDOWS else ()


def _holds(phase: FrequencyOrder, day: str) -> bool:
    return (phase.start or day) <= day <= (phase.end or day)


def _dates(phases: Sequence[FrequencyOrder]) -> tuple[date, ...]:
    """The only days of the campaign, where a phase names its days one by one; a phase between them has all of its."""
    if not any(phase.dates for phase in phases):
        return ()
    found: set[date] = set()
    for phase in phases:
        if not (phase.start and phase.end):
            return ()
        first, last = date.fromisoformat(phase.start), date.fromisoformat(phase.end)
        if (last - first).days >= MOST_DAYS:
            return ()
        days = {first + timedelta(days=n) for n in range((last - first).days + 1)}
        found |= days & set(map(date.fromisoformat, phase.dates)) if phase.dates else days
    return tuple(sorted(found)) if len(found) <= MOST_DAYS else ()


def unkept(orders: Iterable[tuple[FrequencyOrder, Excerpt]], kept: Exceptions) -> list[Doubt]:
    """A doubt about each order that says more than `kept`: without it the campaign would pass over that."""
    found, orders = [], list(orders)
    is_mixed = not is_for_each_text([order for order, _ in orders])
    for order, where in orders:
        told = list(_lost(order, kept))
        if is_mixed and order.each_text:
            told.append("số lượt cho mỗi bản tin")
        if told:
            found.append(doubt("frequency", reason="frequency_unkept", excerpt=where, raw="; ".join(told)))
    return found


def _lost(order: FrequencyOrder, kept: Exceptions) -> Iterable[str]:
    """Each exception of an order that the campaign does not keep."""
    days, windows = set(map(str, kept.days)), set(map(str, kept.windows))
    only = set(map(str, kept.dates))
    yield from (f"nghỉ ngày {written_day(day)}" for day in order.except_days if day not in days)
    yield from (f"nghỉ {window}" for window in order.except_windows if window not in windows)
    if order.not_before and order.not_before != "00:00" and f"00:00-{order.not_before}" not in windows:
        yield f"không phát trước {order.not_before}"
    if order.not_after and order.not_after != "00:00" and f"{order.not_after}-00:00" not in windows:
        yield f"không phát sau {order.not_after}"
    yield from (f"chỉ ngày {written_day(day)}" for day in order.dates if day not in only)
    if not (order.at or order.windows):
        yield from (f"buổi {part}" for part in order.parts if part not in PART_WINDOWS)
    if order.max_minutes and order.max_minutes != kept.max_minutes:
        yield f"không quá {order.max_minutes} phút"
