"""A town for the bench: its station, the process `hub` in a thread, its page and its broker as processes."""

import pickle
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta

from gauges import as_eager, until
from halves import HERE

from scheduler.config.loading import Config, SpeechConfig, StationConfig, WebConfig
from scheduler.core.model import Priority, Role
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.hub.work.process import TownHub
from scheduler.extras.town.broker import keys
from scheduler.extras.town.rules.envelope import Kind
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.conftest import Cast, noon_zone
from tests.extras.town.broker.servers import NatsCluster, NatsServer
from tests.ports import free_port

CLIP_SECONDS = 5.2


class Town:
    """A hub in a folder of its own, its process in a thread, its page and its broker as processes."""

    def __init__(self, folder, flush="always", copies=1):
        """`flush`: how often the broker flushes its disk, as nats-server's `sync_interval`; `copies`: 1, or 3 brokers."""
        (folder / "hub").mkdir()
        told = {"wards": {}, "more": "system_account: SYS"}
        self.broker = NatsServer(folder, **told) if copies == 1 else NatsCluster(folder, **told)
        self.servers = [self.broker] if copies == 1 else self.broker.servers
        self.server = self.servers[0]
        for server in self.servers:
            conf = server.folder / "n.conf"
            conf.write_text(conf.read_text().replace("sync_interval: always", f'sync_interval: "{flush}"'))
        port = free_port()
        self.page = f"http://127.0.0.1:{port}"
        hub = HubConfig(
            url=self.broker.url, name="Thị xã Mẫu", page_url=self.page, wards_conf=str(self.server.wards_conf),
            broker_pid=str(self.server.pid_file), ca_file="", replicas=copies,
        )  # fmt: skip
        zone = StationConfig(data="data", time_zone=noon_zone())
        self.config = Config(
            folder=folder / "hub", station=zone, speech=SpeechConfig(engines=("espeak",)),
            web=WebConfig(port=port),
        ).having(hub)  # fmt: skip
        self.station = Station.open(self.config, SystemClock())
        self.station.prepare()
        self.services, people, now = (
            self.station.services.get(HubService),
            self.station.repos.people,
            self.station.clock.now(),
        )
        self.admin = people.machine(now)
        lan = people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
        minh = people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now)
        self._cast, self._made = Cast(self.station, lan, minh), 0
        self.announcement = self.another()

    def another(self):
        """An approved announcement more: one whose words a ward has aired already is not said again."""
        self._made += 1
        return self._cast.approved(CLIP_SECONDS, f"Bản tin {self._made}", 300.0 + 20.0 * self._made)

    def wards(self, count):
        """So many wards that have come in, each with its seed; the accounts are written once."""
        pairs, now = [(str(number), keys.new_seed()) for number in range(1, count + 1)], self.station.clock.now()
        with self.station.repos.store.write() as db:  # one flush of the disk for all
            for ward_id, seed in pairs:
                self.services.add_ward(self.admin, NewWard(ward_id, f"Phường {ward_id}", (), homes=1000))
                values = (keys.public_of(seed), now.isoformat(), ward_id)
                db.conn.execute("UPDATE hub_ward SET public_key = ?, paired_at = ? WHERE id = ?", values)
        self.services.conf.write()
        for other in self.servers[1:]:
            other.wards_conf.write_bytes(self.server.wards_conf.read_bytes())
        return pairs

    def issue(self, priority=Priority.EMERGENCY, announcement=None):
        expires = self.station.clock.now() + timedelta(hours=2)
        order = IssueOrder(Kind.ANNOUNCEMENT, expires, announcement or self.announcement, priority=priority)
        return self.services.issue(self.admin, order)

    def heard_of(self, issue):
        return self.station.repos.store.value("SELECT count(*) FROM hub_last WHERE issue_id = ?", (issue,))

    def published_at(self, issue):
        """When the broker had stored it, by the wall clock."""
        told = self.station.repos.store.value("SELECT max(published_at) FROM hub_outbox WHERE issue_id = ?", (issue,))
        return datetime.fromisoformat(told)

    def forget_words(self):
        """As if no ward had ever said anything: for other wards with the same names."""
        with self.station.repos.store.write() as db:
            for table in ("hub_ack", "hub_last", "hub_line", "hub_ahead"):
                db.conn.execute(f"DELETE FROM {table}")  # noqa: S608 - our names

    @contextmanager
    def running(self):
        hub, stop = TownHub(self.station), threading.Event()
        thread = threading.Thread(target=hub.run, args=(stop,))
        with self.broker:
            for server in self.servers:
                as_eager(server.pid)
            thread.start()
            try:
                until(lambda: self.services.state().connected, "the hub's line")
                yield
            finally:
                stop.set()
                thread.join(30)

    @contextmanager
    def page_open(self):
        kept = self.config.folder / "config.pickle"
        kept.write_bytes(pickle.dumps(self.config))
        process = subprocess.Popen([sys.executable, str(HERE / "page.py"), str(kept)])
        try:
            until(lambda: answers(self.config.web.port), "the page")
            yield process
        finally:
            process.terminate()
            process.wait(20)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
