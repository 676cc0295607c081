"""Bản tin nguồn: taken in, put into the next session, aired at once, left aside with a reason.

Which way a bulletin goes without anybody's word is `core.province`'s; here the way is gone, through the same desks, the
same approval and the same gate as everything else. The issuer stands as author, whoever decided as approver: a person,
or the ward's own rule where config.toml lets it decide. Nothing here fetches, and nothing here makes speech.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from scheduler.core.announcement.clips import StoredClip
from scheduler.core.model import Person, Priority, Trigger
from scheduler.extras.province.rows import InboxRow, Province
from scheduler.extras.province.rules.bulletins import Bulletin, Entry, Moment, Policy, Way, entry_of, read_bulletin
from scheduler.extras.province.service.airing import BulletinWork
from scheduler.extras.province.service.link import ProvinceLinkService
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.air.emergency import EmergencyService
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.announcement.recordings import RecordingService
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Row, instant_text
from scheduler.store.database import json_text

log = logging.getLogger(__name__)

MOST_VERSIONS = 50
"""A server that changes its mind more often than this is not followed any further."""
AIRABLE = ("waiting", "preparing", "approval")

if TYPE_CHECKING:
    from scheduler.services import Services


class ProvinceService:
    def __init__(
        self,
        parts: Repositories,
        announcements: AnnouncementService,
        recordings: RecordingService,
        campaigns: CampaignService,
        air: AirService,
        emergency: EmergencyService,
    ) -> None:
        self._parts = parts
        self._rows = Province(parts.store)
        self._announcements = announcements
        self._air = air
        self._emergency = emergency
        self.link = ProvinceLinkService(parts, self._rows)
        self.work = BulletinWork(parts, self._rows, announcements, recordings, campaigns, air)

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        return cls(
            services.parts,
            services.announcements,
            services.recordings,
            services.campaigns,
            services.air,
            services.emergency,
        )

    # Reading

    def policy(self) -> Policy:
        """What config.toml lets bulletins do."""
        told = self._parts.config.province
        return Policy(
            emergency=told.emergency,
            priority=told.priority,
            trusted=frozenset(told.trusted_issuers),
            own_ids=frozenset(filter(None, (told.source_id,))),
            zones=self._parts.config.zone_names,
            fresh=timedelta(minutes=told.emergency_minutes),
        )

    def inbox(self) -> list[InboxRow]:
        """What waits for a person, emergencies first."""
        return self._rows.listed(("waiting",))

    def under_way(self) -> list[InboxRow]:
        """What has been decided and is on its way to the air."""
        return self._rows.listed(("preparing", "approval", "planned"))

    def done(self, limit: int = 30) -> list[InboxRow]:
        return self._rows.listed(("aired", "dismissed", "superseded", "cancelled", "expired"), limit)

    def get(self, inbox_id: int) -> InboxRow:
        return self._rows.get(inbox_id)

    def waiting_count(self, *, emergency: bool = False) -> int:
        return self._rows.count("waiting", emergency=emergency)

    def bulletin(self, row: InboxRow) -> Bulletin:
        """A kept bulletin as it reads."""
        return self.work.bulletin(row)

    def sound(self, row: InboxRow) -> StoredClip | None:
        """The sound that is ready for a bulletin."""
        if row.announcement_id is None:
            return None
        sha256 = self._parts.programme.announcement(row.announcement_id).audio_sha256
        return self._parts.programme.clip(sha256) if sha256 else None

    # Taking in

    def receive(self, told: object, server_now: datetime | None = None) -> InboxRow | None:
        """Keep one bulletin of the server's list and send it on its way; None = cancelled before it was ever seen.

        The same again changes nothing, a changed one is a new version and the end of the one before. Raises Refused
        province_bulletin_bad.
        """
        now = self._parts.clock.now()
        bulletin = read_bulletin(told, self._parts.config.station.time_zone)
        last = self._rows.newest(bulletin.id)
        if last and (last.digest == bulletin.digest or last.version >= MOST_VERSIONS) and not bulletin.cancelled:
            return last
        if bulletin.cancelled or bulletin.priority is Priority.EMERGENCY:
            self._parts.reserve.let_go()
        entry = entry_of(bulletin, self.policy(), Moment(now, server_now))
        versions = self._rows.versions(bulletin.id)
        if entry.way is Way.CANCELLED:
            self._end_all(versions, "cancelled", Refused("province_cancelled"))
            return self._rows.newest(bulletin.id)
        with self._parts.store.write():
            row = self._rows.get(self._rows.add(self._row(told, bulletin, entry, versions, now)))
            if row.state != "aired":
                self._end_all(versions, "superseded", Refused("province_superseded"))
            log.info("bulletin %s version %d: %s %s", row.bulletin_id, row.version, row.state, row.way)
            return self.work.prepare(row)

    def _end_all(self, versions: list[InboxRow], state: str, refused: Refused) -> None:
        for row in (one for one in versions if one.open or self.work.sounds(one)):
            self.work.end(row, state, refused)

    def _row(self, told: object, bulletin: Bulletin, entry: Entry, versions: list[InboxRow], now: datetime) -> Row:
        values: Row = {
            "bulletin_id": bulletin.id,
            "version": versions[-1].version + 1 if versions else 1,
            "digest": bulletin.digest,
            "said": bulletin.said,
            "bulletin_json": json_text(told).encode("utf-8", "ignore").decode(),
            "title": bulletin.title,
            "priority": bulletin.priority.value,
            "zone": entry.zone,
            "doubts_json": json_text(entry.doubts),
            "issuer_id": self.work.issuer(bulletin).id,
            "received_at": instant_text(now),
            "expires_at": instant_text(bulletin.expires) if bulletin.expires else None,
        }
        match entry.way:
            case Way.EXPIRED:
                return values | {"state": "expired", "reason": "province_expired"}
            case Way.AIR if aired := [one for one in versions if one.said == bulletin.said and one.slot_id]:
                kept = {"slot_id": aired[-1].slot_id, "announcement_id": aired[-1].announcement_id, "way": "air"}
                return values | kept | {"state": "aired", "reason": "province_same_words"}
            case Way.AIR:
                return values | {"state": "preparing", "way": "air", "decided_by": values["issuer_id"]}
            case Way.SESSION:
                return values | {"state": "preparing", "way": "session", "decided_by": self.work.rule().id}
        return values | {"state": "waiting"}

    # Deciding

    def accept(self, actor: Person, inbox_id: int) -> InboxRow:
        """Đưa vào buổi tới: its sound goes to the leader, and when approved into the next session."""
        permit(actor, "plan")
        row = self._undecided(inbox_id, ("waiting",))
        permit(actor, "plan", row.zone)
        bulletin = self.bulletin(row)
        if not bulletin.words and not bulletin.audio_url:
            raise Refused("province_no_words")
        now = instant_text(self._parts.clock.now())
        values: Row = {"state": "preparing", "way": "session", "decided_by": actor.id, "decided_at": now}
        with self._parts.store.write():
            if self.sound(row) is None:
                values |= {"job_id": None, "tries": 0, "retry_at": None}
            row = self._rows.change(row, values | {"reason": "", "details_json": "{}"})
            row = self.work.prepare(row)
        return self.work.tend(row)

    def airable(self, actor: Person, inbox_id: int) -> InboxRow:
        """A bulletin that this person may air now. Raises NotPermitted; Refused province_decided, province_expired."""
        row = self._undecided(inbox_id, AIRABLE)
        permit(actor, "break_in" if row.priority == Priority.EMERGENCY else "approve", row.zone)
        return row

    def order_emergency(
        self, actor: Person, row: InboxRow, clip: StoredClip, *, prove: Callable[[], None] | None = None
    ) -> str:
        """Air an emergency of the province at once, in `actor`'s name (its slot's id). The same again is one airing.

        `prove` asks once more who it is, when nothing else stands in the way: a code counts once. Where the same is
        ordered already, nobody is asked.
        """
        permit(actor, "break_in")
        slot_id = self._rows.slot_of(row.announcement_id, Trigger.EMERGENCY.value) if row.announcement_id else None
        if slot_id is not None:
            self._rows.change(row, self._ordered(actor, "air", slot_id))
            return slot_id
        bulletin = self.bulletin(row)

        def order() -> str:
            with self._parts.store.write():  # whoever takes over from a process that dies here finds the order
                self.work.withdraw(row)
                made = self._emergency.take_typed(actor, bulletin.title, bulletin.words or bulletin.title, clip)
                kept = self._rows.change(row, {"announcement_id": made})
            slot_id = self._emergency.break_in(actor, made, zone=row.zone)
            self._rows.change(kept, self._ordered(actor, "air", slot_id))
            return slot_id

        return self._proved(order, prove)

    def order_now(
        self, actor: Person, row: InboxRow, sha256: str, *, heard: bool, prove: Callable[[], None] | None = None
    ) -> str:
        """Phát ngay: approve exactly the sound `sha256`, which the leader has heard, and air it as soon as may be.

        `prove` asks once more who it is, when nothing else stands in the way: a code counts once.
        """
        permit(actor, "approve")
        sound = self.sound(row)
        if row.announcement_id is None or sound is None:
            raise Refused("province_no_sound")
        if sound.sha256 != sha256:
            raise Refused("audio_changed", title=row.title)
        if not heard:
            raise Refused("not_heard", act="approve")
        announcement_id = row.announcement_id

        def order() -> str:
            with self._parts.store.write():
                self.work.hand_in(row)
                unread = self._announcements.unread(announcement_id)  # shown beside the sound that was heard
                self._announcements.approve(actor, announcement_id, sha256, heard=heard, read_as=unread)
                slot_id = self._air.play_now(actor, announcement_id, zone=row.zone)
                self._rows.change(row, self._ordered(actor, "now", slot_id))
            return slot_id

        return self._proved(order, prove)

    def _proved(self, order: Callable[[], str], prove: Callable[[], None] | None) -> str:
        """Give an order; where it has to be proved who gives it, only when it would not be refused anyway."""
        if prove is not None:
            with self._parts.store.rehearsal():
                order()
            prove()
        return order()

    def _ordered(self, actor: Person, way: str, slot_id: str) -> Row:
        now = instant_text(self._parts.clock.now())
        told = {"state": "aired", "way": way, "slot_id": slot_id, "decided_by": actor.id, "decided_at": now}
        return told | {"reason": "", "details_json": "{}"}

    def dismiss(self, actor: Person, inbox_id: int, why: str) -> None:
        """Bỏ qua: nothing of it airs, and the reason stays beside it. An emergency needs the right to order one."""
        row = self._rows.get(inbox_id)
        permit(actor, "break_in" if row.priority == Priority.EMERGENCY else "plan", row.zone)
        if not why.strip():
            raise Refused("reason_missing")
        if not row.open:
            raise Refused("province_decided")
        self.work.end(row, "dismissed", Refused("province_dismissed", told=why.strip()[:500]), by=actor)

    def _undecided(self, inbox_id: int, states: tuple[str, ...]) -> InboxRow:
        """A row in one of these states that has not expired meanwhile."""
        row = self._rows.get(inbox_id)
        if row.state not in states:
            raise Refused(row.reason if row.state in {"expired", "cancelled", "superseded"} else "province_decided")
        if row.expires_at is not None and row.expires_at <= self._parts.clock.now():
            self.work.end(row, "expired", Refused("province_expired"))
            raise Refused("province_expired")
        return row

    # What the link's process asks for

    def to_air(self, server_now: datetime | None = None) -> list[InboxRow]:
        """Emergencies that go on the air by rule now; one that no longer may goes to the inbox with its doubts."""
        moment, policy, found = Moment(self._parts.clock.now(), server_now), self.policy(), []
        for row in self._rows.listed(("preparing",)):
            if row.way != "air" or (row.retry_at and row.retry_at > moment.station):
                continue
            entry = entry_of(self.bulletin(row), policy, moment)
            if entry.way is Way.AIR:
                found.append(row)
            elif entry.way is Way.INBOX:
                self.work.give_back(row, None, doubts=entry.doubts)
        return found
