"""Where one campaign may air on a day: its permitted starts, what it wants, and why it can have nothing at all.

A room is what a campaign's own hours, dates and sound leave of the day, in whole seconds; what others take of it is
`day_air`'s, and which start is taken is the planner's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from scheduler.core.model import Campaign, StationRules
from scheduler.core.planning.day_occupancy import second, whole_seconds
from scheduler.core.planning.day_plan import PlannedCampaign
from scheduler.core.planning.distribution import StartRange
from scheduler.core.planning.rotation import mute, ordered_by, shut, turns_before
from scheduler.core.planning.rules import airing_spans, open_spans, quiets_of, raw_spans, unexcepted, windows_on
from scheduler.core.planning.sessions import cap_details, session_of

__all__ = ["Availability", "details_of", "gap_of", "room_of"]


@dataclass(frozen=True, slots=True)
class Availability:
    """A campaign with its permitted starts of the day, in whole seconds."""

    planned: PlannedCampaign
    wanted: int
    turn: int
    """How many airings it has had on the days before: says which clip is next."""
    spans: tuple[StartRange, ...]
    """The time in which it may sound: from `low` up to `high`."""
    length: timedelta
    """Of its longest clip that has room anywhere; by it the day is shared out."""
    gap: int
    refusal: str = ""
    """Why nothing of it can air that day, else empty."""
    most: int | None = None
    """Whole seconds that no airing of it may be longer than."""

    @property
    def airing(self) -> int:
        return whole_seconds(self.length)

    @property
    def ranges(self) -> tuple[StartRange, ...]:
        return self.starts(self.airing)

    def starts(self, airing: int) -> tuple[StartRange, ...]:
        """Where an airing of that many seconds may start; nowhere when its order wants shorter ones."""
        return () if self.most is not None and airing > self.most else _starts(self.spans, airing)


@lru_cache(maxsize=4096)
def _starts(spans: tuple[StartRange, ...], airing: int) -> tuple[StartRange, ...]:
    return tuple(StartRange(one.low, one.high - airing, one.session) for one in spans if one.high - airing >= one.low)


def room_of(
    one: PlannedCampaign, day: date, rules: StationRules, stretches: Sequence[tuple[datetime, datetime]]
) -> Availability:
    campaign = one.campaign
    delay = rules.delay_of(campaign.zone)
    spans = tuple(
        StartRange(second(start, up=True), second(end - delay), session_of(start, stretches))
        for start, end in airing_spans(campaign, day, rules)
        if end - delay > start
    )
    most = None if campaign.max_minutes is None else campaign.max_minutes * 60
    sounds = (clip.airing for clip in one.clips if not mute(clip))
    lengths = sorted(sounds, reverse=True)
    short = [length for length in lengths if most is None or whole_seconds(length) <= most]
    fitting = (length for length in short if _starts(spans, whole_seconds(length)))
    length = next(fitting, None)
    turn = turns_before(one, day, rules)
    return Availability(
        planned=one,
        wanted=ordered_by(one, day, rules, turn=turn).airings,
        turn=turn,
        spans=spans,
        length=length or min(lengths, default=one.airing),
        gap=gap_of(campaign, rules),
        refusal=_whole_refusal(one, day, rules, has_room=length is not None, has_short=bool(short)),
        most=most,
    )


def gap_of(campaign: Campaign, rules: StationRules) -> int:
    """Whole seconds of silence that an airing of it keeps on both sides."""
    return max(whole_seconds(campaign.min_gap), whole_seconds(rules.min_gap), 0)


def _whole_refusal(one: PlannedCampaign, day: date, rules: StationRules, *, has_room: bool, has_short: bool) -> str:
    """Why a campaign can have no airing at all that day, the first reason that holds."""
    if reason := shut(one):
        return reason
    if day in rules.blackout or day.weekday() not in rules.cap.weekdays:
        return "blackout_date" if day in rules.blackout else "cap_weekday"
    if has_room:
        return ""
    if not has_short:
        return "airing_over_limit"
    return _without_room(one, day, rules)


def _without_room(one: PlannedCampaign, day: date, rules: StationRules) -> str:
    """Why no window of the day holds even the shortest clip."""
    own = windows_on(one.campaign, day)
    windows = raw_spans(own, day, rules.zone_name)
    if not windows:
        return "dst_gap" if raw_spans(own, date(2001, 1, 1), "UTC") else "no_windows"
    shortest = min(clip.airing for clip in one.clips if not mute(clip))
    ways = (
        ("clip_too_long", windows),
        ("quiet_hours", open_spans(one.campaign, day, rules)),
        ("excepted_hours", unexcepted(one.campaign, day, rules)),
    )
    small = (reason for reason, spans in ways if all(end - start < shortest for start, end in spans))
    return next(small, "campaign_paused")


def details_of(reason: str, room: Availability, rules: StationRules, airing: int = 0) -> dict[str, object]:
    """What the sentence of a refusal needs; `airing`: whole seconds of the one refused, 0 = the room's own."""
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
        return {"seconds": airing or room.airing, "gap_minutes": room.gap / 60}
    if reason in {"excepted_hours", "airing_over_limit"}:
        campaign = room.planned.campaign
        windows = ", ".join(map(str, campaign.except_windows))
        return {"windows": windows, "minutes": campaign.max_minutes, "seconds": airing or room.airing}
    return {"minutes": rules.make_good / timedelta(minutes=1)} if reason == "make_good_late" else {}
