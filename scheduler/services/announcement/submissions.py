"""Đề nghị phát: a sound with when and where goes to the leader as one act, and is approved as one.

Judged when it is submitted and again when it is approved: no wish leaves without a time that works. An approval, the
airing or the campaign that it brings, and the plan around it are one transaction: nothing that is approved waits for a
second button. What was planned is told from the rows (`outlook`), never from the wish.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.core.model import (
    Announcement,
    Campaign,
    CampaignState,
    DayPlan,
    Person,
    PlannedCampaign,
    Priority,
)
from scheduler.core.planning.outlook import Outlook
from scheduler.core.planning.outlook_words import when_words
from scheduler.core.planning.submission import Lateness, Place, Submission, SubmissionKind, SubmissionRequest, lateness
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.outlook import OutlookService
from scheduler.services.planning.rhythm_judge import JudgedRhythm, RhythmJudge, together
from scheduler.services.planning.schedule import TRIES, ScheduleService
from scheduler.services.planning.time_judge import JudgedTime, zones_of
from scheduler.services.repositories import Repositories, known_zone, permit
from scheduler.store.planning.submissions import Submissions

__all__ = ["Offer", "SubmissionRequest", "SubmissionService"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What an approval at this moment would bring: the words of the leader's button, and what else can be chosen."""

    submission: Submission
    start: datetime | None
    """When it would sound; None = a time must be chosen, or it goes by its rhythm."""
    lateness: Lateness
    judged: JudgedTime | None = None
    rhythm: JudgedRhythm | None = None

    @property
    def choices(self) -> tuple[datetime, ...]:
        return self.judged.choices if self.judged else ()


@dataclass(frozen=True, slots=True)
class _Bringing:
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


class _DayChanged(Exception):  # noqa: N818 - no error: it is judged anew
    """The day is not as it was judged."""


