"""Names that outlive a power cut: what each act leaves; that it is on the disk is `tests/faults/test_power_cuts.py`'s."""

import errno
import os

import pytest

from scheduler.kernel import durable
from scheduler.kernel.durable import make_folder, put_in_place, swap_in, sync_folder, take_away, write_whole


def test_a_small_file_is_written_whole_and_what_a_crash_left_goes(tmp_path):
    place = tmp_path / "key"
    (tmp_path / ".key.00aa.new").write_bytes(b"half")
    write_whole(place, b"one", 0o640)
    write_whole(place, b"two", 0o600)
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert (place.read_bytes(), place.stat().st_mode & 0o777) == (b"two", 0o600)


def test_a_disk_that_takes_no_sync_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    place = tmp_path / "key"
    write_whole(place, b"one")

    def refuses(number):
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(os, "fsync", refuses)
    with pytest.raises(OSError, match="no"):
        write_whole(place, b"two")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("key", b"one")]


def test_folders_are_made_with_those_they_are_in_and_synced_where_they_are_named(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(durable, "sync_folder", synced.append)
    make_folder(tmp_path / "a" / "b", 0o700)
    make_folder(tmp_path / "a" / "b", 0o700)
    assert synced == [tmp_path, tmp_path / "a"]
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_synced_is_no_fault_and_a_disk_that_fails_is_one(tmp_path, monkeypatch):
    told = iter((errno.EINVAL, errno.EIO))

    def refuses(number):
        raise OSError(next(told), "no")

    monkeypatch.setattr(os, "fsync", refuses)
    sync_folder(tmp_path)
    with pytest.raises(OSError, match="no"):
        sync_folder(tmp_path)


def test_what_is_moved_into_another_folder_has_both_synced(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(durable, "sync_folder", synced.append)
    (tmp_path / "a").mkdir()
    (tmp_path / "part").write_bytes(b"x")
    put_in_place(tmp_path / "part", tmp_path / "a" / "whole")
    assert set(synced) == {tmp_path, tmp_path / "a"}


def test_what_was_taken_away_may_have_been_gone_before(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    take_away(tmp_path / "a")
    take_away(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_station_takes_the_place_of_another_which_is_kept(tmp_path, monkeypatch, can_exchange):
    if not can_exchange:
        monkeypatch.setattr(durable, "_exchanged", lambda *_: False)
    for name in ("new", "place"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    swap_in(tmp_path / "new", tmp_path / "place", tmp_path / "aside")
    assert {path.name: [one.name for one in path.iterdir()] for path in tmp_path.iterdir()} == {
        "place": ["new"],
        "aside": ["place"],
    }


@pytest.mark.parametrize("where", ["at the exchange", "at the sync before it", "at the sync after it"])
@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_fault_leaves_all_as_it_was(tmp_path, monkeypatch, where, can_exchange):
    usual, count = durable.sync_folder, []

    def refuses(*_):
        raise OSError(errno.EIO, "no")

    def syncs(folder):
        count.append(folder)
        if len(count) == (2 if where == "at the sync after it" and can_exchange else 1):
            refuses()
        usual(folder)

    if where == "at the exchange":
        monkeypatch.setattr(durable, "_exchanged", refuses)
    else:
        monkeypatch.setattr(durable, "sync_folder", syncs)
        if not can_exchange:
            monkeypatch.setattr(durable, "_exchanged", lambda *_: False)
    for name in ("new", "place"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    with pytest.raises(OSError, match="no"):
        swap_in(tmp_path / "new", tmp_path / "place", tmp_path / "aside")
    assert {path.name: [one.name for one in path.iterdir()] for path in tmp_path.iterdir()} == {
        "place": ["place"],
        "new": ["new"],
    }
