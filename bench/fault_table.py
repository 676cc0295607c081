"""What a station sounds, journals and shows when something breaks: one row for each fault, measured on real processes.

    python bench/fault_table.py [--only NAME …]

In the middle of an airing a fault is made; at once the next announcement is ordered, again and again until one has
sounded whole. What sounded is held against the journal row, and the row against its page. "lied": they differ, by more
than a block of a recording or 60 ms of a captured sound server; "silent": nothing sounded again in two minutes, or no page
showed the fault in 100 s; "lost": an order without an end. Any of them: exit 1. The sound server and the full disk have a
station of their own, on a private PulseAudio and a small disk, which takes root.
"""

import argparse
import html
import os
import re
import resource
import signal
import sqlite3
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from table import grid

from scheduler.config import loading as configuration
from scheduler.core.air.output_share import shares_of
from scheduler.core.air.share_words import share_text
from scheduler.core.model import HOUSE_RATE, AiringOutcome, Role
from scheduler.core.station.station_faults import SHOWN_WITHIN
from scheduler.core.words.wording import OUTCOMES
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import LoaError
from scheduler.station import Station
from tests.conftest import Cast
from tests.faults.disk import filled, no_room, small_disk
from tests.playout.audio_server import AudioServer
from tests.ports import free_port
from tests.station.conftest import CONFIG, Running, frames_in, until
from tests.waiting import pause

ROOT = Path(__file__).resolve().parent.parent
CLOCK = SystemClock()
WITHIN = 120.0
BLOCK_MS, CAPTURED_MS = 21, 60
"""By how much a recording, and what was captured of a sound server, may differ from the journal."""
LONG_HZ, SHORT_HZ = 440.0, 300.0
SMALL_MB = 1500
"""A disk that is not called nearly full before it is filled; in memory."""
RAISING = """
import pathlib, sys
if "process" in sys.argv:
    from scheduler.services.planning.campaigns import CampaignService
    usual = CampaignService.replan
    def replan(desk):
        if pathlib.Path({flag!r}).exists():
            raise RuntimeError("the planner of this bench fails")
        usual(desk)
    CampaignService.replan = replan
"""


def kill(name, number=signal.SIGKILL):
    def make(ward):
        os.kill(ward.running.children()[name], number)
        return lambda: None

    return make


def lock(ward):
    other = sqlite3.connect(ward.running.config.data / "loa.db", isolation_level=None, timeout=30)
    other.execute("BEGIN IMMEDIATE")

    def undo():
        other.execute("ROLLBACK")
        other.close()

    return undo


def no_descriptors(ward):
    pid = ward.running.children()["playout"]
    had = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (8, had[1]))  # what is open stays open; numbers below are all in use
    return lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, had)


def no_planner(ward):
    ward.raising.touch()
    return ward.raising.unlink


def no_disk(ward):
    stack = ExitStack()
    no_room(ward.station)
    stack.enter_context(filled(ward.running.config.data))
    return stack.close


def no_server(ward):
    ward.server.kill()
    return ward.listen


def server_stands(ward):
    pid = ward.server.process.pid
    os.kill(pid, signal.SIGSTOP)
    return lambda: os.kill(pid, signal.SIGCONT)


RECORDED = {
    "playout killed": (kill("playout"), 0.0),
    "playout stopped (SIGSTOP)": (kill("playout", signal.SIGSTOP), 0.0),
    "page killed": (kill("web"), 0.0),
    "worker killed": (kill("worker"), 0.0),
    "database locked for 40 s": (lock, 40.0),
    "no descriptor left in playout for 40 s": (no_descriptors, 40.0),
    "planner raises for 40 s": (no_planner, 40.0),
}
CAPTURED = {
    "disk full for 40 s": (no_disk, 40.0),
    "sound server killed, back after 10 s": (no_server, 10.0),
    "sound server stands for 10 s": (server_stands, 10.0),
}
FAULTS = RECORDED | CAPTURED


