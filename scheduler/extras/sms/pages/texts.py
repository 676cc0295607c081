"""Tin nhắn: write, see both versions with their cost, submit, approve, hand over; and who wants none.

Thin: a form is read, the desk is asked once, the answer is a redirect or the same page with its sentence; the
officer's own words stay in the form whatever happens. Lists and sendings are `sms_sendings`'.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from scheduler.core.announcement import approval
from scheduler.core.words.wording import sentence_of
from scheduler.extras.sms.keys import SmsConfig
from scheduler.extras.sms.rules.approval import STEPS, BatchState, RecipientState, SmsState
from scheduler.extras.sms.rules.kept import StoredSms
from scheduler.extras.sms.rules.sms_words import BATCH_STATES, RECIPIENT_STATES, SMS_STATES, cost_words, culprit_words
from scheduler.extras.sms.rules.texts import SmsCost, cost, sms_sha256, tidied, without_diacritics
from scheduler.extras.sms.service.sendings import SmsSendings
from scheduler.extras.sms.service.texts import SmsService
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.kernel.words import Words
from scheduler.services.announcement.announcements import MAX_TITLE
from web.auth import REFUSED, Answer, act, actor, page_of, same_origin, services, told_here
from web.people.reauthentication import asked_code, code_fault, page_fault, proof

bp = Blueprint("sms", __name__)
MAX_CHARS = 3000
"""Characters that are counted as they are typed; a longer text is refused for its parts anyway."""
FIELD_OF = {
    "title_missing": "title",
    "title_too_long": "title",
    "sms_text_missing": "text",
    "sms_too_long": "text",
    "sms_formula_start": "text",
}
NOTICES = Words(Path(__file__).parents[1], "notices", str)


@bp.app_context_processor
def _sms_words() -> dict[str, Any]:
    """What the templates of SMS may use."""
    if not (request.blueprint or "").startswith("sms"):
        return {}
    return {
        "notices": NOTICES,
        "sms_states": SMS_STATES,
        "batch_states": BATCH_STATES,
        "recipient_states": RECIPIENT_STATES,
        "BatchState": BatchState,
        "RecipientState": RecipientState,
    }


@bp.app_template_global()
def sms_of(dispatch_id: int) -> list[StoredSms]:
    """What was written of a dispatch."""
    return services().get(SmsService).of_dispatch(dispatch_id) if services().has_row("sms") else []


@bp.app_template_global()
def quotes_sms(dispatch_id: int) -> bool:
    """Whether a dispatch says what the SMS shall say."""
    return bool(services().get(SmsService).quoted(dispatch_id))


@bp.get("/tin-nhan")
@page_of("see")
def listed() -> str:
    kept = services().get(SmsService).listed()
    made = {one.dispatch_id for one in kept}
    fresh = [
        one
        for one in services().dispatches.listed()
        if one.id not in made and services().get(SmsService).quoted(one.id)
    ]
    return render_template(
        "sms/list.html",
        rows=[{"sms": one, "paid": cost(one.body)} for one in kept],
        dispatches=fresh,
        names=services().people.names(),
        is_on=services().get(SmsSendings).is_on,
        opted_out=len(services().get(SmsService).opt_outs()),
    )


@bp.get("/tin-nhan/moi")
@page_of("write")
def new() -> str:
    return _page(None, {"title": "", "text": "", "plain": False}, 0)


@act(bp, "/tin-nhan", may="write")
def write() -> Answer:
    form = _typed()
    try:
        sms_id = services().get(SmsService).write(actor(), form["title"], form["text"], plain=form["plain"])
    except NotPermitted:
        raise
    except Refused as refused:
        return _page(None, form, 0, refused), REFUSED
    return _to(sms_id, "luu")


@act(bp, "/tin-nhan/cong-van/<int:dispatch_id>", may="write")
def from_dispatch(dispatch_id: int) -> Answer:
    return _to(services().get(SmsService).drafts_of_dispatch(actor(), dispatch_id)[0], "nhap")


@bp.post("/tin-nhan/dem")
@page_of("see")
def count() -> str:
    """Both versions of the text as it is typed, with their cost. Changes nothing, so it needs no act key."""
    same_origin()
    return render_template("sms/_count.html", **_counted(request.form.get("text", "")))


@bp.get("/tin-nhan/<int:sms_id>")
@page_of("see")
def page(sms_id: int) -> str:
    seen = services().get(SmsService).get(sms_id)
    return _page(seen, _form_of(seen), seen.version)


@act(bp, "/tin-nhan/<int:sms_id>/sua", may="write")
def edit(sms_id: int) -> Answer:
    form, version = _typed(), request.form.get("version", 0, type=int)
    try:
        services().get(SmsService).edit(actor(), sms_id, version, form["title"], form["text"], plain=form["plain"])
    except Refused as refused:
        told_here(refused)
        seen = services().get(SmsService).get(sms_id)
        return _page(seen, form, seen.version, refused), REFUSED
    return _to(sms_id, "luu")


@act(bp, "/tin-nhan/<int:sms_id>/trinh-duyet", may="submit")
def submit(sms_id: int) -> Answer:
    return done(sms_id, lambda: services().get(SmsService).submit(actor(), sms_id), "trinh")


@act(bp, "/tin-nhan/<int:sms_id>/duyet", may="approve")
def approve(sms_id: int) -> Answer:
    sha256 = request.form.get("sha256", "")
    return done(
        sms_id, lambda: services().get(SmsService).approve(actor(), sms_id, sha256, prove=proof("approve")), "duyet"
    )


@act(bp, "/tin-nhan/<int:sms_id>/tra-lai", may="return")
def give_back(sms_id: int) -> Answer:
    reason = request.form.get("reason", "")
    return done(sms_id, lambda: services().get(SmsService).give_back(actor(), sms_id, reason), "tra-lai")


@act(bp, "/tin-nhan/<int:sms_id>/rut", may="see")
def withdraw(sms_id: int) -> Answer:
    return done(sms_id, lambda: services().get(SmsService).withdraw(actor(), sms_id), "rut")


@act(bp, "/tin-nhan/<int:sms_id>/ban-giao", may="send_sms")
def hand_over(sms_id: int) -> Answer:
    batch_id = request.form.get("batch_id", type=int)
    return done(sms_id, lambda: services().get(SmsService).hand_over(actor(), sms_id, batch_id), "ban-giao", "ban-giao")


@bp.get("/tin-nhan/ban-giao/<int:hand_over_id>.csv")
@page_of("see")
def hand_over_file(hand_over_id: int) -> Response:
    """A file exactly as it was handed over."""
    kept = services().get(SmsService).hand_over_file(hand_over_id)
    return csv_answer(kept.file_text, f"tin-nhan-{kept.sms_id}-ban-giao-{kept.id}.csv")


@bp.get("/tin-nhan/khong-nhan")
@page_of("see")
def opt_outs() -> str:
    return _opt_outs()


@act(bp, "/tin-nhan/khong-nhan", may="send_sms")
def opt_out() -> Answer:
    number = request.form.get("number", "")
    try:
        services().get(SmsService).opt_out(actor(), number, request.form.get("note", ""))
    except NotPermitted:
        raise
    except Refused as refused:
        return _opt_outs(number, sentence_of(refused)), REFUSED
    return redirect(url_for("sms.opt_outs", xong="khong-nhan"))


@act(bp, "/tin-nhan/nhan-lai", may="send_sms")
def opt_in() -> Answer:
    services().get(SmsService).opt_in(actor(), request.form.get("number", ""))
    return redirect(url_for("sms.opt_outs", xong="nhan-lai"))


def done(sms_id: int, step: Callable[[], object], told: str, place: str | None = None) -> Answer:
    """Take one step and show the page again, or the page with the reason why not."""
    try:
        step()
    except Refused as refused:
        told_here(refused)
        seen = services().get(SmsService).get(sms_id)
        return _page(seen, _form_of(seen), seen.version, refused), REFUSED
    return _to(sms_id, told, place)


def csv_answer(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="text/csv", headers=headers)


def sending_parts(seen: StoredSms | None) -> dict[str, Any]:
    """How each sending stands, newest first, for the page and for the piece of it that is polled."""
    sendings = services().get(SmsSendings)
    trouble = (RecipientState.FAILED, RecipientState.UNKNOWN)
    rows: list[dict[str, Any]] = [
        {
            "batch": one,
            "counts": sendings.counts(one.id),
            "trouble": sendings.recipients(one.id, *trouble, limit=20),
            "parts": cost(one.body).parts,
        }
        for one in (sendings.of_sms(seen.id) if seen else [])
    ]
    moving = any(row["batch"].state is BatchState.SENDING for row in rows)
    return {
        "sms": seen,
        "sendings": rows,
        "moving": moving,
        "is_on": services().get(SmsSendings).is_on,
        "names": services().people.names(),
    }


def _to(sms_id: int, told: str, place: str | None = None) -> Answer:
    return redirect(url_for("sms.page", sms_id=sms_id, xong=told, _anchor=place))


def _typed() -> dict[str, Any]:
    text = request.form.get("text", "").replace("\r\n", "\n")
    return {"title": request.form.get("title", ""), "text": text, "plain": request.form.get("plain") == "yes"}


def _form_of(seen: StoredSms) -> dict[str, Any]:
    return {"title": seen.title, "text": seen.text, "plain": seen.plain}


def _counted(text: str) -> dict[str, Any]:
    """Both versions of a text, side by side."""
    written = tidied(text[:MAX_CHARS])
    plain = without_diacritics(written)
    return {"versions": [_version("Như đã viết", written), _version("Không dấu", plain)]}


def _version(head: str, body: str) -> dict[str, Any]:
    paid: SmsCost = cost(body)
    return {"head": head, "body": body, "paid": paid, "words": cost_words(paid), "culprits": culprit_words(paid)}


def _page(seen: StoredSms | None, form: dict[str, Any], version: int, refused: Refused | None = None) -> str:
    told = page_fault(refused)
    field = FIELD_OF.get(refused.reason) if refused else None
    stale = refused is not None and refused.reason == "edited_meanwhile"
    return render_template(
        "sms/page.html",
        form=form,
        version=version,
        fault=told,
        faults={field: [told]} if field else {},
        other=seen if stale else None,
        asked_code=asked_code("approve"),
        code_fault=code_fault(refused),
        max_title=MAX_TITLE,
        max_chars=MAX_CHARS,
        max_parts=services().config.get(SmsConfig).max_parts,
        sha256=sms_sha256(seen.body) if seen else "",
        paid_words=cost_words(cost(seen.body)) if seen else "",
        dispatch=services().dispatches.get(seen.dispatch_id) if seen and seen.dispatch_id else None,
        campaign=services().campaigns.get(seen.campaign_id) if seen and seen.campaign_id else None,
        own=_is_own(seen),
        can_withdraw=seen is not None and _can_withdraw(seen),
        hand_overs=services().get(SmsService).hand_over_files(seen.id) if seen else [],
        **sending_parts(seen),
        **_counted(form["text"]),
    )


def _can_withdraw(seen: StoredSms) -> bool:
    """Whether the desk would let this person take it back (the desk asks again)."""
    if (seen.state, "withdraw") not in STEPS:
        return False
    own = seen.author_id == actor().id and seen.state in {SmsState.DRAFT, SmsState.SUBMITTED, SmsState.RETURNED}
    return own or approval.may(actor().role, "withdraw")


def _opt_outs(number: str = "", fault: str = "") -> str:
    rows = services().get(SmsService).opt_outs()
    return render_template("sms/opt_outs.html", rows=rows, names=services().people.names(), number=number, fault=fault)


def _is_own(seen: StoredSms | None) -> bool:
    """Whether its words are the reader's own, who so does not approve them."""
    own = seen is not None and actor().id in {seen.author_id, seen.writer_id}
    return own and not services().config.station.one_officer
