"""Puts a dispatch together: tidied text, head, messages, contacts, orders; and writes it as the JSON of the desk.

Each part is read from its own region: messages and the head are blanked out before orders are looked for, so that
what is to be said is never taken for what is to be done.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from scheduler.core.dispatch.contacts import phones_in, urls_in
from scheduler.core.dispatch.frequency import read_frequency
from scheduler.core.dispatch.head import Head, read_head
from scheduler.core.dispatch.messages import Message, messages_in
from scheduler.core.dispatch.text import fold, lines_of, paragraphs_of, squeeze, strip_bullet, tidy
from scheduler.core.model import Dispatch, Excerpt, FrequencyOrder
from scheduler.errors import DispatchError

__all__ = ["MAX_CHARS", "dispatch_json", "read_dispatch"]

MAX_CHARS = 300_000
"""About a hundred pages; a longer text is no dispatch."""

_BODY_ENDS = re.compile(r"\./\.|^\W*noi nhan\b|^(?:tm|kt|tl|tuq|t/m)\.\s", re.MULTILINE)


def read_dispatch(text: str, *, max_chars: int = MAX_CHARS) -> Dispatch:
    """Read the text of a dispatch. Spans of `excerpts` are places in `tidy(text)`.

    Besides the fields, `excerpts` has "duties": the paragraphs in which the dispatch asks for something.
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
    orders = _without(tidied[:end], messages)
    body = tuple((a, min(b, end)) for a, b in paragraphs if a < end)
    issued = date.fromisoformat(head.date) if head.date else None
    frequency = read_frequency(orders, body, issued)
    phones, urls = phones_in(tidied), urls_in(tidied)
    excerpts = head.excerpts | {
        "messages": tuple(Excerpt(m.text, m.start, m.end) for m in messages),
        "phones": phones,
        "urls": urls,
        "frequency": tuple(Excerpt(squeeze(tidied[f.start : f.end]), f.start, f.end) for f in frequency.orders),
        "duties": tuple(_duties(orders, body)),
    }
    if frequency.effective_span:
        a, b = frequency.effective_span
        excerpts["effective"] = (Excerpt(squeeze(tidied[a:b]), a, b),)
    return Dispatch(
        doc_type=head.doc_type, number=head.number, symbol=head.symbol, date=head.date, issuer=head.issuer,
        subject=head.subject, urgency=head.urgency, addressees=head.addressees,
        messages=tuple(m.text for m in messages), message_kinds=tuple(m.kind for m in messages),
        phones=tuple(e.value for e in phones), urls=tuple(e.value for e in urls),
        effective=frequency.effective,
        # The quote with the messages that were blanked out while reading.
        frequency=tuple(replace(f.order, quote=squeeze(tidied[f.start : f.end])) for f in frequency.orders),
        warnings=(*head.warnings, *(w for m in messages for w in m.warnings), *frequency.warnings),
        excerpts={name: found for name, found in excerpts.items() if found},
    )  # fmt: skip


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


def _duties(orders: str, paragraphs: Sequence[tuple[int, int]]) -> list[Excerpt]:
    duties: list[Excerpt] = []
    for a, b in paragraphs:
        text = strip_bullet(squeeze(orders[a:b])).strip(" “”\"'.")
        if len(text) >= _SHORTEST_DUTY and not text.endswith(":"):
            duties.append(Excerpt(text, a, b))
    return duties


def dispatch_json(d: Dispatch) -> dict[str, object]:
    """The keys of `loa dispatch read --json`, in their order."""
    return {
        "doc_type": d.doc_type,
        "number": d.number,
        "symbol": d.symbol,
        "number_symbol": d.number_symbol,
        "date": d.date,
        "issuer": d.issuer,
        "subject": d.subject,
        "urgency": d.urgency,
        "addressees": list(d.addressees),
        "messages": list(d.messages),
        "message_kinds": [kind.value for kind in d.message_kinds],
        "phones": list(d.phones),
        "urls": list(d.urls),
        "effective": None if d.effective is None else {"start": d.effective[0], "end": d.effective[1]},
        "frequency": [_order_json(order) for order in d.frequency],
        "warnings": list(d.warnings),
    }


def _order_json(order: FrequencyOrder) -> dict[str, object]:
    """Only what is said; the quote always."""
    said: dict[str, object] = {
        "increase": order.increase or None,
        "factor": order.factor,
        "per_day": order.per_day,
        "per_week": order.per_week,
        "at": list(order.at),
        "weekdays": list(order.weekdays),
        "every_minutes": order.every_minutes,
        "windows": list(order.windows),
        "session_minutes": order.session_minutes,
        "start": order.start,
        "end": order.end,
    }
    return {name: value for name, value in said.items() if value not in (None, [])} | {"quote": order.quote}
