"""Real processes that die while a file is on its way: the upload goes on, the job ends, and nothing half-made stays."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import requests

from tests.audio.make_audio import bare_mp3, speech_like, wav
from tests.station.conftest import alive
from tests.waiting import PATIENCE, until

MINUTES_18 = 540
"""Times two seconds: long enough to be caught in the middle."""


@pytest.fixture
def browser(lan):
    """A signed-in browser of Lan's against the running page."""
    made = []

    def sign_in(running):
        session = requests.Session()
        made.append(session)
        session.trust_env = False
        base = running.browser.base
        page = session.get(f"{base}/dang-nhap", timeout=PATIENCE).text
        token = re.search(r'name="form_token" value="([^"]+)"', page)[1]
        fields = {"login": "lan", "password": "mat-khau-cua-lan", "form_token": token, "toi": ""}
        assert (
            session.post(f"{base}/dang-nhap", data=fields, allow_redirects=False, timeout=PATIENCE).status_code == 303
        )
        session.headers["X-CSRF-Token"] = re.search(
            r'data-csrf="([^"]+)"', session.get(f"{base}/kho", timeout=PATIENCE).text
        )[1]
        return session

    yield sign_in
    for session in made:
        session.close()


def killed(running, name):
    pid = running.children()[name]
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid), f"the end of {name}")


def answering(session, address):
    """The page's answer once there is one again."""

    def asked():
        try:
            return session.get(address, timeout=PATIENCE)
        except requests.RequestException:
            return None

    return until(asked, "the page")


def decoders(running):
    """Processes that decode a stranger's sound for this station now; those of tests beside this one do not count."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            is_one = b"audio_assets.decode_child" in line.read_bytes().split(b"\0")
            if is_one and (line.parent / "cwd").readlink() == running.config.folder:
                found.append(int(line.parent.name))
        except OSError:
            continue
    return [pid for pid in found if alive(pid)]


def held_decoder(running):
    """The process that decodes for this station, stopped in its tracks: it is in the middle however late we look.

    It has bound itself already (`scheduler.kernel.sandbox`); one that has not yet begun would not end with its parent.
    """

    def bound():
        return [pid for pid in decoders(running) if Path(f"/proc/{pid}/oom_score_adj").read_text() == "1000\n"]

    [pid] = until(bound, "the decoder")
    os.kill(pid, signal.SIGSTOP)
    return pid


def leftovers(station):
    """Files of the data folder that are neither sounds nor the station's own."""
    data = station.config.data
    return [*(data / "incoming").iterdir(), *(path for path in (data / "library").rglob(".part-*"))]


def test_an_upload_goes_on_after_the_page_was_killed(loa_run, station, browser):
    running = loa_run().up(station)
    session, base = browser(running), running.browser.base
    data = wav(speech_like(20.0))
    fields = {"name": "dài.wav", "size": str(len(data)), "mark": "0a", "origin": "upload"}
    address = base + session.post(f"{base}/kho/phan", data=fields, timeout=PATIENCE).json()["address"]
    half = len(data) // 2
    assert session.post(f"{address}/0", data=data[:half], timeout=PATIENCE).json() == {"received": half}
    killed(running, "web")
    assert answering(session, address).json()["received"] == half
    assert session.post(f"{address}/{half}", data=data[half:], timeout=PATIENCE).json() == {"received": len(data)}
    session.post(f"{address}/xong", data={"crc32": str(zlib.crc32(data))}, timeout=PATIENCE).raise_for_status()
    [job] = station.repos.jobs.newest("ingest")
    until(lambda: station.repos.jobs.get(job.id).ended, "the end of the job")
    assert station.repos.jobs.get(job.id).state == "ready"
    until(lambda: leftovers(station) == [], "the end of what had arrived: it goes when its job has ended")


def test_a_form_that_was_cut_by_the_death_of_the_page_leaves_nothing(loa_run, station, browser):
    running = loa_run().up(station)
    session = browser(running)
    host = running.browser.base.removeprefix("http://")
    head = f"POST /kho/tai-len HTTP/1.1\r\nHost: {host}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    head += f"Cookie: loa={session.cookies['loa']}\r\nContent-Length: 20000000\r\n\r\n"
    part = '--x\r\nContent-Disposition: form-data; name="file"; filename="to.wav"\r\n\r\n'
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2]))) as line:
        line.sendall((head + part).encode() + random.Random(1).randbytes(6_000_000))
        killed(running, "web")
    answering(session, f"{running.browser.base}/kho")
    assert leftovers(station) == []
    assert station.repos.jobs.newest("ingest") == []


def test_a_file_that_a_killed_page_was_writing_is_swept_by_the_next_worker(loa_run, station):
    code = """
import os, sys
from pathlib import Path
from audio_assets.part_file import part_file
with part_file(Path(sys.argv[1])) as (file, _):
    file.write(bytes(1000))
    file.flush()
    os.kill(os.getpid(), 9)
"""
    folder = station.services.recordings.incoming
    subprocess.run(
        [sys.executable, "-c", code, str(folder)], check=False, env=os.environ | {"PYTHONPATH": str(Path.cwd())}
    )
    assert len(list(folder.iterdir())) == 1
    loa_run().up(station)
    until(lambda: leftovers(station) == [], "the sweep")


def long_job(station, lan, tmp_path):
    path = tmp_path / "dài.mp3"
    path.write_bytes(bare_mp3() * MINUTES_18)
    return station.services.recordings.take_in(lan, path, path.name)


def test_a_worker_killed_while_it_decodes_leaves_no_process_and_no_file_and_the_next_one_ends_the_job(
    loa_run, station, lan, tmp_path
):
    running = loa_run().up(station)
    job_id = long_job(station, lan, tmp_path)
    decoder = held_decoder(running)
    killed(running, "worker")
    until(lambda: not alive(decoder), "the end of its decoder")
    until(lambda: station.repos.jobs.get(job_id).ended, "the end of the job")
    assert station.repos.jobs.get(job_id).state in {"ready", "warning"}
    assert decoders(running) == []
    until(lambda: leftovers(station) == [], "the end of what had arrived")
    assert station.repos.store.value("SELECT attempts FROM job WHERE id = ?", (job_id,)) == 2


def test_a_station_that_is_stopped_while_it_decodes_stops_at_once_and_keeps_the_file(loa_run, station, lan, tmp_path):
    running = loa_run().up(station)
    job_id = long_job(station, lan, tmp_path)
    held_decoder(running)
    running.ctrl_c()
    assert decoders(running) == []
    row = station.repos.store.row("SELECT state, attempts FROM job WHERE id = ?", (job_id,))
    assert row == {"state": "waiting", "attempts": 0}
    assert len(leftovers(station)) == 1
