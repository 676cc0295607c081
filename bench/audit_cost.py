"""What the audit log costs: acts of the desk with the witness that sees every change, and without it, in turn.

    .venv/bin/python bench/audit_cost.py [acts]

Two stations on the same disk, the same acts one after the other, so that what else the machine does meets both alike.
An act is a transaction that the disk has taken.
"""

import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from running import config_in
from table import Figure, show

from scheduler.config import loading as configuration
from scheduler.core.model import Role
from scheduler.station import Station

PASSWORD = "mot-mat-khau-dai"  # noqa: S105 - of a person of this bench
LEAST = 20


class Services:
    """A station of its own, its editor, and the acts that are timed."""

    def __init__(self, folder, *, watched):
        folder.mkdir()
        path, _ = config_in(folder)
        self.station = Station.open(configuration.load(path))
        self.station.prepare()
        now = self.station.clock.now()
        self.lan = self.station.repos.people.add("lan", "Lan", Role.EDITOR, PASSWORD, now)
        store = self.station.repos.store
        if not watched:
            store.witness = None
            store.close()  # a connection that is watched stays so
        self.made = 0

    def write(self, number):
        self.made = self.station.services.announcements.write(
            self.lan, f"Bản tin {number}", "Mời bà con đi tiêm chủng."
        )

    def edit(self, number):
        services = self.station.services.announcements
        seen = self.station.repos.programme.announcement(self.made)
        services.edit(
            self.lan, self.made, seen.version, f"Bản tin {number} sửa", "Mời bà con đi tiêm chủng sáng thứ bảy."
        )


ACTS = ("write", "edit")


def timed(act, number):
    begun = perf_counter()
    act(number)
    return (perf_counter() - begun) * 1000


def main():
    acts = max(int(sys.argv[1]) if len(sys.argv) > 1 else 200, LEAST)
    took = {}
    with tempfile.TemporaryDirectory() as folder:
        desks = {watched: Services(Path(folder) / f"{watched}", watched=watched) for watched in (True, False)}
        for number in range(acts):
            for name in ACTS:
                for watched in (True, False) if number % 2 else (False, True):
                    took.setdefault((name, watched), []).append(timed(getattr(desks[watched], name), number))
        for services in desks.values():
            services.station.close()
    figures = []
    for name in ACTS:
        seen, unseen = (statistics.median(took[name, watched]) for watched in (True, False))
        figures += [
            Figure(f"{name}: told in the log, median", seen, "ms"),
            Figure(f"{name}: not told", unseen, "ms"),
            Figure(f"{name}: times as long", seen / unseen, ""),
        ]
    show(f"What the audit log costs, {acts} acts of each kind", figures)


if __name__ == "__main__":
    main()
