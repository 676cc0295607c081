"""Lượt do người xếp giờ: may one airing start at this very second, and which of a day's placed airings can be kept.

A pin is what a person has said of one airing of a campaign: its start, or that it is left out. The planner puts the
pins down before all else, with the same question that the desk asks when somebody drags an airing: inside the hours of
its campaign, outside quiet hours, with its silence before and after, inside the caps, not too soon. A pin that cannot
be kept is told with its reason, and its airing is planned as any other. Pure; it never says what may sound (that is
the gate's), and it writes nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from scheduler.core.model import DEFAULT_ZONE, Campaign, CampaignState, Slot, StationRules, Trigger
from scheduler.core.planning.airing_requests import AiringRequest
from scheduler.core.planning.availability import Availability, details_of, gap_of, room_of
from scheduler.core.planning.day_occupancy import DayOccupancy, second, whole_seconds
from scheduler.core.planning.day_plan import Clip, PlannedCampaign, Refusal
from scheduler.core.planning.distribution import StartRange
from scheduler.core.planning.excepted import met, of_campaign, too_long
from scheduler.core.planning.make_good import slot_id
from scheduler.core.planning.rules import halted_at, is_quiet, quiets_of, wanted_on, windows_on
from scheduler.core.planning.sessions import cap_details, session_of, session_stretches

__all__ = [
    "Pin",
    "PlacedPins",
    "judged",
    "keep",
    "moved_from",
    "places_left",
    "refusal_at",
    "slot_of",
    "still_pinned",
    "wall",
    "wishes_behind",
]


@dataclass(frozen=True, slots=True)
class Pin:
    """What a person has said of a campaign's n-th airing of a day. `start` None: it is left out, for `why`."""

    day: date
    campaign_id: int
    ordinal: int
    start: datetime | None
    was: datetime
    """Where the planner had put it."""
    person_id: int
    by: str = ""
    """That person's name."""
    why: str = ""
    made_up: datetime | None = None
    """Of one that is left out: when it is made up, on another day (`make_up`)."""
    made_up_day: date | None = None
    announcement_id: int | None = None
    """What it says then."""

    @property
    def slot_id(self) -> str:
        return slot_id(self.day, self.campaign_id, self.ordinal)

    @property
    def pays_as(self) -> str:
        """The slot that makes it up."""
        return f"{self.slot_id}-b1"

    def placed_on(self, day: date) -> str:
        """The slot of `day` that it gives a start; empty where none."""
        if self.day == day:
            return self.slot_id if self.start is not None else ""
        return self.pays_as if self.made_up_day == day else ""


@dataclass(frozen=True, slots=True)
class PlacedPins:
    """What became of a day's pins. `wishes`: those that no pin answers."""

    airing_requests: list[AiringRequest]
    slots: list[Slot] = field(default_factory=list)
    left_out: list[Refusal] = field(default_factory=list)
    unkept: list[Refusal] = field(default_factory=list)
    """Pins that could not be kept, and why."""
    answered: list[AiringRequest] = field(default_factory=list)
    """Those that a pin answers: they have left the place that they would have."""


def moved_from(pins: Iterable[Pin]) -> dict[str, datetime]:
    """Slot name -> where the planner had it: by that a moved airing answers its beat, wherever it lies now."""
    return {pin.slot_id: pin.was for pin in pins if pin.start is not None}


def keep(
    airing_requests: Sequence[AiringRequest], pins: Sequence[Pin], air: DayOccupancy, earliest: datetime | None
) -> PlacedPins:
    """Puts down the pins of a day, those of the more urgent campaigns first; `air` holds them afterwards."""
    open_ = {(wish.room.planned.campaign.id, wish.ordinal): wish for wish in airing_requests}
    turns = [(pin, open_.get((pin.campaign_id, pin.ordinal))) for pin in pins]
    kept = PlacedPins([])
    done: set[tuple[int, int]] = set()
    for pin, wish in sorted(turns, key=lambda one: _turn(*one)):
        if wish is None or _strays(pin, wish):
            if pin.start is not None:
                kept.unkept.append(Refusal(pin.campaign_id, pin.ordinal, "pin_not_wanted", _about(pin, air.rules)))
            continue
        if pin.start is None:
            kept.left_out.append(_left_out(pin, air.rules))
            kept.answered.append(wish)
            done.add((pin.campaign_id, pin.ordinal))
            continue
        room = wish.room
        refusal = _of_wish(wish) or refusal_at(pin.start, wish.clip, room, air, earliest)
        if refusal is not None:
            told = dict(refusal.details) | _about(pin, air.rules)
            kept.unkept.append(Refusal(pin.campaign_id, pin.ordinal, refusal.reason, told))
            continue
        slot = slot_of(room.planned.campaign, wish.clip, pin.day, pin.slot_id, pin.start, moved_from=pin.was)
        air.stand(slot, room.gap)
        kept.slots.append(slot)
        kept.answered.append(wish)
        done.add((pin.campaign_id, pin.ordinal))
    kept.airing_requests.extend(
        wish for wish in airing_requests if (wish.room.planned.campaign.id, wish.ordinal) not in done
    )
    return kept


