"""What a change of the word list would change: of a typed sentence, and of every text the station may still air.

Texts that hold none of the changed forms are not read at all, so that a preview of one word stays quick. It reads and
never changes a row.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from audio_assets.speech.lexicon import Entry, Lexicon, compiled_pattern, tokens
from scheduler.core.model import CampaignState
from scheduler.services.announcement.pronunciation import PronunciationService
from scheduler.services.repositories import Repositories
from scheduler.store import LexiconRows, LivingText

if TYPE_CHECKING:
    from audio_assets.speech.normalise import Said

__all__ = ["Forms", "LexiconPreview", "Preview", "TextChange", "differing"]

MOST_TEXTS: Final = 3_000
"""Announcements that are looked at, the newest first."""
_FEW: Final = 20
"""Forms up to which looking for each is quicker than taking the text apart."""
MOST_READ: Final = 150
"""Texts that are read before and after in one preview."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text of the station whose said form changes."""

    title: str
    before: "Said"
    after: "Said"
    announcement: LivingText | None = None
    """None for the words around drills and corrections, which stand in the configuration."""
    campaigns: tuple[str, ...] = ()
    """Running campaigns that say it."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change of the list does."""

    sample: "tuple[Said, Said] | None"
    """The typed example before and after."""
    changes: tuple[TextChange, ...]
    looked_at: int
    """Texts of the station that were searched."""
    unread: int
    """Texts that hold a changed form but were too many to be read."""


class LexiconPreview:
    """Compares the word list as it is with another one, over the station's texts."""

    def __init__(self, repos: Repositories, reading: PronunciationService) -> None:
        self._repos = repos
        self._reading = reading
        self._rows = LexiconRows(repos.store)

    def of(self, after: Lexicon, sample: str = "") -> Preview:
        """What reading with `after` changes; `sample` is an example of the person's own."""
        changed = differing(self._reading.lexicon, after)
        texts = list(self._texts())
        touched = [one for one in texts if changed.stand_in(one[1])]
        found = []
        for title, words, announcement in touched[:MOST_READ]:
            before, then = self._reading.spoken_form(words), self._reading.said_with(after, words)
            if (before.text, before.unknown) != (then.text, then.unknown):
                found.append(TextChange(title, before, then, announcement))
        aired = self._campaigns() if found else {}
        found = [
            replace(one, campaigns=aired.get(one.announcement.id, ())) if one.announcement else one for one in found
        ]
        told = (self._reading.spoken_form(sample), self._reading.said_with(after, sample)) if sample.strip() else None
        return Preview(told, tuple(found), len(texts), max(0, len(touched) - MOST_READ))

    def _texts(self) -> Iterator[tuple[str, str, LivingText | None]]:
        words = self._repos.config.emergency
        yield "Lời diễn tập", words.drill_words, None
        yield "Lời đính chính", words.correction_words, None
        for living in self._rows.living_texts(MOST_TEXTS):
            yield living.title, living.words, living

    def _campaigns(self) -> dict[int, tuple[str, ...]]:
        """Announcement -> titles of the running campaigns that say it."""
        found: dict[int, tuple[str, ...]] = {}
        for campaign in self._repos.programme.campaigns(CampaignState.ACTIVE):
            for announcement_id in {campaign.announcement_id, *campaign.rotation}:
                found[announcement_id] = (*found.get(announcement_id, ()), campaign.title)
        return found


def differing(one: Lexicon, other: Lexicon) -> "Forms":
    """The forms that two lists do not agree on."""
    return Forms(set(one.entries) ^ set(other.entries))


class Forms:
    """Some written forms, for a quick look whether a text holds one; it may say yes where none stands whole."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._first: dict[str, list[str]] = {}
        self._patterns: list[re.Pattern[str]] = []
        for entry in entries:
            if entry.pattern:
                self._patterns.append(compiled_pattern(entry))
            elif first := next(tokens(entry.written), None):
                self._first.setdefault(first.group().casefold(), []).append(entry.written.casefold())

    def stand_in(self, text: str) -> bool:
        plain = unicodedata.normalize("NFC", text)
        folded = plain.casefold()
        first = {*self._first}
        if len(first) > _FEW:
            first &= {token.group().casefold() for token in tokens(plain)}
        if any(form in folded for word in first for form in self._first[word]):
            return True
        return any(pattern.search(plain) for pattern in self._patterns)
