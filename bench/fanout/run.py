"""How quickly a town reaches its wards, with the real hub process, the real link and a real broker on the loopback.

For each number of wards: an emergency to all, five times, until every acknowledgement is stored by the broker and until
it stands in the hub's table; beside it the same over MQTT (mosquitto, QoS 1) as a ratio; a sound of 500 kB to all with
its hash, from the hub's page; the broker killed with -9 while twenty messages are issued, and how soon everybody has
everything. Then thirty days of journal of 1,000 wards into the hub's store, and the report over them. The wards are two
processes of half of them each, the hub one, the page one, the broker one; all share this machine's cores.

.venv/bin/python bench/fanout/run.py --wards 100,1000,3000 [--only urgent,clip,outage,journal] [--journal-wards 1000]
"""

# ruff: noqa: S101 - a bench stops where something is not so

import argparse
import gc
import json
import logging
import os
import pickle
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import paho.mqtt.client as mqtt
from table import grid

from scheduler.broker import keys
from scheduler.clock import SystemClock
from scheduler.config import Config, HubConfig, SpeechConfig, StationConfig, WebConfig
from scheduler.core.envelope import Kind, Told, UpKind, up_body
from scheduler.core.model import Priority, Role
from scheduler.core.report_period import PeriodKind, period_with
from scheduler.desk.hub_intake import Up
from scheduler.desk.hub_issues import IssueOrder
from scheduler.desk.hub_wards import NewWard
from scheduler.hub.process import TownHub
from scheduler.station import Station
from tests.broker.servers import Mosquitto, NatsServer, free_port
from tests.conftest import Cast, noon_zone
from tests.hub.voice import journal

CLOCK = SystemClock()
HERE = Path(__file__).resolve().parent
ROUNDS = 5
OUTAGE_MESSAGES, OUTAGE_SECONDS = 20, 3.0
CLIP_SECONDS = 5.2
PATIENCE = 120.0
DAYS, A_DAY = 30, 20


def say(*words):
    print(*words, flush=True)


def until(found, what, seconds=PATIENCE, every=0.02):
    end = CLOCK.monotonic() + seconds
    while not (answer := found()):
        assert CLOCK.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(every)  # noqa: TID251 - a bench's own wait
    return answer


def megabytes(pid):
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1000
    return float("nan")


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_share():
    """What share of a core a busy loop gets now: how far the other figures can be believed."""
    began, used = CLOCK.monotonic(), time.process_time()
    while CLOCK.monotonic() - began < 0.5:
        pass
    return (time.process_time() - used) / (CLOCK.monotonic() - began)


