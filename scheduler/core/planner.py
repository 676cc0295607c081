"""One day's plan: which airing of which campaign starts when, and why each other wanted airing does not.

Pure and deterministic: the order of the arguments plays no part, and nothing is read but the arguments.

How: every campaign's airings get a wished instant (`spreading`); then, priority by priority and round by round, each
takes the best free start for it. "Best" never depends on what others took, only "free" does. That is why planning
again at noon with the morning's slots as `fixed` finds the same afternoon. Quiet hours, windows, gaps and caps are
facts of "free"; the gate asks them all once more before sound.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from scheduler.core.day_air import SOUNDLESS, DayAir, Free, moment, second, whole_seconds
from scheduler.core.model import BoostKind, CampaignState, DayPlan, PlannedCampaign, Refusal, Slot, StationRules
from scheduler.core.rules import airings_wanted, boost_holds, every_starts, is_quiet, open_spans, raw_spans, wanted_on
from scheduler.core.sessions import cap_details, session_of, session_stretches
from scheduler.core.spreading import StartRange, even_starts, leftmost_starts, nearest_minute

__all__ = ["plan_day", "slot_id"]


def slot_id(day: date, campaign_id: int, ordinal: int) -> str:
    """The stable name of a campaign's n-th airing of a day."""
    return f"{day:%Y%m%d}-c{campaign_id}-{ordinal}"


@dataclass(frozen=True, slots=True)
class _Room:
    """A campaign with its permitted starts of the day, in whole seconds."""

    planned: PlannedCampaign
    wanted: int
    ranges: tuple[StartRange, ...]
    airing: int
    gap: int
    refusal: str = ""
    """Why nothing of it can air that day, else empty."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """One wanted airing: where it would best start, and how far from there it may be moved (None: anywhere)."""

    room: _Room
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
            cancelled) keeps its ordinal but takes no place.
        not_before: nothing new starts earlier.

    Every wanted airing is a fixed slot, a new slot or a refusal. Reasons: the campaign's own `blocked`, `no_audio`,
    `cap_weekday`, `no_windows`, `dst_gap`, `quiet_hours`, `clip_too_long`, `no_room`, `cap_sessions`, `cap_minutes`
    and `past`.

    """
    active = [one for one in campaigns if one.campaign.state is CampaignState.ACTIVE and wanted_on(one.campaign, day)]
    active.sort(key=lambda one: one.campaign.id)
    if len({one.campaign.id for one in active}) < len(active):
        raise ValueError("plan_day was given two campaigns with one id")
    stretches = session_stretches(day, (one.campaign for one in active), rules)
    rooms = [_room(one, day, rules, stretches) for one in active]
    wishes = sorted((wish for group in _wishes(rooms, day, rules) for wish in group), key=lambda wish: wish.turn)
    gaps = {room.planned.campaign.id: room.gap for room in rooms}

    def fill(choice: _Choice, standing: Sequence[Slot], earliest: datetime | None) -> DayPlan:
        air = DayAir(rules, stretches, (one.campaign.zone for one in active))
        for slot in standing:
            air.stand(slot, gaps.get(slot.campaign_id or 0, 0))
        return _fill(day, _still_wanted(wishes, day, standing), air, choice, earliest)

    # The way of choosing is settled on the empty day, so that planning again later in the day settles the same.
    choice: _Choice = _nearest
    plan = fill(choice, (), None)
    for other in (_lattice(rooms), _earliest):
        if any(_cost(plan, rooms)):
            attempt = fill(other, (), None)
            if _cost(attempt, rooms) < _cost(plan, rooms):
                choice, plan = other, attempt
    return fill(choice, fixed, not_before) if fixed or not_before else plan


def _room(
    one: PlannedCampaign, day: date, rules: StationRules, stretches: Sequence[tuple[datetime, datetime]]
) -> _Room:
    campaign = one.campaign
    airing = whole_seconds(one.airing)
    gap = max(whole_seconds(campaign.min_gap), whole_seconds(rules.min_gap), 0)
    ranges = tuple(
        StartRange(second(start, up=True), second(end) - airing, session_of(start, stretches))
        for start, end in open_spans(campaign, day, rules)
        if second(end) - airing >= second(start, up=True)
    )
    wanted = airings_wanted(campaign, day, rules.zone_name)
    return _Room(one, wanted, ranges, airing, gap, _whole_refusal(one, day, rules, bool(ranges)))


