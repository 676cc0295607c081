"""The station's own faults, in words: what stands, for the bar of every page, and the last hundred with their cause.

Read from the log of faults, which no locked or damaged database hides. Where nobody has looked for a while, that is
told as a fault of its own: a page must not look well because its watch is gone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.core.station.station_faults import FaultRecord
from scheduler.core.words.wording import sentence
from web.auth import services, station
from web.formats import clock

__all__ = ["FaultTold", "fault_rows", "faults_told"]

WATCH_SILENT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class FaultTold:
    began: datetime
    ended: datetime | None
    told: str


def faults_told() -> list[FaultTold]:
    """What stands now, the newest first."""
    now = station().clock.now()
    found = [_to_told(one) for one in reversed(services().faults.standing())]
    at, ended = services().faults.looked()
    if at is not None and not ended and now - at > WATCH_SILENT:
        found.insert(0, FaultTold(at, None, sentence("fault_watch_silent", {"time": clock(at)})))
    return found


def fault_rows() -> list[FaultTold]:
    """All that are kept, the newest first."""
    return [_to_told(one) for one in services().faults.records()]


def _to_told(record: FaultRecord) -> FaultTold:
    details = dict(record.fault.details)
    if "why" in details:
        details["why"] = sentence(details["why"]).rstrip(".")
    return FaultTold(record.began, record.ended, sentence(record.fault.reason, details))
