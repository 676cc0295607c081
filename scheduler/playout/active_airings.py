"""What playout has in hand: from a slot that may have the air to its one end, attempt by attempt.

The order is always the same: gate, airing key, sound, end with journal row. An airing that was cut for an emergency is
kept open and goes on; what a crash left open gets the end that was measured of it. Which slot is next is the
timeline's; nothing here looks at a clock.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from scheduler.core.air import gate
from scheduler.core.air.output_share import described
from scheduler.core.air.timeline import Event, Interrupted, Over, Silent, Timeline
from scheduler.core.announcement.approval import may
from scheduler.core.model import HOUSE_RATE, AiringOutcome, Priority, Role, Slot, Trigger, milliseconds_of
from scheduler.core.planning.make_good import is_owed
from scheduler.core.stops import STATION_STOPPING, WhyEnded
from scheduler.features import FEATURES
from scheduler.kernel.air_fence import HasAir, always
from scheduler.kernel.causes import MACHINE_FAULTS, reason_of
from scheduler.kernel.errors import NotFound, Refused
from scheduler.playout.blackbox import BlackBox
from scheduler.playout.clock_watch import ClockWatch
from scheduler.playout.cuts import Cuts
from scheduler.playout.end_record import EndRecords
from scheduler.playout.engine import Engine
from scheduler.playout.incoming import Incoming
from scheduler.playout.programme import Ended, Programme
from scheduler.playout.recovery import Missed, end_of, goes_on, sounded_before
from scheduler.playout.sound import Heard, Sounds, ending_of
from scheduler.playout.turn_guard import TurnGuard
from scheduler.playout.unwritten import Unwritten
from scheduler.services import Services
from scheduler.services.air.live_sound import live_ended
from scheduler.store import Airing, Ending, SlotFacts

log = logging.getLogger(__name__)

TIMED = frozenset({Trigger.SCHEDULE, Trigger.MAKE_GOOD})
"""What the plan has given its time."""
StreamBuffer = Callable[[Event, datetime], None]


class ActiveAirings:
    """Slots between their arming and their end. `allow` is asked on audio threads; all else on the service's."""

    def __init__(
        self,
        services: Services,
        guard: TurnGuard,
        timeline: Timeline,
        feed: StreamBuffer,
        watch: ClockWatch,
        blackbox: BlackBox | None,
        incoming: Incoming | None = None,
        has_air: HasAir = always,
    ) -> None:
        """`feed`: tells the timeline what has happened. `incoming`: where relays come from, if not from outside.

        `has_air`: whether this machine has the air for so many seconds more.
        """
        self._services = services
        self.guard, self._has_air = guard, has_air
        self._clock = guard.clock
        self._repos = services.repos
        self.rules = services.repos.config.rules
        """What blocks are held against; the service lays newer ones here."""
        self._timeline = timeline
        self._feed = feed
        self._watch = watch
        self._blackbox = blackbox
        self._ends = blackbox.ends if blackbox else None
        self._sounds = Sounds(services)
        self._requests: dict[str, gate.GateRequest] = {}
        self._slots: dict[str, Slot] = {}
        """As they were armed."""
        self._taken: dict[str, Slot] = {}
        """As they were handed to the timeline: to end one, no row need be read."""
        self._armed_at: dict[tuple[str, int], datetime] = {}
        """When an attempt was claimed first: its key is the same at each try."""
        self.unwritten = Unwritten(guard)
        self._heard: dict[str, Heard] = {}
        self.cuts = Cuts()
        self._lost: set[str] = set()
        """Live voices whose microphone fell silent for good."""
        self.incoming = incoming or Incoming(services, guard.clock, self._sounds)
        self.titles: dict[str, str] = {}
        """Slot -> what people call it."""
        self.stopping_as: str = STATION_STOPPING
        """Why playout ends, once it does."""
        self.owes = False
        """Something has become a debt: the day is to be planned again."""

    def lose(self, slot_id: str) -> None:
        """The microphone of a live voice has fallen silent for good: its airing ends, and says why."""
        self._lost.add(slot_id)
        self.incoming.finish(slot_id)

    def slot(self, slot_id: str) -> Slot | None:
        return self._slots.get(slot_id)

    @property
    def armed(self) -> frozenset[str]:
        """What the engine was given and whose end has not come."""
        return frozenset(self._slots)

    def take(self, slot: Slot) -> None:
        """The timeline is told of it: from now on it can be ended without a look at its row."""
        self._taken[slot.id] = slot

    def slot_of(self, slot_id: str) -> Slot:
        """A slot as it was taken; read anew only where nobody took it."""
        return self._slots.get(slot_id) or self._taken.get(slot_id) or self._repos.slots.slot(slot_id)

    def let_go(self, slot_id: str) -> None:
        """What was prepared for an attempt that could not be armed."""
        self._requests.pop(slot_id, None)
        self.incoming.close(slot_id)

    def allow(
        self, slot_id: str, block_start: datetime, block_end: datetime, lane_zones: tuple[str, ...] = ()
    ) -> gate.Verdict:
        """The gate's answer for one block of sound; what the gate does not know does not sound."""
        request = self._requests.get(slot_id)
        if request is None:
            return gate.Verdict(allowed=False, reason="unapproved", details={})
        here = self._has_air((block_end - self._clock.now()).total_seconds())
        return gate.may_sound(
            request,
            self.rules,
            block_start,
            block_end,
            clock_trusted=self._watch.trusts(block_start),
            on_air_here=here,
            lane_zones=lane_zones,
        )

    def arm(self, slot_id: str, start: datetime, now: datetime, engine: Engine) -> None:
        """Gate, airing key, sound, in this order; a no ends the slot with its reason. A fault of the machine is raised:
        nothing sounds then, and the same call may be made again.
        """
        if not self.unwritten.settle(slot_id):
            raise Refused("database_busy")
        facts = self._repos.slots.open_facts(slot_id)
        if facts is None:  # it ended, or was taken out, while it waited
            self._feed(Over(slot_id), now)
            return
        slot, heard = facts.slot, self._heard.get(slot_id, Heard())
        verdict = self._ask_gate(facts, start, now, heard)
        if not verdict.allowed:
            self.end(slot, _refusal(verdict.reason, heard), now)
            return
        try:
            programme = self._programme(slot, start, heard, now)
        except (Refused, ValueError) as refusal:
            if reason_of(refusal) in MACHINE_FAULTS and not isinstance(refusal, ValueError):
                raise
            self.incoming.close(slot_id)
            self.end(slot, _no_sound(refusal, slot), now)
            return
        attempt = heard.attempts + 1
        again = (slot_id, attempt) in self._armed_at
        claimed_at = self._armed_at.setdefault((slot_id, attempt), now)
        if not self._repos.slots.claim(slot, claimed_at, attempt, again=again):
            self.incoming.close(slot_id)
            self._forget(slot_id)
            self._feed(Over(slot_id), now)
            return
        self.titles[slot_id] = facts.title
        self.cuts.arm(engine, programme, start)
        self._slots[slot_id] = slot

    def give(self, slot: Slot, title: str, request: gate.GateRequest) -> None:
        """What the red lane has taken: blocks are asked for by this request, people know it by this title."""
        self._slots[slot.id], self.titles[slot.id], self._requests[slot.id] = slot, title, request

    def release(self, slot_id: str) -> None:
        """What the red lane had is over."""
        for kept in (self._slots, self.titles, self._requests):
            kept.pop(slot_id, None)
        self.cuts.forget(slot_id)

    def _programme(self, slot: Slot, start: datetime, heard: Heard, now: datetime) -> Programme:
        if slot.trigger is Trigger.RELAY:
            return self.incoming.relay(slot, start)
        if slot.trigger is Trigger.LIVE:
            return self.incoming.live(slot)
        programme = self._sounds.programme(slot, heard, seconds_left=(start - now).total_seconds())
        if slot.trigger is Trigger.EMERGENCY:
            return programme
        gain = sum(feature.gain_db(self._repos.config) for feature in FEATURES)
        return replace(programme, gain_db=gain) if gain else programme

    def _ask_gate(self, facts: SlotFacts, start: datetime, now: datetime, heard: Heard) -> gate.Verdict:
        """A relay that is joined late and a clip that goes on are asked for what is left of them, from now; a live
        voice that waited for the air may have what quiet hours leave of its time.
        """
        slot = facts.slot
        if not self._has_air(0.0):
            return gate.Verdict(allowed=False, reason="not_on_air_here", details={})
        if facts.campaign_stopped:
            return gate.Verdict(allowed=False, reason="campaign_stopped", details={})
        if facts.campaign_paused:
            return gate.Verdict(allowed=False, reason="campaign_paused", details={})
        if facts.clip_retired:
            return gate.Verdict(allowed=False, reason="audio_retired", details={})
        if slot.trigger is Trigger.RELAY:
            slot = replace(slot, start=start, length=slot.end - start)
        elif slot.trigger is Trigger.LIVE:
            slot = self._services.live.least(slot)
        elif heard.attempts:
            slot = replace(slot, start=start, length=slot.length - timedelta(seconds=heard.position / HOUSE_RATE))
        request, verdict = self._services.air.ask_gate(
            slot,
            facts.approved_sha256,
            max(start, now),
            clock_trusted=self._watch.trusted,
            ordered_by_right=_ordered_by_right(facts),
            excepted=facts.excepted,
        )
        if verdict.allowed:
            self._requests[slot.id] = request
        return verdict

    def ended(self, event: Ended, now: datetime) -> None:
        """The engine's report of an attempt: the end of its slot, or of this attempt only. Whatever fails on the way,
        the slot ends as measured.
        """
        slot = self.slot_of(event.slot_id)
        with self.guard.part("report") as tried:
            self._end_attempt(event, slot, now)
        if tried.reason:  # an end is never lost for the sake of its details
            self.end(slot, _plain_end(event, tried.reason), now)

    def _end_attempt(self, event: Ended, slot: Slot, now: datetime) -> None:
        heard = self._heard.get(slot.id, Heard())
        ending = ending_of(event, slot, heard, self.stopping_as)
        if event.cut == "pre_empted" and slot.trigger is not Trigger.LIVE:
            whole = event.frames_total + heard.position
            self.incoming.close(slot.id)
            if self.unwritten.put(slot.id, lambda: self._repos.slots.interrupt(slot.id, ending, now)):
                self._clear(slot.id)
            self._requests.pop(slot.id, None)
            self.cuts.forget(slot.id)
            self._heard[slot.id] = after = heard.after(event, whole=whole)
            left = timedelta(seconds=(whole - after.position) / HOUSE_RATE)
            self._feed(Interrupted(slot.id, now, left), now)
            if slot.id in self._timeline.known:
                return
            stop = self._timeline.stop_of(slot.id)
            ending = Ending(AiringOutcome.CANCELLED, stop.reason if stop else "stopped_by")
        if slot.id in self._lost:
            self._lost.discard(slot.id)
            ending = replace(ending, reason="live_lost")  # what an output missed of it, its share tells
        self.end(slot, ending, now)

    def end(self, slot: Slot, ending: Ending, now: datetime) -> None:
        """The one end of a slot that the timeline knows; of a stop, with who asked for it.

        It never raises for what a row does not take.
        """
        if by := self._timeline.who_stopped(slot.id, ending.reason):
            ending = replace(ending, note=by)
        self.close(slot, ending, now)
        self._requests.pop(slot.id, None)
        self._forget(slot.id)
        self._feed(Over(slot.id), now)

    def close(self, slot: Slot, ending: Ending, now: datetime) -> None:
        """The one end of a slot, as a row: now, or as soon as one can be written."""
        plain = Ending(ending.outcome, ending.reason, ending.started_at, ending.ended_at, ending.played_ms)
        at = replace(ending, ended_at=ending.ended_at or now) if ending.started_at else ending
        with self.guard.part("sources"):
            self.incoming.close(slot.id)
        self.titles.pop(slot.id, None)
        if self._ends:
            self._ends.put(slot.id, at)
        self.unwritten.put(slot.id, lambda: self._write_end(slot, at), lambda: self._write_end(slot, plain))
        heard = "; ".join(map(described, ending.shares or ())) or f"{ending.played_ms} ms"
        log.info("slot %s: %s %s, measured: %s", slot.id, ending.outcome, ending.reason, heard)

    def _write_end(self, slot: Slot, ending: Ending) -> None:
        """May be called again after it failed: what is written already stays."""
        self._repos.slots.close(slot.id, ending, self._clock.now())
        if slot.trigger is Trigger.LIVE:
            live_ended(self._repos, slot.id)
        self._clear(slot.id)
        if slot.trigger in TIMED and ending.outcome is not AiringOutcome.PLAYED:
            heard_ms = sum(one.played_ms for one in self._repos.slots.ended_attempts(slot.id))
            heard = timedelta(milliseconds=heard_ms)
            ended = replace(slot, outcome=ending.outcome, reason=ending.reason, heard=heard)
            self.owes = self.owes or is_owed(ended)

    def _forget(self, slot_id: str) -> None:
        """It has ended: nothing of it is in hand any more."""
        for attempt in range(1, self._heard.pop(slot_id, Heard()).attempts + 2):
            self._armed_at.pop((slot_id, attempt), None)
        self._slots.pop(slot_id, None)
        self._taken.pop(slot_id, None)
        self.cuts.forget(slot_id)

    def measured_end(self, slot: Slot) -> Ending:
        """The end of a slot of which no report has come: what the black box has of it."""
        measured = self._blackbox.read() if self._blackbox else {}
        return end_of(slot, Airing(slot.id, slot.zone, 1, slot.start, None, 0), (), measured)

    def _clear(self, slot_id: str) -> None:
        """What was measured of it stands in a row now."""
        if self._blackbox:
            self._blackbox.clear(slot_id)
        if self._ends:
            self._ends.clear(slot_id)

    def recover(self, now: datetime) -> Missed:
        """Every airing that a crash left open gets its end: what was measured last, and why it stopped.

        Gives why what was due meanwhile was missed. What the ring of the red lane tells of is told by it. The timeline
        is told when each zone fell silent, also where no row tells it yet.
        """
        placed = self._repos.red.placed()
        by_lane = {one.key for one in placed if one.state not in {"rows", "yielded"}}
        records = EndRecords(self._repos.config.data)
        record = records.read()
        why = record.why if record else WhyEnded.CUT
        self._recover_ends(by_lane, now)
        measured = self._blackbox.read() if self._blackbox else {}
        slots = self._repos.slots
        for airing in (*slots.open_airings(), *slots.interrupted()):
            slot = slots.slot(airing.slot_id)
            if slot.outcome is not None or slot.id in self._slots or slot.id in self.unwritten.slots | by_lane:
                continue
            earlier = slots.ended_attempts(slot.id)
            if airing.ended_at is None:
                ending = end_of(slot, airing, earlier, measured, why)
            else:  # what was measured of its attempts is counted already
                ending = end_of(slot, replace(airing, started_at=None, played_ms=0, shares=None), earlier, {}, why)
            if goes_on(slot, now):
                slots.interrupt(slot.id, ending, now)
                self._heard[slot.id] = Heard(0, airing.attempt)
            else:
                self._close_left(slot, ending, now)
        for zone, at in (*slots.silent_since(now), *sounded_before(placed)):
            self._feed(Silent(zone, at), now)
        for slot_id in measured.keys() - self.unwritten.slots - by_lane:
            self._clear(slot_id)
        records.forget()
        return Missed.since(record)

    def _recover_ends(self, by_lane: set[str], now: datetime) -> None:
        """What had ended and no row had taken: how it ended is known, and is no crash."""
        for slot_id, ending in (self._ends.read() if self._ends else {}).items():
            try:
                slot = self._repos.slots.slot(slot_id)
            except NotFound:  # of another database
                self._clear(slot_id)
                continue
            if slot.outcome is not None:
                self._clear(slot_id)
            elif slot_id not in self.unwritten.slots | by_lane:
                log.info("slot %s: its end was kept when playout was ended", slot_id)
                self._close_left(slot, ending, now)

    def _close_left(self, slot: Slot, ending: Ending, now: datetime) -> None:
        """What an earlier life left open: what comes next keeps its gap behind it, also where no row takes this end."""
        self.close(slot, ending, now)
        if ending.is_heard and ending.ended_at:
            self._feed(Silent(slot.zone, ending.ended_at), now)


