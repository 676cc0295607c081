"""The air monitor at work: listen, watch for silence and stray sound, judge every airing that is over, say how it is.

Its findings are rows: `heard`, a journal row each, and what is to be done while an alarm stands (việc cần làm). A fault
of its own (no sound server, a full disk) is a sentence in its heartbeat and a later try. Playout never waits for it and
does not know of it.
"""

import logging
import os
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from scheduler.core.air.heard_back import SpellKind
from scheduler.core.model import HOUSE_RATE
from scheduler.extras.air_check.keys import MonitorConfig
from scheduler.extras.air_check.rows import HeardRows, ToJudge
from scheduler.extras.air_check.rules.air_watch import REASONS, Air, Spell, Watch, WatchRules, judge
from scheduler.extras.air_check.work.bands import FLOOR_DB, Strengths
from scheduler.extras.air_check.work.ear import Ear
from scheduler.extras.air_check.work.expected import Expectation, Expected, hears
from scheduler.extras.air_check.work.judging import EARLY, Line, level, measured
from scheduler.extras.air_check.work.memory import Memory
from scheduler.extras.air_check.work.raised import Raised
from scheduler.extras.air_check.work.sent import PAD, in_earshot, sent_of
from scheduler.kernel.errors import LoaError
from scheduler.station import Station

__all__ = ["AirMonitor", "run"]

log = logging.getLogger(__name__)

TURN = 0.25
FAULT_WAIT = 3.0
BEAT_EVERY = 2.0
LOOK_EVERY = timedelta(seconds=1)
JUDGE_EVERY = 2.0
DEAF_AFTER = 60.0
"""Seconds without a sample after which somebody must know."""
LOOK_BACK = timedelta(hours=24)
"""Airings that ended while no monitor ran are said to be unknown, so far back."""
WAIT_MOST = timedelta(seconds=30)
"""How long after its end an airing is judged with what there is, when nothing comes from the ear."""
QUIET_LEVELS = 600
"""Seconds of quiet line from which its own noise is told."""


