"""What a campaign changes, in words and bars: minutes before and after, whom it displaces, whether its order is met.

The figures are `core.planning.impact`'s; here they only get their words, and each day a bar drawn to one scale.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduler.core.model import Campaign
from scheduler.core.planning.impact import DayAirtime, DayImpact, Displaced, Impact
from scheduler.core.planning.rules import Ordered
from scheduler.core.words.wording import sentence_of
from scheduler.services import Services
from web.formats import WEEKDAYS, decimal

__all__ = ["ImpactView", "amount_words", "impact_view"]

_WIDE = 100.0
"""Width of a bar's drawing; the longest bar of the table fills it."""


class DayRow(NamedTuple):
    day: str
    weekday: str
    times: str
    airs: int
    ordered: str
    before: str
    after: str
    airings: str
    minutes: str
    ward: str
    is_met: bool
    most: str
    why: tuple[str, ...]
    before_width: float
    after_width: float
    ordered_at: float


class MovedRow(NamedTuple):
    day: str
    title: str
    was: str
    now: str
    why: str


@dataclass(frozen=True, slots=True)
class ImpactView:
    """What the page shows."""

    rows: tuple[DayRow, ...]
    displaced: tuple[MovedRow, ...]
    can_be_met: bool
    short_days: int
    moved: int
    lost: int
    is_change: bool
    """The plan would differ from what stands now."""


def impact_view(services: Services, campaign: Campaign) -> ImpactView:
    """The impact of a campaign, saved or not, as words."""
    impact = services.campaigns.impact(campaign)
    days = [one for one in impact.days if one.ordered.airings or one.before.airings or one.after.airings]
    airing = services.campaigns.airing_length(campaign)
    scale = max((_longest(one, airing) for one in days), default=0.0) or 1.0
    zone = ZoneInfo(services.config.station.time_zone)
    titles = {one.id: one.title for one in services.campaigns.listed()}
    return ImpactView(
        rows=tuple(_row(one, airing, scale, zone) for one in days),
        displaced=tuple(_moved(one, titles, zone) for one in impact.displaced),
        can_be_met=impact.can_be_met,
        short_days=sum(not one.is_met for one in days),
        moved=impact.moved,
        lost=impact.lost,
        is_change=_is_change(impact),
    )


def _is_change(impact: Impact) -> bool:
    return bool(impact.displaced) or any(one.before != one.after for one in impact.days)


def _row(one: DayImpact, airing: timedelta, scale: float, zone: ZoneInfo) -> DayRow:
    return DayRow(
        day=f"{one.day:%d/%m}",
        weekday=WEEKDAYS[one.day.weekday()],
        times=" · ".join(_clock(start, zone) for start in one.starts),
        airs=one.after.airings,
        ordered=amount_words(one.ordered),
        before=_got(one.before),
        after=_got(one.after),
        airings=f"{one.before.airings} → {one.after.airings}",
        minutes=f"{decimal(one.before.minutes)} → {decimal(one.after.minutes)}",
        ward=f"{decimal(one.ward_before.minutes)} → {decimal(one.ward_after.minutes)}",
        is_met=one.is_met,
        most=f"Nhiều nhất {one.most} lượt",
        why=tuple(dict.fromkeys(sentence_of(refusal) for refusal in one.hindrances)),
        before_width=round(one.before.minutes / scale * _WIDE, 2),
        after_width=round(one.after.minutes / scale * _WIDE, 2),
        ordered_at=round(_ordered_minutes(one, airing) / scale * _WIDE, 2),
    )


def amount_words(ordered: Ordered) -> str:
    """An order in words: "6 lượt", or "30 phút (6 lượt)"."""
    told = f"{ordered.airings} lượt"
    return told if ordered.minutes is None else f"{decimal(ordered.minutes)} phút ({told})"


def _ordered_minutes(one: DayImpact, airing: timedelta) -> float:
    if one.ordered.minutes is not None:
        return one.ordered.minutes
    each = one.after.minutes / one.after.airings if one.after.airings else airing / timedelta(minutes=1)
    return one.ordered.airings * each


def _longest(one: DayImpact, airing: timedelta) -> float:
    return max(one.before.minutes, one.after.minutes, _ordered_minutes(one, airing))


def _got(got: DayAirtime) -> str:
    return f"{got.airings} lượt, {decimal(got.minutes)} phút"


def _moved(one: Displaced, titles: dict[int, str], zone: ZoneInfo) -> MovedRow:
    why = sentence_of(one.refusal)
    now = _clock(one.now, zone) if one.now else ""
    return MovedRow(f"{one.day:%d/%m}", titles.get(one.campaign_id, "–"), _clock(one.was, zone), now, why)


def _clock(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%H:%M}"
