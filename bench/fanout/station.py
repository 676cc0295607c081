"""A ward with a station of its own in the bench of a town: its folder, its processes, and what stands in its database."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import datetime

from gauges import CLOCK, cpu_seconds, until
from idle_memory import megabytes

from scheduler.config import loading
from scheduler.core.model import Role
from scheduler.extras.town.broker.enrolment import KEY_FILE
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.conftest import Cast, noon_zone
from tests.ports import free_port
from tests.station.conftest import CONFIG, children_of

AT_A_TIME = 4
"""Stations that are begun together: each reads its programme for a second or two of a core."""
AIRS_SECONDS = 3.0
OF_A_TOWN = """
[station]
time_zone = "{zone}"
[town]
url = "{url}"
ward_id = "{ward}"
hub_url = "{page}"
emergency = "air"
"""


class OwnWard:
    """`loa run` on a folder of its own, paired with the town and trusting it; the bench is its officer."""

    def __init__(self, folder, ward_id, seed, town, issuer):
        self.ward_id, self.folder, self.process = ward_id, folder / f"ward-{ward_id}", None
        self.folder.mkdir()
        path = self.folder / "config.toml"
        path.write_text(
            CONFIG.format(port=free_port(), kind="wavfile")
            + OF_A_TOWN.format(zone=noon_zone(), url=town.broker.url, ward=ward_id, page=town.page),
            encoding="utf-8",
        )
        self.path, config = path, loading.load(path)
        key = config.data / KEY_FILE
        key.parent.mkdir(mode=0o700, parents=True)
        config.data.chmod(0o700)
        key.touch(0o600)
        key.write_text(seed + "\n", encoding="ascii")
        self._station = Station.open(config, SystemClock())
        self._station.prepare()
        repos, now = self._station.repos, CLOCK.now()
        self._station.services.get(TownService).pin(repos.people.machine(now), issuer, "Thị xã", may_emergency=True)
        lan = repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
        self._minh = repos.people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now)
        self._announcement = Cast(self._station, lan, self._minh).approved(AIRS_SECONDS)

    def start(self):
        told = (self.folder / "told").open("wb")
        words = [sys.executable, "-m", "scheduler.cli", "--config", str(self.path), "run"]
        self.process = subprocess.Popen(words, stdout=told, stderr=told, cwd=self.folder, start_new_session=True)
        told.close()

    @property
    def is_ready(self):
        assert self.process.poll() is None, (self.folder / "told").read_text()[-2000:]  # noqa: S101 - a bench stops
        return self._station.services.get(TownService).up.state().reached_at is not None

    def air(self):
        self._station.services.air.play_now(self._minh, self._announcement, chime=False)

    def waiting(self):
        return self._station.services.get(TownService).up.rows.state().waiting

    def began(self, issue):
        """When the town's issue began to sound here, by the playout; None before."""
        sql = (
            """SELECT min(a.started_at) FROM airing a JOIN town_inbox i ON i.slot_id = a.slot_id WHERE i.issue_id = ?"""
        )
        at = self._station.repos.store.value(sql, (issue,))
        return datetime.fromisoformat(at) if at else None

    def airings(self, issue):
        sql = """SELECT count(*) FROM journal j JOIN town_inbox i ON i.slot_id = j.slot_id
                 WHERE i.issue_id = ? AND j.kind = 'airing' AND j.outcome = 'played'"""
        return self._station.repos.store.value(sql, (issue,))

    def hashes(self):
        return {one["hash"] for one in self._station.repos.store.rows("SELECT hash FROM journal WHERE kind = 'airing'")}

    def pids(self):
        """The supervisor and its processes."""
        return [self.process.pid, *children_of(self.process.pid)]

    def megabytes(self):
        """PSS of all its processes."""
        return sum(megabytes(pid, "Pss") for pid in self.pids())

    def cpu(self):
        return sum(map(cpu_seconds, self.pids()))

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                with suppress(OSError):
                    os.killpg(self.process.pid, signal.SIGKILL)
        self._station.close()


def together(wards):
    """Begin them, a few at a time, until each is in touch with the town."""
    for first in range(0, len(wards), AT_A_TIME):
        some = wards[first : first + AT_A_TIME]
        for ward in some:
            ward.start()
        for ward in some:
            until(lambda w=ward: w.is_ready, f"ward {ward.ward_id}", every=0.1)
