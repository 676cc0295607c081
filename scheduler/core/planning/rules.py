"""When a campaign may be said and how often: phases, windows, quiet hours, dates, pauses, base × boost.

It answers questions about one campaign or one stretch of time. It never looks at other airings (that is the
planner's) and never says the last word before sound (the gate's).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from math import fsum, isfinite

from scheduler.core.local_time import (
    Span,
    day_span,
    local_day,
    local_instant,
    merged,
    over_midnight,
    quiet_window_span,
    window_spans,
    without,
)
from scheduler.core.model import (
    Boost,
    BoostKind,
    Campaign,
    CampaignState,
    Phase,
    QuietHours,
    Relay,
    StationRules,
    Window,
)
from scheduler.core.planning.excepted import of_campaign, spans_near
from scheduler.core.written_times import parse_date, parse_instant, parse_time, parse_typed_time, parse_window

__all__ = [
    "MOST_AIRINGS_A_DAY",
    "MOST_REPEATS",
    "NOTHING_ORDERED",
    "Ordered",
    "Span",
    "airing_spans",
    "airings_wanted",
    "boost_holds",
    "day_span",
    "every_starts",
    "halted_at",
    "halts",
    "is_quiet",
    "local_day",
    "local_instant",
    "lost_in_gap",
    "open_spans",
    "open_windows",
    "ordered_on",
    "parse_date",
    "parse_instant",
    "parse_time",
    "parse_typed_time",
    "parse_window",
    "phase_on",
    "quiet_spans",
    "quiets_of",
    "raw_spans",
    "session_minutes",
    "unexcepted",
    "wanted_on",
    "windows_on",
]

MOST_AIRINGS_A_DAY = 1440
"""One a minute: more is a slip of the keyboard, and is planned and refused as this many."""
MOST_REPEATS = 10
ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of what has none."""
_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
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
    """Whether the day is inside its dates (both included), on one of its weekdays, and not left out by its order."""
    if isinstance(campaign, Campaign) and of_campaign(campaign).leaves_out(day):
        return False
    return campaign.start <= day <= campaign.end and day.weekday() in campaign.weekdays


def phase_on(campaign: Campaign, day: date) -> Phase:
    """What the campaign asks for on `day`: of the phases that hold it the one that began last, else its own values.

    The windows of the answer are those that count, never the empty tuple that stands for the campaign's.
    """
    found = [one for one in campaign.phases if one.start <= day and (one.end is None or day <= one.end)]
    if not found:
        return Phase(campaign.start, campaign.end, campaign.base, campaign.boost, campaign.windows)
    phase = max(found, key=lambda one: one.start)
    return phase if phase.windows else replace(phase, windows=campaign.windows)


def windows_on(campaign: Campaign | Relay, day: date) -> tuple[Window, ...]:
    """The windows of `day`, by its phase."""
    return campaign.windows if isinstance(campaign, Relay) else phase_on(campaign, day).windows


def halts(campaign: Campaign) -> tuple[Span, ...]:
    """When nothing of it starts, though its dates and windows would have it: its pauses, and all from its stop on."""
    found = [(one.since, one.until or ALWAYS) for one in campaign.pauses]
    if campaign.stopped_at is not None:
        found.append((campaign.stopped_at, ALWAYS))
    return merged([span for span in found if span[0] < span[1]])


def halted_at(campaign: Campaign, instant: datetime) -> bool:
    return any(since <= instant < until for since, until in halts(campaign))


def _half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def boost_holds(boost: Boost) -> bool:
    """Whether the boost's value is one its kind can have."""
    value = boost.value
    if not isfinite(value) or value <= 0.0:
        return boost.kind is BoostKind.NONE
    match boost.kind:
        case BoostKind.SHARE:
            return value <= 1.0
        case BoostKind.TARGET | BoostKind.EVERY:
            return 1.0 <= value <= MOST_AIRINGS_A_DAY
        case BoostKind.FACTOR | BoostKind.MINUTES:
            return value <= MOST_AIRINGS_A_DAY
    return True


