"""Orders of an emergency, a drill and a stop: first into the ring, where playout takes them at once, then into rows.

Whoever calls has asked for the right. What the database does not take now, playout writes when it does, with the
instant of the press. The same order in ring or rows, while it stands, is that order; where no rows can be read, the
ring decides. Without a ring, or in somebody's transaction, there are only rows. Nothing here sounds, plans, or waits
for a lock.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from scheduler.core.audit_context import doing
from scheduler.core.model import Person, Priority, Sha256, Slot, Trigger
from scheduler.core.stops import StopReason
from scheduler.kernel.errors import Refused
from scheduler.kernel.mapped_file import Fields
from scheduler.services.air.standing import standing, valid_for
from scheduler.services.repositories import Repositories, permit
from scheduler.store import instant_of, instant_text
from scheduler.store.air.journal import Entry
from scheduler.store.red_lane.red_fields import (
    Typed,
    is_spoken,
    order_fields,
    ordering_person,
    said_by,
    slot_of_fields,
    spoken_order,
)
from scheduler.store.red_lane.typed_words import words_key
from scheduler.store.red_ring import Placed

__all__ = ["BY_LANE", "OrderStatus", "RedOrders", "order_slot", "order_stop", "same_words"]

log = logging.getLogger(__name__)

BY_LANE = frozenset({Trigger.EMERGENCY, Trigger.DRILL})
"""What goes by the lane."""
OPEN = frozenset({"", "waiting", "taken", "sounding", "rows"})
"""States of an order that has not ended."""
UNHEARD = frozenset({"", "waiting"})
TAKEN = frozenset({"taken", "sounding"})
STAND_FOR = timedelta(hours=1)
"""Rows of orders are looked for so far back: one that never ended for longer is no order of now."""


@dataclass(frozen=True, slots=True)
class OrderStatus:
    """What is known of an order, with or without rows."""

    slot: Slot
    title: str
    at: datetime
    """The instant of the press."""
    operator: str
    officer: str
    state: str
    """"" (given), waiting, taken, sounding, ended; or rows: its rows tell."""
    outcome: str = ""
    reason: str = ""
    spoken: bool = True
    """Not yet, of words of the moment: what there is to hear is the chime."""
    kept_as_of: datetime | None = None
    """Set: its announcement could not be read; ordered as the rows told it until then."""


def order_slot(
    repos: Repositories,
    trigger: Trigger,
    announcement_id: int,
    sha256: str,
    *,
    zone: str,
    start: datetime,
    repeat: int,
    intro: Sha256 | None = None,
) -> Slot:
    """The slot that an order of a person is; its length is yet to be said. `announcement_id`: 0 = it has no row."""
    day = repos.config.station.day_of(start)
    return Slot(
        id=f"{day:%Y%m%d}-{trigger.value[0]}{announcement_id}-{secrets.token_hex(4)}",
        day=day,
        zone=zone,
        start=start,
        length=timedelta(0),
        campaign_id=None,
        announcement_id=announcement_id,
        audio_sha256=Sha256(sha256),
        chime=True,
        repeat=repeat,
        priority=Priority.EMERGENCY if trigger is Trigger.EMERGENCY else Priority.PRIORITY,
        trigger=trigger,
        intro_sha256=intro,
    )


def order_stop(
    repos: Repositories,
    actor: Person,
    slot_id: str | None,
    reason: StopReason = StopReason.OFFICER,
    *,
    finish: bool = False,
) -> None:
    """Tell playout to stop, and whose stop it is; `finish`: a live voice has let go. It asks for no right."""
    told = {"slot_id": slot_id, "by": actor.recorded_name, "reason": reason.value}
    with repos.store.write():
        if reason is not StopReason.OFFICER:  # nobody stands at a page: the log is told whose act it was
            repos.audit.event("stopped", person=actor, subject="slot", subject_id=slot_id or "", note=reason.value)
        repos.jobs.command("stop", told | ({"finish": True} if finish else {}), actor.id, repos.clock.now())


class RedOrders:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos

    @property
    def usable(self) -> bool:
        """In a transaction an order may yet be undone; then it is a row like the others."""
        return self._repos.red.is_there and not self._repos.store.in_transaction

    # Orders

    def order(self, operator: Person, slot: Slot, title: str, entry: Entry | None, typed: Typed | None = None) -> str:
        """Give an order (its slot's id), or find the one that stands. Raises Refused where it can be kept nowhere.

        `typed`: of words of the moment.
        """
        repos = self._repos
        if repos.store.fence is not None:
            repos.store.fence()
        if self.usable and (stands := self._put_order(operator, slot, title, entry, typed)):
            return stands
        if not slot.announcement_id:
            raise Refused("database_busy")  # 256 orders stand, and these words have no rows
        repos.reserve.let_go()
        with repos.store.write() as db:
            if same := self.standing(slot):
                return same
            repos.slots.add(slot, operator.id, repos.clock.now())
            if entry is not None:
                repos.journal.append(db, entry)
        return slot.id

    def words_came(self, slot: Slot) -> None:
        """The words of an order have been spoken: where no playout lives that takes them, its rows are written here.

        Boxes, pages and the town read rows. `slot`: with the sound and the length of the words.
        """
        repos = self._repos
        beat = repos.jobs.heartbeat("playout")
        if beat is not None and beat.lives(repos.clock.now()):
            return
        with repos.red.alone():
            one = repos.red.find(slot.id)
            if one is None or is_spoken(one.order) or one.cancel is not None or one.state not in UNHEARD:
                return
            order = spoken_order(one.order, slot)
            repos.red.amend(one.number, order)
        repos.red.sync()
        self._now(partial(repos.red_rows.write_order, order))

    def order_in_ring(
        self, operator: Person, slot: Slot, title: str, as_of: datetime | None, entry: Entry | None = None
    ) -> str:
        """The same of what was kept outside the rows, which told it until `as_of`.

        Raises Refused red_lane_closed where the ring takes no more.
        """
        if self._repos.store.fence is not None:
            self._repos.store.fence()
        if not (stands := self._put_order(operator, slot, title, entry, None, as_of)):
            raise Refused("red_lane_closed")
        return stands

    def _put_order(
        self,
        operator: Person,
        slot: Slot,
        title: str,
        entry: Entry | None,
        typed: Typed | None,
        kept_as_of: datetime | None = None,
    ) -> str | None:
        """The order that stands in the ring now, this one or the same; None = there is no room."""
        repos = self._repos
        with repos.red.alone():
            if same := self.standing(slot, typed):
                return same
            order = order_fields(slot, title, operator, doing(), repos.clock.now(), entry, typed)
            if kept_as_of is not None:
                order |= {"kept": instant_text(kept_as_of)}
            if repos.red.put(order) is None:
                return None
        repos.red.sync()
        if is_spoken(order):
            self._now(partial(repos.red_rows.write_order, order))
        return slot.id

    def standing(self, slot: Slot, typed: Typed | None = None) -> str | None:
        """The open order that says the same in the same zone and may still sound (its slot's id), in ring or rows."""
        now = self._repos.clock.now()
        dead = now - valid_for(self._repos, slot)
        same, ended = (slot.trigger.value, slot.zone), set()
        for one in self.orders():
            never_taken = one.state in UNHEARD and instant_of(one.order["start"]) < dead
            if one.state in OPEN and one.cancel is None and not never_taken:
                if (one.order["trigger"], one.order["zone"]) == same and _says_the_same(one.order, slot, typed):
                    return one.key
            else:
                ended.add(one.key)
        return None if typed and not typed.spoken else standing(self._repos, slot, now, ended)

    def orders(self) -> list[Placed]:
        """Every order in the ring whose rows do not tell its end yet."""
        return [one for one in self._repos.red.placed() if one.order.get("kind") == "order"]

    def sounds(self) -> bool:
        """Whether playout has taken an order that has not ended: the ring knows before what playout tells of itself."""
        return any(one.state in TAKEN and not one.answer.get("ending") for one in self.orders())

    def waiting(self) -> list[tuple[str, str]]:
        """Emergencies and drills that were ordered and have neither begun nor ended: slot, title; soonest first."""
        known = {one.key: one for one in self.orders()}
        found = {
            key: (instant_of(one.order["start"]), str(one.order["title"]))
            for key, one in known.items()
            if one.state in UNHEARD and one.cancel is None
        }
        since = self._repos.clock.now() - STAND_FOR
        for slot, title in self._repos.slots.unclaimed(BY_LANE):
            if slot.start > since and (slot.id not in known or known[slot.id].state == "rows"):
                found[slot.id] = slot.start, title
        return [(key, title) for key, (_, title) in sorted(found.items(), key=lambda one: one[1])]

    def behind(self) -> list[tuple[str, str]]:
        """The same of what was to air now and of live voices, as long as they may still begin."""
        now = self._repos.clock.now()
        since = now - self._repos.config.rules.late_tolerance
        found = self._repos.slots.unclaimed((Trigger.MANUAL, Trigger.LIVE))
        return [(slot.id, title) for slot, title in found if since <= slot.start <= now]

    def told(self, slot_id: str) -> OrderStatus | None:
        """What the ring knows of an order; None = its rows tell everything."""
        one = self._repos.red.find(slot_id)
        if one is None or one.order.get("kind") != "order":
            return None
        ending = one.answer.get("ending", {})
        if one.cancel is not None and one.state in UNHEARD:
            ending = {"outcome": "cancelled", "reason": "order_taken_back"}
        return OrderStatus(
            slot=slot_of_fields(one.order),
            title=one.order["title"],
            at=instant_of(one.order["at"]),
            operator=ordering_person(one.order).name,
            officer=one.order["officer"],
            state="ended" if ending else one.state,
            outcome=ending.get("outcome", ""),
            reason=ending.get("reason", ""),
            spoken=is_spoken(one.order),
            kept_as_of=instant_of(one.order["kept"]) if "kept" in one.order else None,
        )

    def zone_of(self, slot_id: str) -> str:
        """Where an order or an airing sounds. Raises NotFound."""
        if (told := self.told(slot_id)) is not None:
            return told.slot.zone
        return self._repos.slots.slot(slot_id).zone

    # Stops

    def stop(
        self,
        actor: Person,
        slot_id: str | None,
        reason: StopReason = StopReason.OFFICER,
        *,
        also_waiting: bool = False,
    ) -> None:
        """Let what sounds fall silent; `also_waiting`: and end the orders and live voices that wait for their turn.

        `reason`: whose stop it is.
        """
        repos, now = self._repos, self._repos.clock.now()
        keys = [*(key for key, _ in self.waiting()), *(key for key, _ in self.behind())] if also_waiting else []
        for key in (slot_id, *keys):
            order: Fields = {
                "key": f"stop-{secrets.token_hex(8)}",
                "kind": "stop",
                "at": instant_text(now),
                "slot_id": key,
                "reason": reason.value,
            } | said_by(actor, doing())
            if self.usable and self._put(order):
                self._now(partial(repos.red_rows.write_stop, order))
            else:
                order_stop(repos, actor, key, reason)

    def _put(self, order: Fields) -> bool:
        """Into the ring, where a playout lives that reads it: a stop is for now or for nothing."""
        with self._repos.red.alone():
            put = self._repos.red.put(order) is not None
        if put:
            self._repos.red.sync()
        return put

    def take_back(self, actor: Person, slot_id: str | None, since: datetime) -> tuple[list[str], set[str]]:
        """End orders in the ring that playout has not taken: which were ended so, and all that it knows of.

        Without `slot_id`: those whose time has not come by `since`.
        """
        repos, taken, known = self._repos, list[str](), set[str]()
        for one in self.orders():
            if repos.store.known_rows("SELECT 1 FROM airing WHERE slot_id = ?", (one.key,)):
                continue  # its row has begun
            known.add(one.key)
            in_grace = one.state == "" and instant_of(one.order["start"]) >= since
            if not (one.key == slot_id and one.state in UNHEARD if slot_id else in_grace):
                continue
            permit(actor, "stop", one.order["zone"])
            by = said_by(actor, doing())
            if repos.red.cancel(one.number, one.key, by):
                taken.append(one.key)
                self._now(partial(repos.red_rows.take_back, one.order, by, repos.clock.now()))
        if taken:
            repos.red.sync()
        return taken, known

    def _now(self, write: Callable[[], object]) -> None:
        """Have it in rows at once where the database takes it; else playout will."""
        if not self._repos.store.if_taken(write):
            log.info("an order stands in the ring, its rows follow")


def _says_the_same(order: Fields, slot: Slot, typed: Typed | None) -> bool:
    """By the words themselves, also while their sound is not known; else by the sound."""
    if typed and order.get("words") == typed.key:
        return True
    return is_spoken(order) and (typed is None or typed.spoken) and order["sha256"] == slot.audio_sha256


def same_words(repos: Repositories, red: RedOrders, text: str, zone: str) -> str | None:
    """The slot's id of the open order; `text`: as it is kept, without space around it."""
    key, ended = words_key(text), set()
    dead = repos.clock.now() - timedelta(minutes=repos.config.emergency.valid_minutes)
    for one in red.orders():
        never_taken = one.state in UNHEARD and instant_of(one.order["start"]) < dead
        if one.state not in OPEN or one.cancel is not None or never_taken:
            ended.add(one.key)
        elif one.order.get("words") == key and one.order["zone"] == zone:
            return one.key
    sql = """SELECT s.id FROM slot s JOIN announcement a ON a.id = s.announcement_id
        WHERE s.outcome IS NULL AND s.trigger = ? AND s.zone = ? AND a.kind = 'typed' AND a.text = ?
        AND (s.start >= ? OR EXISTS (SELECT 1 FROM airing WHERE airing.slot_id = s.id)) ORDER BY s.start"""
    found = repos.store.rows(sql, (Trigger.EMERGENCY.value, zone, text, instant_text(dead)))
    return next((str(row["id"]) for row in found if row["id"] not in ended), None)
