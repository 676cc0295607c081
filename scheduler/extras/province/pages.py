"""Bản tin nguồn: the province's bulletins that wait for a person, what became of the others, and how the link stands.

Thin: a bulletin is decided by the desk, aired by the station. The page asks nobody in the province anything.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.model import Priority
from scheduler.core.words.wording import OUTCOMES, sentence
from scheduler.extras.province.rows import InboxRow
from scheduler.extras.province.rules.bulletins import BULLETIN_STATES
from scheduler.extras.province.service.bulletins import ProvinceService
from scheduler.extras.province.work.station import air_by_order
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services, station
from web.people.reauthentication import asked_code, code_fault, proof, typed_code
from web.words.page_words import words
from web.words.zones import zone_word

bp = Blueprint("province", __name__)
bp.context_processor(words)
PRIORITIES = {1: ("Khẩn cấp", "emg"), 2: ("Ưu tiên", "warn"), 3: ("Thông thường", "off")}
LOOKS = {"planned": "air", "aired": "done", "approval": "wait", "preparing": "wait", "waiting": "wait"}


@bp.app_template_global()
def province_waiting(*, emergency: bool = False) -> int:
    """How many bulletins wait for a person."""
    return services().get(ProvinceService).waiting_count(emergency=emergency)


@bp.get("/ban-tin-nguon")
@page_of("see")
def listed() -> Answer:
    return _page()


@bp.get("/ban-tin-nguon/tinh-hinh")
@page_of("see")
def state() -> Answer:
    """How the link stands, asked for every five seconds."""
    return render_template("province/_link.html", **_link())


@act(bp, "/ban-tin-nguon/<int:inbox_id>/dua-vao", may="plan")
def accept(inbox_id: int) -> Answer:
    return _done(inbox_id, lambda: services().get(ProvinceService).accept(actor(), inbox_id), "nhan-nguon")


@act(bp, "/ban-tin-nguon/<int:inbox_id>/phat-ngay", may="approve")
def air(inbox_id: int) -> Answer:
    sha256, heard = request.form.get("sha256", ""), request.form.get("heard") == "yes"
    air_now = partial(air_by_order, station(), actor(), inbox_id, sha256, heard=heard, prove=lambda: _prove(inbox_id))
    return _done(inbox_id, air_now, "phat-nguon")


@act(bp, "/ban-tin-nguon/<int:inbox_id>/bo-qua", may="plan")
def dismiss(inbox_id: int) -> Answer:
    why = request.form.get("reason", "")
    return _done(inbox_id, lambda: services().get(ProvinceService).dismiss(actor(), inbox_id, why), "bo-nguon")


def _asked(row: InboxRow) -> str:
    """Which kind of code airing it now asks of this person: an emergency what every emergency asks."""
    return services().emergency.asks(actor()) if row.priority == Priority.EMERGENCY else asked_code("approve")


def _prove(inbox_id: int) -> None:
    """Ask once more who it is, with the code of this form."""
    row = services().get(ProvinceService).get(inbox_id)
    if row.priority == Priority.EMERGENCY:
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
    return redirect(url_for("province.listed", xong=done))


def _page(fault_of: int = 0, refused: Refused | None = None) -> str:
    place, coded = services().get(ProvinceService), code_fault(refused)
    fault = sentence(refused.reason, refused.details) if refused and not coded else ""
    waiting = [_told(row) for row in place.inbox()]
    known = fault_of in {one["row"].id for one in waiting}
    return render_template(
        "province/list.html",
        waiting=waiting,
        under_way=[_told(row) for row in place.under_way()],
        done=[_told(row) for row in place.done()],
        fault_of=fault_of,
        fault=fault,
        code_fault_of={fault_of: coded},
        page_fault="" if known else fault or coded,
        typed=request.form.get("reason", ""),
        **_link(),
    )


def _link() -> dict[str, Any]:
    told = services().get(ProvinceService).link.state()
    return {
        "link": told,
        "link_fault": sentence(told.reason, told.details) if told.configured else sentence("province_off"),
        "clock_fault": _clock_fault(told.clock_off_minutes),
    }


def _clock_fault(minutes: int) -> str:
    return sentence("province_clock_off", {"minutes": abs(minutes)}) if minutes else ""


def _told(row: InboxRow) -> dict[str, Any]:
    """A row with everything its card says."""
    place = services().get(ProvinceService)
    bulletin, clip = place.bulletin(row), place.sound(row)
    word, mark = PRIORITIES[row.priority]
    return {
        "row": row,
        "bulletin": bulletin,
        "clip": clip,
        "priority_word": word,
        "mark": mark,
        "asked_code": _asked(row),
        "is_emergency": row.priority == Priority.EMERGENCY,
        "may_air": clip is not None or (row.priority == Priority.EMERGENCY and bool(bulletin.words)),
        "may_enter": bool(bulletin.words or bulletin.audio_url),
        "zone": zone_word(row.zone),
        "unread": services().announcements.unread(row.announcement_id) if row.announcement_id and clip else (),
        "doubts": [sentence(code, details) for code, details in row.doubts],
        "why": sentence(row.reason, row.details),
        "state_word": BULLETIN_STATES[row.state],
        "look": LOOKS.get(row.state, "off"),
        "outcome": _outcome(row),
        "decided_by": services().people.get(row.decided_by).name if row.decided_by else "",
    }


def _outcome(row: InboxRow) -> str:
    """How the airing that was ordered has ended."""
    if row.slot_id is None:
        return ""
    outcome = services().slots.facts(row.slot_id).slot.outcome
    return OUTCOMES[outcome] if outcome else ""
