"""A town of many wards, some of them with stations of their own: `loa run`, a database, a recording as loudspeaker.

Three brokers keep one log (R3), flushed as `--flush` says. The hub issues bulletins, the stations air their own and tell
of them; in the middle comes an emergency, the leader of the log is killed with -9 while a second is issued, then all
three are killed while twenty bulletins are issued. At the end every emergency has aired once in every station, and the
hub has each of their rows with the hash that stands in the ward. The light wards share two processes; everything shares
this machine's cores, so the load and the processor seconds are told.

Whole stations are begun a few at a time. What they use of the cores is told at the end.

.venv/bin/python bench/fanout/own.py --wards 1000 --stations 12 [--seconds 120] [--copies 3] [--flush 1s]
"""

# ruff: noqa: S101 - a bench stops where something is not so

import argparse
import json
import logging
import random
import tempfile
from pathlib import Path

from gauges import CLOCK, as_eager, cpu_seconds, load, many_files, megabytes, ms, pause, say, until
from halves import Halves
from rounds import OUTAGE_MESSAGES, OUTAGE_SECONDS, Stopwatch
from station import OwnWard, together
from town import Town

from scheduler.core.model import Priority

EVERY = 10.0
"""Seconds between two bulletins of the hub in its shortened day."""
AIRS_EVERY = 60.0
"""Seconds between two airings of one station: a day of twenty in twenty minutes."""


class Day:
    """The wards, and what is done with them."""

    def __init__(self, town, halves, own):
        self.town, self.halves, self.own = town, halves, own
        self.count = halves.count + len(own)
        self.emergencies, self._random = [], random.Random(642)

    def work(self, seconds):
        """Ordinary work for so long: the hub issues, the stations air what is theirs."""
        began = CLOCK.monotonic()
        due = [(began + self._random.uniform(0, AIRS_EVERY), ward) for ward in self.own]
        bulletin = began
        while (now := CLOCK.monotonic()) - began < seconds:
            if now >= bulletin:
                self.town.issue(Priority.NORMAL)
                bulletin += EVERY
            for place, (at, ward) in enumerate(due):
                if now >= at:
                    ward.air()
                    due[place] = (at + AIRS_EVERY, ward)
            pause(0.05)

    def emergency(self, name):
        """Until it stands in the hub's table for every ward, and until it sounds in every station."""
        announcement = self.town.another()
        began, wall = CLOCK.monotonic(), CLOCK.now()
        issue = self.town.issue(announcement=announcement)
        self.emergencies.append(issue)
        table = Stopwatch(self.town, issue, self.count, began).times()
        sounds = sorted((until(lambda w=ward: w.began(issue), "its sound") - wall).total_seconds() for ward in self.own)
        say(f"{name}: in the hub's table p50 {ms(table, 0.5)}, p99 {ms(table, 0.99)}, last {ms(table, 1.0)} ms; sounds in "
            f"the stations p50 {ms(sounds, 0.5)}, last {ms(sounds, 1.0)} ms; {load()}")  # fmt: skip

    def leader_killed(self):
        """The server that leads the log of what the town says, killed with -9; the emergency goes out at once."""
        leader = leader_of(self.town.servers)
        leader.kill()
        self.emergency("emergency right after kill -9 of the log's leader")
        leader.start()
        as_eager(leader.pid)

    def all_killed(self):
        for server in self.town.servers:
            server.kill()
        began = CLOCK.monotonic()
        issues = [self.town.issue(Priority.NORMAL) for _ in range(OUTAGE_MESSAGES)]
        pause(max(0.0, OUTAGE_SECONDS - (CLOCK.monotonic() - began)))
        self.town.broker.start()
        for server in self.town.servers:
            as_eager(server.pid)
        up, wanted = CLOCK.monotonic(), self.count * len(issues)
        until(lambda: sum(map(self.town.heard_of, issues)) >= wanted, "everybody has everything", 600, 0.25)
        say(f"all three killed with -9 for {OUTAGE_SECONDS:g} s, {OUTAGE_MESSAGES} bulletins meanwhile: every ward's word "
            f"on all of them at the hub {CLOCK.monotonic() - up:.1f} s after they answer again; {load()}")  # fmt: skip

    def proved(self):
        """Every emergency aired once in every station, and the hub has each row with the ward's own hash."""
        rows = 0
        store = self.town.station.repos.store
        for ward in self.own:
            until(lambda w=ward: not w.waiting(), f"what {ward.ward_id} owes")
            for issue in self.emergencies:
                assert ward.airings(issue) == 1, f"{ward.ward_id}: {ward.airings(issue)} airings of {issue}"
            own = ward.hashes()

            def there(ward_id=ward.ward_id):
                return {one["hash"] for one in store.rows("SELECT hash FROM hub_journal WHERE ward_id = ?", (ward_id,))}

            until(lambda own=own, there=there: own <= there(), f"the rows of {ward.ward_id}")
            rows += len(own)
        faults = store.value("SELECT count(*) FROM hub_journal WHERE fault <> ''")
        unproved = store.value("SELECT count(*) FROM hub_journal WHERE proved = 0")
        say(f"{len(self.emergencies)} emergencies aired once in each of {len(self.own)} stations; {rows} rows of their "
            f"journals at the hub by their hashes, {faults} with a fault, {unproved} unproved")  # fmt: skip


