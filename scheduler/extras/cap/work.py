"""An alert in CAP is handed in and, where the ward's rule says so, aired; what its process has left is seen through.

`tending` runs beside the worker's other work. It decides nothing: the inbox does, and playout's gate has the last word.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scheduler.core.model import Person
from scheduler.extras.cap.rules.kept import CapRow
from scheduler.extras.cap.service.alerts import CapService
from scheduler.extras.inbox.rules import State, Way
from scheduler.extras.inbox.service.pipeline import BROKEN
from scheduler.extras.inbox.work import air_by_rule
from scheduler.kernel.errors import LoaError

if TYPE_CHECKING:
    from scheduler.station import Station

__all__ = ["take_in", "tend", "tending"]

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
"""Seconds between looks for alerts whose own process has left them."""


def take_in(station: "Station", actor: Person, data: bytes) -> tuple[CapRow, bool]:
    """Take one file in and, where the ward's rule says so, air it (its row, whether it is new). Raises Refused."""
    service = station.services.get(CapService)
    row, fresh = service.receive(actor, data)
    if row.state == State.PREPARING and row.way == Way.AIR:
        _air_all(station)
        row = service.rows.get(row.id)
    return row, fresh


def _air_all(station: "Station") -> None:
    inbox = station.services.get(CapService).inbox
    for row in inbox.to_air():
        air_by_rule(station, inbox, row)


@contextmanager
def tending(station: "Station", stop: threading.Event) -> Iterator[None]:
    """See alerts through in a thread of its own, as long as this lasts."""
    ended = threading.Event()

    def run() -> None:
        while not (stop.is_set() or ended.is_set()):
            tend(station)
            ended.wait(LOOK_EVERY)

    worker = threading.Thread(target=run, name="cap", daemon=True)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join(10)


def tend(station: "Station") -> None:
    """One look: what is on its way goes a step on. No fault of an alert stops the next look."""
    try:
        station.services.get(CapService).adapter.tend_all()
        _air_all(station)
    except (LoaError, OSError, sqlite3.Error, *BROKEN):
        log.exception("the alerts are looked at again in a while")
