"""Windows of campaigns in which nothing will air, as causes of việc cần làm: today's that are ahead, and tomorrow's.

One for each window of a campaign, whatever the day. A campaign that is paused or stopped then has no such cause: that
is somebody's will. Writes nothing.
"""

from datetime import datetime, timedelta

from scheduler.core.local_time import local_instant
from scheduler.core.planning.rules import halts
from scheduler.core.station.readiness import Finding
from scheduler.core.written_times import parse_window
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.schedule_days import titled
from scheduler.services.repositories import Repositories

__all__ = ["IDLE", "OF_THE_PLAN", "idle_findings"]

IDLE = frozenset({"window_full", "window_unasked", "window_closed"})
"""Reasons why a window has no airing."""
OF_THE_PLAN = IDLE | {"pin_unkept", "make_up_unkept"}
"""Reasons of causes that say that something is not planned."""


def idle_findings(repos: Repositories, campaigns: CampaignService, now: datetime) -> list[Finding]:
    """The windows that open within a day and stay without an airing of their campaign."""
    running = {one.campaign.id: one.campaign for one in campaigns.running()}
    zone_name = repos.config.station.time_zone
    found: dict[str, Finding] = {}
    for day in campaigns.days.ahead()[:2]:
        for one in campaigns.idle_windows(day, repos.slots.of_day(day)):
            window = str(one.details["window"])
            opens = local_instant(day, parse_window(window).start, zone_name)
            halted = any(since < now + timedelta(days=1) for since, _ in halts(running[one.campaign_id]))
            if one.reason in IDLE and opens and now < opens <= now + timedelta(days=1) and not halted:
                key = f"{one.reason}:{window}:{one.campaign_id}"
                found.setdefault(key, Finding(key, one.reason, opens, None, dict(titled(one, running).details)))
    return list(found.values())
