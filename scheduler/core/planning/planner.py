"""One day's plan: which airing of which campaign starts when, and why each other wanted airing does not.

Pure and deterministic: the order of the arguments plays no part, and nothing is read but the arguments.

How: every campaign's airings get a wished instant (`wishes`); then, priority by priority and round by round, each
takes the best free start for it. "Best" never depends on what others took, only "free" does. That is why planning
again at noon with the morning's slots as `fixed` finds the same afternoon. Quiet hours, windows, gaps and caps are
facts of "free"; the gate asks them all once more before sound.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from scheduler.core.model import Campaign, CampaignState, Slot, StationRules, Trigger
from scheduler.core.planning.airing_requests import AiringRequest, Open, beat_of, on_beat, still_open, wishes_of
from scheduler.core.planning.availability import Availability, details_of, room_of
from scheduler.core.planning.choices import Choice, anywhere, clipped, lattice, nearest, soonest
from scheduler.core.planning.day_occupancy import SOUNDLESS, DayOccupancy, Free, moment, second, whole_seconds
from scheduler.core.planning.day_plan import DayPlan, PlannedCampaign, Refusal
from scheduler.core.planning.distribution import StartRange
from scheduler.core.planning.make_good import Debt, debts, is_owed, slot_id, starts_for
from scheduler.core.planning.make_up import airings_of, clip_saying, made_up, of_day, over_most
from scheduler.core.planning.placement import (
    Pin,
    PlacedPins,
    keep,
    moved_from,
    places_left,
    slot_of,
    still_pinned,
    wishes_behind,
)
from scheduler.core.planning.rhythm import Rhythm
from scheduler.core.planning.rotation import clip_of
from scheduler.core.planning.rules import wanted_on
from scheduler.core.planning.sessions import session_stretches
from scheduler.core.planning.windows_first import opened_late, without_airing

__all__ = ["CROWDED", "DayPlanner", "idle_windows", "plan_day", "slot_id"]


CROWDED = frozenset({"no_room", "cap_sessions", "cap_minutes"})
"""Reasons that mean: others, or the ward's caps, leave no air for it."""


def plan_day(
    day: date,
    campaigns: Sequence[PlannedCampaign],
    rules: StationRules,
    *,
    fixed: Sequence[Slot] = (),
    not_before: datetime | None = None,
    pins: Sequence[Pin] = (),
    beside: Sequence[Slot] = (),
) -> DayPlan:
    """Plans the wanted airings of `day` that do not stand yet.

    Args:
        day: a day of the station's zone.
        campaigns: those not ACTIVE, and those whose dates or weekdays leave the day out, are passed over.
        rules: quiet hours, caps and the station's gap. What counts as a session is told in `core.planning.sessions`.
        fixed: slots that stand (played, on air, by hand, or before `not_before`): they take their place, count for
            their campaign, and are never moved nor returned. One that made no sound (missed, refused, cancelled) keeps
            its ordinal but takes no place; what is owed (`make_good`) is made good where the new slots leave room.
        not_before: nothing new starts earlier.
        pins: what people said of single airings (`core.planning.placement`); what cannot be kept is told in `unkept`.
        beside: slots of the days before and after that are near midnight; they only take their place.

    Every wanted airing is a fixed slot, a new slot or a refusal. Reasons: the campaign's own `blocked`, `no_audio`,
    `blackout_date`, `cap_weekday`, `no_windows`, `dst_gap`, `quiet_hours`, `clip_too_long`, `no_room`, `cap_sessions`,
    `cap_minutes`, `past`, `left_out`; of what is owed also `campaign_stopped`, `no_longer_wanted`, `most_reached` and
    `make_good`'s.

    """
    return DayPlanner(day, campaigns, rules, beside=beside).plan(fixed=fixed, not_before=not_before, pins=pins)


