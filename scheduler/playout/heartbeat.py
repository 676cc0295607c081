"""Playout's heartbeat: what sounds and how everything is, as measured; told to the ring from memory, and to a row.

How far each airing has come is written to its airing on the way: that is the truth left if the power goes now.
"""

import logging
import os
import sqlite3
from datetime import datetime
from typing import Any

from scheduler.core.air.output_share import to_row
from scheduler.core.model import milliseconds_of
from scheduler.kernel.database_faults import writes_nothing
from scheduler.kernel.errors import LoaError
from scheduler.playout.active_airings import ActiveAirings
from scheduler.playout.amplifier import Amplifier
from scheduler.playout.engine import Engine
from scheduler.playout.obeying import CardLook
from scheduler.playout.programme import OnAir
from scheduler.playout.red_lane import RedLane
from scheduler.playout.turn_guard import TurnGuard
from scheduler.services import Repositories

__all__ = ["Heartbeat"]

log = logging.getLogger(__name__)

WARN_EVERY = 600.0
"""Seconds between two lines of the log about rows that are not taken."""
SILENT_AFTER = 5.0
"""Seconds of rows not taken that are worth such a line: one that meets another writer waits for no lock, and is written
with the next beat.
"""


class Heartbeat:
    def __init__(
        self,
        repos: Repositories,
        amplifier: Amplifier,
        in_hand: ActiveAirings,
        guard: TurnGuard,
        lane: RedLane,
        card: CardLook,
    ) -> None:
        """`guard`: what failed last in playout itself."""
        self._repos = repos
        self._amplifier = amplifier
        self._in_hand = in_hand
        self._guard, self._lane, self._card = guard, lane, card
        self._warned = float("-inf")
        self._missed_at: float | None = None
        self._clock_ahead: dict[str, Any] | None = None

    def state(self, engine: Engine, *, trusted: bool, stopping: bool) -> dict[str, Any]:
        """All of it, from memory: any thread may ask."""
        return self._state(engine, engine.on_air(), trusted=trusted, stopping=stopping)

    def _state(self, engine: Engine, on_air: tuple[OnAir, ...], *, trusted: bool, stopping: bool) -> dict[str, Any]:
        amplifier = self._amplifier.health()
        return {
            "airings": [self._describe_airing(one) for one in on_air],
            "outputs": self._outputs(engine),
            "lead": engine.lead,
            "relay": self._in_hand.incoming.states(),
            "amplifier": {"state": str(amplifier.state), "message": amplifier.message},
            "clock_trusted": trusted,
            "clock_ahead": None if trusted else self._clock_ahead,
            "stopping": stopping,
            "fault": self._guard.told(),
            "red": self._lane.told(),
            "card_look": self._card.last,
        }

    def beat(self, engine: Engine, now: datetime, *, trusted: bool, stopping: bool) -> None:
        """As rows. What the ring knows already waits for no lock, and a full disk must not stop the sound."""
        try:
            with self._repos.store.hurried():
                self._clock_ahead = None if trusted else self._ahead(now)
                on_air = engine.on_air()
                state = self._state(engine, on_air, trusted=trusted, stopping=stopping)
                self._repos.jobs.beat("playout", os.getpid(), now, state)
                for sounding in on_air:
                    self._repos.slots.progress(
                        sounding.slot_id, sounding.started_at, _heard_ms(sounding), sounding.shares
                    )
        except (LoaError, sqlite3.Error) as error:
            if not isinstance(error, LoaError) and not writes_nothing(error):
                raise
            self._missed(error)
        else:
            self._missed_at = None

    def _missed(self, error: Exception) -> None:
        """Say that no row has been taken for a while."""
        mono = self._guard.clock.monotonic()
        if self._missed_at is None:
            self._missed_at = mono
        if mono - self._missed_at >= SILENT_AFTER and mono - self._warned >= WARN_EVERY:
            self._warned = mono
            log.error("heartbeat not written: %s", error)

    def _ahead(self, now: datetime) -> dict[str, Any] | None:
        """Why the clock is not trusted, where rows of a clock that ran ahead say so."""
        found = self._repos.journal.ahead(now)
        return {"rows": found.rows, "until": found.until.isoformat()} if found else None

    def _describe_airing(self, sounding: OnAir) -> dict[str, Any]:
        """One that sounds; the one that goes first is last."""
        slot = self._in_hand.slot(sounding.slot_id)
        return {
            "slot_id": sounding.slot_id,
            "title": self._in_hand.titles.get(sounding.slot_id, ""),
            "trigger": slot.trigger.value if slot else "",
            "zone": sounding.zone,
            "started_at": sounding.started_at.isoformat(),
            "played_ms": milliseconds_of(sounding.frames_accepted),
            "sounds": sounding.sounds,
            "shares": to_row(sounding.shares),
            "total_ms": 0 if sounding.awaits_words else milliseconds_of(sounding.frames_total),
        }

    @staticmethod
    def _outputs(engine: Engine) -> list[dict[str, Any]]:
        return [
            {
                "name": health.name,
                "kind": health.kind,
                "state": str(health.state),
                "message": health.message,
                "device": health.device,
                "dropped": health.dropped,
                "level_dbfs": health.level_dbfs,
                "counts": health.counts,
                "lost_at": health.lost_at.isoformat() if health.lost_at else None,
                "lost": health.lost[:200],
                "unheard": health.unheard,
            }
            for health in engine.health()
        ]


def _heard_ms(sounding: OnAir) -> int:
    """Where no loudspeaker is, nothing is heard."""
    return milliseconds_of(sounding.frames_accepted) if sounding.sounds else 0
