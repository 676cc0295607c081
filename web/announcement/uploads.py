"""Tải lên từng phần: a browser sends a large file in pieces, and goes on where it was after any break.

The page's script speaks to these routes in JSON: begin, a piece at a byte, how far, whole. The pieces are many and
small, so they carry the session's token instead of a key each; an upload is its owner's alone. Without the script the
plain form of the library does the same in one go. Nothing about the file is decided here.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for

from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NOTHING_KEPT, NotFound, NotPermitted, Refused
from scheduler.services.announcement.uploads import UploadState
from web.auth import REFUSED, Answer, act, actor, page_of, piece, services
from web.language import in_language

bp = Blueprint("uploads", __name__)

PIECE_BYTES = 2_000_000
"""What a browser sends at a time: a form without files may be twice as large."""
FULL = 507
"""Insufficient Storage: the same piece may be sent again when there is room."""
_FULL_REASONS = NOTHING_KEPT | {"disk_floor", "uploads_full"}


@piece(bp, "/kho/phan", may="record")
def begin() -> Answer:
    """A new upload, or the same person's unfinished one of the same file."""
    form = request.form
    try:
        state = services().uploads.begin(
            actor(),
            form.get("name", ""),
            form.get("size", 0, type=int),
            form.get("mark", ""),
            title=form.get("title", ""),
            origin=form.get("origin", "upload"),
        )
    except NotPermitted:
        raise
    except Refused as refused:
        return _turned_away(refused)
    return jsonify(_to_dict(state))


@piece(bp, "/kho/phan/<upload_id>/<int:at>", may="record")
def push(upload_id: str, at: int) -> Answer:
    """A piece that begins at byte `at`; the answer says which byte is wanted next."""
    try:
        return jsonify({"received": services().uploads.push(actor(), upload_id, at, request.get_data())})
    except NotPermitted:
        raise
    except Refused as refused:
        return _turned_away(refused)


@bp.get("/kho/phan/<upload_id>")
@page_of("record")
def state(upload_id: str) -> Answer:
    """How far it has come."""
    try:
        return jsonify(_to_dict(services().uploads.state(actor(), upload_id)))
    except NotFound as refused:
        return _turned_away(refused)


@piece(bp, "/kho/phan/<upload_id>/xong", may="record")
def finish(upload_id: str) -> Answer:
    """The whole file has come: the same job as after the plain form. Twice is once."""
    try:
        services().uploads.finish(actor(), upload_id, request.form.get("crc32", -1, type=int))
    except NotPermitted:
        raise
    except Refused as refused:
        return _turned_away(refused)
    return jsonify({"next": url_for("recordings.listed", _anchor="viec")})


@act(bp, "/kho/phan/<upload_id>/bo", may="record")
def give_up(upload_id: str) -> Answer:
    services().uploads.give_up(actor(), upload_id)
    return redirect(url_for("recordings.listed"))


def _turned_away(refused: Refused) -> tuple[Response, int]:
    """The sentence, and whether the same upload can go on: a full disk can be mended, a lost upload is begun anew."""
    gone = isinstance(refused, NotFound) or refused.reason in {"upload_ended", "upload_differs"}
    status = 404 if isinstance(refused, NotFound) else FULL if refused.reason in _FULL_REASONS else REFUSED
    return jsonify({"told": in_language(sentence_of(refused)), "gone": gone}), status


def _to_dict(state: UploadState) -> dict[str, Any]:
    upload = state.upload
    return {
        "address": url_for("uploads.state", upload_id=upload.id),
        "received": state.received,
        "size": upload.size,
        "piece_bytes": PIECE_BYTES,
        "ended": upload.job_id is not None,
    }
