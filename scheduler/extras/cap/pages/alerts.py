"""Cảnh báo: alerts in CAP that come in, what became of them, and those that this ward issues.

Thin: an alert is read and decided by the desk, aired by the station. What was issued is public as XML, as long as the
public page is open. Whom the ward believes, and its rules, are another page (`scheduler.extras.cap.pages.trust`).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from scheduler.core.model import Priority
from scheduler.core.words.wording import OUTCOMES, sentence
from scheduler.extras.cap.intake.reading import MOST_BYTES
from scheduler.extras.cap.pages.cap_words import (
    CERTAINTIES,
    CHOICES,
    LOOKS,
    MSG_TYPES,
    PROOFS,
    SEVERITIES,
    STATES,
    STATUSES,
    URGENCIES,
    USUAL,
)
from scheduler.extras.cap.rows import CapRow, Issued
from scheduler.extras.cap.rules.alert import Certainty, Severity, Urgency
from scheduler.extras.cap.service.alerts import CapService
from scheduler.extras.cap.service.issue import Words
from scheduler.extras.cap.work import air_by_order, take_in
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services, station
from web.people.reauthentication import asked_code, code_fault, proof, typed_code
from web.words.page_words import words

bp = Blueprint("cap", __name__)
bp.context_processor(words)
GIVES = "break_in"
XML = "application/cap+xml; charset=utf-8"
PRIORITIES = {1: ("Khẩn cấp", "emg"), 2: ("Ưu tiên", "warn")}


def cap_on() -> bool:
    """Does this ward use alerts in CAP?"""
    told = station().config.cap_alert
    return bool(
        told.sender or told.place or told.geocodes or cap_waiting() or services().get(CapService).trust.senders()
    )


@bp.app_template_global()
def cap_waiting(*, emergency: bool = False) -> int:
    """How many alerts wait for a person."""
    return services().get(CapService).rows.count("waiting", emergency=emergency)


@bp.get("/canh-bao")
@page_of("see")
def listed() -> Answer:
    return _page()


@act(bp, "/canh-bao/doc", may="import_dispatch")
def take() -> Answer:
    """Read a file, or pasted text."""
    file = request.files.get("file")
    pasted = request.form.get("text", "")
    if file is not None and file.filename:
        with file.stream:
            data = file.read(MOST_BYTES + 1)
    else:
        data = pasted.strip().encode()
    try:
        row, fresh = take_in(station(), actor(), data)
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        return _page("doc", refused), REFUSED
    return redirect(url_for("cap.listed", xong="nhan-canh-bao" if fresh else "co-canh-bao", _anchor=f"cb-{row.id}"))


@act(bp, "/canh-bao/<int:alert_id>/phat-ngay", may=GIVES)
def air(alert_id: int) -> Answer:
    order = partial(air_by_order, station(), actor(), alert_id, prove=lambda: _prove(alert_id))
    return _done(alert_id, order, "phat-canh-bao")


def _prove(alert_id: int) -> None:
    """An order over everything asks for what every emergency asks."""
    services().emergency.confirmed(actor(), typed_code(), zone=services().get(CapService).rows.get(alert_id).zone)


@act(bp, "/canh-bao/<int:alert_id>/nhan", may="plan")
def accept(alert_id: int) -> Answer:
    return _done(alert_id, lambda: services().get(CapService).accept(actor(), alert_id), "nhan-canh-bao")


@act(bp, "/canh-bao/<int:alert_id>/bo-qua", may="plan")
def dismiss(alert_id: int) -> Answer:
    why = request.form.get("reason", "")
    return _done(alert_id, lambda: services().get(CapService).dismiss(actor(), alert_id, why), "bo-canh-bao")


# Issuing


@act(bp, "/canh-bao/phat-hanh", may=GIVES)
def issue() -> Answer:
    """An alert of an emergency of this ward."""
    slot_id = request.form.get("slot_id", "")[:100]

    def give() -> object:
        return services().get(CapService).issuing.issue(actor(), slot_id, _words(), prove=proof(GIVES))

    return _done("phat-hanh", give, "phat-hanh-canh-bao")


@act(bp, "/canh-bao/phat-hanh/<int:issued_id>/thay", may=GIVES)
def update(issued_id: int) -> Answer:
    def give() -> object:
        text = request.form.get("text", "")[:20_000]
        return services().get(CapService).issuing.update(actor(), issued_id, _words(), text, prove=proof(GIVES))

    return _done(f"ph-{issued_id}", give, "phat-hanh-canh-bao")


@act(bp, "/canh-bao/phat-hanh/<int:issued_id>/huy", may=GIVES)
def cancel(issued_id: int) -> Answer:
    why = request.form.get("reason", "")[:1000]
    give = partial(services().get(CapService).issuing.cancel, actor(), issued_id, why, prove=proof(GIVES))
    return _done(f"ph-{issued_id}", give, "phat-hanh-canh-bao")


@bp.get("/canh-bao/phat-hanh/<int:issued_id>.xml")
@page_of("see")
def issued_file(issued_id: int) -> Answer:
    return Response(services().get(CapService).issuing.get(issued_id).xml, content_type=XML)


@bp.get("/canh-bao/<int:alert_id>.xml")
@page_of("see")
def alert_file(alert_id: int) -> Answer:
    """An alert as it came; never shown as a page of ours."""
    answer = Response(services().get(CapService).rows.get(alert_id).xml, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="canh-bao-{alert_id}.xml"'
    return answer


@bp.get("/cap/<int:issued_id>.xml")
def public_file(issued_id: int) -> Answer:
    """One alert of this ward, for everybody."""
    if not services().config.public.on:
        abort(404)
    return Response(services().get(CapService).issuing.get(issued_id).xml, content_type=XML)


@bp.get("/cap/danh-sach.txt")
def public_list() -> Answer:
    """The addresses of the ward's alerts, one a line, the newest first."""
    if not services().config.public.on:
        abort(404)
    found = [
        url_for("cap.public_file", issued_id=one.id, _external=True)
        for one in services().get(CapService).issuing.listed()
    ]
    return Response("".join(f"{line}\n" for line in found), content_type="text/plain; charset=utf-8")


