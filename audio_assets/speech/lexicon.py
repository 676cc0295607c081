"""The ward's word list: how a written form is said, before any reading rule is asked.

Entries are kept in order and the longest written form wins where several begin alike. A word list arrives as TOML text
that the caller read; nothing here touches a file. The list shipped with the product is `normalise_words.py`.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from audio_assets.speech.normalise_syllable import LATIN, is_syllable
from audio_assets.speech.normalise_words import SHIPPED, rows
from scheduler.errors import Refused

Case = Literal["auto", "exact", "any"]

_TOKEN: Final = re.compile(f"[{LATIN}0-9]+")
_SPACE: Final = re.compile(r"\s+")
_KEYS: Final = frozenset({"written", "said", "case", "pattern"})
LONGEST_ENTRY: Final = 200
"""Characters in a written or said form."""
MOST_ENTRIES: Final = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One written form and how it is said; saying it as written marks a known word."""

    written: str
    said: str
    case: Case = "auto"
    """`auto`: the case must agree only where the lower-case form is a word of its own ("TƯ", "P.")."""
    pattern: bool = False
    """`written` is a regular expression and `said` may use its groups."""

    @property
    def exact(self) -> bool:
        if self.case != "auto":
            return self.case == "exact"
        letters = self.written.strip(".").lower()
        return is_syllable(letters) or len(letters) == 1

    def ends_at(self, source: str, start: int) -> int | None:
        """Where this written form ends when it stands whole at `start` of `source`."""
        end = start + len(self.written)
        there = source[start:end]
        if there != self.written and (self.exact or there.casefold() != self.written.casefold()):
            return None
        if _TOKEN.match(self.written[-1]) and _TOKEN.match(source, end):
            return None
        return end


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Ordered entries, indexed by the first word of what is written."""

    entries: tuple[Entry, ...] = ()
    _first: dict[str, tuple[Entry, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)
    patterns: tuple[tuple[re.Pattern[str], Entry], ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        index: dict[str, list[Entry]] = {}
        for entry in self.entries:
            first = _TOKEN.match(entry.written)
            if not entry.pattern and first:
                index.setdefault(first.group().casefold(), []).append(entry)
        for first_word, alike in index.items():
            self._first[first_word] = tuple(sorted(alike, key=lambda entry: -len(entry.written)))
        compiled = tuple((re.compile(entry.written), entry) for entry in self.entries if entry.pattern)
        object.__setattr__(self, "patterns", compiled)

    def extended(self, more: Iterable[Entry]) -> "Lexicon":
        """The list with `more` before it: the ward's own words win over the shipped ones."""
        return Lexicon((*more, *self.entries))

    def at(self, source: str, start: int, first: str) -> tuple[Entry, int] | None:
        """The entry whose written form stands at `start`, where the word `first` begins, and where it ends."""
        for entry in self._first.get(first.casefold(), ()):
            end = entry.ends_at(source, start)
            if end is not None:
                return entry, end
        return None

    def said(self, written: str) -> str | None:
        """How exactly `written` is said, or None."""
        first = _TOKEN.match(written)
        found = self.at(written, 0, first.group()) if first else None
        return found[0].said if found and found[1] == len(written) else None


def tokens(source: str) -> Iterator[re.Match[str]]:
    """Words and digit strings of `source`, where an entry may begin."""
    return _TOKEN.finditer(source)


def _fault(place: int, row: dict[str, object]) -> tuple[str, str] | None:
    written, said = row.get("written"), row.get("said")
    strange = sorted(set(row) - _KEYS)
    if strange:
        return "lexicon_unknown_key", strange[0]
    if not isinstance(written, str) or not isinstance(said, str) or not written.strip():
        return "lexicon_entry_incomplete", str(place)
    if max(len(written), len(said)) > LONGEST_ENTRY:
        return "lexicon_entry_too_long", written[:40]
    if row.get("case", "auto") not in {"auto", "exact", "any"} or not isinstance(row.get("pattern", False), bool):
        return "lexicon_bad_option", written
    return _pattern_fault(written, said) if row.get("pattern") else _words_fault(written, said)


def _words_fault(written: str, said: str) -> tuple[str, str] | None:
    if not _TOKEN.match(written.strip()):
        return "lexicon_written_needs_word", written
    return ("lexicon_said_has_digits", written) if any(sign.isdigit() for sign in said) else None


def _pattern_fault(written: str, said: str) -> tuple[str, str] | None:
    try:
        pattern = re.compile(written)
        pattern.sub(said, "")
    except (re.error, IndexError):
        return "lexicon_bad_pattern", written
    return ("lexicon_pattern_matches_nothing", written) if pattern.match("") else None


def tidy_form(text: str) -> str:
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def parse_lexicon(toml_text: str) -> Lexicon:
    """A word list written as TOML `[[entry]]` tables; the first fault refuses the list, nothing is half taken."""
    try:
        document = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        raise Refused("lexicon_not_toml", detail=str(error)) from error
    rows = document.get("entry", [])
    if set(document) - {"entry"} or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused("lexicon_not_a_list")
    if len(rows) > MOST_ENTRIES:
        raise Refused("lexicon_too_long", entries=len(rows), limit=MOST_ENTRIES)
    for place, row in enumerate(rows, 1):
        fault = _fault(place, row)
        if fault:
            raise Refused(fault[0], entry=place, written=fault[1])
    return Lexicon(
        tuple(
            Entry(
                row["written"] if row.get("pattern") else tidy_form(row["written"]),
                tidy_form(row["said"]),
                row.get("case", "auto"),
                row.get("pattern", False),
            )
            for row in rows
        )
    )


def write_lexicon(lexicon: Lexicon) -> str:
    """The word list as TOML text that `parse_lexicon` reads back to the same entries."""
    lines: list[str] = []
    for entry in lexicon.entries:
        lines += ["[[entry]]", f"written = {_quoted(entry.written)}", f"said = {_quoted(entry.said)}"]
        lines += [f'case = "{entry.case}"'] if entry.case != "auto" else []
        lines += ["pattern = true"] if entry.pattern else []
        lines.append("")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign if sign >= " " and sign != "\x7f" else f"\\u{ord(sign):04X}" for sign in escaped) + '"'


def _shipped() -> Iterator[Entry]:
    for written, said in rows(SHIPPED):
        yield Entry(written, said)


DEFAULT_LEXICON: Final = Lexicon(tuple(_shipped()))
