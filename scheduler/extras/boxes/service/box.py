"""A box beside the horns at its own desk: what the ward orders becomes rows here, each order once.

Plans become slots, emergencies too, with the ward standing as author, approver and operator; playout plays them and the
gate has the last word, as at every station. What it reports is its own journal. Nothing here opens a connection, and
nothing makes speech.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from scheduler.core.air.cue_list import length, turns
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import DEFAULT_ZONE, AnnouncementState, Frames, Person, Priority, Sha256, Slot, Trigger
from scheduler.core.stops import StopReason
from scheduler.extras.boxes.keys import BoxConfig
from scheduler.extras.boxes.rows.box import BoxRows
from scheduler.extras.boxes.rules.messages import CLOCK_SLACK, ClusterKind, Order, gain_of
from scheduler.extras.boxes.rules.plan import CARRIED, BoxClip, BoxPlan, BoxSlot, read_plan, read_slot
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.air.cue_lists import CueLists, opening_of
from scheduler.services.repositories import Repositories
from scheduler.store import Keys, Row, instant_text

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["KEY_FILE", "PROCESS", "BoxService"]

log = logging.getLogger(__name__)

PROCESS = "box"
KEY_FILE = "box-key.json"
WARD_LOGIN, WARD_NAME = "phường {id}", "Phường (lệnh cho cụm loa)"
RETRY_PAUSES = (1.0, 3.0, 10.0, 30.0, 60.0)
"""Seconds between two tries to fetch a sound."""
JUST_BEFORE = timedelta(seconds=2)
"""Before an airing would be too late: then it is let in without its sound, so that the journal tells why."""
_EMERGENCIES = frozenset({Trigger.EMERGENCY})


class BoxService:
    def __init__(self, repos: Repositories, air: AirService, rundowns: CueLists) -> None:
        self._repos = repos
        self._air = air
        self._rundowns = rundowns
        self.rows = BoxRows(repos.store)
        self._keys = Keys(repos.written.data / "keys", KEY_FILE)

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        return cls(services.repos, services.air, services.rundowns)

    def private_key(self) -> str:
        """What this box signs with; it never leaves the machine."""
        return self._keys.current().private

    def public_key(self) -> str:
        return self._keys.current().public

    def ward(self) -> Person:
        """Who stands in this box's journal for the ward."""
        login = WARD_LOGIN.format(id=self._repos.config.get(BoxConfig).ward_id)
        return self._repos.people.stand_in(login, WARD_NAME, self._repos.clock.now())

    # Orders

    def is_known(self, order: Order) -> bool:
        """Whether this order was obeyed before, or a later one of a kind of which only the last counts."""
        if self.rows.answer_to(order.id) is not None:
            return True
        return order.kind is ClusterKind.PLAN and order.seq <= self.rows.told_seq("plan_seq")

    def refuse(self, order: Order, answer: str, reason: str) -> None:
        """Nothing came of an order, and why."""
        log.warning("order %s (%s): %s %s", order.id, order.kind, answer, reason)
        if order.kind is ClusterKind.PLAN:
            self.rows.tell("plan_fault", reason, order.seq)
        else:
            self.rows.obeyed(order, answer, reason, self._repos.clock.now())

    def take_plan(self, order: Order) -> int:
        """Lay the ward's plan in place of the one before (how many slots are new).

        What has begun stays; what the plan no longer names, or has moved, is taken back. Raises Refused
        cluster_plan_bad, cluster_zone_differs: then the plan before goes on holding.
        """
        plan, now = read_plan(order.body), self._repos.clock.now()
        if plan.holds.time_zone != self._repos.written.station.time_zone:
            raise Refused("cluster_zone_differs", zone=plan.holds.time_zone[:40])
        raw = {str(one["id"]): one for one in order.body["slots"]}
        with self._repos.store.write():
            self._take_back(plan, now)
            waiting = self._still_waiting(now)
            added = 0
            for slot in plan.slots:
                if self._is_news(slot, now):
                    self._want(slot)
                    if self._lacks(slot):
                        waiting[slot.id] = raw[slot.id]
                    else:
                        added += self._add(slot, now)
            self.rows.tell("waiting", list(waiting.values()), order.seq)
            self.rows.tell("holds", order.body["holds"], order.seq)
            self.rows.tell("plan_seq", len(plan.slots), order.seq)
            self.rows.tell("plan_fault", "", order.seq)
        log.info("plan %d: %d airings, %d of them new", order.seq, len(plan.slots), added)
        return added

    def _is_news(self, told: BoxSlot, now: datetime) -> bool:
        """Whether a slot is not here yet and could still sound."""
        late = self._repos.config.rules.late_tolerance
        return self.rows.has_slot(told.id) is None and told.start >= now - late

    def _want(self, told: BoxSlot) -> None:
        """Note the sounds of a slot, to be fetched where they are not here."""
        here = frozenset(clip.sha256 for clip in told.clips if self._repos.library.has(clip.sha256))
        self.rows.want(((clip, told.title, told.start) for clip in told.clips), here)

    def _lacks(self, told: BoxSlot) -> bool:
        """Whether a sound of it has yet to come."""
        return not all(self._repos.library.has(clip.sha256) for clip in told.clips)

    def _still_waiting(self, now: datetime) -> dict[str, Any]:
        """Slots of plans before that are due and wait for their sound: a new plan does not name them any more."""
        rows = self.rows.told("waiting", [])
        return {one["id"]: one for one in rows if datetime.fromisoformat(one["start"]) <= now}

    def settle(self) -> int:
        """Let slots in whose sounds have come (how many); one that is too late for its sound goes in to fail."""
        rows = self.rows.told("waiting", [])
        if not rows:
            return 0
        now, late = self._repos.clock.now(), self._repos.config.rules.late_tolerance
        left: list[Any] = []
        for one in rows:
            told = read_slot(one, CARRIED)
            is_lost = now >= told.start + late - JUST_BEFORE
            if not is_lost and self._lacks(told):
                left.append(one)
            elif self.rows.has_slot(told.id) is None:
                self._add(told, now)
        if len(left) < len(rows):
            self.rows.tell("waiting", left, self.rows.told_seq("waiting"))
        return len(rows) - len(left)

    def _take_back(self, plan: BoxPlan, now: datetime) -> None:
        named = {slot.id: slot for slot in plan.slots}
        for slot_id in self.rows.unbegun(plan.from_day.isoformat(), plan.to_day.isoformat(), now):
            kept = self._repos.slots.slot(slot_id)
            if slot_id not in named or not _same(named[slot_id], kept):
                self.rows.take_back(slot_id)

    def _add(self, told: BoxSlot, now: datetime) -> bool:
        """A slot of a plan as a row."""
        for clip in told.clips:
            self._shelve(clip, told.title, now)
        self._repos.slots.add(self._slot(told, told.clip.sha256), None, now)
        return True

    def _slot(self, told: BoxSlot, sha256: str) -> Slot:
        ward = self.ward()
        return Slot(
            id=told.id,
            day=told.day,
            zone=DEFAULT_ZONE,  # every horn of this box: which of the ward's zones they are in, the ward knows
            start=told.start,
            length=timedelta(milliseconds=told.length_ms),
            campaign_id=None,
            announcement_id=self._announcement(told, sha256, ward),
            audio_sha256=Sha256(sha256),
            chime=told.chime,
            repeat=told.repeat,
            priority=told.priority,
            trigger=told.trigger,
            intro_sha256=told.intro.sha256 if told.intro else None,
        )

    def _announcement(self, told: BoxSlot, sha256: str, ward: Person) -> int:
        """What the journal calls it, approved as exactly this sound."""
        if found := self.rows.announcement(told.title, told.text, sha256, ward.id):
            return found
        now = self._repos.clock.now()
        row: Row = {
            "title": told.title,
            "text": told.text,
            "kind": "typed",
            "state": AnnouncementState.APPROVED.value,
            "priority": told.priority.value,
            "author_id": ward.id,
            "approver_id": ward.id,
            "approved_at": instant_text(now),
            "approved_sha256": sha256,
        }
        return self._repos.programme.add_announcement(row, now)

    def _shelve(self, clip: BoxClip, title: str, now: datetime) -> None:
        """The row of a sound: how often its words are said in it, and how long it is."""
        machine = self._repos.people.machine(now).id
        made = StoredClip(clip.sha256, title, "upload", Frames(clip.frames), now, machine, says=clip.says)
        self._repos.programme.add_clip(made)

    # Emergencies

    def read_emergency(self, order: Order) -> BoxSlot:
        """What an emergency is to sound. Raises Refused cluster_plan_bad."""
        try:
            slot = read_slot(order.body["slot"], _EMERGENCIES)
            if slot.priority is not Priority.EMERGENCY:
                raise ValueError("no emergency")  # noqa: TRY301 - what is wrong in there is all one
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Refused("cluster_plan_bad", detail=str(error)[:120]) from error
        return slot

    def is_stopped(self, slot_id: str) -> bool:
        """Whether the ward has stopped this slot already: its order may come behind that of its stop."""
        return bool(self.rows.told(f"stop {slot_id}", False))

    def want_at_once(self, told: BoxSlot) -> bool:
        """Whether the sound of an emergency has yet to come; it is fetched before every other."""
        if self._repos.library.has(told.clip.sha256):
            return False
        now = self._repos.clock.now()
        self.rows.want([(told.clip, told.title, min(told.start, now))], frozenset())
        return True

    def air_emergency(self, order: Order, told: BoxSlot, spoken: StoredClip | None = None) -> None:
        """Air it: the ward's sound, or `spoken`, its words in this box's own voice."""
        now = self._repos.clock.now()
        with self._repos.store.write():
            if self.rows.has_slot(told.id) is None and not self.is_stopped(told.id):
                if spoken is None:
                    self._shelve(told.clip, told.title, now)
                slot = self._slot(told, spoken.sha256 if spoken else told.clip.sha256)
                if spoken is not None:
                    slot = self._as_long_as(slot, spoken)
                self._repos.slots.add(slot, self.ward().id, now)
                log.warning("emergency %s is on its way to the air%s", told.id, " (spoken here)" if spoken else "")
            self.rows.obeyed(order, "done", "cluster_spoken_here" if spoken else "", now)

    def _as_long_as(self, slot: Slot, spoken: StoredClip) -> Slot:
        repeat = turns(slot.repeat, spoken.says)
        items = self._rundowns.items(spoken.frames, chime=slot.chime, repeat=repeat, opening=opening_of(slot.trigger))
        return replace(slot, length=length(items))

    # Other orders

    def obey(self, order: Order) -> None:
        """Stop, volume or silence. Raises Refused."""
        now = self._repos.clock.now()
        with self._repos.store.write():
            match order.kind:
                case ClusterKind.STOP:
                    self._stop(order)
                case ClusterKind.VOLUME:
                    percent = order.body.get("percent")
                    gain_of(percent if isinstance(percent, int) and not isinstance(percent, bool) else 0)
                    self._newest("volume", percent, order.seq)
                case ClusterKind.MUTE:
                    self._newest("muted", order.body.get("muted") is True, order.seq)
                case _:
                    raise Refused("cluster_order_unknown", kind=order.kind.value)
            self.rows.obeyed(order, "done", "", now)

    def _stop(self, order: Order) -> None:
        slot_id = order.body.get("slot_id")
        if not isinstance(slot_id, str):
            self._air.stop(self.ward(), reason=_reason(order))
            return
        self.rows.tell(f"stop {slot_id[:80]}", True, order.seq)
        waiting = self.rows.told("waiting", [])
        if any(one["id"] == slot_id for one in waiting):
            self.rows.tell("waiting", [one for one in waiting if one["id"] != slot_id], order.seq)
        row = self.rows.has_slot(slot_id)
        if row is not None and row["outcome"] is None and not self.rows.take_back(slot_id):
            self._air.stop(self.ward(), slot_id, reason=_reason(order))

    def _newest(self, name: str, value: object, seq: int) -> None:
        if seq > self.rows.told_seq(name):
            self.rows.tell(name, value, seq)

    def done(self, order: Order) -> None:
        self.rows.obeyed(order, "done", "", self._repos.clock.now())

    def seen(self, told: Mapping[str, Any]) -> None:
        """The ward has what was reported up to here; a ward that was restored may ask for older rows again."""
        for name, key in (("seen_seq", "reported"), ("seen_answer", "answered")):
            value = told.get(key)
            is_number = isinstance(value, int) and not isinstance(value, bool)
            if is_number and value != self.rows.told(name, 0):
                self.rows.tell(name, value)

    def hear_clock(self, ahead: timedelta) -> bool:
        """The ward's clock against ours: too far apart, nothing of a plan sounds here. Whether that is so."""
        is_off = abs(ahead) > CLOCK_SLACK
        if is_off is not bool(self.rows.told("clock_off", False)):
            log.warning("this box's clock stands %+.0f s from the ward's", ahead.total_seconds())
            self.rows.tell("clock_off", is_off)
        return is_off

    # Sounds

    def clip_came(self, sha256: str) -> None:
        self.rows.came(sha256)

    def clip_did_not_come(self, sha256: str, reason: str) -> None:
        """Tried again after a while, for as long as something wants it."""
        if (wanted := self.rows.clip(sha256)) is None:
            return
        pause = RETRY_PAUSES[min(wanted.tries, len(RETRY_PAUSES) - 1)]
        self.rows.did_not_come(wanted, reason, self._repos.clock.now() + timedelta(seconds=pause))

    def forget(self) -> None:
        """Let go of sounds that nothing has named for a long time."""
        before = self._repos.clock.now() - timedelta(days=self._repos.config.get(BoxConfig).keep_days)
        for sha256 in self.rows.unwanted(before):
            self._repos.library.discard(Sha256(sha256))
            self.rows.drop_clip(sha256)
        self.rows.forget(before)


def _same(told: BoxSlot, kept: Slot) -> bool:
    """Whether a plan still says of a slot what its row says."""
    return (told.start, told.clip.sha256, told.chime, told.repeat, told.priority) == (
        kept.start,
        kept.audio_sha256,
        kept.chime,
        kept.repeat,
        kept.priority,
    ) and told.length_ms == round(kept.length / timedelta(milliseconds=1))


def _reason(order: Order) -> StopReason:
    """Whose stop the ward passes on; of one that does not say, and of its officers, it is the ward's."""
    told = order.body.get("reason")
    return next((one for one in StopReason if one == told and one is not StopReason.OFFICER), StopReason.WARD)
