"""Cảnh báo: alerts in CAP that come in, what became of them, and those that this ward issues.

Thin: an alert is read and decided by the desk, aired by the station. What was issued is public as XML, as long as the
public page is open. Whom the ward believes, and its rules, are another page (`scheduler.extras.cap.pages.trust`).
"""

from functools import partial
from typing import Any

from flask import Response, abort, redirect, request, url_for

from scheduler.extras.cap.intake.reading import MOST_BYTES
from scheduler.extras.cap.keys import CapAlertConfig
from scheduler.extras.cap.pages.cap_words import (
    CERTAINTIES,
    CHOICES,
    MSG_TYPES,
    NOTICES,
    PROOFS,
    SEVERITIES,
    STATUSES,
    URGENCIES,
    USUAL,
)
from scheduler.extras.cap.rules.alert import Certainty, Severity, Urgency
from scheduler.extras.cap.rules.kept import CapRow, Issued
from scheduler.extras.cap.service.alerts import CapService
from scheduler.extras.cap.service.issue import Words
from scheduler.extras.cap.work import take_in
from scheduler.extras.inbox.pages import Called, InboxPage
from scheduler.extras.inbox.service.inbox import Inbox
from scheduler.kernel.errors import Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services, station, told_here
from web.people.reauthentication import asked_code, proof

GIVES = "break_in"
XML = "application/cap+xml; charset=utf-8"


class CapPage(InboxPage[CapRow]):
    name, address, mark = "cap", "/canh-bao", "cb-"
    accept, done, air_right = "nhan", ("nhan-canh-bao", "phat-canh-bao", "bo-canh-bao"), GIVES
    notices = NOTICES
    called = Called(
        thing="Cảnh báo",
        nothing="Không có cảnh báo nào chờ quyết định.",
        aside="Bỏ qua cảnh báo này",
        aside_why="Lý do bỏ qua",
    )

    @property
    def inbox(self) -> Inbox[CapRow]:
        return services().get(CapService).inbox

    def about(self, row: CapRow) -> dict[str, Any]:
        alert = services().get(CapService).adapter.alert(row)
        info = alert.infos[row.block] if alert.infos else None
        facts = [("Trạng thái của nguồn", STATUSES[row.status])] if row.status != "Actual" else []
        if info:
            levels = (SEVERITIES[info.severity], URGENCIES[info.urgency], CERTAINTIES[info.certainty])
            areas = "; ".join(one.description for one in info.areas)
            facts += [("Mức độ", " · ".join(levels))] + ([("Vùng", areas)] if areas else [])
        facts += [("Ghi chú của nguồn", alert.note)] if alert.note else []
        told: dict[str, Any] = {
            "chips": ((MSG_TYPES[row.msg_type], ""), (PROOFS[row.proof], "")),
            "facts": facts,
            "facts_after": facts[:1] if row.status != "Actual" else (),
            "file": url_for("cap.alert_file", alert_id=row.id),
            "air_word": "Phát khẩn ngay",
            "take_look": "",
        }
        if row.msg_type == "Cancel":
            told |= {"may_take": True, "take_right": GIVES, "take_look": " danger"}
            told |= {"take_word": "Dừng các tin mà lệnh này nêu"}
        return told

    def beside(self) -> dict[str, Any]:
        issuing = services().get(CapService).issuing
        issued = [_issued(one) for one in issuing.listed()]
        return {
            "issued": issued,
            "issuable": issuing.issuable() if services().config.get(CapAlertConfig).sender else [],
            "places": ("doc", "phat-hanh", *(f"ph-{one['one'].id}" for one in issued)),
            "asked_code": asked_code(GIVES),
            "choices": CHOICES,
            "usual": USUAL,
        }


page = CapPage()
bp = page.bp


@bp.app_template_global()
def cap_waiting(*, emergency: bool = False) -> int:
    """How many alerts wait for a person."""
    return services().get(CapService).inbox.waiting_count(emergency=emergency)


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
    except Refused as refused:
        return page.page("doc", told_here(refused)), REFUSED
    return redirect(url_for("cap.listed", xong="nhan-canh-bao" if fresh else "co-canh-bao", _anchor=f"cb-{row.id}"))


# Issuing


@act(bp, "/canh-bao/phat-hanh", may=GIVES)
def issue() -> Answer:
    """An alert of an emergency of this ward."""
    slot_id = request.form.get("slot_id", "")[:100]

    def give() -> object:
        return services().get(CapService).issuing.issue(actor(), slot_id, _words(), prove=proof(GIVES))

    return page.act("phat-hanh", give, "phat-hanh-canh-bao")


@act(bp, "/canh-bao/phat-hanh/<int:issued_id>/thay", may=GIVES)
def update(issued_id: int) -> Answer:
    def give() -> object:
        text = request.form.get("text", "")[:20_000]
        return services().get(CapService).issuing.update(actor(), issued_id, _words(), text, prove=proof(GIVES))

    return page.act(f"ph-{issued_id}", give, "phat-hanh-canh-bao")


@act(bp, "/canh-bao/phat-hanh/<int:issued_id>/huy", may=GIVES)
def cancel(issued_id: int) -> Answer:
    why = request.form.get("reason", "")[:1000]
    give = partial(services().get(CapService).issuing.cancel, actor(), issued_id, why, prove=proof(GIVES))
    return page.act(f"ph-{issued_id}", give, "phat-hanh-canh-bao")


@bp.get("/canh-bao/phat-hanh/<int:issued_id>.xml")
@page_of("see")
def issued_file(issued_id: int) -> Answer:
    return Response(services().get(CapService).issuing.get(issued_id).xml, content_type=XML)


@bp.get("/canh-bao/<int:alert_id>.xml")
@page_of("see")
def alert_file(alert_id: int) -> Answer:
    """An alert as it came; never shown as a page of ours."""
    answer = Response(services().get(CapService).inbox.get(alert_id).raw, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="canh-bao-{alert_id}.xml"'
    return answer


@bp.get("/cap/<int:issued_id>.xml")
def public_file(issued_id: int) -> Answer:
    """One alert of this ward, for everybody."""
    if not services().config.value("public", "on"):
        abort(404)
    return Response(services().get(CapService).issuing.get(issued_id).xml, content_type=XML)


@bp.get("/cap/danh-sach.txt")
def public_list() -> Answer:
    """The addresses of the ward's alerts, one a line, the newest first."""
    if not services().config.value("public", "on"):
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


def _issued(one: Issued) -> dict[str, Any]:
    return {
        "one": one,
        "msg_type": MSG_TYPES[one.msg_type],
        "is_current": services().get(CapService).issuing.is_current(one),
        "by": services().people.get(one.issued_by).name,
    }