class Ward:
    """One running station on WAV files, and what a person at it does."""

    kind, differs_ms = "wavfile", BLOCK_MS

    def __init__(self, folder):
        path, code = folder / "config.toml", folder / "code"
        path.write_text(CONFIG.format(port=free_port(), kind=self.kind))
        code.mkdir()
        self.raising = folder / "raising"
        (code / "sitecustomize.py").write_text(RAISING.format(flag=str(self.raising)))
        self.station = Station.open(configuration.load(path))
        self.station.prepare()
        add, now = self.station.repos.people.add, self.station.clock.now()
        lan = add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
        self.minh = add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now)
        cast = Cast(self.station, lan, self.minh)
        self.long = cast.approved(20.0, "Bản tin dài", LONG_HZ)
        self.short = cast.approved(1.5, "Bản tin ngắn", SHORT_HZ)
        self.running = Running(path, PYTHONPATH=f"{code}{os.pathsep}{ROOT}").up(self.station)
        self._sign_in()

    def end(self):
        self.running.end()
        self.station.close()

    def _sign_in(self):
        browser = self.running.browser
        page = browser.ask("/dang-nhap")[1]
        token = re.search(r'name="form_token" value="([^"]+)"', page)[1]
        browser.ask("/dang-nhap", login="minh", password="mat-khau-cua-minh", form_token=token, toi="/")  # noqa: S106

    def sounded_ms(self, slots):
        """Milliseconds of sound of some orders of one announcement."""
        found = [path for slot in slots for path in (self.running.config.data / "wav").rglob(f"*{slot}*.wav")]
        return sum(frames_in(path) for path in found) / 48

    def begin(self):
        """What sounded before is forgotten."""
        self._seen = 0

    def sounds(self):
        """Whether anything has sounded since this was asked last."""
        seen, self._seen = (
            self._seen,
            sum(path.stat().st_size for path in self.running.config.data.rglob("wav/**/*.wav")),
        )
        return self._seen > seen

    def order(self, announcement_id):
        with suppress(LoaError, sqlite3.Error, OSError):
            return self.station.services.air.play_now(self.minh, announcement_id, chime=False)

    def row(self, slot_id):
        sql = "SELECT * FROM journal WHERE slot_id = ? AND kind = 'airing'"
        return self.station.repos.store.row(sql, (slot_id,))

    def page(self, path):
        """The words of a page; empty = it does not answer."""
        answer = self.running.browser.ask(path)
        return answer[1] if answer and answer[0] == 200 else ""

    def page_lacks(self, row):
        """What the page of an airing should say by its row and does not."""
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.page(f"/nhat-ky/luot/{row['seq']}"))).split())
        zone = ZoneInfo(self.running.config.station.time_zone)
        due = [OUTCOMES[AiringOutcome(row["outcome"])], *(share_text(one, zone) for one in shares_of(row) or ())]
        return [one for one in due if " ".join(one.split()) not in text]


class HeardWard(Ward):
    """The same on a sound server, heard by its monitor, with its data on a small disk."""

    kind, differs_ms = "soundcard", CAPTURED_MS

    def __init__(self, folder, stack):
        self._stack, self._captures = stack, []
        # A short path: a Unix socket's may have 107 characters only.
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="ward"))
        self.server = AudioServer(Path(place))
        stack.callback(self.server.kill)
        self.listen()
        os.environ["PULSE_SERVER"] = self.server.address
        stack.enter_context(small_disk(folder / "data", SMALL_MB))
        super().__init__(folder)

    def listen(self):
        self.server.up()
        self._captures.append(self._stack.enter_context(self.server.capture()))

    def sounds(self):
        seen, self._seen = self._seen, sum(len(one.sound) for one in self._captures)
        new = self._captures[-1].sound[-max(1, self._seen - seen) :]
        return self._seen > seen and int(np.abs(new).max(initial=0)) > 100

    def begin(self):
        super().begin()
        self._from = [len(one.sound) for one in self._captures]

    def sounded_ms(self, slots):
        """By its pitch: what sounds once has no name of its own here."""
        row = self.row(slots[0])
        pitch = LONG_HZ if row is None or row["planned_ms"] > 5_000 else SHORT_HZ
        since = [*self._from, *([0] * (len(self._captures) - len(self._from)))]
        return sum(_milliseconds_of(one.sound[at:], pitch) for one, at in zip(self._captures, since, strict=True))


