"""What the red lane can do at this moment, in one sentence, as playout itself told the ring: never as it is wished.

It opens no database and makes no file.
"""

from datetime import datetime
from pathlib import Path

from scheduler.core.station.kept import PLAYOUT_SILENT_AFTER
from scheduler.core.words.wording import sentence
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.mapped_file import Fields
from scheduler.store.red_ring import NAME, RedRing

__all__ = ["lane_said"]


def lane_said(data: Path) -> str:
    """Whether an emergency could be aired now on the station of this data folder, and how it is ordered then."""
    state = _state_of_playout(data)
    red = state.get("red") or {}
    if not red or state.get("stopping"):
        return sentence("red_lane_off")
    if not red["has_air"]:
        return sentence("red_lane_elsewhere")
    if not red["ready"]:
        return sentence("red_lane_empty")
    if not any(one["counts"] and one["state"] == "open" for one in state["outputs"]):
        return sentence("red_lane_no_output")
    details = {"as_of": f"{datetime.fromisoformat(red['as_of']):%H:%M %d/%m/%Y}"} if red["as_of"] else {}
    return sentence("red_lane_serves", details | {"count": red["ready"]})


def _state_of_playout(data: Path) -> Fields:
    """What playout said of itself within the last seconds; empty = it does not run."""
    if not (data / NAME).is_file():
        return {}
    ring = RedRing.open(data)
    try:
        beat = ring.life("playout")
    finally:
        ring.close()
    if beat is None or abs(SystemClock().now() - datetime.fromisoformat(beat["at"])) > PLAYOUT_SILENT_AFTER:
        return {}
    state: Fields = beat["state"]
    return state