def leader_of(servers):
    for server in servers:
        told = json.loads(server.told_json("/jsz?streams=true"))
        for account in told.get("account_details", []):
            for stream in account.get("stream_detail", []):
                name = stream.get("cluster", {}).get("leader")
                if stream["name"] == "DISPATCH" and name:
                    return next(one for one in servers if name == one.name)
    raise AssertionError("nobody leads the log")


def main():
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--wards", type=int, default=1000)
    reader.add_argument("--stations", type=int, default=12)
    reader.add_argument("--seconds", type=float, default=120.0, help="ordinary work before, between and after")
    reader.add_argument("--copies", type=int, default=3, choices=(1, 3))
    reader.add_argument("--flush", default="1s", help="sync_interval of the brokers, such as always, 1s")
    told = reader.parse_args()
    logging.disable(logging.CRITICAL)
    many_files()
    with tempfile.TemporaryDirectory() as name:
        lived(Path(name), told)


def lived(folder, told):
    town = Town(folder, told.flush, told.copies)
    pairs = town.wards(told.wards)
    key = town.services.keys.current().public
    own = [OwnWard(folder, ward_id, seed, town, key) for ward_id, seed in pairs[: told.stations]]
    with town.running(), town.page_open() as page:
        halves = Halves({"url": town.broker.url, "keys": {key: "town"}, "page": town.page}, pairs[told.stations :])
        try:
            began = CLOCK.monotonic()
            together(own)
            say(f"\n## {told.wards} wards, {len(own)} of them stations, {told.copies} brokers, sync_interval {told.flush} (stations begun in "
                f"{CLOCK.monotonic() - began:.0f} s)\n")  # fmt: skip
            halves.ready()
            story(town, halves, own, told.seconds, page)
        finally:
            for ward in own:
                ward.end()
            halves.end()
    town.station.close()


def story(town, halves, own, seconds, page):
    before = [ward.cpu() for ward in own]
    began = CLOCK.monotonic()
    day = Day(town, halves, own)
    day.emergency("emergency, nothing else going on")
    day.work(seconds / 3)
    day.emergency("emergency in the middle of ordinary work")
    day.work(seconds / 3)
    if len(town.servers) > 1:
        day.leader_killed()
    day.all_killed()
    day.work(seconds / 3)
    day.proved()
    lasted = CLOCK.monotonic() - began
    used = sorted((ward.cpu() - first) / lasted for ward, first in zip(own, before, strict=True))
    memory = sorted(ward.megabytes() for ward in own)
    brokers = ", ".join(f"{megabytes(one.pid):.0f} MB and {cpu_seconds(one.pid):.0f} s" for one in town.servers)
    say(f"a station uses {used[len(used) // 2] * 100:.1f} % of a core and {memory[len(memory) // 2]:.0f} MB (PSS, median); "
        f"hub and bench {megabytes('self'):.0f} MB, its page {megabytes(page.pid):.0f} MB; brokers {brokers}; "
        f"{lasted:.0f} s in all")  # fmt: skip


if __name__ == "__main__":
    main()
