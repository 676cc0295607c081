"""A scenario from its beginning to its end: acts in the order of their instants, time in between, and what came of it.

It keeps what the station said of itself on the way (warnings, refusals at the desk); the slots, the airings and the
promises are read from the rows and from the witnesses when it is over.
"""

import heapq
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from scheduler.config.loading import Config
from scheduler.core.words.wording import sentence_of
from scheduler.extras.simulate.work.acts import Acts
from scheduler.extras.simulate.work.air import Air
from scheduler.extras.simulate.work.reading import Scenario
from scheduler.extras.simulate.work.silence import Heard, unwired
from scheduler.extras.simulate.work.stage import Stage, opened
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import Refused, StationBusyError
from scheduler.playout.outputs.null import Null
from scheduler.station import Station

__all__ = ["Note", "Outcome", "played", "warnings_noted"]

_LOG = "scheduler"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was said on the way: a warning of the log, or a no at the desk."""

    event: str
    """warning | refusal"""
    at: datetime
    """True time."""
    what: str
    reason: str
    text: str


_EDITS = frozenset({"edit", "delete", "stop", "pause", "resume", "withdraw"})
"""Acts that take airings out of a plan, or put others in."""


@dataclass(slots=True)
class Outcome:
    """A run that is over; `station` is open until `close`."""

    station: Station
    start: datetime
    end: datetime
    heard: list[Heard]
    notes: list[Note] = field(default_factory=list)
    is_on: bool = True
    """The station was running at the end."""
    since: datetime | None = None
    """What was planned before is not of this run (a station's own past)."""
    titles: dict[int, str] = field(default_factory=dict)
    is_edited: bool = False
    """People changed what is planned meanwhile: its rows do not say any more how close together the plan had it."""

    def close(self) -> None:
        self.station.close()


def played(scenario: Scenario, folder: Path) -> Outcome:
    """Simulate a scenario in an empty folder."""
    return _Run(scenario, folder).go()


class _Run:
    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self._scenario = scenario
        config = _placed(scenario.config, folder)
        self._clock = SteppedClock(scenario.start)
        self._station = opened(config, self._clock, config.data / "library")
        self._stage = Stage(scenario, self._station)
        self._air = Air(self._station, self._clock, scenario.start)
        self._acts = Acts(self._stage, self._air, self._later)
        self._notes: list[Note] = []
        self._due: list[tuple[datetime, int, str, Callable[[], None]]] = []
        self._number = count()

    def go(self) -> Outcome:
        scenario, air = self._scenario, self._air
        with warnings_noted(lambda: self._air.true_now, self._notes):
            for keys in scenario.campaigns:
                self._try(f"campaign {keys.title}", partial(self._stage.run_campaign, keys))
            for relay in scenario.relays:
                self._try(f"relay {relay.title}", partial(self._stage.run_relay, relay))
            for event in scenario.events:
                self._put(event.at, event.keys.kind, partial(self._acts.do, event))
            for one_off in scenario.one_offs:
                self._put(one_off.at, "one_off", partial(self._acts.press, one_off))
            if scenario.clock:
                self._clock.step_wall((scenario.clock - self._clock.now()).total_seconds())
            self._do_due(scenario.start)
            if air.has_power:
                air.start_playout()
            while self._due and self._due[0][0] <= scenario.end:
                at, what = self._due[0][0], self._due[0][2]
                air.live_until(at, is_event=bool(what))
                self._do_due(at)
            air.live_until(scenario.end, is_event=False)
            is_on = air.is_running
            air.stop_playout()
        return Outcome(
            self._station,
            scenario.start,
            scenario.end,
            air.heard,
            self._notes,
            is_on=is_on,
            titles=dict(self._stage.titles),
            is_edited=any(event.keys.kind in _EDITS for event in scenario.events),
        )

    # Acts in their order

    def _put(self, at: datetime, what: str, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (at, next(self._number), what, act))

    def _later(self, after: timedelta, act: Callable[[], None]) -> None:
        self._put(self._air.true_now + after, "later", act)

    def _do_due(self, until: datetime) -> None:
        while self._due and self._due[0][0] <= until:
            _, _, what, act = heapq.heappop(self._due)
            self._try(what, act)
            if what:
                self._air.live_finely()

    def _try(self, what: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Refused as refusal:
            self._refused(what, refusal.reason, sentence_of(refusal))
        except StationBusyError:
            self._refused(
                what, "station_busy", "Một bộ phát khác đang giữ thư mục dữ liệu; bộ phát thứ hai không chạy."
            )

    def _refused(self, what: str, reason: str, text: str) -> None:
        self._notes.append(Note("refusal", self._air.true_now, what, reason, text))


def _placed(config: Config, folder: Path) -> Config:
    return unwired(replace(config, folder=folder.resolve(), station=replace(config.station, data="data")))


class _Noting(logging.Handler):
    def __init__(self, now: Callable[[], datetime], notes: list[Note]) -> None:
        super().__init__(logging.WARNING)
        self._now, self._notes = now, notes

    def emit(self, record: logging.LogRecord) -> None:
        about, text = record.name.rpartition(".")[2], record.getMessage()
        if Null.device not in text:  # that ours discard is what they are for
            self._notes.append(Note("warning", self._now(), about, "", text))


@contextmanager
def warnings_noted(now: Callable[[], datetime], notes: list[Note]) -> Iterator[None]:
    """What the station's log warns of becomes notes, and is not printed."""
    handler, log = _Noting(now, notes), logging.getLogger(_LOG)
    was = log.propagate
    log.addHandler(handler)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.propagate = was
