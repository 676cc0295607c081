"""What an approval brings beside the decision: airing, campaigns and the plan around them, written as they were judged.

It is judged on the plan as it will be with the approval, outside of the transaction; what was judged is written inside
of it, and only while the day still stands as it was judged. Who may approve, and what was heard, is asked elsewhere.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from scheduler.core.model import Announcement, Campaign, CampaignState, Person
from scheduler.core.planning.day_plan import DayPlan, PlannedCampaign
from scheduler.core.planning.make_up import MakeUp
from scheduler.core.planning.outlook_words import when_words
from scheduler.core.planning.submission import Lateness, Submission, SubmissionKind, lateness
from scheduler.kernel.errors import Refused
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.schedule import ScheduleService
from scheduler.services.planning.time_judge import JudgedTime
from scheduler.services.planning.wished_days import DayVersion
from scheduler.services.repositories import Repositories
from scheduler.store.planning.submissions import Submissions

__all__ = ["Bringing", "BroughtByApproval", "DayChanged"]


@dataclass(frozen=True, slots=True)
class Bringing:
    """What an approval writes beside the decision."""

    submission: Submission | None
    time: JudgedTime | None
    old_slots: tuple[str, ...]
    campaigns: tuple[int, ...]
    plans: tuple[DayPlan, ...]

    @property
    def told(self) -> datetime | None:
        ids = set(self.campaigns)
        starts = [slot.start for plan in self.plans for slot in plan.slots if slot.campaign_id in ids]
        return self.time.start if self.time else min(starts, default=None)


class DayChanged(Exception):  # noqa: N818 - no error: it is judged anew
    """The day is not as it was judged."""


class BroughtByApproval:
    def __init__(self, repos: Repositories, campaigns: CampaignService, schedule: ScheduleService) -> None:
        self._repos = repos
        self._campaigns = campaigns
        self._schedule = schedule
        self._rows = Submissions(repos.store)

    # Judging

    def mark(self, seen: Announcement) -> str:
        """Of what an approval would say yes to: it changes with the wish, and with the campaigns that wait for it."""
        waiting = [
            one for one in self._repos.programme.campaigns(CampaignState.DRAFT) if seen.id in one.announcement_ids
        ]
        return sha256(repr((self._rows.open_of(seen.id), waiting)).encode()).hexdigest()

    def judged(self, seen: Announcement, at: datetime | None, make_up: MakeUp | None = None) -> Bringing:
        """What the approval brings, judged on the plan as it will be with it."""
        submission = self._rows.open_of(seen.id)
        drafts = self._drafts(seen, submission)
        running = self._running_with(seen, drafts)
        old = self.own_slots(seen.id) if submission else ()
        time: JudgedTime | None = None
        if submission is not None and submission.kind is not SubmissionKind.RHYTHM:
            time = self._time(seen, submission, at, make_up, running, old)
        plans: tuple[DayPlan, ...] = ()
        if time is not None:
            plans = (time.plan,) if time.plan else ()
        elif drafts:
            plans = self._first_days(drafts, running)
        return Bringing(submission, time, old, tuple(one.id for one in drafts), plans)

    def _drafts(self, seen: Announcement, submission: Submission | None) -> list[Campaign]:
        """The campaigns that wait for this sound: those that were asked for with it, and every draft of it that may
        start. One with a doubt or a fault stays; that nothing is planned then is told.
        """
        asked = {place.campaign_id for place in submission.places} if submission else set()
        today = self._campaigns.days.ahead()[0]
        waiting = self._repos.programme.campaigns(CampaignState.DRAFT)
        mine = [one for one in waiting if seen.id in one.announcement_ids and one.end >= today]
        return [one for one in mine if one.id in asked or self._is_ready(one)]

    def _is_ready(self, campaign: Campaign) -> bool:
        try:
            self._campaigns.refuse_unready(campaign)
        except Refused:
            return False
        return True

    def _running_with(self, seen: Announcement, drafts: Sequence[Campaign]) -> list[PlannedCampaign]:
        """All that runs as if this sound were approved."""
        running = [self._campaigns.as_running(one) for one in drafts]
        for one in self._campaigns.running():
            mine = seen.id in one.campaign.announcement_ids
            running.append(self._campaigns.as_approved(one, seen.id) if mine else one)
        return running

    def _first_days(self, drafts: Sequence[Campaign], running: Sequence[PlannedCampaign]) -> tuple[DayPlan, ...]:
        """The plans as far as the first airing that they bring and the day behind it, as the offer has told who gives
        way; the days behind them follow.
        """
        ids, plans = {one.id for one in drafts}, list[DayPlan]()
        for day in self._campaigns.days.ahead():
            is_last = any(slot.campaign_id in ids for plan in plans for slot in plan.slots)
            plans.append(self._campaigns.days.plan(day, running))
            if is_last:
                break
        return tuple(plans)

    def _time(
        self,
        seen: Announcement,
        submission: Submission,
        at: datetime | None,
        make_up: MakeUp | None,
        running: Sequence[PlannedCampaign],
        old: Collection[str],
    ) -> JudgedTime:
        """The start that is approved. Raises Refused where it is none that was seen and works."""
        judge, by = self._schedule.judge, self._repos.people.get(submission.created_by)
        start = at or submission.at or judge.soon(seen, submission.zones, by, running=running, without=old)
        if start is None:
            raise Refused("no_room")
        decided = make_up if at else submission.make_up
        judged = judge.at(
            seen, start, submission.zones, by, running=running, without=old, others=False, make_up=decided
        )
        if at is None and submission.at is not None:
            late = self.lateness(submission.at)
            if late is not Lateness.IN_TIME:
                reason = "approved_late" if late is Lateness.LATE else "approved_too_late"
                following = self._when(judged.choices[0]) if judged.choices else ""
                told = {"at": self._when(submission.at), "choices": self._named(judged)}
                raise Refused(reason, **told | ({"next": following} if following else {}))
        elif at is None and judged.refusal is not None:
            raise Refused("no_room")
        self.refuse(judged)
        return judged

    def lateness(self, at: datetime) -> Lateness:
        return lateness(at, self._campaigns.days.not_before(), self._repos.clock.now())

    def own_slots(self, announcement_id: int) -> tuple[str, ...]:
        """What earlier approvals of it have planned and a new one replaces: it has neither begun nor is about to."""
        ids = set(self._rows.slots_of(announcement_id))
        if not ids:
            return ()
        days, now = self._campaigns.days, self._repos.clock.now()
        begun, not_before = days.begun(), days.not_before()
        ahead = self._repos.slots.open_between(not_before, now + timedelta(days=366))
        return tuple(slot.id for slot in ahead if slot.id in ids and slot.id not in begun)

    def refuse(self, judged: JudgedTime) -> None:
        """Raise what stands against a time, with the times that work."""
        if judged.refusal is not None:
            raise Refused(judged.refusal.reason, **judged.refusal.details, choices=self._named(judged))

    def _named(self, judged: JudgedTime) -> str:
        return ", ".join(self._when(one) for one in judged.choices)

    def _when(self, at: datetime) -> str:
        return when_words(at, self._repos.clock.now(), self._repos.config.station.time_zone)

    # Writing

    def write(self, actor: Person, seen: Announcement, what: Bringing) -> None:
        """Inside the transaction of the decision: airing, campaigns, plan."""
        gave_way = self._giving_way(what)
        for slot_id in what.old_slots:
            if not self._schedule.moved.take_back(slot_id):
                raise DayChanged
        slots: list[tuple[str, str]] = []
        if what.time is not None:
            time = _without(what.time, what.old_slots)
            written = self._schedule.add_judged(actor, seen.title, time)
            if written is None:
                raise DayChanged
            slots = [(slot.zone, slot.id) for slot in written[1]]
        for campaign_id in what.campaigns:
            self._campaigns.begin(self._campaigns.get(campaign_id))
        if what.time is None:
            for plan in what.plans:
                self._campaigns.days.take(plan)
        if what.submission is not None:
            self._rows.approve(what.submission.id, slots, what.told, gave_way)

    def _giving_way(self, what: Bringing) -> dict[str, datetime]:
        """The slots that its plans move, each with the start that it has in the rows; what makes up an airing, with the
        start of that.
        """
        planned = {slot.id: slot.start for plan in what.plans for slot in plan.slots}
        stand = [slot for plan in what.plans for slot in self._repos.slots.of_day(plan.day)]
        moved = {slot.id: slot.start for slot in stand if planned.get(slot.id, slot.start) != slot.start}
        made_up = what.time.make_up if what.time else None
        return moved | ({made_up.pin.pays_as: made_up.lost.start} if made_up else {})


def _without(time: JudgedTime, gone: Collection[str]) -> JudgedTime:
    """The same, of days on which some slots are no more."""

    def known(day: DayVersion) -> DayVersion:
        return replace(day, slots=tuple(one for one in day.slots if one.id not in gone))

    made_up = time.make_up and replace(time.make_up, known=known(time.make_up.known))
    return replace(time, known=known(time.known), make_up=made_up)
