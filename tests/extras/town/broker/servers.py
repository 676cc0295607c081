"""The real brokers of the tests: nats-server alone, with wards and TLS, three as a cluster; and mosquitto.

Each on free loopback ports with a store of its own below the test's folder, started again on the same ports and store,
killed by its own process number. `with NatsServer(tmp_path) as server:` is an open broker; `wards={"26734": public}`
gives accounts with the permissions of NETWORK 5, and `server.hub_seed`, `server.sys_seed` to connect as the town.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scheduler.extras.hub.rules.wards import wards_conf
from scheduler.extras.town.broker import keys
from scheduler.kernel.clock import SystemClock
from tests.needs import needed
from tests.ports import free_port

NATS = os.environ.get("NATS_SERVER", "/usr/sbin/nats-server")
MOSQUITTO = os.environ.get("MOSQUITTO", "/usr/sbin/mosquitto")
READY_SECONDS = 120.0
FORMED_SECONDS = 15.0
"""How long three servers may need for their first leader; raft votes after four to nine seconds."""


CLOCK = SystemClock()


def pause(seconds: float) -> None:
    CLOCK.sleep_until(CLOCK.monotonic() + seconds)


@dataclass(frozen=True, slots=True)
class Own:
    """A ward as the broker's accounts know it."""

    public: str
    groups: tuple[str, ...] = ()


def accounts(wards: Mapping[str, Own | str], hub_public: str, sys_public: str) -> str:
    """wards.conf, as the hub itself writes it."""
    known = {ward_id: told if isinstance(told, Own) else Own(told) for ward_id, told in wards.items()}
    return wards_conf(hub_public, sys_public, [(ward_id, one.public, one.groups) for ward_id, one in known.items()])


@dataclass(frozen=True, slots=True)
class Certificates:
    """An authority of its own and a certificate of it for the loopback."""

    ca: Path
    certificate: Path
    key: Path

    @classmethod
    def make(cls, folder: Path) -> "Certificates":
        folder.mkdir(parents=True, exist_ok=True)
        ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Loa test CA")])
        now = datetime.now(UTC)  # noqa: TID251 - TLS knows no stepped clock

        def signed(subject: x509.Name, public: ec.EllipticCurvePublicKey, more: list[tuple[x509.ExtensionType, bool]]):
            builder = x509.CertificateBuilder().subject_name(subject).issuer_name(ca_name).public_key(public)
            builder = builder.serial_number(x509.random_serial_number())
            builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
            for extension, is_critical in more:
                builder = builder.add_extension(extension, is_critical)
            return builder.sign(ca_key, hashes.SHA256())

        identifier = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        authority = signed(
            ca_name,
            ca_key.public_key(),
            [(x509.BasicConstraints(ca=True, path_length=0), True), (usage, True), (identifier, False)],
        )
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
        own = signed(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
            key.public_key(),
            [
                (names, False),
                (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False),
                (x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), False),
            ],
        )
        made = cls(folder / "ca.pem", folder / "hub.pem", folder / "hub.key")
        made.ca.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
        made.certificate.write_bytes(own.public_bytes(serialization.Encoding.PEM))
        made.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        made.key.chmod(0o600)
        return made