class Halves:
    """The two processes of wards."""

    def __init__(self, told, pairs):
        self.count, self.parts = len(pairs), []
        for half in (pairs[::2], pairs[1::2]):
            process = subprocess.Popen(
                [sys.executable, str(HERE / "wards.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            self.parts.append(process)
            self._say(process, told | {"wards": half})

    @staticmethod
    def _say(process, order):
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()

    def ask(self, **order):
        for process in self.parts:
            self._say(process, order)
        return [json.loads(process.stdout.readline()) for process in self.parts]

    def total(self, what, **order):
        return sum(answer[what] for answer in self.ask(**order))

    def ready(self):
        until(lambda: self.total("ready", do="ready") == self.count, "every ward connected", every=0.3)

    def acknowledged(self, issues, seconds=PATIENCE, every=0.25):
        wanted = self.count * len(issues)
        until(lambda: self.total("acknowledged", do="count", issues=issues) == wanted, "all told", seconds, every)

    def moments(self, issue, began):
        told = self.ask(do="times", issue=issue)
        return {kind: sorted(at - began for one in told for at in one[kind]) for kind in ("held", "acknowledged")}

    def end(self):
        for process in self.parts:
            process.stdin.close()
        for process in self.parts:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


class Town:
    """A hub in a folder of its own, its process in a thread, its page and its broker as processes."""

    def __init__(self, folder):
        (folder / "hub").mkdir()
        self.server = NatsServer(folder, wards={}, more="system_account: SYS")
        port = free_port()
        self.page = f"http://127.0.0.1:{port}"
        hub = HubConfig(
            url=self.server.url, name="Thị xã Mẫu", page_url=self.page, wards_conf=str(self.server.wards_conf),
            broker_pid=str(self.server.pid_file), ca_file="",
        )  # fmt: skip
        zone = StationConfig(data="data", time_zone=noon_zone())
        self.config = Config(
            folder=folder / "hub", station=zone, speech=SpeechConfig(engines=("espeak",)), hub=hub,
            web=WebConfig(port=port),
        )  # fmt: skip
        self.station = Station.open(self.config, SystemClock())
        self.station.prepare()
        self.desk, people, now = self.station.desk.hub, self.station.parts.people, self.station.clock.now()
        self.admin = people.machine(now)
        lan = people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
        minh = people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now)
        self.announcement = Cast(self.station, lan, minh).approved(CLIP_SECONDS)

    def wards(self, count):
        """So many wards that have come in; the accounts are written once."""
        self.desk.conf.put_in_force, kept = (lambda: None), self.desk.conf.put_in_force
        pairs = []
        for number in range(1, count + 1):
            code = self.desk.add_ward(self.admin, NewWard(str(number), f"Phường {number}", (), homes=1000))
            seed = keys.new_seed()
            self.desk.join(code, keys.public_of(seed))
            pairs.append((str(number), seed))
        self.desk.conf.put_in_force = kept
        self.desk.conf.write()
        return pairs

    def issue(self, priority=Priority.EMERGENCY):
        order = IssueOrder(
            Kind.ANNOUNCEMENT, self.station.clock.now() + timedelta(hours=2), self.announcement, priority=priority
        )
        return self.desk.issue(self.admin, order)

    def heard_of(self, issue):
        return self.station.parts.store.value("SELECT count(*) FROM hub_last WHERE issue_id = ?", (issue,))

    @contextmanager
    def running(self):
        hub, stop = TownHub(self.station), threading.Event()
        thread = threading.Thread(target=hub.run, args=(stop,))
        with self.server:
            thread.start()
            try:
                until(lambda: self.desk.state().connected, "the hub's line")
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


def ms(times, share):
    return f"{times[min(len(times) - 1, int(share * len(times)))] * 1000:.0f}"


def urgent(town, halves):
    """Five emergencies; times of every ward, and of the hub's table."""
    every, kept = [], []
    for place in range(ROUNDS + 1):
        gc.collect()
        began = CLOCK.monotonic()
        issue = town.issue()
        until(lambda issue=issue: town.heard_of(issue) == halves.count, "all in the hub's table", every=0.02)
        table = CLOCK.monotonic() - began
        halves.acknowledged([issue])
        if place:  # the first warms up
            every.append(halves.moments(issue, began))
            kept.append(table)
        time.sleep(0.5)  # noqa: TID251
    return every, kept


def urgent_row(name, every, kept, server_mb, server_cpu):
    acknowledged = sorted(at for one in every for at in one["acknowledged"])
    held = sorted(at for one in every for at in one["held"])
    last = " ".join(f"{one['acknowledged'][-1] * 1000:.0f}" for one in every)
    table = " ".join(f"{at * 1000:.0f}" for at in kept) if kept else "–"
    return [
        name, ms(held, 0.99), ms(acknowledged, 0.5), ms(acknowledged, 0.99), ms(acknowledged, 1.0), last, table,
        f"{server_cpu:.2f}", f"{server_mb:.0f}",
    ]  # fmt: skip


URGENT_HEADS = [
    "engine, wards", "held p99 ms", "acked p50", "p99", "max", "last ack of each round", "all in the hub's table",
    "server CPU s", "server MB",
]  # fmt: skip


def over_mqtt(folder, count, raw_of, told_keys):
    """The same words through mosquitto: one publish, QoS 1 both ways, the acknowledgement confirmed by the broker."""
    with Mosquitto(folder, more="allow_anonymous true\npersistence false\nmax_queued_messages 100000") as server:
        told = {"keys": told_keys, "mqtt_port": server.port}
        halves = Halves(told, [(str(number), "") for number in range(1, count + 1)])
        try:
            halves.ready()
            came = []
            hub = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="hub")
            hub.on_message = lambda *_: came.append(CLOCK.monotonic())
            hub.on_socket_open = lambda _c, _u, sock: sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            hub.connect("127.0.0.1", server.port)
            hub.loop_start()
            hub.subscribe("up/+/ack", qos=1)
            every, cpu = [], cpu_seconds(server.pid)
            for place, (issue, raw) in enumerate(raw_of):
                came.clear()
                began = CLOCK.monotonic()
                hub.publish("loa/all", raw, qos=1)
                until(lambda: len(came) >= count, "all acknowledged over MQTT")
                halves.acknowledged([issue])
                if place:
                    every.append(halves.moments(issue, began))
                time.sleep(0.5)  # noqa: TID251
            cpu = cpu_seconds(server.pid) - cpu
            hub.disconnect()
            hub.loop_stop()
            return every, megabytes(server.pid), cpu
        finally:
            halves.end()


def clip(town, halves):
    sha = town.station.parts.programme.announcement(town.announcement).audio_sha256
    path = town.station.parts.library.path(sha)
    order = {"do": "clip", "sha256": sha, "bytes": path.stat().st_size, "url": f"/clips/{sha}.wav"}
    with town.page_open() as page:
        began = CLOCK.monotonic()
        told = halves.ask(**order)
        lasted = CLOCK.monotonic() - began
        assert sum(one["fetched"] for one in told) == halves.count, told
        return lasted, order["bytes"], megabytes(page.pid)


def outage(town, halves):
    """Killed with -9, twenty messages issued meanwhile; seconds until everybody is back, and until all is told."""
    town.server.kill()
    began = CLOCK.monotonic()
    issues = [town.issue(Priority.NORMAL) for _ in range(OUTAGE_MESSAGES)]
    time.sleep(max(0.0, OUTAGE_SECONDS - (CLOCK.monotonic() - began)))  # noqa: TID251
    town.server.start()
    up = CLOCK.monotonic()
    until(lambda: halves.total("connected", do="count", issues=issues) == halves.count, "all back", every=0.25)
    back = CLOCK.monotonic() - up
    halves.acknowledged(issues, 300)
    told = CLOCK.monotonic() - up
    wanted = halves.count * len(issues)
    until(lambda: sum(town.heard_of(one) for one in issues) == wanted, "all of it in the hub's table", 300, 0.2)
    kept = CLOCK.monotonic() - up
    rows = town.station.parts.store.value(
        f"SELECT count(*) FROM hub_ack WHERE issue_id IN ({','.join('?' * len(issues))})",  # noqa: S608 - marks
        issues,
    )
    assert rows == wanted, f"{rows} rows in the hub's table for {wanted} acknowledgements"
    return back, told, kept


def reached(folder, count, only):
    """Everything for one number of wards, on a town of its own."""
    town = Town(folder)
    pairs = town.wards(count)
    public = {town.desk.keys.current().public: "town"}
    with town.running():
        halves = Halves({"url": town.server.url, "keys": public, "page": town.page}, pairs)
        try:
            began = CLOCK.monotonic()
            halves.ready()
            say(f"\n## {count} wards (all connected {CLOCK.monotonic() - began:.1f} s after they were begun; "
                f"a busy loop gets {cpu_share():.2f} of a core)\n")  # fmt: skip
            connected_mb, cpu = megabytes(town.server.pid), cpu_seconds(town.server.pid)
            if "urgent" in only:
                every, kept = urgent(town, halves)
                cpu = cpu_seconds(town.server.pid) - cpu
                ours = urgent_row(f"nats, {count}", every, kept, megabytes(town.server.pid), cpu)
            if "clip" in only:
                if "urgent" not in only:
                    town.issue()
                lasted, size, mb = clip(town, halves)
                say(f"clip of {size / 1000:.0f} kB to all, verified: {lasted:.2f} s, "
                    f"{size * count / lasted / 1e6:.0f} MB/s; page {mb:.0f} MB")  # fmt: skip
            if "outage" in only:
                back, told, kept_at = outage(town, halves)
                say(f"after kill -9 and {OUTAGE_SECONDS:g} s: all back {back:.1f} s, {OUTAGE_MESSAGES} messages acknowledged "
                    f"by all {told:.1f} s, all in the hub's table {kept_at:.1f} s after the restart")  # fmt: skip
            say(f"nats-server {connected_mb:.0f} MB with all connected, {megabytes(town.server.pid):.0f} MB at the end; "
                f"this process with the hub {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB at most")  # fmt: skip
        finally:
            halves.end()
    if "urgent" in only:
        rows = town.station.parts.store.rows(
            "SELECT id, envelope FROM hub_issue ORDER BY sequence LIMIT ?", (ROUNDS + 1,)
        )
        raw_of = [(row["id"], row["envelope"].encode()) for row in rows]
        theirs, mb, cpu = over_mqtt(folder, count, raw_of, public)
        say()
        grid(URGENT_HEADS, [ours, urgent_row(f"mosquitto, {count}", theirs, [], mb, cpu)])
        last = [statistics.median(one["acknowledged"][-1] for one in found) for found in (every, theirs)]
        say(f"\nmedian of the last acknowledgement: nats / mosquitto = {last[0] / last[1]:.2f}")
    town.station.close()


def kept(folder, wards, days=DAYS):
    """Thirty days of journal into the hub's store, and the report over them."""
    town = Town(folder)
    with town.station.parts.store.write():
        pass
    for number in range(1, wards + 1):
        town.desk.add_ward(town.admin, NewWard(str(number), f"Phường {number}", (), homes=1000))
    rows, previous = [], None
    first = date(2026, 11, 1)
    for day in range(days):
        more = {"previous": previous} if previous else {}
        rows += journal(A_DAY, first=len(rows) + 1, day=(first + timedelta(days=day)).isoformat(), **more)
        previous = rows[-1]["hash"]
    now, spent, file = town.station.clock.now(), 0.0, town.station.config.data
    before = size_of(file)
    for ward in range(1, wards + 1):
        ups = [
            Up(f"up.{ward}.asrun", up_body(Told(str(ward), place, UpKind.ASRUN, now, {"id": "", "journal": row})))
            for place, row in enumerate(rows, 1)
        ]
        began = CLOCK.monotonic()
        for at in range(0, len(ups), 500):
            town.desk.intake.take(ups[at : at + 500])
        spent += CLOCK.monotonic() - began
    count = wards * len(rows)
    assert town.station.parts.store.value("SELECT count(*) FROM hub_journal") == count
    say(f"\n## Journal: {wards} wards, {days} days of {A_DAY} airings\n")
    say(
        f"{count:,} rows kept and verified: {count / spent:,.0f} rows a second; {(size_of(file) - before) / 1e6:.0f} MB"
    )
    for name, ask in (
        ("airtime of a dispatch by ward", lambda: town.desk.airtime(town.admin, "642/QĐ")),
        ("report of a month", lambda: town.desk.export(town.admin, period_with(PeriodKind.MONTH, first))),
        ("report of a month, one dispatch",
         lambda: town.desk.export(town.admin, period_with(PeriodKind.MONTH, first), "642/QĐ")),
        ("evidence of one ward", lambda: town.desk.evidence(town.admin, "642/QĐ", "7")),
        ("list of the wards", town.desk.wards),
    ):  # fmt: skip
        lasted = []
        for _ in range(3):
            began = CLOCK.monotonic()
            ask()
            lasted.append(CLOCK.monotonic() - began)
        say(f"{name}: {statistics.median(lasted) * 1000:.0f} ms")
    assert town.desk.airtime(town.admin, "642/QĐ").totals.proved == count
    town.station.close()


def size_of(folder):
    return sum(one.stat().st_size for one in folder.rglob("*.db*"))


def main():
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--wards", default="100,1000,3000")
    reader.add_argument("--only", default="urgent,clip,outage,journal")
    reader.add_argument("--journal-wards", type=int, default=1000)
    told = reader.parse_args()
    only = told.only.split(",")
    logging.disable(logging.CRITICAL)
    for count in map(int, told.wards.split(",")):
        if set(only) - {"journal"}:
            with tempfile.TemporaryDirectory() as name:
                reached(Path(name), count, only)
    if "journal" in only:
        with tempfile.TemporaryDirectory() as name:
            kept(Path(name), told.journal_wards)


if __name__ == "__main__":
    main()
