"""Alerts in CAP: taken in, sent on their way, decided; an Update or a Cancel ends what it names.

Which way an alert goes without anybody's word is `core.cap_rules`'; here the way is gone, through the same desks, the
same approval and the same gate as everything else. The sender stands as author; the ward's rule, or a person, as who
decided. Nothing here makes speech: an emergency comes with its clip.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from scheduler.core.announcement.clips import StoredClip
from scheduler.core.model import DEFAULT_ZONE, Person, Priority
from scheduler.extras.cap.intake.reading import CapFile, read_cap
from scheduler.extras.cap.rows import CapRow, CapStore
from scheduler.extras.cap.rules.alert import Alert, MsgType, Reference, said_of
from scheduler.extras.cap.rules.area import read_place
from scheduler.extras.cap.rules.rules import Entry, Policy, Proof, Way, block_for, entry_of, priority_of
from scheduler.extras.cap.service.airing import CapWork
from scheduler.extras.cap.service.issue import CapIssue
from scheduler.extras.cap.service.trust import CapTrust
from scheduler.kernel.errors import Refused
from scheduler.services.air.emergency import EmergencyService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Row, instant_text
from scheduler.store.database import json_text, reason_values

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["CapService"]

HANDS_IN = "import_dispatch"
"""The right by which a file from outside is handed in."""


class CapService:
    def __init__(
        self, parts: Repositories, rows: CapStore, work: CapWork, emergency: EmergencyService, trust: CapTrust
    ) -> None:
        self._parts = parts
        self.rows = rows
        self.work = work
        self.trust = trust
        self.issuing = CapIssue(parts, rows)
        self._emergency = emergency

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        rows = CapStore(services.parts.store)
        work = CapWork(services.parts, rows, services.announcements, services.campaigns, services.air)
        return cls(services.parts, rows, work, services.emergency, CapTrust(services.parts, rows))

    # Reading

    def policy(self) -> Policy:
        """What the ward has approved, and where it lies."""
        told = self._parts.config.cap_alert
        return Policy(
            senders={one.sender.sender: one.sender for one in self.rows.senders()},
            rules=tuple(one.rule for one in self.rows.rules()),
            place=read_place(told.place),
            geocodes=frozenset(told.geocodes),
            fresh=timedelta(minutes=told.fresh_minutes),
        )

    def alert(self, row: CapRow) -> Alert:
        """A kept alert as it reads."""
        return read_cap(row.xml.encode()).alert

    def said(self, row: CapRow) -> str:
        """What would be heard of it."""
        infos = self.alert(row).infos
        return said_of(infos[row.block]) if infos else ""

    def waiting(self) -> list[CapRow]:
        return self.rows.listed(("waiting",))

    def under_way(self) -> list[CapRow]:
        return self.rows.listed(("preparing", "approval", "planned"))

    def done(self, limit: int = 30) -> list[CapRow]:
        states = ("aired", "ended", "kept", "dismissed", "superseded", "cancelled", "expired")
        return self.rows.listed(states, limit)

    # Taking in

    def receive(self, actor: Person, data: bytes) -> tuple[CapRow, bool]:
        """Keep one alert and send it on its way; (row, whether it is new). The same again changes nothing.

        Raises NotPermitted, and Refused as `intake.cap.read_cap`; cap_key_taken where the key was used for other words.
        """
        permit(actor, HANDS_IN)
        file = read_cap(data)
        key = _key(file.alert)
        if known := self.rows.find(key):
            return self._again(known, file), False
        policy, now = self.policy(), self._parts.clock.now()
        sender = policy.senders.get(file.alert.sender)
        proof = file.proof(sender.certificates if sender else "", now)
        entry = entry_of(file.alert, proof, policy, now)
        self._parts.reserve.let_go()  # whatever it warns of
        with self._parts.store.write():
            if known := self.rows.find(key):  # another hand was quicker
                return self._again(known, file), False
            row = self.rows.get(self.rows.add(self._values(actor, file, proof, entry, now)))
            if entry.ends:
                self._end_named(row, file.alert)
        log.info("alert %s of %s: %s %s", row.identifier, row.sender, row.state, row.way)
        return self.work.prepare(row, file.alert), True

    def _again(self, known: CapRow, file: CapFile) -> CapRow:
        if self.alert(known) != file.alert:
            raise Refused("cap_key_taken")
        return known

    def _values(self, actor: Person, file: CapFile, proof: Proof, entry: Entry, now: datetime) -> Row:
        alert = file.alert
        info = alert.infos[entry.block] if alert.infos else None
        values: Row = {
            "sender": alert.sender,
            "identifier": alert.identifier,
            "sent": instant_text(alert.sent),
            "msg_type": alert.msg_type.value,
            "status": alert.status.value,
            "scope": alert.scope.value,
            "title": (info.headline or info.event)[:200] if info else alert.title,
            "priority": priority_of(info).value,
            "xml": file.text,
            "proof": proof.value,
            "block": entry.block,
            "zone": DEFAULT_ZONE,
            "rule_id": entry.rule_id,
            "doubts_json": json_text(entry.doubts),
            "source_id": self.work.source(alert).id,
            "taken_by": actor.id,
            "received_at": instant_text(now),
            "expires_at": instant_text(info.expires) if info and info.expires else None,
        }
        return values | self._standing(alert, entry, now)

    def _standing(self, alert: Alert, entry: Entry, now: datetime) -> Row:
        decided = {"decided_by": self.work.rule_person().id, "decided_at": instant_text(now)}
        if entry.way in {Way.AIR, Way.SESSION} and (by := self.rows.ended_by(_key(alert))):
            cancelled = by.msg_type == MsgType.CANCEL
            return {"state": "cancelled" if cancelled else "superseded"} | reason_values(_ended(by))
        match entry.way:
            case Way.AIR | Way.SESSION:
                return {"state": "preparing", "way": entry.way.value} | decided
            case Way.END:
                return {"state": "ended", "way": "end"} | decided
            case Way.INBOX:
                return {"state": "waiting"}
        code, details = entry.doubts[0]
        return {"state": entry.way.value, "reason": code, "details_json": json_text(details), "doubts_json": "[]"}

    def _end_named(self, row: CapRow, alert: Alert) -> None:
        """What a believed Update or Cancel names ends; only its own sender's: nobody ends another's alarm."""
        own = [one for one in alert.references if one.sender == alert.sender and one != _key(alert)]
        self.rows.note_endings(own, row.id)
        state = "cancelled" if alert.msg_type is MsgType.CANCEL else "superseded"
        for reference in own:
            named = self.rows.find(reference)
            if named is not None and (named.open or self.work.sounds(named)):
                self.work.end(named, state, _ended(row))

    # Deciding

    def accept(self, actor: Person, alert_id: int) -> CapRow:
        """Let an alert into the next session (its sound goes to the leader), or let a Cancel end what it names."""
        row = self._undecided(alert_id)
        now = instant_text(self._parts.clock.now())
        by: Row = {"decided_by": actor.id, "decided_at": now, "reason": "", "details_json": "{}"}
        if row.msg_type == MsgType.CANCEL:
            permit(actor, "break_in")
            with self._parts.store.write():
                row = self.rows.change(row, by | {"state": "ended", "way": "end"})
                self._end_named(row, self.alert(row))
            return row
        permit(actor, "plan", row.zone)
        with self._parts.store.write():
            row = self.rows.change(row, by | {"state": "preparing", "way": "session"})
            self._end_where_update(row)
        return self.work.prepare(row, self.alert(row))

    def airable(self, actor: Person, alert_id: int) -> CapRow:
        """An alert that this person may air at once. Raises NotPermitted; Refused cap_decided, cap_expired."""
        row = self._undecided(alert_id)
        permit(actor, "break_in", row.zone)
        if row.msg_type == MsgType.CANCEL:
            raise Refused("cap_decided")
        return row

    def dismiss(self, actor: Person, alert_id: int, why: str) -> None:
        """Bỏ qua: nothing of it airs, and the reason stays beside it."""
        row = self.rows.get(alert_id)
        permit(actor, "break_in" if row.priority == Priority.EMERGENCY else "plan", row.zone)
        if not why.strip():
            raise Refused("reason_missing")
        if not row.open:
            raise Refused("cap_decided")
        self.work.end(row, "dismissed", Refused("cap_dismissed", told=why.strip()[:500]), by=actor)

    def _undecided(self, alert_id: int) -> CapRow:
        row = self.rows.get(alert_id)
        if row.state != "waiting":
            raise Refused("cap_decided")
        if row.expires_at is not None and row.expires_at <= self._parts.clock.now():
            self.work.end(row, "expired", Refused("cap_expired"))
            raise Refused("cap_expired")
        return row

    def _end_where_update(self, row: CapRow) -> None:
        """A person who lets an Update through lets it end what it stands in for."""
        alert = self.alert(row)
        if alert.msg_type is MsgType.UPDATE and self.rows.ended_by(_key(alert)) is None:
            self._end_named(row, alert) if not self._has_ended(row) else None

    def _has_ended(self, row: CapRow) -> bool:
        return bool(self._parts.store.value("SELECT 1 FROM cap_ending WHERE by_id = ? LIMIT 1", (row.id,)))

    # The air

    def to_air(self) -> list[CapRow]:
        """Alerts that go on the air by rule now; one that no longer may goes to a person with its doubts."""
        policy, now, found = self.policy(), self._parts.clock.now(), []
        for row in self.rows.listed(("preparing",)):
            if row.way != "air":
                continue
            file = read_cap(row.xml.encode())
            sender = policy.senders.get(row.sender)
            entry = entry_of(file.alert, file.proof(sender.certificates if sender else "", now), policy, now)
            if entry.way is Way.AIR:
                found.append(row)
            elif entry.way is Way.EXPIRED:
                self.work.end(row, "expired", Refused("cap_expired"))
            else:
                self.work.give_back(row, None, doubts=entry.doubts)
        return found

    def order(self, actor: Person, row: CapRow, clip: StoredClip, *, prove: Callable[[], None] | None = None) -> str:
        """Air an alert at once, in `actor`'s name (its slot's id). The same again is one airing.

        `prove` asks once more who it is, when nothing else stands in the way: a code counts once.
        """
        permit(actor, "break_in", row.zone)

        def give() -> str:
            with self._parts.store.write():
                now = instant_text(self._parts.clock.now())
                kept = self.rows.change(row, {"state": "aired", "way": "air", "reason": "", "details_json": "{}"})
                self._end_where_update(kept)
                self.work.withdraw(kept)
                made = self._emergency.take_typed(actor, kept.title, self.said(kept), clip)
                slot_id = self._emergency.break_in(actor, made, zone=kept.zone)
                by: Row = {"slot_id": slot_id, "announcement_id": made, "decided_at": now}
                person = actor.id if row.state == "waiting" else row.decided_by
                self.rows.change(kept, by | {"decided_by": person})
            return slot_id

        if prove is not None:
            with self._parts.store.rehearsal():
                give()
            prove()
        return give()

    def block(self, alert: Alert) -> int:
        """Which block of an alert is for this ward."""
        return block_for(alert, self.policy())[0]


def _key(alert: Alert) -> Reference:
    return Reference(alert.sender, alert.identifier, alert.sent)


def _ended(by: CapRow) -> Refused:
    return Refused("cap_cancelled" if by.msg_type == MsgType.CANCEL else "cap_superseded", title=by.title)
