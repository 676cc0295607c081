"""The red lane's own thread: it looks, whatever the service is about, and sleeps at the bell while no order stands.

What is found is the lane's; no fault of one look ends the looks.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from scheduler.kernel.clock import Clock
from scheduler.store.red_ring import RedRing

__all__ = ["LOOK_EVERY", "RedWatch"]

log = logging.getLogger(__name__)

LOOK_EVERY = 0.02
"""Seconds between looks while an order is in hand."""
RESTS = 0.25
"""The same while there is none: the bell wakes it."""


class RedWatch:
    def __init__(self, ring: RedRing, clock: Clock, look: Callable[[datetime], bytes | None]) -> None:
        """`look`: one look; the bell at which nothing was in hand, None = it is to come again soon."""
        self._ring, self._clock, self._look = ring, clock, look
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="red lane", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No more looks; one that hangs is left behind after a second."""
        self._ending.set()
        self._ring.wake()
        if self._thread is not None:
            self._thread.join(1.0)

    def _run(self) -> None:
        failed, quiet = False, None
        while self._rested(quiet):
            try:
                quiet = self._look(self._clock.now())
                failed = False
            except Exception:  # the last way to be heard must not end with one fault
                if not failed:
                    log.exception("a look of the red lane failed")
                failed, quiet = True, None

    def _rested(self, quiet: bytes | None) -> bool:
        """Wait for the next look; False = there is none."""
        if quiet is None:
            return not self._ending.wait(LOOK_EVERY)
        if not self._ending.is_set():
            self._ring.wait(quiet, RESTS)
        return not self._ending.is_set()