class _Process:
    """A server of the tests: begun, ended, killed and silenced by its own process number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _ready(self) -> bool:
        raise NotImplementedError

    def start(self, *, wait: bool = True) -> "_Process":
        command = self._command()
        needed(command[0])
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        end = CLOCK.monotonic() + seconds
        while CLOCK.monotonic() < end:
            if self.process is None or self.process.poll() is not None:
                raise AssertionError(f"the server has ended:\n{self.told()}")
            if self._ready():
                return
            pause(0.05)
        raise AssertionError(f"the server did not come up in {seconds} s:\n{self.told()}")

    def told(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def stop(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)  # a silenced server ends by no other signal
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def restart(self) -> None:
        """End and begin on the same port and store."""
        self.stop()
        self.start()

    def silence(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def wake(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def __enter__(self):
        return self if self.process is not None else self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class NatsServer(_Process):
    """One nats-server with JetStream. Without `wards` it is open; with (also an empty mapping) it has accounts."""

    def __init__(
        self,
        folder: Path,
        *,
        wards: Mapping[str, Own | str] | None = None,
        tls: Certificates | bool | None = None,
        port: int = 0,
        most_bytes: int = 0,
        cluster: "tuple[str, int, list[int]] | None" = None,
        hub_seed: str = "",
        sys_seed: str = "",
        more: str = "",
    ) -> None:
        """`most_bytes`: what the log may hold on disk; `cluster`: name, own route port, everybody's route ports."""
        super().__init__(folder / "nats" if cluster is None else folder)
        self.port, self.monitor_port = port or free_port(), free_port()
        self.hub_seed, self.sys_seed = hub_seed or keys.new_seed(), sys_seed or keys.new_seed()
        self.tls = Certificates.make(self.folder / "tls") if tls is True else (tls or None)
        self.wards: dict[str, Own | str] | None = dict(wards) if wards is not None else None
        self.wards_conf = self.folder / "wards.conf"
        self._most_bytes, self._cluster, self._more = most_bytes, cluster, more
        self.store = self.folder / "js"
        self.write()

    @property
    def url(self) -> str:
        return f"{'tls' if self.tls else 'nats'}://127.0.0.1:{self.port}"

    @property
    def ca_file(self) -> Path | None:
        return self.tls.ca if self.tls else None

    @property
    def name(self) -> str:
        return f"{self.folder.name}{self.port}"

    @property
    def pid_file(self) -> Path:
        return self.folder / "nats.pid"

    def write(self) -> None:
        """The configuration, and the accounts beside it."""
        limit = f", max_file_store: {self._most_bytes}" if self._most_bytes else ""
        lines = [
            f"listen: 127.0.0.1:{self.port}",
            f"http: 127.0.0.1:{self.monitor_port}",
            f"server_name: {self.name}",
            f'pid_file: "{self.pid_file}"',
            "max_connections: 10000",
            'ping_interval: "10s"',
            "ping_max: 2",
            f'jetstream {{ store_dir: "{self.store}", sync_interval: always{limit} }}',
        ]
        if self.tls:
            lines.append(f'tls {{ cert_file: "{self.tls.certificate}", key_file: "{self.tls.key}", timeout: 30 }}')
        if self.wards is not None:
            self.write_wards()
            lines += ["authorization { timeout: 30 }", "include ./wards.conf"]
        if self._cluster:
            name, own, all_ports = self._cluster
            routes = ", ".join(f'"nats-route://127.0.0.1:{port}"' for port in all_ports)
            lines.append(f"cluster {{ name: {name}, listen: 127.0.0.1:{own}, routes: [{routes}] }}")
        (self.folder / "n.conf").write_text("\n".join([*lines, self._more, ""]), encoding="utf-8")

    def write_wards(self) -> None:
        text = accounts(self.wards or {}, keys.public_of(self.hub_seed), keys.public_of(self.sys_seed))
        self.wards_conf.write_text(text, encoding="utf-8")

    def reload(self, wards: Mapping[str, Own | str] | None = None) -> None:
        """Other wards from now on, told by SIGHUP; nobody else is dropped."""
        if wards is not None:
            self.wards = dict(wards)
            self.write_wards()
        os.kill(self.pid, signal.SIGHUP)

    def told_json(self, path: str) -> str:
        """An answer of the monitor, such as /connz."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor_port}{path}", timeout=20) as answer:
            return answer.read().decode()

    def _command(self) -> list[str]:
        return [NATS, "-c", str(self.folder / "n.conf")]

    def _ready(self) -> bool:
        try:
            return '"ok"' in self.told_json("/healthz").replace(" ", "")
        except (OSError, urllib.error.URLError):
            return False


@dataclass
class NatsCluster:
    """Three servers, one log (R3). `servers[i].kill()` and `.start()` as with one."""

    folder: Path
    wards: Mapping[str, Own | str] | None = None
    servers: list[NatsServer] = field(default_factory=list)
    more: str = ""

    def __post_init__(self) -> None:
        routes = [free_port() for _ in range(3)]
        hub_seed, sys_seed = keys.new_seed(), keys.new_seed()
        self.servers = [
            NatsServer(
                self.folder / f"hub-{index + 1}",
                wards=self.wards,
                cluster=("loa", own, routes),
                hub_seed=hub_seed,
                sys_seed=sys_seed,
                more=self.more,
            )
            for index, own in enumerate(routes)
        ]

    @property
    def url(self) -> str:
        return ",".join(server.url for server in self.servers)

    @property
    def hub_seed(self) -> str:
        return self.servers[0].hub_seed

    @property
    def sys_seed(self) -> str:
        return self.servers[0].sys_seed

    def start(self) -> "NatsCluster":
        for server in self.servers:
            server.start(wait=False)
        for server in self.servers:
            server.wait_ready()
        self._wait_formed()
        return self

    def _wait_formed(self) -> None:
        """Wait until three servers keep one log.

        In about one of 150 starts at the same instant nats-server 2.10.27 leaves one of them outside for good ("no
        suitable peers for placement"). It is begun again, as hub-operations.md says.
        """
        end, look = CLOCK.monotonic() + READY_SECONDS, CLOCK.monotonic() + FORMED_SECONDS
        while outside := self._outside():
            assert CLOCK.monotonic() < end, [server.told() for server in self.servers]
            if CLOCK.monotonic() > look:
                for server in outside:
                    server.restart()
                look = CLOCK.monotonic() + FORMED_SECONDS
            pause(0.1)

    def _outside(self) -> list[NatsServer]:
        """Who is not with the leader of the three; without a leader, all but one."""
        told = {server.name: json.loads(server.told_json("/jsz"))["meta_cluster"] for server in self.servers}
        leader = next((name for name, one in told.items() if one.get("leader") == name), None)
        if leader is None:
            return self.servers[1:]
        beside = {one["name"] for one in told[leader].get("replicas", []) if one["current"]}
        return [
            server
            for server in self.servers
            if server.name != leader and (server.name not in beside or told[server.name].get("leader") != leader)
        ]

    def stop(self) -> None:
        for server in self.servers:
            server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class Mosquitto(_Process):
    """A broker of the ward's own network, on 127.0.0.1:`port`; `more`: lines of its configuration."""

    def __init__(self, folder: Path, *, port: int = 0, more: str = "allow_anonymous true") -> None:
        super().__init__(folder / "mosquitto")
        self.port = port or free_port()
        if "persistence" not in more:
            # Sessions outlive a kill: the default keeps them in memory for half an hour (NETWORK 3.3).
            more += (
                f"\npersistence true\npersistence_location {self.folder}/\nautosave_interval 1\n"
                "autosave_on_changes true"
            )
        (self.folder / "m.conf").write_text(
            f"listener {self.port} 127.0.0.1\nset_tcp_nodelay true\nuser {_user()}\n{more}\n", encoding="utf-8"
        )

    def _command(self) -> list[str]:
        return [MOSQUITTO, "-c", str(self.folder / "m.conf")]

    def _ready(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def _user() -> str:
    return shutil.os.environ.get("USER") or "root"
