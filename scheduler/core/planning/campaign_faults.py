"""What is wrong with a campaign's form: every fault at once, each a reason code that the form shows beside its field.

It judges the form alone: values, dates, phases and windows against each other and the ward's quiet hours. Whether the
air has room for what a sound form asks is the planner's to say.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from scheduler.core.local_time import over_midnight, window_spans, without
from scheduler.core.model import ALL_WEEKDAYS, Boost, BoostKind, Campaign, Phase, StationRules, Window
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.excepted import Exceptions, of_campaign, spans_near, too_long
from scheduler.core.planning.rules import (
    MOST_AIRINGS_A_DAY,
    MOST_REPEATS,
    airings_wanted,
    boost_holds,
    open_windows,
    quiets_of,
    raw_spans,
    wanted_on,
)

__all__ = ["MOST_CLIPS", "MOST_EXCEPTED", "MOST_PHASES", "campaign_faults", "window_fault", "window_questions"]

_FIELDS = range(1, 7)
"""Lĩnh vực of the provincial report."""
MOST_PHASES = 12
MOST_CLIPS = 24
MOST_EXCEPTED = 366
"""Days, or windows, that a campaign may leave out."""
_COUNTED = frozenset({BoostKind.NONE, BoostKind.FACTOR, BoostKind.TARGET})
_DAY = timedelta(days=1)
_ANY_DAY = date(2001, 1, 1)
"""Stands for "every day" where only wall times are compared; in UTC no day has a gap or a fold."""


def campaign_faults(campaign: Campaign, rules: StationRules, airing: timedelta | None) -> tuple[Refusal, ...]:
    """Every fault of a campaign's form; a fault's `ordinal` is the phase it is of, 0 = of the campaign itself.

    Args:
        campaign: as it would be kept.
        rules: the ward's quiet hours.
        airing: the length of one whole airing, of the longest clip; None when not yet known.

    """
    windows = _window_faults(campaign.windows, campaign, rules, airing)
    found = [(0, fault) for fault in (*_plain_faults(campaign), *_day_faults(campaign), *windows)]
    found += [(0, fault) for fault in _exception_faults(campaign, airing)]
    found += [(0, fault) for fault in _beat_faults(campaign.boost, campaign.windows, campaign, rules, airing)]
    for number, phase in enumerate(campaign.phases, start=1):
        found += [(number, fault) for fault in _phase_faults(phase, campaign)]
        windows_then = phase.windows or campaign.windows
        found += [(number, fault) for fault in _beat_faults(phase.boost, windows_then, campaign, rules, airing)]
        if phase.windows:
            found += [(number, fault) for fault in _window_faults(phase.windows, campaign, rules, airing)]
    return tuple(Refusal(campaign.id, number, reason, details) for number, (reason, details) in found)


_Fault = tuple[str, dict[str, object]]


def _plain_faults(campaign: Campaign) -> Iterator[_Fault]:
    """Of single values. Where there are phases, the days outside them may ask for nothing."""
    if not campaign.title.strip():
        yield "title_missing", {}
    yield from _amount_faults(campaign.base, campaign.boost, 0 if campaign.phases else 1)
    if not 1 <= campaign.repeat <= MOST_REPEATS:
        yield "repeat_invalid", {"repeat": campaign.repeat, "most": MOST_REPEATS}
    if not timedelta(0) <= campaign.min_gap < _DAY:
        yield "gap_invalid", {"minutes": campaign.min_gap.total_seconds() / 60}
    if campaign.field not in _FIELDS:
        yield "field_invalid", {"field": campaign.field}
    if len(campaign.announcement_ids) > MOST_CLIPS:
        yield "rotation_too_long", {"limit": MOST_CLIPS}
    if len(campaign.phases) > MOST_PHASES:
        yield "phases_too_many", {"limit": MOST_PHASES}


def _amount_faults(base: int, boost: Boost, least: int) -> Iterator[_Fault]:
    """Of how much: the base counts only where no boost takes its place."""
    least = least if boost.kind in {BoostKind.NONE, BoostKind.FACTOR} else 0
    if not least <= base <= MOST_AIRINGS_A_DAY:
        yield "base_invalid", {"base": base, "most": MOST_AIRINGS_A_DAY}
    if not boost_holds(boost):
        yield "boost_invalid", {"kind": boost.kind.value, "value": boost.value}


def _beat_faults(
    boost: Boost, windows: tuple[Window, ...], campaign: Campaign, rules: StationRules, airing: timedelta | None
) -> Iterator[_Fault]:
    """Of "every N minutes": a beat holds one airing and the silence behind it, where a window has a second beat."""
    if boost.kind is not BoostKind.EVERY or not boost_holds(boost):
        return
    gap, sound = max(campaign.min_gap, rules.min_gap), airing or timedelta(0)
    beat = timedelta(minutes=boost.value)
    longest = max((end - start for start, end in raw_spans(windows, _ANY_DAY, "UTC")), default=timedelta(0))
    if beat < min(gap + sound, longest):
        told: dict[str, object] = {"minutes": boost.value, "gap_minutes": gap / timedelta(minutes=1)}
        yield "every_within_gap", told | {"seconds": sound.total_seconds()}


def window_questions(campaign: Campaign, rules: StationRules) -> tuple[Refusal, ...]:
    """What a person is asked before a campaign is kept: which windows, where it has more of them than airings a day.

    `ordinal` as in `campaign_faults`. An order in minutes or a share is not asked for: its count depends on the sound.
    """
    own = [(0, campaign.base, campaign.boost, campaign.windows)]
    own += [(n, one.base, one.boost, one.windows or campaign.windows) for n, one in enumerate(campaign.phases, start=1)]
    asked: list[Refusal] = []
    for number, base, boost, windows in own:
        phase = Phase(campaign.start, None, base, boost, windows)
        count = airings_wanted(replace(campaign, phases=(phase,), weekdays=ALL_WEEKDAYS), campaign.start)
        open_ = open_windows(windows, _ANY_DAY, quiets_of(rules, campaign.zone), "UTC")
        spans = [
            one for one in raw_spans(windows, _ANY_DAY, "UTC") if any(lo < one[1] and one[0] < hi for lo, hi in open_)
        ]
        if boost.kind in _COUNTED and 0 < count < len(spans):
            shown = ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in spans)
            told: dict[str, object] = {"count": count, "windows": len(spans), "shown": shown}
            asked.append(Refusal(campaign.id, number, "windows_more_than_airings", told))
    return tuple(asked)


def _day_faults(campaign: Campaign) -> Iterator[_Fault]:
    """Of dates and weekdays together, and of the phases' dates to each other."""
    dates: dict[str, object] = {"start": campaign.start.isoformat(), "end": campaign.end.isoformat()}
    if campaign.end < campaign.start:
        yield "dates_backwards", dates
    phases = sorted(campaign.phases, key=lambda one: one.start)
    for earlier, later in pairwise(phases):
        if later.start == earlier.start or (earlier.end is not None and later.start <= earlier.end):
            yield "phases_overlap", {"day": later.start.isoformat()}
    if not campaign.weekdays & ALL_WEEKDAYS:
        yield "no_weekdays", {}
        return
    if campaign.start <= campaign.end and not _has_a_day(campaign):
        yield "no_airing_day", dates


