"""How this station reads: its word list, its region's words, and what is said of any text.

The one place that asks the reading rules: whatever is shown as "máy sẽ đọc" and whatever a voice is given comes from
here, so that both are the same. It changes no row; the word list is changed by `services.announcement.lexicon`.
The rules are imported when a text is first read: they are a third of a start, and most commands read none.
"""

import hashlib
import json
import logging
import threading
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field, replace
from typing import TYPE_CHECKING

from audio_assets.speech.lexicon import DEFAULT_LEXICON, Case, Entry, Lexicon, fault_of, layered, parse_lexicon
from audio_assets.speech.normalise_numbers import NORTHERN, SOUTHERN, ReadingStyle
from scheduler.core.announcement.word_list import OwnForm, TakenList
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories
from scheduler.store import LexiconRows

if TYPE_CHECKING:
    from audio_assets.speech.normalise import Said

log = logging.getLogger(__name__)

__all__ = ["PronunciationService", "Words", "entry_of", "list_entries", "words_of"]

_MOST_KEPT = 1_500
"""Texts whose said form is remembered, so that lists of announcements need not read them all again."""
_LONGEST_KEPT = 5_000
"""Characters of a text that is remembered."""


@dataclass(slots=True)
class Words:
    """The word list in one of its states, and what was read with it; `version` names list, region and rules."""

    revision: int
    lexicon: Lexicon
    version: str
    said: "dict[str, Said]" = field(default_factory=dict)


def entry_of(form: OwnForm) -> Entry:
    """The entry an own form is; not for one that is switched off."""
    case: Case = "exact" if form.case == "exact" else "any" if form.case == "any" else "auto"
    return Entry(form.written, form.said, case, form.pattern)


def words_of(own: Iterable[OwnForm], lists: Iterable[TakenList]) -> Lexicon:
    """The ward's own forms above the lists it has taken above the shipped list, without what is switched off."""
    forms = list(own)
    entries = [entry for form in forms if not form.off and not fault_of(entry := entry_of(form))]
    off = {form.key for form in forms if form.off}
    return layered((entries, *map(list_entries, lists), DEFAULT_LEXICON.entries), off)


def list_entries(taken: TakenList) -> tuple[Entry, ...]:
    """Of a list that was good when it was taken. A later release may ask more of a list: reading goes on without it."""
    try:
        return parse_lexicon(taken.toml).entries
    except Refused:
        log.exception("the word list %s is not used", taken.name)
        return ()


class PronunciationService:
    """Reads with the word list as it is now. Safe to call from several threads."""

    def __init__(self, repos: Repositories) -> None:
        self._rows = LexiconRows(repos.store)
        speech = repos.config.speech
        region = SOUTHERN if speech.dialect == "southern" else NORTHERN
        self.style: ReadingStyle = replace(
            region, short_documents=speech.short_documents, repeat_phones=speech.repeat_phones
        )
        self._words: Words | None = None
        self._lock = threading.Lock()

    def spoken_form(self, text: str) -> "Said":
        """What the machine says of `text`. Raises nothing, whatever the text is."""
        words = self.words()
        kept = words.said.get(text)
        if kept is None:
            kept = self.said_with(words.lexicon, text)
            if len(text) <= _LONGEST_KEPT:
                with self._lock:
                    if len(words.said) >= _MOST_KEPT:
                        words.said.clear()
                    words.said[text] = kept
        return kept

    def said_with(self, lexicon: Lexicon, text: str) -> "Said":
        """What would be said of `text` with another word list, in this station's style."""
        from audio_assets.speech.normalise import normalise

        return normalise(text, lexicon, style=self.style)

    def is_speakable(self, text: str) -> bool:
        """Whether anything of `text` would be said at all."""
        return any(map(str.isalpha, self.spoken_form(text).text))

    @property
    def lexicon(self) -> Lexicon:
        """The word list in use."""
        return self.words().lexicon

    @property
    def version(self) -> str:
        """Names how this station reads now: another one when the word list, the style or the rules have changed."""
        return self.words().version

    def words(self) -> Words:
        """The word list as it is now, in one piece."""
        revision = self._rows.revision()
        words = self._words
        if words is None or words.revision != revision:
            lexicon = words_of((kept.form for kept in self._rows.forms()), self._rows.lists())
            words = self._words = Words(revision, lexicon, _version(lexicon, self.style))
        return words


def _version(lexicon: Lexicon, style: ReadingStyle) -> str:
    from audio_assets.speech.normalise import NORMALISER_VERSION

    entries = [[entry.written, entry.said, entry.case, entry.pattern] for entry in lexicon.entries]
    parts = [NORMALISER_VERSION, astuple(style), entries]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8")).hexdigest()[:16]
