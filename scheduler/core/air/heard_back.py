"""What came back from the loudspeakers, as pages and reports ask for it; who listens, and how, is not known here.

The extra that listens answers as a `HeardBack`. Where there is none, `Unheard` answers: nobody listened, which is no
zero. Words, numbers and marks come ready; nothing is judged here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from scheduler.kernel.words import Words

__all__ = ["HEARD_WORDS", "AirFigures", "DayHeard", "Finding", "Heard", "HeardBack", "Mark", "SpellKind", "Spells",
    "Unheard"]  # fmt: skip


class Heard(StrEnum):
    """What became of an airing at the far end of the line."""

    HEARD = "heard"
    PARTLY = "partly"
    SOUND = "sound"
    """There was sound; with what was sent it could not be compared (a relay, a live voice, a steady tone)."""
    OTHER = "other"
    """There was sound, and it was not what was sent."""
    SILENT = "silent"
    UNKNOWN = "unknown"
    """Nobody was listening."""


HEARD_WORDS = Words(Path(__file__).parent, "heard", Heard)


class SpellKind(StrEnum):
    """What a stretch of time was that should not have been."""

    SILENCE = "silence"
    """Nothing came back while something played."""
    STRAY = "stray"
    """Sound that the station did not send."""


# For reports


class Mark(NamedTuple):
    """What became of one airing at the far end of the line."""

    verdict: Heard
    level_dbfs: float | None
    """Mean, 300 Hz to 4 kHz."""


class Spells(NamedTuple):
    """Spells of one kind that are over."""

    times: int = 0
    length_ms: int = 0


@dataclass(frozen=True, slots=True)
class AirFigures:
    """A period's findings."""

    verdicts: Mapping[Heard, int] = field(default_factory=dict)
    """Airings by their mark."""
    spells: Mapping[SpellKind, Spells] = field(default_factory=dict)
    watches_stray: bool = True
    """False where the station is set not to look for stray sound."""

    @property
    def listened(self) -> int:
        """Airings of which anything can be said."""
        return sum(count for verdict, count in self.verdicts.items() if verdict is not Heard.UNKNOWN)

    @property
    def measured(self) -> bool:
        """Whether anything at all was heard in the period."""
        return bool(self.listened or self.spells)

    def spells_of(self, kind: SpellKind) -> Spells | None:
        """None where nobody looked for them: no airing was listened to, or it is set so."""
        watched = self.listened and (kind is SpellKind.SILENCE or self.watches_stray)
        return self.spells.get(kind, Spells() if watched else None)


# For pages


@dataclass(frozen=True, slots=True)
class Finding:
    """An airing as it was heard, or a spell, ready for a page: the word always stands beside its mark."""

    word: str
    mark: str
    picture: str
    why: str
    numbers: str
    title: str
    began_at: datetime
    seconds: int | None
    """How long it was; None = it goes on."""


@dataclass(frozen=True, slots=True)
class DayHeard:
    """What was found on a day."""

    marks: Mapping[str, Finding] = field(default_factory=dict)
    """By slot."""
    spells: Sequence[Finding] = ()
    """Silence and stray sound, by their beginning."""


class HeardBack(Protocol):
    """Who tells what came back."""

    @property
    def listens(self) -> bool:
        """Whether anybody listens now, so that also a day without a mark tells of marks."""

    def of_day(self, day: date) -> DayHeard:
        """Every finding of a day."""

    def marks(self, slot_ids: Sequence[str]) -> dict[str, Mark]:
        """What was made of some airings, by slot; those that were not judged are left out."""

    def figures(self, first: date, last: date) -> AirFigures:
        """What was found in the days."""

    def tally(self, slot_ids: Sequence[str]) -> tuple[int, int] | None:
        """Of these airings, how many were listened to and how many heard whole; None where none was."""


class Unheard:
    """Nobody listens, and nobody ever has."""

    listens = False

    def of_day(self, _day: date) -> DayHeard:
        return DayHeard()

    def marks(self, _slot_ids: Sequence[str]) -> dict[str, Mark]:
        return {}

    def figures(self, _first: date, _last: date) -> AirFigures:
        return AirFigures()

    def tally(self, _slot_ids: Sequence[str]) -> None:
        return None
