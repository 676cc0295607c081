"""The inbox: what waits for a person, what a person may decide of it, and what airs by the ward's rule.

Put it into the next session, air it now, leave it aside with a reason. The rights are those of the same acts on the
ward's own announcements; whoever decides stands in the journal. Nothing here makes speech: an emergency comes with its
clip.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Generic

from scheduler.core.announcement.approval import may
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import AiringOutcome, Person, Trigger
from scheduler.extras.inbox.rules import AT_ONCE, OVER, UNDER_WAY, InboxRow, RowT, State, Way
from scheduler.extras.inbox.service.adapter import Offer, Step
from scheduler.extras.inbox.service.pipeline import Pipeline
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.air.emergency import EmergencyService
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.repositories import permit
from scheduler.store import Row

__all__ = ["Inbox", "permit_each"]

AIRABLE = (State.WAITING, State.PREPARING, State.APPROVAL)
RIGHTS = {Trigger.EMERGENCY: "break_in", Trigger.DRILL: "drill", Trigger.MANUAL: "approve"}
_TOLD_ENDS = frozenset({State.EXPIRED, State.CANCELLED, State.SUPERSEDED})
"""Ends that nobody here has decided: whoever comes too late is told which it was."""


class Inbox(Generic[RowT]):
    def __init__(
        self, adapter: Pipeline[RowT], announcements: AnnouncementService, air: AirService, emergency: EmergencyService
    ) -> None:
        self.adapter = adapter
        self._repos = adapter.repos
        self._rows = adapter.rows
        self._announcements = announcements
        self._air = air
        self._emergency = emergency

    # Reading

    def waiting(self) -> list[RowT]:
        """What waits for a person, emergencies first."""
        return self._rows.listed((State.WAITING,))

    def under_way(self) -> list[RowT]:
        """What has been decided and is on its way to the air."""
        return self._rows.listed(UNDER_WAY)

    def done(self, limit: int = 30) -> list[RowT]:
        return self._rows.listed(OVER, limit)

    def get(self, inbox_id: int) -> RowT:
        return self._rows.get(inbox_id)

    def waiting_count(self, *, emergency: bool = False) -> int:
        return self._rows.count(State.WAITING, emergency=emergency)

    def offer(self, row: RowT) -> Offer:
        """What would be heard of it."""
        return self.adapter.offer(row)

    def sound(self, row: RowT) -> StoredClip | None:
        """The sound that is ready for it."""
        sha256 = self.adapter.sound_of(row)
        return self._repos.programme.clip(sha256) if sha256 else None

    def outcomes(self, row: RowT) -> list[AiringOutcome]:
        """How the airings that were ordered of it have ended, of those that have."""
        ended = [self._repos.slots.slot(one).outcome for one in self._rows.ordered(row)]
        return [one for one in ended if one is not None]

    # Deciding

    def accept(self, actor: Person, inbox_id: int, *, prove: Callable[[], None] = lambda: None) -> RowT:
        """Đưa vào buổi tới: its sound goes to the leader, and when approved into the next session; or what else a yes
        means of it. Raises NotPermitted; Refused: decided or expired meanwhile, nothing to be heard, why it is held.
        """
        row = self._undecided(inbox_id, (State.WAITING,))
        if (taken := self.adapter.accept(row, actor, prove)) is not None:
            return taken
        permit_each(actor, "plan", row)
        if held := self.adapter.held(row):
            raise held
        if self.adapter.offer(row).is_empty:
            raise Refused(self.adapter.reasons.no_words)
        values: Row = {"state": State.PREPARING, "way": Way.SESSION, "reason": "", "details_json": "{}"}
        with self._repos.store.write():
            row = self._rows.change(row, values | self.adapter.decided(actor))
            self.adapter.let_through(row)
            row = self.adapter.prepare(row)
        return self.adapter.tend(row)

    def airable(self, actor: Person, inbox_id: int) -> RowT:
        """What this person may air now. Raises NotPermitted; Refused: decided or expired meanwhile."""
        row = self._undecided(inbox_id, AIRABLE)
        trigger = self.adapter.trigger(row)
        if trigger is None:
            raise Refused(self.adapter.reasons.decided)
        permit_each(actor, RIGHTS[Trigger.EMERGENCY if trigger is Trigger.EMERGENCY else Trigger.MANUAL], row)
        return row

    def order(
        self,
        actor: Person,
        row: RowT,
        clip: StoredClip,
        *,
        words: StoredClip | None = None,
        prove: Callable[[], None] | None = None,
    ) -> str:
        """Air an emergency at once, over everything; or, with the `words` of a drill around it, rehearse it. In
        `actor`'s name (its slot's id); the same again is one airing.

        `prove` asks once more who it is, when nothing else stands in the way: a code counts once. Where the same is
        ordered already, nobody is asked.
        """
        trigger = Trigger.EMERGENCY if words is None else Trigger.DRILL
        permit_each(actor, RIGHTS[trigger], row)

        def give() -> str:
            with self._repos.store.write():
                seen = self._undecided(row.id, AIRABLE)  # while a voice spoke, its end may have come
                slot_id = self._rows.slot_of(seen.announcement_id, trigger)
                if slot_id is None:
                    seen, slot_id = self._typed(actor, seen, clip, words)
                self._ordered(actor, seen, Way.AIR if words is None else Way.DRILL, slot_id)
            return slot_id

        stands = self._rows.slot_of(row.announcement_id, trigger) is not None
        return self._proved(give, None if stands else prove)

    def _typed(self, actor: Person, row: RowT, clip: StoredClip, words: StoredClip | None) -> tuple[RowT, str]:
        """Order it in each of its zones, as a leader orders words of the moment; who may, answers for them."""
        self.adapter.let_through(row)
        self.adapter.withdraw(row)
        offer, issuer = self.adapter.offer(row), self.adapter.issuer(row)
        speaker = actor if may(actor.role, RIGHTS[Trigger.EMERGENCY]) else issuer
        text = offer.text if offer.text.strip() else row.title
        made = self._emergency.take_typed(speaker, row.title, text, clip, dispatch_id=self.adapter.dispatch(row))
        row = self._rows.change(row, {"announcement_id": made})

        def one(zone: str) -> str:
            if words is None:
                return self._emergency.break_in(actor, made, zone=zone)
            return self._emergency.drill(actor, made, words, zone=zone)

        return row, self.adapter.order_each(row, actor, one)

    def order_now(
        self, actor: Person, row: RowT, sha256: str, *, heard: bool, prove: Callable[[], None] | None = None
    ) -> str:
        """Phát ngay: approve exactly the sound `sha256`, which the leader has heard, and air it as soon as may be.

        `prove` asks once more who it is, when nothing else stands in the way: a code counts once.
        """
        permit_each(actor, RIGHTS[Trigger.MANUAL], row)
        sound, announcement_id = self.sound(row), row.announcement_id
        if announcement_id is None or sound is None:
            raise Refused(self.adapter.reasons.no_sound)
        if held := self.adapter.held(row):
            raise held
        if sound.sha256 != sha256:
            raise Refused("audio_changed", title=row.title)
        if not heard:
            self._repos.audit.refused(actor, "approve", "not_heard")
            raise Refused("not_heard", act="approve")

        def give() -> str:
            with self._repos.store.write():
                self.adapter.use_recording(row, announcement_id)
                self.adapter.hand_in(announcement_id, self.adapter.issuer(row))
                unread = self._announcements.unread(announcement_id)  # shown beside the sound that was heard
                self._announcements.approve(actor, announcement_id, sha256, heard=heard, read_as=unread)
                slot_id = self.adapter.order_each(
                    row, actor, lambda zone: self._air.play_now(actor, announcement_id, zone=zone)
                )
                self._ordered(actor, row, Way.NOW, slot_id)
            return slot_id

        return self._proved(give, prove)

    def _proved(self, give: Callable[[], str], prove: Callable[[], None] | None) -> str:
        """Give an order; where it has to be proved who gives it, only when it would not be refused anyway."""
        if prove is not None:
            with self._repos.store.rehearsal():
                give()
            prove()
        return give()

    def _ordered(self, actor: Person, row: RowT, way: Way, slot_id: str) -> None:
        values: Row = {"state": State.AIRED, "way": way, "slot_id": slot_id, "reason": "", "details_json": "{}"}
        if row.decided_by is None or actor.id != row.issuer_id:  # else the ward's rule has decided
            values |= self.adapter.decided(actor)
        self.adapter.told(self._rows.change(row, values), Step.APPROVED)

    def dismiss(self, actor: Person, inbox_id: int, why: str) -> None:
        """Bỏ qua: nothing of it airs, the reason stays beside it. An emergency needs the right to order one."""
        row = self._rows.get(inbox_id)
        permit_each(actor, "break_in" if row.is_emergency else "plan", row)
        if not why.strip():
            raise Refused("reason_missing")
        if not row.open:
            raise Refused(self.adapter.reasons.decided)
        told = Refused(self.adapter.reasons.dismissed, told=why.strip()[:500])
        self.adapter.end(row, State.DISMISSED, told, by=actor)

    def _undecided(self, inbox_id: int, states: tuple[State, ...]) -> RowT:
        """A row in one of these states that has not expired meanwhile."""
        row, reasons = self._rows.get(inbox_id), self.adapter.reasons
        if row.state not in states:
            raise Refused(row.reason if row.state in _TOLD_ENDS and row.reason else reasons.decided)
        if self.adapter.is_expired(row):
            self.adapter.end(row, State.EXPIRED, Refused(reasons.expired))
            raise Refused(reasons.expired)
        return row

    # By the ward's rule

    def to_air(self, now_there: datetime | None = None) -> list[RowT]:
        """What sounds at once by rule now; one that no longer may goes to a person with its doubts.

        `now_there`: by the sender's clock, where that is known.
        """
        now, found = self._repos.clock.now(), []
        for row in self._rows.listed((State.PREPARING,)):
            if row.way not in AT_ONCE or (row.retry_at and row.retry_at > now):
                continue
            if self.adapter.is_expired(row):
                self.adapter.end(row, State.EXPIRED, Refused(self.adapter.reasons.expired))
                continue
            judged = self.adapter.judged(row, now_there)
            if judged.way == row.way:
                found.append(row)
            else:
                self.adapter.give_back(row, None, doubts=judged.doubts)
        return found


def permit_each(actor: Person, what: str, row: InboxRow) -> None:
    """Raise NotPermitted unless the person may do it in every zone that a row is for."""
    for zone in row.zones:
        permit(actor, what, zone)
