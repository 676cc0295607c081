"""A ward with boxes: a real mosquitto, a real page that gives sounds, and boxes as processes or as objects."""

import http.server
import os
import secrets
import signal
import socket
import subprocess
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

from scheduler.config import loading as configuration
from tests.conftest import noon_zone
from tests.lives import Begun
from tests.needs import needed
from tests.ports import free_port
from tests.waiting import PATIENCE, until

WARD = "25771"
BOX = "860000000000001"
MOSQUITTO = "/usr/sbin/mosquitto"
CONFIG_WARD = """
[station]
time_zone = "{zone}"
[web]
port = {page}
[quiet_hours]
windows = []
[planning]
min_gap_minutes = 0.0
[speech]
engines = ["espeak"]
[[output]]
kind = "null"
counts = true
zones = ["all", "dong"]
[mqtt]
url = "mqtt://127.0.0.1:{broker}"
ward_id = "{ward}"
page_url = "http://127.0.0.1:{page}"
keepalive_seconds = 2
[[cluster]]
id = "{box}"
name = "Cụm Đông"
zones = ["all", "dong"]
"""
CONFIG_BOX = """
[station]
time_zone = "{zone}"
[quiet_hours]
windows = []
[planning]
min_gap_minutes = 0.0
[speech]
engines = ["espeak"]
[[output]]
name = "loa"
kind = "wavfile"
counts = true
[mqtt]
url = "mqtt://127.0.0.1:{broker}"
keepalive_seconds = 2
[box]
id = "{box}"
ward_id = "{ward}"
ward_key = "{key}"
page_url = "http://127.0.0.1:{page}"
report_seconds = 5.0
"""


class Mosquitto:
    """A real MQTT server on a free port, with its own store that is written at every change."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self.folder, self.process = free_port(), folder, None
        self._file = folder / "mosquitto.conf"
        self._file.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {folder}/\nautosave_interval 1\nautosave_on_changes true\n"
            f"set_tcp_nodelay true\nuser {os.environ.get('USER') or 'root'}\n",
            encoding="utf-8",
        )

    def start(self):
        needed(MOSQUITTO)
        with (self.folder / "log").open("ab") as told:
            self.process = subprocess.Popen([MOSQUITTO, "-c", str(self._file)], stdout=told, stderr=told)
        until(self._answers, "mosquitto")
        return self

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)


class Process:
    """`loa …` in a process group of its own."""

    def __init__(self, path, *words):
        self.told_in = path.parent / f"told-{secrets.token_hex(3)}.txt"
        with self.told_in.open("wb") as out:
            self.process = Begun("--config", path, *words, stdout=out, cwd=path.parent)

    @property
    def told(self):
        return self.told_in.read_text(encoding="utf-8", errors="replace")

    def pids(self):
        """This process and its children, newest last."""
        found = [self.process.pid]
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == self.process.pid and fields[0] != "Z":
                found.append(int(stat.parent.name))
        return found

    def kill(self):
        """As a power cut: it and its children at once."""
        for pid in reversed(self.pids()):
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


def written(path, text, **values):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.format(zone=noon_zone(), ward=WARD, box=BOX, **values), encoding="utf-8")
    return path, configuration.load(path)


@contextmanager
def running(make):
    """A link on a thread of its own, as its process would run it."""
    stop, begun = threading.Event(), threading.Event()

    def work():
        link = make()
        begun.set()
        link.run(stop)
        link._station.repos.store.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert begun.wait(PATIENCE)
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)


class Sounds(http.server.BaseHTTPRequestHandler):
    """Gives the masters of `server.library` to boxes."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        sha256 = self.path.removeprefix("/cum-loa/am/").removesuffix(".wav")
        data = self.server.library.path(sha256).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
