"""What was sent to a leader a moment ago, made from the rows as they stand when the page is drawn.

What will come of it is asked of the planner anew, never taken from what was wished.
"""

from dataclasses import dataclass
from datetime import datetime

from scheduler.core.model import AnnouncementState
from scheduler.core.planning.outlook import Outlook
from scheduler.core.planning.outlook_words import when_words, where_words
from scheduler.core.planning.submission import Lateness
from scheduler.kernel.errors import NotFound
from scheduler.services.announcement.submissions import Offer
from web.auth import services

__all__ = ["SentView", "sent_view"]


@dataclass(frozen=True, slots=True)
class SentView:
    announcement_id: int
    sent_at: datetime | None = None
    by: datetime | None = None
    """Until when it must be approved for that start; None = no start was asked for."""
    when: str = ""
    """When it would sound, approved in time; empty = a time must be chosen."""
    where: str = ""
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
    offer = services().submissions.offer(seen.id)
    return _waits(seen.id, offer) if offer else SentView(seen.id)


def _waits(announcement_id: int, offer: Offer) -> SentView:
    """Of what waits for its approval."""
    asked, start = offer.submission, offer.rhythm.first if offer.rhythm else offer.start
    in_time = asked.at is not None and start == asked.at and offer.lateness is Lateness.IN_TIME
    lead = services().campaigns.days.not_before() - services().now()
    return SentView(
        announcement_id,
        asked.created_at,
        asked.at - lead if asked.at and in_time else None,
        when_words(start, services().now(), services().config.station.time_zone) if start else "",
        where_words(asked.zones, services().config.zone_names),
    )
