"""Playout: rows become sound, and what was measured becomes rows.

One thread does everything here: alarms only ring into a queue, the engine only reports into one, officers only write
rows; the timeline says what is to be done and `Obeying` and `ActiveAirings` do it. Each part of a turn fails for itself
(`TurnGuard`). It evaluates no rule of planning and makes no sound itself; the engine's threads never come near the
database.
"""

import logging
import queue
from collections import deque
from datetime import datetime, time, timedelta
from typing import Any

from scheduler.core.air.timeline import Began, Tick, Timeline
from scheduler.core.model import AiringOutcome, Slot, Trigger
from scheduler.core.planning import rules
from scheduler.kernel.air_fence import HasAir, always
from scheduler.kernel.clock import Clock, SteppedClock
from scheduler.kernel.errors import NotFound
from scheduler.playout.active_airings import ActiveAirings
from scheduler.playout.airing_book import Allow
from scheduler.playout.alarms import Alarms
from scheduler.playout.amplifier import Amplifier
from scheduler.playout.blackbox import BlackBox
from scheduler.playout.clock_watch import ClockWatch
from scheduler.playout.due import HORIZON, SlotAlarms, due_of, patience_of
from scheduler.playout.engine import Engine
from scheduler.playout.heartbeat import Heartbeat
from scheduler.playout.incoming import Incoming
from scheduler.playout.life import Life
from scheduler.playout.lost import Lost
from scheduler.playout.obeying import Obeying
from scheduler.playout.opened import log_opened
from scheduler.playout.planning import BY_PEOPLE, Planning
from scheduler.playout.programme import Ended, EngineEvent, OutputChanged, OutputState, Started
from scheduler.playout.recovery import Missed
from scheduler.playout.red_follow import RedFollow
from scheduler.playout.red_lane import RedLane
from scheduler.playout.rows_seen import RowsSeen, Version
from scheduler.playout.source_changes import tell_changes
from scheduler.playout.stepping import IDLE, pass_time
from scheduler.playout.turn_guard import LOCKED_FOR, TurnGuard
from scheduler.services import Services
from scheduler.store import Ending, instant_text

log = logging.getLogger(__name__)

REFRESH_EVERY = timedelta(hours=1)
BEAT_EVERY = 1.0
"""Seconds between heartbeats; what has been measured of an airing is written as often."""
NIGHTLY = "plan"
NIGHTLY_AT = time(0, 5)