def _milliseconds_of(sound, pitch, window=480):
    """Milliseconds in which a tone is heard, in windows of 10 ms."""
    blocks = sound[: len(sound) // window * window].reshape(-1, window).astype(float)
    turns = np.arange(window) / HOUSE_RATE
    here, other = (np.abs(blocks @ np.exp(-2j * np.pi * hz * turns)) for hz in (pitch, LONG_HZ + SHORT_HZ - pitch))
    return 10.0 * int(np.sum((here > other) & (here > 100 * window)))


class Silence:
    """The longest silence after a fault, and when it was over; in seconds after the fault."""

    def __init__(self):
        self._last = self._longest = self.over = 0.0

    def heard(self, at):
        if at - self._last > self._longest:
            self._longest, self.over = at - self._last, at
        self._last = at


def wrong_of(ward, first, ordered, ends):
    """What journal or page told of these orders and was not so."""
    wrong = [f"lied on the page of {slot}: {one}" for slot, row in ends.items() for one in ward.page_lacks(row)]
    for slots in ([first], ordered):
        told, heard = sum(ends[slot]["played_ms"] for slot in slots), ward.sounded_ms(slots) if slots else 0.0
        if abs(told - heard) > ward.differs_ms * max(1, len(slots)):
            wrong.append(f"lied of {', '.join(slots)}: {told} ms told, {heard:.0f} ms sounded")
    return wrong


def tried(ward, name):
    """One fault: the row of the table, and what is wrong with it."""
    make, lasts = FAULTS[name]
    ward.begin()
    first, known = ward.order(ward.long), max((one.number for one in ward.station.repos.faults.records()), default=0)
    until(lambda: ward.sounded_ms([first]) > 2000, "the sound before the fault")
    began = CLOCK.monotonic()
    undo, ordered, shown, sounded, pending, silence = make(ward), [], None, None, None, Silence()
    while CLOCK.monotonic() - began < WITHIN and (shown is None or sounded is None):
        if undo and CLOCK.monotonic() - began > lasts:
            undo()
            undo = None
        if sounded is None and ward.sounds():
            silence.heard(CLOCK.monotonic() - began)
        if sounded is None:
            if pending is None and (pending := ward.order(ward.short)):
                ordered.append(pending)
            row = ward.row(pending) if pending else None
            if row is not None:
                sounded, pending = (row if row["outcome"] == "played" else None), None
        if shown is None and any(one.number > known for one in ward.station.repos.faults.records()):
            shown = CLOCK.monotonic() - began if 'class="next faults"' in ward.page("/thanh") else None
        pause(0.1)
    if undo:
        undo()
    ends = {slot: until(lambda slot=slot: ward.row(slot), "an end") for slot in [first, *ordered]}
    new = [one for one in ward.station.repos.faults.records() if one.number > known]
    until(lambda: not ward.station.repos.faults.standing(), "the end of the fault")
    until(lambda: ward.page("/nhat-ky"), "the page")
    wrong = wrong_of(ward, first, ordered, ends)
    wrong += ["silent: nothing sounded again"] * (sounded is None)
    wrong += ["silent: no page showed it"] * (shown is None or shown > SHOWN_WITHIN.total_seconds())
    cut = ends[first]
    whole = cut["outcome"] == "played"
    told = ", ".join(dict.fromkeys(one.fault.reason for one in new)) or "-"
    row = (
        name,
        f"{ward.sounded_ms([first]) / 1000:.2f} s of 20 s",
        f"{cut['outcome']} {cut['reason']} {cut['played_ms'] / 1000:.2f} s".replace("  ", " "),
        f"the same; {told} after {shown:.0f} s" if shown is not None else "nothing",
        "went on" if whole else f"{silence.over:.1f}",
    )
    return row, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=FAULTS, default=list(FAULTS))
    asked, rows, wrong = parser.parse_args(), [], []
    for made, names in ((lambda folder, _: Ward(folder), RECORDED), (HeardWard, CAPTURED)):
        chosen = [name for name in asked.only if name in names]
        if not chosen:
            continue
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            ward = made(Path(folder), stack)
            stack.callback(ward.end)
            for name in chosen:
                row, found = tried(ward, name)
                print(" | ".join(row), *found, sep="\n  ", file=sys.stderr, flush=True)
                rows.append(row)
                wrong += [f"{name}: {one}" for one in found]
            if not ward.station.repos.journal.verify().whole:
                wrong.append("the journal does not hold")
    grid(("Fault", "What sounded", "What the journal said", "What the page said", "Seconds to recover"), rows)
    for one in wrong:
        print(f"- {one}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
