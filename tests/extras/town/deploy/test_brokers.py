"""The brokers' configurations, read and run by the real nats-server and the real mosquitto on free loopback ports."""

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import nats.errors
import paho.mqtt.client as mqtt
import pytest

from scheduler.extras.hub.rules.wards import wards_conf
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.client import Broker, connect, jetstream
from scheduler.extras.town.broker.setup import ensure_streams
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused
from tests import lives
from tests.needs import needed
from tests.ports import free_port

ROOT = Path(__file__).parents[4]
DEPLOY = ROOT / "deploy"
NATS = os.environ.get("NATS_SERVER") or shutil.which("nats-server") or "/usr/sbin/nats-server"
MOSQUITTO = os.environ.get("MOSQUITTO") or shutil.which("mosquitto") or "/usr/sbin/mosquitto"
CLOCK = SystemClock()
PATIENCE = 120.0


def until(found, what):
    deadline = CLOCK.monotonic() + PATIENCE
    while CLOCK.monotonic() < deadline:
        if answer := found():
            return answer
        CLOCK.sleep_until(CLOCK.monotonic() + 0.1)
    raise AssertionError(f"waited {PATIENCE:g} s in vain for {what}")


@pytest.fixture(scope="module", autouse=True)
def brokers():
    needed(NATS, MOSQUITTO)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """As the script makes them."""
    folder = tmp_path_factory.mktemp("tls")
    script = DEPLOY / "nats" / "make-certificates"
    subprocess.run([script, folder, "localhost", "127.0.0.1"], check=True, capture_output=True, timeout=PATIENCE)
    return folder


class Shipped:
    """A configuration of deploy/ as it would lie on its machine, with other places and ports."""

    def __init__(self, folder, name, certificates, ports):
        self.folder, self.client, self.http = folder, *ports[name][:2]
        here = folder / "etc" / "loa-phuong" / "nats"
        here.mkdir(parents=True)
        (folder / "var" / "lib" / "loa-broker").mkdir(parents=True, exist_ok=True)
        shutil.copytree(certificates, folder / "etc" / "loa-phuong" / "tls")
        shutil.copy(DEPLOY / "nats" / "wards.conf", here / "wards.conf")
        text = (DEPLOY / "nats" / name).read_text(encoding="utf-8")
        text = text.replace("/etc/loa-phuong", str(folder / "etc" / "loa-phuong"))
        text = text.replace("/var/lib/loa-broker-js", str(folder / "js"))
        text = text.replace("0.0.0.0:4222", f"127.0.0.1:{self.client}").replace(
            "127.0.0.1:8222", f"127.0.0.1:{self.http}"
        )
        text = text.replace("max_file_store: 20G", "max_file_store: 1G").replace(
            "max_file_store: 100G", "max_file_store: 1G"
        )
        text = text.replace("0.0.0.0:6222", f"127.0.0.1:{ports[name][2]}")
        text = re.sub(
            r"tls://hub-(\d)\.example\.vn:6222",
            lambda found: f"tls://127.0.0.1:{ports[f'hub-{found[1]}.conf'][2]}",
            text,
        )
        self.config = here / "nats-server.conf"
        self.config.write_text(text, encoding="utf-8")

    def accounts(self, text):
        (self.folder / "var" / "lib" / "loa-broker" / "wards.conf").write_text(text)

    @contextmanager
    def running(self):
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen([NATS, "-c", str(self.config)], stdout=log, stderr=log)
        try:
            yield self
        finally:
            process.kill()
            process.wait()

    def asked(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=20) as answer:
                return json.load(answer)
        except OSError:
            return None

    def told(self):
        return (self.folder / "log").read_text(errors="replace")[-2000:]


class House:
    def __init__(self):
        self.hub, self.system, self.ward = (keys.new_seed() for _ in range(3))
        hub, system, ward = map(keys.public_of, (self.hub, self.system, self.ward))
        self.accounts = wards_conf(hub, system, [("26734", ward, ("b",))])


@pytest.fixture
def house():
    return House()


def ports_of(*names):
    return {name: tuple(free_port() for _ in range(3)) for name in names}


async def connected(url, seed, certificates, prefix="_INBOX"):
    return await connect(
        Broker(url, seed, certificates / "ca.pem", prefix), name="test", on_fault=lambda _: None, wait=False
    )