class DayPlanner:
    """One day of some campaigns, made ready once, to be planned around whatever stands on it (`plan_day`)."""

    def __init__(
        self, day: date, campaigns: Sequence[PlannedCampaign], rules: StationRules, *, beside: Sequence[Slot] = ()
    ) -> None:
        self.day = day
        self.rules = rules
        self._beside = beside
        self._running = _running(campaigns)
        self._active = [one for _, one in sorted(self._running.items()) if wanted_on(one.campaign, day)]
        self.stretches = session_stretches(day, (one.campaign for one in self._active), rules)
        rooms = [room_of(one, day, rules, self.stretches) for one in self._active]
        self._rooms = {room.planned.campaign.id: room for room in rooms}
        self._requests = wishes_of(rooms, day, rules)
        # Settled on the empty day, so that later in the day it is the same; without pins, so that one moves no other.
        self._choice, self._empty = _settled(lambda choice: self._filled(choice, (), None), rooms)

    def plan(
        self, *, fixed: Sequence[Slot] = (), not_before: datetime | None = None, pins: Sequence[Pin] = ()
    ) -> DayPlan:
        """The day's plan around `fixed` and `pins`, from `not_before` on."""
        empty = not (fixed or not_before or pins)
        return self._empty if empty else self._filled(self._choice, fixed, not_before, pins)

    def occupied(self, slots: Iterable[Slot], zones: Iterable[str] = ()) -> DayOccupancy:
        """The air of the day as these slots take it, each with the silence of its campaign; `zones`: asked about."""
        heard_in = [*zones, *(one.campaign.zone for one in self._active)]
        air = DayOccupancy(self.rules, self.stretches, heard_in, self._beside)
        for slot in slots:
            room = self._rooms.get(slot.campaign_id or 0)
            air.stand(slot, room.gap if room else 0)
        return air

    def _filled(
        self, choice: Choice, standing: Sequence[Slot], earliest: datetime | None, pins: Sequence[Pin] = ()
    ) -> DayPlan:
        day, rooms, stands = self.day, self._rooms, {slot.id for slot in standing}
        pins, of_others = of_day(pins, day)
        air = self.occupied(standing)
        left = still_open(self._requests, day, standing, moved_from(pins))
        kept = keep(left.airing_requests, still_pinned(pins, stands), air, earliest)
        waits = [pin for pin in of_others if pin.pays_as not in stands]
        aired = airings_of((*(slot for slot in standing if slot.day == day), *kept.slots))
        aired.update(one.room.planned.campaign.id for one in kept.airing_requests if not one.refusal)
        made, not_made_up = made_up(waits, day, rooms, air, earliest, aired)
        left_behind = places_left(pins, [*kept.answered, *wishes_behind(self._requests, pins, standing)])
        planned = _with_kept(_fill_around(day, kept.airing_requests, air, choice, earliest, left_behind), kept)
        if waits:
            planned = replace(_in_order(day, (*planned.slots, *made), planned.refusals), unkept=planned.unkept)
        owed = debts(slot for slot in standing if slot.day == day) if self.rules.make_good else []
        wanted = {debt.slot.id: _still_wanted(debt, rooms, left, frozenset(self._running)) for debt in owed}
        planned = _with_made_good(planned, owed, wanted, rooms, air, standing, earliest) if owed else planned
        return replace(planned, not_made_up=tuple(not_made_up)) if not_made_up else planned

    def make_up_starts(
        self, lost: Slot, slots: Sequence[Slot], earliest: datetime | None
    ) -> tuple[list[StartRange], list[StartRange]]:
        """Where one more airing of the campaign of `lost`, of another day, moves nobody: in its rhythm, and anywhere in
        its hours. `slots`: all of this day.
        """
        room = self._rooms.get(lost.campaign_id or 0)
        clip = clip_saying(room.planned, lost.announcement_id) if room and not room.refusal else None
        own = airings_of(slot for slot in slots if slot.day == self.day)
        if room is None or clip is None or over_most(room.planned, own):
            return [], []
        campaign, seconds, air = room.planned.campaign, whole_seconds(clip.airing), self.occupied(slots)
        free = air.free(room.starts(seconds), seconds, room.gap, campaign.zone)
        free = air.within_caps(free, clip.airing, campaign.zone)[0] if free else []
        if earliest is not None and free:
            free = clipped(free, second(earliest, up=True), free[-1].high)
        return _rhythm(self.day, slots, self._rooms).keeps(free, campaign.id, clip.announcement_id), list(free)


def idle_windows(
    day: date, campaigns: Sequence[PlannedCampaign], rules: StationRules, slots: Iterable[Slot]
) -> list[Refusal]:
    """The windows in which a campaign has no airing that day, and those it begins late; `slots`: all of the day."""
    active = [one for _, one in sorted(_running(campaigns).items()) if wanted_on(one.campaign, day)]
    known = list(slots)
    rooms = (room_of(one, day, rules, ()) for one in active)
    return [told for room in rooms for ask in (without_airing, opened_late) for told in ask(room, day, rules, known)]


