"""Which airings each campaign wants on a day, and where each would best start: the planner's questions.

A wish has a number (the campaign's n-th of the day), the clip whose turn it is and a wished instant. "Every N minutes"
wishes are bound to their beat; all others may be moved anywhere the campaign may air. What of them stands already is
found here too: most by their number, those on a beat by their time, because hours that were edited at noon have other
beats. What is free, and who gets it, is not asked here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import count
from types import MappingProxyType

from scheduler.core.model import BoostKind, Slot, StationRules, Trigger
from scheduler.core.planning.availability import Availability
from scheduler.core.planning.day_occupancy import SOUNDLESS, second, whole_seconds
from scheduler.core.planning.day_plan import Clip, DayPlan
from scheduler.core.planning.distribution import StartRange, even_starts, leftmost_starts
from scheduler.core.planning.make_good import ordinal_of, slot_id
from scheduler.core.planning.rotation import clip_of
from scheduler.core.planning.rules import boost_holds, every_starts, is_quiet, phase_on, quiets_of
from scheduler.core.planning.windows_first import Ranges, by_window, shares_of, windows_of

__all__ = ["AiringRequest", "Open", "beat_of", "on_beat", "still_open", "turns_in", "wishes_of"]


@dataclass(frozen=True, slots=True)
class AiringRequest:
    """One wanted airing: where it would best start, and how far from there it may be moved (None: anywhere)."""

    room: Availability
    number: int
    """Its place among the campaign's wishes of the day, from 1."""
    ordinal: int
    """What its slot is called by: its number, unless a slot of other hours has that name already."""
    clip: Clip
    airing: int
    """Whole seconds of the clip, rounded up."""
    starts: tuple[StartRange, ...]
    """Where the campaign may start an airing of that length."""
    target: int
    reach: int | None = None
    refusal: str = ""
    home: Ranges = ()
    """The starts of the window that it is for; it goes elsewhere only when that has no room. Empty: any."""
    opens: bool = False
    """It is the first beat of a window: among equals it chooses first, what has no hour of its own gives way."""

    @property
    def turn(self) -> tuple[int, int, bool, int, int]:
        campaign = self.room.planned.campaign
        return campaign.priority, campaign.rank, not self.opens, self.number, campaign.id


def wishes_of(rooms: Sequence[Availability], day: date, rules: StationRules) -> list[AiringRequest]:
    """Every campaign's wishes, in the turn in which they choose."""
    return sorted((wish for group in _groups(rooms, day, rules) for wish in group), key=lambda wish: wish.turn)


def _groups(rooms: Sequence[Availability], day: date, rules: StationRules) -> Iterable[list[AiringRequest]]:
    favoured = _favoured_sessions(rooms, rules)
    alike: dict[tuple[StartRange, ...], list[int]] = {}
    for room in rooms:
        if not room.refusal:
            alike.setdefault(room.spans, []).append(room.planned.campaign.id)
    for room in rooms:
        if room.refusal:
            yield [_wish(room, number, 0, refusal=room.refusal) for number in range(1, room.wanted + 1)]
        elif on_beat(room, day):
            yield _every_wishes(room, day, rules)
        else:
            peers = alike[room.spans]
            phase = Fraction(2 * peers.index(room.planned.campaign.id) + 1, 2 * len(peers))
            yield _even_wishes(room, day, rules, favoured, phase)


def on_beat(room: Availability, day: date) -> bool:
    """Whether the campaign wants "every N minutes" that day."""
    return beat_of(room, day) > 0


def beat_of(room: Availability, day: date) -> int:
    """Seconds from beat to beat of a campaign that wants "every N minutes" that day, else 0."""
    boost = phase_on(room.planned.campaign, day).boost
    return int(boost.value * 60) if boost.kind is BoostKind.EVERY and boost_holds(boost) else 0


