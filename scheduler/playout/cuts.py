"""Arming and cutting in one step: what was cut before its sound was armed never sounds.

The service may wait for the database between deciding that a slot has the air and arming it. An emergency or a stop of
the red lane that comes meanwhile cuts what the engine does not know yet; here it is kept until it does.
"""

import threading
from datetime import datetime, timedelta

from scheduler.playout.engine import Engine
from scheduler.playout.programme import Programme

__all__ = ["Cuts"]

_NEVER = timedelta(hours=1)
"""How far ahead something is armed that is cut in the same breath."""


class Cuts:
    """Cuts of slots that are not armed yet. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._early: dict[str, str] = {}

    def cut(self, engine: Engine, slot_id: str, reason: str) -> bool:
        """Fade it out, or keep it from sounding (False: the engine does not know it yet)."""
        with self._lock:
            if engine.cut(slot_id, reason):
                return True
            self._early[slot_id] = reason
            return False

    def arm(self, engine: Engine, programme: Programme, start: datetime) -> None:
        """Arm it; one that was cut before ends at once, as one that was cut in time."""
        with self._lock:
            reason = self._early.pop(programme.slot_id, None)
            engine.arm(programme, start if reason is None else start + _NEVER)
            if reason is not None:
                engine.cut(programme.slot_id, reason)

    def forget(self, slot_id: str) -> None:
        """Its attempt is over: a cut that came too late says nothing of the next one."""
        with self._lock:
            self._early.pop(slot_id, None)
