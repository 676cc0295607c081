"""Campaigns: check, save, start, pause, stop, replace, put in order, and show what each would change.

Every act writes the campaign, and the plan follows (`owed_plan`); what has aired, sounds or is about to stays.
An act takes effect at an instant, now or ahead, never in the past: what was owed yesterday is a fact.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from scheduler.core.air.cue_list import Cue
from scheduler.core.model import Campaign, CampaignState, Frames, Person, Slot
from scheduler.core.planning import halts, rules
from scheduler.core.planning.campaign_faults import campaign_faults, window_questions
from scheduler.core.planning.collisions import Collision, collisions, ranks_of
from scheduler.core.planning.day_plan import DayPlan, PlannedCampaign, Refusal
from scheduler.core.planning.impact import DayViews, Impact, impact_of
from scheduler.core.planning.rotation import ordered_by, turns_before
from scheduler.kernel.errors import Refused
from scheduler.services.air.cue_lists import CueLists
from scheduler.services.air.red_orders import order_stop
from scheduler.services.planning.day_plans import DayPlans
from scheduler.services.planning.doubts import refuse_doubtful, state_frequency
from scheduler.services.planning.owed_plan import OwedPlan
from scheduler.services.repositories import Repositories, permit
from scheduler.store.listing import campaign_ids

JUST_NOW = timedelta(minutes=1)
"""A minute that was typed is not past before it is over."""
LEAST_RIVALS = 2


class CampaignService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._rundowns = CueLists(repos)
        self._days = DayPlans(repos, self._rundowns)
        self.owed = OwedPlan(repos, lambda: self.replan())  # noqa: PLW0108 - looked up at each call
        """Where whoever changes what the plan is made from says so."""

    @property
    def days(self) -> DayPlans:
        """The plans behind this desk, for the desk that changes single airings."""
        return self._days

    # Reading

    def get(self, campaign_id: int) -> Campaign:
        """One campaign. Raises NotFound."""
        return self._repos.programme.campaign(campaign_id)

    def listed(self, state: CampaignState | None = None) -> list[Campaign]:
        """Campaigns, the newest first."""
        return self._repos.programme.campaigns(state)

    def ids_before(self, state: str | None, before: int | None, limit: int) -> list[int]:
        """At most `limit` numbers below `before` (None = from the newest), the newest first."""
        return campaign_ids(self._repos.store, state, before, limit)

    # Keeping

    def faults(self, campaign: Campaign) -> tuple[Refusal, ...]:
        """Everything wrong with the form of a campaign, and everything it has to be asked, at once.

        Raises NotFound for an unknown announcement.
        """
        return (*self._faults(campaign), *window_questions(campaign, self._repos.config.rules))

    def _faults(self, campaign: Campaign) -> tuple[Refusal, ...]:
        longest = max(clip.airing for clip in self.known(campaign).clips)
        found = campaign_faults(campaign, self._repos.config.rules, longest)
        if campaign.zone not in self._repos.config.zone_names:
            found = (*found, Refusal(campaign.id, 0, "zone_unknown", {"zone": campaign.zone[:80]}))
        return found

    def save(self, actor: Person, campaign: Campaign, *, by_order: bool = False) -> int:
        """Keep a draft (id 0 = new); of a running one the plan follows. Raises Refused with the first fault.

        `by_order`: it comes from above as it is; nobody here can be asked which of its windows are meant.
        """
        permit(actor, "plan", campaign.zone)
        if campaign.id:
            self._own(actor, campaign.id)
        self._refuse_faults(campaign)
        if not by_order and (asked := window_questions(campaign, self._repos.config.rules)):
            raise Refused(asked[0].reason, **asked[0].details)
        if campaign.id == 0:
            return self._repos.programme.add_campaign(campaign, actor.id, self._repos.clock.now())
        state_frequency(self._repos, actor, campaign.dispatch_id)
        self._keep(campaign)
        return campaign.id

    def _refuse_faults(self, campaign: Campaign) -> None:
        if faults := self._faults(campaign):
            raise Refused(faults[0].reason, **faults[0].details)

    def _keep(self, *campaigns: Campaign) -> None:
        """Write some campaigns as they now are, all or none; the plan follows."""
        with self.owed.changing():
            for campaign in campaigns:
                self._repos.programme.change_campaign(campaign)

    # From an instant on

    def start(self, actor: Person, campaign_id: int) -> None:
        """Let a campaign into the plan. What is not approved yet shows as refused until it is."""
        self.begin(self._own(actor, campaign_id))

    def begin(self, campaign: Campaign) -> None:
        """The same for whoever has asked the right: a campaign starts with the approval of its sound."""
        self.refuse_unready(campaign)
        self._keep(halts.restarted(campaign, self._repos.clock.now()))

    def refuse_unready(self, campaign: Campaign) -> None:
        """Raise Refused while it may not start: a doubt of its dispatch, or a fault of its own."""
        refuse_doubtful(self._repos, campaign.dispatch_id)
        self._refuse_faults(campaign)

    def stop(self, actor: Person, campaign_id: int, at: datetime | None = None) -> None:
        """Nothing of it starts from `at` on (None = now). What has aired stays in the journal.

        Raises Refused: instant_past.
        """
        campaign, now = self._own(actor, campaign_id), self._repos.clock.now()
        instant = self._instant(at, now)
        self._keep(halts.stopped(campaign, instant, now))
        self._stop_armed(actor, campaign_id, instant)

    def pause(self, actor: Person, campaign_id: int, at: datetime | None = None, until: datetime | None = None) -> None:
        """Nothing of it starts from `at` (None = now) until `until` (None = until resumed).

        Raises Refused: instant_past, pause_backwards, campaign_not_running.
        """
        campaign = self._own(actor, campaign_id)
        instant = self._instant(at, self._repos.clock.now())
        self._keep(halts.paused(campaign, instant, until))
        self._stop_armed(actor, campaign_id, instant)

    def resume(self, actor: Person, campaign_id: int, at: datetime | None = None) -> None:
        """The pause that holds at `at` (None = now) ends there; else the next one ahead is called off.

        Raises Refused: instant_past, not_paused.
        """
        campaign = self._own(actor, campaign_id)
        self._keep(halts.resumed(campaign, self._instant(at, self._repos.clock.now())))

    def replace(self, actor: Person, old_id: int, new_id: int, at: datetime | None = None) -> None:
        """The old campaign stops at `at` (None = now) and the new one begins there, in one act.

        Raises Refused: instant_past, replaces_itself, campaign_not_running, or the new one's first fault.
        """
        old, new = (self._own(actor, one) for one in (old_id, new_id))
        now = self._repos.clock.now()
        instant = self._instant(at, now)
        if old.id == new.id:
            raise Refused("replaces_itself")
        if old.state is not CampaignState.ACTIVE:
            raise Refused("campaign_not_running", title=old.title)
        refuse_doubtful(self._repos, new.dispatch_id)
        begun = replace(halts.begun_at(new, instant, self._repos.config.station.time_zone), replaces=old.id)
        self._refuse_faults(begun)
        self._keep(halts.stopped(old, instant, now), begun)
        self._stop_armed(actor, old.id, instant)

    def _stop_armed(self, actor: Person, campaign_id: int, at: datetime) -> None:
        """What playout has armed ahead asks nobody any more: by its name it is told not to start."""
        for airing in self._repos.slots.open_airings():
            slot = self._repos.slots.slot(airing.slot_id)
            if slot.campaign_id == campaign_id and slot.start >= at:
                order_stop(self._repos, actor, slot.id)

    def _own(self, actor: Person, campaign_id: int) -> Campaign:
        """A campaign that this person may change. Raises NotPermitted, NotFound; ZoneNotYours for one of elsewhere."""
        permit(actor, "plan")
        campaign = self._repos.programme.campaign(campaign_id)
        permit(actor, "plan", campaign.zone)
        return campaign

    def _instant(self, at: datetime | None, now: datetime) -> datetime:
        """When it is to be; a clock that is asked twice has gone on, and "now" would lie ahead."""
        if at is not None and at < now - JUST_NOW:
            raise Refused("instant_past")
        return now if at is None else max(at, now)

    # Order among equals

    def order(self, actor: Person, ids: Sequence[int]) -> None:
        """The ward's order among campaigns of equal priority: where they collide, the first of `ids` goes first.

        Raises Refused: order_short, order_mixed.
        """
        permit(actor, "plan")
        ids = list(dict.fromkeys(ids))
        chosen = [self._repos.programme.campaign(one) for one in ids]
        if len(chosen) < LEAST_RIVALS:
            raise Refused("order_short")
        if len({one.priority for one in chosen}) > 1:
            raise Refused("order_mixed")
        equals = [one for one in self._repos.programme.campaigns() if one.priority is chosen[0].priority]
        ranks = ranks_of([one for one in equals if one.state is not CampaignState.STOPPED or one.id in ids], ids)
        moved = [replace(one, rank=ranks[one.id]) for one in equals if one.rank != ranks.get(one.id, one.rank)]
        for one in moved:
            permit(actor, "plan", one.zone)
        self._keep(*moved)

    def collisions(self) -> tuple[Collision, ...]:
        """Campaigns of equal priority that take each other's air on the days that are planned ahead."""
        slots = self._repos.slots
        days = [(day, slots.of_day(day), slots.refusals(day)) for day in self._days.ahead()]
        return collisions(self._repos.programme.campaigns(CampaignState.ACTIVE), days)

    # Looking ahead

    def preview(self, campaign: Campaign, day: date) -> DayPlan:
        """The plan of `day` as it would be with this campaign running, saved or not; nothing is written."""
        others = [other for other in self.running() if other.campaign.id != campaign.id]
        return self._days.plan(day, [*others, self.as_running(campaign)])

    def idle_windows(self, day: date, slots: Sequence[Slot], campaign: Campaign | None = None) -> list[Refusal]:
        """The windows in which a campaign has no airing on `day`, with their reasons; none of a day that is over.

        Args:
            day: a day of the station's zone.
            slots: all that is planned on it.
            campaign: as if this one ran; None = all that run.

        """
        return self._days.idle_windows(day, slots, None if campaign is None else [self.as_running(campaign)])

    def impact(self, campaign: Campaign, days: Sequence[date] | None = None) -> Impact:
        """What this campaign changes once it is kept and runs, against the plan without that; nothing is written.

        Args:
            campaign: saved or not.
            days: default: as many as are planned ahead from its first day on, and the first day of each later phase.

        """
        known, running = self.as_running(campaign), self.running()
        chosen = days if days is not None else self._days_of(campaign)
        return impact_of(campaign.id, [self._views(day, known, running) for day in chosen])

    def _views(self, day: date, known: PlannedCampaign, running: Sequence[PlannedCampaign]) -> DayViews:
        station, standing = self._repos.config.rules, tuple(self._days.standing(day))
        before = after = self._days.kept(day) or self._days.plan(day, running)
        if known not in running:
            others = [one for one in running if one.campaign.id != known.campaign.id]
            after = self._days.plan(day, [*others, known])
        ordered = ordered_by(known, day, station, turn=turns_before(known, day, station))
        missing = any(refusal.campaign_id == known.campaign.id for refusal in after.refusals)
        alone = self._days.plan(day, [known]) if missing else after
        return DayViews(day, standing, before, after, alone, ordered)

    def _days_of(self, campaign: Campaign) -> list[date]:
        ahead = self._days.ahead()
        first = max(campaign.start, ahead[0])
        days = {first + timedelta(days=number) for number in range(len(ahead))}
        days |= {phase.start for phase in campaign.phases if phase.start > first}
        return sorted(day for day in days if day <= campaign.end)

    def as_running(self, campaign: Campaign) -> PlannedCampaign:
        """A campaign as if it ran and its sounds were approved: its plan is shown before they are."""
        stopped_at = campaign.stopped_at if campaign.state is CampaignState.ACTIVE else None
        known = self.known(replace(campaign, state=CampaignState.ACTIVE, stopped_at=stopped_at))
        rest = tuple(replace(clip, blocked=_later(clip.blocked)) for clip in known.rest)
        return replace(known, blocked=_later(known.blocked), rest=rest)

    def as_approved(self, known: PlannedCampaign, announcement_id: int) -> PlannedCampaign:
        """A running campaign as if this one of its sounds were approved."""

        def lifted(blocked: str, said: int) -> str:
            return "" if said == announcement_id and blocked == "unapproved" else blocked

        rest = tuple(replace(clip, blocked=lifted(clip.blocked, clip.announcement_id)) for clip in known.rest)
        return replace(known, blocked=lifted(known.blocked, known.campaign.announcement_id), rest=rest)

    def plan(self, day: date) -> DayPlan:
        """The plan of a day as it would be written now."""
        return self._days.plan(day, self.running())

    def ordered_on(self, campaign: Campaign, day: date) -> rules.Ordered:
        """What a kept campaign owes on a day, with the clips it has now."""
        known, station = self.known(campaign), self._repos.config.rules
        return ordered_by(known, day, station, turn=turns_before(known, day, station))

    def replan(self) -> None:
        """Write the plans of today and the days ahead; a day whose rows say the same already is not written."""
        self._days.replan()

    def running(self) -> list[PlannedCampaign]:
        """Every running campaign with the length of its airings and what keeps them off the air."""
        return self._days.running()

    def known(self, campaign: Campaign) -> PlannedCampaign:
        """A campaign with its clips: how long an airing of each sounds, and what keeps it off the air."""
        return self._days.known(campaign)

    def airing_length(self, campaign: Campaign) -> timedelta:
        """How long one whole airing of a campaign sounds, chimes and repeats included; a guess until it has a sound."""
        return self.known(campaign).airing

    def airing_items(self, clip_frames: Frames, *, chime: bool, repeat: int) -> tuple[Cue, ...]:
        """What one airing of a clip consists of, with this station's chimes."""
        return self._rundowns.items(clip_frames, chime=chime, repeat=repeat)


def _later(blocked: str) -> str:
    """What will still keep a clip off the air when it has been made and approved."""
    return "" if blocked in {"unapproved", "no_audio"} else blocked
