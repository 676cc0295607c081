"""Word lists as files that people send each other: TOML with a name and a version, and CSV that a spreadsheet opens.

A list is read whole or refused with a reason; a form written twice in it is a fault. It opens no file (it is given the
bytes), keeps nothing, and does not ask whether an entry suits the station: that is the desk's question.
"""

import csv
import io
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from audio_assets.speech.lexicon import (
    Entry,
    Lexicon,
    lexicon_of,
    parse_lexicon,
    quoted,
    tidy_form,
    write_lexicon,
)
from scheduler.core.spreadsheet import FORMULA, safe_cell
from scheduler.kernel.errors import Refused

__all__ = ["LONGEST_NAME", "MOST_BYTES", "WordList", "list_csv", "list_toml", "read_list"]

MOST_BYTES: Final = 1_000_000
LONGEST_NAME: Final = 80
_HEADINGS: Final = ("viết", "đọc", "hoa thường", "mẫu")
_COLUMNS: Final = {
    "written": ("viết", "written", "viết tắt", "chữ viết", "từ"),
    "said": ("đọc", "said", "cách đọc", "đọc là"),
    "case": ("hoa thường", "case"),
    "pattern": ("mẫu", "pattern"),
}
_CASES: Final = {"auto": "", "exact": "đúng", "any": "không phân biệt"}
_YES: Final = frozenset({"1", "x", "có", "true", "đúng", "mẫu"})
_TABLES: Final = frozenset({".csv", ".tsv", ".txt"})


@dataclass(frozen=True, slots=True)
class WordList:
    """A list as its file tells it; a list without a name has no layer of its own."""

    name: str
    version: str
    entries: tuple[Entry, ...]


def read_list(data: bytes, file_name: str = "", *, most_bytes: int = MOST_BYTES) -> WordList:
    """The list in a file. Raises Refused: lexicon_file_too_large, lexicon_not_text, or what is wrong with the list."""
    if len(data) > most_bytes:
        raise Refused("lexicon_file_too_large", limit=most_bytes // 1000)
    text = _text(data)
    if not text.strip():
        raise Refused("lexicon_empty")
    ending = PurePath(file_name).suffix.lower()
    table = ending in _TABLES or (ending != ".toml" and "[[entry]]" not in text)
    name, version, entries = ("", "", _from_table(text)) if table else _from_toml(text)
    if not entries:
        raise Refused("lexicon_empty")
    seen: set[tuple[str, bool]] = set()
    for place, entry in enumerate(entries, 1):
        if (entry.written, entry.pattern) in seen:
            raise Refused("lexicon_twice", entry=place, written=entry.written)
        seen.add((entry.written, entry.pattern))
    return WordList(name, version, entries)


def _text(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("lexicon_not_text") from error
    if "\x00" in text:
        raise Refused("lexicon_not_text")
    return text


def _from_toml(text: str) -> tuple[str, str, tuple[Entry, ...]]:
    entries = parse_lexicon(text).entries
    document = tomllib.loads(text)
    return _short(document.get("name", "")), _short(document.get("version", "")), entries


def _short(value: object) -> str:
    told = tidy_form(str(value))
    if len(told) > LONGEST_NAME:
        raise Refused("lexicon_name_too_long", limit=LONGEST_NAME)
    return told


def _from_table(text: str) -> tuple[Entry, ...]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        lines = [line for line in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, line))]
    except csv.Error as error:
        raise Refused("lexicon_not_a_table") from error
    places = _places(lines[0]) if lines else {}
    if not {"written", "said"} <= set(places):
        raise Refused("lexicon_not_a_table")
    return lexicon_of([_row(line, places) for line in lines[1:]]).entries


def _places(headings: list[str]) -> dict[str, int]:
    """Which column holds what."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        told = unicodedata.normalize("NFC", heading).strip().lower()
        for column, names in _COLUMNS.items():
            if told in names:
                found.setdefault(column, place)
    return found


def _row(line: list[str], places: dict[str, int]) -> dict[str, Any]:
    cells = {column: _cell(line[place]) if place < len(line) else "" for column, place in places.items()}
    told = unicodedata.normalize("NFC", cells.get("case", "")).strip().lower()
    case = next((name for name, word in _CASES.items() if told in {name, word}), told)
    pattern = unicodedata.normalize("NFC", cells.get("pattern", "")).strip().lower() in _YES
    return {"written": cells["written"], "said": cells["said"], "case": case, "pattern": pattern}


def _cell(cell: str) -> str:
    """A cell without the sign that keeps a spreadsheet from taking it for a formula."""
    guarded = cell.startswith("'") and cell[1:].lstrip().startswith(FORMULA)
    return cell[1:] if guarded else cell


def list_toml(entries: Iterable[Entry], name: str = "", version: str = "") -> str:
    """A list as TOML text that `read_list` reads back to the same entries, name and version."""
    head = [f"{key} = {quoted(value)}\n" for key, value in (("name", name), ("version", version)) if value]
    return "".join(head) + ("\n" if head else "") + write_lexicon(Lexicon(tuple(entries)))


def list_csv(entries: Iterable[Entry]) -> str:
    """A list as CSV (UTF-8 with its mark, so that spreadsheets show the letters); no cell is a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(_HEADINGS)
    writer.writerows(_cells(entries))
    return out.getvalue()


def _cells(entries: Iterable[Entry]) -> Iterator[list[object]]:
    for entry in entries:
        told = (entry.written, entry.said, _CASES[entry.case], "có" if entry.pattern else "")
        yield [safe_cell(cell) for cell in told]
