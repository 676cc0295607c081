"""An encrypted backup of a release before age, with its sounds beside it, kept as that release wrote it."""

import io
import os
import secrets
import shutil
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from scheduler.config.loading import BackupConfig
from scheduler.core.model import Role
from scheduler.kernel.encrypted_archive import EncryptedReader, is_age
from scheduler.kernel.errors import Refused
from scheduler.services.backup.archive import looked_through
from scheduler.services.backup.restore import restore
from scheduler.services.backup.sounds import SoundFolder
from scheduler.station import Station

PASSPHRASE = "câu mật khẩu của bản cũ"
SOUND = "3ebde538430f9f9afc4058c8de47b6644bb79c928127f00b8307e07653eebab8"


@pytest.fixture
def old(tmp_path):
    """The file, in a folder that may be written."""
    shutil.copytree(Path(__file__).parents[1] / "store" / "old" / "backup", tmp_path / "cu")
    (path,) = (tmp_path / "cu").glob("*.loabak")
    return path


def test_comes_back_as_a_station_with_its_rows_sounds_and_key(old, station, tmp_path, clock):
    contents = restore(old, tmp_path / "neu" / "data", PASSPHRASE, now=clock.now())
    assert contents.journal_whole
    assert SOUND in {sha256 for _, sha256 in (*contents.members.values(), *told(contents))}
    again = Station.open(replace(station.written, folder=tmp_path / "neu"), clock)
    again.prepare()
    assert again.repos.people.by_login("tuan").role is Role.TECHNICIAN
    (row,) = again.repos.store.rows("SELECT title, sha256 FROM clip WHERE origin = 'upload'")
    assert row["title"] == "Tiêm chủng"
    again.repos.library.verify(row["sha256"])
    assert again.services.proof.verify().whole
    again.close()


def told(contents):
    return [(kept.size, kept.sha256) for kept in contents.sounds.values()]


def pieces_of(data):
    """What that release wrote: the head, and pieces of 1 MB."""
    cut = [data[at : at + (1 << 20)] for at in range(0, len(data), 1 << 20)]
    key = Scrypt(salt=bytes(16), length=32, n=1 << 15, r=8, p=1).derive(PASSPHRASE.encode())
    sealed = [
        AESGCM(key).encrypt(bytes(4) + at.to_bytes(8, "big"), one, b"LOABAK1\0" + bytes([at == len(cut) - 1]))
        for at, one in enumerate(cut)
    ]
    return [struct.pack(">8sI16s4s", b"LOABAK1\0", 1 << 15, bytes(16), bytes(4)), *sealed]


CHANGES = {
    "the last gone": lambda pieces: pieces[:-1],
    "one in the middle gone": lambda pieces: [pieces[0], *pieces[2:]],
    "two swapped": lambda pieces: [pieces[0], pieces[2], pieces[1]],
    "more behind": lambda pieces: [*pieces, b"x"],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_of_several_pieces_is_read_whole_or_refused(change):
    data = secrets.token_bytes((3 << 20) - 7)
    head, *pieces = pieces_of(data)
    assert EncryptedReader(io.BytesIO(head + b"".join(pieces)), PASSPHRASE).read() == data
    with pytest.raises(Refused, match="backup_damaged"):
        EncryptedReader(io.BytesIO(head + b"".join(change(pieces))), PASSPHRASE).read()


@pytest.mark.parametrize("wrong", ["", "sai", PASSPHRASE + " "])
def test_opens_with_its_passphrase_alone(old, tmp_path, wrong):
    with pytest.raises(Refused, match="backup_passphrase"):
        restore(old, tmp_path / "neu", wrong)
    assert not (tmp_path / "neu").exists()


@pytest.mark.parametrize("share", [0.0, 0.00001, 0.00003, 0.3, 0.7, 0.99999])
def test_with_one_other_bit_writes_nothing(old, tmp_path, share):
    data = bytearray(old.read_bytes())
    data[int(share * len(data))] ^= 4
    old.write_bytes(data)
    with pytest.raises(Refused, match=r"backup_damaged|backup_not_ours|backup_passphrase"):
        restore(old, tmp_path / "neu", PASSPHRASE)
    assert not (tmp_path / "neu").exists()


@pytest.mark.parametrize("size", [7, 8, 20, 31, 32, 40, 5000, -1])
def test_cut_anywhere_writes_nothing(old, tmp_path, size):
    old.write_bytes(old.read_bytes()[:size])
    with pytest.raises(Refused, match=r"backup_damaged|backup_not_ours|backup_passphrase"):
        restore(old, tmp_path / "neu", PASSPHRASE)
    assert not (tmp_path / "neu").exists()


def test_that_asks_for_a_dear_key_is_not_tried(old):
    data = bytearray(old.read_bytes())
    data[8:12] = (1 << 31).to_bytes(4, "big")
    old.write_bytes(data)
    with pytest.raises(Refused, match="backup_not_ours"):
        looked_through(old, PASSPHRASE)


def test_its_sounds_are_written_anew_as_age_and_stay_as_long_as_it_needs_them(old, station, tmp_path, clock, cast):
    """The first night of the new release, in the folder of the old one."""
    cast.clip(seconds=0.2)
    (beside,) = old.parent.glob("*-am-thanh")
    before = {path: path.read_bytes() for path in beside.rglob("*") if path.is_file()}
    sounds = SoundFolder(beside, PASSPHRASE)
    assert not sounds.bytes, "none of the old release's is counted as there"
    kept = [sounds.keep(path) for path in station.config.data.rglob("clips/*/*.wav")]
    for one in kept:
        with (beside / one.stored).open("rb") as raw:
            assert is_age(raw)
    assert SoundFolder(beside, PASSPHRASE).bytes == sounds.bytes > 0, "the same folder the second night"
    assert {path: path.read_bytes() for path in before} == before
    looked_through(old, PASSPHRASE)
    for path in before:
        os.utime(path, (1, 1))
    sounds.sweep(10**6)
    assert not [path for path in before if path.exists() and path.name != "thu"]
    assert all((beside / one.stored).exists() for one in kept)


def test_nothing_writes_one_any_more(station, tmp_path, clock):
    (tmp_path / "mk").write_text(PASSPHRASE)
    (tmp_path / "mk").chmod(0o600)
    config = replace(station.written, backup=BackupConfig(folder="sao-luu", sounds="beside", passphrase_file="mk"))
    again = Station.open(config, clock)
    path = again.services.backups.make(again.repos.people.machine(clock.now()))
    again.close()
    for one in (path, *path.parent.glob("*-am-thanh/*/*")):
        with one.open("rb") as raw:
            assert is_age(raw)
