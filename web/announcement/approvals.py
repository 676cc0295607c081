"""Duyệt: what waits for a leader, and a sheet for each: when and where it airs, the very sound, what is said in it.

Approval names the sound by its sha256, and the station knows who has heard which sound to its end (`hearings`): nothing
else than what was heard can be approved. What comes of it is read back from the rows, also for who came second.
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from audio_assets.speech.suggested_readings import meanings_of
from scheduler.core.announcement.approval import is_own
from scheduler.core.announcement.script_words import shape_words
from scheduler.core.model import Announcement, AnnouncementState, Priority
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.scripts import Unknown
from web.announcement.offer_view import (
    asked_words,
    make_up_chosen,
    offer_view,
    result_view,
    rhythm_of,
    sent_at,
    time_typed,
)
from web.announcement.script_view import differences, said_parts
from web.announcement.text_changes import changes_marked
from web.auth import REFUSED, Answer, act, actor, page_of, services, told_here
from web.formats import local
from web.people.reauthentication import asked_code, code_fault, page_fault, proof
from web.words.compose_words import READY_REASONS, return_reason

bp = Blueprint("approvals", __name__)


@bp.get("/duyet")
@page_of("see")
def listed() -> str:
    return list_page()


@bp.get("/duyet/<int:announcement_id>")
@page_of("see")
def sheet(announcement_id: int) -> Answer:
    """Everything a leader needs for one decision, and once it is decided what comes of it."""
    return _sheet(services().announcements.get(announcement_id), returning="tra-lai" in request.args)


@act(bp, "/duyet/<int:announcement_id>/duyet", may="approve")
def approve(announcement_id: int) -> Answer:
    sha256 = request.form.get("sha256", "")
    try:
        services().submissions.approve(
            actor(),
            announcement_id,
            sha256,
            heard=services().hearings.has_heard(actor(), sha256),
            read_as=request.form.getlist("read_as"),
            at=time_typed(),
            make_up=make_up_chosen(),
            mark=request.form.get("de_nghi", "")[:64],
            prove=proof("approve"),
        )
    except Refused as refused:
        return _sheet(services().announcements.get(announcement_id), told_here(refused)), REFUSED
    return redirect(url_for("approvals.sheet", announcement_id=announcement_id))


@act(bp, "/duyet/<int:announcement_id>/tra-lai", may="return")
def give_back(announcement_id: int) -> Answer:
    """Back to its writer, with the reason."""
    reason = return_reason(request.form.getlist("ready"), request.form.get("reason", ""))
    try:
        services().announcements.give_back(actor(), announcement_id, reason)
    except Refused as refused:
        return _sheet(services().announcements.get(announcement_id), told_here(refused), returning=True), REFUSED
    return redirect(url_for("approvals.sheet", announcement_id=announcement_id))


@act(bp, "/duyet/<int:announcement_id>/rut", may="withdraw")
def withdraw(announcement_id: int) -> Answer:
    """Nothing of it airs any more."""
    try:
        services().announcements.withdraw(actor(), announcement_id)
    except Refused as refused:
        return _sheet(services().announcements.get(announcement_id), told_here(refused)), REFUSED
    return redirect(url_for("approvals.sheet", announcement_id=announcement_id))


def list_page(refused: Refused | None = None, upgrade_id: int = 0) -> str:
    """The page, with the reason why something on it could not be done; `upgrade_id`: of which better reading."""
    waiting: list[dict[str, Any]] = [
        {
            "announcement": one,
            "author": services().people.get(one.author_id).name,
            "clip": services().recordings.clip(one.audio_sha256),
            "own": _is_own(one),
            "asked": asked_words(one.id),
        }
        for one in services().submissions.waiting()
        if one.audio_sha256
    ]
    return render_template(
        "approvals/list.html",
        waiting=[one for one in waiting if one["announcement"].priority is not Priority.EMERGENCY],
        templates=[one for one in waiting if one["announcement"].priority is Priority.EMERGENCY],
        counts=services().waiting.counts(),
        page_fault=page_fault(refused),
        upgrade_asks=asked_code("approve"),
        upgrade_fault={upgrade_id: code_fault(refused)},
    )


def _sheet(seen: Announcement, refused: Refused | None = None, *, returning: bool = False) -> str:
    waits = seen.state is AnnouncementState.SUBMITTED and seen.audio_sha256 is not None
    others = [one for one in services().submissions.waiting() if one.id != seen.id and one.audio_sha256]
    others.sort(key=lambda one: (one.priority is Priority.EMERGENCY) != (seen.priority is Priority.EMERGENCY))
    told: dict[str, Any] = {
        "fault": sentence_of(refused),
        "announcement": seen,
        "author": services().people.get(seen.author_id).name,
        "others": others,
        "last": _last(seen),
        "dispatch": services().dispatches.get(seen.dispatch_id) if seen.dispatch_id else None,
        **_sound(seen),
    }
    if not waits:
        return render_template("approvals/decided.html", **told, **result_view(seen))
    return render_template(
        "approvals/sheet.html",
        **told,
        code_fault=code_fault(refused),
        returning=returning,
        reason_typed=request.form.get("reason", ""),
        ready_typed=request.form.getlist("ready"),
        ready_reasons=READY_REASONS,
        asked_code=asked_code("approve"),
        read_as=request.form.getlist("read_as"),
        wish_mark=services().submissions.mark(seen.id),
        offer=offer_view(seen.id),
        sent=sent_at(seen.id),
        rhythm=rhythm_of(seen),
        own=_is_own(seen),
        heard=services().hearings.has_heard(actor(), seen.audio_sha256 or ""),
    )


def _sound(seen: Announcement) -> dict[str, Any]:
    """The very sound, what is said in it, and what should be listened for."""
    clip = services().recordings.clip(seen.audio_sha256) if seen.audio_sha256 else None
    scripts = services().scripts
    unknown, script = scripts.unknown(seen), scripts.of_announcement(seen)
    said = said_parts(script, scripts, clip.length if clip else None, unknown.open)
    return {
        "clip": clip,
        "unknown": unknown,
        **_doubts(unknown, differences(script)),
        "outdated": scripts.has_changed(seen, clip),
        "shape_told": shape_words(seen.shape),
        **said,
    }


def _doubts(unknown: Unknown, told: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Every place that is said otherwise than written, what may mean several things first; and what that is."""
    asked = {*unknown.open, *(one.word for one in unknown.confirmed)}
    meanings = {word: found for word in (*asked, *dict(told)) if (found := meanings_of(word))}
    return {
        "differences": sorted(told, key=lambda one: one[0] not in meanings),
        "said_as": dict(told),
        "meanings": meanings,
        "decided": [(written, said) for written, said in told if written in meanings and written not in asked],
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
    return is_own(seen, actor(), one_officer=services().config.station.one_officer)
