"""The numbers that Word puts before the paragraphs of a list and keeps nowhere: "1.", "a)", "2.1", "-".

A dispatch gives its duties by them. They are counted as Word counts, list by list in reading order; a sign of a
picture font becomes a dash. What a number means is not decided here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.intake.word_package import W
from scheduler.intake.word_styles import Listed, Styles

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["Numbering", "letters_number", "roman_number"]

_LEVELS = 9
_LONGEST_LABEL = 40
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MOST = 3999
"""Beyond it a Roman number or a letter is written in digits, as no list of an office is so long."""


def roman_number(number: int) -> str:
    made = ""
    for worth, sign in _ROMAN:
        made += sign * (number // worth)
        number %= worth
    return made


def letters_number(number: int) -> str:
    """1 → a, 26 → z, 27 → aa, as Word does."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


_FORMATS: dict[str, Callable[[int], str]] = {
    "lowerLetter": letters_number,
    "upperLetter": lambda number: letters_number(number).upper(),
    "lowerRoman": roman_number,
    "upperRoman": lambda number: roman_number(number).upper(),
    "decimalZero": lambda number: f"{number:02d}",
}


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str = "decimal"
    text: str = ""
    start: int = 1
    style: str | None = None
    in_digits: bool = False


class Numbering:
    def __init__(self, root: "Element | None", styles: Styles) -> None:
        self._styles = styles
        self._abstract = (
            {} if root is None else {item.get(f"{W}abstractNumId"): item for item in root.iterfind(f"{W}abstractNum")}
        )
        self._lists = {} if root is None else {item.get(f"{W}numId"): item for item in root.iterfind(f"{W}num")}
        self._levels: dict[str, tuple[str, list[_Level], dict[int, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()

    def label(self, listed: Listed) -> str:
        """The number of the next paragraph of that list, "" when it has none. Counts."""
        if listed.list_id not in self._lists:
            return ""
        counted, levels, restarts = self._levels_of(listed.list_id)
        at = self._level_of(listed, levels)
        counts = self._counts.setdefault(counted, {})
        if at in restarts and (listed.list_id, at) not in self._started:
            counts[at] = restarts[at]
        else:
            counts[at] = counts[at] + 1 if at in counts else levels[at].start
        self._started.add((listed.list_id, at))
        for deeper in [level for level in counts if level > at]:
            del counts[deeper]
        return _written(levels, at, counts)

    def _level_of(self, listed: Listed, levels: list[_Level]) -> int:
        if listed.level is None:
            linked = [number for number, level in enumerate(levels) if level.style and level.style == listed.style]
            return linked[0] if linked else 0
        return min(listed.level, _LEVELS - 1)

    def _levels_of(self, list_id: str) -> tuple[str, list[_Level], dict[int, int]]:
        """What is counted together, how each level is written, and where this list starts anew."""
        if list_id not in self._levels:
            item = self._lists[list_id]
            abstract = self._abstract_of(item)
            levels = [_Level() for _ in range(_LEVELS)]
            counted = "" if abstract is None else str(abstract.get(f"{W}abstractNumId"))
            for element in () if abstract is None else abstract.iterfind(f"{W}lvl"):
                levels[_whole(element.get(f"{W}ilvl"), 0, _LEVELS - 1)] = _level(element)
            restarts: dict[int, int] = {}
            for change in item.iterfind(f"{W}lvlOverride"):
                at = _whole(change.get(f"{W}ilvl"), 0, _LEVELS - 1)
                if (own := change.find(f"{W}lvl")) is not None:
                    levels[at] = _level(own)
                if (start := change.find(f"{W}startOverride")) is not None:
                    restarts[at] = _whole(start.get(f"{W}val"), 1, _MOST)
            self._levels[list_id] = (counted, levels, restarts)
        return self._levels[list_id]

    def _abstract_of(self, item: "Element") -> "Element | None":
        found = self._abstract.get(_format_number(item, "abstractNumId"))
        if found is None or not (style := _format_number(found, "numStyleLink")):
            return found
        linked = self._lists.get(self._styles.list_of_style(style) or "")
        return found if linked is None else self._abstract.get(_format_number(linked, "abstractNumId"), found)


def _written(levels: list[_Level], at: int, counts: dict[int, int]) -> str:
    level = levels[at]
    if level.kind == "none":
        return ""
    if level.kind == "bullet":
        return "+" if level.text.strip() == "+" else "-"
    made = level.text
    for number in range(_LEVELS):
        if f"%{number + 1}" in made:
            kind = "decimal" if level.in_digits else levels[number].kind
            made = made.replace(f"%{number + 1}", _figure(counts.get(number, levels[number].start), kind))
    return made.strip()[:_LONGEST_LABEL]


def _figure(number: int, kind: str) -> str:
    return _FORMATS[kind](number) if kind in _FORMATS and 0 < number <= _MOST else str(number)


def _level(element: "Element") -> _Level:
    return _Level(
        _format_number(element, "numFmt") or "decimal",
        _format_number(element, "lvlText") or "",
        _whole(_format_number(element, "start"), 1, _MOST),
        _format_number(element, "pStyle") or None,
        element.find(f"{W}isLgl") is not None,
    )


def _format_number(element: "Element", name: str) -> str:
    found = element.find(f"{W}{name}")
    return "" if found is None else str(found.get(f"{W}val") or "")


def _whole(text: str | None, otherwise: int, most: int) -> int:
    return min(int(text), most) if text and text.isdecimal() and len(text) < len(str(10**9)) else otherwise
