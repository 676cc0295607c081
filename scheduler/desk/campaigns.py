"""Campaigns at the desk: check, preview, save, start, stop, and write the day plans of the days ahead.

The plan itself is `core.planner`'s; here it is given what stands already and what is known of each sound, and its
answer becomes rows. Only the future is re-planned: what has been claimed, has ended or starts too soon stays.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from scheduler.core import rules
from scheduler.core.model import (
    HOUSE_RATE,
    AnnouncementState,
    Campaign,
    CampaignState,
    DayPlan,
    Frames,
    Person,
    PlannedCampaign,
    Refusal,
    Sha256,
    Slot,
    Trigger,
)
from scheduler.core.planner import plan_day
from scheduler.core.rundown import Item, length, rundown
from scheduler.desk.parts import Parts, permit
from scheduler.errors import NotFound, Refused
from scheduler.store import Row

PLAN_MARGIN = timedelta(seconds=5)
"""Beyond the arming time: nothing that starts sooner is re-planned, so that playout and planner never meet."""


class CampaignDesk:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def faults(self, campaign: Campaign) -> tuple[Refusal, ...]:
        """Everything wrong with the form of a campaign, at once."""
        return rules.campaign_faults(campaign, self._parts.config.rules, self._known(campaign).airing)

    def save(self, actor: Person, campaign: Campaign) -> int:
        """Keep a draft (id 0 = new); a running one is re-planned. Raises Refused with the first fault."""
        permit(actor, "plan")
        self._parts.programme.announcement(campaign.announcement_id)
        self._refuse_faults(campaign)
        if campaign.id == 0:
            return self._parts.programme.add_campaign(campaign, actor.id, self._parts.clock.now())
        self._parts.programme.change_campaign(campaign)
        self.replan()
        return campaign.id

    def start(self, actor: Person, campaign_id: int) -> None:
        """Let a campaign into the plan. What is not approved yet shows as refused until it is."""
        permit(actor, "plan")
        campaign = self._parts.programme.campaign(campaign_id)
        self._refuse_faults(campaign)
        self._parts.programme.change_campaign(replace(campaign, state=CampaignState.ACTIVE))
        self.replan()

    def _refuse_faults(self, campaign: Campaign) -> None:
        if faults := self.faults(campaign):
            raise Refused(faults[0].reason, **faults[0].details)

    def stop(self, actor: Person, campaign_id: int) -> None:
        """Take a campaign out of the plan from now on; what has aired stays in the journal."""
        permit(actor, "plan")
        campaign = self._parts.programme.campaign(campaign_id)
        self._parts.programme.change_campaign(replace(campaign, state=CampaignState.STOPPED))
        self.replan()

    def preview(self, campaign: Campaign, day: date) -> DayPlan:
        """The plan of `day` as it would be with this campaign running, saved or not; nothing is written."""
        others = [other for other in self._running() if other.campaign.id != campaign.id]
        known = self._known(replace(campaign, state=CampaignState.ACTIVE))
        if known.blocked in {"unapproved", "no_audio"}:
            known = replace(known, blocked="")  # the plan is shown before the sound is approved
        fixed, not_before = self._standing(day, campaign.id)
        return plan_day(day, [*others, known], self._parts.config.rules, fixed=fixed, not_before=not_before)

    def airing_length(self, campaign: Campaign) -> timedelta:
        """How long one whole airing of a campaign sounds, chimes and repeats included; a guess until it has a sound."""
        return self._known(campaign).airing

    def plan(self, day: date) -> DayPlan:
        """The plan of a day as it would be written now."""
        return self._plan(day, self._running())

    def _plan(self, day: date, running: list[PlannedCampaign]) -> DayPlan:
        fixed, not_before = self._standing(day, None)
        return plan_day(day, running, self._parts.config.rules, fixed=fixed, not_before=not_before)

    def replan(self) -> None:
        """Write the plans of today and the days ahead."""
        parts, now = self._parts, self._parts.clock.now()
        today, running = rules.local_day(now, parts.config.station.time_zone), self._running()
        for ahead in range(parts.config.planning.days_ahead):
            plan = self._plan(today + timedelta(days=ahead), running)
            parts.slots.replace_day(plan, self._not_before(now), now)

    def airing_items(self, clip_frames: Frames, *, chime: bool, repeat: int) -> tuple[Item, ...]:
        """What one airing of a clip consists of, with this station's chimes."""
        opening, closing = (self._chime_frames(kind) for kind in ("open", "close"))
        return rundown(clip_frames, opening, closing, chime=chime, repeat=repeat)

    def chime_sha256(self, kind: str) -> Sha256:
        """The station's own chime of a kind (open, close)."""
        return Sha256(self._chime(kind)["sha256"])

    def _chime_frames(self, kind: str) -> Frames:
        return Frames(self._chime(kind)["frames"])

    def _chime(self, kind: str) -> Row:
        sql = "SELECT sha256, frames FROM clip WHERE origin = 'bundled' AND title = ? ORDER BY created_at DESC LIMIT 1"
        row = self._parts.store.row(sql, (kind,))
        if row is None:
            raise NotFound("chime", kind)
        return row

    def _not_before(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._parts.config.playout.arm_seconds) + PLAN_MARGIN

    def _standing(self, day: date, without: int | None) -> tuple[list[Slot], datetime]:
        """What of a day is not to be moved, and from when on it may be planned anew."""
        not_before = self._not_before(self._parts.clock.now())
        claimed = {airing.slot_id for airing in self._parts.slots.open_airings()}
        standing = [
            slot
            for slot in self._parts.slots.of_day(day)
            if slot.outcome is not None
            or slot.id in claimed
            or slot.start < not_before
            or slot.trigger is not Trigger.SCHEDULE
        ]
        return [slot for slot in standing if slot.outcome or slot.campaign_id != without or not without], not_before

    def _running(self) -> list[PlannedCampaign]:
        return [self._known(campaign) for campaign in self._parts.programme.campaigns(CampaignState.ACTIVE)]

    def _known(self, campaign: Campaign) -> PlannedCampaign:
        """A campaign with the length of its airing and what keeps it off the air."""
        announcement = self._parts.programme.announcement(campaign.announcement_id)
        sha256, blocked = announcement.audio_sha256, ""
        frames = Frames(0)
        if sha256 is None:
            blocked = "no_audio"
        else:
            clip = self._parts.programme.clip(sha256)
            frames = clip.frames
            blocked = "audio_retired" if clip.retired_at else ""
        if not blocked and (
            announcement.state is not AnnouncementState.APPROVED or announcement.approved_sha256 != sha256
        ):
            blocked = "unapproved"
        if not frames:
            frames = _guess(announcement.text)
        items = self.airing_items(frames, chime=campaign.chime, repeat=campaign.repeat)
        return PlannedCampaign(campaign, length(items), Sha256(sha256 or ""), blocked)


def _guess(text: str) -> Frames:
    """The length of a speech that has not been made yet: about 14 characters a second, at least 5 s."""
    return Frames(round(max(len(text) / 14, 5.0) * HOUSE_RATE))
