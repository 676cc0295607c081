"""What extras do beside the worker's work, each in a thread that it starts itself.

Work that config.toml does not want begins when its table holds a row: until then its modules are not imported. It
decides nothing of what an extra does.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from scheduler.features import FEATURES, Beside, load

if TYPE_CHECKING:
    from scheduler.station import Station

__all__ = ["beside_worker", "leave_off"]

LOOK_EVERY = 2.0
"""Seconds between looks for the first row."""


@contextmanager
def beside_worker(station: "Station", stop: threading.Event) -> Iterator[None]:
    """Let every extra do its work while the body runs."""
    with ExitStack() as works:
        for one in (work for feature in FEATURES for work in feature.beside):
            if one.wanted(station.config) or (one.table and _has_row(station, one.table)):
                works.enter_context(load(one.work)(station, stop))
            elif one.table:
                works.enter_context(_from_the_first_row(station, stop, one))
        yield


@contextmanager
def _from_the_first_row(station: "Station", stop: threading.Event, one: Beside) -> Iterator[None]:
    ended = threading.Event()

    def run() -> None:
        while not (stop.is_set() or ended.is_set() or _has_row(station, one.table)):
            ended.wait(LOOK_EVERY)
        if not (stop.is_set() or ended.is_set()):
            with load(one.work)(station, stop):
                while not (stop.is_set() or ended.wait(LOOK_EVERY)):
                    pass

    thread = threading.Thread(target=run, name=f"until {one.table}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(10)


def leave_off(station: "Station") -> None:
    """End what extras had begun that are off by now."""
    config, store = station.config, station.repos.store
    for feature in FEATURES:
        for one in () if feature.name in config.extras_on else feature.left:
            if any(map(store.has_row, one.tables)):
                load(one.work)(store)


def _has_row(station: "Station", table: str) -> bool:
    try:
        return station.repos.store.has_row(table)
    except sqlite3.Error:  # it is asked again
        return False
