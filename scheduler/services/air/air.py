"""The air: what sounds now (as playout measured it), "phát ngay", stop.

The desk never makes noise and never plans: it writes a slot or a command, playout takes it within a tenth of a second,
and the gate there has the last word. An emergency, a drill and a stop go through `red_orders`.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduler.core.air import gate
from scheduler.core.air.cue_list import length, turns
from scheduler.core.announcement.approval import ZONE_BOUND, may
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import (
    DEFAULT_ZONE,
    AiringOutcome,
    Announcement,
    AnnouncementState,
    CampaignState,
    Person,
    Priority,
    Sha256,
    Slot,
    Trigger,
)
from scheduler.core.planning.day_occupancy import SOUNDLESS
from scheduler.core.planning.excepted import NONE, Exceptions
from scheduler.core.planning.sessions import session_airtime, session_of, session_stretches
from scheduler.core.stops import Stopped, StopReason
from scheduler.features import wanted
from scheduler.kernel.errors import Refused
from scheduler.services.air.cue_lists import CueLists
from scheduler.services.air.live_sound import live_ended
from scheduler.services.air.red_orders import BY_LANE, RedOrders, order_stop
from scheduler.services.air.standing import end_dead
from scheduler.services.repositories import Repositories, known_zone, permit
from scheduler.store import Ending
from scheduler.store.air.journal import Entry
from scheduler.store.red_lane.red_fields import Typed

_UNHEARD = SOUNDLESS | {AiringOutcome.RECORDED, None}
FOR_NOW = frozenset({Trigger.MANUAL, Trigger.LIVE, Trigger.TEST})
"""What a person orders for now, and is no order of the lane."""
JUST_DUE = timedelta(seconds=2)
"""An order whose time has come this little ago may not have been taken yet."""


@dataclass(frozen=True, slots=True)
class OnAir:
    """What playout reports. `alive` False: its last word is too old to be believed."""

    alive: bool
    at: datetime | None
    outputs: list[dict[str, Any]]
    """name, kind, state, message, device, dropped."""
    clock_trusted: bool
    airings: list[dict[str, Any]]
    """What sounds, what goes before the rest last: slot_id, title, trigger, zone, started_at, played_ms, total_ms."""
    relay: list[dict[str, Any]]
    """Where each relay and live voice comes from: slot_id, source, state, reason, level_db."""
    amplifier: dict[str, Any]
    """state, message."""
    fault: dict[str, Any]
    """What failed last in playout itself: count, part, reason, cause, at, lasts; count 0 = nothing."""
    clock_ahead: dict[str, Any] | None = None
    """Where the clock is not trusted because rows were written by one that ran ahead: rows, until (ISO)."""
    card_look: dict[str, Any] | None = None
    """The look for a sound card that a person asked for last: at (ISO), what (found, none, busy, fixed)."""

    @property
    def airing(self) -> dict[str, Any] | None:
        """What goes before the rest of what sounds; None = silence."""
        return self.airings[-1] if self.airings else None


class AirService:
    def __init__(self, repos: Repositories, rundowns: CueLists) -> None:
        self._repos = repos
        self._rundowns = rundowns
        self.red = RedOrders(repos)
        """Orders that wait for nothing."""

    def on_air(self) -> OnAir:
        beat = self._repos.jobs.heartbeat("playout")
        if beat is None:
            return OnAir(
                alive=False,
                at=None,
                outputs=[],
                clock_trusted=False,
                airings=[],
                relay=[],
                amplifier={},
                fault={},
            )
        alive = beat.lives(self._repos.clock.now())
        state = beat.state
        return OnAir(
            alive=alive,
            at=beat.at,
            outputs=state.get("outputs", []),
            clock_trusted=bool(state.get("clock_trusted")),
            airings=state.get("airings", []) if alive else [],
            relay=state.get("relay", []) if alive else [],
            amplifier=state.get("amplifier", {}) if alive else {},
            fault=state.get("fault", {}),
            clock_ahead=state.get("clock_ahead") if alive else None,
            card_look=state.get("card_look") if alive else None,
        )

    def look_for_card(self, actor: Person) -> datetime:
        """Let playout look for a sound card at once, and take it; when that was asked. What it finds: `on_air`."""
        permit(actor, "test_output")
        now = self._repos.clock.now()
        self._repos.jobs.command("reopen", {"card": True}, actor.id, now)
        return now

    def play_now(
        self, actor: Person, announcement_id: int, *, chime: bool = True, repeat: int = 1, zone: str = DEFAULT_ZONE
    ) -> str:
        """Air an approved announcement as soon as may be (its slot's id). Raises Refused with the gate's reason."""
        permit(actor, "play_now", zone)
        repos, now = self._repos, self._repos.clock.now()
        seen, clip = self.airable(announcement_id)
        day = repos.config.station.day_of(now)
        items = self._rundowns.items(clip.frames, chime=chime, repeat=turns(repeat, clip.says))
        slot = Slot(
            id=f"{day:%Y%m%d}-n{seen.id}-{secrets.token_hex(4)}",
            day=day,
            zone=zone,
            start=now,
            length=length(items),
            campaign_id=None,
            announcement_id=seen.id,
            audio_sha256=Sha256(clip.sha256),
            chime=chime,
            repeat=repeat,
            priority=Priority.PRIORITY,
            trigger=Trigger.MANUAL,
        )
        ordered = self.order(actor, slot, seen.approved_sha256)
        if ordered != slot.id:
            raise Refused("already_on_air", title=seen.title)
        return ordered

    def airable(self, announcement_id: int) -> tuple[Announcement, StoredClip]:
        """An announcement that may go on air, and its sound. Raises Refused: unapproved, audio_retired."""
        seen = self._repos.programme.announcement(announcement_id)
        if seen.state is not AnnouncementState.APPROVED or seen.audio_sha256 is None:
            raise Refused("unapproved", title=seen.title)
        clip = self._repos.programme.clip(seen.audio_sha256)
        if clip.retired_at:
            raise Refused("audio_retired", title=clip.title)
        return seen, clip

    def order(
        self,
        actor: Person,
        slot: Slot,
        approved_sha256: str | None,
        entry: Entry | None = None,
        *,
        title: str = "",
        typed: Typed | None = None,
    ) -> str:
        """Write down a person's order for now (its slot's id). The same order again, while it is open, is the one that
        stands. Playout plans around it afterwards.

        Says no at once where playout's gate would; whether the clock is to be trusted, playout will know. `entry`: what
        the journal is told of the order itself, in the same transaction. `title`: of words that have no row yet.
        `typed`: which words of the moment.
        """
        repos, now = self._repos, self._repos.clock.now()
        known_zone(repos.config, slot.zone)
        by_right = slot.trigger is Trigger.EMERGENCY and may(actor.role, "break_in")
        _, verdict = self.ask_gate(slot, approved_sha256, now, clock_trusted=True, ordered_by_right=by_right)
        if not verdict.allowed:
            raise Refused(verdict.reason, **verdict.details)
        if slot.trigger in BY_LANE:
            return self.red.order(actor, slot, title or self._repos.programme.title_of(slot), entry, typed)
        alive = self.on_air().alive
        with repos.store.write() as db:
            if same := self.standing(slot):
                return same
            end_dead(repos, slot, now, playout_runs=alive)
            repos.slots.add(slot, actor.id, now)
            if entry is not None:
                repos.journal.append(db, entry)
        return slot.id

    def stop(
        self,
        actor: Person,
        slot_id: str | None = None,
        *,
        reason: StopReason = StopReason.OFFICER,
        also_waiting: bool = False,
    ) -> Stopped:
        """Stop what sounds now (`slot_id` = only if it is still that one), and take back an order that is about to.

        `also_waiting`: what waits for its turn is ended too. `reason`: whose stop it is, where it is not an officer's.
        """
        bound = actor.role in ZONE_BOUND or actor.zones  # a person of some zones, or a key that is narrowed to some
        zone = self.red.zone_of(slot_id) if slot_id and bound else DEFAULT_ZONE
        permit(actor, "stop", zone)
        also_waiting = also_waiting and not bound  # what waits may be for zones of others
        found = self.on_air()
        sounded = bool(found.airings) or self.red.sounds()
        taken = self.take_back(actor, slot_id)
        ordered = also_waiting or slot_id not in taken  # what boxes have of a "phát ngay" they end by the order
        valid = self._repos.config.rules.late_tolerance if also_waiting else None
        taken += self._end_untaken(actor, slot_id, reason, valid)
        if ordered:
            self.red.stop(actor, slot_id, reason, also_waiting=also_waiting)
        left = () if also_waiting else tuple(one for one in self.red.waiting() if one[0] != slot_id)
        behind = () if also_waiting else tuple(one for one in self.red.behind() if one[0] != slot_id)
        return Stopped(sounded, found.at if found.alive else None, tuple(taken), left, ordered, also_waiting, behind)

    def take_back(self, actor: Person, slot_id: str | None = None) -> list[str]:
        """End orders of an emergency or a drill that playout has not taken yet (their slots' ids); nothing sounds.

        Without `slot_id`: those in their grace. Ring or airing key decide: what playout has taken sounds.
        """
        repos, now = self._repos, self._repos.clock.now()
        repos.reserve.let_go()
        taken, by_ring = self.red.take_back(actor, slot_id, now - JUST_DUE)
        found = [
            slot
            for slot, _ in repos.slots.unclaimed(BY_LANE)
            if slot.id not in by_ring and (slot.id == slot_id if slot_id else slot.start >= now - JUST_DUE)
        ]
        if not found:  # DỪNG waits for no lock where there is nothing to take back
            return taken
        for slot in found:
            permit(actor, "stop", slot.zone)
        ending = Ending(AiringOutcome.CANCELLED, "order_taken_back", note=actor.recorded_name)
        with repos.store.write():
            for slot in repos.slots.end_unclaimed([slot.id for slot in found], ending, now):
                repos.audit.event("order_taken_back", person=actor, subject="slot", subject_id=slot.id)
                taken.append(slot.id)
        return taken

    def _end_untaken(self, actor: Person, slot_id: str | None, reason: StopReason, also: timedelta | None) -> list[str]:
        """End what was ordered for now and playout has not taken yet (their slots' ids): it never sounds; nobody is
        kept waiting.

        Without `slot_id`: those of just now. `also`: and all whose time came so little ago. Playout knows no stop of
        what it has not taken.
        """
        repos, now, ended = self._repos, self._repos.clock.now(), list[str]()
        back = also or (JUST_DUE if slot_id is None else None)
        found = [
            slot
            for slot, _ in repos.slots.unclaimed(FOR_NOW)
            if slot.id == slot_id or (back and now - back <= slot.start <= now)
        ]
        for slot in found:
            permit(actor, "stop", slot.zone)
        ending = Ending(AiringOutcome.CANCELLED, reason, note=actor.recorded_name)

        def end() -> None:
            with repos.store.write():
                for slot in repos.slots.end_unclaimed([slot.id for slot in found], ending, now):
                    ended.append(slot.id)
                    if slot.trigger is Trigger.LIVE:
                        live_ended(repos, slot.id)
                    if slot.id != slot_id:  # boxes have it too, and have no stop of its name yet
                        order_stop(repos, actor, slot.id, reason)

        return ended if found and repos.store.if_taken(end) else []

    def standing(self, slot: Slot) -> str | None:
        """The open order that says the same in the same zone and may still sound (its slot's id)."""
        return self.red.standing(slot)

    def ask_gate(
        self,
        slot: Slot,
        approved_sha256: str | None,
        at: datetime,
        *,
        clock_trusted: bool,
        ordered_by_right: bool,
        excepted: Exceptions = NONE,
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
            excepted=excepted,
        )
        if request.is_permitted_emergency:  # no cap is asked of it, and no row
            facts = gate.GateFacts(clock_trusted=clock_trusted)
        else:
            facts = self._gate_facts(slot, clock_trusted=clock_trusted)
        return request, gate.may_start(request, self._repos.config.rules, facts, at)

    def _gate_facts(self, slot: Slot, *, clock_trusted: bool) -> gate.GateFacts:
        """What the gate cannot know from a slot: the clock's trust, and what the day's sessions have had so far."""
        rules_, programme = self._repos.config.rules, self._repos.programme
        if rules_.cap.sessions_a_day is None and rules_.cap.minutes_a_session is None:
            return gate.GateFacts(clock_trusted=clock_trusted, cap_basis=self._cap_basis(slot))
        stretches = session_stretches(slot.day, programme.campaigns(CampaignState.ACTIVE), rules_)
        aired = [
            (other.zone, other.start, other.length)
            for other in self._repos.slots.of_day(slot.day)
            if other.outcome not in SOUNDLESS | {AiringOutcome.RECORDED, None}
            and other.trigger not in {Trigger.EMERGENCY, Trigger.TEST}
        ]
        return gate.GateFacts(
            clock_trusted=clock_trusted,
            cap_basis=self._cap_basis(slot),
            session=session_of(slot.start, stretches),
            aired=session_airtime(slot.zone, aired, stretches),
        )

    def _cap_basis(self, slot: Slot) -> str:
        """The document on which an order from above airs past the ward's caps; only where it was ordered for now."""
        if slot.trigger is not Trigger.MANUAL:
            return ""
        store = self._repos.store
        found = (
            basis_of(store, slot.announcement_id)
            for basis_of in wanted(lambda one: one.cap_basis, self._repos.config, store.has_row)
        )
        return next(filter(None, found), "")
