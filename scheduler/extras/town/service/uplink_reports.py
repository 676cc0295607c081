"""What a ward tells its town: where each issue stands, every row of the journal once, how the station is, where the log
of acts ends.

Everything becomes a row of the outbox first; the link carries rows and knows nothing else. What was not measured is not
told. Nothing here opens a connection.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rows.queue import AUDIT, JOURNAL, TownQueue, UpQueue, UpRow
from scheduler.extras.town.rules.envelope import AckState, UpKind
from scheduler.features import wanted
from scheduler.kernel.disk_reserve import free_bytes
from scheduler.kernel.errors import Refused, as_texts
from scheduler.services.repositories import Repositories
from scheduler.services.station.link_state import LinkState, link_state, release

__all__ = ["PROCESS", "TownUp"]

PROCESS = "link"
A_TURN = 200
"""Journal rows queued at once: a write stays short."""


class TownUp:
    def __init__(self, repos: Repositories, queue: TownQueue) -> None:
        self._repos = repos
        self.rows = queue

    @property
    def configured(self) -> bool:
        return bool(self._repos.config.get(TownConfig).url)

    # What is told

    def ack(
        self, issue_id: str, state: AckState, refused: Refused | None = None, *, played_ms: int | None = None
    ) -> None:
        """Where an issue stands here. `played_ms`: measured, None = nothing was."""
        body: dict[str, Any] = {"id": issue_id, "state": state.value}
        if refused is not None:
            details = as_texts(refused.details, 200)
            body |= {"reason": refused.reason, "details": details}
        if played_ms is not None:
            body["played_ms"] = played_ms
        self._queue(UpKind.ACK, body)

    def log(self, body: dict[str, Any]) -> None:
        """Something the town should know of and that is no issue's: an envelope that cannot be believed."""
        self._queue(UpKind.LOG, body)

    def queue_new(self) -> int:
        """Queue the journal rows that were written since the last time, each once; how many were new.

        The first time it only notes where the journal stands: what was before the link is not told.
        """
        cursor = self.rows.cursor(JOURNAL)
        if cursor is None:
            self.rows.begin()
            return 0
        rows = self.rows.journal_after(cursor, A_TURN)
        if not rows:
            return 0
        with self._repos.store.write():
            if self.rows.cursor(JOURNAL) != cursor:  # another process was quicker
                return 0
            for row in rows:
                self._queue(UpKind.ASRUN, {"id": self.rows.issue_of(row), "journal": row})
            self.rows.move(JOURNAL, rows[-1]["seq"])
        return len(rows)

    def queue_health(self) -> bool:
        """Queue how the station is now. While one still waits there is no second: only the newest would count."""
        with self._repos.store.write():
            if self.rows.waits(UpKind.HEALTH):
                return False
            told = self.health()
            self._queue(UpKind.HEALTH, told)
            self.rows.put(AUDIT, told["audit"]["seq"])
        return True

    def health(self) -> dict[str, Any]:
        """The station now, as measured: what playout does not report is absent, never made up."""
        repos = self._repos
        queue = self.rows.state()
        told: dict[str, Any] = {
            "name": repos.config.station.name,
            "version": release(),
            "audit": self.rows.audit_end(),
            "queue": {"waiting": queue.waiting, "oldest": queue.oldest.isoformat() if queue.oldest else None},
        }
        with suppress(OSError):
            told["disk_free_mb"] = free_bytes(repos.config.data) // 1_000_000
        beat = repos.jobs.heartbeat("playout")
        told["playout"] = beat is not None and beat.lives(repos.clock.now())
        if beat is not None and told["playout"]:
            state = beat.state
            told["playing"] = [_short(one, ("title", "zone", "trigger")) for one in state.get("airings", ())][:10]
            told["outputs"] = [_short(one, ("name", "kind", "state", "message")) for one in state.get("outputs", ())]
            told["clock_trusted"] = bool(state.get("clock_trusted"))
        for health in wanted(lambda one: one.health, repos.config, repos.store.has_row):
            told |= health(repos)
        return told

    def _queue(self, kind: UpKind, body: dict[str, Any]) -> None:
        self.rows.queue(self._repos.config.get(TownConfig).ward_id, kind, body, self._repos.clock.now())

    # For the link

    def outbox(self, limit: int) -> list[UpRow]:
        """What is owed, in order."""
        rows = self.rows.unsent(limit)
        self.rows.leaving(rows)
        return rows

    def sent(self, rows: Iterable[int]) -> None:
        """The stream has confirmed these."""
        self.rows.sent(rows, self._repos.clock.now())

    def forget(self) -> None:
        """Drop what went up more than thirty days ago; to be called about once a day."""
        self.rows.forget(self._repos.clock.now())

    def state(self) -> LinkState[UpQueue]:
        """How the line to the town stands."""
        if not self.configured:
            return LinkState(configured=False, queue=UpQueue())
        return link_state(self._repos, PROCESS, self.rows.state())


def _short(told: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: str(told[name])[:200] for name in names if told.get(name) is not None}