async def patiently(act):
    """What the three answer once they have chosen who leads."""
    deadline = CLOCK.monotonic() + PATIENCE
    while True:
        try:
            return await act()
        except (Refused, nats.errors.Error, TimeoutError):
            if CLOCK.monotonic() > deadline:
                raise
            await asyncio.sleep(0.5)


class TestNats:
    @pytest.mark.parametrize("name", ["nats-server.conf", "hub-1.conf", "hub-2.conf", "hub-3.conf"])
    def test_takes_the_configuration(self, tmp_path, name, certificates, house):
        names = ("nats-server.conf", "hub-1.conf", "hub-2.conf", "hub-3.conf")
        broker = Shipped(tmp_path, name, certificates, ports_of(*names))
        broker.accounts(house.accounts)
        done = subprocess.run(
            [NATS, "-t", "-c", str(broker.config)], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stderr

    def test_of_a_town_flushes_each_message_and_of_a_province_leans_on_three(self):
        town = (DEPLOY / "nats" / "nats-server.conf").read_text()
        assert "sync_interval: always" in town
        for number in (1, 2, 3):
            text = (DEPLOY / "nats" / f"hub-{number}.conf").read_text()
            assert 'sync_interval: "1s"' in text
            assert f"server_name: hub-{number}\n" in text
            assert text.count("tls://hub-") == 2
            assert f"tls://hub-{number}." not in text

    def test_of_a_town_takes_hub_and_ward_by_key_over_tls_and_nobody_else(self, tmp_path, certificates, house):
        broker = Shipped(tmp_path, "nats-server.conf", certificates, ports_of("nats-server.conf"))
        broker.accounts(house.accounts)
        url = f"tls://localhost:{broker.client}"

        async def tell():
            hub = await patiently(lambda: connected(url, house.hub, certificates))
            js = hub.jetstream(timeout=PATIENCE)
            await ensure_streams(js)
            await js.publish("dispatch.all", b"x")
            ward = await patiently(lambda: connected(url, house.ward, certificates, "_INBOX_w26734"))
            held = await ward.request("$JS.API.STREAM.INFO.DISPATCH", b"", timeout=PATIENCE)
            assert json.loads(held.data)["state"]["messages"] == 1
            await ward.close()
            await hub.close()
            with pytest.raises(Refused, match="link_turned_away"):
                await connected(url, keys.new_seed(), certificates)

        with broker.running():
            until(lambda: broker.asked("/healthz"), f"the broker\n{broker.told()}")
            asyncio.run(tell())
            listening = broker.asked("/varz")
            assert listening["tls_required"]
            assert listening["jetstream"]["config"]["sync_always"]

    def test_monitoring_is_for_this_machine_only(self):
        for path in (DEPLOY / "nats").glob("*.conf"):
            for port in re.findall(r"(?m)^http: (\S+)", path.read_text()):
                assert port.startswith("127.0.0.1:")

    def test_of_a_province_makes_one_cluster_that_keeps_three_copies_and_lives_without_its_leader(
        self, tmp_path, certificates, house
    ):
        names = ("hub-1.conf", "hub-2.conf", "hub-3.conf")
        ports = ports_of(*names)
        brokers = [Shipped(tmp_path / name, name, certificates, ports) for name in names]
        for broker in brokers:
            broker.accounts(house.accounts)

        async def made():
            hub = await patiently(lambda: connected(f"tls://localhost:{brokers[0].client}", house.hub, certificates))
            await patiently(lambda: ensure_streams(jetstream(hub), 3))
            await patiently(lambda: jetstream(hub).publish("dispatch.all", b"x"))
            info = await patiently(lambda: jetstream(hub).stream_info("DISPATCH"))
            await hub.close()
            return info.cluster.leader

        async def still(broker):
            hub = await patiently(lambda: connected(f"tls://localhost:{broker.client}", house.hub, certificates))
            ack = await patiently(lambda: jetstream(hub).publish("dispatch.all", b"y"))
            await hub.close()
            return ack.seq

        with ExitStack() as stack:
            ends = {broker.folder.name: stack.enter_context(ended_early(broker)) for broker in brokers}
            for broker in brokers:
                until(
                    lambda broker=broker: len((broker.asked("/routez") or {}).get("routes", [])) >= 2,
                    f"the routes of {broker.folder.name}\n{broker.told()}",
                )
            leader = asyncio.run(made())
            ends[f"{leader}.conf"]()
            living = next(broker for broker in brokers if broker.folder.name != f"{leader}.conf")
            assert asyncio.run(still(living)) >= 2


@contextmanager
def ended_early(broker):
    """Running, with a way to kill it before the end."""
    with (broker.folder / "log").open("wb") as log:
        process = subprocess.Popen([NATS, "-c", str(broker.config)], stdout=log, stderr=log)

    def end():
        process.kill()
        process.wait()

    try:
        yield end
    finally:
        end()


class TestCertificates:
    def test_are_of_an_authority_of_ones_own_and_a_second_run_keeps_it(self, tmp_path):
        script = [str(DEPLOY / "nats" / "make-certificates"), str(tmp_path)]
        subprocess.run(
            [*script, "hub.thixa.example.vn", "203.0.113.5"], check=True, capture_output=True, timeout=PATIENCE
        )
        authority, first = (tmp_path / "ca.pem").read_bytes(), (tmp_path / "hub.pem").read_bytes()
        subprocess.run(
            [*script, "hub-1.vn", "hub-2.vn", "2001:db8::1"], check=True, capture_output=True, timeout=PATIENCE
        )
        assert (tmp_path / "ca.pem").read_bytes() == authority
        assert (tmp_path / "hub.pem").read_bytes() != first
        assert (tmp_path / "ca.key").stat().st_mode & 0o077 == 0
        assert (tmp_path / "hub.key").stat().st_mode & 0o027 == 0
        named = subprocess.run(
            ["openssl", "x509", "-in", tmp_path / "hub.pem", "-noout", "-ext", "subjectAltName"],
            capture_output=True, text=True, check=True, timeout=PATIENCE,
        ).stdout  # fmt: skip
        assert "DNS:hub-1.vn, DNS:hub-2.vn, IP Address:2001:DB8:0:0:0:0:0:1" in named
        assert subprocess.run(
            ["openssl", "verify", "-CAfile", tmp_path / "ca.pem", tmp_path / "hub.pem"],
            capture_output=True, check=False, timeout=PATIENCE,
        ).returncode == 0  # fmt: skip

    def test_without_a_name_are_not_made(self, tmp_path):
        done = subprocess.run(
            [DEPLOY / "nats" / "make-certificates", tmp_path / "x"],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 2
        assert "make-certificates FOLDER NAME" in done.stderr
        assert not (tmp_path / "x").exists()


class TestMosquitto:
    @pytest.fixture
    def port(self, tmp_path):
        """The ward's MQTT server with its users and its list of who may what."""
        port = free_port()
        for name, password in (("phuong", "mk-phuong"), ("17", "mk-17"), ("18", "mk-18")):
            words = ["mosquitto_passwd", *([] if (tmp_path / "passwd").exists() else ["-c"]), "-b"]
            subprocess.run(
                [*words, str(tmp_path / "passwd"), name, password], check=True, capture_output=True, timeout=PATIENCE
            )
        shutil.copy(DEPLOY / "mosquitto" / "loa.acl", tmp_path / "loa.acl")
        for name in ("passwd", "loa.acl"):
            (tmp_path / name).chmod(0o644)
        text = (DEPLOY / "mosquitto" / "loa.conf").read_text(encoding="utf-8")
        text = text.replace("/etc/mosquitto/loa.passwd", str(tmp_path / "passwd"))
        text = text.replace("/etc/mosquitto/loa.acl", str(tmp_path / "loa.acl"))
        text = text.replace("listener 1883 127.0.0.1", f"listener {port} 127.0.0.1")
        user = "user root\n" if os.geteuid() == 0 else ""
        (tmp_path / "m.conf").write_text(f"{user}persistence true\npersistence_location {tmp_path}/\n{text}")
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen([MOSQUITTO, "-c", str(tmp_path / "m.conf")], stdout=log, stderr=log)

        def answers():
            assert process.poll() is None, (tmp_path / "log").read_text()
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        until(answers, "mosquitto")
        yield port
        process.kill()
        process.wait()

    def client(self, port, name, password, ident=""):
        made = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=ident or name)
        made.username_pw_set(name, password)
        made.heard, made.answer, arrived = [], [], threading.Event()
        made.on_connect = lambda _c, _u, _f, code, _p: (made.answer.append(code), arrived.set())
        made.on_message = lambda _c, _u, message: made.heard.append((message.topic, message.payload))
        made.connect_timeout = PATIENCE
        made.connect("127.0.0.1", port, keepalive=10)
        made.loop_start()
        assert arrived.wait(PATIENCE)
        return made

    def test_a_box_hears_its_own_orders_and_no_others_and_speaks_for_itself_alone(self, port):
        tram = self.client(port, "phuong", "mk-phuong")
        own, other = self.client(port, "17", "mk-17"), self.client(port, "18", "mk-18")
        tram.subscribe("loa/#", 1)
        for box in (own, other):
            box.subscribe([("loa/26734/17/cmd", 1), ("loa/26734/18/state", 1), ("loa/#", 1)])
        other.publish("loa/26734/17/cmd", b"siren", 1).wait_for_publish(PATIENCE)
        other.publish("loa/26734/17/state", b"of another", 1).wait_for_publish(PATIENCE)
        other.publish("loa/26734/18/cmd", b"to itself", 1).wait_for_publish(PATIENCE)
        own.publish("loa/26734/17/state", b"mine", 1, retain=True).wait_for_publish(PATIENCE)
        tram.publish("loa/26734/17/cmd", b"order", 1).wait_for_publish(PATIENCE)
        until(lambda: ("loa/26734/17/cmd", b"order") in own.heard, "the order")
        until(lambda: ("loa/26734/17/state", b"mine") in tram.heard, "the state")
        assert [topic for topic, _ in own.heard] == ["loa/26734/17/cmd"]
        assert other.heard == []
        assert {payload for _, payload in tram.heard} == {b"mine", b"order"}
        for one in (tram, own, other):
            one.disconnect()
            one.loop_stop()

    @pytest.mark.parametrize(("name", "password"), [("17", "falsch"), ("", ""), ("99", "mk-17")], ids=str)
    def test_nobody_comes_in_without_a_password_of_their_own(self, port, name, password):
        one = self.client(port, name, password, "x")
        assert one.answer[0].is_failure
        one.loop_stop()


def test_a_hub_begins_from_the_shipped_files_and_reaches_its_broker(tmp_path, certificates):
    """As docs/hub-operations.md tells it: the accounts, the station, the broker, in an order of their own."""
    broker = Shipped(tmp_path, "nats-server.conf", certificates, ports_of("nats-server.conf"))
    text = (DEPLOY / "hub.example.toml").read_text(encoding="utf-8")
    text = text.replace("hub.thixa.example.vn:4222", f"localhost:{broker.client}").replace("8642", str(free_port()))
    text = text.replace("/etc/loa-phuong/tls/ca.pem", str(certificates / "ca.pem"))
    text = text.replace("/var/lib/loa-broker", str(tmp_path / "var" / "lib" / "loa-broker"))
    text = re.sub(r"(?ms)^\[backup\].*?(?=^\[)", "", text)
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    loa = ("--config", tmp_path / "config.toml")
    refused = subprocess.run([NATS, "-t", "-c", str(broker.config)], capture_output=True, timeout=PATIENCE, check=False)
    assert refused.returncode != 0, "without accounts no broker: nobody is let in by chance"
    done = lives.loa(*loa, "hub", "conf")
    assert done.returncode == 0, done.stderr
    with (tmp_path / "told").open("wb") as told:
        station = lives.Begun(*loa, "run", stdout=told)
    try:
        with broker.running():

            def connected():
                assert station.poll() is None, (tmp_path / "told").read_text()[-2000:]
                told = lives.loa(*loa, "doctor").stdout
                return "[tốt ] Máy chủ tin: Đang liên lạc được" in told and told

            assert "chứa khóa ký của thị xã" in until(connected, "the hub at its broker")
            streams = until(lambda: (told := broker.asked("/jsz")) and told["streams"] == 2 and told, "its two logs")
            assert streams["config"]["sync_always"]
    finally:
        station.terminate()
        station.wait(PATIENCE)
