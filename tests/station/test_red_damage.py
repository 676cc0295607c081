"""A database that gives no rows, at the start or from some instant on: an emergency sounds, and its row follows once."""

import re
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from scheduler.station import Station
from scheduler.store.red_lane.red_kept import RedKept
from scheduler.store.red_ring import RedRing
from tests.damage import overwrite_table
from tests.ports import free_port
from tests.station.conftest import CONFIG
from tests.station.red import Ears
from tests.station.test_red_lane import FIFO, heard, loa, slot_in
from tests.waiting import CLOCK, pause, until


@pytest.fixture
def config_path(tmp_path):
    path = tmp_path / "config.toml"
    assert 'kind = "{kind}"' in CONFIG
    path.write_text(FIFO.format(port=free_port(), folder=tmp_path, kind="fifo"))
    return path


@pytest.fixture
def ears(tmp_path):
    made = Ears(tmp_path / "loa.pcm")
    yield made
    made.close()


@pytest.fixture
def template(station, cast):
    """An approved emergency."""
    made = cast.approved(seconds=40.0, title="Vỡ đê", pitch=900)
    seen = station.repos.programme.announcement(made)
    station.repos.programme.change_announcement(seen, {"priority": 1}, station.clock.now())
    return made


@pytest.fixture
def ward(station, cast, template, loa_run):
    """The database of a station that has run with an approved emergency, has a backup, and is off."""
    running = loa_run()
    running.up(station)
    until(lambda: (kept := RedKept(station.config.data).read()) and kept.kits, "what is kept outside the database")
    station.services.backups.make(station.repos.people.machine(CLOCK.now()))
    running.ctrl_c()
    path = station.repos.store.path
    station.close()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    del cast
    return path


def foreign(path):
    path.write_bytes(b"this was a database once" * 400)


def page_of(table):
    def damaged(path):
        overwrite_table(path, table)

    damaged.__name__ = f"a_page_of_{table}"
    return damaged


def beats(path):
    """What playout says of itself, without a database."""
    ring = RedRing.open(path.parent)
    try:
        return ring.life("playout") or {}
    finally:
        ring.close()


def serves(running, path):
    """Wait until playout says that it serves the lane, in this run."""
    pid = until(lambda: running.children().get("playout"), "playout")
    until(lambda: (beat := beats(path)).get("pid") == pid and beat["state"]["red"]["ready"], "the lane")
    until(lambda: all(one["state"] == "open" for one in beats(path)["state"]["outputs"]), "its output")


