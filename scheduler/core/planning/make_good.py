"""Phát bù: which airings of a day are owed, what the slot that pays is called, and where it may start.

Owed is a planned airing that nobody could understand, by nobody's wish: it was missed, it failed before its first
sound, the clock was not to be trusted, or a fault (power, a killed process, an output) cut it before half of it was
heard. What a person or a rule cut is not owed, nor what was heard by half or more: nothing sounds twice. A debt is paid
in the rest of its window or in that day's next one, inside the ward's grace and in the rhythm of its campaign
(`rhythm`); the planner lays debts last, so they displace nothing. It never decides whether something may sound.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler.core.local_time import Span
from scheduler.core.model import AiringOutcome, Campaign, Slot, StationRules, Trigger
from scheduler.core.planning.availability import Availability
from scheduler.core.planning.day_occupancy import DayOccupancy, Free, second, whole_seconds
from scheduler.core.planning.day_plan import Clip, Refusal
from scheduler.core.planning.distribution import StartRange, nearest_minute
from scheduler.core.planning.rhythm import Rhythm
from scheduler.core.planning.rules import MOST_AIRINGS_A_DAY, raw_spans, windows_on
from scheduler.core.stops import WhyEnded
from scheduler.kernel.causes import MACHINE_FAULTS

__all__ = ["Debt", "debts", "first_start", "is_owed", "ordinal_of", "slot_id", "starts_for", "written_off"]

CUT_BY_A_FAULT = MACHINE_FAULTS | {"output_failed", *(why.value for why in WhyEnded if why is not WhyEnded.STOPPING)}
"""Why an airing broke off without anybody's wish: this machine failed, or an output."""
_MOST_DIGITS = len(str(MOST_AIRINGS_A_DAY))
MOST_TRIES = 3
"""What was tried this often without a sound has a fault that waiting does not mend."""
LEAST_REST = timedelta(minutes=1)
"""Between two attempts at one debt, also where neither campaign nor ward asks for a gap: a fault must not burst."""


def slot_id(day: date, campaign_id: int, ordinal: int) -> str:
    """The stable name of a campaign's n-th airing of a day."""
    return f"{day:%Y%m%d}-c{campaign_id}-{ordinal}"


def ordinal_of(slot: Slot) -> int | None:
    """Which airing of its campaign a slot is; None when the planner has not named it."""
    if slot.campaign_id is None:
        return None
    head, _, number = slot.id.rpartition("-")
    if not (number.isascii() and number.isdecimal()) or number.startswith("0") or len(number) > _MOST_DIGITS:
        return None
    named = head == f"{slot.day:%Y%m%d}-c{slot.campaign_id}" and int(number) <= MOST_AIRINGS_A_DAY
    return int(number) if named else None


def is_owed(slot: Slot) -> bool:
    """Whether a slot has ended without sound, or a fault cut it before half of it was heard.

    A clip that is gone will be gone at the next try too.
    """
    match slot.outcome:
        case AiringOutcome.MISSED:
            return True
        case AiringOutcome.FAILED:
            return slot.reason != "audio_missing"
        case AiringOutcome.PARTIAL:
            return slot.reason in CUT_BY_A_FAULT and slot.heard * 2 < slot.length
        case AiringOutcome.REFUSED:
            return slot.reason == "clock_untrusted"
    return False


@dataclass(frozen=True, slots=True)
class Debt:
    """An airing that is owed, and what has been tried so far to make it good."""

    slot: Slot
    ordinal: int
    campaign_id: int
    pays_as: str
    """The name of the slot that would pay it now."""
    tried: tuple[Slot, ...] = ()


