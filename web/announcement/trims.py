"""Dạng sóng và cắt gọn: the outline of a sound, and the page on which a recording is cut at two instants.

The outline's address names the sound by its content, so a browser may keep it. The cut is made by the worker; the page
only says where. Thin: a form is read, the desk is asked once.
"""

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for

from audio_assets.peaks import COLUMNS
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import HOUSE_RATE
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.announcement.trims import milliseconds
from web.announcement.waveform import outline, picture
from web.auth import REFUSED, Answer, act, actor, page_of, services, told_here
from web.formats import length_text

bp = Blueprint("trims", __name__)
LIST_COLUMNS = 160
"""Columns of the small picture in a list."""


@bp.app_template_global()
def outline_of(sha256: str, columns: int = COLUMNS) -> str:
    """The path of a sound's outline for a drawing in the page; '' for a sound whose file is not there."""
    try:
        return outline(services().recordings.peaks(sha256).reduced(columns))
    except NotFound:
        return ""


@bp.get("/am-thanh/<sha256>/song.json")
@page_of("see")
def peaks(sha256: str) -> Response:
    """The outline in numbers: low, high, low, high … of every column, ±127 is full scale."""
    found = services().recordings.peaks(sha256)
    frames = services().recordings.clip(sha256).frames
    told = {"columns": len(found), "seconds": frames / HOUSE_RATE, "peaks": found.values()}
    return _kept(jsonify(told), sha256)


@bp.get("/am-thanh/<sha256>/song.svg")
@page_of("see")
def drawn(sha256: str) -> Response:
    """The outline as a small picture, for lists."""
    return _kept(
        Response(picture(services().recordings.peaks(sha256).reduced(LIST_COLUMNS)), mimetype="image/svg+xml"), sha256
    )


@bp.get("/kho/<sha256>/cat-gon")
@page_of("record")
def page(sha256: str) -> str:
    """Where to cut: the outline with two handles, and the same two instants as text."""
    return _page(services().recordings.clip(sha256))


@act(bp, "/kho/<sha256>/cat-gon", may="record")
def trim(sha256: str) -> Answer:
    announcement_id = request.form.get("ban_tin", type=int)
    try:
        start, end = milliseconds(request.form.get("start", "")), milliseconds(request.form.get("end", ""))
        services().trims.ask(actor(), sha256, start, end, announcement_id=announcement_id)
    except Refused as refused:
        return _page(services().recordings.clip(sha256), told_here(refused)), REFUSED
    if announcement_id is not None:
        return redirect(url_for("announcements.page", announcement_id=announcement_id))
    return redirect(url_for("recordings.listed", _anchor="viec"))


def _page(clip: StoredClip, refused: Refused | None = None) -> str:
    announcement_id = request.values.get("ban_tin", type=int)
    whole = services().trims.whole(clip.sha256)
    return render_template(
        "recordings/trim.html",
        clip=clip,
        announcement=services().announcements.get(announcement_id) if announcement_id else None,
        seconds=clip.frames / HOUSE_RATE,
        length=length_text(clip.length),
        start=request.form.get("start", "0"),
        end=request.form.get("end", _hundredths(clip)),
        fault=sentence_of(refused),
        whole=services().recordings.clip(whole) if whole else None,
        is_speech=clip.origin not in {"upload", "recorded"},
    )


def _hundredths(clip: StoredClip) -> str:
    """The end of a recording in seconds, never behind it."""
    whole = clip.frames * 100 // HOUSE_RATE
    return f"{whole // 100},{whole % 100:02}"


def _kept(answer: Response, sha256: str) -> Response:
    answer.set_etag(sha256)
    answer.headers["Cache-Control"] = "private, max-age=86400, immutable"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
