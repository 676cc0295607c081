"""Sao lưu: one file, made while everything runs, read back, kept in number, and put back into another folder."""

import io
import json
import shutil
import sqlite3
import tarfile
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from filelock import FileLock

from scheduler.config.loading import BackupConfig, load
from scheduler.core.model import Role
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.backup import archive as backing
from scheduler.services.backup.archive import HEAD, LIST, looked_through, opened
from scheduler.services.backup.restore import CONFIG, restore
from scheduler.services.station.backups import BackupService
from scheduler.station import Station

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def tuan(station):
    return station.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", station.clock.now())


@pytest.fixture
def placed(station, clock, tmp_path):
    """The same station with a folder for its nightly backups."""

    def opened_with(**told):
        config = replace(station.written, backup=BackupConfig(**({"folder": "sao-luu"} | told)))
        made.append(Station.open(config, clock))
        return made[-1]

    made = []
    yield opened_with
    for one in made:
        one.close()


@pytest.fixture
def day(cast):
    """Something to lose: an approved announcement that runs, and its sound."""
    return cast.running(cast.approved(seconds=4), base=2)


def names(path, passphrase=""):
    return [name for name, stream in opened(path, passphrase) if stream.read() is not None]


class TestAFile:
    def test_holds_database_sounds_and_key_and_nothing_that_can_be_made_again(self, station, tuan, day):
        (station.config.data / "log").mkdir(exist_ok=True)
        (station.config.data / "log" / "web.log").write_text("x")
        (station.config.data / "wav").mkdir(exist_ok=True)
        (station.config.data / "wav" / "a.wav").write_text("x")
        path = station.services.backups.make(tuan)
        held = names(path)
        assert (held[0], held[1], held[-1]) == (HEAD, "data/loa.db", LIST)
        assert "data/keys/journal-key.json" in held
        assert any(name.startswith("data/library/clips/") for name in held)
        assert not [name for name in held if name.startswith(("data/log", "data/wav")) or name.endswith(".lock")]
        assert path.stat().st_mode & 0o777 == 0o600
        assert [one.name for one in path.parent.iterdir()] == [path.name], "nothing half-made stays beside it"

    def test_says_what_it_is(self, station, tuan, day):
        contents = looked_through(station.services.backups.make(tuan))
        assert contents.station == station.config.station.name
        assert contents.journal_whole
        assert contents.bytes > 300_000

    def test_is_made_while_others_write(self, station, tuan, day, clock):
        stop, begun, wrote = threading.Event(), threading.Event(), [0]
        other = Station.open(station.written, clock)

        def write():
            while not stop.is_set():
                other.repos.jobs.beat("playout", 1, clock.now(), {"n": wrote[0]})
                wrote[0] += 1
                begun.set()
            other.close()

        thread = threading.Thread(target=write)
        thread.start()
        try:
            assert begun.wait(120)
            before = wrote[0]
            for _ in range(3):
                clock.advance(1)
                looked_through(station.services.backups.make(tuan))
        finally:
            stop.set()
            thread.join()
        assert wrote[0] > before

    def test_brings_config_and_with_a_passphrase_its_secrets(self, tmp_path, clock):
        (tmp_path / "config.toml").write_text('[station]\nname = "Đài A"\n[voice_server]\nkey_file = "khoa-giong"\n')
        (tmp_path / "khoa-giong").write_text("bi-mat")
        (tmp_path / "mk").write_text("mot cau dai de nho\n")
        (tmp_path / "mk").chmod(0o600)
        written = load(tmp_path / "config.toml")
        plain = Station.open(written, clock)
        plain.prepare()
        machine = plain.repos.people.machine(clock.now())
        held = names(plain.services.backups.make(machine))
        assert "config/config.toml" in held
        assert "config/khoa-giong" not in held, "a secret of others never lies in a file that anybody can open"
        plain.close()
        encrypting = Station.open(replace(written, backup=BackupConfig(passphrase_file="mk")), clock)
        clock.advance(1)
        path = encrypting.services.backups.make(machine)
        assert "config/khoa-giong" in names(path, "mot cau dai de nho")
        assert b"bi-mat" not in path.read_bytes()
        encrypting.close()

    def test_with_a_passphrase_file_that_others_can_read_is_not_made(self, placed, tuan, tmp_path):
        (tmp_path / "mk").write_text("mot cau dai de nho")
        (tmp_path / "mk").chmod(0o644)
        with pytest.raises(Refused, match="backup_passphrase_file"):
            placed(passphrase_file="mk").services.backups.make(tuan)

    def test_is_for_those_who_may(self, station, lan):
        for act in (station.services.backups.ask, station.services.backups.make):
            with pytest.raises(NotPermitted):
                act(lan)


