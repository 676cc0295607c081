"""Playout: rows become sound, and what was measured becomes rows.

One thread does everything here: alarms only ring into a queue, the engine only reports into one, officers only write
rows; the timeline says what is to be done and `InHand` does it. It evaluates no rule of planning and makes no sound
itself; the engine's threads never come near the database.
"""

import logging
import queue
import sqlite3
from collections import deque
from datetime import datetime, time, timedelta

from scheduler.clock import Clock, SteppedClock
from scheduler.core import rules
from scheduler.core.model import AiringOutcome, Slot, Trigger
from scheduler.core.timeline import (
    RELAY_LEAST,
    Arm,
    Began,
    Close,
    Command,
    Cut,
    Due,
    Event,
    Finish,
    Kind,
    Silent,
    StopAsked,
    Tick,
    Timeline,
)
from scheduler.desk import Desk
from scheduler.errors import LoaError, NotFound
from scheduler.playout.airings import Allow
from scheduler.playout.alarms import Alarms
from scheduler.playout.amplifier import Amplifier
from scheduler.playout.blackbox import BlackBox
from scheduler.playout.clock_watch import ClockWatch
from scheduler.playout.engine import Engine
from scheduler.playout.heartbeat import Heartbeat
from scheduler.playout.in_hand import TIMED, InHand
from scheduler.playout.incoming import Incoming
from scheduler.playout.opened import log_opened
from scheduler.playout.programme import Ended, EngineEvent, OutputChanged, OutputState, Started
from scheduler.store import Ending, instant_of, instant_text
from scheduler.store.pair_air import HasAir, always

log = logging.getLogger(__name__)

HORIZON = timedelta(hours=26)
"""How far ahead slots have alarms; the hourly refresh and every change of the rows renew them."""
REFRESH_EVERY = timedelta(hours=1)
BEAT_EVERY = 1.0
"""Seconds between heartbeats; what has been measured of an airing is written as often."""
STEP_IDLE = 60.0
STEP_SOUNDING = 0.1
"""Seconds a stepped clock moves at a time: at most, and while something is in hand."""
LIVE_PATIENCE = timedelta(minutes=5)
"""How long a live voice waits for the air."""
TEST_PATIENCE = timedelta(seconds=10)
"""How long a test of loudspeakers waits: who pressed it stands there and listens."""
NO_ROW = (LoaError, sqlite3.OperationalError)
"""What the store raises where a row cannot be written now: what was to be done is kept and tried again."""
NOTHING_SEEN = (-1, -1)
NIGHTLY = "plan"
NIGHTLY_AT = time(0, 5)
_KINDS = {Trigger.RELAY: Kind.RELAY, Trigger.LIVE: Kind.LIVE}


