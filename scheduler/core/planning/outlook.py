"""What people are told of an announcement's airing: made from rows and measures that were read, never from a wish.

"The loudspeakers will sound" is said only of a planned row with its sound at hand, while playout lives and every
loudspeaker of its zones is open. What has sounded is said only of what was measured. Pure: who reads is the service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from scheduler.core.model import Slot
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.outlook_words import NamedMove, later_words, move_words, when_words
from scheduler.core.words.wording import sentence_of

__all__ = ["OF_THE_FILE", "Outlook", "OutlookKind"]

OF_THE_FILE = frozenset({"audio_missing", "audio_changed", "file_unreadable"})
"""Causes that lie in the file of a sound: another sound has to be approved anew."""


class OutlookKind(StrEnum):
    WAITS = "waits"
    """Nobody has approved it."""
    UNPLANNED = "unplanned"
    """Approved, and nothing of it is planned."""
    READY = "ready"
    """A template of an emergency: it waits for its order."""
    WILL_SOUND = "will_sound"
    WONT_SOUND = "wont_sound"
    """Planned, and something that is needed to sound is missing at this moment."""
    ON_AIR = "on_air"
    SOUNDED = "sounded"
    PARTLY = "partly"
    """It was cut, or some loudspeaker of its zones did not say it whole."""
    RECORDED = "recorded"
    """Only written to a file: nothing sounded."""


_REASONS = {
    OutlookKind.WAITS: "outlook_waits",
    OutlookKind.UNPLANNED: "approved_unplanned",
    OutlookKind.READY: "template_ready",
    OutlookKind.WILL_SOUND: "will_sound",
    OutlookKind.WONT_SOUND: "wont_sound",
    OutlookKind.ON_AIR: "outlook_on_air",
    OutlookKind.SOUNDED: "outlook_sounded",
    OutlookKind.PARTLY: "outlook_partly",
    OutlookKind.RECORDED: "outlook_recorded",
}
_BAD = {OutlookKind.WONT_SOUND, OutlookKind.UNPLANNED, OutlookKind.PARTLY, OutlookKind.RECORDED}


@dataclass(frozen=True, slots=True)
class Outlook:
    """`first`: the next planned row, or the last one that ended; `now` is when all this was read."""

    announcement_id: int
    title: str
    kind: OutlookKind
    now: datetime
    zone_name: str
    first: Slot | None = None
    zones: tuple[str, ...] = ()
    """Of all that starts together with it."""
    where: str = ""
    """Those zones in words."""
    count: int = 0
    """Airings that are planned."""
    last_planned: date | None = None
    ends: date | None = None
    """The last day of its campaigns, where that lies behind what is planned."""
    outputs: tuple[str, ...] = ()
    """The loudspeakers that are open for it."""
    causes: tuple[Refusal, ...] = field(default=())
    """What is missing, the gravest first."""
    moved: tuple[NamedMove, ...] = ()
    """What its approval has moved, as it stands now."""
    goes_on: bool = False
    """It airs behind the days of which that is known."""

    @property
    def start(self) -> datetime | None:
        return self.first.start if self.first else None

    @property
    def is_well(self) -> bool:
        return self.kind not in _BAD and not self.causes

    @property
    def is_mendable(self) -> bool:
        """Whether it sounds without another approval once what is missing is there."""
        return not any(one.reason in OF_THE_FILE for one in self.causes)

    @property
    def reason(self) -> str:
        unheard = self.kind is OutlookKind.ON_AIR and self.causes
        return "outlook_on_air_unheard" if unheard else _REASONS[self.kind]

    @property
    def details(self) -> Mapping[str, str]:
        """What fills its sentence."""
        told = {"title": self.title}
        if self.first is not None:
            told["when"] = when_words(self.first.start, self.now, self.zone_name)
        if self.where:
            told["where"] = self.where
        if self.causes:
            told["why"] = sentence_of(self.causes[0])
        if self.count > 1 and self.last_planned is not None:
            told |= {"count": str(self.count), "last": f"{self.last_planned:%d/%m}"}
        if self.ends is not None:
            told["ends"] = f"{self.ends:%d/%m}"
        if self.moved:
            told["moved"] = " ".join(self.moves)
        return told

    @property
    def moves(self) -> tuple[str, ...]:
        """What gave way, a sentence each; of a rhythm that goes on also that it is not all."""
        told = tuple(move_words(one, self.now, self.zone_name) for one in self.moved)
        return (*told, later_words()) if told and self.goes_on else told

    @property
    def sentence(self) -> str:
        """As page, API and terminal say it."""
        return sentence_of(self)
