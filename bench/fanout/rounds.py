"""What is done with a town and its wards, and how long each stage of it took."""

# ruff: noqa: S101 - a bench stops where something is not so

import gc
import os
import socket
import threading
from datetime import UTC, datetime

import paho.mqtt.client as mqtt
from gauges import CLOCK, as_eager, cpu_seconds, megabytes, ms, pause, say, until
from halves import Halves

from scheduler.core.model import Priority
from scheduler.extras.hub.service.intake import Up
from tests.extras.town.broker.servers import Mosquitto

ROUNDS = 5
OUTAGE_MESSAGES, OUTAGE_SECONDS = 20, 3.0
HEADS = [
    "engine, wards", "issued ms", "published", "in the wards p50", "p99", "in the hub's table p50", "p99", "max",
    "last of each round", "stored by the broker p50", "p99", "max", "CPU s a round: hub", "broker", "wards", "server MB",
]  # fmt: skip


class Round:
    """One emergency: seconds from the order to each stage, of every ward where a stage has wards."""

    def __init__(self):
        self.issued = self.published = float("nan")
        self.held, self.table, self.stored = [], [], []
        self.cpu = {}


class Stopwatch:
    """How many acknowledgements stand in the hub's table, looked at every few milliseconds."""

    def __init__(self, town, issue, count, began):
        self._town, self._issue, self._count, self._began = town, issue, count, began

    def times(self):
        """Seconds until each of them was there, sorted."""
        found, known = [], 0
        while known < self._count:
            now = self._town.heard_of(self._issue)
            at = CLOCK.monotonic() - self._began
            found += [at] * (now - known)
            known = now
            assert at < 600, f"{known} of {self._count} in the hub's table"
            pause(0.01)
        return found


def processors(halves, broker):
    """Processor seconds so far, by who used them. The hub shares this process with the bench, which only waits."""
    own = os.times()
    return {"hub": own.user + own.system, "broker": cpu_seconds(broker), "wards": halves.cpu()}


def urgent(town, halves):
    """Five emergencies, after one that warms up."""
    rounds = []
    for _ in range(ROUNDS + 1):
        gc.collect()
        one, before = Round(), processors(halves, town.server.pid)
        began, wall = CLOCK.monotonic(), datetime.now(UTC)  # noqa: TID251 - the table has wall clock
        issue = town.issue()
        one.issued = CLOCK.monotonic() - began
        one.table = Stopwatch(town, issue, halves.count, began).times()
        halves.acknowledged([issue])
        one.published = (town.published_at(issue) - wall).total_seconds()
        told = halves.moments(issue, began)
        one.held, one.stored = told["held"], told["acknowledged"]
        after = processors(halves, town.server.pid)
        one.cpu = {name: after[name] - before[name] for name in after}
        rounds.append(one)
        pause(0.5)
    return rounds[1:]


def row(name, rounds, server_mb):
    held, table, stored = (
        sorted(at for one in rounds for at in getattr(one, stage)) for stage in ("held", "table", "stored")
    )
    issued, published = sorted(one.issued for one in rounds), sorted(one.published for one in rounds)
    last = " ".join(f"{one.table[-1] * 1000:.0f}" for one in rounds)
    cpu = [f"{sum(one.cpu[who] for one in rounds) / len(rounds):.2f}" for who in ("hub", "broker", "wards")]
    return [
        name, ms(issued, 0.5), ms(published, 0.5), ms(held, 0.5), ms(held, 0.99), ms(table, 0.5), ms(table, 0.99),
        ms(table, 1.0), last, ms(stored, 0.5), ms(stored, 0.99), ms(stored, 1.0), *cpu, f"{server_mb:.0f}",
    ]  # fmt: skip


def over_mqtt(folder, town, count, raw_of, told_keys):
    """The same words through mosquitto, QoS 1 both ways, into the same table of the same hub.

    What mosquitto confirms is in its memory, what nats-server confirms is on its disk; in the table both are on disk.
    """
    town.forget_words()
    with Mosquitto(folder, more="allow_anonymous true\npersistence false\nmax_queued_messages 100000") as server:
        told = {"keys": told_keys, "mqtt_port": server.port}
        as_eager(server.pid)
        halves = Halves(told, [(str(number), "") for number in range(1, count + 1)])
        hub = MqttHub(town, server.port)
        try:
            halves.ready()
            rounds = []
            for issue, raw in raw_of:
                one, before = Round(), processors(halves, server.pid)
                began = CLOCK.monotonic()
                hub.publish(raw)
                one.published = one.issued = CLOCK.monotonic() - began
                one.table = Stopwatch(town, issue, count, began).times()
                halves.acknowledged([issue])
                moments = halves.moments(issue, began)
                one.held, one.stored = moments["held"], moments["acknowledged"]
                after = processors(halves, server.pid)
                one.cpu = {name: after[name] - before[name] for name in after}
                rounds.append(one)
                pause(0.5)
            return rounds[1:], megabytes(server.pid)
        finally:
            hub.end()
            halves.end()


