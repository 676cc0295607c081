"""The room that the disk keeps: whatever can wait is refused before it takes the last of it."""

import subprocess
import sys

import pytest

from scheduler.core.model import Role
from scheduler.core.report.report import Form
from scheduler.kernel import disk_room as room
from scheduler.kernel.disk_room import need_room, same_disk
from scheduler.kernel.errors import Refused
from scheduler.services.backup import archive as backup
from scheduler.services.report.exports import Order
from tests.conftest import DAY

LEFT = 400_000_000


@pytest.fixture
def hung(station):
    return station.repos.people.add("hung", "Hùng", Role.ADMIN, "mat-khau-cua-hung", station.clock.now())


@pytest.fixture
def nearly_full(monkeypatch):
    """400 MB are left, of which 500 are to be kept."""
    monkeypatch.setattr(room, "free_bytes", lambda _: LEFT)
    monkeypatch.setattr(backup, "free_bytes", lambda _: LEFT)


def test_the_floor_is_kept_and_told(nearly_full, tmp_path):
    need_room(tmp_path / "not" / "there", 100_000_000, 300)
    with pytest.raises(Refused) as refused:
        need_room(tmp_path, 100_000_001, 300)
    assert (refused.value.reason, refused.value.details) == ("disk_floor", {"free_mb": 400, "floor_mb": 300})


def test_an_upload_is_refused_at_its_beginning_and_at_each_piece(nearly_full, station, lan, monkeypatch):
    with pytest.raises(Refused, match="disk_floor"):
        station.services.uploads.begin(lan, "a.wav", 1000, "0" * 8)
    monkeypatch.undo()
    upload = station.services.uploads.begin(lan, "a.wav", 1000, "0" * 8).upload
    monkeypatch.setattr(room, "free_bytes", lambda _: LEFT)
    with pytest.raises(Refused, match="disk_floor"):
        station.services.uploads.push(lan, upload.id, 0, b"x" * 1000)
    assert station.services.uploads.state(lan, upload.id).received == 0


def test_a_file_of_the_worker_and_a_backup_beside_the_data_are_refused(nearly_full, station, lan, hung, monkeypatch):
    job_id = station.services.exports.ask(lan, Order(Form.LOG, "csv", DAY))
    station.worker().work_once()
    assert station.repos.jobs.get(job_id).reason == "disk_floor"
    with pytest.raises(Refused, match="backup_no_room"):
        station.services.backups.make(hung)
    monkeypatch.setattr(backup, "same_disk", lambda *_: False)  # on another disk the room of the data is not touched
    assert station.services.backups.make(hung).exists()


def test_long_work_of_the_worker_ends_where_the_disk_fills(station, lan, monkeypatch):
    job_id = station.services.exports.ask(lan, Order(Form.LOG, "csv", DAY))
    turn = station.worker()._meanwhile(station.repos.jobs.get(job_id))
    turn(0.1)
    monkeypatch.setattr(room, "free_bytes", lambda _: 240_000_000)
    with pytest.raises(Refused, match="disk_floor"):
        turn(0.2)


SCRATCH = """
import sys, tempfile
from pathlib import Path
from scheduler.kernel.disk_room import use_scratch
folder = use_scratch(Path(sys.argv[1]), "worker")
assert folder and list(folder.iterdir()) == []
with tempfile.NamedTemporaryFile() as one:
    print(Path(one.name).parent)
"""


def test_a_process_has_its_temporary_files_below_the_data_and_none_of_the_last_time(tmp_path):
    left = tmp_path / "tmp" / "worker" / "left"
    left.mkdir(parents=True)
    (left / "a").write_bytes(b"x")
    told = subprocess.run([sys.executable, "-c", SCRATCH, tmp_path], check=True, capture_output=True, text=True).stdout
    assert told.strip() == str(tmp_path / "tmp" / "worker")


def test_two_folders_of_one_disk_are_known(tmp_path):
    assert same_disk(tmp_path, tmp_path / "not" / "there")
    assert not same_disk(tmp_path, type(tmp_path)("/proc"))
