"""A station in a folder of its own for a bench: `loa run` on a free loopback port, and what its processes are."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from scheduler.kernel.clock import SystemClock

CLOCK = SystemClock()
_OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def pause(seconds):
    CLOCK.sleep_until(CLOCK.monotonic() + seconds)


def end_on_sigterm():
    """SIGTERM ends this process as Ctrl-C does: what it started beside it is ended too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def config_in(folder, output="wavfile", more=""):
    """A config.toml with a free port, the offline voice, one output (WAV files) and `more` lines."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = Path(folder) / "config.toml"
    path.write_text(
        f'[web]\nport = {port}\n[speech]\nengines = ["espeak"]\n{more}[[output]]\nkind = "{output}"\n', encoding="utf-8"
    )
    return path, port


def wait_for_page(port):
    while True:
        with suppress(urllib.error.URLError, ConnectionError):
            try:
                _OPEN.open(f"http://127.0.0.1:{port}/", timeout=30).close()
            except urllib.error.HTTPError as error:
                error.close()
            return
        pause(0.01)


def sign_in(base, password):
    """A browser of Lan's."""
    browser = requests.Session()
    browser.trust_env = False
    token = re.search(r'name="form_token" value="([^"]+)"', browser.get(f"{base}/dang-nhap").text)[1]
    fields = {"login": "lan", "password": password, "form_token": token, "toi": ""}
    browser.post(f"{base}/dang-nhap", data=fields, allow_redirects=False).raise_for_status()
    return browser


def loa_line(path, *words):
    return [sys.executable, "-m", "scheduler.cli", "--config", str(path), *words]


@contextmanager
def loa(path, *words, before=(), environment=None):
    """`loa` with `words` in a process group of its own, ended with Ctrl-C. `before`: words before the command itself."""
    command = [*before, *loa_line(path, *words)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=path.parent, env=environment, start_new_session=True, **quiet)
    try:
        yield process
    finally:
        number = signal.SIGINT if words == ("run",) else signal.SIGTERM
        os.kill(process.pid, number)
        process.wait()


def children(pid):
    """name -> pid of the station's processes."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = (stat.parent / "cmdline").read_bytes().split(b"\0")
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid and b"process" in words:
                found[words[words.index(b"process") + 1].decode()] = int(stat.parent.name)
    return found
