"""What a campaign could be made of a dispatch: its orders about airing as phases in order of time.

Suggestions for an officer, never a plan: an increase without a number gets the usual one (two sessions become three),
a phase begins where the one before it ends. Orders that hold side by side (weekdays with counts of their own) are more
than one campaign holds; the first is taken, and `side_by_side` says so.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise
from math import ceil

from scheduler.core.dispatch.model import Dispatch, FrequencyOrder
from scheduler.core.local_time import merged, window_spans
from scheduler.core.model import Boost, BoostKind, Phase, Window

__all__ = [
    "PART_WINDOWS",
    "USUAL_INCREASE",
    "boost_of",
    "campaign_hint",
    "campaign_hints",
    "counts",
    "is_for_each_text",
    "phases_of",
    "side_by_side",
    "windows_of",
]

USUAL_INCREASE = 1.5
"""Suggested when an increase has no number: two sessions a day become three. Always to be confirmed."""

PART_WINDOWS = {
    "sáng": Window(time(6), time(7)),
    "trưa": Window(time(11), time(12)),
    "chiều": Window(time(17), time(18)),
    "tối": Window(time(18, 30), time(19, 30)),
}
"""The session that a ward usually has in a part of the day, suggested where no hour is named."""
_USUAL_MINUTES = 30
"""The window around an hour that is named without a length."""
_CLOSEST_MINUTES = 20
"""Nearer to each other than this, airings inside a named window are counted, not beaten."""
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_ANY_DAY = date(2001, 1, 1)
_WEEK = 7


def campaign_hint(d: Dispatch) -> FrequencyOrder | None:
    """One suggestion out of all orders: the first phase that counts, completed by what the others add.

    Days come from the phase itself, else from the period in which the dispatch holds. None: it orders no airing.
    """
    if not d.frequency:
        return None
    hint = _with_usual(_with_extras(next(filter(counts, d.frequency), d.frequency[0]), d.frequency))
    if hint.start is None and hint.end is None and d.effective:
        hint = replace(hint, start=d.effective[0], end=d.effective[1])
    return hint


def campaign_hints(d: Dispatch) -> tuple[FrequencyOrder, ...]:
    """All phases, in order of time, each completed and with its days as far as they can be told. Empty: no airing."""
    counted = _by_themselves(d.frequency) or list(d.frequency[:1])
    phases: list[FrequencyOrder] = []
    before: FrequencyOrder | None = None
    for order in counted:
        if before is not None and not _follows(before, order):
            continue
        phases.append(_dated(order, phases[-1] if phases else None, d))
        before = order
    ordered = _without_overlap(sorted(phases, key=lambda order: order.start or ""))
    return tuple(_with_usual(_with_extras(order, d.frequency)) for order in ordered)


def side_by_side(orders: Sequence[FrequencyOrder]) -> FrequencyOrder | None:
    """The first order that holds at the same time as the one before it, so that no phase can be made of it."""
    before: FrequencyOrder | None = None
    for order in _by_themselves(orders):
        if before is not None and not _follows(before, order):
            return order
        before = order
    return None


def _by_themselves(orders: Sequence[FrequencyOrder]) -> list[FrequencyOrder]:
    """The orders that say how much, or at which hours on days of their own; the others add to them."""
    counted = {_days_of(order) for order in orders if counts(order)}
    return [
        order
        for order in orders
        if counts(order)
        or ((order.at or order.windows) and (not counted or (any(_days_of(order)) and _days_of(order) not in counted)))
    ]


def _days_of(order: FrequencyOrder) -> tuple[object, ...]:
    return order.weekdays, order.start, order.end, order.dates


def counts(order: FrequencyOrder) -> bool:
    """Whether an order says by itself how much is to be aired."""
    return any((order.factor, order.per_day, order.per_week, order.every_minutes, order.minutes_a_day, order.share))


def is_for_each_text(orders: Sequence[FrequencyOrder]) -> bool:
    """Whether every order that counts, counts each text of the dispatch by itself."""
    counted = [order for order in orders if counts(order) or order.at]
    return bool(counted) and all(order.each_text for order in counted)


def _follows(before: FrequencyOrder, order: FrequencyOrder) -> bool:
    """Whether an order is a later phase, not one of the same days: it has days of its own, or the other one ends."""
    return bool(order.start or before.end or before.days) and not (
        order.weekdays and before.weekdays and (order.start, order.end) == (before.start, before.end)
    )


def _dated(order: FrequencyOrder, before: FrequencyOrder | None, d: Dispatch) -> FrequencyOrder:
    first, last = d.effective or (None, None)
    start = order.start or (_after(before.end) if before else first)
    end = order.end
    if order.dates:
        return replace(order, start=min(order.dates), end=max(order.dates))
    if end is None and order.days:
        begins = start or d.date
        end = _plus(begins, order.days - 1) if begins else None
        start = start or begins
    if start and end and end < start:
        end = None  # a doubt says so
    return replace(order, start=start, end=end or (last if not order.days and (start or "") <= (last or "") else None))


def _after(day: str | None) -> str | None:
    return _plus(day, 1) if day else None


def _plus(day: str, days: int) -> str | None:
    try:
        return (date.fromisoformat(day) + days * _DAY).isoformat()
    except OverflowError:
        return None


_FIRST, _LAST = "", "9999-99-99"
"""Before and after every day."""


def _without_overlap(phases: Sequence[FrequencyOrder]) -> list[FrequencyOrder]:
    """Where phases hold at once, the one that began last holds; where it ends, the one before goes on."""
    spans = [(order.start or _FIRST, order.end or _LAST) for order in phases]
    edges = sorted({start for start, _ in spans} | {_after(end) or _LAST for _, end in spans if end != _LAST} | {_LAST})
    made: list[tuple[int, str, str]] = []
    for start, until in pairwise(edges):
        holding = [i for i, (first, last) in enumerate(spans) if first <= start <= last]
        if not holding:
            continue
        i = max(holding, key=lambda i: (spans[i][0], i))
        goes_on = bool(made) and made[-1][0] == i and made[-1][2] == start
        made.append((i, made.pop()[1] if goes_on else start, until))
    return [
        replace(phases[i], start=start or None, end=None if until == _LAST else _plus(until, -1))
        for i, start, until in made
    ]


def _with_usual(hint: FrequencyOrder) -> FrequencyOrder:
    if hint.increase and not (counts(hint) or hint.at):
        return replace(hint, factor=USUAL_INCREASE)
    return hint


def _with_extras(hint: FrequencyOrder, orders: Sequence[FrequencyOrder]) -> FrequencyOrder:
    """What orders without a count and without days of their own add to every phase."""
    for order in orders:
        if not (counts(order) or order.start or order.end):
            hint = replace(
                hint,
                increase=hint.increase or order.increase,
                at=hint.at or order.at,
                parts=hint.parts or order.parts,
                weekdays=hint.weekdays or order.weekdays,
                windows=hint.windows or order.windows,
                session_minutes=hint.session_minutes or order.session_minutes,
                dates=hint.dates or order.dates,
                except_days=_both(hint.except_days, order.except_days),
                except_windows=_both(hint.except_windows, order.except_windows),
                not_before=max(filter(None, (hint.not_before, order.not_before)), default=None),
                not_after=min(filter(None, (hint.not_after, order.not_after)), default=None),
                max_minutes=min(filter(None, (hint.max_minutes, order.max_minutes)), default=None),
            )
    return hint


def _both(some: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*some, *others)))


def boost_of(order: FrequencyOrder) -> Boost:
    """The order as a boost over the base of a campaign; no boost when it counts nothing.

    Hours that it names are a beat, so that an airing begins in the second where each of them does ("lúc 5h30", "từ 5h30
    đến 6h"): once in each without a count, else as often as the count says where it can be shared out evenly.
    """
    if beat := _beat_of(order):
        return Boost(BoostKind.EVERY, beat)
    week = len(order.weekdays) or _WEEK
    asked = (
        (BoostKind.EVERY, None if order.per_day else order.every_minutes),
        (BoostKind.SHARE, order.share),
        (BoostKind.MINUTES, order.minutes_a_day),
        (BoostKind.FACTOR, order.factor),
        (BoostKind.TARGET, order.per_day or len(order.at)),  # of hours that run into each other
        (BoostKind.TARGET, ceil(order.per_week / week) if order.per_week else None),
    )
    return next((Boost(kind, value) for kind, value in asked if value), Boost())


def _beat_of(order: FrequencyOrder) -> int:
    """Minutes from airing to airing that begin each named window with one, as many as are ordered; 0 = none does.

    The usual session of a part of the day says where, not how often.
    """
    windows = windows_of(order) if order.at or order.windows or order.per_day else ()
    if not windows or any((order.every_minutes, order.share, order.minutes_a_day, order.factor, order.per_week)):
        return 0
    each, left = divmod(order.per_day or len(windows), len(windows))
    if left or not each:
        return 0
    opened = [window_spans(window, _ANY_DAY, "UTC")[0] for window in windows]
    lengths = [ceil((end - start) / _MINUTE / each) for start, end in opened]
    beat = max(lengths)
    if each > 1 and (beat < _CLOSEST_MINUTES or min(lengths) < beat):
        return 0
    step = beat * _MINUTE
    stretches = merged(opened)
    starts = [start + n * step for start, end in stretches for n in range(-((start - end) // step))]
    return beat if len(starts) == each * len(windows) and {start for start, _ in opened} <= set(starts) else 0


def windows_of(order: FrequencyOrder) -> tuple[Window, ...]:
    """Its windows; else one from each hour it names, as long as a session; else the usual one of each part of the day.

    Empty: it names none of them.
    """
    if order.windows:
        pairs = (window.split("-") for window in order.windows)
        return tuple(Window(time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs)
    if order.at:
        length = order.session_minutes or _USUAL_MINUTES
        return tuple(_window_from(time.fromisoformat(at), length) for at in sorted(order.at))
    return tuple(PART_WINDOWS[part] for part in PART_WINDOWS if part in order.parts)


def _window_from(start: time, minutes: int) -> Window:
    last = 24 * 60 - 1
    end = min(start.hour * 60 + start.minute + minutes, last)
    return Window(start, time(end // 60, end % 60))


def phases_of(d: Dispatch, *, base: int, today: date) -> tuple[Phase, ...]:
    """The phases of a campaign that begins `today` at the earliest; what was over by then is left out.

    `base` airings a day is what the boost multiplies. Empty when the dispatch has but one phase: that is the campaign.
    """
    hints = [hint for hint in campaign_hints(d) if not (hint.end and date.fromisoformat(hint.end) < today)]
    if len(hints) < 2:  # noqa: PLR2004 - one phase is no phases
        return ()
    return tuple(
        Phase(
            start=max(date.fromisoformat(hint.start), today) if hint.start else today,
            end=date.fromisoformat(hint.end) if hint.end else None,
            base=base,
            boost=boost_of(hint),
            windows=windows_of(hint),
        )
        for hint in hints
    )
