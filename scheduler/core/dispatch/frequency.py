"""How often, how long and when a dispatch orders the loudspeakers to speak, and what it keeps from the air.

Decides which sentences are read and to which order each belongs: after an order every sentence with a number, a day,
an hour or a "no" goes on with it until another subject or duty. The sentences are read by `clauses`. What was not
understood, or could belong to two orders, is a doubt; a number is never invented and no word is passed over.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from scheduler.core.dispatch.acts import stops_airing
from scheduler.core.dispatch.body import Body, Frequency, frequency_of
from scheduler.core.dispatch.clauses import read_clause
from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.excepted import is_pause_before_an_order
from scheduler.core.dispatch.model import Doubt, Excerpt
from scheduler.core.dispatch.others import another_from, is_of_another, is_of_equipment, may_turn, told_from
from scheduler.core.dispatch.said import Read
from scheduler.core.dispatch.sentences import (
    ANY_VALUE,
    ASKS_THE_STATION,
    BARE_AIRING,
    CHANGES,
    HEADS_HOURS,
    OF_A_DOCUMENT,
    OF_THE_AIRING,
    STRONG,
    TO_BE_SAID,
    after_reference,
    are_times_of_a_count,
    binds_places,
    has_days_alone,
    has_hour,
    has_rhythm,
    is_bare_days,
    is_bare_length,
    is_bare_times,
    is_between,
    is_torn,
    may_change,
    resumed,
    says_more_or_less,
    takes_out,
)
from scheduler.core.dispatch.text import fold, is_bullet, lacks_diacritics, sentences_of, squeeze, strip_bullet
from scheduler.core.dispatch.timetable import read_timetable
from scheduler.core.dispatch.told import dates_an_airing
from scheduler.core.dispatch.unread import may_be_an_order
from scheduler.core.dispatch.vocabulary import AIRING, COUNTS_SOMETHING, OPENS_WITH_DAYS
from scheduler.core.dispatch.when import Period, periods_in

__all__ = ["read_frequency"]

# "thời gian nộp thuế từ ngày …" is another's period.
_HOLDS = re.compile(
    r"\b(?:thoi gian(?: (?:thuc hien|tuyen truyen|ap dung|trien khai|phat thanh|phat song|phat"
    r"|hieu luc))?|(?<!het )hieu luc"
    r"|thuc hien|trien khai)\s*(?:thi hanh|bat dau|duoc tinh|lien tuc|la|nay)?\s*[:,(]?\s*$"
    r"|\b(?:tuyen truyen|ap dung)\b[^.;\d]{0,60}$"
)
_HOLDS_OF_ALL = re.compile(
    r"\W*(?:(?:(?:cac )?(?:lich|quy dinh|che do|khung gio|gio|noi dung)(?: phat(?: thanh| song)?)?(?: nay| tren"
    r"| neu tren) )?"
    r"(?:duoc )?)$"
)
"""Before "áp dụng từ …": all that was ordered."""
_WHEN = re.compile(r"\bthoi gian\s*[:,(]?\s*$")
_AN_HOUR = re.compile(r"\d\s*(?:h|g|giờ\b|:\d)")
_NOTE = re.compile(r"\W*(?:lưu ý|ghi chú|chú ý|chú thích|tái bút)\b")
_A_NUMBER = re.compile(r"\W*\d{1,3}\W*")
_NEAR = 400
"""A word further off than this says nothing about a period."""
_CELL, _CELLS = 45, 3
"""So short a paragraph without an end is a cell of a table; so many of them are one."""
_CELL_VALUE = re.compile(r"\d\s*(?:h|g|giờ|:\d|lần|lượt|buổi|phút|/\d)|\bthứ\s|chủ nhật")
_LONGEST = 2000
"""No office writes a sentence this long; a hostile text does."""


def read_frequency(
    text: str, paragraphs: tuple[tuple[int, int], ...], issued: date | None, *, noted: bool = False
) -> Frequency:
    """Read the orders of `text`: a body in which everything that is no duty has been blanked out.

    `noted`: a note in it, "Lưu ý: …", may be about an order that stands in another text.
    """
    body = Body(text, issued)
    tables = {run[0]: run for run in _tables(text, paragraphs)}
    inside = {span for run in tables.values() for span in run}
    for number, (start, end) in enumerate(paragraphs):
        if (start, end) in tables:
            _read_table(body, number, tables[start, end])
        elif (start, end) not in inside and text[start:end].strip():
            body.duty = body.duty or (noted and _NOTE.match(text[start:end].lower()) is not None)
            _read_paragraph(body, number, start, end)
    return frequency_of(body)


def _read_paragraph(body: Body, number: int, start: int, end: int) -> None:
    whole = body.text[start:end].lower()
    if body.torn and AIRING.search(whole):
        body.ask("frequency_left", *body.torn)
    if not body.text[start:end].isupper():  # the head of a page
        body.torn = (start, end) if is_torn(body.text[start:end], body.issued) else None
    if body.headed and _A_NUMBER.fullmatch(whole):
        body.ask("frequency_left", start, end)
    body.led = (bool(STRONG.search(whole)) and whole.rstrip().endswith(":")) or (
        body.led and (is_bullet(whole) or (body.timed and is_bare_times(body.text[start:end], body.issued)))
    )
    body.timed = body.led and (body.timed or bool(HEADS_HOURS.search(whole)))
    body.headed = bool(STRONG.search(whole)) and (len(whole) < _CELL or body.led)
    body.elsewhere = False
    body.gathering.next_paragraph(number)
    spans = list(_sentences(body, start, end))
    for n, (a, b) in enumerate(spans):
        if binds_places(body.text[a:b].lower()):
            body.early = (a, b)
            if body.duty:
                body.ask("frequency_scope", a, b)
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


def _sentences(body: Body, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences without their bullets and without what they only refer to; a count that is referred to is asked."""
    text = body.text
    for a, b in sentences_of(text, start, end):
        own = after_reference(text, a, b)
        referred = text[a:own].lower()
        count = COUNTS_SOMETHING.search(referred) if AIRING.search(referred) else None
        if count and any(char.isdigit() for char in count[0]):
            body.ask("frequency_elsewhere", a, own)
        own = own + len(text[own:b]) - len(strip_bullet(text[own:b]))
        told = told_from(text[own : min(b, own + _LONGEST)].lower())
        last_own = own + told if told else b
        parted = another_from(text[own : min(b, own + _LONGEST)].lower())
        for first, last in ((own, own + parted), (own + parted, last_own)):
            yield from ((at, min(last, at + _LONGEST)) for at in range(first, last, _LONGEST))


