"""The main job with nothing but `curl`, as docs/api.md tells it, on a station that runs: from a file to an aired row."""

import json
import shlex
import socket
import subprocess
import wave
import zlib
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scheduler.kernel.clock import SystemClock
from tests import lives
from tests.conftest import noon_zone
from tests.needs import needed
from tests.ports import free_port
from tests.waiting import PATIENCE, until

CLOCK = SystemClock()


class Curl:
    """`api` of docs/api.md: curl with a key, and nothing else."""

    def __init__(self, port, key):
        self._at = f"http://127.0.0.1:{port}/api/v1"
        self._words = ["curl", "-sS", "--max-time", "100", "-H", f"Authorization: Bearer {key}"]

    def __call__(self, path, *words, status=None, kind="application/json"):
        """The answer's document, of a success or of just this status."""
        command = [
            *self._words,
            "-H",
            f"Content-Type: {kind}",
            "-w",
            "\n%{http_code} %{content_type}",
            self._at + path,
            *words,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
        body, _, last = done.stdout.rpartition("\n")
        code, _, told = last.partition(" ")
        fits = code.startswith("2") if status is None else code == str(status)
        assert fits, f"{shlex.join(map(str, command))}\n{done.stdout}"
        assert told == ("application/json" if code.startswith("2") else "application/problem+json"), done.stdout
        return json.loads(body)


def listens(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@pytest.fixture
def station(tmp_path):
    """A running one: its port, a call of `loa` on it, its zone. It is noon there, however late the suite comes to it."""
    needed("curl")
    zone = noon_zone()
    port, path = free_port(), tmp_path / "config.toml"
    path.write_text(
        f'[station]\ntime_zone = "{zone}"\n[web]\nport = {port}\n[speech]\nengines = ["espeak"]\n'
        '[[output]]\nname = "loa"\nkind = "wavfile"\ncounts = true\n',
        encoding="utf-8",
    )

    def loa(*words, answer=""):
        done = lives.loa("--config", path, *words, answer=answer, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    with (tmp_path / "told").open("wb") as told:
        running = lives.Begun("--config", path, "run", stdout=told, cwd=tmp_path)
    try:
        until(lambda: listens(port), "the page")  # its address is told a moment before
        yield port, loa, zone
    finally:
        running.terminate()
        running.wait(PATIENCE)


def key_of(loa, login, *acts):
    """A leader's key is made by the leader, an officer's by whoever keeps the machine."""
    words = [word for act in acts for word in ("--act", act)]
    if "approve" in acts:
        return loa("--as", login, "token", "add", f"máy của {login}", *words).strip()
    return loa("token", "add", f"máy của {login}", "--owner", login, *words).strip()


def file_of(path, seconds):
    times = np.arange(round(seconds * 48_000)) / 48_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((np.sin(2 * np.pi * 440 * times) * 8000).astype("<i2").tobytes())
    return path


def test_from_a_file_and_words_to_an_aired_row_by_curl_alone(station, tmp_path):
    port, loa, zone = station
    for login, role in (("lan", "editor"), ("minh", "approver")):
        loa("person", "add", login, "--name", login.title(), "--role", role, answer="mat-khau-thu-1\n" * 2)
    lan = Curl(port, key_of(loa, "lan", "see", "write", "record", "make_speech", "submit", "plan"))
    minh = Curl(port, key_of(loa, "minh", "see", "approve"))
    uploaded(lan, file_of(tmp_path / "nhac.wav", 22))

    made = lan("/announcements", "-d", '{"title": "Tiêm chủng", "text": "Mời bà con đi tiêm chủng."}')
    path = f"/announcements/{made['id']}"
    job = lan(f"{path}/speech", "-X", "POST")
    until(lambda: lan(f"/jobs/{job['id']}")["state"] in {"ready", "warning", "done"}, "the speech")
    sha256 = lan(path)["audio_sha256"]
    lan(f"{path}/heard", "-d", json.dumps({"sha256": sha256}))
    lan(f"{path}/submit", "-d", '{"only_stored": true}')
    assert minh(f"{path}/approve", "-d", json.dumps({"sha256": sha256, "heard": True}))["state"] == "approved"
    aired(lan, made["id"], zone)


def uploaded(lan, file):
    """In one piece of more than a megabyte, as large as the page promises."""
    data = file.read_bytes()
    assert 1_000_000 < len(data) < 4_000_000
    begun = lan("/uploads", "-d", json.dumps({"file_name": file.name, "size": len(data), "first_bytes_sum": "ab12"}))
    place, octets = f"/uploads/{begun['id']}", "application/octet-stream"
    (file.parent / "large").write_bytes(bytes(4_500_000))
    large = lan(f"{place}/pieces/0", "-X", "PUT", "--data-binary", f"@{file.parent / 'large'}", kind=octets, status=413)
    assert large["reason"] == "body_limit"
    unmeasured = ("-H", "Transfer-Encoding: chunked")
    large = lan(
        f"{place}/pieces/0",
        "-X",
        "PUT",
        "--data-binary",
        f"@{file.parent / 'large'}",
        *unmeasured,
        kind=octets,
        status=413,
    )
    assert large["reason"] == "body_limit"
    lan(f"{place}/pieces/0", "-X", "PUT", "--data-binary", f"@{file}", *unmeasured, kind=octets)
    piece = lan(f"{place}/pieces/0", "-X", "PUT", "--data-binary", f"@{file}", kind=octets)
    assert piece == {"received": len(data)}
    job = lan(f"{place}/finish", "-d", json.dumps({"crc32": zlib.crc32(data)}))
    until(lambda: lan(f"/jobs/{job['id']}")["state"] in {"ready", "warning"}, "the recording")
    assert len(lan("/recordings")["items"]) >= 1


def aired(lan, number, zone):
    local = CLOCK.now().astimezone(ZoneInfo(zone))
    begins = local + timedelta(minutes=1)
    body = {
        "title": "Đợt tiêm chủng", "announcement_id": number, "base": 1,
        "windows": [f"{begins:%H:%M}-{begins + timedelta(minutes=2):%H:%M}"],
        "start": f"{local:%Y-%m-%d}", "end": f"{local:%Y-%m-%d}",
    }  # fmt: skip
    campaign = lan("/campaigns", "-d", json.dumps(body))
    lan(f"/campaigns/{campaign['id']}/start", "-X", "POST")
    assert until(lambda: lan("/plan")["slots"], "the plan")
    rows = until(
        lambda: [one for one in lan("/journal/day")["items"] if one["announcement_id"] == number],
        "the aired row",
        400.0,
        1.0,
    )
    assert rows[0]["outcome"] == "played"
