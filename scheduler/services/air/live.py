"""The live microphone: a lease of the air, the sound that arrives for it, and its end.

The person holds, talks, lets go. The sound of a browser arrives in pieces that say where they belong, and is appended
to one file: playout airs from it, and the same file becomes the recording in the library. A lease that is not let go of
ends by its time. The gate holds for a live voice as for every other sound.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.core.air.gate import Verdict
from scheduler.core.model import (
    DEFAULT_ZONE,
    HOUSE_RATE,
    AiringOutcome,
    AnnouncementState,
    Frames,
    Person,
    Priority,
    Sha256,
    Slot,
    Trigger,
)
from scheduler.core.planning import rules
from scheduler.core.planning.sessions import hears
from scheduler.core.stops import StopReason
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.air.cue_lists import CueLists
from scheduler.services.air.live_sound import BYTES_A_SECOND, live_ended, live_path
from scheduler.services.air.red_orders import order_stop
from scheduler.services.repositories import Repositories, known_zone, permit
from scheduler.store import Ending, Lease, instant_text

BROWSER = "browser"
_LEAST = 15
"""Seconds of the shortest talk that is worth its chime."""
_LATEST = timedelta(seconds=5)
"""Of sound a browser may be ahead of its lease's length before more is refused."""


@dataclass(frozen=True, slots=True)
class LiveState:
    """How far a lease has come."""

    lease: Lease
    open: bool
    """It may still be talked into."""
    on_air: bool
    """Its airing has begun: after the chime the voice is heard."""
    received: timedelta
    outcome: AiringOutcome | None
    reason: str
    silent_from: datetime | None = None
    """When quiet hours end it, whatever is left of its length."""

    @property
    def ended_by(self) -> str:
        """Why it is over, as a reason for who speaks; empty while it goes on and where the person let go."""
        if self.outcome is AiringOutcome.PRE_EMPTED or self.reason == "pre_empted":
            return "live_emergency"
        if self.reason in {"quiet_hours", "zone_quiet"}:
            return "live_quiet"
        if self.outcome is AiringOutcome.CANCELLED and self.lease.released_at:
            return ""
        if self.reason:
            return self.reason
        return "live_time_over" if self.outcome and self.lease.released_at is None else ""


