"""Từ cấp trên: what the town sends that waits for a person, what became of the rest, and how the link stands.

Thin: an issue is decided by the desk, aired by the station. The page asks nobody outside anything. Whom the ward trusts
is another page (`scheduler.extras.town.pages.trust`).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.words.wording import OUTCOMES, sentence
from scheduler.extras.town.pages.town_words import LOOKS, PRIORITIES, TAKE, proposed
from scheduler.extras.town.rows.town import RefusedRow, TownRow
from scheduler.extras.town.rules.envelope import Kind
from scheduler.extras.town.rules.wording_town import TOWN_KINDS, TOWN_STATES
from scheduler.extras.town.service.inbox import is_urgent
from scheduler.extras.town.service.town import TownService
from scheduler.extras.town.work.station import air_by_order
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services, station
from web.people.reauthentication import asked_code, code_fault, proof, typed_code
from web.words.page_words import words
from web.words.zones import zone_word

bp = Blueprint("town", __name__)
bp.context_processor(words)


@bp.app_template_global()
def town_waiting(*, emergency: bool = False) -> int:
    """How many issues wait for a person."""
    return services().get(TownService).inbox.waiting_count(emergency=emergency)


@bp.get("/cap-tren")
@page_of("see")
def listed() -> Answer:
    return _page()


@bp.get("/cap-tren/tinh-hinh")
@page_of("see")
def state() -> Answer:
    """How the link stands, asked for every five seconds."""
    return render_template("town/_link.html", **link_told())


@act(bp, "/cap-tren/<int:inbox_id>/nhan", may="plan")
def accept(inbox_id: int) -> Answer:
    def take() -> object:
        return services().get(TownService).inbox.accept(actor(), inbox_id, prove=proof("configure"))

    return _done(inbox_id, take, "nhan-tren")


@act(bp, "/cap-tren/<int:inbox_id>/phat-ngay", may="approve")
def air(inbox_id: int) -> Answer:
    sha256, heard = request.form.get("sha256", ""), request.form.get("heard") == "yes"
    air_now = partial(air_by_order, station(), actor(), inbox_id, sha256, heard=heard, prove=lambda: _prove(inbox_id))
    return _done(inbox_id, air_now, "phat-tren")


@act(bp, "/cap-tren/<int:inbox_id>/bo-qua", may="plan")
def dismiss(inbox_id: int) -> Answer:
    why = request.form.get("reason", "")
    return _done(inbox_id, lambda: services().get(TownService).inbox.dismiss(actor(), inbox_id, why), "bo-tren")


def _asked(row: TownRow) -> str:
    """Which kind of code airing it now asks of this person: an emergency what every emergency asks."""
    return services().emergency.asks(actor()) if is_urgent(row) else asked_code("approve")


def _prove(inbox_id: int) -> None:
    """Ask once more who it is, with the code of this form."""
    row = services().get(TownService).inbox.get(inbox_id)
    if is_urgent(row):
        services().emergency.confirmed(actor(), typed_code(), zone=row.zone)
    else:
        proof("approve")()


def _done(inbox_id: int, step: Callable[[], object], done: str) -> Answer:
    try:
        step()
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        return _page(inbox_id, refused), REFUSED
    return redirect(url_for("town.listed", xong=done))


def _page(fault_of: int = 0, refused: Refused | None = None) -> str:
    inbox, coded = services().get(TownService).inbox, code_fault(refused)
    fault = sentence(refused.reason, refused.details) if refused and not coded else ""
    waiting = [_told(row) for row in inbox.waiting()]
    known = fault_of in {one["row"].id for one in waiting}
    return render_template(
        "town/list.html",
        waiting=waiting,
        under_way=[_told(row) for row in inbox.under_way()],
        done=[_told(row) for row in inbox.done()],
        not_taken=[_refusal(row) for row in inbox.refused()],
        fault_of=fault_of,
        fault=fault,
        code_fault_of={fault_of: coded},
        page_fault="" if known else fault or coded,
        typed=request.form.get("reason", ""),
        **link_told(),
    )


def link_told() -> dict[str, Any]:
    """How the link stands, as both pages show it."""
    told = services().get(TownService).state()
    minutes = told.clock_off_minutes
    return {
        "link": told,
        "link_fault": sentence(told.reason, told.details) if told.configured else sentence("town_off"),
        "clock_fault": sentence("town_clock_off", {"minutes": abs(minutes)}) if minutes else "",
    }


def _told(row: TownRow) -> dict[str, Any]:
    """A row with everything its card says."""
    inbox = services().get(TownService).inbox
    envelope, clip = inbox.envelope(row), inbox.sound(row)
    spoken = row.kind == Kind.ANNOUNCEMENT
    word, mark = PRIORITIES[row.priority]
    look, picture = LOOKS.get(row.state, ("off", "cross"))
    return {
        "row": row,
        "envelope": envelope,
        "issuer": services().get(TownService).rows.issuer(row.issuer).name,
        "kind": TOWN_KINDS[row.kind],
        "is_exercise": row.status != "actual",
        "facts": proposed(envelope),
        "loosens": inbox.loosens(row) if row.state == "waiting" else (),
        "clip": clip,
        "fetching": row.clip_sha256 is not None and clip is None,
        "priority_word": word,
        "mark": mark,
        "is_emergency": is_urgent(row),
        "may_air": spoken and (clip is not None or (row.priority == 1 and bool(envelope.text.strip()))),
        "may_take": (not spoken or row.status == "actual") and row.kind in TAKE,
        "take_word": TAKE.get(row.kind, ""),
        "asked_code": _asked(row) if spoken else "",
        "asked_take": asked_code("configure") if row.kind == Kind.CAPS else "",
        "zone": ", ".join(zone_word(one) for one in row.zones if one),
        "unread": services().announcements.unread(row.announcement_id)
        if row.announcement_id and clip and spoken
        else (),
        "doubts": [sentence(code, details) for code, details in row.doubts],
        "why": sentence(row.reason, row.details),
        "state_word": TOWN_STATES[row.state],
        "look": look,
        "picture": picture,
        "outcome": _outcome(row),
        "decided_by": services().people.get(row.decided_by).name if row.decided_by else "",
    }


def _outcome(row: TownRow) -> str:
    """How the airing that was ordered has ended."""
    ended = [services().slots.get(one).outcome for one in services().get(TownService).rows.ordered(row)]
    return ", ".join(dict.fromkeys(OUTCOMES[one] for one in ended if one))


def _refusal(row: RefusedRow) -> dict[str, Any]:
    return {"row": row, "why": sentence(row.reason, row.details), "claimed": row.claims.get("title", "")}
