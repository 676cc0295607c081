"""A station for a simulation: its folder, its people, its clips approved, its campaigns running.

Everything is done through the desk, by an officer who writes and a leader who approves. Only the disk is spared: the
simulated database need not outlive a power cut, because what a cut leaves is what was committed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from audio_assets.library import Clip
from scheduler.config.loading import Config
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import HOUSE_RATE, Campaign, CampaignState, Person, Relay, Role, Sha256
from scheduler.core.planning.rules import local_day, parse_window
from scheduler.extras.simulate.work.keys import CampaignKeys, RelayKeys
from scheduler.extras.simulate.work.reading import Scenario
from scheduler.extras.simulate.work.shapes import Span, campaigns_of
from scheduler.extras.simulate.work.silence import KeptLibrary
from scheduler.kernel.clock import SteppedClock
from scheduler.services import Services
from scheduler.station import Station

__all__ = ["Stage", "Standing", "opened"]

_SOURCE = "https://dai-tinh.example/tiep-am"
"""Stands in the row of a simulated relay and is never opened."""
_MARK = 16
"""Samples that tell two silent clips of one length apart."""


def opened(config: Config, clock: SteppedClock, library: Path) -> Station:
    """The station of a folder of its own, with a library that hashes each file once."""
    station = Station.open(config, clock)
    for spared in ("synchronous=OFF", "locking_mode=EXCLUSIVE", "journal_mode=MEMORY"):
        station.repos.store.db.conn.execute(f"PRAGMA {spared}")
    station.repos.store.anchor = None  # nobody could have changed a file that only this process has
    station.repos.store.witness = None  # nobody reads a log of acts that goes with its folder
    parts = replace(station.repos, library=KeptLibrary(library))
    return Station(config, clock, parts, Services.of(parts))


def prepared(station: Station) -> KeptLibrary:
    """The machine's person and the station's own chimes, as long as they are, once made for all simulations."""
    library = station.repos.library
    if not isinstance(library, KeptLibrary):
        raise TypeError("a simulation has a library of its own")
    station.services.chimes.prepare(library.add_unmeasured)
    station.prepare()
    return library


def _keep(station: Station, clip: Clip, title: str, origin: str, person: Person) -> None:
    station.repos.programme.add_clip(
        StoredClip(
            sha256=clip.sha256,
            title=title,
            origin=origin,
            frames=clip.frames,
            created_at=station.clock.now(),
            created_by=person.id,
        )
    )


@dataclass(slots=True)
class Standing:
    """One campaign of the scenario as it stands at the station."""

    keys: CampaignKeys
    ids: list[int]
    """Of the campaigns of the station that it is made of."""


class Stage:
    """The people, clips and campaigns of one scenario."""

    def __init__(self, scenario: Scenario, station: Station) -> None:
        self.scenario = scenario
        self.station = station
        self._library = prepared(station)
        zone_name = scenario.config.station.time_zone
        last = local_day(scenario.end - timedelta(microseconds=1), zone_name)
        self.span = Span(local_day(scenario.start, zone_name), last, zone_name)
        now, people = station.clock.now(), station.repos.people
        self.officer: Person = people.add("bien-tap", "Cán bộ truyền thanh", Role.EDITOR, "mo-phong-1", now)
        self.leader: Person = people.add("lanh-dao", "Lãnh đạo phường", Role.APPROVER, "mo-phong-2", now)
        self.sha256s: dict[str, Sha256] = {}
        self.announcements: dict[str, int] = {}
        for number, (name, seconds) in enumerate(scenario.clips.items(), 1):
            self._approve(number, name, seconds)
        self.standing: dict[str, Standing] = {}

    def _approve(self, number: int, name: str, seconds: float) -> None:
        """A silent clip of that length: taken in, heard, submitted by the officer, approved by the leader."""
        pcm = np.zeros(max(round(seconds * HOUSE_RATE), _MARK), np.int16)
        pcm[:_MARK] = [number >> bit & 1 for bit in range(_MARK)]
        acts = self.station.services.announcements
        made = self._library.add_unmeasured(pcm)
        _keep(self.station, made, name, "upload", self.officer)
        announcement_id = acts.record(self.officer, name, made.sha256)
        acts.heard(self.officer, announcement_id, made.sha256)
        acts.submit(self.officer, announcement_id)
        acts.approve(self.leader, announcement_id, made.sha256, heard=True)
        self.sha256s[name], self.announcements[name] = made.sha256, announcement_id

    def run_campaign(self, keys: CampaignKeys) -> None:
        """Save and start it. Raises Refused with the form's first fault."""
        standing = self.standing[keys.title] = Standing(keys, [])
        self._put(standing, keys)

    def run_relay(self, keys: RelayKeys) -> None:
        """Save, approve and start it. Raises Refused."""
        relays = self.station.services.relays
        relay = Relay(
            id=0,
            announcement_id=0,
            windows=tuple(map(parse_window, keys.windows)),
            start=date.fromisoformat(keys.from_) if keys.from_ else self.span.first,
            end=date.fromisoformat(keys.to) if keys.to else self.span.last,
            sources=(_SOURCE,),
            weekdays=frozenset(keys.weekdays),
            zone=keys.zone,
        )
        relay_id = relays.save(self.officer, keys.title, relay)
        relays.approve(self.leader, relay_id)
        relays.start(self.officer, relay_id)

    def edit(self, title: str, keys: CampaignKeys) -> None:
        self._put(self.standing[title], keys)

    def stop(self, title: str) -> None:
        for campaign_id in self.standing[title].ids:
            self.station.services.campaigns.stop(self.officer, campaign_id)

    def pause(self, title: str, until: datetime | None) -> None:
        for campaign_id in self.standing[title].ids:
            self.station.services.campaigns.pause(self.officer, campaign_id, until=until)

    def resume(self, title: str) -> None:
        """End its pause; one that was stopped is started again."""
        campaigns = self.station.services.campaigns
        for campaign_id in self.standing[title].ids:
            is_running = self.station.repos.programme.campaign(campaign_id).state is CampaignState.ACTIVE
            act = campaigns.resume if is_running else campaigns.start
            act(self.officer, campaign_id)

    def _put(self, standing: Standing, keys: CampaignKeys) -> None:
        """Let the station's campaigns be what `keys` says: those there are changed, others added or stopped."""
        services, programme = self.station.services.campaigns, self.station.repos.programme
        today = local_day(self.station.clock.now(), self.span.zone_name)
        old = [programme.campaign(campaign_id) for campaign_id in standing.ids]
        had = [programme.turns_before(campaign.id, today) for campaign in old]
        clips = [self.announcements[clip] for clip in keys.clips or (keys.clip,)]
        ids, campaigns = standing.ids, campaigns_of(keys, self.span, clips, services.airing_length, had)
        for kept, campaign in zip(old, campaigns, strict=False):
            services.save(self.officer, _as_it_stands(campaign, kept, kept.id))
        for campaign in campaigns[len(old) :]:
            ids.append(services.save(self.officer, _as_it_stands(campaign, old[0]) if old else campaign))
            if not old or old[0].state is CampaignState.ACTIVE:
                services.start(self.officer, ids[-1])
        for kept in old[len(campaigns) :]:
            ids.remove(kept.id)
            services.stop(self.officer, kept.id)
        standing.keys = keys

    @property
    def titles(self) -> Mapping[int, str]:
        """Campaign id -> the title that the scenario gave it."""
        return {cid: title for title, standing in self.standing.items() for cid in standing.ids}


def _as_it_stands(campaign: Campaign, kept: Campaign, campaign_id: int = 0) -> Campaign:
    """An edited campaign, paused or stopped as the one that is kept."""
    return replace(campaign, id=campaign_id, state=kept.state, pauses=kept.pauses, stopped_at=kept.stopped_at)