class AirMonitor:
    """`step` does what is due; `run` goes on until told to stop."""

    def __init__(self, station: Station, ear: Ear) -> None:
        config = station.config.get(MonitorConfig)
        self._station = station
        self._ear = ear
        self._clock = station.clock
        self._config = config
        self._rows = HeardRows(station.repos.store, station.repos.journal)
        self._raised = Raised(station, self._rows)
        self._memory = Memory(HOUSE_RATE)
        self._line = Line(config.delay_ms / 1000, config.search_ms / 1000, config.threshold)
        self._expectation = Expectation(config.zones, self._line.delay + self._line.search)
        rules = WatchRules(config.silence_db, config.silence_seconds, config.stray_db, config.stray_seconds)
        self._watch = Watch(rules)
        self._spell: int | None = None
        """The row of the spell that goes on."""
        self._since = self._looked_at = self._clock.now()
        self._fresh: list[Strengths] = []
        self._quiet: list[float] = []
        self._level: float | None = None
        self._heard_at = self._clock.monotonic()
        self._beat_at = self._judge_at = float("-inf")

    def run(self, stop: threading.Event) -> None:
        """Turn until `stop`. A full disk or a locked database is waited for."""
        self._ear.start()
        began = False
        try:
            while not stop.is_set():
                try:
                    if not began:
                        self.begin()
                        began = True
                    self.step()
                    stop.wait(TURN)
                except (LoaError, OSError, sqlite3.OperationalError) as error:
                    log.error("the monitor waits: %s", error)  # noqa: TRY400 - a full disk says the same again and again
                    stop.wait(FAULT_WAIT)
        finally:
            self._ear.stop()

    def begin(self) -> None:
        """Close what a monitor before this one left open, and see how far back airings are to be judged."""
        now = self._clock.now()
        beat = self._station.repos.jobs.heartbeat("monitor")
        self._raised.close_left_open(beat.at if beat else now, now)
        last = max((at for at in (self._rows.newest(), beat.at if beat else None) if at), default=now)
        self._since = max(min(last, now), now - LOOK_BACK)

    def step(self) -> None:
        """What is due now."""
        self._listen()
        now = self._clock.now()
        if not timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            self._look(now)
        mono = self._clock.monotonic()
        if mono - self._judge_at >= JUDGE_EVERY:
            self._judge_at = mono
            self._judge(now)
        if mono - self._beat_at >= BEAT_EVERY:
            self._beat_at = mono
            self._raised.forget_old(now)
            self._beat(now)

    # Listening

    def _listen(self) -> None:
        for piece in self._ear.take():
            self._fresh.append(self._memory.add(piece.arrived, piece.samples, fresh=piece.fresh))
            self._heard_at = self._clock.monotonic()

    def _look(self, now: datetime) -> None:
        """One second of the line against what should sound."""
        self._looked_at = now
        fresh, self._fresh = self._fresh, []
        self._level = level(np.concatenate(fresh)) if fresh else None
        expected = self._expectation.look(self._station.repos.jobs.heartbeat("playout"), now)
        if self._level is not None and expected.air is Air.NOTHING:
            self._quiet = [*self._quiet[1 - QUIET_LEVELS :], self._level]
        for spell in self._watch.look(now, self._level, expected.air):
            self._tell(spell, expected, now)
        is_deaf = self._clock.monotonic() - self._heard_at > DEAF_AFTER
        self._raised.deaf((self._ear.fault or "air_monitor_no_sound") if is_deaf else "", now)

    def _tell(self, spell: Spell, expected: Expected, now: datetime) -> None:
        """A spell that began becomes a row and an alarm, one that ended its journal row."""
        if spell.ended is None:
            slot_id = expected.slot_id if spell.kind is SpellKind.SILENCE else None
            log.warning("%s since %s, %.0f dBFS", spell.kind, spell.began.isoformat(), spell.level_dbfs)
            self._spell = self._rows.begin(spell, slot_id, self._day(spell.began), self._ear.device)
            self._raised.spell(spell, slot_id, expected.title, now)
        elif self._spell is not None:
            log.warning("%s is over after %s", spell.kind, spell.ended - spell.began)
            self._rows.end(self._spell, spell.ended, spell.level_dbfs, now)
            self._spell = None
            self._raised.spell_over(spell, now)

    def _day(self, instant: datetime) -> str:
        return self._station.config.station.day_of(instant).isoformat()

    # Judging

    def _judge(self, now: datetime) -> None:
        """Every airing that is over and whose return has come, or will not come any more."""
        until = self._memory.until or datetime.min.replace(tzinfo=UTC)
        self._since = max(self._since, now - LOOK_BACK)
        tail = timedelta(seconds=self._line.delay + self._line.search + EARLY + 2 * PAD)
        for one in self._rows.to_judge(self._since, now + LOOK_EVERY):
            zones = self._config.zones
            if not hears(one.zone, zones) or not any(in_earshot(attempt, zones) for attempt in one.attempts):
                continue
            if until >= one.ended_at + tail or now >= one.ended_at + tail + WAIT_MOST:
                self._judge_one(one, now)

    def _judge_one(self, one: ToJudge, now: datetime) -> None:
        found = measured(sent_of(self._station.services, one, self._config.zones), self._line, self._memory.between)
        verdict = judge(found, self._config.silence_db)
        if self._rows.judged(one, verdict, found, self._ear.device, now):
            log.info("slot %s: %s (%s)", one.slot_id, verdict, found)
            self._raised.verdict(one, verdict, REASONS[verdict], now)

    # Telling

    def _beat(self, now: datetime) -> None:
        quiet = np.array(self._quiet)
        state: dict[str, Any] = {
            "listening": not self._ear.fault and self._level is not None,
            "reason": self._ear.fault,
            "device": self._ear.device,
            "level_dbfs": None if self._level is None else round(max(self._level, FLOOR_DB), 1),
            "quiet_dbfs": round(float(np.median(quiet)), 1) if len(quiet) else None,
            "quiet_most_dbfs": round(float(quiet.max()), 1) if len(quiet) else None,
        }
        self._station.repos.jobs.beat("monitor", os.getpid(), now, state)


def run(station: Station, stop: threading.Event) -> None:
    """The process, until `stop`."""
    from scheduler.extras.air_check.work.ear import SoundcardEar
    from scheduler.worker import be_nice

    be_nice()
    AirMonitor(station, SoundcardEar(station.config.get(MonitorConfig).device, station.clock)).run(stop)
