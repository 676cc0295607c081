"""Quy tắc cảnh báo: whose alerts the ward believes, and which rules let one sound unasked; who approved each, and when.

Thin: the desk asks the right, and who it is where more comes through.
"""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.extras.cap.intake.signature import pinned
from scheduler.extras.cap.keys import CapAlertConfig
from scheduler.extras.cap.pages.cap_words import CERTAINTIES, CHOICES, NOTICES, SEVERITIES, URGENCIES, USUAL, WAYS
from scheduler.extras.cap.rules.alert import Certainty, Severity, Urgency
from scheduler.extras.cap.rules.rules import Rule
from scheduler.extras.cap.service.alerts import CapService
from scheduler.extras.inbox.rules import Way
from scheduler.kernel.errors import Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services, station, told_here
from web.people.reauthentication import asked_code, code_fault, page_fault, proof

bp = Blueprint("cap_trust", __name__)
bp.context_processor(lambda: {"notices": NOTICES})
GIVES = "break_in"


@bp.get("/canh-bao/quy-tac")
@page_of("see")
def page() -> Answer:
    return _page()


@act(bp, "/canh-bao/quy-tac/nguon", may=GIVES)
def trust() -> Answer:
    """Believe a sender, or change what it is believed for."""
    form = request.form

    def keep() -> object:
        return (
            services()
            .get(CapService)
            .trust.trust(
                actor(),
                form.get("sender", "")[:300],
                form.get("name", "")[:300],
                certificates=form.get("certificates", "")[:100_000],
                unsigned=form.get("unsigned") == "yes",
                prove=proof(GIVES),
            )
        )

    return _done("nguon", keep, "tin-nguon")


@act(bp, "/canh-bao/quy-tac/nguon/bo", may="withdraw")
def distrust() -> Answer:
    sender = request.form.get("sender", "")[:300]
    return _done("nguon", lambda: services().get(CapService).trust.distrust(actor(), sender), "bo-nguon-canh-bao")


@act(bp, "/canh-bao/quy-tac/them", may="plan")
def add() -> Answer:
    return _done("them", lambda: services().get(CapService).trust.add_rule(actor(), _rule()), "viet-quy-tac")


@act(bp, "/canh-bao/quy-tac/<int:rule_id>/duyet", may=GIVES)
def approve(rule_id: int) -> Answer:
    give = proof(GIVES)
    return _done(
        f"qt-{rule_id}",
        lambda: services().get(CapService).trust.approve_rule(actor(), rule_id, prove=give),
        "duyet-quy-tac",
    )


@act(bp, "/canh-bao/quy-tac/<int:rule_id>/bo", may="plan")
def end(rule_id: int) -> Answer:
    return _done(f"qt-{rule_id}", lambda: services().get(CapService).trust.end_rule(actor(), rule_id), "bo-quy-tac")


def _rule() -> Rule:
    """The rule as typed. Raises Refused cap_rule_invalid."""
    form = request.form
    try:
        return Rule(
            id=0,
            title=form.get("title", "")[:300],
            way=Way(form.get("way", "")),
            events=tuple(form.get("events", "")[:5000].replace("\n", ",").split(",")),
            severity=Severity(form.get("severity", "")),
            urgency=Urgency(form.get("urgency", "")),
            certainty=Certainty(form.get("certainty", "")),
        )
    except ValueError:
        raise Refused("cap_rule_invalid") from None


def _done(where: str, step: Callable[[], object], done: str) -> Answer:
    try:
        step()
    except Refused as refused:
        return _page(where, told_here(refused)), REFUSED
    return redirect(url_for("cap_trust.page", xong=done))


def _page(where: str = "", refused: Refused | None = None) -> str:
    coded, now = code_fault(refused), station().clock.now()
    rules = [
        {
            "rule": one.rule,
            "way": WAYS[one.rule.way],
            "least": (SEVERITIES[one.rule.severity], URGENCIES[one.rule.urgency], CERTAINTIES[one.rule.certainty]),
            "by": services().people.get(one.created_by).name,
            "approved_by": services().people.get(one.approved_by).name if one.approved_by else "",
            "at": one.approved_at,
            "is_own": one.created_by == actor().id and one.approved_by is None,
        }
        for one in services().get(CapService).trust.rules()
    ]
    senders = [
        {
            "sender": one.sender,
            "pinned": [(mark, mark.valid(now)) for mark in pinned(one.sender.certificates)],
            "by": services().people.get(one.approved_by).name,
            "since": one.since,
        }
        for one in services().get(CapService).trust.senders()
    ]
    return render_template(
        "cap/rules.html",
        rules=rules,
        senders=senders,
        told=services().config.get(CapAlertConfig),
        where=where,
        fault=page_fault(refused),
        coded=coded,
        asked_code=asked_code(GIVES),
        typed={
            name: request.form.get(name, "")[:20_000] for name in ("sender", "name", "certificates", "title", "events")
        },
        choices=CHOICES,
        usual=USUAL,
        ways=WAYS,
    )
