"""How often, how long and when a dispatch orders the loudspeakers to speak, and what it keeps from the air.

Decides which sentences are read and to which order each belongs: after an order every sentence with a number, a day,
an hour or a "no" goes on with it until another subject or duty. The sentences are read by `clauses`. What was not
understood, or could belong to two orders, is a doubt; a number is never invented and no word is passed over.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise

from scheduler.core.dispatch import locks
from scheduler.core.dispatch.clauses import read_clause
from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.excepted import is_pause_before_an_order
from scheduler.core.dispatch.gathering import Draft, Gathering, made_order
from scheduler.core.dispatch.hints import counts
from scheduler.core.dispatch.model import Doubt, Excerpt, FrequencyOrder
from scheduler.core.dispatch.said import Read
from scheduler.core.dispatch.sentences import (
    ANY_VALUE,
    BARE_AIRING,
    CHANGES,
    OF_A_DOCUMENT,
    STRONG,
    TO_BE_SAID,
    after_reference,
    are_times_of_a_count,
    has_hour,
    has_rhythm,
    is_bare_days,
    is_bare_times,
    is_between,
    is_of_another,
    is_torn,
    resumed,
    says_more_or_less,
    takes_out,
)
from scheduler.core.dispatch.text import fold, is_bullet, lacks_diacritics, sentences_of, squeeze, strip_bullet
from scheduler.core.dispatch.timetable import read_timetable
from scheduler.core.dispatch.vocabulary import AIRING, COUNTS_SOMETHING, OPENS_WITH_DAYS
from scheduler.core.dispatch.when import Period, periods_in

__all__ = ["FoundOrder", "Frequency", "read_frequency"]

# "thời gian nộp thuế từ ngày …" is another's period.
_HOLDS = re.compile(
    r"\b(?:thoi gian(?: (?:thuc hien|tuyen truyen|ap dung|trien khai|phat thanh|phat song|phat"
    r"|hieu luc))?|(?<!het )hieu luc"
    r"|thuc hien|trien khai)\s*(?:thi hanh|bat dau|duoc tinh|lien tuc|la|nay)?\s*[:,(]?\s*$"
    r"|\b(?:tuyen truyen|ap dung)\b[^.;\d]{0,60}$"
)
_WHEN = re.compile(r"\bthoi gian\s*[:,(]?\s*$")
_AN_HOUR = re.compile(r"\d\s*(?:h|g|giờ\b|:\d)")
_TOPIC = re.compile(r"\s(?:về|để|nhằm|nội dung)\s")
_A_NUMBER = re.compile(r"\W*\d{1,3}\W*")
_NEAR = 400
"""A word further off than this says nothing about a period."""
_CELL, _CELLS = 45, 3
"""So short a paragraph without an end is a cell of a table; so many of them are one."""
_CELL_VALUE = re.compile(r"\d\s*(?:h|g|giờ|:\d|lần|lượt|buổi|phút|/\d)|\bthứ\s|chủ nhật")
_LONGEST = 2000
"""No office writes a sentence this long; a hostile text does."""


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
class _Body:
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
    elsewhere: bool = False
    """A sentence of this paragraph has a subject or a work of its own."""

    def ask(self, reason: str, start: int, end: int) -> None:
        raw = squeeze(self.text[start:end])
        self.doubts.append(doubt("frequency", reason=reason, excerpt=Excerpt(raw, start, end), raw=raw[:80]))


def read_frequency(text: str, paragraphs: tuple[tuple[int, int], ...], issued: date | None) -> Frequency:
    """Read the orders of `text`: a body in which everything that is no duty has been blanked out."""
    body = _Body(text, issued)
    tables = {run[0]: run for run in _tables(text, paragraphs)}
    inside = {span for run in tables.values() for span in run}
    for number, (start, end) in enumerate(paragraphs):
        if (start, end) in tables:
            _read_table(body, number, tables[start, end])
        elif (start, end) not in inside and text[start:end].strip():
            _read_paragraph(body, number, start, end)
    return _frequency_of(body)


def _read_paragraph(body: _Body, number: int, start: int, end: int) -> None:
    whole = body.text[start:end].lower()
    if body.torn and AIRING.search(whole):
        body.ask("frequency_left", *body.torn)
    if not body.text[start:end].isupper():  # the head of a page
        body.torn = (start, end) if is_torn(body.text[start:end], body.issued) else None
    if body.headed and _A_NUMBER.fullmatch(whole):
        body.ask("frequency_left", start, end)
    body.led = (bool(STRONG.search(whole)) and whole.rstrip().endswith(":")) or (body.led and is_bullet(whole))
    body.headed = bool(STRONG.search(whole)) and (len(whole) < _CELL or body.led)
    body.elsewhere = False
    body.gathering.next_paragraph(number)
    spans = list(_sentences(body, start, end))
    for n, (a, b) in enumerate(spans):
        if not _is_said_already(body, a, b):
            _read_sentence(body, a, b, leads=_leads(body.text, spans[n:], body.issued))


def _leads(text: str, spans: Sequence[tuple[int, int]], issued: date | None) -> bool:
    """Whether a clause leads to one that speaks of airing: "05/3: 6h00; 06/3: 17h00 phát", or both open with days."""
    if are_times_of_a_count(text, spans[:2], issued):
        return True
    for (first, end), (start, last) in pairwise(spans):
        if ";" not in text[end:start] and not (
            OPENS_WITH_DAYS.match(text[first:end].lower()) and OPENS_WITH_DAYS.match(text[start:last].lower())
        ):
            return False
        if AIRING.search(text[start:last].lower()):
            return True
    return False


def _sentences(body: _Body, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences without their bullets and without what they only refer to; a count that is referred to is asked."""
    text = body.text
    for a, b in sentences_of(text, start, end):
        own = after_reference(text, a, b)
        referred = text[a:own].lower()
        count = COUNTS_SOMETHING.search(referred) if AIRING.search(referred) else None
        if count and any(char.isdigit() for char in count[0]):
            body.ask("frequency_elsewhere", a, own)
        own = own + len(text[own:b]) - len(strip_bullet(text[own:b]))
        for at in range(own, b, _LONGEST):
            yield at, min(b, at + _LONGEST)


