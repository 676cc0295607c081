"""Đồng hồ, on Cài đặt: whether the hour of this machine is trusted, why not, and the word "giờ bây giờ đúng".

Thin: the desk says how it stands, who may say the word, and whether a second person has to agree.
"""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for

from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NotPermitted, Refused
from web.air.journal_words import clock_ahead_words
from web.auth import REFUSED, Answer, act, actor, page_of, services

bp = Blueprint("clock", __name__)


@bp.get("/cai-dat/dong-ho")
@page_of("see")
def page() -> Answer:
    return _page()


@act(bp, "/cai-dat/dong-ho/xac-nhan", may="confirm_clock")
def confirm() -> Answer:
    try:
        settled = services().clock.confirm(actor(), _seen())
    except NotPermitted:
        raise
    except Refused as refused:
        return _page(sentence_of(refused)), REFUSED
    if settled:
        flash("Đã xác nhận giờ của máy. Bản tin thường phát lại theo lịch.")
    else:
        flash("Đã ghi lời xác nhận. Còn cần một người khác xác nhận trong một giờ tới.")
    return redirect(url_for("clock.page"))


def _seen() -> datetime:
    """The hour that stood on the page. Raises Refused instant_invalid."""
    told = request.form.get("seen", "")[:40]
    try:
        seen = datetime.fromisoformat(told)
    except ValueError as error:
        raise Refused("instant_invalid", value=told) from error
    if seen.tzinfo is None:
        raise Refused("instant_invalid", value=told)
    return seen


def _page(fault: str = "") -> str:
    state = services().clock.state()
    return render_template(
        "settings/clock.html", clock=state, ahead=clock_ahead_words(state.ahead) if state.ahead else "", fault=fault
    )
