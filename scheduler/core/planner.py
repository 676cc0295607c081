"""One day's plan: which airing of which campaign starts when, and why each other wanted airing does not.

Pure and deterministic: the order of the arguments plays no part, and nothing is read but the arguments.

How: every campaign's airings get a wished instant (`spreading`); then, priority by priority and round by round, each
takes the best free start for it. "Best" never depends on what others took, only "free" does. That is why planning
again at noon with the morning's slots as `fixed` finds the same afternoon. Quiet hours, windows, gaps and caps are
facts of "free"; the gate asks them all once more before sound.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from scheduler.core.day_air import SOUNDLESS, DayAir, Free, moment, second
from scheduler.core.make_good import Debt, debts, slot_id, starts_for
from scheduler.core.model import (
    BoostKind,
    CampaignState,
    DayPlan,
    PlannedCampaign,
    Refusal,
    Slot,
    StationRules,
    Trigger,
)
from scheduler.core.rooms import Room, details_of, quiets_of, room_of
from scheduler.core.rules import boost_holds, every_starts, is_quiet, wanted_on
from scheduler.core.sessions import session_stretches
from scheduler.core.spreading import StartRange, even_starts, leftmost_starts, nearest_minute

__all__ = ["plan_day", "slot_id"]


@dataclass(frozen=True, slots=True)
class _Wish:
    """One wanted airing: where it would best start, and how far from there it may be moved (None: anywhere)."""

    room: Room
    ordinal: int
    target: int
    reach: int | None = None
    refusal: str = ""

    @property
    def turn(self) -> tuple[int, int, int]:
        campaign = self.room.planned.campaign
        return campaign.priority, self.ordinal, campaign.id


_Choice = Callable[[_Wish, list[Free]], int]
"""Picks a start among the free ones; must prefer by the start alone, never by what is free."""


def plan_day(
    day: date,
    campaigns: Sequence[PlannedCampaign],
    rules: StationRules,
    *,
    fixed: Sequence[Slot] = (),
    not_before: datetime | None = None,
) -> DayPlan:
    """Plans the wanted airings of `day` that do not stand yet.

    Args:
        day: a day of the station's zone.
        campaigns: those not ACTIVE, and those whose dates or weekdays leave the day out, are passed over.
        rules: quiet hours, caps and the station's gap. What counts as a session is told in `core.sessions`.
        fixed: slots that stand (played, on air, by hand, or before `not_before`). They take their place on the output
            and count for their campaign; they are never moved nor returned. One that made no sound (missed, refused,
            cancelled) keeps its ordinal but takes no place. What of them is owed (`make_good`) is made good where the
            new slots leave room.
        not_before: nothing new starts earlier.

    Every wanted airing is a fixed slot, a new slot or a refusal. Reasons: the campaign's own `blocked`, `no_audio`,
    `blackout_date`, `cap_weekday`, `no_windows`, `dst_gap`, `quiet_hours`, `clip_too_long`, `no_room`, `cap_sessions`,
    `cap_minutes`, `past`; of what is owed also `make_good_late`, `no_room_make_good`, `campaign_stopped` and
    `no_longer_wanted`.

    """
    running = {one.campaign.id: one for one in campaigns if one.campaign.state is CampaignState.ACTIVE}
    if len(running) < sum(one.campaign.state is CampaignState.ACTIVE for one in campaigns):
        raise ValueError("plan_day was given two campaigns with one id")
    active = [one for _, one in sorted(running.items()) if wanted_on(one.campaign, day)]
    stretches = session_stretches(day, (one.campaign for one in active), rules)
    rooms = [room_of(one, day, rules, stretches) for one in active]
    wishes = sorted((wish for group in _wishes(rooms, day, rules) for wish in group), key=lambda wish: wish.turn)
    by_id = {room.planned.campaign.id: room for room in rooms}

    def fill(choice: _Choice, standing: Sequence[Slot], earliest: datetime | None) -> DayPlan:
        air = DayAir(rules, stretches, (one.campaign.zone for one in active))
        for slot in standing:
            air.stand(slot, by_id[slot.campaign_id].gap if slot.campaign_id in by_id else 0)
        planned = _fill(day, _still_wanted(wishes, day, standing), air, choice, earliest)
        owed = debts(slot for slot in standing if slot.day == day) if rules.make_good else []
        return _with_made_good(planned, owed, by_id, frozenset(running), air, earliest) if owed else planned

    # The way of choosing is settled on the empty day, so that planning again later in the day settles the same.
    choice, plan = _settled(lambda choice: fill(choice, (), None), rooms)
    return fill(choice, fixed, not_before) if fixed or not_before else plan


def _settled(fill: Callable[[_Choice], DayPlan], rooms: Sequence[Room]) -> tuple[_Choice, DayPlan]:
    """The way of choosing that loses fewest airings for lack of room, with its plan."""
    choice: _Choice = _nearest
    plan = fill(choice)
    for other in (_lattice(rooms), _earliest):
        if any(_cost(plan, rooms)):
            attempt = fill(other)
            if _cost(attempt, rooms) < _cost(plan, rooms):
                choice, plan = other, attempt
    return choice, plan


def _wishes(rooms: Sequence[Room], day: date, rules: StationRules) -> Iterable[list[_Wish]]:
    """Every campaign's wishes, in the order of `rooms`."""
    favoured = _favoured_sessions(rooms, rules)
    alike: dict[tuple[StartRange, ...], list[int]] = {}
    for room in rooms:
        if not room.refusal:
            alike.setdefault(_spans_of(room), []).append(room.planned.campaign.id)
    for room in rooms:
        if room.refusal:
            yield [_Wish(room, number, 0, refusal=room.refusal) for number in range(1, room.wanted + 1)]
        elif room.planned.campaign.boost.kind is BoostKind.EVERY and boost_holds(room.planned.campaign):
            yield _every_wishes(room, day, rules)
        else:
            peers = alike[_spans_of(room)]
            phase = Fraction(2 * peers.index(room.planned.campaign.id) + 1, 2 * len(peers))
            yield _even_wishes(room, rules, favoured, phase)


