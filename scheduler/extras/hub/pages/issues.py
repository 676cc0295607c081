"""Phát hành: choose what and to whom, read back, issue; then the acknowledgements as they come in.

Two steps always: nothing is issued from the page that chooses. An emergency asks its issuer for a code and can be taken
back for five seconds, with or without scripts. What may be issued, and by whom, is the desk's to say. Drills have pages
of their own (`scheduler.extras.hub.pages.drills`).
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from scheduler.core.model import Priority
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.extras.hub.pages.form import IssueForm, choices, read_back_words, reading_back, target_choices
from scheduler.extras.hub.pages.hub_words import (
    PRIORITIES,
    ack_word,
    answer_words,
    issue_words,
    summary,
    target_words,
    town,
    ward_words,
)
from scheduler.extras.hub.rules.wording_hub import ISSUE_KINDS
from scheduler.extras.hub.service.issues import GRACE
from scheduler.extras.town.rules.envelope import Kind
from scheduler.kernel.errors import Refused
from web.auth import REFUSED, Answer, act, actor, page_of, station, told_here
from web.formats import number_of
from web.people.reauthentication import code_fault, page_fault, typed_code

bp = Blueprint("hub_issues", __name__)

MOST_SHOWN = 50
LIVELY = timedelta(minutes=10)
"""So long after it was issued its page asks every two seconds; then every ten, until it is over."""
FIELDS = {
    "targets_missing": "dich",
    "ward_unknown": "dich",
    "group_unknown": "dich",
    "issue_expired": "den",
    "issue_too_long": "den",
    "date_invalid": "den",
    "time_invalid": "den",
    "number_invalid": "han",
}
"""Reason of a refusal -> the field it stands beside; any other speaks of what is issued."""


@bp.get("/cac-phuong/phat-hanh")
@page_of("see")
def listed() -> Answer:
    hub, before = town(), number_of(request.args.get("truoc", ""))
    found = hub.issues(MOST_SHOWN + 1, before)
    names = {one.id: one.name for one in hub.wards()}
    shown = [issue_words(one, names) for one in found[:MOST_SHOWN]]
    older = shown[-1]["issue"].sequence if len(found) > MOST_SHOWN else None
    return render_template("hub/issues.html", issues=shown, older=older, **_hub_state())


@bp.get("/cac-phuong/phat-hanh/moi")
@page_of("issue")
def new() -> Answer:
    return _form(IssueForm.of_request())


@bp.post("/cac-phuong/phat-hanh/doc-lai")
@page_of("issue")
def read_back() -> Answer:
    """What is chosen, read back; a POST only for its length. Changes nothing."""
    return reading_back(_form, _read_back)


@act(bp, "/cac-phuong/phat-hanh", may="issue")
def issue() -> Answer:
    hub, form = town(), IssueForm.of_request()
    try:
        content = hub.offered(actor(), form.kind, form.number, form.cap)
        told = read_back_words(form, content)
        if request.form.get("tom-tat") != told["sum"]:
            raise Refused("issue_changed")  # noqa: TRY301 - one sentence for whatever has changed since the reading back
        issue_id = hub.issue(actor(), told["order"], code=typed_code(), grace=GRACE)
    except Refused as refused:
        return _refused(form, told_here(refused)), REFUSED
    return redirect(url_for("hub_issues.page", issue_id=issue_id))


@bp.get("/cac-phuong/lan/<issue_id>")
@page_of("see")
def page(issue_id: str) -> Answer:
    return render_template("hub/issue.html", **_issue(issue_id))


@bp.get("/cac-phuong/lan/<issue_id>/tinh-hinh")
@page_of("see")
def state(issue_id: str) -> Answer:
    """How it stands with the wards, asked for again and again while it holds."""
    return render_template("hub/_issue.html", **_issue(issue_id))


@bp.get("/cac-phuong/lan/<issue_id>/phuong/<ward_id>")
@page_of("see")
def answers(issue_id: str, ward_id: str) -> Answer:
    """All that one ward has said of it."""
    hub = town()
    issued, _ = hub.issued(issue_id)
    told = [
        {"answer": one, "word": ack_word(one.state, one.reason), "why": sentence_of(one)}
        for one in hub.answers(issue_id, ward_id)
    ]
    return render_template("hub/answers.html", issue=issued.issue, told=told, **ward_words(hub.ward(ward_id)))


@act(bp, "/cac-phuong/lan/<issue_id>/huy", may="stop")
def take_back(issue_id: str) -> Answer:
    """Take it back before it leaves; what has left is stopped."""
    hub = town()
    if hub.issued(issue_id)[0].issue.taken_back_at is None and not hub.take_back(actor(), issue_id):
        issue_id = hub.issue_stop(actor(), issue_id)
        flash("Lệnh đã gửi đi nên không hủy được nữa; đã gửi lệnh dừng tới các phường.")
    return redirect(url_for("hub_issues.page", issue_id=issue_id))


@act(bp, "/cac-phuong/lan/<issue_id>/dung", may="stop")
def stop(issue_id: str) -> Answer:
    """End what sounds of it in every ward."""
    return redirect(url_for("hub_issues.page", issue_id=town().issue_stop(actor(), issue_id)))


@act(bp, "/cac-phuong/lan/<issue_id>/rut", may="stop")
def cancel(issue_id: str) -> Answer:
    """Take it back in the wards: what sounds stops, what waits goes."""
    return redirect(url_for("hub_issues.page", issue_id=town().issue_cancel(actor(), issue_id)))


@act(bp, "/cac-phuong/lan/<issue_id>/gui-lai", may="issue")
def again(issue_id: str) -> Answer:
    town().publish_again(actor(), issue_id)
    flash("Đã gửi lại; phường nào đã nhận thì không nhận hai lần.")
    return redirect(url_for("hub_issues.page", issue_id=issue_id))


@act(bp, "/cac-phuong/thu-duong-truyen", may="issue")
def test() -> Answer:
    """Prove the way to every ward; nothing sounds."""
    return redirect(url_for("hub_issues.page", issue_id=town().issue_test(actor())))


# Pages that several addresses draw


def _hub_state() -> dict[str, Any]:
    told = town().state()
    return {"hub": told, "hub_fault": sentence_of(told)}


def _form(form: IssueForm, refused: Refused | None = None) -> str:
    town()
    field = FIELDS.get(refused.reason, "gi") if refused else ""
    fault = sentence_of(refused)
    return render_template(
        "hub/new_issue.html", form=form, faults={field: fault} if fault else {}, choices=choices(), **target_choices()
    )


def _read_back(form: IssueForm, refused: Refused | None = None) -> str:
    hub = town()
    content = hub.offered(actor(), form.kind, form.number, form.cap)
    told = read_back_words(form, content)
    own, coded = hub.refuses_issuer(actor(), content), code_fault(refused)
    word, mark, icon = PRIORITIES[int(told["order"].priority or Priority.NORMAL)]
    fault = page_fault(refused)
    return render_template(
        "hub/read_back.html",
        form=form,
        hidden=[(name, value) for name, value in form.hidden() if name not in told["end_fields"]]
        + list(told["end_fields"].items()),
        kind=ISSUE_KINDS[form.kind],
        is_caps=form.kind is Kind.CAPS,
        priority_word=word,
        mark=mark,
        icon=icon,
        targets=target_words(form.dich, {one.id: one.name for one in told["wards"]}),
        may_not=sentence(own) if own else "",
        asked_code=hub.asks(actor(), told["order"].priority or content.priority) if told["is_emergency"] else "",
        code_fault=coded,
        fault=fault,
        **told,
    )


def _refused(form: IssueForm, refused: Refused) -> str:
    """The reading back with its fault; the form where what was chosen cannot even be read back."""
    try:
        return _read_back(form, refused)
    except Refused as first:
        return _form(form, told_here(first))


def _issue(issue_id: str) -> dict[str, Any]:
    hub, now = town(), station().clock.now()
    issued, rows = hub.issued(issue_id)
    issue = issued.issue
    names = {one.ward.id: one.ward.name for one in rows}
    told = [answer_words(one) for one in rows]
    waits = issue.due_at - now if issue.due_at and issued.can_be_taken_back else timedelta(0)
    over = issue.taken_back_at is not None or issue.expires <= now
    return issue_words(
        issued, names | {one.id: one.name for one in hub.wards()} if issue.targets != ("all",) else names
    ) | {
        "rows": told,
        "glance": summary(told),
        "grace_ms": max(0, round(waits / timedelta(milliseconds=1))) if issue.priority == 1 else 0,
        "over": over,
        "every": "" if over else "1s" if waits > timedelta(0) else "2s" if now - issue.sent < LIVELY else "10s",
        "refers": [hub.issued(one)[0].issue for one in issue.references if one != issue.id],
        "can_stop": not over and issue.kind not in {"stop", "test"} and issue.act != "cancel",
        "ended": now >= issue.expires,
        "announcement": issue.announcement_id,
        **_hub_state(),
    }
