"""Real processes: an order sounds whatever the database, the disk, the descriptors or the page do, and is journalled once."""

import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from scheduler.station import Station
from tests import lives
from tests.faults.disk import filled, no_room, small_disk
from tests.ports import free_port
from tests.station.conftest import CONFIG, alive
from tests.station.red import Ears
from tests.waiting import CLOCK, pause, until

FIFO = CONFIG.replace('kind = "{kind}"', 'name = "loa"\nkind = "fifo"\ndevice = "{folder}/loa.pcm"')


@pytest.fixture
def disk(tmp_path):
    """Where the data lie: a small disk of their own."""
    with small_disk(tmp_path / "disk", megabytes=40) as folder:
        yield folder


@pytest.fixture
def config_path(tmp_path):
    path = tmp_path / "config.toml"
    data = f'[station]\ndata = "{tmp_path}/disk/data"\n' if (tmp_path / "disk").exists() else ""
    path.write_text(data + FIFO.format(port=free_port(), folder=tmp_path, kind="fifo"))
    return path


@pytest.fixture
def template(station, cast):
    """An approved emergency."""
    made = cast.approved(seconds=1.0, title="Vỡ đê", pitch=900)
    seen = station.parts.programme.announcement(made)
    station.parts.programme.change_announcement(seen, {"priority": 1}, station.clock.now())
    return made


@pytest.fixture
def ears(tmp_path):
    made = Ears(tmp_path / "loa.pcm")
    yield made
    made.close()


@contextmanager
def locked(path):
    """Another program writes into the database and does not come to an end."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA busy_timeout = 60000")
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def command(config_path, *words):
    return [sys.executable, "-m", "scheduler.cli", "--config", str(config_path), *words]


def loa(config_path, *words):
    return lives.loa("--config", config_path, *words)


def heard(ears, mark):
    return until(lambda: ears.first_after(mark), "the sound")


def ends(station, slot_id, count=1):
    """The journal's airings of a slot, once the station has written what it owes."""
    sql = "SELECT * FROM journal WHERE kind = 'airing' AND slot_id = ?"
    until(lambda: station.parts.store.rows(sql, (slot_id,)), "the journal row")
    until(lambda: not station.parts.red.placed(), "an empty ring")
    found = station.parts.store.rows(sql, (slot_id,))
    assert len(found) == count
    assert station.parts.journal.verify().whole
    return found


def slot_in(told):
    return re.search(r"\d{8}-[ed]\d+-[0-9a-f]{8}", told)[0]


def ready(running, station):
    """Playout has begun and beats."""
    running.up(station)
    until(lambda: station.services.air.on_air().outputs, "an output")


def test_while_the_database_is_locked_a_command_is_heard_and_told_and_playout_is_not_taken_for_dead(
    loa_run, station, config_path, template, ears
):
    running = loa_run()
    ready(running, station)
    playout = running.children()["playout"]
    with locked(station.parts.store.path):
        mark = CLOCK.monotonic()
        told = loa(config_path, "break-in", str(template))
        assert (told.returncode, told.stderr) == (0, "")
        assert "đã nhận lúc" in told.stdout
        assert "Đang kêu." in told.stdout
        heard(ears, mark)
        slot_id = slot_in(told.stdout)
        assert station.services.air.on_air().alive
        until(lambda: station.services.air.red.told(slot_id).outcome == "played", "its end")
        until(lambda: not station.services.air.on_air().airings, "playout to tell of the end too")
        stopped = loa(config_path, "stop")
        assert (stopped.returncode, stopped.stderr) == (0, "")
        assert "bộ phát báo không có gì đang phát" in stopped.stdout
        status, page = running.browser.ask("/healthz")
        assert "playout_silent" not in page, (status, page)
    (row,) = ends(station, slot_id)
    assert (row["outcome"], row["operator"]) == ("played", "Máy trạm")
    assert running.children()["playout"] == playout, "nobody ended it for waiting"


