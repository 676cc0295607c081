"""Two machines of one ward as they really run: two `loa run` on WAV files, a broker between them, and lines to cut.

What is heard is looked at from outside: which machine's recordings grew when. The rows are read from each machine's
own database. Everything listens on the loopback and is ended by its own process number.
"""

import os
import shutil
import signal
import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field

from scheduler.config import loading as configuration
from scheduler.extras.failover.service import FailoverService
from scheduler.kernel.clock import since_boot
from scheduler.station import Station
from tests.conftest import noon_zone
from tests.extras.town.broker.wire import Line
from tests.ports import free_port
from tests.station.conftest import Running, alive
from tests.waiting import until

NAMES = ("may-1", "may-2")
KEY = "ab" * 32
LONGEST_LOOK = 0.5
"""Seconds; no machine follows the other sooner."""
CONFIG = """
[station]
time_zone = "{zone}"
[web]
port = {web}
[quiet_hours]
windows = []
[planning]
min_gap_minutes = 0.0
[speech]
engines = ["espeak"]
[pair]
url = "{url}"
machine = "{me}"
peer = "{peer}"
peer_url = "{peer_url}"
host = "127.0.0.1"
port = {port}
[[output]]
kind = "wavfile"
counts = true
"""


@dataclass
class Machine:
    name: str
    path: object
    broker: Line
    to_peer: Line
    running: Running | None = None
    config: object = field(init=False)
    heard: list = field(default_factory=list)
    """Instants (since boot) at which its recordings had grown, as far as anybody looked."""
    _bytes: int = 0

    def __post_init__(self):
        self.config = configuration.load(self.path)

    @property
    def data(self):
        return self.config.data

    def start(self):
        self.running = Running(self.path)
        return self

    def station(self):
        return closing(Station.open(self.config))

    def everybody(self):
        return [self.running.process.pid, *self.running.children().values()]

    def signal(self, number, names=()):
        children = self.running.children()
        for pid in [children[name] for name in names] if names else self.everybody():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self):
        """The power cut of one machine."""
        pids = self.everybody()
        os.kill(pids[0], signal.SIGKILL)
        for pid in (*pids, *self.running.children().values()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.running.process.wait()
        until(lambda: not any(map(alive, pids)), "the end of every process")

    def look(self, now):
        size = 0
        for path in (self.data / "wav").rglob("*.wav"):
            with suppress(OSError):
                size += path.stat().st_size
        if size > self._bytes + 200:
            self.heard.append(now)
        self._bytes = max(size, self._bytes)

    def told(self):
        """What its pair process last said."""
        with self.station() as station:
            return station.services.get(FailoverService).state()

    def has_air(self):
        with self.station() as station:
            return station.services.get(FailoverService).has_air()

    def rows(self, sql, values=()):
        with self.station() as station:
            return station.repos.store.rows(sql, values)


class Two:
    """Both machines, their broker, and an ear at each."""

    def __init__(self, folder, server):
        self.server = server
        self._lines = []
        ports = {name: (free_port(), free_port()) for name in NAMES}
        zone = noon_zone()
        self.machines = {}
        for name in NAMES:
            peer = next(one for one in NAMES if one != name)
            broker, to_peer = Line(server.port), Line(ports[peer][1])
            self._lines += [broker, to_peer]
            place = folder / name
            place.mkdir()
            path = place / "config.toml"
            told = {"me": name, "peer": peer, "web": ports[name][0], "port": ports[name][1], "zone": zone}
            urls = {"url": f"nats://127.0.0.1:{broker.port}", "peer_url": f"http://127.0.0.1:{to_peer.port}"}
            path.write_text(CONFIG.format(**told, **urls), encoding="utf-8")
            self.machines[name] = Machine(name, path, broker, to_peer)
        self._slept = set()
        """Looks after which nobody looked for long: one machine may have followed the other meanwhile."""
        self._stop = threading.Event()
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    def _listen(self):
        now = since_boot()
        while not self._stop.wait(0.05):
            before, now = now, since_boot()
            if now - before > LONGEST_LOOK:
                self._slept.add(before)
            for machine in self.machines.values():
                machine.look(before if before in self._slept else now)  # what has grown may have grown at once

    def pair(self, template):
        """The first machine has the ward's data, the second nothing but the key."""
        first, second = self.machines.values()
        shutil.copytree(template, first.data, dirs_exist_ok=True)
        with first.station() as station:
            machine = station.repos.people.by_login("may-tram") or next(iter(station.repos.people.listed()))
            station.services.get(FailoverService).new_key(machine)
        key = (first.data / "pair" / "pair.key").read_text()
        with second.station() as station:
            station.services.get(FailoverService).join(key)

    def holder(self):
        """The machine that has the air, or None."""
        return next((one for one in self.machines.values() if one.running and one.has_air()), None)

    def other(self, machine):
        return next(one for one in self.machines.values() if one is not machine)

    def both_heard_at_once(self):
        """Instants at which both machines' recordings had grown since the look before."""
        first, second = (set(one.heard) for one in self.machines.values())
        return sorted((first & second) - self._slept)

    def close(self):
        self._stop.set()
        self._ear.join()
        for machine in self.machines.values():
            if machine.running:
                machine.signal(signal.SIGCONT)
                machine.running.end()
        for line in self._lines:
            line.close()


def up(two):
    """Both run; one has the air, the other a copy of everything."""
    first, second = two.machines.values()
    first.start()
    second.start()
    until(lambda: two.holder() is first, "the first machine's air")
    until(lambda: (state := second.told()).alive and state.peer_has_air and not state.reasons, "the copy")
    until(lambda: second.told().files_missing == 0 and len(list(second.data.rglob("*.wav"))) >= 9, "the sounds")
    return first, second


def order(machine, *numbers):
    """Air these announcements, one after the other; their slots."""
    with machine.station() as station:
        minh = station.repos.people.by_login("minh")
        return [station.services.air.play_now(minh, number, chime=False) for number in numbers]


def whole(machine):
    with machine.station() as station:
        return station.services.proof.verify()


def played(machine):
    return {row["slot_id"] for row in machine.rows("SELECT slot_id FROM journal WHERE outcome = 'played'")}


def shared(machine):
    """The journal and the slots as this machine has them."""
    journal = [row["hash"] for row in machine.rows("SELECT hash FROM journal ORDER BY seq")]
    return journal, machine.rows("SELECT id, outcome FROM slot ORDER BY id")
