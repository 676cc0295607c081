"""The playout process: take its lock, ask for priority, turn the service's loop until told to stop.

It decides nothing about sound; a fault of one turn is logged and must never end the loop.
"""

import logging
import os
import threading
from collections.abc import Callable
from datetime import timedelta

from filelock import FileLock, Timeout

from scheduler.config.loading import Config
from scheduler.core.stops import WhyEnded
from scheduler.core.words.wording import sentence
from scheduler.kernel.causes import reason_of
from scheduler.kernel.errors import StationBusyError
from scheduler.playout.outputs.soundcard import find_soundcard
from scheduler.playout.service import Playout

log = logging.getLogger(__name__)

TURN, REST = 0.05, 0.1
"""Seconds between turns with something in hand, and with nothing: a command is taken within a tenth of one."""
PRIORITY = 20
LET_GO_WITHIN = 5.0
"""Seconds that a playout which is just ending may still hold the lock."""
START_AGAIN = 1.0
"""Seconds between two tries to start on a machine that is short of something."""
LOOK_FOR_CARD = 30.0
"""Seconds between looks for a sound card that was not there."""
QUIET_MOMENT = timedelta(seconds=30)
"""How long nothing must be due for a new start to be harmless."""


def run_playout(
    service: Playout, config: Config, stop: threading.Event, orphaned: Callable[[], bool] = lambda: False
) -> None:
    """One playout a station: raises StationBusyError when another one has the data folder.

    `orphaned`: whether `stop` is set because the supervisor is gone.
    """
    held = FileLock(config.data / "playout.lock")
    if not _taken(held, config, stop):
        return
    why = ""
    try:
        ask_for_priority()
        service.engine.start()
        service.listen()
        if not _has_air(service, stop):
            return
        _serve(service, config, stop)
    except Exception:
        why = WhyEnded.DIED  # nobody has stopped it: what it cut is owed
        raise
    finally:
        service.stop(WhyEnded.SUPERVISOR if orphaned() else why)
        held.release()


def _taken(held: FileLock, config: Config, stop: threading.Event) -> bool:
    """Take the lock; where the machine has no descriptor or memory for it, say so and try again until told to stop."""
    told = ""
    while True:
        try:
            held.acquire(timeout=LET_GO_WITHIN)
        except Timeout as error:
            raise StationBusyError(f"another playout runs on {config.data}") from error
        except (OSError, MemoryError) as error:
            if told != (told := sentence(reason_of(error))):
                log.error("playout cannot start yet: %s (%s)", told, error)  # noqa: TRY400 - the sentence says it all
            if stop.wait(START_AGAIN):
                return False
        else:
            return True


def _serve(service: Playout, config: Config, stop: threading.Event) -> None:
    """Turn the loop until it is told to stop, or another machine may have the air."""
    try:
        service.start()
        service.alarms.start()
        waiting = _WaitingForCard(service, config)
        while not stop.is_set() and service.has_air(0.0) and not waiting.over():
            turned(service)
            stop.wait(REST if service.rests else TURN)
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
        """Whether to end: looked for now and then, and at once when a person asks, who is told what was found."""
        mono = self._service.clock.monotonic()
        if not self._service.card.is_asked and (not self._devices or mono < self._look_at):
            return False
        if not self._service.quiet_for(QUIET_MOMENT):
            self._tell("busy")
            return False
        self._look_at = mono + LOOK_FOR_CARD
        found = next((card for device in self._devices if (card := find_soundcard(device))), None)
        self._tell("found" if found else "none" if self._devices else "fixed")
        if found:
            log.warning("a sound card has appeared (%s): starting again with it", found)
        return found is not None

    def _tell(self, what: str) -> None:
        if self._service.card.is_asked:
            self._service.card.tell(self._service.clock.now(), what)


def turned(service: Playout) -> bool:
    """One turn; whether nothing failed in it. A fault (a full disk, a locked database) ends its own part alone."""
    before = service.guard.count
    with service.guard.part("turn"):
        service.step()
    return service.guard.count == before


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
