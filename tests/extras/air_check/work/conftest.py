"""A monitor on a stepped clock: an ear that hears what a test puts on the line, and airings as playout writes them."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from scheduler.core.air.output_share import worst
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import HOUSE_RATE, AiringOutcome
from scheduler.extras.air_check.keys import MonitorConfig
from scheduler.extras.air_check.rows import HeardRows
from scheduler.extras.air_check.work.ear import Piece
from scheduler.extras.air_check.work.service import AirMonitor
from scheduler.store import Ending
from tests.extras.air_check.work.sounds import babble

PIECE = 0.1


class Loopback:
    """An ear on a line that tests write on. `fault`: it hears nothing."""

    device = "loa.monitor"

    def __init__(self, clock):
        self.clock = clock
        self.fault = ""
        self.begun = clock.now()
        self.line = np.zeros(0, dtype=np.int16)
        self.taken = 0
        self.is_fresh = True

    def start(self):
        pass

    def stop(self):
        pass

    def sound(self, at, samples):
        """Let the line sound from `at` on."""
        first = round((at - self.begun).total_seconds() * HOUSE_RATE)
        if first + len(samples) > len(self.line):
            self.line = np.concatenate([self.line, np.zeros(first + len(samples) - len(self.line), dtype=np.int16)])
        self.line[first : first + len(samples)] = samples

    def skip(self, seconds):
        """Let time pass in which nothing comes."""
        self.clock.advance(seconds)
        self.taken += round(seconds * HOUSE_RATE)
        self.is_fresh = True

    def take(self):
        """Everything up to now, in pieces of a tenth of a second."""
        size = round(PIECE * HOUSE_RATE)
        until = round((self.clock.now() - self.begun).total_seconds() * HOUSE_RATE) // size * size
        found = []
        while self.taken < until:
            piece = self.line[self.taken : self.taken + size]
            piece = np.concatenate([piece, np.zeros(size - len(piece), dtype=np.int16)])
            self.taken += size
            found.append(Piece(self.begun + timedelta(seconds=self.taken / HOUSE_RATE), piece, self.is_fresh))
            self.is_fresh = False
        return [] if self.fault else found


class Line:
    """A station with a monitor, and short ways to what tests of it need."""

    def __init__(self, cast, clock):
        self.cast, self.clock, self.station = cast, clock, cast.station
        self.ear = Loopback(clock)
        self.rows = HeardRows(self.station.repos.store, self.station.repos.journal)
        self.sounding = []
        self.monitor = AirMonitor(self.station, self.ear)
        self.monitor.begin()

    def again(self):
        """The monitor has died and another one comes."""
        self.ear = Loopback(self.clock)
        self.monitor = AirMonitor(self.station, self.ear)
        self.monitor.begin()

    def clip(self, samples, title):
        repos = self.station.repos
        made = repos.library.add_master(samples)
        told = StoredClip(made.sha256, title, "upload", made.frames, self.clock.now(), self.cast.lan.id, lufs=made.lufs)
        repos.programme.add_clip(told)
        return repos.programme.clip(made.sha256)

    def slot(self, samples, title="Tiêm chủng"):
        """A slot that plays these samples, to begin now."""
        services, clip = self.station.services, self.clip(samples, title)
        announcement_id = services.announcements.record(self.cast.lan, title, clip.sha256)
        services.announcements.heard(self.cast.lan, announcement_id, clip.sha256)
        services.announcements.submit(self.cast.lan, announcement_id)
        services.announcements.approve(self.cast.minh, announcement_id, clip.sha256, heard=True)
        slot_id = services.air.play_now(self.cast.lan, announcement_id, chime=False)
        return self.station.repos.slots.facts(slot_id).slot

    def air(self, samples, *, heard=None, delay=0.4, title="Tiêm chủng", played=1.0, shares=None):
        """Air samples now, the line giving `heard` (None = the same) after `delay`; up to 10 s after its end.

        `shares`: from the instant it began, what each output sounded of it.
        """
        slot, slots = self.slot(samples, title), self.station.repos.slots
        began = self.clock.now()
        assert slots.claim(slot, began)
        self.ear.sound(began + timedelta(seconds=delay), samples if heard is None else heard)
        length = len(samples) / HOUSE_RATE * played
        self.sounding = [self.told(slot, began)]
        self.run(length)
        self.sounding = []
        ending = Ending(AiringOutcome.PLAYED, "", began, self.clock.now(), round(length * 1000), {"loa": "ok"})
        if shares:
            told = shares(began)
            found = worst(told)
            ending = replace(
                ending, outcome=AiringOutcome.PARTIAL, reason="output_failed", played_ms=found.played_ms, shares=told
            )
        slots.close(slot.id, ending, self.clock.now())
        self.run(10)
        return slot

    @staticmethod
    def told(slot, began, trigger="schedule", zone="all"):
        told = {"slot_id": slot.id, "title": "Tiêm chủng", "trigger": trigger, "zone": zone, "played_ms": 0}
        return told | {"started_at": began.isoformat(), "total_ms": 0}

    def run(self, seconds, *, playout=True):
        """Let time pass; playout says every second what sounds."""
        for turn in range(round(seconds * 4)):
            if playout and turn % 4 == 0:
                state = {"airings": self.sounding, "relay": []}
                self.station.repos.jobs.beat("playout", 1, self.clock.now(), state)
            self.clock.advance(0.25)
            self.monitor.step()

    def todos(self):
        return {one.key: one for one in self.station.repos.todos.open()}

    def journal(self):
        return self.station.repos.store.rows("SELECT * FROM journal WHERE kind = 'heard' ORDER BY seq")


@pytest.fixture
def config(config):
    return config.having(MonitorConfig(kind="soundcard", device="loa.monitor"))


@pytest.fixture
def line(cast, clock):
    return Line(cast, clock)


@pytest.fixture
def text():
    return babble(1, 24)
