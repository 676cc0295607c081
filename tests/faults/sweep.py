"""A real playout on WAV files, of which the n-th system call of a kind fails: what must be true after each order.

strace attaches to the running process and lets the kernel answer with an error; nothing of the station knows of it.
After each fault the station is well again and one more order must sound whole. What is broken comes back as sentences.
"""

import json
import os
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from scheduler.config import loading as configuration
from scheduler.core.model import Person, Priority
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import LoaError, Refused
from scheduler.playout.mixer import BLOCK
from scheduler.station import Station
from tests.faults.day import approved, people, peopled
from tests.lives import Begun

CALLS = (
    *("openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "mmap", "rename", "read", "pread64", "lseek"),
    *("mkdir", "unlink", "fstat", "newfstatat", "close", "clone3"),
)
ORDER, URGENT, VERIFY = "order", "urgent", "verify"
"""What is asked: an announcement for now, an emergency, whether the journal is whole."""
ERRORS = ("EMFILE", "ENFILE", "ENOMEM", "EACCES", "EIO", "ENOSPC")
ATTEMPT, PATIENCE = 6.0, 120.0
"""Seconds that a fault lasts at most; seconds until an end must be there, on a machine that is busy."""
SECONDS = 0.4
CONFIG = """
[station]
one_officer = true
[emergency]
repeat = 1
[web]
port = 9
[quiet_hours]
windows = []
[planning]
min_gap_minutes = 0.0
[[output]]
kind = "wavfile"
counts = true
"""
CLOCK = SystemClock()


@dataclass(frozen=True)
class Fault:
    """The `number`-th `call` of each thread, from the order on, answers with `error`; `lasts`: every later one too."""

    call: str
    error: str
    number: int
    lasts: bool = False
    desk: bool = False
    """In the process that orders, not in playout."""
    act: str = ORDER

    @property
    def inject(self) -> str:
        return f"inject={self.call}:error={self.error}:when={self.number}{'+' if self.lasts else ''}"

    def __str__(self) -> str:
        whose = "desk" if self.desk else "playout"
        return f"{whose}, {self.act}: {self.call} number {self.number}{' and all later' if self.lasts else ''} {self.error}"


@dataclass
class Told:
    """What became of one order under a fault."""

    fault: Fault | None
    outcome: str = ""
    reason: str = ""
    broken: list[str] = field(default_factory=list)


def can_trace() -> bool:
    """Whether strace is here and may attach to a child of ours."""
    if shutil.which("strace") is None:
        return False
    with subprocess.Popen(["sleep", "30"]) as child:
        done = subprocess.run(
            ["timeout", "-s", "INT", "1", "strace", "-qq", "-o", "/dev/null", "-p", str(child.pid)],
            check=False,
            capture_output=True,
        )
        child.kill()
    return b"Operation not permitted" not in done.stderr


def until(found, seconds=PATIENCE, step=0.02):
    """What `found` gives once it is true; None when it never was."""
    deadline = CLOCK.monotonic() + seconds
    while CLOCK.monotonic() < deadline:
        if answer := found():
            return answer
        CLOCK.sleep_until(CLOCK.monotonic() + step)
    return None


@contextmanager
def traced(pid: int, *asked: str, log: Path = Path("/dev/null")) -> Iterator[None]:
    """strace on every thread of a process; it has let go of it afterwards."""
    command = ["strace", "-f", "-q", "-o", str(log), *(part for one in asked for part in ("-e", one)), "-p", str(pid)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as tracer:
        try:
            assert until(lambda: _is_traced(pid), 30), "strace did not attach"
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                tracer.wait(10)
            tracer.kill()


def _is_traced(pid: int) -> bool:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return all("TracerPid:\t0" not in (task / "status").read_text() for task in tasks)
    except OSError:
        return False


class Sweep:
    """One station in a folder, its playout and a process that orders; use as a context."""

    def __init__(self, folder: Path) -> None:
        path = folder / "config.toml"
        path.write_text(CONFIG)
        self.path, self.config = path, configuration.load(path)
        self.station: Station = peopled(self.config, CLOCK)
        self.said = approved(self.station, "Họp tổ dân phố", SECONDS, 3)
        self.alarm = approved(self.station, "Báo động", SECONDS, 99, Priority.EMERGENCY)
        self.leader: Person = people(self.station)[1]
        self._playout: subprocess.Popen[bytes] | None = None
        self._desk: subprocess.Popen[str] | None = None
        self.restarts = 0
        self.why = ""
        """With which fault the process at the desk answered last."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self._playout, self._desk):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        for pipe in (self._desk.stdin, self._desk.stdout) if self._desk else ():
            if pipe:
                pipe.close()
        self.station.close()

    # The two processes

    @property
    def playout(self) -> int:
        """The process that sounds; begun anew where it has died."""
        if self._playout is None or self._playout.poll() is not None:
            self.restarts += self._playout is not None
            with (self.path.parent / "playout.txt").open("ab") as out:
                self._playout = Begun("--config", self.path, "process", "playout", stdout=out)
            assert until(self._beats), "playout does not come up"
        return self._playout.pid

    def _beats(self) -> bool:
        beat = self.station.repos.jobs.heartbeat("playout")
        return bool(beat and self._playout and beat.pid == self._playout.pid and beat.state.get("outputs"))

    @property
    def desk(self) -> subprocess.Popen[str]:
        """The process that orders, warm: it has ordered once."""
        if self._desk is None or self._desk.poll() is not None:
            command = [sys.executable, "-m", "tests.faults.sweep", str(self.path), str(self.said), str(self.alarm)]
            self._desk = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            )
            self.ended(self.ask())
        return self._desk

    def ask(self, act: str = ORDER) -> str:
        """The slot that the process at the desk answers with; empty = a refusal or a fault, "?" = no answer."""
        desk = self._desk
        assert desk is not None
        assert desk.stdin is not None
        assert desk.stdout is not None
        with suppress(OSError):
            desk.stdin.write(f"{act}\n")
            desk.stdin.flush()
        if not select.select([desk.stdout], [], [], PATIENCE)[0]:
            desk.kill()
        line = desk.stdout.readline()
        answer = json.loads(line) if line.strip() else {"slot": "?", "why": "no answer"}
        self.why = answer.get("why", "")
        return answer["slot"]

    # An order and its end

    def order(self, act: str = ORDER) -> str:
        if act == URGENT:
            return self.station.services.emergency.break_in(self.leader, self.alarm)
        return self.station.services.air.play_now(self.leader, self.said, chime=False)

    def ended(self, slot_id: str, seconds: float = PATIENCE) -> bool:
        """Whether its row has an end; the row of an emergency comes behind its sound."""
        sql = "SELECT 1 FROM slot WHERE id = ? AND outcome IS NOT NULL"
        return bool(until(lambda: self.station.repos.store.value(sql, (slot_id,)), seconds))

    def counted(self, act: str = ORDER) -> Counter[str]:
        """A clean order: how often each call is made by the thread that makes most of them."""
        log = self.path.parent / "calls.txt"
        with traced(self.playout, f"trace={','.join(CALLS)}", log=log):
            self.ended(self.order(act))
        return _most_of_a_thread(log)

    def counted_at_desk(self, act: str = ORDER) -> Counter[str]:
        log = self.path.parent / "calls.txt"
        assert self.playout  # it ends what is ordered
        with traced(self.desk.pid, f"trace={','.join(CALLS)}", log=log):
            slot_id = self.ask(act)
        if slot_id:
            self.ended(slot_id)
        return _most_of_a_thread(log)

    def under(self, fault: Fault) -> Told:
        """One order while the fault is there, and one after it is gone."""
        told = Told(fault)
        playout = self.playout
        before = {row["id"] for row in self.station.repos.store.rows("SELECT id FROM slot")}
        with traced(self.desk.pid if fault.desk else playout, f"trace={fault.call}", fault.inject):
            slot_id = self.ask(fault.act) if fault.desk else self.order(fault.act)
            if slot_id not in {"", "?"}:
                self.ended(slot_id, ATTEMPT)
        if fault.act == URGENT and slot_id not in {"", "?"}:
            self.ended(slot_id)
        new = {row["id"] for row in self.station.repos.store.rows("SELECT id FROM slot")} - before
        if fault.act == VERIFY:
            told.outcome = "told" if self.why == "" else "not told"
            told.broken += [self.why] if "called broken" in self.why or slot_id == "?" else []
        elif fault.desk:
            told.broken += _answered(slot_id, new, self.why)
            slot_id = next(iter(new), "")
        if fault.act == VERIFY:
            pass
        elif slot_id:
            self._judge(slot_id, told)
        else:
            told.outcome = "not ordered"
        if self._playout and self._playout.poll() is not None:
            told.broken.append("playout died")
        told.broken += self._again()
        return told

    def _judge(self, slot_id: str, told: Told) -> None:
        if not self.ended(slot_id):
            told.outcome = "none"
            told.broken.append("the order has no end")
            return
        rows = self.station.repos.store.rows("SELECT * FROM journal WHERE kind = 'airing' AND slot_id = ?", (slot_id,))
        if len(rows) != 1:
            told.broken.append(f"{len(rows)} rows in the journal")
            return
        told.outcome, told.reason = rows[0]["outcome"], rows[0]["reason"]
        if told.outcome != "played" and not told.reason:
            told.broken.append("no reason")
        heard = self.heard(slot_id)
        if abs(heard - rows[0]["played_ms"] * 48) > BLOCK + 48:
            told.broken.append(f"{heard / 48:.0f} ms sounded, the journal says {rows[0]['played_ms']}")

    def heard(self, slot_id: str) -> int:
        """Frames in the recordings of a slot."""
        found = (self.config.data / "wav").rglob(f"*{slot_id}*.wav")
        return sum(max(0, path.stat().st_size - 44) // 2 for path in found)

    def _again(self) -> list[str]:
        """The announcement can be played again, whole, and the chain holds."""
        broken: list[str] = []
        assert self.playout
        try:
            slot_id = self.order()
        except (Refused, sqlite3.Error) as error:
            return [f"it cannot be given again: {error}"]
        if not self.ended(slot_id):
            return ["the next order has no end"]
        outcome = self.station.repos.slots.slot(slot_id)
        if outcome.outcome != "played" or abs(self.heard(slot_id) - round(SECONDS * 48_000)) > BLOCK:
            broken.append(f"the next order: {outcome.outcome} {outcome.reason}, {self.heard(slot_id) / 48:.0f} ms")
        if not self.station.repos.journal.verify().whole:
            broken.append("the chain is broken")
        return broken


def _answered(slot_id: str, new: set[str], why: str) -> list[str]:
    """Whether what the desk answered is what stands."""
    if slot_id == "?":
        return ["the desk gave no answer"]
    if slot_id == "" and new:
        return [f"the desk answered with a fault ({why}), and the order stands"]
    if slot_id and slot_id not in new:
        return ["the desk answered with an order that is not there"]
    return []


def _most_of_a_thread(log: Path) -> Counter[str]:
    per_thread: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in log.read_text(errors="replace").splitlines():
        if found := re.match(r"(\d+)\s+(\w+)\(", line):
            per_thread[found[1]][found[2]] += 1
    most: Counter[str] = Counter()
    for counted in per_thread.values():
        most |= counted
    return most


def serve() -> None:
    """The process at the desk: an order for each line, an answer for each order."""
    station = Station.open(configuration.load(Path(sys.argv[1])))
    said, alarm = map(int, sys.argv[2:])
    _, leader = people(station)
    while act := _asked():
        try:
            answer = _answered_to(act, station, leader, said, alarm)
        except (LoaError, Exception) as error:  # noqa: BLE001 - the page's edge does the same
            answer = {"slot": "", "why": f"{type(error).__name__}: {error}"}
        _answer((json.dumps(answer) + "\n").encode())


def _answered_to(act: str, station: Station, leader: Person, said: int, alarm: int) -> dict[str, str]:
    if act == VERIFY:
        found = station.services.proof.verify()
        return {"slot": "", "why": "" if found.whole else f"rows are called broken: {found}"}
    if act == URGENT:
        return {"slot": station.services.emergency.break_in(leader, alarm)}
    return {"slot": station.services.air.play_now(leader, said, chime=False)}


def _answer(line: bytes) -> None:
    while True:
        with suppress(OSError):
            os.write(1, line)
            return


def _asked() -> str:
    """Wait for a line; a read that fails is the sweep's own fault and is made again."""
    while True:
        with suppress(OSError):
            return os.read(0, 100).decode().strip()


if __name__ == "__main__":
    serve()
