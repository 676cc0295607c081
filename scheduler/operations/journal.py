"""The journal: its rows by key, whether it holds, its checkpoints and its proof; airtime and reports.

Everything is read; sums are of measured seconds. Walking the whole chain is work, so one request does it at a time.
"""

import tempfile
import threading
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from scheduler.core.air.output_share import shares_of, to_row
from scheduler.core.air.share_words import headline_text
from scheduler.core.air.standing import Tally
from scheduler.core.report.period import PeriodKind, parse_period, period_with
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import Refused
from scheduler.operations.requests import DayQuery, day_of, page_of_list, today
from scheduler.operations.schemas import At, Count, Day, Free, Id, Listed, Ms, Page, Record, Request
from scheduler.operations.serializers import instant, of
from scheduler.operations.table import Answer, Call, Download, Subject
from scheduler.paper.as_json import document

journal = Subject("journal", "Nhật ký phát sóng: what was measured, append-only and hash-chained.")
reports = Subject("reports", "Sums over the journal: airtime, and the forms that an office signs.")

MOST_DAYS = 366
"""Days that one answer may span."""
_VERIFYING = threading.Lock()

Report = Annotated[Free, Meta(description="In the provincial keys, as the reports of `loa` print it with `--json`.")]


class OutputShare(Record, frozen=True):
    name: str
    kind: str
    counts: bool
    zones: list[str]
    played_ms: Ms
    total_ms: Ms
    first_at: str | None
    holes: list[list[Count]]
    fault: str
    refused: bool


class JournalRow(Record, frozen=True):
    seq: Count
    at: At
    kind: str
    day: Day
    slot_id: str | None
    campaign_id: int | None
    announcement_id: int | None
    title: str
    dispatch_number: str
    zone: str
    trigger: str
    planned_start: At | None
    actual_start: At | None
    actual_end: At | None
    planned_ms: Ms | None
    played_ms: Ms | None
    outcome: str
    reason: str
    sentence: str
    audio_sha256: str
    author: str
    approver: str
    approved_at: At | None
    operator: str
    note: str
    outputs: Free
    headline: str
    shares: list[OutputShare] | None
    prev_hash: str
    hash: str


class Broken(Record, frozen=True):
    seq: int | None
    fault: str
    reason: str
    sentence: str


class Verification(Record, frozen=True):
    whole: bool
    rows: Count
    broken: Broken | None
    checkpoints: Count
    signed_rows: Count


class Checkpoint(Record, frozen=True):
    number: Id
    day: Day
    first_seq: Count
    last_seq: Count
    last_hash: str
    broken_at: int | None
    made_at: At
    key: str


class Standing(Record, frozen=True):
    """Airings by how they stand; `played_ms`: what loudspeakers sounded of those heard whole and in part."""

    played_ms: Ms
    planned: Count
    whole: Count
    partly: Count
    partly_ms: Ms
    silent: Count
    cancelled: Count
    recorded: Count


class AirtimeDay(Standing, frozen=True):
    day: Day
    dispatch: str | None
    airings: Count


class Airtime(Standing, frozen=True):
    from_: Day = msgspec.field(name="from")
    to: Day
    days: list[AirtimeDay]


class Rows(Request, frozen=True):
    after: Annotated[Count, Meta(description="Number of the last row seen; 0 = the first page.")] = 0
    limit: Annotated[int, Meta(ge=1, le=500, description="Items in one answer.")] = 100


class JournalDay(Record, frozen=True):
    date: Day
    items: list[JournalRow]


class Since(Request, frozen=True):
    since: Annotated[Day, Meta(description="Begin at the last checkpoint before this day.")] | None = None


class Span(Request, frozen=True):
    from_: Day = msgspec.field(name="from")
    to: Day

    def days(self) -> tuple[date, date]:
        """Raises Refused: date_invalid, dates_backwards, span_too_long."""
        first, last = day_of(self.from_), day_of(self.to)
        if first > last:
            raise Refused("dates_backwards")
        if last - first > timedelta(days=MOST_DAYS):
            raise Refused("span_too_long", limit=MOST_DAYS)
        return first, last


class FormKind(StrEnum):
    LOG = "log"
    AIRTIME = "airtime"
    FEES = "fees"


