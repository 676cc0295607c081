"""Giờ mong muốn: may an airing have the time that somebody wishes, what gives way to it, and which times are free.

A fixed time is never moved for another: what stands, what a person has placed, a relay. What the planner placed by
itself gives way, as long as no airing of the day is lost by it. A verdict is a dry run of the planner: what it says
moves is what the plan then holds. Where nothing has to move the run is not needed, because the planner's choice of a
start never depends on places that nobody took. Pure: it writes nothing, and what may sound is still the gate's word.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain, islice, pairwise
from operator import itemgetter

from scheduler.core.local_time import day_span, local_day, merged, without
from scheduler.core.model import Slot
from scheduler.core.planning.day_occupancy import moment, second, whole_seconds
from scheduler.core.planning.day_plan import Clip, DayPlan, Refusal
from scheduler.core.planning.distribution import MINUTE, StartRange
from scheduler.core.planning.make_good import debts, first_start, ordinal_of
from scheduler.core.planning.placement import Pin, refusal_at, wall
from scheduler.core.planning.planner import DayPlanner
from scheduler.core.planning.rules import quiet_spans, quiets_of
from scheduler.core.planning.sessions import session_of

__all__ = ["CHOICES", "MovedAiring", "TimeVerdict", "WishedDay", "free_times", "soonest"]

CHOICES = 3
"""How many other times are named."""
MOST_RUNS = 12
"""Of times for which others would have to move, so many are tried, the nearest first."""


@dataclass(frozen=True, slots=True)
class MovedAiring:
    """A flexible airing that gives way."""

    slot: Slot
    """As it stands."""
    now: datetime
    """Where it would start."""


@dataclass(frozen=True, slots=True)
class TimeVerdict:
    """What comes of one wished start."""

    slots: tuple[Slot, ...]
    """The airings as they would stand, one for each zone."""
    refusal: Refusal | None = None
    """Why not; its details name the slot in the way as `slot`."""
    moved: tuple[MovedAiring, ...] = ()
    plan: DayPlan | None = None
    """The day's plan around them; None = refused."""
    gives_way: Slot | None = None
    """Of a refusal: the one airing that would be lost, which may be made up on another day."""

    @property
    def start(self) -> datetime:
        return self.slots[0].start

    @property
    def end(self) -> datetime:
        return self.slots[0].end

    @property
    def fits(self) -> bool:
        return self.refusal is None


def _anything(_: Slot) -> bool:
    return True


