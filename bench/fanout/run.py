"""How quickly a town reaches its wards, with the real hub process, the real link and a real broker on the loopback.

For each number of wards: an emergency to all, five times, stage by stage: issued, published, in the wards, in the
hub's table (on its disk), stored by the broker; beside it the same over MQTT (mosquitto, QoS 1) into the same table; a
sound of 500 kB to all with its hash, from the hub's page; the broker killed with -9 while twenty messages are issued,
and how soon everybody has everything. Then thirty days of journal of many wards into the hub's store, and the reports
over them. The wards are two processes of half of them each, the hub one, the page one, the broker one; all share this
machine's cores, so the processor seconds of each are told.

.venv/bin/python bench/fanout/run.py --wards 100,1000,3000 [--only urgent,clip,outage,month] [--flush always,1s]
"""

import argparse
import logging
import resource
import statistics
import tempfile
from pathlib import Path

from gauges import CLOCK, flushes_a_second, load, many_files, megabytes, say
from halves import Halves
from month import month
from rounds import HEADS, ROUNDS, clip, outage, over_mqtt, row, urgent
from table import grid
from town import Town


def reached(folder, count, flush, only):
    """Everything for one number of wards, on a town of its own."""
    town = Town(folder, flush)
    pairs = town.wards(count)
    public = {town.services.keys.current().public: "town"}
    rounds = []
    with town.running():
        halves = Halves({"url": town.server.url, "keys": public, "page": town.page}, pairs)
        try:
            began = CLOCK.monotonic()
            halves.ready()
            say(f"\n## {count} wards, sync_interval {flush} (all connected {CLOCK.monotonic() - began:.1f} s after they "
                f"were begun; {load()}; {flushes_a_second(folder):.0f} flushes of the disk a second)\n")  # fmt: skip
            connected_mb = megabytes(town.server.pid)
            if "urgent" in only:
                rounds = urgent(town, halves)
            if "clip" in only:
                if "urgent" not in only:
                    town.issue()
                clip(town, halves)
            if "outage" in only:
                outage(town, halves)
            server_mb = megabytes(town.server.pid)
            say(f"nats-server {connected_mb:.0f} MB with all connected, {server_mb:.0f} MB at the end; this process "
                f"with the hub {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB at most; {load()}")  # fmt: skip
        finally:
            halves.end()
    if rounds:
        compared(folder, town, count, rounds, server_mb, public, pairs)
    town.station.close()


def bare(town, pairs, public):
    """The same with wards that cost next to nothing: what hub and broker need by themselves."""
    town.forget_words()
    with town.running():
        halves = Halves({"url": town.server.url, "keys": public, "bare": True}, pairs)
        try:
            halves.ready()
            return urgent(town, halves), megabytes(town.server.pid)
        finally:
            halves.end()


def compared(folder, town, count, rounds, server_mb, public, pairs):
    """The table of the emergencies, with bare wards and over MQTT beside it."""
    rows = town.station.repos.store.rows("SELECT id, envelope FROM hub_issue ORDER BY sequence LIMIT ?", (ROUNDS + 1,))
    raw_of = [(one["id"], one["envelope"].encode()) for one in rows]
    light, light_mb = bare(town, pairs, public)
    theirs, mb = over_mqtt(folder, town, count, raw_of, public)
    say()
    names = (("nats", rounds, server_mb), ("nats, bare wards", light, light_mb), ("mosquitto", theirs, mb))
    grid(HEADS, [row(f"{name}, {count}", found, used) for name, found, used in names])
    last = [statistics.median(one.table[-1] for one in found) for found in (rounds, theirs)]
    say(f"\nmedian of the last in the hub's table: nats / mosquitto = {last[0] / last[1]:.2f}")


def main():
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--wards", default="100,1000,3000")
    reader.add_argument("--only", default="urgent,clip,outage,month")
    reader.add_argument("--flush", default="always", help="sync_interval of the broker, one or more, such as always,1s")
    reader.add_argument("--month-wards", type=int, default=1000)
    reader.add_argument("--days", type=int, default=30)
    told = reader.parse_args()
    only = set(told.only.split(","))
    logging.disable(logging.CRITICAL)
    many_files()
    for count in map(int, told.wards.split(",")):
        for flush in told.flush.split(",") if only - {"month"} else ():
            with tempfile.TemporaryDirectory() as name:
                reached(Path(name), count, flush, only)
    if "month" in only:
        with tempfile.TemporaryDirectory() as name:
            month(Path(name), told.month_wards, told.days)


if __name__ == "__main__":
    main()