class FormQuery(Request, frozen=True):
    date: Annotated[Day, Meta(description="Of the logbook; default: today.")] | None = None
    period: Annotated[
        str,
        Meta(
            max_length=20,
            description="Of airtime and fees: 2026-12, 2026-W49, 2026-Q4, 2026-H2, 2026; default: this month.",
        ),
    ] = ""


@journal.get("/journal", may="see")
def rows(call: Call, query: Rows) -> Answer[Listed[JournalRow]]:
    """Rows of the journal in the order they were written.

    `next` is the `after` of the following page; null when there is none yet. Rows of every kind come, airings
    (`kind` = airing) and those about the station itself.
    """
    found = call.services.journal.after(query.after, query.limit + 1)
    shown = [to_journal_row(call, row) for row in found[: query.limit]]
    return Answer(Listed(shown, shown[-1].seq if len(found) > query.limit else None))


@journal.get("/journal/day", may="see")
def of_day(call: Call, query: DayQuery) -> Answer[JournalDay]:
    """The airings of one day, as measured."""
    day = day_of(query.date) if query.date else today(call)
    found = call.services.journal.of_day(day)
    return Answer(JournalDay(day, [to_journal_row(call, row) for row in found]))


@journal.get("/journal/verification", may="see")
def verification(call: Call, query: Since) -> Answer[Verification]:
    """Whether journal, slots and checkpoints hold together."""
    if not _VERIFYING.acquire(blocking=False):
        raise Refused("server_busy", seconds=5)
    try:
        found = call.services.proof.verify(day_of(query.since) if query.since else None)
    finally:
        _VERIFYING.release()
    broken = None
    if found.broken:
        seq, fault, reason, details = found.broken
        broken = Broken(seq, fault, reason, sentence(reason, details))
    return Answer(Verification(found.whole, found.rows, broken, found.checkpoints, found.signed))


@journal.get("/journal/checkpoints", may="see")
def checkpoints(call: Call, query: Page) -> Answer[Listed[Checkpoint]]:
    """The signed checkpoints, the newest first."""
    line = {
        one.number: one
        for one in reversed(call.services.proof.checkpoints())
        if query.before is None or one.number < query.before
    }
    shown, following = page_of_list(list(line), query.limit)
    return Answer(Listed([of(Checkpoint, call, line[number]) for number in shown], following))


@journal.get("/journal/proof", may="see")
def proof(call: Call, query: Span) -> Download:
    """The proof of some days as one file, which a superior checks without us."""
    first, last = query.days()
    with tempfile.TemporaryDirectory(prefix="loa-proof-") as folder:
        path = Path(folder) / "proof.jsonl"
        call.services.proof.export(call.actor, first, last, path)
        return Download(path.read_bytes(), f"chung-cu-{first:%Y%m%d}-{last:%Y%m%d}.jsonl")


@reports.get("/airtime", may="see")
def airtime(call: Call, query: Span) -> Answer[Airtime]:
    """Measured airtime by day and dispatch."""
    first, last = query.days()
    found = call.services.journal.airtime(call.actor, first, last)
    days = [of(AirtimeDay, call, tally, day=day, dispatch=dispatch) for (day, dispatch), tally in found.items()]
    return Answer(of(Airtime, call, Tally.total(found.values()), from_=first, to=last, days=days))


@reports.get("/reports/{kind}", may="see")
def form(call: Call, kind: FormKind, query: FormQuery) -> Answer[Report]:
    """A form as the reports of `loa` print it with `--json`: the logbook of a day, airtime or fees of a period."""
    work = call.services.reports
    made: Any
    if kind == FormKind.LOG:
        made = work.log(call.actor, day_of(query.date) if query.date else today(call))
    else:
        period = parse_period(query.period) if query.period else period_with(PeriodKind.MONTH, today(call))
        made = (work.airtime if kind == FormKind.AIRTIME else work.fees)(call.actor, period)
    return Answer(document(made))


def to_journal_row(call: Call, row: Mapping[str, Any]) -> JournalRow:
    shares = shares_of(row)
    instants = ("at", "planned_start", "actual_start", "actual_end", "approved_at")
    told: dict[str, Any] = {name: instant(call, row[name]) if row[name] else None for name in instants}
    told["sentence"] = sentence(row["reason"])
    told["headline"] = headline_text(shares) if row["outputs"] else ""
    told["shares"] = None if shares is None else [OutputShare(**one) for one in to_row(shares)]
    return JournalRow(**{name: told[name] if name in told else row[name] for name in JournalRow.__struct_fields__})
