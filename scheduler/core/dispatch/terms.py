"""The words of a clause about airing as terms: counts, hours, days, weekdays, exceptions, verbs, and the rest.

Every rule is anchored and has no gap; at each place the longest match wins, and a word that no rule reads is a term of
its own. So each character of a clause belongs to exactly one term, and nothing is passed over. What terms mean together
is not decided here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from scheduler.core.dispatch.spelled import Value
from scheduler.core.dispatch.term_rules import RULES
from scheduler.core.dispatch.when import letters

__all__ = ["Term", "Value", "terms_in"]


@dataclass(frozen=True, slots=True)
class Term:
    """One term: what it is, what it spells, and its place."""

    kind: str
    text: str
    start: int
    end: int
    value: Value


_NOTHING = Value()
_TOKEN = re.compile(r"[^\W_]+(?:[/&.-][^\W_]+)*|[,;:.()]|\S")
_FIRST_LETTERS = re.compile(r"\w|[(/]")


def terms_in(text: str, issued: date | None) -> list[Term]:
    """The terms of a clause, in order; together they cover every word of it."""
    return list(_scanned(letters(text), issued))


def _scanned(low: str, issued: date | None) -> Iterator[Term]:
    at = 0
    while at < len(low):
        if low[at].isspace():
            at += 1
            continue
        term = _longest(low, at, issued) or _plain(low, at)
        yield term
        at = term.end


def _longest(low: str, at: int, issued: date | None) -> Term | None:
    if not _FIRST_LETTERS.match(low, at):
        return None
    best: Term | None = None
    for kind, pattern, make in RULES:
        match = pattern.match(low, at)
        if match is None or match.end() <= at or (best and match.end() <= best.end) or _torn(low, match):
            continue
        value = make(match, issued)
        if value is not None:
            best = Term(kind, match[0], at, match.end(), value)
    return best


def _torn(low: str, match: re.Match[str]) -> bool:
    """Whether a match ends inside a word."""
    end = match.end()
    return end < len(low) and low[end].isalnum() and low[end - 1].isalnum()


def _plain(low: str, at: int) -> Term:
    match = _TOKEN.match(low, at)
    end = match.end() if match else at + 1
    kind = "mark" if not low[at].isalnum() else "word"
    return Term(kind, low[at:end], at, end, _NOTHING)
