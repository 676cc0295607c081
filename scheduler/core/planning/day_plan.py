"""What the planner is given of a campaign, and what it makes of a day: slots, and what could not be planned and why.

Lengths are of whole airings, chimes and repeats included; a day is one in the station's zone. Nothing is planned here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from scheduler.core.model import Campaign, Sha256, Slot

__all__ = ["Clip", "DayPlan", "PlannedCampaign", "Refusal"]


@dataclass(frozen=True, slots=True)
class Clip:
    """One announcement of a campaign as a sound: the length of one whole airing, and why it cannot air, if so."""

    announcement_id: int
    airing: timedelta
    audio_sha256: Sha256
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class PlannedCampaign:
    """A campaign with what the planner must know of its sound: the length of one whole airing."""

    campaign: Campaign
    airing: timedelta
    """Chime, every repeat, pauses and closing chime together."""
    audio_sha256: Sha256
    blocked: str = ""
    """A reason code why its first clip cannot air (`unapproved`, `audio_retired` …), else empty."""
    rest: tuple[Clip, ...] = ()
    """The clips of its rotation."""
    had: tuple[date, int] | None = None  # (day, turns that it has had before it, by the rows); None = as ordered
    most: int | None = None  # airings a day beyond which nothing is made up, by its dispatch; None = no bound

    @property
    def clips(self) -> tuple[Clip, ...]:
        """What it says, in turn."""
        first = Clip(self.campaign.announcement_id, self.airing, self.audio_sha256, self.blocked)
        return (first, *self.rest)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An airing that was wanted and not planned: which of the campaign (1-based), why, and what fills the sentence."""

    campaign_id: int
    ordinal: int
    reason: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayPlan:
    day: date
    slots: tuple[Slot, ...]  # newly planned, by start
    refusals: tuple[Refusal, ...]
    unkept: tuple[Refusal, ...] = ()
    """Times that a person gave (`placement`) and that could not be kept: those airings are planned as any other."""
    not_made_up: tuple[Refusal, ...] = ()  # of other days (`make_up`), and why it cannot; their day is in the details
