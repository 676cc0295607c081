"""Copying a day of Lịch phát onto another: what can stand there is placed at the same wall time, what cannot is told.

First seen, then taken: the preview plans the other day with everything copied, leaves out what would not stand or would
cost somebody an airing, and names its reason; taking it writes exactly that, as one change that can be taken back. The
airings of a campaign stay its own (its n-th there is given the time of its n-th here); what a person had added is added
there too. Relays, orders and make-goods have their own rules and are not copied.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from scheduler.core.model import Person, Slot, Trigger
from scheduler.core.planning.day_plan import DayPlan, Refusal
from scheduler.core.planning.make_good import ordinal_of
from scheduler.core.planning.placement import Pin, judged
from scheduler.kernel.errors import Refused
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.schedule import DayVersion, ScheduleService, lock_of
from scheduler.services.repositories import Repositories, permit
from scheduler.store import ScheduleOverride
from scheduler.store.planning.schedule_overrides import pin_state, slot_state

__all__ = ["Copied", "CopiedAiring", "ScheduleCopies"]

MOST_PLANS = 40
"""How often the other day is planned to find which airings would cost somebody a place."""


@dataclass(frozen=True, slots=True)
class CopiedAiring:
    """One airing of the copied day. `was`: where its twin stands on the other day; `refusal`: why it is not copied."""

    slot: Slot
    title: str
    at: datetime | None
    was: datetime | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Copied:
    """What copying would do. `mark` names the two days as they were looked at."""

    source: date
    target: date
    airings: tuple[CopiedAiring, ...]
    mark: str

    @property
    def standing(self) -> tuple[CopiedAiring, ...]:
        return tuple(one for one in self.airings if one.refusal is None)

    @property
    def refused(self) -> tuple[CopiedAiring, ...]:
        return tuple(one for one in self.airings if one.refusal is not None)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An airing that is to be tried on the other day: as a pin, or as an added slot."""

    airing: CopiedAiring
    pin: Pin | None
    added: Slot | None

    def refused(self, reason: str, **details: object) -> CopiedAiring:
        return replace(self.airing, refusal=Refusal(self.airing.slot.campaign_id or 0, 0, reason, details))