class TestADamagedFile:
    @pytest.fixture
    def path(self, station, tuan, day):
        return station.services.backups.make(tuan)

    @pytest.mark.parametrize("at", [0.2, 0.5, 0.9])
    def test_with_one_other_byte_is_told(self, path, at):
        data = bytearray(path.read_bytes())
        place = round(len(data) * at)
        while not data[place]:  # the padding between members is nobody's
            place += 1
        data[place] ^= 0xFF
        path.write_bytes(data)
        with pytest.raises(Refused, match=r"backup_damaged|backup_not_ours"):
            looked_through(path)

    @pytest.mark.parametrize("share", [0.01, 0.3, 0.97])
    def test_cut_off_is_told(self, path, share):
        path.write_bytes(path.read_bytes()[: round(path.stat().st_size * share)])
        with pytest.raises(Refused, match=r"backup_damaged|backup_not_ours"):
            looked_through(path)

    def test_of_something_else_is_not_ours(self, tmp_path):
        (tmp_path / "x.loabak").write_bytes(b"PK\x03\x04 hello" * 500)
        with pytest.raises(Refused, match="backup_not_ours"):
            looked_through(tmp_path / "x.loabak")

    @pytest.mark.parametrize("name", ["../aus", "data/../../aus", "/etc/x", "data/a\\b", "other/x", "data"])
    def test_takes_nothing_out_of_the_folder(self, path, tmp_path, name):
        evil = tmp_path / "evil.loabak"
        members = dict.fromkeys((HEAD, "data/loa.db", LIST))
        for told, stream in opened(path):
            if told in members:
                members[told] = stream.read()
        digest = backing.size_and_sum(io.BytesIO(b"x"))
        listed = json.loads(members[LIST])
        listed = {"members": {"data/loa.db": listed["members"]["data/loa.db"], name: digest}}
        with tarfile.open(evil, "w") as tar:
            backing._add(tar, HEAD, members[HEAD])
            backing._add(tar, "data/loa.db", members["data/loa.db"])
            backing._add(tar, name, b"x")
            backing._add(tar, LIST, json.dumps(listed).encode())
        with pytest.raises(Refused, match="backup_damaged"):
            restore(evil, tmp_path / "neu")
        assert not (tmp_path / "aus").exists()
        assert not (tmp_path / "neu").exists()
        assert not (tmp_path / "neu.restoring").exists()


class TestPuttingItBack:
    def test_gives_the_same_rows_sounds_and_key(self, station, tuan, day, tmp_path, clock):
        path = station.services.backups.make(tuan)
        restore(path, tmp_path / "neu" / "data", now=clock.now())
        again = Station.open(replace(station.written, folder=tmp_path / "neu"), clock)
        for table in ("person", "announcement", "campaign", "slot", "clip", "journal", "setting_change"):
            sql = f"SELECT * FROM {table} ORDER BY 1"  # noqa: S608 - our words
            rows = again.repos.store.rows(sql)
            told = rows.pop() if table == "journal" else {"reason": "restored"}
            assert told["reason"] == "restored"
            assert rows == station.repos.store.rows(sql), table
        for row in station.repos.store.rows("SELECT sha256 FROM clip"):
            again.repos.library.verify(row["sha256"])
        key = "keys/journal-key.json"
        assert (again.config.data / key).read_text() == (station.config.data / key).read_text()
        assert again.services.proof.verify().whole
        again.close()

    def test_gives_a_station_that_airs(self, station, tuan, day, tmp_path, clock):
        restore(station.services.backups.make(tuan), tmp_path / "neu" / "data", now=clock.now())
        again = Station.open(replace(station.written, folder=tmp_path / "neu"), clock)
        again.prepare()
        slot = again.repos.slots.open_between(clock.now(), clock.now() + 2 * HOUR)[0]
        service = again.playout()
        service.start()
        service.run_stepped(clock, slot.end + 5 * SECOND)
        service.stop()
        (row,) = again.repos.journal.of_day("2026-12-02")
        assert (row["outcome"], row["slot_id"]) == ("played", slot.id)
        assert again.services.proof.verify().whole
        again.close()

    def test_never_goes_over_anything(self, station, tuan, day, tmp_path):
        path = station.services.backups.make(tuan)
        with pytest.raises(Refused, match="restore_not_empty"):
            restore(path, station.config.data)
        with FileLock(station.config.data / "station.lock"), pytest.raises(Refused, match="restore_living"):
            restore(path, station.config.data)
        (tmp_path / "leer").mkdir()
        restore(path, tmp_path / "leer")
        assert (tmp_path / "leer" / "loa.db").is_file()

    def test_of_a_newer_release_is_refused(self, station, tuan, day, tmp_path):
        station.repos.store.db.conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('loa-phuong', 'm999_later', '')"
        )
        station.repos.store.db.conn.commit()
        with pytest.raises(Refused, match="backup_newer"):
            restore(station.services.backups.make(tuan), tmp_path / "neu")
        assert not (tmp_path / "neu").exists()

    def test_puts_the_configuration_where_it_is_found(self, tmp_path, clock):
        (tmp_path / "config.toml").write_text('[station]\nname = "Đài A"\n')
        opened_station = Station.open(load(tmp_path / "config.toml"), clock)
        opened_station.prepare()
        path = opened_station.services.backups.make(opened_station.repos.people.machine(clock.now()))
        opened_station.close()
        restore(path, tmp_path / "neu")
        assert "Đài A" in (tmp_path / "neu" / CONFIG / "config.toml").read_text()


