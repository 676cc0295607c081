"""The next session (buổi tới) that has room for an announcement of the town, as a campaign of one day and one airing.

It looks at the plan as it would be, under the ward's own rules and caps, and writes nothing.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from scheduler.core import rules
from scheduler.core.envelope import Envelope
from scheduler.core.model import Announcement, Campaign, CampaignState, Priority
from scheduler.core.province_link import session_choices
from scheduler.core.sessions import session_stretches
from scheduler.desk.campaigns import CampaignDesk
from scheduler.desk.day_plans import PLAN_MARGIN
from scheduler.desk.parts import Parts
from scheduler.store.town import TownRow

__all__ = ["TownSessions"]


class TownSessions:
    def __init__(self, parts: Parts, campaigns: CampaignDesk) -> None:
        self._parts = parts
        self._campaigns = campaigns

    def campaign(self, row: TownRow, envelope: Envelope, seen: Announcement) -> Campaign | None:
        """A campaign of one day and one airing for an approved announcement; None = no session has room for it."""
        for day, window in session_choices(
            self._stretches(), self._not_before(envelope), row.expires_at, self._parts.config.station.time_zone
        ):
            made = Campaign(
                id=0,
                title=seen.title,
                announcement_id=seen.id,
                windows=(window,),
                base=1,
                start=day,
                end=day,
                min_gap=timedelta(0),
                priority=max(Priority(row.priority), Priority.PRIORITY),
                zone=row.zone,
                dispatch_id=seen.dispatch_id,
            )
            if self._has_room(made, day):
                return made
        return None

    def _has_room(self, campaign: Campaign, day: date) -> bool:
        if self._campaigns.faults(campaign):
            return False
        return any(slot.campaign_id == campaign.id for slot in self._campaigns.preview(campaign, day).slots)

    def _stretches(self) -> Iterable[tuple[datetime, datetime]]:
        """The sessions of the days ahead, soonest first; the configured ones on a day that has none."""
        config = self._parts.config
        running = self._parts.programme.campaigns(CampaignState.ACTIVE)
        windows = tuple(map(rules.parse_window, config.province.session_windows))
        today = rules.local_day(self._parts.clock.now(), config.station.time_zone)
        for ahead in range(config.planning.days_ahead):
            day = today + timedelta(days=ahead)
            own = session_stretches(day, running, config.rules)
            yield from own or rules.raw_spans(windows, day, config.station.time_zone)

    def _not_before(self, envelope: Envelope) -> datetime:
        soonest = self._parts.clock.now() + timedelta(seconds=self._parts.config.playout.arm_seconds) + 2 * PLAN_MARGIN
        return max(soonest, envelope.not_before or soonest)
