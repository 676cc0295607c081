"""Sounds that are kept once beside the backups: a night writes what is new, and a backup is whole or refused."""

import json
import os
import shutil
import tarfile
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.config.loading import BackupConfig
from scheduler.core.model import Role
from scheduler.kernel.errors import Refused
from scheduler.services.backup import archive as backing
from scheduler.services.backup.archive import HEAD, LIST, looked_through, opened
from scheduler.services.backup.restore import restore
from scheduler.services.backup.sounds import BackupSound, SoundFolder, kept_sound
from scheduler.station import Station

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def tuan(station):
    return station.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", station.clock.now())


@pytest.fixture
def day(cast):
    return cast.running(cast.approved(seconds=4), base=2)


@pytest.fixture
def nights(station, clock, tmp_path, tuan, day):
    """Make a night's backup with these settings (its file)."""

    def made(passphrase="", keep=7):
        told = {"folder": "sao-luu", "sounds": "beside", "keep": keep}
        if passphrase:
            (tmp_path / "mk").write_text(passphrase)
            (tmp_path / "mk").chmod(0o600)
            told["passphrase_file"] = "mk"
        clock.advance(1)
        one = Station.open(replace(station.written, backup=BackupConfig(**told)), clock)
        path = one.services.backups.make(tuan)
        one.close()
        return path

    return made


def sounds_of(path):
    return sorted(one for one in path.parent.glob("*-am-thanh/*/*-*"))


def written(paths):
    return {path: (path.stat().st_ino, path.read_bytes()) for path in paths}


def clips(folder):
    return {one.name: one.read_bytes() for one in (folder / "library" / "clips").rglob("*") if one.is_file()}


def test_the_second_night_writes_no_sound_that_is_there(nights, cast):
    first = nights()
    before = written(sounds_of(first))
    assert before
    cast.clip(title="mới", pitch=300.0)
    second = nights()
    after = written(sounds_of(second))
    assert {path: after[path] for path in before} == before, "neither written anew nor renamed"
    assert len(after) == len(before) + 1
    assert not [name for name, stream in opened(second) if stream.read() is not None and "/clips/" in name]


def test_both_nights_give_back_every_sound_and_the_newer_one_a_day(nights, station, cast, tmp_path, clock):
    first = nights()
    cast.clip(title="mới", pitch=300.0)
    second = nights()
    restore(second, tmp_path / "neu" / "data", now=clock.now())
    assert clips(tmp_path / "neu" / "data") == clips(station.config.data)
    restore(first, tmp_path / "alt")
    assert clips(tmp_path / "alt").items() < clips(station.config.data).items()
    again = Station.open(replace(station.written, folder=tmp_path / "neu"), clock)
    again.prepare()
    slot = again.repos.slots.open_between(clock.now(), clock.now() + 2 * HOUR)[0]
    service = again.playout()
    service.start()
    service.run_stepped(clock, slot.end + 5 * SECOND)
    service.stop()
    assert [row["outcome"] for row in again.repos.journal.of_day("2026-12-02") if row["slot_id"]] == ["played"]
    assert again.services.proof.verify().whole
    again.close()


