"""Lịch phát: give one airing its time, leave one out, add one, let the planner have it back, take back.

Each act asks the right first, then the same rules that the planner keeps (`placement`), then the planner itself:
what would cost another airing its place is refused. A change says what it saw; when the day has changed since, it is
refused and nothing is written. Relays, make-goods and orders for now are not moved here. Nothing here sounds.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from scheduler.core.model import DEFAULT_ZONE, Person, Priority, Slot, Trigger
from scheduler.core.planning.day_plan import DayPlan, Refusal
from scheduler.core.planning.make_good import ordinal_of
from scheduler.core.planning.placement import Pin, judged
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.air.air import AirService
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.day_plans import is_standing
from scheduler.services.planning.make_ups import JudgedMakeUp
from scheduler.services.planning.time_judge import JudgedTime, TimeJudge
from scheduler.services.planning.wished_days import DayVersion
from scheduler.services.repositories import Repositories, known_zone, permit
from scheduler.store import Moved, ScheduleOverride, StoredChange
from scheduler.store.planning.schedule_overrides import added_slot, pin_of, pin_state, slot_state

__all__ = ["DayVersion", "ScheduleService", "lock_of"]

TRIES = 3
"""How often a change is judged anew because the day was planned meanwhile."""
MOST_WHY = 200
"""Letters of a reason."""
_SECOND = timedelta(seconds=1)


def lock_of(slot: Slot, begun: Sequence[str] | set[str], not_before: datetime) -> str:
    """The reason why nobody may change an airing, empty where one may."""
    if is_standing(slot, begun, not_before):
        return "slot_locked"
    by_plan = slot.trigger is Trigger.SCHEDULE and (slot.campaign_id is None or ordinal_of(slot) is not None)
    return "" if by_plan else "slot_by_rule"


class ScheduleService:
    def __init__(self, repos: Repositories, campaigns: CampaignService, air: AirService) -> None:
        self._repos = repos
        self._campaigns = campaigns
        self._air = air
        self.moved = Moved(repos.store)
        self.judge = TimeJudge(repos, campaigns)

    # Acts

    def move(self, actor: Person, slot_id: str, to: datetime, seen: datetime | None = None) -> int:
        """Let an airing start at `to`, on its day; the number of the change, by which it is taken back.

        `seen`: the start that whoever asks has before their eyes. Raises Refused: slot_gone, slot_locked, slot_by_rule,
        changed_elsewhere, other_day, move_displaces, or why it may not stand there.
        """
        to = _whole(to)
        for _ in range(TRIES):
            slot = self._open_slot(actor, slot_id, seen)
            own = slot.campaign_id is not None and self._campaigns.days.holds(slot.day, to)
            if not own and self._repos.config.station.day_of(to) != slot.day:
                raise Refused("other_day")
            day = self.seen(slot.day)
            if slot.campaign_id is None:
                change = self._moved_added(actor, day, slot, to)
            else:
                pin = self._pin_for(actor, day, slot, to)
                change = self._pinned(actor, "move", day, slot, pin)
            if change:
                return change
        raise Refused("changed_elsewhere")

    def leave_out(self, actor: Person, slot_id: str, why: str, seen: datetime | None = None) -> int:
        """Take one airing out of its day, for a reason that is kept. Raises Refused as `move` does; leave_out_why."""
        why = " ".join(why.split())
        if not why or len(why) > MOST_WHY:
            raise Refused("leave_out_why", limit=MOST_WHY)
        for _ in range(TRIES):
            slot = self._open_slot(actor, slot_id, seen)
            day = self.seen(slot.day)
            if slot.campaign_id is None:
                before = slot_state(slot, self._operator(slot.id, actor))
                places = (
                    ScheduleOverride(
                        slot.id, self._repos.programme.title_of(slot), before, None, slot.start, None, is_added=True
                    ),
                )
                change = self._written(actor, "leave_out", day, places)
            else:
                pin = replace(self._pin_for(actor, day, slot, slot.start), start=None, why=why)
                change = self._pinned(actor, "leave_out", day, slot, pin)
            if change:
                return change
        raise Refused("changed_elsewhere")

    def release(self, actor: Person, day: date, campaign_id: int, ordinal: int) -> int:
        """Let the planner choose again for an airing that a person placed or left out. Raises Refused: slot_gone."""
        campaign = self._repos.programme.campaign(campaign_id)
        permit(actor, "plan", campaign.zone)
        for _ in range(TRIES):
            seen = self.seen(day)
            pin = self.moved.pin(day, campaign_id, ordinal)
            if pin is None:
                raise Refused("slot_gone")
            stood = self._stood(seen, pin.slot_id)
            if stood is not None and stood < self._campaigns.days.not_before():
                raise Refused("slot_locked")
            place = ScheduleOverride(pin.slot_id, campaign.title, pin_state(pin), None, stood, None)
            if change := self._written(actor, "release", seen, (place,)):
                return change
        raise Refused("changed_elsewhere")

    def add(self, actor: Person, announcement_id: int, at: datetime, zone: str = DEFAULT_ZONE) -> int:
        """One more airing of an approved announcement, of no campaign, at an instant ahead; flexible ones give way.

        Raises Refused: unapproved, audio_retired, add_emergency, zone_unknown, or why it may not stand.
        """
        permit(actor, "plan", zone)
        known_zone(self._repos.config, zone)
        seen, _ = self._air.airable(announcement_id)
        if seen.priority is Priority.EMERGENCY:
            raise Refused("add_emergency")
        for _ in range(TRIES):
            judged_time = self.judge.at(seen, at, (zone,), actor, others=False)
            if judged_time.refusal is not None:
                raise Refused(judged_time.refusal.reason, **judged_time.refusal.details)
            if change := self.add_judged(actor, seen.title, judged_time):
                return change[0]
        raise Refused("changed_elsewhere")

    def add_judged(self, actor: Person, title: str, time: JudgedTime) -> tuple[int, tuple[Slot, ...]] | None:
        """Write airings whose time was judged: the number of the change and the slots; None when the day has changed
        since.
        """
        slots = tuple(replace(one, id=f"{one.day:%Y%m%d}-h{secrets.token_hex(4)}") for one in time.slots)
        places = tuple(
            ScheduleOverride(one.id, title, None, slot_state(one, actor.id), None, one.start, is_added=True)
            for one in slots
        )
        beside = time.make_up if time.refusal is None else None
        if beside is not None:
            pin = ScheduleOverride(beside.lost.id, beside.title, None, pin_state(beside.pin), beside.lost.start)
            places = (*places, pin)
        change = self._written(actor, "add", time.known, places, after=time.plan, beside=beside)
        return (change, slots) if change else None

    def undo(self, actor: Person, change_id: int) -> int:
        """Take a change back, so that everything it touched stands where it stood; itself a change.

        Raises Refused: undo_done, undo_gone (the day went on meanwhile), slot_locked.
        """
        change = self.moved.change(change_id)
        for place in change.places:
            permit(actor, "plan", self._zone_of(place))
        if change.undone_by is not None:
            raise Refused("undo_done")
        back = tuple(place.turned() for place in change.places)
        for _ in range(TRIES):
            seen = self.seen(change.day)
            self._refuse_other_state(seen, back)
            after = self._restored(seen, back)
            if number := self._written(actor, "undo", seen, back, undoes=change_id, after=after):
                return number
        raise Refused("changed_elsewhere")

    def change(self, change_id: int) -> StoredChange:
        return self.moved.change(change_id)

    # What a day is, and would be

    def seen(self, day: date) -> DayVersion:
        return self.judge.version(day)

    def planned(self, day: date) -> DayPlan:
        """What is planned of a day and does not stand yet: its rows, or for a day far ahead the plan it would get."""
        return self._campaigns.days.kept(day) or self._planned(day)

    def _planned(
        self,
        day: date,
        pins: Sequence[Pin] | None = None,
        without: Sequence[str] = (),
        also: Sequence[Slot] = (),
    ) -> DayPlan:
        running = self._campaigns.running()
        return self._campaigns.days.plan(day, running, pins=pins, without=without, also=also)

    def refuse_displaced(self, day: date, after: DayPlan) -> None:
        """Raise Refused move_displaces where fewer airings would be planned than are."""
        lost = len(self.planned(day).slots) - len(after.slots)
        if lost > 0:
            raise Refused("move_displaces", count=lost)

    def refuse(self, refusal: Refusal) -> None:
        """Raise what stands against an airing, with the title of the one that is in its way."""
        details = dict(refusal.details)
        try:
            other = self._repos.slots.slot(str(details.pop("slot", "")))
            details["title"] = self._repos.programme.title_of(other)
        except NotFound:
            pass
        raise Refused(refusal.reason, **details)

    # Judging

    def _open_slot(self, actor: Person, slot_id: str, seen: datetime | None) -> Slot:
        """The airing that somebody wants to change, if it may be changed and is still what they saw."""
        try:
            slot = self._repos.slots.slot(slot_id)
        except NotFound as gone:
            raise Refused("slot_gone") from gone
        permit(actor, "plan", slot.zone)
        days = self._campaigns.days
        if locked := lock_of(slot, days.begun(), days.not_before()):
            raise Refused(locked)
        if seen is not None and seen != slot.start:
            raise Refused("changed_elsewhere")
        return slot

    def _refuse_place(self, slot: Slot, to: datetime, seen: DayVersion) -> None:
        others = [one for one in seen.slots if one.id != slot.id]
        earliest = self._campaigns.days.not_before()
        refusal = judged(slot, to, self._campaigns.running(), others, self._repos.config.rules, earliest)
        if refusal is not None:
            self.refuse(refusal)

    def _pin_for(self, actor: Person, day: DayVersion, slot: Slot, to: datetime) -> Pin:
        kept = next((pin for pin in day.pins if pin.slot_id == slot.id), None)
        ordinal = ordinal_of(slot)
        if slot.campaign_id is None or ordinal is None:
            raise Refused("slot_by_rule")
        return Pin(slot.day, slot.campaign_id, ordinal, to, kept.was if kept else slot.start, actor.id, actor.name)

    def _pinned(self, actor: Person, kind: str, day: DayVersion, slot: Slot, pin: Pin) -> int | None:
        """Write the new pin of a campaign's airing, if it may stand and costs nobody else an airing."""
        if pin.start is not None:
            self._refuse_place(slot, pin.start, day)
        others = [one for one in day.pins if one.slot_id != slot.id]
        after = self._planned(slot.day, [*others, pin])
        for unkept in after.unkept:
            if (unkept.campaign_id, unkept.ordinal) == (pin.campaign_id, pin.ordinal):
                self.refuse(unkept)
        if pin.start is not None:
            self.refuse_displaced(slot.day, after)
        kept = next((one for one in day.pins if one.slot_id == slot.id), None)
        place = ScheduleOverride(
            slot.id, self._repos.programme.title_of(slot), pin_state(kept), pin_state(pin), slot.start, pin.start
        )
        return self._written(actor, kind, day, (place,), after=after)

    def _moved_added(self, actor: Person, day: DayVersion, slot: Slot, to: datetime) -> int | None:
        self._refuse_place(slot, to, day)
        moved = replace(slot, start=to, moved_from=slot.moved_from or slot.start)
        after = self._planned(slot.day, without=(slot.id,), also=(moved,))
        self.refuse_displaced(slot.day, after)
        states = slot_state(slot, self._operator(slot.id, actor)), slot_state(moved, actor.id)
        place = ScheduleOverride(slot.id, self._repos.programme.title_of(slot), *states, slot.start, to, is_added=True)
        return self._written(actor, "move", day, (place,), after=after)

    # Taking back

    def _refuse_other_state(self, seen: DayVersion, back: Sequence[ScheduleOverride]) -> None:
        """Raise Refused changed_elsewhere where something that would be taken back is not as the change left it."""
        pins = {pin.slot_id: pin for pin in seen.pins}
        slots = {slot.id: slot for slot in seen.slots}
        begun, not_before = self._campaigns.days.begun(), self._campaigns.days.not_before()
        for place in back:
            slot = slots.get(place.slot_id)
            if slot is not None and is_standing(slot, begun, not_before):
                raise Refused("slot_locked")
            if place.is_added:
                now = slot_state(slot, 0) if slot else None
                same = _alike(now, place.before)
            else:
                same = _alike(pin_state(pins.get(place.slot_id)), place.before)
            if not same:
                raise Refused("changed_elsewhere")

    def _restored(self, seen: DayVersion, back: Sequence[ScheduleOverride]) -> DayPlan:
        """The day planned with what is restored. Raises Refused undo_gone unless each airing is where it stood."""
        touched = {place.slot_id for place in back}
        pins = [pin for pin in seen.pins if pin.slot_id not in touched]
        pins += [pin_of(seen.day, place.after) for place in back if place.after and not place.is_added]
        added = [added_slot(seen.day, place.after) for place in back if place.after and place.is_added]
        for slot in added:
            others = [one for one in seen.slots if one.id not in touched]
            earliest, station = self._campaigns.days.not_before(), self._repos.config.rules
            if refusal := judged(slot, slot.start, self._campaigns.running(), others, station, earliest):
                raise Refused("undo_gone", detail=refusal.reason)
        gone = [place.slot_id for place in back if place.is_added]
        after = self._planned(seen.day, pins, without=gone, also=added)
        starts = {slot.id: slot.start for slot in (*after.slots, *added)}
        if any(place.stands and starts.get(place.slot_id) != place.stands for place in back):
            raise Refused("undo_gone")
        if any(place.stands for place in back):
            self.refuse_displaced(seen.day, after)
        return after

    # Writing

    def _written(
        self,
        actor: Person,
        kind: str,
        seen: DayVersion,
        places: Sequence[ScheduleOverride],
        *,
        undoes: int | None = None,
        after: DayPlan | None = None,
        beside: JudgedMakeUp | None = None,
    ) -> int | None:
        """Writes a change; None when the day is not as it was seen any more. `after`: the day's plan that it was judged
        by, which stands with it; `beside`: the day that makes up an airing. Whatever else there is to plan follows.
        """
        now = self._repos.clock.now()
        with self._campaigns.owed.changing():
            if self.seen(seen.day) != seen or (beside and self.seen(beside.known.day) != beside.known):
                return None
            for place in places:
                self._put(seen.day, place, now)
            number = self.moved.keep_change(kind, seen.day, places, actor.id, now)
            if undoes is not None and not self.moved.mark_undone(undoes, number):
                raise Refused("undo_done")
            if after is not None:
                self._campaigns.days.take(after)
            if beside is not None:
                self._campaigns.days.take(beside.plan)
        return number

    def write(self, actor: Person, kind: str, seen: DayVersion, places: Sequence[ScheduleOverride]) -> int | None:
        """Writes a change that somebody else has judged (a copied day)."""
        return self._written(actor, kind, seen, places)

    def _put(self, day: date, place: ScheduleOverride, now: datetime) -> None:
        state = place.after
        if place.is_added:
            if place.before is not None and not self.moved.take_back(place.slot_id):
                raise Refused("slot_locked")
            if state is not None:
                self._repos.slots.add(added_slot(day, state), state["person_id"], now)
            return
        if state is not None:
            self.moved.put(pin_of(day, state), now)
            return
        about: dict[str, Any] = dict(place.before or {})
        self.moved.drop(day, about["campaign_id"], about["ordinal"])

    # Small

    def _stood(self, seen: DayVersion, slot_id: str) -> datetime | None:
        return next((slot.start for slot in seen.slots if slot.id == slot_id), None)

    def _operator(self, slot_id: str, actor: Person) -> int:
        """Who added an airing; kept, so that taking back a change gives it back to them."""
        found = self._repos.store.value("SELECT operator_id FROM slot WHERE id = ?", (slot_id,))
        return int(found) if found else actor.id

    def _zone_of(self, place: ScheduleOverride) -> str:
        state = place.after or place.before or {}
        if place.is_added:
            return str(state.get("zone", DEFAULT_ZONE))
        return self._repos.programme.campaign(int(state["campaign_id"])).zone


def _whole(at: datetime) -> datetime:
    """The same instant without parts of a second."""
    return at - timedelta(microseconds=at.microsecond)


def _alike(now: dict[str, Any] | None, then: Any) -> bool:
    """Whether a state is the one remembered; who made it so plays no part."""
    if now is None or then is None:
        return now is None and then is None
    return {k: v for k, v in now.items() if k != "person_id"} == {k: v for k, v in then.items() if k != "person_id"}
