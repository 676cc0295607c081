"""A simulated day of a real station that is killed again and again, and comes back each time.

Every life is a process with a store, a library, a service and an engine of its own on a stepped clock; it dies
of SIGKILL at a random real moment, or inside a random call of a random turn: between airing key and sound, in a
transaction, in the middle of a block. What it was given to sound is in files (`heard`), and `truth` reads them. Days,
orders and mishaps are told by a true clock; the one on the wall may show another hour (`mishaps`).
"""

import gc
import logging
import mmap
import os
import pkgutil
import signal
import struct
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler.config.loading import Config
from scheduler.core.stops import WhyEnded
from scheduler.kernel.clock import SteppedClock
from scheduler.playout.service import Playout
from scheduler.station import Station
from tests.faults.day import MOST_IDLE, Order, obey, turn, with_ears
from tests.faults.happened import Telling
from tests.faults.mishaps import DAWN, OVER, Mishap
from tests.faults.trouble import MOST_IDLE as MOST_IDLE_IN_TROUBLE
from tests.faults.trouble import DayClock, EscapedError, Trouble, hurry, put_right
from tests.faults.truth import broken_promises
from tests.lives import lived

_STATE = struct.Struct("<dqq")
"""True instant, turns of this life, orders given."""
ENDED = 77
"""The exit code of a life that ended for an exception, after it had told so."""
START_AGAIN = 3.0
"""Seconds until a supervisor starts a playout again that could not start."""


@dataclass(frozen=True)
class Death:
    """When a life ends: in the `call`-th call after turn `turn` has begun, or `after` real seconds; or never."""

    turn: int = -1
    call: int = 0
    after: float = -1.0


def die(call: int) -> None:
    """SIGKILL to this process at the `call`-th call or return from now, whoever is running then."""
    left = [call]

    def count(frame: object, event: str, arg: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)


