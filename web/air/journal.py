"""Nhật ký & thời lượng: airings as they were measured, for the eye, the printer and a spreadsheet.

A day or any stretch of days, filtered and searched; sums, a chart, and one page for every airing. Rows are read through
an index and page by page, so a journal of years costs the same as one of a week. In the CSV no cell can be taken for a
formula. It adds nothing up itself.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, stream_with_context, url_for
from markupsafe import Markup

from scheduler.core.air.heard_back import DayHeard
from scheduler.core.air.output_share import shares_of
from scheduler.core.air.share_words import NOT_APART, headline_text, outputs_text, share_text
from scheduler.core.model import AiringOutcome, Person, Trigger
from scheduler.core.report.headline import share
from scheduler.core.report.journal_filter import Filter, place_of
from scheduler.core.report.report import Form, Unit, cell_text
from scheduler.core.report.report_words import zone_words
from scheduler.core.report.share_chart import share_chart
from scheduler.core.spreadsheet import safe_cell
from scheduler.core.words.wording import OUTCOMES, sentence, sentence_of
from scheduler.services.report.exports import Order
from web.air.journal_filter import OUTCOME_GROUPS, Asked
from web.air.journal_words import airing_note_words, ordered_by_words, other_row_words
from web.auth import REFUSED, Answer, act, actor, page_of, services
from web.formats import clock, decimal, local, today
from web.words.on_air import MARKS
from web.words.page_words import ENGINES, TRIGGERS
from web.words.zones import zone_choices, zone_word

bp = Blueprint("journal", __name__)

A_PAGE = 100
LONGEST_CHART = 100
"""Days that a chart can show apart."""
HEADS = (
    "Số", "Ngày", "Giờ dự kiến", "Giờ phát", "Giờ kết thúc", "Số giây dự kiến", "Số giây đo được", "Kết quả", "Lý do",
    "Bản tin", "Công văn", "Vùng", "Nguồn lệnh", "Người viết", "Người duyệt", "Người thao tác", "Giọng đọc",
    "Đầu ra", "Đầu ra kém nhất", "Mã âm thanh", "Mã băm", "Nghe kiểm tra", "Số đo khi nghe",
)  # fmt: skip


@bp.get("/nhat-ky")
@page_of("see")
def page() -> Answer:
    asked = Asked.of_request()
    found = services().journal.page(
        actor(), asked.wanted, A_PAGE + 1, after=asked.after, newest_first=asked.newest_first
    )
    rows, more = found[:A_PAGE], len(found) > A_PAGE
    heard = services().journal.heard(actor(), asked.wanted.first) if asked.is_day else DayHeard()
    tally = services().journal.tally(actor(), asked.wanted)
    words: dict[str, Any] = {
        "asked": asked,
        "day": asked.wanted.first,
        "typed": asked.typed,
        "faults": asked.faults,
        "rows": [_to_dict(row, whole=False) | {"return_mark": heard.marks.get(row["slot_id"])} for row in rows],
        "next": "|".join(map(str, place_of(rows[-1]))) if more and rows else "",
        "listened": bool(heard.marks),
        "spells": heard.spells,
        "beside": _beside(asked),
        "tally": tally,
        "before": asked.wanted.first - timedelta(days=1),
        "after": asked.wanted.first + timedelta(days=1) if asked.wanted.first < today() else None,
        "chart": _chart(asked),
        "choices": _choices(),
        "walk": _walk(),
        "long": {kind: services().exports.is_long(_order(asked, kind), tally.planned) for kind in ("xlsx", "pdf")},
        "one_officer": services().config.station.one_officer,
    }
    return render_template("journal/page.html", **words), REFUSED if asked.faults else 200


@bp.get("/nhat-ky/luot/<int:seq>")
@page_of("see")
def airing(seq: int) -> Answer:
    """One airing with everything that proves it."""
    proof = services().journal.airing(actor(), seq)
    row = proof.row
    engine, _, voice = (row["voice"] or "").partition("/")
    words = {
        "proof": proof,
        "row": _to_dict(row),
        "day": date.fromisoformat(row["day"]),
        "zone": ", ".join(row["outputs"]) if row["trigger"] == Trigger.TEST else zone_word(row["zone"]),
        "voice": f"{ENGINES.get(engine, engine)} ({voice})" if voice else ENGINES.get(engine, engine),
        "note": airing_note_words(row["note"]),
        "order": ordered_by_words(proof.order) if proof.order else "",
        "return_mark": proof.heard,
        "share": cell_text(share(row["played_ms"] or 0, row["planned_ms"] or 0), Unit.SHARE),
    }
    return render_template("journal/airing.html", **words)


@act(bp, "/nhat-ky/kiem", may="see")
def verify() -> Answer:
    """Have the whole journal walked over: long work, done by the worker."""
    services().exports.ask_walk(actor())
    return redirect(url_for("journal.page", _anchor="chuoi"))


@bp.get("/nhat-ky/chuoi")
@page_of("see")
def chain() -> Answer:
    """How far the walk has come, polled by the page."""
    return render_template("journal/_chain.html", walk=_walk())


@bp.get("/nhat-ky.csv")
@page_of("see")
def export() -> Answer:
    """The airings as CSV that a spreadsheet opens: UTF-8 with a byte order mark, sent as it is read."""
    asked = Asked.of_request()
    if asked.faults:
        return render_template("error.html", told=next(iter(asked.faults.values())), status=REFUSED), REFUSED
    days = asked.wanted.first.isoformat() if asked.is_day else f"{asked.wanted.first}-{asked.wanted.last}"
    headers = {"Content-Disposition": f'attachment; filename="nhat-ky-{days}.csv"'}
    lines = stream_with_context(_csv(actor(), asked.wanted))
    return Response(lines, mimetype="text/csv; charset=utf-8", headers=headers)


def _csv(person: Person, wanted: Filter) -> Iterator[str]:
    yield "\ufeff" + _line(HEADS)
    heard = DayHeard()
    day, lines = "", []
    for row in services().journal.every(person, wanted):
        if row["day"] != day:
            day = row["day"]
            heard = services().journal.heard(person, date.fromisoformat(day))
        mark = heard.marks.get(row["slot_id"])
        lines.append(_line((*_cells(row), mark.word if mark else "", mark.numbers if mark else "")))
        if len(lines) == A_PAGE:
            yield "".join(lines)
            lines = []
    yield "".join(lines)


def _line(cells: tuple[object, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()


def _cells(row: dict[str, Any]) -> tuple[object, ...]:
    return (
        row["seq"],
        f"{date.fromisoformat(row['day']):%d/%m/%Y}",
        clock(row["planned_start"]),
        clock(row["actual_start"]),
        clock(row["actual_end"]),
        round((row["planned_ms"] or 0) / 1000, 1),
        round((row["played_ms"] or 0) / 1000, 1),
        OUTCOMES[AiringOutcome(row["outcome"])],
        sentence(row["reason"]),
        row["title"],
        row["dispatch_number"],
        zone_words(row["zone"]),
        TRIGGERS.get(row["trigger"], row["trigger"]),
        row["author"],
        row["approver"],
        row["operator"],
        row["voice"],
        outputs_text(row["outputs"], shares_of(row)),
        headline_text(shares_of(row)) if row["outputs"] else "",
        row["audio_sha256"],
        row["hash"],
    )


def outputs_words(row: dict[str, Any], *, whole: bool = True) -> list[dict[str, Any]]:
    """Each output's own truth, a line each; of an old row what it knew, and that nobody measured them apart.

    `whole` False: without the first instant, for a list.
    """
    shares = shares_of(row)
    if shares is not None:
        zone = ZoneInfo(services().config.station.time_zone)
        return [{"words": share_text(one, zone, instant=whole), "counts": one.counts} for one in shares]
    told = [
        {"words": name if why == "ok" else f"{name}: {why}", "counts": True} for name, why in row["outputs"].items()
    ]
    return [*told, {"words": NOT_APART, "counts": True}] if told else []


def _to_dict(row: dict[str, Any], *, whole: bool = True) -> dict[str, Any]:
    late = None
    if row["actual_start"]:
        late = round((local(row["actual_start"]) - local(row["planned_start"])).total_seconds(), 1)
    return row | {
        "date": date.fromisoformat(row["day"]),
        "word": OUTCOMES[AiringOutcome(row["outcome"])],
        "mark": MARKS[row["outcome"]],
        "why": sentence(row["reason"]),
        "late": late if late is not None and abs(late) >= 1 else None,
        "offset": None if late is None else f"{late:+.1f}".replace(".", ","),
        "heard_on": outputs_words(row, whole=whole),
        "headline": headline_text(shares) if (shares := shares_of(row)) else "",
        "cause": TRIGGERS.get(row["trigger"], row["trigger"]),
    }


def _beside(asked: Asked) -> list[dict[str, Any]]:
    """What else the journal keeps of the one day that is shown."""
    return (
        [other_row_words(row) for row in services().journal.beside(actor(), asked.wanted.first)] if asked.is_day else []
    )


def _order(asked: Asked, kind: str) -> Order:
    return Order(Form.LOG, kind, asked.wanted.first, wanted=asked.wanted)


def _chart(asked: Asked) -> dict[str, Any] | None:
    """Minutes a day, what was asked for hatched in them, and the target of a dispatch; None for one day or too many."""
    first, last = asked.wanted.first, asked.wanted.last
    count = (last - first).days + 1
    if not 1 < count <= LONGEST_CHART:
        return None
    days = [first + timedelta(days=at) for at in range(count)]
    whole = services().journal.minutes(actor(), Filter(first, last))
    part = whole if asked.wanted.is_plain else services().journal.minutes(actor(), asked.wanted)
    ledger = services().ledger.of_dispatch(asked.dispatch_id) if asked.dispatch_id is not None else None
    ordered = [ledger.days[day].ordered_minutes if ledger and day in ledger.days else None for day in days]
    minutes = [whole.get(day, 0) / 60_000 for day in days]
    share = [0.0 if asked.wanted.is_plain else part.get(day, 0) / 60_000 for day in days]
    drawn = share_chart(days, minutes, share, ordered, ledger.issued if ledger else None)
    table = [
        (day, decimal(of), decimal(own), decimal(order) if order is not None else "–", ledger and day < ledger.issued)
        for day, of, own, order in zip(days, minutes, share, ordered, strict=True)
    ]
    return {
        "svg": Markup(drawn),  # noqa: S704 - our drawing, of dates and numbers
        "table": table,
        "plain": asked.wanted.is_plain,
        "words": asked.words(),
        "issued": ledger.issued if ledger else None,
    }


def _choices() -> dict[str, Any]:
    """What the filter offers."""
    found = services().journal.choices()
    return {
        "dispatches": found.dispatches,
        "campaigns": found.campaigns,
        "zones": zone_choices(),
        "outcomes": {name: word for name, (word, _) in OUTCOME_GROUPS.items()},
    }


def _walk() -> dict[str, Any] | None:
    walk = services().exports.last_walk()
    if walk is None:
        return None
    found = walk.found
    broken = sentence_of(found.broken) if found and found.broken else ""
    refused = sentence_of(walk.job) if walk.job.state == "refused" else ""
    at = local(walk.job.ended_at) if walk.job.ended_at else None
    return {"job": walk.job, "found": found, "broken": broken, "refused": refused, "at": at}