def _left_out(pin: Pin, rules: StationRules) -> Refusal:
    told = _about(pin, rules) | {"by": pin.by}
    if pin.made_up is None:
        return Refusal(pin.campaign_id, pin.ordinal, "left_out", told | {"why": pin.why})
    local = pin.made_up.astimezone(ZoneInfo(rules.zone_name))
    told["made_up"] = f"{wall(pin.made_up, rules)} {local:%d/%m}"
    return Refusal(pin.campaign_id, pin.ordinal, "made_up_later", told)


def _turn(pin: Pin, wish: AiringRequest | None) -> tuple[int, int, datetime, int, int]:
    campaign = wish.room.planned.campaign if wish else None
    urgency = (campaign.priority.value, campaign.rank) if campaign else (0, 0)
    return (*urgency, pin.start or pin.was, pin.campaign_id, pin.ordinal)


def _strays(pin: Pin, wish: AiringRequest) -> bool:
    """Whether that number now names another airing: hours, and so beats, were changed since."""
    return wish.reach is not None and abs(second(pin.was) - wish.target) > wish.reach


def _of_wish(wish: AiringRequest) -> Refusal | None:
    """Why that airing can have no place anywhere. Quiet hours on its beat do not keep it from another place."""
    reason = wish.room.refusal or ("clip_too_long" if wish.refusal == "clip_too_long" else "")
    campaign = wish.room.planned.campaign
    return Refusal(campaign.id, wish.ordinal, reason) if reason else None


def _about(pin: Pin, rules: StationRules) -> dict[str, object]:
    return {"at": wall(pin.start or pin.was, rules)}


def wall(instant: datetime, rules: StationRules) -> str:
    """The wall time of an instant, with its seconds where it has some."""
    local = instant.astimezone(ZoneInfo(rules.zone_name))
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def slot_of(
    campaign: Campaign, clip: Clip, day: date, name: str, start: datetime, *, moved_from: datetime | None = None
) -> Slot:
    """One airing of a campaign as a slot."""
    return Slot(
        id=name,
        day=day,
        zone=campaign.zone,
        start=start,
        length=clip.airing,
        campaign_id=campaign.id,
        announcement_id=clip.announcement_id,
        audio_sha256=clip.audio_sha256,
        chime=campaign.chime,
        repeat=campaign.repeat,
        priority=campaign.priority,
        moved_from=moved_from,
    )


# One start against everything


def judged(
    slot: Slot,
    start: datetime,
    running: Sequence[PlannedCampaign],
    others: Iterable[Slot],
    rules: StationRules,
    earliest: datetime | None,
) -> Refusal | None:
    """Why a slot may not start at `start` beside the `others` of its day; None where it may.

    Args:
        slot: an airing of a campaign of `running`, or one that a person adds (no campaign): it has no hours of its own,
            and keeps the ward's.
        start: whole seconds.
        running: every campaign that runs, for the day's sessions and each one's gap.
        others: every other slot of the day, planned ones too.
        rules: the station's.
        earliest: what starts before it is too soon.

    """
    by_id = {one.campaign.id: one for one in running if one.campaign.state is CampaignState.ACTIVE}
    active = [one for one in by_id.values() if wanted_on(one.campaign, slot.day)]
    stretches = session_stretches(slot.day, (one.campaign for one in active), rules)
    air = DayOccupancy(rules, stretches, {slot.zone, *(one.campaign.zone for one in active)})
    for other in others:
        known = by_id.get(other.campaign_id or 0)
        air.stand(other, gap_of(known.campaign, rules) if known else 0)
    room: Availability | None = None
    if slot.campaign_id is not None:
        planned = by_id.get(slot.campaign_id)
        if planned is None or planned not in active:
            return Refusal(slot.campaign_id, 0, "pin_not_wanted", {"at": wall(start, rules)})
        room = room_of(planned, slot.day, rules, stretches)
        if room.refusal:
            return Refusal(slot.campaign_id, 0, room.refusal, details_of(room.refusal, room, rules))
    clip = Clip(slot.announcement_id, slot.length, slot.audio_sha256)
    return refusal_at(start, clip, room, air, earliest, zone=slot.zone, day=slot.day)


