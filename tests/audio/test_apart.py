"""A process of its own is bound, ended and outlived by nobody: what every reader of strangers' files leans on."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.kernel.sandbox import cost_too_much, memory_file, run_apart
from tests.station.conftest import alive
from tests.waiting import until

ROOT = Path(__file__).parents[2]
BOUND = """
from scheduler.kernel.sandbox import Bounds, be_modest
be_modest(Bounds(memory=400_000_000, cpu_seconds=1, alarm_seconds=120, written=100_000, nice=1))
"""


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def ran(code, seconds=120.0, **more):
    with memory_file("in") as source, memory_file("out") as answer:
        ended = run_apart([sys.executable, "-c", code], source, answer, seconds, **more)
        answer.seek(0)
        return ended, answer.read().decode()


def test_a_child_answers_by_a_file():
    assert ran("print('xong')") == (0, "xong\n")


def test_a_child_that_only_computes_is_ended_by_its_own_bound():
    code, _ = ran(BOUND + "while True: pass")
    assert -code in {signal.SIGXCPU, signal.SIGKILL}  # at the hard bound, which is the same here, the system kills
    assert cost_too_much(code)


def test_a_child_gets_no_more_memory_than_its_bound():
    code, told = ran(BOUND + "try:\n    bytes(500_000_000)\nexcept MemoryError:\n    print('no')\n")
    assert (code, told) == (0, "no\n")


def test_a_child_writes_no_more_than_its_bound(tmp_path):
    code, told = ran(
        BOUND
        + f"""
try:
    with open({str(tmp_path / "a")!r}, "wb", buffering=0) as file:
        while True:
            file.write(bytes(30_000))
except OSError as error:
    print(error.errno)
"""
    )
    assert (code, told) == (0, "27\n")
    assert (tmp_path / "a").stat().st_size == 100_000


def test_a_child_gives_way_to_everything_else():
    _, told = ran(BOUND + "import os; print(os.nice(0), open('/proc/self/oom_score_adj').read())")
    nice, score = told.split()
    assert int(nice) == min(19, os.nice(0) + 1)
    assert int(score) == 1000


def test_a_fall_is_not_called_a_bound():
    code, _ = ran("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert code == -signal.SIGSEGV
    assert not cost_too_much(code)


def pids_of(folder):
    return [int(path.name) for path in folder.iterdir()]


SLEEPER = "import os, pathlib, time; pathlib.Path({folder!r}, str(os.getpid())).touch(); time.sleep(600)"


@pytest.mark.parametrize("looks", [False, True], ids=["waiting", "looking"])
def test_a_child_that_sleeps_is_given_up_and_gone(looks, tmp_path):
    looked = []
    with pytest.raises(TimeoutError):
        ran(
            SLEEPER.format(folder=str(tmp_path)),
            1.5,
            **({"meanwhile": lambda: looked.append(1)} if looks else {}),
        )
    assert [pid for pid in pids_of(tmp_path) if alive(pid)] == []
    assert bool(looked) == looks


def test_what_is_raised_while_waiting_ends_the_child(tmp_path):
    class StoppedError(Exception):
        pass

    def stop():
        if pids_of(tmp_path):
            raise StoppedError

    with pytest.raises(StoppedError):
        ran(SLEEPER.format(folder=str(tmp_path)), meanwhile=stop)
    assert [pid for pid in pids_of(tmp_path) if alive(pid)] == []


@pytest.mark.parametrize("bound_later", [False, True], ids=["bound", "bound-later"])
def test_a_child_does_not_outlive_a_parent_that_is_killed(bound_later, tmp_path):
    pids, held = tmp_path / "pids", tmp_path / "held"
    pids.mkdir()
    told = SLEEPER.format(folder=str(pids))
    if bound_later:  # it had no time yet to bind itself when its parent was killed
        wait = f"import pathlib, time\nwhile pathlib.Path({str(held)!r}).exists(): time.sleep(0.02)\n"
        held.touch()
        child = told.replace("time.sleep(600)", "") + "\n" + wait + BOUND + "time.sleep(600)"
    else:
        child = BOUND + told
    parent = subprocess.Popen(
        [sys.executable, "-c", f"""
import sys
from scheduler.kernel.sandbox import memory_file, run_apart
with memory_file("in") as source, memory_file("out") as answer:
    run_apart([sys.executable, "-c", {child!r}], source, answer, 60)
"""],
    )  # fmt: skip
    [pid] = until(lambda: pids_of(pids), "the child")
    parent.kill()
    parent.wait()
    held.unlink(missing_ok=True)
    until(lambda: not alive(pid), "the end of the child")


def test_the_bounds_are_really_set_in_the_system():
    _, told = ran(BOUND + "print(open('/proc/self/limits').read())")
    assert re.search(r"Max address space +400000000 +400000000", told)
    assert re.search(r"Max cpu time +1 +1 ", told)
    assert re.search(r"Max core file size +0 +0 ", told)
