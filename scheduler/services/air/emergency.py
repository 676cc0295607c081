"""Phát khẩn cấp: order, take back, drill, put right.

A person with the right orders, and proves once more who it is; an officer may order on the one-time number that a
leader tells them, and then the leader is who ordered. The slot is the order: playout takes it when its seconds of grace
are over, whether the page lives or not, and until then it can be taken back without a sound. The same order pressed
twice is one. A drill has the drill's words around it, is no emergency to the gate, and so never sounds at night.
Nothing here makes speech: a typed text comes with its clip, or its clip comes to the order.
"""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import BinaryIO

from scheduler.core.air.cue_list import length
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.audit_context import name_act
from scheduler.core.model import (
    DEFAULT_ZONE,
    HOUSE_RATE,
    Announcement,
    AnnouncementState,
    Frames,
    Person,
    Priority,
    Sha256,
    Slot,
    Trigger,
)
from scheduler.kernel.database_faults import gives_no_rows
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.air.cue_lists import CueLists
from scheduler.services.air.kept_orders import KeptOrders
from scheduler.services.air.red_orders import order_slot, same_words
from scheduler.services.air.slots import emergency_facts, emergency_or_drill_facts
from scheduler.services.people.people import PeopleService
from scheduler.services.repositories import Repositories, known_zone, permit
from scheduler.store import Row, SlotFacts, instant_text
from scheduler.store.air.journal import Entry
from scheduler.store.red_lane.red_fields import Typed
from scheduler.store.red_lane.red_rows import typed_row
from scheduler.store.red_lane.typed_words import Words, words_key

log = logging.getLogger(__name__)

__all__ = ["GRACE", "EmergencyService", "Order"]

GRACE = timedelta(seconds=5)
"""How long an order from a page can be taken back before anything sounds."""
TYPED_KEPT = timedelta(days=3)
"""How long words stay on the disk that no order waits for."""
ORDER = "order"
"""Kind of the journal rows that tell by whose word an order was given."""
_TITLE_CHARS = 60


@dataclass(frozen=True, slots=True)
class Order:
    """Who orders, confirmed. `officer`: who was at the desk, where that is not the leader."""

    leader: Person
    officer: Person | None = None
    grace: timedelta = GRACE


@dataclass(frozen=True, slots=True)
class _Ready:
    """An order that needs only to be given; `kept`: by what was kept outside the rows."""

    slot: Slot
    title: str
    approved_sha256: Sha256 | None
    kept: KeptOrders | None = None


