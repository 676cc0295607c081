"""The ward's word list: how a written form is said, before any reading rule is asked.

Entries are kept in order and the longest written form wins where several begin alike; a pattern gives way to a word of
a list above its own. A word list arrives as TOML text that the caller read; nothing here touches a file. The list
shipped with the product is `normalise_words.py`; other file formats are `lexicon_file.py`'s.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from audio_assets.speech.lexicon_pattern import PatternFault, safe_pattern
from audio_assets.speech.normalise_foreign import FOREIGN
from audio_assets.speech.normalise_syllable import LATIN, is_syllable
from audio_assets.speech.normalise_tidy import tidy
from audio_assets.speech.normalise_words import SHIPPED, rows
from scheduler.kernel.errors import Refused

Case = Literal["auto", "exact", "any"]

_TOKEN: Final = re.compile(f"[{LATIN}0-9]+")
_SPACE: Final = re.compile(r"\s+")
_KEYS: Final = frozenset({"written", "said", "case", "pattern"})
LONGEST_ENTRY: Final = 200
"""Characters in a written or said form."""
MOST_ENTRIES: Final = 5_000
MOST_PATTERNS: Final = 50
"""In one list: each of them is held against the whole of every text."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One written form and how it is said; saying it as written marks a known word."""

    written: str
    said: str
    case: Case = "auto"
    """`auto`: the case must agree only where the lower-case form is a word of its own ("TƯ", "P.")."""
    pattern: bool = False
    """`written` is a regular expression and `said` may use its groups."""
    layer: int = field(default=0, compare=False)
    """How far below the ward's own list (0) the list stands that this entry is of."""

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
    _words: "Lexicon | None" = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        index: dict[str, list[Entry]] = {}
        for entry in self.entries:
            first = _TOKEN.match(entry.written)
            if not entry.pattern and first:
                index.setdefault(first.group().casefold(), []).append(entry)
        for first_word, alike in index.items():
            self._first[first_word] = tuple(sorted(alike, key=lambda entry: -len(entry.written)))
        compiled = tuple((compiled_pattern(entry), entry) for entry in self.entries if entry.pattern)
        object.__setattr__(self, "patterns", compiled)

    def at(self, source: str, start: int, first: str) -> tuple[Entry, int] | None:
        """The entry whose written form stands at `start`, where the word `first` begins, and where it ends."""
        for entry in self._first.get(first.casefold(), ()):
            end = entry.ends_at(source, start)
            if end is not None:
                return entry, end
        return None

    def matches(self, source: str) -> Iterator[tuple[re.Match[str], Entry]]:
        """Where patterns stand in `source`, in the order of the list, but not over a word of a list above theirs."""
        for pattern, entry in self.patterns:
            for match in pattern.finditer(source):
                if not entry.layer or not self._has_word_above(source, match, entry.layer):
                    yield match, entry

    def _has_word_above(self, source: str, match: re.Match[str], layer: int) -> bool:
        for token in _TOKEN.finditer(source, max(0, match.start() - LONGEST_ENTRY), match.end()):
            found = self.at(source, token.start(), token.group())
            if found and found[0].layer < layer and found[1] > match.start():
                return True
        return False

    @property
    def words(self) -> "Lexicon":
        """The list without its patterns."""
        if not self.patterns:
            return self
        if self._words is None:
            object.__setattr__(self, "_words", Lexicon(tuple(one for one in self.entries if not one.pattern)))
        return self._words or self

    def spoken_form(self, written: str) -> str | None:
        """How exactly `written` is said, or None."""
        first = _TOKEN.match(written)
        found = self.at(written, 0, first.group()) if first else None
        return found[0].said if found and found[1] == len(written) else None


def layered(layers: Sequence[Iterable[Entry]], off: AbstractSet[tuple[str, bool]] = frozenset()) -> Lexicon:
    """One list of several, the first wins; forms of `off` (written, pattern) count only in the first."""
    entries: dict[tuple[str, bool], Entry] = {}
    for depth, layer in enumerate(layers):
        for entry in layer:
            key = entry.written, entry.pattern
            if not depth or key not in off:
                entries.setdefault(key, replace(entry, layer=depth))
    return Lexicon(tuple(entries.values()))


def tokens(source: str) -> Iterator[re.Match[str]]:
    """Words and digit strings of `source`, where an entry may begin."""
    return _TOKEN.finditer(source)


def compiled_pattern(entry: Entry) -> re.Pattern[str]:
    """The pattern of an entry; `case` "any" takes both cases. Raises PatternFault."""
    return safe_pattern(entry.written, any_case=entry.case == "any")