@dataclass
class Day:
    """One day in a folder of its own, lived in as many lives as it takes."""

    config: Config
    orders: tuple[Order, ...] = ()
    until: datetime = OVER
    without: tuple[str, ...] = ()
    """Functions that do nothing in its lives, as `module.name`: what a test takes away from the station."""
    mishaps: tuple[Mishap, ...] = ()
    memory: mmap.mmap = field(init=False)
    lives: int = 0

    def __post_init__(self) -> None:
        place = self.config.folder / "state.bin"
        if not place.exists():
            place.write_bytes(_STATE.pack(DAWN.timestamp(), 0, 0))
        with place.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), _STATE.size)

    @property
    def now(self) -> datetime:
        """The true instant of the last life's last word."""
        return datetime.fromtimestamp(_STATE.unpack_from(self.memory)[0], UTC)

    def _remember(self, true: datetime, turns: int, orders: int) -> None:
        # In one piece: `pack_into` fills with zeros first, and a life killed between woke up in 1970.
        self.memory[: _STATE.size] = _STATE.pack(true.timestamp(), turns, orders)

    @property
    def _given(self) -> int:
        return int(_STATE.unpack_from(self.memory)[2])

    def pass_time(self, seconds: float) -> None:
        """The station is off; people at the page go on giving orders."""
        telling = Telling(self.config.folder)
        telling.tell(self.now, "died")
        back = self.now + timedelta(seconds=seconds)
        while self._given < len(self.orders) and (order := self.orders[self._given]).at < back:
            clock = DayClock(max(order.at, self.now), self.mishaps)
            station = Station.open(self.config, clock)
            _obeyed(station, order, clock, telling)
            station.close()
            self._remember(self.now, 0, self._given + 1)
        self._remember(back, 0, self._given)
        telling.close()

    def live(self, death: Death) -> bool:
        """One life from now on. Whether it ended by itself, at the end of the day; a fault of its own is raised."""
        self.lives += 1
        told = self.config.folder / "died.txt"
        given = self.config, self.orders, self.until, self.without, self.mishaps
        code = lived(_one_life, given, death, told, killed_after=death.after)
        if told.exists():
            raise AssertionError(told.read_text())
        assert code in {0, -signal.SIGKILL, ENDED}, code
        if code == 0:
            for one in self.mishaps:
                put_right(self.config.data, one.what)
        return code == 0

    def run(self, death: Death) -> None:
        """What a life does, in its own process."""
        telling = Telling(self.config.folder)
        telling.tell(self.now, "lived")
        clock = DayClock(self.now, self.mishaps)
        trouble = Trouble(self.mishaps, clock, self.config.data, telling)
        with_ears(clock)
        if death.turn == 0:
            die(death.call)
        station = self._opened(clock, trouble)
        self._remember(clock.true(), 0, self._given)
        service = trouble.service = station.playout()
        trouble.look()
        service.start()
        try:
            self._turn(service, station, clock, trouble, telling, death)
        except EscapedError:
            service.stop(WhyEnded.DIED)  # as its process does
            station.close()
            os._exit(ENDED)
        sys.setprofile(None)
        service.stop()
        station.close()
        telling.close()

    def _turn(
        self, service: Playout, station: Station, clock: DayClock, trouble: Trouble, telling: Telling, death: Death
    ) -> None:
        turns = 0

        def remember() -> None:
            self._remember(clock.true(), turns, self._given)

        while clock.true() < self.until:
            turns += 1
            remember()
            if turns == death.turn:
                die(death.call)
            trouble.look()
            ahead = min((self.until - clock.true()).total_seconds(), trouble.seconds_left)
            if self._given < len(self.orders):
                order = self.orders[self._given]
                if clock.true() >= order.at:
                    self._remember(clock.true(), turns, self._given + 1)
                    _obeyed(station, order, clock, telling)
                    trouble.step()
                    continue
                ahead = min(ahead, (order.at - clock.true()).total_seconds())
            most_idle = MOST_IDLE_IN_TROUBLE if trouble.is_on else MOST_IDLE
            until, step, sound = clock.now() + timedelta(seconds=ahead), trouble.step, trouble.sound
            turn(service, clock, until, remember, most_idle=most_idle, step=step, sound=sound)

    def _opened(self, clock: DayClock, trouble: Trouble) -> Station:
        """Start as a supervisor does it: where the machine lets nothing start, again and again."""
        while True:
            trouble.look()
            try:
                trouble.station = Station.open(self.config, clock)
            except Exception:
                if not trouble.is_on:
                    raise
                clock.advance(START_AGAIN)
                continue
            trouble.look()
            return trouble.station


def _obeyed(station: Station, order: Order, clock: DayClock, telling: Telling) -> None:
    """What a person ordered, and whether it was acknowledged."""
    slot_id = obey(station, order)
    if slot_id:
        telling.tell(clock.true(), "given", slot_id, clock.now())
    elif order.act == "stop":
        telling.tell(clock.true(), "stop", "", clock.now())
    elif order.act.endswith("is right") and station.services.clock.state().trusted:
        telling.tell(clock.true(), "confirmed", "", clock.now())


def _one_life(given: tuple[Any, ...], death: Death, told: Path) -> None:
    """Never returns: whatever happens, this process ends here."""
    with suppress(BaseException):
        try:
            day = Day(*given)
            if day.mishaps:
                hurry()
            if os.environ.get("LOA_DAYS_SILENT"):
                logging.disable(logging.CRITICAL)
            for name in day.without:
                place, _, last = name.rpartition(".")
                setattr(pkgutil.resolve_name(place), last, lambda *_, **__: None)
            gc.freeze()
            day.run(death)
        except BaseException:  # noqa: BLE001 - the day's own process hears of it
            told.write_text(traceback.format_exc())
    os._exit(0)


def broken_after(day: Day) -> list[str]:
    """What is broken of a day that is over."""
    station = Station.open(day.config, SteppedClock(OVER))
    try:
        return broken_promises(station)
    finally:
        station.close()