def test_the_page_gives_an_order_while_the_database_is_locked(loa_run, station, config_path, template, ears):
    running = loa_run()
    ready(running, station)
    browser = running.browser
    _, page = browser.ask("/dang-nhap")
    token = re.search(r'name="form_token" value="([^"]+)"', page)[1]
    fields = {"login": "minh", "password": "mat-khau-cua-minh", "form_token": token}
    assert browser.ask("/dang-nhap", **fields)[0] == 303
    with locked(station.parts.store.path):
        status, page = browser.ask(f"/khan-cap/mau/{template}")
        assert status == 200
        csrf, act = (re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf", "act"))
        mark = CLOCK.monotonic()
        sent = {"csrf": csrf, "act": act, "zone": "all", "code": "mat-khau-cua-minh"}
        for _ in range(2):  # pressed twice
            status, _ = browser.ask(f"/khan-cap/mau/{template}", **sent)
            assert status == 303
        heard(ears, mark)
        (one,) = station.services.air.red.orders()
        assert one.order["by"]["login"] == "minh"
        place = f"/khan-cap/lenh/{one.key}"
        until(lambda: any(word in browser.ask(place)[1] for word in ("ĐANG PHÁT", "Đã phát")), "the page to tell")
        assert "Bộ phát không trả lời" not in browser.ask(place)[1]
    (row,) = ends(station, one.key)
    assert (row["outcome"], row["operator"]) == ("played", "Minh (minh)")


def test_on_a_full_disk_an_order_is_heard_and_written_once_there_is_room(disk, loa_run, config_path, ears, request):
    station, cast = request.getfixturevalue("station"), request.getfixturevalue("cast")
    template = request.getfixturevalue("template")
    del cast
    running = loa_run()
    ready(running, station)
    no_room(station)
    with filled(disk / "data"):
        for _ in range(2):
            mark = CLOCK.monotonic()
            told = loa(config_path, "break-in", str(template))
            assert told.returncode == 0, told.stdout + told.stderr
            heard(ears, mark)
            assert "đã nhận lúc" in told.stdout
            assert station.services.air.on_air().alive
    slot_id = slot_in(told.stdout)
    assert ends(station, slot_id)[0]["outcome"] == "played"


WORDS = "Nước sông dâng cao, bà con ven sông rời nhà ngay."


def test_words_of_the_moment_are_heard_while_the_database_is_locked(loa_run, station, config_path, ears):
    running = loa_run()
    ready(running, station)
    with locked(station.parts.store.path):
        mark = CLOCK.monotonic()
        told = loa(config_path, "break-in", "--text", WORDS, "--title", "Lũ trên sông")
        assert (told.returncode, told.stderr) == (0, "")
        assert "đã nhận lúc" in told.stdout
        heard(ears, mark)
        slot_id = slot_in(told.stdout)
        status, page = running.browser.ask("/healthz")
        assert "playout_silent" not in page, (status, page)
    (row,) = ends(station, slot_id)
    assert (row["outcome"], row["title"], row["operator"]) == ("played", "Lũ trên sông", "Máy trạm")
    assert station.parts.programme.announcement(row["announcement_id"]).text == WORDS


SLOW_VOICE = """
import time
from audio_assets.speech.voice import Voice
speak_script = Voice.speak_script
def slowly(*args, **more):
    time.sleep(4)
    return speak_script(*args, **more)
Voice.speak_script = slowly
"""


@pytest.mark.parametrize("dies", ["nobody", "the terminal", "playout"])
def test_with_a_slow_voice_the_chime_sounds_first_and_the_order_has_one_end_whoever_dies(
    loa_run, station, config_path, ears, tmp_path, monkeypatch, dies
):
    (tmp_path / "sitecustomize.py").write_text(SLOW_VOICE)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(__file__).parents[2]}")
    running = loa_run()
    ready(running, station)
    mark = CLOCK.monotonic()
    with subprocess.Popen(command(config_path, "break-in", "--text", WORDS), stdout=subprocess.PIPE, text=True) as told:
        heard(ears, mark)
        (one,) = station.services.air.red.orders()
        assert one.order["spoken"] is False
        assert station.parts.slots.open_between(CLOCK.now() - timedelta(1), CLOCK.now()) == [], "no row without a sound"
        if dies == "the terminal":
            told.kill()
        if dies == "playout":
            os.kill(running.children()["playout"], signal.SIGKILL)
        said = told.communicate()[0]
    (row,) = ends(station, one.key)
    made = station.parts.programme.announcement(row["announcement_id"])
    assert made.text == WORDS
    if dies == "playout":
        assert (row["outcome"], made.state) == ("partial", "draft")
    else:
        assert (row["outcome"], row["audio_sha256"]) == ("played", made.approved_sha256)
        clip = station.parts.library.load(row["audio_sha256"])
        assert ears.when(clip[np.flatnonzero(clip)[0] + 9600 :][:1200], mark), "the words themselves"
    if dies == "nobody":
        assert "Chuông đang kêu, máy đang đọc lời." in said
        assert "Lời đã đọc xong, phát ngay sau chuông." in said