def _read_sentence(body: Body, start: int, end: int, *, leads: bool) -> None:
    written = body.text[start:end]
    low = written.lower()
    if lacks_diacritics(written) and BARE_AIRING.search(low) and ANY_VALUE.search(low):
        body.ask("frequency_without_diacritics", start, end)
        return
    about = bool(AIRING.search(low)) and not is_of_equipment(low)
    goes_on = not about and (body.gathering.open or body.led or leads) and not is_of_another(low)
    is_counted, is_bare = COUNTS_SOMETHING.search(low) and not is_of_another(low), is_bare_times(written, body.issued)
    about = about or bool(is_counted and (is_bare or (body.duty and OF_THE_AIRING.match(low))))
    if not (about or goes_on):
        turns = body.duty and is_of_another(low) and may_turn(low)
        _pass_over(body, start, end, asks=bool(turns or is_counted or (is_bare and not body.elsewhere)))
        body.elsewhere = body.elsewhere or is_of_another(low)
        body.gathering.open = body.gathering.open and not is_of_another(low)
        return
    if goes_on and _is_only_told(body, start, end, leads=leads):
        return
    ordered = body.gathering.has_order or is_pause_before_an_order(body.text, low, end)
    read = read_clause(body.text, start, end, body.issued, ordered=ordered)
    if not (read.said or read.doubts or read.excepted or read.stops):
        _ask_of_an_unread(body, start, end)
    strong = bool(STRONG.search(low)) or body.led or (leads and read.loose)
    strong = strong or bool(read.verb and ASKS_THE_STATION.search(low))
    counted = any(one.counts for one in read.said)
    if not (strong or counted or (body.gathering.open and (read.loose or read.turns or CHANGES.search(low)))):
        told = any(one.at or one.windows for one in read.said)
        _pass_over(body, start, end, asks=bool(told and ASKS_THE_STATION.search(low)))
        body.duty = body.duty or about
        return
    if goes_on and not read.loose:
        if body.gathering.has_order and (says_more_or_less(low) or may_change(low)):
            body.ask("frequency_left", start, end)
        return
    _settle_what_was_told(body, read, written)
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