def _spans_of(room: Room) -> tuple[StartRange, ...]:
    """The open time behind a campaign's starts: equal for campaigns with equal hours, whatever their clips' length."""
    return tuple(StartRange(one.low, one.high + room.airing, one.session) for one in room.ranges)


def _favoured_sessions(rooms: Sequence[Room], rules: StationRules) -> frozenset[int] | None:
    """Under a cap of sessions a day, those that hold most of what is wanted; None without such a cap."""
    most = rules.cap.sessions_a_day
    if most is None:
        return None
    holds: dict[int, int] = {}
    for room in rooms:
        if room.refusal:
            continue
        for session in {one.session for one in room.ranges}:
            within = [one for one in room.ranges if one.session == session]
            fits = len(leftmost_starts(within, room.wanted, room.airing + room.gap, _limit(room, rules)))
            holds[session] = holds.get(session, 0) + fits
    return frozenset(sorted(holds, key=lambda session: (-holds[session], session))[: max(most, 0)])


def _limit(room: Room, rules: StationRules) -> int | None:
    """How often the clip goes into one session's minutes."""
    minutes = rules.cap.minutes_a_session
    return None if minutes is None else int(minutes * 60 // room.planned.airing.total_seconds())


def _even_wishes(room: Room, rules: StationRules, favoured: frozenset[int] | None, phase: Fraction) -> list[_Wish]:
    ranges = [one for one in room.ranges if favoured is None or one.session in favoured] or list(room.ranges)
    step = room.airing + room.gap
    targets = even_starts(ranges, room.wanted, room.airing, step, phase=phase, limit=_limit(room, rules))
    targets += [ranges[-1].high] * (room.wanted - len(targets))
    return [_Wish(room, number, target) for number, target in enumerate(targets, start=1)]


def _every_wishes(room: Room, day: date, rules: StationRules) -> list[_Wish]:
    """Wishes on the beat. One that falls into quiet hours is refused, not moved to their edge."""
    campaign = room.planned.campaign
    reach = int(campaign.boost.value * 60 - 1) // 2
    wishes: list[_Wish] = []
    for number, start in enumerate(every_starts(campaign, day, rules.zone_name), start=1):
        if start is None:
            wishes.append(_Wish(room, number, 0, refusal="dst_gap"))
            continue
        target = second(start, up=True)
        reachable = any(one.low <= target + reach and target - reach <= one.high for one in room.ranges)
        sounds_until = start if reachable else start + room.planned.airing
        if any(is_quiet(quiet, start, sounds_until, rules.zone_name) for quiet in quiets_of(rules, campaign.zone)):
            refusal = "quiet_hours"
        else:
            refusal = "" if reachable else "no_room"
        wishes.append(_Wish(room, number, target, reach, refusal))
    return wishes


def _still_wanted(wishes: Sequence[_Wish], day: date, fixed: Sequence[Slot]) -> list[_Wish]:
    """The wishes that no fixed slot answers; one played by hand answers the campaign's first open wish."""
    standing = {slot.id for slot in fixed}
    planned_ids = {slot_id(day, wish.room.planned.campaign.id, wish.ordinal) for wish in wishes}
    extra: dict[int, int] = {}
    for slot in {slot.id: slot for slot in fixed}.values():
        if slot.makes_good or slot.id in planned_ids:
            continue  # it answers the wish of the airing that it is, or that it makes good
        if slot.campaign_id and slot.day == day and slot.outcome not in SOUNDLESS:
            extra[slot.campaign_id] = extra.get(slot.campaign_id, 0) + 1
    left: list[_Wish] = []
    for wish in wishes:
        campaign_id = wish.room.planned.campaign.id
        if slot_id(day, campaign_id, wish.ordinal) in standing:
            continue
        if extra.get(campaign_id, 0):
            extra[campaign_id] -= 1
            continue
        left.append(wish)
    return left


def _fill(day: date, wishes: Sequence[_Wish], air: DayAir, choice: _Choice, earliest: datetime | None) -> DayPlan:
    """Gives each wish, in turn, the best start still free for it."""
    slots: list[Slot] = []
    refusals: list[Refusal] = []
    # Campaigns that found nothing free: nothing becomes free again, so their later wishes need not look.
    shut: dict[int, str] = {}
    for wish in wishes:
        campaign = wish.room.planned.campaign
        reason = wish.refusal or shut.get(campaign.id, "")
        free, reason = ([], reason) if reason else _free_for(wish, air, earliest)
        if reason:
            if wish.reach is None:
                shut[campaign.id] = reason
            refusals.append(Refusal(campaign.id, wish.ordinal, reason, details_of(reason, wish.room, air.rules)))
            continue
        slot = _slot(wish.room.planned, day, slot_id(day, campaign.id, wish.ordinal), choice(wish, free))
        air.stand(slot, wish.room.gap)
        slots.append(slot)
    return _in_order(day, slots, refusals)


def _slot(planned: PlannedCampaign, day: date, name: str, start: int) -> Slot:
    campaign = planned.campaign
    return Slot(
        id=name,
        day=day,
        zone=campaign.zone,
        start=moment(start),
        length=planned.airing,
        campaign_id=campaign.id,
        announcement_id=campaign.announcement_id,
        audio_sha256=planned.audio_sha256,
        chime=campaign.chime,
        repeat=campaign.repeat,
        priority=campaign.priority,
    )


def _in_order(day: date, slots: Iterable[Slot], refusals: Iterable[Refusal]) -> DayPlan:
    by_start = sorted(slots, key=lambda slot: (slot.start, slot.id))
    return DayPlan(day, tuple(by_start), tuple(sorted(refusals, key=lambda one: (one.campaign_id, one.ordinal))))


def _with_made_good(
    plan: DayPlan,
    owed: Sequence[Debt],
    rooms: Mapping[int, Room],
    running: frozenset[int],
    air: DayAir,
    earliest: datetime | None,
) -> DayPlan:
    """The plan with what makes good its debts; each takes the first start that all the others leave."""
    slots, refusals = list(plan.slots), list(plan.refusals)
    ranks = {debt.slot.id: _rank(debt, rooms.get(debt.campaign_id)) for debt in owed}
    for debt in sorted(owed, key=lambda debt: ranks[debt.slot.id]):
        room = rooms.get(debt.campaign_id)
        if room is None or debt.ordinal > room.wanted:
            reason = "no_longer_wanted" if debt.campaign_id in running else "campaign_stopped"
            refusals.append(Refusal(debt.campaign_id, debt.ordinal, reason))
            continue
        found: list[int] = []
        reason = room.refusal
        if not reason:
            found, reason = starts_for(debt, room, air, earliest)
        if reason:
            refusals.append(Refusal(debt.campaign_id, debt.ordinal, reason, details_of(reason, room, air.rules)))
            continue
        slot = _slot(room.planned, plan.day, debt.pays_as, found[0])
        slot = replace(slot, trigger=Trigger.MAKE_GOOD, makes_good=debt.slot.id)
        air.stand(slot, room.gap)
        slots.append(slot)
    return _in_order(plan.day, slots, refusals)


def _rank(debt: Debt, room: Room | None) -> tuple[int, datetime, str]:
    priority = room.planned.campaign.priority if room else debt.slot.priority
    return priority, debt.slot.start, debt.slot.id


def _free_for(wish: _Wish, air: DayAir, earliest: datetime | None) -> tuple[list[Free], str]:
    """The starts a wish may take now, or the reason there is none."""
    room = wish.room
    free = air.free(room.ranges, room.airing, room.gap, room.planned.campaign.zone)
    if wish.reach is not None:
        free = _clipped(free, wish.target - wish.reach, wish.target + wish.reach)
    if not free:
        return [], "no_room"
    allowed, breach = air.within_caps(free, room.planned.airing, room.planned.campaign.zone)
    if not allowed:
        return [], breach
    if earliest is not None:
        allowed = _clipped(allowed, second(earliest, up=True), allowed[-1].high)
    return allowed, "" if allowed else "past"


def _clipped(free: list[Free], low: int, high: int) -> list[Free]:
    cut = (StartRange(max(one.low, low), min(one.high, high), one.session) for one in free)
    return [one for one in cut if one.low <= one.high]


def _nearest(wish: _Wish, free: list[Free]) -> int:
    """The wished start itself, else the nearest whole minute, else the nearest second."""
    if any(one.low <= wish.target <= one.high for one in free):
        return wish.target
    minutes = [nearest_minute(one.low, one.high, wish.target) for one in free]
    starts = [minute for minute in minutes if minute is not None]
    starts = starts or [min(max(wish.target, one.low), one.high) for one in free]
    return min(starts, key=lambda start: (abs(start - wish.target), start))


def _lattice(rooms: Sequence[Room]) -> _Choice:
    """A choice on a common beat, wide enough for any two clips: nothing is lost between airings of equal length."""
    live = [room for room in rooms if not room.refusal]
    pitch = max((room.airing for room in live), default=1) + max((room.gap for room in live), default=0)

    def nearest_beat(wish: _Wish, free: list[Free]) -> int:
        if wish.reach is not None:
            return _nearest(wish, free)
        beats: list[int] = []
        for one in free:
            origin = next(room.low for room in wish.room.ranges if room.low <= one.low <= room.high)
            first, last = -((origin - one.low) // pitch), (one.high - origin) // pitch
            if first <= last:
                beat = min(max((wish.target - origin + pitch // 2) // pitch, first), last)
                beats.append(origin + beat * pitch)
        if not beats:
            return _nearest(wish, free)
        return min(beats, key=lambda start: (abs(start - wish.target), start))

    return nearest_beat


def _earliest(wish: _Wish, free: list[Free]) -> int:
    """For a crowded day; what has its beat ("every N minutes") stays as near to it as it can."""
    return free[0].low if wish.reach is None else _nearest(wish, free)


def _cost(plan: DayPlan, rooms: Sequence[Room]) -> list[int]:
    """Airings lost for lack of room, the more urgent priorities first."""
    priority = {room.planned.campaign.id: room.planned.campaign.priority for room in rooms}
    lost = [
        priority[one.campaign_id] for one in plan.refusals if one.reason in {"no_room", "cap_sessions", "cap_minutes"}
    ]
    return [lost.count(level) for level in sorted(set(priority.values()))]