class Playout:
    """The service of one station. `ring` is what alarms call; `step` is one turn of its loop."""

    def __init__(
        self,
        services: Services,
        clock: Clock,
        earliest: datetime,
        blackbox: BlackBox | None = None,
        incoming: Incoming | None = None,
        has_air: HasAir = always,
    ) -> None:
        """`earliest`: a wall clock before it (or before the newest journal row) is not to be trusted."""
        self.services = services
        self.clock = clock
        self._repos = services.repos
        self._rules = services.repos.config.rules
        self._arm_ahead = timedelta(seconds=services.repos.config.playout.arm_seconds)
        self._timeline = Timeline(self._rules.late_tolerance)
        self._watch = ClockWatch(clock, earliest, services.repos.journal.newest)
        self.has_air = has_air
        self.guard = TurnGuard(clock)
        self._obeying = Obeying(self._timeline, self.guard, self._valid)
        self.card = self._obeying.card
        self.lane = RedLane(services, clock, self._timeline, self._watch, blackbox, self._obeying.todo, has_air)
        self._feed = self._obeying.feed = self.lane.feed
        self._in_hand = ActiveAirings(
            services, self.guard, self._timeline, self._feed, self._watch, blackbox, incoming, has_air
        )
        self._obeying.in_hand = self.lane.in_hand = self._in_hand
        self._lost = Lost(self._timeline, self.guard, self._obeying, self._in_hand)
        self._follow = RedFollow(services.repos, self.lane)
        self._blackbox = blackbox
        self._rings: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._events: deque[EngineEvent] = deque()
        self._is_recovered = False
        self._slot_alarms = SlotAlarms(lambda: self.alarms, self._arm_ahead)
        self._seen = RowsSeen(self._repos.store, self._repos.settings)
        self._refreshed: datetime | None = None
        self._missed_by = Missed()
        self._amplifier = Amplifier(services.repos.config.amplifier, clock)
        self._heartbeat = Heartbeat(services.repos, self._amplifier, self._in_hand, self.guard, self.lane, self.card)
        self.life = Life(services.repos, clock, self._state)
        self._planning = Planning(services, self.guard, self._watch, self._in_hand, self.life)
        self.beats = True
        """Whether it tells that it lives: a simulation passes over spans in which nobody could ask."""
        self._beat_at = float("-inf")
        self.alarms: Alarms
        self.engine: Engine

    # What alarms, engine and gate ask for, from their own threads

    def ring(self, name: str) -> None:
        self._rings.put(name)

    def on_event(self, event: EngineEvent) -> None:
        if isinstance(event, (Started, Ended)) and self.lane.owns(event.slot_id):
            self.lane.on_event(event)
        else:
            self._events.append(event)

    @property
    def allow(self) -> Allow:
        """What audio threads ask for every block."""
        return self._in_hand.allow

    def listen(self) -> None:
        """Let the red lane be served, whatever `start` and the turns wait for."""
        with self.guard.part("red lane"):
            self.lane.begin(self.clock.now())
        self._repos.jobs.tells_life = True
        self.lane.on_look = lambda now: self.life.tell(now, self.engine)
        self.lane.start()

    def start(self) -> None:
        """Close what a crash left open, plan, set the alarms. `alarms` and `engine` have been given before.

        What fails of it is tried again by the turns that follow.
        """
        now = self.clock.now()
        self._obeying.engine = self.engine
        self._repos.store.wait_at_most(LOCKED_FOR)
        if not self.lane.is_threaded:
            with self.guard.part("red lane"):
                self.lane.begin(now)
        with self.guard.part("clock"):
            self._watch.look(now)
        self.alarms.daily(NIGHTLY, NIGHTLY_AT)
        with self.life.at_work():
            self._recover(now)
            if self._is_recovered:
                with self.guard.part("refresh"):
                    self._take_rules()
                    self._refresh(now)
            self._in_hand.owes = True
            self._plan_what_is_owed(now, first=True)
        self._beat(now)

    def _recover(self, now: datetime) -> None:
        """Before anything else: what a crash left open must not be taken for new."""
        with self.guard.part("recover"):
            self._missed_by = self._in_hand.recover(now)
            self._is_recovered = True

    def _follow_lane(self, now: datetime) -> None:
        """What the red lane has done becomes rows."""
        with self.guard.part("red lane"):
            self._events.extend(self._follow.turn(now, self._seen.begin()))

    def stand_by(self) -> None:
        """Beside a machine that has the air: outputs are open, nothing is planned, written or heard."""
        self.life.turned()
        if self.clock.monotonic() - self._beat_at >= BEAT_EVERY:
            self._beat(self.clock.now())

    def stop(self, why: str = "") -> None:
        """Fade what sounds, and write its end, for `why`. What waited for the air stays open for the next start."""
        self._obeying.is_stopping, self._in_hand.stopping_as = True, why or self._in_hand.stopping_as
        now = self.clock.now()
        self.lane.stop()
        with self.guard.part("engine"):
            self.engine.stop()
        with self.guard.part("sources"):
            self._in_hand.incoming.stop()
        self._follow_lane(now)
        self._drain(now)
        self._obeying.work(now)
        self._in_hand.unwritten.try_again(at_once=True)
        if left := self._in_hand.unwritten.slots:
            log.error("ends that no row took: %s; the black box has what was measured", ", ".join(sorted(left)))
        with self.guard.part("amplifier"):
            self._amplifier.stop()
        self._beat(now, stopping=True)
        self._repos.jobs.tells_life = False

    def step(self) -> None:
        """One turn: the red lane's rows, clock, commands, rings, reports, heartbeat; each part fails for itself."""
        now, part = self.clock.now(), self.guard.part
        self.life.turned()
        self._follow_lane(now)
        with part("clock"):
            self._look_at_clock(now)
        with part("alarms"):
            self.alarms.tick(now)
        version = self._look_at_rows(now)
        with part("rings"):
            self._answer_rings(now)
        with part("sources"):
            tell_changes(self._in_hand, self._repos.journal, now)
        self._drain(now)
        with part("timeline"):
            self._feed(Tick(), now)
        self._obeying.work(now)
        with part("lost"):
            self._lost.look(now, self._is_carried)
        self._in_hand.unwritten.try_again()
        self._plan_what_is_owed(now)
        with part("amplifier"):
            self._switch_amplifier(now)
        if self.beats and self.clock.monotonic() - self._beat_at >= BEAT_EVERY:
            self._beat(now)
        with part("rows"):
            self._follow.turned(self._seen.end(version))
        self._repos.settings.let_go()

    def _look_at_rows(self, now: datetime) -> Version | None:
        """What others have changed: rules, commands, slots. What fails of it is looked at again."""
        if not self._is_recovered:
            self._recover(now)
        version, before = None, self.guard.count
        with self.guard.part("rows"):
            version = self._seen.now()
            fresh = self._refreshed is not None and now - self._refreshed <= REFRESH_EVERY
            if fresh and not self._seen.is_news(version):
                return version
        with self.guard.part("rules"):
            self._take_rules()
        with self.guard.part("commands"):
            self._obeying.take(self._repos.jobs, now)
            self._planning.look()
        if self._is_recovered and self.guard.is_due("refresh"):
            with self.guard.part("refresh"):
                self._refresh(now)
            if version is not None and self.guard.count == before:
                self._seen.looked(version)
        return version

    def _is_carried(self, slot_id: str) -> bool:
        return self.engine.carries(slot_id) or self.lane.owns(slot_id) or bool(self._events)

    def _plan_what_is_owed(self, now: datetime, *, first: bool = False) -> None:
        if not self._planning.work(first=first):
            return
        self._seen.forget()
        if first:
            with self.guard.part("refresh"):
                self._refresh(now)

    @property
    def is_behind(self) -> bool:
        """Whether rows have changed that no turn has looked at yet."""
        return self._seen.is_behind

    def quiet_for(self, length: timedelta) -> bool:
        """Nothing sounds, waits, or is to be armed within `length`."""
        due = self.alarms.next_at()
        return not self._timeline.known and (due is None or due - self.clock.now() > length)

    @property
    def rests(self) -> bool:
        """Nothing sounds or waits for its instant, its rows or the lane: commands and alarms alone may come."""
        return not (self._timeline.known or self._in_hand.unwritten.slots or self._events or self.lane.waits)

    @property
    def next_look(self) -> datetime | None:
        """When something is due, on a stepped clock; None = something is in hand now."""
        return None if self._timeline.known or self.lane.waits else self.alarms.next_at() or self.clock.now() + IDLE

    def run_stepped(self, clock: SteppedClock, until: datetime) -> None:
        """Let time pass up to `until`."""
        pass_time(self, clock, until)

    def _answer_rings(self, now: datetime) -> None:
        while not self._rings.empty() and self.guard.is_due("ring"):
            name = self._rings.get()
            with self.guard.part("ring") as tried:
                self._rung(name, now)
            if tried.reason:  # the next look at the rows sets its alarm anew, or says why it was missed
                self._slot_alarms.rang(name)
                self._seen.forget()

    def _rung(self, name: str, now: datetime) -> None:
        if name == NIGHTLY:
            self._in_hand.owes = True
            self.services.proof.close_days_quietly()
            return
        self._slot_alarms.rang(name)
        try:
            slot = self._repos.slots.slot(name)
        except NotFound:  # planned away between its alarm and now
            return
        if slot.outcome is None and slot.id not in self._in_hand.unwritten.slots and not self.lane.holds(name):
            self._in_hand.take(slot)
            self._feed(due_of(slot, self._repos.config), now)

    def _valid(self, slot: Slot) -> timedelta:
        return patience_of(slot, self._repos.config)

    def _refresh(self, now: datetime) -> None:
        """An alarm for every open slot near enough; none for slots that are gone; late ones are missed.

        It comes after every change of a row, so it reads marks, not slots.
        """
        self._refreshed = now
        wanted: dict[str, str] = {}
        at_once: set[str] = set()
        ordered: list[str] = []
        on_time, known = instant_text(now), self._timeline.known | self._in_hand.unwritten.slots
        for slot_id, start, trigger in self._repos.slots.open_marks(now + HORIZON):
            if trigger in BY_PEOPLE:
                ordered.append(slot_id)
            if slot_id in known:
                continue
            if start < on_time and self._is_missed(slot_id, start, now):
                continue
            wanted[slot_id] = start
            if trigger == Trigger.EMERGENCY:  # it can be taken back until it begins: nothing gives way before
                at_once.add(slot_id)
        self._planning.seen(ordered)
        self._missed_by = Missed()
        self._slot_alarms.want(wanted, at_once)

    def _is_missed(self, slot_id: str, start: str, now: datetime) -> bool:
        """Whether a slot is too late by now; then it has ended with this."""
        slot = self._repos.slots.slot(slot_id)
        if now - slot.start <= self._valid(slot):
            return False
        if not self.lane.holds(slot_id):
            missed_by = self.guard.cause_since(slot.start) or self._missed_by.of(start)
            self._in_hand.close(slot, Ending(AiringOutcome.MISSED, missed_by), now)
        return True

    def _take_rules(self) -> None:
        """The rules that hold now: a change on the page is felt by the next block of sound."""
        self._rules = self._in_hand.rules = self._repos.config.rules

    def _drain(self, now: datetime) -> None:
        """What the engine has told, each report for itself."""
        while self._events:
            with self.guard.part("report"):
                self._take_event(self._events.popleft(), now)

    def _take_event(self, event: EngineEvent, now: datetime) -> None:
        match event:
            case Started(slot_id=slot_id, at=at):
                self._feed(Began(slot_id, at), now)
                self._in_hand.incoming.began(slot_id, at)
                self._repos.slots.progress(slot_id, at, 0)
            case Ended():
                self._in_hand.ended(event, now)
            case OutputChanged(state=OutputState.OPEN):
                log_opened(self._repos.config, self.engine.health(), event.name)

    # Truth after a crash, and of the clock

    def _look_at_clock(self, now: datetime) -> None:
        """A step is an event: the alarms are set anew, for who sleeps until an instant has slept by the old time."""
        trusted = self._watch.trusted
        stepped = self._watch.look(now)
        if stepped is not None:
            log.warning("the wall clock was stepped by %+.1f s; trusted: %s", stepped, self._watch.trusted)
            self._timeline.stepped(timedelta(seconds=stepped), now)
            self._missed_by = Missed("clock_step")
            if self._watch.trusted:
                day = rules.local_day(now, self._rules.zone_name).isoformat()
                note, told = self._repos.journal.note, f"{stepped:+.1f} s"
                self._in_hand.unwritten.put("clock", lambda: note("clock", day, "clock_step", told, now))
            self._slot_alarms.drop()
            self._refreshed = None
        if self._watch.trusted and (stepped is not None or not trusted):
            self._in_hand.owes = True

    # The amplifier and the heartbeat

    def _switch_amplifier(self, now: datetime) -> None:
        if not self._amplifier.is_there:
            return
        due = self.alarms.next_at()
        starts = [self.lane.next_start, due + self._arm_ahead if due else None]
        self._amplifier.update(now, not self.engine.is_silent, min((at for at in starts if at), default=None))

    def _state(self) -> dict[str, Any]:
        """From memory, for whoever asks whether playout lives."""
        stopping = self._obeying.is_stopping
        return self._heartbeat.state(self.engine, trusted=self._watch.trusted, stopping=stopping)

    def _beat(self, now: datetime, *, stopping: bool = False) -> None:
        self._beat_at = self.clock.monotonic()
        with self.guard.part("heartbeat"):
            self._heartbeat.beat(self.engine, now, trusted=self._watch.trusted, stopping=stopping)
        if self._blackbox:
            self._blackbox.flush()
