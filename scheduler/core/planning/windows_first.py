"""Buổi trước: how many of a day's airings each window of a campaign gets, why one gets none, or begins late.

With at least as many airings as windows each window gets one before any gets two; the rest goes where a window has most
open time for each of its airings. Windows that touch are one. No window gets more than go into it. Pure; which second
is taken is `spreading`'s and the planner's.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.core.local_time import Span
from scheduler.core.model import BoostKind, Campaign, Slot, StationRules, Trigger
from scheduler.core.planning.availability import Availability
from scheduler.core.planning.day_occupancy import second
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.distribution import StartRange, leftmost_starts
from scheduler.core.planning.excepted import of_campaign, spans_near
from scheduler.core.planning.rules import phase_on, raw_spans, windows_on

__all__ = ["Ranges", "by_window", "opened_late", "shares_of", "windows_of", "without_airing"]

Ranges = tuple[StartRange, ...]


def windows_of(campaign: Campaign, day: date, rules: StationRules) -> tuple[Span, ...]:
    """The windows of a day, those that touch as one; one that its order leaves out whole is none."""
    left_out = spans_near(of_campaign(campaign), day, rules.zone_name)
    spans = raw_spans(windows_on(campaign, day), day, rules.zone_name)
    return tuple(span for span in spans if not any(low <= span[0] and span[1] <= high for low, high in left_out))


def by_window(ranges: Sequence[StartRange], windows: Iterable[Span]) -> list[Ranges]:
    """Permitted starts by the window they lie in; a window without any is left out."""
    edges = [(second(start, up=True), second(end)) for start, end in windows]
    groups = [tuple(one for one in ranges if low <= one.low and one.high <= high) for low, high in edges]
    return [group for group in groups if group]


def shares_of(groups: Sequence[Ranges], count: int, airing: int, step: int, limit: int | None) -> list[int]:
    """How many of `count` airings each group of starts gets; fewer in all only when no more fit."""
    fits = [len(leftmost_starts(group, count, step, limit)) for group in groups]
    lengths = [sum(one.high - one.low + airing for one in group) for group in groups]
    shares = [0] * len(groups)
    for _ in range(min(count, sum(fits))):
        open_ = [number for number, share in enumerate(shares) if share < fits[number]]
        best = min(open_, key=lambda number: (shares[number] > 0, -lengths[number] / (shares[number] + 1), number))
        shares[best] += 1
    return shares


def without_airing(room: Availability, day: date, rules: StationRules, slots: Iterable[Slot]) -> list[Refusal]:
    """A word for each window of a campaign in which nothing of it is planned that day; none where it wants nothing."""
    campaign = room.planned.campaign
    windows = windows_of(campaign, day, rules)
    if room.refusal or not room.wanted or len(windows) == 1:
        return []
    starts = [slot.start for slot in slots if slot.campaign_id == campaign.id and slot.trigger is not Trigger.MAKE_GOOD]
    told: list[Refusal] = []
    for low, high in windows:
        if any(low <= start < high for start in starts):
            continue
        open_ = any(second(low, up=True) <= one.low and one.high <= second(high) for one in room.ranges)
        reason = "window_full" if room.wanted >= len(windows) else "window_unasked"
        details: dict[str, object] = {"window": _wall(low, high, rules), "count": room.wanted}
        told.append(Refusal(campaign.id, 0, reason if open_ else "window_closed", details | {"windows": len(windows)}))
    return told


def opened_late(room: Availability, day: date, rules: StationRules, slots: Iterable[Slot]) -> list[Refusal]:
    """A word for each window of a campaign on a beat that does not begin with an airing, unless a person moved it."""
    campaign, boost = room.planned.campaign, phase_on(room.planned.campaign, day).boost
    if boost.kind is not BoostKind.EVERY:
        return []
    half = timedelta(minutes=boost.value) / 2
    own = [one for one in slots if one.campaign_id == campaign.id and one.trigger is Trigger.SCHEDULE]
    told: list[Refusal] = []
    for low, high in windows_of(campaign, day, rules):
        first = min((one for one in own if low <= one.start < high), default=None, key=lambda one: one.start)
        if first and first.moved_from is None and second(low, up=True) < second(first.start) < second(low + half):
            at = f"{first.start.astimezone(ZoneInfo(rules.zone_name)):%H:%M:%S}".removesuffix(":00")
            told.append(Refusal(campaign.id, 0, "window_opens_later", {"window": _wall(low, high, rules), "at": at}))
    return told


def _wall(low: datetime, high: datetime, rules: StationRules) -> str:
    zone = ZoneInfo(rules.zone_name)
    return f"{low.astimezone(zone):%H:%M}-{high.astimezone(zone):%H:%M}"
