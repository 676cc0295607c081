"""The way of an alert from its row to the air: its announcement, its speech, its approval, its session, its end.

Every step is found again from the rows, so that a process that died in the middle of one goes on after it. What cannot
go on returns to a person with the reason. It decides for nobody: the rule (`core.cap_rules`) or a person does.
"""

import logging

from scheduler.core.delivery import shape_text
from scheduler.core.model import Announcement, AnnouncementState, Person, Priority
from scheduler.core.stops import StopReason, reason_of_end
from scheduler.extras.cap.intake.reading import read_cap
from scheduler.extras.cap.rows import CapRow, CapStore
from scheduler.extras.cap.rules.alert import Alert, said_of
from scheduler.extras.cap.rules.rules import Doubt
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.announcement.scripts import usual_shape
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.next_session import NextSession, airing_once
from scheduler.services.repositories import Repositories
from scheduler.services.unscheduling import TakingOff
from scheduler.store import Row, instant_text
from scheduler.store.database import json_text, reason_values

log = logging.getLogger(__name__)

__all__ = ["CapWork"]

RULE_LOGIN, RULE_NAME = "quy tắc cảnh báo", "Quy tắc của phường (cảnh báo CAP)"
SOURCE_LOGIN, SOURCE_NAME = "cảnh báo {sender}", "Nguồn cảnh báo: {name}"
_OPEN_DRAFT = {AnnouncementState.DRAFT, AnnouncementState.RETURNED}
_SETTLED = {"played", "partial", "recorded"}
"""Ends after which nothing more is to come: what was only recorded is not owed either."""


