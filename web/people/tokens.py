"""Mã truy cập: the keys with which programs use the station. Made here, shown once, revoked at once.

Who may have which key is the desk's business; here a form is read and the desk is asked once.
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from scheduler.core.model import Person
from scheduler.core.people.kept import ApiToken
from scheduler.core.words.wording import ROLES, sentence_of
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.people.tokens import MOST_DAYS, SCOPES, USUAL_DAYS, MadeToken
from web.auth import REFUSED, Answer, act, actor, page_of, services, station
from web.words.people_words import SCOPE_GROUPS
from web.words.zones import zone_choices

bp = Blueprint("tokens", __name__)

WORDS = {code: word for _, group in SCOPE_GROUPS for code, word in group}
DAYS = ((30, "30 ngày"), (90, "90 ngày"), (USUAL_DAYS, "1 năm"), (MOST_DAYS, "2 năm"))
FIELDS = {
    "token_name_invalid": "name",
    "token_name_taken": "name",
    "token_acts_missing": "acts",
    "token_act_unknown": "acts",
    "token_beyond_role": "acts",
    "token_not_own": "acts",
    "token_days_invalid": "days",
    "zone_unknown": "zones",
    "zone_not_yours": "zones",
    "code_needed": "code",
    "code_wrong": "code",
    "code_too_often": "code",
}
"""Reason of a refusal -> the field it stands beside."""


@bp.get("/cai-dat/api")
@page_of("own_key")
def page() -> str:
    return _page()


@act(bp, "/cai-dat/api", may="own_key")
def add() -> Answer:
    """Make a key; its page shows it this once."""
    form = request.form
    typed: dict[str, Any] = {
        "name": form.get("name", "")[:200],
        "acts": [code for code in form.getlist("acts") if code in SCOPES],
        "zones": [zone for zone in form.getlist("zones") if zone in zone_choices()],
        "days": form.get("days", "")[:10],
        "owner": form.get("owner", "")[:40],
    }
    days = int(typed["days"]) if typed["days"].isdecimal() else 0
    try:
        made = services().tokens.add(
            actor(),
            typed["name"],
            typed["acts"],
            owner=_owner(typed["owner"]),
            zones=typed["zones"],
            days=days,
            code=form.get("code", "")[:200],
        )
    except NotPermitted:
        raise
    except Refused as refused:
        return _page(typed=typed, refused=refused), REFUSED
    return _page(made=made)


@act(bp, "/cai-dat/api/<int:token_id>/thu-hoi", may="own_key")
def revoke(token_id: int) -> Answer:
    found = services().tokens.revoke(actor(), token_id)
    flash(f"Đã thu hồi mã truy cập “{found.name}”.")
    return redirect(url_for("tokens.page"), 303)


def _owner(login: str) -> Person | None:
    """In whose name; nobody named = in the name of who makes it."""
    found = services().people.by_login(login) if login else None
    return found if found and found.active else None


def _owners() -> list[Person]:
    """In whose name this person may make a key."""
    if not services().tokens.keeps(actor()):
        return [actor()]
    return [one for one in services().people.listed() if one.active]


def _page(*, typed: dict[str, Any] | None = None, refused: Refused | None = None, made: MadeToken | None = None) -> str:
    now = station().clock.now()
    fault = sentence_of(refused)
    return render_template(
        "tokens/page.html",
        tokens=[_row(one, now) for one in services().tokens.listed(actor())],
        groups=[(head, [(code, word) for code, word in group if code in SCOPES]) for head, group in SCOPE_GROUPS],
        owners=[(one.login, one.name, ROLES[one.role]) for one in _owners()],
        zones=zone_choices(),
        days=DAYS,
        typed=typed or {"name": "", "acts": ["see"], "zones": [], "days": str(USUAL_DAYS), "owner": actor().login},
        faults={FIELDS.get(refused.reason, "name"): fault} if refused else {},
        made=made,
        made_words=_row(made.token, now) if made else None,
        confirms=services().tokens.confirms(actor()),
    )


def _row(token: ApiToken, now: datetime) -> dict[str, Any]:
    """A key for the list: what it is called, and how it stands."""
    state, mark, icon = "Đang dùng được", "done", "check"
    if token.revoked_at is not None:
        state, mark, icon = "Đã thu hồi", "off", "cross"
    elif not token.is_live(now):
        state, mark, icon = "Hết hạn", "warn", "warn"
    return {
        "token": token,
        "state": state,
        "mark": mark,
        "icon": icon,
        "acts": ", ".join(WORDS.get(code, code) for code in token.acts),
        "zones": ", ".join(zone_choices().get(zone, zone) for zone in token.zones),
        "can_end": token.revoked_at is None,
    }
