"""How long a wished time is judged: free, with flexible airings that give way, and refused, each with three other times.

    .venv/bin/python bench/judge_time.py [campaigns] [airings]

A ward with a year behind it, and so many running campaigns. Between two looks a heartbeat is
written, as playout does, so that rows are read anew; the planner that was made ready for the day stays.
"""

import statistics
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

from pages import fill
from running import config_in
from table import Figure, show

from scheduler.config import loading as configuration
from scheduler.core.model import CampaignState
from scheduler.core.planning.rules import parse_window
from scheduler.station import Station

PROMISE = 150.0
ROUNDS = 12
"""Looks of each kind."""
YEAR = 30_000
"""Rows of the journal of a year."""


def grow(station, campaigns, airings):
    """As many running campaigns as asked for, and a year of ended slots."""
    one = station.repos.programme.campaigns(CampaignState.ACTIVE)[0]
    now, windows = station.clock.now(), (parse_window("05:00-11:30"), parse_window("13:30-21:00"))
    with station.repos.store.write():
        for number in range(campaigns):
            grown = replace(
                one, id=0, title=f"Đợt {number}", base=airings, windows=windows, min_gap=timedelta(seconds=5)
            )
            station.repos.programme.add_campaign(grown, 1, now)
    station.services.campaigns.replan()
    return one.announcement_id


def looks(station, announcement_id, starts):
    services, lan = station.services.submissions, station.repos.people.by_login("lan")
    walls, cpus = [], []
    for start in starts:
        station.repos.jobs.beat("worker", 1, station.clock.now(), {"n": len(walls)})
        wall, cpu = perf_counter(), process_time()
        services.judge(lan, announcement_id, start)
        walls.append((perf_counter() - wall) * 1000)
        cpus.append((process_time() - cpu) * 1000)
    return statistics.median(walls), statistics.median(cpus)


def main():
    campaigns = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    airings = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    with tempfile.TemporaryDirectory() as folder:
        station = Station.open(configuration.load(config_in(Path(folder))[0]))
        station.prepare()
        fill(station, YEAR)
        said = grow(station, campaigns, airings)
        day = station.services.campaigns.days.ahead()[1]
        planned = station.repos.slots.of_day(day)
        middle = planned[len(planned) // 2 :]
        free = [slot.end + timedelta(seconds=6) for slot in middle[:ROUNDS]]
        held = [slot.start for slot in middle[:ROUNDS]]
        quiet = [slot.start.replace(hour=17, minute=number) for number, slot in enumerate(middle[:ROUNDS])]
        figures = []
        for name, starts in (("near others", free), ("on a flexible airing", held), ("in quiet hours", quiet)):
            wall, cpu = looks(station, said, starts)
            figures.append(Figure(f"{name} ({cpu:.0f} ms of processor)", wall, "ms", PROMISE))
        show(f"A wished time among {campaigns} campaigns × {airings}: {len(planned)} slots that day", figures)
        station.close()


if __name__ == "__main__":
    main()
