"""A station for a simulation: its folder, its people, its clips approved, its campaigns running.

Everything is done through the desk, by an officer who writes and a leader who approves. Only the disk is spared: the
simulated database need not outlive a power cut, because what a cut leaves is what was committed.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from audio_assets.chime import chime
from audio_assets.library import Clip
from scheduler.clock import SteppedClock
from scheduler.config import Config
from scheduler.core.model import HOUSE_RATE, Campaign, CampaignState, Person, Relay, Role, Sha256
from scheduler.core.rules import local_day, parse_window
from scheduler.desk import Desk
from scheduler.errors import Refused
from scheduler.simulate.keys import CampaignKeys, RelayKeys
from scheduler.simulate.reading import Scenario
from scheduler.simulate.shapes import Shape, Span, shapes_of
from scheduler.simulate.silence import KeptLibrary
from scheduler.station import CHIMES, Station
from scheduler.store import StoredClip

if TYPE_CHECKING:
    from audio_assets.loudness import Pcm

__all__ = ["Stage", "Standing", "opened"]

_SOURCE = "https://dai-tinh.example/tiep-am"
"""Stands in the row of a simulated relay and is never opened."""
_MARK = 16
"""Samples that tell two silent clips of one length apart."""


def opened(config: Config, clock: SteppedClock, library: Path) -> Station:
    """The station of a folder of its own, with a library that hashes each file once."""
    station = Station.open(config, clock)
    station.parts.store.db.conn.execute("PRAGMA synchronous=OFF")
    parts = replace(station.parts, library=KeptLibrary(library))
    return Station(config, clock, parts, Desk.of(parts))


def prepared(station: Station) -> KeptLibrary:
    """The machine's person and the station's own chimes, as long as they are, once made for all simulations."""
    library = station.parts.library
    if not isinstance(library, KeptLibrary):
        raise TypeError("a simulation has a library of its own")
    person = station.parts.people.machine(station.clock.now())
    for kind in CHIMES:
        _keep(station, library.add_unmeasured(_chime(kind)), kind, "bundled", person)
    station.prepare()
    return library


@cache
def _chime(kind: str) -> "Pcm":
    return chime(kind)


def _keep(station: Station, clip: Clip, title: str, origin: str, person: Person) -> None:
    station.parts.programme.add_clip(
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
    parts: list[tuple[Shape, int]]
    """Shape and id, one for each campaign of the station that it is made of."""


class Stage:
    """The people, clips and campaigns of one scenario."""

    def __init__(self, scenario: Scenario, station: Station) -> None:
        self.scenario = scenario
        self.station = station
        self._library = prepared(station)
        zone_name = scenario.config.station.time_zone
        last = local_day(scenario.end - timedelta(microseconds=1), zone_name)
        self.span = Span(local_day(scenario.start, zone_name), last, zone_name)
        now, people = station.clock.now(), station.parts.people
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
        acts = self.station.desk.announcements
        made = self._library.add_unmeasured(pcm)
        _keep(self.station, made, name, "upload", self.officer)
        announcement_id = acts.record(self.officer, name, made.sha256)
        acts.heard(self.officer, announcement_id, made.sha256)
        acts.submit(self.officer, announcement_id)
        acts.approve(self.leader, announcement_id, made.sha256, heard=True)
        self.sha256s[name], self.announcements[name] = made.sha256, announcement_id

    def run_campaign(self, keys: CampaignKeys) -> None:
        """Save and start it. Raises Refused with the form's first fault; what was saved of it by then is stopped."""
        standing = self.standing[keys.title] = Standing(keys, [])
        self._put(standing, keys)

    def run_relay(self, keys: RelayKeys) -> None:
        """Save, approve and start it. Raises Refused."""
        relays = self.station.desk.relays
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
        for _, campaign_id in self.standing[title].parts:
            self.station.desk.campaigns.stop(self.officer, campaign_id)

    def start(self, title: str) -> None:
        for _, campaign_id in self.standing[title].parts:
            self.station.desk.campaigns.start(self.officer, campaign_id)

    def turn_clips(self, day: date, *, only: Standing | None = None) -> None:
        """Clips in turn: each campaign says the clip that the day gives it."""
        for standing in [only] if only else list(self.standing.values()):
            for shape, campaign_id in standing.parts:
                if shape.turn:
                    self._turn_clip(standing, shape, campaign_id, day)

    def _turn_clip(self, standing: Standing, shape: Shape, campaign_id: int, day: date) -> None:
        kept = self.station.parts.programme.campaign(campaign_id)
        wanted = self._announcement(standing.keys, shape, max(day, shape.campaign.start))
        if kept.announcement_id != wanted and kept.state is CampaignState.ACTIVE:
            self.station.desk.campaigns.save(self.officer, replace(kept, announcement_id=wanted))

    def _put(self, standing: Standing, keys: CampaignKeys) -> None:
        """Let the station's campaigns be what `keys` says: those there are changed, others added or stopped."""
        campaigns, day = self.station.desk.campaigns, local_day(self.station.clock.now(), self.span.zone_name)
        shapes = shapes_of(keys, self.span, lambda campaign, clip: self._airing(keys, campaign, clip))
        old, standing.keys, standing.parts = standing.parts, keys, []
        ids = [campaign_id for _, campaign_id in old]
        for number, shape in enumerate(shapes):
            announcement_id = self._announcement(keys, shape, max(day, shape.campaign.start))
            campaign = replace(shape.campaign, announcement_id=announcement_id)
            if number < len(ids):
                state = self.station.parts.programme.campaign(ids[number]).state
                campaigns.save(self.officer, replace(campaign, id=ids[number], state=state))
                standing.parts.append((shape, ids[number]))
            else:
                campaign_id = campaigns.save(self.officer, campaign)
                standing.parts.append((shape, campaign_id))
                campaigns.start(self.officer, campaign_id)
        for _, campaign_id in old[len(shapes) :]:
            with suppress(Refused):
                campaigns.stop(self.officer, campaign_id)

    def _airing(self, keys: CampaignKeys, campaign: Campaign, clip: int) -> timedelta:
        announcement_id = self.announcements[(keys.clips or (keys.clip,))[clip]]
        return self.station.desk.campaigns.airing_length(replace(campaign, announcement_id=announcement_id))

    def _announcement(self, keys: CampaignKeys, shape: Shape, day: date) -> int:
        clips = keys.clips or (keys.clip,)
        return self.announcements[clips[shape.clip_of(day, len(clips))]]

    @property
    def titles(self) -> Mapping[int, str]:
        """Campaign id -> the title that the scenario gave it."""
        return {cid: title for title, standing in self.standing.items() for _, cid in standing.parts}
