"""Real processes: an order sounds whatever the database, the descriptors or the page do, and is journalled once.

The tests share one station, and each finds it on the air and silent. What needs one of its own: `test_red_alone.py`.
"""

import os
import re
import resource
import signal
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduler.config import loading as configuration
from scheduler.core.model import Role
from scheduler.station import Station
from tests import lives
from tests.conftest import Cast
from tests.ports import free_port
from tests.station.conftest import CONFIG, Running, alive
from tests.station.red import Ears
from tests.waiting import CLOCK, until

FIFO = CONFIG.replace('kind = "{kind}"', 'name = "loa"\nkind = "fifo"\ndevice = "{folder}/loa.pcm"')


@dataclass(frozen=True, slots=True)
class Lane:
    """A station on the air, who hears it, and an approved emergency."""

    running: Running
    station: Station
    ears: Ears
    template: int


@pytest.fixture(scope="module")
def lane(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lane")
    path = folder / "config.toml"
    path.write_text(FIFO.format(port=free_port(), folder=folder, kind="fifo"))
    station, ears = Station.open(configuration.load(path)), Ears(folder / "loa.pcm")
    station.prepare()
    lan, minh = (
        station.repos.people.add(login, login.capitalize(), role, f"mat-khau-cua-{login}", CLOCK.now())
        for login, role in (("lan", Role.EDITOR), ("minh", Role.APPROVER))
    )
    template = approved_emergency(Cast(station, lan, minh))
    running = Running(path, patient=True)
    yield Lane(running, station, ears, template)
    running.end()
    ears.close()
    station.close()


def approved_emergency(cast):
    made = cast.approved(seconds=1.0, title="Vỡ đê", pitch=900)
    seen = cast.station.repos.programme.announcement(made)
    cast.station.repos.programme.change_announcement(seen, {"priority": 1}, cast.station.clock.now())
    return made


@pytest.fixture
def station(lane):
    return lane.station


@pytest.fixture
def running(lane, station):
    ready(lane.running, station)
    until(lambda: not station.repos.red.placed() and not station.services.air.on_air().airings, "silence")
    return lane.running


@pytest.fixture
def config_path(lane):
    return lane.running.config.folder / "config.toml"


@pytest.fixture
def template(lane):
    return lane.template


@pytest.fixture
def ears(lane):
    return lane.ears


@contextmanager
def locked(path):
    """Another program writes into the database and does not come to an end."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA busy_timeout = 60000")
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def loa(config_path, *words):
    return lives.loa("--config", config_path, *words)


def heard(ears, mark):
    return until(lambda: ears.first_after(mark), "the sound")


def ends(station, slot_id, count=1):
    """The journal's airings of a slot, once the station has written what it owes."""
    sql = "SELECT * FROM journal WHERE kind = 'airing' AND slot_id = ?"
    until(lambda: station.repos.store.rows(sql, (slot_id,)), "the journal row")
    until(lambda: not station.repos.red.placed(), "an empty ring")
    found = station.repos.store.rows(sql, (slot_id,))
    assert len(found) == count
    assert station.repos.journal.verify().whole
    return found


def slot_in(told):
    return re.search(r"\d{8}-[ed]\d+-[0-9a-f]{8}", told)[0]


def ready(running, station):
    """Playout has begun and beats."""
    running.up(station)
    until(lambda: station.services.air.on_air().outputs, "an output")


def test_while_the_database_is_locked_a_command_is_heard_and_told_and_playout_is_not_taken_for_dead(
    running, station, config_path, template, ears
):
    playout = running.children()["playout"]
    with locked(station.repos.store.path):
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


def test_the_page_gives_an_order_while_the_database_is_locked(running, station, config_path, template, ears):
    browser = running.browser
    _, page = browser.ask("/dang-nhap")
    token = re.search(r'name="form_token" value="([^"]+)"', page)[1]
    fields = {"login": "minh", "password": "mat-khau-cua-minh", "form_token": token}
    assert browser.ask("/dang-nhap", **fields)[0] == 303
    with locked(station.repos.store.path):
        status, page = browser.ask(f"/khan-cap/mau/{template}")
        assert status == 200
        csrf, act = (re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf", "act"))
        mark, before = CLOCK.monotonic(), {one.key for one in station.services.air.red.orders()}
        sent = {"csrf": csrf, "act": act, "zone": "all", "code": "mat-khau-cua-minh"}
        for _ in range(2):  # pressed twice
            status, _ = browser.ask(f"/khan-cap/mau/{template}", **sent)
            assert status == 303
        heard(ears, mark)
        (one,) = (one for one in station.services.air.red.orders() if one.key not in before)
        assert one.order["by"]["login"] == "minh"
        place = f"/khan-cap/lenh/{one.key}"
        until(lambda: any(word in browser.ask(place)[1] for word in ("ĐANG PHÁT", "Đã phát")), "the page to tell")
        assert "Bộ phát không trả lời" not in browser.ask(place)[1]
    (row,) = ends(station, one.key)
    assert (row["outcome"], row["operator"]) == ("played", "Minh (minh)")


WORDS = "Nước sông dâng cao, bà con ven sông rời nhà ngay."


def test_words_of_the_moment_are_heard_while_the_database_is_locked(running, station, config_path, ears):
    with locked(station.repos.store.path):
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
    assert station.repos.programme.announcement(row["announcement_id"]).text == WORDS


def test_with_no_descriptor_left_and_the_page_stopped_an_order_is_heard(running, station, config_path, template, ears):
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


def test_a_playout_killed_before_it_could_write_a_row_says_nothing_twice(running, station, config_path, template, ears):
    with locked(station.repos.store.path):
        mark = CLOCK.monotonic()
        slot_id = slot_in(loa(config_path, "break-in", str(template)).stdout)
        heard(ears, mark)
        until(lambda: ears.seconds_after(mark) > 0.3, "some of it")
        killed = running.children()["playout"]
        os.kill(killed, signal.SIGKILL)
        until(lambda: not alive(killed), "its end")
        mark = CLOCK.monotonic() + 0.5  # what the pipe still held
        until(lambda: running.children().get("playout", killed) != killed, "the next life")
        until(lambda: station.repos.jobs.heartbeat("playout").pid != killed, "its first beat")
        second = slot_in(loa(config_path, "break-in", str(template)).stdout)
        heard(ears, mark)
    (row,), (other,) = ends(station, slot_id), ends(station, second)
    assert (row["outcome"], row["reason"]) == ("partial", "playout_died")
    assert (other["slot_id"], other["outcome"]) == (second, "played")


def test_a_hung_playout_is_ended_and_the_order_that_came_meanwhile_is_heard(
    running, station, config_path, template, ears
):
    hung = running.children()["playout"]
    os.kill(hung, signal.SIGSTOP)
    mark = CLOCK.monotonic()
    order = station.services.emergency.break_in(station.repos.people.by_login("minh"), template)
    until(lambda: not alive(hung), "the end of the hung one")
    heard(ears, mark)
    assert ends(station, order)[0]["outcome"] == "played"