class Playout:
    """The service of one station. `ring` is what alarms call; `step` is one turn of its loop."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        earliest: datetime,
        blackbox: BlackBox | None = None,
        incoming: Incoming | None = None,
        has_air: HasAir = always,
    ) -> None:
        """`earliest`: a wall clock before it (or before the newest journal row) is not to be trusted."""
        self.desk = desk
        self.clock = clock
        self._parts = desk.parts
        self._rules = desk.parts.config.rules
        self._arm_ahead = timedelta(seconds=desk.parts.config.playout.arm_seconds)
        self._timeline = Timeline(self._rules.late_tolerance)
        self._watch = ClockWatch(clock, earliest, desk.parts.journal.newest)
        self._stopping = False
        self.has_air = has_air
        self._in_hand = InHand(desk, clock, self._timeline, self._feed, self._watch, blackbox, incoming, has_air)
        self._blackbox = blackbox
        self._rings: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._events: deque[EngineEvent] = deque()
        self._todo: deque[Command] = deque()
        self._alarmed: dict[str, str] = {}
        self._data_version = NOTHING_SEEN
        self._refreshed: datetime | None = None
        self._missed_by = "station_off"
        self._amplifier = Amplifier(desk.parts.config.amplifier, clock)
        self._heartbeat = Heartbeat(desk.parts, self._amplifier, self._in_hand)
        self._beat_at = float("-inf")
        self.alarms: Alarms
        self.engine: Engine

    # What alarms, engine and gate ask for, from their own threads

    def ring(self, name: str) -> None:
        self._rings.put(name)

    def on_event(self, event: EngineEvent) -> None:
        self._events.append(event)

    @property
    def allow(self) -> Allow:
        """What audio threads ask for every block."""
        return self._in_hand.allow

    # Life

    def start(self) -> None:
        """Close what a crash left open, plan, set the alarms. `alarms` and `engine` have been given before."""
        now = self.clock.now()
        self._watch.look(now)
        self._take_rules()
        self._in_hand.recover(now)
        for zone, at in self._parts.slots.silent_since(now):
            self._feed(Silent(zone, at), now)
        self.alarms.daily(NIGHTLY, NIGHTLY_AT)
        self._refresh(now)
        if self._watch.trusted:
            self.desk.proof.close_days_quietly()
            self._plan()
            self._refresh(now)
        self._beat(now)

    def stand_by(self) -> None:
        """Beside a machine that has the air: outputs are open, nothing is planned, written or heard."""
        if self.clock.monotonic() - self._beat_at >= BEAT_EVERY:
            self._beat(self.clock.now())

    def stop(self) -> None:
        """Fade what sounds, and write its end. What waited for the air stays open for the next start."""
        self._stopping = True
        self.engine.stop()
        self._in_hand.incoming.stop()
        now = self.clock.now()
        self._drain(now)
        self._work(now)
        self._amplifier.stop()
        self._beat(now, stopping=True)

    def step(self) -> None:
        """One turn: clock, officers' commands, rings, the engine's reports, heartbeat."""
        now = self.clock.now()
        self._look_at_clock(now)
        self.alarms.tick(now)
        version = self._parts.store.version()
        if version != self._data_version or self._refreshed is None or now - self._refreshed > REFRESH_EVERY:
            self._take_rules()
            self._take_commands(now)
            self._refresh(now)
            self._data_version = version
        self._answer_rings(now)
        self._take_changes(now)
        self._drain(now)
        self._feed(Tick(), now)
        self._work(now)
        if self._in_hand.owes and self._watch.trusted:
            self._plan()
        self._switch_amplifier(now)
        if self.clock.monotonic() - self._beat_at >= BEAT_EVERY:
            self._beat(now)
        self._seen(version)

    @property
    def is_behind(self) -> bool:
        """Whether rows have changed that no turn has looked at yet."""
        return self._parts.store.version() != self._data_version

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
            self.engine.step()
            self.step()

    def _seen(self, version: tuple[int, int]) -> None:
        """Only what others have changed since this turn began, and a plan of its own, is news to the next one."""
        if self._data_version == version:
            self._data_version = version[0], self._parts.store.own_changes()

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
            self.desk.proof.close_days_quietly()
            self._plan()
            self._refresh(now)
            return
        self._alarmed.pop(name, None)
        try:
            slot = self._parts.slots.slot(name)
        except NotFound:  # planned away between its alarm and now
            return
        if slot.outcome is None:
            self._feed(self._due(slot), now)

    def _due(self, slot: Slot) -> Due:
        kind = _KINDS.get(slot.trigger, Kind.CLIP)
        patience = None if slot.trigger in TIMED else self._valid(slot)
        gap = self._rules.min_gap if slot.trigger in TIMED else timedelta(0)
        return Due(slot.id, slot.zone, slot.start, slot.length, slot.priority, kind, patience, gap)

    def _valid(self, slot: Slot) -> timedelta:
        """How long after its start a slot may still begin."""
        if slot.trigger is Trigger.RELAY:
            return max(slot.length - RELAY_LEAST, timedelta(0))
        if slot.trigger is Trigger.EMERGENCY:
            return timedelta(minutes=self._parts.config.emergency.valid_minutes)
        if slot.trigger is Trigger.TEST:
            return TEST_PATIENCE
        return LIVE_PATIENCE if slot.trigger is Trigger.LIVE else self._rules.late_tolerance

    def _plan(self) -> None:
        self._data_version = NOTHING_SEEN
        self.desk.campaigns.replan()
        self._in_hand.owes = False

    def _refresh(self, now: datetime) -> None:
        """An alarm for every open slot near enough; none for slots that are gone; late ones are missed.

        It comes after every change of a row, so it reads marks, not slots.
        """
        self._refreshed = now
        wanted: dict[str, str] = {}
        at_once: set[str] = set()
        on_time, known = instant_text(now), self._timeline.known
        for slot_id, start, trigger in self._parts.slots.open_marks(now + HORIZON):
            if slot_id in known:
                continue
            if start < on_time and now - (slot := self._parts.slots.slot(slot_id)).start > self._valid(slot):
                self._in_hand.close(slot, Ending(AiringOutcome.MISSED, self._missed_by), now)
            else:
                wanted[slot_id] = start
                if trigger == Trigger.EMERGENCY:  # it can be taken back until it begins: nothing gives way before
                    at_once.add(slot_id)
        self._missed_by = "station_off"
        for name in [name for name in self._alarmed if name not in wanted]:
            self.alarms.cancel(name)
            del self._alarmed[name]
        for slot_id, start in wanted.items():
            if self._alarmed.get(slot_id) != start:
                self._alarmed[slot_id] = start
                ahead = timedelta(0) if slot_id in at_once else self._arm_ahead
                self.alarms.set(slot_id, instant_of(start) - ahead)

    def _take_rules(self) -> None:
        """The rules that hold now: a change on the page is felt by the next block of sound."""
        self._rules = self._in_hand.rules = self._parts.config.rules

    def _take_commands(self, now: datetime) -> None:
        for command in self._parts.jobs.take_commands(now):
            if command.kind == "stop":
                args = command.args
                self._feed(StopAsked(args.get("slot_id"), finish=bool(args.get("finish"))), now)
            elif command.kind == "reopen":
                self.engine.reopen(str(command.args.get("output", "")))

    def _take_changes(self, now: datetime) -> None:
        """Where relays and live voices come from now."""
        for change in self._in_hand.incoming.step(now):
            slot = self._in_hand.slot(change.slot_id)
            if slot is None:
                continue
            log.info("slot %s: from %s to %s: %s", change.slot_id, change.origin, change.to, change.reason)
            if slot.trigger is Trigger.LIVE:
                if change.is_silence:
                    self._in_hand.lose(slot.id)
                continue
            note = f"{slot.id}: {change.origin} -> {change.to}"
            reason = change.reason if change.reason.startswith("relay_") else f"relay_{change.reason}"
            self._parts.journal.note("relay", slot.day.isoformat(), reason, note, now)

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
            case Arm() if self._stopping:
                return
            case Arm(slot_id, start):
                self._in_hand.arm(slot_id, start, now, self.engine)
            case Cut(slot_id, reason):
                self.engine.cut(slot_id, reason)
            case Finish(slot_id):
                self._in_hand.incoming.finish(slot_id)
            case Close(slot_id, outcome, reason):
                self._in_hand.end(self._parts.slots.slot(slot_id), Ending(outcome, reason), now)

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
                self._in_hand.incoming.began(slot_id, at)
                self._feed(Began(slot_id, at), now)
            case Ended():
                self._in_hand.ended(event, now)
            case OutputChanged(state=OutputState.OPEN):
                log_opened(self._parts.config, self.engine.health(), event.name)

    # Truth after a crash, and of the clock

    def _look_at_clock(self, now: datetime) -> None:
        """A step is an event: the alarms are set anew, for who sleeps until an instant has slept by the old time."""
        trusted = self._watch.trusted
        stepped = self._watch.look(now)
        if stepped is not None:
            log.warning("the wall clock was stepped by %+.1f s; trusted: %s", stepped, self._watch.trusted)
            self._missed_by = "clock_step"
            if self._watch.trusted:
                day = rules.local_day(now, self._rules.zone_name).isoformat()
                self._parts.journal.note("clock", day, "clock_step", f"{stepped:+.1f} s", now)
            for name in self._alarmed:
                self.alarms.cancel(name)
            self._alarmed.clear()
            self._refreshed = None
        if self._watch.trusted and (stepped is not None or not trusted):
            self._in_hand.owes = True

    # The amplifier and the heartbeat

    def _switch_amplifier(self, now: datetime) -> None:
        due = self.alarms.next_at()
        starts = [self._timeline.next_start, due + self._arm_ahead if due else None]
        self._amplifier.update(now, bool(self.engine.on_air()), min((at for at in starts if at), default=None))

    def _beat(self, now: datetime, *, stopping: bool = False) -> None:
        self._beat_at = self.clock.monotonic()
        try:
            self._heartbeat.beat(self.engine, now, trusted=self._watch.trusted, stopping=stopping)
        except NO_ROW as error:  # a full disk must not stop the sound
            log.error("heartbeat not written: %s", error)  # noqa: TRY400 - the same traceback every second helps nobody
        if self._blackbox:
            self._blackbox.flush()
