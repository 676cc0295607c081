"""What every part of the desk works with, and the one place where a person's right to an act is asked.

It holds no rule: which role may do what is `core.announcement.approval`'s table.
"""

from dataclasses import dataclass
from datetime import date

from audio_assets.library import Library
from scheduler.config.loading import Config
from scheduler.core.air.heard_back import HeardBack, Unheard
from scheduler.core.announcement.approval import ZONE_BOUND, may, may_in
from scheduler.core.audit_context import note_act
from scheduler.core.model import Announcement, CampaignState, Person
from scheduler.features import wanted
from scheduler.kernel.clock import Clock
from scheduler.kernel.disk_reserve import Reserve
from scheduler.kernel.errors import NotPermitted, Refused, ZoneNotYours
from scheduler.services.fault_log import FaultLog
from scheduler.store import Audit, Jobs, Journal, Leases, People, Programme, Relays, SettingRows, Slots, Store, Todos
from scheduler.store.air.journal_search import JournalSearch
from scheduler.store.red_lane.red_rows import RedRows
from scheduler.store.red_lane.typed_words import TypedWords
from scheduler.store.red_ring import RedRing


@dataclass(frozen=True, slots=True)
class Repositories:
    """The rooms the desk reaches into."""

    written: Config
    """What config.toml says."""
    clock: Clock
    store: Store
    people: People
    programme: Programme
    relays: Relays
    leases: Leases
    slots: Slots
    journal: Journal
    airings: JournalSearch
    todos: Todos
    jobs: Jobs
    library: Library
    settings: SettingRows
    audit: Audit
    red: RedRing
    """Where orders stand that wait for nothing."""
    faults: FaultLog
    """The last faults of the station, whatever the database does."""

    @property
    def red_rows(self) -> RedRows:
        """How those become rows."""
        return RedRows(self.store, self.slots, self.journal, self.jobs, self.audit, self.programme, self.typed)

    @property
    def typed(self) -> TypedWords:
        """Words of the moment that have no rows yet."""
        return TypedWords(self.written.data)

    @property
    def config(self) -> Config:
        """What holds now: config.toml, and what the page has set where the file says nothing."""
        return self.settings.over(self.written)

    @property
    def today(self) -> date:
        """The station's day."""
        return self.config.station.day_of(self.clock.now())

    @property
    def heard_back(self) -> HeardBack:
        """What came back from the loudspeakers, as the extra tells that listens or has listened; else nobody does."""
        for tells in wanted(lambda one: one.heard_back, self.config, self.store.has_row):
            told: HeardBack = tells(self)
            return told
        return Unheard()

    @property
    def reserve(self) -> Reserve:
        """Room for what may not wait."""
        return Reserve(self.written.data)


def known_zone(config: Config, zone: str) -> None:
    """Raise Refused zone_unknown for a zone that no loudspeaker is in: what is aired there sounds nowhere."""
    if zone not in config.zone_names:
        raise Refused("zone_unknown", zone=zone[:80])


def permit(actor: Person, act: str, zone: str | None = None) -> None:
    """Raise NotPermitted unless this person may do `act` (in `zone`, where the act names one: "all" = the whole ward).

    Raises ZoneNotYours where only the zone stands in the way.
    """
    note_act(actor, act)
    if not actor.active or not may(actor.role, act):
        raise NotPermitted(act, actor.role.value)
    if actor.scope is not None and act not in actor.scope:
        raise NotPermitted(act, actor.role.value, "token_scope")
    bound = actor.scope is not None and bool(actor.zones)  # a key of any role may be bound to zones
    if zone is not None and (not may_in(actor.role, act, actor.zones, zone) or (bound and zone not in actor.zones)):
        raise ZoneNotYours(act, actor.role.value, zone)


def permit_work(repos: Repositories, actor: Person, act: str, seen: Announcement) -> None:
    """Raise ZoneNotYours where a zone-bound person would change others' work, or what sounds outside their zones."""
    note_act(actor, act)
    if stands_in_the_way := not_theirs(repos, actor, seen):
        raise ZoneNotYours(act, actor.role.value, stands_in_the_way)


def not_theirs(repos: Repositories, actor: Person, seen: Announcement) -> str:
    """What keeps a zone-bound person from changing `seen`: its title where others wrote it, or a zone; "" = nothing."""
    if actor.role not in ZONE_BOUND:
        return ""
    if seen.author_id != actor.id:
        return seen.title
    for campaign in repos.programme.campaigns():
        used = seen.id in {campaign.announcement_id, *campaign.rotation}
        if used and campaign.state is not CampaignState.STOPPED and campaign.zone not in actor.zones:
            return campaign.zone
    return ""
