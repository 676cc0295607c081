"""Has every order one end when the n-th call of the system fails? Each call, each error, each n, on a real playout.

    python bench/sweep_faults.py [--seconds 600] [--calls openat,read] [--errors EMFILE,EIO] [--desk]
        [--act urgent] [--lasting]

strace counts the calls of a clean order first (openat, read, write, fsync, mmap, what SQLite uses, and more), then each
of them fails once, with each error. After each run: one end and one row, the captured sound as the journal says within a
block, the chain whole, playout alive, and the same announcement played again, whole (see docs/faults.md). `--desk`: the
calls of the process that orders. `--act urgent`: an emergency; `--act verify`, with `--desk`: whether the journal is
whole. `--lasting`: every later call fails too, until the run is over. The exit code is 1
where a promise is broken.
"""

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scheduler.kernel.clock import SystemClock
from tests.faults.day import temporary_folder
from tests.faults.sweep import CALLS, ERRORS, ORDER, URGENT, VERIFY, Fault, Sweep, can_trace

ITS_PIPE = frozenset({"read", "write"})
"""How the process that orders is asked and answers: it can say nothing while all of them fail."""
MARGIN = 3
"""Calls beyond those of the clean run: each run takes a few more or less."""


def planned(asked, counted):
    """Every fault, so that a run that is cut short has had every n with some error."""
    calls = [call for call in asked.calls.split(",") if counted[call]]
    if asked.desk and asked.lasting:
        calls = [call for call in calls if call not in ITS_PIPE]
    errors = asked.errors.split(",")
    for turn in range(len(errors)):
        for call in calls:
            for number in range(1, counted[call] + MARGIN + 1):
                yield Fault(call, errors[(number + turn) % len(errors)], number, asked.lasting, asked.desk, asked.act)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after that long")
    parser.add_argument("--calls", default=",".join(CALLS))
    parser.add_argument("--errors", default=",".join(ERRORS))
    parser.add_argument("--desk", action="store_true")
    parser.add_argument("--act", default=ORDER, choices=(ORDER, URGENT, VERIFY))
    parser.add_argument("--lasting", action="store_true")
    asked = parser.parse_args()
    if not can_trace():
        sys.exit("strace is missing, or may not attach to a process here")
    clock = SystemClock()
    began, ends, broken = clock.monotonic(), defaultdict(Counter), []
    with temporary_folder() as folder, Sweep(Path(folder)) as sweep:
        counted = sweep.counted_at_desk(asked.act) if asked.desk else sweep.counted(asked.act)
        print("calls of a clean order:", dict(counted), flush=True)
        for fault in planned(asked, counted):
            if clock.monotonic() - began > asked.seconds:
                break
            told = sweep.under(fault)
            if told.outcome in {"not ordered", "not told"}:
                told.reason = sweep.why
            ends[fault.call][f"{told.outcome} {told.reason}".strip()] += 1
            if told.broken:
                broken.append(told)
                print(f"BROKEN {fault}: {told.outcome} {told.reason}: {'; '.join(told.broken)}", flush=True)
        restarts = sweep.restarts
    print("\n| Call | Runs | Ends |\n|---|---|---|")
    for call, told in ends.items():
        print(f"| `{call}` | {told.total()} | {', '.join(f'{end} {count}' for end, count in told.most_common())} |")
    took = clock.monotonic() - began
    print(f"\n{sum(map(Counter.total, ends.values()))} runs in {took:.0f} s, {len(broken)} broken, {restarts} deaths")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
