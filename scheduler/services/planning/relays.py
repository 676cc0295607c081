"""Tiếp âm: what is relayed, from which sources, in which windows; approved as a list of sources.

A relay has an announcement of its own, which carries its title and its approval; changing a source or a fallback clip
voids the approval. Addresses are checked here when they are written and again by playout's child when it connects.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from scheduler.core.announcement.approval import step
from scheduler.core.local_time import over_midnight
from scheduler.core.model import ALL_WEEKDAYS, Announcement, AnnouncementState, CampaignState, Person, Relay
from scheduler.core.planning.campaign_faults import window_fault
from scheduler.core.planning.relay_plan import relay_token
from scheduler.core.planning.rules import open_windows, quiets_of, raw_spans
from scheduler.core.planning.sessions import hears
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import check_url
from scheduler.services.air.red_orders import order_stop
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories, known_zone, permit
from scheduler.store import Row, instant_text

MOST_SOURCES = 8
_ANY_DAY_ZONE = "UTC"


class RelayService:
    def __init__(self, repos: Repositories, campaigns: CampaignService) -> None:
        self._repos = repos
        self._campaigns = campaigns

    def all(self) -> list[tuple[Relay, Announcement]]:
        """Every relay with its announcement, by id."""
        return [(one, self._repos.programme.announcement(one.announcement_id)) for one in self._repos.relays.all()]

    def get(self, relay_id: int) -> tuple[Relay, Announcement]:
        relay = self._repos.relays.get(relay_id)
        return relay, self._repos.programme.announcement(relay.announcement_id)

    def save(self, actor: Person, title: str, relay: Relay) -> int:
        """Keep a relay (id 0 = new) and ask for approval of its sources where they are not approved yet."""
        permit(actor, "plan", relay.zone)
        if relay.id:
            permit(actor, "plan", self._repos.relays.get(relay.id).zone)
        self._refuse_faults(title, relay)
        now = self._repos.clock.now()
        text = "\n".join(relay.sources)
        with self._campaigns.owed.changing() if relay.id else self._repos.store.write():
            if relay.id == 0:
                row: Row = {"title": title.strip(), "text": text, "author_id": actor.id, "kind": "relay", "heard": 1}
                row["state"] = AnnouncementState.SUBMITTED.value
                announcement_id = self._repos.programme.add_announcement(row, now)
                relay = replace(relay, announcement_id=announcement_id)
                return self._repos.relays.add(relay, actor.id, now)
            old, seen = self.get(relay.id)
            relay = replace(relay, announcement_id=old.announcement_id, state=old.state)
            values: dict[str, Any] = {"title": title.strip()}
            if relay_token(relay.sources, relay.fallback) != relay_token(old.sources, old.fallback):
                values |= {"text": text, "version": seen.version + 1, "state": AnnouncementState.SUBMITTED.value}
                values |= {"author_id": actor.id, "approver_id": None, "approved_at": None, "approved_sha256": None}
            self._repos.programme.change_announcement(seen, values, now)
            self._repos.relays.change(relay)
        return relay.id

    def approve(self, actor: Person, relay_id: int, *, prove: Callable[[], None] = lambda: None) -> None:
        """Approve exactly the sources and fallback clips it has now.

        `prove` asks once more who it is, when nothing else stands in the way: a code counts once.
        """
        relay, seen = self.get(relay_id)
        now = self._repos.clock.now()
        state = step(
            seen.state,
            "approve",
            actor_role=actor.role,
            actor_id=actor.id,
            author_id=seen.author_id,
            one_officer=self._repos.config.station.one_officer,
            heard=True,
            has_audio=True,
        )
        prove()
        values = {
            "state": state.value,
            "approver_id": actor.id,
            "approved_at": instant_text(now),
            "approved_sha256": relay_token(relay.sources, relay.fallback),
        }
        with self._campaigns.owed.changing():
            self._repos.programme.change_announcement(seen, values, now)

    def start(self, actor: Person, relay_id: int) -> None:
        """Let it into the plan; it sounds when its sources are approved."""
        permit(actor, "plan")
        relay, seen = self.get(relay_id)
        permit(actor, "plan", relay.zone)
        self._refuse_faults(seen.title, relay)
        self._refuse_overlap(relay)
        with self._campaigns.owed.changing():
            self._repos.relays.change(replace(relay, state=CampaignState.ACTIVE))

    def stop(self, actor: Person, relay_id: int) -> None:
        """Take it out of the plan and off the air."""
        permit(actor, "plan")
        relay = self._repos.relays.get(relay_id)
        permit(actor, "plan", relay.zone)
        with self._campaigns.owed.changing():
            self._repos.relays.change(replace(relay, state=CampaignState.STOPPED))
        for slot in self._repos.slots.claimed_of(relay.announcement_id):
            order_stop(self._repos, actor, slot)

    def _refuse_faults(self, title: str, relay: Relay) -> None:
        """The first thing that is wrong with its form."""
        if not title.strip():
            raise Refused("title_missing")
        if not relay.windows:
            raise Refused("no_windows")
        quiets = quiets_of(self._repos.config.rules, relay.zone)
        for window in relay.windows:
            if reason := window_fault(window):
                raise Refused(reason, window=str(window))
            if over_midnight(window) and not open_windows((window,), relay.start, quiets, _ANY_DAY_ZONE):
                raise Refused("all_quiet", windows=str(window), legal_basis=quiets[-1].legal_basis)
        if relay.end < relay.start:
            raise Refused("dates_backwards", start=relay.start.isoformat(), end=relay.end.isoformat())
        if not relay.weekdays & ALL_WEEKDAYS:
            raise Refused("no_weekdays")
        known_zone(self._repos.config, relay.zone)
        self._refuse_sources(relay)

    def _refuse_sources(self, relay: Relay) -> None:
        if not relay.sources:
            raise Refused("relay_no_source")
        if len(relay.sources) > MOST_SOURCES:
            raise Refused("relay_many_sources", limit=MOST_SOURCES)
        policy = self._repos.config.relay
        for source in relay.sources:
            check_url(source, allow_private=policy.allow_private, allowed_hosts=policy.allowed_hosts)
        for sha256 in relay.fallback:
            if (clip := self._repos.programme.clip(sha256)).retired_at is not None:
                raise Refused("audio_retired", title=clip.title)

    def _refuse_overlap(self, relay: Relay) -> None:
        for other, seen in self.all():
            if other.id == relay.id or other.state is not CampaignState.ACTIVE or not hears(relay.zone, other.zone):
                continue
            if _meet(relay, other) or _meet(relay, other, later=1) or _meet(other, relay, later=1):
                raise Refused("relay_overlaps", title=seen.title)


def _meet(one: Relay, two: Relay, *, later: int = 0) -> bool:
    """Whether a window of `one` overlaps one of `two` that opens so many days later."""
    behind = timedelta(days=later)
    days = {(day + later) % 7 for day in one.weekdays} & two.weekdays
    if not days or one.start + behind > two.end or two.start > one.end + behind:
        return False
    mine, theirs = (
        raw_spans(x.windows, date(2001, 1, 1) + d, _ANY_DAY_ZONE) for x, d in ((one, timedelta()), (two, behind))
    )
    return any(low < end and start < high for low, high in mine for start, end in theirs)
