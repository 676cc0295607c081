"""The plan of one day for a campaign that may not be kept yet: times, refusals in words, minutes before and after.

Reads the desk's own planning and nothing else; whatever it shows would be written exactly so.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduler.core.model import AnnouncementState, Boost, Campaign, CampaignState, Slot
from scheduler.core.planning import rules
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.services import Services
from web.formats import WEEKDAYS, clock_of, day_words, decimal, end_as_shown, length_text, minutes_words
from web.planning.day_strip import Strip, strip

__all__ = ["PlanView", "first_day", "plan_view"]

_SEARCHED = 366


class Row(NamedTuple):
    start: str
    end: str
    title: str


class RefusedRow(NamedTuple):
    which: str
    words: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """What the page shows of a planned day."""

    day_words: str
    wanted: int
    airing: str
    """How long one is; from the shortest to the longest where they differ."""
    planned: tuple[Row, ...]
    others: tuple[Row, ...]
    refusals: tuple[RefusedRow, ...]
    refused_count: int
    idle: tuple[str, ...]
    """A sentence for each window in which nothing of it airs."""
    before: str
    after: str
    ratio: str
    plain_count: int
    day_before: str
    day_after: str
    unapproved: str
    quiet: str
    strip: Strip


def first_day(campaign: Campaign, today: date) -> date:
    """The first day from today on that the campaign asks for; its first day where there is none."""
    start = max(campaign.start, today)
    days = (start + timedelta(days=ahead) for ahead in range(_SEARCHED))
    return next((day for day in days if rules.wanted_on(campaign, day)), start)


def plan_view(services: Services, campaign: Campaign, day: date) -> PlanView:
    """The plan of `day` as it would be with this campaign running."""
    zone = ZoneInfo(services.config.station.time_zone)
    plan = services.campaigns.preview(campaign, day)
    own = [slot for slot in plan.slots if slot.campaign_id == campaign.id]
    plain = [
        slot for slot in services.campaigns.preview(_unboosted(campaign), day).slots if slot.campaign_id == campaign.id
    ]
    standing = _others(services, campaign, day, {slot.id for slot in plan.slots})
    others = sorted([*standing, *(s for s in plan.slots if s.campaign_id != campaign.id)], key=lambda slot: slot.start)
    refusals = [refusal for refusal in plan.refusals if refusal.campaign_id == campaign.id]
    idle = services.campaigns.idle_windows(day, [*services.campaigns.days.standing(day), *plan.slots], campaign)
    clips = [services.announcements.get(one) for one in dict.fromkeys(campaign.announcement_ids)]
    lengths = [slot.length for slot in own] or [services.campaigns.airing_length(campaign)]
    waits = sum(one.state is not AnnouncementState.APPROVED for one in clips)
    told = {"approved": len(clips) - waits, "all": len(clips)}
    titles = {one.id: one.title for one in services.announcements.listed()}

    def row(slot: Slot) -> Row:
        end = end_as_shown(slot.start, slot.end)
        return Row(clock_of(slot.start, zone), clock_of(end, zone), titles.get(slot.announcement_id, "–"))

    return PlanView(
        day_words=f"{WEEKDAYS[day.weekday()]} {day_words(day)}",
        wanted=services.campaigns.ordered_on(replace(campaign, state=CampaignState.ACTIVE), day).airings,
        airing="–".join(dict.fromkeys(map(length_text, (min(lengths), max(lengths))))),
        planned=tuple(row(slot) for slot in own),
        others=tuple(row(slot) for slot in others),
        refusals=_group_refusals(refusals),
        refused_count=len(refusals),
        idle=tuple(sentence_of(one) for one in idle),
        before=minutes_words(_total(plain)),
        after=minutes_words(_total(own)),
        ratio=decimal(len(own) / len(plain)) if plain and len(own) > len(plain) else "",
        plain_count=len(plain),
        day_before=minutes_words(_total(others)),
        day_after=minutes_words(_total(others) + _total(own)),
        unapproved=sentence("unapproved" if waits == len(clips) else "some_unapproved", told) if waits else "",
        quiet=", ".join(services.config.quiet_hours.windows),
        strip=strip(day, rules.windows_on(campaign, day), [*others, *own], services.config.rules, campaign.id),
    )


def _unboosted(campaign: Campaign) -> Campaign:
    """The same without any increase: what it asked for before the order came."""
    phases = tuple(replace(phase, boost=Boost()) for phase in campaign.phases)
    return replace(campaign, boost=Boost(), phases=phases)


def _others(services: Services, campaign: Campaign, day: date, planned: set[str]) -> list[Slot]:
    """What stands on that day already and is not planned anew: aired, about to start, or by hand."""
    now = services.now()
    return [
        slot
        for slot in services.slots.of_day(day)
        if slot.id not in planned
        and slot.campaign_id != campaign.id
        and (slot.outcome is None or slot.outcome.value in {"played", "partial"})
        and (slot.outcome is not None or slot.start <= now or slot.campaign_id is None)
    ]


def _group_refusals(refusals: list[Refusal]) -> tuple[RefusedRow, ...]:
    """Refusals with the same sentence in one row: "Lượt 3, 4, 7"."""
    by_words: dict[str, list[str]] = {}
    for refusal in refusals:
        by_words.setdefault(sentence_of(refusal), []).append(str(refusal.ordinal))
    return tuple(RefusedRow(f"Lượt {', '.join(ordinals)}", words) for words, ordinals in by_words.items())


def _total(slots: list[Slot]) -> timedelta:
    return sum((slot.length for slot in slots), timedelta())
