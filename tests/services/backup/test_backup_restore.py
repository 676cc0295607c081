"""Putting a backup back as an enemy would have it: flipped, cut, swapped, wrong passphrase, no room, over a station."""

import os
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.config.loading import BackupConfig
from scheduler.core.model import Role
from scheduler.kernel.errors import Refused
from scheduler.services.backup import restore as restoring
from scheduler.services.backup.restore import restore, set_aside
from scheduler.station import Station
from scheduler.store import Store
from tests.conftest import MORNING
from tests.examples import examples

PASSPHRASE = "mot cau dai de nho"
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
AT = MORNING + HOUR


@pytest.fixture
def tuan(station):
    return station.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", station.clock.now())


@pytest.fixture
def day(cast):
    return cast.running(cast.approved(seconds=4), base=2)


@pytest.fixture
def encrypted(station, tuan, day, tmp_path, clock):
    (tmp_path / "mk").write_text(PASSPHRASE)
    (tmp_path / "mk").chmod(0o600)
    opened = Station.open(replace(station.written, backup=BackupConfig(passphrase_file="mk")), clock)
    path = opened.services.backups.make(tuan)
    opened.close()
    return path


def everything(folder):
    """path -> bytes of all files under it."""
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class TestAChangedFile:
    @settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(share=st.floats(0, 0.999999), bit=st.integers(0, 7))
    def test_with_one_other_bit_writes_nothing(self, encrypted, tmp_path, share, bit):
        data = bytearray(encrypted.read_bytes())
        data[int(share * len(data))] ^= 1 << bit
        changed = tmp_path / "changed.loabak"
        changed.write_bytes(data)
        with pytest.raises(Refused) as refused:
            restore(changed, tmp_path / "neu", PASSPHRASE)
        assert refused.value.reason in {"backup_damaged", "backup_not_ours", "backup_passphrase"}
        assert not (tmp_path / "neu").exists()
        assert not (tmp_path / "neu.restoring").exists()

    @settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(share=st.floats(0, 0.999999))
    def test_cut_anywhere_writes_nothing(self, encrypted, tmp_path, share):
        data = encrypted.read_bytes()
        changed = tmp_path / "changed.loabak"
        changed.write_bytes(data[: int(share * len(data))])
        with pytest.raises(Refused):
            restore(changed, tmp_path / "neu", PASSPHRASE)
        assert not (tmp_path / "neu").exists()

    def test_with_more_behind_its_end_is_told(self, encrypted, tmp_path):
        with encrypted.open("ab") as raw:
            raw.write(b"more")
        with pytest.raises(Refused, match="backup_damaged"):
            restore(encrypted, tmp_path / "neu", PASSPHRASE)

    @pytest.mark.parametrize("wrong", ["", "sai", PASSPHRASE + " ", PASSPHRASE.upper()])
    def test_with_another_passphrase_stays_closed(self, encrypted, tmp_path, wrong):
        with pytest.raises(Refused, match="backup_passphrase"):
            restore(encrypted, tmp_path / "neu", wrong)
        assert not (tmp_path / "neu").exists()

    def test_says_nothing_of_what_it_holds(self, encrypted):
        data = encrypted.read_bytes()
        for word in (b"SQLite format", b"loa-phuong.json", b"journal-key", b"data/loa.db", b"RIFF"):
            assert word not in data


