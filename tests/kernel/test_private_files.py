"""A data folder that was there before the station is closed to others; what is shared with them is not."""

import os
import stat

import pytest

from scheduler import supervisor
from scheduler.kernel.private_files import close_to_others, open_to_others
from scheduler.services.station.checkup import checkup
from scheduler.store import Store


@pytest.fixture
def usual_mask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def opened(folder):
    """A data folder as an unpacked archive or a hurried administrator leaves it."""
    for name in ("keys", "exports", "backups", "library/clips"):
        (folder / name).mkdir(parents=True)
    for name in ("loa.db", "loa.db-wal", "loa.db-shm", "measured.bin", "keys/k", "exports/1.pdf", "backups/a.loabak"):
        (folder / name).write_text("x")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


def test_a_folder_that_was_there_is_closed_when_a_station_starts(config, usual_mask):
    config.data.mkdir()
    opened(config.data)
    assert open_to_others(config.data) is not None
    held = supervisor.lock(config)
    try:
        assert open_to_others(config.data) is None
        closed = (
            "",
            "loa.db",
            "loa.db-wal",
            "loa.db-shm",
            "measured.bin",
            "keys/k",
            "exports/1.pdf",
            "backups/a.loabak",
        )
        assert {mode(config.data / name) & 0o077 for name in closed} == {0}
        (config.data / "later").write_text("x")
        assert mode(config.data / "later") == 0o600
    finally:
        held.release()


def test_a_new_database_and_what_lies_beside_it_are_the_owners_alone(tmp_path, usual_mask):
    store = Store(tmp_path / "loa.db")
    store.migrate()
    found = sorted(tmp_path.glob("loa.db*"))
    assert [one.name for one in found if one.suffix != ".lock"] == ["loa.db", "loa.db-shm", "loa.db-wal"]
    assert {mode(one) for one in found if one.suffix != ".lock"} == {0o600}
    store.close()


def test_a_folder_that_many_share_is_left_to_them(tmp_path, usual_mask):
    opened(tmp_path)
    tmp_path.chmod(0o1777)
    close_to_others(tmp_path)
    assert mode(tmp_path) == 0o1777
    assert mode(tmp_path / "loa.db") == 0o600
    tmp_path.chmod(0o700)


def test_links_and_pipes_are_left_alone(tmp_path, usual_mask):
    data, outside = tmp_path / "data", tmp_path / "outside"
    (data / "keys").mkdir(parents=True)
    outside.write_text("x")
    outside.chmod(0o644)
    (data / "keys" / "link").symlink_to(outside)
    os.mkfifo(data / "loa.pcm", 0o660)
    close_to_others(data)
    assert mode(outside) == 0o644
    assert mode(data / "loa.pcm") & 0o440 == 0o440


def test_what_stays_open_is_told_by_the_doctor(station, usual_mask):
    def told():
        return {one.reason for one in checkup(station.services) if one.what == "Thư mục dữ liệu"}

    close_to_others(station.config.data)
    assert told() == {"check_data_closed"}
    station.config.data.chmod(0o755)
    assert told() == {"check_data_open"}
    station.config.data.chmod(0o700)