def _read_sentence(body: _Body, start: int, end: int, *, leads: bool) -> None:
    written = body.text[start:end]
    low = written.lower()
    if lacks_diacritics(written) and BARE_AIRING.search(low) and ANY_VALUE.search(low):
        body.ask("frequency_without_diacritics", start, end)
        return
    about = bool(AIRING.search(low))
    goes_on = not about and (body.gathering.open or body.led or leads) and not is_of_another(low)
    is_counted, is_bare = COUNTS_SOMETHING.search(low) and not is_of_another(low), is_bare_times(written, body.issued)
    about = about or bool(is_counted and is_bare)
    if not (about or goes_on):
        _pass_over(body, start, end, asks=bool(is_counted or (is_bare and not body.elsewhere)))
        body.elsewhere = body.elsewhere or is_of_another(low)
        body.gathering.open = body.gathering.open and not is_of_another(low)
        return
    if goes_on and OF_A_DOCUMENT.search(low):
        _keep_effective(body, start, end)
        return
    ordered = body.gathering.has_order or is_pause_before_an_order(body.text, low, end)
    read = read_clause(body.text, start, end, body.issued, ordered=ordered)
    strong = bool(STRONG.search(low)) or body.led or (leads and read.loose)
    counted = any(one.counts for one in read.said)
    if not (strong or counted or (body.gathering.open and (read.loose or read.turns or CHANGES.search(low)))):
        _pass_over(body, start, end, asks=False)
        body.duty = body.duty or about
        return
    if goes_on and not read.loose:
        if body.gathering.has_order and (read.turns or CHANGES.search(low) or says_more_or_less(low)):
            body.ask("frequency_left", start, end)
        return
    body.reads.append((start, end, read))
    body.doubts += read.doubts
    if read.forbids:
        body.exceptions.append((start, end))
    if read.stops and not read.said:
        body.stopped = next((one.last for one in periods_in(written[:_LONGEST], body.issued)), None)
        body.reads.pop()
    body.duty = True
    holds = _keep_effective(body, start, end)
    lends = body.led or read.verb or not read.doubts  # else its days and hours may be those of another thing
    body.gathering.add(read if lends else read.ordering(about=about), start, end, strong=strong, holds=holds)


def _is_said_already(body: _Body, start: int, end: int) -> bool:
    """Whether a sentence only tells what a stop or two phases have said; a day of its own that differs is asked."""
    written = body.text[start:end]
    phases, day = is_between(written.lower()), resumed(written, body.issued)
    if phases is not None and body.gathering.parts_all_days(phases):
        body.exceptions.append((start, end))
        return True
    if day is None or not (body.stopped or AIRING.search(written.lower())):
        return False
    if not (day and body.stopped and date.fromisoformat(day) - date.fromisoformat(body.stopped) == timedelta(days=1)):
        body.ask("frequency_left", start, end)
    return True