def debts(slots: Iterable[Slot]) -> list[Debt]:
    """What is owed among a day's slots, by planned start. What is being made good now is not listed, nor what has been.

    An attempt settles the debt unless it was as soundless as the airing it was for: one that somebody stopped, or that
    the gate refused for its sound, is not tried again.
    """
    known = {slot.id: slot for slot in slots}
    attempts: dict[str, list[Slot]] = {}
    for slot in known.values():
        if slot.makes_good:
            attempts.setdefault(slot.makes_good, []).append(slot)
    owed: list[Debt] = []
    for slot in sorted(known.values(), key=lambda one: (one.start, one.id)):
        if slot.trigger is not Trigger.SCHEDULE or not is_owed(slot):
            continue
        tried, ordinal = attempts.get(slot.id, []), ordinal_of(slot)
        if ordinal is None or slot.campaign_id is None or not all(map(is_owed, tried)):
            continue
        name = next(name for n in range(1, len(known) + 2) if (name := f"{slot.id}-b{n}") not in known)
        owed.append(Debt(slot, ordinal, slot.campaign_id, name, tuple(tried)))
    return owed


def starts_for(
    debt: Debt, room: Availability, clip: Clip, air: DayOccupancy, rhythm: Rhythm, not_before: datetime | None
) -> tuple[list[int], str]:
    """Where a debt would best be made good now (one start, in seconds), or nothing and the reason why."""
    rules, campaign, airing = air.rules, room.planned.campaign, clip.airing
    seconds = whole_seconds(airing)
    if len(debt.tried) >= MOST_TRIES:
        return [], "make_good_given_up"
    latest = debt.slot.start + rules.make_good
    rest = max(timedelta(seconds=room.gap), LEAST_REST)
    earliest = max([debt.slot.start, *(one.start + rest for one in debt.tried)])
    earliest = max(earliest, not_before) if not_before else earliest
    low, high = second(earliest, up=True), min(second(latest), rhythm.until(campaign.id, second(debt.slot.start)))
    if earliest > latest or low > high:
        return [], "make_good_late" if earliest > latest else "make_good_pulse"
    windows = _windows(debt, campaign, rules)
    within = _within(room.starts(seconds), windows, low, high)
    if not within:
        waits = any(max(low, earliest) <= min(high - airing, latest) for low, high in windows)
        return [], "quiet_hours" if waits else "no_room_make_good"
    free = air.free(within, seconds, room.gap, campaign.zone)
    if not free:
        return [], "no_room_make_good"
    if not (free := rhythm.keeps(free, campaign.id, clip.announcement_id)):
        return [], "make_good_rhythm"
    allowed, breach = air.within_caps(free, airing, campaign.zone)
    return ([first_start(allowed)], "") if allowed else ([], breach)


def _windows(debt: Debt, campaign: Campaign, rules: StationRules) -> Sequence[Span]:
    """The window the debt was planned in, and the next; only the next where its own is no longer the campaign's."""
    windows = windows_on(campaign, debt.slot.day)
    spans = [one for one in raw_spans(windows, debt.slot.day, rules.zone_name) if one[1] > debt.slot.start]
    return spans[: 2 if spans and spans[0][0] <= debt.slot.start else 1]


def _within(ranges: Sequence[StartRange], windows: Sequence[Span], low: int, high: int) -> list[StartRange]:
    """The permitted starts of `windows` from `low` to `high`."""
    inside = [
        one
        for one in ranges
        if any(second(start, up=True) <= one.low and one.high < second(end, up=True) for start, end in windows)
    ]
    cut = (StartRange(max(one.low, low), min(one.high, high), one.session) for one in inside)
    return [one for one in cut if one.low <= one.high]


def first_start(free: Sequence[Free]) -> int:
    """The first whole minute, which stays the same when the day is planned again; else the first second."""
    minutes = (nearest_minute(one.low, one.high, one.low) for one in free)
    return min((minute for minute in minutes if minute is not None), default=free[0].low)


def written_off(slots: Iterable[Slot], told: Iterable[Refusal], rules: StationRules) -> list[Refusal]:
    """The refusals that are missing from a day that is over: one for each debt that nobody can pay any more."""
    if not rules.make_good:
        return []
    answered = {(one.campaign_id, one.ordinal) for one in told}
    left = [debt for debt in debts(slots) if (debt.campaign_id, debt.ordinal) not in answered]
    details = {"minutes": rules.make_good / timedelta(minutes=1)}
    return [Refusal(debt.campaign_id, debt.ordinal, "make_good_late", details) for debt in left]
