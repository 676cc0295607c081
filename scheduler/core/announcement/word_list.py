"""What the ward says of written forms, lists taken from outside, and each change of them.

Pure: what an entry means to a voice is `audio_assets.speech.lexicon`'s.
"""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Difference", "LexiconChange", "OwnForm", "StoredForm", "TakenList"]


@dataclass(frozen=True, slots=True)
class OwnForm:
    """What the ward says of one written form; `off` = nothing, and what lists below say of it is not used."""

    written: str
    said: str
    case: str = "auto"
    pattern: bool = False
    off: bool = False

    @property
    def key(self) -> tuple[str, bool]:
        return self.written, self.pattern


@dataclass(frozen=True, slots=True)
class StoredForm:
    """An own form as kept."""

    id: int
    form: OwnForm
    version: int
    changed_at: datetime
    changed_by: int


@dataclass(frozen=True, slots=True)
class TakenList:
    """A list from outside, whole: `toml` is its text as `parse_lexicon` reads it."""

    id: int
    name: str
    version: str
    toml: str
    entries: int
    taken_at: datetime
    taken_by: int
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Some of the list before and after: own forms by their key, and which taken lists are in use."""

    before: tuple[OwnForm, ...] = ()
    after: tuple[OwnForm, ...] = ()
    lists_before: tuple[int, ...] = ()
    lists_after: tuple[int, ...] = ()

    def turned(self) -> "Difference":
        """The way back."""
        return Difference(self.after, self.before, self.lists_after, self.lists_before)


@dataclass(frozen=True, slots=True)
class LexiconChange:
    """One change of the list, as recorded; `undone` when a later one took it back."""

    id: int
    at: datetime
    by_id: int
    act: str
    told: str
    difference: Difference
    undone: bool
