"""The English of what pages and commands say: of each Vietnamese text, by gettext's catalogues and the subjects' words.

`Phrases.said` takes a text as it is about to be drawn and gives its English: of a text that is a key; else of one that
was made from a key with gaps ("Cổng {port} đang có …"), whose gaps are taken over; else the text as it is. So a word
that was forgotten is shown in Vietnamese and never fails. It changes nothing that is kept, sent or said on the air.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from babel.messages import pofile

from scheduler.core.words.wording import folders_of_extras
from scheduler.features import FEATURES, folder_of
from scheduler.kernel.words import GAP, PART, filled, folders_in, tables_of

__all__ = ["FILES", "Phrases", "english", "messages_of", "read", "word_folders"]

CORE, _WEB = Path(__file__).parents[1], Path(__file__).parents[3] / "web"
FILES = {"": _WEB / "locale" / "en.po"} | {
    feature.name: folder_of(feature) / "locale" / "en.po" for feature in FEATURES
}
"""The catalogue of the core, and of what each extra alone says."""
KEPT = 4096
"""Texts whose English is remembered."""
DEPTH = 3
"""How deep a gap may hold a text with gaps."""
LONGEST = 800
"""Letters of the longest text that is looked up: what is longer somebody wrote, and forms with four gaps in a text of
4,000 letters, all of them words of such a form, kept every page waiting for nine seconds.
"""
LONGEST_PAIR = 7
"""Words of the longest text that is tried as a pair."""
SHORT = 12
"""A key of less weight than this, with a gap in front, is taken only when a number fills each gap."""
_SINGLE, _ANY = r"(?:\S*\d\S*|…)", ".+?"
_SIGN = 3
"""Weight of a sign such as a bracket, in letters: few texts have it by chance."""
_DECIMAL = re.compile(r"[−-]?\d+,\d+")
_LETTER = re.compile(r"[^\W\d_]")
_SIGNS = re.compile(r"[()“”:·;→×]")
_DATED = re.compile(r"(\d\d:\d\d(?::\d\d)? )?([^\d]+?)(,? \d[\d/:.,–\- ]*)")
_SENTENCES = re.compile(r"((?<=[.!?…]) |\n)")
_JOINTS = re.compile(r"( · |, |; | – |(?<=[.!?…]) |\n)")
"""Where a text was put together of several."""
_FOREIGN = re.compile(r"[^\x00-\x7f–“”’…·×→−]")
"""A letter that English words do not have."""
_BEHIND = re.compile(r"\{(\w+)\}\]? (\w+)")
"""A gap of a sentence, and the word behind it."""
_QUOTED = re.compile("“[^“”]*”")
"""A title, which stays as somebody wrote it."""


class _Form(NamedTuple):
    """A key with gaps, as what its filled-in texts look like."""

    literal: str
    """The longest stretch between two gaps: no text without it is one of these."""
    weight: int
    pattern: str
    english: tuple[str, ...]

    def match(self, text: str) -> dict[str, str] | None:
        """What fills the gaps of a text of this form."""
        found = _compiled(self.pattern).fullmatch(text) if self.literal in text else None
        return None if found is None else {name[1:]: value for name, value in found.groupdict().items() if value}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


def read(*more: Path) -> dict[str, tuple[str, ...]]:
    """Vietnamese → English, in one form or in two (one, many), of the pages and of `more` catalogues.

    What has no English yet is left out.
    """
    found = {key: told for path in (*FILES.values(), *more) if path.exists() for key, told in messages_of(path)}
    for folder in word_folders():
        found.update(_words(folder))
    return dict(sorted(found.items()))


def word_folders() -> list[Path]:
    """The folders that have words of their own, beside their subject."""
    return [*folders_in(CORE), *folders_in(_WEB), *folders_of_extras()]


def messages_of(path: Path, language: str = "en") -> Iterator[tuple[str, tuple[str, ...]]]:
    """The messages of a catalogue that are translated into this language."""
    with path.open("rb") as source:
        catalogue = pofile.read_po(source, locale=language, abort_invalid=True)
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        told = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
        if key and all(told):
            yield key, told


def _words(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The words and sentences of a folder."""
    english = tables_of(folder, "en")
    for table, words in tables_of(folder).items():
        for code, word in words.items():
            told = english.get(table, {}).get(code, "")
            forms = (told,) if isinstance(told, str) else tuple(told)
            if isinstance(word, str) and word and all(forms):
                yield word, forms