class TestAFullDisk:
    def test_is_told_before_anything_is_written(self, station, tuan, day, monkeypatch):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 1000))
        with pytest.raises(Refused, match="backup_no_room"):
            station.services.backups.make(tuan)
        assert station.services.backups.newest().reason == "backup_no_room"

    def test_in_the_middle_leaves_nothing_and_keeps_the_older_file(self, station, tuan, day, monkeypatch, clock):
        older = station.services.backups.make(tuan)
        clock.advance(1)

        def full(*_args, **_named):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(backing, "_add_file", full)
        with pytest.raises(Refused, match="disk_full"):
            station.services.backups.make(tuan)
        assert [path.name for path in older.parent.iterdir()] == [older.name]
        assert station.services.backups.last().file == older.name
        assert station.services.backups.newest().reason == "disk_full"

    @pytest.mark.parametrize("room", [1, 100_000, 700_000])
    def test_under_an_encrypted_file_leaves_nothing_and_keeps_the_older_one(
        self, placed, tuan, day, tmp_path, monkeypatch, clock, room
    ):
        (tmp_path / "mk").write_text("mot cau dai de nho")
        (tmp_path / "mk").chmod(0o600)
        services = placed(passphrase_file="mk").services.backups
        older = services.make(tuan)
        clock.advance(1)

        class Full(io.FileIO):
            def write(self, data):
                if self.tell() + len(data) > room:
                    raise OSError(28, "No space left on device")
                return super().write(data)

        real = backing._new

        @contextmanager
        def new(path):
            with (
                real(path) as raw,
                Full(path, "wb") if path.suffix == ".part" and ".db" not in path.name else raw as it,
            ):
                yield it

        monkeypatch.setattr(backing, "_new", new)
        with pytest.raises(Refused, match="disk_full"):
            services.make(tuan)
        assert [path.name for path in older.parent.iterdir()] == [older.name]
        assert looked_through(older, "mot cau dai de nho").journal_whole

    def test_and_a_folder_that_takes_nothing_is_told(self, placed, tuan, tmp_path):
        (tmp_path / "sao-luu").write_text("a file, no folder")
        with pytest.raises(Refused, match="backup_folder"):
            placed().services.backups.make(tuan)


class TestTheNight:
    def test_makes_one_a_day_from_its_hour_on(self, placed, clock):
        opened_station = placed(at="06:00")
        services = opened_station.services.backups
        assert services.work(), "the night before has had none"
        assert not services.work()
        clock.advance(31 * 60)  # 06:01
        assert services.work()
        assert not services.work()
        clock.advance(86_400)
        assert services.work()
        assert len(services.kept()) == 3

    def test_makes_none_where_no_folder_is_named(self, station):
        assert not station.services.backups.work()
        assert station.services.backups.newest() is None

    def test_tries_again_an_hour_after_a_failure_and_not_before(self, placed, clock, tmp_path):
        (tmp_path / "sao-luu").write_text("a file, no folder")
        services = placed().services.backups
        assert services.work()
        assert services.newest().state == "failed"
        clock.advance(600)
        assert not services.work()
        clock.advance(3600)
        (tmp_path / "sao-luu").unlink()
        assert services.work()
        assert services.newest().state == "good"

    def test_keeps_so_many_and_spares_other_files(self, placed, clock, tmp_path):
        services = placed(keep=2).services.backups
        (tmp_path / "sao-luu").mkdir()
        spared = [tmp_path / "sao-luu" / name for name in ("loa-00000000-20200101-000000.loabak", "ghi-chu.txt")]
        for path in spared:
            path.write_text("of others")
        made = []
        for _ in range(4):
            services.work()
            made.append(services.last().file)
            clock.advance(86_400)
        assert [one.name for one in services.kept()] == [made[3], made[2]]
        assert all(path.exists() for path in spared)


