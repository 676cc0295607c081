"""Sổ nợ phát sóng: what a campaign was to air on a day, and what became of each of those airings.

Every ordered airing is in exactly one place: aired, made good (phát bù), owed (still planned or due) or written off
with its reason. Counts come from slots and refusals; minutes aired are measured seconds of journal rows, minutes that
nobody has heard (ordered, planned, owed, written off) are lengths. It looks back on rows only: an order that was
changed later does not change a day that is over. It plans nothing, writes nothing and asks no clock.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import fsum
from typing import NamedTuple

from scheduler.core.model import AiringOutcome, Seconds, Slot
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.make_good import is_owed, slot_id
from scheduler.core.planning.rules import Ordered

__all__ = [
    "NOT_CLOSED",
    "NOT_PLANNED",
    "Account",
    "Baseline",
    "BaselineSource",
    "DayRows",
    "Heard",
    "Line",
    "Stated",
    "baseline_of",
    "by_day",
    "day_is_over",
    "increase",
    "line_of",
    "total",
]

NOT_PLANNED = "not_planned"
"""Reason of an ordered airing that no plan ever held: the station was off, or the campaign not yet started."""
NOT_CLOSED = "not_closed"
"""Reason of a slot of a day that is over which nobody has ended: the station has been off since."""
RECORDED_ONLY = "recorded_only"
"""Reason of an airing that no loudspeaker sounded: nobody heard it, and it is not owed."""
_NONE = timedelta(0)
_HEARD = frozenset({AiringOutcome.PLAYED, AiringOutcome.PARTIAL})


class Heard(NamedTuple):
    """The airings of a plan that were heard, as one sum of a campaign and day, and what the journal measured then.

    A sum, because they are nearly all, and nothing more is asked of each.
    """

    airings: int = 0
    partial: int = 0
    """Of `airings`."""
    length: timedelta = timedelta(0)
    """As planned, of `airings` together."""
    seconds: Seconds = Seconds(0.0)
    """Measured, of all that was not made good, also of what did not end whole."""
    made_good_seconds: Seconds = Seconds(0.0)
    """Measured, of what was made good."""


class DayRows(NamedTuple):
    """What is kept of a campaign's day."""

    slots: Sequence[Slot] = ()
    """Each once, also those that make good, on whatever day, and those played by hand; but for those in `heard`."""
    refusals: Sequence[Refusal] = ()
    """But for those of airings in `heard`."""
    heard: Heard = Heard()
    ahead: frozenset[str] = frozenset()
    """Of `slots`, those of later days that can still sound: they make up an airing that gave way (`make_up`)."""


@dataclass(frozen=True, slots=True)
class Account:
    """One sum of the ledger. `ordered` = `aired` + `made_good` + `owed` + `lost`, always."""

    ordered: int = 0
    planned: int = 0
    """Of `ordered`, those that had a place in a plan, whatever became of them."""
    aired: int = 0
    made_good: int = 0
    owed: int = 0
    partial: int = 0
    """Of `aired` and `made_good`, those heard in part."""
    beyond: int = 0
    """Heard besides what was ordered; in no other count."""
    ordered_minutes: float = 0.0
    planned_minutes: float = 0.0
    aired_minutes: float = 0.0
    """Measured, of whatever was heard outside making good, also of airings that did not end whole."""
    made_good_minutes: float = 0.0
    """Measured."""
    owed_minutes: float = 0.0
    lost_minutes: float = 0.0
    written_off: Mapping[str, int] = field(default_factory=dict)
    """Reason code -> airings."""

    @property
    def lost(self) -> int:
        """Airings written off."""
        return sum(self.written_off.values())

    @property
    def heard(self) -> int:
        """Airings that answer the order."""
        return self.aired + self.made_good

    @property
    def heard_minutes(self) -> float:
        """Measured."""
        return self.aired_minutes + self.made_good_minutes


@dataclass(frozen=True, slots=True)
class Line:
    """A campaign's account of one day. `over`: nothing of the day can sound any more, so nothing is owed."""

    day: date
    campaign_id: int
    over: bool
    account: Account


def total(accounts: Iterable[Account]) -> Account:
    """Several accounts as one; the order they come in changes nothing, not even the last digit."""
    kept = list(accounts)
    reasons: Counter[str] = Counter()
    for one in kept:
        reasons.update(one.written_off)
    return Account(
        ordered=sum(one.ordered for one in kept),
        planned=sum(one.planned for one in kept),
        aired=sum(one.aired for one in kept),
        made_good=sum(one.made_good for one in kept),
        owed=sum(one.owed for one in kept),
        partial=sum(one.partial for one in kept),
        beyond=sum(one.beyond for one in kept),
        ordered_minutes=fsum(one.ordered_minutes for one in kept),
        planned_minutes=fsum(one.planned_minutes for one in kept),
        aired_minutes=fsum(one.aired_minutes for one in kept),
        made_good_minutes=fsum(one.made_good_minutes for one in kept),
        owed_minutes=fsum(one.owed_minutes for one in kept),
        lost_minutes=fsum(one.lost_minutes for one in kept),
        written_off=dict(sorted(reasons.items())),
    )


