"""Does every promise hold whatever is done to the station? Simulated days, as many as one wants.

    python bench/faults.py [--runs 20] [--first 0] [--jobs 2] [--plain] [--talk]

Each run is a day of a real station with its own seed: random orders, one to five deaths at random instants, restarts
after seconds or hours, one loudspeaker or two, steps of the clock, and faults of database, disk, descriptors, memory,
sounds, planner and outputs (see docs/faults.md). `--plain`: deaths and orders alone. What is broken is told with its
seed; the exit code is 1 then. Ctrl-C ends it and tells what was lived so far.
"""

import argparse
import os
import shutil
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from table import Figure, show

from scheduler.kernel.clock import SteppedClock, SystemClock
from scheduler.station import Station
from tests.faults.day import OVER, Template, template_in, temporary_folder
from tests.faults.evidence import Evidence
from tests.faults.mishaps import CLOCK, DATABASE, MACHINE, OUTPUT
from tests.faults.random_day import day_of, quiet_day_of
from tests.faults.truth import broken_promises


@dataclass(frozen=True)
class Lived:
    seed: int
    lives: int
    ends: Counter
    stretches: int
    broken: list
    happened: Counter


KINDS_OF = {
    "steps of the clock": {*CLOCK},
    "faults of outputs, begun and over": {*OUTPUT},
    "faults of the machine, begun and over": {*DATABASE, *MACHINE},
}


def lived(work: tuple[int, Template, Path, bool]) -> Lived:
    """One day, and what is broken of it."""
    seed, template, folder, plain = work
    try:
        day = (quiet_day_of if plain else day_of)(seed, template, folder)
    except AssertionError as fault:
        return Lived(seed, 0, Counter(), 0, [str(fault)], Counter())
    station = Station.open(day.config, SteppedClock(OVER))
    seen = Evidence.of(station)
    ends = Counter(f"{slot.outcome} {slot.reason}".strip() for slot in seen.slots.values())
    happened = Counter(
        name for one in seen.happened for name, kinds in KINDS_OF.items() if one.what.removeprefix("over ") in kinds
    )
    told = Lived(seed, day.lives, ends, len(seen.stretches), broken_promises(station), happened)
    station.close()
    shutil.rmtree(folder)
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the seed of the first run")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--plain", action="store_true", help="deaths and orders alone")
    parser.add_argument("--talk", action="store_true", help="let the stations write their logs")
    asked = parser.parse_args()
    if not asked.talk:
        os.environ["LOA_DAYS_SILENT"] = "1"
    clock = SystemClock()
    began = clock.monotonic()
    with temporary_folder() as folder:
        template = template_in(Path(folder) / "template")
        seeds = range(asked.first, asked.first + asked.runs)
        works = [(seed, template, Path(folder) / str(seed), asked.plain) for seed in seeds]
        days = []
        with ProcessPoolExecutor(asked.jobs) as pool:
            try:
                for day in pool.map(lived, works):
                    days.append(day)
                    if day.broken:
                        print(f"seed {day.seed}:", *day.broken, sep="\n  ", flush=True)
            except KeyboardInterrupt:  # what was lived so far is told
                pool.shutdown(wait=False, cancel_futures=True)
    broken = [day for day in days if day.broken]
    ends = sum((day.ends for day in days), Counter())
    show(
        "Simulated days",
        [
            Figure("days", len(days), ""),
            Figure("deaths", sum(max(0, day.lives - 1) for day in days), ""),
            *(Figure(name, sum(day.happened[name] for day in days), "") for name in KINDS_OF),
            Figure("soundings heard", sum(day.stretches for day in days), ""),
            *(Figure(f"slots {end}", count, "") for end, count in ends.most_common()),
            Figure("days with a broken promise", len(broken), ""),
            Figure("took", clock.monotonic() - began, "s"),
        ],
    )
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
