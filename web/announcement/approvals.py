"""Duyệt: what waits for a leader, and a sheet for each: its text, what is said of it, the very sound that would air.

Approval names the sound by its sha256, so that nothing else than what was heard can be approved. The desk decides, and
tells who came second by whom it was decided.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.announcement.script_words import shape_words
from scheduler.core.model import Announcement, AnnouncementState
from scheduler.core.planning.outlook import Outlook
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from web.announcement.compose import plans_of
from web.announcement.offer_view import offer_view, time_typed
from web.announcement.script_view import said_parts
from web.announcement.text_changes import changes_marked
from web.auth import REFUSED, Answer, act, actor, page_of, services
from web.formats import local
from web.forms import number_of
from web.people.reauthentication import asked_code, code_fault, proof
from web.words.compose_words import READY_REASONS, return_reason
from web.words.page_words import words

bp = Blueprint("approvals", __name__)
bp.context_processor(words)
SHORT = 8
"""Digits of a sha256 that people compare."""


@bp.get("/duyet")
@page_of("see")
def listed() -> str:
    return _list()


@bp.get("/duyet/<int:announcement_id>")
@page_of("see")
def sheet(announcement_id: int) -> Answer:
    """Everything a leader needs for one decision."""
    return _sheet(services().announcements.get(announcement_id))


@act(bp, "/duyet/<int:announcement_id>/duyet", may="approve")
def approve(announcement_id: int) -> Answer:
    sha256, heard = request.form.get("sha256", ""), request.form.get("heard") == "yes"
    try:
        read_as = request.form.getlist("read_as")
        services().submissions.approve(
            actor(), announcement_id, sha256, heard=heard, read_as=read_as, at=time_typed(), prove=proof("approve")
        )
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        return _sheet(services().announcements.get(announcement_id), refused), REFUSED
    return redirect(url_for("approvals.listed", xong="duyet", ban_tin=announcement_id))


@act(bp, "/duyet/<int:announcement_id>/tra-lai", may="return")
def give_back(announcement_id: int) -> Answer:
    reason = return_reason(request.form.getlist("ready"), request.form.get("reason", ""))
    try:
        services().announcements.give_back(actor(), announcement_id, reason)
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        return _sheet(services().announcements.get(announcement_id), refused, returning=True), REFUSED
    return redirect(url_for("approvals.listed", xong="tra-lai"))


def listed_with(refused: Refused, upgrade_id: int = 0) -> str:
    """The page with the reason why something on it could not be done; `upgrade_id`: of which better reading."""
    return _list(refused, upgrade_id)


def _list(refused: Refused | None = None, upgrade_id: int = 0) -> str:
    campaigns = services().campaigns.listed()
    waiting = [
        {
            "announcement": one,
            "author": services().people.get(one.author_id).name,
            "clip": services().recordings.clip(one.audio_sha256),
            "own": _is_own(one),
            "plans": plans_of(one, campaigns),
        }
        for one in services().announcements.waiting()
        if one.audio_sha256
    ]
    return render_template(
        "approvals/list.html",
        waiting=waiting,
        next_one=next((one for one in waiting if not one["own"]), None),
        counts=services().waiting.counts(),
        outlook=_approved_just_now(),
        page_fault=sentence(refused.reason, refused.details) if refused and not code_fault(refused) else "",
        upgrade_asks=asked_code("approve"),
        upgrade_fault={upgrade_id: code_fault(refused)},
    )


def _approved_just_now() -> Outlook | None:
    """What is to come of what was approved a moment ago, read anew."""
    number = number_of(request.args.get("ban_tin", "")) if request.args.get("xong") == "duyet" else None
    try:
        return services().outlook.of(number) if number is not None else None
    except NotFound:
        return None


def _sheet(seen: Announcement, refused: Refused | None = None, *, returning: bool = False) -> str:
    return render_template(
        "approvals/sheet.html",
        fault=sentence(refused.reason, refused.details) if refused else "",
        code_fault=code_fault(refused),
        returning=returning,
        reason_typed=request.form.get("reason", ""),
        ready_typed=request.form.getlist("ready"),
        ready_reasons=READY_REASONS,
        asked_code=asked_code("approve"),
        others=[one for one in services().announcements.waiting() if one.id != seen.id and one.audio_sha256][:1],
        last=_last(seen),
        plans=plans_of(seen, services().campaigns.listed()),
        waits=seen.state is AnnouncementState.SUBMITTED and seen.audio_sha256 is not None,
        author=services().people.get(seen.author_id).name,
        announcement=seen,
        offer=offer_view(seen.id),
        outlook=services().outlook.of(seen.id) if seen.state is AnnouncementState.APPROVED else None,
        dispatch=services().dispatches.get(seen.dispatch_id) if seen.dispatch_id else None,
        own=_is_own(seen),
        **_sound(seen),
    )


def _sound(seen: Announcement) -> dict[str, Any]:
    """The very sound, what is said in it, and what should be listened for."""
    clip = services().recordings.clip(seen.audio_sha256) if seen.audio_sha256 else None
    scripts = services().scripts
    unknown = scripts.unknown(seen)
    said = said_parts(scripts.of_announcement(seen), scripts, clip.length if clip else None, unknown.open)
    return {
        "clip": clip,
        "short": (seen.audio_sha256 or "")[:SHORT],
        "unknown": unknown,
        "outdated": scripts.has_changed(seen, clip),
        "shape_told": shape_words(seen.shape),
        **said,
    }


def _last(seen: Announcement) -> dict[str, Any] | None:
    """The approval before, and what has changed since."""
    last = services().announcements.last_decision(seen.id, "approve")
    if last is None:
        return None
    return {
        "who": services().people.get(last.person_id).name,
        "time": f"{local(last.at):%H:%M ngày %d/%m/%Y}",
        "title": changes_marked(last.title, seen.title) if last.title != seen.title else None,
        "text": changes_marked(last.text, seen.text) if last.text != seen.text else None,
        "new_sound": last.audio_sha256 != seen.audio_sha256,
    }


def _is_own(seen: Announcement) -> bool:
    return actor().id in {seen.author_id, seen.writer_id} and not services().config.station.one_officer
