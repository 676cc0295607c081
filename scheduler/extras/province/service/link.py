"""The link to the province: what goes up, and how the link stands.

Airings are queued from the journal, each once, from the day the link was set up; the status of the outputs is made
fresh from what playout reports and never queued. Nothing here opens a connection.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scheduler.extras.province.keys import ProvinceConfig
from scheduler.extras.province.rows import Outbox, Queue
from scheduler.extras.province.rules.link import clusters_of
from scheduler.extras.province.rules.uplink import Sender, play_logs, statuses
from scheduler.services.repositories import Repositories
from scheduler.services.station.link_state import LinkState, link_state, release
from scheduler.store import instant_or_none

PROCESS = "province"
A_TURN = 200
"""Journal rows queued at once: a write stays short."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Items of the province's list that nobody can take: no object, no number, or such that the software fails."""

    listed: int = 0
    """How many of the list that was read last."""
    reason: str = ""
    """Why the last one was not taken, whichever list it stood in; empty = there was none."""
    details: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None

    @property
    def told(self) -> dict[str, object]:
        """For the heartbeat."""
        at = self.at.isoformat() if self.at else ""
        return {"listed": self.listed, "reason": self.reason, "details": dict(self.details), "at": at}


class ProvinceLinkService:
    def __init__(self, repos: Repositories, rows: Outbox) -> None:
        self._repos = repos
        self.rows = rows

    @property
    def configured(self) -> bool:
        return bool(self._repos.config.get(ProvinceConfig).url)

    def sender(self) -> Sender:
        told = self._repos.config.get(ProvinceConfig)
        return Sender(
            source_id=told.source_id,
            source_name=told.source_name,
            target_id=told.target_id,
            target_name=told.target_name,
            vendor_id=told.vendor_id,
            vendor_name=told.vendor_name,
            clusters=clusters_of(told.clusters),
        )

    def queue_new(self) -> int:
        """Queue the logs of airings that have ended since the last time; how many were new."""
        cursor = self.rows.cursor()
        if cursor is None:
            self.rows.begin()
            return 0
        heard, last = self.rows.heard_after(cursor, A_TURN)
        if last == cursor:
            return 0
        sender = self.sender()
        logs = [(aired.seq, key, body) for aired in heard for key, body in play_logs(aired, sender)]
        return self.rows.queue_logs(logs, last, self._repos.clock.now())

    def statuses(self) -> list[dict[str, object]]:
        """The status of every output now; where playout does not answer, only that the output exists."""
        config = self._repos.config
        beat = self._repos.jobs.heartbeat("playout")
        alive = beat is not None and beat.lives(self._repos.clock.now())
        told = {one["name"]: one for one in beat.state.get("outputs", ())} if beat is not None and alive else {}
        outputs: list[dict[str, Any]] = [
            {"name": output.name, "kind": output.kind, "zones": output.zones} | told.get(output.name, {})
            for output in config.outputs
        ]
        airings = beat.state.get("airings", []) if beat is not None and alive else []
        return statuses(outputs, airings, self.sender(), release())

    def not_taken(self) -> NotTaken:
        """What of the province's list was not taken, as the process last reported it."""
        beat = self._repos.jobs.heartbeat(PROCESS)
        told = beat.state.get("not_taken", {}) if beat else {}
        at = instant_or_none(told.get("at"))
        return NotTaken(int(told.get("listed", 0)), told.get("reason", ""), told.get("details", {}), at)

    def state(self) -> LinkState[Queue]:
        """How the line to the province stands."""
        if not self.configured:
            return LinkState(configured=False, queue=Queue(0, 0, 0, None))
        return link_state(self._repos, PROCESS, self.rows.queue())
