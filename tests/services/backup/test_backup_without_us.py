"""A backup opens where there is no Loa Phường: as docs/settings.md says, by `age` or pyrage, tar and a passphrase."""

import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.config.loading import BackupConfig
from scheduler.core.model import Role
from scheduler.station import Station
from tests.needs import needed

PASSPHRASE = "câu mật khẩu dài, dễ nhớ"
CLIPS = "library/clips"
TOLD = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
BY_HAND = TOLD.partition("### Opening one without Loa Phường")[2].partition("\n## ")[0]
FILE = "loa-1a2b3c4d-20261126-023000.loabak"

BY_PYRAGE = """
import pathlib, sys
from pyrage import passphrase
data = passphrase.decrypt(pathlib.Path(sys.argv[1]).read_bytes(), input())
pathlib.Path("tram.tar").write_bytes(data)
assert "scheduler" not in sys.modules
"""


def block(language):
    """What the page says to type."""
    return re.search(rf"```{language}\n(.*?)```", BY_HAND, re.DOTALL)[1]


@pytest.fixture(params=["inside", "beside"])
def made(request, station, cast, clock, tmp_path):
    """An encrypted backup, alone with its sounds in a folder, under the name that the page calls it."""
    tuan = station.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", clock.now())
    cast.running(cast.approved(seconds=2), base=2)
    (tmp_path / "mk").write_text(PASSPHRASE)
    (tmp_path / "mk").chmod(0o600)
    config = BackupConfig(folder="sao-luu", sounds=request.param, passphrase_file="mk")
    again = Station.open(replace(station.written, backup=config), clock)
    path = again.services.backups.make(tuan)
    again.close()
    shutil.copytree(path.parent, tmp_path / "noi-khac")
    return (tmp_path / "noi-khac" / path.name).rename(tmp_path / "noi-khac" / FILE)


def python(script, *words, cwd):
    """Python without anything of ours, and asked again where pyrage's stopwatch found the key too dear."""
    for _ in range(5):
        told = subprocess.run(
            [sys.executable, "-I", "-c", script, *map(str, words)],
            input=f"{PASSPHRASE}\n", text=True, encoding="utf-8", cwd=cwd, capture_output=True, timeout=300, check=False,
        )  # fmt: skip
        if not told.returncode:
            return
    pytest.fail(told.stderr)


def holds(folder, station):
    """What was unpacked is the station: its rows, its sounds, its key."""
    with closing(sqlite3.connect(folder / "data" / "loa.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert ("tuan",) in db.execute("SELECT login FROM person").fetchall()
    sounds = [path for path in (folder / "data" / CLIPS).rglob("*") if path.is_file()]
    assert {path.name: path.read_bytes() for path in sounds} == {
        path.name: path.read_bytes() for path in (station.config.data / CLIPS).rglob("*") if path.is_file()
    }
    key = "keys/journal-key.json"
    assert (folder / "data" / key).read_bytes() == (station.config.data / key).read_bytes()


def test_by_python_alone(made, station):
    python(BY_PYRAGE, made, cwd=made.parent)
    with tarfile.open(made.parent / "tram.tar") as tar:
        tar.extractall(made.parent, filter="data")
    sounds_beside(made)
    holds(made.parent, station)


def test_by_the_programs_age_and_tar_as_the_page_says(made, station):
    needed("age", "tar", "script")
    assert FILE in block("sh")
    told = subprocess.run(
        ["script", "-qec", f"set -e\n{block('sh')}", "/dev/null"],
        input=f"{PASSPHRASE}\n", text=True, cwd=made.parent, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout
    sounds_beside(made)
    holds(made.parent, station)


def sounds_beside(made):
    """The page's own script, where sounds lie beside the file."""
    for beside in made.parent.glob("*-am-thanh"):
        python(block("python"), beside, cwd=made.parent)
