"""Nhật ký thao tác: who did what, when and from where, before and after; for leaders.

It reads the audit log page by page and asks whether its chain holds. Nothing in it can be changed, here or elsewhere.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from flask import Blueprint, render_template, request

from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.people.kept import AuditFilter, AuditRow
from scheduler.core.planning import rules
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NotFound, Refused
from web.auth import REFUSED, Answer, actor, page_of, services
from web.formats import local
from web.words.audit_words import ACTS, KINDS, SUBJECTS, VIAS, announcement_of, changes_of, done_words, note_words
from web.words.page_words import in_order
from web.words.people_words import device_words

bp = Blueprint("audit", __name__)

A_PAGE = 50


@bp.get("/nhat-ky-thao-tac")
@page_of("read_audit")
def page() -> Answer:
    typed = {name: request.args.get(name, "")[:40].strip() for name in ("nguoi", "viec", "ngay", "gi")}
    try:
        day = rules.parse_date(typed["ngay"]).isoformat() if typed["ngay"] else ""
    except Refused as refused:
        return _drawn(typed, AuditFilter(day="none"), sentence_of(refused)), REFUSED
    person_id = int(typed["nguoi"]) if typed["nguoi"].isdecimal() and len(typed["nguoi"]) < 12 else None  # noqa: PLR2004 - what a row can have
    asked = AuditFilter(person_id, typed["viec"], day, typed["gi"], request.args.get("so", "")[:120])
    return _drawn(typed, asked)


def _drawn(typed: dict[str, str], asked: AuditFilter, fault: str = "") -> str:
    before = request.args.get("truoc", type=int)
    rows = services().audit.rows(actor(), asked, before=before, limit=A_PAGE + 1)
    people = services().audit.people(actor())
    names = dict(people) | services().people.names()
    titles = _titles(rows)
    told: dict[str, Any] = {
        "rows": [_to_dict(row, names, titles) for row in rows[:A_PAGE]],
        "older": rows[A_PAGE - 1].seq if len(rows) > A_PAGE else None,
        "newest": before is None,
        "typed": typed,
        "asked": asked,
        "fault": fault,
        "people": in_order(people, lambda one: one[1]),
        "acts": ACTS,
        "subjects": SUBJECTS,
    }
    if request.args.get("kiem"):
        told["count"], told["broken"] = _verified()
    return render_template("audit/page.html", **told)


def _verified() -> tuple[int, str]:
    count, broken = services().audit.verify(actor())
    return count, sentence_of(broken)


def _titles(rows: Sequence[AuditRow]) -> dict[int, str]:
    """What the announcements that these rows speak of are called, by number."""
    found: dict[int, str] = {}
    for number in {number for row in rows if (number := announcement_of(row))}:
        with suppress(NotFound):
            found[number] = services().announcements.get(number).title
    return found


def _to_dict(row: AuditRow, names: Mapping[int, str], titles: Mapping[int, str]) -> dict[str, Any]:
    changes = list(changes_of(row, local, names, titles))
    return {
        "row": row,
        "title": titles.get(announcement_of(row) or 0, "") if row.title in {"", DEFAULT_ZONE} else row.title,
        "done": done_words(row),
        "act": ACTS.get(row.act, row.act),
        "via": VIAS.get(row.via, row.via),
        "note": device_words(row.note) if row.kind == "sign_in" else note_words(row),
        "changes": changes,
        "grave": row.kind in {"refused", "sign_in_wrong", "code_wrong"},
        "known": row.kind in KINDS,
    }
