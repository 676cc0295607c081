"""What is taken of one day's air: where starts are still free beside the airings that stand, and what the caps leave.

In whole seconds, rounded so that silence is never shorter than asked. It takes whatever it is told stands; whether
that should have aired is not its question.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import attrgetter

from scheduler.core.local_time import Span
from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, Slot, StationRules, Trigger
from scheduler.core.planning.distribution import StartRange
from scheduler.core.planning.sessions import cap_breach, session_of

__all__ = ["SOUNDLESS", "DayOccupancy", "Free", "moment", "second", "whole_seconds"]

Free = StartRange
"""A range of starts that nothing stands against."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
SOUNDLESS = frozenset({AiringOutcome.MISSED, AiringOutcome.REFUSED, AiringOutcome.CANCELLED})
"""Ends of a slot that took no air."""


_Place = tuple[int, int, int, str]
"""Start, end, gap and zone of what stands."""


def second(instant: datetime, *, up: bool = False) -> int:
    """Whole seconds since 1970, rounded down, or up."""
    return -((_EPOCH - instant) // _SECOND) if up else (instant - _EPOCH) // _SECOND


def moment(at: int) -> datetime:
    """The instant of a second."""
    return _EPOCH + timedelta(seconds=at)


def whole_seconds(length: timedelta) -> int:
    """A length rounded up."""
    return -(-length // _SECOND)


class DayOccupancy:
    """The airings that stand, by zone, while a day is being filled.

    `beside`: those of the days before and after. They take their place and count for the caps of their own day.
    """

    def __init__(
        self, rules: StationRules, stretches: Sequence[Span], zones: Iterable[str], beside: Iterable[Slot] = ()
    ) -> None:
        self.rules = rules
        self.stretches = stretches
        self._least_gap = max(whole_seconds(rules.min_gap), 0)
        self._taken: list[_Place] = []
        """By start."""
        self._order: list[_Place] = []
        """As they were taken."""
        self._left: dict[tuple[tuple[StartRange, ...], int, int, str], tuple[list[Free], int]] = {}
        """What is left for airings that were asked for, and of how many places in `_order` that knows."""
        self._standing: list[tuple[Slot, int]] = []
        self._had: dict[str, dict[int, timedelta]] = {zone: {} for zone in zones}
        self._had.setdefault(DEFAULT_ZONE, {})
        for slot in beside:
            if slot.outcome not in SOUNDLESS:
                self._take(slot, self._least_gap)

    def stand(self, slot: Slot, gap: int) -> None:
        """Takes a slot's place, keeping at least `gap` seconds of silence on both sides of it."""
        if slot.outcome in SOUNDLESS:
            return
        gap = max(gap, self._least_gap)
        self._take(slot, gap)
        if slot.trigger in {Trigger.EMERGENCY, Trigger.TEST} or slot.outcome is AiringOutcome.RECORDED:
            return  # what no loudspeaker sounded has its place in the plan, and nobody has heard a minute of it
        if slot.zone not in self._had:  # its listeners have heard until now what "all" has
            self._had[slot.zone] = dict(self._had[DEFAULT_ZONE])
        session = session_of(slot.start, self.stretches)
        for listener, had in self._had.items():
            # "all" as a listener stands for loudspeakers in no named zone: they hear only what airs in "all".
            if slot.zone in {DEFAULT_ZONE, listener}:
                had[session] = had.get(session, timedelta(0)) + slot.length

    def _take(self, slot: Slot, gap: int) -> None:
        self.hold([(second(slot.start), second(slot.end, up=True), gap, slot.zone)])
        self._standing.append((slot, gap))

    def hold(self, places: Iterable[_Place]) -> None:
        """Keeps some places (start, end, gap, zone) empty for now; they count for no cap."""
        for place in places:
            insort(self._taken, place)
            self._order.append(place)

    def let_go(self, places: Iterable[_Place]) -> None:
        """Gives the places back."""
        for place in places:
            self._taken.remove(place)
        self._left.clear()

    def free(self, ranges: Sequence[StartRange], airing: int, gap: int, zone: str) -> list[Free]:
        """What is left of `ranges` for an airing of that length, in order; nobody may change it."""
        if not (isinstance(ranges, tuple) and _apart(ranges)):
            return self._left_of(ranges, airing, gap, zone)
        key = ranges, airing, gap, zone
        left, known = self._left.get(key) or (self._left_of(ranges, airing, gap, zone), len(self._order))
        if known < len(self._order):
            left = list(left)
            for place in self._order[known:]:
                if (block := _block(place, airing, gap, zone)) is not None:
                    _cut(left, *block)
        self._left[key] = left, len(self._order)
        return left

    def _left_of(self, ranges: Sequence[StartRange], airing: int, gap: int, zone: str) -> list[Free]:
        # The planner's innermost loop: `_block` and `max` written out make it half as long.
        taken: list[tuple[int, int]] = []
        for start, end, theirs, where in self._taken:
            if where == zone or DEFAULT_ZONE in (zone, where):
                silence = gap if gap > theirs else theirs  # noqa: FURB136 - see above
                taken.append((start - airing - silence, end + silence))
        taken.sort()
        left: list[Free] = []
        for room in ranges:
            low = room.low
            for last_before, first_after in taken:
                if first_after <= low:
                    continue
                if last_before >= room.high:
                    break
                if last_before >= low:
                    left.append(StartRange(low, last_before, room.session))
                low = first_after
            if low <= room.high:
                left.append(StartRange(low, room.high, room.session))
        return left

    def in_the_way(self, start: int, airing: int, gap: int, zone: str) -> tuple[Slot, int]:
        """What stands against a start that is not free, what overlaps it first, and the silence (s) it must keep."""
        found: list[tuple[bool, datetime, str, Slot, int]] = []
        for slot, theirs in self._standing:
            if slot.zone != zone and DEFAULT_ZONE not in {zone, slot.zone}:
                continue
            silence = max(gap, theirs)
            begins, ends = second(slot.start), second(slot.end, up=True)
            if begins - airing - silence < start < ends + silence:
                overlaps = start < ends and begins < start + airing
                found.append((not overlaps, slot.start, slot.id, slot, silence))
        if not found:
            raise ValueError("nothing stands in the way of that start")
        *_, slot, silence = min(found, key=lambda one: one[:3])
        return slot, silence

    def within_caps(self, free: Sequence[Free], sound: timedelta, zone: str) -> tuple[list[Free], str]:
        """Those of `free` whose session may hold one more airing, and the first breach among the others."""
        cap = self.rules.cap
        listeners = self._had.values() if zone == DEFAULT_ZONE else (self._had[zone],)
        breaches: dict[int, str] = {}
        for session in {one.session for one in free}:
            found = (cap_breach(cap, had, session, sound) for had in listeners)
            breaches[session] = next((breach for breach in found if breach), "")
        allowed = [one for one in free if not breaches[one.session]]
        return allowed, next((breaches[one.session] for one in free if breaches[one.session]), "")


_low, _high = attrgetter("low"), attrgetter("high")


def _apart(ranges: Sequence[StartRange]) -> bool:
    """Whether each range begins behind the one before it."""
    return all(one.high < other.low for one, other in pairwise(ranges))


def _block(place: _Place, airing: int, gap: int, zone: str) -> tuple[int, int] | None:
    """The last start before what stands and the first one after it; None where that is not heard."""
    start, end, theirs, where = place
    if where != zone and DEFAULT_ZONE not in {zone, where}:
        return None
    silence = max(gap, theirs)
    return start - airing - silence, end + silence


def _cut(left: list[Free], last_before: int, first_after: int) -> None:
    """Take the starts between the two out of ranges that lie apart, in order."""
    first, behind = bisect_right(left, last_before, key=_high), bisect_left(left, first_after, key=_low)
    if first >= behind:
        return
    one, other = left[first], left[behind - 1]
    rest = [StartRange(one.low, last_before, one.session)] if one.low <= last_before else []
    if other.high >= first_after:
        rest.append(StartRange(first_after, other.high, other.session))
    left[first:behind] = rest
