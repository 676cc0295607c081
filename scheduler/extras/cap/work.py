"""An alert in CAP goes on the air: its words, in a voice of this machine, at once; by rule or by a person's order.

What cannot be aired goes to a person with the reason. `tending` sees alerts through whose process has died, beside the
worker's other work. It decides nothing: the desk does, and playout's gate has the last word.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scheduler.core.announcement.clips import StoredClip
from scheduler.core.model import Person
from scheduler.extras.cap.rows import CapRow
from scheduler.extras.cap.service.alerts import CapService
from scheduler.kernel.errors import LoaError, Refused

if TYPE_CHECKING:
    from scheduler.station import Station

__all__ = ["air_by_order", "air_by_rule", "take_in", "tending"]

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
"""Seconds between looks for alerts whose own process has left them."""
_BROKEN = (ArithmeticError, LookupError, TypeError, ValueError)
"""What a value nobody has thought of may raise: a person must hear of it, whatever it was."""


def take_in(station: "Station", actor: Person, data: bytes) -> tuple[CapRow, bool]:
    """Take one file in and, where the ward's rule says so, air it (its row, whether it is new). Raises Refused."""
    row, fresh = station.services.get(CapService).receive(actor, data)
    if row.state == "preparing" and row.way == "air":
        air_all(station)
        row = station.services.get(CapService).rows.get(row.id)
    return row, fresh


def air_all(station: "Station") -> list[str]:
    """Air whatever is to be aired by rule now (the slots' ids)."""
    return [
        slot_id
        for row in station.services.get(CapService).to_air()
        if (slot_id := air_by_rule(station, row)) is not None
    ]


def air_by_rule(station: "Station", row: CapRow) -> str | None:
    """Air one row of `CapService.to_air` (its slot's id); None = somebody else has, or a person has it now."""
    service = station.services.get(CapService)
    source = station.parts.people.get(row.source_id)
    try:
        clip = _spoken(station, source, row)
        row = service.rows.get(row.id)
        if row.state != "preparing":  # while a voice spoke, somebody else has decided
            return None
        slot_id = service.order(source, row, clip)
    except LoaError as error:
        if isinstance(error, Refused) and error.reason == "cap_decided":
            return None
        log.error("alert %s is not aired: %s", row.identifier, error)  # noqa: TRY400 - a sentence
        _give_back(station, row, error if isinstance(error, Refused) else Refused("no_voice", why=str(error)))
        return None
    except _BROKEN:
        log.exception("alert %s is not aired", row.identifier)
        _give_back(station, row, Refused("job_failed"))
        return None
    log.warning("alert %s of %s is on its way: slot %s", row.identifier, source.name, slot_id)
    return slot_id


def _give_back(station: "Station", row: CapRow, refused: Refused) -> None:
    seen = station.services.get(CapService).rows.get(row.id)
    if seen.state == "preparing":
        station.services.get(CapService).work.give_back(seen, refused)


def air_by_order(station: "Station", actor: Person, alert_id: int, *, prove: Callable[[], None] | None = None) -> str:
    """Air an alert now, over everything (its slot's id). `prove` asks who it is. Raises Refused."""
    service = station.services.get(CapService)
    clip = _spoken(station, actor, service.airable(actor, alert_id))
    return service.order(actor, service.airable(actor, alert_id), clip, prove=prove)


def _spoken(station: "Station", actor: Person, row: CapRow) -> StoredClip:
    return station.speak_now(
        actor, row.title, station.services.get(CapService).said(row), limit=station.config.speech.max_chars
    )


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
        station.services.get(CapService).work.tend()
        air_all(station)
    except (LoaError, OSError, sqlite3.Error, *_BROKEN):
        log.exception("the alerts are looked at again in a while")
