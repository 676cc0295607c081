"""From the order of an emergency to its first frame, whatever the database, the disk, the page or the planner do.

    python bench/red_lane.py [--count 100] [--only quiet locked full descriptors page planner busy typed long slow]

A real `loa run` writes into a FIFO that is listened to here; each condition has a station of its own. An order is given
by the desk in this process, as `loa break-in` does, and stopped once it is heard; the next follows when it is silent.
In the end every order must have exactly one row in the journal. `full` mounts a small disk, which takes root. Words
typed at the moment (`typed`, `long`, `slow`) are listened to until their first word: `slow` is a voice that takes three
seconds more than eSpeak NG, put in place for this measurement. Prints the tables of docs/faults.md; the exit code is 1
where an order was refused, doubled, unheard or not journalled.
"""

import argparse
import math
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from audio_assets.speech.voice import SpokenClip, Voice
from scheduler.config import loading as configuration
from scheduler.core.model import Priority
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import LoaError
from scheduler.station import Station
from scheduler.station_words import break_in_with
from scheduler.store.red_lane.red_rows import is_spoken
from tests.faults.day import approved, memory_folder, people, peopled
from tests.faults.disk import filled, small_disk
from tests.ports import free_port
from tests.station.red import Ears

ROOT = Path(__file__).resolve().parent.parent
CLOCK = SystemClock()
PATIENCE = 30.0
"""Seconds after which an order counts as unheard."""
LOCKED_FOR = 60.0
CONFIG = """
[station]
data = "{data}"
[web]
port = {port}
[quiet_hours]
windows = []
[speech]
engines = ["espeak"]
[emergency]
repeat = 1
[[output]]
name = "loa"
kind = "fifo"
device = "{folder}/loa.pcm"
"""
WORDS = (
    "Nước sông lên rất nhanh, mời bà con khu phố ba di chuyển ngay lên nhà văn hóa phường, mang theo giấy tờ và thuốc men."
    " Thông báo lần thứ {number}."
)
MORE = " Bà con chú ý giữ gìn trật tự, giúp đỡ người già, trẻ em và người đau ốm, tắt điện trước khi ra khỏi nhà."
LONG = 1400
"""Characters."""
SLOWER = 3.0
RAISING = """
import sys
if "process" in sys.argv:
    from scheduler.services.planning.campaigns import CampaignService
    def replan(_):
        raise RuntimeError("the planner of this bench always fails")
    CampaignService.replan = replan
"""


@dataclass
class Told:
    """What one condition gave."""

    name: str
    seconds: list[float] = field(default_factory=list)
    words: list[float] = field(default_factory=list)
    """Seconds to the first word of words typed at the moment."""
    ordered: list[str] = field(default_factory=list)
    refused: int = 0
    unheard: int = 0
    doubled: int = 0
    unjournalled: int = 0

    @property
    def is_well(self) -> bool:
        return not (self.refused or self.unheard or self.doubled or self.unjournalled)

    def row(self) -> str:
        figures = _figures(self.seconds)
        counts = [str(one) for one in (self.refused, self.unheard, self.doubled, self.unjournalled)]
        return f"| {' | '.join([self.name, str(len(self.ordered)), *figures, *counts])} |"