def _plain_end(event: Ended, reason: str) -> Ending:
    """What was measured, and which fault kept the rest from being told."""
    played_ms = milliseconds_of(event.frames_accepted)
    outcome = AiringOutcome.PARTIAL if played_ms else AiringOutcome.FAILED
    return Ending(outcome, reason, event.started_at, event.ended_at, played_ms)


def _refusal(reason: str, heard: Heard) -> Ending:
    """The gate's no. What has sounded in part before and may not go on was pre-empted."""
    if heard.attempts:
        return Ending(AiringOutcome.PRE_EMPTED, reason)
    return Ending(AiringOutcome.MISSED if reason == "too_late" else AiringOutcome.REFUSED, reason)


def _no_sound(error: Refused | ValueError, slot: Slot) -> Ending:
    if slot.trigger is Trigger.LIVE:
        return Ending(AiringOutcome.FAILED, "live_failed")
    if isinstance(error, Refused) and error.reason == "audio_changed":
        return Ending(AiringOutcome.REFUSED, "audio_changed")
    return Ending(AiringOutcome.FAILED, "audio_missing")


def _ordered_by_right(facts: SlotFacts) -> bool:
    """An emergency that a person with the right to break in has ordered."""
    role, slot = facts.row["operator_role"], facts.slot
    ordered = slot.trigger is Trigger.EMERGENCY and slot.priority is Priority.EMERGENCY
    return ordered and bool(role) and may(Role(role), "break_in")
