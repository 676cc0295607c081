"""What the town proposes beside single announcements: campaigns, forms, word lists, rules; and how the ward takes them.

A proposal is taken whole by a person, in the ward's own rooms: a campaign becomes a draft that is edited, approved and
planned like any other and keeps the town's công văn. Rules that only close may be taken by the ward's own rule; what
opens anything asks for a person with the right, who proves who it is.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from audio_assets.speech.lexicon_file import WordList, read_list
from scheduler.core.model import AnnouncementState, Campaign, CampaignState, Person, Priority, Role
from scheduler.extras.inbox.rules import State, Way
from scheduler.extras.inbox.service.adapter import Offer
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rows.queue import JOINED, TownQueue
from scheduler.extras.town.rules.bodies import (
    Proposed,
    read_campaign,
    read_caps,
    read_groups,
    read_lexicon,
    read_template,
    shape_of,
)
from scheduler.extras.town.rules.envelope import AckState, Envelope, Kind, subject_of
from scheduler.extras.town.rules.kept import TownRow
from scheduler.extras.town.service.adapter import TownAdapter
from scheduler.extras.town.service.clips import ClipService
from scheduler.extras.town.service.dispatches import dispatch_of
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.announcement.lexicon import LexiconService
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories, permit
from scheduler.services.station.settings import SettingsService
from scheduler.store import Row, instant_text

__all__ = ["TownTake"]

log = logging.getLogger(__name__)

GROUPS = "town.groups"
"""The setting that says which groups the link follows."""


class TownTake:
    def __init__(
        self,
        repos: Repositories,
        adapter: TownAdapter,
        announcements: AnnouncementService,
        campaigns: CampaignService,
        lexicon: LexiconService,
        settings: SettingsService,
        clips: ClipService,
    ) -> None:
        self._repos = repos
        self._adapter = adapter
        adapter.proposals = self
        self._announcements = announcements
        self._campaigns = campaigns
        self._lexicon = lexicon
        self._settings = settings
        self._clips = clips

    def check(self, envelope: Envelope) -> None:
        """Whether its body can be read as its kind. Raises Refused, before anything of it is kept."""
        match envelope.kind:
            case _ if envelope.takes_back:
                return
            case Kind.ANNOUNCEMENT:
                shape_of(envelope.body)
            case Kind.CAMPAIGN:
                read_campaign(envelope)
            case Kind.TEMPLATE:
                read_template(envelope)
                if not envelope.title.strip() or not envelope.text.strip():
                    raise Refused("envelope_unreadable", key="text" if envelope.title.strip() else "title")
            case Kind.LEXICON:
                self._list(envelope)
            case Kind.CAPS:
                read_caps(envelope)
            case Kind.GROUPS:
                self._groups(envelope)

    def accept(self, actor: Person, row: TownRow, prove: Callable[[], None]) -> TownRow:
        """Take a proposal into the ward. `prove` asks who it is, where a rule is opened. Raises Refused."""
        envelope = self._adapter.envelope(row)
        match envelope.kind:
            case Kind.CAMPAIGN:
                return self._campaign(actor, row, envelope)
            case Kind.TEMPLATE:
                permit(actor, "write")
                shape, emergency = read_template(envelope)
                priority = Priority.EMERGENCY if emergency else Priority.NORMAL
                with self._repos.store.write():
                    made = self._announcements.write(actor, envelope.title, envelope.text, priority, shape=shape)
                    return self._taken(actor, row, {"announcement_id": made})
            case Kind.LEXICON:
                with self._repos.store.write():
                    self._lexicon.take_list(actor, self._list(envelope), self._lexicon.rows.revision())
                    return self._taken(actor, row, {})
            case Kind.CAPS:
                permit(actor, "approve")
                # Not in one transaction: a wrong code counts whatever becomes of it; the same again changes nothing.
                self._settings.put(actor, self._open_keys(envelope), confirmed=True, prove=prove)
                return self._taken(actor, row, {})
        raise Refused("town_decided")

    def loosens(self, row: TownRow) -> tuple[str, ...]:
        """What taking proposed rules would let sound that may not sound today, as the page shows it."""
        if row.kind != Kind.CAPS:
            return ()
        try:
            return tuple(one.told for one in self._settings.weighed(self._open_keys(self._adapter.envelope(row))))
        except Refused:
            return ()

    def by_rule(self, row: TownRow) -> TownRow:
        """Groups, and rules that only close, are taken; what opens anything, or cannot be set, waits for a person."""
        envelope, rule = self._adapter.envelope(row), self._adapter.rule()
        if envelope.kind is Kind.GROUPS:
            return self._join(row, envelope, rule)
        try:
            settings = self._open_keys(envelope)
            if self._settings.weighed(settings):
                return self._adapter.give_back(row, Refused("town_loosens"))
            with self._repos.store.write():
                # It cannot sign in, and may only close: `put` refuses whatever opens, unconfirmed as it is here.
                self._settings.put(replace(rule, role=Role.ADMIN), settings)
                return self._taken(rule, row, {})
        except Refused as refused:
            return self._adapter.give_back(row, refused)

    def _groups(self, envelope: Envelope) -> tuple[str, ...]:
        return read_groups(envelope, self._repos.config.get(TownConfig).ward_id)

    def _join(self, row: TownRow, envelope: Envelope, rule: Person) -> TownRow:
        """Follow these groups and no other from now on; what config.toml says of them stands, and the town is told.

        What a new group was told before this row's place in the stream is history: what has expired of it is no news.
        """
        queue, before = TownQueue(self._repos.store), set(self._repos.config.get(TownConfig).groups)
        try:
            groups = self._groups(envelope)
            with self._repos.store.write():
                self._settings.put(replace(rule, role=Role.ADMIN), {GROUPS: list(groups)})
                for group in set(groups) - before:
                    queue.put(JOINED + subject_of(f"group.{group}"), row.place)
                row = self._taken(rule, row, {})
        except Refused as refused:
            return self._adapter.end(row, State.DISMISSED, refused)
        log.info("this ward is in the groups: %s", ", ".join(groups) or "none")
        return row

    def _open_keys(self, envelope: Envelope) -> dict[str, Any]:
        """The proposed values of keys that config.toml leaves to the page. Raises Refused setting_in_file: of none."""
        told = read_caps(envelope)
        free = {key: value for key, value in told.items() if not self._settings.is_locked(key)}
        rules_told = [key for key in free if not key.endswith("legal_basis")]
        if not rules_told:
            raise Refused("setting_in_file", key=next(iter(told)))
        return free

    def _list(self, envelope: Envelope) -> WordList:
        """The town's word list: always under the town's name, so that a newer one stands in the place of the older."""
        toml, version = read_lexicon(envelope)
        told = read_list(toml.encode(), "list.toml")
        return replace(
            told,
            name=told.name or envelope.title or "cấp trên",
            version=told.version or version or str(envelope.sequence),
        )

    # Campaigns

    def _campaign(self, actor: Person, row: TownRow, envelope: Envelope) -> TownRow:
        """Drafts of its announcements and of the campaign, for the ward to edit and plan under its own rules."""
        permit(actor, "plan", row.zone)
        proposal, issuer = read_campaign(envelope), self._repos.people.get(row.issuer_id)
        now = self._repos.clock.now()
        today = self._repos.config.station.day_of(now)
        with self._repos.store.write():
            said = [self._draft(row, envelope, issuer, one) for one in proposal.announcements]
            order = replace(
                proposal.order,
                announcement_id=said[0],
                rotation=tuple(said[1:]),
                zone=row.zone,
                start=max(proposal.order.start, min(today, proposal.order.end)),
                priority=max(Priority(row.priority), Priority.PRIORITY),
                dispatch_id=dispatch_of(self._repos, self._adapter.issues, envelope, issuer),
            )
            made = self._repos.programme.add_campaign(
                order, actor.id, now
            )  # a fault of it shows in the ward's own form
            values: Row = {
                "state": State.PREPARING,
                "way": Way.SESSION,
                "campaign_id": made,
                "announcement_id": said[0],
            }
            row = self._adapter.rows.change(row, values | {"decided_by": actor.id, "decided_at": instant_text(now)})
            return self._adapter.tell(row, AckState.PREPARING)

    def _draft(self, row: TownRow, envelope: Envelope, issuer: Person, said: Proposed) -> int:
        offer = Offer(said.title, said.text, envelope.priority, said.clip is not None, said.shape)
        made = self._adapter.announcement(row, offer, "text")
        if said.clip is None:
            self._announcements.make_speech(issuer, made)
        return made

    def tend(self, row: TownRow) -> TownRow:
        """A campaign that was taken, one step on: its sounds, its approval, the ward's start, its last day."""
        if row.campaign_id is None:
            return row
        campaign = self._repos.programme.campaign(row.campaign_id)
        if row.state == State.PREPARING:
            self._sounds(row, campaign)
        said = [self._repos.programme.announcement(one) for one in campaign.announcement_ids]
        if campaign.state is CampaignState.ACTIVE:
            if row.state != State.PLANNED:
                row = self._adapter.rows.change(row, {"state": State.PLANNED})
            return self._ended(self._adapter.tell(row, AckState.PLANNED), campaign)
        if campaign.state is CampaignState.STOPPED and row.state == State.PLANNED:
            return self._adapter.heard_all(row)
        if all(one.state is AnnouncementState.APPROVED for one in said) and row.state == State.PREPARING:
            row = self._adapter.rows.change(row, {"state": State.APPROVAL})
            return self._adapter.tell(row, AckState.APPROVED)
        return row

    def _sounds(self, row: TownRow, campaign: Campaign) -> None:
        """The town's recordings become the sounds; what nobody in the ward has touched is handed to the leader."""
        issuer = self._repos.people.get(row.issuer_id)
        proposed = read_campaign(self._adapter.envelope(row)).announcements
        for number, made in zip(campaign.announcement_ids, proposed, strict=False):
            seen = self._repos.programme.announcement(number)
            if seen.state is not AnnouncementState.DRAFT or seen.author_id != issuer.id:
                continue
            if not seen.audio_sha256 and made.clip is not None:
                self._use_sound(issuer, number, made.clip.sha256)
            elif seen.audio_sha256 and seen.writer_id in {None, issuer.id}:
                self._adapter.hand_in(number, issuer)

    def _use_sound(self, issuer: Person, announcement_id: int, sha256: str) -> None:
        if audio := self._clips.ready(sha256):
            self._announcements.use_recording(issuer, announcement_id, audio)

    def _ended(self, row: TownRow, campaign: Campaign) -> TownRow:
        today = self._repos.today
        return self._adapter.heard_all(row) if campaign.end < today else row

    def _taken(self, actor: Person, row: TownRow, values: Row) -> TownRow:
        now = instant_text(self._repos.clock.now())
        decided: Row = {"state": State.TAKEN, "way": Way.TAKE, "decided_by": actor.id, "decided_at": now, "reason": ""}
        row = self._adapter.rows.change(row, values | decided)
        return self._adapter.tell(row, AckState.APPROVED)