@pytest.fixture
def roomy_disk(tmp_path):
    """One on which room is kept back for what may not wait."""
    with small_disk(tmp_path / "disk", megabytes=220) as folder:
        yield folder


def test_words_of_the_moment_are_heard_on_a_full_disk(roomy_disk, loa_run, config_path, ears, request):
    station = request.getfixturevalue("station")
    running = loa_run()
    ready(running, station)
    until(station.parts.reserve.path.exists, "room for what may not wait")
    no_room(station)
    with filled(roomy_disk / "data"):
        mark = CLOCK.monotonic()
        told = loa(config_path, "break-in", "--text", WORDS)
        assert told.returncode == 0, told.stdout + told.stderr
        heard(ears, mark)
    assert ends(station, slot_in(told.stdout))[0]["outcome"] == "played"


def test_with_no_descriptor_left_and_the_page_stopped_an_order_is_heard(loa_run, station, config_path, template, ears):
    running = loa_run()
    ready(running, station)
    children = running.children()
    held = len(list(Path(f"/proc/{children['playout']}/fd").iterdir()))
    resource.prlimit(children["playout"], resource.RLIMIT_NOFILE, (min(held, 16), 4096))
    os.kill(children["web"], signal.SIGSTOP)
    mark = CLOCK.monotonic()
    told = loa(config_path, "break-in", str(template))
    heard(ears, mark)
    assert "đã nhận lúc" in told.stdout
    resource.prlimit(children["playout"], resource.RLIMIT_NOFILE, (1024, 4096))
    os.kill(children["web"], signal.SIGCONT)
    assert ends(station, slot_in(told.stdout))[0]["outcome"] == "played"


def test_a_playout_killed_before_it_could_write_a_row_says_nothing_twice(loa_run, station, config_path, template, ears):
    running = loa_run()
    ready(running, station)
    with locked(station.parts.store.path):
        mark = CLOCK.monotonic()
        slot_id = slot_in(loa(config_path, "break-in", str(template)).stdout)
        heard(ears, mark)
        until(lambda: ears.seconds_after(mark) > 0.3, "some of it")
        killed = running.children()["playout"]
        os.kill(killed, signal.SIGKILL)
        until(lambda: not alive(killed), "its end")
        mark = CLOCK.monotonic() + 0.5  # what the pipe still held
        until(lambda: running.children().get("playout", killed) != killed, "the next life")
        until(lambda: station.parts.jobs.heartbeat("playout").pid != killed, "its first beat")
        second = slot_in(loa(config_path, "break-in", str(template)).stdout)
        heard(ears, mark)
    (row,), (other,) = ends(station, slot_id), ends(station, second)
    assert (row["outcome"], row["reason"]) == ("partial", "playout_died")
    assert (other["slot_id"], other["outcome"]) == (second, "played")


def test_a_hung_playout_is_ended_and_the_order_that_came_meanwhile_is_heard(
    loa_run, station, config_path, template, ears
):
    running = loa_run()
    ready(running, station)
    hung = running.children()["playout"]
    os.kill(hung, signal.SIGSTOP)
    mark = CLOCK.monotonic()
    order = station.services.emergency.break_in(station.parts.people.by_login("minh"), template)
    until(lambda: not alive(hung), "the end of the hung one")
    heard(ears, mark)
    assert ends(station, order)[0]["outcome"] == "played"


def test_a_station_opens_a_second_time_while_the_database_is_locked(station, config):
    with locked(station.parts.store.path):
        other = Station.open(config, CLOCK)
        other.prepare()
        assert other.services.air.on_air().alive is False
        other.close()
    pause(0)