def _has_a_day(campaign: Campaign) -> bool:
    """Whether any day is left; of a week and as many days as may be left out one is, if any is."""
    length = min((campaign.end - campaign.start).days, len(campaign.except_days) + 6)
    days = campaign.dates or (campaign.start + n * _DAY for n in range(length + 1))
    return any(wanted_on(campaign, day) for day in days)


def _exception_faults(campaign: Campaign, airing: timedelta | None) -> Iterator[_Fault]:
    """Of what its order leaves out: too much of it, all of its hours, or an airing that is longer than it may be."""
    if max(len(campaign.except_days), len(campaign.dates), len(campaign.except_windows)) > MOST_EXCEPTED:
        yield "exceptions_too_many", {"limit": MOST_EXCEPTED}
        return
    kept = of_campaign(campaign)
    windows = [*campaign.windows, *(window for phase in campaign.phases for window in phase.windows)]
    stretches = raw_spans(windows, _ANY_DAY, "UTC")
    hours = Exceptions(windows=kept.windows)
    if stretches and not without(stretches, spans_near(hours, _ANY_DAY, "UTC")):
        yield "all_excepted", {"windows": ", ".join(map(str, kept.windows))}
    if campaign.max_minutes is not None and campaign.max_minutes < 1:
        yield "max_minutes_invalid", {"most": MOST_AIRINGS_A_DAY}
    elif airing is not None and (found := too_long(kept, airing)):
        yield found[0], dict(found[1])


def _phase_faults(phase: Phase, campaign: Campaign) -> Iterator[_Fault]:
    """Of one phase: its own values, and its dates against the campaign's."""
    yield from _amount_faults(phase.base, phase.boost, 0)
    end = campaign.end if phase.end is None else phase.end
    if phase.end is not None and phase.end < phase.start:
        yield "dates_backwards", {"start": phase.start.isoformat(), "end": phase.end.isoformat()}
    elif phase.start < campaign.start or campaign.end < max(phase.start, end):
        yield "phase_outside", {"start": campaign.start.isoformat(), "end": campaign.end.isoformat()}


def window_fault(window: Window) -> str:
    """What is wrong with a window by itself, else empty. Half a day over midnight is a slip of the keyboard."""
    if window.start == window.end:
        return "window_empty"
    ((start, end),) = window_spans(window, _ANY_DAY, "UTC")
    return "window_backwards" if over_midnight(window) and end - start >= _DAY / 2 else ""


def _window_faults(
    windows: tuple[Window, ...], campaign: Campaign, rules: StationRules, airing: timedelta | None
) -> Iterator[_Fault]:
    """Of windows, alone and against the quiet hours and the length of the clip."""
    if not windows:
        yield "no_windows", {}
    sound = [window for window in windows if not window_fault(window)]
    for window in windows:
        if reason := window_fault(window):
            yield reason, {"window": str(window)}
    if not sound:
        return
    quiets = quiets_of(rules, campaign.zone)
    stretches = open_windows(sound, _ANY_DAY, quiets, "UTC")
    silent = [one for one in sound if over_midnight(one) and not open_windows((one,), _ANY_DAY, quiets, "UTC")]
    if quiet := silent if stretches else sound:
        yield "all_quiet", {"windows": ", ".join(map(str, quiet)), "legal_basis": quiets[-1].legal_basis}
    if not stretches:
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
