"""The way of a provincial bulletin from its row to a slot: its announcement, its sound, its approval, its session.

Every step is found again from the rows, so that a process that died in the middle of one goes on after it. A bulletin
that cannot go on returns to the inbox with the reason. It decides for nobody: `desk.province` does that before.
"""

import logging
from datetime import timedelta
from pathlib import Path

from scheduler.core.delivery import shape_text
from scheduler.core.model import Announcement, AnnouncementState, Person, Priority
from scheduler.core.stops import StopReason, reason_of_end
from scheduler.extras.province.rows import InboxRow, Province
from scheduler.extras.province.rules.bulletins import Bulletin, Doubt, read_bulletin
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.announcement.recordings import RecordingService
from scheduler.services.announcement.scripts import usual_shape
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.next_session import NextSession, airing_once
from scheduler.services.repositories import Repositories
from scheduler.services.unscheduling import TakingOff
from scheduler.store import Row, instant_text
from scheduler.store.database import json_text, reason_values

log = logging.getLogger(__name__)

RULE_LOGIN, RULE_NAME = "quy tắc nguồn", "Quy tắc của phường (bản tin nguồn)"
ISSUER_LOGIN, ISSUER_NAME = "nguồn {id}", "Nguồn: {name}"
MOST_TRIES = 5
PAUSES = (10.0, 60.0, 300.0, 900.0)
"""Seconds between two tries to fetch a sound."""
_OPEN_DRAFT = {AnnouncementState.DRAFT, AnnouncementState.RETURNED}
_SETTLED = {"played", "partial", "recorded"}
"""Ends after which nothing more is to come: what was only recorded is not owed either."""