def by_day(lines: Iterable[Line]) -> dict[date, Account]:
    """The accounts of several campaigns, added up day by day, in order of days."""
    days: dict[date, list[Account]] = {}
    for line in lines:
        days.setdefault(line.day, []).append(line.account)
    return {day: total(accounts) for day, accounts in sorted(days.items())}


def day_is_over(ends: datetime, slots: Iterable[Slot], now: datetime, late_tolerance: timedelta) -> bool:
    """Whether nothing planned for a day that `ends` then can sound any more, not even late."""
    return now >= ends and all(slot.outcome or slot.end + late_tolerance <= now for slot in slots)


class _Place(StrEnum):
    AIRED = "aired"
    MADE_GOOD = "made_good"
    OWED = "owed"
    LOST = "lost"


class _End(NamedTuple):
    """Where one ordered airing stands. `reason` only where it is lost."""

    place: _Place
    length: timedelta
    reason: str = ""
    partial: bool = False


def line_of(
    campaign_id: int,
    day: date,
    order: Ordered,
    rows: DayRows,
    *,
    airing: timedelta,
    over: bool,
    grace: bool = True,
) -> Line:
    """The account of one campaign on one day.

    Args:
        campaign_id: whose; rows of others are passed over.
        day: in the station's zone.
        order: what the rules ask for, as the campaign stands now.
        rows: what is kept of the day.
        airing: length of one whole airing, for what no slot gives a length.
        over: see `day_is_over`, of the day's own slots.
        grace: whether the ward makes good at all.

    """
    refused = {one.ordinal: one.reason for one in rows.refusals if one.campaign_id == campaign_id}
    kept = _kept(campaign_id, day, (slot for slot in rows.slots if slot.campaign_id == campaign_id))
    ends = [
        _end_of(slot, kept.attempts.get(slot.id, ()), refused.get(number, ""), over=over, grace=grace)
        for number, slot in kept.named.items()
    ]
    ends += [
        _end_of_refused(kept.attempts.get(slot_id(day, campaign_id, number), ()), reason, airing, rows.ahead)
        for number, reason in refused.items()
        if number not in kept.named
    ]
    known = len(ends) + rows.heard.airings
    asked = _count_ordered(order.airings, known, len(kept.by_hand), over=over)
    answers = kept.by_hand[: asked - known]
    ends += [_End(_Place.AIRED, slot.length, partial=_in_part(slot)) for slot in answers]
    rest = _End(_Place.LOST, airing, NOT_PLANNED) if over else _End(_Place.OWED, airing)
    ends += [rest] * (asked - known - len(answers))
    account = _account(ends, order, list(kept.named.values()), rows.heard)
    return Line(day, campaign_id, over and not rows.ahead, replace(account, beyond=len(kept.by_hand) - len(answers)))


class _Kept(NamedTuple):
    """A day's slots of a campaign, by what they are to the order."""

    named: dict[int, Slot]
    """Ordinal -> the airing itself, by the name that the planner gives it."""
    attempts: dict[str, list[Slot]]
    """Slot -> what was to make it good."""
    by_hand: list[Slot]
    """Heard, and nobody's airing of the plan."""


def _kept(campaign_id: int, day: date, slots: Iterable[Slot]) -> _Kept:
    kept = _Kept({}, {}, [])
    stem = slot_id(day, campaign_id, 0)[:-1]
    for slot in slots:
        number = slot.id.removeprefix(stem)
        if slot.makes_good:
            kept.attempts.setdefault(slot.makes_good, []).append(slot)
        elif slot.id.startswith(stem) and number.isascii() and number.isdigit():
            kept.named[int(number)] = slot
        elif slot.outcome in _HEARD:
            kept.by_hand.append(slot)
    return kept


def _count_ordered(ordered: int, known: int, by_hand: int, *, over: bool) -> int:
    """How many airings the day's account is about.

    What has a slot or a refusal was asked for when that was written, so a later edit takes nothing away. Of a day that
    is over nothing else was asked for, since the plan gives each wanted airing a slot or a refusal, unless one played
    by hand answered it. A day without any row was never planned: only the rules can say what was asked.
    """
    if over and (known or by_hand):
        return max(known, min(ordered, known + by_hand))
    return max(known, ordered)


