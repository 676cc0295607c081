"""How long an officer waits for an act that changes the plan: where playout plans behind it, and where the act has to.

    .venv/bin/python bench/acts.py [rounds]

A ward with nine running campaigns of six airings a day. Both ways take turns on the same station, so that what else the
machine does meets both alike. The plan that playout makes is timed beside them.
"""

import os
import statistics
import sys
import tempfile
from dataclasses import replace
from time import perf_counter

from pages import fill
from running import config_in
from table import Figure, show

from scheduler.config import loading as configuration
from scheduler.core.model import CampaignState
from scheduler.station import Station

PROMISE = 100.0
LEAST = 20
STATE = {"airings": [], "clock_trusted": True}


def timed(act):
    begun = perf_counter()
    act()
    return (perf_counter() - begun) * 1000


class Services:
    def __init__(self, station):
        self.station, self.campaigns = station, station.services.campaigns
        self.lan = station.repos.people.by_login("lan")
        self.one = station.repos.programme.campaigns(CampaignState.ACTIVE)[0]

    def playout(self, *, plans):
        """What playout says of itself: that it plans, or that it ends."""
        now = self.station.clock.now()
        self.station.repos.jobs.beat("playout", os.getpid(), now, STATE | {"stopping": not plans})

    def pause(self, _):
        self.campaigns.pause(self.lan, self.one.id)

    def resume(self, _):
        self.campaigns.resume(self.lan, self.one.id)

    def save(self, number):
        self.campaigns.save(self.lan, replace(self.one, base=5 + number % 2))


ACTS = ("pause", "resume", "save")


def main():
    rounds = max(int(sys.argv[1]) if len(sys.argv) > 1 else 60, LEAST)
    took = {}
    with tempfile.TemporaryDirectory() as folder:
        station = Station.open(configuration.load(config_in(folder)[0]))
        station.prepare()
        fill(station, 1000)
        services = Services(station)
        for number in range(rounds):
            for plans in (True, False) if number % 2 else (False, True):
                for name in ACTS:
                    services.playout(plans=plans)
                    act = getattr(services, name)
                    took.setdefault(plans, []).append(timed(lambda act=act, number=number: act(number)))
                    if plans:
                        took.setdefault("plan", []).append(timed(services.campaigns.replan))
        station.close()
    names = {False: "an act that plans itself", True: "an act that playout plans behind", "plan": "the plan behind it"}
    figures = []
    for which, name in names.items():
        found = sorted(took[which])
        promise = PROMISE if which is True else None
        figures.append(Figure(f"{name}, median", statistics.median(found), "ms", promise))
        figures.append(Figure(f"{name}, p95", found[int(len(found) * 0.95)], "ms", promise))
    show(f"{rounds} rounds of {', '.join(ACTS)}", figures)


if __name__ == "__main__":
    main()
