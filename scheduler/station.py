"""The composition root: a configuration becomes a store, a library, a voice and a desk.

Every process and every command opens the station here, and so do the tests, with another clock and folder. Opening
brings the database to the newest schema; `prepare` makes what a station needs before its first minute.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from audio_assets.library import Library
from audio_assets.speech.engines import engines_of
from audio_assets.speech.voice import Voice
from scheduler.clock import Clock, SteppedClock, SystemClock
from scheduler.config import Config
from scheduler.desk import Desk, Parts
from scheduler.errors import Refused
from scheduler.store import Job, Jobs, Journal, People, Programme, Slots, Store, StoredClip
from scheduler.studio import Studio

if TYPE_CHECKING:
    from scheduler.playout.service import Playout

CHIMES = ("open", "close")
EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)
"""Older than any installation: a machine whose clock stands before it has lost its time."""


@dataclass(frozen=True, slots=True)
class Station:
    """One station on one data folder."""

    config: Config
    clock: Clock
    parts: Parts
    desk: Desk

    @classmethod
    def open(cls, config: Config, clock: Clock | None = None) -> "Station":
        """Open (and make, if need be) the station of `config`. Raises Refused disk_readonly."""
        clock = clock or SystemClock()
        _writable(config)
        store = Store(config.data / "loa.db")
        store.migrate()
        journal = Journal(store)
        parts = Parts(
            config=config,
            clock=clock,
            store=store,
            people=People(store),
            programme=Programme(store),
            slots=Slots(store, journal),
            journal=journal,
            jobs=Jobs(store),
            library=Library(config.data / "library"),
        )
        return cls(config, clock, parts, Desk.of(parts))

    def prepare(self) -> None:
        """The machine's own person and the chimes, once; leftovers of a crash are swept."""
        self.parts.library.sweep()
        person = self.parts.people.machine(self.clock.now())
        for kind in CHIMES:
            if self.parts.store.value("SELECT 1 FROM clip WHERE origin = 'bundled' AND title = ?", (kind,)):
                continue
            from audio_assets.chime import chime  # numpy, once: an idle page and studio do without

            clip = self.parts.library.add_master(chime(kind))
            self.parts.programme.add_clip(
                StoredClip(
                    sha256=clip.sha256,
                    title=kind,
                    origin="bundled",
                    frames=clip.frames,
                    created_at=self.clock.now(),
                    created_by=person.id,
                    lufs=clip.lufs,
                    true_peak_dbtp=clip.true_peak_dbtp,
                )
            )

    def voice(self) -> Voice:
        """The chain of voices of this configuration."""
        speech = self.config.speech
        engines = engines_of(speech, self.config.folder)
        return Voice(engines, pause_ms=speech.sentence_pause_ms, speed=speech.speed, max_chars=4 * speech.max_chars)

    def playout(self) -> "Playout":
        """The service that makes noise, with alarms and engine, not started; a stepped clock gets stepped alarms."""
        from scheduler.playout.alarms import Alarms, SteppedAlarms, SystemAlarms
        from scheduler.playout.engine import Engine
        from scheduler.playout.outputs import outputs_of
        from scheduler.playout.service import Playout

        service = Playout(self.desk, self.clock, EARLIEST)
        zone_name = self.config.station.time_zone
        alarms: Alarms
        if isinstance(self.clock, SteppedClock):
            alarms = SteppedAlarms(zone_name, service.ring)
        else:
            alarms = SystemAlarms(zone_name, service.ring)
        service.alarms = alarms
        service.engine = Engine(
            self.clock,
            outputs_of(self.config),
            allow=service.allow,
            on_event=service.on_event,
            patience=self.config.rules.late_tolerance,
        )
        return service

    def studio(self) -> Studio:
        """The worker of the job table."""
        return Studio(self.desk, self.voice)

    def finish(self, job_id: int) -> Job:
        """See a job through to its end, beside a running studio or without one."""
        studio = self.studio()
        while not (job := self.parts.jobs.get(job_id)).ended:
            if not studio.work_once():
                self.clock.sleep_until(self.clock.monotonic() + 0.1)
        return job

    def close(self) -> None:
        self.parts.store.close()


def _writable(config: Config) -> None:
    try:
        config.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused("disk_readonly") from error
    if not os.access(config.data, os.W_OK):
        raise Refused("disk_readonly")