def _pass_over(body: _Body, start: int, end: int, *, asks: bool) -> None:
    """Leave a sentence that is none of an order; where it may be one, or take something out of one, it is asked."""
    written = body.text[start:end]
    low = written.lower()
    own = not (is_of_another(low) or body.elsewhere or OF_A_DOCUMENT.search(low))
    orders = own and has_rhythm(written, body.issued) and (body.duty or AIRING.search(low) or TO_BE_SAID.search(low))
    orders = orders or (own and TO_BE_SAID.search(low) and has_hour(written, body.issued))
    holds = _keep_effective(body, start, end)
    if asks or orders or (body.duty and (takes_out(low) or says_more_or_less(low))):
        body.ask("frequency_left", start, end)
    elif (takes_out(low) and has_hour(written, body.issued)) or (not holds and is_bare_days(written, body.issued)):
        body.early = (start, end)


# --- the period of the whole ----------------------------------------------------------------------------------------


def _keep_effective(body: _Body, start: int, end: int) -> bool:
    """Keep the period of which a sentence says that the whole order holds in it; whether it says so."""
    sentence = body.text[start:end]
    for period in periods_in(sentence[:_LONGEST], body.issued):
        before = fold(sentence[max(0, period.at - _NEAR) : period.at])
        if not _HOLDS.search(before) or (_WHEN.search(before) and _is_an_event(sentence, period)):
            continue
        if body.effective is None:
            body.effective = (period.first, period.last)
            body.effective_span = (start + period.at, start + period.end)
        return True
    return False


def _is_an_event(sentence: str, period: Period) -> bool:
    """Whether something takes place then: "Thời gian: từ 7h30 ngày 12/9"."""
    return bool(_AN_HOUR.search(sentence.lower(), max(0, period.at - 12), period.end))


# --- tables -----------------------------------------------------------------------------------------------------------


def _tables(text: str, paragraphs: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Runs of paragraphs that are cells of a table with hours, days or counts."""
    run: list[tuple[int, int]] = []
    for span in (*paragraphs, (0, 0)):
        cell = text[slice(*span)].strip()
        if cell and max(map(len, cell.split("\n"))) < _CELL and not is_bullet(cell) and cell[-1] not in ".;:,":
            run.append(span)
            continue
        lines = [line for one in run for line in text[slice(*one)].lower().split("\n")]
        if len(lines) >= _CELLS and sum(bool(_CELL_VALUE.search(line)) for line in lines) > 1:
            yield run
        run = []


def _read_table(body: _Body, number: int, run: Sequence[tuple[int, int]]) -> None:
    """A table is read where each of its cells is understood, else asked about."""
    start, end = run[0][0], run[-1][1]
    near = body.text[max(0, start - _NEAR) : end].lower()
    if not (body.gathering.open or body.led or AIRING.search(near)):
        return
    above = body.text[max(0, start - _NEAR) : start].rstrip().rpartition("\n")[2]
    found = read_timetable(body.text, list(_lines(body.text, start, end)), body.issued, above)
    if found is None or not body.gathering.take_table(found.orders, number):
        body.ask("frequency_table", *run[0])
        body.gathering.drop_days()
        return
    body.reads.append((start, end, Read(list(found.orders), aside=list(found.aside))))
    if len(found.contents) > 1:
        told = Excerpt(squeeze(body.text[start:end]), start, end)
        body.doubts.append(doubt("frequency", reason="frequency_unkept", excerpt=told, raw="mỗi ngày một nội dung"))
    body.doubts = [one for one in body.doubts if not _leads_to(body.text, one, start)]


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines of a stretch that are not blank."""
    for line in re.finditer(r"[^\n]+", text[start:end]):
        if line[0].strip():
            yield start + line.start(), start + line.end()


def _leads_to(text: str, one: Doubt, table: int) -> bool:
    """Whether a doubt is about "theo lịch sau:", and what follows is the table."""
    where = one.excerpt
    return (
        one.reason == "frequency_elsewhere"
        and where is not None
        and where.end <= table
        and not text[where.end : table].strip(" :\n")
        and "kèm" not in where.value
    )


# --- what was found ---------------------------------------------------------------------------------------------------


def _frequency_of(body: _Body) -> Frequency:
    drafts = body.gathering.drafts
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