@pytest.mark.parametrize("passphrase", ["", "mot cau dai de nho"])
def test_a_sound_that_was_damaged_is_refused_and_mended_by_the_next_night(nights, tmp_path, passphrase):
    path = nights(passphrase)
    sound = sounds_of(path)[0]
    data = bytearray(sound.read_bytes())
    data[len(data) // 2] ^= 1
    sound.write_bytes(data)
    with pytest.raises(Refused, match="backup_damaged"):
        restore(path, tmp_path / "neu", passphrase)
    assert not (tmp_path / "neu").exists()
    newer = nights(passphrase)
    restore(newer, tmp_path / "neu", passphrase)
    assert (tmp_path / "neu" / "loa.db").is_file()


def test_a_backup_without_its_sounds_says_which_folder_is_missing(nights, tmp_path):
    path = nights()
    (tmp_path / "stick").mkdir()
    shutil.copy(path, tmp_path / "stick")
    with pytest.raises(Refused, match=r"backup_sounds_missing.*am-thanh"):
        restore(tmp_path / "stick" / path.name, tmp_path / "neu")
    with pytest.raises(Refused, match="backup_sounds_missing"):
        looked_through(tmp_path / "stick" / path.name)
    assert not (tmp_path / "neu").exists()
    (sounds,) = path.parent.glob("*-am-thanh")
    shutil.copytree(sounds, tmp_path / "stick" / sounds.name)
    restore(tmp_path / "stick" / path.name, tmp_path / "neu")
    assert (tmp_path / "neu" / "loa.db").is_file()


def test_another_passphrase_begins_anew_and_each_backup_opens_with_its_own(nights, tmp_path):
    first, second = nights("câu thứ nhất"), nights("câu thứ hai")
    for number, (path, passphrase) in enumerate([(first, "câu thứ nhất"), (second, "câu thứ hai")]):
        restore(path, tmp_path / str(number), passphrase)
    with pytest.raises(Refused, match="backup_passphrase"):
        restore(first, tmp_path / "neu", "câu thứ hai")
    third = nights("câu thứ nhất")
    assert {one.parent.name for one in sounds_of(third)} == {one.parent.name for one in sounds_of(first)}
    assert len({one.parent.name for one in sounds_of(third)}) == 2


def test_encrypted_sounds_say_nothing(nights, station):
    path = nights("mot cau dai de nho")
    heads = {data[:64] for data in clips(station.config.data).values()}
    for sound in sounds_of(path):
        assert not any(head in sound.read_bytes() for head in heads)
        assert sound.stat().st_mode & 0o777 == 0o600


def test_sounds_that_no_kept_backup_needs_go_and_the_others_stay(nights, station, clock):
    path = nights(keep=2)
    stray = sounds_of(path)[0].with_name(f"{'a' * 64}-{'b' * 64}")
    stray.write_bytes(b"of long ago")
    os.utime(stray, (1, 1))
    needed = [one for one in sounds_of(path) if one != stray]
    nights(keep=2)
    assert not stray.exists()
    assert all(one.exists() for one in needed)


def test_what_tells_a_passphrase_outlives_every_sweep(nights):
    path = nights("mot cau dai de nho")
    (probe,) = path.parent.glob("*-am-thanh/*/thu")
    os.utime(probe, (1, 1))
    nights("mot cau dai de nho")
    assert probe.exists()


def test_a_full_disk_among_the_sounds_leaves_no_backup_and_no_half_sound(nights, station, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SoundFolder, "_write", full)
    with pytest.raises(Refused, match="disk_full"):
        nights()
    folder = station.config.folder / "sao-luu"
    assert not list(folder.glob("*.loabak"))
    assert not list(folder.rglob("*.part"))


@pytest.mark.parametrize(
    "stored", ["../../etc/passwd", "khong-mat-khau/../x", "x", "a/b/c", "", "/etc/passwd", "..\\x/y"]
)
def test_a_list_leads_nowhere_but_into_its_folder(tmp_path, stored):
    with pytest.raises(Refused, match="backup_damaged"), kept_sound(tmp_path, BackupSound(1, "a", stored), ""):
        raise AssertionError("opened")


def test_a_list_that_names_another_folder_is_held_to_the_one_beside_it(nights, tmp_path):
    """Whoever forges a plain backup may name any folder; only its last part counts, beside the file."""
    path = nights()
    members = {name: stream.read() for name, stream in opened(path)}
    head = json.loads(members[HEAD]) | {"sounds_in": "/etc"}
    with tarfile.open(tmp_path / "evil.loabak", "w") as tar:
        backing._add(tar, HEAD, json.dumps(head).encode())
        for name, data in members.items():
            if name not in {HEAD, LIST}:
                backing._add(tar, name, data)
        backing._add(tar, LIST, members[LIST])
    with pytest.raises(Refused, match="backup_sounds_missing"):
        restore(tmp_path / "evil.loabak", tmp_path / "neu")
