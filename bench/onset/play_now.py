"""How long after "phát ngay" is it heard? A real `loa run` on a private null sink, orders by the desk and by the command.

    python bench/onset/play_now.py [--n 10] [--commands 3] [--busy]

From the moment the row is written (the desk's act has ended) to the first frame at the sink's monitor; from the moment
the act begins; and from the start of the command `loa play`, which has a Python to start first.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from running import CLOCK, config_in, end_on_sigterm, loa, loa_line, pause, wait_for_page
from table import Figure, show

from onset import clips, load, priority
from onset.capture import AHEAD_MS, Monitor
from onset.null_sink import absent, block_ms, null_sink
from onset.rig import with_bench_on_path
from onset.scoring import waits
from scheduler.config import loading as configuration
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import Role
from scheduler.station import Station

PROMISE = 1.0
BLOCK_MS = 20.0
"""What the journal may be away from the sound: one block of the engine."""
SETTLE = 6.0
"""Seconds after which a sound card that was just opened is believed (playout holds starts back for four)."""
PASSWORD = "mot-mat-khau-dai"  # noqa: S105 - of a person of this bench
ALWAYS = "[quiet_hours]\nwindows = []\n[planning]\nmin_gap_minutes = 0.0\n[station]\none_officer = true\n"
"""The bench may be run at any hour, and one order after the other."""


def approved_burst(station):
    """An approved announcement that is one burst, and who may air it."""
    services, now = station.services, station.clock.now()
    officer = station.repos.people.add("lan", "Lan", Role.ADMIN, PASSWORD, now)
    made = station.repos.library.add_master(clips.tone(clips.BURST))
    clip = StoredClip(made.sha256, "Một tiếng", "upload", made.frames, now, officer.id, lufs=made.lufs)
    station.repos.programme.add_clip(clip)
    announcement_id = services.announcements.record(officer, "Một tiếng", made.sha256)
    services.announcements.heard(officer, announcement_id, made.sha256)
    services.announcements.submit(officer, announcement_id)
    services.announcements.approve(officer, announcement_id, made.sha256, heard=True)
    return officer, announcement_id


def wait_for_output(station):
    while True:
        beat = station.repos.jobs.heartbeat("playout")
        if beat is not None and any(output["state"] == "open" for output in beat.state.get("outputs", [])):
            pause(SETTLE)
            return
        pause(0.1)


def wait_until_aired(station):
    """Nothing waits or sounds; then a while of no certain length, for orders in step with the card's blocks are no sample."""
    while station.repos.slots.open_before(CLOCK.now()):
        pause(0.05)
    pause(0.6 + random.random() / 2)


def orders_by_desk(station, officer, announcement_id, n):
    """(begun, written, slot) of each order."""
    for _ in range(n):
        begun = CLOCK.now()
        slot_id = station.services.air.play_now(officer, announcement_id, chime=False)
        yield begun.timestamp(), CLOCK.now().timestamp(), slot_id
        wait_until_aired(station)


def orders_by_command(station, path, announcement_id, n):
    """When each command was started."""
    line = [*priority.ORDINARY, *loa_line(path, "play", str(announcement_id), "--no-chime")]
    for _ in range(n):
        yield CLOCK.now().timestamp()
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
        wait_until_aired(station)


def journalled(station, slot_ids):
    """When the journal says that each began, in wall seconds; nan where it says that it did not."""
    days = {slot_id: station.repos.slots.facts(slot_id).slot.day.isoformat() for slot_id in slot_ids}
    rows = [row for day in set(days.values()) for row in station.repos.journal.of_day(day)]
    told = {row["slot_id"]: row["actual_start"] for row in rows if row["actual_start"]}
    return [datetime.fromisoformat(told[slot_id]).timestamp() if slot_id in told else np.nan for slot_id in slot_ids]


@contextmanager
def running_station(folder, environment):
    """(station of our own on the data of a running `loa run` whose card is the null sink, path of its config.toml)."""
    path, port = config_in(folder, "soundcard", ALWAYS)
    station = Station.open(configuration.load(path))
    station.prepare()
    with loa(path, "run", before=priority.ORDINARY, environment=environment):
        wait_for_page(port)
        yield station, path
    station.close()


def figures(name, heard, promise=None):
    """`heard`: seconds from each order to its sound, nan where it was not heard."""
    good = heard[np.isfinite(heard)]
    if len(good) < len(heard):
        print(f"{name}: {len(heard) - len(good)} of {len(heard)} orders were not heard")
    if not len(good):
        return []
    return [
        Figure(f"{name}: {word} of {len(good)}", float(value), "s", promise)
        for word, value in (("median", np.median(good)), ("p99", np.percentile(good, 99)), ("most", good.max()))
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10, help="orders by the desk")
    parser.add_argument("--commands", type=int, default=3, help="orders by the command")
    parser.add_argument("--busy", action="store_true", help="another station under load and stress-ng beside it")
    options = parser.parse_args()
    if gone := absent():
        print(f"What is heard is captured on a private sound server: {', '.join(gone)} not installed")
        return 0
    end_on_sigterm()
    priority.ask_for_realtime()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onset")))
        environment = stack.enter_context(null_sink(folder))
        told = []
        if options.busy:
            log = stack.enter_context((folder / "load.log").open("wb"))
            told.append(stack.enter_context(load.office(folder, with_bench_on_path(environment))))
            told.append(stack.enter_context(load.burning(log, environment)))
        (folder / "ward").mkdir()
        station, path = stack.enter_context(running_station(folder / "ward", environment))
        officer, announcement_id = approved_burst(station)
        wait_for_output(station)
        # A listener who asks for small blocks would make the sink hold less than a card does, and flatter the answer.
        ears = Monitor(environment, block_ms(environment), AHEAD_MS)
        pause(1.5)
        begun, written, slot_ids = zip(*orders_by_desk(station, officer, announcement_id, options.n), strict=True)
        entered = list(orders_by_command(station, path, announcement_id, options.commands))
        journal = np.array(journalled(station, slot_ids))
        recording = ears.stop()
    beside = f" beside {' and '.join(told)}" if told else ""
    after_written = waits(recording, np.array([*written, *entered]))
    after_begun = waits(recording, np.array([*begun, *entered]))
    shown = [
        *figures("row written to first frame", after_written[: options.n], PROMISE),
        *figures("act begun to first frame", after_begun[: options.n], PROMISE),
        *figures("`loa play` entered to first frame", after_written[options.n :]),
    ]
    apart = np.abs(journal - np.array(written) - after_written[: options.n]) * 1e3
    if np.isfinite(apart).any():
        name = f"journal's start against the first frame: most of {int(np.isfinite(apart).sum())}"
        shown.append(Figure(name, float(np.nanmax(apart)), "ms", BLOCK_MS))
    show(f'"Phát ngay"{beside}, load {os.getloadavg()[0]:.1f}', shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