def _figures(seconds: list[float]) -> list[str]:
    """Median, p99 and most, in milliseconds."""
    taken = sorted(seconds) or [math.nan]
    p99 = taken[min(math.ceil(len(taken) * 0.99), len(taken)) - 1]
    return [f"{1000 * one:.0f}" for one in (taken[len(taken) // 2], p99, taken[-1])]


def pause(seconds: float) -> None:
    CLOCK.sleep_until(CLOCK.monotonic() + seconds)


@contextmanager
def running(folder: Path, data: Path, **environment: str) -> Iterator[tuple[Station, int, Ears, subprocess.Popen]]:
    """A station with one emergency that beats, and ears on its FIFO."""
    path = folder / "config.toml"
    path.write_text(CONFIG.format(data=data, port=free_port(), folder=folder))
    station = peopled(configuration.load(path), CLOCK)
    announcement = approved(station, "Vỡ đê", 2.0, 7, Priority.EMERGENCY)
    ears = Ears(folder / "loa.pcm")
    command = [sys.executable, "-m", "scheduler.cli", "--config", str(path), "run"]
    with (folder / "told.txt").open("wb") as told:
        process = subprocess.Popen(
            command, stdout=told, stderr=told, cwd=ROOT, env=os.environ | environment, start_new_session=True
        )
    try:
        until = CLOCK.monotonic() + 120
        while not (station.services.air.on_air().alive and station.services.air.on_air().outputs):
            if CLOCK.monotonic() > until or process.poll() is not None:
                raise SystemExit(f"the station does not begin: {(folder / 'told.txt').read_text()}")
            pause(0.1)
        pause(3.0)
        yield station, announcement, ears, process
    finally:
        process.terminate()
        process.wait(30)
        ears.close()
        station.close()


def press(station: Station, announcement: int | None, ears: Ears, told: Told, chars: int = 0) -> None:
    """One order, heard and stopped; without an announcement of new words, until the first of them is heard."""
    _, minh = people(station)
    pause(max(0.0, 0.4 - (CLOCK.monotonic() - ears.last())))
    mark = CLOCK.monotonic()
    try:
        if announcement is None:
            words = WORDS.format(number=len(told.ordered) + 1)
            words = (words + MORE * (chars // len(MORE)))[: max(chars, len(words))]
            slot_id = break_in_with(station, minh, words)
        else:
            slot_id = station.services.emergency.break_in(minh, announcement)
    except (LoaError, sqlite3.Error) as error:
        told.refused += 1
        print(f"  refused: {error}", file=sys.stderr)
        return
    if slot_id in told.ordered:
        told.doubled += 1
    told.ordered.append(slot_id)
    while (heard := ears.first_after(mark)) is None and CLOCK.monotonic() - mark < PATIENCE:
        pause(0.002)
    if heard is None:
        told.unheard += 1
        return
    told.seconds.append(heard - mark)
    if announcement is None:
        told.words.append(first_word(station, slot_id, ears, mark) - mark)
    pause(0.1)
    station.services.air.stop(minh)
    until = CLOCK.monotonic() + PATIENCE
    while (known := station.services.air.red.told(slot_id)) and known.state != "ended" and CLOCK.monotonic() < until:
        pause(0.01)


def first_word(station: Station, slot_id: str, ears: Ears, mark: float) -> float:
    """When the words themselves were heard."""
    until = CLOCK.monotonic() + PATIENCE
    while CLOCK.monotonic() < until:
        if (one := station.repos.red.find(slot_id)) and is_spoken(one.order):
            clip = station.repos.library.load(one.order["sha256"])
            loud = int(np.flatnonzero(np.abs(clip.astype(np.int32)) > LOUD)[0])
            if (heard := ears.when(clip[loud : loud + 400], mark)) is not None:
                return heard
        if (ended := station.services.air.red.told(slot_id)) and ended.outcome:
            break
        pause(0.01)
    print(f"  order {slot_id} has had no words", file=sys.stderr)
    return math.inf


def checked(station: Station, told: Told) -> None:
    """Every order has one row in the journal, once the station could write."""
    until = CLOCK.monotonic() + 60
    while station.repos.red.placed() and CLOCK.monotonic() < until:
        pause(0.1)
    sql = "SELECT slot_id, count(*) AS n FROM journal WHERE kind = 'airing' GROUP BY slot_id"
    rows = {row["slot_id"]: row["n"] for row in station.repos.store.rows(sql)}
    told.unjournalled = sum(rows.get(one, 0) == 0 for one in told.ordered)
    told.doubled += sum(rows.get(one, 0) > 1 for one in told.ordered)
    if not station.repos.journal.verify().whole:
        raise SystemExit(f"{told.name}: the journal is broken")


def children(process: subprocess.Popen, name: str) -> int:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            words = (stat.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if parent == process.pid and name.encode() in words:
            return int(stat.parent.name)
    raise SystemExit(f"no process {name}")


@contextmanager
def locked(station: Station) -> Iterator[None]:
    with closing(sqlite3.connect(station.repos.store.path, timeout=60)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def while_locked(count: int, told: Told, station: Station, announcement: int, ears: Ears) -> None:
    """The lock is held for a minute at a time; in between the station may write."""
    while len(told.ordered) + told.refused < count:
        with locked(station):
            until = CLOCK.monotonic() + LOCKED_FOR
            while CLOCK.monotonic() < until and len(told.ordered) + told.refused < count:
                press(station, announcement, ears, told)
        checked(station, told)


@contextmanager
def slow_voice() -> Iterator[None]:
    """In this process, which orders and so speaks."""
    spoken = Voice.speak_script

    def slowly(*args: Any, **more: Any) -> SpokenClip:
        pause(SLOWER)
        return spoken(*args, **more)

    Voice.speak_script = slowly  # type: ignore[method-assign]
    yield
    Voice.speak_script = spoken  # type: ignore[method-assign]


@contextmanager
def busy_cores() -> Iterator[None]:
    work = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        yield
    finally:
        for one in work:
            one.kill()
            one.wait()


def measured(name: str, count: int) -> Told:
    told = Told(NAMES[name])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="loa-red-", dir=memory_folder())))
        data = stack.enter_context(small_disk(folder / "disk", 64)) / "data" if name == "full" else folder / "data"
        more = {}
        if name == "planner":
            (folder / "sitecustomize.py").write_text(RAISING)
            more["PYTHONPATH"] = f"{folder}:{ROOT}"
        if name == "slow":
            stack.enter_context(slow_voice())
        station, announcement, ears, process = stack.enter_context(running(folder, data, **more))
        with ExitStack() as condition:
            if name == "full":
                condition.enter_context(filled(data))
            if name == "descriptors":
                pid = children(process, "playout")
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (8, 4096))
                condition.callback(resource.prlimit, pid, resource.RLIMIT_NOFILE, (1024, 4096))
            if name == "page":
                pid = children(process, "web")
                os.kill(pid, signal.SIGSTOP)
                condition.callback(os.kill, pid, signal.SIGCONT)
            if name == "busy":
                condition.enter_context(busy_cores())
            if name == "locked":
                while_locked(count, told, station, announcement, ears)
            else:
                for _ in range(count):
                    press(station, None if name in TYPED else announcement, ears, told, TYPED.get(name, 0))
        checked(station, told)
    return told


NAMES = {
    "quiet": "quiet",
    "locked": "database locked for 60 s at a time",
    "full": "not a byte left on the disk of the data",
    "descriptors": "playout can open nothing more",
    "page": "the page stands still",
    "planner": "the planner raises",
    "busy": "two busy processes on each core",
    "typed": "quiet; 130 typed characters (eSpeak NG)",
    "long": "quiet; 1,400 typed characters (eSpeak NG)",
    "slow": "quiet; 130 typed characters, a voice that takes 3 s more",
}
TYPED = {"typed": 0, "long": LONG, "slow": 0}
"""Words of the moment -> so many characters at least."""
LOUD = 200
"""A sample that no fade or rounding makes."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="orders in each condition")
    parser.add_argument("--only", nargs="*", choices=NAMES, default=list(NAMES))
    asked = parser.parse_args()
    found = []
    for name in asked.only:
        if name == "full" and os.geteuid():
            print("full: to mount a small disk takes root; left out", file=sys.stderr)
            continue
        print(f"{name} …", file=sys.stderr, flush=True)
        found.append(measured(name, asked.count))
        print(found[-1].row(), file=sys.stderr, flush=True)
    print("| Condition | Orders | Median ms | p99 ms | Most ms | Refused | Unheard | Doubled | Not journalled |")
    print("|---|---|---|---|---|---|---|---|---|")
    for one in found:
        print(one.row())
    if any(one.words for one in found):
        print(
            "| Words typed at the moment: from the order to the first of them | Orders | Median ms | p99 ms | Most ms |"
        )
        print("|---|---|---|---|---|")
        for one in found:
            if one.words:
                print(f"| {' | '.join([one.name, str(len(one.words)), *_figures(one.words)])} |")
    sys.exit(0 if all(one.is_well for one in found) else 1)


if __name__ == "__main__":
    main()
