"""A station as a person runs it: `loa run` with its processes, on a free loopback port and a folder of its own."""

import http.client
import http.cookiejar
import os
import re
import secrets
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from scheduler.config import loading as configuration
from tests.lives import Begun
from tests.ports import free_port
from tests.waiting import CLOCK, PATIENCE, until

STOP_WITHIN = 100.0
"""Seconds a patient station gives its processes to end: on a machine that stands still for some none of them is killed."""
FROM_NOTHING = (sys.executable, "-m", "scheduler.cli")
"""`loa` of the tree in an interpreter that has loaded nothing."""
CONFIG = """
[web]
port = {port}
[quiet_hours]
windows = []
[planning]
min_gap_minutes = 0.0
[speech]
engines = ["espeak"]
[[output]]
kind = "{kind}"
counts = true
"""


def alive(pid):
    """Does a process still run? A zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children_of(pid):
    """The processes that it is to wait for."""
    found = []
    with suppress(OSError):  # it, or a thread of it, has ended
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def frames_in(path):
    """What is in a recording, whatever its header says: that is brought up to date once a second."""
    return (path.stat().st_size - 44) // 2


@contextmanager
def hearing_the_terminal():
    """A station respects `nohup`; the one under which the tests may run is not to be inherited by it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


class Browser:
    """Cookies and forms over real HTTP; redirects are answers, not followed."""

    class _Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies, self._Stay)

    def ask(self, path, **fields):
        """GET, or POST where there are fields: (status, text), or None while nobody listens."""
        data = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with self._opener.open(self.base + path, data, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (OSError, http.client.HTTPException):  # or it went in the middle of its answer
            return None

    def set_up(self, link):
        path = link.removeprefix(self.base)
        status, page = self.ask(path)
        if status != 200:
            return status
        token = re.search(r'name="form_token" value="([^"]+)"', page)[1]
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)["ma"][0]
        fields = {"ma": code, "login": "hung", "name": "Hùng", "form_token": token}
        return self.ask("/cai-dat-lan-dau", **fields, password="mat-khau-cua-hung", again="mat-khau-cua-hung")[0]


class Running:
    """One `loa run`, in a process group of its own, as a terminal starts it.

    `patient`: it does not kill what needs more than its seconds to end, which on a busy machine says nothing.
    `loa`: the words of a command that begins from nothing, where it is not to be forked from who has the program already.
    """

    def __init__(self, path, *, patient=False, loa=(), first=None, **changes):
        self.config = configuration.load(path)
        self.told_in = path.parent / f"told-{secrets.token_hex(3)}.txt"
        words, run = ["--config", str(path), "run"], {"cwd": path.parent}
        run["env"] = os.environ | {"PYTHONWARNINGS": "default"} | changes
        with self.told_in.open("wb") as out, hearing_the_terminal():
            if loa:
                run |= {"stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, "start_new_session": True}
                self.process = subprocess.Popen([*loa, *words], stdout=out, **run)
            else:
                self.process = Begun(
                    *words, stdout=out, stop_within=STOP_WITHIN if patient else 0.0, first=first, **run
                )
        self.browser = Browser(self.config.web.port)

    @property
    def told(self):
        return self.told_in.read_text(encoding="utf-8")

    def children(self):
        """name -> pid of the processes that the supervisor has now."""
        found = {}
        for pid in children_of(self.process.pid):
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if b"process" in words:
                    found[words[words.index(b"process") + 1].decode()] = pid
        return found

    def up(self, station=None):
        """Wait until the page answers, and where a `station` is given until all three processes beat."""
        until(lambda: self.process.poll() is not None or self.browser.ask("/"), "the page")
        assert self.process.poll() is None, self.told
        if station is not None:
            for name in ("playout", "web", "worker"):
                until(lambda name=name: self.beats(station, name), f"the heartbeat of {name}")
        return self

    def beats(self, station, name):
        beat = station.repos.jobs.heartbeat(name)
        return beat is not None and beat.pid == self.children().get(name)

    def ctrl_c(self):
        """What a terminal does: SIGINT to every process of the group. The seconds until the last one has ended."""
        everyone = [self.process.pid, *self.children().values()]
        began = CLOCK.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(PATIENCE)
        took = CLOCK.monotonic() - began
        assert [pid for pid in everyone if alive(pid)] == []
        return took

    def end(self):
        for pid in (self.process.pid, *self.children().values()):
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def config_path(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(port=free_port(), kind="wavfile"))
    return path


@pytest.fixture
def config(config_path):
    """The running station's own configuration: the fixture `station` opens the same data folder beside it."""
    return configuration.load(config_path)


@pytest.fixture
def clock():
    return CLOCK


@pytest.fixture
def loa_run(config_path):
    """Start `loa run` on the test's folder, a patient one; everything it started is gone afterwards."""
    begun = []

    def start(*, patient=True, **changes):
        begun.append(Running(config_path, patient=patient, **changes))
        return begun[-1]

    yield start
    for running in begun:
        running.end()


@pytest.fixture
def rows(station):
    """The journal's airings, once there are `count`."""

    def airings(count):
        sql = "SELECT * FROM journal WHERE kind = 'airing' ORDER BY seq"
        until(lambda: len(station.repos.store.rows(sql)) >= count, f"{count} journal rows")
        return station.repos.store.rows(sql)

    return airings


@pytest.fixture
def sounding(station):
    """Wait until playout says that this slot has sounded for half a second (or is over, where we looked too late)."""

    def wait(slot_id):
        def heard():
            airing = station.services.air.on_air().airing
            sounds = airing and airing["slot_id"] == slot_id and airing["played_ms"] > 500
            return sounds or station.repos.slots.slot(slot_id).outcome is not None

        until(heard, "the airing")

    return wait
