"""Playout's heartbeat: what sounds and how everything is, as measured, once a second in one row.

How far each airing has come is written to its airing on the way: that is the truth left if the power goes now.
"""

import os
from datetime import datetime
from typing import Any

from scheduler.core.model import milliseconds_of
from scheduler.core.output_share import to_row
from scheduler.desk import Parts
from scheduler.playout.amplifier import Amplifier
from scheduler.playout.engine import Engine
from scheduler.playout.in_hand import InHand


class Heartbeat:
    def __init__(self, parts: Parts, amplifier: Amplifier, in_hand: InHand) -> None:
        self._parts = parts
        self._amplifier = amplifier
        self._in_hand = in_hand

    def beat(
        self, engine: Engine, now: datetime, *, trusted: bool, stopping: bool, fault: dict[str, Any] | None = None
    ) -> None:
        """`fault`: what failed last in playout itself, as `TurnGuard` tells it."""
        airings, amplifier = self._airings(engine), self._amplifier.health()
        state: dict[str, Any] = {
            "airings": airings,
            "outputs": self._outputs(engine),
            "relay": self._in_hand.incoming.states(),
            "amplifier": {"state": str(amplifier.state), "message": amplifier.message},
            "clock_trusted": trusted,
            "clock_ahead": None if trusted else self._ahead(now),
            "stopping": stopping,
            "fault": fault or {"count": 0},
        }
        self._parts.jobs.beat("playout", os.getpid(), now, state)

    def _ahead(self, now: datetime) -> dict[str, Any] | None:
        """Why the clock is not trusted, where rows of a clock that ran ahead say so."""
        found = self._parts.journal.ahead(now)
        return {"rows": found.rows, "until": found.until.isoformat()} if found else None

    def _airings(self, engine: Engine) -> list[dict[str, Any]]:
        """What sounds, the one that goes first last."""
        told: list[dict[str, Any]] = []
        for sounding in engine.on_air():
            frames_ms = milliseconds_of(sounding.frames_accepted)
            played_ms = frames_ms if sounding.sounds else 0  # where no loudspeaker is, nothing is heard
            slot = self._in_hand.slot(sounding.slot_id)
            self._parts.slots.progress(sounding.slot_id, sounding.started_at, played_ms, sounding.shares)
            told.append(
                {
                    "slot_id": sounding.slot_id,
                    "title": self._in_hand.titles.get(sounding.slot_id, ""),
                    "trigger": slot.trigger.value if slot else "",
                    "zone": sounding.zone,
                    "started_at": sounding.started_at.isoformat(),
                    "played_ms": frames_ms,
                    "sounds": sounding.sounds,
                    "shares": to_row(sounding.shares),
                    "total_ms": milliseconds_of(sounding.frames_total),
                }
            )
        return told

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
            }
            for health in engine.health()
        ]
