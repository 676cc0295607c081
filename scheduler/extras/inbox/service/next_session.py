"""The next session (buổi tới) that has room for an announcement, as a campaign of one day and one airing.

For everything that comes from outside and is to be heard once: a bulletin of the province, an issue of the town, an
alert in CAP. It looks at the plan as it would be, under the ward's own rules and caps, and writes nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from scheduler.config.loading import Config
from scheduler.core.model import Announcement, Campaign, CampaignState, Priority, Window
from scheduler.core.planning import rules
from scheduler.core.planning.sessions import USUAL_WINDOWS, session_choices, session_stretches
from scheduler.features import FEATURES
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.day_plans import PLAN_MARGIN
from scheduler.services.repositories import Repositories

__all__ = ["NextSession", "airing_once"]


def airing_once(
    seen: Announcement, zone: str, priority: Priority, *, dispatch_id: int | None = None, field: int = 1
) -> Campaign:
    """What is to be heard once of an approved announcement; its day and its window are still to be chosen."""
    anywhen = date.min
    return Campaign(
        id=0,
        title=seen.title,
        announcement_id=seen.id,
        windows=(),
        base=1,
        start=anywhen,
        end=anywhen,
        min_gap=timedelta(0),
        priority=max(priority, Priority.PRIORITY),
        zone=zone,
        dispatch_id=dispatch_id,
        field=field,
    )


class NextSession:
    def __init__(self, repos: Repositories, campaigns: CampaignService) -> None:
        self._repos = repos
        self._campaigns = campaigns

    def campaign(
        self, wanted: Campaign, expires: datetime | None, not_before: datetime | None = None
    ) -> Campaign | None:
        """`wanted` on the day and in the window of the soonest session that has room for it; None = there is none."""
        for day, window in self.choices(expires, not_before):
            made = replace(wanted, windows=(window,), start=day, end=day)
            if self._has_room(made, day):
                return made
        return None

    def choices(self, expires: datetime | None, not_before: datetime | None = None) -> Iterable[tuple[date, Window]]:
        """What is left of each session before `expires`, soonest first."""
        soonest = self._repos.clock.now() + timedelta(seconds=self._repos.config.playout.arm_seconds) + 2 * PLAN_MARGIN
        start = max(soonest, not_before or soonest)
        return session_choices(self._stretches(), start, expires, self._repos.config.station.time_zone)

    def _has_room(self, campaign: Campaign, day: date) -> bool:
        if self._campaigns.faults(campaign):
            return False
        return any(slot.campaign_id == campaign.id for slot in self._campaigns.preview(campaign, day).slots)

    def _stretches(self) -> Iterable[tuple[datetime, datetime]]:
        """The sessions of the days ahead, soonest first; the configured ones on a day that has none."""
        config = self._repos.config
        running = self._repos.programme.campaigns(CampaignState.ACTIVE)
        windows = tuple(map(rules.parse_window, _sessions(config)))
        today = self._repos.today
        for ahead in range(config.planning.days_ahead):
            day = today + timedelta(days=ahead)
            own = session_stretches(day, running, config.rules)
            yield from own or rules.raw_spans(windows, day, config.station.time_zone)


def _sessions(config: Config) -> tuple[str, ...]:
    """The windows of a day on which no campaign has any."""
    told = (feature.sessions(config) for feature in FEATURES)
    return next((one for one in told if one is not None), USUAL_WINDOWS)
