"""A private Kannel on the loopback: bearerbox, smsbox and a fake message centre that writes down what it gets."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from tests.needs import missing
from tests.playout import servers
from tests.playout.servers import Server, listens
from tests.ports import free_port

wait_for = partial(servers.wait_for, seconds=120)
FAKE = Path("/usr/lib/kannel/test/fakesmsc")
USER, PASSWORD = "phuong", "bí mật+#1"
_CONFIG = """\
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = a
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
box-deny-ip = "*.*.*.*"
log-level = 1

group = smsc
smsc = fake
smsc-id = fake
port = {centre}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {port}
sendsms-interface = 127.0.0.1
log-level = 1

group = sendsms-user
username = {user}
password = "{password}"
concatenation = true
max-messages = 20
black-list-regex = "^[+]?8499"
default-sender = PHUONG

group = sms-service
keyword = default
text = ""
"""
_GOT = re.compile(rb"Got message \d+: <(\S+) (\+?\d+) (.*?)>\n", re.DOTALL)


@dataclass(frozen=True)
class Got:
    """One part as the message centre got it."""

    sender: str
    number: str
    text: str


@dataclass
class Box(Server):
    """One process, up when `begun` stands in what `teller` (itself where none is named) says."""

    begun: bytes = b""
    teller: "Box | None" = None

    @property
    def said(self) -> bytes:
        return (self.folder / "said").read_bytes()

    def up(self) -> None:
        teller = self.teller or self
        told = (teller.folder / "said").read_bytes().count(self.begun) if (teller.folder / "said").exists() else 0
        with (self.folder / "said").open("ab") as said:
            self.process = subprocess.Popen(self.command, stdout=said, stderr=said, start_new_session=True)
        wait_for(lambda: teller.said.count(self.begun) > told, f"{self.command[0]}: {self.begun.decode()}")


@dataclass
class KannelServer(Box):
    """smsbox, which is asked, on the two others."""

    bearer: Box | None = None
    centre: Box | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/cgi-bin/sendsms"

    def got(self) -> list[Got]:
        """Every part that has come to the message centre."""
        assert self.centre is not None
        found = _GOT.finditer(self.centre.said)
        return [Got(one[1].decode(), one[2].decode(), _text(one[3])) for one in found]

    def wait_for_parts(self, many: int) -> list[Got]:
        wait_for(lambda: len(self.got()) >= many, f"{many} parts at the message centre")
        return self.got()

    def up(self) -> None:
        for box in (self.bearer, self.centre):
            assert box is not None
            box.up()
        super().up()
        wait_for(lambda: listens(self.port), "smsbox answering")

    def kill(self) -> None:
        super().kill()
        for box in (self.centre, self.bearer):
            assert box is not None
            box.kill()


def _text(told: bytes) -> str:
    """The letters of a part: as text, or percent-coded. The part of a longer SMS does not tell its alphabet."""
    kind, _, rest = told.partition(b" ")
    if kind == b"text":
        return rest.decode()
    if kind == b"udh":
        rest = rest.split(b" ", 2)[2]
    data = unquote_to_bytes(rest.replace(b"+", b" "))
    try:
        is_wide = kind == b"ucs-2" or 0 in data or not data.decode()
    except UnicodeDecodeError:
        is_wide = True
    return data.decode("utf-16-be" if is_wide else "utf-8")


@pytest.fixture
def kannel() -> Iterator[KannelServer]:
    if not FAKE.exists() or not all(map(shutil.which, ("bearerbox", "smsbox"))):
        missing("kannel with kannel-extras")
    with tempfile.TemporaryDirectory(prefix="kannel") as name:
        folder = Path(name)
        ports = {"admin": free_port(), "box": free_port(), "centre": free_port(), "port": free_port()}
        text = _CONFIG.format(folder=folder, user=USER, password=PASSWORD, **ports)
        (folder / "kannel.conf").write_text(text, encoding="utf-8")
        for place in ("bearer", "centre", "sms"):
            (folder / place).mkdir()
        config, centre = str(folder / "kannel.conf"), str(ports["centre"])
        bearer = Box(folder / "bearer", ["bearerbox", config], begun=b"MAIN: Start-up done")
        fake = [str(FAKE), "-H", "127.0.0.1", "-r", centre, "-i", "1", "-m", "0", "1 2 text x"]
        server = KannelServer(
            folder / "sms",
            ["smsbox", config],
            ports["port"],
            begun=b"Connected to bearerbox",
            bearer=bearer,
            centre=Box(folder / "centre", fake, begun=b"Fakesmsc client connected", teller=bearer),
        )
        try:
            server.up()
            yield server
        finally:
            server.kill()