def refusal_at(
    start: datetime,
    clip: Clip,
    room: Availability | None,
    air: DayOccupancy,
    earliest: datetime | None,
    *,
    zone: str = DEFAULT_ZONE,
    day: date | None = None,
) -> Refusal | None:
    """The first reason that stands against a start; `room` None: an airing of no campaign, in `zone` on `day`."""
    campaign = room.planned.campaign if room else None
    number, zone = (campaign.id, campaign.zone) if campaign else (0, zone)
    if earliest is not None and start < earliest:
        return Refusal(number, 0, "too_soon", {"at": wall(start, air.rules)})
    if reason := _own_reason(start, clip, room, air.rules, zone, day):
        return Refusal(number, 0, *reason)
    gap = room.gap if room else max(whole_seconds(air.rules.min_gap), 0)
    seconds, at = whole_seconds(clip.airing), second(start)
    session = session_of(start, air.stretches)
    spot = StartRange(at, at, session)
    if not air.free([spot], seconds, gap, zone):
        return Refusal(number, 0, *_in_the_way(at, seconds, gap, zone, air))
    allowed, breach = air.within_caps([spot], clip.airing, zone)
    return None if allowed else Refusal(number, 0, breach, cap_details(air.rules.cap, breach))


_Reason = tuple[str, Mapping[str, object]]


def _own_reason(
    start: datetime, clip: Clip, room: Availability | None, rules: StationRules, zone: str, day: date | None
) -> _Reason | None:
    """What stands against it even on an empty day: quiet hours, a pause, hours that are not its campaign's."""
    at = second(start)
    if room and any(one.low <= at <= one.high for one in room.starts(whole_seconds(clip.airing))):
        return None
    sounds_until = start + clip.airing + rules.delay_of(zone)
    for quiet in quiets_of(rules, zone):
        if window := is_quiet(quiet, start, sounds_until, rules.zone_name):
            return "quiet_hours", {"window": str(window), "legal_basis": quiet.legal_basis}
    if room is None:
        return _closed_day_reason(day, rules)
    campaign = room.planned.campaign
    if halted_at(campaign, start):
        return "campaign_paused", {}
    kept = of_campaign(campaign)
    if left_out := met(kept, start, sounds_until, rules.zone_name) or too_long(kept, clip.airing):
        return left_out
    day = day or start.astimezone(ZoneInfo(rules.zone_name)).date()
    windows = ", ".join(str(window) for window in windows_on(campaign, day))
    return "outside_windows", {"windows": windows}


def _closed_day_reason(day: date | None, rules: StationRules) -> _Reason | None:
    """Of days on which nothing ordinary airs."""
    if day in rules.blackout:
        return "blackout_date", {"day": day.isoformat() if day else ""}
    closed = day is not None and day.weekday() not in rules.cap.weekdays
    return ("cap_weekday", cap_details(rules.cap, "cap_weekday")) if closed else None


def _in_the_way(at: int, seconds: int, gap: int, zone: str, air: DayOccupancy) -> _Reason:
    """What takes that air already, or is too near to it."""
    other, silence = air.in_the_way(at, seconds, gap, zone)
    told = {"slot": other.id, "other_at": wall(other.start, air.rules), "until": wall(other.end, air.rules)}
    if at < second(other.end, up=True) and second(other.start) < at + seconds:
        return ("relay_in_the_way" if other.trigger is Trigger.RELAY else "slot_overlaps"), told
    return "slot_too_close", told | {"gap_minutes": silence / 60}


def wishes_behind(
    airing_requests: Iterable[AiringRequest], pins: Sequence[Pin], standing: Iterable[Slot]
) -> list[AiringRequest]:
    """The wishes whose airing was moved and stands already where it was moved to."""
    moved = {pin.slot_id for pin in pins if pin.start is not None}
    stand = {slot.id for slot in standing if slot.id in moved}
    names = {(pin.campaign_id, pin.ordinal) for pin in pins if pin.slot_id in stand}
    return [wish for wish in airing_requests if (wish.room.planned.campaign.id, wish.ordinal) in names]


def places_left(pins: Iterable[Pin], answered: Iterable[AiringRequest]) -> list[tuple[int, int, int, str]]:
    """(start, end, gap, zone) of what moved or left-out airings have left behind."""
    was = {(pin.campaign_id, pin.ordinal): pin.was for pin in pins if pin.start != pin.was}
    places: list[tuple[int, int, int, str]] = []
    for wish in answered:
        campaign = wish.room.planned.campaign
        if (campaign.id, wish.ordinal) in was:
            start = second(was[campaign.id, wish.ordinal])
            places.append((start, start + wish.airing, wish.room.gap, campaign.zone))
    return places


def still_pinned(pins: Iterable[Pin], standing: Collection[str]) -> list[Pin]:
    """The pins whose airing does not stand yet under its name."""
    return [pin for pin in pins if pin.slot_id not in standing]
