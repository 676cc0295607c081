"""Diễn tập of the town: an approved announcement to the wards as an exercise, on pages of its own.

Nothing here can issue the real thing: its only order is `issue_drill`, which no ward airs as an emergency.
"""

from flask import Blueprint, redirect, render_template, url_for

from scheduler.core.words.wording import sentence, sentence_of
from scheduler.extras.hub.pages.form import (
    DRILL_HOLDS,
    IssueForm,
    choices,
    read_back_words,
    reading_back,
    target_choices,
)
from scheduler.extras.hub.pages.hub_words import target_words, town
from scheduler.extras.town.rules.envelope import Kind, Status
from scheduler.kernel.errors import Refused
from web.auth import REFUSED, Answer, act, actor, page_of, station, told_here

bp = Blueprint("hub_drills", __name__)


@bp.get("/cac-phuong/dien-tap")
@page_of("issue")
def page() -> Answer:
    return _form(IssueForm.of_request())


@bp.post("/cac-phuong/dien-tap/doc-lai")
@page_of("issue")
def read_back() -> Answer:
    """What would be drilled, read back. Changes nothing."""
    return reading_back(_form, _read_back)


@act(bp, "/cac-phuong/dien-tap", may="issue")
def drill() -> Answer:
    hub, form = town(), IssueForm.of_request()
    try:
        number = _number(form)
        expires = station().clock.now() + DRILL_HOLDS
        issue_id = hub.issue_drill(actor(), number, form.dich, expires)
    except Refused as refused:
        return _form(form, told_here(refused)), REFUSED
    return redirect(url_for("hub_issues.page", issue_id=issue_id))


def _number(form: IssueForm) -> int:
    if form.kind is not Kind.ANNOUNCEMENT or form.number is None:
        raise Refused("issue_of_nothing")
    return form.number


def _form(form: IssueForm, refused: Refused | None = None) -> str:
    town()
    fault = sentence_of(refused)
    place = "dich" if refused and refused.reason in {"targets_missing", "ward_unknown", "group_unknown"} else "gi"
    return render_template(
        "hub/drill.html",
        form=form,
        faults={place: fault} if fault else {},
        choices=choices(spoken_only=True),
        **target_choices(),
    )


def _read_back(form: IssueForm) -> str:
    hub = town()
    content = hub.offered(actor(), Kind.ANNOUNCEMENT, _number(form))
    told = read_back_words(form, content, Status.EXERCISE)
    own = hub.refuses_issuer(actor(), content)
    return render_template(
        "hub/read_back_drill.html",
        hidden=form.hidden(),
        targets=target_words(form.dich, {one.id: one.name for one in told["wards"]}),
        may_not=sentence(own) if own else "",
        **told,
    )