class CapWork:
    def __init__(
        self,
        parts: Repositories,
        rows: CapStore,
        announcements: AnnouncementService,
        campaigns: CampaignService,
        air: AirService,
    ) -> None:
        self._parts = parts
        self._rows = rows
        self._announcements = announcements
        self._campaigns = campaigns
        self._sessions = NextSession(parts, campaigns)
        self._off = TakingOff(parts, announcements, campaigns, air)

    def source(self, alert: Alert) -> Person:
        """Who stands in the journal for a sender: by the ward's own name for it, where the ward knows it."""
        known = next((one.sender for one in self._rows.senders() if one.sender.sender == alert.sender), None)
        name = known.name if known else alert.sender
        return self._person(SOURCE_LOGIN.format(sender=alert.sender), SOURCE_NAME.format(name=name))

    def rule_person(self) -> Person:
        """Who stands in the journal where the ward's rule has decided."""
        return self._person(RULE_LOGIN, RULE_NAME)

    def _person(self, login: str, name: str) -> Person:
        return self._parts.people.stand_in(login, name, self._parts.clock.now())

    # Sound

    def prepare(self, row: CapRow, alert: Alert) -> CapRow:
        """The announcement of what goes into a session, with its speech job; made once."""
        if row.state != "preparing" or row.way != "session":
            return row
        info, source = alert.infos[row.block], self._parts.people.get(row.source_id)
        with self._parts.store.write():
            row = self._rows.get(row.id)  # another thread may have been quicker
            if row.announcement_id is None and row.state == "preparing":
                values: Row = {"title": row.title, "text": said_of(info), "author_id": source.id, "kind": "typed"}
                values |= {"shape_json": shape_text(usual_shape(self._parts.config))}
                values |= {"priority": Priority.PRIORITY.value}
                made = self._parts.programme.add_announcement(values, self._parts.clock.now())
                row = self._rows.change(row, {"announcement_id": made})
        return self._speak(row) if row.job_id is None else row

    def _speak(self, row: CapRow) -> CapRow:
        if row.announcement_id is None or self._parts.programme.announcement(row.announcement_id).audio_sha256:
            return row
        try:
            job_id = self._announcements.make_speech(self._parts.people.get(row.source_id), row.announcement_id)
            return self._rows.change(row, {"job_id": job_id})
        except Refused as refused:
            return self.give_back(row, refused)

    # The way on

    def tend(self) -> None:
        """Every alert that is on its way, one step on; to be called about once a second. One's fault stops no other."""
        for row in self._rows.to_tend(self._parts.clock.now()):
            try:
                self._tend(row)
            except Refused as refused:
                log.warning("alert %s: %s", row.identifier, refused)

    def _tend(self, row: CapRow) -> CapRow:
        if row.expires_at is not None and row.expires_at <= self._parts.clock.now() and not self.sounds(row):
            return self.end(row, "expired", Refused("cap_expired"))
        return self._on_its_way(row) if row.way == "session" else row

    def _on_its_way(self, row: CapRow) -> CapRow:
        if row.announcement_id is None or (row.state == "preparing" and row.job_id is None):
            return self.prepare(row, read_cap(row.xml.encode()).alert)
        seen = self._parts.programme.announcement(row.announcement_id)
        match row.state:
            case "preparing":
                return self._to_leader(row) if seen.audio_sha256 else self._unspoken(row)
            case "approval":
                return self._after_leader(row, seen)
            case "planned" if _SETTLED & set(self._rows.outcomes_of(seen.id)):
                return self._rows.change(row, {"state": "aired"})
        return row

    def _unspoken(self, row: CapRow) -> CapRow:
        job = self._parts.jobs.get(row.job_id) if row.job_id else None
        if job is None or not job.ended or job.result:
            return row
        return self.give_back(row, Refused(job.reason, **job.details))

    def _to_leader(self, row: CapRow) -> CapRow:
        """The source hands it to the leader; where the rule decides, and every word can be read, the rule approves."""
        source, announcement_id = self._parts.people.get(row.source_id), row.announcement_id or 0
        with self._parts.store.write():
            seen = self._parts.programme.announcement(announcement_id)
            if seen.state in _OPEN_DRAFT:
                self._parts.programme.change_announcement(seen, {"kind": "text"}, self._parts.clock.now())
                self._announcements.heard(source, seen.id, seen.audio_sha256 or "")
                self._announcements.submit(source, seen.id, at_desk=False)
            rule = self.rule_person()
            if row.decided_by == rule.id and not self._announcements.unread(announcement_id):
                self._announcements.approve(rule, announcement_id, seen.audio_sha256 or "", heard=True)
            return self._rows.change(row, {"state": "approval"})

    def _after_leader(self, row: CapRow, seen: Announcement) -> CapRow:
        match seen.state:
            case AnnouncementState.APPROVED:
                return self._plan(row, seen)
            case AnnouncementState.RETURNED:
                return self.give_back(row, Refused("cap_returned", told=seen.return_reason))
            case AnnouncementState.WITHDRAWN:
                return self.end(row, "dismissed", Refused("cap_withdrawn"))
        return row

    def _plan(self, row: CapRow, seen: Announcement) -> CapRow:
        campaign = self._sessions.campaign(airing_once(seen, row.zone, Priority.PRIORITY), row.expires_at)
        if campaign is None:
            return self.give_back(row, Refused("cap_no_session"))
        actor = self._parts.people.get(row.decided_by or row.source_id)
        with self._parts.store.write():
            campaign_id = self._campaigns.save(actor, campaign, by_order=True)
            self._campaigns.start(actor, campaign_id)
            return self._rows.change(row, {"state": "planned", "campaign_id": campaign_id})

    # The end

    def give_back(self, row: CapRow, refused: Refused | None, *, doubts: tuple[Doubt, ...] | None = None) -> CapRow:
        """To a person, with the reason; what was decided is open again."""
        values: Row = {"state": "waiting", "way": "", "decided_by": None, "decided_at": None, "job_id": None}
        values |= reason_values(refused) if refused else {}
        values |= {"doubts_json": json_text(doubts)} if doubts is not None else {}
        return self._rows.change(row, values)

    def sounds(self, row: CapRow) -> bool:
        """Is something of it on the air, or ordered and not yet over?"""
        if row.slot_id is not None:
            return self._parts.slots.slot(row.slot_id).outcome is None
        return row.announcement_id is not None and bool(self._parts.slots.claimed_of(row.announcement_id))

    def end(self, row: CapRow, state: str, refused: Refused, *, by: Person | None = None) -> CapRow:
        """Nothing of it airs from now on: its campaign stops, its announcement is withdrawn, what sounds is cut off."""
        source = self._parts.people.get(row.source_id)
        values: Row = {"state": state, **reason_values(refused)}
        if by is not None:
            values |= {"decided_by": by.id, "decided_at": instant_text(self._parts.clock.now())}
        with self._parts.store.write():
            row = self._rows.change(row, values)
            self._off.take_off(
                source,
                by or source,
                reason_of_end(StopReason.ALERT, state, by_officer=by is not None),
                announcements=[row.announcement_id] if row.announcement_id else [],
                campaigns=[row.campaign_id] if row.campaign_id else [],
                slots=[row.slot_id] if row.slot_id else [],
            )
        return row

    def withdraw(self, row: CapRow) -> None:
        """The announcement of a row is offered and aired no more."""
        self._off.withdraw(self._parts.people.get(row.source_id), row.announcement_id)