def airings_wanted(campaign: Campaign, day: date, zone_name: str = "UTC") -> int:
    """How many airings the campaign asks for by count on `day`: base × boost, 0 outside its dates and weekdays.

    A factor rounds half up and leaves at least one; a target replaces the base; "every N minutes" counts the starts
    that lie in the windows, in real minutes of `zone_name` (which matters on two days a year). A boost that makes no
    sense is left out rather than guessed at. Of pauses nothing is asked here, and an order in minutes or a share of
    the sessions is 0 here: `ordered_on` knows both.
    """
    if not wanted_on(campaign, day):
        return 0
    phase = phase_on(campaign, day)
    base = max(0, min(phase.base, MOST_AIRINGS_A_DAY))
    if not boost_holds(phase.boost):
        return base
    value = Decimal(str(phase.boost.value))
    boosted = base
    match phase.boost.kind:
        case BoostKind.FACTOR:
            boosted = airings_raised(base, phase.boost.value)
        case BoostKind.TARGET:
            boosted = _half_up(value)
        case BoostKind.EVERY:
            boosted = len(every_starts(campaign, day, zone_name))
        case BoostKind.MINUTES | BoostKind.SHARE:
            boosted = 0
    return min(boosted, MOST_AIRINGS_A_DAY)


def airings_raised(base: int, factor: float) -> int:
    """Airings a day that `base` becomes by a factor: rounded half up, at least one, at most `MOST_AIRINGS_A_DAY`."""
    raised = max(1, _half_up(base * Decimal(str(factor)))) if base else 0
    return min(raised, MOST_AIRINGS_A_DAY)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What a campaign owes on one day; `minutes` of sound, where the order is in minutes or in a share of them."""

    airings: int
    minutes: float | None = None


NOTHING_ORDERED = Ordered(0)


def ordered_on(
    campaign: Campaign,
    day: date,
    airing: timedelta,
    rules: StationRules,
    *,
    rest: Sequence[timedelta] = (),
    turn: int = 0,
) -> Ordered:
    """What the campaign owes on `day` by its phase, less the part of the day in which it is paused or stopped.

    Args:
        campaign: one that never ran (DRAFT), or was stopped nobody knows when, owes nothing.
        airing: the length of one whole airing of its first clip.
        rules: zone, quiet hours, and the minutes a session may have.
        rest: the same of the other clips of its rotation.
        turn: how many airings it has had before `day` (`core.planning.rotation`); matters only where lengths differ.

    An order in minutes or in a share is rounded up to whole airings. A share is of the open time of its windows, each
    stretch counted up to the ward's minutes a session.

    """
    if not wanted_on(campaign, day) or campaign.state is CampaignState.DRAFT:
        return NOTHING_ORDERED
    if campaign.state is CampaignState.STOPPED and campaign.stopped_at is None:
        return NOTHING_ORDERED
    boost = phase_on(campaign, day).boost
    minutes: float | None = None
    if boost.kind in {BoostKind.MINUTES, BoostKind.SHARE} and boost_holds(boost):
        if boost.kind is BoostKind.MINUTES:
            minutes = float(boost.value * _part_left(campaign, day, rules))
        else:
            minutes = boost.value * session_minutes(campaign, day, rules)
        return Ordered(_airings_for(timedelta(minutes=minutes), (airing, *rest), turn), minutes)
    count = airings_wanted(campaign, day, rules.zone_name)
    if boost.kind is not BoostKind.EVERY or not boost_holds(boost):
        part = _part_left(campaign, day, rules)
        count = _half_up(Decimal(count * part.numerator) / part.denominator)
    return Ordered(count)


def _airings_for(minutes: timedelta, lengths: Sequence[timedelta], turn: int) -> int:
    """The fewest airings, from `turn` on, that sound for at least `minutes`."""
    if any(length <= timedelta(0) for length in lengths):
        return 1 if minutes else 0  # without a sound nothing can be counted; wanted, and refused for that
    count, had = 0, timedelta(0)
    while had < minutes and count < MOST_AIRINGS_A_DAY:
        had += lengths[(turn + count) % len(lengths)]
        count += 1
    return count


def _part_left(campaign: Campaign, day: date, rules: StationRules) -> Fraction:
    """Which part of its open time on `day` is not halted."""
    stopped = halts(campaign)
    if not stopped:
        return Fraction(1)
    windows = windows_on(campaign, day)
    choices = (open_spans(campaign, day, rules), raw_spans(windows, day, rules.zone_name))
    spans = next(filter(None, choices), (day_span(day, rules.zone_name),))
    return Fraction(_total(without(spans, stopped)) // _SECOND, max(_total(spans) // _SECOND, 1))


def _total(spans: Iterable[Span]) -> timedelta:
    return sum((end - start for start, end in spans), timedelta(0))


def session_minutes(campaign: Campaign, day: date, rules: StationRules) -> float:
    """How many minutes may sound in its open time of `day`: of each stretch what is not halted, up to the cap."""
    stopped = halts(campaign)
    lengths = [_total(without((span,), stopped)) / _MINUTE for span in unexcepted(campaign, day, rules)]
    most = rules.cap.minutes_a_session
    return fsum(lengths if most is None else (min(length, most) for length in lengths))


def every_starts(campaign: Campaign, day: date, zone_name: str) -> tuple[datetime | None, ...]:
    """The starts "every N minutes" asks for, each window counted from its own start in real minutes.

    None stands for the one start of a window that a DST gap swallowed whole: wanted, and refused with that reason.
    A start that lies in a pause or an exception is not asked for.
    """
    phase = phase_on(campaign, day)
    step = timedelta(minutes=phase.boost.value)
    starts: list[datetime | None] = []
    for start, end in raw_spans(phase.windows, day, zone_name):
        count = -((start - end) // step)
        starts.extend(start + number * step for number in range(min(count, MOST_AIRINGS_A_DAY)))
    if left_out := (*halts(campaign), *spans_near(of_campaign(campaign), day, zone_name)):
        starts = [one for one in starts if one and not any(since <= one < until for since, until in left_out)]
    lost = sum(1 for window in phase.windows if lost_in_gap(window, day, zone_name))
    starts.extend([None] * lost)
    return tuple(starts[:MOST_AIRINGS_A_DAY])


def lost_in_gap(window: Window, day: date, zone_name: str) -> bool:
    """Whether a window that is sound in itself has no instant that day."""
    return bool(window_spans(window, _ANY_DAY, "UTC")) and not window_spans(window, day, zone_name)


def raw_spans(windows: Iterable[Window], day: date, zone_name: str) -> tuple[Span, ...]:
    """The windows of a day as UTC spans, quiet hours not yet taken out; merged where they overlap or touch."""
    return merged([span for window in windows for span in window_spans(window, day, zone_name)])


def open_spans(campaign: Campaign | Relay, day: date, rules: StationRules) -> tuple[Span, ...]:
    """The time of `day` that is open to it: its windows less the quiet hours.

    Dates and weekdays are not asked here, nor pauses: a session stays one session while a campaign in it is paused.
    What lies behind midnight belongs to `day`; on a day without airings nothing sounds there either.
    """
    spans = open_windows(windows_on(campaign, day), day, quiets_of(rules, campaign.zone), rules.zone_name)
    closed, midnight = day + _DAY, day_span(day, rules.zone_name)[1]
    if closed in rules.blackout or closed.weekday() not in rules.cap.weekdays:
        return without(spans, ((midnight, midnight + 2 * _DAY),))
    return spans


def airing_spans(campaign: Campaign, day: date, rules: StationRules) -> tuple[Span, ...]:
    """When it may sound on `day`: the open time less its exceptions, its pauses and what lies behind its stop."""
    return without(unexcepted(campaign, day, rules), halts(campaign))


def unexcepted(campaign: Campaign, day: date, rules: StationRules) -> tuple[Span, ...]:
    """The open time of `day` less what the campaign's order leaves out of it. A session stays one all the same."""
    return without(open_spans(campaign, day, rules), spans_near(of_campaign(campaign), day, rules.zone_name))


def quiets_of(rules: StationRules, zone: str) -> tuple[QuietHours, ...]:
    """The station's quiet hours, and those that the zone has besides."""
    own = rules.quiet_of(zone)
    return (rules.quiet_hours, own) if own else (rules.quiet_hours,)


def open_windows(
    windows: Iterable[Window], day: date, quiets: Iterable[QuietHours], zone_name: str
) -> tuple[Span, ...]:
    """The windows that open on a day less the quiet hours, those behind its midnight too."""
    asked = tuple(windows)
    days = (day, day + _DAY) if any(map(over_midnight, asked)) else (day,)
    holes = merged([span for quiet in quiets for one in days for span in quiet_spans(quiet, one, zone_name)])
    return without(raw_spans(asked, day, zone_name), holes)
