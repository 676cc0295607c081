"""What a station sounds, journals and shows when something breaks: one row for each fault, measured on real processes.

    python bench/fault_table.py [--only NAME …]

In the middle of an airing a fault is made; at once the next announcement is ordered, again and again until one has
sounded whole. Each recording is held against its journal row. "lied": they differ by more than a block; "silent": nothing
sounded again in two minutes, or no page showed the fault in 100 s; "lost": an order without an end. Any of them: exit 1.
"""

import argparse
import os
import re
import resource
import signal
import sqlite3
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from table import grid

from scheduler import config as configuration
from scheduler.clock import SystemClock
from scheduler.core.model import Role
from scheduler.core.station_faults import SHOWN_WITHIN
from scheduler.errors import LoaError
from scheduler.station import Station
from scheduler.store.database import instant_or_none
from tests.conftest import Cast
from tests.ports import free_port
from tests.station.conftest import CONFIG, Running, frames_in, pause, until

CLOCK = SystemClock()
WITHIN = 120.0
BLOCK_MS = 21


def kill(name, number=signal.SIGKILL):
    def make(running, _):
        os.kill(running.children()[name], number)
        return lambda: None

    return make


def lock(running, _):
    other = sqlite3.connect(running.config.data / "loa.db", isolation_level=None, timeout=30)
    other.execute("BEGIN IMMEDIATE")

    def undo():
        other.execute("ROLLBACK")
        other.close()

    return undo


def no_descriptors(running, _):
    pid = running.children()["playout"]
    had = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    free = max(int(one.name) for one in Path(f"/proc/{pid}/fd").iterdir()) + 1
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (free, had[1]))
    return lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, had)


FAULTS = {
    "playout killed": (kill("playout"), 0.0),
    "playout stopped (SIGSTOP)": (kill("playout", signal.SIGSTOP), 0.0),
    "page killed": (kill("web"), 0.0),
    "studio killed": (kill("studio"), 0.0),
    "database locked for 40 s": (lock, 40.0),
    "no descriptor left in playout for 40 s": (no_descriptors, 40.0),
}


class Ward:
    """One running station, and what a person at it does."""

    def __init__(self, folder):
        path = folder / "config.toml"
        path.write_text(CONFIG.format(port=free_port(), kind="wavfile"))
        self.station = Station.open(configuration.load(path))
        self.station.prepare()
        add, now = self.station.parts.people.add, self.station.clock.now()
        lan = add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
        self.minh = add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now)
        cast = Cast(self.station, lan, self.minh)
        self.long, self.short = cast.approved(20.0, "Bản tin dài"), cast.approved(1.5, "Bản tin ngắn", 300.0)
        self.running = Running(path).up(self.station)
        self._sign_in()

    def _sign_in(self):
        browser = self.running.browser
        page = browser.ask("/dang-nhap")[1]
        token = re.search(r'name="form_token" value="([^"]+)"', page)[1]
        browser.ask("/dang-nhap", login="minh", password="mat-khau-cua-minh", form_token=token, toi="/")  # noqa: S106

    def recording_ms(self, slot_id):
        found = list((self.running.config.data / "wav").rglob(f"*{slot_id}*.wav"))
        return sum(frames_in(path) for path in found) / 48

    def order(self, announcement_id):
        with suppress(LoaError, sqlite3.Error, OSError):
            return self.station.desk.air.play_now(self.minh, announcement_id, chime=False)

    def row(self, slot_id):
        sql = "SELECT * FROM journal WHERE slot_id = ? AND kind = 'airing'"
        return self.station.parts.store.row(sql, (slot_id,))

    def bar(self):
        answer = self.running.browser.ask("/thanh")
        return answer[1] if answer and answer[0] == 200 else ""


def tried(ward, name):
    """One fault: the row of the table, and what is wrong with it."""
    make, lasts = FAULTS[name]
    first, known = ward.order(ward.long), max((one.number for one in ward.station.parts.faults.records()), default=0)
    until(lambda: ward.recording_ms(first) > 2000, "the sound before the fault")
    at, began = CLOCK.now(), CLOCK.monotonic()
    undo, ordered, shown, sounded = make(ward.running, None), [], None, None
    pending = None
    while CLOCK.monotonic() - began < WITHIN and (shown is None or sounded is None):
        if undo and CLOCK.monotonic() - began > lasts:
            undo()
            undo = None
        if sounded is None:
            if pending is None and (pending := ward.order(ward.short)):
                ordered.append(pending)
            row = ward.row(pending) if pending else None
            if row is not None:
                sounded, pending = (row if row["outcome"] == "played" else None), None
        if shown is None and any(one.number > known for one in ward.station.parts.faults.records()):
            shown = CLOCK.monotonic() - began if 'class="next faults"' in ward.bar() else None
        pause(0.1)
    if undo:
        undo()
    ends = {slot: until(lambda slot=slot: ward.row(slot), "an end") for slot in [first, *ordered]}
    new = [one for one in ward.station.parts.faults.records() if one.number > known]
    until(lambda: not ward.station.parts.faults.standing(), "the end of the fault")
    wrong = [
        f"lied of {slot}: {row['played_ms']} told, {ward.recording_ms(slot):.0f} recorded"
        for slot, row in ends.items()
        if abs(row["played_ms"] - ward.recording_ms(slot)) > BLOCK_MS
    ]
    wrong += ["silent: nothing sounded again"] * (sounded is None)
    wrong += ["silent: no page showed it"] * (shown is None or shown > SHOWN_WITHIN.total_seconds())
    cut = ends[first]
    whole = cut["outcome"] == "played"
    after = 0.0 if whole or sounded is None else (instant_or_none(sounded["actual_start"]) - at).total_seconds()
    told = ", ".join(dict.fromkeys(one.fault.reason for one in new)) or "-"
    row = (
        name,
        f"{ward.recording_ms(first) / 1000:.2f} s of 20 s",
        f"{cut['outcome']} {cut['reason']} {cut['played_ms'] / 1000:.2f} s".replace("  ", " "),
        f"{told} after {shown:.0f} s" if shown is not None else "nothing",
        "went on" if whole else f"{after:.1f}",
    )
    return row, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=FAULTS, default=list(FAULTS))
    asked, rows, wrong = parser.parse_args(), [], []
    with tempfile.TemporaryDirectory() as folder:
        ward = Ward(Path(folder))
        try:
            for name in asked.only:
                row, found = tried(ward, name)
                print(" | ".join(row), file=sys.stderr, flush=True)
                rows.append(row)
                wrong += [f"{name}: {one}" for one in found]
            if not ward.station.parts.journal.verify().whole:
                wrong.append("the journal does not hold")
        finally:
            ward.running.end()
            ward.station.close()
    grid(("Fault", "What sounded", "What the journal said", "What the page said", "Seconds to recover"), rows)
    for one in wrong:
        print(f"- {one}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
