"""Backup files that somebody has made to do harm, and what a restore that is killed leaves."""

import hashlib
import io
import json
import sqlite3
import tarfile
from contextlib import closing
from datetime import timedelta

import pytest

from scheduler import supervisor
from scheduler.core.model import Role
from scheduler.kernel.encrypted_archive import EncryptedWriter
from scheduler.kernel.errors import Refused
from scheduler.services.backup import restore as restoring
from scheduler.services.backup.archive import DATABASE, HEAD, LIST, looked_through
from scheduler.services.backup.restore import half_restored, restore, set_aside
from scheduler.store import Store
from tests.conftest import MORNING

AT = MORNING + timedelta(hours=1)


@pytest.fixture
def good(station):
    """A backup that is good, as its members: name -> bytes."""
    tuan = station.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", station.clock.now())
    path = station.services.backups.make(tuan)
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def told_of(members):
    told = {name: [len(data), hashlib.sha256(data).hexdigest()] for name, data in members.items()}
    return json.dumps({"members": told}).encode()


def plain(name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    return info, data


def encrypted(path, passphrase):
    """The file, written anew so that only a passphrase opens it: whoever has that may write what he likes."""
    data = path.read_bytes()
    with path.open("wb") as raw:
        writer = EncryptedWriter(raw, passphrase)
        writer.write(data)
        writer.close()


def made(path, members, *, told=None, more=(), head=None):
    """A backup file of these members, with a list that agrees with them unless it is given."""
    between = {name: data for name, data in members.items() if name not in {HEAD, LIST}}
    last = told if told is not None else told_of(between)
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        if head != b"":
            tar.addfile(*_stream(plain(HEAD, head or members[HEAD])))
        for name, data in between.items():
            tar.addfile(*_stream(plain(name, data)))
        for one in more:
            tar.addfile(*_stream(one))
        tar.addfile(*_stream(plain(LIST, last)))
    return path


def _stream(one):
    info, data = one
    return info, io.BytesIO(data)


def sparse():
    """A member of a terabyte in a hundred bytes."""
    info, data = plain("data/library/clips/a.wav", b"1\n0\n0\n".ljust(512, b"\0"))
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(10**12),
                        "GNU.sparse.name": "data/library/clips/a.wav"}  # fmt: skip
    return info, data


def kind(name, type_, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = type_, link
    return info, b""


MORE = {
    "a sparse bomb": sparse(),
    "a link out of the folder": kind("data/library/a", tarfile.SYMTYPE, "/etc/passwd"),
    "a hard link": kind("data/library/a", tarfile.LNKTYPE, "/etc/passwd"),
    "a device": kind("data/library/a", tarfile.CHRTYPE),
    "a pipe": kind("data/library/a", tarfile.FIFOTYPE),
    "a folder": kind("data/library", tarfile.DIRTYPE),
    "a name that leads out": plain("data/../../etc/x", b"x"),
    "an absolute name": plain("/etc/x", b"x"),
    "a folder of its own": plain("elsewhere/x", b"x"),
    "a name with a line break": plain("data/a\nb", b"x"),
    "a very long name": plain("data/" + "a" * 300, b"x"),
    "the same name once more": plain(DATABASE, b"x"),
    "the same place by another name": plain("data/./loa.db", b"x"),
    "a log of writes for the database": plain("data/loa.db-wal", b"x" * 100),
    "the lock": plain("data/station.lock", b""),
    "a file below a file": plain("data/loa.db/x", b"x"),
}


@pytest.mark.parametrize("passphrase", ["", "mot cau dai de nho"], ids=["plain", "encrypted"])
@pytest.mark.parametrize("more", MORE.values(), ids=MORE.keys())
def test_a_member_that_no_backup_of_ours_has_is_refused_and_nothing_is_left(good, tmp_path, more, passphrase):
    info, data = more
    members = good | ({info.name: data} if info.name not in good else {})
    told = told_of({name: one for name, one in members.items() if name not in {HEAD, LIST}})
    path = made(tmp_path / "a.loabak", good, told=told, more=[more])
    if passphrase:
        encrypted(path, passphrase)
    with pytest.raises(Refused, match="backup_damaged"):
        restore(path, tmp_path / "neu", passphrase)
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith("neu")) == []


def test_a_foreign_archive_is_told_by_its_first_member(good, tmp_path):
    path = made(tmp_path / "a.loabak", {"photos/1.jpg": b"x", "photos/2.jpg": b"y"}, head=b"")
    with pytest.raises(Refused, match="backup_not_ours"):
        looked_through(path)


