"""The plans of today and the days ahead as rows: made by `planner`, written where they differ from the rows.

Here the planner is given what stands already and what is known of each sound. Only the future is re-planned: what has
been claimed, has ended or starts too soon stays. What a day that is over still owes (phát bù) is written off with its
reason. Who may change a campaign is `campaigns`' question.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from scheduler.core.air.cue_list import length, turns
from scheduler.core.model import AnnouncementState, Campaign, CampaignState, Sha256, Slot, StationRules, Trigger
from scheduler.core.planning import rules
from scheduler.core.planning.airing_requests import turns_in
from scheduler.core.planning.day_plan import Clip, DayPlan, PlannedCampaign, Refusal
from scheduler.core.planning.make_good import written_off
from scheduler.core.planning.placement import Pin
from scheduler.core.planning.planner import idle_windows, plan_day
from scheduler.core.planning.sessions import session_stretches
from scheduler.kernel.errors import as_texts
from scheduler.services.air.cue_lists import CueLists
from scheduler.services.planning.relay_days import write_relays
from scheduler.services.repositories import Repositories
from scheduler.store import Moved

__all__ = ["LOOK_BACK", "PLAN_MARGIN", "DayPlans", "is_standing", "whole_second"]


PLAN_MARGIN = timedelta(seconds=5)
"""Beyond the arming time: nothing that starts sooner is re-planned, so that playout and planner never meet."""
LOOK_BACK = timedelta(days=31)
"""How long ago a day may lie whose missed airings have no word yet: a station that was off has slots of the past."""
_DAY, _NEAR = timedelta(days=1), timedelta(hours=2)
"""No silence between two airings is longer than `_NEAR` asks of a neighbouring day."""
LOOKS_A_DAY, LOOKS_AT_DAYS = 6, 40
"""How many plans that were only looked at are kept."""
_REPLANNED = frozenset({Trigger.SCHEDULE, Trigger.MAKE_GOOD})
"""The planner's own slots; every other one was put where it is by a person or by the clock."""


class _MadeFrom(NamedTuple):
    """All that a plan is made from; the rules of the station may change on the page."""

    asked: tuple[PlannedCampaign, ...]
    fixed: tuple[Slot, ...]
    earliest: datetime | None
    pins: tuple[Pin, ...]
    beside: tuple[Slot, ...]
    rules: StationRules


