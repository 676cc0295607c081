"""Nhật ký: a day as it was measured, for the eye, the printer and a spreadsheet.

Rows are read by day through an index, so a journal of years costs the same as one of a week. In the CSV no cell can be
taken for a formula.
"""

import csv
import io
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request

from scheduler.core.model import AiringOutcome
from scheduler.core.report_words import zone_words
from scheduler.core.rules import local_day, parse_date
from scheduler.core.spreadsheet import safe_cell
from scheduler.core.wording import OUTCOMES, sentence
from scheduler.errors import Refused
from scheduler.store.heard import HeardRows, StoredHeard
from web.auth import REFUSED, Answer, desk, page_of, station
from web.formats import clock, local
from web.heard_words import heard_words
from web.on_air import MARKS
from web.page_words import TRIGGERS

bp = Blueprint("journal", __name__)

HEADS = (
    "Số", "Ngày", "Giờ dự kiến", "Giờ phát", "Giờ kết thúc", "Số giây dự kiến", "Số giây đo được", "Kết quả", "Lý do",
    "Bản tin", "Công văn", "Vùng", "Nguồn lệnh", "Người viết", "Người duyệt", "Người thao tác", "Giọng đọc",
    "Đầu ra", "Mã âm thanh", "Mã băm", "Nghe kiểm tra", "Số đo khi nghe",
)  # fmt: skip


@bp.get("/nhat-ky")
@page_of("see")
def page() -> Answer:
    today = _today()
    typed = request.args.get("ngay", "").strip()
    try:
        day, fault = (parse_date(typed) if typed else today), ""
    except Refused as refused:
        day, fault = today, sentence(refused.reason, refused.details)
    heard = _heard(day)
    marks = {one.slot_id: heard_words(one) for one in heard if one.verdict}
    rows = [
        _told(row) | {"return_mark": marks.get(row["slot_id"])} for row in desk().parts.journal.of_day(day.isoformat())
    ]
    verified = desk().proof.verify() if request.args.get("kiem") else None
    words: dict[str, Any] = {
        "day": day,
        "typed": typed if fault else f"{day:%d/%m/%Y}",
        "fault": fault,
        "rows": rows,
        "listened": bool(marks),
        "spells": [heard_words(one) for one in heard if not one.verdict],
        "total_ms": sum(row["played_ms"] or 0 for row in rows),
        "unheard_rows": sum(row["mark"] == "err" for row in rows),
        "heard": sum(row["outcome"] in {"played", "partial"} for row in rows),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
        "verified": verified,
        "broken": sentence(verified.broken.reason, verified.broken.details) if verified and verified.broken else "",
        "one_officer": station().config.station.one_officer,
    }
    return render_template("journal/page.html", **words), REFUSED if fault else 200


@bp.get("/nhat-ky.csv")
@page_of("see")
def export() -> Answer:
    """A day as CSV that a spreadsheet opens: UTF-8 with a byte order mark."""
    day = parse_date(request.args.get("ngay", "") or _today().isoformat())
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    marks = {one.slot_id: heard_words(one) for one in _heard(day) if one.verdict}
    for row in desk().parts.journal.of_day(day.isoformat()):
        mark = marks.get(row["slot_id"], {"word": "", "numbers": ""})
        writer.writerow([safe_cell(cell) for cell in (*_cells(row), mark["word"], mark["numbers"])])
    name = f"nhat-ky-{day.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv; charset=utf-8", headers=headers)


def _cells(row: dict[str, Any]) -> list[object]:
    return [
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
        _outputs(row),
        row["audio_sha256"],
        row["hash"],
    ]


def _outputs(row: dict[str, Any]) -> str:
    return ", ".join(name if why == "ok" else f"{name}: {why}" for name, why in row["outputs"].items())


def _told(row: dict[str, Any]) -> dict[str, Any]:
    late = None
    if row["actual_start"]:
        late = round((local(row["actual_start"]) - local(row["planned_start"])).total_seconds(), 1)
    return row | {
        "word": OUTCOMES[AiringOutcome(row["outcome"])],
        "mark": MARKS[row["outcome"]],
        "why": sentence(row["reason"]),
        "late": late if late is not None and abs(late) >= 1 else None,
        "heard_on": _outputs(row),
        "cause": TRIGGERS.get(row["trigger"], row["trigger"]),
    }


def _heard(day: date) -> list[StoredHeard]:
    """What the air monitor has found on a day."""
    return HeardRows(desk().parts.store, desk().parts.journal).of_day(day.isoformat())


def _today() -> date:
    return local_day(station().clock.now(), station().config.station.time_zone)