class Phrases:
    """One language's words."""

    def __init__(self, words: Mapping[str, tuple[str, ...]]) -> None:
        self.words = words
        self._low = {
            key.lower(): told[0]
            for key, told in words.items()
            if not (GAP.search(key) or key.isupper() or told[0] == key)  # "LOA" on a button is no output called "loa"
        }
        forms = (_form(key, told) for key, told in words.items() if GAP.search(key) or PART.search(key))
        self._forms = sorted((one for one in forms if one.weight), key=lambda one: -one.weight)
        self.translate: Callable[[str], str] = lru_cache(KEPT)(self._english_of)

    def _english_of(self, text: str) -> str:
        return self._deep(text, DEPTH)

    def _deep(self, text: str, depth: int) -> str:
        bare = text.strip()
        if not bare or len(bare) > LONGEST:
            return text
        told = self._whole(bare)
        if told is None and depth:
            told = self._filled(bare, depth)
            if told is None or (
                _is_foreign(bare) and _is_foreign(told)
            ):  # a gap may have taken in the sentences behind it
                told = self._joined(bare, depth) or told
        return text if told is None else text.replace(bare, told, 1)

    def _whole(self, text: str) -> str | None:
        if text in self.words and not GAP.search(text):
            return self.words[text][0]
        if _DECIMAL.fullmatch(text):
            return text.replace(",", ".")
        if (dated := _DATED.fullmatch(text)) and (word := self._whole(dated[2])) is not None:
            return f"{dated[1] or ''}{word}{dated[3]}"
        low = self._low.get(text.lower()) if _LETTER.search(text) else None
        if low is None:
            return None
        if text.isupper():
            return low.upper()
        return low[0].lower() + low[1:] if text[0].islower() else low[0].upper() + low[1:]

    def _filled(self, text: str, depth: int) -> str | None:
        for form in self._forms:
            gaps = form.match(text)
            if gaps is not None:
                gaps = {name: self._deep(value, depth - 1) for name, value in gaps.items()}
                return filled(_counted(form.english, gaps), gaps)
        return None

    def _joined(self, text: str, depth: int) -> str | None:
        """Of several texts put together, if every one of them is known."""
        if not _JOINTS.search(text):
            return self._pair(text)
        for joints, deep in ((_SENTENCES, depth), (_JOINTS, depth - 1)):
            pieces = joints.split(text)
            told = [self._deep(piece, deep) for piece in pieces] if len(pieces) > 1 else [text]
            if not any(map(_is_foreign, told)):
                return "".join(told)
        return None

    def _pair(self, text: str) -> str | None:
        """Of two words of ours side by side: "Thêm bản tin"."""
        words = text.split(" ")
        for cut in range(1, len(words) if len(words) <= LONGEST_PAIR else 0):
            told = self._whole(" ".join(words[:cut])), self._whole(" ".join(words[cut:]))
            if told[0] is not None and told[1] is not None:
                return f"{told[0]} {told[1]}"
        return None


def _is_foreign(text: str) -> bool:
    """Whether something in it, other than a title, is no English."""
    return bool(_FOREIGN.search(_QUOTED.sub("", text)))


def _counted(english: tuple[str, ...], gaps: Mapping[str, str]) -> str:
    """The form for one or for many: by the gap behind which the forms differ, else by the first."""
    if len(english) == 1:
        return english[0]
    one, many = (dict(_BEHIND.findall(form)) for form in english)
    counted = next((name for name in many if name in one and one[name] != many[name]), next(iter(gaps), ""))
    return english[0] if gaps.get(counted) == "1" else english[1]


def _form(key: str, english: tuple[str, ...]) -> _Form:
    fixed = [piece for piece in re.split(r"\{\w+\}|[\[\]]", key) if piece]
    letters, signs = (sum(len(kind.findall(piece)) for piece in fixed) for kind in (_LETTER, _SIGNS))
    weight = letters + _SIGN * signs if letters else 0
    inside = _ANY if weight >= SHORT or key[0].isupper() else _SINGLE
    seen: set[str] = set()

    def gap(name: str) -> str:
        if name in seen:
            return f"(?P=_{name})"
        seen.add(name)
        return f"(?P<_{name}>{inside})"

    pattern = "".join(_looks(token, gap) for token in re.split(r"(\{\w+\}|[\[\]])", key) if token)
    always = [piece for piece in re.split(r"\{\w+\}", PART.sub("{_}", key)) if piece]
    return _Form(max(always, key=len, default=""), weight, pattern, english)


def _looks(token: str, gap: Callable[[str], str]) -> str:
    if token in {"[", "]"}:
        return {"[": "(?:", "]": ")?"}[token]
    named = GAP.fullmatch(token)
    return gap(named[1]) if named else re.escape(token)


@cache
def english() -> Phrases:
    """The English of this release."""
    return Phrases(read())
