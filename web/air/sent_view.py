"""What was sent to a leader a moment ago, made from the rows as they stand when the page is drawn.

What will come of it is asked of the planner anew, never taken from what was wished.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler.core.model import AnnouncementState, CampaignState, Priority
from scheduler.core.planning.outlook import Outlook
from scheduler.core.planning.outlook_words import where_words
from scheduler.core.planning.submission import Lateness
from scheduler.kernel.errors import NotFound
from scheduler.services.announcement.submissions import Offer
from scheduler.services.planning.rhythm_judge import together
from web.announcement.offer_view import missing_words, moment_words
from web.auth import services
from web.formats import hour_minute, local

__all__ = ["SentView", "sent_view"]


@dataclass(frozen=True, slots=True)
class SentView:
    announcement_id: int
    sent_at: datetime | None = None
    by: str = ""
    """Until when it must be approved for that start; empty = no start was asked for."""
    when: str = ""
    """When it would sound, approved in time; empty = a time must be chosen."""
    where: str = ""
    missing: str = ""
    """What would keep it from sounding at this moment, in words."""
    may_choose: bool = False
    """Its leader is offered other times."""
    is_template: bool = False
    """It waits for an emergency; no time is asked for."""
    goes_on: bool = False
    """Its campaigns run already and say when."""
    outlook: Outlook | None = None
    """Where it waits no longer: what is to come of it instead."""


def sent_view(announcement_id: int) -> SentView | None:
    """None where nothing of this number was sent."""
    try:
        seen = services().announcements.get(announcement_id)
    except NotFound:
        return None
    if seen.state is AnnouncementState.APPROVED:
        return SentView(seen.id, outlook=services().outlook.of(seen.id))
    if seen.state is not AnnouncementState.SUBMITTED:
        return None
    if seen.priority is Priority.EMERGENCY:
        return SentView(seen.id, is_template=True)
    offer = services().submissions.offer(seen.id)
    return _waits(seen.id, offer) if offer else _by_campaigns(seen.id)


def _by_campaigns(announcement_id: int) -> SentView:
    """Of what was handed in without a time: the campaigns that run say when."""
    running = [one for one in services().campaigns.listed() if announcement_id in one.announcement_ids]
    running = [one for one in running if one.state is CampaignState.ACTIVE]
    first = together([services().submissions.judge_rhythm(one) for one in running]).first if running else None
    zones = tuple(dict.fromkeys(one.zone for one in running))
    return SentView(
        announcement_id,
        when=moment_words(first),
        where=_where(zones),
        missing=missing_words(zones),
        goes_on=bool(running),
    )


def _waits(announcement_id: int, offer: Offer) -> SentView:
    """Of what waits for its approval."""
    asked, start = offer.submission, offer.rhythm.first if offer.rhythm else offer.start
    in_time = asked.at is not None and start == asked.at and offer.lateness is Lateness.IN_TIME
    lead = services().campaigns.days.not_before() - services().now()
    return SentView(
        announcement_id,
        asked.created_at,
        _by(asked.at - lead) if asked.at and in_time else "",
        moment_words(start),
        _where(asked.zones),
        missing_words(asked.zones),
        may_choose=bool(offer.choices),
    )


def _where(zones: Sequence[str]) -> str:
    return where_words(zones, services().config.zone_names)


def _by(at: datetime) -> str:
    """The last minute that is early enough, with its day where that is another one."""
    minute = at.replace(second=0, microsecond=0)
    return hour_minute(minute) if local(minute).date() == local(services().now()).date() else moment_words(minute)
