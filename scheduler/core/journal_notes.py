"""Ghi chú of the journal, read back: what a note in English says, as the parts a page can put into words.

Pure. The journal's rows never change, so a note that is not understood is given back as it stands, and nothing is lost.
"""

import re
from ast import literal_eval
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["RuleChange", "moved_note", "read_moved", "read_rules"]

_MOVED = re.compile(r"moved from (\d{4}-\d\d-\d\dT\S+?)(?:; |$)")
_CHANGE = re.compile(r"(?P<key>.+?): (?P<before>.*) -> (?P<after>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One key of the rules, and its values as Python has written them."""

    key: str
    before: Any
    after: Any


def moved_note(moved_from: str) -> str:
    """The note of an airing whose time a person has changed. `moved_from`: an instant as the store writes it."""
    return f"moved from {moved_from}"


def read_moved(note: str) -> tuple[datetime | None, str]:
    """When the plan had put an airing before a person moved it (None = nobody did), and the rest of its note."""
    found = _MOVED.match(note)
    if found is None:
        return None, note
    try:
        return datetime.fromisoformat(found[1]), note[found.end() :]
    except ValueError:
        return None, note


def read_rules(note: str) -> tuple[str, Sequence[RuleChange]]:
    """Who changed the rules, and how; without changes where the note is not understood."""
    who, _, told = note.partition(": ")
    found = [_CHANGE.fullmatch(part) for part in told.split("; ")] if told else []
    changes = [RuleChange(one["key"], _value(one["before"]), _value(one["after"])) for one in found if one]
    return (who, changes) if changes and len(changes) == len(found) else (note, ())


def _value(text: str) -> Any:
    try:
        return literal_eval(text)
    except (ValueError, SyntaxError):
        return text