def _end_of(slot: Slot, attempts: Sequence[Slot], refused: str, *, over: bool, grace: bool) -> _End:
    """Where an ordered airing stands that has a slot."""
    if slot.outcome in _HEARD:
        return _End(_Place.AIRED, slot.length, partial=_in_part(slot))
    if paid := next((one for one in attempts if one.outcome in _HEARD), None):
        return _End(_Place.MADE_GOOD, slot.length, partial=_in_part(paid))
    if not over and (slot.outcome is None or any(one.outcome is None for one in attempts)):
        return _End(_Place.OWED, slot.length)
    reason = _lost_by(slot, attempts, refused, grace=grace)
    if reason or over:
        return _End(_Place.LOST, slot.length, reason or "make_good_late")
    return _End(_Place.OWED, slot.length)


def _end_of_refused(attempts: Sequence[Slot], reason: str, airing: timedelta, ahead: Collection[str]) -> _End:
    """Where an ordered airing stands that has no slot: it gave way and is made up, or it is lost."""
    if paid := next((one for one in attempts if one.outcome in _HEARD), None):
        return _End(_Place.MADE_GOOD, paid.length, partial=_in_part(paid))
    if any(one.id in ahead for one in attempts):
        return _End(_Place.OWED, airing)
    tried = next(iter(attempts), None)
    return _End(_Place.LOST, airing, reason if tried is None else _lost_by(tried, (), reason, grace=False))


def _lost_by(slot: Slot, attempts: Sequence[Slot], refused: str, *, grace: bool) -> str:
    """Why an airing that was not heard is lost; empty while it may still be made good."""
    if slot.outcome is None or any(one.outcome is None for one in attempts):
        return NOT_CLOSED
    # An attempt that somebody stopped, or that was heard to fail, is not tried again: `make_good.debts`.
    final = next((one for one in (slot, *attempts) if not is_owed(one)), None)
    if final or not grace:
        found = final or slot
        if found.outcome is AiringOutcome.RECORDED:
            return RECORDED_ONLY
        return found.reason or str(found.outcome)
    return refused


def _in_part(slot: Slot) -> bool:
    return slot.outcome is AiringOutcome.PARTIAL


def _account(ends: Sequence[_End], order: Ordered, planned: Sequence[Slot], heard: Heard) -> Account:
    """Adds up a day: `ends` are its ordered airings besides those in `heard`, `planned` those that have a slot."""
    places = Counter(end.place for end in ends)
    ordered = len(ends) + heard.airings
    unchanged = order.minutes is not None and order.airings == ordered
    return Account(
        ordered=ordered,
        planned=len(planned) + heard.airings,
        aired=places[_Place.AIRED] + heard.airings,
        made_good=places[_Place.MADE_GOOD],
        owed=places[_Place.OWED],
        partial=sum(end.partial for end in ends) + heard.partial,
        ordered_minutes=order.minutes if unchanged and order.minutes else _minutes(heard.length, ends),
        planned_minutes=_minutes(heard.length, planned),
        aired_minutes=heard.seconds / 60,
        made_good_minutes=heard.made_good_seconds / 60,
        owed_minutes=_minutes(_NONE, (end for end in ends if end.place is _Place.OWED)),
        lost_minutes=_minutes(_NONE, (end for end in ends if end.place is _Place.LOST)),
        written_off=dict(sorted(Counter(end.reason for end in ends if end.place is _Place.LOST).items())),
    )


def _minutes(known: timedelta, more: Iterable[Slot | _End]) -> float:
    return sum((one.length for one in more), known) / timedelta(minutes=1)


class BaselineSource(StrEnum):
    """Where "before" comes from."""

    MEASURED = "measured"
    """Sums of the journal."""
    STATED = "stated"
    """An officer has said it: the station measured nothing then."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Stated:
    """What an officer says was aired before, in minutes a day."""

    minutes_a_day: float
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Minutes a day before a dispatch, over the days `first` to `last`; None = nobody knows.

    `days` of them were measured: those since the station's first journal row.
    """

    source: BaselineSource
    minutes_a_day: float | None
    first: date
    last: date
    days: int
    stated: Stated | None = None


def baseline_of(
    seconds: Mapping[date, float], first: date, last: date, measured_from: date | None, stated: Stated | None
) -> Baseline:
    """The minutes a day before: measured airtime wins over what was stated, what was stated over a measured nothing."""
    start = max(first, measured_from) if measured_from else last + timedelta(days=1)
    days = max((last - start).days + 1, 0)
    heard = fsum(value for day, value in seconds.items() if start <= day <= last)
    if days and (heard or not stated):
        return Baseline(BaselineSource.MEASURED, heard / 60 / days, first, last, days, stated)
    if stated:
        return Baseline(BaselineSource.STATED, stated.minutes_a_day, first, last, days, stated)
    return Baseline(BaselineSource.NONE, None, first, last, 0)


def increase(baseline: Baseline, minutes_a_day: float) -> float | None:
    """How many times as much is aired now; None where there was nothing before, or nobody knows."""
    before = baseline.minutes_a_day
    return minutes_a_day / before if before else None
