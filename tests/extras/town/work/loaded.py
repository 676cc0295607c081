"""What a process of a station without a town has loaded: a module of its own, for who asks it has the client himself."""

import importlib
import sys
from pathlib import Path

from scheduler.config import loading as configuration
from scheduler.extras.town.service.town import TownService
from scheduler.station import Station

ALL_PROCESSES = ("scheduler.playout.process", "scheduler.playout.engine", "web", "scheduler.worker")
SUPERVISOR = ("scheduler.station_extras", "scheduler.commands.air", "scheduler.cli")


def no_client(path: Path) -> None:
    """All that playout, the page, the worker and their supervisor are made of, in one process: no broker's client."""
    for name in (*ALL_PROCESSES, *SUPERVISOR):
        importlib.import_module(name)
    assert sys.modules["web"].create_app
    station = Station.open(configuration.load(path))
    station.prepare()
    station.services.get(TownService).up.state()
    station.services.get(TownService).up.rows.state()
    assert {"nats", "paho"} & set(sys.modules) == set()