class BulletinWork:
    def __init__(
        self,
        parts: Repositories,
        rows: Province,
        announcements: AnnouncementService,
        recordings: RecordingService,
        campaigns: CampaignService,
        air: AirService,
    ) -> None:
        self._parts = parts
        self._rows = rows
        self._announcements = announcements
        self._recordings = recordings
        self._campaigns = campaigns
        self._sessions = NextSession(parts, campaigns)
        self._off = TakingOff(parts, announcements, campaigns, air)

    def bulletin(self, row: InboxRow) -> Bulletin:
        return read_bulletin(row.raw, self._parts.config.station.time_zone)

    def issuer(self, bulletin: Bulletin) -> Person:
        """Who stands in the journal for an issuer."""
        login = ISSUER_LOGIN.format(id=bulletin.issuer_id or "không rõ")
        name = ISSUER_NAME.format(name=bulletin.issuer_name or bulletin.source or "không rõ")
        return self._parts.people.stand_in(login, name, self._parts.clock.now())

    def rule(self) -> Person:
        """Who stands in the journal where the ward's rule has approved."""
        return self._parts.people.stand_in(RULE_LOGIN, RULE_NAME, self._parts.clock.now())

    # Sound

    def prepare(self, row: InboxRow) -> InboxRow:
        """The announcement of a bulletin, with a speech job where it has no sound of its own; made once.

        It stays out of the lists until somebody decides. An emergency that airs by rule needs none: it is ordered with
        its words or its sound directly.
        """
        if not row.open or row.way == "air":
            return row
        bulletin, issuer = self.bulletin(row), self._parts.people.get(row.issuer_id)
        if not bulletin.words and not bulletin.audio_url:
            return row
        if row.announcement_id is None:
            values: Row = {"title": bulletin.title, "text": bulletin.words, "author_id": issuer.id, "kind": "typed"}
            values["shape_json"] = shape_text(usual_shape(self._parts.config))
            values["priority"] = max(bulletin.priority, Priority.PRIORITY).value
            made = self._parts.programme.add_announcement(values, self._parts.clock.now())
            row = self._rows.change(row, {"announcement_id": made})
        if not bulletin.audio_url:
            self._speak(row)
        return self._rows.get(row.id)

    def _speak(self, row: InboxRow) -> None:
        """A speech job for the words; a refusal stands on the row."""
        if row.announcement_id is None or self._parts.programme.announcement(row.announcement_id).audio_sha256:
            return
        try:
            job_id = self._announcements.make_speech(self._parts.people.get(row.issuer_id), row.announcement_id)
            self._rows.change(row, {"job_id": job_id})
        except Refused as refused:
            self._rows.change(row, reason_values(refused))

    def unfetched(self) -> InboxRow | None:
        """The next bulletin whose sound is to be fetched now."""
        rows = self._rows.unfetched(self._parts.clock.now(), MOST_TRIES)
        return next((row for row in rows if self.bulletin(row).audio_url), None)

    def fetched(self, row: InboxRow, path: Path, file_name: str) -> InboxRow:
        """Hand a sound that has come to the worker."""
        issuer = self._parts.people.get(row.issuer_id)
        try:
            job_id = self._recordings.take_in(issuer, path, file_name, title=row.title)
        finally:
            path.unlink(missing_ok=True)
        return self._rows.change(row, {"job_id": job_id, "reason": "", "details_json": "{}"})

    def not_fetched(self, row: InboxRow, refused: Refused) -> InboxRow:
        """A sound that did not come: tried again after a while; in the end its words are spoken, if it has any."""
        tries = row.tries + 1
        after = self._parts.clock.now() + timedelta(seconds=PAUSES[min(tries, len(PAUSES)) - 1])
        row = self._rows.change(row, reason_values(refused) | {"tries": tries, "retry_at": instant_text(after)})
        return self._without_sound(row, refused) if tries >= MOST_TRIES else row

    def _without_sound(self, row: InboxRow, refused: Refused) -> InboxRow:
        if self.bulletin(row).words and row.way != "air":
            self._speak(row)
            return self._rows.get(row.id)
        return self.give_back(row, refused) if row.state == "preparing" else row

    # The way on

    def tend_all(self) -> None:
        """Every bulletin that is on its way, one step on. A fault of one is logged and does not stop the others."""
        for row in self._rows.to_tend(self._parts.clock.now()):
            try:
                self.tend(row)
            except Refused as refused:
                log.warning("bulletin %s: %s", row.bulletin_id, refused)

    def tend(self, row: InboxRow) -> InboxRow:
        """One bulletin one step on, as far as it may go now."""
        if row.expires_at is not None and row.expires_at <= self._parts.clock.now():
            return self.end(row, "expired", Refused("province_expired"))
        if row.announcement_id is None or row.way == "air":
            return row
        row = self._take_sound(row)
        seen = self._parts.programme.announcement(row.announcement_id or 0)
        match row.state:
            case "preparing" if seen.audio_sha256 and row.way == "session":
                return self._to_leader(row)
            case "approval":
                return self._after_leader(row, seen)
            case "planned" if _SETTLED & set(self._rows.outcomes_of(seen.id)):
                return self._rows.change(row, {"state": "aired"})
        return row

    def _take_sound(self, row: InboxRow) -> InboxRow:
        """What the worker has made of the sound or the words."""
        seen = self._parts.programme.announcement(row.announcement_id or 0)
        if seen.audio_sha256:
            return row
        job = self._parts.jobs.get(row.job_id) if row.job_id else None
        if job is None or not job.ended:
            return row
        if job.result:
            if job.kind == "ingest":
                self._announcements.use_recording(self._parts.people.get(row.issuer_id), seen.id, job.result)
            return row
        if row.state == "waiting" and row.reason == job.reason:
            return row
        refused = Refused(job.reason, **job.details)
        row = self._rows.change(row, reason_values(refused))
        if job.kind == "ingest":
            return self._without_sound(row, refused)
        return self.give_back(row, refused) if row.state == "preparing" else row

    def hand_in(self, row: InboxRow) -> None:
        """The issuer hands its announcement to the leader; it is listed from now on."""
        seen = self._parts.programme.announcement(row.announcement_id or 0)
        if seen.state not in _OPEN_DRAFT:
            return
        issuer = self._parts.people.get(row.issuer_id)
        self._parts.programme.change_announcement(seen, {"kind": "text"}, self._parts.clock.now())
        self._announcements.heard(issuer, seen.id, seen.audio_sha256 or "")
        self._announcements.submit(issuer, seen.id, at_desk=False)

    def _to_leader(self, row: InboxRow) -> InboxRow:
        with self._parts.store.write():
            self.hand_in(row)
            unread = self._announcements.unread(row.announcement_id or 0)
            if row.decided_by == self.rule().id and not unread:  # a word nobody can read waits for a leader
                sha256 = self._parts.programme.announcement(row.announcement_id or 0).audio_sha256 or ""
                self._announcements.approve(self.rule(), row.announcement_id or 0, sha256, heard=True)
            return self._rows.change(row, {"state": "approval"})

    def _after_leader(self, row: InboxRow, seen: Announcement) -> InboxRow:
        match seen.state:
            case AnnouncementState.APPROVED:
                return self._plan(row, seen)
            case AnnouncementState.RETURNED:
                return self.give_back(row, Refused("province_returned", told=seen.return_reason))
            case AnnouncementState.WITHDRAWN:
                return self.end(row, "dismissed", Refused("province_withdrawn"))
        return row

    def _plan(self, row: InboxRow, seen: Announcement) -> InboxRow:
        """A campaign of one day and one airing, in the first session that has room for it."""
        actor = self._parts.people.get(row.decided_by or row.issuer_id)
        once = airing_once(seen, row.zone, Priority(row.priority), field=self.bulletin(row).field or 1)
        campaign = self._sessions.campaign(once, row.expires_at)
        if campaign is None:
            return self.give_back(row, Refused("province_no_session"))
        with self._parts.store.write():
            campaign_id = self._campaigns.save(actor, campaign, by_order=True)
            self._campaigns.start(actor, campaign_id)
            return self._rows.change(row, {"state": "planned", "campaign_id": campaign_id})

    # The end

    def give_back(self, row: InboxRow, refused: Refused | None, *, doubts: tuple[Doubt, ...] | None = None) -> InboxRow:
        """Into the inbox, with the reason; what was decided is open again."""
        values: Row = {"state": "waiting", "way": "", "decided_by": None, "decided_at": None}
        values |= reason_values(refused) if refused else {}
        values |= {"doubts_json": json_text(doubts)} if doubts is not None else {}
        return self.prepare(self._rows.change(row, values))

    def sounds(self, row: InboxRow) -> bool:
        """Is something of it on the air, or ordered and not yet over?"""
        if row.slot_id is not None:
            return self._parts.slots.slot(row.slot_id).outcome is None
        return row.announcement_id is not None and bool(self._parts.slots.claimed_of(row.announcement_id))

    def end(self, row: InboxRow, state: str, refused: Refused, *, by: Person | None = None) -> InboxRow:
        """Nothing of it airs from now on: its campaign stops, its announcement is withdrawn, what sounds is cut off."""
        issuer = self._parts.people.get(row.issuer_id)
        now = instant_text(self._parts.clock.now())
        values: Row = {"state": state, **reason_values(refused)}
        if by is not None:
            values |= {"decided_by": by.id, "decided_at": now}
        with self._parts.store.write():
            row = self._rows.change(row, values)
            self._off.take_off(
                issuer,
                by or issuer,
                reason_of_end(StopReason.PROVINCE, state, by_officer=by is not None),
                announcements=[row.announcement_id] if row.announcement_id else [],
                campaigns=[row.campaign_id] if row.campaign_id else [],
                slots=[row.slot_id] if row.slot_id else [],
            )
        return row

    def withdraw(self, row: InboxRow) -> None:
        """The announcement of a row is offered and aired no more."""
        self._off.withdraw(self._parts.people.get(row.issuer_id), row.announcement_id)