def _running(campaigns: Sequence[PlannedCampaign]) -> dict[int, PlannedCampaign]:
    active = [one for one in campaigns if one.campaign.state is CampaignState.ACTIVE]
    running = {one.campaign.id: one for one in active}
    if len(running) < len(active):
        raise ValueError("plan_day was given two campaigns with one id")
    return running


def _fill_around(
    day: date,
    airing_requests: Sequence[AiringRequest],
    air: DayOccupancy,
    choice: Choice,
    earliest: datetime | None,
    left_behind: Sequence[tuple[int, int, int, str]],
) -> DayPlan:
    """Fills the day as if what was moved or left out still took its old place, so that nothing else moves; what finds
    no room so is offered those places.
    """
    air.hold(left_behind)
    plan = _fill(day, airing_requests, air, choice, earliest)
    air.let_go(left_behind)
    crowded = {(one.campaign_id, one.ordinal) for one in plan.refusals if one.reason == "no_room"}
    if not (left_behind and crowded):
        return plan
    again = [wish for wish in airing_requests if (wish.room.planned.campaign.id, wish.ordinal) in crowded]
    more = _fill(day, again, air, choice, earliest)
    others = (one for one in plan.refusals if (one.campaign_id, one.ordinal) not in crowded)
    return _in_order(day, (*plan.slots, *more.slots), (*others, *more.refusals))


def _with_kept(plan: DayPlan, kept: PlacedPins) -> DayPlan:
    """The plan with the airings that a person has placed or left out."""
    if not (kept.slots or kept.left_out or kept.unkept):
        return plan
    whole = _in_order(plan.day, (*plan.slots, *kept.slots), (*plan.refusals, *kept.left_out))
    return replace(whole, unkept=tuple(sorted(kept.unkept, key=lambda one: (one.campaign_id, one.ordinal))))


def _settled(fill: Callable[[Choice], DayPlan], rooms: Sequence[Availability]) -> tuple[Choice, DayPlan]:
    """The way of choosing that loses fewest airings for lack of room, with its plan."""
    choice: Choice = nearest
    plan = fill(choice)
    for other in (lattice(rooms), soonest, anywhere):
        if any(_cost(plan, rooms)):
            attempt = fill(other)
            if _cost(attempt, rooms) < _cost(plan, rooms):
                choice, plan = other, attempt
    return choice, plan


def _fill(
    day: date, airing_requests: Sequence[AiringRequest], air: DayOccupancy, choice: Choice, earliest: datetime | None
) -> DayPlan:
    """Gives each wish, in turn, the best start still free for it."""
    slots: list[Slot] = []
    refusals: list[Refusal] = []
    # Clips of campaigns that found nothing free: nothing becomes free again, so their later wishes need not look.
    shut: dict[tuple[int, int], str] = {}
    for wish in airing_requests:
        campaign, length = wish.room.planned.campaign, wish.airing
        reason = wish.refusal or shut.get((campaign.id, length), "")
        free, reason = ([], reason) if reason else _free_for(wish, air, earliest)
        if reason:
            if wish.reach is None:
                shut[campaign.id, length] = reason
            details = details_of(reason, wish.room, air.rules, length)
            refusals.append(Refusal(campaign.id, wish.ordinal, reason, details))
            continue
        name = slot_id(day, campaign.id, wish.ordinal)
        slot = slot_of(wish.room.planned.campaign, wish.clip, day, name, moment(choice(wish, free)))
        air.stand(slot, wish.room.gap)
        slots.append(slot)
    return _in_order(day, slots, refusals)


def _in_order(day: date, slots: Iterable[Slot], refusals: Iterable[Refusal]) -> DayPlan:
    by_start = sorted(slots, key=lambda slot: (slot.start, slot.id))
    return DayPlan(day, tuple(by_start), tuple(sorted(refusals, key=lambda one: (one.campaign_id, one.ordinal))))


