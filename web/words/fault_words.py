"""The station's own faults, in words: what stands, for the bar of every page, and the last hundred with their cause.

Read from the log of faults, which no locked or damaged database hides. Where nobody has looked for a while, that is
told as a fault of its own: a page must not look well because its watch is gone.
"""

from dataclasses import dataclass
from datetime import datetime

from scheduler.core.station.station_faults import FaultRecord
from scheduler.core.words.wording import sentence
from scheduler.services import FaultsSeen
from web.auth import services
from web.formats import clock

__all__ = ["FaultTold", "fault_rows", "faults_told"]


@dataclass(frozen=True, slots=True)
class FaultTold:
    began: datetime
    ended: datetime | None
    told: str


def faults_told(seen: FaultsSeen) -> list[FaultTold]:
    """What stands, the newest first."""
    found = [_to_told(one) for one in reversed(seen.standing)]
    if (since := seen.silent_since) is not None:
        found.insert(0, FaultTold(since, None, sentence("fault_watch_silent", {"time": clock(since)})))
    return found


def fault_rows() -> list[FaultTold]:
    """All that are kept, the newest first."""
    return [_to_told(one) for one in services().faults.records()]


def _to_told(record: FaultRecord) -> FaultTold:
    details = dict(record.fault.details)
    if "why" in details:
        details["why"] = sentence(details["why"]).rstrip(".")
    return FaultTold(record.began, record.ended, sentence(record.fault.reason, details))