def _whole_refusal(one: PlannedCampaign, day: date, rules: StationRules, has_room: bool) -> str:  # noqa: FBT001 - private, named at its one call
    """Why a campaign can have no airing at all that day, the first reason that holds."""
    if one.blocked:
        return one.blocked
    if whole_seconds(one.airing) <= 0:
        return "no_audio"
    if day.weekday() not in rules.cap.weekdays:
        return "cap_weekday"
    if has_room:
        return ""
    windows = raw_spans(one.campaign.windows, day, rules.zone_name)
    if not windows:
        return "dst_gap" if raw_spans(one.campaign.windows, date(2001, 1, 1), "UTC") else "no_windows"
    too_long = all(end - start < one.airing for start, end in windows)
    return "clip_too_long" if too_long else "quiet_hours"


def _wishes(rooms: Sequence[_Room], day: date, rules: StationRules) -> Iterable[list[_Wish]]:
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


def _spans_of(room: _Room) -> tuple[StartRange, ...]:
    """The open time behind a campaign's starts: equal for campaigns with equal hours, whatever their clips' length."""
    return tuple(StartRange(one.low, one.high + room.airing, one.session) for one in room.ranges)


def _favoured_sessions(rooms: Sequence[_Room], rules: StationRules) -> frozenset[int] | None:
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


def _limit(room: _Room, rules: StationRules) -> int | None:
    """How often the clip goes into one session's minutes."""
    minutes = rules.cap.minutes_a_session
    return None if minutes is None else int(minutes * 60 // room.planned.airing.total_seconds())


def _even_wishes(room: _Room, rules: StationRules, favoured: frozenset[int] | None, phase: Fraction) -> list[_Wish]:
    ranges = [one for one in room.ranges if favoured is None or one.session in favoured] or list(room.ranges)
    step = room.airing + room.gap
    targets = even_starts(ranges, room.wanted, room.airing, step, phase=phase, limit=_limit(room, rules))
    targets += [ranges[-1].high] * (room.wanted - len(targets))
    return [_Wish(room, number, target) for number, target in enumerate(targets, start=1)]


def _every_wishes(room: _Room, day: date, rules: StationRules) -> list[_Wish]:
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
        if is_quiet(rules.quiet_hours, start, sounds_until, rules.zone_name):
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
        if slot.campaign_id and slot.day == day and slot.id not in planned_ids and slot.outcome not in SOUNDLESS:
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
            refusals.append(Refusal(campaign.id, wish.ordinal, reason, _details(reason, wish, air.rules)))
            continue
        slot = Slot(
            id=slot_id(day, campaign.id, wish.ordinal),
            day=day,
            zone=campaign.zone,
            start=moment(choice(wish, free)),
            length=wish.room.planned.airing,
            campaign_id=campaign.id,
            announcement_id=campaign.announcement_id,
            audio_sha256=wish.room.planned.audio_sha256,
            chime=wish.room.planned.campaign.chime,
            repeat=wish.room.planned.campaign.repeat,
            priority=campaign.priority,
        )
        air.stand(slot, wish.room.gap)
        slots.append(slot)
    slots.sort(key=lambda slot: (slot.start, slot.id))
    refusals.sort(key=lambda refusal: (refusal.campaign_id, refusal.ordinal))
    return DayPlan(day, tuple(slots), tuple(refusals))


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


def _details(reason: str, wish: _Wish, rules: StationRules) -> dict[str, object]:
    """What the sentence of a refusal needs."""
    if reason.startswith("cap_"):
        return cap_details(rules.cap, reason)
    if reason == "quiet_hours":
        windows = ", ".join(map(str, rules.quiet_hours.windows))
        return {"windows": windows, "legal_basis": rules.quiet_hours.legal_basis}
    if reason in {"no_room", "clip_too_long"}:
        return {"seconds": wish.room.airing, "gap_minutes": wish.room.gap / 60}
    return {}


def _nearest(wish: _Wish, free: list[Free]) -> int:
    """The wished start itself, else the nearest whole minute, else the nearest second."""
    if any(one.low <= wish.target <= one.high for one in free):
        return wish.target
    minutes = [nearest_minute(one.low, one.high, wish.target) for one in free]
    starts = [minute for minute in minutes if minute is not None]
    starts = starts or [min(max(wish.target, one.low), one.high) for one in free]
    return min(starts, key=lambda start: (abs(start - wish.target), start))


def _lattice(rooms: Sequence[_Room]) -> _Choice:
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


def _cost(plan: DayPlan, rooms: Sequence[_Room]) -> list[int]:
    """Airings lost for lack of room, the more urgent priorities first."""
    priority = {room.planned.campaign.id: room.planned.campaign.priority for room in rooms}
    lost = [
        priority[one.campaign_id] for one in plan.refusals if one.reason in {"no_room", "cap_sessions", "cap_minutes"}
    ]
    return [lost.count(level) for level in sorted(set(priority.values()))]