class LiveService:
    def __init__(self, repos: Repositories, rundowns: CueLists, air: AirService) -> None:
        self._repos = repos
        self._rundowns = rundowns
        self._air = air

    def path(self, lease_id: str) -> Path:
        """Where the sound of a lease arrives."""
        return live_path(self._repos, lease_id)

    def open(self, actor: Person, *, source: str = BROWSER, zone: str = DEFAULT_ZONE) -> Lease:
        """Take the air as soon as it is free. Raises Refused live_busy, or the gate's reason."""
        permit(actor, "go_live", zone)
        known_zone(self._repos.config, zone)
        repos, now = self._repos, self._repos.clock.now()
        lease_id = secrets.token_hex(16)
        token = Sha256(hashlib.sha256(f"live:{lease_id}".encode()).hexdigest())
        slot = self._slot(token, zone)
        longest = self._longest(slot, token)
        slot = replace(slot, length=self.opening() + longest)
        with repos.store.write():
            if busy := next((lease for lease in repos.leases.open() if self._hears(lease, zone)), None):
                if busy.person_id == actor.id:
                    raise Refused("live_own")
                raise Refused("live_busy", name=repos.people.get(busy.person_id).name)
            row = {
                "title": f"Phát trực tiếp: {actor.name}",
                "text": "",
                "kind": "live",
                "state": AnnouncementState.APPROVED.value,
                "author_id": actor.id,
                "approver_id": actor.id,
                "approved_at": instant_text(now),
                "approved_sha256": token,
            }
            announcement_id = repos.programme.add_announcement(row, now)
            slot = replace(slot, id=f"{slot.id}{announcement_id}", announcement_id=announcement_id)
            lease = Lease(lease_id, slot.id, actor.id, source, now, longest)
            self.path(lease_id).touch()
            repos.slots.add(slot, actor.id, now)
            repos.leases.add(lease)
        return lease

    def push(self, actor: Person, lease_id: str, at: int, pcm: bytes) -> int:
        """Append sound that begins at byte `at` of the lease; gives the byte that is wanted next.

        A piece that came before is not taken twice; one that leaves a hole is not taken. Raises Refused live_over.
        """
        lease = self._repos.leases.get(lease_id)
        if lease.person_id != actor.id:
            raise Refused("live_over")
        path = self.path(lease_id)
        limit = int((lease.longest + _LATEST).total_seconds() * BYTES_A_SECOND)
        if lease.released_at or lease.ended_at or not path.exists():
            raise Refused("live_over")
        with path.open("r+b") as file:
            size = file.seek(0, 2)
            if at > size or at + len(pcm) > limit:
                return size
            file.write(pcm[size - at :])
            return max(size, at + len(pcm))

    def release(self, actor: Person, lease_id: str) -> None:
        """Let go. Everybody may end their own; who may stop the air may end anybody's. One that has ended already
        ended for its own reason, and stays so; one that playout has not taken yet ends here, and never sounds.
        """
        repos, now = self._repos, self._repos.clock.now()
        lease = repos.leases.get(lease_id)
        slot = repos.slots.slot(lease.slot_id)
        if lease.person_id != actor.id:
            permit(actor, "stop", slot.zone)
        if slot.outcome is not None:
            return
        with repos.store.write():
            repos.leases.release(lease_id, now)
            order_stop(repos, actor, slot.id, finish=True)
            unheard = Ending(AiringOutcome.CANCELLED, StopReason.OFFICER, note=actor.recorded_name)
            if repos.slots.end_unclaimed([slot.id], unheard, now):
                live_ended(repos, slot.id)

    def state(self, lease_id: str) -> LiveState:
        lease = self._repos.leases.get(lease_id)
        slot = self._repos.slots.slot(lease.slot_id)
        path = self.path(lease_id)
        received = path.stat().st_size / BYTES_A_SECOND if path.exists() else 0.0
        begun = any(one.slot_id == slot.id and one.started_at for one in self._repos.slots.open_airings())
        is_open = slot.outcome is None and lease.released_at is None
        silent_from = self._silent_from(lease, slot)
        return LiveState(lease, is_open, begun, timedelta(seconds=received), slot.outcome, slot.reason, silent_from)

    def opening(self) -> timedelta:
        """How long chime and pause before a live voice are; nothing comes behind it."""
        items = self._rundowns.items(Frames(1), chime=True, repeat=1)
        before = items[: [item.kind for item in items].index("clip")]
        return timedelta(seconds=sum(item.frames for item in before) / HOUSE_RATE)

    def least(self, slot: Slot) -> Slot:
        """The slot of a talk as short as one may be: where that may start the talk may, and each of its blocks is
        asked for.
        """
        return replace(slot, length=min(slot.length, self.opening() + timedelta(seconds=_LEAST)))

    def _slot(self, token: Sha256, zone: str) -> Slot:
        now = self._repos.clock.now()
        day = self._repos.config.station.day_of(now)
        return Slot(
            id=f"{day:%Y%m%d}-l",
            day=day,
            zone=zone,
            start=now,
            length=timedelta(0),
            campaign_id=None,
            announcement_id=0,
            audio_sha256=token,
            chime=True,
            priority=Priority.PRIORITY,
            trigger=Trigger.LIVE,
        )

    def _longest(self, slot: Slot, token: Sha256) -> timedelta:
        """The longest talk that the gate lets through now, to the second; before quiet hours to the very end, where the
        gate cuts. Raises Refused with its reason.
        """
        opening = self.opening()

        def verdict(seconds: int) -> Verdict:
            asked = replace(slot, length=opening + timedelta(seconds=seconds))
            return self._air.ask_gate(asked, token, slot.start, clock_trusted=True, ordered_by_right=False)[1]

        longest = round(self._repos.config.live.longest_minutes * 60)
        if verdict(longest).allowed:
            return timedelta(seconds=longest)
        least = min(_LEAST, longest)
        if not (shortest := verdict(least)).allowed:
            raise Refused(shortest.reason, **shortest.details)
        while longest - least > 1:
            middle = (least + longest) // 2
            least, longest = (middle, longest) if verdict(middle).allowed else (least, middle)
        to_the_end = verdict(longest).reason == "quiet_hours"
        return timedelta(seconds=longest if to_the_end else least)

    def _silent_from(self, lease: Lease, slot: Slot) -> datetime | None:
        """When the next quiet hours of its zone begin, on that day or the next."""
        config = self._repos.config
        quiets = rules.quiets_of(config.rules, slot.zone)
        days = (slot.day, slot.day + timedelta(days=1))
        spans = [
            span for quiet in quiets for day in days for span in rules.quiet_spans(quiet, day, config.rules.zone_name)
        ]
        return min((low for low, _ in spans if low >= lease.opened_at), default=None)

    def _hears(self, lease: Lease, zone: str) -> bool:
        slot = self._repos.slots.slot(lease.slot_id)
        return slot.outcome is None and hears(zone, slot.zone)
