"""When a campaign may be said and how often: windows, quiet hours, dates and weekdays, base × boost.

It answers questions about one campaign or one stretch of time and lists every fault of a campaign's form at once.
It never looks at other airings (that is the planner's) and never says the last word before sound (the gate's).
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import isfinite

from scheduler.core.local_time import (
    Span,
    day_span,
    local_day,
    local_instant,
    merged,
    quiet_window_span,
    window_spans,
    without,
)
from scheduler.core.model import ALL_WEEKDAYS, BoostKind, Campaign, QuietHours, Refusal, Relay, StationRules, Window
from scheduler.core.written_times import parse_date, parse_time, parse_window

__all__ = [
    "MOST_AIRINGS_A_DAY",
    "MOST_REPEATS",
    "Span",
    "airings_wanted",
    "boost_holds",
    "campaign_faults",
    "day_span",
    "every_starts",
    "is_quiet",
    "local_day",
    "local_instant",
    "lost_in_gap",
    "open_spans",
    "parse_date",
    "parse_time",
    "parse_window",
    "quiet_spans",
    "raw_spans",
    "wanted_on",
]

MOST_AIRINGS_A_DAY = 1440
"""One a minute: more is a slip of the keyboard, and is planned and refused as this many."""
MOST_REPEATS = 10
_DAY = timedelta(days=1)
_ANY_DAY = date(2001, 1, 1)
"""Stands for "every day" where only wall times are compared; in UTC no day has a gap or a fold."""


@lru_cache(maxsize=512)
def _quiet_from(quiet: QuietHours, day: date, zone_name: str) -> tuple[tuple[datetime, datetime, Window], ...]:
    """Quiet windows that begin on `day`. Kept, because the gate asks for every 20 ms of sound."""
    begun = ((*quiet_window_span(window, day, zone_name), window) for window in quiet.windows)
    return tuple(sorted((entry for entry in begun if entry[0] < entry[1]), key=lambda entry: entry[:2]))


def quiet_spans(quiet: QuietHours, day: date, zone_name: str) -> tuple[Span, ...]:
    """Every quiet stretch that touches `day`, in order, also those begun the evening before; not cut at midnight."""
    start, end = day_span(day, zone_name)
    near = (*_quiet_from(quiet, day - _DAY, zone_name), *_quiet_from(quiet, day, zone_name))
    return tuple(sorted((lo, hi) for lo, hi, _ in near if lo < end and hi > start))


def is_quiet(quiet: QuietHours, start: datetime, end: datetime, zone_name: str) -> Window | None:
    """The quiet window that sound from `start` up to `end` would touch; None when it touches none.

    Ending just as quiet hours begin, or starting just as they end, is not touching. `end == start` asks of an instant.
    """
    day = local_day(start, zone_name) - _DAY
    last = local_day(end, zone_name)
    while day <= last:
        for low, high, window in _quiet_from(quiet, day, zone_name):
            if start < high and (low < end or low <= start):
                return window
        day += _DAY
    return None


def wanted_on(campaign: Campaign | Relay, day: date) -> bool:
    """Whether the day is inside its dates (both included) and on one of its weekdays."""
    return campaign.start <= day <= campaign.end and day.weekday() in campaign.weekdays


def _half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def boost_holds(campaign: Campaign) -> bool:
    """Whether the boost's value is one its kind can have."""
    value = campaign.boost.value
    if campaign.boost.kind is BoostKind.NONE:
        return True
    least = 0.0 if campaign.boost.kind is BoostKind.FACTOR else 1.0
    return isfinite(value) and 0.0 < value <= MOST_AIRINGS_A_DAY and value >= least


def airings_wanted(campaign: Campaign, day: date, zone_name: str = "UTC") -> int:
    """How many airings the campaign asks for on `day`: base × boost, 0 outside its dates and weekdays.

    A factor rounds half up and leaves at least one; a target replaces the base; "every N minutes" counts the starts
    that lie in the windows, in real minutes of `zone_name` (which matters on two days a year). A boost that makes no
    sense is left out rather than guessed at.
    """
    if not wanted_on(campaign, day):
        return 0
    base = max(0, min(campaign.base, MOST_AIRINGS_A_DAY))
    if not boost_holds(campaign):
        return base
    match campaign.boost.kind:
        case BoostKind.NONE:
            return base
        case BoostKind.FACTOR:
            boosted = max(1, _half_up(base * Decimal(str(campaign.boost.value)))) if base else 0
        case BoostKind.TARGET:
            boosted = _half_up(Decimal(str(campaign.boost.value)))
        case BoostKind.EVERY:
            boosted = len(every_starts(campaign, day, zone_name))
    return min(boosted, MOST_AIRINGS_A_DAY)


