"""Private Icecast and Snapcast servers on the loopback, for tests that want the real thing."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import BLOCK, Block
from scheduler.playout.outputs import Output
from tests.needs import missing
from tests.ports import free_port

PASSWORD = "bí mật+#1"
_ICECAST = """\
<icecast>
  <limits><clients>20</clients><sources>4</sources><source-timeout>120</source-timeout><burst-size>0</burst-size></limits>
  <authentication><source-password>{password}</source-password><relay-password>r</relay-password>
    <admin-user>admin</admin-user><admin-password>a</admin-password></authentication>
  <hostname>127.0.0.1</hostname>
  <listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <fileserve>1</fileserve>
  <paths><basedir>/usr/share/icecast2</basedir><logdir>{folder}</logdir><webroot>/usr/share/icecast2/web</webroot>
    <adminroot>/usr/share/icecast2/admin</adminroot></paths>
  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>3</loglevel></logging>
  {security}
</icecast>
"""
_AS_ROOT = "<security><changeowner><user>icecast2</user><group>icecast</group></changeowner></security>"
_SNAPCAST = """\
[server]
datadir = {folder}
pidfile = {folder}/snapserver.pid
mdns_enabled = false
[http]
enabled = true
bind_to_address = 127.0.0.1
port = {http}
[tcp]
enabled = true
bind_to_address = 127.0.0.1
port = {control}
[stream]
bind_to_address = 127.0.0.1
port = {stream}
source = pipe://{folder}/ward.pcm?name=pipe&mode=create&codec=pcm&sampleformat=48000:16:1
source = tcp://127.0.0.1:{source}?name=tcp&mode=server&codec=pcm&sampleformat=48000:16:1
buffer = 400
"""


def wait_for(found: Callable[[], object], what: str, seconds: float = 120) -> None:
    """Until it is so; the test fails when it never is."""
    pause = threading.Event()
    for _ in range(round(seconds / 0.05)):
        if found():
            return
        pause.wait(0.05)
    pytest.fail(f"{what} did not happen")


def nobody_knows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a name server says of `name`, at once and without a network."""
    real = socket.getaddrinfo

    def resolved(host: str, *rest: object, **more: object) -> object:
        if host == name and len(host) < 64 and ".." not in host:  # what is no name at all is not even asked for
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *rest, **more)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


@contextmanager
def sounding(output: Output, block_at: Callable[[int], Block]) -> Iterator[None]:
    """`block_at` a frame, block by block at the clock's pace, while the caller listens."""
    stop, faults = threading.Event(), []

    def run() -> None:
        clock = SystemClock()
        begin, at = clock.monotonic(), 0
        try:
            while not stop.is_set():
                output.write(block_at(at))
                at += BLOCK
                clock.sleep_until(begin + at / HOUSE_RATE)
        except OutputError as error:
            faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert faults == []


def listens(port: int) -> bool:
    with socket.socket() as link:
        return link.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Server:
    """A child process; what it says is kept in `folder`."""

    folder: Path
    command: list[str] = field(default_factory=list)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def up(self) -> None:
        with (self.folder / "said").open("ab") as said:
            self.process = subprocess.Popen(self.command, stdout=said, stderr=said, start_new_session=True)
        wait_for(lambda: listens(self.port), f"{self.command[0]} answering: {(self.folder / 'said').read_text()}")

    def kill(self) -> None:
        """As a crash does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def hold(self) -> None:
        """It is there and does nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def release(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


class IcecastServer(Server):
    def url(self, mount: str = "/ward.mp3", password: str = "") -> str:
        secret = urllib.request.quote(password or PASSWORD, safe="")
        return f"http://source:{secret}@127.0.0.1:{self.port}{mount}"

    def listen(self, mount: str = "/ward.mp3", size: int = 20_000) -> bytes:
        """The first bytes that a listener hears."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{mount}", timeout=120) as stream:
            return bytes(stream.read(size))

    def has(self, mount: str = "/ward.mp3") -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{mount}", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False


@pytest.fixture
def icecast_server() -> Iterator[IcecastServer]:
    if not shutil.which("icecast2"):
        missing("icecast2")
    with tempfile.TemporaryDirectory(prefix="icecast") as name:
        folder = Path(name)
        folder.chmod(0o777)  # it gives up root's rights before it opens its logs
        server = IcecastServer(folder, port=free_port())
        security = _AS_ROOT if os.geteuid() == 0 else ""
        text = _ICECAST.format(password=PASSWORD, port=server.port, folder=folder, security=security)
        (folder / "icecast.xml").write_text(text, encoding="utf-8")
        (folder / "icecast.xml").chmod(0o644)
        server.command = ["icecast2", "-c", str(folder / "icecast.xml")]
        server.up()
        try:
            yield server
        finally:
            server.kill()


@dataclass
class SnapcastServer(Server):
    http: int = 0
    stream: int = 0
    source: int = 0
    clients: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def pipe(self) -> Path:
        return self.folder / "ward.pcm"

    @property
    def control(self) -> str:
        return f"http://127.0.0.1:{self.http}/jsonrpc"

    def client(self, name: str) -> Path:
        """A listener of the stream; where it writes what it would sound."""
        heard = self.folder / f"{name}.raw"
        command = ["snapclient", "--logsink", "null", "-h", "127.0.0.1", "-p", str(self.stream), "--hostID", name]
        command += ["--instance", str(len(self.clients) + 1), "--player", f"file:filename={heard}"]
        self.clients.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return heard

    def kill(self) -> None:
        for client in self.clients:
            client.kill()
            client.wait()
        self.clients.clear()
        super().kill()


@pytest.fixture
def snapcast_server() -> Iterator[SnapcastServer]:
    if not all(map(shutil.which, ("snapserver", "snapclient"))):
        missing("snapserver")
    with tempfile.TemporaryDirectory(prefix="snap") as name:
        folder = Path(name)
        server = SnapcastServer(folder, http=free_port(), stream=free_port(), source=free_port())
        server.port = server.http
        control = free_port()
        text = _SNAPCAST.format(
            folder=folder, http=server.http, control=control, stream=server.stream, source=server.source
        )
        (folder / "snap.conf").write_text(text, encoding="utf-8")
        server.command = ["snapserver", "-c", str(folder / "snap.conf")]
        server.up()
        wait_for(lambda: listens(server.source), "the TCP source")
        try:
            yield server
        finally:
            server.kill()
