"""Lists of recipients and sendings of an SMS: upload, order, watch, stop, go on.

Thin: files and forms are read, the desk is asked once. Pages are `sms`'; only the piece that is polled is drawn here.
"""

from flask import Blueprint, Response, render_template, request

from scheduler.core.words.wording import sentence_of
from scheduler.extras.sms.pages.texts import csv_answer, done, sending_parts
from scheduler.extras.sms.rules.hand_over import results_csv
from scheduler.extras.sms.rules.sms_words import RECIPIENT_STATES
from scheduler.extras.sms.service.sendings import SmsSendings
from scheduler.extras.sms.service.texts import SmsService
from web.auth import Answer, act, actor, page_of, services

bp = Blueprint("sms_sendings", __name__)
PLACE = "gui"


@act(bp, "/tin-nhan/<int:sms_id>/danh-sach", may="send_sms")
def check(sms_id: int) -> Answer:
    """Read a list, from a file or typed; nothing is sent."""
    file = request.files.get("file")
    data, name = request.form.get("numbers", "").encode(), "danh sách gõ tay"
    if file is not None and file.filename:
        with file.stream:
            data, name = file.stream.read(), file.filename
    again = request.form.get("again") == "yes"
    return done(
        sms_id, lambda: services().get(SmsSendings).check(actor(), sms_id, data, name, again=again), "danh-sach", PLACE
    )


@act(bp, "/tin-nhan/lan-gui/<int:batch_id>/gui", may="send_sms")
def order(batch_id: int) -> Answer:
    return done(_sms_of(batch_id), lambda: services().get(SmsSendings).order(actor(), batch_id), "gui", PLACE)


@act(bp, "/tin-nhan/lan-gui/<int:batch_id>/dung", may="send_sms")
def stop(batch_id: int) -> Answer:
    return done(_sms_of(batch_id), lambda: services().get(SmsSendings).stop(actor(), batch_id), "dung", PLACE)


@act(bp, "/tin-nhan/lan-gui/<int:batch_id>/gui-tiep", may="send_sms")
def go_on(batch_id: int) -> Answer:
    return done(_sms_of(batch_id), lambda: services().get(SmsSendings).go_on(actor(), batch_id), "gui-tiep", PLACE)


@bp.get("/tin-nhan/<int:sms_id>/lan-gui")
@page_of("see")
def state(sms_id: int) -> Answer:
    """The sendings, polled while one is under way."""
    return render_template("sms/_sendings.html", **sending_parts(services().get(SmsService).get(sms_id)))


@bp.get("/tin-nhan/lan-gui/<int:batch_id>.csv")
@page_of("see")
def results(batch_id: int) -> Response:
    """What became of every number of a sending."""
    sendings = services().get(SmsSendings)
    batch = sendings.get(batch_id)
    rows = [
        (one.number, RECIPIENT_STATES[one.state], sentence_of(one), one.answer) for one in sendings.recipients(batch.id)
    ]
    return csv_answer(results_csv(rows), f"tin-nhan-{batch.sms_id}-lan-gui-{batch.id}.csv")


def _sms_of(batch_id: int) -> int:
    return services().get(SmsSendings).get(batch_id).sms_id
