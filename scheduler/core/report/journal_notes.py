"""Ghi chú of the journal, read back: what a note in English says, as the parts a page can put into words.

Pure. The journal's rows never change, so a note that is not understood is given back as it stands, and nothing is lost.
"""

import re
from ast import literal_eval
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.core.air.clock_trust import Ahead

__all__ = ["RuleChange", "ahead_note", "moved_note", "read_ahead", "read_moved", "read_rules"]

_MOVED = re.compile(r"moved from (\d{4}-\d\d-\d\dT\S+?)(?:; |$)")
_AHEAD = re.compile(r"(\d+) rows up to (\d{4}-\S+?)(?:; aired early: (.+))?")
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


def ahead_note(ahead: Ahead | None) -> str:
    """The note of a word about the clock: what one that ran ahead has left behind."""
    if ahead is None:
        return ""
    early = ", ".join(f"{day} x{airings}" for day, airings in ahead.airings.items())
    return f"{ahead.rows} rows up to {ahead.until.isoformat()}" + (f"; aired early: {early}" if early else "")


def read_ahead(note: str) -> Ahead | None:
    """What `ahead_note` told; None where the note is not understood."""
    found = _AHEAD.fullmatch(note)
    try:
        pairs = [one.split(" x") for one in found[3].split(", ")] if found and found[3] else []
        airings = {day: int(count) for day, count in pairs}
        return Ahead(int(found[1]), datetime.fromisoformat(found[2]), airings) if found else None
    except ValueError:
        return None


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
