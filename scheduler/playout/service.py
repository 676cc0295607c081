"""Playout: rows become sound, and what was measured becomes rows.

One thread does everything here: alarms only ring into a queue, the engine only reports into one, officers only write
rows. The order is always the same: gate, airing key, sound, end with journal row. It evaluates no rule of planning and
makes no sound itself; the engine's threads never come near the database.
"""

import logging
import os
import queue
import sqlite3
from collections import deque
from datetime import datetime, time, timedelta
from typing import Any

from scheduler.clock import Clock, SteppedClock
from scheduler.core import gate, rules
from scheduler.core.approval import may
from scheduler.core.model import HOUSE_RATE, AiringOutcome, Role, Trigger
from scheduler.core.timeline import Arm, Began, Close, Command, Cut, Due, Event, Over, StopAsked, Tick, Timeline
from scheduler.desk import Desk
from scheduler.errors import LoaError, NotFound, Refused
from scheduler.playout.alarms import Alarms
from scheduler.playout.engine import Engine
from scheduler.playout.programme import Ended, EngineEvent, OutputChanged, OutputState, Started
from scheduler.playout.sound import Sounds, ending_of, heard_where
from scheduler.store import Ending, SlotFacts

log = logging.getLogger(__name__)

HORIZON = timedelta(hours=26)
"""How far ahead slots have alarms; the hourly refresh and every change of the rows renew them."""
REFRESH_EVERY = timedelta(hours=1)
BEAT_EVERY = 1.0
"""Seconds between heartbeats; what has been measured of an airing is written as often."""
CLOCK_STEP = 1.0
"""Seconds the wall clock may move against the monotonic one before it counts as a step."""
STEP_IDLE = 60.0
STEP_SOUNDING = 0.1
"""Seconds a stepped clock moves at a time: at most, and while something is in hand."""
NO_ROW = (LoaError, sqlite3.OperationalError)
"""What the store raises where a row cannot be written now: what was to be done is kept and tried again."""
NIGHTLY = "plan"
NIGHTLY_AT = time(0, 5)