class ScheduleCopies:
    def __init__(self, repos: Repositories, campaigns: CampaignService, schedule: ScheduleService) -> None:
        self._repos = repos
        self._campaigns = campaigns
        self._schedule = schedule

    def preview(self, actor: Person, source: date, target: date) -> Copied:
        """What of `source` could stand on `target`; nothing is written. Raises Refused: copy_same_day, day_over."""
        return self._tried(actor, source, target)[0]

    def take(self, actor: Person, source: date, target: date, mark: str = "") -> int:
        """Copy what can stand; the number of the change. `mark`: of the preview that was seen, empty = unseen.

        Raises Refused: changed_elsewhere (a day is not as it was seen any more), copy_nothing, and as `preview`.
        """
        found, wanted, seen = self._tried(actor, source, target)
        if mark and mark != found.mark:
            raise Refused("changed_elsewhere")
        places = [self._place(one, seen, actor) for one in wanted]
        if not places:
            raise Refused("copy_nothing")
        change = self._schedule.write(actor, "copy", seen, places)
        if change is None:
            raise Refused("changed_elsewhere")
        return change

    def _tried(self, actor: Person, source: date, target: date) -> tuple[Copied, list[_Wanted], DayVersion]:
        permit(actor, "plan")
        today = self._repos.today
        if source == target:
            raise Refused("copy_same_day")
        if target < today:
            raise Refused("day_over", day=target.isoformat())
        seen, before = self._schedule.seen(target), self._schedule.planned(target)
        origin = self._origin(source)
        told: list[CopiedAiring] = []
        wanted: list[_Wanted] = []
        turns: dict[int, int] = {}
        for slot in origin:
            one = self._wanted(actor, slot, target, before, seen, turns)
            if isinstance(one, CopiedAiring):
                told.append(one)
            else:
                wanted.append(one)
        kept = self._standing(wanted, told, seen, before)
        told += [one.airing for one in kept]
        airings = tuple(sorted(told, key=lambda one: (one.slot.start, one.slot.id)))
        return Copied(source, target, airings, _mark(source, origin, seen)), kept, seen

    def _origin(self, source: date) -> list[Slot]:
        """The airings of the copied day, by start."""
        slots = self._repos.slots.of_day(source)
        known = {slot.id for slot in slots}
        slots += [slot for slot in self._schedule.planned(source).slots if slot.id not in known] if not slots else []
        return sorted(slots, key=lambda slot: (slot.start, slot.id))

    def _wanted(
        self, actor: Person, slot: Slot, target: date, before: DayPlan, seen: DayVersion, turns: dict[int, int]
    ) -> _Wanted | CopiedAiring:
        """What is to be tried of one airing, or why it is none of the copy's business."""
        at = self._same_time(slot.start, target)
        airing = CopiedAiring(slot, self._repos.programme.title_of(slot), at)
        refused = _Wanted(airing, None, None).refused
        if at is None or (reason := _not_copied(slot)):
            return refused("copy_no_time" if at is None else reason)
        if slot.campaign_id is None:
            name = f"{target:%Y%m%d}-h{secrets.token_hex(4)}"
            added = replace(slot, id=name, day=target, start=at, outcome=None, reason="", moved_from=None)
            return _Wanted(airing, None, added)
        own = [one for one in before.slots if one.campaign_id == slot.campaign_id and not one.makes_good]
        turn = turns.get(slot.campaign_id, 0)
        turns[slot.campaign_id] = turn + 1
        if turn >= len(own):
            return refused("copy_not_wanted")
        twin = own[turn]
        ordinal = ordinal_of(twin)
        days = self._campaigns.days
        if ordinal is None or lock_of(twin, days.begun(), days.not_before()):
            return refused("slot_locked")
        kept = next((pin for pin in seen.pins if pin.slot_id == twin.id), None)
        was = kept.was if kept else twin.start
        pin = Pin(target, slot.campaign_id, ordinal, at, was, actor.id, actor.name)
        return _Wanted(replace(airing, was=twin.start), pin, None)

    def _same_time(self, start: datetime, target: date) -> datetime | None:
        zone = self._repos.config.station.time_zone
        return self._campaigns.days.instant_on(target, start.astimezone(ZoneInfo(zone)).time())

    # What can stand

    def _standing(
        self, wanted: list[_Wanted], told: list[CopiedAiring], seen: DayVersion, before: DayPlan
    ) -> list[_Wanted]:
        """Those that stand together without costing anybody an airing; the others are told with their reasons."""
        possible = self._possible(wanted, told, seen)
        least, plans = len(before.slots), [0]

        def together(ones: Sequence[_Wanted]) -> DayPlan:
            plans[0] += 1
            return self._planned_with(ones, seen)

        def fits(ones: Sequence[_Wanted]) -> bool:
            plan = together(ones)
            return len(plan.slots) >= least and not _broken(plan, ones)

        kept: list[_Wanted] = []
        waiting = [possible] if possible else []
        while waiting:
            group = waiting.pop(0)
            if plans[0] < MOST_PLANS and fits([*kept, *group]):
                kept += group
            elif len(group) > 1 and plans[0] < MOST_PLANS:
                middle = len(group) // 2
                waiting[:0] = [group[:middle], group[middle:]]
            else:
                told += [self._why_not(one, kept, seen) for one in group]
        return kept

    def _possible(self, wanted: list[_Wanted], told: list[CopiedAiring], seen: DayVersion) -> list[_Wanted]:
        """Added ones that may stand beside what stands; the airings of campaigns are the planner's to judge."""
        possible: list[_Wanted] = []
        others = [slot for slot in seen.slots if slot.trigger is not Trigger.SCHEDULE or slot.campaign_id is None]
        for one in wanted:
            if one.added is not None:
                running, station = self._campaigns.running(), self._repos.config.rules
                earliest = self._campaigns.days.not_before()
                if refusal := judged(one.added, one.added.start, running, others, station, earliest):
                    told.append(one.refused(refusal.reason, **refusal.details))
                    continue
                others.append(one.added)
            possible.append(one)
        return possible

    def _planned_with(self, ones: Sequence[_Wanted], seen: DayVersion) -> DayPlan:
        pins = {pin.slot_id: pin for pin in seen.pins} | {one.pin.slot_id: one.pin for one in ones if one.pin}
        added = [one.added for one in ones if one.added]
        running = self._campaigns.running()
        return self._campaigns.days.plan(seen.day, running, pins=list(pins.values()), also=added)

    def _why_not(self, one: _Wanted, kept: Sequence[_Wanted], seen: DayVersion) -> CopiedAiring:
        plan = self._planned_with([*kept, one], seen)
        broken = _broken(plan, [*kept, one])
        if broken:
            details = {name: value for name, value in broken[0].details.items() if name != "slot"}
            return one.refused(broken[0].reason, **details)
        return one.refused("copy_later")

    def _place(self, one: _Wanted, seen: DayVersion, actor: Person) -> ScheduleOverride:
        airing = one.airing
        if one.added is not None:
            state = slot_state(one.added, actor.id)
            return ScheduleOverride(one.added.id, airing.title, None, state, None, one.added.start, is_added=True)
        pin = one.pin
        if pin is None:
            raise ValueError("an airing that is copied is pinned or added")
        kept = next((each for each in seen.pins if each.slot_id == pin.slot_id), None)
        return ScheduleOverride(pin.slot_id, airing.title, pin_state(kept), pin_state(pin), airing.was, pin.start)


def _not_copied(slot: Slot) -> str:
    """Why an airing is none that is copied, else empty."""
    if slot.trigger is Trigger.RELAY:
        return "copy_by_rule"
    is_planned = slot.trigger is Trigger.SCHEDULE and (slot.campaign_id is None or ordinal_of(slot) is not None)
    return "" if is_planned else "copy_by_order"


def _broken(plan: DayPlan, ones: Sequence[_Wanted]) -> list[Refusal]:
    """Pins of the copy that the plan could not keep."""
    pinned = {(one.pin.campaign_id, one.pin.ordinal) for one in ones if one.pin}
    return [one for one in plan.unkept if (one.campaign_id, one.ordinal) in pinned]


def _mark(source: date, origin: Sequence[Slot], seen: DayVersion) -> str:
    told = (source, [(slot.id, slot.start) for slot in origin], seen.day, seen.pins)
    standing = [(slot.id, slot.start, slot.outcome) for slot in seen.slots]
    return hashlib.sha256(repr((told, standing)).encode()).hexdigest()[:16]