def _words() -> Words:
    form = request.form
    try:
        hours = float(form.get("hours", "6").replace(",", "."))
        return Words(
            event=form.get("event", "")[:200],
            urgency=Urgency(form.get("urgency", Urgency.IMMEDIATE)),
            severity=Severity(form.get("severity", Severity.SEVERE)),
            certainty=Certainty(form.get("certainty", Certainty.OBSERVED)),
            instruction=form.get("instruction", "")[:2000],
            hours=hours,
        )
    except ValueError:
        return Words(hours=0)


def _done(where: int | str, step: Callable[[], object], done: str) -> Answer:
    try:
        step()
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        return _page(where, refused), REFUSED
    return redirect(url_for("cap.listed", xong=done))


def _page(where: int | str = "", refused: Refused | None = None) -> str:
    place, coded = services().get(CapService), code_fault(refused)
    fault = sentence(refused.reason, refused.details) if refused and not coded else ""
    waiting = [_told(row) for row in place.waiting()]
    issued = [_issued(one) for one in place.issuing.listed()]
    places = {one["row"].id for one in waiting} | {f"ph-{one['one'].id}" for one in issued} | {"doc", "phat-hanh"}
    return render_template(
        "cap/list.html",
        waiting=waiting,
        under_way=[_told(row) for row in place.under_way()],
        done=[_told(row) for row in place.done()],
        issued=issued,
        issuable=place.issuing.issuable() if station().config.cap_alert.sender else [],
        where=where,
        fault=fault,
        coded=coded,
        page_fault="" if where in places else fault or coded,
        typed={name: request.form.get(name, "")[:20_000] for name in ("text", "reason", "event", "instruction")},
        asked_code=asked_code(GIVES),
        asked_air=services().emergency.asks(actor()),
        choices=CHOICES,
        usual=USUAL,
    )


def _told(row: CapRow) -> dict[str, Any]:
    """A row with everything its card says."""
    alert = services().get(CapService).alert(row)
    info = alert.infos[row.block] if alert.infos else None
    word, mark = PRIORITIES[row.priority]
    look, picture = LOOKS.get(row.state, ("off", "cross"))
    outcome = services().slots.facts(row.slot_id).slot.outcome if row.slot_id else None
    return {
        "row": row,
        "alert": alert,
        "info": info,
        "said": services().get(CapService).said(row),
        "areas": [one.description for one in info.areas] if info else [],
        "priority_word": word,
        "mark": mark,
        "is_cancel": row.msg_type == "Cancel",
        "is_emergency": row.priority == Priority.EMERGENCY,
        "msg_type": MSG_TYPES[row.msg_type],
        "status": STATUSES[row.status],
        "proof": PROOFS[row.proof],
        "levels": [SEVERITIES[info.severity], URGENCIES[info.urgency], CERTAINTIES[info.certainty]] if info else [],
        "source": services().people.get(row.source_id).name,
        "doubts": [sentence(code, details) for code, details in row.doubts],
        "why": sentence(row.reason, row.details) if row.reason else "",
        "state_word": STATES[row.state],
        "look": look,
        "picture": picture,
        "outcome": OUTCOMES[outcome] if outcome else "",
        "decided_by": services().people.get(row.decided_by).name if row.decided_by else "",
    }


def _issued(one: Issued) -> dict[str, Any]:
    return {
        "one": one,
        "msg_type": MSG_TYPES[one.msg_type],
        "is_current": services().get(CapService).issuing.is_current(one),
        "by": services().people.get(one.issued_by).name,
    }
