"""The playout process: take its lock, ask for priority, turn the service's loop until told to stop.

It decides nothing about sound; a fault of one turn is logged and must never end the loop.
"""

import logging
import os
import threading
from datetime import timedelta

from filelock import FileLock, Timeout

from scheduler.config import Config
from scheduler.errors import StationBusyError
from scheduler.playout.outputs.soundcard import find_soundcard
from scheduler.playout.service import Playout

log = logging.getLogger(__name__)

TURN = 0.05
"""Seconds between turns: an officer's command is taken within a tenth of a second."""
AFTER_FAULT = 1.0
"""Seconds after a turn that failed: a full disk stays full for a while, and its log should not fill it more."""
PRIORITY = 20
LET_GO_WITHIN = 5.0
"""Seconds that a playout which is just ending may still hold the lock."""
LOOK_FOR_CARD = 30.0
"""Seconds between looks for a sound card that was not there."""
QUIET_MOMENT = timedelta(seconds=30)
"""How long nothing must be due for a new start to be harmless."""


def run_playout(service: Playout, config: Config, stop: threading.Event) -> None:
    """One playout a station: raises StationBusyError when another one has the data folder."""
    held = FileLock(config.data / "playout.lock")
    try:
        held.acquire(timeout=LET_GO_WITHIN)
    except Timeout as error:
        raise StationBusyError(f"another playout runs on {config.data}") from error
    try:
        ask_for_priority()
        service.engine.start()
        if not _has_air(service, stop):
            return
        _serve(service, config, stop)
    finally:
        service.stop()
        held.release()


def _serve(service: Playout, config: Config, stop: threading.Event) -> None:
    """Turn the loop until it is told to stop, or another machine may have the air."""
    try:
        service.start()
        service.alarms.start()
        waiting = _WaitingForCard(service, config)
        while not stop.is_set() and service.has_air(0.0) and not waiting.over():
            stop.wait(TURN if turned(service) else AFTER_FAULT)
    finally:
        service.alarms.stop()


def _has_air(service: Playout, stop: threading.Event) -> bool:
    """Wait, warm and silent, until this machine has the air; False when it is told to stop before."""
    while not service.has_air(0.0):
        service.stand_by()
        if stop.wait(TURN):
            return False
    return True


class _WaitingForCard:
    """An `auto` output without a sound card records to files; when a card appears (a sound server that came up later
    than we did, a cable plugged in), the process ends in a quiet moment and the supervisor starts it with the card.
    """

    def __init__(self, service: Playout, config: Config) -> None:
        kinds = {health.name: health.kind for health in service.engine.health()}
        autos = [output for output in config.outputs if output.kind == "auto"]
        self._devices = [output.device for output in autos if kinds.get(output.name) != "soundcard"]
        self._service = service
        self._look_at = service.clock.monotonic() + LOOK_FOR_CARD

    def over(self) -> bool:
        mono = self._service.clock.monotonic()
        if not self._devices or mono < self._look_at or not self._service.quiet_for(QUIET_MOMENT):
            return False
        self._look_at = mono + LOOK_FOR_CARD
        found = next((card for device in self._devices if (card := find_soundcard(device))), None)
        if found:
            log.warning("a sound card has appeared (%s): starting again with it", found)
        return found is not None


def turned(service: Playout) -> bool:
    """One turn; a fault in it (a full disk, a locked database) is logged, and the next turn tries again."""
    try:
        service.step()
    except Exception:  # the edge of the process: sound that is under way goes on whatever a row says
        log.exception("a turn of the playout loop failed")
        return False
    return True


def ask_for_priority() -> None:
    """SCHED_FIFO, else a better nice value; neither is needed, both help on a busy machine."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
        log.info("real-time priority granted")
    except (AttributeError, OSError):
        try:
            os.nice(-10)
            log.info("priority raised")
        except OSError:
            log.info("no higher priority granted")
