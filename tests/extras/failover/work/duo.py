"""Two pair processes in one, with a real broker: no supervisor, no sound, only votes and rows."""

import shutil
import threading
from contextlib import contextmanager
from datetime import timedelta

from scheduler.config.loading import Config, OutputConfig, StationConfig
from scheduler.extras.failover.keys import PairConfig
from scheduler.extras.failover.rules import election as pair
from scheduler.extras.failover.rules.election import RENEW
from scheduler.extras.failover.service import FailoverService
from scheduler.extras.failover.work.service import PairService
from scheduler.kernel.air_fence import AirFence, Resting, folder_of
from scheduler.kernel.clock import SystemClock, since_boot
from scheduler.station import Station
from tests.ports import free_port
from tests.waiting import PATIENCE, until

KEY = "cd" * 32
NAMES = ("may-1", "may-2")


class AskewClock(SystemClock):
    """A machine whose wall clock is wrong."""

    def __init__(self, ahead):
        self._ahead = ahead

    def now(self):
        return super().now() + self._ahead


class One:
    """A pair process on a thread, its station beside it, and nobody else who would have to end first."""

    def __init__(self, folder, name, ports, url, ahead=timedelta(0), more=()):
        """`more`: further sections of its configuration."""
        peer = next(one for one in NAMES if one != name)
        told = PairConfig(
            url=url,
            machine=name,
            peer=peer,
            peer_url=f"http://127.0.0.1:{ports[peer]}",
            host="127.0.0.1",
            port=ports[name],
        )
        self.config = Config(
            folder=folder,
            station=StationConfig(data=name),
            outputs=(OutputConfig(kind="null", counts=True),),
        ).having(told, *more)
        self.clock, self.name = AskewClock(ahead), name
        folder_of(self.config.data).mkdir(parents=True)
        self.air = AirFence(folder_of(self.config.data))
        self.station = Station.open(self.config, self.clock)
        self._stop = threading.Event()
        self._threads = []

    def start(self):
        self._stop = threading.Event()
        service = PairService(self.station)
        resting = Resting(folder_of(self.config.data))

        def keep_quiet():
            while not self._stop.wait(0.1):
                resting.over(frozenset({"pair"}))

        self._threads = [
            threading.Thread(target=service.run, args=(self._stop,)),
            threading.Thread(target=keep_quiet),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._threads = []

    def told(self):
        return self.station.services.get(FailoverService).state()

    def reasons(self):
        return {reason for reason, _ in self.told().reasons}


class Duo:
    def __init__(self, folder, server, ward, ahead=timedelta(0), more=()):
        ports = {name: free_port() for name in NAMES}
        self.first = One(folder, NAMES[0], ports, server.url, more=more)
        self.first.station.close()
        shutil.copytree(ward, self.first.config.data, dirs_exist_ok=True)
        self.first.station = Station.open(self.first.config, self.first.clock)
        self.second = One(folder, NAMES[1], ports, server.url, ahead, more)
        people = self.first.station.repos.people
        self.first.station.services.get(FailoverService).new_key(people.machine(self.first.clock.now()))
        key = (folder_of(self.first.config.data) / "pair.key").read_text()
        self.second.station.services.get(FailoverService).join(key)
        self.doubles = []
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._look)
        self._watch.start()

    def _look(self):
        """Two looks are two instants: what the first machine had before and after, it had while the other was asked."""
        first, second = self.first.air, self.second.air
        while not self._stop.wait(0.01):
            term = first.read().term
            if first.has_air() and second.has_air() and first.has_air() and first.read().term == term:
                self.doubles.append(SystemClock().monotonic())

    @contextmanager
    def steady(self, holder, *, and_back=True):
        """In here a vote lasts a minute: a machine of the tests that stands still for some seconds moves no air.

        At the end it has had a newer vote all the same. `and_back`: until votes last as long as usual again.
        """
        usual = pair.HOLD
        pair.HOLD = PATIENCE / 2
        try:
            voted = until(
                lambda: (one := holder.air.read().deadline) > since_boot() + usual and one, "a vote that lasts"
            )
            yield
            until(lambda: holder.air.read().deadline > voted + 2 * RENEW, "votes that go on")
        finally:
            pair.HOLD = usual
        until(lambda: not and_back or holder.air.read().deadline < since_boot() + usual + 1, "a vote as usual")

    def up(self):
        self.first.start()
        self.second.start()
        until(self.first.air.has_air, "the first machine's air")
        until(
            lambda: self.second.told().behind_seconds is not None and not self.second.told().files_missing, "the copy"
        )
        return self.first, self.second

    def close(self):
        self._stop.set()
        self._watch.join()
        for one in (self.first, self.second):
            one.stop()
            one.station.close()
            one.air.close()
