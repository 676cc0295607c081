"""Where one campaign may air on a day: its permitted starts, what it wants, and why it can have nothing at all.

A room is what a campaign's own hours, dates and sound leave of the day, in whole seconds; what others take of it is
`day_air`'s, and which start is taken is the planner's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler.core.day_air import second, whole_seconds
from scheduler.core.model import PlannedCampaign, QuietHours, StationRules
from scheduler.core.rules import airings_wanted, open_spans, raw_spans
from scheduler.core.sessions import cap_details, session_of
from scheduler.core.spreading import StartRange

__all__ = ["Room", "details_of", "quiets_of", "room_of"]


@dataclass(frozen=True, slots=True)
class Room:
    """A campaign with its permitted starts of the day, in whole seconds."""

    planned: PlannedCampaign
    wanted: int
    ranges: tuple[StartRange, ...]
    airing: int
    gap: int
    refusal: str = ""
    """Why nothing of it can air that day, else empty."""


def room_of(
    one: PlannedCampaign, day: date, rules: StationRules, stretches: Sequence[tuple[datetime, datetime]]
) -> Room:
    campaign = one.campaign
    airing = whole_seconds(one.airing)
    gap = max(whole_seconds(campaign.min_gap), whole_seconds(rules.min_gap), 0)
    ranges = tuple(
        StartRange(second(start, up=True), second(end) - airing, session_of(start, stretches))
        for start, end in open_spans(campaign, day, rules)
        if second(end) - airing >= second(start, up=True)
    )
    wanted = airings_wanted(campaign, day, rules.zone_name)
    return Room(one, wanted, ranges, airing, gap, _whole_refusal(one, day, rules, bool(ranges)))


def _whole_refusal(one: PlannedCampaign, day: date, rules: StationRules, has_room: bool) -> str:  # noqa: FBT001 - private, named at its one call
    """Why a campaign can have no airing at all that day, the first reason that holds."""
    if one.blocked:
        return one.blocked
    if whole_seconds(one.airing) <= 0:
        return "no_audio"
    if day in rules.blackout or day.weekday() not in rules.cap.weekdays:
        return "blackout_date" if day in rules.blackout else "cap_weekday"
    if has_room:
        return ""
    windows = raw_spans(one.campaign.windows, day, rules.zone_name)
    if not windows:
        return "dst_gap" if raw_spans(one.campaign.windows, date(2001, 1, 1), "UTC") else "no_windows"
    too_long = all(end - start < one.airing for start, end in windows)
    return "clip_too_long" if too_long else "quiet_hours"


def quiets_of(rules: StationRules, zone: str) -> list[QuietHours]:
    """The quiet hours that hold for what airs in `zone`."""
    return [quiet for quiet in (rules.quiet_hours, rules.quiet_of(zone)) if quiet]


def details_of(reason: str, room: Room, rules: StationRules) -> dict[str, object]:
    """What the sentence of a refusal needs."""
    if reason.startswith("cap_"):
        return cap_details(rules.cap, reason)
    if reason == "quiet_hours":
        quiets = quiets_of(rules, room.planned.campaign.zone)
        windows = ", ".join(str(window) for quiet in quiets for window in quiet.windows)
        return {
            "windows": windows,
            "legal_basis": "; ".join(dict.fromkeys(q.legal_basis for q in quiets if q.legal_basis)),
        }
    if reason in {"no_room", "no_room_make_good", "clip_too_long"}:
        return {"seconds": room.airing, "gap_minutes": room.gap / 60}
    if reason == "make_good_late":
        return {"minutes": rules.make_good / timedelta(minutes=1)}
    return {}
