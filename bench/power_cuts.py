"""Is all that was told still so after a power cut that takes what was not synced? Days of a real station, cut anywhere.

    python bench/power_cuts.py [--days 2] [--cuts 100] [--first 0]

Each day is worked by a real station under strace (its first start, people, sounds, campaigns, orders, uploads, backups,
proofs, checkpoints of the database in every way), and cut at that many of its calls: what was not synced is lost, kept
or torn at sectors, names as well. The station starts on what is left, and what had been told is held against it; every
third day goes on to its end. Then a rescue, a way back and forth, a restore, cut as often (see docs/faults.md). What is broken
is told with day and step; the exit code is 1 then.
"""

import argparse
import logging
import sys
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from table import Figure, show

from scheduler.kernel.clock import SystemClock
from tests.faults.day import OVER, temporary_folder
from tests.faults.power_cut import cuts_of, judged, mended
from tests.faults.power_day import WHOLE
from tests.faults.power_trace import read_log, traced
from tests.faults.sweep import can_trace

TO_THE_END = 3


def calls_of(top, module, *given):
    """The calls of one traced process."""
    (top / "day").mkdir(parents=True)
    done = traced(top / "log", f"tests.faults.{module}", str(top / "day"), *given)
    if done.returncode:
        sys.exit(done.stderr.decode())
    calls = read_log(top / "log")
    (top / "log").unlink()
    return calls


def judge(counted, what, cut, check):
    """Count a cut, and tell what is broken of it."""
    try:
        broken = check(cut)
    except Exception:  # noqa: BLE001 - whatever the station does not survive is what is looked for
        broken = [traceback.format_exc()]
    counted["cuts"] += 1
    counted[f"cut at {cut.last.partition(' ')[0]}"] += 1
    counted["names lost"] += cut.left.lost_names
    counted["sectors lost or torn"] += cut.left.lost_sectors
    if broken:
        counted["broken"] += 1
        print(f"BROKEN {what}, {cut}:", *broken, sep="\n  ", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=2)
    parser.add_argument("--cuts", type=int, default=100, help="of each day, and of the mending")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first day")
    asked = parser.parse_args()
    if not can_trace():
        sys.exit("strace is missing, or may not attach to a process here")
    logging.disable(logging.CRITICAL)
    clock = SystemClock()
    began, counted = clock.monotonic(), Counter()
    with temporary_folder() as folder:
        for seed in range(asked.first, asked.first + asked.days):
            top = Path(folder) / str(seed)
            calls = calls_of(top, "power_day", str(seed), str(WHOLE.total_seconds() / 60))
            for number, cut in enumerate(cuts_of(calls, top / "day", top / "cuts", asked.cuts, seed)):
                until = OVER if number % TO_THE_END == 0 else None
                judge(counted, f"day {seed}", cut, lambda cut, until=until: judged(cut, until))
        top = Path(folder) / "mending"
        calls = calls_of(top, "power_mending")
        for cut in cuts_of(calls, top / "day", top / "cuts", asked.cuts, asked.first):
            judge(counted, "mending", cut, mended)
    figures = [Figure(name, count, "") for name, count in counted.items() if name != "broken"]
    took = Figure("took", clock.monotonic() - began, "s")
    show("Power cuts with unsynced writes", [*figures, Figure("broken", counted["broken"], ""), took])
    sys.exit(1 if counted["broken"] else 0)


if __name__ == "__main__":
    main()