def every_starts(campaign: Campaign, day: date, zone_name: str) -> tuple[datetime | None, ...]:
    """The starts "every N minutes" asks for, each window counted from its own start in real minutes.

    None stands for the one start of a window that a DST gap swallowed whole: wanted, and refused with that reason.
    """
    step = timedelta(minutes=campaign.boost.value)
    spans = raw_spans(campaign.windows, day, zone_name)
    starts: list[datetime | None] = []
    for start, end in spans:
        count = -((start - end) // step)
        starts.extend(start + number * step for number in range(min(count, MOST_AIRINGS_A_DAY)))
    lost = sum(1 for window in campaign.windows if lost_in_gap(window, day, zone_name))
    starts.extend([None] * lost)
    return tuple(starts[:MOST_AIRINGS_A_DAY])


def lost_in_gap(window: Window, day: date, zone_name: str) -> bool:
    """Whether a window that is sound in itself has no instant that day."""
    return bool(window_spans(window, _ANY_DAY, "UTC")) and not window_spans(window, day, zone_name)


def raw_spans(windows: Iterable[Window], day: date, zone_name: str) -> tuple[Span, ...]:
    """The windows of a day as UTC spans, quiet hours not yet taken out; merged where they overlap or touch."""
    return merged([span for window in windows for span in window_spans(window, day, zone_name)])


def open_spans(campaign: Campaign | Relay, day: date, rules: StationRules) -> tuple[Span, ...]:
    """When it may sound on `day`: its windows less the quiet hours. Dates and weekdays are not asked here."""
    return _open(campaign.windows, day, _quiets(rules, campaign.zone), rules.zone_name)


def _quiets(rules: StationRules, zone: str) -> tuple[QuietHours, ...]:
    """The station's quiet hours, and those that the zone has besides."""
    own = rules.quiet_of(zone)
    return (rules.quiet_hours, own) if own else (rules.quiet_hours,)


def _open(windows: Iterable[Window], day: date, quiets: Iterable[QuietHours], zone_name: str) -> tuple[Span, ...]:
    holes = merged([span for quiet in quiets for span in quiet_spans(quiet, day, zone_name)])
    return without(raw_spans(windows, day, zone_name), holes)


def campaign_faults(campaign: Campaign, rules: StationRules, airing: timedelta | None) -> tuple[Refusal, ...]:
    """Every fault of a campaign's form at once; `airing` is the length of one whole airing, None when not yet known."""
    found = (*_plain_faults(campaign), *_day_faults(campaign), *_window_faults(campaign, rules, airing))
    return tuple(Refusal(campaign.id, 0, reason, details) for reason, details in found)


_Fault = tuple[str, dict[str, object]]


def _plain_faults(campaign: Campaign) -> Iterator[_Fault]:
    """Of single values."""
    kind = campaign.boost.kind
    if not campaign.title.strip():
        yield "title_missing", {}
    least = 0 if kind in {BoostKind.TARGET, BoostKind.EVERY} else 1
    if not least <= campaign.base <= MOST_AIRINGS_A_DAY:
        yield "base_invalid", {"base": campaign.base, "most": MOST_AIRINGS_A_DAY}
    if not boost_holds(campaign):
        yield "boost_invalid", {"kind": kind.value, "value": campaign.boost.value}
    if not 1 <= campaign.repeat <= MOST_REPEATS:
        yield "repeat_invalid", {"repeat": campaign.repeat, "most": MOST_REPEATS}
    if not timedelta(0) <= campaign.min_gap < _DAY:
        yield "gap_invalid", {"minutes": campaign.min_gap.total_seconds() / 60}


def _day_faults(campaign: Campaign) -> Iterator[_Fault]:
    """Of dates and weekdays together."""
    dates: dict[str, object] = {"start": campaign.start.isoformat(), "end": campaign.end.isoformat()}
    if campaign.end < campaign.start:
        yield "dates_backwards", dates
    if not campaign.weekdays & ALL_WEEKDAYS:
        yield "no_weekdays", {}
        return
    length = (campaign.end - campaign.start).days
    met = {(campaign.start.weekday() + after) % 7 for after in range(min(length, 6) + 1)}
    if length >= 0 and not campaign.weekdays & met:
        yield "no_airing_day", dates


def _window_faults(campaign: Campaign, rules: StationRules, airing: timedelta | None) -> Iterator[_Fault]:
    """Of windows, alone and against the quiet hours and the length of the clip."""
    if not campaign.windows:
        yield "no_windows", {}
    sound = [window for window in campaign.windows if window_spans(window, _ANY_DAY, "UTC")]
    for window in campaign.windows:
        if window not in sound:
            reason = "window_empty" if window.start == window.end else "window_backwards"
            yield reason, {"window": str(window)}
    if not sound:
        return
    quiets = _quiets(rules, campaign.zone)
    stretches = _open(sound, _ANY_DAY, quiets, "UTC")
    if not stretches:
        shown = ", ".join(map(str, sound))
        yield "all_quiet", {"windows": shown, "legal_basis": quiets[-1].legal_basis}
        return
    if airing is None:
        return
    for window in sound:
        ((start, end),) = window_spans(window, _ANY_DAY, "UTC")
        rooms = [high - low for low, high in stretches if low < end and start < high]
        if rooms and max(rooms) < airing:
            seconds = airing.total_seconds()
            room = max(rooms).total_seconds()
            yield "clip_longer_than_window", {"window": str(window), "seconds": seconds, "room_seconds": room}
