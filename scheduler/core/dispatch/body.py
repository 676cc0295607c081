"""A body while it is read, sentence by sentence, and the orders that come out of it.

An order takes the days of the whole where it names none, and is given the words that it was read from. What the locks
find, and a rise without a number, is asked about.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from scheduler.core.dispatch import locks
from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.gathering import Draft, Gathering, made_order
from scheduler.core.dispatch.hints import counts
from scheduler.core.dispatch.model import Doubt, Excerpt, FrequencyOrder
from scheduler.core.dispatch.said import Read
from scheduler.core.dispatch.text import squeeze

__all__ = ["Body", "FoundOrder", "Frequency", "frequency_of"]

_TOPIC = re.compile(r"\s(?:về|để|nhằm|nội dung)\s")


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order with the span its quote was cut from."""

    order: FrequencyOrder
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Frequency:
    orders: tuple[FoundOrder, ...]
    effective: tuple[str | None, str | None] | None
    effective_span: tuple[int, int] | None
    doubts: tuple[Doubt, ...]
    exceptions: tuple[tuple[int, int], ...] = ()
    """Sentences whose "no" belongs to an order: they end no airing."""


@dataclass(slots=True)
class Body:
    """The body while it is read."""

    text: str
    issued: date | None
    gathering: Gathering = field(default_factory=Gathering)
    doubts: list[Doubt] = field(default_factory=list)
    reads: list[tuple[int, int, Read]] = field(default_factory=list)
    exceptions: list[tuple[int, int]] = field(default_factory=list)
    effective: tuple[str | None, str | None] | None = None
    effective_span: tuple[int, int] | None = None
    led: bool = False
    """Under a heading that ends with ":" and speaks of airing."""
    timed: bool = False
    """That heading says that what follows are hours of airing."""
    duty: bool = False
    """Something was to be aired already."""
    headed: bool = False
    """Right under such a heading, or under a short line that speaks of airing."""
    early: tuple[int, int] | None = None
    """Days, or hours that are left out, before anything was to be aired."""
    torn: tuple[int, int] | None = None
    """The paragraph before, where its end is missing."""
    stopped: str | None = None
    """The last day of the stop before."""
    told: Read | None = None
    """What told of a thing with days of its own, while nothing has said when it is aired."""
    elsewhere: bool = False
    """A sentence of this paragraph has a subject or a work of its own."""

    def ask(self, reason: str, start: int, end: int) -> None:
        raw = squeeze(self.text[start:end])
        self.doubts.append(doubt("frequency", reason=reason, excerpt=Excerpt(raw, start, end), raw=raw[:80]))


def frequency_of(body: Body) -> Frequency:
    drafts = [one for draft in body.gathering.drafts for one in _in_each_phase(draft)]
    if body.early and drafts:
        body.ask("frequency_left", *body.early)
    made = [(draft, made_order(draft, before)) for draft, before in zip(drafts, [None, *drafts], strict=False)]
    orders = [(draft, order) for draft, (order, _) in made]
    doubts = [one for _, (_, asked) in made for one in asked]
    if body.effective and any(draft.said.sequel or order.days for draft, order in orders):
        pass  # phases part the period between them; `hints` does that
    elif body.effective:
        orders = [(draft, _within(order, body.effective)) for draft, order in orders]
    elif period := _one_for_all([order for _, order in orders]):
        body.effective = period
        body.effective_span = drafts[0].days_at or (drafts[0].start, drafts[0].end)
    found = tuple(
        FoundOrder(
            replace(order, quote=squeeze(body.text[slice(*_quote(body.text, draft))])), *_quote(body.text, draft)
        )
        for draft, order in orders
    )
    all_doubts = [
        *(d for one in found for d in locks.doubts_within(one.order, _where(one))),
        *body.doubts,
        *body.gathering.asked(body.text),
        *doubts,
    ]
    all_doubts += locks.doubts_of(body.text, body.reads, drafts, [order for _, order in orders], all_doubts)
    stated = any(one.reason in {"frequency_more", "frequency_minutes_more"} for one in all_doubts)
    counted = any(_has_number(one.order) for one in found)
    raised = [one for one in found if one.order.increase and not _has_number(one.order)]
    unstated = next((one for one in raised if not (counted and one.order.windows)), None)
    if unstated and not stated:
        all_doubts.append(doubt("frequency", reason="frequency_without_number", excerpt=_where(unstated)))
    return Frequency(found, body.effective, body.effective_span, tuple(all_doubts), tuple(body.exceptions))


def _in_each_phase(draft: Draft) -> Iterator[Draft]:
    """The order once for each period in which it holds."""
    yield draft
    for first, last in draft.said.more:
        yield replace(draft, said=replace(draft.said, first=first, last=last, more=[]))


def _within(order: FrequencyOrder, period: tuple[str | None, str | None]) -> FrequencyOrder:
    """An order without days of its own holds as long as the whole."""
    if order.start or order.end or order.dates:
        return order
    return replace(order, start=period[0], end=period[1])


def _one_for_all(orders: Sequence[FrequencyOrder]) -> tuple[str | None, str | None] | None:
    periods = {(order.start, order.end, order.dates) for order in orders}
    if len(periods) != 1:
        return None
    start, end, dates = periods.pop()
    return (start, end) if (start or end) and not dates else None


def _where(found: FoundOrder) -> Excerpt:
    return Excerpt(found.order.quote, found.start, found.end)


def _has_number(order: FrequencyOrder) -> bool:
    """Whether it says how much: a session says when, and no more."""
    return counts(order) or bool(order.at or order.session_minutes)


def _quote(text: str, draft: Draft) -> tuple[int, int]:
    """The sentences of the order, without the topic ("về …") when nothing is ordered after it."""
    start, end = draft.start, draft.end
    topic = _TOPIC.search(text, start + 1, end)
    if topic and not re.search(
        r"\d|lần|buổi|hằng ngày|hàng ngày|mỗi|gấp|trừ|nghỉ|không", text[topic.start() : end].replace("COVID-19", "")
    ):
        end = topic.start()
    return start, start + len(text[start:end].rstrip(" .;,:"))