class Playout:
    """The service of one station. `ring` is what alarms call; `step` is one turn of its loop."""

    def __init__(self, desk: Desk, clock: Clock, earliest: datetime) -> None:
        """`earliest`: a wall clock before it (or before the newest journal row) is not to be trusted."""
        self.desk = desk
        self.clock = clock
        self._earliest = earliest
        self._parts = desk.parts
        self._rules = desk.parts.config.rules
        self._arm_ahead = timedelta(seconds=desk.parts.config.playout.arm_seconds)
        self._timeline = Timeline(self._rules.late_tolerance)
        self._sounds = Sounds(desk)
        self._rings: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._events: deque[EngineEvent] = deque()
        self._todo: deque[Command] = deque()
        self._requests: dict[str, gate.GateRequest] = {}
        self._titles: dict[str, str] = {}
        self._alarmed: dict[str, datetime] = {}
        self._outputs: dict[str, dict[str, str]] = {}
        self._data_version = (-1, -1)
        self._refreshed: datetime | None = None
        self._beat_at = float("-inf")
        self._trusted = False
        self._offset: float | None = None
        self.hold_until: datetime | None = None
        """Nothing starts before it: a sound card that was just opened cannot place a start exactly."""
        self.alarms: Alarms
        self.engine: Engine

    # What alarms, engine and gate ask for, from their own threads

    def ring(self, name: str) -> None:
        self._rings.put(name)

    def on_event(self, event: EngineEvent) -> None:
        self._events.append(event)

    def allow(self, slot_id: str, block_start: datetime, block_end: datetime) -> gate.Verdict:
        """The gate's answer for one block of sound; what the gate does not know does not sound."""
        request = self._requests.get(slot_id)
        if request is None:
            return gate.Verdict(allowed=False, reason="unapproved", details={})
        return gate.may_sound(request, self._rules, block_start, block_end, clock_trusted=self._trusted)

    # Life

    def start(self) -> None:
        """Close what a crash left open, plan, set the alarms. `alarms` and `engine` have been given before."""
        now = self.clock.now()
        self._watch_clock(now)
        self._recover(now)
        if self._trusted:
            self.desk.campaigns.replan()
        self.alarms.daily(NIGHTLY, NIGHTLY_AT)
        self._refresh(now)
        self._beat(now)

    def stop(self) -> None:
        """Fade what sounds, and write its end."""
        self.engine.stop()
        now = self.clock.now()
        self._drain(now)
        self._work(now)
        self._beat(now, stopping=True)

    def step(self) -> None:
        """One turn: clock, officers' commands, rings, the engine's reports, heartbeat."""
        now = self.clock.now()
        self._watch_clock(now)
        self.alarms.tick(now)
        version = self._parts.store.version()
        if version != self._data_version or self._refreshed is None or now - self._refreshed > REFRESH_EVERY:
            self._take_commands(now)
            self._refresh(now)
            self._data_version = version
        self._answer_rings(now)
        self._drain(now)
        self._feed(Tick(), now)
        self._work(now)
        if self.clock.monotonic() - self._beat_at >= BEAT_EVERY:
            self._beat(now)

    def quiet_for(self, length: timedelta) -> bool:
        """Nothing sounds, waits, or is to be armed within `length`."""
        due = self.alarms.next_at()
        return not self._timeline.known and (due is None or due - self.clock.now() > length)

    def run_stepped(self, clock: SteppedClock, until: datetime) -> None:
        """Let time pass up to `until`: in tenths of a second while something is in hand, else to the next alarm."""
        self.step()
        while (left := (until - clock.now()).total_seconds()) > 0:
            step = STEP_SOUNDING
            if not self._timeline.known:
                due = self.alarms.next_at()
                wait = (due - clock.now()).total_seconds() if due else STEP_IDLE
                step = min(max(wait, STEP_SOUNDING), STEP_IDLE)
            clock.advance(min(step, left))
            self.step()
            self.engine.step()

    # Rings and rows

    def _answer_rings(self, now: datetime) -> None:
        while not self._rings.empty():
            name = self._rings.get()
            try:
                self._rung(name, now)
            except NO_ROW:
                self._rings.put(name)
                raise

    def _rung(self, name: str, now: datetime) -> None:
        if name == NIGHTLY:
            self.desk.campaigns.replan()
            self._refresh(now)
            return
        self._alarmed.pop(name, None)
        try:
            facts = self._parts.slots.facts(name)
        except NotFound:  # planned away between its alarm and now
            return
        slot = facts.slot
        if slot.outcome is None:
            self._titles[slot.id] = facts.title
            self._feed(Due(slot.id, slot.zone, slot.start, slot.length, slot.priority), now)

    def _refresh(self, now: datetime) -> None:
        """An alarm for every open slot near enough; none for slots that are gone; late ones are missed."""
        self._refreshed = now
        for slot in self._parts.slots.open_before(now - self._rules.late_tolerance):
            if slot.id not in self._timeline.known:
                self._close(slot.id, Ending(AiringOutcome.MISSED, "station_off"), now)
        wanted = {
            slot.id: slot for slot in self._parts.slots.open_between(now - self._rules.late_tolerance, now + HORIZON)
        }
        for name in [name for name in self._alarmed if name not in wanted]:
            self.alarms.cancel(name)
            del self._alarmed[name]
        for slot in wanted.values():
            at = slot.start - self._arm_ahead
            if slot.id not in self._timeline.known and self._alarmed.get(slot.id) != at:
                self._alarmed[slot.id] = at
                self.alarms.set(slot.id, at)

    def _take_commands(self, now: datetime) -> None:
        for command in self._parts.jobs.take_commands(now):
            if command.kind == "stop":
                self._feed(StopAsked(command.args.get("slot_id")), now)

    # The timeline's commands

    def _feed(self, event: Event, now: datetime) -> None:
        self._todo.extend(self._timeline.feed(event, now))

    def _work(self, now: datetime) -> None:
        """Obey in order. A command that a full disk stopped stays first: the timeline believes it will be done."""
        while self._todo:
            command = self._todo.popleft()
            try:
                self._obey(command, now)
            except NO_ROW:
                self._todo.appendleft(command)
                raise

    def _obey(self, command: Command, now: datetime) -> None:
        match command:
            case Arm(slot_id, start):
                self._arm(slot_id, start, now)
            case Cut(slot_id, reason):
                self.engine.cut(slot_id, reason)
            case Close(slot_id, outcome, reason):
                self._close(slot_id, Ending(outcome, reason), now)

    def _arm(self, slot_id: str, start: datetime, now: datetime) -> None:
        """Gate, airing key, sound, in this order; a no or a fault ends the slot with its reason."""
        facts = self._parts.slots.facts(slot_id)
        if facts.slot.outcome is not None:
            self._feed(Over(slot_id), now)
            return
        verdict = self._ask_gate(facts, start, now)
        if not verdict.allowed:
            missed = verdict.reason == "too_late"
            outcome = AiringOutcome.MISSED if missed else AiringOutcome.REFUSED
            self._end(slot_id, Ending(outcome, verdict.reason), now)
            return
        try:
            programme = self._sounds.programme(facts.slot)
        except Refused as refusal:
            changed = refusal.reason == "audio_changed"
            outcome = AiringOutcome.REFUSED if changed else AiringOutcome.FAILED
            self._end(slot_id, Ending(outcome, "audio_changed" if changed else "audio_missing"), now)
            return
        if not self._parts.slots.claim(facts.slot, now):
            self._feed(Over(slot_id), now)
            return
        self.engine.arm(programme, max(start, self.hold_until or start))

    def _ask_gate(self, facts: SlotFacts, start: datetime, now: datetime) -> gate.Verdict:
        slot = facts.slot
        if facts.campaign_stopped:
            return gate.Verdict(allowed=False, reason="campaign_stopped", details={})
        if facts.clip_retired:
            return gate.Verdict(allowed=False, reason="audio_retired", details={})
        request, verdict = self.desk.air.ask_gate(
            slot,
            facts.approved_sha256,
            max(start, now),
            clock_trusted=self._trusted,
            ordered_by_right=_ordered_by_right(facts),
        )
        if verdict.allowed:
            self._requests[slot.id] = request
        return verdict

    # The engine's reports

    def _drain(self, now: datetime) -> None:
        """What the engine has told. What a full disk kept from being written stays in the queue and is tried again."""
        while self._events:
            try:
                self._take_event(self._events[0], now)
            except NO_ROW:
                raise
            except Exception:
                self._events.popleft()
                raise
            self._events.popleft()

    def _take_event(self, event: EngineEvent, now: datetime) -> None:
        match event:
            case Started(slot_id=slot_id, at=at):
                self._parts.slots.progress(slot_id, at, 0)
                self._feed(Began(slot_id, at), now)
            case Ended():
                self._end(event.slot_id, ending_of(event), now)
            case OutputChanged(state=OutputState.OPEN):
                self._note_output(event.name)

    def _note_output(self, name: str) -> None:
        wanted = {output.name: output.kind for output in self._parts.config.outputs}.get(name, "")
        for health in self.engine.health():
            if health.name == name:
                level = logging.INFO if health.kind == "soundcard" else logging.WARNING
                log.log(level, "%s", heard_where(name, health.kind, health.device, wanted))

    def _end(self, slot_id: str, ending: Ending, now: datetime) -> None:
        self._close(slot_id, ending, now)
        self._requests.pop(slot_id, None)
        self._feed(Over(slot_id), now)

    def _close(self, slot_id: str, ending: Ending, now: datetime) -> None:
        self._parts.slots.close(slot_id, ending, now)
        self._titles.pop(slot_id, None)
        log.info("slot %s: %s %s, %d ms measured", slot_id, ending.outcome, ending.reason, ending.played_ms)

    # Truth after a crash, and of the clock

    def _recover(self, now: datetime) -> None:
        """Every airing that a crash left open gets its end: what was measured last, and why it stopped."""
        for airing in self._parts.slots.open_airings():
            outcome = AiringOutcome.PARTIAL if airing.played_ms else AiringOutcome.FAILED
            ended = airing.started_at + timedelta(milliseconds=airing.played_ms) if airing.started_at else None
            ending = Ending(outcome, "power_cut", airing.started_at, ended, airing.played_ms)
            self._close(airing.slot_id, ending, now)

    def _watch_clock(self, now: datetime) -> None:
        """Trust the wall clock only past the newest journal row and `earliest`; a step of it is an event."""
        offset = now.timestamp() - self.clock.monotonic()
        if self._offset is None or abs(offset - self._offset) > CLOCK_STEP:
            stepped = None if self._offset is None else offset - self._offset
            newest = self._parts.journal.newest() or self._earliest
            self._trusted = now >= max(newest, self._earliest)
            if stepped is not None:
                self._note_step(stepped, now)
            self._offset = offset
        elif not self._trusted:
            newest = self._parts.journal.newest() or self._earliest
            self._trusted = now >= max(newest, self._earliest)

    def _note_step(self, seconds: float, now: datetime) -> None:
        """The alarms are set anew, because an alarm clock that sleeps until an instant has slept by the old time."""
        log.warning("the wall clock was stepped by %+.1f s; trusted: %s", seconds, self._trusted)
        if self._trusted:
            day = rules.local_day(now, self._rules.zone_name).isoformat()
            self._parts.journal.note("clock", day, "clock_step", f"{seconds:+.1f} s", now)
        for name in self._alarmed:
            self.alarms.cancel(name)
        self._alarmed.clear()
        self._refreshed = None

    # Heartbeat

    def _beat(self, now: datetime, *, stopping: bool = False) -> None:
        """What sounds and how the outputs are, as measured; and how far each airing has come."""
        self._beat_at = self.clock.monotonic()
        try:
            state: dict[str, Any] = {"airing": self._measured(), "outputs": self._output_states()}
            state |= {"clock_trusted": self._trusted, "stopping": stopping}
            self._parts.jobs.beat("playout", os.getpid(), now, state)
        except NO_ROW as error:  # a full disk must not stop the sound
            log.error("heartbeat not written: %s", error)  # noqa: TRY400 - the same traceback every second helps nobody

    def _measured(self) -> dict[str, Any] | None:
        """What sounds, for the heartbeat; how far it has come is written to its airing on the way."""
        airing: dict[str, Any] | None = None
        for sounding in self.engine.on_air():
            played_ms = sounding.frames_accepted * 1000 // HOUSE_RATE
            self._parts.slots.progress(sounding.slot_id, sounding.started_at, played_ms)
            airing = {
                "slot_id": sounding.slot_id,
                "title": self._titles.get(sounding.slot_id, ""),
                "started_at": sounding.started_at.isoformat(),
                "played_ms": played_ms,
                "total_ms": sounding.frames_total * 1000 // HOUSE_RATE,
            }
        return airing

    def _output_states(self) -> list[dict[str, str]]:
        return [
            {
                "name": health.name,
                "kind": health.kind,
                "state": str(health.state),
                "message": health.message,
                "device": health.device,
            }
            for health in self.engine.health()
        ]


def _ordered_by_right(facts: SlotFacts) -> bool:
    """An emergency that a person with the right to approve has ordered."""
    role = facts.row["operator_role"]
    return facts.slot.trigger is Trigger.EMERGENCY and bool(role) and may(Role(role), "approve")