class MqttHub:
    """A hub behind MQTT: what comes is kept in batches, as the process `hub` keeps it."""

    def __init__(self, town, port):
        self._town, self._waiting, self._come, self._over = town, [], threading.Event(), False
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="hub")
        self._client.on_message = self._heard
        self._client.on_socket_open = lambda _c, _u, sock: sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client.connect("127.0.0.1", port)
        self._client.subscribe("up/+/ack", qos=1)
        self._client.loop_start()
        self._keeping = threading.Thread(target=self._keep)
        self._keeping.start()

    def publish(self, raw):
        self._client.publish("loa/all", raw, qos=1).wait_for_publish()

    def _heard(self, _client, _user, message):
        self._waiting.append(Up(message.topic.replace("/", "."), message.payload))
        self._come.set()

    def _keep(self):
        while not self._over:
            self._come.wait(0.5)
            pause(0.02)
            self._come.clear()
            batch, self._waiting = self._waiting, []
            if batch:
                self._town.services.intake.take(batch)
        self._town.station.repos.store.close()

    def end(self):
        self._over = True
        self._keeping.join()
        self._client.disconnect()
        self._client.loop_stop()


def clip(town, halves):
    sha = town.station.repos.programme.announcement(town.announcement).audio_sha256
    path = town.station.repos.library.path(sha)
    order = {"do": "clip", "sha256": sha, "bytes": path.stat().st_size, "url": f"/clips/{sha}.wav"}
    with town.page_open() as page:
        began = CLOCK.monotonic()
        told = halves.ask(**order)
        lasted = CLOCK.monotonic() - began
        assert sum(one["fetched"] for one in told) == halves.count, told
        page_mb = megabytes(page.pid)
    size = order["bytes"]
    say(f"clip of {size / 1000:.0f} kB to all, verified: {lasted:.2f} s, {size * halves.count / lasted / 1e6:.0f} MB/s; "
        f"page {page_mb:.0f} MB")  # fmt: skip


def outage(town, halves):
    """Killed with -9, twenty messages issued meanwhile; seconds until everybody is back, and until all is told."""
    town.server.kill()
    began = CLOCK.monotonic()
    issues = [town.issue(Priority.NORMAL) for _ in range(OUTAGE_MESSAGES)]
    pause(max(0.0, OUTAGE_SECONDS - (CLOCK.monotonic() - began)))
    town.server.start()
    as_eager(town.server.pid)
    up, cpu = CLOCK.monotonic(), processors(halves, town.server.pid)
    until(lambda: halves.total("connected", do="count", issues=issues) == halves.count, "all back", every=0.25)
    back = CLOCK.monotonic() - up
    wanted, stages = halves.count * len(issues), {}

    def is_reached():
        told = halves.ask(do="count", issues=issues)
        now = CLOCK.monotonic() - up
        counts = {
            "held": sum(one["held"] for one in told),
            "in the hub's table": sum(map(town.heard_of, issues)),
            "stored by the broker": sum(one["acknowledged"] for one in told),
        }
        for name, count in counts.items():
            if count == wanted:
                stages.setdefault(name, now)
        return len(stages) == len(counts)

    until(is_reached, "all held, told and kept", 300, 0.25)
    marks = ",".join("?" * len(issues))
    rows = town.station.repos.store.value(f"SELECT count(*) FROM hub_ack WHERE issue_id IN ({marks})", issues)  # noqa: S608
    assert rows == wanted, f"{rows} rows in the hub's table for {wanted} acknowledgements"
    after = processors(halves, town.server.pid)
    told = ", ".join(f"{name} {at:.1f} s" for name, at in stages.items())
    used = ", ".join(f"{who} {after[who] - cpu[who]:.1f}" for who in after)
    say(f"after kill -9 and {OUTAGE_SECONDS:g} s, from the restart: all back {back:.1f} s; {OUTAGE_MESSAGES} messages to "
        f"all: {told}; CPU s: {used}")  # fmt: skip