class TestTheButton:
    def test_asks_the_worker_which_makes_it(self, station, tuan, day):
        services = station.services.backups
        services.ask(tuan)
        assert services.newest().state == "waiting"
        with pytest.raises(Refused, match="backup_running"):
            services.ask(tuan)
        assert station.worker().back_up()
        run = services.newest()
        assert (run.state, run.by, run.progress) == ("good", "Tuấn", 1.0)
        assert services.kept()[0].name == run.file
        assert services.kept()[0].bytes == run.bytes

    def test_what_a_dead_worker_left_running_is_failed_and_the_next_one_is_made(self, station, tuan, day):
        services = station.services.backups
        run_id = services.ask(tuan)
        station.repos.store.db.conn.execute("UPDATE backup_run SET state = 'running' WHERE id = ?", (run_id,))
        station.repos.store.db.conn.commit()
        services.work()
        assert services.newest().reason == "backup_stopped"
        services.ask(tuan)
        services.work()
        assert services.newest().state == "good"

    def test_a_worker_that_is_told_to_end_begins_it_anew_another_time(self, station, tuan, day):
        services = station.services.backups
        services.ask(tuan)

        class Ending(Exception):  # noqa: N818 - no fault
            pass

        def stop():
            raise Ending

        with pytest.raises(Ending):
            services.work(stop)
        assert services.newest().state == "waiting"
        assert not services.kept()
        services.work()
        assert services.newest().state == "good"

    def test_serves_other_jobs_meanwhile(self, station, tuan, day):
        breaths = []
        station.services.backups.ask(tuan)
        station.services.backups.work(lambda: breaths.append(1))
        assert len(breaths) > 5

    def test_and_the_command_line_never_make_two_at_once(self, station, tuan, day):
        with FileLock(station.config.data / "backup.lock"):
            with pytest.raises(Refused, match="backup_running"):
                station.services.backups.make(tuan)
            station.services.backups.ask(tuan)
            assert not station.services.backups.work()

    def test_the_command_line_makes_one_while_another_waits_for_a_worker_that_is_dead(self, station, tuan, day):
        services = station.services.backups
        asked = services.ask(tuan)
        made = services.make(tuan)
        assert [one.name for one in services.kept()] == [made.name]
        assert services.newest().state == "good"
        assert services.work(), "and the worker makes what it was asked for, once it lives"
        assert {one.id: one.state for one in services.history()}[asked] == "good"


class TestTrouble:
    def test_is_none_on_a_new_station_and_after_a_good_backup(self, placed, tuan, day):
        services = placed().services.backups
        assert services.trouble() is None
        services.make(tuan)
        assert services.trouble() is None

    def test_is_told_when_the_last_good_one_is_old(self, placed, tuan, day, clock):
        services = placed().services.backups
        services.make(tuan)
        clock.advance(2 * 86_400 + 1)
        assert services.trouble()[0] == "backup_old"

    def test_is_told_when_the_newest_failed(self, placed, tuan, day, tmp_path):
        services = placed().services.backups
        services.make(tuan)
        shutil.rmtree(tmp_path / "sao-luu")
        (tmp_path / "sao-luu").write_text("a file")
        with pytest.raises(Refused):
            services.make(tuan)
        assert services.trouble()[0] == "backup_folder"

    def test_is_told_when_a_station_has_run_a_week_without_any(self, station, cast, day, clock):
        slot = station.repos.slots.open_between(clock.now(), clock.now() + 2 * HOUR)[0]
        service = station.playout()
        service.start()
        service.run_stepped(clock, slot.end + 5 * SECOND)
        service.stop()
        assert BackupService(station.repos).trouble() is None
        clock.advance(8 * 86_400)
        assert BackupService(station.repos).trouble() == ("backup_never", {})


def test_a_broken_chain_is_backed_up_all_the_same_and_told(station, tuan, day):
    station.repos.journal.note("station", "2026-12-02", "x", "y", station.clock.now())
    with sqlite3.connect(station.repos.store.path) as conn:
        conn.execute("DROP TRIGGER journal_no_update")
        conn.execute("UPDATE journal SET note = 'anders' WHERE seq = 1")
    assert not looked_through(station.services.backups.make(tuan)).journal_whole
