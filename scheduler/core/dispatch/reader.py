"""Puts a dispatch together: tidied text, head, messages, contacts, orders, acts, duties, and what is doubtful of them.

Each part is read from its own region: messages and the head are blanked out before orders are looked for, so that
what is to be said is never taken for what is to be done. Every value is given the line it came from.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from scheduler.core.dispatch.acts import acts_in, told_act
from scheduler.core.dispatch.body import Frequency
from scheduler.core.dispatch.contacts import phone_doubts_in, phones_in, urls_in
from scheduler.core.dispatch.doubts import doubt, in_english, written_day
from scheduler.core.dispatch.duties import duties_in
from scheduler.core.dispatch.elsewhere import asked_elsewhere, asked_in_quotation
from scheduler.core.dispatch.frequency import read_frequency
from scheduler.core.dispatch.head import Head, read_head
from scheduler.core.dispatch.hints import side_by_side
from scheduler.core.dispatch.left_out import exceptions_of, unkept
from scheduler.core.dispatch.messages import Message, messages_in, without_names
from scheduler.core.dispatch.model import Confidence, Dispatch, DispatchAct, Doubt, Duty, Excerpt
from scheduler.core.dispatch.telling import dispatch_json
from scheduler.core.dispatch.text import (
    fold,
    lacks_diacritics,
    line_at,
    lines_of,
    paragraphs_of,
    squeeze,
    strip_bullet,
    tidy,
)
from scheduler.kernel.errors import DispatchError

__all__ = ["MAX_CHARS", "dispatch_json", "read_dispatch"]

MAX_CHARS = 300_000
"""About a hundred pages; a longer text is no dispatch."""

_BODY_ENDS = re.compile(r"\./\.|^\W*noi nhan\b|^(?:tm|kt|tl|tuq|t/m)\.\s", re.MULTILINE)


def read_dispatch(text: str, *, max_chars: int = MAX_CHARS) -> Dispatch:
    """Read the text of a dispatch. Spans and lines of `excerpts` are places in `tidy(text)`.

    Besides the fields, `excerpts` has "duties": the paragraphs in which the dispatch asks for something. Raises
    DispatchError when the text is empty, too long or no dispatch, and nothing else.
    """
    if len(text) > max_chars:
        raise DispatchError("dispatch_too_long", limit=max_chars)
    tidied = tidy(text)
    if not any(c.isalnum() for c in tidied):
        raise DispatchError("dispatch_empty")
    lines = lines_of(tidied)
    head = read_head(lines, tidied)
    if not head.is_dispatch:
        raise DispatchError("dispatch_not_one")
    paragraphs = paragraphs_of(tuple(line for line in lines if line.start >= head.body_start))
    messages = messages_in(tidied, head.body_start, paragraphs)
    return _assembled(tidied, head, messages, paragraphs)


def _assembled(
    tidied: str, head: Head, messages: Sequence[Message], paragraphs: tuple[tuple[int, int], ...]
) -> Dispatch:
    end = _body_end(tidied, head.body_start, messages)
    whole = _without(tidied, messages)
    orders = whole[:end]
    body = tuple((a, min(b, end)) for a, b in paragraphs if a < end)
    rest = tuple((max(a, end), b) for a, b in paragraphs if b > end)
    issued = date.fromisoformat(head.date) if head.date else None
    frequency = read_frequency(without_names(orders), body, issued)
    phones, urls = phones_in(tidied), urls_in(tidied)
    acts = acts_in(orders, body, issued, frequency.exceptions)
    bare = (doubt("subject", reason="text_without_diacritics"),) if lacks_diacritics(tidied) else ()
    read = (
        *head.doubts,
        *bare,
        *(one for m in messages for one in m.doubts),
        *phone_doubts_in(tidied),
        *frequency.doubts,
        *asked_in_quotation(tidied, [(m.start, m.end) for m in messages]),
        *asked_elsewhere(whole, next(iter(head.excerpts.get("subject", ())), None), rest, issued, (frequency, acts)),
    )
    excerpts = head.excerpts | {
        "messages": tuple(Excerpt(m.text, m.start, m.end) for m in messages),
        "phones": phones,
        "urls": urls,
        "frequency": tuple(Excerpt(squeeze(tidied[f.start : f.end]), f.start, f.end) for f in frequency.orders),
        "duties": tuple(_paragraphs_that_ask(orders, body)),
    }
    if frequency.effective_span:
        a, b = frequency.effective_span
        excerpts["effective"] = (Excerpt(squeeze(tidied[a:b]), a, b),)
    dispatch = Dispatch(
        doc_type=head.doc_type, number=head.number, symbol=head.symbol, date=head.date, issuer=head.issuer,
        subject=head.subject, urgency=head.urgency, addressees=head.addressees,
        messages=tuple(m.text for m in messages), message_kinds=tuple(m.kind for m in messages),
        phones=tuple(e.value for e in phones), urls=tuple(e.value for e in urls),
        effective=frequency.effective,
        # The quote with the messages that were blanked out while reading.
        frequency=tuple(replace(f.order, quote=squeeze(tidied[f.start : f.end])) for f in frequency.orders),
        warnings=(),
        acts=tuple(_placed_act(tidied, act) for act in acts),
        duties=tuple(_placed_duty(tidied, duty) for duty in duties_in(orders, body, issued, head.issuer)),
    )  # fmt: skip
    places = [(f.order, Excerpt(f.order.quote, f.start, f.end)) for f in frequency.orders]
    lost = unkept(places, exceptions_of(dispatch))
    found = _once((*read, *lost, *_doubts_between(tidied, frequency, issued)))
    return _with_doubts(dispatch, tidied, excerpts, tuple(_placed_doubt(tidied, one) for one in found), acts)


def _with_doubts(
    dispatch: Dispatch,
    tidied: str,
    excerpts: Mapping[str, tuple[Excerpt, ...]],
    doubts: tuple[Doubt, ...],
    acts: Sequence[DispatchAct],
) -> Dispatch:
    """The dispatch with what is asked of it, and how sure each of its places is."""
    return replace(
        dispatch,
        warnings=tuple(dict.fromkeys((*map(in_english, doubts), *map(told_act, acts)))),
        excerpts={
            name: tuple(_placed(tidied, one, _confidence_of(one, name, doubts)) for one in found)
            for name, found in excerpts.items()
            if found
        },
        doubts=doubts,
    )


def _once(doubts: Sequence[Doubt]) -> list[Doubt]:
    """Each doubt once: the same one of the same place."""
    kept: dict[object, Doubt] = {}
    for one in doubts:
        place = (one.excerpt.start, one.excerpt.end) if one.excerpt else None
        kept.setdefault((one.field, one.reason, tuple(one.details.items()), place), one)
    return list(kept.values())


def _placed(tidied: str, found: Excerpt, confidence: Confidence = Confidence.HIGH) -> Excerpt:
    line, text = line_at(tidied, found.start, found.end)
    return replace(found, line=line, text=text, confidence=confidence)


def _placed_doubt(tidied: str, found: Doubt) -> Doubt:
    if found.excerpt is None:
        return found
    return replace(found, excerpt=_placed(tidied, found.excerpt, Confidence.DOUBTFUL))


def _placed_act(tidied: str, act: DispatchAct) -> DispatchAct:
    return replace(act, excerpt=_placed(tidied, act.excerpt))


def _placed_duty(tidied: str, duty: Duty) -> Duty:
    return replace(duty, excerpt=_placed(tidied, duty.excerpt))


_ONE_VALUE = frozenset({"number", "symbol", "date", "issuer", "subject", "effective"})


def _confidence_of(found: Excerpt, name: str, doubts: Sequence[Doubt]) -> Confidence:
    """Of one value: a doubt about its field, and in a list about its place, makes it doubtful."""
    for one in doubts:
        at = one.excerpt
        overlaps = at is not None and at.start < found.end and found.start < at.end
        if one.field == name and (name in _ONE_VALUE or overlaps):
            return Confidence.DOUBTFUL
    return Confidence.HIGH


def _doubts_between(tidied: str, frequency: Frequency, issued: date | None) -> list[Doubt]:
    """Periods that end before they begin or were over when the dispatch was written; orders for the same days."""
    periods = [("frequency", f.order.start, f.order.end, (f.start, f.end)) for f in frequency.orders]
    told = {(first, last) for _, first, last, _ in periods}
    if frequency.effective and frequency.effective_span and frequency.effective not in told:
        periods.append(("effective", *frequency.effective, frequency.effective_span))
    doubts = []
    for field, first, last, (a, b) in periods:
        where = Excerpt(squeeze(tidied[a:b]), a, b)
        if first and last and last < first:
            doubts.append(
                doubt(field, reason="period_reversed", excerpt=where, first=written_day(first), last=written_day(last))
            )
        elif last and issued and last < issued.isoformat():
            doubts.append(doubt(field, reason="period_past", excerpt=where, last=written_day(last)))
    aside = side_by_side([f.order for f in frequency.orders])
    for f in frequency.orders:
        if f.order is aside:
            where = Excerpt(squeeze(tidied[f.start : f.end]), f.start, f.end)
            doubts.append(doubt("frequency", reason="frequency_side_by_side", excerpt=where))
    return doubts


def _body_end(tidied: str, start: int, messages: Sequence[Message]) -> int:
    """Where the duties end: "./." or the signature, unless it stands in a text to be said."""
    for mark in _BODY_ENDS.finditer(fold(tidied), start):
        if not any(m.start <= mark.start() < m.end for m in messages):
            return mark.start()
    return len(tidied)


def _without(tidied: str, messages: Sequence[Message]) -> str:
    """The text with the messages blanked out, every place unchanged."""
    pieces: list[str] = []
    at = 0
    for m in messages:
        if at <= m.start < len(tidied):
            pieces += (tidied[at : m.start], re.sub(r"\S", " ", tidied[m.start : m.end]))
            at = min(m.end, len(tidied))
    return "".join((*pieces, tidied[at:]))


_SHORTEST_DUTY = 25


def _paragraphs_that_ask(orders: str, paragraphs: Sequence[tuple[int, int]]) -> list[Excerpt]:
    asked: list[Excerpt] = []
    for a, b in paragraphs:
        text = strip_bullet(squeeze(orders[a:b])).strip(" “”\"'.")
        if len(text) >= _SHORTEST_DUTY and not text.endswith(":"):
            asked.append(Excerpt(text, a, b))
    return asked
