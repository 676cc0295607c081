"""Duyệt: what waits for a leader, each with its text, what is said of it, and the very sound that would air.

Approval names the sound by its sha256, so that nothing else than what was heard can be approved. The desk decides.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup

from scheduler.core.model import Announcement
from scheduler.core.wording import sentence
from scheduler.errors import NotFound, NotPermitted, Refused
from web.auth import REFUSED, Answer, act, actor, desk, page_of
from web.on_air import relays_waiting
from web.page_words import words
from web.script_view import said_parts

bp = Blueprint("approvals", __name__)
bp.context_processor(words)


@bp.get("/duyet")
@page_of("see")
def listed() -> str:
    return _list()


@act(bp, "/duyet/<int:announcement_id>/duyet", may="approve")
def approve(announcement_id: int) -> Answer:
    sha256, heard = request.form.get("sha256", ""), request.form.get("heard") == "yes"
    try:
        read_as = request.form.getlist("read_as")
        desk().announcements.approve(actor(), announcement_id, sha256, heard=heard, read_as=read_as)
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        return _list(announcement_id, refused), REFUSED
    return redirect(url_for("approvals.listed", xong="duyet"))


@act(bp, "/duyet/<int:announcement_id>/tra-lai", may="return")
def give_back(announcement_id: int) -> Answer:
    try:
        desk().announcements.give_back(actor(), announcement_id, request.form.get("reason", ""))
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        return _list(announcement_id, refused, returning=True), REFUSED
    return redirect(url_for("approvals.listed", xong="tra-lai"))


def listed_with(refused: Refused) -> str:
    """The page with the reason why something on it could not be done."""
    return _list(0, refused)


def _list(fault_of: int = 0, refused: Refused | None = None, *, returning: bool = False) -> str:
    waiting = [_told(announcement) for announcement in desk().announcements.waiting() if announcement.audio_sha256]
    known = fault_of in {one["announcement"].id for one in waiting}
    told = sentence(refused.reason, refused.details) if refused else ""
    return render_template(
        "approvals/list.html",
        waiting=waiting,
        relays_waiting=relays_waiting(),
        fault_of=fault_of,
        fault=told,
        page_fault="" if known else told,
        returning=returning,
        typed=request.form.get("reason", ""),
    )


def _told(announcement: Announcement) -> dict[str, Any]:
    parts = desk().parts
    own = announcement.author_id == actor().id and not parts.config.station.one_officer
    clip, scripts = parts.programme.clip(announcement.audio_sha256 or ""), desk().scripts
    unknown = scripts.unknown(announcement)
    said = said_parts(scripts.of_announcement(announcement), scripts, clip.length, unknown.open)
    return {
        "announcement": announcement,
        "author": parts.people.get(announcement.author_id).name,
        "clip": clip,
        "unknown": unknown,
        "too_long": said["too_long"],
        "outdated": scripts.has_changed(announcement, clip),
        "dispatch": parts.programme.dispatch(announcement.dispatch_id) if announcement.dispatch_id else None,
        "said_html": Markup(render_template("announcements/_said.html", **said)),  # noqa: S704 - escaped by its template
        "own": own,
    }
