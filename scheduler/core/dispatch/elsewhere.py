"""Orders about airing that stand outside the body of a dispatch: in its subject, in an annex, in a note behind the end.

They are read as the body is, and never become an order by themselves: each place that says anything which the body does
not say is asked about. What an annex says of other matters is none of it.
"""

import re
from collections.abc import Sequence
from dataclasses import fields
from datetime import date

from scheduler.core.dispatch.acts import acts_in
from scheduler.core.dispatch.body import Frequency
from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.frequency import read_frequency
from scheduler.core.dispatch.model import DispatchAct, Doubt, Excerpt, FrequencyOrder
from scheduler.core.dispatch.text import fold, is_bullet, squeeze
from scheduler.core.dispatch.vocabulary import COUNTS_SOMETHING

__all__ = ["asked_elsewhere", "asked_in_quotation"]

_SHOWN = 80
_ORDERS_THE_STATION = re.compile(
    r"\b(?:đài|loa|tổ vận hành|cán bộ truyền thanh)\b[^.;]{0,60}\b(?:phát|mở|đọc|tuyên truyền)\b"
)
_OF_NO_ORDER = frozenset({"quote", "increase", "days"})


def asked_elsewhere(
    text: str,
    subject: Excerpt | None,
    rest: Sequence[tuple[int, int]],
    issued: date | None,
    body: tuple[Frequency, Sequence[DispatchAct]],
) -> list[Doubt]:
    """A doubt about the subject and about the paragraphs behind the body, where they say more than the body."""
    frequency, acts = body
    asked = []
    if subject and _says_more(text, ((subject.start, subject.end),), issued, frequency, acts):
        asked.append((subject.start, subject.end))
    annex, spans = _without_recipients(text, rest)
    found = read_frequency(annex, spans, issued, noted=bool(frequency.orders))
    places = [
        *((one.start, one.end) for one in found.orders),
        *((one.excerpt.start, one.excerpt.end) for one in found.doubts if one.excerpt),
        *((one.excerpt.start, one.excerpt.end) for one in acts_in(annex, spans, issued, found.exceptions)),
    ]
    if places:
        asked.append(min(places))
    return [_ask(text, *place) for place in asked]


def asked_in_quotation(text: str, spans: Sequence[tuple[int, int]]) -> list[Doubt]:
    """A doubt about each text to be said that tells the station how often to air, which nobody says to the people."""
    low = text.lower()
    orders = ((a, b) for a, b in spans if COUNTS_SOMETHING.search(low, a, b) and _ORDERS_THE_STATION.search(low, a, b))
    return [_ask(text, a, b) for a, b in orders]


def _ask(text: str, start: int, end: int) -> Doubt:
    raw = squeeze(text[start:end])
    return doubt("frequency", reason="frequency_elsewhere", excerpt=Excerpt(raw, start, end), raw=raw[:_SHOWN])


def _says_more(
    text: str,
    spans: Sequence[tuple[int, int]],
    issued: date | None,
    frequency: Frequency,
    acts: Sequence[DispatchAct],
) -> bool:
    """Whether the subject orders what no order of the body holds, or stops what the body does not stop."""
    found = read_frequency(text, tuple(spans), issued)
    orders = [one.order for one in frequency.orders]
    if acts_in(text, spans, issued, found.exceptions) and not acts:
        return True
    if found.exceptions and not frequency.exceptions:
        return True
    return any(_holds_more(one.order, orders) for one in found.orders)


def _holds_more(order: FrequencyOrder, orders: Sequence[FrequencyOrder]) -> bool:
    names = (one.name for one in fields(order) if one.name not in _OF_NO_ORDER)
    said = [(name, value) for name in names if (value := getattr(order, name))]
    how_often = any(name not in {"start", "end", "dates", "weekdays"} for name, _ in said)
    return how_often and any(value not in [getattr(one, name) for one in orders] for name, value in said)


def _without_recipients(text: str, rest: Sequence[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """What stands behind the body, with the list of recipients blanked out."""
    kept: list[tuple[int, int]] = []
    pieces: list[str] = []
    at, among = 0, False
    for start, end in rest:
        among = fold(text[start:end]).lstrip().startswith("noi nhan") or (among and is_bullet(text[start:end]))
        if not among:
            kept.append((start, end))
            pieces += (" " * (start - at), text[start:end])
            at = end
    return "".join(pieces), tuple(kept)
