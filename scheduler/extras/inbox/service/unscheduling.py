"""Something that came from outside airs no more: its campaigns stop, what sounds of it is cut, its words are withdrawn.

For an issue of the town, a bulletin of the province and an alert in CAP alike, when it is over, taken back or left
aside. Why it ends, and who is told, is decided by whoever calls; it is done in the caller's transaction.
"""

from collections.abc import Iterable

from scheduler.core.model import AnnouncementState, CampaignState, Person
from scheduler.core.stops import StopReason
from scheduler.services.air.air import AirService
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories

__all__ = ["TakingOff"]


class TakingOff:
    def __init__(
        self, repos: Repositories, announcements: AnnouncementService, campaigns: CampaignService, air: AirService
    ) -> None:
        self._repos = repos
        self._announcements = announcements
        self._campaigns = campaigns
        self._air = air

    def take_off(
        self,
        owner: Person,
        by: Person,
        reason: StopReason,
        *,
        announcements: Iterable[int],
        campaigns: Iterable[int] = (),
        slots: Iterable[str] = (),
    ) -> None:
        """Stop these campaigns in the name of `owner`; cut what sounds of the announcements, and the open ones of the
        ordered `slots`, in the name of `by`, for `reason`; withdraw the announcements.
        """
        repos, said = self._repos, tuple(announcements)
        ordered = {one for one in slots if repos.slots.slot(one).outcome is None}
        for slot_id in sorted(ordered.union(*map(repos.slots.claimed_of, said))):
            if repos.slots.slot(slot_id).outcome is None:
                self._air.stop(by, slot_id, reason=reason)
        for campaign_id in campaigns:
            if repos.programme.campaign(campaign_id).state is CampaignState.ACTIVE:
                self._campaigns.stop(owner, campaign_id)
        for one in said:
            self.withdraw(owner, one, is_stopped=True)

    def withdraw(self, owner: Person, announcement_id: int | None, *, is_stopped: bool = False) -> None:
        """An announcement is offered and aired no more. `is_stopped`: what sounds of it has its stop already."""
        if announcement_id is None:
            return
        seen = self._repos.programme.announcement(announcement_id)
        if seen.state is not AnnouncementState.WITHDRAWN:
            self._announcements.withdraw(owner, seen.id, is_stopped=is_stopped)
