"""What a player costs: CPU seconds and resident memory of a process and all below it, read from /proc."""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from running import CLOCK

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_EVERY = 0.1


@dataclass(frozen=True)
class Usage:
    cpu: float
    """Seconds, those of processes that have ended included."""
    rss: float
    """MB"""


def family(pid):
    """`pid` and everything below it."""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{parent}/task").iterdir():
                found.extend(int(child) for child in (thread / "children").read_text().split())
    return found


def usage(pid, *, below=False):
    """Of `pid` and all below it; `below`: memory of those below it only (it is no part of the player itself)."""
    cpu = rss = 0.0
    for member in family(pid):
        with suppress(OSError, IndexError):
            words = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            cpu += sum(map(int, words[11:15])) / _TICK
            if member != pid or not below:
                rss += int(words[21]) * _PAGE / 1e6
    return Usage(cpu, rss)


class Meter:
    """Watches a process and all below it until `stop`."""

    def __init__(self, pid, *, below=False):
        self._pid, self._below = pid, below
        self._rows = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self):
        while not self._ending.wait(_EVERY):
            self._rows.append((CLOCK.now().timestamp(), usage(self._pid, below=self._below)))

    def stop(self, first, last):
        """(CPU as a share of one core between the two wall seconds in percent, most memory in MB)."""
        self._ending.set()
        self._thread.join()
        # A process that has ended takes its figures with it: the last row that still grew counts.
        rows = [(at, seen) for at, seen in self._rows if first <= at <= last and seen.rss + seen.cpu > 0]
        if len(rows) < 2:
            return 0.0, 0.0
        spent = max(seen.cpu for _, seen in rows) - rows[0][1].cpu
        return spent / (last - first) * 100, max(seen.rss for _, seen in rows)