class TestInThePlaceOfAStation:
    def test_keeps_the_old_folder_whole_and_airs_a_day(self, station, tuan, day, tmp_path, clock):
        path = station.services.backups.make(tuan)
        copy = tmp_path / "elsewhere.loabak"
        shutil.copy(path, copy)
        data = station.config.data
        station.services.people.add(tuan_admin(station), "sau", "Người đến sau", Role.EDITOR, "mat-khau-rat-dai")
        station.close()
        Store(data / "loa.db").close()
        before = everything(data)
        restore(copy, data, replaced_at=AT, now=clock.now())
        assert everything(set_aside(data, AT)) | {p: b for p, b in before.items() if p.name == "station.lock"} == before
        again = Station.open(station.written, clock)
        again.prepare()
        assert again.repos.people.by_login("sau") is None, "what came after the backup is in the old folder"
        slot = again.repos.slots.open_between(clock.now(), clock.now() + 2 * HOUR)[0]
        service = again.playout()
        service.start()
        service.run_stepped(clock, slot.end + 5 * SECOND)
        service.stop()
        assert [row["outcome"] for row in again.repos.journal.of_day("2026-12-02") if row["slot_id"]] == ["played"]
        assert again.services.proof.verify().whole
        again.close()

    def test_knows_the_backup_it_came_from_as_a_good_one(self, station, tuan, day, tmp_path, clock):
        """Its rows were copied while that backup was under way: it is not one that was cut off."""
        path = station.services.backups.make(tuan).rename(tmp_path / "elsewhere.loabak")
        station.close()
        restore(path, station.config.data, replaced_at=AT, now=clock.now())
        again = Station.open(station.written, clock)
        again.prepare()
        last = again.services.backups.last()
        assert (last.file, last.bytes) == (path.name, path.stat().st_size)
        assert again.services.backups.trouble() is None
        assert not again.services.backups.work(), "nothing is left under way"
        assert [run.state for run in again.services.backups.history()] == ["good"]
        again.close()

    def test_is_refused_while_it_runs(self, station, tuan, day, tmp_path):
        path = station.services.backups.make(tuan)
        with FileLock(station.config.data / "station.lock"), pytest.raises(Refused, match="restore_living"):
            restore(path, station.config.data, replaced_at=AT)
        assert not set_aside(station.config.data, AT).exists()

    def test_changes_nothing_when_the_file_is_bad(self, station, tuan, day, tmp_path):
        path = tmp_path / "bad.loabak"
        data = station.services.backups.make(tuan).read_bytes()
        path.write_bytes(data[: len(data) // 2])
        with pytest.raises(Refused, match="backup_damaged"):
            restore(path, station.config.data, replaced_at=AT)
        assert not set_aside(station.config.data, AT).exists()
        assert station.repos.store.value("SELECT count(*) FROM person") > 0

    def test_puts_the_old_one_back_when_the_new_one_cannot_take_its_name(
        self, station, tuan, day, tmp_path, monkeypatch
    ):
        path = tmp_path / "good.loabak"
        shutil.copy(station.services.backups.make(tuan), path)
        real, data = restoring.Path.replace, station.config.data

        def once(self, target):
            if self.name.endswith(".restoring"):
                raise OSError(5, "Input/output error")
            return real(self, target)

        monkeypatch.setattr(restoring.Path, "replace", once)
        with pytest.raises(Refused, match="disk_error"):
            restore(path, data, replaced_at=AT)
        assert (data / "loa.db").is_file()
        assert not set_aside(data, AT).exists()
        assert not data.with_name("data.restoring").exists()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
    def test_belongs_to_whom_the_old_one_belonged(self, station, tuan, day, tmp_path):
        path = tmp_path / "good.loabak"
        shutil.copy(station.services.backups.make(tuan), path)
        station.close()
        os.chown(station.config.data, 12345, 12346)
        restore(path, station.config.data, replaced_at=AT)
        owners = {(one.stat().st_uid, one.stat().st_gid) for one in station.config.data.rglob("*")}
        assert owners == {(12345, 12346)}

    def test_into_an_empty_folder_needs_nothing_set_aside(self, station, tuan, day, tmp_path):
        restore(station.services.backups.make(tuan), tmp_path / "neu", replaced_at=AT)
        assert (tmp_path / "neu" / "loa.db").is_file()
        assert not set_aside(tmp_path / "neu", AT).exists()


def tuan_admin(station):
    return station.repos.people.machine(station.clock.now())
