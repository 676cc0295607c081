"""The way of a town's announcement from its row to a slot: its words, its sound, its approval, its session, its end.

Every step is found again from the rows, so that a process that died in the middle of one goes on after it, and every
step is told upwards once. What cannot go on returns to the inbox with the reason. It decides for nobody: the rule
(`core.town`) or a person (`desk.town_inbox`) does that before.
"""

import logging
from datetime import timedelta

from scheduler.core.delivery import shape_text
from scheduler.core.model import Announcement, AnnouncementState, Campaign, CampaignState, Person, Priority
from scheduler.core.stops import StopReason, reason_of_end
from scheduler.extras.town.rows.town import Town, TownRow
from scheduler.extras.town.rules.bodies import Proposed, shape_of
from scheduler.extras.town.rules.envelope import AckState, Envelope, unseal
from scheduler.extras.town.rules.routing import Doubt, Issuer, place_note
from scheduler.extras.town.service.clips import ClipService
from scheduler.extras.town.service.dispatches import dispatch_of, overriding
from scheduler.extras.town.service.endings import are_over, is_settled, standing_of
from scheduler.extras.town.service.uplink_reports import TownUp
from scheduler.extras.town.service.zones import note_places, order_each
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

RULE_LOGIN, RULE_NAME = "quy tắc cấp trên", "Quy tắc của phường (lệnh cấp trên)"
ISSUER_LOGIN, ISSUER_NAME = "cấp trên {key}", "Cấp trên: {name}"
_OPEN_DRAFT = {AnnouncementState.DRAFT, AnnouncementState.RETURNED}
_FINAL = {AckState.PLAYED, AckState.PARTIAL, AckState.CANCELLED, AckState.REFUSED, AckState.EXPIRED}


