"""Hộp thư cấp trên: what waits for a person, and what a person may decide of it.

Put it into the next session, take it over, air it now, leave it aside with a reason. The rights are those of the same
acts on the ward's own announcements; whoever decides stands in the journal.
"""

from collections.abc import Callable

from scheduler.core.announcement.approval import may
from scheduler.core.announcement.clips import StoredClip
from scheduler.core.model import Person, Priority, Trigger
from scheduler.extras.town.rows.town import RefusedRow, Town, TownRow
from scheduler.extras.town.rules.envelope import AckState, Envelope, Kind, Status
from scheduler.extras.town.service.airing import TownWork
from scheduler.extras.town.service.dispatches import dispatch_of
from scheduler.extras.town.service.proposals import TownTake
from scheduler.extras.town.service.zones import order_each, permit_each
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.air.emergency import EmergencyService
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Row, instant_text

__all__ = ["TownInbox"]

AIRABLE = ("waiting", "preparing", "approval")
_TOLD_ENDS = frozenset({"expired", "cancelled", "superseded"})


class TownInbox:
    def __init__(
        self,
        parts: Repositories,
        rows: Town,
        work: TownWork,
        take: TownTake,
        announcements: AnnouncementService,
        air: AirService,
        emergency: EmergencyService,
    ) -> None:
        self._parts = parts
        self._rows = rows
        self._work = work
        self._take = take
        self._announcements = announcements
        self._air = air
        self._emergency = emergency

    # Reading

    def waiting(self) -> list[TownRow]:
        """What waits for a person, emergencies first."""
        return self._rows.listed(("waiting",))

    def under_way(self) -> list[TownRow]:
        """What has been decided and is on its way."""
        return self._rows.listed(("preparing", "approval", "planned"))

    def done(self, limit: int = 30) -> list[TownRow]:
        return self._rows.listed(("aired", "taken", "dismissed", "superseded", "cancelled", "expired"), limit)

    def refused(self, limit: int = 30) -> list[RefusedRow]:
        """What was not taken, the newest first."""
        return self._rows.refused(limit)

    def get(self, inbox_id: int) -> TownRow:
        return self._rows.get(inbox_id)

    def waiting_count(self, *, emergency: bool = False) -> int:
        return self._rows.count("waiting", emergency=emergency)

    def envelope(self, row: TownRow) -> Envelope:
        """A kept envelope as it reads."""
        return self._work.envelope(row)

    def sound(self, row: TownRow) -> StoredClip | None:
        """The sound that is ready for an issue."""
        sha256 = self._work.sound_of(row)
        return self._parts.programme.clip(sha256) if sha256 else None

    def loosens(self, row: TownRow) -> tuple[str, ...]:
        """What taking proposed rules would let sound that may not sound today."""
        return self._take.loosens(row)

    # Deciding

    def accept(self, actor: Person, inbox_id: int, *, prove: Callable[[], None] = lambda: None) -> TownRow:
        """Đưa vào buổi tới, or take a proposal over. An announcement's sound goes to the leader first.

        Raises NotPermitted; Refused town_decided, town_expired, town_no_words, town_exercise, and of a proposal what
        the ward's own desk refuses.
        """
        permit(actor, "plan")
        row = self._undecided(inbox_id, ("waiting",))
        permit_each(actor, "plan", row)
        if row.kind != Kind.ANNOUNCEMENT:
            return self._take.accept(actor, row, prove)
        envelope = self.envelope(row)
        if envelope.status is not Status.ACTUAL:
            raise Refused("town_exercise")
        if not envelope.text.strip() and envelope.clip is None:
            raise Refused("town_no_words")
        values: Row = {"state": "preparing", "way": "session", **self._decided(actor)}
        with self._parts.store.write():
            row = self._work.prepare(self._rows.change(row, values))
        return self._work.tend(row)

    def airable(self, actor: Person, inbox_id: int) -> TownRow:
        """An announcement that this person may air now. Raises NotPermitted; Refused town_decided, town_expired."""
        row = self._undecided(inbox_id, AIRABLE)
        if row.kind != Kind.ANNOUNCEMENT:
            raise Refused("town_decided")
        permit_each(actor, "break_in" if is_urgent(row) else "approve", row)
        return row

    def order_emergency(
        self, actor: Person, row: TownRow, clip: StoredClip, *, prove: Callable[[], None] = lambda: None
    ) -> str:
        """Air an emergency of the town at once, in `actor`'s name (its slot's id). The same again is one airing.

        `prove` asks once more who it is; where the same is ordered already, nobody is asked.
        """
        permit_each(actor, "break_in", row)
        return self._order(actor, row, clip, "air", prove)

    def order_drill(
        self, actor: Person, row: TownRow, clip: StoredClip, words: StoredClip, *, prove: Callable[[], None]
    ) -> str:
        """Rehearse an emergency of the town: the drill's words around it, its own chime, held to every rule."""
        permit_each(actor, "drill", row)
        return self._order(actor, row, clip, "drill", prove, words)

    def _order(
        self,
        actor: Person,
        row: TownRow,
        clip: StoredClip,
        way: str,
        prove: Callable[[], None],
        words: StoredClip | None = None,
    ) -> str:
        trigger = Trigger.EMERGENCY if words is None else Trigger.DRILL
        if self._standing(row, trigger) is None:
            prove()  # before the transaction: a wrong try must count whatever becomes of it
        with self._parts.store.write():
            # Read anew: while a voice spoke, a stop order may have come.
            row = self._undecided(row.id, AIRABLE)
            slot_id = self._standing(row, trigger)
            if slot_id is None:
                issuer = self._parts.people.get(row.issuer_id)
                if row.announcement_id is not None:
                    self._work.withdraw(row.announcement_id, issuer)
                envelope, orders = self.envelope(row), _with_right(actor, issuer)
                text, number = envelope.text or row.title, dispatch_of(self._parts, self._rows, envelope, issuer)
                made = self._emergency.take_typed(orders, row.title, text, clip, dispatch_id=number)
                row = self._rows.change(row, {"announcement_id": made})
                slot_id = order_each(self._parts, row, actor, lambda zone: self._one(actor, made, words, zone))
            self._ordered(actor, row, way, slot_id)
        return slot_id

    def _one(self, actor: Person, announcement_id: int, words: StoredClip | None, zone: str) -> str:
        if words is None:
            return self._emergency.break_in(actor, announcement_id, zone=zone)
        return self._emergency.drill(actor, announcement_id, words, zone=zone)

    def _standing(self, row: TownRow, trigger: Trigger) -> str | None:
        """An order that a crash has cut off is not given again."""
        return self._rows.slot_of(row.announcement_id, trigger.value) if row.announcement_id else None

    def order_now(
        self, actor: Person, row: TownRow, sha256: str, *, heard: bool, prove: Callable[[], None] = lambda: None
    ) -> str:
        """Phát ngay: approve exactly the sound `sha256`, which the leader has heard, and air it as soon as may be.

        `prove` asks once more who it is, when the sound is the one that was heard: a code counts once.
        """
        permit_each(actor, "approve", row)
        sound = self.sound(row)
        if row.announcement_id is None or sound is None:
            raise Refused("town_no_sound")
        if self.envelope(row).status is not Status.ACTUAL:
            raise Refused("town_exercise")
        if sound.sha256 != sha256:
            raise Refused("audio_changed", title=row.title)
        if not heard:
            raise Refused("not_heard", act="approve")
        prove()
        with self._parts.store.write():
            self._work.use_sound(row)
            self._work.hand_in(row)
            unread = self._announcements.unread(row.announcement_id)  # shown beside the sound that was heard
            self._announcements.approve(actor, row.announcement_id, sha256, heard=heard, read_as=unread)
            said = row.announcement_id
            slot_id = order_each(self._parts, row, actor, lambda zone: self._air.play_now(actor, said, zone=zone))
            self._ordered(actor, row, "now", slot_id)
        return slot_id

    def _ordered(self, actor: Person, row: TownRow, way: str, slot_id: str) -> None:
        values: Row = {"state": "aired", "way": way, "slot_id": slot_id, "reason": "", "details_json": "{}"}
        with self._parts.store.write():
            row = self._rows.change(row, values | self._decided(actor))
            if row.acked in {AckState.WAITING, AckState.PREPARING}:
                self._work.told(row, AckState.APPROVED)

    def _decided(self, actor: Person) -> Row:
        return {"decided_by": actor.id, "decided_at": instant_text(self._parts.clock.now())}

    def dismiss(self, actor: Person, inbox_id: int, why: str) -> None:
        """Bỏ qua: nothing of it airs, the reason stays beside it and is told upwards.

        An emergency needs the right to order one.
        """
        row = self._rows.get(inbox_id)
        permit_each(actor, "break_in" if is_urgent(row) else "plan", row)
        if not why.strip():
            raise Refused("reason_missing")
        if not row.open:
            raise Refused("town_decided")
        self._work.end(row, "dismissed", Refused("town_dismissed", told=why.strip()[:500]), by=actor)

    def _undecided(self, inbox_id: int, states: tuple[str, ...]) -> TownRow:
        """A row in one of these states that has not expired meanwhile."""
        row = self._rows.get(inbox_id)
        if row.state not in states:
            raise Refused(row.reason if row.state in _TOLD_ENDS and row.reason else "town_decided")
        if row.expires_at <= self._parts.clock.now():
            self._work.end(row, "expired", Refused("town_expired"))
            raise Refused("town_expired")
        return row


def is_urgent(row: TownRow) -> bool:
    """An emergency that is meant: a drill of one is not."""
    return row.priority == Priority.EMERGENCY and row.status == Status.ACTUAL


def _with_right(actor: Person, issuer: Person) -> Person:
    """Who answers for the words: a person who may order emergencies, else the issuer whose words they are."""
    return actor if may(actor.role, "break_in") else issuer