HEADS = (
    b"[]",
    b"7",
    b'"x"',
    b"{}",
    b'{"format": 1}',
    b'{"format": 1, "made_at": 7, "journal_rows": []}',
    b"\xff",
    b"[" * 100_000,
)
LISTS = (b"[]", b"{}", b'{"members": []}', b'{"members": {"a": 1}}', b'{"members": {"a": ["x", 2]}}', b"{" * 100_000)


@pytest.mark.parametrize("head", HEADS, ids=range(len(HEADS)))
def test_a_head_that_is_none_is_refused_in_one_sentence(good, tmp_path, head):
    with pytest.raises(Refused, match="backup_"):
        looked_through(made(tmp_path / "a.loabak", good, head=head))


@pytest.mark.parametrize("told", LISTS, ids=range(len(LISTS)))
def test_a_list_that_is_none_is_refused_in_one_sentence(good, tmp_path, told):
    with pytest.raises(Refused, match="backup_damaged"):
        looked_through(made(tmp_path / "a.loabak", good, told=told))


def changed(database, *statements):
    """The bytes of a database after these statements."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(database)
        for one in statements:
            db.execute(one)
        db.commit()
        return db.serialize()


def foreign(*statements):
    with closing(sqlite3.connect(":memory:")) as db:
        for one in ("CREATE TABLE a (b)", *statements):
            db.execute(one)
        db.commit()
        return db.serialize()


DATABASES = {
    "no database": (lambda _: b"x" * 5000, "backup_damaged"),
    "an empty file": (lambda _: b"", "backup_not_ours"),
    "another program's": (lambda _: foreign(), "backup_not_ours"),
    "steps without a table": (lambda one: changed(one, "DROP TABLE heard"), "backup_damaged"),
    "a trigger of its own": (
        lambda one: changed(one, "CREATE TRIGGER t AFTER INSERT ON person BEGIN DELETE FROM person; END"),
        "backup_damaged",
    ),
    "of a newer release": (
        lambda one: changed(
            one,
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('loa-phuong', 'm999_later', '')",
        ),
        "backup_newer",
    ),
    "half of it": (lambda one: one[: len(one) // 2], "backup_damaged"),
}


@pytest.mark.parametrize(("change", "reason"), DATABASES.values(), ids=DATABASES.keys())
def test_a_database_that_is_no_stations_of_this_release_replaces_none(good, station, tmp_path, change, reason):
    database = good[DATABASE]
    path = made(tmp_path / "a.loabak", good | {DATABASE: change(database)})
    data = station.config.data
    with pytest.raises(Refused, match=reason):
        restore(path, data, replaced_at=AT)
    assert not half_restored(data).exists()
    assert not set_aside(data, AT).exists()
    assert station.repos.people.by_login("tuan")


def test_a_file_that_changes_between_two_looks_is_not_unpacked(good, tmp_path, monkeypatch):
    path = made(tmp_path / "a.loabak", good)
    contents = looked_through(path)
    other = good | {DATABASE: changed(good[DATABASE], "UPDATE person SET name = 'khác'")}
    made(path, other)
    monkeypatch.setattr(restoring, "looked_through", lambda *_: contents)
    with pytest.raises(Refused, match="backup_damaged"):
        restore(path, tmp_path / "neu")
    assert not (tmp_path / "neu").exists()


def test_without_room_nothing_is_begun(good, tmp_path, monkeypatch):
    monkeypatch.setattr(restoring, "free_bytes", lambda _: 60_000_000)
    path = made(tmp_path / "a.loabak", good)
    with pytest.raises(Refused, match="restore_no_room"):
        restore(path, tmp_path / "neu")
    assert not half_restored(tmp_path / "neu").exists()


def test_what_a_killed_restore_left_goes_when_the_station_starts(config):
    left = half_restored(config.data)
    left.mkdir()
    (left / "loa.db").write_bytes(b"x")
    config.data.mkdir()
    Store(config.data / "loa.db").migrate()
    supervisor.lock(config).release()
    assert not left.exists()
    assert (config.data / "loa.db").exists()


def test_no_new_station_begins_where_a_restore_was_killed_between_two_names(config):
    config.data.mkdir()
    Store(config.data / "loa.db").migrate()
    half_restored(config.data).mkdir()
    config.data.rename(set_aside(config.data, AT))
    with pytest.raises(Refused, match="restore_half"):
        supervisor.lock(config)
    assert not config.data.exists()
