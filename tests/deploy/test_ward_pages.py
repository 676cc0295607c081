"""The pages for which one running station is enough: API, backups, readings, each block as it stands there.

They are run by a shell whose `loa` is this tree's, on a station of the test; what wants systemd or another machine is run
on a machine of its own (`machine.py`).
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyotp
import pytest
import yaml

from scheduler.config.loading import load
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests import lives
from tests.conftest import noon_zone
from tests.deploy.pages import ROOT, Page
from tests.needs import needed
from tests.ports import free_port
from tests.waiting import PATIENCE, until

CLOCK = SystemClock()
PASSWORD = "mat-khau-thu-1"
NAMED = "loa-1a2b3c4d-20261126-023000.loabak"
CONFIG = """
[station]
time_zone = "{zone}"
[web]
port = {port}
totp_for = ["break_in"]
[speech]
engines = ["espeak"]
[[output]]
name = "loa"
kind = "wavfile"
counts = true
"""


class Ward:
    """A station that runs in a folder, and a shell beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.zone = folder, free_port(), noon_zone()
        self.config = folder / "config.toml"
        self.config.write_text(CONFIG.format(zone=self.zone, port=self.port), encoding="utf-8")
        programs = folder / "programs"
        programs.mkdir()
        (programs / "loa").write_text(
            f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m scheduler.cli --config {self.config} "$@"\n'
        )
        (programs / "loa").chmod(0o755)
        self._path = f"{programs}:{os.environ['PATH']}"

    def sh(self, text: str, *, answer: str = "", **given: str) -> str:
        """A block of a page by one shell; what it printed. `given`: variables that the reader has set."""
        done = subprocess.run(
            ["bash", "-euc", text], cwd=self.folder, input=answer, capture_output=True, text=True, check=False,
            timeout=PATIENCE, env=os.environ | {"PATH": self._path} | given,
        )  # fmt: skip
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def api(self, begin: str, line: str, key: str) -> dict[str, object]:
        """One line of the page's block; its answer must be none of the API's refusals."""
        answer = json.loads(self.sh(f"{begin}\n{line}", KEY=key))
        assert not answer.get("reason"), f"{line}\n{answer}"
        return answer

    def local(self) -> str:
        """The page's own address, as blocks are given it."""
        return f"127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def ward(tmp_path_factory):
    """With an officer and a leader, who has an application for one-time numbers."""
    needed("curl", "bash")
    made = Ward(tmp_path_factory.mktemp("ward"))
    for login, role in (("lan", "editor"), ("minh", "approver")):
        made.sh(f"loa person add {login} --name {login.title()} --role {role}", answer=f"{PASSWORD}\n" * 2)
    with (made.folder / "told").open("wb") as told:
        running = lives.Begun("--config", made.config, "run", stdout=told, cwd=made.folder)
    try:
        until(lambda: _listens(made.port), "the page")
        yield made
    finally:
        running.terminate()
        running.wait(PATIENCE)


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _application(ward: Ward) -> pyotp.TOTP:
    """What Minh's application shows."""
    station = Station.open(load(ward.config), CLOCK)
    try:
        minh = station.repos.people.by_login("minh")
        station.services.people.begin_totp(minh)
        totp = pyotp.TOTP(station.services.people.pending_totp(minh)[1])
        until(lambda: CLOCK.now().timestamp() % 30 < 25, "a number that is good for some seconds more", every=0.5)
        station.services.people.confirm_totp(minh, totp.generate_otp(int(CLOCK.now().timestamp()) // 30 - 1))
        return totp
    finally:
        station.close()


def test_a_station_does_what_the_pages_of_programs_backups_and_readings_say(ward):
    _program(Page("docs/api.md"), ward)
    _backup(Page("docs/settings.md"), ward)
    _lexicon(Page("docs/lexicon.md"), ward)


def _lexicon(page: Page, ward: Ward) -> None:
    """A list of readings as the page writes it."""
    (ward.folder / "thi-xa.toml").write_text(page.under("Files")[0].text(), encoding="utf-8")
    ward.sh("loa --as lan lexicon import thi-xa.toml")
    assert "nhà văn hóa khu phố ba" in ward.sh("loa lexicon preview 'Họp ở NVHKP3'")
    assert page.left() == []


def test_a_snapserver_listens_as_the_page_says(tmp_path):
    needed("snapserver")
    page = Page("docs/outputs.md")
    listens, control, stream = free_port(), free_port(), free_port()
    text = page.under("snapcast")[0].text({"/run/loa": str(tmp_path), "127.0.0.1:4953": f"127.0.0.1:{listens}"})
    more = f"[tcp]\nport = {control}\n[http]\nenabled = false\n"  # the ports of another server on this machine
    (tmp_path / "snapserver.conf").write_text(f"{text}port = {stream}\n{more}", encoding="utf-8")
    words = ["snapserver", "-c", str(tmp_path / "snapserver.conf"), f"--server.datadir={tmp_path}"]
    with (tmp_path / "told").open("wb") as told, subprocess.Popen(words, stdout=told, stderr=told) as server:
        try:
            until(lambda: _listens(listens) or server.poll() is not None, "the source of the page")
            assert server.poll() is None, (tmp_path / "told").read_text()
            assert (tmp_path / "snap.pcm").is_fifo()
        finally:
            server.terminate()
    assert page.left("ini") == []


def test_caddy_takes_the_two_lines_of_the_page(tmp_path):
    needed("caddy")
    (block,) = [one for one in Page("docs/security.md").blocks if one.language == "caddy"]
    (tmp_path / "Caddyfile").write_text(block.text(), encoding="utf-8")
    done = subprocess.run(
        ["caddy", "adapt", "--config", tmp_path / "Caddyfile"],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert '"dial":"127.0.0.1:8642"' in done.stdout


def _program(page: Page, ward: Ward) -> None:
    """A day's work of a program, its emergencies, its uploads and the numbers it reads."""
    see, look, leaders = page.under("Keys")
    key = ward.sh(see.text()).strip()
    assert '"airings"' in ward.sh(look.text({"127.0.0.1:8642": ward.local()}), KEY=key)
    assert len(ward.sh(leaders.text()).strip()) > 20
    number = _day(page, ward)
    _emergencies(page, ward, number)
    _upload(page, ward)
    _metrics(page, ward)
    assert page.left("sh", "yaml") == []


def _day(page: Page, ward: Ward) -> int:
    """From the words to a leader's approval; the number of the announcement."""
    api, at, *lines = page.under("A day's work")[0].text({"127.0.0.1:8642": ward.local()}).splitlines()
    begin = f"{api}\n{at}"
    acts = "--act see --act write --act make_speech --act submit"
    key = ward.sh(f"loa token add lan --owner lan {acts}").strip()
    new, speech, job, heard, submit = lines
    number = ward.api(begin, new, key)["id"]
    speech, heard, submit = (
        line.replace("/announcements/1/", f"/announcements/{number}/") for line in (speech, heard, submit)
    )
    job = job.replace("/jobs/1", f"/jobs/{ward.api(begin, speech, key)['id']}")
    until(lambda: ward.api(begin, job, key)["state"] in {"ready", "warning", "done"}, "the speech")
    sha256 = ward.api(begin, f"api $at/announcements/{number}", key)["audio_sha256"]
    ward.api(begin, heard.replace("…", str(sha256)), key)
    later = CLOCK.now().astimezone(ZoneInfo(ward.zone)) + timedelta(hours=2)
    assert "2026-12-02T17:00:00+07:00" in submit
    ward.api(begin, submit.replace("2026-12-02T17:00:00+07:00", later.isoformat(timespec="seconds")), key)
    approver = ward.sh("loa --as minh token add may --act see --act approve").strip()
    ward.api(
        begin, f"""api $at/announcements/{number}/approve -d '{{"sha256": "{sha256}", "heard": true}}'""", approver
    )
    return int(str(number))


def _emergencies(page: Page, ward: Ward, number: int) -> None:
    """By the leader's program, and by the officer's on the number that the leader reads out."""
    begin = "\n".join(page.under("A day's work")[0].text({"127.0.0.1:8642": ward.local()}).splitlines()[:2])
    totp = _application(ward)
    minhs = ward.sh("loa --as minh token add khan --act see --act break_in --act stop").strip()
    lans = ward.sh("loa token add thoai --owner lan --act see --act drill").strip()
    used: set[str] = set()

    def code() -> str:
        """A number that was not spent; the application shows another one every half minute."""
        shown = until(lambda: (now := totp.now()) not in used and now, "the next number", every=0.5)
        used.add(shown)
        return str(shown)

    text = page.under("Emergencies")[0].text({'"announcement_id": 7': f'"announcement_id": {number}'})
    stored, spoken, telephone = text.splitlines()
    for line, words, key in ((stored, "…", minhs), (spoken, "…", minhs), (telephone, "123456", lans)):
        assert f'"code": "{words}"' in line
        order = ward.api(begin, line.replace(f'"code": "{words}"', f'"code": "{code()}"'), key)
        ward.api(begin, f"api $at/emergency/orders/{order['slot_id']}/cancel -X POST", minhs)


def _upload(page: Page, ward: Ward) -> None:
    begin = page.under("A day's work")[0].text({"127.0.0.1:8642": ward.local()}).splitlines()
    key = ward.sh("loa token add nhac --owner lan --act see --act record").strip()
    (ward.folder / "nhac.wav").write_bytes(b"RIFF" + bytes(5_000))
    body = json.dumps({"file_name": "nhac.wav", "size": 5_004, "first_bytes_sum": "ab12"})
    upload = ward.api("\n".join(begin[:2]), f"api $at/uploads -d '{body}'", key)["id"]
    told = ward.sh(f"{begin[1]}\n{page.under('Uploads and streams')[0].text()}", KEY=key, UPLOAD=str(upload))
    assert json.loads(told) == {"received": 5_004}


def _metrics(page: Page, ward: Ward) -> None:
    scrape, rules, named, status, metrics = page.under("Metrics")
    etc = ward.folder / "prometheus"
    etc.mkdir()
    ward.sh(rules.text({"sudo ": "", "/usr/lib/loa-phuong": str(ROOT), "/etc/prometheus": str(etc)}))
    changed = {"/etc/prometheus": str(etc)}
    (etc / "prometheus.yml").write_text(scrape.text(changed) + named.text(changed), encoding="utf-8")
    written = yaml.safe_load((etc / "prometheus.yml").read_text(encoding="utf-8"))
    assert Path(*written["rule_files"]).is_file()
    (etc / "loa-key").touch()
    (etc / "loa.crt").touch()
    if shutil.which("promtool"):
        ward.sh(f"promtool check config --syntax-only {etc / 'prometheus.yml'}")
    told, open_ones = json.loads(ward.sh(status.text())), ward.sh(metrics.text({"127.0.0.1:8642": ward.local()}))
    assert set(told["metrics"]) <= set(re.findall(r"(?m)^# TYPE (\S+)", open_ones))


def _backup(page: Page, ward: Ward) -> None:
    """Looked through, and put in a new folder."""
    file = re.search(r"\S+/(loa-\S+\.loabak)", ward.sh("loa backup --to sao-luu"))[1]
    (put_back,) = page.under("Putting one back")
    check, restore = put_back.text({NAMED: f"sao-luu/{file}", "/var/lib": "."}).splitlines()
    assert "Bản sao lưu tốt" in ward.sh(check)
    ward.sh(restore)
    assert "Lan" in ward.sh("loa --data ./loa-phuong-new person list")