def _wish(
    room: Availability, number: int, target: int, *, reach: int | None = None, refusal: str = "", home: Ranges = ()
) -> AiringRequest:
    clip = clip_of(room.planned, room.turn + number - 1)
    airing = whole_seconds(clip.airing)
    starts = room.starts(airing)
    if not refusal and not starts:
        refusal = "clip_too_long"  # of a rotation: its other clips have room
    return AiringRequest(room, number, number, clip, airing, starts, target, reach, refusal, home)


def _favoured_sessions(rooms: Sequence[Availability], rules: StationRules) -> frozenset[int] | None:
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


def _limit(room: Availability, rules: StationRules) -> int | None:
    """How often the clip goes into one session's minutes."""
    minutes = rules.cap.minutes_a_session
    return None if minutes is None else int(timedelta(minutes=minutes) // room.length)


def _even_wishes(
    room: Availability, day: date, rules: StationRules, favoured: frozenset[int] | None, phase: Fraction
) -> list[AiringRequest]:
    """Wishes by count: each window has its share of them, and each wish the window that it is for."""
    ranges = [one for one in room.ranges if favoured is None or one.session in favoured] or list(room.ranges)
    step, limit = room.airing + room.gap, _limit(room, rules)
    groups = by_window(ranges, windows_of(room.planned.campaign, day, rules))
    shares = shares_of(groups, room.wanted, room.airing, step, limit)
    found: list[tuple[int, Ranges]] = []
    for group, share in zip(groups, shares, strict=True):
        targets = even_starts(group, share, room.airing, step, phase=phase, limit=limit)
        found += [(target, group) for target in targets]
    found += [(ranges[-1].high, ())] * (room.wanted - len(found))
    return [_wish(room, number, target, home=home) for number, (target, home) in enumerate(found, start=1)]


def _every_wishes(room: Availability, day: date, rules: StationRules) -> list[AiringRequest]:
    """Wishes on the beat. One that falls into quiet hours is refused, not moved to their edge."""
    campaign = room.planned.campaign
    reach = int(phase_on(campaign, day).boost.value * 60 - 1) // 2
    opened = {start for start, _ in windows_of(campaign, day, rules)}
    airing_requests: list[AiringRequest] = []
    for number, start in enumerate(every_starts(campaign, day, rules.zone_name), start=1):
        if start is None:
            airing_requests.append(_wish(room, number, 0, refusal="dst_gap"))
            continue
        wish = replace(_wish(room, number, second(start, up=True), reach=reach), opens=start in opened)
        reachable = any(one.low <= wish.target + reach and wish.target - reach <= one.high for one in wish.starts)
        sounds_until = start if reachable else start + wish.clip.airing
        if any(is_quiet(quiet, start, sounds_until, rules.zone_name) for quiet in quiets_of(rules, campaign.zone)):
            wish = replace(wish, refusal="quiet_hours")
        elif not reachable:
            wish = replace(wish, refusal=wish.refusal or "no_room")
        airing_requests.append(wish)
    return airing_requests


@dataclass(frozen=True, slots=True)
class Open:
    """What of a day's wishes no standing slot answers, and the standing slots that answer one."""

    airing_requests: tuple[AiringRequest, ...]
    answers: frozenset[str]


def still_open(
    airing_requests: Sequence[AiringRequest],
    day: date,
    fixed: Iterable[Slot],
    moved: Mapping[str, datetime] = MappingProxyType({}),
) -> Open:
    """Sets the standing slots of `day` against its wishes; one by hand answers the first open wish.

    `moved`: slot name -> where the planner had it. Such a slot answers the beat that it was moved from.
    """
    standing = {slot.id: slot for slot in fixed}
    own: dict[int, list[Slot]] = {}
    for slot in standing.values():
        if slot.campaign_id is not None and slot.day == day and not slot.makes_good:
            own.setdefault(slot.campaign_id, []).append(slot)
    if not own:
        return Open(tuple(airing_requests), frozenset())
    groups: dict[int, list[AiringRequest]] = {}
    for wish in airing_requests:
        groups.setdefault(wish.room.planned.campaign.id, []).append(wish)
    left: list[AiringRequest] = []
    answers: set[str] = set()
    for campaign_id, group in groups.items():
        slots = sorted(own.get(campaign_id, ()), key=lambda slot: (slot.start, slot.id))
        found = (
            _answered_by_time(group, slots, moved)
            if any(one.reach for one in group)
            else _answered_by_name(group, slots)
        )
        answers |= {slot.id for slot in found.values()}
        left += _left_of(group, slots, found)
    return Open(tuple(sorted(left, key=lambda wish: wish.turn)), frozenset(answers))


def _name(wish: AiringRequest, day: date) -> str:
    return slot_id(day, wish.room.planned.campaign.id, wish.ordinal)


def _answered_by_name(group: Sequence[AiringRequest], slots: Sequence[Slot]) -> dict[int, Slot]:
    """SubmissionRequest number -> the slot that stands for it."""
    by_name = {slot.id: slot for slot in slots}
    return (
        {wish.number: by_name[name] for wish in group if (name := _name(wish, slots[0].day)) in by_name}
        if slots
        else {}
    )


def _answered_by_time(
    group: Sequence[AiringRequest], slots: Sequence[Slot], moved: Mapping[str, datetime]
) -> dict[int, Slot]:
    """The same for wishes on a beat: a slot answers the beat it lies on, its own by name before any other."""

    def off_by(wish: AiringRequest, slot: Slot) -> int:
        return abs(second(moved.get(slot.id, slot.start)) - wish.target)

    planned = {slot.id: slot for slot in slots if slot.trigger is Trigger.SCHEDULE}
    found: dict[int, Slot] = {}
    for wish in group:
        slot = planned.get(_name(wish, slots[0].day)) if slots else None
        if slot and off_by(wish, slot) <= (wish.reach or 0):
            found[wish.number] = planned.pop(slot.id)
    for slot in planned.values():
        near = [(off_by(wish, slot), wish.number) for wish in group if wish.number not in found]
        within = [one for one in near if one[0] <= (group[one[1] - 1].reach or 0)]
        if within:
            found[min(within)[1]] = slot
    return found


def _left_of(group: Sequence[AiringRequest], slots: Sequence[Slot], found: dict[int, Slot]) -> list[AiringRequest]:
    """The wishes of one campaign that are left, each with a name that no standing slot has."""
    on_time = any(wish.reach for wish in group)
    answering = {slot.id for slot in found.values()}
    others = [slot for slot in slots if slot.id not in answering]
    extra = sum(slot.outcome not in SOUNDLESS and not (on_time and slot.trigger is Trigger.SCHEDULE) for slot in others)
    left = [wish for wish in group if wish.number not in found][extra:]
    taken = {number for slot in slots if (number := ordinal_of(slot)) is not None}
    foreign = [number for slot in others if (number := ordinal_of(slot)) is not None]
    beyond = max([len(group), *foreign])
    return [_named(wish, next(n for n in count(wish.ordinal, beyond) if n not in taken)) for wish in left]


def _named(wish: AiringRequest, ordinal: int) -> AiringRequest:
    """The wish under another ordinal, with the clip whose turn that is."""
    if ordinal == wish.ordinal:
        return wish
    named = _wish(wish.room, ordinal, wish.target, reach=wish.reach, refusal=wish.refusal, home=wish.home)
    return replace(named, number=wish.number, opens=wish.opens)


def turns_in(plan: DayPlan, standing: Iterable[Slot]) -> Counter[int]:
    """How many turns each campaign has on a day: every airing that stands, is planned, or was refused."""
    names: dict[str, int] = {}
    for slot in (*standing, *plan.slots):
        if slot.campaign_id is not None and slot.trigger is Trigger.SCHEDULE and slot.day == plan.day:
            names[slot.id] = slot.campaign_id
    for one in plan.refusals:
        names[slot_id(plan.day, one.campaign_id, one.ordinal)] = one.campaign_id
    return Counter(names.values())
