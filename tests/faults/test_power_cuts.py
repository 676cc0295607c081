"""A traced day of a real station, cut at any call, with all that was not synced lost or torn: what was told is so.

`bench/power_cuts.py` cuts whole days as often as one wants.
"""

import random
from pathlib import Path

import pytest

from tests.examples import examples
from tests.faults.day import OVER, temporary_folder
from tests.faults.power_cut import cuts_of, judged, mended
from tests.faults.power_day import SHORT
from tests.faults.power_disk import Disk
from tests.faults.power_trace import Trace, read_log, traced
from tests.faults.sweep import can_trace

pytestmark = pytest.mark.skipif(not can_trace(), reason="strace is missing, or may not attach to a process here")

SEED = 3
CUTS, TO_THE_END = examples(24, few=4), 4
MINUTES = str(SHORT.total_seconds() / 60)


def traced_calls(top, module, *given):
    (top / "day").mkdir()
    done = traced(top / "log", f"tests.faults.{module}", str(top / "day"), *given)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    calls = read_log(top / "log")
    (top / "log").unlink()
    return calls


@pytest.fixture(scope="module")
def top():
    with temporary_folder() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def day(top):
    return traced_calls(top, "power_day", str(SEED), MINUTES)


def files(node, place):
    for name, one in node.names.items():
        if one.is_folder:
            yield from files(one, place / name)
        else:
            yield place / name, bytes(one.data)


def test_the_disk_of_the_trace_is_the_folder_that_the_station_left(day, top):
    """Else a cut of it would prove nothing."""
    trace = Trace(day, top / "day")
    for _ in trace.steps():
        continue
    real = {path: path.read_bytes() for path in (top / "day").rglob("*") if path.is_file()}
    modelled = dict(files(trace.disk.root, top / "day"))
    assert {path for path in real | modelled if real.get(path) != modelled.get(path)} == set()


def test_after_any_power_cut_what_was_told_is_so_and_the_day_goes_on(day, top, ears):
    broken = {}
    for number, cut in enumerate(cuts_of(day, top / "day", top / "cuts", CUTS, SEED)):
        if told := judged(cut, OVER if number % TO_THE_END == 0 else None):
            broken[str(cut)] = told
    assert broken == {}


def test_the_check_sees_a_disk_that_takes_syncs_of_folders_for_nothing(day, top, ears):
    cuts = cuts_of(day, top / "day", top / "deaf", 6, SEED, deaf=True)
    assert any(judged_or_fault(cut) for cut in cuts)


def judged_or_fault(cut):
    try:
        return judged(cut, None)
    except Exception as fault:  # noqa: BLE001 - its database may be another one, without the rows that were told
        return [repr(fault)]


def test_a_rescue_a_way_back_and_forth_and_a_restore_leave_the_old_or_the_new_station_whole(tmp_path):
    calls = traced_calls(tmp_path, "power_mending")
    broken = {}
    for cut in cuts_of(calls, tmp_path / "day", tmp_path / "cuts", CUTS, SEED):
        if told := mended(cut):
            broken[str(cut)] = told
    assert broken == {}


# The disk itself: it keeps what POSIX promises, and nothing else


def lefts(disk, place):
    """What each of many cuts leaves, as name -> bytes."""
    for seed in range(60):
        disk.leave(place / str(seed), random.Random(seed))
        yield {path.name: path.read_bytes() for path in (place / str(seed)).iterdir()}


def test_what_is_synced_under_a_synced_name_is_always_there(tmp_path):
    disk = Disk()
    file = disk.make(("a",))
    file.write(0, b"x" * 2000)
    file.synced(file.covered())
    disk.names_synced(disk.pending(disk.root))
    file.write(600, b"y" * 1000)
    found = {left["a"] for left in lefts(disk, tmp_path)}
    assert all(one[:512] == b"x" * 512 and one[1536:1600] in {b"x" * 64, b"y" * 64} for one in found)
    assert len(found) > 4, "sectors are lost one by one"


def test_a_name_that_was_not_synced_may_be_lost_whatever_its_file_was(tmp_path):
    disk = Disk()
    old, part = disk.make(("place",)), disk.make(("part",))
    for node, data in ((old, b"old"), (part, b"new")):
        node.write(0, data)
        node.synced(node.covered())
    disk.names_synced(disk.pending(disk.root))
    disk.rename(("part",), ("place",))
    found = list(lefts(disk, tmp_path))
    assert {left["place"] for left in found} == {b"old", b"new"}
    assert all(("part" in left) == (left["place"] == b"old") for left in found), "a name moves at once"
    disk.names_synced(disk.pending(disk.root))
    assert {left["place"] for left in lefts(disk, tmp_path / "later")} == {b"new"}


def test_a_folder_that_is_not_synced_takes_what_lies_in_it(tmp_path):
    disk = Disk()
    disk.make(("folder",), is_folder=True)
    disk.make(("folder", "a"))
    for seed in range(60):
        disk.leave(tmp_path / str(seed), random.Random(seed))
    found = [tmp_path / str(seed) / "folder" for seed in range(60)]
    assert any(not folder.exists() for folder in found)
    assert any(folder.exists() and not (folder / "a").exists() for folder in found)
    assert any((folder / "a").exists() for folder in found)
