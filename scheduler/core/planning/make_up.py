"""Bù lượt nhường chỗ: one airing gives way to a wish and is made up on a later day, as people have decided.

The decision is a pin that leaves the airing out and names when it is made up. The planner of that day puts it down
like any other start that a person gave: inside the hours of its campaign, with its silence, outside quiet hours, inside
the caps. What cannot stand is told with its reason, and is never moved elsewhere by itself. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from scheduler.core.model import AiringOutcome, Slot, Trigger
from scheduler.core.planning.availability import Availability
from scheduler.core.planning.day_occupancy import SOUNDLESS, DayOccupancy
from scheduler.core.planning.day_plan import Clip, PlannedCampaign, Refusal
from scheduler.core.planning.placement import Pin, refusal_at, slot_of, wall
from scheduler.core.planning.rotation import mute

__all__ = ["MakeUp", "airings_of", "clip_saying", "made_up", "of_day", "over_most"]

_SILENT = SOUNDLESS | {AiringOutcome.FAILED}
"""Ends of a slot of which nothing was heard."""


@dataclass(frozen=True, slots=True)
class MakeUp:
    """What a wish decides: the airing `slot_id` gives way to it, and is made up at `at` on another day."""

    slot_id: str
    at: datetime


def of_day(pins: Sequence[Pin], day: date) -> tuple[list[Pin], list[Pin]]:
    """The pins of a day's own airings, and those that make up an airing of another day on it."""
    own = [pin for pin in pins if pin.day == day]
    return own, [pin for pin in pins if pin.day != day and pin.made_up_day == day]


def clip_saying(planned: PlannedCampaign, announcement_id: int | None) -> Clip | None:
    """What a campaign has of an announcement that may air."""
    return next((one for one in planned.clips if one.announcement_id == announcement_id and not mute(one)), None)


def airings_of(slots: Iterable[Slot]) -> Counter[int]:
    """Campaign -> how many airings these slots have been or will be, whatever they are for."""
    return Counter(slot.campaign_id or 0 for slot in slots if slot.outcome not in _SILENT)


def over_most(planned: PlannedCampaign, aired: Mapping[int, int]) -> Refusal | None:
    """Why one more airing of the day would be beyond what the dispatch of a campaign allows; `aired`: `airings_of`."""
    number = planned.campaign.id
    if planned.most is None or aired.get(number, 0) < planned.most:
        return None
    return Refusal(number, 0, "most_reached", {"most": planned.most})


def made_up(
    pins: Sequence[Pin],
    day: date,
    rooms: Mapping[int, Availability],
    air: DayOccupancy,
    earliest: datetime | None,
    aired: Counter[int],
) -> tuple[list[Slot], list[Refusal]]:
    """The airings of other days that `day` makes up, and those that it cannot, which name their own day; `air` and
    `aired` (`airings_of` the day) hold them afterwards.
    """
    slots: list[Slot] = []
    unkept: list[Refusal] = []
    for pin in sorted(pins, key=lambda pin: (pin.made_up or pin.was, pin.slot_id)):
        room, start = rooms.get(pin.campaign_id), pin.made_up or pin.was
        clip = clip_saying(room.planned, pin.announcement_id) if room else None
        if room is None or clip is None or room.refusal:
            refusal = Refusal(pin.campaign_id, 0, (room.refusal if room else "") or "no_longer_wanted")
        elif found := over_most(room.planned, aired) or refusal_at(start, clip, room, air, earliest):
            refusal = found
        else:
            slot = slot_of(room.planned.campaign, clip, day, pin.pays_as, start)
            slots.append(replace(slot, trigger=Trigger.MAKE_GOOD, makes_good=pin.slot_id))
            air.stand(slots[-1], room.gap)
            aired[pin.campaign_id] += 1
            continue
        told = dict(refusal.details) | {"at": wall(start, air.rules), "of_day": pin.day.isoformat()}
        unkept.append(replace(refusal, ordinal=pin.ordinal, details=told))
    return slots, unkept
