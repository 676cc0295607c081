"""Của tôi: one's own name, password, codes and open sessions, what this browser does, and the ward's rules to read.

Everybody who is signed in changes these for themselves and for nobody else; there is no number of a person in any
address here. Recovery codes are shown once, on the answer to the act that made them.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for

from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.people.person_names import MAX_NAME
from scheduler.core.people.secret_rules import MIN_PASSWORD
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NotPermitted, Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services, with_new_cookie
from web.phones import qr
from web.words.page_words import ENGINES
from web.words.people_words import DONE, device_words

bp = Blueprint("account", __name__)


@bp.get("/tai-khoan")
@page_of("see")
def page() -> Answer:
    return _page()


@act(bp, "/tai-khoan/ten", may="see")
def rename() -> Answer:
    return _acted("ten", lambda: services().people.rename(actor(), request.form.get("name", "")[:200]), "ten")


@act(bp, "/tai-khoan/mat-khau", may="see")
def change_password() -> Answer:
    def change() -> None:
        new = _secret("new")
        if new != _secret("again"):
            raise Refused("passwords_differ")
        services().people.change_password(actor(), _secret("old"), new, session_id=g.session_id)

    answer = _acted("mat-khau", change, "mat-khau")
    return with_new_cookie(answer) if answer.status_code == 303 else answer  # noqa: PLR2004 - done, and led on


@act(bp, "/tai-khoan/ma-khan-cap", may="see")
def set_code() -> Answer:
    code = "" if request.form.get("drop") else (request.form.get("emergency", "")[:40] or " - ")
    return _acted("ma", lambda: services().people.set_code(actor(), _secret("old"), code), "ma" if code else "bo-ma")


@act(bp, "/tai-khoan/xac-thuc/bat", may="see")
def begin_totp() -> Answer:
    services().people.begin_totp(actor())
    return redirect(url_for("account.totp_form"), 303)


@bp.get("/tai-khoan/xac-thuc")
@page_of("see")
def totp_form() -> Answer:
    return _totp_page()


@act(bp, "/tai-khoan/xac-thuc", may="see")
def confirm_totp() -> Answer:
    """The first number of the application; the recovery codes are shown once, here."""
    try:
        codes = services().people.confirm_totp(actor(), request.form.get("code", "")[:20], session_id=g.session_id)
    except Refused as refused:
        if refused.reason == "totp_not_begun":
            raise
        return _totp_page(sentence_of(refused)), REFUSED
    return with_new_cookie(make_response(render_template("account/recovery.html", codes=codes)))


@act(bp, "/tai-khoan/xac-thuc/tat", may="see")
def drop_totp() -> Answer:
    answer = _acted(
        "xac-thuc",
        lambda: services().people.drop_totp(actor(), _secret("old"), session_id=g.session_id),
        "tat-xac-thuc",
    )
    return with_new_cookie(answer) if answer.status_code == 303 else answer  # noqa: PLR2004 - done, and led on


@act(bp, "/tai-khoan/phien/<int:session_id>", may="see")
def end_session(session_id: int) -> Answer:
    return _acted("phien", lambda: services().people.end_session(actor(), session_id), "phien")


@act(bp, "/tai-khoan/phien-khac", may="see")
def end_other_sessions() -> Answer:
    def end() -> None:
        services().people.end_other_sessions(actor(), g.session_id)

    return _acted("phien", end, "phien")


def _acted(part: str, change: Callable[[], None], done: str) -> Response:
    """Do it and lead back to its part of the page; a refusal stands beside the field, and no secret is drawn again."""
    try:
        change()
    except NotPermitted:
        raise
    except Refused as refused:
        return make_response(_page(part, sentence_of(refused)), REFUSED)
    return make_response(redirect(url_for("account.page", xong=done) + f"#{part}", 303))


def _secret(name: str) -> str:
    return request.form.get(name, "")[:1000]


def _page(part: str = "", fault: str = "") -> str:
    one, people = actor(), services().people
    told: dict[str, Any] = {
        "part": part,
        "fault": fault,
        "done": DONE.get(request.args.get("xong", ""), ""),
        "name": request.form.get("name", one.name) if part == "ten" else one.name,
        "must_change": g.must_change,
        "proofs": people.proofs(one),
        "sessions": [(open_, device_words(open_.device)) for open_ in people.sessions(one)],
        "session_id": g.session_id,
        "max_name": MAX_NAME,
        "least": MIN_PASSWORD,
        **_rules(),
    }
    return render_template("account/page.html", **told)


def _rules() -> dict[str, Any]:
    """The rules of the ward that people ask for."""
    config = services().config
    return {
        "quiet": ", ".join(str(one) for one in config.rules.quiet_hours.windows).replace("-", "–"),
        "cap": config.rules.cap,
        "gap": round(config.rules.min_gap.total_seconds()),
        "clusters": [one for one in config.zone_names if one != DEFAULT_ZONE],
        "voice": ENGINES.get(config.speech.engines[0], "") if config.speech.engines else "",
    }


def _totp_page(fault: str = "") -> str:
    address, secret = services().people.pending_totp(actor())
    groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    return render_template("account/totp.html", code=qr(address), groups=groups, fault=fault)
