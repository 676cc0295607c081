"""The words that people read, kept beside their subject: `words.vi.toml`, and `words.en.toml` with the same keys.

A file holds tables; a table gives each code its word or its sentence, with {gaps} and [parts] that are said only when
their gaps are known. A file is read when one of its words is first asked for, once in a process. Which word is said is
the caller's to decide, and when pages are drawn in English is `core.words.phrases`'.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar, cast

__all__ = ["GAP", "LANGUAGES", "PART", "Words", "file_of", "filled", "folders_in", "tables_of"]

LANGUAGES = ("vi", "en")
"""Which there are; the first is the one in which things are written."""
GAP = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
PART = re.compile(r"(?<!\[)\[([^\[\]]+)\](?!\])")
K = TypeVar("K", bound=str | int | Enum)


def file_of(folder: Path, language: str = "vi") -> Path:
    """Where a folder's words stand."""
    return folder / f"words.{language}.toml"


def folders_in(place: Path) -> list[Path]:
    """The folders of a place that have words of their own."""
    return sorted(folder for folder in place.iterdir() if file_of(folder).is_file())


@cache
def tables_of(folder: Path, language: str = "vi") -> Mapping[str, Mapping[str, str | list[str]]]:
    """Every table of a folder's words. In English a word may have two forms, for one and for many."""
    with file_of(folder, language).open("rb") as source:
        return tomllib.load(source)


class Words(Mapping[K, str]):
    """One table of a folder's words, by code, by number, or by member of an enumeration (its name in small letters)."""

    def __init__(self, folder: Path, table: str, kind: type[K]) -> None:
        self.folder, self.table, self.kind = folder, table, kind

    @cached_property
    def _words(self) -> dict[K, str]:
        words = cast("Mapping[str, str]", tables_of(self.folder)[self.table])
        return {self._key(code): word for code, word in words.items()}

    def _key(self, code: str) -> K:
        if issubclass(self.kind, Enum):
            return self.kind[code.upper()]
        make: Callable[[str], K] = self.kind
        return make(code)

    def __getitem__(self, code: K) -> str:
        return self._words[code]

    def __iter__(self) -> Iterator[K]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def say(self, code: K, **gaps: object) -> str:
        """The sentence of a code with its gaps filled."""
        return filled(self[code], gaps)


def filled(sentence: str, gaps: Mapping[str, object]) -> str:
    """A sentence with its gaps filled: a part that lacks one is left out, any other that is missing is shown as "…"."""

    def part(found: re.Match[str]) -> str:
        return found[1] if all(name in gaps for name in GAP.findall(found[1])) else ""

    return GAP.sub(lambda found: str(gaps.get(found[1], "…")), PART.sub(part, sentence))