def forked(pid):
    """Whether a process of the station was forked by who had its program already: it stands under other words."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"loa\0process\0")


@pytest.mark.parametrize("damaged", [foreign, page_of("announcement"), page_of("person")], ids=lambda it: it.__name__)
def test_an_emergency_sounds_from_a_damaged_start_and_has_its_row_once_after_the_restore(
    ward, loa_run, config_path, template, ears, config, damaged
):
    damaged(ward)
    before = ward.read_bytes()
    running = loa_run()
    serves(running, ward)
    assert [name for name, pid in running.children().items() if not forked(pid)] == [], "they begin at once"
    slot_id = ordered_and_stopped(config_path, template, ears, ward)
    said = until(lambda: "Phát khẩn cấp vẫn được" in running.told and running.told, "what the terminal says")
    assert "loa restore --latest" in said
    assert "starting again" not in said
    listed = loa(config_path, "break-in")
    assert (listed.returncode, "Vỡ đê" in listed.stdout) == (2, True)
    if damaged is foreign:
        status, page = running.browser.ask("/")
        assert (status, "Phát khẩn cấp vẫn được" in page, "loa break-in" in page) == (503, True, True)
        assert ward.read_bytes() == before, "nothing writes into it"
    assert loa(config_path, "restore", "--latest").returncode == 1, "the station runs"
    running.ctrl_c()
    assert "Traceback" not in running.told
    restored = loa(config_path, "restore", "--latest")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    mark = CLOCK.monotonic() + 0.5
    again = loa_run()
    with closing(Station.open(config, CLOCK)) as station:
        again.up(station)
        row = row_of(station, slot_id)
        assert (row["outcome"], row["operator"], row["title"]) == ("partial", "Máy trạm", "Vỡ đê")
        assert row["played_ms"] > 0
        assert station.services.proof.verify().whole
        pause(1.0)
        assert ears.first_after(mark) is None, "it does not sound again"
        assert station.services.emergency.templates()[0].id == template


def ordered_and_stopped(config_path, template, ears, path):
    """The slot of an order that was given from the terminal, heard, and stopped from there."""
    mark = CLOCK.monotonic()
    told = loa(config_path, "break-in", str(template))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Cơ sở dữ liệu không đọc được" in told.stderr
    heard(ears, mark)
    assert "đã nhận lúc" in told.stdout
    assert "Đang kêu" in told.stdout
    stopped = loa(config_path, "stop")
    assert (stopped.returncode, stopped.stdout) == (0, "Đã ra lệnh dừng.\n")
    until(lambda: not beats(path)["state"]["airings"], "the silence")
    return slot_in(told.stdout)


def row_of(station, slot_id):
    """Its one row of the journal, once the ring owes nothing."""
    sql = "SELECT * FROM journal WHERE kind = 'airing' AND slot_id = ?"
    until(lambda: station.repos.store.rows(sql, (slot_id,)), "the journal row")
    until(lambda: not station.repos.red.placed(), "an empty ring")
    (row,) = station.repos.store.rows(sql, (slot_id,))
    assert station.repos.journal.verify().whole
    return row


def test_a_station_that_knows_no_emergency_says_that_none_can_be_aired(station, loa_run, config_path):
    path = station.repos.store.path
    station.close()
    foreign(path)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    running = loa_run()
    said = until(lambda: "Không phát khẩn cấp được" in running.told and running.told, "what the terminal says")
    assert "vẫn được" not in said
    status, page = running.browser.ask("/")
    assert status == 503
    assert "Không phát khẩn cấp được" in page
    told = loa(config_path, "break-in", "1")
    assert (told.returncode, "chưa kịp giữ" in told.stderr) == (1, True)
    assert running.ctrl_c() < 60
    assert "Traceback" not in running.told


@contextmanager
def held(path):
    """Another program lets nobody even read."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_while_another_program_lets_nobody_read_an_emergency_sounds_and_the_station_comes_back_by_itself(
    ward, loa_run, config_path, template, ears, config
):
    with held(ward):
        running = loa_run()
        serves(running, ward)
        slot_id = ordered_and_stopped(config_path, template, ears, ward)
        assert "loa restore" not in running.told
    with closing(Station.open(config, CLOCK)) as station:
        running.up(station)
        assert row_of(station, slot_id)["outcome"] == "partial"
        assert "đọc lại được" in running.told
        assert "Traceback" not in running.told


@pytest.mark.parametrize("by_page", [True, False], ids=["page", "command"])
def test_a_row_that_is_damaged_under_a_running_station_refuses_no_emergency_and_its_row_follows_the_restore(
    station, template, loa_run, config_path, ears, config, by_page
):
    running = loa_run()
    running.up(station)
    until(lambda: (kept := RedKept(station.config.data).read()) and kept.kits, "what is kept outside the database")
    station.services.backups.make(station.repos.people.machine(CLOCK.now()))
    browser, path = running.browser, station.repos.store.path
    serves(running, path)
    _, page = browser.ask("/dang-nhap")
    token = re.search(r'name="form_token" value="([^"]+)"', page)[1]
    fields = {"login": "minh", "password": "mat-khau-cua-minh", "form_token": token}
    assert browser.ask("/dang-nhap", **fields)[0] == 303
    _, page = browser.ask(f"/khan-cap/mau/{template}")
    csrf, act = (re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf", "act"))
    overwrite_table(path, "announcement")
    mark = CLOCK.monotonic()
    if by_page:
        sent = {"csrf": csrf, "act": act, "zone": "all", "code": "mat-khau-cua-minh"}
        assert browser.ask(f"/khan-cap/mau/{template}", **sent)[0] == 303
        heard(ears, mark)
        (one,) = station.services.air.red.orders()
        slot_id = one.key
        until(lambda: "ĐANG PHÁT" in (page := browser.ask(f"/khan-cap/lenh/{slot_id}")[1]) and page, "the page")
        assert "mà trạm giữ ở ngoài" in browser.ask(f"/khan-cap/lenh/{slot_id}")[1]
        assert loa(config_path, "stop").returncode == 0
    else:
        slot_id = ordered_and_stopped(config_path, template, ears, path)
    until(lambda: not beats(path)["state"]["airings"], "the silence")
    station.close()
    running.ctrl_c()
    restored = loa(config_path, "restore", "--latest")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    again = loa_run()
    with closing(Station.open(config, CLOCK)) as mended:
        again.up(mended)
        row = row_of(mended, slot_id)
        operator = "Minh (minh)" if by_page else "Máy trạm"
        assert (row["outcome"], row["operator"], row["title"]) == ("partial", operator, "Vỡ đê")
