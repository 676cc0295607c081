"""Written ward language → what is said on the loudspeakers.

Decides the words a voice is given: numbers, dates, telephone numbers, document numbers, abbreviations and signs spoken
out, with each change kept in its place so that a page can show both sides. It never raises on any text, never drops a
word in silence (what nobody can read is listed in `Said.unknown`) and reads its own answer back unchanged.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from audio_assets.speech.lexicon import DEFAULT_LEXICON, Entry, Lexicon
from audio_assets.speech.normalise_address import ADDRESSES
from audio_assets.speech.normalise_clock import CLOCKS
from audio_assets.speech.normalise_code import PLACES
from audio_assets.speech.normalise_defined import read_defined
from audio_assets.speech.normalise_document import CITATIONS, DOCUMENTS
from audio_assets.speech.normalise_doubt import read_doubts
from audio_assets.speech.normalise_layout import LAYOUT, SIGNS
from audio_assets.speech.normalise_leftover import LEFTOVERS, read_lexicon
from audio_assets.speech.normalise_months import QUARTERS
from audio_assets.speech.normalise_named import INITIALS, NAMED, PLATES
from audio_assets.speech.normalise_neighbours import NEIGHBOURS, SHORT_FORMS
from audio_assets.speech.normalise_numbers import NORTHERN, NUMBER_WORDS, SOUTHERN, ReadingStyle
from audio_assets.speech.normalise_phone import MASKED, NUMBERS_TO_CALL
from audio_assets.speech.normalise_quantity import QUANTITIES
from audio_assets.speech.normalise_repeated import leave_out_repeated
from audio_assets.speech.normalise_rule import Change, Page, Rule
from audio_assets.speech.normalise_signed import SIGNED
from audio_assets.speech.normalise_syllable import LATIN
from audio_assets.speech.normalise_tidy import tidy
from audio_assets.speech.normalise_time import DATES
from audio_assets.speech.normalise_trades import TRADES
from audio_assets.speech.normalise_typed import TYPED
from audio_assets.speech.normalise_weekday import ORDINALS, WEEKDAYS

__all__ = [
    "DEFAULT_LEXICON", "NORMALISER_VERSION", "NORTHERN", "RULES", "SOUTHERN", "Change", "Lexicon", "ReadingStyle",
    "Said", "is_speakable", "normalise",
]  # fmt: skip

NORMALISER_VERSION: Final = "18"
"""Part of the key of every cached clip: raise it whenever a reading changes."""


def read_patterns(page: Page) -> None:
    """Patterns of the word list, in their order; what their groups have kept is read by all the rules."""
    for match, entry in page.lexicon.matches(page.source):
        if page.free(*match.span()):
            page.claim(*match.span(), _said_by_pattern(match, entry, page), "lexicon")


def _said_by_pattern(match: re.Match[str], entry: Entry, page: Page) -> str:
    """What a pattern says, with the digits and words that it kept read as everywhere."""
    said = normalise(match.expand(entry.said), page.lexicon.words, style=page.style)
    page.unknown += said.unknown
    return said.text


RULES: Final[tuple[Rule | Callable[[Page], None], ...]] = (
    read_patterns, *TYPED, *SIGNED, *MASKED, *ADDRESSES, *DOCUMENTS, *INITIALS, *PLATES, *QUARTERS, *TRADES,
    *NEIGHBOURS,
    read_defined, read_lexicon, *SHORT_FORMS, *LAYOUT, *NUMBERS_TO_CALL, *NAMED,
    *CLOCKS, *DATES, *WEEKDAYS, *ORDINALS, *CITATIONS, *PLACES, *QUANTITIES, *LEFTOVERS, *SIGNS,
    read_doubts, leave_out_repeated,
)  # fmt: skip
"""First come, first claimed: what one rule has read no later rule touches."""

_SPOKEN: Final = re.compile(rf"[{LATIN}]+|[.,:;?!]")
_TWO_NUMBERS: Final = re.compile("[0-9IVX][0-9]")
_WEIGHT: Final = {",": 1, ";": 2, ":": 3, ".": 4, "!": 5, "?": 6}


@dataclass(frozen=True, slots=True)
class Said:
    """What will be said of one text, and how each stretch of the tidied `source` became it."""

    text: str
    changes: tuple[Change, ...]
    unknown: tuple[str, ...]
    source: str


class _Voice:
    """Joins words and pauses: one space between words, of several pauses together the strongest, none at the start."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.pause = ""

    def say(self, text: str) -> tuple[int, int]:
        """Where the words of `text` begin and end in what is said."""
        start: int | None = None
        for piece in _SPOKEN.findall(text):
            if piece in _WEIGHT:
                if self.parts and _WEIGHT[piece] > _WEIGHT.get(self.pause, 0):
                    self.pause = piece
                continue
            before = f"{self.pause} " if self.pause else " " if self.parts else ""
            self.parts += [before, piece]
            self.length += len(before)
            start = self.length if start is None else start
            self.length += len(piece)
            self.pause = ""
        return (self.length if start is None else start, self.length)

    def all(self) -> str:
        return "".join(self.parts) + ("" if self.pause == "," else self.pause)


def _read(page: Page) -> None:
    for step in RULES:
        if isinstance(step, Rule):
            step.read(page)
        else:
            step(page)


def _run_together(page: Page, before: Change | None, change: Change) -> bool:
    """Whether only a space parts two numbers that would be heard as one: "BĐ2 0,28 m", "NV1 32,5"."""
    if before is None or not page.source[before.end : change.start].isspace():
        return False
    written = f"{page.source[before.end - 1]}{page.source[change.start]}"
    last, first = before.said.rpartition(" ")[2], change.said.partition(" ")[0]
    return bool(_TWO_NUMBERS.fullmatch(written)) and {last, first} <= NUMBER_WORDS


def _assemble(page: Page) -> tuple[str, tuple[Change, ...]]:
    voice, told, place, before = _Voice(), [], 0, None
    for change in sorted(page.changes, key=lambda change: change.start):
        voice.say("," if _run_together(page, before, change) else page.source[place : change.start])
        start, end = voice.say(change.said)
        place, before = change.end, change
        if page.source[change.start : change.end] != change.said:
            told.append(replace(change, said_start=start, said_end=end))
    voice.say(page.source[place:])
    return voice.all(), tuple(told)


def normalise(text: str, lexicon: Lexicon = DEFAULT_LEXICON, *, style: ReadingStyle = NORTHERN) -> Said:
    """What is said for `text`; lines that end without a stop end a sentence."""
    page = Page(tidy(text), lexicon, style)
    _read(page)
    said, changes = _assemble(page)
    return Said(said, changes, tuple(dict.fromkeys(page.unknown)), page.source)


def is_speakable(text: str, lexicon: Lexicon = DEFAULT_LEXICON) -> bool:
    """Whether anything of `text` would be said at all."""
    return any(piece not in _WEIGHT for piece in _SPOKEN.findall(normalise(text, lexicon).text))
