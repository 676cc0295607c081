"""A damaged, cut or foreign database: every command says it in words, exit code 0 or 1, and it can be mended."""

import random
import shutil
import sqlite3
import sys
import threading
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from scheduler.cli import main
from scheduler.core.model import Role
from scheduler.services.station.damage import damage_of
from scheduler.services.station.rescue import rescue
from scheduler.station import Station
from tests.lives import Begun
from tests.ports import free_port

CONFIG = """[station]
data = "data"
[speech]
engines = ["espeak"]
[[output]]
name = "wav"
kind = "wavfile"
"""
PAUSE = threading.Event()
COMMANDS = (["journal", "--verify"], ["todo"], ["clock", "show"], ["doctor"])


@pytest.fixture
def ward(station, tmp_path):
    """A folder with a station of some rows, stopped; its database in the file and in the WAL."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    people = station.repos.people
    hung = people.add("hung", "Hùng", Role.ADMIN, "mat-khau-cua-hung", station.clock.now())
    for number in range(40):
        station.repos.journal.note("station", "2026-12-02", "rules_changed", f"{number} " * 40, station.clock.now())
    station.services.backups.make(hung)
    path = station.repos.store.path
    with closing(sqlite3.connect(path)) as reader:  # keeps the WAL when the station lets go
        reader.execute("SELECT count(*) FROM journal").fetchone()
        station.repos.journal.note("station", "2026-12-02", "rules_changed", "in the WAL", station.clock.now())
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", tmp_path / f"kept.db{ending}")
    station.close()
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    for ending in ("", "-wal"):
        shutil.copy(tmp_path / f"kept.db{ending}", f"{path}{ending}")
    return path


@pytest.fixture
def loa(tmp_path, monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["loa", "--config", str(tmp_path / "config.toml"), *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return ended.value.code or 0, told.out + told.err

    return run


def damaged(path, seed):
    """Zero, flip or cut something of the file or of its WAL, by a seed."""
    choice = random.Random(seed)
    target = path.with_name(path.name + choice.choice(["", "", "", "-wal"]))
    data = bytearray(target.read_bytes())
    kind = choice.choice(["zero", "flip", "random", "cut", "head"])
    page = choice.randrange(max(len(data) // 4096, 1)) * 4096
    if kind == "zero":
        data[page : page + 4096] = bytes(min(4096, len(data) - page))
    elif kind == "random":
        data[page : page + 4096] = choice.randbytes(min(4096, len(data) - page))
    elif kind == "cut":
        del data[choice.randrange(len(data)) :]
    elif kind == "head":
        data[: choice.randrange(1, 100)] = b"\xff" * 10
    else:
        for _ in range(200):
            data[choice.randrange(len(data))] ^= 1 << choice.randrange(8)
    target.write_bytes(bytes(data))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_damaged_every_command_says_it_in_words(ward, loa, seed):
    damaged(ward, seed)
    for words in COMMANDS if seed % 4 == 0 else COMMANDS[:3]:
        code, told = loa(*words)
        assert code in {0, 1}, (words, told)
        assert "Traceback" not in told
        assert code == 0 or told.strip()


@pytest.mark.parametrize("content", [b"this was a database once" * 400, b""], ids=["foreign", "empty"])
def test_a_foreign_file_is_said_with_what_mends_it_and_left_as_it_is(ward, loa, content):
    ward.with_name("loa.db-wal").unlink()
    ward.write_bytes(content)
    for words in COMMANDS:
        code, told = loa(*words)
        assert code == 1
        assert "bị hỏng" in told
        assert "loa restore --latest" in told
    assert ward.read_bytes() == content


def test_the_newest_good_backup_is_put_back_by_one_command_and_told(ward, loa, tmp_path):
    folder = tmp_path / "data" / "backups"
    (good,) = folder.glob("*.loabak")
    broken = good.with_name(good.name[:-22] + "20991231-000000.loabak")
    broken.write_bytes(good.read_bytes()[: good.stat().st_size // 3])
    ward.write_bytes(b"\0" * 5000)
    code, told = loa("restore", "--latest")
    assert code == 0, told
    assert good.name in told
    assert damage_of(ward) == ""
    code, told = loa("journal", "--verify")
    assert code == 0, told
    assert "khôi phục từ bản sao lưu" in told


def test_a_rescue_saves_every_row_that_reads_and_tells_the_rest(ward, loa, config, clock):
    with closing(sqlite3.connect(ward)) as conn:
        rows = conn.execute("SELECT count(*) FROM journal").fetchone()[0]
        root = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'journal'").fetchone()[0]
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        leaf = conn.execute(
            "SELECT pageno FROM dbstat WHERE name = 'journal' AND pagetype = 'leaf' ORDER BY pageno LIMIT 1"
        )
        page = leaf.fetchone()[0]
    assert page != root
    data = bytearray(ward.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xee" * 4096
    ward.write_bytes(bytes(data))
    assert damage_of(ward)
    before = ward.read_bytes()
    done = rescue(ward, clock.now())
    assert done.kept.read_bytes() == before
    assert damage_of(ward) == ""
    journal = next(one for one in done.tables if one.name == "journal")
    assert 0 < journal.saved < rows
    opened = Station.open(config, clock)
    seqs = [row["seq"] for row in opened.repos.store.rows("SELECT seq FROM journal ORDER BY seq")]
    assert len(seqs) == journal.saved + 1
    assert not opened.services.proof.verify().whole  # rows are missing, and nothing hides it
    assert opened.repos.people.by_login("hung") is not None
    opened.close()
    code, told = loa("database", "rescue")
    assert (code, "nguyên vẹn" in told) == (1, True)


def test_a_rescue_of_a_whole_file_loses_nothing(ward, config, clock):
    done = rescue(ward, clock.now(), even_whole=True)
    assert [one for one in done.tables if one.lost != 0] == []
    opened = Station.open(config, clock)
    found = opened.services.proof.verify()
    assert found.whole
    assert [code for code, _ in found.notes] == ["rescued"]
    opened.close()


def test_a_station_on_a_damaged_database_stays_up_and_its_page_tells(ward, tmp_path):
    port = free_port()
    told = tmp_path / "told"
    (tmp_path / "config.toml").write_text(f"{CONFIG}[web]\nport = {port}\n", encoding="utf-8")
    ward.with_name("loa.db-wal").unlink()
    ward.write_bytes(b"this was a database once" * 400)
    with told.open("wb") as out:
        run = Begun("--config", tmp_path / "config.toml", "run", stdout=out)
        try:
            page = answer(port)
            assert page.startswith("503 ")
            assert "loa restore --latest" in page
            PAUSE.wait(4)
            assert run.poll() is None
            assert "loa restore --latest" in answer(port)
        finally:
            run.terminate()
            run.wait(120)
    text = told.read_text(encoding="utf-8")
    assert "Traceback" not in text
    assert "starting again" not in text
    assert text.count("bị hỏng") == 1


def answer(port):
    """The page, once there is one."""
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
        except urllib.error.HTTPError as error:
            return f"{error.code} {error.read().decode()}"
        except OSError:
            PAUSE.wait(0.2)
    raise AssertionError("no page")