class DayPlans:
    """Plans days and writes them; keeps the last plan of each with all it was made from."""

    def __init__(self, repos: Repositories, rundowns: CueLists) -> None:
        self._repos = repos
        self._rundowns = rundowns
        self._moved = Moved(repos.store)
        self._plans: dict[date, tuple[_MadeFrom, DayPlan]] = {}
        """Most replans change one day or none."""
        self._looks: dict[date, tuple[tuple[_MadeFrom, DayPlan], ...]] = {}
        self._settled: frozenset[date] = frozenset()
        """Days that are over and owe no word any more."""

    def plan(
        self,
        day: date,
        running: Sequence[PlannedCampaign],
        *,
        pins: Sequence[Pin] | None = None,
        without: Collection[str] = (),
        also: Sequence[Slot] = (),
    ) -> DayPlan:
        """The plan of a day as it would be written now, were these the campaigns that run; nothing is written.

        Args:
            day: a day of the station's zone.
            running: the campaigns.
            pins: what people have said of its airings; None = what is kept.
            without: standing slots that would be gone.
            also: slots that would stand besides.

        """
        not_before = self.not_before()
        fixed = [slot for slot in self._split(day, not_before)[0] if slot.id not in without]
        kept = self._moved.of_day(day) if pins is None else pins
        earliest, station = self.earliest(day, whole_second(not_before)), self._repos.config.rules
        beside = self.beside(day, not_before)
        made_from = _MadeFrom(tuple(running), (*fixed, *also), earliest, tuple(kept), beside, station)
        return self._looked_ahead(day, made_from)

    def _looked_ahead(self, day: date, made_from: _MadeFrom) -> DayPlan:
        """A plan that is asked for and not written; the last few of each day are kept, because forms ask again."""
        asked_before = self._looks.get(day, ())
        for one in asked_before:
            if _still_holds(one, made_from):
                return one[1]
        plan = _made(day, made_from)
        days = [*self._looks, day]
        if len(days) > LOOKS_AT_DAYS:
            self._looks.pop(days[0], None)
        self._looks[day] = ((made_from, plan), *asked_before[: LOOKS_A_DAY - 1])
        return plan

    def earliest(self, day: date, not_before: datetime) -> datetime | None:
        """`not_before` where it lies in the day or behind it; on a day ahead nothing is too early."""
        begins, _ = rules.day_span(day, self._repos.config.rules.zone_name)
        return not_before if not_before > begins else None

    def standing(self, day: date) -> list[Slot]:
        """The slots of a day that a new plan leaves as they are."""
        return self._split(day, self.not_before())[0]

    def instant_on(self, day: date, at: time) -> datetime | None:
        """A wall time of a day; behind its midnight where only there a session of the day is open."""
        station = self._repos.config.rules
        stretches = session_stretches(day, self._repos.programme.campaigns(CampaignState.ACTIVE), station)
        choices = [rules.local_instant(one, at, station.zone_name) for one in (day, day + _DAY)]
        open_ = [one for one in choices if one and any(low <= one < high for low, high in stretches)]
        return open_[0] if open_ else choices[0]

    def holds(self, day: date, at: datetime) -> bool:
        """Whether an airing of a campaign that starts then belongs to the day: it, and its sessions over midnight."""
        station = self._repos.config.rules
        stretches = session_stretches(day, self._repos.programme.campaigns(CampaignState.ACTIVE), station)
        begins, ends = rules.day_span(day, station.zone_name)
        return begins <= at < max([ends, *(end for _, end in stretches)])

    def kept(self, day: date) -> DayPlan | None:
        """The plan of a day as its rows say it, of what does not stand yet; None when it is not planned yet."""
        if day not in self.ahead():
            return None
        _, loose = self._split(day, self.not_before())
        return DayPlan(day, tuple(loose), tuple(self._repos.slots.refusals(day)))

    def ahead(self) -> list[date]:
        """Today and the days that are planned ahead."""
        today = self._repos.today
        return [today + timedelta(days=ahead) for ahead in range(self._repos.config.planning.days_ahead)]

    def replan(self) -> None:
        """Write the plans of today and the days ahead; a day whose rows say the same already is not written."""
        now, owed = self._repos.clock.now(), self._repos.jobs.plan_owed()
        not_before = self.not_before()
        self._close_stopped(now)
        days, running = self.ahead(), self.running()
        self._plans = {day: kept for day, kept in list(self._plans.items()) if day >= days[0]}
        changed: list[DayPlan] = []
        movers: dict[str, int] = {}
        if self._goes_on(days[0] - _DAY, not_before):
            days = [days[0] - _DAY, *days]
            running = self._as_of(days[0], running)
        write_relays(self._repos, days, not_before, now)
        before: Sequence[Slot] | None = None
        for day in days:
            fixed, loose = self._split(day, not_before)
            pins = self._moved.of_day(day)
            movers |= {pin.slot_id: pin.person_id for pin in pins if pin.start}
            plan = self._planned(day, running, fixed, not_before, pins, self.beside(day, not_before, before))
            before = (*fixed, *plan.slots)
            self._moved.note_unkept(plan)
            running = _after(running, plan, fixed)
            if _as_kept(plan) != (loose, _to_rows(self._repos.slots.refusals(day))):
                changed.append(plan)
        if changed:
            with self._repos.store.write():  # one for all: each is a flush of the disk
                for plan in changed:
                    self._repos.slots.replace_day(plan, not_before, now, movers)
        if self._repos.config.rules.make_good:
            self._write_off(days[0], not_before, now)  # not of a day that still goes on
        if owed:  # what was changed while this plan was made is owed still
            self._repos.jobs.plan_follows(owed, now)

    def take(self, plan: DayPlan) -> None:
        """Write the plan of a day that was looked at; what it is made from is changed in the same transaction."""
        if plan.day not in self.ahead():
            return
        not_before, pins = self.not_before(), self._moved.of_day(plan.day)
        still = replace(plan, slots=tuple(slot for slot in plan.slots if slot.start >= not_before))
        movers = {pin.slot_id: pin.person_id for pin in pins if pin.start}
        self._repos.slots.replace_day(still, not_before, self._repos.clock.now(), movers)
        self._moved.note_unkept(plan)

    def _planned(
        self,
        day: date,
        running: list[PlannedCampaign],
        fixed: list[Slot],
        not_before: datetime,
        pins: list[Pin],
        beside: tuple[Slot, ...],
    ) -> DayPlan:
        """The plan of a day, made anew only when something it is made from has changed."""
        station = self._repos.config.rules
        earliest = self.earliest(day, not_before)
        # A day that has begun may owe an airing of a campaign that wants none of it any more.
        asked = tuple(one for one in running if earliest or rules.wanted_on(one.campaign, day))
        made_from = _MadeFrom(asked, tuple(fixed), earliest, tuple(pins), beside, station)
        kept = self._plans.get(day)
        if kept is None or not _still_holds(kept, made_from):
            kept = made_from, _made(day, made_from)
            self._plans[day] = kept
        return kept[1]

    def _goes_on(self, day: date, not_before: datetime) -> bool:
        """Whether a day whose midnight has passed still has open time ahead, or airings that wait."""
        campaigns, station = self._repos.programme.campaigns(CampaignState.ACTIVE), self._repos.config.rules
        relays = (one for one in self._repos.relays.all(CampaignState.ACTIVE) if rules.wanted_on(one, day))
        stretches = [*session_stretches(day, campaigns, station)]
        stretches += [span for one in relays for span in rules.open_spans(one, day, station)]
        waits = any(one.outcome is None and one.start >= not_before for one in self._repos.slots.of_day(day))
        return waits or any(end > not_before for _, end in stretches)

    def _as_of(self, day: date, running: Sequence[PlannedCampaign]) -> list[PlannedCampaign]:
        """The campaigns with the turns that they had had before `day`."""
        turns = self._repos.programme.turns_before
        return [replace(one, had=(day, turns(one.campaign.id, day))) if one.had else one for one in running]

    def beside(self, day: date, not_before: datetime, before: Sequence[Slot] | None = None) -> tuple[Slot, ...]:
        """The slots near midnight of the day before (by its rows, or as just planned) and of the day after."""
        begins, ends = rules.day_span(day, self._repos.config.rules.zone_name)
        earlier = self._repos.slots.of_day(day - _DAY) if before is None else before
        later, _ = self._split(day + _DAY, not_before)
        near = [slot for slot in earlier if slot.end > begins - _NEAR]
        return (*near, *(slot for slot in later if slot.start < ends + _DAY))

    def _write_off(self, today: date, not_before: datetime, now: datetime) -> None:
        """A word for each airing that a day before `today` still owes: what was not made good then never is."""
        sql = (
            "SELECT DISTINCT day FROM slot WHERE day >= ? AND day < ? AND trigger = 'schedule'"
            " AND outcome IN ('missed', 'refused', 'failed')"
        )
        span = ((today - LOOK_BACK).isoformat(), today.isoformat())
        days = {date.fromisoformat(row["day"]) for row in self._repos.store.rows(sql, span)}
        over: set[date] = set()
        for day in days - self._settled:
            slots, told = self._repos.slots.of_day(day), self._repos.slots.refusals(day)
            if missing := written_off(slots, told, self._repos.config.rules):
                refusals = sorted([*told, *missing], key=lambda one: (one.campaign_id, one.ordinal))
                self._repos.slots.replace_day(DayPlan(day, (), tuple(refusals)), not_before, now)
            if all(slot.outcome for slot in slots):
                over.add(day)
        if not self._repos.store.db.conn.in_transaction:  # the words just written may yet be undone
            self._settled = (self._settled | over) & days

    def not_before(self) -> datetime:
        """What starts sooner is not re-planned, and nobody may move it."""
        return self._repos.clock.now() + timedelta(seconds=self._repos.config.playout.arm_seconds) + PLAN_MARGIN

    def _split(self, day: date, not_before: datetime) -> tuple[list[Slot], list[Slot]]:
        """The slots of a day that are not to be moved, and those that a new plan replaces."""
        slots = self._repos.slots
        begun = self.begun()
        fixed: list[Slot] = []
        loose: list[Slot] = []
        for slot in slots.of_day(day):
            stands = is_standing(slot, begun, not_before) or slot.trigger not in _REPLANNED or slot.campaign_id is None
            (fixed if stands else loose).append(slot)
        return fixed, loose

    def begun(self) -> set[str]:
        """The slots that sound, are armed, or were cut and will go on."""
        slots = self._repos.slots

        def read() -> frozenset[str]:
            return frozenset(airing.slot_id for airing in (*slots.open_airings(), *slots.interrupted()))

        return set(self._repos.store.unchanged("begun", read))

    def _close_stopped(self, now: datetime) -> None:
        """A campaign whose stop was ahead and has come is stopped."""
        programme = self._repos.programme
        for campaign in programme.campaigns(CampaignState.ACTIVE):
            if campaign.stopped_at is not None and campaign.stopped_at <= now:
                programme.change_campaign(replace(campaign, state=CampaignState.STOPPED))

    def running(self) -> list[PlannedCampaign]:
        """Every running campaign with the length of its airings and what keeps them off the air."""
        programme = self._repos.programme

        def read() -> tuple[PlannedCampaign, ...]:
            return tuple(self.known(campaign) for campaign in programme.campaigns(CampaignState.ACTIVE))

        return list(self._repos.store.unchanged(("running", self.ahead()[0]), read))

    def idle_windows(
        self, day: date, slots: Sequence[Slot], asked: Sequence[PlannedCampaign] | None = None
    ) -> list[Refusal]:
        """Windows of campaigns (None = all that run) without an airing among `slots`; none of a day that is over."""
        if day < self.ahead()[0]:
            return []
        return idle_windows(day, self.running() if asked is None else asked, self._repos.config.rules, slots)

    def known(self, campaign: Campaign) -> PlannedCampaign:
        """A campaign with its clips: how long an airing of each sounds, and what keeps it off the air."""
        first, *rest = [self._clip(campaign, announcement_id) for announcement_id in campaign.announcement_ids]
        had: tuple[date, int] | None = None
        if rest and campaign.id:
            today = self.ahead()[0]
            had = today, self._repos.programme.turns_before(campaign.id, today)
        most = self._repos.programme.most_a_day(campaign.dispatch_id) if campaign.dispatch_id else None
        return PlannedCampaign(campaign, first.airing, first.audio_sha256, first.blocked, tuple(rest), had, most)

    def _clip(self, campaign: Campaign, announcement_id: int) -> Clip:
        announcement = self._repos.programme.announcement(announcement_id)
        sha256, blocked = announcement.audio_sha256, ""
        if sha256 is None:
            blocked = "no_audio"
        elif self._repos.programme.clip(sha256).retired_at:
            blocked = "audio_retired"
        elif announcement.state is not AnnouncementState.APPROVED or announcement.approved_sha256 != sha256:
            blocked = "unapproved"
        frames, says = self._rundowns.sound_of(announcement)
        items = self._rundowns.items(frames, chime=campaign.chime, repeat=turns(campaign.repeat, says))
        return Clip(announcement_id, length(items), Sha256(sha256 or ""), blocked)


