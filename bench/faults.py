"""Does every promise hold when playout is killed again and again? Simulated days under kill -9, as many as one wants.

    python bench/faults.py [--runs 20] [--first 0] [--jobs 2]

Each run is a day of a real station with its own seed: random orders, one to five deaths at random instants, restarts
after seconds or hours (see docs/faults.md). What is broken is told with its seed; the exit code is 1 then.
"""

import argparse
import shutil
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from table import Figure, show

from scheduler.clock import SteppedClock, SystemClock
from scheduler.station import Station
from tests.faults.day import OVER, Template, day_of, template_in, temporary_folder
from tests.faults.truth import Evidence, broken_promises


@dataclass(frozen=True)
class Lived:
    seed: int
    lives: int
    ends: Counter
    stretches: int
    broken: list


def lived(work: tuple[int, Template, Path]) -> Lived:
    """One day, and what is broken of it."""
    seed, template, folder = work
    try:
        day = day_of(seed, template, folder)
    except AssertionError as fault:
        return Lived(seed, 0, Counter(), 0, [str(fault)])
    station = Station.open(day.config, SteppedClock(OVER))
    seen = Evidence.of(station)
    ends = Counter(f"{slot.outcome} {slot.reason}".strip() for slot in seen.slots.values())
    told = Lived(seed, day.lives, ends, len(seen.stretches), broken_promises(station))
    station.close()
    shutil.rmtree(folder)
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the seed of the first run")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    clock = SystemClock()
    began = clock.monotonic()
    with temporary_folder() as folder:
        template = template_in(Path(folder) / "template")
        seeds = range(asked.first, asked.first + asked.runs)
        works = [(seed, template, Path(folder) / str(seed)) for seed in seeds]
        with ProcessPoolExecutor(asked.jobs) as pool:
            days = list(pool.map(lived, works))
    broken = [day for day in days if day.broken]
    for day in sorted(broken, key=lambda day: day.seed):
        print(f"seed {day.seed}:", *day.broken, sep="\n  ")
    ends = sum((day.ends for day in days), Counter())
    show(
        "Simulated days under kill -9",
        [
            Figure("days", len(days), ""),
            Figure("deaths", sum(max(0, day.lives - 1) for day in days), ""),
            Figure("soundings heard", sum(day.stretches for day in days), ""),
            *(Figure(f"slots {end}", count, "") for end, count in ends.most_common()),
            Figure("days with a broken promise", len(broken), ""),
            Figure("took", clock.monotonic() - began, "s"),
        ],
    )
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
