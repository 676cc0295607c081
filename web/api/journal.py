"""The journal over the API: its rows by key, whether it holds, its checkpoints and its proof; airtime and reports.

Everything is read; sums are of measured seconds. Walking the whole chain is work, so one request does it at a time.
"""

import tempfile
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Response

from scheduler.core.air.airtime import sum_airtime
from scheduler.core.air.standing import Tally
from scheduler.core.report.period import PeriodKind, parse_period, period_with
from scheduler.core.report.proof import Verification
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import Refused
from scheduler.paper.as_json import document
from web.api import told
from web.api.asked import day_of, today
from web.api.contract import Asked, Subject, Told, ref
from web.api.shapes import DAY, LIMIT, QUERY_DAY, array, given, number, text
from web.auth import services

journal = Subject("journal", "Nhật ký phát sóng: what was measured, append-only and hash-chained.")
reports = Subject("reports", "Sums over the journal: airtime, and the forms that an office signs.")

MOST_ROWS = 500
MOST_DAYS = 366
"""Days that one answer may span."""
_VERIFYING = threading.Lock()


@journal.get(
    "/journal",
    may="see",
    says="Rows of the journal in the order they were written.",
    gives=given(items=array(ref("JournalRow")), next={"type": ["integer", "null"]}),
    query={
        "after": {
            **number(0, 2**53 - 1),
            "default": 0,
            "description": "Number of the last row seen; 0 = the first page.",
        },
        "limit": {**LIMIT, "maximum": MOST_ROWS, "default": 100},
    },
    tells="`next` is the `after` of the following page; null when there is none yet. Rows of every kind come, airings "
    "(`kind` = airing) and those about the station itself.",
)
def rows(asked: Asked) -> Told:
    limit = asked.query["limit"]
    found = services().journal.after(asked.query["after"], limit + 1)
    shown = found[:limit]
    following = shown[-1]["seq"] if len(found) > limit else None
    return Told({"items": [told.journal_row(row) for row in shown], "next": following})


@journal.get(
    "/journal/day",
    may="see",
    says="The airings of one day, as measured.",
    gives=given(date=DAY, items=array(ref("JournalRow"))),
    query={"date": QUERY_DAY},
)
def of_day(asked: Asked) -> Told:
    day = day_of(asked.query["date"])
    found = services().journal.of_day(day)
    return Told({"date": day.isoformat(), "items": [told.journal_row(row) for row in found]})


@journal.get(
    "/journal/verification",
    may="see",
    says="Whether journal, slots and checkpoints hold together.",
    gives=ref("Verification"),
    query={"since": {**DAY, "default": None, "description": "Begin at the last checkpoint before this day."}},
)
def verification(asked: Asked) -> Told:
    since = asked.query["since"]
    if not _VERIFYING.acquire(blocking=False):
        raise Refused("server_busy", seconds=5)
    try:
        return Told(_verified(services().proof.verify(day_of(since) if since else None)))
    finally:
        _VERIFYING.release()


def _verified(found: Verification) -> dict[str, Any]:
    broken = None
    if found.broken:
        seq, fault, reason, details = found.broken
        broken = {"seq": seq, "fault": fault, "reason": reason, "sentence": sentence(reason, details)}
    return {
        "whole": found.whole,
        "rows": found.rows,
        "broken": broken,
        "checkpoints": found.checkpoints,
        "signed_rows": found.signed,
    }


@journal.get(
    "/journal/checkpoints",
    may="see",
    says="The signed checkpoints, the newest first.",
    gives=given(items=array(ref("Checkpoint")), next={"type": ["integer", "null"]}),
    query={
        "before": {**number(1, 2**53 - 1), "default": None, "description": "`next` of the answer before."},
        "limit": LIMIT,
    },
)
def checkpoints(asked: Asked) -> Told:
    before, limit = asked.query["before"], asked.query["limit"]
    line = [one for one in reversed(services().proof.checkpoints()) if before is None or one.number < before]
    items = [
        {
            "number": one.number,
            "day": one.day.isoformat(),
            "first_seq": one.first_seq,
            "last_seq": one.last_seq,
            "last_hash": one.last_hash,
            "broken_at": one.broken_at,
            "made_at": told.instant(one.made_at),
            "key": one.key,
        }
        for one in line[:limit]
    ]
    return Told({"items": items, "next": items[-1]["number"] if len(line) > limit else None})


_SPAN = {"from": DAY, "to": DAY}


@journal.get(
    "/journal/proof",
    may="see",
    says="The proof of some days as one file, which a superior checks without us.",
    media="application/x-ndjson",
    query=_SPAN,
)
def proof(asked: Asked) -> Response:
    first, last = _span(asked)
    with tempfile.TemporaryDirectory(prefix="loa-proof-") as folder:
        path = Path(folder) / "proof.jsonl"
        services().proof.export(asked.actor, first, last, path)
        content = path.read_bytes()
    name = f"chung-cu-{first:%Y%m%d}-{last:%Y%m%d}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="application/x-ndjson", headers=headers)


@reports.get(
    "/airtime",
    may="see",
    says="Measured airtime by day and dispatch.",
    gives=ref("Airtime"),
    query=_SPAN,
)
def airtime(asked: Asked) -> Told:
    first, last = _span(asked)
    found = sum_airtime(services().journal.aired(first, last))
    sums: dict[tuple[date, str | None], Tally] = {}
    for line in found.rows:
        key = (line.day, line.dispatch)
        sums[key] = sums.get(key, Tally()) + line.sum.tally
    days = [
        {"day": day.isoformat(), "dispatch": dispatch, "airings": of.airings, **_standing(of)}
        for (day, dispatch), of in sums.items()
    ]
    return Told({"from": first.isoformat(), "to": last.isoformat(), "days": days} | _standing(found.total.tally))


def _standing(of: Tally) -> dict[str, int]:
    """Airings by how they stand; `played_ms`: what loudspeakers sounded of those heard whole and in part."""
    return {
        "played_ms": of.played_ms,
        "planned": of.planned,
        "whole": of.whole,
        "partly": of.partly,
        "partly_ms": of.partly_ms,
        "silent": of.silent,
        "recorded": of.recorded,
    }


@reports.get(
    "/reports/{kind}",
    may="see",
    says="A form as `loa report --json` prints it: the logbook of a day, airtime or fees of a period.",
    gives=ref("Report"),
    query={
        "date": {**QUERY_DAY, "description": "Of the logbook; default: today."},
        "period": {
            **text(20),
            "default": None,
            "description": "Of airtime and fees: 2026-12, 2026-W49, 2026-Q4, 2026-H2, 2026; default: this month.",
        },
    },
)
def form(asked: Asked, kind: str) -> Told:
    work, typed = services().reports, asked.query["period"]
    if kind == "log":
        return Told(document(work.log(asked.actor, day_of(asked.query["date"]))))
    period = parse_period(typed) if typed else period_with(PeriodKind.MONTH, today())
    return Told(document((work.airtime if kind == "airtime" else work.fees)(asked.actor, period)))


def _span(asked: Asked) -> tuple[date, date]:
    first, last = day_of(asked.query["from"]), day_of(asked.query["to"])
    if first > last:
        raise Refused("dates_backwards")
    if last - first > timedelta(days=MOST_DAYS):
        raise Refused("span_too_long", limit=MOST_DAYS)
    return first, last
