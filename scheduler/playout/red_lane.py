"""The red lane: orders of emergencies, drills and stops become sound without a row, a file or a plan.

A thread of its own looks into the ring every 20 ms, asks the gate by what stands in memory, and arms the engine; the
service shares the timeline with it and may wait for the database as long as it must. What was taken, sounds and ended
is told to the ring first, so that a crash sounds nothing twice; `follow` (the service's) makes rows of it. It plans
nothing, and makes no sound itself.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from scheduler.core.air.gate import GateFacts, GateRequest, Verdict, may_start
from scheduler.core.air.timeline import (
    Arm,
    Began,
    Close,
    Command,
    Cut,
    Due,
    Event,
    Over,
    StopAsked,
    Timeline,
    stop_asked,
)
from scheduler.core.model import AiringOutcome, Slot, Trigger
from scheduler.core.stops import WhyEnded
from scheduler.kernel.air_fence import HasAir
from scheduler.kernel.causes import reason_of
from scheduler.kernel.clock import Clock
from scheduler.kernel.mapped_file import Fields
from scheduler.playout.active_airings import ActiveAirings
from scheduler.playout.blackbox import BlackBox
from scheduler.playout.clock_watch import ClockWatch
from scheduler.playout.end_record import EndRecords
from scheduler.playout.engine import Engine
from scheduler.playout.programme import Ended, Started
from scheduler.playout.red_hand import Mine, crashed_in, ordered_by_right, request_of, taken_back
from scheduler.playout.red_sounds import Kit, RedSounds
from scheduler.playout.red_watch import RedWatch
from scheduler.playout.red_words import NOT_SPOKEN, OPEN_END, Arrived, Lead, RedWords, without_words
from scheduler.playout.sound import ending_of
from scheduler.services import Services
from scheduler.services.air.red_orders import OPEN, UNHEARD
from scheduler.store import Ending, instant_of
from scheduler.store.red_lane.red_fields import (
    ending_fields,
    is_spoken,
    ordering_person,
    slot_of_fields,
    spoken_order,
    stop_args,
)
from scheduler.store.red_ring import Placed

__all__ = ["ANYWAY", "RedLane"]

log = logging.getLogger(__name__)

STOP_VALID = timedelta(seconds=10)
"""A stop that nobody took for longer is no stop of what sounds by now."""
MOST_ATTEMPTS = 2
"""An order that ended two lives before it sounded is not tried with a third."""
ANYWAY = 0.5
"""Seconds between looks when no bell rings: who orders may be killed before it does."""
AGAIN = timedelta(milliseconds=100)
"""Until an order is looked at again that could not be taken yet."""


class RedLane:
    """`turn` looks once; `start` lets a thread do it. Everything that touches the timeline goes through `feed`."""

    def __init__(
        self,
        services: Services,
        clock: Clock,
        timeline: Timeline,
        watch: ClockWatch,
        blackbox: BlackBox | None,
        todo: deque[Command],
        has_air: HasAir,
    ) -> None:
        """`todo`: what the service is to do of what the timeline wants."""
        self._repos, self._clock, self._timeline, self._watch = services.repos, clock, timeline, watch
        self._blackbox, self._todo, self._has_air = blackbox, todo, has_air
        self._ring = services.repos.red
        self.sounds, self.words = RedSounds(services), RedWords(services)
        self._mine: dict[str, Mine] = {}
        self._events: deque[Started | Ended] = deque()
        self._yielded: deque[Ended] = deque()
        """Reports of drills that an emergency has cut: their rows go on."""
        self._lock = threading.RLock()
        self._bell: bytes | None = None
        self._stands = True
        """Whether any order stood at the last look."""
        self._looked = float("-inf")
        self._look_at: datetime | None = None
        self._began = clock.now()
        self.unknown: tuple[Slot, ...] = ()
        """Orders whose sound is not ready here."""
        self.is_threaded = False
        self.is_stopping = False
        self._watch_thread = RedWatch(self._ring, clock, self._look)
        self.on_look: Callable[[datetime], None] = lambda _: None
        """Called by the thread behind each look."""
        self.engine: Engine
        self.in_hand: ActiveAirings

    # Life

    def begin(self, now: datetime) -> None:
        """Before the first look: what a crash left in the middle gets its end, or is given once more."""
        self._began = now
        measured = self._blackbox.read() if self._blackbox else {}
        why = record.why if (record := EndRecords(self._repos.config.data).read()) else WhyEnded.CUT
        for one in self._ring.placed():
            if one.order["kind"] == "order" and one.state in UNHEARD and self._repos.red_rows.has_sounded(one.key):
                self._ring.answer(one.number, one.key, {"state": "rows"})  # a power cut has taken what the ring knew
            elif one.order["kind"] == "order" and one.state in {"taken", "sounding"}:
                slot, told = slot_of_fields(one.order), one.answer
                unheard = one.state == "taken" and one.key not in measured and told["attempts"] < MOST_ATTEMPTS
                if unheard and one.cancel is None and now - slot.start <= self._valid(slot):
                    self._ring.answer(one.number, one.key, {"state": "", "attempts": told["attempts"]})
                    continue
                self._close(one, without_words(one.order, crashed_in(slot, told, measured, why)), told)
        self.sounds.refresh()
        self.words.refresh()

    def start(self) -> None:
        """Look from now on, whatever the service is about: as soon as the bell rings, and every 20 ms with an order."""
        self.is_threaded = True
        self._watch_thread.start()
        self.words.start()

    def stop(self) -> None:
        """No more looks of its own; what is armed is the engine's to end."""
        self.is_stopping = True
        self.words.stop()
        self._watch_thread.stop()
        self.is_threaded = False

    def _look(self, now: datetime) -> bytes | None:
        """For its thread: one look; the bell at which there is nothing in hand."""
        self.turn(now)
        self.on_look(now)
        return None if self._stands or self._mine or self._look_at is not None else self._bell

    # What others ask and tell, on their own threads

    def feed(self, event: Event, now: datetime) -> None:
        """Tell the timeline. What it wants of the lane's own orders, and every cut, is done at once; the rest later."""
        with self._lock:
            for command in self._timeline.feed(event, now):
                if not self.obey(command, now):
                    self._todo.append(command)

    @property
    def next_start(self) -> datetime | None:
        """When the next of what has the air begins, or began."""
        with self._lock:
            return self._timeline.next_start

    @property
    def waits(self) -> bool:
        """Whether an order stands whose time has not come, or that could not be taken yet."""
        return self._look_at is not None

    def told(self) -> Fields:
        """For the heartbeat: what an emergency finds ready, and whether this machine may sound it."""
        return self.sounds.told() | {"has_air": self._has_air(0.0)}

    def owns(self, slot_id: str) -> bool:
        return slot_id in self._mine

    def on_event(self, event: Started | Ended) -> None:
        self._events.append(event)

    def holds(self, slot_id: str) -> bool:
        """Whether an order is the lane's to sound or to end, and no row of it may be armed or closed as missed."""
        if slot_id in self._mine:
            return True
        one = self._ring.find(slot_id)
        if one is None or one.state in {"rows", "yielded"}:
            return False
        return one.state not in UNHEARD or one.cancel is not None or self._ready(one) is not None

    def obey(self, command: Command, now: datetime) -> bool:
        """Do what the timeline wants, where it is the lane's to do."""
        match command:
            case Cut(slot_id, reason):  # one that the engine does not know yet may be waiting for another try
                return self.in_hand.cuts.cut(self.engine, slot_id, reason)
            case Arm(slot_id, start) if mine := self._mine.get(slot_id):
                self._arm(mine, start, now)
            case Close(slot_id, outcome, reason) if mine := self._mine.get(slot_id):
                given = self._ring.find(slot_id)
                self._end(mine, taken_back(given) if given and given.cancel else Ending(outcome, reason), now)
            case _:
                return False
        return True

    # Looking

    def turn(self, now: datetime) -> None:
        """One look: the engine's reports on its own orders, new orders, stops."""
        with self._lock:
            while self._events:
                self._take_event(self._events.popleft(), now)
            for came in self.words.arrived():
                self._take_words(came)
            bell, mono = self._ring.bell(), self._clock.monotonic()
            due = self._look_at is not None and now >= self._look_at
            if bell == self._bell and not due and mono - self._looked < ANYWAY:
                return
            self._bell, self._look_at, self._looked = bell, None, mono
            unknown: list[Slot] = []
            placed = self._ring.placed()
            self._stands = bool(placed)
            self.words.note(placed)
            for one in placed:
                if one.order["kind"] == "stop":
                    self._stop(one, now)
                elif one.key not in self._mine and one.state in UNHEARD:
                    self._consider(one, now, unknown)
                elif one.cancel is not None and one.state in UNHEARD:
                    self.feed(StopAsked(one.key), now)
            self.unknown = tuple(unknown)

    def _consider(self, one: Placed, now: datetime, unknown: list[Slot]) -> None:
        """Take an order whose time has come; one that cannot be taken is looked at again."""
        slot = slot_of_fields(one.order)
        if one.cancel is not None:
            self._close(one, taken_back(one), {})
        elif slot.start > now:
            self._again(slot.start)
        elif slot.id in self._timeline.known:  # its row came first
            self._ring.answer(one.number, one.key, {"state": "rows"})
        elif now - slot.start > self._valid(slot):
            reason = "station_off" if slot.start < self._began else "too_late"
            self._close(one, Ending(AiringOutcome.MISSED, reason), {})
        elif not self._has_air(0.0):
            self._again(now + AGAIN)
        elif (kit := self._ready(one)) is None:
            if is_spoken(one.order):
                unknown.append(slot)
            self._again(now + AGAIN)
        else:
            self._take(one, slot, kit, now)

    def _ready(self, one: Placed) -> Kit | Lead | None:
        kit = self.words.kit(one)
        return kit or self.sounds.kit(slot_of_fields(one.order)) if is_spoken(one.order) else kit

    def _again(self, at: datetime) -> None:
        self._look_at = min(self._look_at or at, at)

    def _take(self, one: Placed, slot: Slot, kit: Kit | Lead, now: datetime) -> None:
        """Gate, then the timeline; the ring knows before anything sounds."""
        request, verdict = self._ask_gate(one, slot, kit, now)
        if not verdict.allowed:
            self._close(one, Ending(AiringOutcome.REFUSED, verdict.reason), {})
            return
        attempts = int(one.answer.get("attempts", 0))
        mine = Mine(one, slot, kit.programme(slot), request, kit.title, attempts)
        self._mine[slot.id] = mine
        self._tell(mine, "waiting")
        length = slot.length if is_spoken(one.order) else OPEN_END
        self.feed(Due(slot.id, slot.zone, now, length, slot.priority, patience=self._valid(slot)), now)

    def _ask_gate(self, one: Placed, slot: Slot, kit: Kit | Lead, now: datetime) -> tuple[GateRequest, Verdict]:
        """By what stands in memory. Whose right it is, is asked again of who may act as far as was last read."""
        right = ordered_by_right(self.sounds.person(ordering_person(one.order).id), slot)
        request = request_of(slot, kit.approved_sha256, by_right=right)
        if not right:
            return request, Verdict(allowed=False, reason="not_permitted")
        facts = GateFacts(clock_trusted=self._watch.trusted, on_air_here=self._has_air(0.0))
        return request, may_start(request, self.in_hand.rules, facts, max(slot.start, now))

    def _arm(self, mine: Mine, start: datetime, now: datetime) -> None:
        if self.is_stopping:  # the next life takes it
            return
        mine.attempts, mine.taken_at = mine.attempts + 1, now
        self._tell(mine, "taken")
        if (given := self._ring.find(mine.slot.id)) and given.cancel:  # it was written before ours
            self._end(mine, taken_back(given), now)
            return
        self.in_hand.give(mine.slot, mine.title, mine.request)
        try:
            self.in_hand.cuts.arm(self.engine, mine.programme, start)
        except Exception as error:  # its row may still be armed by the service
            log.exception("order %s could not be armed by the red lane", mine.slot.id)
            if not is_spoken(mine.placed.order):  # it has none
                self._end(mine, Ending(AiringOutcome.FAILED, reason_of(error)), now)
                return
            self._mine.pop(mine.slot.id)
            self._tell(mine, "rows")
            self.feed(Over(mine.slot.id), now)

    def _stop(self, one: Placed, now: datetime) -> None:
        """What sounds is cut, what has not begun ends: by its own name also an order that nobody has taken yet."""
        if one.state:
            return
        self._ring.answer(one.number, one.key, {"state": "ended"})
        if now - instant_of(one.order["at"]) > STOP_VALID:
            return
        slot_id = one.order["slot_id"]
        asked = stop_asked(stop_args(one.order))
        self.feed(asked, now)
        given = self._ring.find(slot_id) if slot_id else None
        if given is not None and given.key not in self._mine and given.state in UNHEARD:
            self._close(given, Ending(AiringOutcome.CANCELLED, asked.reason, note=asked.by), {})

    # What becomes of it

    def _take_event(self, event: Started | Ended, now: datetime) -> None:
        mine = self._mine.get(event.slot_id)
        if mine is None:
            return
        if isinstance(event, Started):
            mine.since = event.at
            self._tell(mine, "sounding")
            self.feed(Began(event.slot_id, event.at), now)
        elif event.cut == "pre_empted":  # a drill gave way to an emergency: its rows decide whether it goes on
            self._mine.pop(mine.slot.id)
            self._tell(mine, "yielded")
            self._yielded.append(event)
        else:
            self._end(mine, ending_of(event, mine.slot, stopping_as=self.in_hand.stopping_as), now)

    def _take_words(self, came: Arrived) -> None:
        """Words of the moment have been spoken, or cannot be: what sounds or waits goes on with them, or ends."""
        one, mine = self._ring.find(came.key), self._mine.get(came.key)
        if one is None or one.state == "ended" or is_spoken(one.order):
            return
        if came.kit is not None:
            slot = replace(slot_of_fields(one.order), audio_sha256=came.kit.approved_sha256, length=came.kit.length)
            if mine is None:
                self._ring.amend(one.number, spoken_order(one.order, slot))
            elif mine.take_words(came.kit, slot):
                if mine.taken_at is not None:  # before its blocks are asked for
                    self.in_hand.give(mine.slot, mine.title, mine.request)
                self._ring.amend(one.number, mine.placed.order)
        elif mine is None:
            self._close(one, Ending(AiringOutcome.FAILED, NOT_SPOKEN, note=came.fault), {})
        else:
            mine.fault = came.fault
            self.in_hand.cuts.cut(self.engine, came.key, NOT_SPOKEN)

    def _end(self, mine: Mine, ending: Ending, now: datetime) -> None:
        self._mine.pop(mine.slot.id, None)
        ending = without_words(mine.placed.order, ending, mine.fault)
        if by := self._timeline.who_stopped(mine.slot.id, ending.reason):
            ending = replace(ending, note=by)
        self._close(mine.placed, ending, mine.told)
        self.in_hand.release(mine.slot.id)
        log.info("order %s: %s %s, %d ms measured", mine.slot.id, ending.outcome, ending.reason, ending.played_ms)
        self.feed(Over(mine.slot.id), now)

    def _close(self, one: Placed, ending: Ending, told: Fields) -> None:
        self._ring.answer(one.number, one.key, told | {"state": "ended", "ending": ending_fields(ending)})

    def _tell(self, mine: Mine, state: str) -> None:
        self._ring.answer(mine.placed.number, mine.placed.key, mine.told | {"state": state})

    def _valid(self, slot: Slot) -> timedelta:
        return self.sounds.valid_for if slot.trigger is Trigger.EMERGENCY else self.in_hand.rules.late_tolerance

    def take_yielded(self) -> list[Ended]:
        """Reports of drills that an emergency has cut, whose rows are written by now."""
        with self._lock:
            taken = list(self._yielded)
            self._yielded.clear()
            return taken

    def settle(self, one: Placed, *, ended: bool) -> None:
        """The rows tell as much as the ring did (`ended`: its end too): a record that nobody needs makes room."""
        with self._lock:
            now_is = self._ring.find(one.key)
            if now_is is None or now_is.state != one.state:
                return
            if one.state == "yielded":
                self._ring.answer(one.number, one.key, {"state": "rows"})
            elif ended and one.key in self._mine:  # somebody closed its row while it was waiting or sounding
                self.feed(StopAsked(one.key), self._clock.now())
            elif ended:
                self._ring.finish(one.number, one.key)
                if self._blackbox and one.order["kind"] == "order" and one.state not in OPEN:
                    self._blackbox.clear(one.key)