class WishedDay:
    """One day as it stands, to judge wished starts of `asked` on it."""

    def __init__(
        self,
        planner: DayPlanner,
        asked: Sequence[Slot],
        *,
        standing: Sequence[Slot],
        before: DayPlan,
        pins: Sequence[Pin] = (),
        not_before: datetime | None = None,
        may_move: Callable[[Slot], bool] = _anything,
    ) -> None:
        """Args:
        planner: the day with all that runs on it.
        asked: one airing for each zone, all of one length; their starts play no part.
        standing: the slots that no new plan moves.
        before: what is planned beside them now.
        pins: what people have said of the day's airings.
        not_before: nothing new starts earlier; None = the whole day lies ahead.
        may_move: whether a flexible airing may give way to these.

        """
        self._planner, self._standing, self._before = planner, tuple(standing), before
        self._pins, self._earliest, self._may_move = tuple(pins), not_before, may_move
        self._pinned = {pin.placed_on(planner.day) for pin in pins}
        self.asked = tuple(replace(slot, day=planner.day) for slot in asked)
        zones = [slot.zone for slot in asked]
        fixed = (slot for slot in before.slots if not self._is_loose(slot))
        self._fixed = planner.occupied([*standing, *fixed], zones)
        self._whole = planner.occupied([*standing, *before.slots], zones)
        self._starts = {slot.id: slot.start for slot in (*standing, *before.slots)}
        self._owes = bool(planner.rules.make_good and debts(one for one in standing if one.day == planner.day))

    @property
    def day(self) -> date:
        return self._planner.day

    def _is_loose(self, slot: Slot) -> bool:
        return slot.id not in self._pinned and self._may_move(slot)

    def judge(self, start: datetime, pin: Pin | None = None) -> TimeVerdict:
        """What comes of it if these airings start then (whole seconds). `pin`: one that leaves an airing out for it."""
        wished = tuple(replace(slot, start=start) for slot in self.asked)
        refusal = next(filter(None, (self._refusal(slot, fixed=True) for slot in wished)), None)
        if refusal is not None:
            return TimeVerdict(wished, self._refusal_of_wish(refusal, start))
        if pin is None and not self._owes and all(self._refusal(slot, fixed=False) is None for slot in wished):
            return TimeVerdict(wished, plan=self._before)
        return self._dry_run(wished, pin)

    def make_up_starts(self, lost: Slot) -> list[datetime]:
        """Where an airing that is lost on another day could be made up on this one: the first start that keeps the
        rhythm of its campaign, and the first at all; whole minutes, as people say them.
        """
        slots = (*self._standing, *self._before.slots)
        firsts = [first_start(one) for one in self._planner.make_up_starts(lost, slots, self._earliest) if one]
        local = [moment(at) for at in dict.fromkeys(firsts) if at % MINUTE == 0]
        return [at for at in local if local_day(at, self._planner.rules.zone_name) == self.day]

    def with_make_up(self, pin: Pin) -> DayPlan | None:
        """The plan of this day with an airing of another day made up on it; None where that cannot be, or moves any."""
        plan = self._planner.plan(fixed=self._standing, not_before=self._earliest, pins=(*self._pins, pin))
        stands = {slot.id: slot.start for slot in plan.slots}
        if any(stands.get(slot.id) != slot.start for slot in self._before.slots):
            return None
        return plan if stands.get(pin.pays_as) == pin.made_up else None

    def leaves_all(self, start: datetime) -> bool:
        """Whether nothing at all has to move for it."""
        return all(self._refusal(replace(slot, start=start), fixed=False) is None for slot in self.asked)

    def first_after(self, start: datetime) -> datetime | None:
        """The first whole minute from `start` on at which nothing has to move; None where this day has none left."""
        minutes = map(moment, self.free_minutes(second(start, up=True)))
        return next((one for one in minutes if self.leaves_all(one)), None)

    def _refusal(self, slot: Slot, *, fixed: bool) -> Refusal | None:
        air = self._fixed if fixed else self._whole
        clip = Clip(slot.announcement_id, slot.length, slot.audio_sha256)
        return refusal_at(slot.start, clip, None, air, self._earliest, zone=slot.zone, day=self.day)

    def _dry_run(self, wished: tuple[Slot, ...], pin: Pin | None) -> TimeVerdict:
        around, pins = (*self._standing, *wished), (*self._pins, pin) if pin else self._pins
        plan = self._planner.plan(fixed=around, not_before=self._earliest, pins=pins)
        stands = {slot.id: slot for slot in plan.slots}
        before = [slot for slot in self._before.slots if pin is None or slot.id != pin.slot_id]
        lost = [slot for slot in before if slot.id not in stands]
        if lost:
            refusal = self._loss(lost, plan, wished[0].start)
            return TimeVerdict(wished, refusal, gives_way=lost[0] if self._can_give_way(lost, refusal) else None)
        moved = tuple(
            MovedAiring(slot, stands[slot.id].start) for slot in before if stands[slot.id].start != slot.start
        )
        held = next((one.slot for one in moved if not self._is_loose(one.slot)), None)
        if held is not None:
            reason = "wish_held" if held.id in self._pinned else "wish_other_zone"
            return TimeVerdict(wished, Refusal(0, 0, reason, self._about(held, wished[0].start)))
        return TimeVerdict(wished, moved=moved, plan=plan)

    def _can_give_way(self, lost: Sequence[Slot], refusal: Refusal) -> bool:
        """Whether what is lost is one airing of the planner's own, for want of room."""
        only = len(lost) == 1 and refusal.reason == "wish_displaces"
        return only and self._is_loose(lost[0]) and ordinal_of(lost[0]) is not None

    def _loss(self, lost: Sequence[Slot], plan: DayPlan, start: datetime) -> Refusal:
        """Which airing would be lost, named where all are of one announcement; where a cap is the reason, that cap."""
        refused = {(one.campaign_id, one.ordinal): one for one in plan.refusals}
        told = [refused.get((slot.campaign_id or 0, ordinal_of(slot) or 0)) for slot in lost]
        cap = next((one for one in told if one is not None and one.reason.startswith("cap_")), None)
        details = self._about(lost[0], start) | {"count": len(lost)}
        if len({slot.announcement_id for slot in lost}) > 1:
            del details["slot"]
        return Refusal(0, 0, cap.reason if cap else "wish_displaces", details | dict(cap.details if cap else {}))

    def _about(self, slot: Slot, start: datetime) -> dict[str, object]:
        rules = self._planner.rules
        return {
            "at": wall(start, rules),
            "slot": slot.id,
            "other_at": wall(slot.start, rules),
            "until": wall(slot.end, rules),
        }

    def _refusal_of_wish(self, refusal: Refusal, start: datetime) -> Refusal:
        """The refusal in the words of a wish."""
        details = {"at": wall(start, self._planner.rules)} | dict(refusal.details)
        reason = refusal.reason
        if reason in {"slot_overlaps", "slot_too_close"} and self._is_flexible(str(details.get("slot", ""))):
            reason = "wish_other_zone"
        elif reason == "slot_overlaps":
            begins = self._starts.get(str(details.get("slot", "")), start)
            reason = "wish_held" if begins <= start else "wish_no_room"
            details["seconds"] = whole_seconds(self.asked[0].length)
        return replace(refusal, reason=reason, details=details)

    def _is_flexible(self, slot_id: str) -> bool:
        return slot_id not in self._pinned and any(slot.id == slot_id for slot in self._before.slots)

    # Free times

    def free_minutes(self, not_before: int, *, moving: bool = False) -> list[int]:
        """Whole minutes (seconds since 1970) at which they may start, in order; `moving`: others may give way."""
        air, rules = self._fixed if moving else self._whole, self._planner.rules
        if self.day in rules.blackout or self.day.weekday() not in rules.cap.weekdays:
            return []
        left = self._ranges()
        for slot in self.asked:
            free = air.free(left, whole_seconds(slot.length), max(whole_seconds(rules.min_gap), 0), slot.zone)
            left = air.within_caps(free, slot.length, slot.zone)[0] if free else []
        low = [max(one.low, not_before) for one in left]
        spans = zip(low, left, strict=True)
        return [at for first, one in spans for at in range(-(-first // MINUTE) * MINUTE, one.high + 1, MINUTE)]

    def _ranges(self) -> list[StartRange]:
        """Where they could start on an empty day, each range within one session: outside quiet hours, not too soon."""
        rules, stretches = self._planner.rules, self._planner.stretches
        begins, ends = day_span(self.day, rules.zone_name)
        low = max(begins, self._earliest) if self._earliest else begins
        quiets = {quiet for slot in self.asked for quiet in quiets_of(rules, slot.zone)}
        days = (self.day, self.day + timedelta(days=1))
        holes = merged([span for quiet in quiets for one in days for span in quiet_spans(quiet, one, rules.zone_name)])
        sounds = max(whole_seconds(slot.length + rules.delay_of(slot.zone)) for slot in self.asked)
        last = ends + timedelta(seconds=sounds)
        found: list[StartRange] = []
        edges = sorted({second(edge, up=True) for span in stretches for edge in span})
        for start, end in without(((low, last),), holes) if low < ends else ():
            first, behind = second(start, up=True), min(second(end) - sounds, second(ends) - 1) + 1
            cuts = [first, *(edge for edge in edges if first < edge < behind), behind]
            found += [
                StartRange(one, other - 1, session_of(moment(one), stretches))
                for one, other in pairwise(cuts)
                if one < other
            ]
        return found


def free_times(
    days: Iterable[WishedDay], near: datetime, not_before: datetime, count: int = CHOICES
) -> list[TimeVerdict]:
    """So many starts that work when they are taken, by time: the nearest before and behind `near`, then the nearest.

    `days`: in the order in which they are looked at; more are asked for only until there are enough. Times for which
    nothing moves come first; fewer than `count` only where these days hold no more. `not_before`: none is sooner.
    """
    target, first, seen = second(near, up=True), second(not_before, up=True), list[WishedDay]()
    chosen: dict[int, TimeVerdict] = {}
    for day in days:
        seen.append(day)
        chosen = _chosen(seen, target, first, count)
        if len(chosen) >= count and any(minute >= target for minute in chosen):
            break
    if len(chosen) < count:
        _add_moving(chosen, seen, target, first, count)
    return [chosen[minute] for minute in sorted(chosen)]


_Minute = tuple[int, WishedDay]


def _chosen(days: Sequence[WishedDay], target: int, first: int, count: int) -> dict[int, TimeVerdict]:
    """Some of the free minutes of these days, apart from each other as far as that is possible."""
    chosen: dict[int, TimeVerdict] = {}
    minutes = [(minute, day) for day in days for minute in day.free_minutes(first)]
    step = whole_seconds(days[0].asked[0].length) + 5 * MINUTE
    for apart in (step, MINUTE):
        for minute, day in _by_nearness(minutes, target):
            if len(chosen) >= count:
                return chosen
            near = any(abs(minute - other) < apart for other in chosen)
            if not near and day.leaves_all(moment(minute)) and (verdict := day.judge(moment(minute))).fits:
                chosen[minute] = verdict
    return chosen


def _add_moving(chosen: dict[int, TimeVerdict], days: Sequence[WishedDay], target: int, first: int, count: int) -> None:
    """Where that is not enough, the nearest minutes for which others would move."""
    minutes = [(minute, day) for day in days for minute in day.free_minutes(first, moving=True)]
    left = [one for one in minutes if one[0] not in chosen]
    for minute, day in islice(_by_nearness(left, target), MOST_RUNS):
        if len(chosen) >= count:
            return
        if minute not in chosen and (verdict := day.judge(moment(minute))).fits:
            chosen[minute] = verdict


def _by_nearness(minutes: Sequence[_Minute], target: int) -> Iterator[_Minute]:
    """The nearest at or behind the target, the nearest before it, then all by distance."""
    behind = min((one for one in minutes if one[0] >= target), key=itemgetter(0), default=None)
    before = max((one for one in minutes if one[0] < target), key=itemgetter(0), default=None)
    rest = sorted(minutes, key=lambda one: (abs(one[0] - target), one[0]))
    return chain(filter(None, (behind, before)), rest)


def soonest(days: Iterable[WishedDay], not_before: datetime) -> TimeVerdict | None:
    """The first whole minute from `not_before` on for which nothing has to move; None where these days have none."""
    first = second(not_before, up=True)
    for day in days:
        for minute in day.free_minutes(first):
            if day.leaves_all(moment(minute)) and (verdict := day.judge(moment(minute))).fits:
                return verdict
    return None
