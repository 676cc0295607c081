"""Campaigns at the desk: check, preview, save, start, stop, and write the day plans of the days ahead.

The plan itself is `core.planner`'s; here it is given what stands already and what is known of each sound, and its
answer becomes rows where it differs from them. Only the future is re-planned: what has been claimed, has ended or
starts too soon stays. What a day that is over still owes (phát bù) is written off with its reason.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from scheduler.core import rules
from scheduler.core.make_good import written_off
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
from scheduler.core.rundown import Item, length
from scheduler.desk.parts import Parts, permit
from scheduler.desk.relay_days import write_relays
from scheduler.desk.rundowns import Rundowns
from scheduler.errors import Refused

PLAN_MARGIN = timedelta(seconds=5)
"""Beyond the arming time: nothing that starts sooner is re-planned, so that playout and planner never meet."""
LOOK_BACK = timedelta(days=31)
"""How long ago a day may lie whose missed airings have no word yet: a station that was off has slots of the past."""
_REPLANNED = frozenset({Trigger.SCHEDULE, Trigger.MAKE_GOOD})
"""The planner's own slots; every other one was put where it is by a person or by the clock."""


class CampaignDesk:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rundowns = Rundowns(parts)
        self._plans: dict[date, tuple[object, DayPlan]] = {}
        """The last plan of each day with all it was made from: most replans change one day or none."""
        self._settled: frozenset[date] = frozenset()
        """Days that are over and owe no word any more."""

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
        others = [other for other in self.running() if other.campaign.id != campaign.id]
        known = self._known(replace(campaign, state=CampaignState.ACTIVE))
        if known.blocked in {"unapproved", "no_audio"}:
            known = replace(known, blocked="")  # the plan is shown before the sound is approved
        not_before = self._not_before(self._parts.clock.now())
        fixed, _ = self._split(day, not_before)
        return plan_day(day, [*others, known], self._parts.config.rules, fixed=fixed, not_before=not_before)

    def airing_length(self, campaign: Campaign) -> timedelta:
        """How long one whole airing of a campaign sounds, chimes and repeats included; a guess until it has a sound."""
        return self._known(campaign).airing

    def plan(self, day: date) -> DayPlan:
        """The plan of a day as it would be written now."""
        not_before = self._not_before(self._parts.clock.now())
        fixed, _ = self._split(day, not_before)
        return plan_day(day, self.running(), self._parts.config.rules, fixed=fixed, not_before=not_before)

    def replan(self) -> None:
        """Write the plans of today and the days ahead; a day whose rows say the same already is not written."""
        now = self._parts.clock.now()
        not_before = self._not_before(now)
        today, running = rules.local_day(now, self._parts.config.station.time_zone), self.running()
        self._plans = {day: kept for day, kept in list(self._plans.items()) if day >= today}
        changed: list[DayPlan] = []
        days = [today + timedelta(days=ahead) for ahead in range(self._parts.config.planning.days_ahead)]
        write_relays(self._parts, days, not_before, now)
        for day in days:
            fixed, loose = self._split(day, not_before)
            plan = self._planned(day, running, fixed, not_before)
            if _as_kept(plan) != (loose, _told(self._parts.slots.refusals(day))):
                changed.append(plan)
        if changed:
            with self._parts.store.write():  # one for all: each is a flush of the disk
                for plan in changed:
                    self._parts.slots.replace_day(plan, not_before, now)
        if self._parts.config.rules.make_good:
            self._write_off(today, not_before, now)

    def _planned(self, day: date, running: list[PlannedCampaign], fixed: list[Slot], not_before: datetime) -> DayPlan:
        """The plan of a day, made anew only when something it is made from has changed."""
        station = self._parts.config.rules
        begins, _ = rules.day_span(day, station.zone_name)
        earliest = not_before if not_before > begins else None
        # A day that has begun may owe an airing of a campaign that wants none of it any more.
        asked = tuple(one for one in running if earliest or rules.wanted_on(one.campaign, day))
        made_from = (asked, tuple(fixed), earliest)
        kept = self._plans.get(day)
        if kept is None or kept[0] != made_from:
            kept = made_from, plan_day(day, asked, station, fixed=fixed, not_before=earliest)
            self._plans[day] = kept
        return kept[1]

    def _write_off(self, today: date, not_before: datetime, now: datetime) -> None:
        """A word for each airing that a day before `today` still owes: what was not made good then never is."""
        sql = (
            "SELECT DISTINCT day FROM slot WHERE day >= ? AND day < ? AND trigger = 'schedule'"
            " AND outcome IN ('missed', 'refused', 'failed')"
        )
        span = ((today - LOOK_BACK).isoformat(), today.isoformat())
        days = {date.fromisoformat(row["day"]) for row in self._parts.store.rows(sql, span)}
        over: set[date] = set()
        for day in days - self._settled:
            slots, told = self._parts.slots.of_day(day), self._parts.slots.refusals(day)
            if missing := written_off(slots, told, self._parts.config.rules):
                refusals = sorted([*told, *missing], key=lambda one: (one.campaign_id, one.ordinal))
                self._parts.slots.replace_day(DayPlan(day, (), tuple(refusals)), not_before, now)
            if all(slot.outcome for slot in slots):
                over.add(day)
        self._settled = (self._settled | over) & days

    def airing_items(self, clip_frames: Frames, *, chime: bool, repeat: int) -> tuple[Item, ...]:
        """What one airing of a clip consists of, with this station's chimes."""
        return self._rundowns.items(clip_frames, chime=chime, repeat=repeat)

    def chime_sha256(self, kind: str) -> Sha256:
        """The station's own chime of a kind (open, close)."""
        return self._rundowns.chime_sha256(kind)

    def _not_before(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._parts.config.playout.arm_seconds) + PLAN_MARGIN

    def _split(self, day: date, not_before: datetime) -> tuple[list[Slot], list[Slot]]:
        """The slots of a day that are not to be moved, and those that a new plan replaces."""
        slots = self._parts.slots
        begun = {airing.slot_id for airing in (*slots.open_airings(), *slots.interrupted())}
        fixed: list[Slot] = []
        loose: list[Slot] = []
        for slot in slots.of_day(day):
            stands = slot.outcome or slot.id in begun or slot.start < not_before or slot.trigger not in _REPLANNED
            (fixed if stands else loose).append(slot)
        return fixed, loose

    def running(self) -> list[PlannedCampaign]:
        """Every running campaign with the length of its airing and what keeps it off the air."""
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


_Told = list[tuple[int, int, str, dict[str, str]]]


def _told(refusals: Iterable[Refusal]) -> _Told:
    """Refusals as their rows hold them: every detail is text there."""
    return [
        (one.campaign_id, one.ordinal, one.reason, {name: str(value) for name, value in one.details.items()})
        for one in refusals
    ]


def _as_kept(plan: DayPlan) -> tuple[list[Slot], _Told]:
    """A plan as its rows would say it: lengths are whole milliseconds there."""
    millisecond = timedelta(milliseconds=1)
    slots = [replace(slot, length=round(slot.length / millisecond) * millisecond) for slot in plan.slots]
    return slots, _told(plan.refusals)
