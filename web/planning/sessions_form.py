"""Buổi phát to tick in the form of a campaign: those it has, and the usual ones that lie beside them.

A session is called by the part of the day in which it begins. What cannot be read stays as it was typed, in a field of
its own. It decides no rule.
"""

from collections.abc import Iterable
from typing import NamedTuple

from scheduler.core.model import Window
from scheduler.core.planning.rules import parse_window
from scheduler.core.planning.sessions import PARTS, USUAL_WINDOWS
from scheduler.kernel.errors import Refused
from web.words.schedule_words import PART_WORDS

__all__ = ["Session", "sessions_of"]

"""Offered to every campaign."""


class Session(NamedTuple):
    """`window` "": what was typed and is none, in `words`."""

    window: str
    words: str
    is_chosen: bool


def sessions_of(typed: Iterable[str]) -> list[Session]:
    """Sessions by their start, then what cannot be read."""
    chosen, unread = list[Window](), list[Session]()
    for one in typed:
        try:
            chosen.append(parse_window(one))
        except Refused:
            unread.append(Session("", one, is_chosen=True))
    usual = [window for window in map(parse_window, USUAL_WINDOWS) if not any(_meet(window, one) for one in chosen)]
    found = sorted([(one, True) for one in chosen] + [(one, False) for one in usual], key=lambda one: one[0].start)
    return [Session(str(one), _named(one), is_chosen=is_chosen) for one, is_chosen in found] + unread


def _named(window: Window) -> str:
    part = next(key for key, start in reversed(PARTS) if start <= window.start)
    return f"{PART_WORDS[part]} {window.start:%H:%M}–{window.end:%H:%M}"


def _meet(one: Window, other: Window) -> bool:
    """Whether two windows of one day share any time; one over midnight is taken to reach to it."""
    ends = [f"{window.end:%H:%M}" if window.start < window.end else "24:00" for window in (one, other)]
    return f"{one.start:%H:%M}" < ends[1] and f"{other.start:%H:%M}" < ends[0]
