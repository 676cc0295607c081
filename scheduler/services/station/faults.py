"""The faults of the station for whoever shows them: what stands, what was, and who looked last.

The supervisor finds and writes them (`fault_watch`); here they are read, whatever the database does.
"""

from datetime import datetime

from scheduler.core.station.station_faults import FaultRecord
from scheduler.services.repositories import Repositories

__all__ = ["FaultService"]


class FaultService:
    def __init__(self, parts: Repositories) -> None:
        self._log = parts.faults

    def records(self) -> list[FaultRecord]:
        """All that are kept, the newest first."""
        return self._log.records()

    def standing(self) -> list[FaultRecord]:
        """Those that stand, the oldest first."""
        return self._log.standing()

    def looked(self) -> tuple[datetime | None, bool]:
        """When somebody looked for faults last, and whether that was the last look before an orderly end."""
        return self._log.looked()
