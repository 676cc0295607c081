"""The air at the desk: what sounds now (as playout measured it), "phát ngay", stop.

The desk never makes noise: it writes a slot or a command, playout takes it within a tenth of a second, and the gate
there has the last word.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduler.core import gate, rules
from scheduler.core.day_air import SOUNDLESS
from scheduler.core.model import DEFAULT_ZONE, AnnouncementState, CampaignState, Person, Priority, Sha256, Slot, Trigger
from scheduler.core.rundown import length
from scheduler.core.sessions import session_airtime, session_of, session_stretches
from scheduler.desk.campaigns import CampaignDesk
from scheduler.desk.parts import Parts, permit
from scheduler.errors import Refused

SILENT_AFTER = timedelta(seconds=5)
"""A heartbeat older than this means that nobody knows what sounds ("mất liên lạc bộ phát")."""


@dataclass(frozen=True, slots=True)
class OnAir:
    """What playout reports. `alive` False: its last word is too old to be believed."""

    alive: bool
    at: datetime | None
    airing: dict[str, Any] | None
    """slot_id, title, started_at, played_ms, total_ms; None = silence."""
    outputs: list[dict[str, Any]]
    """name, kind, state, message."""
    clock_trusted: bool


class AirDesk:
    def __init__(self, parts: Parts, campaigns: CampaignDesk) -> None:
        self._parts = parts
        self._campaigns = campaigns

    def on_air(self) -> OnAir:
        beat = self._parts.jobs.heartbeat("playout")
        if beat is None:
            return OnAir(alive=False, at=None, airing=None, outputs=[], clock_trusted=False)
        alive = abs(self._parts.clock.now() - beat.at) <= SILENT_AFTER
        state = beat.state
        return OnAir(
            alive=alive,
            at=beat.at,
            airing=state.get("airing") if alive else None,
            outputs=state.get("outputs", []),
            clock_trusted=bool(state.get("clock_trusted")),
        )

    def play_now(self, actor: Person, announcement_id: int, *, chime: bool = True, repeat: int = 1) -> str:
        """Air an approved announcement as soon as may be (its slot's id). Raises Refused with the gate's reason."""
        permit(actor, "play_now")
        parts, now = self._parts, self._parts.clock.now()
        seen = parts.programme.announcement(announcement_id)
        if seen.state is not AnnouncementState.APPROVED or seen.audio_sha256 is None:
            raise Refused("unapproved", title=seen.title)
        clip = parts.programme.clip(seen.audio_sha256)
        if clip.retired_at:
            raise Refused("audio_retired", title=clip.title)
        items = self._campaigns.airing_items(clip.frames, chime=chime, repeat=repeat)
        day = rules.local_day(now, parts.config.station.time_zone)
        slot = Slot(
            id=f"{day:%Y%m%d}-n{seen.id}-{secrets.token_hex(4)}",
            day=day,
            zone=DEFAULT_ZONE,
            start=now,
            length=length(items),
            campaign_id=None,
            announcement_id=seen.id,
            audio_sha256=Sha256(seen.audio_sha256),
            chime=chime,
            repeat=repeat,
            priority=Priority.PRIORITY,
            trigger=Trigger.MANUAL,
        )
        # Say no at once where playout's gate would; whether the clock is to be trusted, playout will know.
        _, verdict = self.ask_gate(slot, seen.approved_sha256, now, clock_trusted=True, ordered_by_right=False)
        if not verdict.allowed:
            raise Refused(verdict.reason, **verdict.details)
        with parts.store.write():
            if self._waiting(announcement_id):
                raise Refused("already_on_air", title=seen.title)
            parts.slots.add(slot, actor.id, now)
        self._campaigns.replan()
        return slot.id

    def stop(self, actor: Person, slot_id: str | None = None) -> None:
        """Stop what sounds now (`slot_id` = only if it is still that one)."""
        permit(actor, "stop")
        self._parts.jobs.command("stop", {"slot_id": slot_id, "by": actor.name}, actor.id, self._parts.clock.now())

    def _waiting(self, announcement_id: int) -> bool:
        sql = "SELECT 1 FROM slot WHERE announcement_id = ? AND outcome IS NULL AND trigger = 'manual' LIMIT 1"
        return bool(self._parts.store.value(sql, (announcement_id,)))

    def ask_gate(
        self, slot: Slot, approved_sha256: str | None, at: datetime, *, clock_trusted: bool, ordered_by_right: bool
    ) -> tuple[gate.GateRequest, gate.Verdict]:
        """May the slot start at `at`? With the request that `gate.may_sound` is asked with for each block."""
        request = gate.GateRequest(
            slot_id=slot.id,
            start=slot.start,
            end=slot.end,
            priority=slot.priority,
            emergency_ordered_by_right=ordered_by_right,
            audio_sha256=slot.audio_sha256,
            approved_sha256=Sha256(approved_sha256) if approved_sha256 else None,
            zone=slot.zone,
            trigger=slot.trigger,
        )
        facts = self._gate_facts(slot, clock_trusted=clock_trusted)
        return request, gate.may_start(request, self._parts.config.rules, facts, at)

    def _gate_facts(self, slot: Slot, *, clock_trusted: bool) -> gate.GateFacts:
        """What the gate cannot know from a slot: the clock's trust, and what the day's sessions have had so far."""
        rules_, programme = self._parts.config.rules, self._parts.programme
        stretches = session_stretches(slot.day, programme.campaigns(CampaignState.ACTIVE), rules_)
        aired = [
            (other.zone, other.start, other.length)
            for other in self._parts.slots.of_day(slot.day)
            if other.outcome not in SOUNDLESS | {None} and other.trigger is not Trigger.EMERGENCY
        ]
        return gate.GateFacts(
            clock_trusted=clock_trusted,
            session=session_of(slot.start, stretches),
            aired=session_airtime(slot.zone, aired, stretches),
        )