def _still_wanted(debt: Debt, rooms: Mapping[int, Availability], left: Open, running: frozenset[int]) -> str:
    """Why a debt is not to be paid any more, else empty."""
    room = rooms.get(debt.campaign_id)
    if room is None:
        return "no_longer_wanted" if debt.campaign_id in running else "campaign_stopped"
    wanted = debt.slot.id in left.answers if on_beat(room, debt.slot.day) else debt.ordinal <= room.wanted
    return "" if wanted else "no_longer_wanted"


def _with_made_good(
    plan: DayPlan,
    owed: Sequence[Debt],
    over: Mapping[str, str],
    rooms: Mapping[int, Availability],
    air: DayOccupancy,
    standing: Sequence[Slot],
    earliest: datetime | None,
) -> DayPlan:
    """The plan with what makes good its debts; each takes the first start that all the others leave."""
    rhythm = _rhythm(plan.day, (*standing, *plan.slots), rooms)
    slots, refusals = list(plan.slots), list(plan.refusals)
    aired = airings_of((*(slot for slot in standing if slot.day == plan.day), *plan.slots))
    ranks = {debt.slot.id: _rank(debt, rooms.get(debt.campaign_id)) for debt in owed}
    for debt in sorted(owed, key=lambda debt: ranks[debt.slot.id]):
        if reason := over[debt.slot.id]:
            refusals.append(Refusal(debt.campaign_id, debt.ordinal, reason))
            continue
        room = rooms[debt.campaign_id]
        if beyond := over_most(room.planned, aired):
            refusals.append(replace(beyond, ordinal=debt.ordinal))
            continue
        clip = clip_of(room.planned, room.turn + debt.ordinal - 1)
        found: list[int] = []
        reason = room.refusal
        if not reason:
            found, reason = starts_for(debt, room, clip, air, rhythm, earliest)
        if reason:
            told = details_of(reason, room, air.rules) or rhythm.details(reason, debt.campaign_id, clip.announcement_id)
            refusals.append(Refusal(debt.campaign_id, debt.ordinal, reason, told))
            continue
        slot = slot_of(room.planned.campaign, clip, plan.day, debt.pays_as, moment(found[0]))
        slot = replace(slot, trigger=Trigger.MAKE_GOOD, makes_good=debt.slot.id)
        air.stand(slot, room.gap)
        rhythm.add(slot)
        aired[debt.campaign_id] += 1
        slots.append(slot)
    return replace(_in_order(plan.day, slots, refusals), unkept=plan.unkept)


def _rhythm(day: date, slots: Sequence[Slot], rooms: Mapping[int, Availability]) -> Rhythm:
    """The rhythm of a day: as it was planned, and as it is heard."""
    planned = (slot for slot in slots if slot.day == day and slot.trigger is Trigger.SCHEDULE)
    heard = (slot for slot in slots if slot.outcome not in SOUNDLESS and not is_owed(slot))
    return Rhythm(planned, heard, {number: beat for number, room in rooms.items() if (beat := beat_of(room, day))})


def _rank(debt: Debt, room: Availability | None) -> tuple[int, int, datetime, str]:
    campaign = room.planned.campaign if room else None
    priority, rank = (campaign.priority, campaign.rank) if campaign else (debt.slot.priority, 0)
    return priority, rank, debt.slot.start, debt.slot.id


def _free_for(wish: AiringRequest, air: DayOccupancy, earliest: datetime | None) -> tuple[list[Free], str]:
    """The starts a wish may take now, or the reason there is none."""
    room = wish.room
    free = air.free(wish.starts, wish.airing, room.gap, room.planned.campaign.zone)
    if wish.reach is not None:
        free = clipped(free, wish.target - wish.reach, wish.target + wish.reach)
    if not free:
        return [], "no_room"
    allowed, breach = air.within_caps(free, wish.clip.airing, room.planned.campaign.zone)
    if not allowed:
        return [], breach
    if earliest is not None:
        allowed = clipped(allowed, second(earliest, up=True), allowed[-1].high)
    return allowed, "" if allowed else "past"


def _cost(plan: DayPlan, rooms: Sequence[Availability]) -> list[int]:
    """Airings lost for lack of room, those of the more urgent campaigns first."""
    levels = {room.planned.campaign.id: _level(room.planned.campaign) for room in rooms}
    lost = [levels[one.campaign_id] for one in plan.refusals if one.reason in CROWDED]
    return [lost.count(level) for level in sorted(set(levels.values()))]


def _level(campaign: Campaign) -> tuple[int, int]:
    return campaign.priority, campaign.rank
