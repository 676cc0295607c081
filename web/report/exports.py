"""Files that take long: asked for on the page of the journal or of reports, made by the worker, fetched when ready.

Short papers never come here: the page draws them at once. Thin: the order is read from the form, the desk is asked.
"""

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for

from scheduler.core.report.report import Form
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NotFound, Refused
from scheduler.paper import FORMATS, draw
from scheduler.services.report.exports import Order
from web.air.journal_filter import Asked
from web.auth import REFUSED, Answer, act, actor, page_of, services
from web.report.reports import order_of

bp = Blueprint("exports", __name__)


def airings_order(asked: Asked, kind: str) -> Order:
    """The list of airings that the journal's page shows, as a file."""
    return Order(Form.LOG, kind, asked.wanted.first, wanted=asked.wanted, chosen=asked.words())


@bp.get("/nhat-ky/tai/<kind>")
@page_of("see")
def airings(kind: str) -> Answer:
    """A short list of airings as a file, drawn at once."""
    asked = Asked.of_request()
    if kind not in FORMATS:
        raise NotFound("format", kind[:20])
    order = airings_order(asked, kind)
    if services().exports.is_long(order):
        raise Refused("export_long")
    report = services().exports.report(actor(), order)
    headers = {"Content-Disposition": f'attachment; filename="{report.file_name}.{kind}"'}
    return Response(draw(report, kind), content_type=FORMATS[kind].media_type, headers=headers)


@act(bp, "/tep", may="see")
def ask() -> Answer:
    """Have the worker make a file."""
    kind = request.form.get("loai", "")
    if kind not in FORMATS:
        raise NotFound("format", kind[:20])
    try:
        if request.form.get("nguon") == "bao-cao":
            order = order_of(kind)
        else:
            order = airings_order(_without_faults(Asked.of_request()), kind)
        job_id = services().exports.ask(actor(), order)
    except NotFound:
        raise
    except Refused as refused:
        told = sentence_of(refused)
        return render_template("journal/export_refused.html", told=told), REFUSED
    return redirect(url_for("exports.page", job_id=job_id))


@bp.get("/tep/<int:job_id>")
@page_of("see")
def page(job_id: int) -> Answer:
    """How far it is; the same piece alone for the page that asks again."""
    job = services().exports.job(actor(), job_id)
    words = {
        "job": job,
        "kind": FORMATS[job.args["kind"]].words if job.kind == "report" else "",
        "refused": sentence_of(job) if job.state == "refused" else "",
        "there": _is_there(job_id),
    }
    piece = bool(request.headers.get("HX-Request"))
    return render_template("journal/_export.html" if piece else "journal/export.html", **words)


@bp.get("/tep/<int:job_id>/tai")
@page_of("see")
def download(job_id: int) -> Answer:
    path, name, kind = services().exports.file(actor(), job_id)
    answer = send_file(path, mimetype=FORMATS[kind].media_type, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _without_faults(asked: Asked) -> Asked:
    if asked.faults:
        raise Refused("date_invalid", value=next(iter(asked.faults)))
    return asked


def _is_there(job_id: int) -> bool:
    try:
        services().exports.file(actor(), job_id)
    except NotFound:
        return False
    return True