class SubmissionService:
    def __init__(
        self,
        parts: Repositories,
        announcements: AnnouncementService,
        campaigns: CampaignService,
        schedule: ScheduleService,
        outlook: OutlookService,
    ) -> None:
        self._parts = parts
        self._announcements = announcements
        self._campaigns = campaigns
        self._schedule = schedule
        self._outlook = outlook
        self._rows = Submissions(parts.store)
        self._rhythms = RhythmJudge(parts, campaigns)

    # Looking

    def of(self, announcement_id: int) -> Submission | None:
        """What was asked for last with an announcement."""
        return self._rows.newest_of(announcement_id)

    def judge(self, actor: Person, announcement_id: int, at: datetime, zones: Sequence[str] = ()) -> JudgedTime:
        """What comes of a start at `at`; nothing is written. Raises NotFound; Refused zone_unknown."""
        seen, chosen = self._parts.programme.announcement(announcement_id), self._known(zones)
        old = self._own_slots(announcement_id)
        return self._schedule.judge.at(seen, at, chosen, actor, without=old)

    def soon(self, actor: Person, announcement_id: int, zones: Sequence[str] = ()) -> datetime | None:
        """Ngay khi duyệt: when it would sound if it were approved now."""
        seen, chosen = self._parts.programme.announcement(announcement_id), self._known(zones)
        return self._schedule.judge.soon(seen, chosen, actor, without=self._own_slots(announcement_id))

    def judge_rhythm(self, campaign: Campaign) -> JudgedRhythm:
        """What comes of a campaign, saved or not, if its announcement were approved now; nothing is written."""
        return self._rhythms.judge(campaign)

    def offer(self, announcement_id: int) -> Offer | None:
        """What the approval of an announcement would bring now; None where nothing was asked for with it."""
        submission = self._rows.open_of(announcement_id)
        if submission is None:
            return None
        if submission.kind is SubmissionKind.RHYTHM:
            asked = [self._campaigns.get(place.campaign_id or 0) for place in submission.places]
            rhythm = together([self.judge_rhythm(one) for one in asked])
            return Offer(submission, None, Lateness.IN_TIME, rhythm=rhythm)
        seen = self._parts.programme.announcement(announcement_id)
        by = self._parts.people.get(submission.created_by)
        if submission.at is None:
            start = self._schedule.judge.soon(seen, submission.zones, by)
            judged = self._schedule.judge.at(seen, start, submission.zones, by) if start else None
            return Offer(submission, start, Lateness.IN_TIME, judged)
        judged = self._schedule.judge.at(seen, submission.at, submission.zones, by)
        late = self._lateness(submission.at)
        if late is Lateness.IN_TIME:
            return Offer(submission, None if judged.refusal else submission.at, late, judged)
        ahead = judged.choices[:1] if late is Lateness.LATE else ()
        return Offer(submission, next(iter(ahead), None), late, judged)

    def _lateness(self, at: datetime) -> Lateness:
        return lateness(at, self._campaigns.days.not_before(), self._parts.clock.now())

    def _known(self, zones: Sequence[str]) -> tuple[str, ...]:
        chosen = zones_of(zones)
        for zone in chosen:
            known_zone(self._parts.config, zone)
        return chosen

    def _own_slots(self, announcement_id: int) -> tuple[str, ...]:
        """What earlier approvals of it have planned and a new one replaces: it has neither begun nor is about to."""
        ids = set(self._rows.slots_of(announcement_id))
        if not ids:
            return ()
        days, now = self._campaigns.days, self._parts.clock.now()
        begun, not_before = days.begun(), days.not_before()
        ahead = self._parts.slots.open_between(not_before, now + timedelta(days=366))
        return tuple(slot.id for slot in ahead if slot.id in ids and slot.id not in begun)

    # Handing in

    def submit(self, actor: Person, announcement_id: int, wish: SubmissionRequest, *, at_desk: bool = True) -> int:
        """Hand an announcement to the leader together with when and where it is to air; its number.

        Raises Refused with what stands against the wish, or against handing it in.
        """
        seen = self._parts.programme.announcement(announcement_id)
        places = self._places(actor, seen, wish)
        with self._parts.store.write():
            self._announcements.submit(actor, announcement_id, at_desk=at_desk)
            if wish.campaigns:
                kept = [self._kept(actor, one) for one in wish.campaigns]
                for key in kept:
                    self._campaigns.refuse_unready(self._campaigns.get(key))
                places = tuple(replace(one, campaign_id=key) for one, key in zip(places, kept, strict=True))
            at = wish.at.replace(microsecond=0) if wish.at else None
            return self._rows.add(announcement_id, wish.kind, at, places, actor.id, self._parts.clock.now())

    def _kept(self, actor: Person, campaign: Campaign) -> int:
        """Its number. What stands as it is, is not saved: that would answer what its dispatch left open."""
        stands = campaign.id and self._campaigns.get(campaign.id) == campaign
        return campaign.id if stands else self._campaigns.save(actor, campaign)

    def hand_in(self, actor: Person, announcement_id: int, *, only_stored: bool = False) -> None:
        """Hand an announcement to the leader without a wish: its campaigns say when, or an emergency's order will.

        `only_stored`: it has no time and is to have none; its approval then says that nothing of it is planned.
        Raises Refused submit_no_time where nothing says when, and what `submit` does.
        """
        seen, today = self._parts.programme.announcement(announcement_id), self._campaigns.days.ahead()[0]
        mine = [one for one in self._campaigns.listed() if seen.id in one.announcement_ids and one.end >= today]
        drafts = tuple(one for one in mine if one.state is CampaignState.DRAFT)
        if drafts and not only_stored:
            self.submit(actor, seen.id, SubmissionRequest(campaigns=drafts))
            return
        running = [one for one in mine if one.state is CampaignState.ACTIVE]
        if not (only_stored or running or seen.priority is Priority.EMERGENCY):
            raise Refused("submit_no_time", field="at")
        for one in () if only_stored else running:
            if refusal := self.judge_rhythm(one).refusal:
                raise Refused(refusal.reason, **refusal.details)
        self._announcements.submit(actor, seen.id)

    def _places(self, actor: Person, seen: Announcement, wish: SubmissionRequest) -> tuple[Place, ...]:
        """The zones of a wish that works. Raises Refused where it does not."""
        if seen.priority is Priority.EMERGENCY:
            raise Refused("add_emergency")
        zones = [one.zone for one in wish.campaigns] if wish.campaigns else self._known(wish.zones)
        for zone in zones:
            permit(actor, "submit", zone)
        for campaign in wish.campaigns:
            if seen.id not in campaign.announcement_ids or campaign.state is not CampaignState.DRAFT:
                raise Refused("wrong_state")
            if refusal := self.judge_rhythm(campaign).refusal:
                raise Refused(refusal.reason, **refusal.details)
        if wish.at is not None:
            self._refuse(self.judge(actor, seen.id, wish.at, zones))
        elif not wish.campaigns and self.soon(actor, seen.id, zones) is None:
            raise Refused("no_room")
        return tuple(Place(zone) for zone in zones)

    def _refuse(self, judged: JudgedTime) -> None:
        """Raise what stands against a time, with the times that work."""
        if judged.refusal is not None:
            raise Refused(judged.refusal.reason, **judged.refusal.details, choices=self._named(judged))

    def _named(self, judged: JudgedTime) -> str:
        return ", ".join(self._when(one) for one in judged.choices)

    def _when(self, at: datetime) -> str:
        return when_words(at, self._parts.clock.now(), self._parts.config.station.time_zone)

    # Deciding

    def approve(
        self,
        actor: Person,
        announcement_id: int,
        sha256: str,
        *,
        heard: bool,
        read_as: Collection[str] = (),
        at: datetime | None = None,
        prove: Callable[[], None] = lambda: None,
    ) -> Outlook:
        """Approve exactly the sound `sha256` with all that was asked for: airing, campaign and plan, or nothing.

        `at`: the start that the leader has before their eyes, or has chosen; needed where the wished time is past.
        Raises what `AnnouncementService.approve` does, and Refused: approved_late, approved_too_late, or why the time
        does not work any more.
        """
        proved = False

        def prove_once() -> None:
            nonlocal proved
            if not proved:
                prove()
                proved = True

        for _ in range(TRIES):
            try:
                self._approve_whole(actor, announcement_id, sha256, heard, read_as, at, prove_once)
            except _DayChanged:
                continue
            except Refused as refused:
                raise self._as_second(refused, announcement_id) from None
            return self._outlook.of(announcement_id)
        raise Refused("changed_elsewhere")

    def _approve_whole(
        self,
        actor: Person,
        announcement_id: int,
        sha256: str,
        heard: bool,  # noqa: FBT001 - as above
        read_as: Collection[str],
        at: datetime | None,
        prove: Callable[[], None],
    ) -> None:
        bringing: list[_Bringing] = []

        def ready() -> None:
            bringing.append(self._bringing(self._parts.programme.announcement(announcement_id), at))
            prove()

        def also() -> None:
            self._bring(actor, self._parts.programme.announcement(announcement_id), bringing[-1])

        self._announcements.approve(
            actor, announcement_id, sha256, heard=heard, read_as=read_as, prove=ready, also=also
        )

    def _as_second(self, refused: Refused, announcement_id: int) -> Refused:
        """Whoever comes second is told by whom it was approved and when it airs."""
        if refused.reason == "edited_meanwhile":
            seen = self._parts.programme.announcement(announcement_id)
            told = self._announcements.decided_already(seen, "approve")
            refused = told or refused
        if refused.reason == "approved_already":
            return Refused(refused.reason, **refused.details, airs=self._outlook.of(announcement_id).sentence)
        return refused

    def _bringing(self, seen: Announcement, at: datetime | None) -> _Bringing:
        """What the approval brings, judged on the plan as it will be with it."""
        submission = self._rows.open_of(seen.id)
        drafts = self._drafts(seen, submission)
        running = self._running_with(seen, drafts)
        old = self._own_slots(seen.id) if submission else ()
        time: JudgedTime | None = None
        if submission is not None and submission.kind is not SubmissionKind.RHYTHM:
            time = self._time(seen, submission, at, running, old)
        plans: tuple[DayPlan, ...] = ()
        if time is not None:
            plans = (time.plan,) if time.plan else ()
        elif drafts:
            plans = self._first_days(drafts, running)
        return _Bringing(submission, time, old, tuple(one.id for one in drafts), plans)

    def _drafts(self, seen: Announcement, submission: Submission | None) -> list[Campaign]:
        """The campaigns that wait for this sound: those that were asked for with it, and every draft of it that may
        start. One with a doubt or a fault stays; that nothing is planned then is told.
        """
        asked = {place.campaign_id for place in submission.places} if submission else set()
        today = self._campaigns.days.ahead()[0]
        waiting = self._parts.programme.campaigns(CampaignState.DRAFT)
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
        running: Sequence[PlannedCampaign],
        old: Collection[str],
    ) -> JudgedTime:
        """The start that is approved. Raises Refused where it is none that was seen and works."""
        judge, by = self._schedule.judge, self._parts.people.get(submission.created_by)
        start = at or submission.at or judge.soon(seen, submission.zones, by, running=running, without=old)
        if start is None:
            raise Refused("no_room")
        judged = judge.at(seen, start, submission.zones, by, running=running, without=old, others=False)
        if at is None and submission.at is not None:
            late = self._lateness(submission.at)
            if late is not Lateness.IN_TIME:
                reason = "approved_late" if late is Lateness.LATE else "approved_too_late"
                following = self._when(judged.choices[0]) if judged.choices else ""
                told = {"at": self._when(submission.at), "choices": self._named(judged)}
                raise Refused(reason, **told | ({"next": following} if following else {}))
        elif at is None and judged.refusal is not None:
            raise Refused("no_room")
        self._refuse(judged)
        return judged

    def _bring(self, actor: Person, seen: Announcement, what: _Bringing) -> None:
        """Inside the transaction of the decision: airing, campaigns, plan."""
        gave_way = self._giving_way(what)
        for slot_id in what.old_slots:
            if not self._schedule.moved.take_back(slot_id):
                raise _DayChanged
        slots: list[tuple[str, str]] = []
        if what.time is not None:
            known = what.time.known
            gone = set(what.old_slots)
            time = replace(
                what.time, known=replace(known, slots=tuple(one for one in known.slots if one.id not in gone))
            )
            written = self._schedule.add_judged(actor, seen.title, time)
            if written is None:
                raise _DayChanged
            slots = [(slot.zone, slot.id) for slot in written[1]]
        for campaign_id in what.campaigns:
            self._campaigns.begin(self._campaigns.get(campaign_id))
        if what.time is None:
            for plan in what.plans:
                self._campaigns.days.take(plan)
        if what.submission is not None:
            self._rows.approve(what.submission.id, slots, what.told, gave_way)

    def _giving_way(self, what: _Bringing) -> dict[str, datetime]:
        """The slots that its plans move, each with the start that it has in the rows."""
        planned = {slot.id: slot.start for plan in what.plans for slot in plan.slots}
        stand = [slot for plan in what.plans for slot in self._parts.slots.of_day(plan.day)]
        return {slot.id: slot.start for slot in stand if planned.get(slot.id, slot.start) != slot.start}
