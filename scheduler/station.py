"""The composition root: a configuration becomes a store, a library, a voice and a desk.

Every process and every command opens the station here, and so do the tests, with another clock and folder. Opening
brings the database to the newest schema; `prepare` makes what a station needs before its first minute.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from audio_assets.library import Library
from audio_assets.speech.engines import engines_of
from audio_assets.speech.voice import Voice
from scheduler.config.loading import Config
from scheduler.core.air.clock_trust import EARLIEST
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import DEFAULT_ZONE, Person
from scheduler.core.station.kept import Job
from scheduler.core.voice_engines import ONLINE
from scheduler.features import FEATURES, load
from scheduler.kernel.air_fence import AirFence, always, folder_of
from scheduler.kernel.causes import reason_of
from scheduler.kernel.clock import Clock, SteppedClock, SystemClock
from scheduler.kernel.durable import make_folder
from scheduler.kernel.errors import Refused
from scheduler.services import Repositories, Services, permit
from scheduler.services.air.output_tests import WORDS
from scheduler.services.fault_log import FaultLog
from scheduler.store import Audit, Jobs, Journal, Leases, People, Programme, Relays, SettingRows, Slots, Store, Todos
from scheduler.store.air.anchoring import Anchoring
from scheduler.store.air.journal_search import JournalSearch
from scheduler.store.red_lane.red_kept import RedKept
from scheduler.store.red_ring import RedRing
from scheduler.store.shut import ShutStore
from scheduler.worker import Worker

if TYPE_CHECKING:
    from scheduler.playout.blackbox import BlackBox
    from scheduler.playout.service import Playout

log = logging.getLogger(__name__)

QUICKEST = "espeak"
MOST_TYPED = 1500
"""Characters of a typed emergency: what can be spoken and aired within ten seconds on an office PC."""


@dataclass(frozen=True, slots=True)
class Station:
    """One station on one data folder."""

    written: Config
    """What config.toml says."""
    clock: Clock
    repos: Repositories
    services: Services

    @property
    def config(self) -> Config:
        """What holds now: config.toml, and what the page has set where the file says nothing."""
        return self.repos.settings.over(self.written)

    @classmethod
    def open(cls, config: Config, clock: Clock | None = None) -> "Station":
        """Open (and make, if need be) the station of `config`. Raises Refused disk_readonly."""
        _writable(config)
        store = Store(config.data / "loa.db")
        store.migrate()
        return cls._on(store, config, clock or SystemClock())

    @classmethod
    def without_rows(cls, config: Config, cause: BaseException, clock: Clock | None = None) -> "Station":
        """The station of `config` whose database could not be opened (`cause`): the red lane is served, no row is read
        or written, nothing is planned. Raises Refused disk_readonly.
        """
        _writable(config)
        return cls._on(ShutStore(config.data / "loa.db", cause), config, clock or SystemClock())

    @classmethod
    def _on(cls, store: Store, config: Config, clock: Clock) -> "Station":
        if config.shares_air:
            store.fence = AirFence(folder_of(config.data)).fence
        store.anchor = Anchoring(store, clock.now, config.station.time_zone)
        journal, red = Journal(store), RedRing.open(config.data)
        settings = _settings(store, config)
        settings.last_known = lambda: kept.settings if (kept := RedKept(config.data).read()) else {}
        parts = Repositories(
            written=config,
            clock=clock,
            store=store,
            people=People(store, timedelta(minutes=config.web.idle_minutes)),
            programme=Programme(store),
            relays=Relays(store),
            leases=Leases(store),
            slots=Slots(store, journal, {output.name: output.zones for output in config.outputs}),
            journal=journal,
            airings=JournalSearch(store),
            todos=Todos(store),
            jobs=Jobs(store, red),
            library=Library(config.data / "library"),
            settings=settings,
            audit=_audit(store, clock, config),
            red=red,
            faults=FaultLog.open(config.data),
        )
        return cls(config, clock, parts, Services.of(parts))

    def prepare(self) -> None:
        """The machine's own person, the signing key and the chimes, once; leftovers of a crash are swept.

        A machine without the air has all that from the one that has it.
        """
        if self.repos.store.is_fenced:
            return
        self.repos.library.sweep()
        self.services.proof.make_key()
        self.repos.people.machine(self.clock.now())
        self.services.chimes.prepare()

    def voice(self) -> Voice:
        """The chain of voices of this configuration."""
        speech = self.config.speech
        engines = engines_of(self.config)
        return Voice(engines, pause_ms=speech.sentence_pause_ms, speed=speech.speed, max_chars=4 * speech.max_chars)

    def playout(self) -> "Playout":
        """The service that makes noise, with alarms and engine, not started; a stepped clock gets stepped alarms."""
        from scheduler.playout.alarms import Alarms, SteppedAlarms, SystemAlarms
        from scheduler.playout.engine import Engine
        from scheduler.playout.outputs import outputs_of
        from scheduler.playout.service import Playout

        blackbox = _blackbox(self.config)
        has_air = AirFence(folder_of(self.written.data)).has_air if self.written.shares_air else always
        service = Playout(self.services, self.clock, EARLIEST, blackbox, has_air=has_air)
        zone_name = self.config.station.time_zone
        alarms: Alarms
        if isinstance(self.clock, SteppedClock):
            alarms = SteppedAlarms(zone_name, service.ring)
        else:
            alarms = SystemAlarms(zone_name, service.ring)
        service.alarms = alarms
        service.engine = service.lane.engine = Engine(
            self.clock,
            outputs_of(self.config),
            allow=service.allow,
            on_event=service.on_event,
            patience=self.config.rules.late_tolerance,
            blackbox=blackbox,
            has_air=has_air,
            delays=self.config.delays,
        )
        return service

    def worker(self) -> Worker:
        """The worker of the job table."""
        return Worker(self.services, self.voice)

    # What is spoken here, in whoever's process asks for it, by a voice that needs no network: neither the page nor the
    # worker need be alive. Emergencies with words of the moment are `station_words`'.

    def drill(self, actor: Person, announcement_id: int, *, zone: str = DEFAULT_ZONE) -> str:
        """Rehearse an emergency with an approved announcement, the drill's words around it (its slot's id)."""
        permit(actor, "drill")
        words = self._spoken(actor, "Diễn tập", self.config.emergency.drill_words)
        return self.services.emergency.drill(actor, announcement_id, words, zone=zone)

    def test_output(
        self, actor: Person, *, output: str = "", zone: str = DEFAULT_ZONE, quiet: bool = True, spoken: bool = False
    ) -> str:
        """Sound three seconds on one output or in one zone, as a tone or as words (its slot's id)."""
        permit(actor, "test_output")
        words = self._spoken(actor, "Thử loa", WORDS) if spoken else None
        return self.services.output_tests.test(actor, output=output, zone=zone, quiet=quiet, words=words)

    def make_correction(self, actor: Person, slot_id: str) -> int:
        """The correction of an emergency, spoken and ready to air; made once (its announcement's id)."""
        permit(actor, "break_in")
        text = self.services.emergency.correction_text(slot_id)
        if ready := self.services.emergency.correction_ready(slot_id):
            return ready
        clip = self.speak_now(actor, "Đính chính", text)
        with self.repos.store.write():  # two pages may have asked for it at the same time
            ready = self.services.emergency.correction_ready(slot_id)
            return ready or self.services.emergency.take_typed(actor, "Đính chính", text, clip, corrects=slot_id)

    def correct(self, actor: Person, slot_id: str, *, prove: Callable[[], None] = lambda: None) -> str:
        """Air the correction of an emergency at once, in its zone (its slot's id); the wrong one is stopped first.

        `prove` asks once more who it is, when the correction is ready to sound. Raises Refused nothing_to_correct where
        it could still be taken back: nobody has heard it.
        """
        permit(actor, "break_in")
        told = self.services.air.red.told(slot_id)
        wrong = told.slot if told else self.repos.slots.slot(slot_id)
        if wrong.start > self.clock.now() and self.services.emergency.take_back(actor, slot_id):
            raise Refused("nothing_to_correct")
        ready = self.make_correction(actor, slot_id)
        prove()
        if wrong.outcome is None and not (told and told.outcome):
            self.services.air.stop(actor, slot_id)
        return self.services.emergency.break_in(actor, ready, zone=wrong.zone)

    def speak_now(self, actor: Person, title: str, text: str, *, limit: int = MOST_TYPED) -> StoredClip:
        """The clip of an emergency's text of up to `limit` characters, in a voice that is in this machine."""
        self.repos.reserve.let_go()
        return self._spoken(actor, title, text, limit)

    def _spoken(self, actor: Person, title: str, text: str, limit: int = MOST_TYPED) -> StoredClip:
        """The clip of a text in a voice that is in this machine."""
        clip = self._speak(actor, title, text, limit, self.local_engines)
        self.services.recordings.take_clip(clip)
        return clip

    def said_now(self, actor: Person, title: str, text: str, *, engine: str = "") -> StoredClip:
        """The same without its row, for words that may have to wait for it. `engine`: by that one alone."""
        self.repos.reserve.let_go()
        return self._speak(actor, title, text, MOST_TYPED, (engine,) if engine else self.local_engines)

    @property
    def local_engines(self) -> tuple[str, ...]:
        """The voices that are in this machine, as they are tried."""
        return tuple(name for name in self.config.speech.engines if name not in ONLINE) or (QUICKEST,)

    def _speak(self, actor: Person, title: str, text: str, limit: int, engines: tuple[str, ...]) -> StoredClip:
        self.refuse_text(text, limit)
        local = replace(self.config, speech=replace(self.config.speech, engines=engines))
        worker = Worker(self.services, Station(local, self.clock, self.repos, self.services).voice)
        return worker.speech_clip(title, text, actor.id, shape=self.services.scripts.usual)[0]

    def refuse_text(self, text: str, limit: int) -> None:
        """Raise Refused where a text has nothing to say, or too much."""
        if not self.services.reading.is_speakable(text):
            raise Refused("text_not_speakable")
        if len(text) > limit:
            raise Refused("text_too_long", chars=len(text), limit=limit)

    def finish(self, job_id: int, *, alone: bool = False) -> Job:
        """See a job through to its end, beside a running worker or without one; `alone`: past those that wait."""
        worker = self.worker()
        while not (job := self.repos.jobs.get(job_id)).ended:
            if not worker.work_once(job_id if alone else None):
                self.clock.sleep_until(self.clock.monotonic() + 0.1)
        return job

    @property
    def database(self) -> Path:
        """The file of its rows."""
        return self.repos.store.path

    @property
    def only_reads(self) -> bool:
        """Whether the ward's rows may only be read here just now: another machine has the air."""
        return self.repos.store.is_fenced

    def end_reading(self) -> None:
        """Close the calling thread's connection: its long read has ended."""
        self.repos.store.close()

    def close(self) -> None:
        self.repos.store.close()
        self.repos.red.close()
        self.repos.faults.close()


def _settings(store: Store, config: Config) -> SettingRows:
    """What the page has set; or, of a box, what its ward has."""
    where = next((found for feature in FEATURES if (found := feature.settings(config))), "")
    rows: SettingRows = load(where)(store) if where else SettingRows(store)
    return rows


def _audit(store: Store, clock: Clock, config: Config) -> Audit:
    """The log that sees whatever this store keeps."""
    audit = Audit(store, clock.now, config.station.time_zone)
    store.witness = audit
    return audit


def _blackbox(config: Config) -> "BlackBox | None":
    """Where what is measured outlives a killed process; without it (a full disk) the rows of each second remain."""
    from scheduler.playout.blackbox import BlackBox

    try:
        return BlackBox.open(config.data / "measured.bin")
    except OSError:
        log.exception("no black box: what a killed playout had aired will be known to the second only")
        return None


def _writable(config: Config) -> None:
    try:
        make_folder(config.data, 0o700)
    except OSError as error:
        raise Refused(reason_of(error, "disk_readonly")) from error
    if not os.access(config.data, os.W_OK):
        raise Refused("disk_readonly")
