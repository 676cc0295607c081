"""Run the tests at dates that hurt: a Sunday, ends of months, 29 February, New Year, the minutes before midnight.

Every process of a run, browsers and servers included, sees a wall clock that is put forward by one amount (libfaketime,
Debian's package of that name); the monotonic clock and the pace of time stay as they are. It judges nothing itself:
what falls is pytest's to say. `python -m tests.at_dates --help`.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scheduler.kernel.clock import SystemClock

LIBRARY = "faketime/libfaketimeMT.so.1"
FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib")
EXPECTED_OTHERWISE = ("tests/docs",)
"""Folders whose tests read no clock."""


@dataclass(frozen=True, slots=True)
class Date:
    name: str
    start: datetime
    why: str


DATES = (
    Date("sunday", datetime(2027, 1, 31, 3, 0, tzinfo=UTC), "a Sunday that is the last day of a month"),
    Date("month-end", datetime(2027, 4, 30, 8, 0, tzinfo=UTC), "the last day of a month of thirty days"),
    Date("leap-day", datetime(2028, 2, 29, 16, 50, tzinfo=UTC), "29 February, ten minutes before midnight in Việt Nam"),
    Date("new-year", datetime(2027, 12, 31, 16, 50, tzinfo=UTC), "New Year's Eve, ten minutes before it in Việt Nam"),
    Date("utc-midnight", datetime(2027, 12, 31, 23, 50, tzinfo=UTC), "ten minutes before a new day and year in UTC"),
)


def asked(words: str) -> Date:
    """One of `DATES` by its name, or any other instant."""
    for one in DATES:
        if one.name == words:
            return one
    return Date(words, datetime.fromisoformat(words).replace(tzinfo=UTC), "asked for")


def library() -> Path | None:
    """Where libfaketime lies; None = it is not on this machine."""
    return next((path for folder in FOLDERS if (path := Path(folder, LIBRARY)).exists()), None)


def environment(date: Date, now: datetime, preload: Path, env: dict[str, str]) -> dict[str, str]:
    """The environment of a process for which it is `date` at `now`."""
    seconds = round((date.start - now).total_seconds())
    return env | {
        "LD_PRELOAD": str(preload),
        "FAKETIME": f"{seconds:+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONDONTWRITEBYTECODE": "1",  # compiled modules would carry the other date
    }


def main(words: Sequence[str] | None = None) -> int:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument(
        "--date",
        action="append",
        type=asked,
        help="only this one, by name or as 2027-06-30T08:00 (UTC); may be repeated",
    )
    ask.add_argument("--list", action="store_true", help="tell the dates, run nothing")
    ask.add_argument("pytest", nargs="*", help="words for pytest; without any: all tests but those of documents")
    given = ask.parse_args(words)
    dates = given.date or DATES
    if given.list:
        for one in dates:
            print(f"{one.name:13} {one.start:%a %Y-%m-%d %H:%M} UTC  {one.why}")
        return 0
    preload = library()
    if preload is None:
        print("libfaketime is not on this machine: apt install libfaketime", file=sys.stderr)
        return 1
    chosen = given.pytest or ["-n", "auto", "--dist", "worksteal", *(f"--ignore={one}" for one in EXPECTED_OTHERWISE)]
    fell = []
    for one in dates:
        print(f"== {one.name}: {one.why} ({one.start:%Y-%m-%d %H:%M} UTC)", flush=True)
        env = environment(one, SystemClock().now(), preload, dict(os.environ))
        if subprocess.run([sys.executable, "-m", "pytest", *chosen], env=env, check=False).returncode:
            fell.append(one.name)
    print(f"fell at: {', '.join(fell)}" if fell else f"all {len(dates)} dates hold")
    return 1 if fell else 0


if __name__ == "__main__":
    sys.exit(main())
