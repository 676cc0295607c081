"""Người dùng: who may use the page, with which role and where; for whoever manages people.

Every act is the desk's, which asks for the right, guards the last administrator and asks who it is once more where that
is set up. A temporary password is shown once, on the answer to the very act that made it.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.model import DEFAULT_ZONE, Person, Role
from scheduler.core.people.person_names import MAX_LOGIN, MAX_NAME
from scheduler.core.words.wording import ROLES, sentence_of
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.people.people import temporary_password
from web.auth import REFUSED, Answer, act, actor, page_of, services
from web.words.page_words import in_order, matching
from web.words.people_words import DONE, ROLE_MEANING, device_words

bp = Blueprint("people", __name__)

FIELD_OF = {
    "login_invalid": "login", "login_taken": "login", "name_missing": "name", "name_too_long": "name",
    "role_unknown": "role", "own_role": "role", "last_admin": "role", "zones_missing": "zones", "zone_unknown": "zones",
    "zone_not_divisible": "zones", "code_needed": "code", "code_wrong": "code", "code_too_often": "code",
}  # fmt: skip
"""Beside which field a refusal stands."""


@bp.get("/nguoi-dung")
@page_of("manage_people")
def page() -> Answer:
    asked, people = request.args.get("q", "")[:100], services().people.listed()
    shown = in_order(matching(people, asked, [f"{one.name} {one.login}" for one in people]), _name)
    proofs = {one.id: services().people.proofs(one) for one in shown}
    told: dict[str, Any] = {"people": shown, "proofs": proofs, "roles": ROLES, "q": asked, "total": len(people)}
    return render_template("people/page.html", **told, done=DONE.get(request.args.get("xong", ""), ""))


def _name(one: Person) -> str:
    return one.name


@bp.get("/nguoi-dung/moi")
@page_of("manage_people")
def new_form() -> Answer:
    return _new_page()


@act(bp, "/nguoi-dung", may="manage_people")
def add() -> Answer:
    """A new person with a temporary password, which is shown once."""
    form, password = _typed(), temporary_password()
    try:
        one = services().people.add(
            actor(),
            form["login"],
            form["name"],
            _role(form),
            password,
            form["zones"],
            code=form["code"],
            must_change=True,
        )
    except NotPermitted:
        raise
    except Refused as refused:
        return _new_page(refused, form), REFUSED
    return render_template("people/password.html", one=one, password=password, is_new=True)


@bp.get("/nguoi-dung/<int:person_id>")
@page_of("manage_people")
def person(person_id: int) -> Answer:
    return _person_page(person_id)


@act(bp, "/nguoi-dung/<int:person_id>", may="manage_people")
def change(person_id: int) -> Answer:
    form = _typed()
    try:
        services().people.change(
            actor(), person_id, name=form["name"], role=_role(form), zones=form["zones"], code=form["code"]
        )
    except NotPermitted:
        raise
    except Refused as refused:
        return _person_page(person_id, refused, form), REFUSED
    return _to(person_id, "doi")


@act(bp, "/nguoi-dung/<int:person_id>/mat-khau", may="manage_people")
def give_password(person_id: int) -> Answer:
    """A new temporary password, shown once."""
    try:
        password = services().people.give_password(actor(), person_id, code=_code())
    except NotPermitted:
        raise
    except Refused as refused:
        return _person_page(person_id, refused), REFUSED
    one = services().people.get(person_id)
    return render_template("people/password.html", one=one, password=password, is_new=False)


@act(bp, "/nguoi-dung/<int:person_id>/tat", may="manage_people")
def switch_off(person_id: int) -> Answer:
    return _switched(person_id, active=False)


@act(bp, "/nguoi-dung/<int:person_id>/bat", may="manage_people")
def switch_on(person_id: int) -> Answer:
    return _switched(person_id, active=True)


def _switched(person_id: int, *, active: bool) -> Answer:
    try:
        services().people.switch(actor(), person_id, active=active, code=_code())
    except NotPermitted:
        raise
    except Refused as refused:
        return _person_page(person_id, refused), REFUSED
    return _to(person_id, "bat" if active else "tat")


@act(bp, "/nguoi-dung/<int:person_id>/phien", may="manage_people")
def end_sessions(person_id: int) -> Answer:
    services().people.end_all_sessions(actor(), person_id)
    return _to(person_id, "phien")


@act(bp, "/nguoi-dung/<int:person_id>/tat-xac-thuc", may="manage_people")
def take_totp(person_id: int) -> Answer:
    try:
        services().people.take_totp(actor(), person_id, code=_code())
    except NotPermitted:
        raise
    except Refused as refused:
        return _person_page(person_id, refused), REFUSED
    return _to(person_id, "xac-thuc")


def _to(person_id: int, done: str) -> Answer:
    return redirect(url_for("people.person", person_id=person_id, xong=done), 303)


def _typed() -> dict[str, Any]:
    form: dict[str, Any] = {name: request.form.get(name, "")[:200] for name in ("login", "name", "role")}
    return form | {"zones": request.form.getlist("zone")[:100], "code": _code()}


def _code() -> str:
    return request.form.get("code", "")[:100]


def _role(form: dict[str, Any]) -> Role:
    if form["role"] not in set(Role):
        raise Refused("role_unknown")
    return Role(form["role"])


def _new_page(refused: Refused | None = None, form: dict[str, Any] | None = None) -> str:
    typed = form or {"login": "", "name": "", "role": Role.EDITOR.value, "zones": []}
    return render_template("people/new.html", typed=typed, **_words(refused))


def _person_page(person_id: int, refused: Refused | None = None, form: dict[str, Any] | None = None) -> str:
    one = services().people.get(person_id)
    typed = form or {"name": one.name, "role": one.role.value, "zones": one.zones}
    sessions = [(open_, device_words(open_.device)) for open_ in services().people.sessions(one)]
    return render_template(
        "people/person.html",
        one=one,
        typed=typed,
        sessions=sessions,
        proofs=services().people.proofs(one),
        is_self=one.id == actor().id,
        done=DONE.get(request.args.get("xong", ""), ""),
        **_words(refused),
    )


def _words(refused: Refused | None) -> dict[str, Any]:
    fault = sentence_of(refused)
    return {
        "fault": fault,
        "fault_field": FIELD_OF.get(refused.reason, "") if refused else "",
        "roles": ROLES,
        "role_meaning": ROLE_MEANING,
        "zones": [zone for zone in services().config.zone_names if zone != DEFAULT_ZONE],
        "max_login": MAX_LOGIN,
        "max_name": MAX_NAME,
        "asked_code": services().people.confirms(actor(), "manage_people"),
    }
