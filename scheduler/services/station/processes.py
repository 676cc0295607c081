"""What the processes of the station last said of themselves, and whether they are alive.

A word is a heartbeat: in the ring, which takes it whatever the database does, and as a row. It judges nobody.
"""

import os
from typing import Any

from scheduler.core.station.kept import Heartbeat
from scheduler.services.repositories import Repositories

__all__ = ["ProcessService"]


class ProcessService:
    def __init__(self, repos: Repositories) -> None:
        self._jobs, self._clock = repos.jobs, repos.clock

    def heartbeat(self, process: str) -> Heartbeat | None:
        """The last word of a process; None = it has never said one."""
        return self._jobs.heartbeat(process)

    def beat(self, process: str, state: dict[str, Any]) -> None:
        """The calling process, called `process`, lives. Raises Refused where the database takes no row."""
        self._jobs.beat(process, os.getpid(), self._clock.now(), state)

    @property
    def has_ring(self) -> bool:
        """Whether processes say that they live somewhere else than in rows."""
        return self._jobs.has_ring
