"""Cấp trên, on Cài đặt: whose signature the ward believes, what each may do unasked, and joining a town by its code.

Thin: the desk asks the right and proves who it is. A code goes to the town once; what comes back is taken only when the
person has compared it with the town, so it rides in the form between the two steps and is read anew.
"""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.pages.inbox import link_words
from scheduler.extras.town.pages.town_words import NOTICES
from scheduler.extras.town.rules.enrolment import Welcome, fingerprint, key_fingerprint, read_welcome, welcome_body
from scheduler.extras.town.service.enrolment import TownPairing
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services, told_here
from web.people.reauthentication import asked_code, code_fault, page_fault, proof

bp = Blueprint("town_trust", __name__)
bp.context_processor(lambda: {"notices": NOTICES})
GIVES = "break_in"
"""Whoever lets an issuer air emergencies gives an order in advance: it asks for what every such order asks."""


@bp.get("/cai-dat/cap-tren")
@page_of("see")
def page() -> Answer:
    return _page()


@act(bp, "/cai-dat/cap-tren/ghim", may="configure")
def pin() -> Answer:
    """Trust a key typed by hand."""
    key, name = request.form.get("key", "")[:200], request.form.get("name", "")[:200]
    return _done(
        lambda: services().get(TownService).pin(actor(), key, name, **_may(), prove=proof(GIVES)), "ghim", "ghim"
    )


@act(bp, "/cai-dat/cap-tren/<key>/quyen", may="configure")
def change(key: str) -> Answer:
    """What a pinned issuer may do unasked."""
    known = services().get(TownService).pinned().get(key)
    if known is None:
        raise NotFound("issuer", key[:16])
    return _done(
        lambda: services().get(TownService).pin(actor(), key, known.name, **_may(), prove=proof(GIVES)),
        "doi-quyen",
        key,
    )


@act(bp, "/cai-dat/cap-tren/<key>/bo", may="configure")
def unpin(key: str) -> Answer:
    return _done(lambda: services().get(TownService).unpin(actor(), key), "bo-ghim", key)


@act(bp, "/cai-dat/cap-tren/ghep", may="configure")
def ask() -> Answer:
    """Give the town the code; what it answers is shown, to be compared."""
    hub, code = request.form.get("hub", "")[:500], request.form.get("code_cap", "")[:100]
    try:
        welcome = services().get(TownPairing).ask(actor(), hub, code)
    except NotPermitted:
        raise
    except Refused as refused:
        return _page("ghep", refused), REFUSED
    return _compare(welcome, hub)


@act(bp, "/cai-dat/cap-tren/ghep/nhan", may="configure")
def join() -> Answer:
    """Belong to the town whose fingerprint the person has compared."""
    hub = request.form.get("hub", "")[:500]
    try:
        welcome = read_welcome(json.loads(request.form.get("welcome", "")[:100_000]))
    except (ValueError, RecursionError):
        return _page("ghep", Refused("link_welcome_bad", key="JSON")), REFUSED
    except Refused as refused:
        return _page("ghep", refused), REFUSED
    may_emergency, compared = request.form.get("may_emergency") == "yes", request.form.get("compared", "")[:60]
    try:
        services().get(TownPairing).accept(
            actor(),
            welcome,
            hub,
            compared,
            may_emergency=may_emergency,
            prove=proof(GIVES) if may_emergency else _nobody,
        )
    except NotPermitted:
        raise
    except Refused as refused:
        return _compare(welcome, hub, refused), REFUSED
    return redirect(url_for("town_trust.page", xong="ghep"))


def _nobody() -> None:
    """Where nothing is let air unasked, the comparing is proof enough."""


def _may() -> dict[str, bool]:
    return {name: request.form.get(name) == "yes" for name in ("may_emergency", "may_override")}


def _done(step: Callable[[], object], done: str, where: str) -> Answer:
    try:
        step()
    except Refused as refused:
        return _page(where, told_here(refused)), REFUSED
    return redirect(url_for("town_trust.page", xong=done))


def _page(where: str = "", refused: Refused | None = None) -> str:
    coded = code_fault(refused)
    return render_template(
        "town/trust.html",
        issuers=[
            {"issuer": one, "mark": key_fingerprint(one.key)} for one in services().get(TownService).pinned().values()
        ],
        town=services().config.get(TownConfig),
        asked_code=asked_code(GIVES),
        fault=page_fault(refused),
        coded=coded,
        where=where,
        typed={name: request.form.get(name, "")[:500] for name in ("key", "name", "hub")},
        **link_words(),
    )


def _compare(welcome: Welcome, hub: str, refused: Refused | None = None) -> str:
    coded = code_fault(refused)
    told: dict[str, Any] = {"welcome": welcome, "mark": fingerprint(welcome), "hub": hub}
    return render_template(
        "town/compare.html",
        carried=json.dumps(welcome_body(welcome), ensure_ascii=False),
        asked_code=asked_code(GIVES),
        fault=page_fault(refused),
        coded=coded,
        **told,
    )
