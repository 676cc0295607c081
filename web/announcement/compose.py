"""Soạn bản tin while somebody types: words are kept, become a bulletin with its speech, and the page's parts follow.

The page itself is `compose_view`'s, the acts that end in another page are `announcements`'. Nothing here decides.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for

from scheduler.core.announcement.first_sentence import first_sentence
from scheduler.core.model import Announcement, AnnouncementState, Priority
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.announcement.announcements import words_mark
from scheduler.services.announcement.drafts import key_of
from web.announcement.compose_view import OPEN, fault_field, pieces
from web.announcement.script_view import typed_shape
from web.announcement.when_form import WhenForm
from web.auth import REFUSED, Answer, act, actor, page_of, piece, same_origin, services
from web.formats import clock, number_of
from web.language import in_language

__all__ = ["bp", "kept_answer", "posted", "read_aloud", "settled"]

bp = Blueprint("compose", __name__)
CONFLICT = 409
MOVED = 301
_STOPS = (".", "!", "?", "…")


@bp.get("/ban-tin/<int:announcement_id>/noi-dung")
@bp.get("/ban-tin/<int:announcement_id>/cach-doc")
@bp.get("/ban-tin/<int:announcement_id>/nghe")
@bp.get("/ban-tin/<int:announcement_id>/trinh-duyet")
@page_of("see")
def step(announcement_id: int) -> Answer:
    """Where the four steps were before there was one page."""
    return redirect(url_for("announcements.page", announcement_id=announcement_id), MOVED)


@piece(bp, "/ban-tin/nhap", may="write")
def keep_draft() -> Answer:
    """Keep what is typed, every few seconds and on leaving. Newer words of another tab are given back with 409."""
    form = posted()
    kept = services().drafts.keep(
        actor(),
        request.form.get("draft", "")[:40],
        request.form.get("revision", 0, type=int),
        form["title"],
        form["text"],
        shape=typed_shape(request.form),
        version=request.form.get("version", 0, type=int),
    )
    told = {"revision": kept.draft.revision, "time": clock(kept.draft.saved_at)}
    if kept.other:
        return jsonify(told | {"title": kept.draft.title, "text": kept.draft.text}), CONFLICT
    return jsonify(told)


@act(bp, "/ban-tin/nhap/bo", may="write")
def drop_draft() -> Answer:
    """Forget what was being written, and show what is kept."""
    key = request.form.get("draft", "")[:40]
    services().drafts.drop(actor(), key)
    announcement_id = request.form.get("ban_tin", type=int)
    if announcement_id:
        return redirect(url_for("announcements.page", announcement_id=announcement_id))
    return redirect(url_for("announcements.listed"))


@piece(bp, "/ban-tin/giu", may="write")
def settle() -> Answer:
    """Typing has paused: the words become the bulletin's own, and where a sentence has ended a machine reads them.

    One that waits for a leader or is approved is left alone: only a press of a button takes that back.
    """
    number = number_of(request.form.get("ban_tin", ""))
    if number is not None and services().announcements.get(number).state not in OPEN:
        return jsonify({})
    try:
        seen = settled(number)
    except NotPermitted:
        raise
    except Refused as refused:
        if refused.reason == "edited_meanwhile" and number is not None:
            return _clash(services().announcements.get(number)), CONFLICT
        return jsonify(_turned_away(refused)), REFUSED
    if request.form.get("doc") != "yes" and not seen.text.endswith(_STOPS):
        return jsonify(kept_answer(seen))  # in the middle of a sentence: a sound of it would be for nothing
    try:
        read_aloud(seen)
    except NotPermitted:
        raise
    except Refused as refused:
        return jsonify(kept_answer(seen) | _turned_away(refused))
    return jsonify(kept_answer(seen))


def _turned_away(refused: Refused) -> dict[str, str]:
    return {"told": in_language(sentence_of(refused)), "field": fault_field(refused)}


@bp.post("/ban-tin/xem")
@page_of("see")
def look() -> Answer:
    """The parts of the page as they are for what is in the form. Changes nothing, so it needs no act key."""
    same_origin()
    number = number_of(request.form.get("ban_tin", ""))
    seen = services().announcements.get(number) if number else None
    shape = typed_shape(request.form) or (seen.shape if seen else services().scripts.usual)
    return Response(
        pieces(seen, posted(), shape, WhenForm.typed(), only_time=request.form.get("chi") == "gio"),
        mimetype="text/html",
    )


def posted() -> dict[str, str]:
    """What stands in the form of words; refused ones come back whole."""
    form = request.form
    return {
        "title": form.get("title", ""),
        "text": form.get("text", "").replace("\r\n", "\n"),
        "kind": form.get("kind", ""),
    }


def settled(number: int | None, text: str | None = None) -> Announcement:
    """The bulletin of what was posted: a new one, or the old one with these words. Raises Refused as the desk does.

    `text`: in the place of the text that was posted.
    """
    form, shape = posted(), typed_shape(request.form)
    if text is not None:
        form["text"] = text
    title = form["title"].strip() or first_sentence(form["text"])
    if number is None:
        number = _written(title, form, shape)
    else:
        version, mark = request.form.get("version", 0, type=int), request.form.get("words", "")[:32]
        services().announcements.edit(actor(), number, version, title, form["text"], shape=shape, words=mark)
    services().drafts.drop(actor(), request.form.get("draft", "")[:40])
    services().drafts.drop(actor(), key_of(number))
    return services().announcements.get(number)


def _written(title: str, form: dict[str, str], shape: Any) -> int:
    """A new bulletin; the same words of the same person again are the same one: an answer was lost on its way."""
    for one in services().announcements.listed(AnnouncementState.DRAFT):
        if (one.author_id, one.title, one.text) == (actor().id, title.strip(), form["text"].strip()) and one.text:
            return one.id
    priority = Priority.EMERGENCY if form["kind"] == "emergency" else Priority.NORMAL
    return services().announcements.write(actor(), title, form["text"], priority, shape=shape)


def read_aloud(seen: Announcement) -> None:
    """Have a machine read it, where its words have no sound that says them. Raises Refused as the desk does."""
    clip = services().recordings.clip(seen.audio_sha256) if seen.audio_sha256 else None
    is_said = clip is not None and (clip.origin != "speech" or not services().scripts.has_changed(seen, clip))
    if seen.text and not is_said:
        services().announcements.make_speech(actor(), seen.id)


def kept_answer(seen: Announcement) -> dict[str, Any]:
    """What the page's script needs of a bulletin that was just kept."""
    form = {"title": seen.title, "text": seen.text, "kind": ""}
    return {
        "id": seen.id,
        "version": seen.version,
        "words": words_mark(seen),
        "draft": key_of(seen.id),
        "revision": 0,
        "title": seen.title,
        "time": clock(services().now()),
        "address": url_for("announcements.page", announcement_id=seen.id),
        "pieces": pieces(seen, form, seen.shape, WhenForm.typed()),
    }


def _clash(seen: Announcement) -> Response:
    """Somebody else's words stand there now."""
    return jsonify(
        {
            "title": seen.title,
            "text": seen.text,
            "version": seen.version,
            "words": words_mark(seen),
            "revision": 0,
            "time": clock(services().now()),
        }
    )