def _made(day: date, made_from: _MadeFrom) -> DayPlan:
    asked, fixed, earliest, pins, beside, station = made_from
    return plan_day(day, asked, station, fixed=fixed, not_before=earliest, pins=pins, beside=beside)


def is_standing(slot: Slot, begun: Collection[str], not_before: datetime) -> bool:
    """Whether nothing can be changed of a slot any more: it has ended, begun, or is about to."""
    return bool(slot.outcome) or slot.id in begun or slot.start < not_before


def _still_holds(kept: tuple[_MadeFrom, DayPlan], asked: _MadeFrom) -> bool:
    """Whether planning anew would give the same: from the same, or only later, with every airing still ahead.

    `plan_day` chooses by the start alone, so a start that is still free is chosen again; a refusal may read otherwise.
    """
    made_from, plan = kept
    if made_from[:2] != asked[:2] or made_from[3:] != asked[3:]:
        return False
    before, now = made_from.earliest, asked.earliest
    if before == now:
        return True
    if now is None or plan.refusals or plan.unkept or plan.not_made_up or (before is not None and before > now):
        return False
    return all(slot.start >= now for slot in plan.slots)


def _after(running: list[PlannedCampaign], plan: DayPlan, fixed: Sequence[Slot]) -> list[PlannedCampaign]:
    """The campaigns on the next day: those with several clips have had the turns of this one."""
    if not any(one.rest for one in running):
        return running
    turns, next_day = turns_in(plan, fixed), plan.day + timedelta(days=1)
    return [
        replace(one, had=(next_day, one.had[1] + turns[one.campaign.id])) if one.rest and one.had else one
        for one in running
    ]


def whole_second(at: datetime) -> datetime:
    """The next whole second: two looks at a plan on one page are looks at the same plan."""
    return at.replace(microsecond=0) + timedelta(seconds=1) if at.microsecond else at


_Told = list[tuple[int, int, str, dict[str, str]]]


def _to_rows(refusals: Iterable[Refusal]) -> _Told:
    """Refusals as their rows hold them: every detail is text there."""
    return [(one.campaign_id, one.ordinal, one.reason, as_texts(one.details)) for one in refusals]


def _as_kept(plan: DayPlan) -> tuple[list[Slot], _Told]:
    """A plan as its rows would say it: lengths are whole milliseconds there."""
    return [_with_whole_milliseconds(slot) for slot in plan.slots], _to_rows(plan.refusals)


def _with_whole_milliseconds(slot: Slot) -> Slot:
    if not slot.length.microseconds % 1000:
        return slot
    millisecond = timedelta(milliseconds=1)
    return replace(slot, length=round(slot.length / millisecond) * millisecond)