def _settle_what_was_told(body: Body, read: Read, written: str) -> None:
    """Ask no more about the days of a thing that was told, where a sentence gives its airing days of its own."""
    told = body.told
    if told and not read.doubts and dates_an_airing(written, body.issued, read.said):
        body.doubts = [one for one in body.doubts if one not in told.of_things]
        told.aside += [(one.excerpt.start, one.excerpt.end) for one in told.of_things if one.excerpt]
        body.gathering.drop_days()
    body.told = read if read.of_things and not any(one.orders for one in read.said) else None


def _is_only_told(body: Body, start: int, end: int, *, leads: bool) -> bool:
    """Whether a sentence without a word of airing is of a document, or asked: "Theo lịch, ngày 15/3 bầu cử; Đài …"."""
    written = body.text[start:end]
    first = leads and not (body.gathering.open or body.led)
    if first and has_days_alone(written, body.issued) and not is_bare_days(written, body.issued):
        body.ask("frequency_scope", start, end)
        return True
    if OF_A_DOCUMENT.search(written.lower()):
        _keep_effective(body, start, end)
        return True
    return False


def _is_said_already(body: Body, start: int, end: int) -> bool:
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


def _ask_of_an_unread(body: Body, start: int, end: int) -> None:
    """Ask about a sentence that gave no value and may be an order; what ends an airing is told as an act."""
    low = body.text[start:end].lower()
    if may_be_an_order(low, behind=body.duty) and not (stops_airing(low) or OF_A_DOCUMENT.search(low)):
        body.ask("frequency_left", start, end)


def _pass_over(body: Body, start: int, end: int, *, asks: bool) -> None:
    """Leave a sentence that is none of an order; where it may be one, or take something out of one, it is asked."""
    written = body.text[start:end]
    low = written.lower()
    elsewhere = body.elsewhere and not AIRING.search(low)
    own = not (is_of_another(low) or elsewhere or OF_A_DOCUMENT.search(low))
    orders = own and has_rhythm(written, body.issued) and (body.duty or AIRING.search(low) or TO_BE_SAID.search(low))
    orders = orders or (own and TO_BE_SAID.search(low) and has_hour(written, body.issued))
    holds = _keep_effective(body, start, end)
    if asks or orders or (body.duty and (takes_out(low) or says_more_or_less(low))):
        body.ask("frequency_left", start, end)
        return
    _ask_of_an_unread(body, start, end)
    left_out = takes_out(low) and has_hour(written, body.issued)
    bare = is_bare_length(written, body.issued) or (not holds and is_bare_days(written, body.issued))
    if left_out or bare:
        body.early = (start, end)


# --- the period of the whole ----------------------------------------------------------------------------------------


def _keep_effective(body: Body, start: int, end: int) -> bool:
    """Keep the period of which a sentence says that the whole order holds in it; whether it says so."""
    sentence = body.text[start:end]
    for period in periods_in(sentence[:_LONGEST], body.issued):
        before = fold(sentence[max(0, period.at - _NEAR) : period.at])
        of_all = sentence[period.at : period.end].lower().startswith("áp dụng") and _HOLDS_OF_ALL.match(before)
        if not (of_all or _HOLDS.search(before)) or (_WHEN.search(before) and _is_an_event(sentence, period)):
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


def _read_table(body: Body, number: int, run: Sequence[tuple[int, int]]) -> None:
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