class EmergencyService:
    def __init__(self, repos: Repositories, rundowns: CueLists, air: AirService, people: PeopleService) -> None:
        self._repos = repos
        self._rundowns = rundowns
        self._air = air
        self._people = people

    def templates(self) -> list[Announcement]:
        """Approved announcements of emergency priority: what can be on the air within a second."""
        approved = self._repos.programme.announcements(AnnouncementState.APPROVED)
        return [one for one in approved if one.priority is Priority.EMERGENCY and one.audio_sha256]

    def kept_orders(self) -> KeptOrders:
        """Orders by what was kept outside the rows, for when none can be read."""
        return KeptOrders(self._repos, self._air.red)

    # Who orders

    def asks(self, actor: Person) -> str:
        """Which kind of code is asked of a person before an order: totp, code, password, or none ("")."""
        return self._people.confirms(actor, "break_in") if self._repos.config.emergency.code else ""

    def confirmed(self, actor: Person, code: str, *, zone: str = DEFAULT_ZONE) -> Order:
        """The order of a person with the right, who has proved who it is.

        Raises NotPermitted; Refused: code_needed, code_wrong, code_too_often.
        """
        permit(actor, "break_in", zone)
        name_act("break_in")  # the page let drills through as well
        if self.asks(actor):
            self._people.confirm(actor, code, "break_in")
        return Order(actor)

    def by_telephone(self, officer: Person, login: str, code: str, *, zone: str = DEFAULT_ZONE) -> Order:
        """The order of the leader `login`, who has told an officer the one-time number over the telephone.

        The leader is who orders: to the gate, to the journal and to the report; the journal names the officer too.
        Raises NotPermitted; Refused: leader_unknown, code_needed, code_wrong, code_too_often.
        """
        permit(officer, "drill", zone)
        if not login:
            raise Refused("leader_unknown")
        leader = self._people.leader_for(code, login)
        permit(leader, "break_in", zone)
        name_act("break_in")
        return Order(leader, officer)

    # Orders

    def break_in(self, actor: Person, announcement_id: int, *, zone: str = DEFAULT_ZONE) -> str:
        """Air an approved announcement at once, over everything (its slot's id). The same order twice is one airing."""
        permit(actor, "break_in", zone)
        return self._order(Order(actor, grace=timedelta(0)), announcement_id, Trigger.EMERGENCY, zone, None)

    def order(self, confirmed: Callable[[], Order], announcement_id: int, *, zone: str = DEFAULT_ZONE) -> str:
        """Air an approved announcement when the grace of the order is over (its slot's id).

        `confirmed` asks who orders, once everything else is known to be well: a number that counts once is not spent on
        an order that is refused. Where the same is ordered already, nobody is asked.
        """
        known_zone(self._repos.config, zone)
        ready = self._ready(announcement_id, Trigger.EMERGENCY, zone, None, timedelta(0))
        if standing := self._air.standing(ready.slot):
            return standing
        return self._order(confirmed(), announcement_id, Trigger.EMERGENCY, zone, None)

    def order_words(self, order: Order, title: str, text: str, clip: StoredClip, *, zone: str = DEFAULT_ZONE) -> str:
        """Air words of the moment, spoken as `clip`, when the grace of the order is over (its slot's id).

        Their rows are written at once where the database takes them; else a file keeps them beside the ring until
        playout writes them.
        """
        permit(order.leader, "break_in", zone)
        known_zone(self._repos.config, zone)
        repos, row, made = self._repos, self._typed_row(order.leader, title, text, clip.sha256), list[int]()
        if same := self.same_words(text, zone):
            return same

        def write() -> None:
            with repos.store.write():
                repos.programme.add_clip(clip)
                made.append(repos.programme.add_announcement(row, repos.clock.now()))

        if not self._air.red.usable:
            write()
        elif not repos.store.if_taken(write):
            return self._order_unwritten(order, row, clip, zone)
        return self._order(order, made[-1], Trigger.EMERGENCY, zone, None, Typed(words_key(row["text"])))

    def _order_unwritten(self, order: Order, row: Row, clip: StoredClip, zone: str) -> str:
        slot = self._slot(0, clip, Trigger.EMERGENCY, zone, None, order.grace)
        self._repos.typed.keep(slot.id, Words(row, clip))
        return self._order_kept(order, slot, row, Typed(words_key(row["text"])))

    def order_promised(
        self, order: Order, title: str, text: str, about: timedelta, *, zone: str = DEFAULT_ZONE
    ) -> tuple[str, BinaryIO | None]:
        """Order words that are still being spoken: its chime begins when the grace is over, the words follow when they
        are there (`TypedWords.fulfil`), or the order ends without them.

        `about`: how long they take to say once. Gives the slot's id, and what their speaker holds until then; None
        where the same words are ordered already. Raises Refused database_busy where only rows could keep the order.
        """
        permit(order.leader, "break_in", zone)
        known_zone(self._repos.config, zone)
        if same := self.same_words(text, zone):
            return same, None
        if not self._air.red.usable:
            raise Refused("database_busy")
        row = self._typed_row(order.leader, title, text, "")
        frames = Frames(max(1, round(about.total_seconds() * HOUSE_RATE)))
        clip = StoredClip(Sha256(""), row["title"], "speech", frames, self._repos.clock.now(), order.leader.id)
        slot = self._slot(0, clip, Trigger.EMERGENCY, zone, None, order.grace)
        slot = replace(slot, audio_sha256=self._rundowns.opening_sha256(slot, row["title"]))
        held = self._repos.typed.promise(slot.id, Words(row, None))
        try:
            ordered = self._order_kept(order, slot, row, Typed(words_key(row["text"]), spoken=False))
        except BaseException:
            held.close()
            raise
        if ordered != slot.id:
            held.close()
            return ordered, None
        return ordered, held

    def words_came(self, slot_id: str, clip: StoredClip) -> None:
        """The words of an order are there; who waits for its rows gets them, where no playout lives to write them."""
        told = self._air.red.told(slot_id)
        if told is not None:
            length = self._slot(0, clip, Trigger.EMERGENCY, told.slot.zone, None, timedelta(0)).length
            self._air.red.words_came(replace(told.slot, audio_sha256=clip.sha256, length=length))

    def _order_kept(self, order: Order, slot: Slot, row: Row, typed: Typed) -> str:
        """Order what a file keeps; without an order of its own there is none."""
        title, ordered = str(row["title"]), ""
        entry = self._entry(order, slot, title) if order.officer else None
        try:
            ordered = self._air.order(order.leader, slot, slot.audio_sha256, entry, title=title, typed=typed)
        finally:
            if ordered != slot.id:
                self._repos.typed.drop(slot.id)
        return ordered

    def same_words(self, text: str, zone: str) -> str | None:
        """The open order of the same words in the same zone (its slot's id), in ring or rows, spoken yet or not."""
        return same_words(self._repos, self._air.red, text.strip(), zone)

    def sweep(self) -> int:
        """Remove the files of words whose order stands nowhere any more (another database was put in place); how many.

        Without a ring nobody knows which orders stand.
        """
        red = self._repos.red
        if not red.is_there:
            return 0
        return self._repos.typed.sweep(self._repos.clock.now() - TYPED_KEPT, {one.key for one in red.placed()})

    def take_back(self, actor: Person, slot_id: str) -> bool:
        """Take an order back: True where nothing has sounded, False where it had begun and is being stopped.

        An order that has ended stays as it is. Raises NotPermitted, Refused no_emergency.
        """
        told = self._air.red.told(slot_id)
        permit(actor, "stop", told.slot.zone if told else emergency_or_drill_facts(self._repos, slot_id).slot.zone)
        if self._air.take_back(actor, slot_id):
            return True
        if (told := self._air.red.told(slot_id)) is not None:
            outcome, reason = told.outcome, told.reason
        else:
            after = self._repos.slots.slot(slot_id)
            outcome, reason = after.outcome.value if after.outcome else "", after.reason
        if not outcome:
            self._air.stop(actor, slot_id)
        return reason == "order_taken_back"

    def officer_of(self, slot_id: str) -> str:
        """The name of the officer who gave an order by a leader's number; empty where the leader did."""
        if (told := self._air.red.told(slot_id)) is not None:
            return told.officer
        day = self._repos.slots.slot(slot_id).day.isoformat()
        sql = "SELECT author FROM journal WHERE day = ? AND kind = ? AND slot_id = ? LIMIT 1"
        return str(self._repos.store.value(sql, (day, ORDER, slot_id)) or "")

    def drill(self, actor: Person, announcement_id: int, words: StoredClip, *, zone: str = DEFAULT_ZONE) -> str:
        """Rehearse it: the drill's words (`words`) before and after, its own chime, held to every rule."""
        permit(actor, "drill", zone)
        order = Order(actor, grace=timedelta(0))
        return self._order(order, announcement_id, Trigger.DRILL, zone, Sha256(words.sha256))

    def take_typed(
        self,
        actor: Person,
        title: str,
        text: str,
        clip: StoredClip,
        *,
        corrects: str = "",
        dispatch_id: int | None = None,
    ) -> int:
        """An announcement of words for now: who orders them answers for them, and is its approver."""
        permit(actor, "break_in")
        now = self._repos.clock.now()
        row = self._typed_row(actor, title, text, clip.sha256) | {"corrects": corrects, "dispatch_id": dispatch_id}
        return self._repos.programme.add_announcement(row, now)

    def _typed_row(self, actor: Person, title: str, text: str, sha256: str) -> Row:
        now = self._repos.clock.now()
        return typed_row(actor, title.strip() or _shortened(text), text.strip(), sha256, now)

    def correction_text(self, slot_id: str) -> str:
        """The correction of an emergency that was ordered. Raises Refused no_emergency."""
        told = self._air.red.told(slot_id)
        slot = (
            told.slot if told and told.slot.trigger is Trigger.EMERGENCY else emergency_facts(self._repos, slot_id).slot
        )
        at = self._repos.config.station.local(slot.start)
        return self._repos.config.emergency.correction_words.replace("{time}", f"{at:%H:%M}")

    def correction_ready(self, slot_id: str) -> int | None:
        """The announcement with the sound of an emergency's correction, where it has been made already."""
        sql = "SELECT id FROM announcement WHERE corrects = ? AND state = 'approved' ORDER BY id DESC LIMIT 1"
        found = self._repos.store.known_rows(sql, (slot_id,))
        return int(found[0]["id"]) if found else None

    def recent(self, since: datetime) -> list[SlotFacts]:
        """Emergencies and drills ordered since, newest first."""
        sql = "SELECT id FROM slot WHERE trigger IN ('emergency', 'drill') AND start >= ? ORDER BY start DESC LIMIT 50"
        return [self._repos.slots.facts(row["id"]) for row in self._repos.store.rows(sql, (instant_text(since),))]

    def _order(
        self,
        order: Order,
        announcement_id: int,
        trigger: Trigger,
        zone: str,
        intro: Sha256 | None,
        typed: Typed | None = None,
    ) -> str:
        ready = self._ready(announcement_id, trigger, zone, intro, order.grace)
        entry = self._entry(order, ready.slot, ready.title) if order.officer else None
        if ready.kept is not None:
            return ready.kept.order(order.leader, ready.slot, ready.title, entry)
        return self._air.order(order.leader, ready.slot, ready.approved_sha256, entry, title=ready.title, typed=typed)

    def _ready(
        self, announcement_id: int, trigger: Trigger, zone: str, intro: Sha256 | None, grace: timedelta
    ) -> _Ready:
        """What an order of an announcement would be; an emergency whose rows cannot be read, as they told it last.

        Raises Refused: unapproved, audio_retired; the fault of the rows, where nothing was kept of it.
        """
        try:
            with self._repos.store.hurried():
                seen, clip = self._air.airable(announcement_id)
                slot = self._slot(announcement_id, clip, trigger, zone, intro, grace)
        except (Refused, sqlite3.Error) as error:
            if trigger is not Trigger.EMERGENCY or not gives_no_rows(error) or not self._air.red.usable:
                raise
            kept = self.kept_orders()
            try:
                slot, title = kept.slot(announcement_id, zone=zone, grace=grace)
            except Refused:
                raise error from None
            log.warning("%s is ordered as the rows told it until %s: %s", slot.id, kept.as_of, error)
            return _Ready(slot, title, None, kept)
        return _Ready(slot, seen.title, seen.approved_sha256)

    def _slot(
        self,
        announcement_id: int,
        clip: StoredClip,
        trigger: Trigger,
        zone: str,
        intro: Sha256 | None,
        grace: timedelta,
    ) -> Slot:
        """`announcement_id`: 0 = its row is yet to be written."""
        repos = self._repos
        repeat = repos.config.emergency.repeat if trigger is Trigger.EMERGENCY else 1
        start = repos.clock.now() + grace
        slot = order_slot(
            repos, trigger, announcement_id, clip.sha256, zone=zone, start=start, repeat=repeat, intro=intro
        )
        return replace(slot, length=length(self._rundowns.of(slot, clip.frames)))

    def _entry(self, order: Order, slot: Slot, title: str) -> Entry:
        """By whose word: a row of the journal beside the airing's own."""
        return Entry(
            at=self._repos.clock.now(),
            kind=ORDER,
            day=slot.day.isoformat(),
            slot_id=slot.id,
            announcement_id=slot.announcement_id,
            title=title,
            zone=slot.zone,
            priority=slot.priority.value,
            trigger=slot.trigger.value,
            reason="order_by_code",
            author=order.officer.recorded_name if order.officer else "",
            operator=order.leader.recorded_name,
        )


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_CHARS else line[: _TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"