def fault_of(entry: Entry) -> str:
    """The reason code of what makes an entry unfit for any list, or ''. Asks nothing of other entries."""
    if not entry.written.strip() or not entry.said.strip():
        return "lexicon_entry_incomplete"
    if max(len(entry.written), len(entry.said)) > LONGEST_ENTRY:
        return "lexicon_entry_too_long"
    return _pattern_fault(entry) if entry.pattern else _words_fault(entry.written, entry.said)


def _fault(place: int, row: dict[str, object]) -> tuple[str, str] | None:
    """Reason code and what it is about, of a row as it came."""
    written, said = row.get("written"), row.get("said")
    strange = sorted(set(row) - _KEYS)
    if strange:
        return "lexicon_unknown_key", strange[0]
    if not isinstance(written, str) or not isinstance(said, str) or not written.strip():
        return "lexicon_entry_incomplete", str(place)
    if row.get("case", "auto") not in {"auto", "exact", "any"} or not isinstance(row.get("pattern", False), bool):
        return "lexicon_bad_option", written
    fault = fault_of(_entry(row))
    return (fault, str(place) if fault == "lexicon_entry_incomplete" else written[:40]) if fault else None


def _entry(row: dict[str, Any]) -> Entry:
    return as_met(Entry(row["written"], row["said"], row.get("case", "auto"), row.get("pattern", False)))


def as_met(entry: Entry) -> Entry:
    """The entry with its forms as the rules meet them in a text: composed, single spaces, plain dashes and quotes."""
    written = unicodedata.normalize("NFC", entry.written) if entry.pattern else tidy_form(tidy(entry.written))
    return replace(entry, written=written, said=tidy_form(entry.said))


def _words_fault(written: str, said: str) -> str:
    if not _TOKEN.match(written.strip()):
        return "lexicon_written_needs_word"
    return "lexicon_said_has_digits" if any(sign.isdigit() for sign in said) else ""


def _pattern_fault(entry: Entry) -> str:
    try:
        compiled_pattern(entry).sub(entry.said, "")  # reads the template, whatever it is held against
    except PatternFault as fault:
        return fault.code
    except (re.error, IndexError):
        return "lexicon_bad_pattern"
    return ""


def tidy_form(text: str) -> str:
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def parse_lexicon(toml_text: str) -> Lexicon:
    """A word list written as TOML `[[entry]]` tables; the first fault refuses the list, nothing is half taken.

    A list's own `name` and `version` are `lexicon_file`'s to read and passed over here.
    """
    try:
        document = tomllib.loads(toml_text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refused("lexicon_not_toml", detail=str(error)) from error
    rows = document.get("entry", [])
    if set(document) - {"entry", "name", "version"} or not isinstance(rows, list):
        raise Refused("lexicon_not_a_list")
    return lexicon_of(rows)


def lexicon_of(rows: Sequence[dict[str, Any]]) -> Lexicon:
    """A word list of rows with the keys of `[[entry]]`. Raises Refused at the first fault."""
    if not all(isinstance(row, dict) for row in rows):
        raise Refused("lexicon_not_a_list")
    if len(rows) > MOST_ENTRIES:
        raise Refused("lexicon_too_long", entries=len(rows), limit=MOST_ENTRIES)
    if (patterns := sum(row.get("pattern") is True for row in rows)) > MOST_PATTERNS:
        raise Refused("lexicon_too_many_patterns", entries=patterns, limit=MOST_PATTERNS)
    for place, row in enumerate(rows, 1):
        fault = _fault(place, row)
        if fault:
            raise Refused(fault[0], entry=place, written=fault[1])
    return Lexicon(tuple(map(_entry, rows)))


def write_lexicon(lexicon: Lexicon) -> str:
    """The word list as TOML text that `parse_lexicon` reads back to the same entries."""
    lines: list[str] = []
    for entry in lexicon.entries:
        lines += ["[[entry]]", f"written = {quoted(entry.written)}", f"said = {quoted(entry.said)}"]
        lines += [f'case = "{entry.case}"'] if entry.case != "auto" else []
        lines += ["pattern = true"] if entry.pattern else []
        lines.append("")
    return "\n".join(lines)


def quoted(text: str) -> str:
    """A TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign if sign >= " " and sign != "\x7f" else f"\\u{ord(sign):04X}" for sign in escaped) + '"'


def _shipped() -> Iterator[Entry]:
    for table in (SHIPPED, FOREIGN):
        for written, said in rows(table):
            yield Entry(written, said)


DEFAULT_LEXICON: Final = Lexicon(tuple(_shipped()))
