"""What a campaign changes: its minutes and airings before and after, whom it displaces, whether its order can be met.

It compares day plans that others made, once without the change and once with it; the lengths are planned ones, because
nothing of it has been measured yet. "Displaced" is another campaign's airing that moves, or is lost. Where an order
cannot be met, `most` is what the ward's rules would allow if every other campaign gave way, and `hindrances` are the
rules that stand in the way, or the crowd.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler.core.model import AiringOutcome, Slot
from scheduler.core.planning.day_plan import DayPlan, Refusal
from scheduler.core.planning.rules import Ordered

__all__ = ["DayAirtime", "DayImpact", "DayViews", "Displaced", "Impact", "impact_of"]

_HEARD = frozenset({None, AiringOutcome.PLAYED, AiringOutcome.PARTIAL})


@dataclass(frozen=True, slots=True)
class DayAirtime:
    """What is planned (or was played) on a day; `minutes` by the planned lengths."""

    airings: int
    minutes: float


@dataclass(frozen=True, slots=True)
class DayViews:
    """One day, planned each way: with what stands on it in every view."""

    day: date
    standing: tuple[Slot, ...]
    before: DayPlan
    after: DayPlan
    alone: DayPlan
    """With no other campaign; the same as `after` will do where that refuses the campaign nothing."""
    ordered: Ordered


@dataclass(frozen=True, slots=True)
class DayImpact:
    """One day of the campaign, and of the whole ward (`ward_…`)."""

    day: date
    ordered: Ordered
    before: DayAirtime
    after: DayAirtime
    ward_before: DayAirtime
    ward_after: DayAirtime
    most: int
    """Airings that the ward's rules allow that day if every other campaign gives way."""
    hindrances: tuple[Refusal, ...]
    """Why airings are missing, one of each reason; none when the order is met."""
    starts: tuple[datetime, ...] = ()
    """When it airs that day with the change."""

    @property
    def is_met(self) -> bool:
        return self.after.airings >= self.ordered.airings


@dataclass(frozen=True, slots=True)
class Displaced:
    """Another campaign's airing that would have started at `was`; `now` is None when it is lost, for `reason`."""

    day: date
    campaign_id: int
    was: datetime
    now: datetime | None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Impact:
    campaign_id: int
    days: tuple[DayImpact, ...]
    displaced: tuple[Displaced, ...]

    @property
    def can_be_met(self) -> bool:
        return all(day.is_met for day in self.days)

    @property
    def moved(self) -> int:
        return sum(one.now is not None for one in self.displaced)

    @property
    def lost(self) -> int:
        return len(self.displaced) - self.moved


def impact_of(campaign_id: int, days: Iterable[DayViews]) -> Impact:
    """The campaign's impact over some days."""
    found: list[DayImpact] = []
    displaced: list[Displaced] = []
    for views in days:
        found.append(_day_impact(campaign_id, views))
        displaced += _displaced(campaign_id, views)
    return Impact(campaign_id, tuple(found), tuple(displaced))


def _day_impact(campaign_id: int, views: DayViews) -> DayImpact:
    before = (*views.standing, *views.before.slots)
    after = (*views.standing, *views.after.slots)
    own = [slot for slot in after if slot.campaign_id == campaign_id]
    got = _got(own)
    alone = _got(slot for slot in (*views.standing, *views.alone.slots) if slot.campaign_id == campaign_id)
    most = max(alone.airings, got.airings)
    return DayImpact(
        day=views.day,
        ordered=views.ordered,
        before=_got(slot for slot in before if slot.campaign_id == campaign_id),
        after=got,
        ward_before=_got(before),
        ward_after=_got(after),
        most=most,
        hindrances=_hindrances(campaign_id, views) if got.airings < views.ordered.airings else (),
        starts=tuple(sorted(slot.start for slot in own if slot.outcome in _HEARD)),
    )


def _hindrances(campaign_id: int, views: DayViews) -> tuple[Refusal, ...]:
    """The rules that would refuse even if it had the day to itself; else what the crowd leaves no room for."""
    rules = [one for one in views.alone.refusals if one.campaign_id == campaign_id]
    crowd = [one for one in views.after.refusals if one.campaign_id == campaign_id]
    told: dict[str, Refusal] = {}
    for refusal in (*rules, *crowd) if len(crowd) > len(rules) else rules or crowd:
        told.setdefault(refusal.reason, refusal)
    return tuple(told.values())


def _displaced(campaign_id: int, views: DayViews) -> list[Displaced]:
    after = {slot.id: slot for slot in views.after.slots}
    refused = {(one.campaign_id, one.ordinal): one for one in views.after.refusals}
    found: list[Displaced] = []
    for slot in views.before.slots:
        other = slot.campaign_id
        if other is None or other == campaign_id:
            continue
        now = after.get(slot.id)
        if now is None:
            found.append(Displaced(views.day, other, slot.start, None, refused.get((other, _ordinal(slot)))))
        elif now.start != slot.start:
            found.append(Displaced(views.day, other, slot.start, now.start))
    return found


def _ordinal(slot: Slot) -> int:
    """Of the airing, or of the one that it makes good."""
    number = (slot.makes_good or slot.id).rpartition("-")[2]
    return int(number) if number.isdecimal() else 0


def _got(slots: Iterable[Slot]) -> DayAirtime:
    heard: Sequence[Slot] = [slot for slot in slots if slot.outcome in _HEARD]
    return DayAirtime(len(heard), sum((slot.length for slot in heard), timedelta(0)) / timedelta(minutes=1))
