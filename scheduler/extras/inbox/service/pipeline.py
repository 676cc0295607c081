"""The way of everything that comes from outside: arrived, judged, spoken, then it waits or airs, and is told back.

Every step is found again from the rows, so that a process that died in the middle of one goes on after it; what cannot
go on returns to the inbox with the reason. It decides for nobody: the rules of the sender (`Adapter.judged`) or a
person (`service.inbox`) do. What only one kind of sender has is its adapter's.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable

from scheduler.core.delivery import shape_text
from scheduler.core.model import Announcement, AnnouncementState, Campaign, Person, Priority
from scheduler.extras.inbox.rows import InboxRows
from scheduler.extras.inbox.rules import AT_ONCE, STANDS, Doubt, RowT, State, Way, reason_of_end
from scheduler.extras.inbox.service.adapter import Adapter, Judged, Offer, Step
from scheduler.extras.inbox.service.next_session import NextSession, airing_once
from scheduler.extras.inbox.service.unscheduling import TakingOff
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.announcement.scripts import usual_shape
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories
from scheduler.store import Row, instant_text
from scheduler.store.database import json_text, reason_values

__all__ = ["BROKEN", "Pipeline"]

log = logging.getLogger(__name__)

BROKEN = (ArithmeticError, LookupError, TypeError, ValueError, sqlite3.IntegrityError, sqlite3.InterfaceError)
"""What a value nobody has thought of may raise: that one is left where it is, and the next one counts."""
_OPEN_DRAFT = {AnnouncementState.DRAFT, AnnouncementState.RETURNED}
_SETTLED = {"played", "partial", "recorded"}
"""Ends after which nothing more is to come: what was only recorded is not owed either."""


class Pipeline(Adapter[RowT]):
    def __init__(
        self,
        repos: Repositories,
        rows: InboxRows[RowT],
        announcements: AnnouncementService,
        campaigns: CampaignService,
        air: AirService,
    ) -> None:
        self.repos = repos
        self.rows = rows
        self._announcements = announcements
        self._campaigns = campaigns
        self._sessions = NextSession(repos, campaigns)
        self._off = TakingOff(repos, announcements, campaigns, air)

    # People who are none

    def rule(self) -> Person:
        """Who stands in the journal where the ward's rule has decided."""
        return self.stand_in(self.rule_login, self.rule_name)

    def stand_in(self, login: str, name: str) -> Person:
        return self.repos.people.stand_in(login, name, self.repos.clock.now())

    def issuer(self, row: RowT) -> Person:
        """Who stands in the journal for its sender."""
        return self.repos.people.get(row.issuer_id)

    def decided(self, actor: Person) -> Row:
        """By whom, and when."""
        return {"decided_by": actor.id, "decided_at": instant_text(self.repos.clock.now())}

    # Arrived and judged

    def keep(self, judged: Judged, values: Row) -> RowT:
        """One row, where its way begins; in the caller's transaction. `values` say the rest, or that it stands
        elsewhere.
        """
        state = STANDS[judged.way]
        begins: Row = {"state": state, "way": judged.way if state in {State.PREPARING, State.ENDED} else Way.NONE}
        begins |= {"doubts_json": json_text(judged.doubts), "received_at": instant_text(self.repos.clock.now())}
        row = self.rows.add(begins | values)
        log.info("%s: %s %s", row.name, row.state, row.way)
        return row

    def end_each(self, rows: Iterable[RowT], state: State, refused: Refused) -> None:
        """What is still open of these, or sounds, ends."""
        for row in rows:
            if row.open or self.sounds(row):
                self.end(row, state, refused)

    # Spoken

    def prepare(self, row: RowT) -> RowT:
        """Its announcement, with a speech job where it has no sound of its own; made once.

        It stays out of the lists until somebody decides. What sounds at once by rule needs none.
        """
        if not row.open or row.way in AT_ONCE or not self.is_prepared(row):
            return row
        offer = self.offer(row)
        if offer.is_empty:
            return row
        with self.repos.store.write():
            row = self.rows.get(row.id)  # another thread may have been quicker
            if row.announcement_id is None and row.open:
                row = self.rows.change(row, {"announcement_id": self.announcement(row, offer)})
        return row if offer.has_sound else self._speak(row)

    def announcement(self, row: RowT, offer: Offer, kind: str = "typed") -> int:
        """An announcement in the sender's name. `kind`: "typed" = out of the lists, else "text"."""
        values: Row = {"title": offer.title, "text": offer.text, "author_id": row.issuer_id, "kind": kind}
        values["shape_json"] = shape_text(offer.shape) or shape_text(usual_shape(self.repos.config))
        values["priority"] = max(offer.priority, Priority.PRIORITY).value
        values["dispatch_id"] = self.dispatch(row)
        return self.repos.programme.add_announcement(values, self.repos.clock.now())

    def _speak(self, row: RowT) -> RowT:
        """A speech job for the words. A refusal stands on the row; what was decided is open again."""
        if row.announcement_id is None or self.repos.programme.announcement(row.announcement_id).audio_sha256:
            return row
        try:
            job_id = self._announcements.make_speech(self.issuer(row), row.announcement_id)
        except Refused as refused:
            return self._unspoken(row, refused)
        return row if job_id == row.job_id else self.rows.change(row, {"job_id": job_id})

    def _unspoken(self, row: RowT, refused: Refused) -> RowT:
        if row.reason != refused.reason:
            row = self.rows.change(row, reason_values(refused))
        return self.give_back(row, refused) if row.state == State.PREPARING else row

    def sound_of(self, row: RowT) -> str | None:
        """The clip that it would be heard with; None = there is none yet."""
        if row.announcement_id is not None:
            seen = self.repos.programme.announcement(row.announcement_id)
            if seen.audio_sha256:
                return seen.audio_sha256
        return self.recording(row)

    def use_recording(self, row: RowT, announcement_id: int) -> bool:
        """Its own sound becomes that of the announcement, where that has none; whether it did."""
        seen = self.repos.programme.announcement(announcement_id)
        sound = None if seen.audio_sha256 else self.recording(row)
        if sound:
            self._announcements.use_recording(self.issuer(row), seen.id, sound)
        return bool(sound)

    def _take_sound(self, row: RowT, announcement_id: int) -> RowT:
        """Its own sound, or what the worker has made of the words."""
        if self.repos.programme.announcement(announcement_id).audio_sha256:
            return row
        if self.use_recording(row, announcement_id):
            return row
        job = self.repos.jobs.get(row.job_id) if row.job_id else None
        if job is None or job.kind != "speech":
            lost = self.lost(row)
            return self._without_sound(row, lost) if lost else row
        if not job.ended or job.result:
            return row
        return self._unspoken(row, Refused(job.reason, **job.details))

    def _without_sound(self, row: RowT, lost: Refused) -> RowT:
        """A sound that will not come: the words are spoken instead, and the reason stays beside them."""
        if not self.offer(row).text.strip():
            return self._unspoken(row, lost)
        spoken = self._speak(row)
        return spoken if spoken.job_id == row.job_id else self.rows.change(spoken, reason_values(lost))

    # On its way

    def tend_all(self) -> None:
        """Everything that is on its way, one step on; to be called about once a second. One's fault stops no other."""
        for row in self.rows.to_tend(self.repos.clock.now()):
            self.safely(row, lambda row=row: self.tend(row))  # type: ignore[misc]  # a default binds

    def safely(self, row: RowT, act: Callable[[], object]) -> None:
        """One act on one row; what is wrong with it is logged."""
        try:
            act()
        except Refused as refused:
            log.warning("%s: %s", row.name, refused)
        except BROKEN:
            log.exception("%s", row.name)

    def tend(self, row: RowT) -> RowT:
        """One of them one step on, as far as it may go now."""
        if row.state == State.AIRED:
            return self.heard(row, self.rows.endings(row))
        if not row.open:
            return self.over(row)
        if (gone := self.step(row)) is not None:
            return gone
        if self.is_expired(row):
            return self._expired(row)
        if row.way in AT_ONCE:
            return row
        return self._planned(row) if row.state == State.PLANNED else self._to_session(row)

    def _planned(self, row: RowT) -> RowT:
        airings = self.rows.endings(row)
        if self._is_settled(row, airings):
            row = self.rows.change(row, {"state": State.AIRED})
        return self.heard(row, airings)

    def _is_settled(self, row: RowT, airings: list[Row], *, last: bool = False) -> bool:
        """Whether it was heard, or only recorded, and every zone has had its airing. `last`: whether any was heard."""
        ended = [one for one in airings if one["outcome"]]
        if last:
            return any(one["outcome"] in _SETTLED or one["played_ms"] for one in ended)
        if len(row.zones) > 1 and not len(self.rows.running(row)) <= len(ended) == len(airings):
            return False
        return any(one["outcome"] in _SETTLED for one in ended)

    def _expired(self, row: RowT) -> RowT:
        airings = self.rows.endings(row) if row.state == State.PLANNED and not self.is_running(row) else []
        if self._is_settled(row, airings, last=True):
            return self.heard(self.rows.change(row, {"state": State.AIRED}), airings)
        return self.end(row, State.EXPIRED, Refused(self.reasons.expired))

    def _to_session(self, row: RowT) -> RowT:
        """As far as the next session: its words, its sound, its leader, its place."""
        if row.announcement_id is None or (row.job_id is None and row.state != State.APPROVAL):
            row = self.prepare(row)
        if row.announcement_id is None:
            return row
        row = self._take_sound(row, row.announcement_id)
        seen = self.repos.programme.announcement(row.announcement_id or 0)
        match row.state:
            case State.PREPARING if row.way == Way.SESSION:
                row = self.told(row, Step.PREPARING)
                return self._to_leader(row, seen) if seen.audio_sha256 else row
            case State.APPROVAL:
                return self._after_leader(row, seen)
        return row

    def hand_in(self, announcement_id: int, issuer: Person) -> None:
        """The sender hands its announcement to the leader; it is listed from now on."""
        seen = self.repos.programme.announcement(announcement_id)
        if seen.state not in _OPEN_DRAFT:
            return
        self.repos.programme.change_announcement(seen, {"kind": "text"}, self.repos.clock.now())
        self._announcements.heard(issuer, seen.id, seen.audio_sha256 or "")
        self._announcements.submit(issuer, seen.id, at_desk=False)

    def _to_leader(self, row: RowT, seen: Announcement) -> RowT:
        """To the leader; where the rule decides, the rule approves, unless there is a word that nobody can read."""
        rule, basis = self.rule(), self.basis(row)
        with self.repos.store.write():
            self.hand_in(seen.id, self.issuer(row))
            unread = self._announcements.unread(seen.id)
            if row.decided_by == rule.id and (basis or not unread):
                self._announcements.approve(rule, seen.id, seen.audio_sha256 or "", heard=True, read_as=unread)
                if basis:
                    self.overrules(row, rule)
            return self.rows.change(row, {"state": State.APPROVAL})

    def _after_leader(self, row: RowT, seen: Announcement) -> RowT:
        match seen.state:
            case AnnouncementState.APPROVED:
                return self._plan(self.told(row, Step.APPROVED), seen)
            case AnnouncementState.RETURNED:
                return self.give_back(row, Refused(self.reasons.returned, told=seen.return_reason))
            case AnnouncementState.WITHDRAWN:
                return self.end(row, State.DISMISSED, Refused(self.reasons.withdrawn))
        return row

    def _plan(self, row: RowT, seen: Announcement) -> RowT:
        """A campaign of one day and one airing for each of its zones, in the first session that has room for it."""
        if row.retry_at is not None and row.retry_at > self.repos.clock.now():
            return row
        actor = self.repos.people.get(row.decided_by or row.issuer_id)
        found = {zone: self._session(row, seen, zone) for zone in row.zones}
        campaigns = [one for one in found.values() if one is not None]
        none = Refused(self.reasons.no_session)
        if not campaigns:
            return self.no_session(row, actor) or self.give_back(row, none)
        with self.repos.store.write():
            planned = [self._campaigns.save(actor, one, by_order=True) for one in campaigns]
            for one in planned:
                self._campaigns.start(actor, one)
            row = self.rows.change(row, {"state": State.PLANNED, "campaign_id": planned[0]})
            self.left_out(row, actor, {zone: none for zone in found if not found[zone]})
        return self.told(row, Step.PLANNED)

    def _session(self, row: RowT, seen: Announcement, zone: str) -> Campaign | None:
        offer = self.offer(row)
        once = airing_once(seen, zone, Priority(row.priority), dispatch_id=seen.dispatch_id, field=offer.field)
        return self._sessions.campaign(once, row.expires_at, offer.not_before)

    # Back, or over

    def is_expired(self, row: RowT) -> bool:
        return row.expires_at is not None and row.expires_at <= self.repos.clock.now()

    def give_back(self, row: RowT, refused: Refused | None, *, doubts: tuple[Doubt, ...] | None = None) -> RowT:
        """To a person, with the reason; what was decided is open again. What has ended meanwhile stays ended."""
        if not row.open:
            return row
        values: Row = {"state": State.WAITING, "way": Way.NONE, "decided_by": None, "decided_at": None}
        values |= reason_values(refused) if refused else {}
        values |= {"doubts_json": json_text(doubts)} if doubts is not None else {}
        with self.repos.store.write():
            row = self.told(self.rows.change(row, values), Step.WAITING, refused)
        return self.prepare(row)

    def sounds(self, row: RowT) -> bool:
        """Is something of it on the air, or ordered and not yet over?"""
        if row.slot_id is not None:
            return any(self.repos.slots.slot(one).outcome is None for one in self.rows.ordered(row))
        if self.is_running(row):
            return True
        return row.announcement_id is not None and bool(self.repos.slots.claimed_of(row.announcement_id))

    def end(self, row: RowT, state: State, refused: Refused, *, by: Person | None = None) -> RowT:
        """Nothing of it airs from now on: campaign stopped, announcements withdrawn, what sounds cut off and told."""
        issuer = self.issuer(row)
        values: Row = {"state": state, **reason_values(refused)}
        if by is not None:
            values |= self.decided(by)
        with self.repos.store.write():
            row = self.rows.change(row, values)
            self._off.take_off(
                issuer,
                by or issuer,
                reason_of_end(self.stop, state, by_officer=by is not None),
                announcements=self.announcements_of(row),
                campaigns=self.rows.running(row),
                slots=self.rows.ordered(row),
            )
            return self.over(row)

    def withdraw(self, row: RowT) -> None:
        """Its announcement is offered and aired no more."""
        self._off.withdraw(self.issuer(row), row.announcement_id)

    # Each zone

    def order_each(self, row: RowT, actor: Person, order: Callable[[str], str]) -> str:
        """Order an airing in every zone it is for; the slot of the first that may be. In the caller's transaction.

        Each is under the rules of its own zone. Raises Refused where it may be in none of them, with the first reason.
        """
        slots, refusals = list[str](), dict[str, Refused]()
        for zone in row.zones:
            try:
                slots.append(order(zone))
            except Refused as refused:
                refusals[zone] = refused
        if not slots:
            raise next(iter(refusals.values()))
        self.left_out(row, actor, refusals)
        return slots[0]
