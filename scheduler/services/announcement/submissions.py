"""Đề nghị phát: a sound with when and where goes to the leader as one act, and is approved as one.

Judged when it is submitted and again when it is approved: no wish leaves without a time that works. An approval, the
airing or the campaign that it brings, and the plan around it are one transaction: nothing that is approved waits for a
second button. What was planned is told from the rows (`outlook`), never from the wish.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scheduler.core.model import (
    Announcement,
    Campaign,
    CampaignState,
    Person,
    Priority,
)
from scheduler.core.planning.make_up import MakeUp
from scheduler.core.planning.outlook import Outlook
from scheduler.core.planning.submission import Lateness, Place, Submission, SubmissionKind, SubmissionRequest
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.announcement.brought_by_approval import Bringing, BroughtByApproval, DayChanged
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.outlook import OutlookService
from scheduler.services.planning.rhythm_judge import JudgedRhythm, RhythmJudge, together
from scheduler.services.planning.schedule import TRIES, ScheduleService
from scheduler.services.planning.time_judge import JudgedTime, zones_of
from scheduler.services.repositories import Repositories, known_zone, permit
from scheduler.store.planning.submissions import Submissions

__all__ = ["Offer", "SubmissionRequest", "SubmissionService"]

_LATEST = datetime.max.replace(tzinfo=UTC)


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


class SubmissionService:
    def __init__(
        self,
        repos: Repositories,
        announcements: AnnouncementService,
        campaigns: CampaignService,
        schedule: ScheduleService,
        outlook: OutlookService,
    ) -> None:
        self._repos = repos
        self._announcements = announcements
        self._campaigns = campaigns
        self._schedule = schedule
        self._outlook = outlook
        self._rows = Submissions(repos.store)
        self._rhythms = RhythmJudge(repos, campaigns)
        self._brought = BroughtByApproval(repos, campaigns, schedule)

    # Looking

    def of(self, announcement_id: int) -> Submission | None:
        """What was asked for last with an announcement."""
        return self._rows.newest_of(announcement_id)

    def judge(
        self,
        actor: Person,
        announcement_id: int,
        at: datetime,
        zones: Sequence[str] = (),
        make_up: MakeUp | None = None,
    ) -> JudgedTime:
        """What comes of a start at `at`, with the airing that it costs made up so; nothing is written.

        Raises NotFound; Refused zone_unknown.
        """
        seen, chosen = self._repos.programme.announcement(announcement_id), self._known(zones)
        old = self._brought.own_slots(announcement_id)
        return self._schedule.judge.at(seen, at, chosen, actor, without=old, make_up=make_up)

    def soon(self, actor: Person, announcement_id: int, zones: Sequence[str] = ()) -> datetime | None:
        """Ngay khi duyệt: when it would sound if it were approved now."""
        seen, chosen = self._repos.programme.announcement(announcement_id), self._known(zones)
        return self._schedule.judge.soon(seen, chosen, actor, without=self._brought.own_slots(announcement_id))

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
        seen = self._repos.programme.announcement(announcement_id)
        by = self._repos.people.get(submission.created_by)
        if submission.at is None:
            start = self._schedule.judge.soon(seen, submission.zones, by)
            judged = self._schedule.judge.at(seen, start, submission.zones, by) if start else None
            return Offer(submission, start, Lateness.IN_TIME, judged)
        judged = self._schedule.judge.at(seen, submission.at, submission.zones, by, make_up=submission.make_up)
        late = self._brought.lateness(submission.at)
        if late is Lateness.IN_TIME:
            return Offer(submission, None if judged.refusal else submission.at, late, judged)
        ahead = judged.choices[:1] if late is Lateness.LATE else ()
        return Offer(submission, next(iter(ahead), None), late, judged)

    def waiting(self) -> list[Announcement]:
        """What waits for a leader, what is to air soonest first; what names no start stands where it was handed in."""
        waiting = self._announcements.waiting()
        if len(waiting) < 2:  # noqa: PLR2004 - one has no order
            return waiting
        asked = {one.announcement_id: one for one in self._rows.open()}
        due = {key: one.at or one.created_at for key, one in asked.items()}
        return sorted(waiting, key=lambda one: (due.get(one.id, _LATEST), one.id))

    def mark(self, announcement_id: int) -> str:
        """Of what its approval would say yes to at this moment; a page that shows an offer sends it back."""
        return self._brought.mark(self._repos.programme.announcement(announcement_id))

    def _known(self, zones: Sequence[str]) -> tuple[str, ...]:
        chosen = zones_of(zones)
        for zone in chosen:
            known_zone(self._repos.config, zone)
        return chosen

    # Handing in

    def submit(self, actor: Person, announcement_id: int, wish: SubmissionRequest, *, at_desk: bool = True) -> int:
        """Hand an announcement to the leader together with when and where it is to air; its number.

        Raises Refused with what stands against the wish, or against handing it in.
        """
        seen = self._repos.programme.announcement(announcement_id)
        places = self._places(actor, seen, wish)
        with self._repos.store.write():
            self._announcements.submit(actor, announcement_id, at_desk=at_desk)
            if wish.campaigns:
                kept = [self._kept(actor, one) for one in wish.campaigns]
                for key in kept:
                    self._campaigns.refuse_unready(self._campaigns.get(key))
                places = tuple(replace(one, campaign_id=key) for one, key in zip(places, kept, strict=True))
            at = wish.at.replace(microsecond=0) if wish.at else None
            make_up = wish.make_up if at else None
            return self._rows.add(announcement_id, wish.kind, at, places, actor.id, self._repos.clock.now(), make_up)

    def _kept(self, actor: Person, campaign: Campaign) -> int:
        """Its number. What stands as it is, is not saved: that would answer what its dispatch left open."""
        stands = campaign.id and self._campaigns.get(campaign.id) == campaign
        return campaign.id if stands else self._campaigns.save(actor, campaign)

    def hand_in(self, actor: Person, announcement_id: int, *, only_stored: bool = False) -> None:
        """Hand an announcement to the leader without a wish: its campaigns say when, or an emergency's order will.

        `only_stored`: it has no time and is to have none; its approval then says that nothing of it is planned.
        Raises Refused submit_no_time where nothing says when, and what `submit` does.
        """
        seen, today = self._repos.programme.announcement(announcement_id), self._campaigns.days.ahead()[0]
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
        with self._repos.store.write():
            self._announcements.submit(actor, seen.id)
            self._rows.close(seen.id)

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
            self._brought.refuse(self.judge(actor, seen.id, wish.at, zones, wish.make_up))
        elif not wish.campaigns and self.soon(actor, seen.id, zones) is None:
            raise Refused("no_room")
        return tuple(Place(zone) for zone in zones)

    # Deciding

    def approve(  # noqa: PLR0913 - what a leader has seen, heard and chosen, and all are named at the call
        self,
        actor: Person,
        announcement_id: int,
        sha256: str,
        *,
        heard: bool,
        read_as: Collection[str] = (),
        at: datetime | None = None,
        make_up: MakeUp | None = None,
        mark: str = "",
        prove: Callable[[], None] = lambda: None,
    ) -> Outlook:
        """Approve exactly the sound `sha256` with all that was asked for: airing, campaign and plan, or nothing.

        `at`: the start that the leader has before their eyes, or has chosen; needed where the wished time is past.
        `make_up`: with it, which airing gives way and when it is made up; without `at` it is as was asked for.
        `mark`: of the offer that the leader has before their eyes; empty = none was shown. Raises what
        `AnnouncementService.approve` does, and Refused: wish_changed, approved_late, approved_too_late, or why the time
        does not work any more.
        """
        proved = False

        def judged() -> Bringing:
            nonlocal proved
            seen = self._repos.programme.announcement(announcement_id)
            if mark and mark != self._brought.mark(seen):
                raise Refused("wish_changed", title=seen.title)
            bringing = self._brought.judged(seen, at, make_up)
            if not proved:
                prove()
                proved = True
            return bringing

        for _ in range(TRIES):
            try:
                self._approve_whole(actor, announcement_id, sha256, heard, read_as, judged)
            except DayChanged:
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
        judged: Callable[[], Bringing],
    ) -> None:
        bringing: list[Bringing] = []

        def also() -> None:
            self._brought.write(actor, self._repos.programme.announcement(announcement_id), bringing[-1])

        def ready() -> None:
            bringing.append(judged())

        self._announcements.approve(
            actor, announcement_id, sha256, heard=heard, read_as=read_as, prove=ready, also=also
        )

    def _as_second(self, refused: Refused, announcement_id: int) -> Refused:
        """Whoever comes second is told by whom it was approved and when it airs."""
        if refused.reason == "edited_meanwhile":
            seen = self._repos.programme.announcement(announcement_id)
            told = self._announcements.decided_already(seen, "approve")
            refused = told or refused
        if refused.reason == "approved_already":
            return Refused(refused.reason, **refused.details, airs=self._outlook.of(announcement_id).sentence)
        return refused
