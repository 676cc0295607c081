"""What people and the timeline want done, each for itself: what cannot be done now is tried again or given up.

A slot that cannot be armed (no descriptor, no memory, a disk that fails, a bug) is tried again for as long as it may
come late, an order of a person three times; then it ends as failed, and its reason says what failed. A stop never waits
behind it. Which command comes is the timeline's; how a slot ends is `ActiveAirings`'s.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduler.core.air.timeline import Arm, Close, Command, Cut, Event, Finish, Interrupted, Timeline, stop_asked
from scheduler.core.model import AiringOutcome, Slot, Trigger
from scheduler.kernel.causes import INTERNAL
from scheduler.playout.active_airings import ActiveAirings
from scheduler.playout.engine import Engine
from scheduler.playout.turn_guard import TurnGuard
from scheduler.store import Ending, Jobs

__all__ = ["CardLook", "Obeying"]

AGAIN = 1.0
"""Seconds between two tries to arm a slot."""
MOST_TRIES = 3
"""Of an order for now: who pressed it stands there. After that it has failed, and may be given again."""
MOST_REPEATS = 20
"""Of any other command that raises: it is a fault of the program, and others wait."""
_PATIENT = frozenset({Trigger.SCHEDULE, Trigger.MAKE_GOOD, Trigger.RELAY, Trigger.EMERGENCY})


@dataclass(slots=True)
class _Late:
    start: datetime
    tries: int
    again_at: float
    reason: str
    """Why it could not be armed."""


@dataclass(slots=True)
class CardLook:
    """Whether a sound card is to be looked for at once, as a person asks, and what the last such look has found."""

    is_asked: bool = False
    last: dict[str, Any] | None = None
    """The look that was asked for last: at (ISO), what."""

    def tell(self, at: datetime, what: str) -> None:
        """`what`: found, none, busy (something sounds or is near), fixed (no output chooses by itself)."""
        self.is_asked, self.last = False, {"at": at.isoformat(), "what": what}


class Obeying:
    """Used by the service's thread alone. `in_hand` and `engine` are given before the first command."""

    def __init__(self, timeline: Timeline, guard: TurnGuard, patience: Callable[[Slot], timedelta]) -> None:
        """`patience`: how long after its start a slot may still begin."""
        self._timeline = timeline
        self._clock = guard.clock
        self._guard = guard
        self._patience = patience
        self.todo: deque[Command] = deque()
        """What the timeline wants done; the red lane's thread adds to it."""
        self._again: list[tuple[Command, int]] = []
        self._late: dict[str, _Late] = {}
        self._obeyed_already: set[int] = set()
        """Commands whose rows do not say so yet."""
        self.in_hand: ActiveAirings
        self.engine: Engine
        self.feed: Callable[[Event, datetime], None]
        """Tells the timeline what has happened; what it wants done is done by `work`."""
        self.card = CardLook()
        self.is_stopping = False
        """Nothing is armed any more."""

    @property
    def pending(self) -> frozenset[str]:
        """Slots that something is still to be done with."""
        commands = (*self.todo, *(command for command, _ in self._again))
        return frozenset(self._late) | {command.slot_id for command in commands}

    def take(self, jobs: Jobs, now: datetime) -> None:
        """What people have ordered. A command is obeyed once it can be read: a disk that does not take its row holds up
        no stop.
        """
        commands = jobs.commands()
        for command in commands:
            if command.id in self._obeyed_already:
                continue
            self._obeyed_already.add(command.id)
            if command.kind == "stop":
                self.feed(stop_asked(command.args), now)
            elif command.kind == "reopen" and command.args.get("card"):
                self.card.is_asked = True
            elif command.kind == "reopen":
                self.engine.reopen(str(command.args.get("output", "")))
        if commands:
            jobs.taken([one.id for one in commands], now)
            self._obeyed_already.clear()

    def work(self, now: datetime) -> None:
        """Obey all that is to be done, in order; a slot's own commands never overtake one another."""
        again, self._again = self._again, []
        for command, tries in again:
            self._obeyed(command, now, tries)
        while self.todo:
            self._obeyed(self.todo.popleft(), now)
        mono = self._clock.monotonic()
        for slot_id, late in list(self._late.items()):
            if mono >= late.again_at and slot_id in self._late:
                self._arm(slot_id, late.start, now, late.tries)

    def _obeyed(self, command: Command, now: datetime, tries: int = 0) -> None:
        with self._guard.part("command") as tried:
            self._obey(command, now)
        if tried.reason and tries < MOST_REPEATS:
            self._again.append((command, tries + 1))

    def _obey(self, command: Command, now: datetime) -> None:
        match command:
            case Arm(slot_id, start):
                self._arm(slot_id, start, now)
            case Cut(slot_id, reason) if slot_id in self._late:
                self._cut_unarmed(slot_id, reason, now)
            case Cut(slot_id, reason):
                self.engine.cut(slot_id, reason)
            case Finish(slot_id) if slot_id in self._late:
                self._cut_unarmed(slot_id, "stopped_by", now)
            case Finish(slot_id):
                self.in_hand.incoming.finish(slot_id)
            case Close(slot_id, outcome, reason):
                self.in_hand.end(self.in_hand.slot_of(slot_id), Ending(outcome, reason), now)

    def _arm(self, slot_id: str, start: datetime, now: datetime, tries: int = 0) -> None:
        late = self._late.pop(slot_id, None)
        if self.is_stopping:
            return
        if late and now - (slot := self.in_hand.slot_of(slot_id)).start > self._patience(slot):
            self.in_hand.end(slot, Ending(AiringOutcome.FAILED, late.reason), now)
            return
        with self._guard.part("arm") as tried:
            self.in_hand.arm(slot_id, start, now, self.engine)
        if not (reason := tried.reason):
            return
        self.engine.cut(slot_id, reason)  # where it had come so far
        with self._guard.part("sources"):
            self.in_hand.let_go(slot_id)
        slot = self.in_hand.slot_of(slot_id)
        if self._gives_up(slot, tries + 1, reason, now):
            self.in_hand.end(slot, Ending(AiringOutcome.FAILED, reason), now)
            return
        again_at = self._clock.monotonic() + AGAIN
        self._late[slot_id] = _Late(late.start if late else start, tries + 1, again_at, reason)

    def _gives_up(self, slot: Slot, tries: int, reason: str, now: datetime) -> bool:
        if now - slot.start > self._patience(slot):
            return True
        if slot.trigger is Trigger.EMERGENCY:
            return False
        return tries >= MOST_TRIES and (reason == INTERNAL or slot.trigger not in _PATIENT)

    def _cut_unarmed(self, slot_id: str, reason: str, now: datetime) -> None:
        """It never came to sound: what goes first may have the air, or a person has stopped it."""
        slot = self.in_hand.slot_of(slot_id)
        del self._late[slot_id]
        self.in_hand.cuts.forget(slot_id)
        if reason != "pre_empted":
            self.in_hand.end(slot, Ending(AiringOutcome.CANCELLED, reason), now)
        elif slot.trigger is Trigger.LIVE:
            self.in_hand.end(slot, Ending(AiringOutcome.PRE_EMPTED, reason), now)
        else:
            self.feed(Interrupted(slot_id, now, slot.length), now)