class TownWork:
    def __init__(
        self,
        parts: Repositories,
        rows: Town,
        clips: ClipService,
        up: TownUp,
        announcements: AnnouncementService,
        campaigns: CampaignService,
        air: AirService,
    ) -> None:
        self._parts = parts
        self.rows = rows
        """The rows behind it."""
        self._clips = clips
        self._up = up
        self._announcements = announcements
        self._campaigns = campaigns
        self._air = air
        self._sessions = NextSession(parts, campaigns)
        self._off = TakingOff(parts, announcements, campaigns, air)

    def envelope(self, row: TownRow) -> Envelope:
        """What was signed, from the row as it came; read again, never kept in parts."""
        return unseal(row.raw.encode(), {row.issuer})

    def issuer(self, issuer: Issuer) -> Person:
        """Who stands in the journal for an issuer."""
        return self._person(ISSUER_LOGIN.format(key=issuer.key[:16]), ISSUER_NAME.format(name=issuer.name))

    def rule(self) -> Person:
        """Who stands in the journal where the ward's rule has approved."""
        return self._person(RULE_LOGIN, RULE_NAME)

    def _person(self, login: str, name: str) -> Person:
        return self._parts.people.stand_in(login, name, self._parts.clock.now())

    # Telling

    def told(self, row: TownRow, state: AckState, refused: Refused | None = None, *, ms: int | None = None) -> TownRow:
        """Tell upwards where an issue stands, if it is news; with what is strange in its place, if nothing else is."""
        if row.acked == state:
            return row
        refused = refused or place_note(row.doubts)
        with self._parts.store.write():
            row = self.rows.change(row, {"acked": state.value})
            self._up.ack(row.issue_id, state, refused, played_ms=ms)
        return row

    # Sound

    def prepare(self, row: TownRow) -> TownRow:
        """The announcement of an issue, with a speech job where it has no sound of its own; made once.

        It stays out of the lists until somebody decides. What sounds at once by rule needs none.
        """
        if not row.open or row.way in {"air", "drill"}:
            return row
        envelope, issuer = self.envelope(row), self._parts.people.get(row.issuer_id)
        if not envelope.text.strip() and envelope.clip is None:
            return row
        with self._parts.store.write():
            row = self.rows.get(row.id)  # another thread may have been quicker
            if row.announcement_id is None and row.open:
                said = Proposed(row.title, envelope.text, shape_of(envelope.body))
                row = self.rows.change(row, {"announcement_id": self.announcement(envelope, issuer, said)})
        if row.clip_sha256 is None:
            self._speak(row)
        return self.rows.get(row.id)

    def announcement(self, envelope: Envelope, issuer: Person, said: Proposed, kind: str = "typed") -> int:
        """One announcement of an issue in the issuer's name. `kind`: "typed" = out of the lists, else "text"."""
        values: Row = {"title": said.title, "text": said.text, "author_id": issuer.id, "kind": kind}
        values["shape_json"] = shape_text(said.shape) or shape_text(usual_shape(self._parts.config))
        values["priority"] = max(envelope.priority, Priority.PRIORITY).value
        values["dispatch_id"] = dispatch_of(self._parts, self.rows, envelope, issuer)
        return self._parts.programme.add_announcement(values, self._parts.clock.now())

    def _speak(self, row: TownRow) -> None:
        """A speech job for the words; a refusal stands on the row."""
        if row.announcement_id is None or self._parts.programme.announcement(row.announcement_id).audio_sha256:
            return
        try:
            job_id = self._announcements.make_speech(self._parts.people.get(row.issuer_id), row.announcement_id)
            self.rows.change(row, {"job_id": job_id})
        except Refused as refused:
            self.rows.change(row, reason_values(refused))

    def sound_of(self, row: TownRow) -> str | None:
        """The clip that an issue would be heard with; None = there is none yet."""
        if row.announcement_id is not None:
            seen = self._parts.programme.announcement(row.announcement_id)
            if seen.audio_sha256:
                return seen.audio_sha256
        return self._clips.ready(row.clip_sha256)

    def use_sound(self, row: TownRow) -> None:
        """The town's recording becomes the announcement's sound, where it has none."""
        seen = self._parts.programme.announcement(row.announcement_id or 0)
        self.town_sound(self._parts.people.get(row.issuer_id), seen, row.clip_sha256)

    def town_sound(self, issuer: Person, seen: Announcement, sha256: str | None) -> bool:
        audio = None if seen.audio_sha256 else self._clips.ready(sha256)
        if audio:
            self._announcements.use_recording(issuer, seen.id, audio)
        return bool(audio)

    def _take_sound(self, row: TownRow) -> TownRow:
        """The sound that the town sent, or what the worker has made of the words."""
        seen = self._parts.programme.announcement(row.announcement_id or 0)
        if seen.audio_sha256 or self.town_sound(self._parts.people.get(row.issuer_id), seen, row.clip_sha256):
            return row
        if row.clip_sha256 and row.job_id is None:
            return self._without_sound(row, seen)
        job = self._parts.jobs.get(row.job_id) if row.job_id else None
        if job is None or not job.ended or job.result:
            return row
        if row.state == "waiting" and row.reason == job.reason:
            return row
        refused = Refused(job.reason, **job.details)
        row = self.rows.change(row, reason_values(refused))
        return self.give_back(row, refused) if row.state == "preparing" else row

    def _without_sound(self, row: TownRow, seen: Announcement) -> TownRow:
        """A sound that will not come: the words are spoken instead, and the reason stays beside them."""
        refused = self._clips.hopeless(row.clip_sha256)
        if refused is None:
            return row
        if row.reason != refused.reason:
            row = self.rows.change(row, reason_values(refused))
        if seen.text.strip():
            self._speak(row)
            return self.rows.get(row.id)
        return self.give_back(row, refused) if row.state == "preparing" else row

    # The way on

    def tend(self, row: TownRow) -> TownRow:
        """One issue one step on, as far as it may go now."""
        if row.state in _END_TOLD:
            return self._end_told(row)
        if row.open and row.expires_at <= self._parts.clock.now():
            return self._expired(row)
        if row.state == "aired" or (row.state == "planned" and row.kind == "announcement"):
            return self._heard(row)
        if row.kind != "announcement" or row.way in {"air", "drill"}:
            return row
        return self._on(row if row.announcement_id else self.prepare(row))

    def _on(self, row: TownRow) -> TownRow:
        if row.announcement_id is None:
            return row
        row = self._take_sound(row)
        seen = self._parts.programme.announcement(row.announcement_id or 0)
        match row.state:
            case "preparing" if row.way == "session":
                row = self.told(row, AckState.PREPARING)
                return self._to_leader(row) if seen.audio_sha256 else row
            case "approval":
                return self._after_leader(row, seen)
        return row

    def _heard(self, row: TownRow, *, last: bool = False) -> TownRow:
        """How its airings stand, told as they come: playing, then, when every zone has had its airing or at the `last`,
        how it ended and how much of it was measured.
        """
        airings = self.rows.endings(row)
        standing = standing_of(airings)
        if standing is None:
            return row
        state, ms, reason = standing
        wanted = 0 if last or not row.more_zones else len(self.rows.ordered(row) or self.rows.running(row))
        if state is not AckState.PLAYING and wanted and not are_over(airings, wanted):
            return row
        if row.state == "planned" and is_settled(standing):
            row = self.rows.change(row, {"state": "aired"})
        if row.state == "planned" and state in _FINAL:
            return row  # its campaign may air it yet: only what was heard ends it
        return self.told(row, state, Refused(reason) if reason and state is not AckState.PLAYED else None, ms=ms)

    def heard_all(self, row: TownRow) -> TownRow:
        """A campaign is over: what was measured of all its airings together."""
        standing = standing_of(self.rows.endings(row)) or (AckState.CANCELLED, None, "town_nothing_aired")
        state, ms, reason = standing
        if state is AckState.PLAYING:
            return row
        row = self.rows.change(row, {"state": "aired"})
        return self.told(row, state, Refused(reason) if reason and state is not AckState.PLAYED else None, ms=ms)

    def _expired(self, row: TownRow) -> TownRow:
        heard = standing_of(self.rows.endings(row)) if row.kind == "announcement" and row.announcement_id else None
        if row.state == "planned" and heard is not None and is_settled(heard):
            return self._heard(row, last=True)
        return self.end(row, "expired", Refused("town_expired"))

    def hand_in(self, row: TownRow) -> None:
        """The issuer hands its announcement to the leader; it is listed from now on."""
        self.submit(row.announcement_id or 0, self._parts.people.get(row.issuer_id))

    def submit(self, announcement_id: int, issuer: Person) -> None:
        seen = self._parts.programme.announcement(announcement_id)
        if seen.state not in _OPEN_DRAFT:
            return
        self._parts.programme.change_announcement(seen, {"kind": "text"}, self._parts.clock.now())
        self._announcements.heard(issuer, seen.id, seen.audio_sha256 or "")
        self._announcements.submit(issuer, seen.id, at_desk=False)

    def _to_leader(self, row: TownRow) -> TownRow:
        with self._parts.store.write() as db:
            self.hand_in(row)
            said, rule = row.announcement_id or 0, self.rule()
            unread = self._announcements.unread(said)
            if row.decided_by == rule.id and (row.basis or not unread):  # a word nobody can read waits for a leader
                seen = self._parts.programme.announcement(said)
                self._announcements.approve(rule, said, seen.audio_sha256 or "", heard=True, read_as=unread)
                if row.basis:
                    number = self.envelope(row).dispatch_number
                    self.rows.override(said, row.basis)
                    self._parts.journal.append(db, overriding(self._parts, row, number, rule))
            return self.rows.change(row, {"state": "approval"})

    def _after_leader(self, row: TownRow, seen: Announcement) -> TownRow:
        match seen.state:
            case AnnouncementState.APPROVED:
                return self._plan(self.told(row, AckState.APPROVED), seen)
            case AnnouncementState.RETURNED:
                return self.give_back(row, Refused("town_returned", told=seen.return_reason))
            case AnnouncementState.WITHDRAWN:
                return self.end(row, "dismissed", Refused("town_withdrawn"))
        return row

    def _plan(self, row: TownRow, seen: Announcement) -> TownRow:
        """A campaign of one day and one airing for each of its zones, in the first session that has room for it."""
        if row.retry_at is not None and row.retry_at > self._parts.clock.now():
            return row
        actor = self._parts.people.get(row.decided_by or row.issuer_id)
        found = {zone: self._session(row, seen, zone) for zone in row.zones}
        campaigns = [one for one in found.values() if one is not None]
        if not campaigns:
            return self._now_by_basis(row, actor) if row.basis else self.give_back(row, Refused("town_no_session"))
        with self._parts.store.write():
            planned = [self._campaigns.save(actor, one, by_order=True) for one in campaigns]
            for one in planned:
                self._campaigns.start(actor, one)
            row = self.rows.change(row, {"state": "planned", "campaign_id": planned[0]})
            note_places(
                self._parts, row, actor, {zone: Refused("town_no_session") for zone in found if not found[zone]}
            )
        return self.told(row, AckState.PLANNED)

    def _session(self, row: TownRow, seen: Announcement, zone: str) -> Campaign | None:
        once = airing_once(seen, zone, Priority(row.priority), dispatch_id=seen.dispatch_id)
        return self._sessions.campaign(once, row.expires_at, self.envelope(row).not_before)

    def _now_by_basis(self, row: TownRow, actor: Person) -> TownRow:
        """The caps leave no session, and the basis stands against them: as soon as the other rules let it sound."""
        try:
            with self._parts.store.write():
                said = row.announcement_id or 0
                slot_id = order_each(self._parts, row, actor, lambda zone: self._air.play_now(actor, said, zone=zone))
                return self.rows.change(row, {"state": "aired", "slot_id": slot_id})
        except Refused as refused:
            later = self._parts.clock.now() + timedelta(minutes=1)
            return self.rows.change(row, reason_values(refused) | {"retry_at": instant_text(later)})

    # The end

    def supersede(self, row: TownRow) -> None:
        """The earlier versions of what has just come end, but for a campaign that runs: it goes on until the new one
        is taken, so that an update nobody has looked at yet leaves no silence.
        """
        for old, new in self.rows.outdated(row.topic):
            self.replaced(old, new)

    def replaced(self, old: TownRow, new: TownRow) -> None:
        """An earlier version ends. An emergency that has been heard with the same words already is not said again."""
        said, fresh = (self.envelope(one) for one in (old, new))
        same = (said.text, said.clip and said.clip.sha256) == (fresh.text, fresh.clip and fresh.clip.sha256)
        same = same and set(old.zones) == set(new.zones)
        if same and old.way == new.way == "air" and old.slot_id and new.state == "preparing":
            values: Row = {"state": "aired", "slot_id": old.slot_id, "announcement_id": old.announcement_id}
            with self._parts.store.write():
                self.rows.change(new, values | {"reason": "town_same_words"})
                self.rows.change(old, {"state": "superseded", **reason_values(Refused("town_superseded"))})
            return
        self.end(old, "superseded", Refused("town_superseded"))

    def stop_named(self, row: TownRow) -> None:
        """Lệnh dừng: everything of the issues it names ends now, what sounds and what is planned. Nobody is asked."""
        for one in self.rows.named(self.envelope(row).references):
            if one.id != row.id and (one.open or self.sounds(one)):
                self.end(one, "cancelled", Refused("town_cancelled"))
        self.told(self.rows.change(row, {"state": "taken"}), AckState.STORED)

    def give_back(self, row: TownRow, refused: Refused | None, *, doubts: tuple[Doubt, ...] | None = None) -> TownRow:
        """Into the inbox, with the reason; what was decided is open again. What has ended meanwhile stays ended."""
        if not row.open:
            return row
        values: Row = {"state": "waiting", "way": "", "decided_by": None, "decided_at": None}
        values |= reason_values(refused) if refused else {}
        values |= {"doubts_json": json_text(doubts)} if doubts is not None else {}
        with self._parts.store.write():
            row = self.told(self.rows.change(row, values), AckState.WAITING, refused)
        return self.prepare(row) if row.kind == "announcement" else row

    def sounds(self, row: TownRow) -> bool:
        """Is something of it on the air, or ordered and not yet over?"""
        if row.slot_id is not None:
            return any(self._parts.slots.slot(one).outcome is None for one in self.rows.ordered(row))
        if row.kind == "campaign" and row.campaign_id is not None:
            return self._parts.programme.campaign(row.campaign_id).state is CampaignState.ACTIVE
        return row.announcement_id is not None and bool(self._parts.slots.claimed_of(row.announcement_id))

    def end(self, row: TownRow, state: str, refused: Refused, *, by: Person | None = None) -> TownRow:
        """Nothing of it airs from now on: campaign stopped, announcements withdrawn, what sounds cut off and told."""
        issuer = self._parts.people.get(row.issuer_id)
        values: Row = {"state": state, **reason_values(refused)}
        if by is not None:
            values |= {"decided_by": by.id, "decided_at": instant_text(self._parts.clock.now())}
        with self._parts.store.write():
            row = self.rows.change(row, values)
            self._off.take_off(
                issuer,
                by or issuer,
                reason_of_end(StopReason.TOWN, state, by_officer=by is not None),
                announcements=self.announcements_of(row),
                campaigns=self.rows.running(row) if row.campaign_id is not None else (),
                slots=self.rows.ordered(row),
            )
            return self._end_told(row)

    def _end_told(self, row: TownRow) -> TownRow:
        """Tell the end when nothing of it sounds any more, with what was measured until then."""
        heard = standing_of(self.rows.endings(row)) if row.announcement_id or row.slot_id or row.campaign_id else None
        if heard is not None and heard[0] is AckState.PLAYING:
            return row
        return self.told(row, _END_TOLD[row.state], Refused(row.reason, **row.details), ms=heard[1] if heard else None)

    def announcements_of(self, row: TownRow) -> tuple[int, ...]:
        """The announcements that an issue has become in this ward."""
        own = () if row.announcement_id is None else (row.announcement_id,)
        if row.kind != "campaign" or row.campaign_id is None:
            return own
        return self._parts.programme.campaign(row.campaign_id).announcement_ids

    def withdraw(self, announcement_id: int, issuer: Person) -> None:
        """An announcement is offered and aired no more."""
        self._off.withdraw(issuer, announcement_id)


_END_TOLD = {
    "expired": AckState.EXPIRED,
    "cancelled": AckState.CANCELLED,
    "superseded": AckState.CANCELLED,
    "dismissed": AckState.REFUSED,
}
